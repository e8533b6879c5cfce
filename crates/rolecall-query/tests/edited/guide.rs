//! Made-up tenants in the guide's own dialect: roles that inherit, groups, views, seats, and people of two partners.

use crate::{Made, read};
use proptest::prelude::*;
use rolecall_engine::Answer;
use rolecall_model::{Edit, Entity, Kind, Tenant};
use rolecall_query::Resource;
use serde_json::json;
use std::collections::BTreeSet;

const PERMISSIONS: [&str; 6] = [
    "routing:queue:view",
    "routing:*:*",
    "*",
    "recording:recording:view",
    "user:impersonate",
    "reporting:reportingData:view",
];
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
const SCOPES: [&str; 5] = ["All", "Assigned", "Self", "Group", "View"];
const QUEUES: usize = 3;
/// The sides; who is of none is the company's own.
pub(crate) const SIDES: [&str; 3] = ["one", "two", "internal"];

#[derive(Clone, Debug)]
struct Entry {
    permission: usize,
    scope: usize,
    group: usize,
}

#[derive(Clone, Debug)]
struct Role {
    is_partners: bool,
    parents: Vec<usize>,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(crate) struct Spec {
    roles: Vec<Role>,
    /// Members, roles and queues of each group.
    groups: Vec<(Vec<usize>, Vec<usize>, Vec<usize>)>,
    /// Side, roles and queues of each user.
    users: Vec<(usize, Vec<usize>, Vec<usize>)>,
    /// Roles of the service account.
    account: Vec<usize>,
    /// The queues in the view.
    view: Vec<usize>,
}

fn some(of: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(0..of, 0..3).prop_map(|set| set.into_iter().collect())
}

/// Tenants of fewer than `most` roles and users; with `scopes` of the five, and roles of partners where `named`.
pub(crate) fn specs(scopes: usize, named: bool, most: usize) -> impl Strategy<Value = Spec> {
    (1..most, 1..=most / 2, 1..most).prop_flat_map(move |(roles, groups, users)| {
        let entry = (0..PERMISSIONS.len(), 0..scopes, 0..groups);
        let entry = entry.prop_map(|(permission, scope, group)| Entry { permission, scope, group });
        let role = (any::<bool>(), some(roles), prop::collection::vec(entry, 0..3));
        let role = role.prop_map(move |(is_partners, parents, entries)| Role {
            is_partners: is_partners && named,
            parents,
            entries,
        });
        let all = (
            prop::collection::vec(role, roles),
            prop::collection::vec((some(users), some(roles), some(QUEUES)), groups),
            prop::collection::vec((0..SIDES.len(), some(roles), some(QUEUES)), users),
            some(roles),
            some(QUEUES),
        );
        all.prop_map(|(roles, groups, users, account, view)| Spec { roles, groups, users, account, view })
    })
}

impl Made for Spec {
    fn tenant(&self) -> Tenant {
        let ids =
            |letter: char, list: &[usize]| -> Vec<String> { list.iter().map(|n| format!("{letter}-{n}")).collect() };
        let entry = |entry: &Entry| {
            json!({ "id": PERMISSIONS[entry.permission], "scope": SCOPES[entry.scope],
                    "groups": [format!("g-{}", entry.group)], "views": ["v-0"] })
        };
        let roles = self.roles.iter().enumerate().map(|(row, role)| {
            let sort = if role.is_partners { "BPO " } else { "" };
            json!({ "id": format!("r-{row}"), "name": format!("{sort}Role {row}"), "inheritsFrom": ids('r', &role.parents),
                    "rolePermissions": role.entries.iter().map(entry).collect::<Vec<_>>() })
        });
        let groups = self.groups.iter().enumerate().map(|(row, (members, roles, _))| {
            json!({ "id": format!("g-{row}"), "name": format!("Group {row}"), "members": ids('u', members),
                    "userRoles": ids('r', roles) })
        });
        let users = self.users.iter().enumerate().map(|(row, (side, roles, _))| {
            let name = SIDES[*side];
            json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "userRoles": ids('r', roles),
                    "bpoUser": name != "internal", "email": format!("u{row}@{name}.example") })
        });
        let queues = (0..QUEUES).map(|queue| {
            let on = |lists: Vec<&Vec<usize>>| -> Vec<usize> {
                (0..lists.len()).filter(|row| lists[*row].contains(&queue)).collect()
            };
            json!({ "id": format!("q-{queue}"), "name": format!("Queue {queue}"),
                    "members": ids('u', &on(self.users.iter().map(|(.., seats)| seats).collect())),
                    "memberGroups": ids('g', &on(self.groups.iter().map(|(.., seats)| seats).collect())) })
        });
        let account =
            json!({ "id": "s-0", "name": "Account 0", "clientId": "c-0", "userRoles": ids('r', &self.account) });
        let view = json!({ "id": "v-0", "name": "View 0", "queues": ids('q', &self.view), "users": [] });
        read(
            "guide",
            [json!({ "roles": roles.collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(),
                     "users": users.collect::<Vec<_>>(), "queues": queues.collect::<Vec<_>>(),
                     "serviceAccounts": [account], "views": [view] })],
        )
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

/// The slow reading: sets and loops.
impl Spec {
    fn groups_of(&self, user: usize) -> Vec<usize> {
        (0..self.groups.len()).filter(|group| self.groups[*group].0.contains(&user)).collect()
    }

