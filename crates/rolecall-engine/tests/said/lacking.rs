//! For want of what rules cannot be judged.

use crate::SETTINGS;
use rolecall_engine::{Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::saved::{page, queue, role, user};
use rolecall_testing::{BUILT_IN, read, rulebook};
use serde_json::{Value, json};

/// Rules with every word and detector that may lack something.
const RULES: [&str; 21] = [
    "all-scoped-impersonation",
    "all-scoped-reporting",
    "condition-bypassed",
    "excess-permission",
    "group-queue-membership",
    "group-scoped-queue-reporting",
    "impersonation-escalation",
    "impersonation-reaches-internal",
    "inheritance-cycle",
    "long-lived-token",
    "missing-bpo-flag",
    "missing-impersonation-subject",
    "missing-region",
    "mixed-queue",
    "region-mismatch",
    "shared-between-partners",
    "system-role-assigned",
    "system-role-inheritance",
    "unused-role",
    "view-crosses-region",
    "view-exposes-internal-queue",
];

/// Those that are not judged on an export, with the reason.
fn said(title: &str, dialect: &'static str, export: Value) -> String {
    let tenant = read(dialect, [export]);
    let rules = rulebook(&BUILT_IN, |id| RULES.contains(&id));
    let all = check(&AccessGraph::new(&tenant), &BUILT_IN, &rules, SETTINGS).not_evaluated;
    let lines = all.iter().map(|one| format!("{}: {}\n", one.rule, one.reason));
    format!("# {title}\n{}\n", lines.collect::<String>())
}

#[test]
fn rules_say_what_an_export_lacks() {
    let roles = json!([{ "id": "r-1", "name": "Lead" }]);
    let users = json!([{ "id": "u-1", "name": "Lee Park", "bpoUser": false }]);
    let partners = json!([{ "id": "u-1", "name": "Ana Reis", "bpoUser": true }]);
    let groups = json!([{ "id": "g-1", "name": "Floor", "members": ["u-1"] }]);
    let queues = json!([{ "id": "q-1", "name": "Desk", "members": ["u-1"] }]);
    let views = json!([{ "id": "v-1", "name": "Night", "queues": ["q-1"] }]);
    let all =
        |users: &Value| json!({ "roles": roles, "users": users, "groups": groups, "queues": queues, "views": views });
    let now = [
        said("roles alone", "guide", json!({ "roles": roles })),
        said("users alone", "guide", json!({ "users": users })),
        said("nobody of the partner", "guide", all(&users)),
        said("somebody of the partner", "guide", all(&partners)),
        said("a role of the platform alone", "platform", page(vec![role(1, &[])], "authorization/roles")),
    ];
    assert_eq!(now.concat(), include_str!("lacking.txt"), "{}", now.concat());
}

#[test]
fn a_queue_is_mixed_only_where_somebody_is_shown_on_one() {
    let queues = page(vec![queue(1, "north")], "routing/queues");
    let users = page(vec![user(1, "one", "north")], "users");
    let members = page(vec![json!({ "id": "u-1", "selfUri": "/api/v2/users/u-1" })], "routing/queues/q-1/members");
    let policy = Policy::read("rolecall.toml", "[tiers.bpo]\ndomains = ['one.example']\n").expect("good settings");
    let rules = rulebook(&policy, |id| id == "mixed-queue");
    let reason = |files: &[&Value]| {
        let tenant = read("platform", files.iter().map(|file| (*file).clone()));
        let all = check(&AccessGraph::new(&tenant), &policy, &rules, SETTINGS).not_evaluated;
        all.into_iter().map(|one| one.reason).collect::<Vec<_>>()
    };
    assert_eq!(reason(&[&queues, &users]), ["no members of queues in the input"]);
    assert_eq!(reason(&[&queues, &users, &members]), [""; 0]);
    assert_eq!(reason(&[&users]), ["no queues in the input"]);
}
