//! Settings that are found, variables that are heard, completions and man pages.

use crate::arguments::{check_in, folder};
use crate::{check_json, findings, finish, rolecall, run};
use std::collections::BTreeSet;
use std::fs;

const USER: &str = r#"{"id": "u-1", "name": "Ana Reis", "email": "ana@brightline.example"}"#;
const OURS: &str = "[tiers.bpo]\ndomains = [\"brightline.example\"]\n";
const BROKEN: &str = "[tiers.bpo]\nno-such-key = []\n";

#[test]
fn settings_are_found_above_the_export_before_those_above_the_working_folder() {
    let tenant = folder(&[("one/rolecall.toml", OURS), ("one/deep/users.json", USER), ("two/users.json", USER)]);
    assert_eq!(check_in(&tenant, &["one/deep"]).code, 1);
    assert_eq!(check_in(&tenant, &["one/deep/users.json"]).code, 1);
    assert_eq!(check_in(&tenant, &["two"]).code, 0, "nothing lies above it");
    fs::write(tenant.path().join("rolecall.toml"), BROKEN).expect("a file");
    assert_eq!(check_in(&tenant, &["one/deep"]).code, 1, "the nearer one counts");
    let broken = check_in(&tenant, &["two"]);
    assert!(broken.code == 2 && broken.err.contains("[rolecall.toml:2:1]"), "{}", broken.err);
}

#[test]
fn settings_above_the_working_folder_serve_an_export_elsewhere() {
    let tenant = folder(&[("here/rolecall.toml", OURS), ("here/deep/x", ""), ("export/users.json", USER)]);
    let mut command = rolecall(&["check", "../../export"]);
    let found = finish(command.current_dir(tenant.path().join("here/deep")).output().expect("it starts"));
    assert_eq!(found.code, 1, "{}", found.out);
}

#[test]
fn a_variable_speaks_where_no_argument_does() {
    let tenant = folder(&[("users.json", USER), ("conf/ours.toml", OURS)]);
    let check = |variable: (&str, &str), arguments: &[&str]| {
        let mut command = rolecall(&[&["check", "users.json"], arguments].concat());
        command.current_dir(tenant.path()).env(variable.0, variable.1);
        finish(command.output().expect("it starts")).code
    };
    assert_eq!(check(("ROLECALL_CONFIG", "conf/ours.toml"), &[]), 1);
    assert_eq!(check(("ROLECALL_CONFIG", "nowhere.toml"), &[]), 2);
    assert_eq!(check(("ROLECALL_CONFIG", "nowhere.toml"), &["--config", "conf/ours.toml"]), 1);
    assert_eq!(check(("ROLECALL_FAIL_ON", "never"), &["--config", "conf/ours.toml"]), 0);
    assert_eq!(check(("ROLECALL_FAIL_ON", "never"), &["--config", "conf/ours.toml", "--fail-on", "info"]), 1);
    assert_eq!(check(("ROLECALL_FAIL_ON", "nonsense"), &[]), 2);
}

