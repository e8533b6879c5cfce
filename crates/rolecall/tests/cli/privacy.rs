//! Pseudonyms: nobody's name is left, and nothing else is lost.

use crate::exports::{EXPORTS, each_made_up};
use crate::{check_json, findings, home, run, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every file below a folder, with its text.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else {
            found.push((path.display().to_string(), fs::read_to_string(&path).expect("text")));
        }
    }
    found
}

/// What names people in an export: whatever has an address has a name and may have a label.
pub(crate) fn personal(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in texts(folder) {
        let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        if path.ends_with(".tf") {
            for block in text.split("resource \"genesyscloud_user\" \"").skip(1) {
                let word = |from: &str| block.split_once(from).and_then(|(_, rest)| rest.split('"').next());
                found.extend(block.split('"').next().map(str::to_owned));
                found.extend(word("name        = \"").into_iter().chain(word("email       = \"")).map(str::to_owned));
            }
        } else {
            values.map_while(Result::ok).for_each(|value| of_value(&value, &mut found));
        }
    }
    let locals: Vec<String> = found.iter().filter_map(|text| Some(text.split_once('@')?.0.to_owned())).collect();
    found.extend(locals.into_iter().filter(|local| local.contains('.')));
    found
}

fn of_value(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| of_value(item, found)),
        Value::Object(fields) => {
            if fields.get("email").is_some_and(Value::is_string) {
                for key in ["name", "email", "username"] {
                    found.extend(fields.get(key).and_then(Value::as_str).map(str::to_owned));
                }
                let part = |key: &str| fields.get("name").and_then(|name| name.get(key)).and_then(Value::as_str);
                found.extend(part("firstName").zip(part("lastName")).map(|(first, last)| format!("{first} {last}")));
            }
            fields.values().for_each(|value| of_value(value, found));
        }
        _ => {}
    }
}

/// What a finding is about, less what names a person.
fn facts(report: &Value) -> Vec<(String, String, String, String, usize, usize)> {
    let of = |finding: &Value| {
        let subject = &finding["subject"];
        let kind = text(&subject["kind"]);
        let is_person = kind == "user";
        let is_label = text(&subject["id"]).contains('.');
        let id = if is_person && is_label { String::new() } else { text(&subject["id"]) };
        let count = |key: &str| finding[key].as_array().map_or(0, Vec::len);
        (text(&finding["rule"]), text(&finding["severity"]), kind, id, count("locations"), count("witness"))
    };
    let mut all: Vec<_> = findings(report).iter().map(of).collect();
    all.sort();
    all
}

fn assert_same_findings_and_nobody(export: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let name = out.to_str().expect("UTF-8");
    let written = run(&["pseudonymize", export, name]);
    let is_of_secrets = |line: &str| line.contains("in clear in what was written");
    assert!(written.code == 0 && written.err.lines().all(is_of_secrets), "{export} {}", written.err);
    let before = check_json(&[export, "--persona", "auditor"]).1;
    let after = check_json(&[name, "--persona", "auditor"]).1;
    assert!(facts(&before).len() > 5);
    assert_eq!(facts(&before), facts(&after), "{export}");
    let people = personal(&home().join(export));
    assert!(people.len() > 3, "{export} has people");
    for (path, text) in texts(&out) {
        for person in &people {
            assert!(!text.contains(person), "{path} still names {person}");
        }
    }
}

#[test]
fn a_pseudonymized_export_has_the_same_findings_and_names_nobody() {
    EXPORTS.into_iter().for_each(assert_same_findings_and_nobody);
}

/// The HCL of the fixtures as people write it: references bare, and comments.
#[test]
fn so_has_hcl_that_is_written_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let export = folder.path().join("hcl");
    fs::create_dir(&export).expect("a folder");
    let settings = home().join("fixtures/dialects/rolecall.toml");
    fs::copy(settings, folder.path().join("rolecall.toml")).expect("settings");
    let mut bare = 0;
    for (path, text) in texts(&home().join("fixtures/dialects/cx-as-code/hcl")) {
        let text = text.replace("\"${", "").replace(".id}\"\n", ".id # of Wim Lund\n").replace(".id}\"", ".id");
        bare += text.matches("genesyscloud_user.").count();
        fs::write(export.join(Path::new(&path).file_name().expect("a name")), text).expect("written");
    }
    assert!(bare > 50, "{bare} references");
    assert_same_findings_and_nobody(export.to_str().expect("UTF-8"));
}

#[test]
fn so_have_made_up_tenants() {
    each_made_up(3, assert_same_findings_and_nobody);
}

