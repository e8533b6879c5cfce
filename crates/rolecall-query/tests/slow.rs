//! Answers against a slow and obvious reading of random tenants, and against each other. The slow reading shares
//! nothing with the graph: sets, loops, and the rules as the docs put them.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use rolecall_engine::{Answer, Judge, Policy};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind, Tenant};
use rolecall_query::{Goal, WhoCanAsked, access, can, compare, path, reach, who_can};
use rolecall_source::SourceFile;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PERMISSIONS: [&str; 5] =
    ["routing:queue:view", "routing:*:*", "recording:recording:view", "*", "user:impersonate"];
const SCOPES: [&str; 4] = ["All", "Assigned", "Self", "Group"];
const QUEUES: usize = 2;

#[derive(Clone, Debug)]
struct Role {
    parents: Vec<usize>,
    entries: Vec<(usize, usize, usize)>,
}

#[derive(Clone, Debug)]
struct Spec {
    roles: Vec<Role>,
    /// Members, roles and queues of each group.
    groups: Vec<(Vec<usize>, Vec<usize>, Vec<usize>)>,
    /// Roles and queues of each user.
    users: Vec<(Vec<usize>, Vec<usize>)>,
}

fn some(of: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..of, 0..3)
}

fn specs() -> impl Strategy<Value = Spec> {
    (1..5usize, 1..3usize, 1..5usize).prop_flat_map(|(roles, groups, users)| {
        let entries = prop::collection::vec((0..PERMISSIONS.len(), 0..SCOPES.len(), 0..groups), 0..3);
        let role = (some(roles), entries).prop_map(|(parents, entries)| Role { parents, entries });
        let all = (
            prop::collection::vec(role, roles),
            prop::collection::vec((some(users), some(roles), some(QUEUES)), groups),
            prop::collection::vec((some(roles), some(QUEUES)), users),
        );
        all.prop_map(|(roles, groups, users)| Spec { roles, groups, users })
    })
}

impl Spec {
    fn tenant(&self) -> Tenant {
        let ids =
            |letter: char, list: &[usize]| -> Vec<String> { list.iter().map(|n| format!("{letter}-{n}")).collect() };
        let entry = |(permission, scope, group): &(usize, usize, usize)| json!({ "id": PERMISSIONS[*permission], "scope": SCOPES[*scope], "groups": [format!("g-{group}")] });
        let roles = self.roles.iter().enumerate().map(|(row, role)| {
            json!({ "id": format!("r-{row}"), "name": format!("Role {row}"), "inheritsFrom": ids('r', &role.parents),
                    "rolePermissions": role.entries.iter().map(entry).collect::<Vec<_>>() })
        });
        let groups = self.groups.iter().enumerate().map(|(row, (members, roles, _))| {
            json!({ "id": format!("g-{row}"), "name": format!("Group {row}"), "members": ids('u', members),
                    "userRoles": ids('r', roles) })
        });
        let users = self.users.iter().enumerate().map(|(row, (roles, _))| {
            json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "userRoles": ids('r', roles) })
        });
        let queues = (0..QUEUES).map(|queue| {
            let on = |lists: Vec<&Vec<usize>>| -> Vec<usize> {
                (0..lists.len()).filter(|row| lists[*row].contains(&queue)).collect()
            };
            json!({ "id": format!("q-{queue}"), "name": format!("Queue {queue}"),
                    "members": ids('u', &on(self.users.iter().map(|(_, seats)| seats).collect())),
                    "memberGroups": ids('g', &on(self.groups.iter().map(|(_, _, seats)| seats).collect())) })
        });
        let export: Value = json!({ "roles": roles.collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(),
            "users": users.collect::<Vec<_>>(), "queues": queues.collect::<Vec<_>>() });
        let mut tenant = Tenant::default();
        let document =
            rolecall_ingest::read(&SourceFile::from_text("t.json".to_owned(), export.to_string()), 0, &mut tenant);
        assert_eq!(document.troubles, []);
        tenant.settle();
        tenant
    }

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

    fn groups_of(&self, user: usize) -> Vec<usize> {
        (0..self.groups.len()).filter(|group| self.groups[*group].0.contains(&user)).collect()
    }

    fn entries_of(&self, user: usize) -> Vec<(usize, usize, usize)> {
        let mut held = self.users[user].0.clone();
        held.extend(self.groups_of(user).into_iter().flat_map(|g| self.groups[g].1.iter().copied()));
        self.closure(&held).into_iter().flat_map(|role| self.roles[role].entries.iter().copied()).collect()
    }

    fn sits(&self, user: usize, queue: usize) -> bool {
        self.users[user].1.contains(&queue) || self.groups_of(user).iter().any(|g| self.groups[*g].2.contains(&queue))
    }

    fn has_seats(&self) -> bool {
        let of_users = self.users.iter().any(|(_, seats)| !seats.is_empty());
        of_users || self.groups.iter().any(|(_, _, seats)| !seats.is_empty())
    }

    /// Whether a user can view a queue: sure, perhaps (nobody's seat is known), or not.
    fn views(&self, user: usize, queue: usize) -> Answer {
        let of = |(permission, scope, group): &(usize, usize, usize)| match (*permission, SCOPES[*scope]) {
            (0 | 1 | 3, "All") => Answer::Yes,
            (0 | 1 | 3, "Assigned") if self.sits(user, queue) => Answer::Yes,
            (0 | 1 | 3, "Assigned") if !self.has_seats() => Answer::Maybe,
            (0 | 1 | 3, "Group") if self.groups[*group].2.contains(&queue) => Answer::Yes,
            _ => Answer::No,
        };
        self.entries_of(user).iter().map(of).max().unwrap_or(Answer::No)
    }

    /// Everybody whom a user may become.
    fn becomes(&self, user: usize) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([user]);
        loop {
            let mut more: BTreeSet<usize> = BTreeSet::new();
            for at in &all {
                for (permission, scope, group) in self.entries_of(*at) {
                    match (permission, SCOPES[scope]) {
                        (3 | 4, "All") => more.extend(0..self.users.len()),
                        (3 | 4, "Group") => more.extend(self.groups[group].0.iter().copied()),
                        _ => {}
                    }
                }
            }
            let before = all.len();
            all.extend(more);
            if all.len() == before {
                all.remove(&user);
                return all;
            }
        }
    }
}

