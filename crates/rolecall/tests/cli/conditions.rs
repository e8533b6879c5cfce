//! An entry with a condition reaches what this leaves, in the divisions in which its role is given.

use crate::{check_json, findings, run, text};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const PERMISSION: &str = "recording:recording:view";

fn named() -> Value {
    json!({ "variableName": "Conversation.queues", "operator": "EQ", "operands": [{ "type": "QUEUE", "value": "q-2" }] })
}

fn unnamed() -> Value {
    json!({ "variableName": "Conversation.mediaType", "operator": "EQ",
            "operands": [{ "type": "SCALAR", "value": "call" }] })
}

/// A tenant of the platform, in which people have one role in some divisions each.
fn write(folder: &Path, term: &Value, given: &[(&str, &[&str])]) -> PathBuf {
    let page = |at: &str, list: Value| json!({ "entities": list, "selfUri": format!("/api/v2/{at}") });
    let node = json!({ "conjunction": "AND", "terms": [term] });
    let policy = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["view"], "allowConditions": true,
                         "resourceConditionNode": node });
    let queue = |id: &str, name: &str, division: &str| json!({ "id": id, "name": name, "division": { "id": division }, "memberCount": 0, "mediaSettings": {} });
    let user = |(name, _): &(&str, &[&str])| json!({ "id": name, "name": name, "username": format!("{name}@x.example"), "division": { "id": "d-1" } });
    let grants = |(name, divisions): &(&str, &[&str])| {
        let grant =
            |division: &&str| json!({ "subjectId": name, "division": { "id": division }, "role": { "id": "r-1" } });
        json!({ "id": name, "name": name, "grants": divisions.iter().map(grant).collect::<Vec<Value>>() })
    };
    let mut pages = vec![
        page(
            "authorization/divisions",
            json!([{ "id": "d-0", "name": "Home", "homeDivision": true },
                   { "id": "d-1", "name": "Alpha", "homeDivision": false },
                   { "id": "d-2", "name": "Beta", "homeDivision": false }]),
        ),
        page("authorization/roles", json!([{ "id": "r-1", "name": "BPO Agent", "permissionPolicies": [policy] }])),
        page("users", Value::Array(given.iter().map(user).collect())),
        page("routing/queues", json!([queue("q-1", "Claims", "d-1"), queue("q-2", "Sales", "d-2")])),
    ];
    pages.extend(given.iter().map(grants));
    fs::create_dir_all(folder).expect("a folder");
    let path = folder.join("tenant.json");
    fs::write(&path, Value::Array(pages).to_string()).expect("written");
    path
}

#[test]
fn the_same_condition_in_more_divisions_is_more_access_whoever_asks() {
    for (term, words) in [(named(), "what its condition names: Sales"), (unnamed(), "what its condition names")] {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let [alpha, every, both, lock, baseline] = ["alpha", "every", "both", "rolecall.lock", "baseline.json"].map(at);
        let alpha = write(&alpha, &term, &[("kim", &["d-1"])]);
        let every = write(&every, &term, &[("kim", &["*"])]);
        let both = write(&both, &term, &[("kim", &["d-1", "d-2"])]);
        let [alpha, every, both, lock, baseline] =
            [&alpha, &every, &both, &lock, &baseline].map(|path| path.to_str().expect("UTF-8"));

        let more = run(&["diff", alpha, every]);
        assert!(more.code == 1 && more.out.replace("\n    ", " ").contains("in every division`"), "{}", more.out);
        let less = run(&["diff", every, alpha]);
        assert!(less.code == 0 && less.out.contains("1 of less"), "{}", less.out);

        assert_eq!(run(&["lock", alpha, "--output", lock]).code, 0);
        let drift = |export: &str| check_json(&[export, "--lock", lock, "--only", "permission-drift"]);
        assert_eq!(drift(alpha).0, 0);
        let (code, report) = drift(every);
        let said: Vec<String> = findings(&report).iter().map(|f| text(&f["message"])).collect();
        let gained = format!("gained `{PERMISSION} over {words}, in every division`");
        assert!(code == 1 && said.len() == 1 && said[0].contains(&gained), "{said:?}");
        assert_eq!(run(&["lock", every, "--output", lock]).code, 0);
        assert_eq!(drift(alpha).0, 0, "fewer divisions are no growth");

        assert_eq!(run(&["baseline", "write", alpha, "--baseline", baseline]).code, 0);
        assert_eq!(run(&["check", alpha, "--baseline", baseline]).code, 0);
        assert_eq!(run(&["check", every, "--baseline", baseline]).code, 1);
        assert_eq!(run(&["baseline", "write", every, "--baseline", baseline]).code, 0);
        assert_eq!(run(&["check", alpha, "--baseline", baseline]).code, 0, "less is no news");

        let lost = run(&["what-if", both, "--revoke", "user:kim holds role:BPO Agent in division:Beta"]);
        assert!(lost.out.contains("`kim` would lose"), "{}", lost.out);
    }
}

#[test]
fn two_with_one_condition_in_other_divisions_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    let export = write(folder.path(), &named(), &[("ivy", &["*"]), ("kim", &["d-1"]), ("lee", &["d-1"])]);
    let export = export.to_str().expect("UTF-8");
    let compared = run(&["compare", "kim", "ivy", export]);
    assert!(compared.out.contains("differ"), "{}", compared.out);
    let compared = run(&["compare", "kim", "lee", export]);
    assert!(compared.out.contains("may do the same"), "{}", compared.out);
    let access = run(&["access", "kim", export]);
    let said: Vec<&str> = access.out.split_whitespace().collect();
    assert!(said.join(" ").contains("in division Alpha"), "{}", access.out);
    let who = run(&["who-can", PERMISSION, "--on", "queue:Sales", export]);
    assert!(who.out.starts_with("1 user can") && who.out.contains("cannot tell from this export of 2"), "{}", who.out);
}

#[test]
fn a_condition_that_names_queues_leaves_it_open_what_of_users_is_reached() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path(), &named(), &[("kim", &["d-1"]), ("olga", &[])]);
    let settings = folder.path().join("rolecall.toml");
    fs::write(&settings, "[partners.acme]\nqueues = [\"Sales\"]\n").expect("written");
    let [path, settings] = [&path, &settings].map(|path| path.to_str().expect("UTF-8"));
    let run = run(&["isolation", path, "--config", settings, "--quiet"]);
    let row = run.out.lines().find(|line| line.contains("partner → internal")).unwrap_or_default();
    // Queue `Claims`, which the condition leaves out, is in the same division as `olga`, of whom it says nothing.
    assert_eq!(row.split_whitespace().rev().nth(1), Some("?"), "{}", run.out);
}
