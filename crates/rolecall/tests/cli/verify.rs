//! Reports held against the raw files, by code that shares nothing with what made them.

use crate::exports::{EXPORTS, each_made_up};
use crate::{check_json, findings, home, run, text};
use rolecall_verify::{Checked, RawFile, Report, Standing, verify};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// The exports, and the failing example of each rule.
fn exports() -> Vec<String> {
    let mut all: Vec<String> = EXPORTS.map(str::to_owned).to_vec();
    let folders = fs::read_dir(home().join("rules")).expect("the rules");
    let names = folders.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    for folder in names {
        let examples = ["fail", "fail.json"].map(|name| format!("rules/{folder}/{name}"));
        all.extend(examples.into_iter().filter(|path| home().join(path).exists()));
    }
    all.sort();
    all
}

fn report(paths: &[&str]) -> Value {
    check_json(&[&["--persona", "auditor"], paths].concat()).1
}

/// The files that a report names.
fn files(report: &Value) -> Vec<RawFile> {
    let inputs = report["inputs"].as_array().expect("a list");
    let read = |path: String| RawFile { bytes: fs::read(home().join(&path)).expect("the input"), path, redacted: None };
    inputs.iter().map(|input| read(text(&input["path"]))).collect()
}

fn checked(report: &Value, files: &[RawFile]) -> Vec<Checked> {
    verify(&Report::read(&report.to_string()).expect("a report"), files)
}

/// The same report by somebody who kept no hashes.
fn without_hashes(report: &Value) -> Value {
    let mut report = report.clone();
    for input in report["inputs"].as_array_mut().expect("a list") {
        input.as_object_mut().expect("an input").remove("sha256");
    }
    report
}

fn assert_holds(report: &Value, of: &str) {
    let checked = checked(report, &files(report));
    assert_eq!(checked.len(), findings(report).len());
    for one in &checked {
        assert_eq!((one.standing, &one.reasons), (Standing::Holds, &Vec::new()), "{of}: {} {}", one.rule, one.message);
    }
}

#[test]
fn every_finding_of_every_fixture_holds() {
    let mut proven = BTreeSet::new();
    for export in exports() {
        let report = report(&[&export]);
        assert_holds(&report, &export);
        let has_witness = |finding: &&Value| !finding["witness"].as_array().expect("a list").is_empty();
        proven.extend(findings(&report).iter().filter(has_witness).map(|finding| text(&finding["rule"])));
    }
    assert!(proven.len() >= 35, "only {proven:?} have a witness");
}

#[test]
fn every_finding_of_made_up_tenants_holds() {
    each_made_up(6, |export| {
        let report = report(&[export]);
        assert!(!findings(&report).is_empty());
        assert_holds(&report, export);
    });
}

/// Other letters and digits in a stretch of text: what it said is said no more, and its form stays.
fn spoilt(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(c) + 1).unwrap_or(c),
            'z' => 'a',
            'Z' => 'A',
            '9' => '0',
            '*' => 'x',
            other => other,
        })
        .collect()
}

#[test]
fn an_edge_that_is_edited_away_is_noticed_at_once() {
    for export in exports() {
        let report = report(&[&export]);
        let bare = without_hashes(&report);
        let files = files(&report);
        let mut places = BTreeSet::new();
        for (row, finding) in findings(&report).iter().enumerate() {
            for step in finding["witness"].as_array().expect("a list") {
                let place = &step["location"];
                let offset =
                    |end: &str| usize::try_from(place[end]["offset"].as_u64().expect("a number")).expect("small");
                places.insert((text(&place["path"]), offset("start"), offset("end"), row));
            }
        }
        for (path, start, end, row) in places {
            let mut edited = files.clone();
            let file = edited.iter_mut().find(|file| file.path == path).expect("the file");
            let own = String::from_utf8(file.bytes[start..end].to_vec()).expect("UTF-8");
            file.bytes.splice(start..end, spoilt(&own).into_bytes());
            let about = |checked: Vec<Checked>| checked.into_iter().nth(row).expect("the finding");
            let found = about(checked(&bare, &edited));
            assert_eq!(found.standing, Standing::DoesNotHold, "{path} {start}: {} {own}", found.message);
            assert_eq!(about(checked(&report, &edited)).standing, Standing::InputChanged, "{path} {start}");
        }
    }
}

