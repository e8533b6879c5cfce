//! `[[allow]]`: what a team accepts, and when it no longer holds.

use crate::{findings, finish, home, rolecall, run, text};
use serde_json::Value;
use std::fs;

/// An export with one partner role, and a folder to write settings into.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(grants: &str) -> Self {
        let case = Self { folder: tempfile::tempdir().expect("a folder") };
        case.export(grants);
        case
    }

    fn export(&self, grants: &str) {
        let roles = format!(r#"{{"roles": [{{"id": "r-1", "name": "BPO Planner", "rolePermissions": [{grants}]}}]}}"#);
        fs::write(self.path("tenant.json"), roles).expect("written");
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    /// Checks on a day with settings; gives the exit code and the report.
    fn check(&self, settings: &str, more: &[&str]) -> (i32, Value) {
        fs::write(self.path("rolecall.toml"), settings).expect("written");
        let (export, config) = (self.path("tenant.json"), self.path("rolecall.toml"));
        let arguments = ["check", "--format", "json", &export, "--config", &config, "--today", "2026-06-15"];
        let only = ["--only", "all-scoped-reporting", "--only", "expired-suppression", "--only", "unused-suppression"];
        let run = run(&[&arguments[..], &only, more].concat());
        (run.code, serde_json::from_str(&run.out).expect("the report is JSON"))
    }

    fn refused(&self, settings: &str) -> String {
        fs::write(self.path("rolecall.toml"), settings).expect("written");
        let run = run(&["check", &self.path("tenant.json"), "--config", &self.path("rolecall.toml")]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        run.err
    }
}

const ALL: &str = r#"{"id": "reporting:reportingData:view", "scope": "All"}"#;

fn entry(more: &str) -> String {
    format!(
        "[[allow]]\nrule = 'all-scoped-reporting'\nentity = 'bpo planner'\nreason = 'it plans'\nowner = 'identity'\n{more}\n"
    )
}

/// The rules of the findings and how many are accepted.
fn rules((code, report): &(i32, Value)) -> (i32, Vec<String>, u64) {
    let mut rules: Vec<String> = findings(report).iter().map(|finding| text(&finding["rule"])).collect();
    rules.sort();
    (*code, rules, report["summary"]["accepted"].as_u64().expect("a number"))
}

fn all(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn what_is_accepted_is_hidden_and_counted_until_its_last_day() {
    let case = Case::new(ALL);
    let check = |more: &str| rules(&case.check(&entry(more), &[]));
    let none = (0, Vec::new(), 1);
    assert_eq!(check(""), none);
    assert_eq!(check("kind = 'role'"), none);
    assert_eq!(check("expires = 2026-06-15"), none, "it holds on its last day");
    assert_eq!(check("expires = 2026-06-14"), (1, all(&["all-scoped-reporting", "expired-suppression"]), 0));
    assert_eq!(check("kind = 'group'"), (1, all(&["all-scoped-reporting", "unused-suppression"]), 0));
    // What is shown all the same is not counted as hidden.
    assert_eq!(rules(&case.check(&entry(""), &["--no-ignores"])), (1, all(&["all-scoped-reporting"]), 0));
}

#[test]
fn the_finding_that_is_back_points_to_the_entry() {
    let case = Case::new(ALL);
    let (_, report) = case.check(&entry("expires = 2026-06-14"), &[]);
    let back = findings(&report).iter().find(|f| f["rule"] == "all-scoped-reporting").expect("it is back");
    let label = back["locations"].as_array().expect("a list").last().expect("a place");
    assert_eq!(text(&label["label"]), "accepted here by `identity` until 2026-06-14");
    assert!(text(&label["path"]).ends_with("rolecall.toml") && label["start"]["line"] == 2, "{label}");
}

#[test]
fn an_entry_lapses_when_the_access_has_grown_and_holds_when_it_shrinks() {
    let wide = r#"{"id": "reporting:*:view", "scope": "All"}"#;
    let accepted = entry("access = ['reporting:reportingData:view over All']");
    let case = Case::new(ALL);
    assert_eq!(rules(&case.check(&accepted, &[])), (0, Vec::new(), 1));
    case.export(wide);
    let (code, report) = case.check(&accepted, &[]);
    assert_eq!(rules(&(code, report.clone())), (1, all(&["all-scoped-reporting"]), 0));
    let labels = findings(&report)[0]["locations"].to_string();
    assert!(labels.contains("accepted here by `identity`, but not `reporting:*:view over All`"), "{labels}");
    // A pattern accepts what it covers.
    let pattern = entry("access = ['Reporting:*:view over all']");
    assert_eq!(rules(&case.check(&pattern, &[])).2, 1);
    case.export(ALL);
    assert_eq!(rules(&case.check(&pattern, &[])).2, 1);
    // Accepted over less than it is.
    assert_eq!(rules(&case.check(&entry("access = ['reporting:reportingData:view over Assigned']"), &[])).2, 0);
}

#[test]
fn a_further_division_is_more_access() {
    let config = home().join("fixtures/dialects/rolecall.toml");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    let tiers = fs::read_to_string(config).expect("the settings");
    let check = |divisions: &str| {
        let allow = format!(
            "\n[[allow]]\nrule = 'sensitive-permission'\nentity = 'BPO Quality'\nreason = 'x'\nowner = 'y'\naccess = [{divisions}]\n"
        );
        fs::write(&path, format!("{tiers}{allow}")).expect("written");
        let run = run(&[
            "check",
            "fixtures/dialects/platform",
            "--format",
            "json",
            "--only",
            "sensitive-permission",
            "--config",
            path.to_str().expect("UTF-8"),
        ]);
        let report: Value = serde_json::from_str(&run.out).expect("JSON");
        report["summary"]["accepted"].as_u64()
    };
    assert_eq!(check("'recording:recording:* over division Brightline Manila'"), Some(1));
    assert_eq!(check("'recording:recording:* over every division'"), Some(1));
    assert_eq!(check("'recording:recording:* over division Brightline Lisbon'"), Some(0));
    assert_eq!(check("'recording:recording:view over division Brightline Manila'"), Some(0));
}

#[test]
fn a_name_that_several_have_accepts_none_of_them_and_an_id_does() {
    let case = Case::new(ALL);
    let role = |id: &str| format!(r#"{{"id": "{id}", "name": "BPO Planner", "rolePermissions": [{ALL}]}}"#);
    fs::write(case.path("tenant.json"), format!(r#"{{"roles": [{}, {}]}}"#, role("r-1"), role("r-2")))
        .expect("written");
    let (code, report) = case.check(&entry(""), &[]);
    assert_eq!((code, findings(&report).len()), (1, 2));
    assert!(report.to_string().contains("several go by this name"), "{report}");
    let by_id = entry("").replace("bpo planner", "r-2");
    assert_eq!(rules(&case.check(&by_id, &[])), (1, all(&["all-scoped-reporting"]), 1));
}

#[test]
fn an_unused_entry_is_found_unless_its_rule_was_not_judged() {
    let case = Case::new(ALL);
    let wrong = entry("").replace("planner", "planers");
    let (_, report) = case.check(&wrong, &[]);
    let unused = findings(&report).iter().find(|f| f["rule"] == "unused-suppression").expect("a finding");
    assert!(text(&unused["help"]).contains("did you mean `BPO Planner`?"), "{unused}");
    let export = case.path("tenant.json");
    let run = run(&["check", &export, "--config", &case.path("rolecall.toml"), "--only", "unused-suppression"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn an_organisation_forbids_what_a_team_accepts_or_switches_off() {
    let case = Case::new(ALL);
    let policy = case.path("policy.toml");
    fs::write(&policy, "allow-suppressions = false\n").expect("written");
    let shown = |settings: &str| {
        let result = case.check(settings, &["--policy", &policy]);
        let notes = result.1["notes"].to_string();
        (rules(&result), notes)
    };
    let back = (1, all(&["all-scoped-reporting"]), 0);
    let (result, notes) = shown(&entry(""));
    assert_eq!(result, back);
    assert!(notes.contains("policy.toml forbids suppressions: 1 entry of `[[allow]]` hides nothing"), "{notes}");
    // The team cannot allow it again, nor switch the rule off.
    assert_eq!(shown(&format!("allow-suppressions = true\n{}", entry(""))).0, back);
    let (result, notes) = shown("[rules.all-scoped-reporting]\noff = true\n");
    assert_eq!(result, back);
    assert!(notes.contains("1 rule on again"), "{notes}");
    // By the environment, whatever the command line says.
    let tolerant = case.path("tolerant.toml");
    fs::write(&tolerant, "allow-suppressions = true\n").expect("written");
    fs::write(case.path("rolecall.toml"), entry("")).expect("written");
    let mut command = rolecall(&["check", &case.path("tenant.json"), "--config", &case.path("rolecall.toml")]);
    command.args(["--policy", &tolerant, "--only", "all-scoped-reporting"]).env("ROLECALL_POLICY", &policy);
    assert_eq!(finish(command.output().expect("it starts")).code, 1);
    // Without the ban the same is accepted, and an unreadable policy is not passed over.
    assert_eq!(rules(&case.check(&entry(""), &["--policy", &tolerant])), (0, Vec::new(), 1));
    let missing = run(&["check", &case.path("tenant.json"), "--policy", &case.path("none.toml")]);
    assert_eq!(missing.code, 2, "{}", missing.err);
}

#[test]
fn the_settings_of_an_organisation_come_above_and_findings_point_into_them() {
    let case = Case::new(ALL);
    let policy = case.path("policy.toml");
    fs::write(&policy, format!("[rules.all-scoped-reporting]\nseverity = 'low'\n{}", entry("expires = 2000-01-01")))
        .expect("written");
    let (_, report) = case.check("[rules.all-scoped-reporting]\nseverity = 'critical'\n", &["--policy", &policy]);
    let of = |rule: &str| findings(&report).iter().find(|f| f["rule"] == rule).expect("a finding").clone();
    assert_eq!(of("all-scoped-reporting")["severity"], "low");
    let place = &of("expired-suppression")["locations"][0];
    assert!(text(&place["path"]).ends_with("policy.toml") && place["start"]["line"] == 8, "{place}");
}

#[test]
fn a_broken_entry_is_refused_with_a_place() {
    let case = Case::new(ALL);
    let broken = [
        (entry("expire = 2026-01-01"), "did you mean `expires`?"),
        (entry("").replace("all-scoped-reporting", "all-scoped-reportin"), "did you mean `all-scoped-reporting`?"),
        (entry("kind = 'rol'"), "did you mean `role`?"),
        (entry("expires = 2026-01-01T10:00:00"), "`expires` is no date"),
        (entry("expires = '2026-01-01'"), "rolecall.toml:6:"),
        (entry("access = ['reporting over']"), "`reporting over` is no access"),
        (entry("access = []"), "accepts no access at all"),
        (entry("").replace("it plans", " "), "`reason` is empty"),
        (entry("").replace("owner = 'identity'", ""), "missing field `owner`"),
    ];
    for (settings, said) in broken {
        let err = case.refused(&settings);
        assert!(err.contains(said) && err.contains("rolecall.toml:"), "{said}: {err}");
    }
    fs::write(case.path("rolecall.toml"), "").expect("written");
    let wrong = run(&["check", &case.path("tenant.json"), "--today", "soon"]);
    assert!(wrong.code == 2 && wrong.err.contains("`soon` is no date"), "{}", wrong.err);
}

#[test]
fn the_day_comes_from_the_environment_too() {
    let case = Case::new(ALL);
    fs::write(case.path("rolecall.toml"), entry("expires = 2026-06-15")).expect("written");
    let code = |name: &str, value: &str| {
        let mut command = rolecall(&["check", &case.path("tenant.json"), "--config", &case.path("rolecall.toml")]);
        command.args(["--only", "all-scoped-reporting"]).env(name, value);
        finish(command.output().expect("it starts")).code
    };
    assert_eq!(code("ROLECALL_TODAY", "2026-06-15"), 0);
    assert_eq!(code("ROLECALL_TODAY", "2026-06-16"), 1);
    // The last second of the day, and the first of the next.
    assert_eq!(code("SOURCE_DATE_EPOCH", "1781567999"), 0);
    assert_eq!(code("SOURCE_DATE_EPOCH", "1781568000"), 1);
    assert_eq!(code("SOURCE_DATE_EPOCH", "x"), 2);
}

/// Whatever is found can be accepted as it is printed, and then nothing is left.
#[test]
fn entries_as_printed_accept_everything_and_are_all_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    for (export, config) in [
        ("fixtures/guide", None),
        ("fixtures/dialects/platform", Some("fixtures/dialects/rolecall.toml")),
        ("fixtures/dialects/cx-as-code/hcl", Some("fixtures/dialects/rolecall.toml")),
    ] {
        let tiers = config.map(|name| fs::read_to_string(home().join(name)).expect("settings")).unwrap_or_default();
        fs::write(&path, &tiers).expect("written");
        let check = |more: &[&str]| {
            let config = path.to_str().expect("UTF-8");
            run(&[&["check", export, "--config", config, "--persona", "auditor"], more].concat())
        };
        let printed = check(&["--format", "allow"]).out;
        let count = printed.matches("[[allow]]").count();
        assert!(count > 10, "{printed}");
        fs::write(&path, format!("{tiers}\n{printed}")).expect("written");
        assert_eq!(check(&[]).code, 2, "nobody accepts without a reason");
        let signed = printed.replace("reason = \"\"", "reason = 'x'").replace("owner = \"\"", "owner = 'y'");
        fs::write(&path, format!("{tiers}\n{signed}")).expect("written");
        let report: Value = serde_json::from_str(&check(&["--format", "json"]).out).expect("JSON");
        let left: Vec<String> = findings(&report).iter().map(|f| text(&f["message"])).collect();
        assert_eq!((left, report["summary"]["accepted"].as_u64()), (Vec::new(), Some(count as u64)), "{export}");
    }
}

#[test]
fn the_day_of_acceptance_is_a_day_before_now_and_before_the_end() {
    let case = Case::new(ALL);
    let none = (0, Vec::new(), 1);
    assert_eq!(rules(&case.check(&entry("since = 2026-06-15"), &[])), none);
    assert_eq!(rules(&case.check(&entry("since = 2026-06-15\nexpires = 2026-06-15"), &[])), none);
    let refused = |more: &str| {
        fs::write(case.path("rolecall.toml"), entry(more)).expect("written");
        let arguments = ["check", &case.path("tenant.json"), "--config", &case.path("rolecall.toml")];
        let run = run(&[&arguments[..], &["--today", "2026-06-15"]].concat());
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        run.err
    };
    let ahead = refused("since = 2026-06-16");
    assert!(ahead.contains("`since` is a day still to come") && ahead.contains("rolecall.toml:6:9"), "{ahead}");
    assert!(ahead.contains("today is 2026-06-15"), "{ahead}");
    assert!(refused("since = 2026-01-01T10:00:00Z").contains("`since` is no date"));
    let ended = refused("since = 2026-02-01\nexpires = 2026-01-31");
    assert!(ended.contains("the entry ends before it was accepted") && ended.contains("rolecall.toml:7:11"), "{ended}");
}

#[test]
fn the_report_to_hand_over_tells_how_old_an_acceptance_is() {
    let case = Case::new(ALL);
    fs::write(case.path("rolecall.toml"), entry("since = 2024-02-28\nexpires = 2030-01-01")).expect("written");
    let mut command = rolecall(&["report", &case.path("tenant.json")]);
    let page = finish(command.env("ROLECALL_TODAY", "2024-03-01").output().expect("it starts")).out;
    // A leap day lies between.
    let said = "accepted by identity since 2024-02-28 (2 days) until 2030-01-01: it plans";
    assert!(page.contains(said), "{page}");
    assert!(page.contains("rolecall.toml:2:8</code></small>"), "the place of the entry");
}
