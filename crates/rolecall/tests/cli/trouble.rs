//! Disks that are full, pipes that close, files that change: a clear error, the right exit code, nothing half-written.

#![cfg(unix)]

use crate::{Run, check_json, finish, rolecall, run};
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

const GOOD: &str = r#"{"name": "Desk", "rolePermissions": []}"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).expect("a file"));
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Run {
    finish(rolecall(arguments).current_dir(folder).output().expect("it starts"))
}

fn pipe(folder: &Path, name: &str) {
    let made = Command::new("mkfifo").arg(folder.join(name)).status().expect("mkfifo is part of every Unix");
    assert!(made.success());
}

#[test]
fn a_full_disk_is_an_error_and_no_report() {
    let full = || File::options().write(true).open("/dev/full");
    if full().is_err() {
        // There is nothing to see on a system without /dev/full.
        return;
    }
    let commands: [&[&str]; 4] = [
        &["check", "fixtures/guide"],
        &["check", "fixtures/guide", "--format", "json"],
        &["rules"],
        &["explain", "all-scoped-reporting"],
    ];
    for arguments in commands {
        let run = finish(rolecall(arguments).stdout(full().expect("it opens")).output().expect("it starts"));
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.err.starts_with("error: cannot write") && run.err.contains("os error 28"), "{}", run.err);
        assert!(!run.err.contains("nothing was checked"), "{}", run.err);
    }
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    if !Path::new("/dev/full").exists() {
        // There is nothing to see on a system without /dev/full.
        return;
    }
    for device in ["/dev/full", "/dev/null"] {
        let run = run(&["check", "fixtures/guide", "--output", device]);
        assert_eq!(run.code, if device == "/dev/full" { 2 } else { 1 }, "{}", run.err);
        assert!(fs::metadata(device).expect("it is there").file_type().is_char_device(), "{device} is gone");
    }
}

#[test]
fn a_report_through_a_link_is_written_where_the_link_leads() {
    let folder = folder(&[("real.txt", "old")]);
    symlink("real.txt", folder.path().join("link.txt")).expect("a link");
    let out = folder.path().join("link.txt");
    assert_eq!(run(&["check", "fixtures/guide", "--output", out.to_str().expect("UTF-8")]).code, 1);
    assert!(fs::symlink_metadata(&out).expect("the link").is_symlink());
    assert!(fs::read_to_string(folder.path().join("real.txt")).expect("the report").contains("critical"));
    assert_eq!(names(folder.path()), ["link.txt", "real.txt"]);
    // Also where nothing is there yet.
    fs::remove_file(folder.path().join("real.txt")).expect("a file");
    assert_eq!(run(&["check", "fixtures/guide", "--output", out.to_str().expect("UTF-8")]).code, 1);
    assert!(fs::symlink_metadata(&out).expect("the link").is_symlink());
    assert_eq!(names(folder.path()), ["link.txt", "real.txt"]);
    symlink("circle.txt", folder.path().join("circle.txt")).expect("a link");
    let circle = folder.path().join("circle.txt");
    assert_eq!(run(&["check", "fixtures/guide", "--output", circle.to_str().expect("UTF-8")]).code, 2);
    assert!(fs::symlink_metadata(&circle).expect("the link").is_symlink());
}

#[test]
fn where_nothing_can_be_written_nothing_is_left() {
    let folder = folder(&[("desk.json", GOOD)]);
    fs::create_dir(folder.path().join("taken")).expect("a folder");
    // Nobody makes files in /proc, an administrator neither.
    for target in ["taken", "/proc/report.txt", "desk.json/report.txt", "gone/report.txt"] {
        for arguments in [
            &["check", "desk.json", "--output", target][..],
            &["lock", "desk.json", "--output", target],
            &["init", "desk.json", "--output", target, "--force"],
        ] {
            let run = in_folder(folder.path(), arguments);
            assert_eq!(run.code, 2, "{arguments:?}: {}{}", run.out, run.err);
            assert!(run.err.starts_with("error: ") && run.err.contains(target), "{arguments:?}: {}", run.err);
            assert_eq!(names(folder.path()), ["desk.json", "taken"], "{arguments:?}");
        }
    }
}

