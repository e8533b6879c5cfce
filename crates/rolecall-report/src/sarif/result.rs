//! Findings as results.

use super::place::{location, message, plain};
use super::rule::{RuleIndex, level, sentence};
use crate::marked::reason;
use crate::sign::Signs;
use crate::{Verdict, spot};
use rolecall_engine::{Finding, Step};
use rolecall_source::visible;
use rolecall_triage::HeldBy;
use serde::{Serialize, Serializer};
use serde_json::json;
use serde_sarif::sarif::{
    CodeFlow, Location, PropertyBag, Result, ResultKind, ResultLevel, Suppression, ThreadFlow, ThreadFlowLocation,
};
use std::collections::BTreeMap;

/// All results, each made when it is its turn.
pub(super) struct Results<'v> {
    pub(super) verdict: &'v Verdict<'v>,
    pub(super) rules: RuleIndex<'v>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        // Two results of one fingerprint would be one alert.
        let mut signs = Signs::default();
        let reported = self.verdict.findings.iter().map(|finding| (finding, None));
        // Whoever asks for less gets less; what somebody accepted or listed is there, and marked.
        let is_marked = |by: &HeldBy| matches!(by, HeldBy::Allow(_) | HeldBy::Baseline);
        let held = self.verdict.held.iter().filter(|held| is_marked(&held.by));
        serializer.collect_seq(reported.chain(held.map(|held| (&held.finding, Some(&held.by)))).map(|(finding, by)| {
            let number = signs.number(&finding.fingerprint);
            let mut result = self.result(finding, number, by.and_then(|by| self.suppression(by)));
            let state = if by == Some(&HeldBy::Baseline) { "unchanged" } else { "new" };
            // What is accepted may be old or new: that is not compared.
            let is_compared = self.verdict.is_compared && !matches!(by, Some(HeldBy::Allow(_)));
            result.baseline_state = is_compared.then(|| json!(state));
            result
        }))
    }
}

impl Results<'_> {
    /// What somebody said of a finding as a suppression, and where.
    fn suppression(&self, by: &HeldBy) -> Option<Suppression> {
        let HeldBy::Allow(acceptance) = by else { return None };
        let mut suppression = Suppression::builder()
            .kind(json!("external"))
            .status(json!("accepted"))
            .justification(visible(&reason(acceptance)).into_owned())
            .build();
        let spot = self.verdict.places.get(&acceptance.place).and_then(|at| spot::of(self.verdict, at));
        // Settings have no pointers that would name the entry.
        suppression.location = spot.map(|spot| Location { logical_locations: None, ..location(spot, None, None) });
        Some(suppression)
    }

    fn result(&self, finding: &Finding, number: u32, suppression: Option<Suppression>) -> Result {
        let label = |label: &rolecall_engine::Label, about| {
            Some(location(spot::of_label(self.verdict, label)?, Some(&label.text), about))
        };
        let primary = label(&finding.primary, Some(&finding.subject));
        let related: Vec<Location> = (0..)
            .zip(finding.related.iter().filter_map(|related| label(related, None)))
            .map(|(id, location)| Location { id: Some(id), ..location })
            .collect();
        let steps: Vec<ThreadFlowLocation> = finding.witness.iter().filter_map(|step| self.step(step)).collect();
        let fingerprint = format!("{}:{number}", finding.fingerprint);
        let mut result = Result::builder()
            .rule_id(&finding.rule)
            .kind(ResultKind::Fail)
            .level(match level(finding.severity) {
                "error" => ResultLevel::Error,
                "warning" => ResultLevel::Warning,
                _ => ResultLevel::Note,
            })
            .message(message(&text(finding)))
            .locations(primary.into_iter().collect::<Vec<_>>())
            // The first is the name that GitHub knows, which would else be made of the line's text.
            .partial_fingerprints(BTreeMap::from([
                ("primaryLocationLineHash".to_owned(), fingerprint),
                ("rolecall/v1".to_owned(), finding.fingerprint.clone()),
            ]))
            .properties(properties(finding))
            .build();
        result.rule_index = self.rules.get(&finding.rule);
        result.related_locations = Some(related).filter(|list| !list.is_empty());
        result.code_flows = Some(steps).filter(|steps| !steps.is_empty()).map(|steps| {
            let flow = ThreadFlow::builder().locations(steps).build();
            vec![CodeFlow::builder().thread_flows(vec![flow]).build()]
        });
        result.suppressions = suppression.map(|suppression| vec![suppression]);
        result
    }

    fn step(&self, step: &Step) -> Option<ThreadFlowLocation> {
        let over = step.over.as_ref().map(|over| format!(" over {over}")).unwrap_or_default();
        let text = format!("{} {} {}{over}", step.from.name, step.edge, step.to.name);
        let spot = spot::of(self.verdict, self.verdict.places.get(&step.place)?)?;
        Some(ThreadFlowLocation::builder().location(location(spot, Some(&text), Some(&step.from))).build())
    }
}

/// What is wrong and how to mend it.
fn text(finding: &Finding) -> String {
    let message = sentence(&finding.message);
    if finding.help.is_empty() { message } else { format!("{message} To mend it: {}", sentence(&finding.help)) }
}

fn properties(finding: &Finding) -> PropertyBag {
    let subject = &finding.subject;
    PropertyBag::builder()
        .additional_properties(BTreeMap::from([
            ("severity".to_owned(), json!(finding.severity.word())),
            ("confidence".to_owned(), json!(finding.confidence.word())),
            (
                "subject".to_owned(),
                json!({ "kind": subject.kind, "id": visible(&subject.id), "name": plain(&subject.name) }),
            ),
        ]))
        .build()
}
