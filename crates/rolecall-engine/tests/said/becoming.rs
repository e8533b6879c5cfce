//! Who may become whom, and where that ends.

use crate::messages;
use serde_json::{Value, json};

/// Ana may become somebody by an entry of her role, and Ivy, who is in a group and no view, has another.
fn export(entry: Value, of_ivy: Value) -> Value {
    json!({
        "roles": [
            { "id": "r-1", "name": "Helper", "rolePermissions": [entry] },
            { "id": "r-2", "name": "Office", "rolePermissions": [of_ivy] }
        ],
        "users": [
            { "id": "u-1", "name": "Ana Reis", "userRoles": ["r-1"] },
            { "id": "u-2", "name": "Ivy Hale", "userRoles": ["r-2"] }
        ],
        "groups": [{ "id": "g-1", "name": "Floor", "members": ["u-2"] }],
        "views": [
            { "id": "v-1", "name": "Day", "queues": ["q-1"] },
            { "id": "v-2", "name": "Night", "queues": ["q-2"] }
        ],
        "queues": [{ "id": "q-1", "name": "Claims" }, { "id": "q-2", "name": "Sales" }]
    })
}

fn escalations(entry: Value, of_ivy: Value) -> Vec<String> {
    messages("impersonation-escalation", "", export(entry, of_ivy))
}

#[test]
fn views_that_hold_every_queue_let_somebody_become_everybody() {
    let found = |views: &[&str]| {
        let entry = json!({ "id": "user:impersonate", "scope": "View", "views": views });
        escalations(entry, json!({ "id": "authorization:role:edit", "scope": "All" })).len()
    };
    assert_eq!([found(&["v-1", "v-2"]), found(&["v-1"])], [1, 0]);
}

#[test]
fn whoever_edits_others_administers_in_all_words_for_it_and_whoever_edits_themselves_does_not() {
    let found = |permission: &str, scope: &str| {
        let entry = json!({ "id": "user:impersonate", "scope": "Group", "groups": ["g-1"] });
        escalations(entry, json!({ "id": permission, "scope": scope })).len()
    };
    let all = ["user:edit", "user:write", "Administration > Users > Edit", "directory:user:edit", "oauth:client:edit"];
    let roles = ["Administration > User Roles > Edit", "authorization:userroles:write", "authorization:role:edit", "*"];
    for permission in all.into_iter().chain(roles) {
        let counts = ["All", "Group", "Assigned", "Self"].map(|scope| found(permission, scope));
        assert_eq!(counts, [1, 1, 1, 0], "{permission}");
    }
    assert_eq!([found("user:read", "All"), found("Administration > User Roles > View", "All")], [0, 0]);
}

#[test]
fn administering_oneself_hides_no_chain_and_administering_others_leads_it_nowhere() {
    let found = |scope: &str| {
        let entry = json!({ "id": "user:impersonate", "scope": "Group", "groups": ["g-1"] });
        let mut export = export(entry, json!("authorization:role:edit"));
        let entries = export["roles"][0]["rolePermissions"].as_array_mut().expect("a list");
        entries.push(json!({ "id": "directory:user:edit", "scope": scope }));
        messages("impersonation-escalation", "", export).len()
    };
    assert_eq!([found("Self"), found("All")], [1, 0]);
}
