//! Formats that hosts of repositories read.

use super::{TENANTS, check, plain};
use crate::{findings, finish, rolecall, run, text};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

fn tests(path: &str, arguments: &[&str]) -> Vec<TestCase> {
    let out = run(&[&["check", path, "--persona", "auditor", "--format", "junit"], arguments].concat()).out;
    let report: Report = Report::deserialize_from_str(&out).expect("JUnit");
    report.test_suites.into_iter().flat_map(|suite| suite.test_cases).collect()
}

fn number(tests: &[TestCase], wanted: NonSuccessKind) -> usize {
    tests.iter().filter(|t| matches!(&t.status, TestCaseStatus::NonSuccess { kind, .. } if *kind == wanted)).count()
}

#[test]
fn a_test_fails_for_what_makes_the_run_fail() {
    let report = plain("fixtures/guide");
    let all = findings(&report).len();
    for (least, wanted) in [("never", 0), ("info", all)] {
        let tests = tests("fixtures/guide", &["--fail-on", least]);
        assert_eq!(number(&tests, NonSuccessKind::Failure), wanted, "{least}");
        let classes: BTreeSet<_> = tests.iter().map(|t| (t.classname.clone(), t.name.clone())).collect();
        assert_eq!(classes.len(), tests.len(), "viewers take two tests of one name for one");
    }
}

#[test]
fn every_rule_is_a_test_and_what_was_not_judged_is_skipped() {
    let (tests, report) = (tests("fixtures/clean", &[]), plain("fixtures/clean"));
    let list: Value = serde_json::from_str(&run(&["rules", "--format", "json"]).out).expect("JSON");
    let rules: Vec<String> = list["rules"].as_array().expect("a list").iter().map(|rule| text(&rule["id"])).collect();
    for rule in &rules {
        let class = format!("rolecall.{rule}");
        assert!(tests.iter().any(|t| t.classname.as_ref().is_some_and(|name| name.as_str() == class)), "{rule}");
    }
    let skipped = tests.iter().filter(|t| matches!(t.status, TestCaseStatus::Skipped { .. })).count();
    assert_eq!(skipped, report["summary"]["not_evaluated"].as_array().expect("a list").len());
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_blocks() {
    let tests = tests("fixtures/hostile/truncated.json", &[]);
    assert_eq!(number(&tests, NonSuccessKind::Error), 1);
    let issues: Vec<Value> =
        serde_json::from_str(&check("fixtures/hostile/truncated.json", "gitlab").out).expect("JSON");
    assert_eq!((&issues[0]["check_name"], &issues[0]["severity"]), (&"truncated".into(), &"blocker".into()));
    let out = check("fixtures/hostile/truncated.json", "github").out;
    assert!(out.starts_with("::error file=fixtures/hostile/truncated.json,"), "{out}");
}

#[test]
fn issues_of_gitlab_have_fingerprints_of_their_own_and_paths_from_the_root() {
    for path in TENANTS {
        let issues: Vec<Value> = serde_json::from_str(&check(&format!("./{path}"), "gitlab").out).expect("JSON");
        let report = plain(path);
        assert_eq!(issues.len(), findings(&report).len() + report["problems"].as_array().expect("a list").len());
        let signs: BTreeSet<String> = issues.iter().map(|issue| text(&issue["fingerprint"])).collect();
        assert_eq!(signs.len(), issues.len(), "{path}");
        assert!(issues.iter().all(|issue| text(&issue["location"]["path"]).starts_with("fixtures/")));
    }
}

#[test]
fn a_step_shows_the_worst_and_counts_the_rest() {
    let out = check("fixtures/guide", "github").out;
    let of = |level: &str| out.lines().filter(|line| line.starts_with(&format!("::{level} "))).collect::<Vec<_>>();
    let report = plain("fixtures/guide");
    let severities =
        |wanted: &[&str]| findings(&report).iter().filter(|f| wanted.contains(&text(&f["severity"]).as_str())).count();
    let (errors, warnings) = (severities(&["critical", "high"]), severities(&["medium"]));
    assert!(errors > 10, "the fixture has more than a step shows");
    assert_eq!((of("error").len(), of("warning").len()), (10, warnings.min(10)));
    assert!(of("error").iter().take(severities(&["critical"])).all(|line| line.contains("title=critical%3A ")));
    let rest = (errors - 10) + warnings.saturating_sub(10);
    assert!(of("notice").last().is_some_and(|line| line.contains(&format!("::{rest} more findings"))), "{out}");
}

#[test]
fn the_job_summary_is_added_after_what_others_wrote() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("summary.md");
    fs::write(&path, "before\n").expect("written");
    let check = |format: &str| {
        let mut command = rolecall(&["check", "fixtures/guide", "--format", format]);
        finish(command.env("GITHUB_STEP_SUMMARY", &path).output().expect("it starts")).code
    };
    assert_eq!(check("text"), 1);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "before\n", "only who asks for it gets it");
    assert_eq!(check("github"), 1);
    let once = fs::read_to_string(&path).expect("a file");
    assert!(once.starts_with("before\n## rolecall\n") && once.contains("### 8 critical"), "{once}");
    // A summary that is nearly full takes no more than fits, and a full one nothing.
    for taken in [1024 * 1024 - 9000, 1024 * 1024 - 100, 1024 * 1024] {
        fs::write(&path, "x".repeat(taken)).expect("written");
        assert_eq!(check("github"), 1);
        assert!(fs::metadata(&path).expect("a file").len() <= 1024 * 1024);
    }
}

#[test]
fn a_comment_is_no_longer_than_a_comment_may_be() {
    let folder = tempfile::tempdir().expect("a folder");
    // The grave ones fill the page, so that the section of the others never opens.
    let role = |n: u32, permission: &str| {
        let entry = serde_json::json!({"id": permission, "scope": "All"});
        serde_json::json!({"name": format!("BPO `@team` {n}"), "rolePermissions": [entry, "user:read"]})
    };
    let roles: Vec<Value> = (0..500).map(|n| role(n, "reporting:reportingData:view")).collect();
    fs::write(folder.path().join("roles.json"), Value::from(roles).to_string()).expect("written");
    let out = check(folder.path().to_str().expect("UTF-8"), "markdown").out;
    assert!(out.len() <= 65_536 && out.len() > 50_000, "{}", out.len());
    assert!(out.contains(" more**, for which there is no room here"), "{out}");
    assert_eq!(out.matches("<details>").count(), out.matches("</details>").count());
}

#[test]
fn a_summary_is_a_few_lines() {
    for path in TENANTS {
        let out = check(path, "summary").out;
        assert!((1..=40).contains(&out.lines().count()), "{out}");
        let report = plain(path);
        assert!(out.starts_with(&format!("{} finding", findings(&report).len())) || out.starts_with("no findings"));
    }
}
