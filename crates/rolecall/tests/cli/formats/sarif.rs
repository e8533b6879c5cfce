//! SARIF, read with the types of the schema.

use super::{TENANTS, check, plain};
use crate::{findings, text};
use serde_json::Value;
use serde_sarif::sarif::{Notification, Result, Run, Sarif};

fn read(path: &str) -> (i32, Run) {
    let run = check(path, "sarif");
    let mut log: Sarif = serde_json::from_str(&run.out).expect("SARIF");
    assert_eq!(log.runs.len(), 1);
    (run.code, log.runs.remove(0))
}

fn results(run: &Run) -> &Vec<Result> {
    run.results.as_ref().expect("results, even if there are none")
}

#[test]
fn every_finding_is_a_result_with_its_places_and_its_witness() {
    for path in TENANTS {
        let (run, report) = (read(path).1, plain(path));
        assert_eq!(results(&run).len(), findings(&report).len(), "{path}");
        for (result, finding) in results(&run).iter().zip(findings(&report)) {
            let places = finding["locations"].as_array().expect("a list");
            let locations = result.locations.as_ref().expect("a place");
            let region = locations[0].physical_location.as_ref().and_then(|at| at.region.as_ref()).expect("a region");
            let known = [region.start_line, region.start_column, region.end_line, region.end_column];
            let wanted = [("start", "line"), ("start", "column"), ("end", "line"), ("end", "column")]
                .map(|(end, what)| places[0][end][what].as_i64());
            assert_eq!(known, wanted, "{path}");
            assert_eq!(result.related_locations.as_ref().map_or(0, Vec::len), places.len() - 1);
            let steps = result.code_flows.as_ref().map_or(0, |flows| flows[0].thread_flows[0].locations.len());
            assert_eq!(steps, finding["witness"].as_array().map_or(0, Vec::len));
            let fingerprints = result.partial_fingerprints.as_ref().expect("fingerprints");
            assert_eq!(fingerprints["rolecall/v1"], text(&finding["fingerprint"]));
            assert_eq!(result.rule_id, Some(text(&finding["rule"])));
        }
    }
}

#[test]
fn alerts_are_told_apart_and_point_at_their_rule() {
    let (_, run) = read("fixtures/guide");
    let rules = run.tool.driver.rules.as_ref().expect("rules");
    let mut seen = std::collections::BTreeSet::new();
    for result in results(&run) {
        let index = usize::try_from(result.rule_index.expect("an index")).expect("small");
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
        assert!(seen.insert(&result.partial_fingerprints.as_ref().expect("fingerprints")["primaryLocationLineHash"]));
    }
    for rule in rules {
        let properties = rule.properties.as_ref().expect("properties");
        let score = properties.additional_properties["security-severity"].as_str().expect("text");
        assert!((0.1..=10.0).contains(&score.parse::<f64>().expect("a number")));
        let help = rule.help.as_ref().and_then(|help| help.markdown.as_ref()).expect("help");
        assert!(rule.help.as_ref().is_some_and(|help| help.text.starts_with("Why:\n\n") && !help.text.contains("\\n")));
        assert!(help.contains("## Why") && help.contains("## Fix") && !help.contains("```toml"), "{}", rule.id);
    }
}

#[test]
fn a_run_that_could_not_read_everything_did_not_succeed() {
    let (code, run) = read("fixtures/hostile/truncated.json");
    let invocation = &run.invocations.as_ref().expect("an invocation")[0];
    assert_eq!((code, invocation.exit_code, invocation.execution_successful), (3, Some(3), false));
    let all: &Vec<Notification> = invocation.tool_execution_notifications.as_ref().expect("notifications");
    let error = all.iter().find(|n| n.level == Some(Value::from("error"))).expect("the problem");
    assert_eq!(error.descriptor.as_ref().and_then(|d| d.id.as_deref()), Some("truncated"));
    assert!(error.locations.as_ref().is_some_and(|places| !places.is_empty()));
    let (code, run) = read("fixtures/clean");
    let invocation = &run.invocations.as_ref().expect("an invocation")[0];
    assert_eq!((code, invocation.exit_code, invocation.execution_successful), (0, Some(0), true));
}

#[test]
fn rules_that_were_not_evaluated_are_named() {
    let (_, run) = read("fixtures/clean");
    let rules = run.tool.driver.rules.as_ref().expect("rules");
    let notifications = run.invocations.as_ref().expect("an invocation")[0].tool_configuration_notifications.clone();
    let named: Vec<String> = notifications
        .expect("notifications")
        .iter()
        .map(|n| {
            let rule = n.associated_rule.as_ref().expect("a rule");
            rules[usize::try_from(rule.index.expect("an index")).expect("small")].id.clone()
        })
        .collect();
    let report = plain("fixtures/clean");
    let wanted = report["summary"]["not_evaluated"].as_array().expect("a list").iter().map(|n| text(&n["rule"]));
    assert_eq!(named, wanted.collect::<Vec<_>>());
}