#[test]
fn a_scope_or_an_end_that_is_edited_is_noticed() {
    let report = report(&["fixtures/guide"]);
    let bare = without_hashes(&report);
    let files = files(&report);
    let about = |rule: &str, subject: &str, edits: &[(&str, &str, &str)]| {
        let mut files = files.clone();
        for (path, old, new) in edits {
            let file = files.iter_mut().find(|file| file.path.ends_with(path)).expect("the file");
            let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
            assert!(text.contains(old) && old.len() == new.len(), "{old}");
            file.bytes = text.replace(old, new).into_bytes();
        }
        let row = findings(&report).iter().position(|f| f["rule"] == rule && f["subject"]["name"] == subject);
        checked(&bare, &files).into_iter().nth(row.expect("the finding")).expect("it")
    };
    let rule = "all-scoped-reporting";
    assert_eq!(about(rule, "Ana Reis", &[]).standing, Standing::Holds);
    for edit in [
        ("roles.json", "\"scope\": \"All\"", "\"scope\":\"Self\""),
        ("users/page-1.json", "\"u-221\"", "\"u-229\""),
        ("groups.json", "\"Planning\"", "\"Plannung\""),
        ("groups.json", "\"Claims Analyst\"", "\"Claims Analyzt\""),
    ] {
        let found = about(rule, "Ana Reis", &[edit]);
        assert_eq!(found.standing, Standing::DoesNotHold, "{edit:?}");
    }
}

/// What changes a finding.
type Forge = fn(&mut Value);

/// Ways to forge a finding that leave its files as they are.
fn forgeries() -> Vec<(&'static str, Forge)> {
    vec![
        ("another subject", |f| f["subject"] = json!({"kind": "user", "id": "u-999", "name": "Innocent Person"})),
        ("another kind of subject", |f| f["subject"]["kind"] = json!("group")),
        ("no places", |f| f["locations"] = json!([])),
        ("two primary places", |f| {
            let first = f["locations"][0].clone();
            f["locations"].as_array_mut().expect("a list").push(first);
        }),
        ("a file that nobody read", |f| f["locations"][0]["path"] = json!("nowhere.json")),
        ("another line", |f| f["locations"][0]["start"]["line"] = json!(999)),
        ("another column", |f| f["locations"][0]["end"]["column"] = json!(999)),
        ("another name at the start", |f| f["witness"][0]["from"]["name"] = json!("Innocent Person")),
        ("another name within the chain", |f| {
            f["witness"][0]["to"]["name"] = json!("Innocent");
            f["witness"][1]["from"]["name"] = json!("Innocent");
        }),
        ("another edge", |f| f["witness"][0]["edge"] = json!("impersonates")),
        ("an edge that there is not", |f| f["witness"][0]["edge"] = json!("knows")),
        ("a chain without its middle", |f| drop(f["witness"].as_array_mut().expect("a list").remove(1))),
        ("a chain without its end", |f| drop(f["witness"].as_array_mut().expect("a list").pop())),
        ("a permission by another name", |f| {
            f["witness"].as_array_mut().expect("a list").last_mut().expect("an edge")["to"]["name"] = json!("a:b:c");
        }),
        ("no scope", |f| {
            let end = f["witness"].as_array_mut().expect("a list").last_mut().expect("an edge");
            end.as_object_mut().expect("an edge").remove("over");
        }),
    ]
}

