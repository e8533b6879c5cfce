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
fn the_same_input_gives_the_same_bytes_in_every_format() {
    let report = |threads: &str, arguments: &[&str], paths: &[String]| {
        let mut command = rolecall(arguments);
        finish(command.args(paths).env("RAYON_NUM_THREADS", threads).output().expect("it starts")).out
    };
    for tenant in ["fixtures/guide", "fixtures/dialects/platform", "fixtures/hostile"] {
        let entries = walkdir::WalkDir::new(crate::home().join(tenant)).sort_by_file_name().into_iter();
        let names = entries.map(|entry| entry.expect("it can be walked").into_path());
        let is_export = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "json" || end == "jsonl");
        let mut files: Vec<String> = names
            .filter(is_export)
            .map(|path| path.strip_prefix(crate::home()).expect("within").display().to_string())
            .collect();
        assert!(files.len() > 10, "{files:?}");
        for format in rolecall_report::FORMATS {
            let arguments = ["check", "--persona", "auditor", "--format", format.name];
            let first = report("1", &arguments, &files);
            for threads in ["1", "2", "8"] {
                // Another order each time, and none of them sorted.
                files.rotate_left(3);
                let middle = files.len() / 2;
                files.swap(0, middle);
                assert!(first == report(threads, &arguments, &files), "{tenant} as {} by {threads}", format.name);
            }
        }
    }
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

#[test]
fn settings_are_guessed_from_half_an_export_and_this_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    let init = ["init", "--force", "--output", path.to_str().expect("UTF-8"), "fixtures/hostile/truncated.json"];
    assert_eq!((run(&init).code, path.exists()), (3, false));
    let both = run(&[&init[..], &["fixtures/guide"]].concat());
    assert!(both.code == 3 && both.err.contains("guessed from the rest") && path.exists(), "{}", both.err);
}
