//! `--format json`, version 1. The structs are the format: a change of meaning is a new version.

use crate::answer::{Ink, cut_json};
use crate::digest::Original;
use crate::escaping::write_pretty;
use crate::verdict::{Location, Problem};
use crate::{Format, Verdict};
use rolecall_engine::{Confidence, Finding, Label, Named, Severity, Step};
use rolecall_triage::HeldBy;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The project's own JSON.
pub(crate) const FORMAT: Format =
    Format { name: "json", about: "everything, for programs", write: |out, verdict, _| write_json(out, verdict) };

#[derive(Serialize)]
struct Report<'v> {
    schema: &'static str,
    tool: Tool,
    /// Whether people are shown by pseudonyms; left out where they are not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    redacted: bool,
    inputs: Vec<Input<'v>>,
    summary: Summary<'v>,
    problems: Vec<ProblemOut<'v>>,
    notes: Vec<ProblemOut<'v>>,
    findings: Vec<FindingOut<'v>>,
}

#[derive(Serialize)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Input<'v> {
    path: &'v str,
    dialect: &'v str,
    sha256: String,
    entities: &'v BTreeMap<&'static str, u32>,
}

#[derive(Serialize)]
pub(crate) struct Summary<'v> {
    findings: usize,
    by_severity: BySeverity,
    suppressed: usize,
    accepted: usize,
    baselined: usize,
    not_evaluated: Vec<Unjudged<'v>>,
    passed_over: &'v [String],
}

#[derive(Serialize)]
struct BySeverity {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

#[derive(Serialize)]
struct Unjudged<'v> {
    rule: &'v str,
    reason: &'v str,
}

#[derive(Serialize)]
pub(crate) struct ProblemOut<'v> {
    kind: &'v str,
    message: &'v str,
    #[serde(skip_serializing_if = "str::is_empty")]
    help: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Place<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<Labelled<'v>>,
}

#[derive(Serialize)]
pub(crate) struct FindingOut<'v> {
    rule: &'v str,
    severity: Severity,
    confidence: Confidence,
    message: &'v str,
    help: &'v str,
    docs: &'v str,
    fingerprint: &'v str,
    subject: &'v Named,
    locations: Vec<Labelled<'v>>,
    witness: Vec<StepOut<'v>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    access: &'v [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cuts: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct StepOut<'v> {
    edge: &'v str,
    from: &'v Named,
    to: &'v Named,
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Place<'v>>,
}

#[derive(Serialize)]
struct Labelled<'v> {
    kind: &'static str,
    label: &'v str,
    #[serde(flatten)]
    place: Place<'v>,
}

#[derive(Serialize)]
struct Place<'v> {
    path: &'v str,
    pointer: &'v str,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

/// This program, as every report for programs names it.
pub(crate) const TOOL: Tool = Tool { name: "rolecall", version: env!("CARGO_PKG_VERSION") };

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_json(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let report = Report {
        schema: "rolecall/findings/v1",
        tool: TOOL,
        redacted: verdict.inputs.iter().any(|input| input.original.is_some()),
        inputs: inputs(verdict),
        summary: summary(verdict),
        problems: verdict.problems.iter().map(|p| problem(verdict, p)).collect(),
        notes: verdict.notes.iter().map(|p| problem(verdict, p)).collect(),
        findings: verdict.findings.iter().map(|f| finding(verdict, f)).collect(),
    };
    write_pretty(out, &report)?;
    out.write_all(b"\n")
}

pub(crate) fn inputs<'v>(verdict: &'v Verdict<'_>) -> Vec<Input<'v>> {
    let input = |i: &'v crate::Input| {
        let sha256 = Original::of_input(verdict, i).map(|original| original.sha256).unwrap_or_default();
        Input { path: &i.path, dialect: i.dialect, sha256, entities: &i.entities }
    };
    verdict.inputs.iter().map(input).collect()
}

pub(crate) fn summary<'v>(verdict: &'v Verdict<'_>) -> Summary<'v> {
    Summary {
        findings: verdict.findings.len(),
        by_severity: BySeverity {
            critical: verdict.count(Severity::Critical),
            high: verdict.count(Severity::High),
            medium: verdict.count(Severity::Medium),
            low: verdict.count(Severity::Low),
            info: verdict.count(Severity::Info),
        },
        suppressed: verdict.suppressed(),
        baselined: verdict.held.iter().filter(|held| held.by == HeldBy::Baseline).count(),
        accepted: verdict.held.iter().filter(|held| matches!(held.by, HeldBy::Allow(_))).count(),
        not_evaluated: verdict.not_evaluated.iter().map(|n| Unjudged { rule: &n.rule, reason: &n.reason }).collect(),
        passed_over: &verdict.passed_over,
    }
}

pub(crate) fn problem<'v>(verdict: &'v Verdict<'_>, problem: &'v Problem) -> ProblemOut<'v> {
    let related = problem
        .related
        .as_ref()
        .and_then(|(location, label)| Some(Labelled { kind: "related", label, place: place(verdict, location)? }));
    ProblemOut {
        kind: problem.kind,
        message: &problem.message,
        help: &problem.help,
        path: problem.path.as_deref(),
        location: problem.location.as_ref().and_then(|location| place(verdict, location)),
        related,
    }
}

pub(crate) fn finding<'v>(verdict: &'v Verdict<'_>, finding: &'v Finding) -> FindingOut<'v> {
    let labelled = |kind, label: &'v Label| {
        let place = place(verdict, verdict.places.get(&label.place)?)?;
        Some(Labelled { kind, label: &label.text, place })
    };
    let primary = labelled("primary", &finding.primary);
    let related = finding.related.iter().filter_map(|label| labelled("related", label));
    FindingOut {
        rule: &finding.rule,
        severity: finding.severity,
        confidence: finding.confidence,
        message: &finding.message,
        help: &finding.help,
        docs: &finding.docs,
        fingerprint: &finding.fingerprint,
        subject: &finding.subject,
        locations: primary.into_iter().chain(related).collect(),
        witness: finding.witness.iter().map(|s| step(verdict, s)).collect(),
        access: &finding.access,
        cuts: verdict.cuts.get(&finding.fingerprint).map(|cut| cut_json(&Ink::of(verdict), cut)).into_iter().collect(),
    }
}

fn step<'v>(verdict: &'v Verdict<'_>, step: &'v Step) -> StepOut<'v> {
    let location = verdict.places.get(&step.place).and_then(|location| place(verdict, location));
    StepOut { edge: step.edge, from: &step.from, to: &step.to, over: step.over.as_deref(), location }
}

fn place<'v>(verdict: &'v Verdict<'_>, location: &'v Location) -> Option<Place<'v>> {
    let path = verdict.sources.get(location.file)?.path();
    let point = |p: rolecall_source::Position| Point { line: p.line, column: p.column, offset: p.offset };
    Some(Place { path, pointer: &location.pointer, start: point(location.start), end: point(location.end) })
}
