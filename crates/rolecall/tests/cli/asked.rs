//! Every question on every dialect: the answer comes, and its JSON has the shape that docs/formats.md gives.

use crate::arguments::folder;
use crate::{finish, rolecall, run};
use serde_json::Value;
use std::fs;

/// The exports, each with somebody in it, another, a queue, an account and an edge to take away.
const EXPORTS: [(&str, [&str; 5]); 4] = [
    (
        "fixtures/guide",
        ["Ana Reis", "Fe Aquino", "Claims US", "Brightline Link", "user:Ana Reis member-of group:Planning"],
    ),
    ("fixtures/dialects/platform", NAMES),
    ("fixtures/dialects/cx-as-code/hcl", NAMES),
    ("fixtures/dialects/cx-as-code/json", NAMES),
];

const NAMES: [&str; 5] =
    ["Quim Ionescu", "Ana Alves", "queue:Claims Voice", "Legacy Automation", "user:Ines Nunes holds role:BPO Quality"];

/// Every question with its schema, for somebody and what they may be asked about.
fn questions([who, other, queue, account, edge]: [&str; 5]) -> Vec<(&'static str, Vec<&str>)> {
    vec![
        ("who-can", vec!["who-can", "recordings"]),
        ("who-can", vec!["who-can", "routing:queue:view", "--on", queue, "--tier", "bpo", "--cut"]),
        ("can", vec!["can", who, "recording:recording:view"]),
        ("why", vec!["why", who, "routing:queue:view"]),
        ("why-not", vec!["why-not", who, "authorization:role:edit"]),
        ("access", vec!["access", who]),
        ("compare", vec!["compare", who, other]),
        ("path", vec!["path", who, queue]),
        ("reach", vec!["reach", account]),
        ("what-if", vec!["what-if", "--revoke", edge]),
        ("cuts", vec!["cut", "--all", "--only", "all-scoped-reporting", "--only", "identity-takeover"]),
        ("isolation", vec!["isolation"]),
        ("residency", vec!["residency"]),
    ]
}

#[test]
fn every_question_is_answered_on_every_dialect_in_text_and_json() {
    for (export, names) in EXPORTS {
        for (schema, question) in questions(names) {
            let told = run(&[&question[..], &[export]].concat());
            assert!([0, 1, 4].contains(&told.code), "{question:?} {export}: {}", told.err);
            assert!(!told.out.trim().is_empty(), "{question:?} {export}");
            let json = run(&[&question[..], &[export, "--format", "json"]].concat());
            assert!([0, 1, 4].contains(&json.code), "{question:?} {export}: {}", json.err);
            let answer: Value = serde_json::from_str(&json.out).expect("JSON");
            assert_eq!(answer["schema"], format!("rolecall/{schema}/v1"), "{question:?}");
            assert_eq!(answer["tool"]["name"], "rolecall");
            hold(&answer, &format!("{question:?} {export}"));
        }
    }
}

/// Holds every place, name and chain within a value to its shape.
fn hold(value: &Value, of: &str) {
    match value {
        Value::Array(list) => {
            list.iter().for_each(|item| hold(item, of));
            let is_chain =
                list.len() > 1 && list.iter().all(|step| step.get("edge").is_some() && step["to"].is_object());
            if is_chain {
                let is_joined = |pair: &[Value]| pair[0]["to"] == pair[1]["from"];
                assert!(list.windows(2).all(is_joined), "{of}: a chain with a gap: {value}");
            }
        }
        Value::Object(fields) => {
            fields.values().for_each(|item| hold(item, of));
            if let (Some(edge), Some(from)) = (fields.get("edge"), fields.get("from")) {
                assert!(edge.is_string() && from["kind"].is_string(), "{of}: {value}");
                let places: Vec<&Value> = fields
                    .get("locations")
                    .and_then(Value::as_array)
                    .map_or(fields.get("location").into_iter().collect(), |all| all.iter().collect());
                let is_placed = !places.is_empty() && places.iter().all(|place| is_place(place));
                assert!(is_placed, "{of}: an edge without a place: {value}");
            }
            if let (Some(kind), Some(name)) = (fields.get("kind"), fields.get("name")) {
                assert!(kind.is_string() && name.is_string() && fields["id"].is_string(), "{of}: {value}");
            }
        }
        _ => {}
    }
}

/// Path, pointer, and both ends, lines and columns from one on.
fn is_place(place: &Value) -> bool {
    let is_end = |end: &Value| {
        let from = |name: &str, least: u64| end[name].as_u64().is_some_and(|number| number >= least);
        from("line", 1) && from("column", 1) && from("offset", 0)
    };
    place["path"].is_string() && place["pointer"].is_string() && is_end(&place["start"]) && is_end(&place["end"])
}

