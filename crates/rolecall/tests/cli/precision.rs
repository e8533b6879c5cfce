//! One cause is one finding, however many people it reaches.

use crate::{check_json, findings, text};
use serde_json::{Value, json};
use std::fs;

const CROWD: usize = 4_000;

/// What is found on a tenant of many: in order of the rule, with subject and message.
fn found(tenant: &Value) -> Vec<[String; 3]> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.json");
    fs::write(&path, tenant.to_string()).expect("written");
    let (_, report) = check_json(&[path.to_str().expect("UTF-8")]);
    assert_eq!(report["problems"], json!([]));
    let size = report["findings"].to_string().len();
    assert!(size < 40_000, "{size} bytes for a few causes");
    let row = |f: &Value| [text(&f["rule"]), text(&f["subject"]["name"]), text(&f["message"])];
    let mut rows: Vec<[String; 3]> = findings(&report).iter().map(row).collect();
    rows.sort();
    rows
}

fn crowd(more: impl Fn(usize) -> Value) -> Vec<Value> {
    let user = |number: usize| {
        let mut user =
            json!({ "id": format!("u-{number:04}"), "name": format!("User {number:04}"), "region": "emea-1" });
        let more = more(number);
        user.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        user
    };
    (0..CROWD).map(user).collect()
}

#[test]
fn a_role_that_thousands_hold_is_one_finding_on_the_role() {
    let roles = json!([{ "id": "r-1", "name": "BPO Desk", "rolePermissions": [
        { "id": "Reporting > Reporting Data", "permission": "View", "scope": "All" }] }]);
    let users = crowd(|_| json!({ "bpoUser": true, "userRoles": ["r-1"] }));
    let rows = found(&json!({ "roles": roles, "users": users }));
    let said = "role `BPO Desk` reaches `reporting:reportingData:view` over All, held by 4,000 users such as \
                `User 0000`, `User 0001` and `User 0002`";
    assert_eq!(rows, [["all-scoped-reporting".to_owned(), "BPO Desk".to_owned(), said.to_owned()]]);
}

#[test]
fn a_group_of_thousands_is_one_finding_on_the_group_and_internal_people_are_none() {
    let roles = json!([{ "id": "r-1", "name": "Analyst", "rolePermissions": [
        { "id": "Reporting > Reporting Data", "permission": "View", "scope": "All" }] }]);
    // Every other one is a partner's; all the others may hold what they like.
    let users = crowd(
        |number| json!({ "bpoUser": number % 2 == 0, "groups": ["g-1"], "userRoles": if number % 2 == 0 { json!([]) } else { json!(["r-1"]) } }),
    );
    let groups = json!([{ "id": "g-1", "name": "Planning", "userRoles": ["r-1"] }]);
    let rows = found(&json!({ "roles": roles, "users": users, "groups": groups }));
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!([rows[0][0].as_str(), rows[0][1].as_str()], ["all-scoped-reporting", "Planning"]);
    assert!(rows[0][2].contains("`User 0000`, `User 0002`, `User 0004` and 1,997 more"), "{}", rows[0][2]);
    let internal = crowd(|_| json!({ "bpoUser": false, "userRoles": ["r-1"] }));
    assert_eq!(found(&json!({ "roles": roles, "users": internal })), [[""; 3]; 0]);
}
