//! A second, slow and obvious reading of who may do what, compared with the real one on random
//! tenants. It shares nothing with the graph: sets, loops, and the rules as the docs put them.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use rolecall_engine::{Policy, RuleFile, Rulebook, Tiers, check};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind, Tenant};
use rolecall_source::SourceFile;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The permissions that random roles state; all but the fourth reach reporting data.
const PERMISSIONS: [&str; 5] =
    ["reporting:reportingData:view", "reporting:*", "reporting:reportingData:export", "routing:queue:view", "*"];

const SCOPES: [Option<&str>; 5] = [None, Some("All"), Some("Assigned"), Some("Self"), Some("Group")];

#[derive(Clone, Debug)]
struct Role {
    is_partner: bool,
    parents: Vec<usize>,
    entries: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
struct Group {
    is_partner: bool,
    members: Vec<usize>,
    roles: Vec<usize>,
}

#[derive(Clone, Debug)]
struct User {
    flag: Option<bool>,
    has_licence: bool,
    roles: Vec<usize>,
    groups: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Spec {
    roles: Vec<Role>,
    groups: Vec<Group>,
    users: Vec<User>,
}

fn some(of: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..of, 0..3)
}

fn specs() -> impl Strategy<Value = Spec> {
    (1..6usize, 0..4usize, 1..6usize).prop_flat_map(|(roles, groups, users)| {
        let entries = prop::collection::vec((0..PERMISSIONS.len(), 0..SCOPES.len()), 0..3);
        let role = (prop::bool::weighted(0.3), some(roles), entries);
        let role = role.prop_map(|(is_partner, parents, entries)| Role { is_partner, parents, entries });
        let group = (prop::bool::weighted(0.3), some(users), some(roles));
        let group = group.prop_map(|(is_partner, members, roles)| Group { is_partner, members, roles });
        let of_groups = if groups == 0 { Just(Vec::new()).boxed() } else { some(groups).boxed() };
        let user = (prop::option::of(prop::bool::weighted(0.3)), prop::bool::weighted(0.2), some(roles), of_groups);
        let user = user.prop_map(|(flag, has_licence, roles, groups)| User { flag, has_licence, roles, groups });
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

    fn export(&self) -> Value {
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
            json!({ "id": format!("r-{row}"), "name": self.role_name(row),
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
            json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "bpoUser": user.flag,
                    "licenses": licences, "userRoles": self.role_references(&user.roles), "groups": groups })
        };
        json!({
            "roles": self.roles.iter().enumerate().map(role).collect::<Vec<_>>(),
            "groups": self.groups.iter().enumerate().map(group).collect::<Vec<_>>(),
            "users": self.users.iter().enumerate().map(user).collect::<Vec<_>>(),
        })
    }

    /// Roles and all that they inherit from, however far.
    fn closure(&self, roles: &[usize]) -> BTreeSet<usize> {
        let mut all: BTreeSet<usize> = roles.iter().copied().collect();
        loop {
            let more: Vec<usize> = all.iter().flat_map(|r| self.roles[*r].parents.iter().copied()).collect();
            let before = all.len();
            all.extend(more);
            if all.len() == before {
                return all;
            }
        }
    }

    fn groups_of(&self, user: usize) -> BTreeSet<usize> {
        let named = self.users[user].groups.iter().copied();
        let naming = (0..self.groups.len()).filter(|g| self.groups[*g].members.contains(&user));
        named.chain(naming).collect()
    }

    /// The roles of a user, by any way.
    fn roles_of(&self, user: usize) -> BTreeSet<usize> {
        let mut held = self.users[user].roles.clone();
        held.extend(self.groups_of(user).into_iter().flat_map(|g| self.groups[g].roles.iter().copied()));
        self.closure(&held)
    }

    /// What a user may do: role and entry.
    fn access(&self, user: usize) -> BTreeSet<(usize, usize)> {
        let entries = |role: usize| (0..self.roles[role].entries.len()).map(move |entry| (role, entry));
        self.roles_of(user).into_iter().flat_map(entries).collect()
    }

    fn is_partner(&self, user: usize) -> bool {
        let this = &self.users[user];
        this.flag == Some(true)
            || this.has_licence
            || this.roles.iter().any(|r| self.roles[*r].is_partner)
            || self.groups_of(user).into_iter().any(|g| self.groups[g].is_partner)
    }

    /// Whether an entry reaches reporting data over everything: All, or no scope where one could be.
    fn is_trap(&self, role: usize, entry: usize) -> bool {
        let (permission, scope) = self.roles[role].entries[entry];
        PERMISSIONS[permission] != "routing:queue:view" && matches!(SCOPES[scope], None | Some("All"))
    }

    fn traps(&self, roles: &BTreeSet<usize>) -> bool {
        roles.iter().any(|role| (0..self.roles[*role].entries.len()).any(|entry| self.is_trap(*role, entry)))
    }

    fn is_victim(&self, user: usize) -> bool {
        self.is_partner(user) && self.traps(&self.roles_of(user))
    }

    /// Whether an entity may be what a finding is about.
    fn may_be_blamed(&self, kind: &str, number: usize) -> bool {
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

fn tenant(spec: &Spec) -> Tenant {
    let source = SourceFile::from_text("tenant.json".to_owned(), spec.export().to_string());
    let document = rolecall_ingest::read(&source, 0);
    assert_eq!(document.troubles, []);
    let mut tenant = Tenant::merge([document.tenant]);
    tenant.settle();
    tenant
}

fn row(entity: usize) -> u32 {
    u32::try_from(entity).expect("few")
}

fn rulebook(policy: &Policy, id: &str) -> Rulebook {
    let (_, text) = rolecall_rules::PAGES.iter().find(|(known, _)| *known == id).expect("the rule");
    let (id, text) = (id.to_owned(), (*text).to_owned());
    let file = RuleFile { id, path: "rule.md".to_owned(), docs: String::new(), text };
    Rulebook::load([file], policy).expect("a good rule")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn effective_access_is_what_the_slow_reading_says(spec in specs()) {
        let tenant = tenant(&spec);
        let graph = AccessGraph::new(&tenant);
        for user in 0..spec.users.len() {
            let access = graph.access(Entity { kind: Kind::User, row: row(user) });
            let grants: BTreeSet<u32> = access.iter().map(|a| a.grant).collect();
            prop_assert_eq!(grants.len(), access.len(), "an entry is counted twice");
            let number = |(role, entry): (usize, usize)| tenant.roles[role].grants.start + row(entry);
            let expected: BTreeSet<u32> = spec.access(user).into_iter().map(number).collect();
            prop_assert_eq!(grants, expected);
        }
    }

    #[test]
    fn tiers_are_what_the_slow_reading_says(spec in specs()) {
        let tenant = tenant(&spec);
        let graph = AccessGraph::new(&tenant);
        let tiers = Tiers::new(&graph, &Policy::built_in());
        for user in 0..spec.users.len() {
            let entity = Entity { kind: Kind::User, row: row(user) };
            prop_assert_eq!(tiers.contains("bpo", entity), spec.is_partner(user));
            let evidence = tiers.get("bpo").expect("the tier").evidence(&graph, entity);
            prop_assert_eq!(evidence.is_empty(), !spec.is_partner(user), "{:?}", evidence);
        }
    }

    /// Everybody of the partner who reaches a trap is explained by a finding, and each finding is
    /// about somebody or something of the partner that reaches one.
    #[test]
    fn findings_are_sound_and_complete(spec in specs()) {
        let tenant = tenant(&spec);
        let graph = AccessGraph::new(&tenant);
        let policy = Policy::built_in();
        let found = check(&graph, &policy, &rulebook(&policy, "all-scoped-reporting"), 1).findings;
        let subjects: BTreeSet<(&str, &str)> = found.iter().map(|f| (f.subject.kind, f.subject.id.as_str())).collect();
        let is_blamed = |kind: &str, number: usize| {
            let id = format!("{}-{number}", &kind[..1]);
            subjects.contains(&(kind, id.as_str()))
        };
        for user in (0..spec.users.len()).filter(|user| spec.is_victim(*user)) {
            let explained = is_blamed("user", user)
                || spec.groups_of(user).into_iter().any(|g| is_blamed("group", g))
                || spec.roles_of(user).into_iter().any(|r| is_blamed("role", r));
            prop_assert!(explained, "user {} is in no finding: {:?}", user, subjects);
        }
        for role in (0..spec.roles.len()).filter(|role| spec.roles[*role].is_partner) {
            let reached = spec.closure(&[role]);
            let explained = !spec.traps(&reached) || reached.into_iter().any(|r| is_blamed("role", r));
            prop_assert!(explained, "role {} is in no finding: {:?}", role, subjects);
        }
        for (kind, id) in &subjects {
            let number: usize = id[2..].parse().expect("a number");
            prop_assert!(spec.may_be_blamed(kind, number), "{} {} is innocent", kind, id);
        }
    }
}
