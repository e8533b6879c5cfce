//! `rolecall diff`: who may do more or less, by the edge that caused it.

mod denials;
mod git;
mod large;
mod laws;
mod moved;
mod privacy;
mod same;

use crate::{finish, home, rolecall, run, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Writes a tenant in one file, or in several with other names and the other way round.
fn write(folder: &Path, tenant: &Value, is_moved: bool) {
    fs::create_dir_all(folder).expect("a folder");
    if !is_moved {
        fs::write(folder.join("tenant.json"), tenant.to_string()).expect("written");
        return;
    }
    for kind in ["roles", "groups", "users"] {
        let mut list = tenant[kind].as_array().expect("a list").clone();
        list.reverse();
        let text = serde_json::to_string_pretty(&json!({ kind: list })).expect("JSON");
        fs::write(folder.join(format!("a-{kind}.json")), text).expect("written");
    }
}

fn diff(old: &Path, new: &Path, more: &[&str]) -> (i32, String) {
    let paths = [old, new].map(|path| path.to_str().expect("UTF-8"));
    let run = run(&[&["diff"], &paths[..], more].concat());
    (run.code, run.out + &run.err)
}

fn diff_json(old: &Path, new: &Path) -> (i32, Value) {
    let (code, out) = diff(old, new, &["--format", "json"]);
    (code, serde_json::from_str(&out).expect("JSON"))
}

fn people(causes: &Value) -> BTreeSet<String> {
    let causes = causes.as_array().expect("a list").iter();
    causes.flat_map(|cause| cause["people"].as_array().expect("a list")).map(|who| text(&who["id"])).collect()
}

#[test]
fn a_division_more_is_a_cause_with_both_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    let write = |folder: &Path, division: &str| {
        fs::create_dir_all(folder).expect("a folder");
        let divisions = json!({ "entities": [
            { "id": "d-1", "name": "Home", "homeDivision": true }, { "id": "d-2", "name": "Claims", "homeDivision": false },
            { "id": "d-3", "name": "Sales", "homeDivision": false }] });
        let policy =
            json!({ "domain": "routing", "entityName": "queue", "actionSet": ["view"], "allowConditions": false });
        let roles = json!({ "entities": [{ "id": "r-1", "name": "Claims Lead", "permissionPolicies": [policy] }] });
        let users = json!({ "entities": [{ "id": "u-1", "name": "Ana Reis", "username": "ana@x.example", "state": "active",
                                           "division": { "id": "d-1", "name": "Home" } }] });
        let grant = json!({ "subjectId": "u-1", "division": { "id": division }, "role": { "id": "r-1", "name": "Claims Lead" } });
        let subject = json!({ "id": "u-1", "name": "Ana Reis", "version": 1, "grants": [grant] });
        for (name, value) in [("divisions", divisions), ("roles", roles), ("users", users), ("subjects", subject)] {
            fs::write(folder.join(format!("{name}.json")), value.to_string()).expect("written");
        }
    };
    write(&old, "d-2");
    write(&new, "*");
    let (code, report) = diff_json(&old, &new);
    let gained = &report["gained"];
    assert_eq!((code, gained.as_array().map(Vec::len)), (1, Some(1)), "{report}");
    assert_eq!(gained[0]["access"], json!(["routing:queue:view over every division"]));
    assert_eq!(gained[0]["instead"]["over"], "division Claims");
    assert!(text(&gained[0]["instead"]["location"]["path"]).contains("old"), "{gained}");
    // Every division covers the one that was.
    assert_eq!(report["lost"], json!([]));
    write(&new, "d-3");
    let (code, report) = diff_json(&old, &new);
    let number = |side: &str| report[side].as_array().map(Vec::len);
    assert_eq!((code, number("gained"), number("lost")), (1, Some(1), Some(1)), "{report}");
}

#[test]
fn the_views_of_an_entry_count_as_far_as_they_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old.json", "new.json"].map(|name| folder.path().join(name));
    let write = |path: &Path, queues: &[&str]| {
        let entry = json!({ "id": "routing:queue:view", "scope": "View", "views": ["v-1"] });
        let tenant = json!({
            "roles": [{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }],
            "users": [{ "id": "u-1", "name": "Ana Reis", "userRoles": ["r-1"] }],
            "queues": [{ "id": "q-1", "name": "Claims" }, { "id": "q-2", "name": "Sales" }, { "id": "q-3", "name": "Rest" }],
            "views": [{ "id": "v-1", "name": "Floor", "queues": queues }],
        });
        fs::write(path, tenant.to_string()).expect("written");
    };
    write(&old, &["q-1"]);
    write(&new, &["q-1", "q-2"]);
    let (code, out) = diff(&old, &new, &["--quiet"]);
    assert_eq!(code, 1);
    let said = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.starts_with("+ view `Floor` now shows queue `Sales`: 1 user gains `routing:queue:view over queue Sales`"),
        "{out}"
    );
}

