//! What is written otherwise and is the same, and what is less of the same.

use super::diff;
use serde_json::{Value, json};
use std::fs;

/// The causes and findings told, each from its start to its first colon, and the exit code.
fn told(old: &Value, new: &Value) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [("old", old), ("new", new)].map(|(name, export)| {
        let path = folder.path().join(name);
        fs::create_dir_all(&path).expect("a folder");
        for (number, page) in export.as_array().unwrap_or(&vec![export.clone()]).iter().enumerate() {
            fs::write(path.join(format!("{number}.json")), page.to_string()).expect("written");
        }
        path
    });
    let (code, out) = diff(&paths[0], &paths[1], &["--quiet"]);
    let starts = out.lines().filter(|line| !line.starts_with("    "));
    (code, starts.map(|line| line.split_inclusive(':').take(2).collect()).collect())
}

/// A role of partners with one entry, which Ana has.
fn entry(entry: Value) -> Value {
    let role = json!({ "id": "r-1", "name": "BPO Agent", "rolePermissions": [entry] });
    let group = |id: &str, name: &str| json!({ "id": id, "name": name, "members": ["u-1"] });
    json!({
        "roles": [role],
        "users": [{ "id": "u-1", "name": "Ana Reis", "bpoUser": true, "userRoles": ["r-1"] }],
        "groups": [group("g-1", "Night"), group("g-2", "Day")],
        "queues": [{ "id": "q-1", "name": "Claims" }, { "id": "q-2", "name": "Sales" }],
        "views": [{ "id": "v-1", "name": "Floor", "queues": ["q-1", "q-2"] }, { "id": "v-2", "name": "Desk", "queues": ["q-1"] }],
    })
}

#[test]
fn the_order_and_spelling_of_what_limits_an_entry_changes_nothing() {
    let of = |groups: &[&str]| entry(json!({ "id": "reporting:queue:view", "scope": "Group", "groups": groups }));
    let same = [&["g-1", "g-2"][..], &["g-2", "g-1"], &["Night", "Day"], &["Day", "g-1", "Night"]];
    for one in same {
        assert_eq!(told(&of(same[0]), &of(one)), (0, Vec::new()), "{one:?}");
    }
    assert_eq!(told(&of(&["g-1"]), &of(same[0])).0, 1);
    let (code, back) = told(&of(same[1]), &of(&["g-2"]));
    assert_eq!((code, back.last().map(String::as_str)), (0, Some("fixed in part: low:")), "{back:?}");
}

/// A tenant of the platform whose condition names queues.
fn conditioned(queues: &[&str]) -> Value {
    let uri = |at: &str, list: Value| json!({ "entities": list, "selfUri": format!("/api/v2/{at}") });
    let operands: Vec<Value> = queues.iter().map(|queue| json!({ "type": "QUEUE", "value": queue })).collect();
    let term = json!({ "variableName": "Conversation.queues", "operator": "EQ", "operands": operands });
    let node = json!({ "conjunction": "AND", "terms": [term] });
    let policy = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["view"], "allowConditions": true,
                         "resourceConditionNode": node });
    json!([
        uri("authorization/roles", json!([{ "id": "r-1", "name": "BPO Agent", "permissionPolicies": [policy] }])),
        uri("users", json!([{ "id": "u-1", "name": "Ana Reis", "username": "ana@x.example" }])),
        uri("routing/queues", json!([{ "id": "q-1", "name": "Claims" }, { "id": "q-2", "name": "Sales" }])),
        { "id": "u-1", "name": "u-1", "grants": [{ "subjectId": "u-1", "division": { "id": "*" }, "role": { "id": "r-1" } }] },
    ])
}

#[test]
fn a_condition_that_names_the_same_in_another_order_is_the_same_and_one_that_names_less_is_less() {
    let (both, turned, one) = (conditioned(&["q-1", "q-2"]), conditioned(&["q-2", "q-1"]), conditioned(&["q-1"]));
    assert_eq!(told(&both, &turned), (0, Vec::new()));
    let (code, less) = told(&both, &one);
    assert!(code == 0 && less[0].starts_with("- role `BPO Agent` no longer gives"), "{less:?}");
    let (code, more) = told(&one, &both);
    assert!(code == 1 && more[0].starts_with("+ role `BPO Agent` now gives"), "{more:?}");
}

