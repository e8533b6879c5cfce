//! Names that mean something to whoever reads a format.

use super::TENANTS;
use crate::run;
use rolecall_report::FORMATS;
use rolecall_source::needs_escape;
use serde_json::{Value, json};
use std::fs;

/// Names that would break out of a format that does not escape them.
const NAMES: [&str; 12] = [
    "=HYPERLINK(\"http://x.example\",\"a\")",
    "@SUM(1)",
    "\n::error file=x::y",
    "%0A::set-output name=x::y",
    "\u{202e}drow\u{2066}\u{9b}31m\u{1b}[31m",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>]]>",
    "[click](javascript:alert(1)) | a | b |",
    "```\n# Heading\n- item",
    "\"quoted\", 'and', \\ \u{0}\u{7f}\u{fffe}\u{ffff}",
    "{0} {{1}} %s ${x}",
    "@everyone #1 **bold** ~~gone~~ <!-- -->",
];

/// A tenant in which every name is hostile and every role is a trap.
fn tenant() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let roles: Vec<Value> = NAMES
        .iter()
        .map(|name| {
            let entry = json!({"id": "reporting:reportingData:view", "scope": "All"});
            json!({"id": name, "name": format!("{name} BPO"), "rolePermissions": [entry, {"id": "a:b:c", "scope": name}], "inheritsFrom": [name]})
        })
        .collect();
    let users: Vec<Value> = NAMES
        .iter()
        .map(|name| json!({"id": format!("u{name}"), "name": name, "bpoUser": true, "email": name, "userRoles": [format!("{name} BPO")]}))
        .collect();
    let bundle = json!({"roles": roles, "users": users}).to_string();
    fs::write(folder.path().join("=%0A [x](y) \u{202e}.json"), bundle).expect("written");
    folder
}

#[test]
fn no_format_holds_a_raw_control_or_bidirectional_character() {
    let hostile = tenant();
    let path = hostile.path().to_str().expect("UTF-8");
    for format in FORMATS {
        for path in TENANTS.iter().chain(&["fixtures/dialects", path]) {
            let out = run(&["check", path, "--persona", "auditor", "--format", format.name]).out;
            let raw = out.chars().find(|c| *c != '\n' && needs_escape(*c));
            assert_eq!(raw, None, "{path} as {}", format.name);
        }
    }
}

#[test]
fn a_name_cannot_end_a_row_a_line_or_a_string() {
    let hostile = tenant();
    let path = hostile.path().to_str().expect("UTF-8");
    let plain = super::plain(path);
    let number = crate::findings(&plain).len();
    assert!(number >= NAMES.len(), "{number}");
    let out = super::check(path, "csv").out;
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    for row in reader.records().map(|row| row.expect("CSV")) {
        for cell in &row {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
    let out = super::check(path, "sarif").out;
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&out).expect("SARIF");
    let results = log.runs[0].results.as_ref().expect("results");
    assert_eq!(results.len(), number);
    for result in results {
        let text = result.message.text.as_ref().expect("text");
        assert!(!text.contains(needs_escape) && !text.contains("[click](") && !text.contains("[x]("), "{text}");
    }
}

#[test]
fn no_line_of_a_log_is_a_command_wherever_it_is_wrapped() {
    let folder = tempfile::tempdir().expect("a folder");
    let entry = json!({"id": "reporting:reportingData:view", "scope": "All"});
    // Some of these lengths put the command where a line is wrapped.
    let name = |length: usize| format!("BPO {} ::error::x ##[error]y", "a".repeat(length));
    let role = |length: usize| json!({"id": format!("r-{length}"), "name": name(length), "rolePermissions": [entry]});
    let user = |length: usize| json!({"id": format!("u-{length}"), "name": name(length), "bpoUser": true, "userRoles": [format!("r-{length}")]});
    let bundle =
        json!({"roles": (1..70).map(role).collect::<Vec<_>>(), "users": (1..70).map(user).collect::<Vec<_>>()});
    let path = folder.path().join("tenant ##[x].json");
    fs::write(&path, serde_json::to_string_pretty(&bundle).expect("JSON")).expect("written");
    let path = path.to_str().expect("UTF-8");
    let shown: [&[&str]; 5] = [
        &["check", path],
        &["check", path, "-v", "--color", "always"],
        &["check", path, "--format", "summary"],
        &["who-can", "reporting:reportingData:view", path, "-v"],
        &["diff", "fixtures/clean", path],
    ];
    for arguments in shown {
        let run = run(arguments);
        assert!(run.code < 2, "{}", run.err);
        // Where `check` wraps, by the rules of Unicode, no line begins with a colon anyhow.
        assert!(run.out.contains("\n    : :error::x") || arguments[0] == "check", "{arguments:?} wraps none");
        for line in run.out.lines().chain(run.err.lines()) {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
        }
    }
}
