//! The guide's own dialect: what edits make of a made-up tenant, and what sides reach.

use crate::Made;
use rolecall_engine::Answer;
use rolecall_model::{Edit, Entity, Kind, Tenant};
use rolecall_query::Resource;
use rolecall_testing::guide::{Entry, QUEUES, Spec};
use std::collections::BTreeSet;

/// Something that one side has: a queue, a user or a group.
type Thing = (Kind, usize);

/// The permissions of those that open a resource.
fn opening(resource: Resource) -> &'static [usize] {
    match resource {
        Resource::Queues => &[0, 1, 2],
        Resource::Users => &[2, 4],
        Resource::Groups | Resource::Divisions => &[2],
        Resource::Recordings => &[2, 3],
        Resource::Reports => &[2, 5],
    }
}

impl Made for Spec {
    fn tenant(&self) -> Tenant {
        Spec::tenant(self)
    }

    fn without(&self, tenant: &Tenant, edits: &[Edit]) -> Self {
        let row = |entity: &Entity| entity.row as usize;
        let mut spec = self.clone();
        let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
        for edit in edits {
            match edit {
                Edit::Membership { member, group } => spec.groups[row(group)].0.retain(|u| *u != row(member)),
                Edit::Holding { holder, role } => {
                    let list = match holder.kind {
                        Kind::User => &mut spec.users[row(holder)].1,
                        Kind::Group => &mut spec.groups[row(holder)].1,
                        _ => &mut spec.account,
                    };
                    list.retain(|r| *r != row(role));
                }
                Edit::Inheritance { role, parent } => spec.roles[row(role)].parents.retain(|p| *p != row(parent)),
                Edit::Seat { member, queue } => {
                    let is_user = member.kind == Kind::User;
                    let own = row(member);
                    let list = if is_user { &mut spec.users[own].2 } else { &mut spec.groups[own].2 };
                    list.retain(|q| *q != row(queue));
                }
                Edit::Entries { owner, grants } => {
                    let list = tenant.grants_of(*owner);
                    assert_eq!(list.len as usize, self.roles[row(owner)].entries.len());
                    taken.extend(grants.iter().map(|at| (row(owner), (at - list.start) as usize)));
                }
                Edit::Given { .. } => panic!("the guide has no divisions"),
            }
        }
        for (row, role) in spec.roles.iter_mut().enumerate() {
            let mut at = 0..;
            role.entries.retain(|_| !taken.contains(&(row, at.next().unwrap_or_default())));
        }
        spec
    }

    fn edits(&self, tenant: &Tenant) -> Vec<Edit> {
        let entity = |kind: Kind, row: usize| Entity { kind, row: u32::try_from(row).expect("few") };
        let mut edits = Vec::new();
        for (row, (members, roles, queues)) in self.groups.iter().enumerate() {
            let group = entity(Kind::Group, row);
            edits.extend(members.iter().map(|u| Edit::Membership { member: entity(Kind::User, *u), group }));
            edits.extend(roles.iter().map(|r| Edit::Holding { holder: group, role: entity(Kind::Role, *r) }));
            edits.extend(queues.iter().map(|q| Edit::Seat { member: group, queue: entity(Kind::Queue, *q) }));
        }
        for (row, (_, roles, queues)) in self.users.iter().enumerate() {
            let user = entity(Kind::User, row);
            edits.extend(roles.iter().map(|r| Edit::Holding { holder: user, role: entity(Kind::Role, *r) }));
            edits.extend(queues.iter().map(|q| Edit::Seat { member: user, queue: entity(Kind::Queue, *q) }));
        }
        let account = entity(Kind::ServiceAccount, 0);
        edits.extend(self.account.iter().map(|r| Edit::Holding { holder: account, role: entity(Kind::Role, *r) }));
        for (row, role) in self.roles.iter().enumerate() {
            let owner = entity(Kind::Role, row);
            let parents =
                role.parents.iter().map(|p| Edit::Inheritance { role: owner, parent: entity(Kind::Role, *p) });
            edits.extend(parents);
            let list = tenant.grants_of(owner);
            edits.extend((list.start..list.start + list.len).map(|at| Edit::Entries { owner, grants: vec![at] }));
        }
        edits
    }
}

