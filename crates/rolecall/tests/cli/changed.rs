//! `--changed-only`, as a hook uses it.

use crate::arguments::{check_in, folder};
use crate::{check_json, findings, rolecall, run};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

/// A trap in the roles, and a way to a partner's user over a group in another file.
fn tenant() -> TempDir {
    folder(&[
        (
            "export/bpo.json",
            r#"{"name": "BPO Lead", "rolePermissions": [{"id": "reporting:reportingData:view", "scope": "All"}]}"#,
        ),
        (
            "export/role.json",
            r#"{"id": "r-1", "name": "Analyst", "rolePermissions": [{"id": "reporting:reportingData:view", "scope": "All"}]}"#,
        ),
        ("export/groups.json", r#"[{"id": "g-1", "name": "Planning", "members": [], "userRoles": ["r-1"]}]"#),
        ("export/users.json", r#"[{"id": "u-1", "name": "Ana Reis", "bpoUser": true, "groups": ["Planning"]}]"#),
        ("package.json", r#"{"name": "x", "version": "1"}"#),
        ("rolecall.toml", ""),
    ])
}

const CHANGED: [&str; 3] = ["--changed-only", "--export", "export"];

fn changed(tenant: &TempDir, paths: &[&str]) -> crate::Run {
    check_in(tenant, &[&CHANGED, paths].concat())
}

#[test]
fn a_change_shows_what_touches_it_wherever_the_finding_is() {
    let tenant = tenant();
    let group = changed(&tenant, &["export/groups.json"]);
    assert!(group.code == 1 && group.out.contains("`Ana Reis`") && group.out.contains("role.json"), "{}", group.out);
    assert!(!group.out.contains("`BPO Lead`"), "{}", group.out);
    let told = "1 finding elsewhere is not shown; without git it cannot be told whether it was there before";
    assert!(group.err.contains(told), "{}", group.err);
    let role = changed(&tenant, &["export/bpo.json"]);
    assert!(role.code == 1 && role.out.contains("`BPO Lead`") && !role.out.contains("`Ana Reis`"), "{}", role.out);
    assert_eq!(changed(&tenant, &["export"]).out, changed(&tenant, &["export/bpo.json", "export/users.json"]).out);
}

#[test]
fn where_nothing_is_to_say_nothing_is_said() {
    let tenant = tenant();
    fs::write(tenant.path().join("export/desk.json"), r#"{"name": "Desk", "rolePermissions": []}"#).expect("a file");
    commit(&tenant);
    for paths in [&["package.json"][..], &["export/desk.json"], &["package.json", "export/desk.json", "-q"]] {
        let run = changed(&tenant, paths);
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""), "{paths:?}");
    }
    let told = changed(&tenant, &["export/desk.json", "-v"]);
    assert!(told.out.contains("2 findings in files that did not change not shown"), "{}", told.out);
}

#[test]
fn what_everything_depends_on_changes_everything() {
    let tenant = tenant();
    let lock = rolecall(&["lock", "export"]).current_dir(tenant.path()).status().expect("it starts");
    assert!(lock.success());
    for path in ["rolecall.toml", "rolecall.lock", "export/gone.json"] {
        let run = changed(&tenant, &[path]);
        assert!(
            run.code == 1 && run.out.contains("`BPO Lead`") && run.out.contains("`Ana Reis`"),
            "{path}: {}",
            run.out
        );
    }
    let rules = folder(&[("own/rule.md", "")]);
    let page = rules.path().join("own/rule.md");
    fs::write(&page, fs::read_to_string(crate::home().join("rules/all-scoped-reporting/rule.md")).expect("a rule"))
        .expect("a file");
    let text = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
    let run = changed(&tenant, &["--rules", &text(rules.path()), &text(&page)]);
    assert!(run.code == 1 && run.out.contains("`BPO Lead`"), "{} {}", run.out, run.err);
}

#[test]
fn an_export_that_cannot_be_read_proves_nothing_about_a_change() {
    let tenant = tenant();
    fs::write(tenant.path().join("export/broken.json"), "{").expect("a file");
    let run = changed(&tenant, &["export/users.json"]);
    assert!(run.code == 3 && run.out.contains("broken.json"), "{}", run.out);
    let elsewhere = check_in(&tenant, &["--changed-only", "--export", "nowhere", "package.json"]);
    assert!(elsewhere.code == 3 && elsewhere.out.contains("nowhere"), "{}", elsewhere.out);
    assert_eq!(check_in(&tenant, &["--export", "export"]).code, 2, "it means nothing by itself");
}

/// Every finding shows with each file that it touches, and with no other.
#[test]
fn a_finding_shows_with_the_files_that_it_touches_and_no_others() {
    let (_, all) = check_json(&["fixtures/guide"]);
    let path = |place: &Value| place["path"].as_str().map(str::to_owned);
    let touched = |finding: &Value| -> BTreeSet<String> {
        let places = finding["locations"].as_array().expect("places").iter();
        let steps = finding["witness"].as_array().expect("steps").iter().map(|step| &step["location"]);
        places.chain(steps).filter_map(path).collect()
    };
    let inputs: Vec<String> = all["inputs"].as_array().expect("inputs").iter().filter_map(path).collect();
    assert!(inputs.len() > 5 && findings(&all).len() > 20);
    for input in &inputs {
        let (_, shown) = check_json(&["--changed-only", "--export", "fixtures/guide", input]);
        let expected: Vec<&Value> = findings(&all).iter().filter(|finding| touched(finding).contains(input)).collect();
        assert_eq!(findings(&shown).iter().collect::<Vec<_>>(), expected, "{input}");
    }
}

#[test]
fn a_file_for_machines_is_written_whatever_there_is_to_say() {
    let (code, report) = check_json(&["--changed-only", "--export", "fixtures/guide", "README.md"]);
    assert_eq!((code, findings(&report).len()), (0, 0));
    assert!(report["summary"]["suppressed"].as_u64().is_some_and(|number| number > 20));
    assert_eq!(run(&["check", "--changed-only", "--export", "fixtures/guide", "README.md"]).out, "");
}

/// Runs git in a folder.
fn git(tenant: &TempDir, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.args(["-c", "user.name=team", "-c", "user.email=team@example.com", "-c", "commit.gpgsign=false"]);
    command.args(["-c", "init.defaultBranch=main"]);
    assert!(command.args(arguments).current_dir(tenant.path()).status().expect("git starts").success());
}

/// Makes a folder a git repository with everything in it committed.
fn commit(tenant: &TempDir) {
    git(tenant, &["init", "--quiet"]);
    git(tenant, &["add", "."]);
    git(tenant, &["commit", "--quiet", "--no-verify", "--message", "Before"]);
}

#[test]
fn what_a_change_makes_elsewhere_is_told_from_what_was_there() {
    let tenant = tenant();
    commit(&tenant);
    let write = |name: &str, text: &str| fs::write(tenant.path().join(name), text).expect("a file");
    // The role that the group in another file refers to goes, and nothing points into what is left.
    write("export/role.json", r#"{"id": "r-9", "name": "Clerk", "rolePermissions": []}"#);
    let run = changed(&tenant, &["export/role.json"]);
    assert!(run.code == 1 && run.out.contains("dangling-reference") && run.out.contains("groups.json"), "{}", run.out);
    assert!(!run.out.contains("`BPO Lead`"), "{}", run.out);
    assert_eq!(run.err, "note: 1 finding elsewhere is not shown: it was there before\n");
    // As in a push of several commits: the change is what was made since then.
    let mut command = rolecall(&[&["check"], &CHANGED[..], &["export/role.json"]].concat());
    command.current_dir(tenant.path()).env("PRE_COMMIT_FROM_REF", "no-such-commit");
    let unknown = crate::finish(command.output().expect("it starts"));
    assert!(
        unknown.code == 0
            && unknown.err.contains("2 findings elsewhere are not shown; without git")
            && unknown
                .err
                .ends_with("there before: there is no commit `no-such-commit` (fatal: Needed a single revision)\n"),
        "{}",
        unknown.err
    );
}

#[test]
fn a_file_that_nobody_committed_is_no_matter_of_the_change() {
    let tenant = tenant();
    commit(&tenant);
    let trap = fs::read_to_string(tenant.path().join("export/bpo.json")).expect("a file").replace("Lead", "Night Lead");
    fs::write(tenant.path().join("export/mine.json"), trap).expect("a file");
    fs::write(tenant.path().join("export/desk.json"), r#"{"name": "Desk", "rolePermissions": []}"#).expect("a file");
    let run = changed(&tenant, &["export/desk.json"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
    assert!(changed(&tenant, &["export/mine.json"]).out.contains("`BPO Night Lead`"));
    // With something to report, what is left out is told for what it is.
    fs::write(tenant.path().join("export/role.json"), r#"{"id": "r-9", "name": "Clerk", "rolePermissions": []}"#)
        .expect("a file");
    let told = changed(&tenant, &["export/role.json"]).err;
    assert_eq!(
        told,
        "note: 1 finding elsewhere is not shown: it was there before; \
         1 finding elsewhere is not shown: no commit has the file, and nobody named it\n"
    );
}

/// The revision is read as the work tree is: with no change since, nothing is new.
#[test]
fn a_revision_is_read_as_the_files_are() {
    for export in ["fixtures/guide", "fixtures/dialects"] {
        let tenant = folder(&[("sub/readme.md", "")]);
        let mut copied = std::process::Command::new("cp");
        copied.args(["-r", &crate::home().join(export).display().to_string()]);
        assert!(copied.arg(tenant.path().join("sub/export")).status().expect("cp starts").success());
        commit(&tenant);
        for more in [&[][..], &["--redact"]] {
            let mut command =
                rolecall(&["check", "--changed-only", "--export", "export", "--persona", "auditor", "readme.md"]);
            command.args(["--format", "json"]).args(more).current_dir(tenant.path().join("sub"));
            let run = crate::finish(command.output().expect("it starts"));
            let report: Value = serde_json::from_str(&run.out).expect("JSON");
            let suppressed = report["summary"]["suppressed"].as_u64().expect("a number");
            assert_eq!(run.err, "", "git can tell");
            assert!(findings(&report).is_empty() && suppressed > 5, "{export} {more:?}: {suppressed}");
        }
    }
}

/// A hook is not told of what a commit takes away: neither the file that moved out of the export nor the one that is gone.
#[test]
fn what_is_gone_from_the_export_is_asked_of_git() {
    for kept in ["archive/role.json", "package.json"] {
        let tenant = tenant();
        fs::create_dir(tenant.path().join("archive")).expect("a folder");
        commit(&tenant);
        fs::rename(tenant.path().join("export/role.json"), tenant.path().join("archive/role.json")).expect("moved");
        let run = changed(&tenant, &[kept]);
        assert!(run.code == 1 && run.out.contains("dangling-reference"), "{kept}: {}", run.out);
        assert!(!run.out.contains("`BPO Lead`"), "{}", run.out);
    }
    let tenant = tenant();
    fs::write(tenant.path().join("export/readme.md"), "").expect("a file");
    commit(&tenant);
    fs::remove_file(tenant.path().join("export/readme.md")).expect("a file");
    let run = changed(&tenant, &["package.json"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""), "it was no export");
}

#[test]
fn settings_that_are_gone_change_everything() {
    let accepting = "[rules]\nall-scoped-reporting = { off = true }\n";
    for (gone, is_all) in [("rolecall.toml", true), ("sub/rolecall.toml", false)] {
        let tenant = tenant();
        fs::create_dir(tenant.path().join("sub")).expect("a folder");
        fs::write(tenant.path().join(gone), accepting).expect("a file");
        commit(&tenant);
        fs::remove_file(tenant.path().join(gone)).expect("a file");
        for named in ["package.json", gone] {
            let run = changed(&tenant, &[named]);
            let is_told = run.code == 1 && run.out.contains("`BPO Lead`") && run.out.contains("`Ana Reis`");
            assert_eq!((is_told, run.out.is_empty()), (is_all, !is_all), "{gone} {named}: {} {}", run.out, run.err);
        }
    }
}

/// What the branch did not touch and its base mended meanwhile is no matter of the push: pre-commit names what changed
/// since the two parted.
#[test]
fn a_push_is_compared_with_where_it_left_its_base() {
    let tenant = tenant();
    fs::write(tenant.path().join("export/desk.json"), r#"{"name": "Desk", "rolePermissions": []}"#).expect("a file");
    commit(&tenant);
    git(&tenant, &["checkout", "--quiet", "-b", "feature"]);
    fs::write(tenant.path().join("export/desk.json"), r#"{"name": "Help", "rolePermissions": []}"#).expect("a file");
    git(&tenant, &["commit", "--quiet", "--no-verify", "-am", "Rename"]);
    git(&tenant, &["checkout", "--quiet", "main"]);
    let mended = fs::read_to_string(tenant.path().join("export/bpo.json")).expect("a file").replace("All", "Self");
    fs::write(tenant.path().join("export/bpo.json"), mended).expect("a file");
    git(&tenant, &["commit", "--quiet", "--no-verify", "-am", "Mend"]);
    git(&tenant, &["checkout", "--quiet", "feature"]);
    let pushed = |to: Option<&str>| {
        let mut command = rolecall(&[&["check"], &CHANGED[..], &["export/desk.json"]].concat());
        command.current_dir(tenant.path()).env("PRE_COMMIT_FROM_REF", "main");
        to.map(|to| command.env("PRE_COMMIT_TO_REF", to));
        crate::finish(command.output().expect("it starts"))
    };
    for to in [None, Some("feature")] {
        let run = pushed(to);
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""), "{to:?}");
    }
    // Where the lines have nothing in common, what differs is all that is known.
    git(&tenant, &["checkout", "--quiet", "--orphan", "other"]);
    git(&tenant, &["commit", "--quiet", "--no-verify", "-am", "Other"]);
    let run = pushed(None);
    assert!(run.code == 1 && run.out.contains("`BPO Lead`"), "{} {}", run.out, run.err);
}

#[test]
fn one_of_many_is_seen_whatever_their_name() {
    for name in ["Zed Zorn", "Aaron Aal"] {
        let tenant = folder(&[
            (
                "export/roles.json",
                r#"[{"id": "r-1", "name": "Analyst", "rolePermissions": [{"id": "reporting:reportingData:view", "scope": "All"}]}]"#,
            ),
            ("export/groups.json", r#"[{"id": "g-1", "name": "Planning", "userRoles": ["r-1"]}]"#),
        ]);
        let user = |number: usize, name: &str, groups: &str| {
            let path = tenant.path().join(format!("export/user-{number}.json"));
            let text = format!(r#"[{{"id": "u-{number}", "name": "{name}", "bpoUser": true, "groups": [{groups}]}}]"#);
            fs::write(path, text).expect("written");
        };
        (0..30).for_each(|number| user(number, &format!("Ben {number}"), "\"g-1\""));
        user(40, "Zoe Zorn", "");
        commit(&tenant);
        user(50, name, "\"g-1\"");
        let staged = changed(&tenant, &["export/user-50.json"]);
        assert!(staged.code == 1 && staged.out.contains("all-scoped-reporting"), "{name}: {}", staged.out);
        let beside = changed(&tenant, &["export/user-40.json"]);
        assert_eq!((beside.code, beside.out.as_str()), (0, ""), "{name}");
    }
}

/// The hook of docs/ci.md, as somebody copies it.
#[test]
#[cfg(unix)]
fn the_hook_to_copy_checks_what_is_staged() {
    use std::os::unix::fs::PermissionsExt;
    let page = fs::read_to_string(crate::home().join("docs/ci.md")).expect("the page");
    let hook = page.split("```sh\n").find(|block| block.starts_with("#!")).and_then(|block| block.split("```").next());
    let tenant = tenant();
    fs::write(tenant.path().join("export/desk.json"), r#"{"name": "Desk", "rolePermissions": []}"#).expect("a file");
    commit(&tenant);
    let path = tenant.path().join(".git/hooks/pre-commit");
    fs::write(&path, hook.expect("a hook")).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a file");
    let program =
        std::path::Path::new(env!("CARGO_BIN_EXE_rolecall")).parent().expect("a folder").display().to_string();
    let commits = |paths: &[&str]| {
        git(&tenant, &[&["add", "--all"], paths].concat());
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=team", "-c", "user.email=team@example.com", "-c", "commit.gpgsign=false"]);
        command.env("PATH", format!("{program}:{}", std::env::var("PATH").expect("a path")));
        command.args(["commit", "--quiet", "--message", "Change"]).current_dir(tenant.path());
        let run = crate::finish(command.output().expect("git starts"));
        git(&tenant, &["reset", "--quiet", "--hard"]);
        (run.code == 0, run.out + &run.err)
    };
    let write = |name: &str, text: &str| fs::write(tenant.path().join(name), text).expect("a file");
    let trap =
        r#"{"name": "BPO Night Lead", "rolePermissions": [{"id": "reporting:reportingData:view", "scope": "All"}]}"#;
    // What is staged counts, and the work tree does not.
    write("export/night.JSONL", trap);
    git(&tenant, &["add", "export/night.JSONL"]);
    write("export/night.JSONL", "");
    let (is_made, said) = commits(&["package.json"]);
    assert!(!is_made && said.contains("`BPO Night Lead`") && said.contains("export/night.JSONL:1"), "{said}");
    write("export/night.json", trap);
    write("export/desk.json", r#"{"name": "Help", "rolePermissions": []}"#);
    let (is_made, said) = commits(&["export/desk.json"]);
    assert!(is_made, "{said}");
    // A commit that only deletes.
    fs::remove_file(tenant.path().join("export/role.json")).expect("a file");
    let (is_made, said) = commits(&["export/role.json"]);
    assert!(!is_made && said.contains("dangling-reference") && !said.contains("`BPO Lead`"), "{said}");
}

/// A partner's user with a role that may see conversations everywhere, and one that may do what is said.
fn two_roles(policies: &str) -> TempDir {
    let wide = r#"{"id": "r-wide", "name": "Quality", "permissionPolicies": [
        {"domain": "analytics", "entityName": "conversationDetail", "actionSet": ["*"]}]}"#;
    let users = r#"{"id": "u-1", "name": "Kim Ode", "username": "kim@brightline.example", "authorization": {
        "roles": [{"id": "r-wide"}, {"id": "r-agent"}],
        "grants": [{"role": {"id": "r-wide"}, "division": {"id": "*"}}, {"role": {"id": "r-agent"}, "division": {"id": "*"}}]}}"#;
    let tenant = folder(&[("export/wide.json", wide), ("export/users.json", users), ("rolecall.toml", "")]);
    fs::write(tenant.path().join("export/agent.json"), agent(policies)).expect("written");
    tenant
}

fn agent(policies: &str) -> String {
    format!(r#"{{"id": "r-agent", "name": "BPO Agent", "permissionPolicies": [{policies}]}}"#)
}

#[test]
fn what_a_change_makes_is_told_though_it_yields_to_what_was_there() {
    let narrow = r#"{"domain": "analytics", "entityName": "conversationDetail", "actionSet": ["view"], "allowConditions": true,
        "resourceConditionNode": {"variableName": "Conversation.agents", "operator": "EQ",
                                  "operands": [{"type": "VARIABLE", "value": "User.id"}]}}"#;
    let tenant = two_roles("");
    commit(&tenant);
    let path = tenant.path().join("export/agent.json");
    fs::write(&path, agent(narrow)).expect("written");
    let run = changed(&tenant, &["export/agent.json"]);
    assert!(run.out.contains("condition-bypassed") && !run.out.contains("all-scoped-reporting"), "{}", run.out);
    // What was there is as it was.
    commit(&tenant);
    fs::write(&path, agent(narrow) + "\n").expect("written");
    let run = changed(&tenant, &["export/agent.json"]);
    assert!(!run.out.contains("condition-bypassed"), "{}", run.out);
}
