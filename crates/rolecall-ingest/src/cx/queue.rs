//! Queues, with the users and groups that they ask.

use super::resource::{Resource, Seen};
use super::value::{blocks, field, is_open, many, reference, references, text};
use crate::lower::Lower;
use rolecall_model::{HOME, Kind, Membership, Queue, Ref};
use rolecall_source::Node;
use std::collections::HashSet;

/// The ways in which a queue asks groups: the list or block, what the rules in it are, and the groups of these.
const TURNS: [(&str, Option<&str>, Option<&str>); 4] = [
    ("groups", None, None),
    ("bullseye_rings", None, Some("member_groups")),
    ("conditional_group_routing_rules", None, Some("groups")),
    ("conditional_group_activation", Some("rules"), Some("groups")),
];

pub(super) fn read(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let mut queue = Queue { head: resource.head(into), ..Queue::default() };
    let division = field(body, "division_id");
    queue.division = division.and_then(|node| reference("division_id", node, into));
    queue.home_by_default = division.is_none() && (resource.seen != Seen::Planned || body.get("division_id").is_some());
    if queue.home_by_default {
        into.tenant.strings.intern(HOME);
    }
    let start = into.tenant.refs.len();
    let mut known = HashSet::new();
    for (number, (key, rules, groups)) in TURNS.into_iter().enumerate() {
        let of_turn = into.tenant.refs.len();
        let is_whole = turn(body, key, rules, groups, into);
        into.distinct(of_turn, &mut known);
        queue.parts.note(number, into.list_from(start).len, is_whole);
    }
    queue.groups = into.list_from(start);
    for (key, kind) in [("teams", "TEAM"), ("skill_groups", "SKILLGROUP")] {
        many(field(body, key)).for_each(|seat| {
            into.is_other_seat(Some(kind), seat);
        });
    }
    queue.states_members = is_told(body, "members");
    let start = into.tenant.refs.len();
    for member in blocks(body, "members", into) {
        let Some(user) = field(member, "user_id") else {
            // A plan leaves out the id of somebody who is new, and says that it does.
            if resource.seen == Seen::Planned {
                queue.states_members = false;
            } else {
                into.wrong_type("members", "blocks with `user_id`", member);
            }
            continue;
        };
        let user = reference("user_id", user, into);
        into.tenant.refs.extend(user);
    }
    queue.members = into.list_from(start);
    into.tenant.queues.push(queue);
}

/// The groups of one kind of turn; says whether it tells all of them.
fn turn(body: Node<'_, '_>, key: &str, rules: Option<&str>, groups: Option<&str>, into: &mut Lower<'_>) -> bool {
    let mut is_whole = is_told(body, key);
    let Some(groups) = groups else {
        references(key, field(body, key), into);
        return is_whole;
    };
    let mut parts = blocks(body, key, into);
    if let Some(rules) = rules {
        is_whole &= parts.iter().all(|part| !is_made(*part, rules, into));
        parts = parts.into_iter().flat_map(|part| blocks(part, rules, into)).collect();
    }
    for part in parts {
        is_whole &= !is_made(part, groups, into) && !is_open(part, groups);
        seated(part, groups, into);
    }
    is_whole
}

/// Whether blocks within another are yet to be made, which is noted.
fn is_made(body: Node<'_, '_>, key: &str, into: &mut Lower<'_>) -> bool {
    let made = many(field(body, "dynamic")).find_map(|made| made.get(key));
    made.into_iter().for_each(|made| into.unread(&format!("`dynamic` of `{key}`"), made));
    made.is_some()
}

/// Whether a list is there, and needs no evaluation.
fn is_told(body: Node<'_, '_>, key: &str) -> bool {
    field(body, key).is_some() && !is_open(body, key)
}

/// The groups that a resource of its own has a queue ask by rules.
pub(super) fn rules(body: Node<'_, '_>, into: &mut Lower<'_>) {
    let Some(of) = field(body, "queue_id").and_then(|queue| reference("queue_id", queue, into)) else { return };
    let start = into.tenant.refs.len();
    turn(body, "rules", None, Some("groups"), into);
    let groups = into.tenant.refs.split_off(start);
    let origin = into.origin(body);
    let seat = |member: Ref| {
        let origin = origin.at(member.at);
        Membership { kind: Kind::Queue, of, member, origin, embedded: false }
    };
    into.tenant.memberships.extend(groups.into_iter().map(seat));
}

/// The groups of a block of those that a queue asks.
fn seated(part: Node<'_, '_>, key: &str, into: &mut Lower<'_>) {
    for block in blocks(part, key, into) {
        let kind = text(block, "member_group_type", into);
        if !into.is_other_seat(kind.as_deref(), block) {
            let group = field(block, "member_group_id").and_then(|id| reference("member_group_id", id, into));
            into.tenant.refs.extend(group);
        }
    }
}
