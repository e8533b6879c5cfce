//! Who of a tier may do what, and by which roles.

use rolecall_engine::{Policy, check, tier_access};
use rolecall_graph::AccessGraph;
use rolecall_testing::saved::{divisions, given, page, policy, role, user};
use rolecall_testing::{read, rulebook};
use serde_json::json;

#[test]
fn a_tier_has_members_of_each_kind_and_each_line_has_those_who_state_it() {
    let view = json!({ "id": "Routing > Queue", "permission": "View", "scope": "Assigned" });
    let export = json!({
        "roles": [
            { "id": "r-1", "name": "BPO Agent", "rolePermissions": [view] },
            { "id": "r-2", "name": "Lead", "rolePermissions": [view, { "id": "Recording > Recording", "permission": "View", "scope": "All" }] },
            { "id": "r-3", "name": "Idle", "rolePermissions": [view] }
        ],
        "users": [
            { "id": "u-1", "name": "Ana Reis", "bpoUser": true, "userRoles": ["r-1"] },
            { "id": "u-2", "name": "Ben Ray", "bpoUser": true, "userRoles": ["r-1"], "groups": ["g-1"] },
            { "id": "u-3", "name": "Lee Park", "bpoUser": false, "userRoles": ["r-3"] }
        ],
        "groups": [{ "id": "g-1", "name": "BPO Floor", "userRoles": ["r-2"] }],
        "serviceAccounts": [{ "id": "s-1", "name": "Sync", "userRoles": ["r-1"] }],
        "queues": [{ "id": "q-1", "name": "Desk", "members": ["u-1"] }, { "id": "q-2", "name": "Both", "members": ["u-1", "u-3"] }]
    });
    let tenant = read("guide", [export]);
    let tiers = tier_access(&AccessGraph::new(&tenant), &Policy::built_in());
    let bpo = tiers.iter().find(|one| one.tier == "bpo").expect("the tier");
    assert_eq!(bpo.members, [("user", 2), ("service-account", 1), ("group", 1), ("role", 1), ("queue", 1)]);
    let by = |row: &rolecall_engine::AccessRow| {
        let all = row.by.iter().map(|by| format!("{} {} {}", by.who.name, by.users, by.accounts));
        format!("{} over {}: {}", row.permission, row.reach, all.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<String> = bpo.rows.iter().map(by).collect();
    assert_eq!(
        rows,
        ["recording:recording:view over All: Lead 1 0", "routing:queue:view over Assigned: BPO Agent 2 1, Lead 1 0"]
    );
    assert_eq!(bpo.rows[0].sensitive.map(|sensitive| sensitive.class), Some("personal-data"));
}

#[test]
fn what_divisions_do_not_limit_is_given_over_everything() {
    let settings = Policy::read("rolecall.toml", "[tiers.bpo]\ndomains = ['one.example']\n").expect("good settings");
    let rules = rulebook(&settings, |id| id == "all-scoped-recording");
    let known = json!({ "domain": "recording", "entityType": "recording", "action": "view", "divisionAware": false });
    let files = [
        divisions(),
        page(vec![role(1, &[policy(&["recording", "recording", "view"])])], "authorization/roles"),
        page(vec![user(1, "one", "north")], "users"),
        given("u-1", 1, "north"),
        json!({ "id": "all", "name": "all", "domain": "all", "permissionMap": { "recording": [known] } }),
    ];
    let tenant = read("platform", files);
    let found = check(&AccessGraph::new(&tenant), &settings, &rules, 99).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].access, ["recording:recording:view over All"]);
}
