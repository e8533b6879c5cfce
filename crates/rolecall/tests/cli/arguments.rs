//! Paths, exit codes and errors.

use crate::{check_json, findings, finish, rolecall, run};
use std::fs;
use std::io::Write;
use std::process::Stdio;

const TRAP: &str =
    r#"{"name": "BPO Lead", "rolePermissions": [{"id": "reporting:reportingData:view", "scope": "All"}]}"#;
pub(crate) const GOOD: &str = r#"{"name": "Desk", "rolePermissions": []}"#;

pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

pub(crate) fn check_in(folder: &tempfile::TempDir, arguments: &[&str]) -> crate::Run {
    let mut command = rolecall(&[&["check"], arguments].concat());
    finish(command.current_dir(folder.path()).output().expect("it starts"))
}

/// Text without the breaks that the width of a terminal makes.
pub(crate) fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_exit_code_says_what_happened() {
    let tenant = folder(&[("bad.json", TRAP), ("good.json", GOOD), ("broken.json", "{")]);
    assert_eq!(check_in(&tenant, &["good.json"]).code, 0);
    assert_eq!(check_in(&tenant, &["bad.json"]).code, 1);
    assert_eq!(check_in(&tenant, &["bad.json", "--fail-on", "never"]).code, 0);
    assert_eq!(check_in(&tenant, &["bad.json", "--no-such"]).code, 2);
    let both = check_in(&tenant, &["."]);
    assert_eq!(both.code, 3);
    assert!(both.out.contains("all-scoped-reporting") && both.out.contains("truncated"), "{}", both.out);
}

