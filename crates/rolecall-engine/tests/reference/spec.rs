//! Random tenants of the guide, and the slow and obvious reading of them.

use proptest::prelude::*;
use rolecall_testing::closure;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The permissions that random roles state; the first four reach reporting data.
const PERMISSIONS: [&str; 6] = [
    "reporting:reportingData:view",
    "reporting:*",
    "reporting:reportingData:export",
    "*",
    "routing:queue:view",
    "user:profile:view",
];

/// The scopes that they state; the last is none, and counts as All.
const SCOPES: [Option<&str>; 6] =
    [None, Some("All"), Some("Assigned"), Some("Self"), Some("Group"), Some("Everything")];

#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) is_partner: bool,
    is_system: bool,
    parents: Vec<usize>,
    entries: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Group {
    is_partner: bool,
    members: Vec<usize>,
    roles: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    flag: Option<bool>,
    has_licence: bool,
    has_region: bool,
    roles: Vec<usize>,
    groups: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) roles: Vec<Role>,
    groups: Vec<Group>,
    pub(crate) users: Vec<User>,
}

fn some(of: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..of, 0..3)
}

pub(crate) fn specs() -> impl Strategy<Value = Spec> {
    (1..6usize, 0..4usize, 1..6usize).prop_flat_map(|(roles, groups, users)| {
        let entries = prop::collection::vec((0..PERMISSIONS.len(), 0..SCOPES.len()), 0..3);
        let role = (prop::bool::weighted(0.3), prop::bool::weighted(0.2), some(roles), entries);
        let role =
            role.prop_map(|(is_partner, is_system, parents, entries)| Role { is_partner, is_system, parents, entries });
        let group = (prop::bool::weighted(0.3), some(users), some(roles));
        let group = group.prop_map(|(is_partner, members, roles)| Group { is_partner, members, roles });
        let of_groups = if groups == 0 { Just(Vec::new()).boxed() } else { some(groups).boxed() };
        let flag = prop::option::of(prop::bool::weighted(0.3));
        let user = (flag, prop::bool::weighted(0.2), any::<bool>(), some(roles), of_groups);
        let user = user.prop_map(|(flag, has_licence, has_region, roles, groups)| User {
            flag,
            has_licence,
            has_region,
            roles,
            groups,
        });
        let all = (
            prop::collection::vec(role, roles),
            prop::collection::vec(group, groups),
            prop::collection::vec(user, users),
        );
        all.prop_map(|(roles, groups, users)| Spec { roles, groups, users })
    })
}

impl Spec {
    fn role_name(&self, role: usize) -> String {
        format!("{}Role {role}", if self.roles[role].is_partner { "BPO " } else { "" })
    }

    fn group_name(&self, group: usize) -> String {
        format!("{}Group {group}", if self.groups[group].is_partner { "BPO " } else { "" })
    }

    /// References by id and by name in turn.
    fn role_references(&self, list: &[usize]) -> Vec<Value> {
        let reference = |role: &usize| match role % 2 {
            0 => json!(format!("r-{role}")),
            _ => json!({ "name": self.role_name(*role) }),
        };
        list.iter().map(reference).collect()
    }

