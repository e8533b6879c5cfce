//! An entity that stands alone and shows more of what it refers to than ids and names, and a bundle.

use rolecall_ingest::read;
use rolecall_model::{Kind, Tenant};
use rolecall_source::SourceFile;

/// How many entities of each kind a text states, and what was wrong with it.
fn read_text(name: &str, text: &str) -> (Vec<(Kind, u32)>, Vec<&'static str>) {
    let mut tenant = Tenant::default();
    let document = read(&SourceFile::from_text(name.to_owned(), text.to_owned()), 0, &mut tenant);
    (document.entities, document.troubles.iter().map(|trouble| trouble.kind).collect())
}

const GROUPS: &str = r#""groups": [{"id": "g", "name": "Desk", "type": "official"}]"#;
const QUEUES: &str = r#""queues": [{"id": "q", "name": "Claims", "members": ["u"]}]"#;
const USERS: &str = r#""users": [{"id": "u", "name": "Ana", "email": "ana@x.example"}]"#;
const ROLES: &str = r#""roles": [{"id": "r", "name": "R", "rolePermissions": []}]"#;

#[test]
fn a_lone_entity_with_expanded_references_is_read_whole() {
    let cases = [
        ("a.json", format!(r#"{{"id": "u", "name": "Ana", "bpoUser": true, {GROUPS}}}"#), Kind::User),
        // What tells may come last, and after lists of other kinds.
        ("a.json", format!(r#"{{{GROUPS}, "id": "u", "name": "Ana", "userRoles": [{{"id": "r"}}]}}"#), Kind::User),
        ("a.json", format!(r#"{{"id": "u", "email": "ana@x.example", {GROUPS}}}"#), Kind::User),
        ("a.json", format!(r#"{{"id": "u", "views": [{{"id": "v"}}], {GROUPS}, "bpoUser": true}}"#), Kind::User),
        ("a.json", format!(r#"{{"id": "u", "name": "Ana", "username": "ana", {GROUPS}}}"#), Kind::User),
        ("users/a.json", format!(r#"{{"id": "u", "name": "Ana", {GROUPS}}}"#), Kind::User),
        ("views/a.json", format!(r#"{{"id": "v", "name": "V", {QUEUES}}}"#), Kind::View),
        ("views/a.json", format!(r#"{{{USERS}, {QUEUES}, "name": "V"}}"#), Kind::View),
    ];
    for (name, text, kind) in cases {
        assert_eq!(read_text(name, &text), (vec![(kind, 1)], vec![]), "{name}: {text}");
    }
    let line = format!(r#"{{"id": "u", "name": "Ana", "bpoUser": true, {GROUPS}}}"#);
    let lines = format!("{line}\n{}\n", line.replace(r#""u""#, r#""v""#));
    assert_eq!(read_text("all.jsonl", &lines), (vec![(Kind::User, 2)], vec![]));
}

#[test]
fn a_bundle_stays_one_whatever_its_name() {
    let both = vec![(Kind::Role, 1), (Kind::User, 1)];
    for text in [
        format!(r#"{{"name": "Acme", {ROLES}, {USERS}}}"#),
        format!(r#"{{"id": "x", "email": "it@acme.example", "region": "eu", {USERS}, {ROLES}}}"#),
    ] {
        assert_eq!(read_text("acme.json", &text), (both.clone(), vec![]), "{text}");
    }
    let named = format!(r#"{{"name": "Acme", {USERS}}}"#);
    assert_eq!(read_text("users.json", &named), (vec![(Kind::User, 1)], vec![]));
    assert_eq!(read_text("acme.json", &format!("{{{USERS}}}")), (vec![(Kind::User, 1)], vec![]));
}

#[test]
fn a_bundle_with_a_name_is_one_in_a_list_too() {
    let bundle = format!(r#"[{{"name": "Acme", {ROLES}, {USERS}, "groups": []}}]"#);
    assert_eq!(read_text("all.json", &bundle), (vec![(Kind::Role, 1), (Kind::User, 1)], vec![]));
    let reports = r#""reports": [{"id": "p", "name": "P", "sharedWithRoles": ["r"]}]"#;
    let accounts = r#""serviceAccounts": [{"id": "s", "name": "S", "scopes": []}]"#;
    for (lists, kinds) in [
        (format!("{ROLES}, {QUEUES}"), [Kind::Role, Kind::Queue]),
        (format!("{ROLES}, {reports}, {accounts}"), [Kind::Role, Kind::ServiceAccount]),
    ] {
        for text in
            [format!(r#"[{{"name": "Acme", {lists}}}]"#), format!(r#"{{"entities": [{{"name": "Acme", {lists}}}]}}"#)]
        {
            let (read, wrong) = read_text("all.json", &text);
            assert!(
                wrong.is_empty() && kinds.iter().all(|kind| read.contains(&(*kind, 1))),
                "{text}: {read:?} {wrong:?}"
            );
        }
    }
    // A view is limited to queues.
    let view = format!(r#"[{{"name": "V", {QUEUES}}}]"#);
    assert_eq!(read_text("all.json", &view), (vec![(Kind::View, 1)], vec![]));
    // What the list around it says is of the kind that it says, and so is what a view may have.
    let view = format!(r#"{{"id": "v", "name": "V", {QUEUES}, {USERS}}}"#);
    for text in [format!("[{view}]"), format!(r#"{{"views": [{view}]}}"#)] {
        assert_eq!(read_text("all.json", &text), (vec![(Kind::View, 1)], vec![]), "{text}");
    }
    let given = r#"{"id": "u", "name": "Ana", "type": "PC_USER", "divisions": [{"id": "*", "name": "All"}]}"#;
    let page = format!(r#"{{"entities": [{given}], "selfUri": "/api/v2/authorization/roles/r/subjectgrants"}}"#);
    assert_eq!(read_text("all.json", &page), (vec![], vec![]));
    let user = format!(r#"{{"id": "u", "name": "Ana", {GROUPS}, "roles": []}}"#);
    for (name, text) in [("users.json", format!("[{user}]")), ("all.json", format!(r#"{{"users": [{user}]}}"#))] {
        assert_eq!(read_text(name, &text), (vec![(Kind::User, 1)], vec![]), "{text}");
    }
}

#[test]
fn what_may_be_either_is_a_problem() {
    let named = format!(r#"{{"name": "Acme", {QUEUES}}}"#);
    assert_eq!(read_text("acme.json", &named), (vec![(Kind::Queue, 1)], vec!["ambiguous"]));
    // So far nobody looks ahead.
    let many: Vec<String> =
        (0..1000).map(|n| format!(r#"{{"id": "g{n}", "name": "Desk {n}", "type": "official"}}"#)).collect();
    let long = format!(r#"{{"groups": [{}], "id": "u", "name": "Ana", "bpoUser": true}}"#, many.join(", "));
    assert_eq!(read_text("a.json", &long), (vec![(Kind::Group, 1000)], vec!["ambiguous"]));
    assert_eq!(read_text("a.json", &long.replace(r#", "bpoUser": true"#, "")).1, ["ambiguous"]);
}

#[test]
fn what_stands_before_a_break_is_read() {
    let broken = format!(r#"{{{ROLES}, "users": [{{"id": "u","#);
    assert_eq!(read_text("a.json", &broken), (vec![(Kind::Role, 1)], vec!["truncated"]));
}

#[test]
fn lists_of_entities_beside_blocks_of_terraform_are_a_problem() {
    for key in ["output", "data", "provider"] {
        let text = format!(r#"{{"{key}": {{"by": {{"x": {{}}}}}}, {USERS}, {ROLES}}}"#);
        let wrong = read_text("all.json", &text).1;
        assert_eq!(wrong.iter().filter(|kind| **kind == "ambiguous").count(), 2, "{text}: {wrong:?}");
    }
    let others = r#"{"output": {"by": {"value": 1}}, "users": ["u"], "colours": [{"a": 1}]}"#;
    assert_eq!(read_text("main.tf.json", others).1, [""; 0]);
}
