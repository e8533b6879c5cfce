//! Where reports go.

use crate::{finish, rolecall, run};
use std::fs;
use std::process::Stdio;

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let mut child = rolecall(&["check", "fixtures/guide"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let run = finish(child.wait_with_output().expect("it ends"));
    assert_eq!((run.code, run.err.as_str()), (1, ""));
}

#[test]
fn a_report_is_written_to_a_file_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    fs::write(&path, "old").expect("a file");
    let name = path.to_str().expect("UTF-8");
    let written = run(&["check", "fixtures/guide", "--format", "json", "--output", name]);
    assert_eq!((written.code, written.out.as_str()), (1, ""));
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).expect("the report")).expect("JSON");
    assert_eq!(report["schema"], "rolecall/findings/v1");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
    assert_eq!(run(&["check", "fixtures/guide", "--output", "/no/such/folder/report.txt"]).code, 2);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let report = |threads: &str, paths: &[&str]| {
        let mut command = rolecall(&["check", "--format", "json"]);
        finish(command.args(paths).env("RAYON_NUM_THREADS", threads).output().expect("it starts")).out
    };
    let first = report("1", &["fixtures/guide"]);
    assert_eq!(first, report("4", &["fixtures/guide"]));
    let files = [
        "users",
        "roles",
        "views.json",
        "roles.json",
        "reports.json",
        "regions.json",
        "recording-policies.json",
        "queues.json",
        "integrations.json",
        "groups.json",
    ];
    let paths: Vec<String> = files.iter().map(|f| format!("fixtures/guide/{f}")).collect();
    assert_eq!(first, report("2", &paths.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn colour_is_used_when_asked_for_and_never_against_a_wish() {
    let colored = |arguments: &[&str]| run(&[&["check", "fixtures/guide"], arguments].concat()).out.contains('\u{1b}');
    assert!(!colored(&[]) && !colored(&["--color", "never"]) && colored(&["--color", "always"]));
}

#[test]
fn text_is_no_wider_than_eighty_columns() {
    let out = run(&["check", "fixtures/guide", "-v"]).out;
    let wide: Vec<&str> = out.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(wide, Vec::<&str>::new());
}

#[test]
fn quiet_is_quiet_when_all_is_fine() {
    let run = run(&["check", "fixtures/clean", "-q"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
}

#[test]
fn settings_are_written_once_and_can_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    let name = path.to_str().expect("UTF-8");
    assert_eq!(run(&["init", "fixtures/guide", "--output", name]).code, 0);
    let text = fs::read_to_string(&path).expect("the settings");
    insta::assert_snapshot!("init", text);
    assert_eq!(run(&["init", "fixtures/dialects/platform", "--output", name, "--force"]).code, 0);
    let text = fs::read_to_string(&path).expect("the settings");
    insta::assert_snapshot!("init-platform", text);
    assert_eq!(run(&["check", "fixtures/dialects/platform", "--config", name]).code, 1);
    assert_eq!(run(&["init", "--output", name]).code, 2, "settings are never overwritten unasked");
    assert_eq!(run(&["init", "--output", name, "--force"]).code, 0);
    assert_eq!(run(&["check", "fixtures/clean", "--config", name]).code, 0);
}
