//! Many questions to one export, line by line.

use crate::{Run, finish, rolecall, run};
use insta::assert_snapshot;
use std::io::Write;
use std::process::{Command, Stdio};

/// What a shell says to lines.
fn told(shell: &mut Command, lines: &str) -> Run {
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = shell.spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("it reads");
    finish(child.wait_with_output().expect("it ends"))
}

#[test]
fn the_shell_answers_line_by_line_and_goes_on_after_a_slip() {
    let questions = "# a remark\ncan \"Ana Reis\" recordings\ncan Nobody recordings\nfly away\n\"\npath 'Fe Aquino' 'Claims US' -q\nquit\ncan x y\n";
    let run = told(&mut rolecall(&["shell", "fixtures/guide", "--config", "fixtures/guide.toml"]), questions);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_snapshot!(format!("{}---\n{}", run.out, run.err));
}

/// Each question of the shell says how its answer is written, and the shell does not.
#[test]
fn a_question_of_the_shell_has_a_file_of_its_own_and_never_the_exports() {
    let folder = crate::arguments::folder(&[("roles.json", r#"{"name": "Lead", "rolePermissions": ["a:b:c"]}"#)]);
    let questions = "who-can a:b:c -o roles.json\nwho-can a:b:c --format json -o who.json\nwho-can a:b:c\n";
    let said = told(rolecall(&["shell", "roles.json"]).current_dir(folder.path()), questions);
    assert!(
        said.code == 0 && said.err.contains("roles.json is read by this run") && !said.out.is_empty(),
        "{}",
        said.err
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    assert!(read("roles.json").starts_with("{\"name\"") && read("who.json").contains("rolecall/who-can/v1"));
    assert_eq!(run(&["shell", "fixtures/guide", "--format", "json"]).code, 2);
}

/// The export is read once: what would have it read otherwise is no question.
#[test]
fn a_question_of_the_shell_is_about_its_export() {
    for more in ["--redact", "other", "--catalog x.json"] {
        let question = format!("who-can reporting:reportingData:view {more}\n");
        let said = told(&mut rolecall(&["shell", "fixtures/guide"]), &question);
        assert!(said.code == 0 && said.out.is_empty() && said.err.contains("nothing was answered"), "{}", said.err);
    }
}
