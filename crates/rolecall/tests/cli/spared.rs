//! What a run reads is never what it writes over.

use crate::arguments::folder;
use crate::{finish, rolecall};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const TRAP: &str =
    r#"{"name": "BPO Lead", "rolePermissions": [{"id": "reporting:reportingData:view", "scope": "All"}]}"#;

const EDGE: &str = "role:BPO Lead grants reporting:reportingData:view\n";

fn tenant() -> TempDir {
    let rule = fs::read_to_string(crate::home().join("rules/all-scoped-reporting/rule.md")).expect("a rule");
    folder(&[
        ("e/roles.json", TRAP),
        ("e/broken.jsonl", "{\"name\""),
        ("rolecall.toml", ""),
        ("own/rule.md", &rule),
        ("edges", EDGE),
    ])
}

fn at(tenant: &TempDir, arguments: &[&str]) -> (i32, String) {
    let run = finish(rolecall(arguments).current_dir(tenant.path()).output().expect("it starts"));
    (run.code, run.err)
}

/// Every file below a folder, with what is in it.
fn held(folder: &Path) -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry"));
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().display().to_string(), fs::read_to_string(entry.path()).expect("text"))).collect()
}

#[test]
fn no_output_takes_the_place_of_what_is_read() {
    let tenant = tenant();
    #[cfg(unix)]
    std::os::unix::fs::symlink("e/roles.json", tenant.path().join("link.json")).expect("a link");
    assert_eq!(at(&tenant, &["lock", "e/roles.json"]).0, 0);
    let before = held(tenant.path());
    let check = ["check", "e", "--rules", "own", "--format", "json", "-o"];
    for target in
        ["e/roles.json", "e/../e/roles.json", "e/broken.jsonl", "rolecall.toml", "rolecall.lock", "own/rule.md"]
    {
        let (code, said) = at(&tenant, &[&check[..], &[target]].concat());
        assert!(code == 2 && said.contains("is read by this run"), "{target}: {said}");
    }
    #[cfg(unix)]
    assert_eq!(at(&tenant, &[&check[..], &["link.json"]].concat()).0, 2);
    for command in [
        &["report", "e"][..],
        &["graph", "e"],
        &["who-can", "routing:queue:view", "e"],
        &["diff", "e", "e/broken.jsonl"],
        &["diff", "e/broken.jsonl", "e"],
        &["lock", "e/roles.json"],
        &["init", "e", "--force"],
        &["what-if", "e/roles.json", "--revoke-from", "edges"],
    ] {
        let (code, said) = at(&tenant, &[command, &["-o", "e/roles.json"]].concat());
        assert!(
            code == 2 && (said.contains("is read by this run") || said.contains("is no lock")),
            "{command:?}: {said}"
        );
    }
    assert_eq!(held(tenant.path()), before);
}

#[test]
fn what_was_written_the_last_time_is_written_anew() {
    let tenant = tenant();
    fs::remove_file(tenant.path().join("e/broken.jsonl")).expect("a file");
    fs::write(tenant.path().join("e/package.json"), "{}").expect("a file");
    for (format, target) in [("json", "e/out.json"), ("sarif", "e/out.sarif.json"), ("gitlab", "e/package.json")] {
        for _ in 0..2 {
            let (code, said) = at(&tenant, &["check", "e", "--format", format, "-o", target]);
            assert_eq!(code, 1, "{format}: {said}");
        }
        fs::remove_file(tenant.path().join(target)).expect("a file");
    }
    for _ in 0..2 {
        let (_, said) = at(&tenant, &["who-can", "routing:queue:view", "e", "--format", "json", "-o", "e/who.json"]);
        assert!(!said.contains("is read by this run"), "{said}");
    }
}

#[test]
fn two_reports_are_not_written_to_one_file() {
    let tenant = tenant();
    let twice = ["check", "e", "--output", "json=out.json", "--output", "csv=./e/../out.json"];
    let (code, said) = at(&tenant, &twice);
    assert!(code == 2 && said.contains("is to be written twice") && !tenant.path().join("out.json").exists(), "{said}");
    #[cfg(unix)]
    assert_eq!(at(&tenant, &["check", "e", "--output", "json=/dev/null", "--output", "csv=/dev/null"]).0, 3);
}

#[test]
fn a_lock_takes_the_place_of_a_lock_alone() {
    let tenant = tenant();
    fs::write(tenant.path().join("notes.txt"), "mine\n").expect("a file");
    let (code, said) = at(&tenant, &["lock", "e/roles.json", "-o", "notes.txt"]);
    assert!(code == 2 && said.contains("notes.txt is no lock, and is not overwritten"), "{said}");
    for known in ["", "# rolecall.lock 1\n<<<<<<< ours\n", "# rolecall.lock 0, of those named here alone\n"] {
        fs::write(tenant.path().join("x.lock"), known).expect("a file");
        assert_eq!(at(&tenant, &["lock", "e/roles.json", "-o", "x.lock"]).0, 0, "{known}");
        assert!(fs::read_to_string(tenant.path().join("x.lock")).expect("text").contains("rolecall.lock 1\n"));
    }
}

#[test]
fn what_is_taken_away_and_the_summary_of_a_step_are_spared_too() {
    let tenant = tenant();
    let before = held(tenant.path());
    let (code, said) = at(&tenant, &["what-if", "e/roles.json", "--revoke-from", "edges", "-o", "edges"]);
    assert!(code == 2 && said.contains("edges is read by this run"), "{said}");
    let mut check = rolecall(&["check", "e", "--format", "github"]);
    let run = finish(
        check.current_dir(tenant.path()).env("GITHUB_STEP_SUMMARY", "e/roles.json").output().expect("it starts"),
    );
    assert!(run.code == 2 && run.err.contains("e/roles.json is read by this run"), "{}", run.err);
    assert_eq!(held(tenant.path()), before);
}
