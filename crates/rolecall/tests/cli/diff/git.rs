//! Two revisions of git, as a walk of their folders would read them.

use crate::arguments::folder;
use crate::{finish, rolecall};
use std::fs;
use std::process::Command;
use tempfile::TempDir;

const USERS: &str = r#"{"users": [{"id": "u-1", "name": "Ana Reis", "bpoUser": true, "userRoles": ["r-1"]}]}"#;

fn roles(scope: &str) -> String {
    let entry = format!(r#"{{"id": "routing:queue:view", "scope": "{scope}"}}"#);
    format!(r#"{{"roles": [{{"id": "r-1", "name": "Lead", "rolePermissions": [{entry}]}}]}}"#)
}

fn git(repository: &TempDir, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(repository.path()).args(["-c", "user.name=x", "-c", "user.email=x@x.example"]);
    command.args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]).args(arguments);
    let output = command.output().expect("git starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(repository: &TempDir, message: &str) {
    git(repository, &["add", "."]);
    git(repository, &["commit", "--quiet", "--no-verify", "-m", message]);
}

fn repository(files: &[(&str, &str)]) -> TempDir {
    let repository = folder(files);
    git(&repository, &["init", "--quiet"]);
    repository
}

/// The exit code, and everything that was said, on one line.
fn compare(repository: &TempDir, range: &str, paths: &[&str]) -> (i32, String) {
    let mut command = rolecall(&[&["diff", "--git", range], paths].concat());
    let run = finish(command.current_dir(repository.path()).output().expect("it starts"));
    (run.code, (run.out + &run.err).split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(unix)]
fn link(repository: &TempDir, to: &str, at: &str) {
    std::os::unix::fs::symlink(to, repository.path().join(at)).expect("a link");
}

#[test]
#[cfg(unix)]
fn a_link_is_followed_within_the_revision() {
    let repository = repository(&[
        ("export/users.json", USERS),
        ("common/roles.json", &roles("Assigned")),
        ("common/old/roles.json", &roles("Self")),
    ]);
    link(&repository, "../common/roles.json", "export/roles.json");
    link(&repository, "export", "latest");
    commit(&repository, "one");
    fs::write(repository.path().join("common/roles.json"), roles("All")).expect("written");
    commit(&repository, "two");
    fs::remove_file(repository.path().join("export/roles.json")).expect("a link");
    link(&repository, "../common/old", "export/people");
    commit(&repository, "three");
    for path in ["export", "latest", "export/", "./export"] {
        let (code, out) = compare(&repository, "HEAD~2..HEAD~1", &[path]);
        assert!(code == 1 && out.contains("now gives `routing:queue:view` over `All`"), "{path}: {out}");
        let (code, out) = compare(&repository, "HEAD~1..HEAD", &[path]);
        assert!(code == 0 && out.contains("`routing:queue:view` over `All`, but `Self`"), "{path}: {out}");
    }
    // Where both are read, one file by two names is one.
    let (code, out) = compare(&repository, "HEAD~2..HEAD~1", &[]);
    assert!(code == 1 && out.contains("1 cause of more access"), "{out}");
}

#[test]
#[cfg(unix)]
fn what_a_revision_does_not_hold_is_no_clean_answer() {
    let [elsewhere, repository] =
        [repository(&[("roles.json", &roles("All"))]), repository(&[("e/users.json", USERS)])];
    commit(&elsewhere, "one");
    fs::write(repository.path().join("e/roles.json"), roles("Self")).expect("written");
    commit(&repository, "one");
    assert_eq!(compare(&repository, "HEAD..HEAD", &["e"]).0, 0);
    let lead = |to: &str, told: &str| {
        link(&repository, to, "e/more.json");
        commit(&repository, "link");
        let (code, out) = compare(&repository, "HEAD~1..HEAD", &["e"]);
        assert!(code == 3 && out.contains(&format!("e/more.json: the link {told}")), "{to}: {out}");
        git(&repository, &["reset", "--quiet", "--hard", "HEAD~1"]);
    };
    lead("/etc/roles.json", "leads out of the repository");
    lead("../../roles.json", "leads out of the repository");
    lead("none.json", "leads nowhere");
    lead("more.json", "leads back to itself");
    let url = elsewhere.path().to_str().expect("UTF-8").to_owned();
    git(&repository, &["submodule", "--quiet", "add", &url, "e/sub"]);
    commit(&repository, "submodule");
    let (code, out) = compare(&repository, "HEAD~1..HEAD", &["e"]);
    assert!(code == 3 && out.contains("e/sub: the folder is a submodule"), "{out}");
    assert!(out.contains("(in `HEAD`)"), "{out}");
    assert_eq!(compare(&repository, "HEAD~1..HEAD", &["e/users.json", "e/roles.json"]).0, 0, "nobody asks about it");
}

#[test]
#[cfg(target_os = "linux")]
fn a_name_that_is_not_utf_8_hides_nothing() {
    use std::os::unix::ffi::OsStrExt;
    let repository = repository(&[("export/users.json", USERS), ("export/roles.json", &roles("Self"))]);
    for name in [&b"export/caf\xe9.png"[..], b"export/caf\xe9.json"] {
        fs::write(repository.path().join(std::ffi::OsStr::from_bytes(name)), roles("Self").replace("r-1", "r-2"))
            .expect("written");
    }
    commit(&repository, "one");
    for file in fs::read_dir(repository.path().join("export")).expect("a folder").map(|file| file.expect("a file")) {
        let text = fs::read_to_string(file.path()).expect("text");
        fs::write(file.path(), text.replace("Self", "All")).expect("written");
    }
    commit(&repository, "two");
    let (code, out) = compare(&repository, "HEAD~1..HEAD", &["export"]);
    assert!(code == 1 && out.contains("now gives `routing:queue:view` over `All`"), "{out}");
    let mut hook = rolecall(&["check", "--changed-only", "--export", "export", "export/users.json"]);
    let run = finish(hook.current_dir(repository.path()).output().expect("it starts"));
    assert!(!run.err.contains("without git"), "{}", run.err);
}

#[test]
fn a_path_that_neither_revision_has_is_a_problem() {
    let repository = repository(&[("export/users.json", USERS)]);
    commit(&repository, "one");
    fs::write(repository.path().join("export/roles.json"), roles("Self")).expect("written");
    commit(&repository, "two");
    let (code, out) = compare(&repository, "HEAD~1..HEAD", &["export/rolse.json", "export/users.json"]);
    assert!(code == 3 && out.contains("export/rolse.json: there is no such path, nor was there before"), "{out}");
    for path in ["export/roles.json", "export/users.json", "export"] {
        let (code, out) = compare(&repository, "HEAD..HEAD~1", &[path, "export/users.json"]);
        assert_eq!(code, 0, "{path} is in one of them: {out}");
    }
}

#[test]
fn of_a_problem_it_is_said_which_revision_has_it() {
    let repository = repository(&[("export/users.json", "{"), ("export/roles.json", &roles("Self"))]);
    commit(&repository, "one");
    fs::write(repository.path().join("export/users.json"), USERS).expect("written");
    commit(&repository, "two");
    let (code, out) = compare(&repository, "HEAD~1..HEAD", &["export"]);
    assert!(code == 3 && out.contains("(in `HEAD~1`)"), "{out}");
    let (code, out) = compare(&repository, "HEAD~1...", &["export"]);
    assert!(code == 3 && out.contains("(where `HEAD` left `HEAD~1`)"), "{out}");
    git(&repository, &["checkout", "--quiet", "--orphan", "other"]);
    commit(&repository, "other");
    let (code, out) = compare(&repository, "main...other", &["export"]);
    assert!(code == 2 && out.contains("they have no commit in common"), "{out}");
    let (code, out) = compare(&repository, "main..none", &["export"]);
    assert!(code == 2 && out.contains("there is no commit `none`"), "{out}");
}

/// What a clone has left out is not fetched: nothing here needs the network.
#[test]
fn nothing_is_fetched_for_a_clone_without_its_files() {
    let origin = repository(&[("export/users.json", USERS), ("export/roles.json", &roles("Self"))]);
    commit(&origin, "one");
    fs::write(origin.path().join("export/roles.json"), roles("All")).expect("written");
    commit(&origin, "two");
    git(&origin, &["config", "uploadpack.allowFilter", "true"]);
    let clone = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", origin.path().display());
    git(&clone, &["clone", "--quiet", "--filter=blob:none", &url, "."]);
    let (code, out) = compare(&clone, "HEAD~1..HEAD", &["export"]);
    assert!(code == 2 && out.contains("this clone has no copy of `export/roles.json`"), "{out}");
    assert_eq!(compare(&clone, "HEAD..HEAD", &["export"]).0, 0, "what was checked out is there");
}