    pub(crate) fn export(&self) -> Value {
        let entry = |(permission, scope): &(usize, usize)| {
            let mut entry = json!({ "id": PERMISSIONS[*permission] });
            if let Some(scope) = SCOPES[*scope] {
                entry["scope"] = scope.into();
                if scope == "Group" {
                    entry["groups"] = if self.groups.is_empty() { json!([]) } else { json!(["g-0"]) };
                }
            }
            entry
        };
        let role = |(row, role): (usize, &Role)| {
            json!({ "id": format!("r-{row}"), "name": self.role_name(row), "system": role.is_system,
                    "inheritsFrom": self.role_references(&role.parents),
                    "rolePermissions": role.entries.iter().map(entry).collect::<Vec<_>>() })
        };
        let group = |(row, group): (usize, &Group)| {
            let members: Vec<String> = group.members.iter().map(|u| format!("u-{u}")).collect();
            json!({ "id": format!("g-{row}"), "name": self.group_name(row), "members": members,
                    "userRoles": self.role_references(&group.roles) })
        };
        let user = |(row, user): (usize, &User)| {
            let groups: Vec<String> = user.groups.iter().map(|g| format!("g-{g}")).collect();
            let licences = if user.has_licence { vec!["BPO Agent"] } else { Vec::new() };
            let region = if user.has_region { json!("emea-1") } else { Value::Null };
            json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "bpoUser": user.flag, "region": region,
                    "licenses": licences, "userRoles": self.role_references(&user.roles), "groups": groups })
        };
        json!({
            "roles": self.roles.iter().enumerate().map(role).collect::<Vec<_>>(),
            "groups": self.groups.iter().enumerate().map(group).collect::<Vec<_>>(),
            "users": self.users.iter().enumerate().map(user).collect::<Vec<_>>(),
        })
    }

    /// Roles and all that they inherit from, however far.
    pub(crate) fn closure(&self, roles: &[usize]) -> BTreeSet<usize> {
        closure(roles, |role| self.roles[role].parents.clone())
    }

    pub(crate) fn groups_of(&self, user: usize) -> BTreeSet<usize> {
        let named = self.users[user].groups.iter().copied();
        let naming = (0..self.groups.len()).filter(|g| self.groups[*g].members.contains(&user));
        named.chain(naming).collect()
    }

    /// The roles of a user, by any way.
    pub(crate) fn roles_of(&self, user: usize) -> BTreeSet<usize> {
        let mut held = self.users[user].roles.clone();
        held.extend(self.groups_of(user).into_iter().flat_map(|g| self.groups[g].roles.iter().copied()));
        self.closure(&held)
    }

    /// What a user may do: role and entry.
    pub(crate) fn access(&self, user: usize) -> BTreeSet<(usize, usize)> {
        let entries = |role: usize| (0..self.roles[role].entries.len()).map(move |entry| (role, entry));
        self.roles_of(user).into_iter().flat_map(entries).collect()
    }

    pub(crate) fn is_partner(&self, user: usize) -> bool {
        let this = &self.users[user];
        this.flag == Some(true)
            || this.has_licence
            || this.roles.iter().any(|r| self.roles[*r].is_partner)
            || self.groups_of(user).into_iter().any(|g| self.groups[g].is_partner)
    }

    /// Whether an entry reaches reporting data over everything: All, or no scope where one could be.
    fn is_trap(&self, role: usize, entry: usize) -> bool {
        let (permission, scope) = self.roles[role].entries[entry];
        permission < 4 && matches!(SCOPES[scope], None | Some("All" | "Everything"))
    }

    pub(crate) fn traps(&self, roles: &BTreeSet<usize>) -> bool {
        roles.iter().any(|role| (0..self.roles[*role].entries.len()).any(|entry| self.is_trap(*role, entry)))
    }

    pub(crate) fn is_victim(&self, user: usize) -> bool {
        self.is_partner(user) && self.traps(&self.roles_of(user))
    }

    /// Whether an entity may be what a finding is about.
    pub(crate) fn may_be_blamed(&self, kind: &str, number: usize) -> bool {
        let users = 0..self.users.len();
        match kind {
            "user" => self.is_victim(number),
            "group" => {
                let has_partner = users.into_iter().any(|u| self.groups_of(u).contains(&number) && self.is_partner(u));
                let reaches = self.traps(&self.closure(&self.groups[number].roles));
                reaches && (self.groups[number].is_partner || has_partner)
            }
            "role" => {
                let is_held = users.into_iter().any(|u| self.is_victim(u) && self.users[u].roles.contains(&number));
                self.traps(&self.closure(&[number])) && (self.roles[number].is_partner || is_held)
            }
            _ => false,
        }
    }
}