fn entity(kind: Kind, row: usize) -> Entity {
    Entity { kind, row: u32::try_from(row).expect("few") }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// `can` says what the slow reading says, and `who-can` names exactly those of whom `can` says it.
    #[test]
    fn can_and_who_can_agree_with_the_slow_reading(spec in specs(), queue in 0..QUEUES) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let policy = Policy::built_in();
        let judge = Judge::new(&graph, &policy);
        let wanted = judge.wanted("routing:queue:view").expect("a permission");
        let on = Some(entity(Kind::Queue, queue));
        let asked = WhoCanAsked { wanted: &wanted, on, scope: None, tier: None, names: usize::MAX, causes: usize::MAX };
        let all = who_can(&judge, &asked);
        let named = |answer: Answer| -> BTreeSet<String> {
            let causes = all.causes.iter().filter(|cause| cause.answer == answer);
            causes.flat_map(|cause| cause.names.iter().map(|name| name.id.clone())).collect()
        };
        let mut expected = [BTreeSet::new(), BTreeSet::new()];
        for user in 0..spec.users.len() {
            let answer = can(&judge, entity(Kind::User, user), &wanted, on);
            let slow = spec.views(user, queue);
            // Without any holder, or any member of a group that has it, a no is no proof.
            if answer.gaps.is_empty() {
                prop_assert_eq!(answer.answer, slow, "user {}", user);
            } else {
                prop_assert_eq!((answer.answer, slow), (Answer::Maybe, Answer::No));
            }
            for way in &answer.ways {
                let last = way.witness.last().expect("a step");
                prop_assert_eq!(last.edge, "grants");
                prop_assert_eq!(&way.witness[0].from.id, &format!("u-{user}"));
                prop_assert!(way.witness.windows(2).all(|pair| pair[0].to == pair[1].from), "a chain with a gap");
            }
            match slow {
                Answer::Yes => expected[0].insert(format!("u-{user}")),
                Answer::Maybe => expected[1].insert(format!("u-{user}")),
                Answer::No => false,
            };
        }
        let (sure, perhaps) = (named(Answer::Yes), named(Answer::Maybe));
        prop_assert_eq!(all.users, sure.len());
        prop_assert_eq!(&sure, &expected[0]);
        prop_assert_eq!(perhaps.difference(&sure).cloned().collect::<BTreeSet<_>>(), expected[1].clone());
    }

    /// `access` lists what `can` affirms, and whoever is compared with themselves differs in nothing.
    #[test]
    fn access_agrees_with_can(spec in specs()) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let policy = Policy::built_in();
        let judge = Judge::new(&graph, &policy);
        for user in 0..spec.users.len() {
            let who = entity(Kind::User, user);
            let held = access(&judge, who).held;
            let slow: BTreeSet<usize> = spec.entries_of(user).into_iter().map(|(permission, ..)| permission).collect();
            let names: BTreeSet<&str> = held.iter().map(|held| held.permission.as_str()).collect();
            prop_assert_eq!(names.len(), slow.len());
            for permission in PERMISSIONS {
                let wanted = judge.wanted(permission).expect("a permission");
                let answer = can(&judge, who, &wanted, None);
                let listed = held.iter().any(|held| {
                    let id = tenant.permissions.iter().find(|(id, _)| tenant.permissions.spelling(*id) == held.permission);
                    id.is_some_and(|(id, _)| wanted.has(id))
                });
                prop_assert_eq!(answer.answer == Answer::Yes, listed, "{} {}", user, permission);
            }
            let same = compare(&judge, who, who);
            prop_assert!(same.only_left.is_empty() && same.only_right.is_empty() && same.differing.is_empty());
        }
    }

    /// `reach` finds everybody whom one may become, `path` leads to exactly these, and a shrinking edit does what
    /// is said of it.
    #[test]
    fn reach_and_path_agree_with_the_slow_reading(spec in specs()) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let policy = Policy::built_in();
        let judge = Judge::new(&graph, &policy);
        for user in 0..spec.users.len() {
            let who = entity(Kind::User, user);
            let found = reach(&judge, who, usize::MAX);
            let slow = spec.becomes(user);
            prop_assert_eq!(found.people, slow.len());
            for other in (0..spec.users.len()).filter(|other| *other != user) {
                let way = path(&judge, who, &Goal::Entity(entity(Kind::User, other)));
                prop_assert_eq!(way.steps.is_some(), slow.contains(&other), "{} to {}", user, other);
            }
            if let Some(shrink) = &found.shrink {
                prop_assert!((shrink.people, shrink.sensitive) < (found.people, found.sensitive));
                let edited = tenant.without(std::slice::from_ref(&shrink.edit.edit));
                let edited_graph = AccessGraph::new(&edited);
                let left = reach(&Judge::new(&edited_graph, &policy), who, 0);
                prop_assert_eq!((left.people, left.sensitive), (shrink.people, shrink.sensitive), "{:?}", shrink.edit);
            }
        }
    }
}
