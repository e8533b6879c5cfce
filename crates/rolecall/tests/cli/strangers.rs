//! Roles that are given to somebody whom no listing holds.

use crate::arguments::{check_in, folder, joined};
use crate::{finish, rolecall};

const ROLES: &str = r#"{"entities": [{"id": "r-1", "name": "Listener", "permissionPolicies": [
    {"domain": "recording", "entityName": "recording", "actionSet": ["view"]}]}], "pageNumber": 1, "total": 1}"#;
const USERS: &str = r#"[{"id": "u-1", "name": "Kim", "email": "kim@northwind.example", "department": "Claims"}]"#;
const GROUPS: &str = r#"[{"id": "g-1", "name": "Claims", "visibility": "public", "owners": []}]"#;
const CLIENTS: &str = r#"[{"id": "c-1", "name": "Sync", "authorizedGrantType": "CODE"}]"#;

fn given(subject: &str, role: &str) -> String {
    let grant = format!(r#"{{"subjectId": "{subject}", "role": {{"id": "{role}"}}, "division": {{"id": "*"}}}}"#);
    format!(r#"{{"id": "{subject}", "name": "Somebody", "grants": [{grant}]}}"#)
}

#[test]
fn where_a_kind_may_be_missing_a_note_says_who_is_not_judged() {
    let tenant = folder(&[("roles.json", ROLES), ("users.json", USERS), ("subjects.jsonl", &given("u-9", "r-1"))]);
    let out = joined(&check_in(&tenant, &["."]).out);
    assert!(out.contains("note: `u-9` holds roles and is in no listing of the input"), "{out}");
    let asked = rolecall(&["who-can", "recording:recording:view", "."]).current_dir(tenant.path()).output();
    let out = joined(&finish(asked.expect("it starts")).out);
    assert!(out.contains("they have it: `u-9`"), "{out}");
    let known = folder(&[("roles.json", ROLES), ("users.json", USERS), ("subjects.jsonl", &given("u-1", "r-1"))]);
    assert!(!check_in(&known, &["."]).out.contains("in no listing"));
}

#[test]
fn where_everybody_is_listed_a_stranger_is_a_reference_to_nothing() {
    let grants = format!("{}\n{}", given("u-9", "r-1"), given("u-1", "r-1"));
    let listed = [("roles.json", ROLES), ("users.json", USERS), ("groups.json", GROUPS), ("clients.json", CLIENTS)];
    let tenant = folder(&[&listed[..], &[("subjects.jsonl", grants.as_str())]].concat());
    let run = check_in(&tenant, &[".", "--only", "dangling-reference"]);
    let out = joined(&run.out);
    assert!(run.code == 1 && out.contains("1 finding"), "{out}");
    assert!(out.contains("role `Listener` refers to user, group or client `u-9`"), "{out}");
    assert!(out.contains("subjects.jsonl:1:") && !out.contains("in no listing"), "{out}");
    // With the role unknown too there is nothing that a finding could be about.
    let tenant = folder(&[&listed[..], &[("subjects.jsonl", given("u-9", "r-9").as_str())]].concat());
    let out = joined(&check_in(&tenant, &["."]).out);
    assert!(out.contains("note: `u-9` holds roles and is in no listing of the input"), "{out}");
}