#[test]
fn a_view_of_every_queue_is_as_wide_as_all_and_another_is_not() {
    let of = |view: &str| entry(json!({ "id": "routing:queue:view", "scope": "View", "views": [view] }));
    let all = entry(json!({ "id": "routing:queue:view", "scope": "All" }));
    let undeclared = entry(json!({ "id": "routing:queue:view" }));
    for (one, other) in [(&of("v-1"), &all), (&all, &of("v-1")), (&undeclared, &all)] {
        let (code, causes) = told(one, other);
        assert!(code == 0 && !causes.iter().any(|line| line.starts_with(['+', '-', 'n'])), "{causes:?}");
    }
    let (code, causes) = told(&of("v-2"), &all);
    assert!(code == 1 && causes[0].starts_with("+ role `BPO Agent` now gives"), "{causes:?}");
}

/// Roles, groups and users with these ids; the group has the members given.
fn tenant(role: &str, group: &str, members: &[&str], permissions: &[&str]) -> Value {
    let user = |id: &str| {
        let groups: Vec<&str> = if members.contains(&id) { vec![group] } else { Vec::new() };
        json!({ "id": id, "name": format!("User {id}"), "bpoUser": true, "groups": groups })
    };
    let entry = |id: &&str| json!({ "id": id, "scope": "All" });
    json!({
        "roles": [{ "id": role, "name": "Analyst", "rolePermissions": permissions.iter().map(entry).collect::<Vec<_>>() }],
        "groups": [{ "id": group, "name": "Planning", "userRoles": [role] }],
        "users": (["u-1", "u-2", "u-3"].map(user)),
    })
}

const DATA: &str = "reporting:reportingData:view";

#[test]
fn findings_on_what_is_made_anew_are_the_same() {
    let old = tenant("r-1", "g-1", &["u-1", "u-2"], &[DATA]);
    assert_eq!(told(&old, &tenant("r-9", "g-9", &["u-1", "u-2"], &[DATA])), (0, Vec::new()));
    let (code, more) = told(&old, &tenant("r-9", "g-9", &["u-1", "u-2"], &[DATA, "recording:recording:view"]));
    assert!(code == 1 && more.iter().any(|line| line.starts_with("new: ")), "{more:?}");
}

#[test]
fn what_mends_a_part_of_a_finding_is_neither_a_gain_nor_a_finding() {
    let whole = tenant("r-1", "g-1", &["u-1", "u-2"], &["reporting:*:*"]);
    for part in [
        tenant("r-1", "g-1", &["u-1"], &["reporting:*:*"]),
        tenant("r-1", "g-1", &["u-1", "u-2"], &[DATA]),
        tenant("r-1", "g-1", &["u-2"], &[DATA]),
    ] {
        let (code, less) = told(&whole, &part);
        assert!(code == 0 && less.iter().any(|line| line.starts_with("fixed in part: ")), "{less:?}");
        assert!(!less.iter().any(|line| line.starts_with("new: ")), "{less:?}");
        let (code, back) = told(&part, &whole);
        assert!(code == 1 && back.iter().any(|line| line.starts_with("new: ")), "{back:?}");
    }
    // Another who is let in alone is somebody new.
    let (code, other) = told(&whole, &tenant("r-1", "g-1", &["u-3"], &["reporting:*:*"]));
    assert!(code == 1 && other.iter().any(|line| line.starts_with("new: ")), "{other:?}");
    let held = |holders: &[&str]| {
        let mut tenant = tenant("r-1", "g-1", &[], &[DATA]);
        for user in tenant["users"].as_array_mut().expect("a list") {
            let is_one = holders.iter().any(|holder| user["id"] == *holder);
            user["userRoles"] = if is_one { json!(["r-1"]) } else { json!([]) };
        }
        tenant
    };
    let (code, less) = told(&held(&["u-1", "u-2"]), &held(&["u-2"]));
    assert!(code == 0 && less.iter().any(|line| line.starts_with("fixed in part: ")), "{less:?}");
    assert_eq!(told(&held(&["u-2"]), &held(&["u-1", "u-2"])).0, 1);
}

