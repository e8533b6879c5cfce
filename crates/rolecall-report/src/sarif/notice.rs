//! What kept the input from being read, and what was not judged, as notifications.

use super::place::{location, message, whole};
use super::rule::{RuleIndex, pascal, sentence};
use crate::verdict::Problem;
use crate::{Verdict, spot};
use serde_sarif::sarif::{MultiformatMessageString, Notification, ReportingDescriptor, ReportingDescriptorReference};
use std::collections::BTreeSet;

/// The id of what is said of a rule that was not judged.
const NOT_EVALUATED: &str = "not-evaluated";

/// Every kind of notification that the run gives.
pub(super) fn descriptors(verdict: &Verdict<'_>) -> Vec<ReportingDescriptor> {
    let unjudged = verdict.not_evaluated.first().map(|_| NOT_EVALUATED);
    let kinds: BTreeSet<&str> =
        verdict.problems.iter().chain(&verdict.notes).map(|problem| problem.kind).chain(unjudged).collect();
    kinds.into_iter().map(descriptor).collect()
}

fn descriptor(kind: &str) -> ReportingDescriptor {
    let (what, help) = match kind {
        NOT_EVALUATED => (
            "The input lacks what this rule judges.".to_owned(),
            "Nothing is known about what a rule that was not evaluated looks for. Export what it needs, or say it in rolecall.toml.",
        ),
        "note" => (
            "The input does not show everything.".to_owned(),
            "What the input does not show is taken for the worse; the message says what that is.",
        ),
        kind => (
            format!("The input could not be read in full: {}.", kind.replace('-', " ")),
            "Mend the file or export it again: what is not reported may still be there.",
        ),
    };
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    ReportingDescriptor::builder()
        .id(kind)
        .name(pascal(kind))
        .short_description(text(&what))
        .full_description(text(&what))
        .help(MultiformatMessageString::builder().text(help).markdown(help).build())
        .build()
}

/// Problems, which make a run fail, and notes, which do not.
pub(super) fn of_reading(verdict: &Verdict<'_>) -> Vec<Notification> {
    let problems = verdict.problems.iter().map(|problem| of_problem(verdict, problem, "error"));
    problems.chain(verdict.notes.iter().map(|note| of_problem(verdict, note, "note"))).collect()
}

fn of_problem(verdict: &Verdict<'_>, problem: &Problem, level: &str) -> Notification {
    let mut text = sentence(&problem.message);
    if !problem.help.is_empty() {
        text = format!("{text} To go on: {}", sentence(&problem.help));
    }
    let place = |at, text| Some(location(spot::of(verdict, at)?, text, None));
    let primary = problem.location.as_ref().and_then(|at| place(at, None));
    let primary = primary.or_else(|| problem.path.as_deref().map(whole));
    let related = problem.related.as_ref().and_then(|(at, text)| place(at, Some(text.as_str())));
    let mut notification = Notification::builder()
        .descriptor(ReportingDescriptorReference::builder().id(problem.kind).build())
        .level(level)
        .message(message(&text))
        .build();
    notification.locations = Some(primary.into_iter().chain(related).collect::<Vec<_>>()).filter(|all| !all.is_empty());
    notification
}

/// Rules that were not judged, since the input lacks what they need.
pub(super) fn of_rules(verdict: &Verdict<'_>, rules: &RuleIndex<'_>) -> Vec<Notification> {
    let notification = |rule: &str, reason: &str| {
        let mut reference = ReportingDescriptorReference::builder().id(rule).build();
        reference.index = rules.get(rule);
        Notification::builder()
            .descriptor(ReportingDescriptorReference::builder().id(NOT_EVALUATED).build())
            .associated_rule(reference)
            .level("note")
            .message(message(&sentence(&format!("{rule} was not evaluated: {reason}"))))
            .build()
    };
    verdict.not_evaluated.iter().map(|rule| notification(&rule.rule, &rule.reason)).collect()
}