#[test]
fn redacted_outputs_name_nobody() {
    for export in EXPORTS {
        let people = personal(&home().join(export));
        let first = check_json(&[export, "--persona", "auditor"]).1;
        assert!(people.iter().any(|person| first.to_string().contains(person)), "{export} shows somebody at first");
        let outputs: [&[&str]; 9] = [
            &["check", "--persona", "auditor"],
            &["check", "--persona", "auditor", "-v", "--color", "always"],
            &["check", "--persona", "auditor", "--format", "json"],
            &["check", "--persona", "auditor", "--format", "sarif"],
            &["check", "--persona", "auditor", "--format", "csv"],
            &["check", "--persona", "auditor", "--format", "jsonl"],
            &["report"],
            &["graph", "--format", "graphml"],
            &["isolation", "--format", "json"],
        ];
        for output in outputs {
            let shown = run(&[output, &[export, "--redact"]].concat());
            assert!(shown.code < 2, "{output:?} {}", shown.err);
            for person in &people {
                assert!(
                    !shown.out.contains(person) && !shown.err.contains(person),
                    "{output:?} of {export} names {person}"
                );
            }
        }
        let redacted = check_json(&[export, "--persona", "auditor", "--redact"]).1;
        assert_eq!(facts(&first), facts(&redacted), "{export}");
    }
}

#[test]
fn the_same_key_gives_the_same_pseudonyms_and_is_made_where_there_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let key = path.to_str().expect("UTF-8");
    let shown = |key: &[&str]| run(&[&["check", "fixtures/guide", "--redact"][..], key].concat()).out;
    let first = shown(&["--redact-key", key]);
    assert_eq!(fs::read(&path).expect("a key").len(), 32);
    assert_eq!(first, shown(&["--redact-key", key]));
    assert_ne!(first, shown(&[]));
    fs::write(&path, "short").expect("a file");
    assert_eq!(run(&["check", "fixtures/guide", "--redact", "--redact-key", key]).code, 2);
}

#[test]
fn settings_that_name_people_go_on_to_mean_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("rolecall.toml");
    let settings = "[[expect]]\nwho = \"Ana Reis\"\ncan = [\"reporting:reportingData:view\"]\n\n[tiers.bpo]\ndomains = [\"brightline.example\"]\n";
    fs::write(&config, settings).expect("a file");
    let config = config.to_str().expect("UTF-8");
    let out = folder.path().join("out");
    let name = out.to_str().expect("UTF-8");
    assert_eq!(run(&["pseudonymize", "fixtures/guide", name, "--config", config]).code, 0);
    let before = check_json(&["fixtures/guide", "--config", config]).1;
    assert_eq!(facts(&before), facts(&check_json(&[name]).1));
    assert_eq!(facts(&before), facts(&check_json(&["fixtures/guide", "--config", config, "--redact"]).1));
    let written = fs::read_to_string(out.join("rolecall.toml")).expect("settings");
    assert!(
        !written.contains("Ana Reis") && !written.contains("brightline.example") && written.contains("who = \"Person ")
    );
}

#[test]
fn what_cannot_be_read_in_full_is_not_written_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let name = out.to_str().expect("UTF-8");
    assert_eq!(run(&["pseudonymize", "fixtures/hostile/truncated.json", name]).code, 3);
    assert!(!out.exists());
    fs::create_dir(&out).expect("a folder");
    fs::write(out.join("kept"), "kept").expect("a file");
    assert_eq!(run(&["pseudonymize", "fixtures/guide", name]).code, 2);
    assert_eq!(fs::read_dir(&out).expect("a folder").count(), 1);
}

#[test]
fn what_was_known_is_known_with_pseudonyms() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("baseline.json");
    let name = path.to_str().expect("UTF-8");
    for export in EXPORTS {
        assert_eq!(run(&["baseline", "write", export, "--baseline", name]).code, 0);
        let check =
            |more: &[&str]| check_json(&[&[export, "--persona", "auditor", "--baseline", name], more].concat()).1;
        let total = check(&[])["summary"]["baselined"].as_u64();
        let redacted = check(&["--redact"]);
        assert_eq!((findings(&redacted).len(), redacted["summary"]["baselined"].as_u64()), (0, total), "{export}");
        // One line less is one finding more, the same one; what is gone is told by pseudonyms too.
        let text = fs::read_to_string(&path).expect("a baseline");
        let line = text.lines().position(|line| line.contains("\"subject\":\"user ")).unwrap_or(1);
        let others: Vec<&str> =
            text.lines().enumerate().filter(|(row, _)| *row != line).map(|(_, line)| line).collect();
        let gone = text.lines().nth(line).expect("it").replace("\"fingerprint\":\"", "\"fingerprint\":\"x");
        // By what it is about it would be known all the same.
        let gone = gone.split(",\"entity\"").next().expect("it").to_owned() + "},";
        fs::write(&path, others.join("\n").replacen("[\n", &format!("[\n{gone}\n"), 1)).expect("written");
        let redacted = check(&["--redact"]);
        assert_eq!(facts(&check(&[])), facts(&redacted), "{export}");
        assert_eq!(findings(&redacted).len(), 1, "{export}");
        let compared = run(&["baseline", "check", export, "--baseline", name, "--redact"]);
        assert!(compared.code == 1 && compared.out.contains("gone: "), "{export} {}", compared.out);
        for person in personal(&home().join(export)) {
            let shown = format!("{redacted} {}", compared.out);
            assert!(!shown.contains(&person), "{export} names {person}");
        }
    }
}

