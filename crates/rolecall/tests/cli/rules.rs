//! Rules as data: the built-in ones, a user's, and broken ones.

use crate::{check_json, findings, home, run, text};
use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn every_built_in_rule_passes_the_harness() {
    let run = run(&["rules", "test", "rules"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn a_slash_at_the_end_of_a_rules_folder_changes_nothing() {
    let run = run(&["rules", "test", "./rules/all-scoped-reporting/"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn how_a_rules_folder_is_spelled_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    // What it finds is in its settings.
    copy("unmatched-setting", &folder.path().join("rules/unmatched-setting"), |page| page);
    let absolute = folder.path().join("rules");
    for (at, dir) in [
        ("", "rules"),
        ("", "./rules"),
        ("", "rules/unmatched-setting"),
        ("rules", "."),
        ("rules", "../rules/unmatched-setting"),
        ("rules/unmatched-setting", "."),
        ("", absolute.to_str().expect("UTF-8")),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rolecall"));
        let ran = command.current_dir(folder.path().join(at)).args(["rules", "test", dir]).output().expect("a run");
        let out = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && out.contains("1 passed"), "{dir} from `{at}`: {out}");
    }
}

#[test]
fn the_list_and_the_pages_agree() {
    let list: Value = serde_json::from_str(&run(&["rules", "--format", "json"]).out).expect("JSON");
    let rules = list["rules"].as_array().expect("a list");
    let folders = fs::read_dir(home().join("rules"))
        .expect("the folder")
        .filter(|e| e.as_ref().expect("an entry").path().join("rule.md").is_file())
        .count();
    assert_eq!(rules.len(), folders);
    for rule in rules {
        let page = run(&["explain", rule["id"].as_str().expect("text")]);
        assert!(
            page.code == 0
                && page.out.starts_with(rule["title"].as_str().expect("text"))
                && page.out.contains("\nFix\n")
        );
    }
    insta::assert_snapshot!("explain", run(&["explain", "all-scoped-reporting"]).out);
}

/// A rule folder of a user.
fn copy(from: &str, to: &Path, change: impl Fn(String) -> String) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(home().join("rules").join(from)).expect("the rule") {
        let path = entry.expect("an entry").path();
        let body = fs::read_to_string(&path).expect("text");
        let body = if path.ends_with("rule.md") { change(body) } else { body };
        fs::write(to.join(path.file_name().expect("a name")), body).expect("a file");
    }
}

#[test]
fn a_built_in_rule_under_another_id_finds_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    for rule in ["all-scoped-reporting", "system-role-assigned", "dangling-reference"] {
        let mine = format!("my-{rule}");
        copy(rule, &folder.path().join(&mine), |page| page);
        let path = folder.path().to_str().expect("UTF-8");
        let (_, report) = check_json(&["fixtures/guide", "--rules", path, "--only", rule, "--only", &mine]);
        let of = |id: &str| -> Vec<Value> {
            let mut own: Vec<Value> = findings(&report).iter().filter(|f| f["rule"] == id).cloned().collect();
            for finding in &mut own {
                let fields = finding.as_object_mut().expect("an object");
                for field in ["rule", "docs", "fingerprint"] {
                    fields.remove(field);
                }
            }
            own
        };
        assert!(!of(rule).is_empty());
        assert_eq!(of(rule), of(&mine));
    }
}

#[test]
fn a_users_rule_of_three_files_is_tested_and_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let rule = folder.path().join("partner-exports");
    fs::create_dir_all(&rule).expect("a folder");
    let page = "# Partners never export\n\n```toml\nseverity = \"high\"\nconfidence = \"high\"\nsince = \"1\"\nmessage = \"{subject} exports {permission}\"\nlabel = \"{permission}\"\nhelp = \"{mend}\"\n\n[match.grant]\npermission = [\"*:*:export\"]\ntier = \"bpo\"\n```\n\n## Why\n\nIt leaves.\n\n## Fix\n\nRemove it.\n";
    let role = |name: &str, permission: &str| {
        format!(r#"[{{"name": "{name}", "rolePermissions": [{{"id": "{permission}", "scope": "All"}}]}}]"#)
    };
    fs::write(rule.join("rule.md"), page).expect("a file");
    fs::write(rule.join("fail.json"), role("BPO Agent", "analytics:report:export")).expect("a file");
    fs::write(rule.join("pass.json"), r#"[{"name": "Analyst", "rolePermissions": ["analytics:report:export"]}, {"name": "BPO Agent", "rolePermissions": ["analytics:report:view"]}]"#).expect("a file");
    let path = rule.to_str().expect("UTF-8");
    assert_eq!(run(&["rules", "test", path]).code, 1, "there is no snapshot yet");
    assert_eq!(run(&["rules", "test", path, "--update"]).code, 0);
    let tested = run(&["rules", "test", path]);
    assert_eq!(tested.code, 0, "{}", tested.out);
    let used =
        run(&["check", rule.join("fail.json").to_str().expect("UTF-8"), "--rules", path, "--only", "partner-exports"]);
    assert!(used.code == 1 && used.out.contains("role `BPO Agent` exports `analytics:report:export`"), "{}", used.out);
    // A clause that changes nothing is refused.
    fs::write(rule.join("pass.json"), r#"[{"name": "Analyst", "rolePermissions": []}]"#).expect("a file");
    let vacuous = run(&["rules", "test", path]);
    assert!(
        vacuous.code == 1 && vacuous.out.contains("`match.grant.permission` makes no difference"),
        "{}",
        vacuous.out
    );
}

#[test]
fn a_broken_rule_file_is_fatal_with_a_place_and_a_suggestion() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken: [(&str, &str, &str); 9] = [
        ("capability = [", "capabilty = [", "did you mean `capability`?"),
        ("[match.grant]", "[match.grnt]", "did you mean `grant`?"),
        ("scope = [\"all\"]", "scope = [\"al\"]", "did you mean `all`?"),
        ("tier = \"bpo\"", "tier = \"bop\"", "did you mean `bpo`?"),
        ("{subject}", "{subjet}", "did you mean `subject`?"),
        ("## Why", "## Reason", "add `## Why`"),
        ("since = ", "yields-to = [\"all-scoped-recordin\"]\nsince = ", "did you mean `all-scoped-recording`?"),
        ("scope = [\"all\"]", "scope = []", "`scope` is an empty list"),
        ("severity = \"critical\"", "severity = critical", "rule.md:4:"),
    ];
    for (right, wrong, said) in broken {
        copy("all-scoped-reporting", &folder.path().join("mine"), |page| page.replacen(right, wrong, 1));
        let run = run(&["check", "fixtures/clean", "--rules", folder.path().to_str().expect("UTF-8")]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{wrong}");
        assert!(
            run.err.contains(said) && run.err.contains("rule.md") && run.err.contains("nothing was checked"),
            "{wrong}: {}",
            run.err
        );
    }
}

#[test]
fn a_folder_without_rules_and_a_taken_id_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    assert_eq!(run(&["check", "fixtures/clean", "--rules", path]).code, 2);
    copy("all-scoped-reporting", &folder.path().join("all-scoped-reporting"), |page| page);
    let taken = run(&["check", "fixtures/clean", "--rules", path]);
    assert!(taken.code == 2 && taken.err.contains("given twice"), "{}", taken.err);
    copy("all-scoped-reporting", &folder.path().join("Not_Kebab"), |page| page);
    assert!(
        run(&["rules", "test", folder.path().join("Not_Kebab").to_str().expect("UTF-8")]).err.contains("is no rule id")
    );
}

#[test]
fn what_cannot_be_judged_is_listed() {
    let (_, report) = check_json(&["fixtures/published/role.json"]);
    let unjudged = report["summary"]["not_evaluated"].as_array().expect("a list");
    let reason = |rule: &str| unjudged.iter().find(|n| n["rule"] == rule).map(|n| text(&n["reason"]));
    assert_eq!(reason("missing-bpo-flag").as_deref(), Some("no users in the input"));
    assert_eq!(reason("all-scoped-reporting"), None);
}

#[test]
fn the_worked_examples_pass_the_harness() {
    let run = run(&["rules", "test", "docs/examples"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn a_new_rule_works_as_it_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().to_str().expect("UTF-8");
    assert_eq!(run(&["rules", "new", "partner-exports", "--dir", dir]).code, 0);
    let rule = folder.path().join("partner-exports");
    let test = run(&["rules", "test", rule.to_str().expect("UTF-8")]);
    assert_eq!((test.code, test.out.lines().last()), (0, Some("1 passed, 0 failed")), "{}", test.out);
    let (code, report) =
        check_json(&[rule.join("fail.json").to_str().expect("UTF-8"), "--rules", dir, "--only", "partner-exports"]);
    assert_eq!((code, findings(&report).len()), (1, 1));
    assert_eq!(run(&["rules", "new", "partner-exports", "--dir", dir]).code, 2, "what is there is not touched");
    assert_eq!(run(&["rules", "new", "Partner Exports", "--dir", dir]).code, 2);
    let taken = run(&["rules", "new", "all-scoped-reporting", "--dir", dir]);
    assert!(taken.code == 2 && taken.err.contains("there is a built-in rule"), "{}", taken.err);
    assert!(!folder.path().join("all-scoped-reporting").exists());
}

#[test]
fn a_team_may_judge_a_rule_otherwise_for_everybody_or_for_a_tier() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    let check = |settings: &str| {
        std::fs::write(&path, settings).expect("written");
        let arguments = ["fixtures/guide", "--only", "unused-role", "--only", "all-scoped-recording", "--config"];
        let (_, report) = check_json(&[&arguments[..], &[path.to_str().expect("UTF-8")]].concat());
        let row = |f: &serde_json::Value| {
            format!("{} {} {}", text(&f["rule"]), text(&f["severity"]), text(&f["subject"]["name"]))
        };
        let mut rows: Vec<String> = findings(&report).iter().map(row).collect();
        rows.sort();
        (rows, report["summary"]["suppressed"].as_u64())
    };
    let recordings = |severity: &str| {
        [
            format!("all-scoped-recording {severity} BPO Supervisor EMEA"),
            format!("all-scoped-recording {severity} Joana Pinto"),
        ]
    };
    let unused = "unused-role info Pilot 2024".to_owned();
    let with = |severity: &str, more: Option<&String>| {
        recordings(severity).into_iter().chain(more.cloned()).collect::<Vec<_>>()
    };
    assert_eq!(check(""), (with("high", Some(&unused)), Some(0)));
    assert_eq!(check("[rules.all-scoped-recording]\nseverity = 'low'\n"), (with("low", Some(&unused)), Some(0)));
    // The tier comes before everybody.
    let both = "[rules.all-scoped-recording]\nseverity = 'low'\n[tiers.bpo.rules.all-scoped-recording]\nseverity = 'critical'\n";
    assert_eq!(check(both), (with("critical", Some(&unused)), Some(0)));
    assert_eq!(check("[rules.unused-role]\noff = true\n"), (with("high", None), Some(0)));
    let (rows, suppressed) = check("[tiers.supervisor.rules.all-scoped-recording]\noff = true\n");
    assert_eq!((rows, suppressed), (vec![unused.clone()], Some(2)), "both are supervisors");
    std::fs::write(&path, "[rules.unsued-role]\noff = true\n").expect("written");
    let wrong = run(&["check", "fixtures/guide", "--config", path.to_str().expect("UTF-8")]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("`unsued-role`") && wrong.err.contains("did you mean `unused-role`"), "{}", wrong.err);
}

/// A page is of use when it says what to change: a place in Admin, an attribute or a call, and a call that there is.
#[test]
fn every_fix_names_what_to_click_or_edit_and_only_calls_that_the_catalogue_knows() {
    let catalogue =
        fs::read_to_string(home().join("crates/rolecall-engine/data/catalogue.json")).expect("the catalogue");
    for entry in fs::read_dir(home().join("rules")).expect("the folder") {
        let Ok(page) = fs::read_to_string(entry.expect("an entry").path().join("rule.md")) else { continue };
        let (title, fix) = (page.lines().next().unwrap_or_default(), page.split("## Fix").nth(1).unwrap_or_default());
        let speaks_platform = !page.contains("dialects = [\"guide\"]");
        assert!(fix.contains('`') || fix.contains("Admin > "), "{title}");
        let is_of_the_platform_alone = speaks_platform && page.contains("dialects = [\"platform");
        let place = fix.contains("Admin > ") || fix.contains("/api/v2/") || fix.contains("Performance > ");
        assert!(!is_of_the_platform_alone || place, "{title} names no place on the platform");
        let flat = fix.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in flat.split('`').filter(|word| word.contains(" /api/v2/")) {
            assert!(catalogue.contains(word), "{title}: {word}");
        }
    }
}