#[test]
fn a_threshold_above_the_finding_lets_it_pass() {
    let tenant = folder(&[("roles.json", r#"{"name": "BPO Agent", "rolePermissions": ["user:read"]}"#)]);
    assert_eq!(check_in(&tenant, &["--fail-on", "high"]).code, 0);
    assert_eq!(check_in(&tenant, &["--fail-on", "medium"]).code, 1);
    let quiet = check_in(&tenant, &["--min-severity", "high", "-q"]);
    assert_eq!((quiet.code, quiet.out.as_str()), (0, ""));
}

#[test]
fn a_walk_passes_over_what_is_no_export_and_a_named_path_does_not() {
    let tenant = folder(&[
        ("package.json", r#"{"name": "x", "version": "1"}"#),
        ("roles/desk.json", GOOD),
        ("node_modules/a.json", "{"),
    ]);
    let walk = check_in(&tenant, &["."]);
    assert_eq!(walk.code, 0);
    assert!(walk.out.contains("passed over, no export: package.json"), "{}", walk.out);
    let named = check_in(&tenant, &["package.json"]);
    assert_eq!(named.code, 3);
    assert!(named.out.contains("unknown-shape"));
}

#[test]
fn no_export_at_all_is_no_clean_export() {
    let empty = folder(&[("readme.txt", "")]);
    assert_eq!(check_in(&empty, &[]).code, 3);
    assert_eq!(check_in(&empty, &["--allow-empty"]).code, 0);
    let missing = check_in(&empty, &["nowhere.json"]);
    assert_eq!(missing.code, 3);
    assert!(missing.out.contains("unreadable") && missing.out.contains("nowhere.json"), "{}", missing.out);
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let read = |text: &str| {
        let mut child = rolecall(&["check", "-", "--format", "json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
        finish(child.wait_with_output().expect("it ends"))
    };
    let found = read(TRAP);
    assert!(found.code == 1 && found.out.contains(r#""path": "-""#), "{}", found.out);
    assert_eq!(read(&format!("{GOOD}\n{TRAP}\n")).code, 1);
    assert_eq!(read("").code, 3);
    assert_eq!(read(&TRAP[..40]).code, 3);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends_and_an_unreadable_file_is_told() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let tenant = folder(&[("roles/desk.json", GOOD), ("roles/locked.json", GOOD)]);
    symlink(tenant.path(), tenant.path().join("roles/again")).expect("a link");
    let looped = check_in(&tenant, &["."]);
    assert_eq!(looped.code, 1, "two roles named Desk: {}", looped.out);
    let locked = tenant.path().join("roles/locked.json");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("rights");
    // An administrator reads anything, so there is nothing to see then.
    if fs::read(&locked).is_err() {
        let run = check_in(&tenant, &["."]);
        assert!(
            run.code == 3 && run.out.contains("unreadable") && run.out.contains("roles/locked.json"),
            "{}",
            run.out
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_told() {
    let tenant = folder(&[("desk.json", GOOD)]);
    std::os::unix::fs::symlink("gone.json", tenant.path().join("link.json")).expect("a link");
    assert_eq!(check_in(&tenant, &["."]).code, 3);
}

#[test]
fn one_file_by_two_names_is_one_file() {
    let tenant = folder(&[("roles/desk.json", GOOD)]);
    let run = check_in(&tenant, &["roles", ".", "roles/desk.json", "./roles/../roles/desk.json"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[cfg(unix)]
#[test]
fn links_to_a_file_and_to_a_folder_make_no_second_file() {
    use std::os::unix::fs::symlink;
    let tenant = folder(&[("real/role.json", TRAP)]);
    symlink("role.json", tenant.path().join("real/again.json")).expect("a link");
    symlink("real", tenant.path().join("linked")).expect("a link");
    symlink("real/role.json", tenant.path().join("a.json")).expect("a link");
    for paths in [&["."][..], &["real", "linked"], &["linked/role.json", "real"], &["a.json", "."]] {
        let run = check_in(&tenant, &[&["--format", "json", "--fail-on", "never"], paths].concat());
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
        assert_eq!(report["inputs"].as_array().map(Vec::len), Some(1), "{paths:?}");
    }
}

#[test]
fn wrong_arguments_get_the_nearest_right_one() {
    let unknown = run(&["check", "fixtures/clean", "--only", "all-scoped-reportin"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `all-scoped-reporting`?"), "{}", unknown.err);
    let flag = run(&["check", "--formt", "json"]);
    assert!(flag.code == 2 && flag.err.contains("--format"), "{}", flag.err);
    assert_eq!(run(&["explain", "nothing"]).code, 2);
}

#[test]
fn settings_change_who_is_of_a_tier() {
    let user = r#"{"id": "u-1", "name": "Ana Reis", "email": "ana@brightline.example"}"#;
    let tenant =
        folder(&[("users.json", user), ("rolecall.toml", "[tiers.bpo]\ndomains = [\"brightline.example\"]\n")]);
    let found = check_in(&tenant, &["users.json"]);
    assert!(found.code == 1 && found.out.contains("e-mail address"), "{}", found.out);
    fs::write(tenant.path().join("rolecall.toml"), "[tiers.bpo]\ndomain = []\n").expect("a file");
    let broken = check_in(&tenant, &["users.json"]);
    assert_eq!(broken.code, 2);
    assert!(
        broken.err.contains("rolecall.toml:2:1") && broken.err.contains("did you mean `domains`?"),
        "{}",
        broken.err
    );
}

#[test]
fn several_files_are_one_tenant() {
    let tenant = folder(&[
        ("a/users.json", r#"[{"id": "u-1", "name": "Ana Reis", "bpoUser": true, "groups": ["Planning"]}]"#),
        ("b/groups.json", r#"[{"id": "g-1", "name": "Planning", "members": [], "userRoles": ["r-1"]}]"#),
        ("c/role.json", &TRAP.replace("BPO Lead", "Analyst").replacen('{', r#"{"id": "r-1", "#, 1)),
    ]);
    let path = tenant.path().to_str().expect("UTF-8");
    let (code, report) = check_json(&[path]);
    assert_eq!((code, findings(&report).len()), (1, 1));
    assert_eq!(findings(&report)[0]["subject"]["name"], "Ana Reis");
}

#[test]
fn a_rule_that_there_is_not_and_a_day_that_is_none_are_refused() {
    for (arguments, said) in [
        (
            &["cut", "--all", "fixtures/guide", "--only", "all-scoped-reportin"][..],
            "there is no rule `all-scoped-reportin`",
        ),
        (&["report", "fixtures/guide", "--date", "2026-02-30"], "`2026-02-30` is no date"),
    ] {
        let run = run(arguments);
        assert!(run.code == 2 && run.out.is_empty() && run.err.contains(said), "{}", run.err);
    }
}

#[test]
fn an_empty_variable_is_none() {
    for variable in ["ROLECALL_CONFIG", "ROLECALL_FAIL_ON", "ROLECALL_REDACT_KEY"] {
        for arguments in [&["check", "fixtures/clean"][..], &["check", "fixtures/clean", "--redact"]] {
            let run = finish(rolecall(arguments).env(variable, "").output().expect("it starts"));
            assert_eq!(run.code, 0, "{variable}: {}", run.err);
        }
    }
}
