//! What grew since a lock was written, in the words of each edge that may bring it.

use crate::SETTINGS;
use rolecall_engine::{Choice, Finding, Lock, Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::{read, rulebook};
use serde_json::{Value, json};

fn reviewed() -> Value {
    let seen = json!({ "id": "routing:queue:view", "scope": "View", "views": ["v-1"] });
    let link = json!({ "id": "user:impersonate", "scope": "Group", "groups": ["g-1"] });
    let recordings = json!({ "id": "recording:recording:view", "scope": "All" });
    json!({
        "roles": [
            { "id": "r-1", "name": "BPO Agent", "inheritsFrom": [], "rolePermissions": [seen, link] },
            { "id": "r-2", "name": "Lead", "rolePermissions": [recordings] }
        ],
        "users": [
            { "id": "u-1", "name": "Ana Reis", "bpoUser": true, "userRoles": ["r-1"], "groups": [] },
            { "id": "u-2", "name": "Ben Ray", "bpoUser": true, "userRoles": ["r-1"], "groups": [] },
            { "id": "u-3", "name": "Lee Park", "bpoUser": false }
        ],
        "groups": [
            { "id": "g-1", "name": "Floor", "members": ["u-1", "u-2"] },
            { "id": "g-2", "name": "Planning", "members": [], "userRoles": ["r-2"] }
        ],
        "views": [{ "id": "v-1", "name": "Night", "queues": ["q-1"] }],
        "queues": [
            { "id": "q-1", "name": "Desk", "members": [], "memberGroups": [] },
            { "id": "q-2", "name": "Other", "members": [], "memberGroups": [] }
        ]
    })
}

/// What is found after some values were put in place of others.
fn grown(edits: &[(&str, Value)]) -> Vec<Finding> {
    let mut policy = Policy::built_in();
    let tenant = read("guide", [reviewed()]);
    let choice = Choice { tiers: vec!["bpo".to_owned()], roles: Vec::new() };
    policy.lock = Some(Lock::of(&AccessGraph::new(&tenant), &policy, &choice).expect("the tier"));
    let mut export = reviewed();
    for (pointer, value) in edits {
        *export.pointer_mut(pointer).expect("a place") = value.clone();
    }
    let tenant = read("guide", [export]);
    let rules = rulebook(&policy, |id| id == "permission-drift");
    check(&AccessGraph::new(&tenant), &policy, &rules, SETTINGS).findings
}

/// A growth: an edit, whose it is, what was gained, by which edge, and the edges of the proof.
type Growth = (&'static str, Value, &'static str, &'static str, &'static str, [&'static str; 3]);

#[test]
fn each_edge_that_brings_access_is_named() {
    assert_eq!(grown(&[]).len(), 0, "nothing grew");
    let (all, more) = ("`recording:recording:view over All`", "more to see");
    let by_group = ["member-of", "holds", "grants"];
    let cases: [Growth; 7] = [
        ("/users/0/groups", json!(["g-2"]), "Ana Reis", all, "`Ana Reis` is a member of group `Planning`", by_group),
        (
            "/groups/1/members",
            json!(["u-1", "u-2"]),
            "Planning",
            all,
            "`Ana Reis` and `Ben Ray` are members of group `Planning`",
            by_group,
        ),
        (
            "/roles/0/inheritsFrom",
            json!(["r-2"]),
            "BPO Agent",
            all,
            "role `BPO Agent` inherits from role `Lead`",
            ["holds", "inherits", "grants"],
        ),
        (
            "/views/0/queues",
            json!(["q-1", "q-2"]),
            "Night",
            more,
            "view `Night` shows queue `Other`",
            ["holds", "grants", "in-view"],
        ),
        (
            "/queues/1/memberGroups",
            json!(["g-1"]),
            "Other",
            more,
            "group `Floor` sits on queue `Other`",
            ["holds", "grants", "on-queue"],
        ),
        (
            "/groups/0/members",
            json!(["u-1", "u-2", "u-3"]),
            "Floor",
            more,
            "group `Floor` has `Lee Park` in it, who is none of them",
            ["holds", "grants", "member-of"],
        ),
        (
            "/roles/0/rolePermissions/0",
            json!({ "id": "routing:queue:view", "scope": "All" }),
            "BPO Agent",
            "`routing:queue:view over All`",
            "role `BPO Agent` grants it",
            ["holds", "grants", ""],
        ),
    ];
    for (place, value, whose, gained, edge, proof) in cases {
        let found = grown(&[(place, value)]);
        let [one] = found.as_slice() else { panic!("one finding: {found:?}") };
        assert_eq!(one.message, format!("the tier `bpo` gained {gained}, since {edge}"));
        assert_eq!(one.subject.name, whose, "{}", one.message);
        let told: Vec<&str> = one.witness.iter().map(|step| step.edge).collect();
        assert_eq!(told, proof.into_iter().filter(|edge| !edge.is_empty()).collect::<Vec<_>>(), "{}", one.message);
    }
}

#[test]
fn the_last_edge_of_a_proof_leads_from_what_is_inside() {
    let last = |place: &str, value: Value| {
        let found = grown(&[(place, value)]);
        let step = found.first().and_then(|one| one.witness.last()).expect("a proof");
        [step.from.name.clone(), step.edge.to_owned(), step.to.name.clone()]
    };
    assert_eq!(last("/queues/1/memberGroups", json!(["g-1"])), ["Floor", "on-queue", "Other"]);
    assert_eq!(last("/views/0/queues", json!(["q-1", "q-2"])), ["Other", "in-view", "Night"]);
    assert_eq!(last("/groups/0/members", json!(["u-1", "u-2", "u-3"])), ["Lee Park", "member-of", "Floor"]);
}

#[test]
fn who_is_of_a_tier_by_name_and_who_holds_a_role_are_told_apart() {
    let said = |edits: &[(&str, Value)]| {
        let found = grown(edits);
        let [one] = found.as_slice() else { panic!("one finding: {found:?}") };
        let related: Vec<String> = one.related.iter().map(|label| label.text.clone()).collect();
        (one.message.split_once(", since ").expect("an edge").1.to_owned(), related, one.witness.len())
    };
    let two = json!(["r-1", "r-2"]);
    let grants = "role `Lead` grants it".to_owned();
    let one = ("`Ana Reis` holds role `Lead`".to_owned(), vec![grants.clone()], 2);
    assert_eq!(said(&[("/users/0/userRoles", two.clone())]), one);
    let both = ("`Ana Reis` and `Ben Ray` hold role `Lead`".to_owned(), vec![grants.clone()], 2);
    assert_eq!(said(&[("/users/0/userRoles", two.clone()), ("/users/1/userRoles", two)]), both);
    let named = "group `BPO Planning` is of it by its name or the settings".to_owned();
    let holds = "group `BPO Planning` holds role `Lead`".to_owned();
    assert_eq!(said(&[("/groups/1/name", json!("BPO Planning"))]), (named, vec![holds, grants], 2));
}