/// A no to a misspelt question would comfort for nothing.
#[test]
fn a_permission_that_may_be_misspelt_is_no_proof() {
    let ask = |question: &[&str]| run(&[question, &["fixtures/guide"]].concat());
    for permission in ["recordng:recording:view", "recording:recording:veiw", "Routing:Queu:View"] {
        for question in ["can", "why", "why-not"] {
            let answer = ask(&[question, "Ana Reis", permission]);
            assert!(answer.code == 4 && answer.out.contains("did you mean"), "{permission}: {}", answer.out);
        }
        assert!(ask(&["who-can", permission]).out.contains("did you mean"));
    }
    // Most permissions are in no public document, so that one of which nobody knows may well be meant.
    let own = ask(&["can", "Ana Reis", "claims:desk:open"]);
    assert!(own.code == 1 && !own.out.contains("did you mean"), "{}", own.out);
    let json = ask(&["can", "Ana Reis", "recordng:recording:view", "--format", "json"]);
    let answer: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(answer["gaps"][0]["near"], "recording:recording:view", "{answer}");
}

/// What a role grants that no listing has, nobody knows.
#[test]
fn a_role_that_no_listing_has_leaves_a_no_open() {
    let tenant = |held: &str, inherited: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tenant.json");
        let text = format!(
            r#"{{"roles": [{{"id": "r-1", "name": "Desk", "rolePermissions": [], "inheritsFrom": [{inherited}]}}],
                 "users": [{{"id": "u-1", "name": "Ana", "groups": ["g-1"], "userRoles": ["r-1"]}}, {{"id": "u-2", "name": "Ben"}}],
                 "groups": [{{"id": "g-1", "name": "Team", "userRoles": [{held}]}}]}}"#
        );
        fs::write(&path, text).expect("written");
        (folder, path.to_str().expect("UTF-8").to_owned())
    };
    for (held, inherited) in [(r#""r-9""#, ""), ("", r#""r-9""#)] {
        let (_folder, path) = tenant(held, inherited);
        let ana = run(&["can", "Ana", "recording:recording:view", &path]);
        assert!(ana.code == 4 && ana.out.contains("`r-9`"), "{}", ana.out);
        let ben = run(&["can", "Ben", "recording:recording:view", &path]);
        assert_eq!(ben.code, 1, "{}", ben.out);
        assert!(run(&["who-can", "recording:recording:view", &path]).out.contains("`r-9`"));
    }
    let (_folder, path) = tenant(r#""r-1""#, "");
    assert_eq!(run(&["can", "Ana", "recording:recording:view", &path]).code, 1);
}

/// Who holds a role in two divisions, by a grant each, is not alone in one of them.
#[test]
fn who_can_do_it_in_one_division_is_whoever_is_given_that_one() {
    let page = |address: &str, entities: &str| {
        format!(r#"{{"entities": [{entities}], "total": 2, "pageCount": 1, "selfUri": "/api/v2/{address}"}}"#)
    };
    let role = r#"{"id": "r", "name": "Desk", "permissionPolicies":
        [{"domain": "routing", "entityName": "queue", "actionSet": ["view"], "allowConditions": false}]}"#;
    let given = |who: &str, divisions: &[&str]| {
        let grant = |division: &&str| {
            format!(r#"{{"subjectId": "{who}", "division": {{"id": "{division}"}}, "role": {{"id": "r"}}}}"#)
        };
        let grants: Vec<String> = divisions.iter().map(grant).collect();
        format!(r#"{{"id": "{who}", "name": "{who}", "grants": [{}]}}"#, grants.join(","))
    };
    let subjects = format!("[{}, {}]", given("ana", &["d-a", "d-c"]), given("bo", &["d-c"]));
    let users = r#"{"id": "ana", "name": "ana", "email": "ana@a.example"}, {"id": "bo", "name": "bo", "email": "bo@a.example"}"#;
    let folder = folder(&[
        ("users.json", &page("users", users)),
        ("roles.json", &page("authorization/roles", role)),
        (
            "divisions.json",
            &page("authorization/divisions", r#"{"id": "d-a", "name": "A"}, {"id": "d-c", "name": "C"}"#),
        ),
        ("subjects.json", &subjects),
    ]);
    let asked = |on: &[&str]| {
        let all = [&["who-can", "routing:queue:view", "."], on].concat();
        finish(rolecall(&all).current_dir(folder.path()).output().expect("it starts")).out
    };
    let in_a = asked(&["--on", "division:A"]);
    assert!(in_a.contains("1 user can") && !in_a.contains("`bo`"), "{in_a}");
    let all = asked(&[]);
    assert_eq!((all.matches("`ana`").count(), all.matches("`bo`").count()), (1, 1), "{all}");
}
