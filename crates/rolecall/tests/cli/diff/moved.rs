//! A queue or user that lies in another division, which whoever holds a role there reaches.

use super::{diff, diff_json, people};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Ivo may see queues and evaluations in the division of a partner, and Uma in every one.
fn write(path: &Path, queue: &str, user: &str) {
    let division = |id: &str, name: &str| json!({ "id": id, "name": name, "homeDivision": id == "d-h", "selfUri": format!("/api/v2/authorization/divisions/{id}") });
    let person = |id: &str, division: &str| json!({ "id": id, "name": id, "email": format!("{id}@x.example"), "state": "active", "division": { "id": division }, "selfUri": format!("/api/v2/users/{id}") });
    let policy = |domain: &str, entity: &str| json!({ "domain": domain, "entityName": entity, "actionSet": ["view"] });
    let given = |id: &str, division: &str| json!({ "id": id, "name": id, "grants": [{ "subjectId": id, "division": { "id": division }, "role": { "id": "r-1", "name": "Watcher" } }] });
    let tenant: Vec<Value> = vec![
        division("d-h", "Home"),
        division("d-p", "Partner"),
        division("d-c", "Claims"),
        json!({ "id": "q-1", "name": "Voice", "division": { "id": queue }, "memberGroups": [], "mediaSettings": {}, "selfUri": "/api/v2/routing/queues/q-1" }),
        json!({ "id": "r-1", "name": "Watcher", "permissionPolicies": [policy("routing", "queue"), policy("quality", "evaluation")], "selfUri": "/api/v2/authorization/roles/r-1" }),
        person("ivo", "d-p"),
        person("uma", "d-c"),
        person("olga", user),
        given("ivo", "d-p"),
        given("uma", "*"),
    ];
    fs::write(path, Value::Array(tenant).to_string()).expect("written");
}

#[test]
fn what_comes_into_a_division_is_a_cause_for_those_who_hold_a_role_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, queue, user] = ["old.json", "queue.json", "user.json"].map(|name| folder.path().join(name));
    write(&old, "d-c", "d-c");
    write(&queue, "d-p", "d-c");
    write(&user, "d-c", "d-p");
    let (code, report) = diff_json(&old, &queue);
    let gained = &report["gained"];
    assert_eq!((code, gained.as_array().map(Vec::len)), (1, Some(1)), "{report}");
    assert_eq!((&gained[0]["edge"], &gained[0]["over"]), (&json!("lies-in"), &json!("division Partner")));
    assert_eq!(
        (&gained[0]["things"][0]["id"], &gained[0]["instead"]["over"]),
        (&json!("q-1"), &json!("division Claims"))
    );
    assert_eq!(people(gained).into_iter().collect::<Vec<_>>(), ["ivo"], "who sees every division gains nothing");
    let both = ["quality:evaluation:view over division Partner", "routing:queue:view over division Partner"];
    assert_eq!(gained[0]["access"], json!(both));
    assert_eq!(report["lost"], json!([]), "nobody held anything in the division that it left alone");
    // The permission to see queues shows no user.
    let (code, report) = diff_json(&old, &user);
    assert_eq!((code, &report["gained"][0]["access"]), (1, &json!([both[0]])), "{report}");
    let (code, out) = diff(&queue, &old, &["--quiet"]);
    let words = "queue `Voice` no longer lies in `division Partner`, but `division Claims`: 1 user loses";
    assert!(code == 0 && out.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{out}");
}
