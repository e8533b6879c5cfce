//! What is accepted or listed in the baseline is there, and marked.

use crate::{finish, rolecall};
use quick_junit::{TestCase, TestCaseStatus};
use serde_json::{Value, json};
use serde_sarif::sarif::{Result, Sarif};
use std::fs;

const ACCEPTED: &str = "[[allow]]\nrule = \"all-scoped-reporting\"\nentity = \"BPO Lead\"\nreason = \"=agreed\\u202E\"\n\
                        owner = \"Kim\"\nticket = \"OPS-1\"\n";

/// A tenant with one finding accepted, one in the baseline and one that is new.
fn tenant() -> tempfile::TempDir {
    let role = |name: &str| {
        let entry = json!({"id": "reporting:reportingData:view", "scope": "All"});
        json!({"id": name, "name": name, "rolePermissions": [entry]})
    };
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("rolecall.toml", ACCEPTED);
    write("roles.json", &json!([role("BPO Lead"), role("BPO Known")]).to_string());
    let mut baseline = rolecall(&["baseline", "write", "roles.json"]);
    assert_eq!(finish(baseline.current_dir(folder.path()).output().expect("it starts")).code, 0);
    write("roles.json", &json!([role("BPO Lead"), role("BPO Known"), role("BPO New")]).to_string());
    folder
}

fn check(format: &str) -> String {
    let folder = tenant();
    let mut command = rolecall(&["check", "roles.json", "--only", "all-scoped-reporting", "--format", format]);
    let run = finish(command.current_dir(folder.path()).output().expect("it starts"));
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    run.out
}

#[test]
fn sarif_has_suppressions_and_states() {
    let log: Sarif = serde_json::from_str(&check("sarif")).expect("SARIF");
    let results = log.runs[0].results.as_ref().expect("results");
    let of = |name: &str| -> &Result {
        let is_of =
            |r: &&Result| r.properties.as_ref().is_some_and(|p| p.additional_properties["subject"]["name"] == name);
        results.iter().find(is_of).expect("a result")
    };
    assert_eq!(results.len(), 3);
    assert_eq!(of("BPO New").baseline_state, Some("new".into()));
    assert_eq!(of("BPO Known").baseline_state, Some("unchanged".into()));
    assert!(of("BPO Known").suppressions.is_none() && of("BPO New").suppressions.is_none());
    let suppressions = of("BPO Lead").suppressions.as_ref().expect("a suppression");
    assert_eq!(suppressions[0].justification.as_deref(), Some("Kim: =agreed\\u{202e} (OPS-1)"));
    let place = suppressions[0].location.as_ref().and_then(|at| at.physical_location.as_ref()).expect("a place");
    assert_eq!(place.artifact_location.as_ref().and_then(|file| file.uri.as_deref()), Some("rolecall.toml"));
    let region = place.region.as_ref().expect("a region");
    // `"all-scoped-reporting"`, which opens the entry.
    assert_eq!((region.start_line, region.start_column, region.end_column), (Some(2), Some(8), Some(30)));
}

#[test]
fn lines_and_rows_say_by_whom_and_why() {
    let lines: Vec<Value> = check("jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let named = |kind: &str| {
        lines.iter().filter(|l| l["type"] == kind).map(|l| l["subject"]["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (named("finding"), named("accepted"), named("known")),
        (vec!["BPO New".into()], vec!["BPO Lead".into()], vec!["BPO Known".into()])
    );
    let out = check("csv");
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("CSV")).collect();
    let last =
        |kind: &str| rows.iter().find(|row| &row[0] == kind).and_then(|row| row.iter().next_back()).expect("a row");
    assert_eq!((last("finding"), last("known")), ("", "listed in the baseline"));
    assert_eq!(last("accepted"), "Kim: =agreed\\u{202e} (OPS-1)");
}

#[test]
fn a_test_that_is_spared_is_skipped() {
    let report = quick_junit::Report::deserialize_from_str(&check("junit")).expect("JUnit");
    let tests: Vec<_> = report.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
    let skipped = |test: &&&TestCase| matches!(test.status, TestCaseStatus::Skipped { .. });
    let names: Vec<&str> = tests.iter().filter(skipped).map(|test| test.name.as_str()).collect();
    assert_eq!((tests.len(), names), (3, vec!["role BPO Lead", "role BPO Known"]));
}