#[test]
fn a_finding_that_is_forged_does_not_hold() {
    for export in EXPORTS {
        let report = report(&[export]);
        let files = files(&report);
        // Its subject is on the way to the entry that it is about.
        let has_chain = |f: &&Value| {
            let chain = f["witness"].as_array().expect("a list");
            let is_end = chain.iter().any(|step| step["from"] == f["subject"]);
            let offset = |place: &Value| place["start"]["offset"].as_u64();
            let is_within = |place: &Value| offset(place) <= offset(&f["locations"][0]);
            let is_entry = |step: &Value| step["edge"] == "grants" && is_within(&step["location"]);
            is_end && chain.len() > 1 && chain.last().is_some_and(is_entry)
        };
        let genuine = findings(&report).iter().find(has_chain).expect("a finding with a chain").clone();
        let standing = |finding: &Value, inputs: &Value| {
            let mut forged = report.clone();
            forged["inputs"] = inputs.clone();
            forged["findings"] = json!([finding]);
            checked(&forged, &files).remove(0).standing
        };
        assert_eq!(standing(&genuine, &report["inputs"]), Standing::Holds, "{export}");
        assert_eq!(standing(&genuine, &json!([])), Standing::DoesNotHold, "{export}: no inputs");
        for (what, forge) in forgeries() {
            let mut forged = genuine.clone();
            forge(&mut forged);
            assert_eq!(standing(&forged, &report["inputs"]), Standing::DoesNotHold, "{export}: {what}");
            // Without a chain there is less to see through, and places still have to be right.
            if forged["locations"] != genuine["locations"] {
                forged["witness"] = json!([]);
                assert_eq!(standing(&forged, &report["inputs"]), Standing::DoesNotHold, "{export}: only {what}");
            }
        }
    }
}

#[test]
fn a_person_whose_name_is_in_two_parts_is_known_by_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let export = folder.path().join("tenant.json").display().to_string();
    for names in [
        r#"{"firstName": "Kim", "lastName": "Ode"}"#,
        r#"{"givenName": "Kim", "familyName": "Ode"}"#,
        r#"{"firstName": "Kim"}"#,
    ] {
        let text = format!(
            r#"{{"roles": [{{"name": "BPO Agent", "rolePermissions": [{{"id": "reporting:reportingData:view", "scope": "All"}}]}}],
            "users": [{{"name": {names}, "email": "kim@x.example", "bpoUser": true, "userRoles": ["BPO Agent", "Lost"]}}]}}"#
        );
        fs::write(&export, text).expect("written");
        let report = report(&[&export]);
        let is_theirs = |f: &&Value| f["witness"][0]["from"]["kind"] == "user" || f["subject"]["kind"] == "user";
        assert!(findings(&report).iter().filter(is_theirs).count() > 1);
        assert_holds(&report, names);
        let other = text_of(&export).replace("\"Kim\"", "\"Tim\"");
        fs::write(&export, other).expect("written");
        let standings = checked(&without_hashes(&report), &files(&report));
        assert!(standings.iter().any(|one| one.standing == Standing::DoesNotHold), "{names}");
    }
}

fn text_of(path: &str) -> String {
    fs::read_to_string(path).expect("the file")
}

#[test]
fn what_an_assignment_without_a_known_subject_joins_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let hcl = folder.path().join("main.tf").display().to_string();
    let text = "resource \"genesyscloud_auth_role\" \"agent\" {\n  name = \"Agent Desk\"\n}\n\
                resource \"genesyscloud_user_roles\" \"lee\" {\n  user_id = var.lee\n  roles {\n    \
                role_id = genesyscloud_auth_role.agent.id\n  }\n}\n";
    fs::write(&hcl, text).expect("written");
    for export in ["rules/unresolved-reference/fail.json", &hcl] {
        let report = report(&[export]);
        let is_meant = |f: &Value| f["rule"] == "unresolved-reference" && f["subject"]["kind"] == "role";
        let row = findings(&report).iter().position(is_meant).expect("the finding");
        let standing = |files: &[RawFile]| checked(&without_hashes(&report), files)[row].standing;
        let mut files = files(&report);
        assert_eq!(standing(&files), Standing::Holds, "{export}");
        let text = String::from_utf8(files[0].bytes.clone()).expect("UTF-8");
        files[0].bytes =
            text.replace("genesyscloud_auth_role.agent.id", "genesyscloud_auth_role.other.id").into_bytes();
        assert_eq!(standing(&files), Standing::DoesNotHold, "{export}");
    }
}

