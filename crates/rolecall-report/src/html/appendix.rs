//! What the report rests on: what was held back, what could not be judged, what was read, and by which rules.

use super::Dossier;
use super::overview::number;
use super::words::{count, safe, sentence};
use crate::digest::Original;
use crate::{Location, Problem};
use maud::{Markup, html};
use rolecall_engine::Acceptance;
use rolecall_model::Kind;
use rolecall_triage::HeldBy;
use std::collections::BTreeMap;

/// The section of findings that are held back.
pub(super) fn held(dossier: &Dossier<'_>) -> Markup {
    let verdict = dossier.verdict;
    html! {
        section id="held" aria-labelledby="held-title" {
            h2 id="held-title" { "Held back" }
            @if verdict.suppressed() == 0 { p { "Nothing is held back." } }
            @if verdict.switched_off > 0 {
                p { (count(verdict.switched_off, "finding")) " not made, since the settings switch their rule off where they are." }
            }
            @if !verdict.held.is_empty() {
                div class="scroll" tabindex="0" role="region" aria-label="findings held back" {
                    table {
                        thead { tr { th scope="col" { "Finding" } th scope="col" { "Severity" } th scope="col" { "Held back by" } } }
                        tbody {
                            @for held in &verdict.held {
                                tr {
                                    th scope="row" { (sentence(&held.finding.message)) " " small { (held.finding.rule) } }
                                    td { span class=(format!("severity {}", held.finding.severity.word())) { (held.finding.severity.word()) } }
                                    td { (by(dossier, &held.by)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn by(dossier: &Dossier<'_>, by: &HeldBy) -> Markup {
    let said = match by {
        HeldBy::Options => "the options of this run",
        HeldBy::Elsewhere => "the files that changed: it touches none of them",
        HeldBy::Baseline => "the baseline, which lists it",
        HeldBy::Allow(acceptance) => return accepted(dossier, acceptance),
    };
    html! { (said) }
}

/// By whom, since when, until when and why; and where that stands.
fn accepted(dossier: &Dossier<'_>, acceptance: &Acceptance) -> Markup {
    let ticket = acceptance.ticket.as_ref().map(|ticket| format!(" ({ticket})")).unwrap_or_default();
    let until = acceptance.expires.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
    let said = format!("{}{}{until}: {}{ticket}", acceptance.owner, since(acceptance), acceptance.reason);
    html! {
        "accepted by " (safe(&said))
        @if let Some(path) = dossier.verdict.places.get(&acceptance.place).and_then(|at| path(dossier, at)) {
            " " small { code { (safe(&path)) } }
        }
    }
}

/// ` since 2026-01-31 (135 days)`
fn since(acceptance: &Acceptance) -> String {
    let age = acceptance.age.map(|days| format!(" ({})", count(days as usize, "day"))).unwrap_or_default();
    acceptance.since.as_ref().map(|day| format!(" since {day}{age}")).unwrap_or_default()
}

/// The section of what was not judged, and why; and of what the input does not show.
pub(super) fn limits(dossier: &Dossier<'_>) -> Markup {
    let verdict = dossier.verdict;
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in &verdict.not_evaluated {
        reasons.entry(&rule.reason).or_default().push(&rule.rule);
    }
    html! {
        section id="limits" aria-labelledby="limits-title" {
            h2 id="limits-title" { "Limits" }
            (problems(dossier))
            h3 { "Not evaluated" }
            @if reasons.is_empty() { p { "Every rule was evaluated in full." } } @else {
                dl class="reasons" {
                    @for (reason, rules) in &reasons { div { dt { (sentence(reason)) } dd { (safe(&rules.join(", "))) } } }
                }
            }
            h3 { "What this export does not show" }
            @if verdict.notes.is_empty() { p { "Nothing is known to be missing." } } @else {
                ul { @for note in &verdict.notes { li { (said(dossier, note)) } } }
            }
            (holdings(dossier))
        }
    }
}

fn problems(dossier: &Dossier<'_>) -> Markup {
    html! {
        @if !dossier.verdict.problems.is_empty() {
            h3 id="problems" { "What could not be read" }
            ul class="alarm" {
                @for problem in &dossier.verdict.problems {
                    li { (said(dossier, problem)) @if !problem.help.is_empty() { br; (sentence(&problem.help)) } }
                }
            }
        }
    }
}

fn said(dossier: &Dossier<'_>, problem: &Problem) -> Markup {
    let path = problem.location.as_ref().and_then(|location| path(dossier, location));
    html! {
        @if let Some(path) = path.or_else(|| problem.path.clone()) { code { (safe(&path)) } " " }
        (sentence(&problem.message))
    }
}

/// `rolecall.toml:12:8`
fn path(dossier: &Dossier<'_>, at: &Location) -> Option<String> {
    let path = dossier.verdict.sources.get(at.file)?.path();
    Some(format!("{path}:{}:{}", at.start.line, at.start.column))
}

/// How many of each kind the export holds, those that it holds none of included.
fn holdings(dossier: &Dossier<'_>) -> Markup {
    let held = &dossier.verdict.entities;
    let of = |kind: Kind| held.get(kind.word()).map_or(0, |number| *number as usize);
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Secret);
    html! {
        h3 { "What it holds" }
        div class="scroll" tabindex="0" role="region" aria-label="what the export holds" {
            table class="narrow" {
                thead { tr { th scope="col" { "Kind" } th scope="col" class="number" { "Number" } } }
                tbody { @for kind in kinds { tr { th scope="row" { (kind.noun()) } (number(of(kind))) } } }
            }
        }
    }
}

/// The section of the files that were read.
pub(super) fn inputs(dossier: &Dossier<'_>) -> Markup {
    let verdict = dossier.verdict;
    html! {
        section id="inputs" aria-labelledby="inputs-title" {
            h2 id="inputs-title" { "Inputs" }
            div class="scroll" tabindex="0" role="region" aria-label="list of inputs" {
                table {
                    thead { tr { th scope="col" { "File" } th scope="col" { "Dialect" } th scope="col" class="number" { "Bytes" } th scope="col" { "SHA-256" } } }
                    tbody {
                        @for input in &verdict.inputs {
                            tr {
                                th scope="row" { (safe(&input.path)) }
                                td { (input.dialect) }
                                @if let Some(original) = Original::of_input(verdict, input) {
                                    (number(original.bytes))
                                    td class="hash" { code { (original.sha256) } }
                                } @else { td {} td {} }
                            }
                        }
                    }
                }
            }
            @if !verdict.passed_over.is_empty() {
                p { "Passed over, since they are no export: " (safe(&verdict.passed_over.join(", "))) "." }
            }
        }
    }
}

/// The section of the rules that the export was judged by.
pub(super) fn rules(dossier: &Dossier<'_>) -> Markup {
    let verdict = dossier.verdict;
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    verdict.findings.iter().for_each(|finding| *found.entry(&finding.rule).or_default() += 1);
    html! {
        section id="rules" aria-labelledby="rules-title" {
            h2 id="rules-title" { "Rules" }
            p class="about" { "rolecall " (env!("CARGO_PKG_VERSION")) ", " (count(verdict.rules.iter().count(), "rule"))
                @if let Some(path) = &dossier.settings { ", settings of " code { (safe(path)) } } @else { ", built-in settings" } "." }
            div class="scroll" tabindex="0" role="region" aria-label="list of rules" {
                table {
                    thead { tr { th scope="col" { "Rule" } th scope="col" { "Finds" } th scope="col" { "Severity" } th scope="col" { "Confidence" } th scope="col" class="number" { "Findings" } } }
                    tbody {
                        @for rule in verdict.rules.iter() {
                            tr {
                                th scope="row" { code { (safe(&rule.id)) } }
                                td { (safe(&rule.title)) }
                                td { (rule.severity().word()) }
                                td { (rule.confidence().word()) }
                                (number(found.get(rule.id.as_str()).copied().unwrap_or(0)))
                            }
                        }
                    }
                }
            }
        }
    }
}
