//! What is told of settings and rules that cannot be read, and of acceptances that are over.

use rolecall_engine::{Policy, RuleFile, Rulebook, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::{BUILT_IN, read, rulebook};
use serde_json::json;

fn help(text: &str) -> String {
    Policy::read("rolecall.toml", text).expect_err("a fault").help
}

#[test]
fn the_longer_a_word_the_more_slips_it_may_hold() {
    assert_eq!(help("[tiers.bpo]\ndivisones = ['x']\n"), "did you mean `divisions`?");
    assert_eq!(help("[tiers.bpo]\ndapertmants = ['x']\n"), "did you mean `departments`?");
    assert_eq!(help("[tiers.bpo]\nflug = true\n"), "did you mean `flag`?");
    let far = help("[tiers.bpo]\nunlikely = true\n");
    assert!(far.starts_with("one of `allowed`, `departments`, "), "{far}");
}

#[test]
fn a_fault_in_a_rule_is_at_the_word_that_is_wrong() {
    let text = "# A rule\n\n```toml\nseverity = 'high'\nconfidence = 'high'\nsince = '0.1.0'\nmessage = '{subject}'\n\
                label = 'here'\nhelp = 'mend it'\n\n[match.grant]\ntier = 'bop'\n```\n\n## Why\n\nSo.\n\n## Fix\n\nThus.\n";
    let file = RuleFile { id: "mine".into(), path: "rule.md".into(), docs: String::new(), text: text.into() };
    let faults = Rulebook::load([file], &BUILT_IN).expect_err("a fault");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(text.get(faults[0].at.clone()), Some("'bop'"), "{faults:?}");
    assert_eq!(faults[0].help, "did you mean `bpo`?");
}

#[test]
fn an_acceptance_that_is_over_counts_all_findings_that_are_back() {
    let settings = "[[allow]]\nrule = 'all-scoped-reporting'\nentity = 'Ana Reis'\nreason = 'a test'\nowner = 'me'\nexpires = 2026-01-31\n";
    let policy = Policy::read("rolecall.toml", settings).expect("good settings");
    let rules = rulebook(&policy, |id| ["all-scoped-reporting", "expired-suppression"].contains(&id));
    let group = |id: &str, role: &str| json!({ "id": id, "name": id, "members": ["u-1"], "userRoles": [role] });
    let entry = json!({ "id": "Reporting > ReportingData", "permission": "View", "scope": "All" });
    let role = |id: &str| json!({ "id": id, "name": id, "rolePermissions": [entry] });
    let back = |groups: &[&str]| {
        let groups: Vec<_> = groups.iter().map(|id| group(&format!("g-{id}"), &format!("r-{id}"))).collect();
        let roles = json!([role("r-1"), role("r-2"), role("r-3")]);
        let users = json!([{ "id": "u-1", "name": "Ana Reis", "bpoUser": true }]);
        let tenant = read("guide", [json!({ "roles": roles, "users": users, "groups": groups })]);
        let found = check(&AccessGraph::new(&tenant), &policy, &rules, 99).findings;
        found.into_iter().find(|one| one.rule == "expired-suppression").expect("a finding").message
    };
    assert!(back(&["1"]).contains("1 finding is back"), "{}", back(&["1"]));
    assert!(back(&["1", "2", "3"]).contains("3 findings are back"), "{}", back(&["1", "2", "3"]));
}