#[test]
fn a_report_is_verified_wherever_the_export_lies_and_not_when_a_file_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let name = path.to_str().expect("UTF-8");
    run(&["report", "fixtures/dialects/platform", "--format", "json", "--output", name]);
    let held = run(&["verify", name, "fixtures/dialects/platform"]);
    assert_eq!((held.code, held.err.as_str()), (0, ""));
    assert!(held.out.contains(" 0 do not hold, 0 rest on input that changed"), "{}", held.out);
    // From within the folder every path is shorter.
    let mut command = crate::rolecall(&["verify", name, "."]);
    command.current_dir(home().join("fixtures/dialects/platform"));
    assert_eq!(crate::finish(command.output().expect("it starts")).code, 0);
    let part = run(&["verify", name, "fixtures/dialects/platform/roles-1.json"]);
    assert_eq!(part.code, 1);
    assert!(part.out.contains("input changed: ") && part.out.contains("is not the file that was read"), "{}", part.out);
    assert_eq!(run(&["verify", name, "fixtures/no-such-folder"]).code, 3);
    assert_eq!(run(&["verify", "Cargo.toml", "fixtures/guide"]).code, 2);
}

#[test]
fn a_redacted_report_is_held_against_the_files_with_its_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let [report, key] = ["report.json", "key"].map(|name| folder.path().join(name).display().to_string());
    for export in EXPORTS {
        let made = ["check", export, "--persona", "auditor", "--format", "json", "--output", &report];
        run(&[&made[..], &["--redact", "--redact-key", &key]].concat());
        let shown: Value = serde_json::from_str(&fs::read_to_string(&report).expect("a report")).expect("JSON");
        let open = self::report(&[export]);
        assert_eq!(shown["inputs"], open["inputs"], "{export}: the hashes are those of the files");
        assert_eq!((&shown["redacted"], &open["redacted"]), (&Value::Bool(true), &Value::Null));
        let held = run(&["verify", &report, export, "--redact-key", &key]);
        let total = findings(&open).len();
        assert_eq!(held.code, 0, "{export}: {}", held.out);
        assert!(
            held.out.contains(&format!("{total} hold, 0 do not hold, 0 rest on input that changed")),
            "{}",
            held.out
        );
        // Without the key nothing can be said.
        let blind = run(&["verify", &report, export]);
        assert_eq!((blind.code, blind.out.as_str()), (2, ""));
        assert!(blind.err.contains("--redact-key"), "{}", blind.err);
        let other = folder.path().join("other").display().to_string();
        assert_eq!(run(&["verify", &report, export, "--redact-key", &other]).code, 2, "a key is not made here");
        fs::write(&other, [7; 32]).expect("a key");
        let code = run(&["verify", &report, export, "--redact-key", &other]).code;
        assert_eq!(code, 1, "{export}: people are called otherwise");
        fs::remove_file(&other).expect("it was there");
        fs::remove_file(&key).expect("it was there");
    }
}

#[test]
fn a_file_that_changed_is_told_of_a_redacted_report_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let [report, key, export] =
        ["report.json", "key", "users.json"].map(|name| folder.path().join(name).display().to_string());
    let text = fs::read_to_string(home().join("fixtures/guide/roles.json")).expect("the fixture");
    fs::write(&export, &text).expect("written");
    run(&["check", &export, "--format", "json", "--output", &report, "--redact", "--redact-key", &key]);
    assert_eq!(run(&["verify", &report, &export, "--redact-key", &key]).code, 0);
    fs::write(&export, text + "\n").expect("written");
    let changed = run(&["verify", &report, &export, "--redact-key", &key]);
    assert!(changed.code == 1 && changed.out.contains("input changed: "), "{}", changed.out);
}
