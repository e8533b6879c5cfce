//! One finding and one broken file in every format, to be read by eye.

use crate::{finish, rolecall};
use rolecall_report::FORMATS;
use serde_json::Value;
use std::fs;

const ROLES: &str = r#"[{"id": "r-1", "name": "BPO Lead", "rolePermissions": [{"id": "reporting:reportingData:view", "scope": "All"}]},
 {"id": "r-2", "name": "@team ::error::x", "inheritsFrom": ["BPO Lead"], "rolePermissions": []}]"#;

#[test]
fn one_finding_and_one_problem_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("roles.json"), ROLES).expect("written");
    fs::write(folder.path().join("broken.json"), "[{\"id\": \"r-3\",").expect("written");
    for format in FORMATS {
        let mut command = rolecall(&["check", ".", "--only", "all-scoped-reporting", "--format", format.name]);
        let run =
            finish(command.env("ROLECALL_TODAY", "2026-06-15").current_dir(folder.path()).output().expect("it starts"));
        assert_eq!(run.code, 3, "{}", run.err);
        // On one line nobody can read it.
        let shown = match serde_json::from_str::<Value>(&run.out) {
            Ok(log) if format.name == "sarif" => serde_json::to_string_pretty(&log).expect("JSON"),
            _ => run.out,
        };
        insta::assert_snapshot!(format!("one-finding-{}", format.name), shown);
    }
}
