//! Roles given in divisions, as the platform has them: who reaches what, by a slow second reading of random tenants.

use crate::rulebook;
use proptest::prelude::*;
use rolecall_engine::{Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_model::Tenant;
use rolecall_source::SourceFile;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DIVISIONS: [&str; 3] = ["home", "north", "south"];
const PERMISSIONS: [[&str; 3]; 2] = [["routing", "queue", "view"], ["recording", "recording", "view"]];

/// A role given to a user or, counted on from them, a group; in a division, or in every one.
#[derive(Clone, Debug)]
struct Given {
    to: usize,
    role: usize,
    division: Option<usize>,
}

#[derive(Clone, Debug)]
struct Spec {
    /// For each role: which permissions it states.
    roles: Vec<[bool; 2]>,
    /// For each user: whether a partner employs them.
    users: Vec<bool>,
    /// For each group: its members.
    groups: Vec<Vec<usize>>,
    /// For each queue: its division.
    queues: Vec<usize>,
    given: Vec<Given>,
}

fn specs() -> impl Strategy<Value = Spec> {
    (1..4usize, 1..5usize, 0..3usize).prop_flat_map(|(roles, users, groups)| {
        let to = users + groups;
        let given = (0..to, 0..roles, prop::option::weighted(0.8, 0..DIVISIONS.len()));
        let given = given.prop_map(|(to, role, division)| Given { to, role, division });
        let members = prop::collection::vec(0..users, 0..3);
        (
            prop::collection::vec(any::<[bool; 2]>(), roles),
            prop::collection::vec(any::<bool>(), users),
            prop::collection::vec(members, groups),
            prop::collection::vec(0..DIVISIONS.len(), 1..3),
            prop::collection::vec(given, 0..5),
        )
            .prop_map(|(roles, users, groups, queues, given)| Spec { roles, users, groups, queues, given })
    })
}

impl Spec {
    fn subject(&self, to: usize) -> String {
        if to < self.users.len() { format!("u-{to}") } else { format!("g-{}", to - self.users.len()) }
    }

    /// Saved responses, one a file.
    fn files(&self) -> Vec<Value> {
        let page = |entities: Vec<Value>, uri: &str| {
            let total = entities.len();
            json!({ "entities": entities, "pageNumber": 1, "pageSize": 25, "total": total, "selfUri": format!("/api/v2/{uri}") })
        };
        let division = |id: &&str| {
            let uri = format!("/api/v2/authorization/divisions/{id}");
            json!({ "id": id, "name": id, "homeDivision": *id == "home", "selfUri": uri })
        };
        let role = |(row, states): (usize, &[bool; 2])| {
            let policy = |[domain, entity, action]: &[&str; 3]| json!({ "domain": domain, "entityName": entity, "actionSet": [action], "allowConditions": false });
            let policies: Vec<Value> =
                PERMISSIONS.iter().zip(states).filter(|(_, states)| **states).map(|(p, _)| policy(p)).collect();
            let uri = format!("/api/v2/authorization/roles/r-{row}");
            json!({ "id": format!("r-{row}"), "name": format!("Role {row}"), "permissionPolicies": policies, "selfUri": uri })
        };
        let user = |row: usize| {
            let domain = if self.users[row] { "partner.example" } else { "own.example" };
            json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "email": format!("u{row}@{domain}"),
                    "division": { "id": "north" }, "selfUri": format!("/api/v2/users/u-{row}") })
        };
        let queue = |(row, division): (usize, &usize)| {
            json!({ "id": format!("q-{row}"), "name": format!("Queue {row}"), "division": { "id": DIVISIONS[*division] },
                    "memberCount": 0, "selfUri": format!("/api/v2/routing/queues/q-{row}") })
        };
        let mut files = vec![
            page(DIVISIONS.iter().map(division).collect(), "authorization/divisions"),
            page(self.roles.iter().enumerate().map(role).collect(), "authorization/roles"),
            page((0..self.users.len()).map(user).collect(), "users"),
            page(self.queues.iter().enumerate().map(queue).collect(), "routing/queues"),
        ];
        for (row, members) in self.groups.iter().enumerate() {
            files.push(json!({ "id": format!("g-{row}"), "name": format!("Group {row}"), "type": "official",
                               "memberCount": members.len(), "selfUri": format!("/api/v2/groups/g-{row}") }));
            let members =
                members.iter().map(|u| json!({ "id": format!("u-{u}"), "selfUri": format!("/api/v2/users/u-{u}") }));
            files.push(page(members.collect(), &format!("groups/g-{row}/members")));
        }
        for given in &self.given {
            let (subject, division) = (self.subject(given.to), given.division.map_or("*", |d| DIVISIONS[d]));
            files.push(json!({ "id": subject, "name": subject, "grants": [
                { "subjectId": subject, "role": { "id": format!("r-{}", given.role) }, "division": { "id": division } }] }));
        }
        // Nothing tells what an empty page lists.
        files.retain(|file| file["entities"] != json!([]));
        files
    }

    fn tenant(&self) -> Tenant {
        let read = |(number, file): (u32, Value)| {
            let mut part = Tenant::default();
            let document =
                rolecall_ingest::read(&SourceFile::from_text("a.json".to_owned(), file.to_string()), number, &mut part);
            assert_eq!(document.troubles, [], "{file}");
            part
        };
        let mut tenant = Tenant::merge((0..).zip(self.files()).map(read));
        tenant.settle();
        tenant.dialects = vec!["platform"];
        tenant
    }

    fn is_way(&self, user: usize, to: usize) -> bool {
        to == user || to.checked_sub(self.users.len()).is_some_and(|group| self.groups[group].contains(&user))
    }

    /// Whether a user sees a queue.
    fn sees(&self, user: usize, queue: usize) -> bool {
        let mut given = self.given.iter().filter(|given| self.is_way(user, given.to) && self.roles[given.role][0]);
        given.any(|given| given.division.is_none_or(|division| division == self.queues[queue]))
    }

    /// Who is to blame for what the partner's people have by assignments of a sort: whoever has it alone, else what
    /// several have it by.
    fn blamed(&self, is_meant: impl Fn(&Given) -> bool) -> BTreeSet<String> {
        let mut blamed = BTreeSet::new();
        for role in (0..self.roles.len()).filter(|role| self.roles[*role].contains(&true)) {
            let of_role = |to: usize| self.given.iter().any(|g| g.role == role && g.to == to && is_meant(g));
            let direct: Vec<usize> = (0..self.users.len()).filter(|u| self.users[*u] && of_role(*u)).collect();
            match direct.as_slice() {
                [] => {}
                [only] => drop(blamed.insert(format!("u-{only}"))),
                _ => drop(blamed.insert(format!("r-{role}"))),
            }
            for group in (0..self.groups.len()).filter(|group| of_role(self.users.len() + group)) {
                let members: BTreeSet<usize> = self.groups[group].iter().copied().filter(|u| self.users[*u]).collect();
                match members.into_iter().collect::<Vec<_>>().as_slice() {
                    [] => {}
                    [only] => drop(blamed.insert(format!("u-{only}"))),
                    _ => drop(blamed.insert(format!("g-{group}"))),
                }
            }
        }
        blamed
    }
}

