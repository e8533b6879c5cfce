//! The end of a text report: what was found, what was read, what was not judged.

use crate::Verdict;
use rolecall_engine::{Severity, Step};
use rolecall_model::Place;
use rolecall_source::visible;
use rolecall_triage::HeldBy;
use std::collections::BTreeMap;

/// How many names a line gives before it only counts; all of them when more is asked for.
const NAMED: usize = 5;

/// The lines of the summary, without ends.
pub(crate) fn lines(verdict: &Verdict<'_>, is_verbose: bool) -> Vec<String> {
    let mut lines = vec![headline(verdict)];
    if !verdict.problems.is_empty() {
        let count = count(verdict.problems.len(), "problem");
        lines.push(format!("not everything could be read ({count}): what is not reported here may still be there"));
    }
    lines.extend(remarks(verdict, is_verbose));
    lines
}

/// How many findings of which severity, in how much.
pub(crate) fn headline(verdict: &Verdict<'_>) -> String {
    let parts = [findings(verdict), inputs(verdict), unjudged(verdict), passed(verdict)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What findings have in common, and what they do not tell.
pub(crate) fn remarks(verdict: &Verdict<'_>, is_verbose: bool) -> Vec<String> {
    let mut lines = shared_edges(verdict);
    let elsewhere = verdict.elsewhere();
    if elsewhere > 0 {
        let held = self::count(elsewhere, "finding");
        lines.push(format!("{held} in files that did not change not shown; without --changed-only all are"));
    }
    lines.extend(held(verdict));
    let limit = if is_verbose { usize::MAX } else { NAMED };
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in &verdict.not_evaluated {
        reasons.entry(&rule.reason).or_default().push(&rule.rule);
    }
    for (reason, rules) in reasons {
        lines.push(format!("not evaluated: {reason} ({})", some(&rules, limit)));
    }
    for note in verdict.notes.iter().take(limit) {
        let line = note.location.as_ref().map(|location| format!(":{}", location.start.line)).unwrap_or_default();
        let place = note.path.as_ref().map(|path| format!("{path}{line}: ")).unwrap_or_default();
        lines.push(format!("note: {place}{}", note.message));
    }
    if verdict.notes.len() > limit {
        lines.push(format!("note: {} more; -v shows all", verdict.notes.len() - limit));
    }
    if !verdict.passed_over.is_empty() {
        let paths: Vec<&str> = verdict.passed_over.iter().map(String::as_str).collect();
        lines.push(format!("passed over, no export: {}", some(&paths, limit)));
    }
    if is_verbose {
        for input in &verdict.inputs {
            let entities: Vec<String> =
                input.entities.iter().map(|(kind, number)| self::count(*number as usize, kind)).collect();
            lines.push(format!("read {} as {}: {}", input.path, input.dialect, entities.join(", ")));
        }
    }
    lines.into_iter().map(|line| visible(&line).into_owned()).collect()
}

/// How many findings are held back, by what, and what shows them.
fn held(verdict: &Verdict<'_>) -> Vec<String> {
    let number = |is_meant: fn(&HeldBy) -> bool| verdict.held.iter().filter(|held| is_meant(&held.by)).count();
    let accepted = number(|by| matches!(by, HeldBy::Allow(_)));
    let listed = number(|by| *by == HeldBy::Baseline);
    let rest = verdict.suppressed() - accepted - listed - verdict.elsewhere();
    let said = [
        (accepted, "accepted by the settings; --no-ignores shows what"),
        (listed, "known from the baseline; --no-ignores shows what"),
        (rest, "held back by the settings or the options; --persona auditor shows what is doubtful"),
    ];
    let said = said.into_iter().filter(|(number, _)| *number > 0);
    said.map(|(number, words)| format!("{} {words}", count(number, "finding"))).collect()
}

/// How many findings an edge must bear before it is worth saying.
const SHARED: usize = 3;

/// The edges that several findings have in common: one cut mends them all.
fn shared_edges(verdict: &Verdict<'_>) -> Vec<String> {
    let mut edges: BTreeMap<Place, (usize, &Step)> = BTreeMap::new();
    // A finding on a role names a holder only to show one: cutting that edge mends nothing.
    for finding in verdict.findings.iter().filter(|finding| finding.subject.kind != "role") {
        // The entry itself is what the finding is about.
        for step in finding.witness.iter().filter(|step| step.edge != "grants") {
            edges.entry(step.place).or_insert((0, step)).0 += 1;
        }
    }
    let mut shared: Vec<(usize, &Step)> = edges.into_values().filter(|(number, _)| *number >= SHARED).collect();
    shared.sort_by(|a, b| {
        b.0.cmp(&a.0).then_with(|| (&a.1.from.name, &a.1.to.name).cmp(&(&b.1.from.name, &b.1.to.name)))
    });
    let say = |(number, step): (usize, &Step)| {
        let place = verdict.places.get(&step.place).and_then(|location| {
            let file = verdict.sources.get(location.file)?;
            Some(format!(" ({}:{})", file.path(), location.start.line))
        });
        let place = place.unwrap_or_default();
        format!("{number} findings share one edge: {} {} {}{place}", step.from.name, step.edge, step.to.name)
    };
    shared.into_iter().take(NAMED).map(say).collect()
}

fn findings(verdict: &Verdict<'_>) -> Option<String> {
    if verdict.findings.is_empty() {
        return Some("no findings".to_owned());
    }
    let counts = Severity::ALL.into_iter().map(|s| (verdict.count(s), s.word())).filter(|(number, _)| *number > 0);
    let by: Vec<String> = counts.map(|(number, word)| format!("{number} {word}")).collect();
    Some(format!("{}: {}", count(verdict.findings.len(), "finding"), by.join(", ")))
}

fn inputs(verdict: &Verdict<'_>) -> Option<String> {
    let main = ["role", "user", "service-account", "group"];
    let shown: Vec<String> =
        main.iter().filter_map(|kind| Some(count(*verdict.entities.get(kind)? as usize, kind))).collect();
    let shown = if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) };
    Some(format!("{} read{shown}", count(verdict.inputs.len(), "file")))
}

fn unjudged(verdict: &Verdict<'_>) -> Option<String> {
    let number = verdict.not_evaluated.len();
    (number > 0).then(|| format!("{} not evaluated", count(number, "rule")))
}

fn passed(verdict: &Verdict<'_>) -> Option<String> {
    let number = verdict.passed_over.len();
    (number > 0).then(|| format!("{} passed over", count(number, "file")))
}

fn some(names: &[&str], limit: usize) -> String {
    let shown: Vec<&str> = names.iter().take(limit).copied().collect();
    let more = names.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// `1 file`, `3 service accounts`, `2 recording policies`, `9 days`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let noun = noun.replace('-', " ");
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (number, stem) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}