#[test]
fn divisions_are_the_same_by_their_ids_whether_they_are_listed_or_not() {
    let uri = |at: &str, list: Value| json!({ "entities": list, "selfUri": format!("/api/v2/{at}") });
    let policy = json!({ "domain": "routing", "entityName": "queue", "actionSet": ["view"], "allowConditions": false });
    let grant = |division: &str| json!({ "subjectId": "u-1", "division": { "id": division }, "role": { "id": "r-1" } });
    let export = |divisions: &[&str]| {
        json!([
            uri("authorization/roles", json!([{ "id": "r-1", "name": "Lead", "permissionPolicies": [policy] }])),
            uri("users", json!([{ "id": "u-1", "name": "Ana Reis", "username": "ana@x.example" }])),
            { "id": "u-1", "name": "u-1", "grants": divisions.iter().map(|division| grant(division)).collect::<Vec<_>>() },
        ])
    };
    let listed = |divisions: &[&str]| {
        let mut export = export(divisions);
        let known = json!([{ "id": "d-1", "name": "Home", "homeDivision": true },
                           { "id": "d-2", "name": "Beta", "homeDivision": false }]);
        export.as_array_mut().expect("a list").push(uri("authorization/divisions", known));
        export
    };
    let given = ["d-1", "d-2", "d-3"];
    assert_eq!(told(&export(&given), &listed(&given)), (0, Vec::new()));
    assert_eq!(told(&listed(&given), &export(&given)), (0, Vec::new()));
    let (code, more) = told(&export(&given[..2]), &listed(&given));
    assert!(code == 1 && more.len() == 1 && more[0].contains("now holds role `Lead` in `division d-3`"), "{more:?}");
}

#[test]
fn a_comment_is_no_longer_than_one_may_be_and_begins_with_the_sum() {
    let role = |k: usize, scope: &str| {
        json!({ "id": format!("r-{k}"), "name": format!("BPO Role {k}"),
                "rolePermissions": [{ "id": DATA, "scope": scope }] })
    };
    let user =
        |k: usize| json!({ "id": format!("u-{k}"), "name": format!("User {k}"), "userRoles": [format!("r-{k}")] });
    let tenant = |scope: &str| json!({ "roles": (0..600).map(|k| role(k, scope)).collect::<Vec<_>>(), "users": (0..600).map(user).collect::<Vec<_>>() });
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old.json", "new.json"].map(|name| folder.path().join(name));
    fs::write(&old, tenant("Assigned").to_string()).expect("written");
    fs::write(&new, tenant("All").to_string()).expect("written");
    let (code, out) = diff(&old, &new, &["--format", "markdown"]);
    assert!(code == 1 && out.len() <= 65_536, "{}", out.len());
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[2].starts_with("**600 causes of more access, 0 of less; 600 new findings"), "{}", lines[2]);
    let shown = lines.iter().filter(|line| line.starts_with("- ")).count();
    assert_eq!(
        lines.last().copied(),
        Some(format!("**{} more**, for which there is no room here.", 1200 - shown).as_str())
    );
}

#[test]
fn what_yields_to_a_finding_of_both_is_new_when_it_grows() {
    let tenant = |permissions: &[(&str, &str)]| {
        let uri = |at: &str, list: Value| json!({ "entities": list, "selfUri": format!("/api/v2/{at}") });
        let policy =
            |(domain, entity): &(&str, &str)| json!({ "domain": domain, "entityName": entity, "actionSet": ["view"] });
        let policies: Vec<Value> = permissions.iter().map(policy).collect();
        json!([
            uri("authorization/roles", json!([{ "id": "r-1", "name": "BPO Agent", "permissionPolicies": policies }])),
            uri("users", json!([{ "id": "u-1", "name": "Ana Reis", "username": "ana@x.example" }])),
            { "id": "u-1", "name": "u-1", "grants": [{ "subjectId": "u-1", "division": { "id": "*" }, "role": { "id": "r-1" } }] },
        ])
    };
    let reporting = ("analytics", "conversationDetail");
    let (one, two) = (tenant(&[reporting]), tenant(&[reporting, ("routing", "queue")]));
    // One edit would mend all that it may do in every division, and nobody has made it.
    let queues =
        |lines: &[String], word: &str| lines.iter().any(|line| line.starts_with(word) && line.contains("high"));
    let (code, told_of) = told(&one, &two);
    assert!(code == 1 && queues(&told_of, "new"), "{told_of:?}");
    let (code, told_of) = told(&two, &one);
    assert!(code == 0 && queues(&told_of, "fixed"), "{told_of:?}");
}
