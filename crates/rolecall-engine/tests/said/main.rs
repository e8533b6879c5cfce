//! What is said of small exports at the edges of what rules and settings mean.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod access;
mod becoming;
mod combined;
mod denied;
mod drift;
mod edges;
mod lacking;
mod own_rules;
mod proofs;
mod quick;
mod reaching;
mod regions;
mod settings;
mod yielding;

use rolecall_engine::{Finding, Outcome, Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::{read, rulebook};
use serde_json::Value;

/// Settings are read as a file of this number.
const SETTINGS: u32 = 99;

/// What one built-in rule makes of an export of the guide.
fn outcome(rule: &str, settings: &str, export: Value) -> Outcome {
    let policy = Policy::read("rolecall.toml", settings).expect("good settings");
    let tenant = read("guide", [export]);
    check(&AccessGraph::new(&tenant), &policy, &rulebook(&policy, |id| id == rule), SETTINGS)
}

fn found(rule: &str, settings: &str, export: Value) -> Vec<Finding> {
    outcome(rule, settings, export).findings
}

fn messages(rule: &str, settings: &str, export: Value) -> Vec<String> {
    found(rule, settings, export).into_iter().map(|finding| finding.message).collect()
}

/// Why a rule could not be judged.
fn lacking(rule: &str, export: Value) -> Option<String> {
    outcome(rule, "", export).not_evaluated.pop().map(|one| one.reason)
}