fn policy(spec: &Spec) -> Policy {
    let mut text = "[tiers.bpo]\ndomains = ['partner.example']\n".to_owned();
    for user in 0..spec.users.len() {
        for queue in 0..spec.queues.len() {
            text +=
                &format!("[[expect]]\nwho = 'User {user}'\ncannot = ['routing:queue:view']\non = 'Queue {queue}'\n");
        }
    }
    Policy::read("rolecall.toml", &text).expect("good settings")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whom_a_division_lets_in_is_what_the_slow_reading_says(spec in specs()) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let policy = policy(&spec);
        let found = check(&graph, &policy, &rulebook(&policy, "unmet-expectation"), 99).findings;
        for user in 0..spec.users.len() {
            for queue in 0..spec.queues.len() {
                let said = format!("`User {user}` cannot `routing:queue:view` on `Queue {queue}`, but `User {user}` can,");
                let is_found = found.iter().any(|f| f.message.contains(&said));
                prop_assert_eq!(is_found, spec.sees(user, queue), "{} {:?}", said, found.iter().map(|f| &f.message).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn who_is_to_blame_for_a_division_is_what_the_slow_reading_says(spec in specs()) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let policy = policy(&spec);
        let subjects = |id: &str| -> BTreeSet<String> {
            check(&graph, &policy, &rulebook(&policy, id), 99).findings.into_iter().map(|f| f.subject.id).collect()
        };
        prop_assert_eq!(subjects("partner-all-divisions"), spec.blamed(|given| given.division.is_none()));
        prop_assert_eq!(subjects("partner-role-in-home-division"), spec.blamed(|given| given.division == Some(0)));
    }
}
