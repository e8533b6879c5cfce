//! Made-up tenants in the guide's own dialect: roles that inherit, groups, views, seats, and people of two partners.

use crate::{SIDES, closure, read};
use proptest::prelude::*;
use rolecall_model::Tenant;
use serde_json::{Value, json};

/// What roles may state.
pub const PERMISSIONS: [&str; 6] = [
    "routing:queue:view",
    "routing:*:*",
    "*",
    "recording:recording:view",
    "user:impersonate",
    "reporting:reportingData:view",
];
/// Over what.
pub const SCOPES: [&str; 5] = ["All", "Assigned", "Self", "Group", "View"];
/// How many queues there are.
pub const QUEUES: usize = 3;

/// An entry of a role.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which of the permissions.
    pub permission: usize,
    /// Which of the scopes.
    pub scope: usize,
    /// The group that it is limited to, where the scope is one.
    pub group: usize,
}

impl Entry {
    /// Whether it lets somebody see queues.
    #[must_use]
    pub fn is_seeing(&self) -> bool {
        self.permission < 3
    }

    /// Whether it lets somebody become another.
    #[must_use]
    pub fn is_becoming(&self) -> bool {
        [2, 4].contains(&self.permission)
    }

    /// The word for its scope.
    #[must_use]
    pub fn scope(&self) -> &'static str {
        SCOPES[self.scope]
    }
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Whether its name says that it is a partner's.
    pub is_partners: bool,
    /// The roles that it inherits from.
    pub parents: Vec<usize>,
    /// What it states.
    pub entries: Vec<Entry>,
}

/// A tenant.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The roles.
    pub roles: Vec<Role>,
    /// Members, roles and queues of each group.
    pub groups: Vec<(Vec<usize>, Vec<usize>, Vec<usize>)>,
    /// Side, roles and queues of each user.
    pub users: Vec<(usize, Vec<usize>, Vec<usize>)>,
    /// Roles of the service account.
    pub account: Vec<usize>,
    /// The queues in the view.
    pub view: Vec<usize>,
}

fn some(of: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(0..of, 0..3).prop_map(|set| set.into_iter().collect())
}

/// Tenants of fewer than `most` roles and users; with `scopes` of the five, and roles of partners where `named`.
pub fn specs(scopes: usize, named: bool, most: usize) -> impl Strategy<Value = Spec> {
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

fn ids(letter: char, list: &[usize]) -> Vec<String> {
    list.iter().map(|n| format!("{letter}-{n}")).collect()
}

impl Spec {
    /// One bundle.
    #[must_use]
    pub fn export(&self) -> Value {
        let entry = |entry: &Entry| {
            json!({ "id": PERMISSIONS[entry.permission], "scope": entry.scope(),
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
        json!({ "roles": roles.collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(),
                "users": users.collect::<Vec<_>>(), "queues": queues.collect::<Vec<_>>(),
                "serviceAccounts": [account], "views": [view] })
    }

    /// What the bundle says.
    #[must_use]
    pub fn tenant(&self) -> Tenant {
        read("guide", [self.export()])
    }
}

/// The slow reading: sets and loops.
impl Spec {
    /// The groups that a user is in.
    #[must_use]
    pub fn groups_of(&self, user: usize) -> Vec<usize> {
        (0..self.groups.len()).filter(|group| self.groups[*group].0.contains(&user)).collect()
    }

    /// The entries that a user has, by whatever role.
    #[must_use]
    pub fn entries_of(&self, user: usize) -> Vec<Entry> {
        let mut held = self.users[user].1.clone();
        held.extend(self.groups_of(user).into_iter().flat_map(|g| self.groups[g].1.iter().copied()));
        self.entries_by(&held)
    }

    /// The entries of these roles and of those that they inherit from.
    #[must_use]
    pub fn entries_by(&self, roles: &[usize]) -> Vec<Entry> {
        let all = closure(roles, |role| self.roles[role].parents.clone());
        all.into_iter().flat_map(|role| self.roles[role].entries.iter().cloned()).collect()
    }

    /// Whether a user sits on a queue, alone or with a group.
    #[must_use]
    pub fn sits(&self, user: usize, queue: usize) -> bool {
        self.users[user].2.contains(&queue) || self.groups_of(user).iter().any(|g| self.groups[*g].2.contains(&queue))
    }

    /// Whether anybody is known to sit anywhere.
    #[must_use]
    pub fn has_seats(&self) -> bool {
        let of_users = self.users.iter().any(|(.., seats)| !seats.is_empty());
        of_users || self.groups.iter().any(|(.., seats)| !seats.is_empty())
    }
}
