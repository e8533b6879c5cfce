//! A row or a line a finding.

use super::{TENANTS, check, plain};
use crate::{findings, run, text};
use serde_json::Value;
use std::fs;

#[test]
fn a_row_of_csv_is_a_problem_or_a_finding() {
    for path in TENANTS {
        let report = plain(path);
        let out = check(path, "csv").out;
        let mut reader = csv::Reader::from_reader(out.as_bytes());
        let head = reader.headers().expect("a head").clone();
        let at = |name: &str| head.iter().position(|column| column == name).expect("a column");
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("CSV");
        let (problems, rows): (Vec<_>, Vec<_>) = rows.iter().partition(|row| &row[at("type")] == "problem");
        assert_eq!(problems.len(), report["problems"].as_array().expect("a list").len(), "{path}");
        assert_eq!(rows.len(), findings(&report).len(), "{path}");
        for (row, finding) in rows.iter().zip(findings(&report)) {
            assert_eq!(row[at("fingerprint")], text(&finding["fingerprint"]));
            assert_eq!(row[at("line")], finding["locations"][0]["start"]["line"].to_string());
            assert_eq!(row[at("path")], text(&finding["locations"][0]["path"]));
        }
    }
}

#[test]
fn every_line_says_what_said_it_of_what() {
    for path in TENANTS {
        let report = plain(path);
        let out = check(path, "jsonl").out;
        let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        for line in &lines {
            assert_eq!((&line["schema"], &line["tool"]), (&"rolecall/lines/v1".into(), &report["tool"]));
            assert_eq!(line["input"], lines[0]["input"]);
        }
        let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
        assert_eq!(of("run").len(), 1);
        assert_eq!(lines[0]["summary"], report["summary"]);
        assert_eq!(lines[0]["complete"], report["problems"].as_array().is_some_and(Vec::is_empty));
        assert_eq!(of("problem").len(), report["problems"].as_array().expect("a list").len());
        let found = of("finding");
        assert_eq!(found.len(), findings(&report).len());
        for (line, finding) in found.iter().zip(findings(&report)) {
            for (key, value) in finding.as_object().expect("an object") {
                assert_eq!(&line[key], value, "{key}");
            }
        }
    }
}

#[test]
fn an_export_is_known_again_wherever_it_lies() {
    let input = |path: &str| -> Value {
        let out = run(&["check", path, "--format", "jsonl"]).out;
        serde_json::from_str::<Value>(out.lines().next().expect("a line")).expect("JSON")["input"].clone()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let roles = fs::read_to_string(crate::home().join("fixtures/guide/roles.json")).expect("a file");
    fs::write(folder.path().join("other-name.json"), &roles).expect("written");
    let copy = input(folder.path().to_str().expect("UTF-8"));
    assert_eq!(copy, input("fixtures/guide/roles.json"));
    fs::write(folder.path().join("other-name.json"), roles + " ").expect("written");
    assert_ne!(copy, input(folder.path().to_str().expect("UTF-8")));
}