#[test]
fn what_was_reviewed_is_reviewed_with_pseudonyms() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.lock");
    let name = path.to_str().expect("UTF-8");
    let config = "fixtures/guide.toml";
    assert_eq!(run(&["lock", "fixtures/guide", "--config", config, "--output", name]).code, 0);
    let locked = fs::read_to_string(&path).expect("a lock");
    assert!(locked.contains("group BPO Lisbon also has user Olga Petrova\n"), "the lock names somebody");
    let drift = |more: &[&str]| {
        let check = ["fixtures/guide", "--config", config, "--lock", name, "--only", "permission-drift"];
        findings(&check_json(&[&check[..], more].concat()).1).len()
    };
    assert_eq!((drift(&[]), drift(&["--redact"])), (0, 0));
    fs::write(&path, locked.replace("group BPO Lisbon also has user Olga Petrova\n", "")).expect("written");
    assert_eq!((drift(&[]), drift(&["--redact"])), (1, 1), "what nobody reviewed is told");
}

#[test]
fn settings_are_written_with_their_expectations_and_the_lock() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    for part in ["own", "shared/Ana Reis"] {
        fs::create_dir_all(at(part)).expect("a folder");
    }
    let settings =
        "# of Ana Reis\nexpect-in = [\"exp\", '../shared/Ana Reis'] # Ana Reis\n\n[tiers.bpo]\nroles = [\"BPO *\"]\n";
    fs::write(at("own/rolecall.toml"), settings).expect("written");
    fs::create_dir(at("own/exp")).expect("a folder");
    let expected = |who: &str| format!("[[expect]]\nwho = \"{who}\"\ncannot = [\"reporting:reportingData:view\"]\n");
    fs::write(at("own/exp/a.toml"), expected("Ana Reis")).expect("written");
    fs::write(at("shared/Ana Reis/b.toml"), expected("bpo")).expect("written");
    let [config, lock, out] =
        ["own/rolecall.toml", "own/rolecall.lock", "out"].map(|name| at(name).display().to_string());
    assert_eq!(run(&["lock", "fixtures/guide", "--config", &config, "--output", &lock]).code, 0);
    // A line less, and each of them is drift on both sides.
    let locked = fs::read_to_string(&lock).expect("a lock");
    fs::write(&lock, locked.replacen("routing:queue:view over All\n", "", 1)).expect("written");
    let written = run(&["pseudonymize", "fixtures/guide", &out, "--config", &config]);
    assert!(written.code == 0 && written.err.starts_with("warning: 1 secret stands in clear"), "{}", written.err);
    let before = check_json(&["fixtures/guide", "--config", &config, "--persona", "auditor"]).1;
    let after = check_json(&[&out, "--persona", "auditor"]).1;
    assert_eq!(facts(&before), facts(&after));
    for rule in ["unmet-expectation", "permission-drift"] {
        assert!(findings(&before).iter().any(|finding| finding["rule"] == rule), "{rule}");
    }
    for (path, text) in texts(&at("out")) {
        assert!(!text.contains("Ana Reis") && !path.contains("Ana Reis"), "{path} {text}");
    }
}

