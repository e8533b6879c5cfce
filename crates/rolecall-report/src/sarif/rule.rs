//! Rules as SARIF describes them.

use super::place::plain;
use crate::Verdict;
use crate::page::Page;
use rolecall_engine::{Confidence, Rule, Severity};
use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor};
use std::collections::{BTreeMap, HashMap};

/// The number of each rule in the run.
pub(super) struct RuleIndex<'v>(HashMap<&'v str, i64>);

impl<'v> RuleIndex<'v> {
    pub(super) fn new(verdict: &'v Verdict<'_>) -> Self {
        Self(verdict.rules.iter().map(|rule| rule.id.as_str()).zip(0..).collect())
    }

    pub(super) fn get(&self, rule: &str) -> Option<i64> {
        self.0.get(rule).copied()
    }

    pub(super) fn descriptors(&self, verdict: &Verdict<'_>) -> Vec<ReportingDescriptor> {
        // A team may judge a rule otherwise than its page: then what it found says how bad it is here.
        let mut worst: HashMap<&str, Severity> = HashMap::new();
        for finding in &verdict.findings {
            let known = worst.entry(&finding.rule).or_insert(finding.severity);
            *known = finding.severity.max(*known);
        }
        let severity = |rule: &Rule| worst.get(rule.id.as_str()).copied().unwrap_or(rule.severity());
        verdict.rules.iter().map(|rule| descriptor(rule, severity(rule))).collect()
    }
}

/// `error`, `warning` or `note`.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The middle of the range that code scanning calls by the same word; `info` is the low end of `low`.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

fn descriptor(rule: &Rule, severity: Severity) -> ReportingDescriptor {
    let page = Page::of(rule);
    let tags = ["security", "access-control", "genesys-cloud"].into_iter().chain(rule.dialects()).map(String::from);
    let properties = PropertyBag::builder()
        .tags(tags.collect::<Vec<_>>())
        .additional_properties(BTreeMap::from([
            ("security-severity".to_owned(), json!(score(severity))),
            ("precision".to_owned(), json!(precision(rule.confidence()))),
            ("severity".to_owned(), json!(severity.word())),
            ("since".to_owned(), json!(rule.since())),
        ]))
        .build();
    let mut descriptor = ReportingDescriptor::builder()
        .id(&rule.id)
        .name(pascal(&rule.id))
        .short_description(text(&sentence(&rule.title)))
        .full_description(text(&page.summary()))
        // The page's lines are made visible one by one: its line ends are its own.
        .help(MultiformatMessageString::builder().text(page.text()).markdown(page.markdown()).build())
        .default_configuration(ReportingConfiguration::builder().level(level(severity)).build())
        .properties(properties)
        .build();
    // A rule of the user is explained in a file, which is no address.
    descriptor.help_uri = Some(rule.docs.clone()).filter(|docs| docs.starts_with("https://"));
    descriptor
}

fn text(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(plain(text)).build()
}

/// Ends a text with a stop.
pub(super) fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// `all-scoped-reporting` as `AllScopedReporting`; a name may not be the id in other letters, so one word gets a second.
pub(super) fn pascal(id: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let name: String = id.split('-').map(capital).collect();
    if name.eq_ignore_ascii_case(id) { name + "Found" } else { name }
}