#[test]
fn a_run_that_is_killed_leaves_the_old_report() {
    let folder = folder(&[("report.json", "old")]);
    let mut child = rolecall(&["check", "-", "--output", "report.json"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&GOOD.as_bytes()[..20]).expect("it reads");
    child.kill().expect("it runs");
    assert_eq!(child.wait().expect("it ends").code(), None);
    assert_eq!(fs::read_to_string(folder.path().join("report.json")).expect("the file"), "old");
    assert_eq!(names(folder.path()), ["report.json"]);
}

#[test]
fn a_file_that_ends_early_while_it_is_read_is_truncated() {
    let folder = folder(&[]);
    pipe(folder.path(), "roles.json");
    let child = rolecall(&["check", "roles.json"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // Opening waits until the reader has opened it too.
    let mut writer = File::options().write(true).open(folder.path().join("roles.json")).expect("the pipe");
    writer.write_all(&GOOD.as_bytes()[..20]).expect("it reads");
    drop(writer);
    let run = finish(child.wait_with_output().expect("it ends"));
    assert!(run.code == 3 && run.out.contains("truncated"), "{}", run.out);
}

#[test]
fn a_file_whose_length_is_not_known_before_is_read_whole() {
    // Files of /proc say that they have no bytes.
    if fs::metadata("/proc/self/status").is_err() {
        // There is nothing to see on a system without /proc.
        return;
    }
    let run = run(&["check", "/proc/self/status"]);
    assert!(run.code == 3 && run.out.contains("syntax") && run.out.contains("Name:"), "{}", run.out);
}

#[test]
fn links_that_lead_nowhere_or_to_each_other_are_told() {
    let folder = folder(&[("desk.json", GOOD)]);
    symlink("self.json", folder.path().join("self.json")).expect("a link");
    symlink("b.json", folder.path().join("a.json")).expect("a link");
    symlink("a.json", folder.path().join("b.json")).expect("a link");
    symlink("gone.json", folder.path().join("lost.json")).expect("a link");
    for path in ["self.json", "a.json", "lost.json"] {
        let run = in_folder(folder.path(), &["check", path]);
        assert!(run.code == 3 && run.out.contains("unreadable") && run.out.contains(path), "{path}: {}", run.out);
    }
    let (code, report) = check_json(&[folder.path().to_str().expect("UTF-8")]);
    let told = report["problems"].as_array().expect("a list");
    assert_eq!((code, told.len()), (3, 4), "{report}");
    assert!(told.iter().all(|problem| problem["kind"] == "unreadable"));
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(1), "what can be read is read");
}

#[test]
fn a_folder_that_is_named_like_a_file_is_a_folder() {
    let folder = folder(&[]);
    fs::create_dir(folder.path().join("roles.json")).expect("a folder");
    fs::write(folder.path().join("roles.json/desk.json"), GOOD).expect("a file");
    assert_eq!(in_folder(folder.path(), &["check", "roles.json"]).code, 0);
    let settings = in_folder(folder.path(), &["check", "roles.json", "--config", "roles.json"]);
    assert!(settings.code == 2 && settings.err.contains("roles.json"), "{}", settings.err);
}

#[test]
fn settings_that_cannot_be_read_stop_the_run() {
    let folder = folder(&[("desk.json", GOOD), ("not-utf8.toml", "")]);
    fs::write(folder.path().join("not-utf8.toml"), b"[tiers.bpo]\nnames = [\"\xff\"]\n").expect("a file");
    for settings in ["not-utf8.toml", "gone.toml"] {
        let run = in_folder(folder.path(), &["check", "desk.json", "--config", settings]);
        assert!(run.code == 2 && run.out.is_empty() && run.err.contains(settings), "{}", run.err);
        assert!(run.err.ends_with("nothing was checked\n"), "{}", run.err);
    }
}

#[test]
fn settings_behind_a_link_to_nowhere_are_not_no_settings() {
    for name in ["rolecall.toml", "rolecall.lock", "rolecall-baseline.json"] {
        let folder = folder(&[("desk.json", GOOD)]);
        symlink("gone", folder.path().join(name)).expect("a link");
        let run = in_folder(folder.path(), &["check", "desk.json"]);
        assert!(run.code == 2 && run.err.contains(&format!("{name}: No such file")), "{name}: {}", run.err);
    }
}

#[test]
fn names_that_are_no_text_and_look_alike_are_of_two_files() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[]);
    for (name, role) in [(b"a\xfe.json", "One"), (b"a\xff.json", "Two")] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        if fs::write(path, GOOD.replace("Desk", role)).is_err() {
            // There are file systems on which all names are text.
            return;
        }
    }
    let path = folder.path().to_str().expect("UTF-8");
    assert_eq!(check_json(&[path]).1["inputs"].as_array().map(Vec::len), Some(2));
    let run = in_folder(folder.path(), &["pseudonymize", ".", "out"]);
    assert!(run.code == 2 && run.err.contains("would be written to one file"), "{}", run.err);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_file_is_told_from_standard_input_and_known_by_every_spelling() {
    let folder = folder(&[("-", GOOD), ("desk.json", GOOD)]);
    let check = |paths: &[&str]| in_folder(folder.path(), &[&["check", "--format", "json"], paths].concat());
    let names = |paths: &[&str]| -> Vec<String> {
        let report: Value = serde_json::from_str(&check(paths).out).expect("JSON");
        report["inputs"].as_array().expect("a list").iter().map(|input| crate::text(&input["path"])).collect()
    };
    assert_eq!(names(&["./-"]), ["./-"]);
    assert_eq!(check(&["-"]).code, 3, "nothing is on standard input");
    assert_eq!(names(&[".//desk.json", "desk.json", "././desk.json"]), ["desk.json"]);
}