#[test]
fn names_in_paths_are_replaced_and_a_key_alone_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let [own, key, report, out] =
        ["Ana Reis", "key", "report.json", "out"].map(|name| folder.path().join(name).display().to_string());
    fs::create_dir(&own).expect("a folder");
    let tenant = r#"{"roles": [{"id": "r-1", "name": "BPO Agent", "rolePermissions": [{"id": "reporting:reportingData:view",
        "scope": "All"}]}], "users": [{"id": "u-1", "name": "Ana Reis", "bpoUser": true, "userRoles": ["r-1"]}]}"#;
    fs::write(Path::new(&own).join("for Ana Reis.json"), tenant).expect("written");
    let check = ["check", &own, "--format", "json", "--output", &report, "--redact-key", &key];
    let refused = run(&check);
    assert!(refused.code == 2 && refused.err.contains("--redact"), "{}", refused.err);
    assert_eq!(run(&[&check[..], &["--redact"]].concat()).code, 1);
    assert!(!fs::read_to_string(&report).expect("a report").contains("Ana Reis"));
    let held = run(&["verify", &report, &own, "--redact-key", &key]);
    assert_eq!(held.code, 0, "{}", held.out);
    assert_eq!(run(&["pseudonymize", folder.path().to_str().expect("UTF-8"), &out]).code, 0);
    let written = texts(Path::new(&out));
    assert!(written.len() == 1 && written.iter().all(|(path, _)| !path.contains("Ana Reis")), "{written:?}");
}

#[test]
fn whoever_is_called_as_a_role_or_an_account_is_goes_on_to_be_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    for (person, role) in [("CRM Sync", "Tenant Admin"), ("Admin", "Admin"), ("Olga Petrova", "Admin")] {
        let own = folder.path().join(person).display().to_string();
        let out = folder.path().join(format!("{person} out")).display().to_string();
        fs::create_dir(&own).expect("a folder");
        let tenant = format!(
            r#"{{"roles": [{{"id": "r-1", "name": "{role}", "rolePermissions": [{{"id": "authorization:role:edit", "scope": "All"}}]}},
                {{"id": "r-2", "name": "BPO Bridge", "rolePermissions": [{{"id": "user:impersonate", "scope": "Group", "groups": ["BPO Lisbon"]}}]}}],
            "users": [{{"id": "u-1", "name": "{person}", "userRoles": ["r-1"]}}, {{"id": "u-2", "name": "Ana Reis", "bpoUser": true}}],
            "groups": [{{"id": "g-1", "name": "BPO Lisbon", "members": ["{person}", "Ana Reis", "Ana Reis "]}}],
            "serviceAccounts": [{{"id": "s-1", "name": "CRM Sync", "userRoles": ["r-2"]}}]}}"#
        );
        fs::write(Path::new(&own).join("tenant.json"), tenant).expect("written");
        let check = |path: &str, more: &[&str]| check_json(&[&[path, "--persona", "auditor"], more].concat()).1;
        let plain = facts(&check(&own, &[]));
        assert!(plain.iter().any(|(_, severity, ..)| severity == "critical"), "{plain:?}");
        assert_eq!(plain, facts(&check(&own, &["--redact"])), "{person}");
        let written = run(&["pseudonymize", &own, &out]);
        assert_eq!(written.err.contains("1 person keeps a name"), person != "Olga Petrova", "{}", written.err);
        assert_eq!(plain, facts(&check(&out, &[])), "{person}");
    }
}

#[test]
fn a_redacted_baseline_is_one_of_the_export_as_it_is_and_names_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let [own, name] = ["tenant.json", "baseline.json"].map(|name| folder.path().join(name).display().to_string());
    let tenant = |person: &str| {
        format!(
            r#"{{"roles": [{{"name": "Analyst", "rolePermissions": [{{"id": "reporting:reportingData:view", "scope": "All"}}]}}],
            "users": [{{"name": "{person}", "bpoUser": true, "userRoles": ["Analyst"]}}]}}"#
        )
    };
    fs::write(&own, tenant("Ana Reis")).expect("written");
    let baseline = |what: &str, more: &[&str]| run(&[&["baseline", what, &own, "--baseline", &name], more].concat());
    assert_eq!(baseline("write", &["--redact"]).code, 0);
    let written = fs::read_to_string(&name).expect("a baseline");
    assert!(written.contains("Person ") && !written.contains("Ana Reis"), "{written}");
    assert_eq!(baseline("check", &[]).code, 0, "it fits without");
    assert_eq!(baseline("check", &["--redact"]).code, 0, "and with");
    assert_eq!(baseline("prune", &["--redact"]).code, 0);
    assert_eq!(fs::read_to_string(&name).expect("a baseline"), written);
    // Whoever left is named by no line.
    assert_eq!(baseline("write", &[]).code, 0);
    fs::write(&own, tenant("Kim Ode")).expect("written");
    let gone = baseline("check", &["--redact"]).out;
    assert!(gone.contains("gone: ") && !gone.contains("Ana Reis") && !gone.contains("Kim Ode"), "{gone}");
}
