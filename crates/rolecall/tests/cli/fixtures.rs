//! What the fixtures hold and what must be said of them.

use crate::{check_json, findings, home, run, text};
use std::collections::BTreeSet;
use std::fs;

/// The rows of a table in Markdown, less its head.
fn table(path: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string(home().join(path)).expect("the page is there");
    let rows = page.lines().take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| "));
    rows.skip(1)
        .map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`').to_owned()).collect())
        .collect()
}

#[test]
fn the_guide_tenant_gives_the_planted_traps_and_nothing_else() {
    let known: BTreeSet<String> = {
        let list: serde_json::Value = serde_json::from_str(&run(&["rules", "--format", "json"]).out).expect("JSON");
        let speaks_guide = |rule: &&serde_json::Value| {
            let dialects = rule["dialects"].as_array().expect("a list");
            dialects.is_empty() || dialects.contains(&"guide".into())
        };
        list["rules"].as_array().expect("a list").iter().filter(speaks_guide).map(|rule| text(&rule["id"])).collect()
    };
    let planted: BTreeSet<[String; 4]> = table("fixtures/guide.traps.md")
        .into_iter()
        .filter(|row| known.contains(&row[0]))
        .map(|row| {
            let path = if row[1] == "guide.toml" {
                "fixtures/guide.toml".to_owned()
            } else {
                format!("fixtures/guide/{}", row[1])
            };
            [row[0].clone(), path, row[2].clone(), row[3].clone()]
        })
        .collect();
    let (code, report) = check_json(&[
        "fixtures/guide",
        "--config",
        "fixtures/guide.toml",
        "--lock",
        "fixtures/guide.lock",
        "--persona",
        "auditor",
    ]);
    let found: BTreeSet<[String; 4]> = findings(&report)
        .iter()
        .map(|f| {
            let place = &f["locations"][0];
            let kind = text(&f["subject"]["kind"]).replace('-', " ").replace("oauth", "OAuth");
            [
                text(&f["rule"]),
                text(&place["path"]),
                text(&place["pointer"]),
                format!("{kind} {}", text(&f["subject"]["name"])),
            ]
        })
        .collect();
    assert_eq!(found, planted);
    assert_eq!((code, findings(&report).len()), (1, planted.len()));
    for rule in known {
        assert!(found.iter().any(|row| row[0] == rule), "{rule} is not planted in fixtures/guide");
    }
}

#[test]
fn every_place_in_the_report_holds_what_its_pointer_says() {
    let (_, report) = check_json(&["fixtures/guide"]);
    for finding in findings(&report) {
        let steps = finding["witness"].as_array().expect("a list").iter().map(|step| &step["location"]);
        for place in finding["locations"].as_array().expect("a list").iter().chain(steps) {
            let file = fs::read_to_string(home().join(text(&place["path"]))).expect("the file is there");
            let offset = |end: &str| usize::try_from(place[end]["offset"].as_u64().expect("a number")).expect("small");
            let slice = &file[offset("start")..offset("end")];
            let shown: serde_json::Value = serde_json::from_str(slice).expect("a whole value");
            let pointer = text(&place["pointer"]);
            let whole: serde_json::Value = match text(&place["path"]).ends_with(".jsonl") {
                true => {
                    file.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")).collect()
                }
                false => serde_json::from_str(&file).expect("JSON"),
            };
            assert_eq!(whole.pointer(&pointer), Some(&shown), "{pointer}");
            let before = &file[..offset("start")];
            assert_eq!(place["start"]["line"], before.matches('\n').count() + 1);
            assert_eq!(place["start"]["column"], before.rsplit('\n').next().expect("a line").chars().count() + 1);
        }
    }
}

#[test]
fn the_report_on_the_guide_tenant_reads_like_this() {
    let run = run(&["check", "fixtures/guide", "--fail-on", "never"]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!("guide", run.out);
}

#[test]
fn the_finding_on_ana_reis_has_the_whole_chain() {
    let (_, report) = check_json(&["fixtures/guide", "--only", "all-scoped-reporting"]);
    let ana = findings(&report).iter().find(|f| f["subject"]["name"] == "Ana Reis").expect("the finding");
    insta::assert_snapshot!("ana", serde_json::to_string_pretty(ana).expect("JSON"));
}

#[test]
fn the_clean_tenant_gives_nothing() {
    let (code, report) = check_json(&["fixtures/clean"]);
    assert_eq!((code, findings(&report).len()), (0, 0));
    let unjudged = report["summary"]["not_evaluated"].as_array().expect("a list");
    let rules: Vec<&str> = unjudged.iter().filter_map(|row| row["rule"].as_str()).collect();
    // No settings say in which regions the partner works.
    assert_eq!(rules, ["region-mismatch"]);
}

#[test]
fn the_payloads_that_the_guide_publishes_are_clean() {
    for path in ["fixtures/published/role.json", "fixtures/published/user.json"] {
        let (code, report) = check_json(&[path]);
        assert_eq!(
            (code, findings(&report).len(), report["problems"].as_array().map(Vec::len)),
            (0, 0, Some(0)),
            "{path}"
        );
    }
}

#[test]
fn hostile_input_is_never_called_clean() {
    let rows = table("fixtures/hostile/README.md");
    for row in &rows {
        let (name, outcome) = (&row[0], &row[2]);
        // A folder of files is checked whole.
        let path = format!("fixtures/hostile/{}", name.split('/').next().expect("a name"));
        let (code, report) = check_json(&[&path, "--fail-on", "info"]);
        let problems: Vec<String> =
            report["problems"].as_array().expect("a list").iter().map(|p| text(&p["kind"])).collect();
        match outcome.strip_prefix("problem ") {
            Some(said) => {
                let kind = said.split([',', ' ']).next().expect("a kind");
                assert_eq!((code, problems), (3, vec![kind.to_owned()]), "{name}");
            }
            None => {
                let number = findings(&report).len();
                assert_eq!((code, problems.len()), (i32::from(number > 0), 0), "{name}");
                let is_finding = outcome.contains("finding") || name == "null-everywhere.json";
                assert_eq!(is_finding && name != "null-everywhere.json", number > 0, "{name}");
            }
        }
        if name != "deep.json" && name != "one-line.json" {
            insta::assert_snapshot!(format!("hostile {}", name.replace('/', " ")), run(&["check", &path, "-q"]).out);
        }
    }
    let files = fs::read_dir(home().join("fixtures/hostile"))
        .expect("the folder")
        .map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8"));
    for file in files.filter(|file| !file.starts_with('.') && file != "README.md") {
        assert!(
            rows.iter().any(|row| row[0].split('/').next() == Some(&file)),
            "{file} is missing in fixtures/hostile/README.md"
        );
    }
}

#[test]
fn nothing_hostile_reaches_the_terminal_raw() {
    for format in ["text", "json"] {
        let run = run(&["check", "fixtures/hostile", "--format", format, "-v"]);
        assert_eq!(run.code, 3);
        let raw = run.out.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || ('\u{200b}'..='\u{200f}').contains(c)
                || ('\u{202a}'..='\u{202e}').contains(c)
        });
        assert_eq!(raw, None, "{format}");
        assert!(!run.out.lines().any(|line| line.starts_with("::")), "a workflow command");
    }
}

#[test]
fn a_team_is_spared_what_an_auditor_is_shown() {
    let rules = |more: &[&str]| -> BTreeSet<String> {
        let (_, report) = check_json(&[&["fixtures/guide"][..], more].concat());
        let found = findings(&report).iter().map(|f| text(&f["rule"])).collect::<BTreeSet<_>>();
        assert_eq!(report["summary"]["suppressed"].as_u64() == Some(0), found.contains("unused-role"));
        found
    };
    assert!(!rules(&[]).contains("unused-role"));
    assert!(rules(&["--persona", "auditor"]).contains("unused-role"));
    assert!(rules(&["--min-severity", "info"]).contains("unused-role"), "what is asked for is shown");
    let out = run(&["check", "fixtures/guide"]).out;
    assert!(out.contains("1 finding held back"), "{out}");
}

#[test]
fn an_edge_that_several_findings_share_is_named_once() {
    let out = run(&["check", "fixtures/guide"]).out;
    let shared: Vec<&str> = out.lines().filter(|line| line.contains("findings share one edge")).collect();
    assert!(shared.iter().any(|line| line.contains("Joana Pinto holds Supervisor")), "{shared:?}");
}