/// Whether a queue is a side's: theirs who sit on it, where these are partners, be it several of them together.
fn is_of(spec: &Spec, queue: usize, side: usize) -> bool {
    let sides: BTreeSet<usize> =
        spec.users.iter().filter(|(.., seats)| seats.contains(&queue)).map(|(side, ..)| *side).collect();
    let has_group = spec.groups.iter().any(|(.., seats)| seats.contains(&queue));
    let is_internal = has_group || sides.is_empty() || sides.contains(&2);
    if is_internal { side == 2 } else { sides.contains(&side) }
}

/// What one side has of a resource, or what it is of. No group and no division is a partner's here.
fn things(spec: &Spec, side: usize, resource: Resource) -> Vec<Thing> {
    let queues = (0..QUEUES).filter(|queue| is_of(spec, *queue, side)).map(|queue| (Kind::Queue, queue));
    let users = (0..spec.users.len()).filter(|user| spec.users[*user].0 == side).map(|user| (Kind::User, user));
    let groups = (0..spec.groups.len()).filter(|_| side == 2).map(|group| (Kind::Group, group));
    match resource {
        Resource::Queues => queues.collect(),
        Resource::Users => users.collect(),
        Resource::Groups => groups.collect(),
        Resource::Divisions => Vec::new(),
        Resource::Recordings | Resource::Reports => queues.chain(users).collect(),
    }
}

/// A group, who is in it and the queues that it is on.
fn within(spec: &Spec, group: usize) -> Vec<Thing> {
    let (members, _, queues) = &spec.groups[group];
    let members = members.iter().map(|user| (Kind::User, *user));
    members.chain(queues.iter().map(|queue| (Kind::Queue, *queue))).chain([(Kind::Group, group)]).collect()
}

/// What one side's people reach of the other's, how many get as far, and the first of them.
pub(crate) fn reached(spec: &Spec, from: usize, to: usize, resource: Resource) -> (Answer, usize, Option<String>) {
    // What both have together neither reaches of the other's.
    let mut things = things(spec, to, resource);
    things.retain(|(kind, queue)| *kind != Kind::Queue || !is_of(spec, *queue, from));
    let queues = || things.iter().filter(|(kind, _)| *kind == Kind::Queue).map(|(_, queue)| *queue);
    let of_entry = |user: Option<usize>, entry: &Entry| match entry.scope() {
        "All" => Answer::Yes,
        // Of what the export does not show nobody can tell.
        _ if things.is_empty() => Answer::Maybe,
        "Assigned" if queues().any(|queue| user.is_some_and(|user| spec.sits(user, queue))) => Answer::Yes,
        "Assigned" if !spec.has_seats() && queues().next().is_some() => Answer::Maybe,
        "Group" if within(spec, entry.group).iter().any(|thing| things.contains(thing)) => Answer::Yes,
        _ => Answer::No,
    };
    let opening_of = |entries: Vec<Entry>| -> Vec<Entry> {
        entries.into_iter().filter(|entry| opening(resource).contains(&entry.permission)).collect()
    };
    let users = (0..spec.users.len()).filter(|user| spec.users[*user].0 == from);
    let best = |user: Option<usize>, entries: Vec<Entry>| {
        let answer = entries.iter().map(|entry| of_entry(user, entry)).max();
        let name = user.map_or("Account 0".to_owned(), |user| format!("User {user}"));
        answer.filter(|answer| *answer != Answer::No).map(|answer| (answer, name))
    };
    // The account is the company's own.
    let account = (from == 2).then(|| best(None, opening_of(spec.entries_by(&spec.account)))).flatten();
    let users = users.filter_map(|user| best(Some(user), opening_of(spec.entries_of(user))));
    let all: Vec<(Answer, String)> = account.into_iter().chain(users).collect();
    let Some(top) = all.iter().map(|(answer, _)| *answer).max() else { return (Answer::No, 0, None) };
    let mut as_far = all.iter().filter(|(answer, _)| *answer == top).peekable();
    let first = as_far.peek().map(|(_, name)| name.clone());
    (top, as_far.count(), first)
}