#[test]
fn what_is_made_anew_under_its_name_is_the_same_and_said_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old.json", "new.json"].map(|name| folder.path().join(name));
    let tenant = |role: &str| {
        json!({ "roles": [{ "id": role, "name": "Lead", "rolePermissions": ["routing:queue:view"] }],
                "users": [{ "id": "u-1", "name": "Ana Reis", "userRoles": [role] }] })
    };
    fs::write(&old, tenant("r-1").to_string()).expect("written");
    fs::write(&new, tenant("r-9").to_string()).expect("written");
    let (code, out) = diff(&old, &new, &[]);
    assert!(code == 0 && out.contains("1 entity with another id"), "{out}");
}

#[test]
fn new_and_fixed_findings_are_told_and_half_an_export_proves_nothing() {
    let (clean, guide) = (home().join("fixtures/clean"), home().join("fixtures/guide"));
    let (code, report) = diff_json(&clean, &guide);
    assert_eq!((code, report["fixed"].clone()), (1, json!([])));
    assert!(report["new"].as_array().expect("a list").len() > 30);
    let (_, back) = diff_json(&guide, &clean);
    assert_eq!(report["new"].as_array().map(Vec::len), back["fixed"].as_array().map(Vec::len));
    assert_eq!(back["new"], json!([]));
    let folder = tempfile::tempdir().expect("a folder");
    let half = folder.path().join("half.json");
    fs::write(&half, "{\"roles\": [").expect("written");
    assert_eq!(diff(&half, &clean, &[]).0, 3);
    assert_eq!(diff(&clean, &folder.path().join("none"), &[]).0, 3);
    assert_eq!(run(&["diff", "fixtures/clean"]).code, 2);
}

#[test]
fn markdown_holds_nothing_that_a_name_could_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old.json", "new.json"].map(|name| folder.path().join(name));
    let tenant = |roles: &[&str]| {
        json!({ "roles": [{ "id": "r-1", "name": "a` <img src=x> | [x](y)\n# b", "rolePermissions": ["routing:queue:view"] }],
                "users": [{ "id": "u-1", "name": "`@all`", "userRoles": roles }] })
    };
    fs::write(&old, tenant(&[]).to_string()).expect("written");
    fs::write(&new, tenant(&["r-1"]).to_string()).expect("written");
    let (_, out) = diff(&old, &new, &["--format", "markdown"]);
    let line = out.lines().find(|line| line.starts_with("- **more:**")).expect("a cause");
    let outside: String = line.split('`').step_by(2).collect();
    assert!(!outside.contains(['<', '[', '@', '|']) && line.contains("`a' <img src=x> | [x](y)\\n# b`"), "{out}");
}

#[test]
fn two_revisions_are_compared_without_touching_the_work_tree() {
    let folder = tempfile::tempdir().expect("a folder");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(["-c", "user.name=x", "-c", "user.email=x@x.example"]).args(arguments);
        assert!(command.output().expect("git starts").status.success(), "{arguments:?}");
    };
    let write = |name: &str, scope: &str| {
        let entry = json!({ "id": "routing:queue:view", "scope": scope });
        let tenant = json!({ "roles": [{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }],
                             "users": [{ "id": "u-1", "name": "Ana Reis", "userRoles": ["r-1"] }] });
        fs::create_dir_all(folder.path().join("export")).expect("a folder");
        fs::write(folder.path().join("export").join(name), tenant.to_string()).expect("written");
    };
    let compare = |range: &str| {
        let mut command = rolecall(&["diff", "--quiet", "--git", range, "export"]);
        let run = finish(command.current_dir(folder.path()).output().expect("it starts"));
        (run.code, (run.out + &run.err).split_whitespace().collect::<Vec<_>>().join(" "))
    };
    git(&["init", "--quiet"]);
    write("a.json", "Assigned");
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
    git(&["mv", "export/a.json", "export/b.json"]);
    git(&["commit", "--quiet", "-m", "two"]);
    write("b.json", "All");
    git(&["commit", "--quiet", "-am", "three"]);
    // What is in the work tree alone does not count.
    write("b.json", "Self");
    assert_eq!(compare("HEAD~2..HEAD~1"), (0, String::new()), "a renamed file is no change");
    let (code, out) = compare("HEAD~1..HEAD");
    assert_eq!(code, 1);
    assert!(
        out.starts_with("+ role `Lead` now gives `routing:queue:view` over `All`, before `Assigned`: 1 user gains it"),
        "{out}"
    );
    assert!(out.ends_with("(export/b.json:1, before export/b.json:1)"), "{out}");
    assert_eq!(compare("HEAD..HEAD~1").0, 0);
    assert_eq!(compare("HEAD~2...HEAD"), compare("HEAD~2..HEAD"));
    assert_eq!(compare("HEAD..nothing").0, 2);
    // A folder that a revision no longer has can still be named.
    git(&["rm", "-r", "--quiet", "--force", "export"]);
    git(&["commit", "--quiet", "-m", "four"]);
    assert_eq!(compare("HEAD~2..HEAD~1").0, 1);
}