    fn entries_of(&self, user: usize, resource: Resource) -> Vec<Entry> {
        let mut held = self.users[user].1.clone();
        held.extend(self.groups_of(user).into_iter().flat_map(|g| self.groups[g].1.iter().copied()));
        self.entries_by(&held, resource)
    }

    /// The entries that open a resource to somebody with these roles.
    fn entries_by(&self, roles: &[usize], resource: Resource) -> Vec<Entry> {
        let mut all: BTreeSet<usize> = roles.iter().copied().collect();
        loop {
            let more: Vec<usize> = all.iter().flat_map(|r| self.roles[*r].parents.iter().copied()).collect();
            let before = all.len();
            all.extend(more);
            if all.len() == before {
                let entries = all.into_iter().flat_map(|role| self.roles[role].entries.iter().cloned());
                return entries.filter(|entry| opening(resource).contains(&entry.permission)).collect();
            }
        }
    }

    fn sits(&self, user: usize, queue: usize) -> bool {
        self.users[user].2.contains(&queue) || self.groups_of(user).iter().any(|g| self.groups[*g].2.contains(&queue))
    }

    fn has_seats(&self) -> bool {
        let of_users = self.users.iter().any(|(.., seats)| !seats.is_empty());
        of_users || self.groups.iter().any(|(.., seats)| !seats.is_empty())
    }

    /// Whose a queue is: theirs who sit on it alone; nobody's side has what only several partners share.
    fn side_of(&self, queue: usize) -> Option<usize> {
        let sides: BTreeSet<usize> =
            self.users.iter().filter(|(.., seats)| seats.contains(&queue)).map(|(side, ..)| *side).collect();
        let has_group = self.groups.iter().any(|(.., seats)| seats.contains(&queue));
        match sides.iter().collect::<Vec<_>>().as_slice() {
            _ if has_group => Some(2),
            [] => Some(2),
            [only] => Some(**only),
            _ if sides.contains(&2) => Some(2),
            _ => None,
        }
    }

    /// What one side has of a resource, or what it is of. No group and no division is a partner's here.
    fn things(&self, side: usize, resource: Resource) -> Vec<Thing> {
        let queues = (0..QUEUES).filter(|queue| self.side_of(*queue) == Some(side)).map(|queue| (Kind::Queue, queue));
        let users = (0..self.users.len()).filter(|user| self.users[*user].0 == side).map(|user| (Kind::User, user));
        let groups = (0..self.groups.len()).filter(|_| side == 2).map(|group| (Kind::Group, group));
        match resource {
            Resource::Queues => queues.collect(),
            Resource::Users => users.collect(),
            Resource::Groups => groups.collect(),
            Resource::Divisions => Vec::new(),
            Resource::Recordings | Resource::Reports => queues.chain(users).collect(),
        }
    }

    /// A group, who is in it and the queues that it is on.
    fn within(&self, group: usize) -> Vec<Thing> {
        let (members, _, queues) = &self.groups[group];
        let members = members.iter().map(|user| (Kind::User, *user));
        members.chain(queues.iter().map(|queue| (Kind::Queue, *queue))).chain([(Kind::Group, group)]).collect()
    }

    /// What one side's people reach of the other's, how many get as far, and the first of them.
    pub(crate) fn reached(&self, from: usize, to: usize, resource: Resource) -> (Answer, usize, Option<String>) {
        let things = self.things(to, resource);
        let queues = || things.iter().filter(|(kind, _)| *kind == Kind::Queue).map(|(_, queue)| *queue);
        let of_entry = |user: Option<usize>, entry: &Entry| match SCOPES[entry.scope] {
            "All" => Answer::Yes,
            // Of what the export does not show nobody can tell.
            _ if things.is_empty() => Answer::Maybe,
            "Assigned" if queues().any(|queue| user.is_some_and(|user| self.sits(user, queue))) => Answer::Yes,
            "Assigned" if !self.has_seats() && queues().next().is_some() => Answer::Maybe,
            "Group" if self.within(entry.group).iter().any(|thing| things.contains(thing)) => Answer::Yes,
            _ => Answer::No,
        };
        let users = (0..self.users.len()).filter(|user| self.users[*user].0 == from);
        let best = |user: Option<usize>, entries: Vec<Entry>| {
            let answer = entries.iter().map(|entry| of_entry(user, entry)).max();
            let name = user.map_or("Account 0".to_owned(), |user| format!("User {user}"));
            answer.filter(|answer| *answer != Answer::No).map(|answer| (answer, name))
        };
        // The account is the company's own.
        let account = (from == 2).then(|| best(None, self.entries_by(&self.account, resource))).flatten();
        let users = users.filter_map(|user| best(Some(user), self.entries_of(user, resource)));
        let all: Vec<(Answer, String)> = account.into_iter().chain(users).collect();
        let Some(top) = all.iter().map(|(answer, _)| *answer).max() else { return (Answer::No, 0, None) };
        let mut as_far = all.iter().filter(|(answer, _)| *answer == top).peekable();
        let first = as_far.peek().map(|(_, name)| name.clone());
        (top, as_far.count(), first)
    }
}