const ALL_KINDS: &str = "\
[tiers.bpo]
licenses = [\"BPO Agent\"]
[tiers.bpo.rules.unused-role]
severity = \"high\"
[tiers.\"out of hours\"]
names = [\"Night*\"]
[partners.brightline]
domains = [\"brightline.example\"]
[partners.quiet]
names = [\"BPO Chat*\"]
[capabilities]
transcripts = [\"x:y:z\"]
[rules.all-scoped-queue-view]
off = true
[[expect]]
who = \"bpo\"
cannot = [\"recording:recording:view\"]
[[expect]]
who = \"Claims Lead\"
can = [\"reporting:reportingData:view\"]
";

#[test]
fn settings_that_are_shown_can_be_kept_and_say_the_same() {
    let tenant = folder(&[("ours.toml", ALL_KINDS)]);
    let path = |name: &str| tenant.path().join(name).to_str().expect("UTF-8").to_owned();
    let shown = run(&["config", "--config", &path("ours.toml")]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    fs::write(path("shown.toml"), &shown.out).expect("a file");
    let check = |name: &str| {
        let (code, report) = check_json(&["fixtures/guide", "--persona", "auditor", "--config", &path(name)]);
        let of = |finding: &serde_json::Value| {
            (finding["rule"].clone(), finding["severity"].clone(), finding["subject"].clone())
        };
        (code, findings(&report).iter().map(of).collect::<Vec<_>>())
    };
    let ours = check("ours.toml");
    assert_ne!(
        ours,
        {
            fs::write(path("none.toml"), "").expect("a file");
            check("none.toml")
        },
        "they change nothing"
    );
    assert_eq!(ours, check("shown.toml"));
}

/// What forbids, what ends on a day, what lies in folders, and what a partner adds to the tier of all.
const RARE: &str = "\
allow-suppressions = true
expect-in = [\"expected\"]
[partners.brightline]
queues = [\"Brightline *\"]
allowed = [\"routing:queue:view\"]
[[allow]]
rule = \"all-scoped-reporting\"
entity = \"BPO Agent\"
reason = \"a reason\"
owner = \"somebody\"
since = 2026-01-01
expires = 2027-01-01
";

#[test]
fn settings_of_every_kind_judge_the_same_when_they_are_kept() {
    let expected = "[[expect]]\nwho = \"bpo\"\ncannot = [\"recording:recording:view\"]\n";
    let tenant = folder(&[
        ("team.toml", RARE),
        ("above.toml", "allow-suppressions = false\n"),
        ("last.toml", "allow-suppressions = true\n"),
        ("expected/a.toml", expected),
        ("none.toml", ""),
        ("kept/readme.md", ""),
    ]);
    let path = |name: &str| tenant.path().join(name).to_str().expect("UTF-8").to_owned();
    for (team, above) in [("team.toml", None), ("team.toml", Some("above.toml")), ("none.toml", None)] {
        let above: Vec<String> = above.into_iter().flat_map(|above| ["--policy".to_owned(), path(above)]).collect();
        let above: Vec<&str> = above.iter().map(String::as_str).collect();
        let shown = run(&[&["config", "--config", &path(team)], &above[..]].concat());
        assert_eq!((shown.code, shown.err.as_str()), (0, ""));
        fs::write(path("kept/rolecall.toml"), &shown.out).expect("a file");
        for export in ["fixtures/guide", "fixtures/dialects/platform"] {
            let check = |more: &[&str]| {
                let always = ["--persona", "auditor", "--today", "2026-06-01", "--config"];
                let (code, report) = check_json(&[&[export], &always[..], more].concat());
                let of = |finding: &serde_json::Value| (finding["rule"].clone(), finding["fingerprint"].clone());
                let found: BTreeSet<String> = findings(&report).iter().map(|f| format!("{:?}", of(f))).collect();
                (code, found, report["summary"]["suppressed"].clone())
            };
            let (ours, kept) =
                (check(&[&[path(team).as_str()], &above[..]].concat()), check(&[&path("kept/rolecall.toml")]));
            assert_eq!(ours, kept, "{export} {team} {above:?}");
        }
    }
    let shown = run(&["config", "--config", &path("above.toml"), "--policy", &path("last.toml")]).out;
    let line = shown.lines().find(|line| line.starts_with("allow-suppressions = false")).expect("it is in force");
    assert!(line.ends_with("above.toml:1"), "{line}");
    let json = run(&["config", "--config", &path("team.toml"), "--format", "json"]).out;
    assert!(json.contains("\"expires\": \"2027-01-01\"") && !json.contains("private"), "{json}");
}

#[test]
fn a_value_is_shown_with_where_it_comes_from() {
    let tenant = folder(&[("rolecall.toml", OURS), ("rolecall.lock", ""), ("deep/users.json", USER)]);
    let config = |arguments: &[&str]| {
        let mut command = rolecall(&[&["config", "deep", "--format", "json"], arguments].concat());
        command.current_dir(tenant.path()).env("ROLECALL_FAIL_ON", "high");
        let run = finish(command.output().expect("it starts"));
        serde_json::from_str::<serde_json::Value>(&run.out).expect("JSON")
    };
    let option = |config: &serde_json::Value, name: &str| {
        let options = config["options"].as_array().expect("a list");
        let option = options.iter().find(|option| option["name"] == name).expect("the option");
        format!("{} {}", option["value"].as_str().expect("text"), option["from"])
    };
    let found = config(&[]);
    assert_eq!(option(&found, "--config"), r#"rolecall.toml {"source":"found"}"#);
    assert_eq!(option(&found, "--lock"), r#"rolecall.lock {"source":"found"}"#);
    assert_eq!(option(&found, "--fail-on"), r#"high {"source":"environment","variable":"ROLECALL_FAIL_ON"}"#);
    assert_eq!(option(&found, "--persona"), r#"team {"source":"built-in"}"#);
    assert_eq!(option(&config(&["--lock", "x"]), "--lock"), r#"x {"source":"argument"}"#);
    let values = found["values"].as_array().expect("a list");
    let domains = values.iter().find(|value| value["key"][2] == "domains").expect("the value");
    assert_eq!(domains["from"].to_string(), r#"[{"line":2,"path":"rolecall.toml","source":"file"}]"#);
}

#[test]
fn completions_offer_every_rule_in_every_shell() {
    let rules: serde_json::Value = serde_json::from_str(&run(&["rules", "--format", "json"]).out).expect("JSON");
    let ids: Vec<&str> =
        rules["rules"].as_array().expect("a list").iter().map(|rule| rule["id"].as_str().expect("an id")).collect();
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]).out;
        let missing: Vec<_> = ids.iter().filter(|id| !script.contains(**id)).collect();
        assert!(missing.is_empty() && script.contains("persona"), "{shell}: {missing:?}");
    }
    assert!(run(&["completions", "powershell"]).out.contains("Register-ArgumentCompleter"));
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn there_is_a_man_page_for_each_command_and_the_same_each_time() {
    let read = || {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(run(&["man", dir.path().join("deep/man").to_str().expect("UTF-8")]).code, 0);
        let files = fs::read_dir(dir.path().join("deep/man")).expect("the folder").map(|file| file.expect("a file"));
        let mut pages: Vec<(String, String)> = files
            .map(|file| {
                let name = file.file_name().into_string().expect("UTF-8");
                (name, fs::read_to_string(file.path()).expect("a page"))
            })
            .collect();
        pages.sort();
        pages
    };
    let pages = read();
    let page = |name: &str| &pages.iter().find(|(known, _)| known == name).expect("a page").1;
    assert!(page("rolecall-rules-test.1").contains(".TH rolecall-rules-test 1"));
    assert!(page("rolecall-check.1").contains(".SH \"EXIT CODES\"\n"));
    assert_eq!(pages, read());
}
