//! Queues, with the users and groups that they ask.

use super::resource::Resource;
use super::value::{blocks, field, many, reference, references, text};
use crate::lower::Lower;
use rolecall_model::{HOME, Queue};
use rolecall_source::Node;

pub(super) fn read(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let mut queue = Queue { head: resource.head(into), ..Queue::default() };
    let division = field(body, "division_id");
    queue.division = division.and_then(|node| reference("division_id", node, into));
    queue.home_by_default = division.is_none();
    if queue.home_by_default {
        into.tenant.strings.intern(HOME);
    }
    queue.states_groups = field(body, "groups").is_some();
    queue.states_members = field(body, "members").is_some();
    let start = into.tenant.refs.len();
    references("groups", field(body, "groups"), into);
    for (key, groups) in [("bullseye_rings", "member_groups"), ("conditional_group_routing_rules", "groups")] {
        for part in blocks(body, key, into) {
            seated(part, groups, into);
        }
    }
    for activation in blocks(body, "conditional_group_activation", into) {
        for rule in blocks(activation, "rules", into) {
            seated(rule, "groups", into);
        }
    }
    for (key, kind) in [("teams", "TEAM"), ("skill_groups", "SKILLGROUP")] {
        many(field(body, key)).for_each(|seat| {
            into.is_other_seat(Some(kind), seat);
        });
    }
    queue.groups = into.distinct_from(start);
    let start = into.tenant.refs.len();
    for member in blocks(body, "members", into) {
        let Some(user) = field(member, "user_id") else {
            into.wrong_type("members", "blocks with `user_id`", member);
            continue;
        };
        let user = reference("user_id", user, into);
        into.tenant.refs.extend(user);
    }
    queue.members = into.list_from(start);
    into.tenant.queues.push(queue);
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