#[test]
fn what_the_process_has_open_is_written_to_and_not_replaced() {
    if !Path::new("/dev/stdout").exists() {
        return;
    }
    let folder = folder(&[("desk.json", GOOD)]);
    let log = folder.path().join("log");
    let mut check = rolecall(&["check", "desk.json", "-o", "/dev/stdout"]);
    let piped = finish(check.current_dir(folder.path()).output().expect("it starts"));
    assert!(piped.code == 0 && piped.out.contains("1 file read"), "{}{}", piped.out, piped.err);
    fs::write(&log, "before\n").expect("a file");
    for _ in 0..2 {
        let appended = File::options().append(true).open(&log).expect("a file");
        assert!(check.stdout(appended).status().expect("it starts").success());
    }
    let text = fs::read_to_string(&log).expect("text");
    assert!(text.starts_with("before\n") && text.matches("1 file read").count() == 2, "{text}");
}

#[test]
fn a_report_is_as_readable_as_the_process_wants_or_as_the_file_before() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("desk.json", GOOD)]);
    let check = |mask: &str, command: &str| {
        let line = format!("umask {mask}; {command} exec \"$0\" check desk.json -o out");
        let mut shell = Command::new("sh");
        shell.args(["-c", &line, env!("CARGO_BIN_EXE_rolecall")]).current_dir(folder.path());
        assert!(shell.status().expect("it starts").success());
        fs::metadata(folder.path().join("out")).expect("a report").permissions().mode() & 0o777
    };
    assert_eq!(check("077", ""), 0o600);
    assert_eq!(check("022", "rm out;"), 0o644);
    assert_eq!(check("022", "chmod 640 out;"), 0o640);
}

#[test]
fn what_a_walk_does_not_look_into_is_said() {
    let folder =
        crate::arguments::folder(&[("e/desk.json", GOOD), ("e/node_modules/a.json", GOOD), ("e/.git/b.json", GOOD)]);
    pipe(folder.path(), "e/users.json");
    let run = in_folder(folder.path(), &["check", "e"]);
    let said = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("where it is part of the export: e/node_modules"), "{said}");
    assert!(said.contains("e/users.json: this is no file but a pipe"), "{said}");
    assert!(run.code == 0 && !said.contains(".git"), "{said}");
    let named = in_folder(folder.path(), &["check", "e/node_modules"]);
    assert!(named.out.contains("1 file read") && !named.out.contains("looked into"), "{}", named.out);
}
