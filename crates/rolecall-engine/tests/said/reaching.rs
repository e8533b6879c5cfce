//! What reaches further than it did is still found, and what only looks alike is not.

use crate::{SETTINGS, found, messages};
use rolecall_engine::{Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::{read, rulebook};
use serde_json::{Value, json};

/// The rules that report something of an export of the guide, each with whom it is about.
fn reporting(rules: &[&str], export: Value) -> Vec<String> {
    let tenant = read("guide", [export]);
    let policy = Policy::read("rolecall.toml", "").expect("good settings");
    let found = check(&AccessGraph::new(&tenant), &policy, &rulebook(&policy, |id| rules.contains(&id)), SETTINGS);
    let mut found: Vec<String> = found.findings.iter().map(|f| format!("{} {}", f.rule, f.subject.name)).collect();
    found.sort();
    found
}

#[test]
fn impersonation_over_all_reaches_whom_a_group_had_and_is_told_once() {
    let export = |scope: &str, holders: Value, partner: Value| {
        let entry = json!({ "id": "user:impersonate", "scope": scope, "groups": ["g-1"] });
        json!({
            "roles": [{ "id": "r-1", "name": "Helper", "rolePermissions": [entry] }],
            "groups": [
                { "id": "g-1", "name": "BPO Claims", "members": ["u-2"] },
                { "id": "g-2", "name": "BPO Lisbon", "members": ["u-1"], "userRoles": partner }
            ],
            "users": [
                { "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": holders },
                { "id": "u-2", "name": "Lee" }
            ],
            "serviceAccounts": [{ "id": "s-1", "name": "Sync", "userRoles": [] }]
        })
    };
    let rules = ["impersonation-reaches-internal", "all-scoped-impersonation"];
    let of = |scope: &str, holders: Value, partner: Value| reporting(&rules, export(scope, holders, partner));
    assert_eq!(of("Group", json!(["r-1"]), json!([])), ["impersonation-reaches-internal Helper"]);
    assert_eq!(of("All", json!(["r-1"]), json!([])), ["impersonation-reaches-internal Ana"]);
    assert_eq!(of("All", json!([]), json!(["r-1"])), ["impersonation-reaches-internal BPO Lisbon"]);
    assert_eq!(of("All", json!([]), json!([])), [""; 0], "nobody of the partner has it");
    let mut shared = export("All", json!(["r-1"]), json!([]));
    shared["serviceAccounts"][0]["userRoles"] = json!(["r-1"]);
    assert_eq!(reporting(&rules, shared), ["all-scoped-impersonation Helper"], "narrowing the entry mends both");
}

#[test]
fn impersonation_over_all_needs_no_group() {
    let export = json!({
        "roles": [{ "id": "r-1", "name": "Helper", "rolePermissions": [{ "id": "user:impersonate", "scope": "All" }] }],
        "users": [{ "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": ["r-1"] }, { "id": "u-2", "name": "Lee" }]
    });
    let said = "`Ana` may impersonate the whole organisation, in which `Lee` is not of the partner tier; the export \
                shows no permissions of theirs";
    assert_eq!(messages("impersonation-reaches-internal", "", export), [said]);
}

#[test]
fn no_group_or_role_makes_a_service_of_somebody() {
    let of = |name: &str, more: Value| {
        let entry = json!({ "id": "User > Profile", "permission": "View", "scope": "All" });
        let roles = json!([
            { "id": "r-1", "name": name, "rolePermissions": [entry] },
            { "id": "r-2", "name": "Service Desk Ticket" }
        ]);
        let mut user = json!({ "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": ["r-1"] });
        user.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let groups = json!([{ "id": "g-1", "name": "Services Newsletter" }]);
        found("profile-beyond-self", "", json!({ "roles": roles, "users": [user], "groups": groups })).len()
    };
    assert_eq!(of("Claims Desk", json!({})), 1);
    assert_eq!(of("Claims Desk", json!({ "groups": ["g-1"] })), 1, "a group gives nobody a machine's work");
    assert_eq!(of("Claims Desk", json!({ "userRoles": ["r-1", "r-2"] })), 1);
    assert_eq!(of("Service Desk", json!({})), 1);
    assert_eq!(of("Team Lead", json!({})), 0, "a supervisor");
}

#[test]
fn what_two_ways_lead_to_is_told_of_both_who_come_by_them() {
    let entry = json!({ "id": "Routing > Queue", "permission": "View", "scope": "View", "views": ["v-1"] });
    let export = json!({
        "views": [{ "id": "v-1", "name": "Overview", "queues": ["q-1"] }],
        "queues": [{ "id": "q-1", "name": "Claims", "members": ["u-2"] }, { "id": "q-2", "name": "Other" }],
        "users": [{ "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": ["r-1"] }, { "id": "u-2", "name": "Lee" }],
        "groups": [{ "id": "g-1", "name": "BPO Lisbon", "members": [], "userRoles": ["r-1"] }],
        "roles": [
            { "id": "r-1", "name": "Wallboard Base", "rolePermissions": [entry] },
            { "id": "r-2", "name": "BPO Supervisor", "inheritsFrom": "r-1" },
            { "id": "r-3", "name": "Floor Lead", "inheritsFrom": "r-1" }
        ]
    });
    let rule = "view-exposes-internal-queue";
    let expected = ["Ana", "BPO Lisbon", "BPO Supervisor"].map(|who| format!("{rule} {who}"));
    assert_eq!(reporting(&[rule], export), expected);
}

#[test]
fn a_role_of_the_partner_that_inherits_from_the_platforms_own_is_told_once() {
    let of = |name: &str| {
        let export = json!({
            "roles": [{ "id": "r-1", "name": name, "inheritsFrom": ["Admin", "Supervisor"] }],
            "users": [{ "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": ["r-1"] }]
        });
        reporting(&["system-role-assigned", "system-role-inheritance"], export)
    };
    assert_eq!(of("Case Worker"), ["system-role-assigned Ana"]);
    assert_eq!(of("BPO Worker"), ["system-role-inheritance BPO Worker"; 2], "one for each of the two");
}

#[test]
fn in_a_configuration_a_role_is_the_platforms_own_by_what_it_says_and_not_by_its_name() {
    let of = |role: Value| {
        let tenant = read("cx-as-code", [json!({ "resource": { "genesyscloud_auth_role": { "r": role } } })]);
        let policy = Policy::read("rolecall.toml", "").expect("good settings");
        let rules = rulebook(&policy, |id| id == "general-admin-permission");
        check(&AccessGraph::new(&tenant), &policy, &rules, SETTINGS).findings.len()
    };
    assert_eq!(of(json!({ "name": "Supervisor", "permissions": ["admin"] })), 1);
    assert_eq!(of(json!({ "name": "Admin", "permissions": ["admin"] })), 1);
    let default = |id: &str| json!({ "name": "Night", "permissions": ["admin"], "default_role_id": id });
    assert_eq!(of(default("engageSupervisor")), 1);
    assert_eq!(of(default("masterAdmin")), 0);
    assert_eq!(of(default("admin")), 0);
}

#[test]
fn each_partners_list_decides_on_what_its_own_roles_inherit() {
    let settings = "[partners.alpha]\nroles = ['Alpha *']\nallowed = ['quality:evaluation:edit']\n\
                    [partners.beta]\nroles = ['Beta *']\nallowed = ['routing:queue:view']\n";
    let export = json!({
        "roles": [
            { "id": "r-0", "name": "Base", "rolePermissions": [
                { "id": "Quality > Evaluation", "permission": "Edit", "scope": "Assigned" }] },
            { "id": "r-1", "name": "Alpha Agent", "inheritsFrom": "r-0" },
            { "id": "r-2", "name": "Beta Agent", "inheritsFrom": "r-0" }
        ],
        "users": [{ "id": "u-1", "name": "Ana" }]
    });
    let said = messages("excess-permission", settings, export);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("role `Beta Agent`") && said[0].contains("`beta`"), "{said:?}");
}

#[test]
fn what_two_files_have_alike_counts_once() {
    let export = json!({
        "roles": [{ "id": "r-1", "name": "BPO Desk", "rolePermissions": [{ "id": "routing:queue:view", "scope": "All" }] }],
        "users": [
            { "id": "u-1", "name": "Ana", "userRoles": ["r-1"] },
            { "id": "u-2", "name": "Bo", "groups": ["g-1"] },
        ],
        "groups": [{ "id": "g-1", "name": "Crew", "userRoles": ["r-1"] }],
    });
    let messages = |files: Vec<Value>| -> Vec<String> {
        let tenant = read("guide", files);
        let policy = Policy::read("rolecall.toml", "").expect("good settings");
        let rules = rulebook(&policy, |id| ["all-scoped-queue-view", "missing-bpo-flag"].contains(&id));
        let found = check(&AccessGraph::new(&tenant), &policy, &rules, SETTINGS).findings;
        found.into_iter().map(|finding| finding.message).collect()
    };
    let once = messages(vec![export.clone()]);
    assert!(once.iter().any(|message| message.contains(", held by `Ana` and `Bo`")), "{once:?}");
    assert_eq!(messages(vec![export.clone(), export]), once);
}
