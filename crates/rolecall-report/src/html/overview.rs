//! The first page: how bad it is, where, and how far the answer holds.

use super::words::{count, safe};
use super::{Dossier, findings};
use maud::{Markup, html};
use rolecall_engine::Severity;
use std::collections::BTreeMap;

/// The section of the summary.
pub(super) fn overview(dossier: &Dossier<'_>) -> Markup {
    html! {
        section id="summary" aria-labelledby="summary-title" {
            h2 id="summary-title" { "Summary" }
            (figures(dossier))
            (standing(dossier))
            @if !dossier.verdict.findings.is_empty() { (by_tier(dossier)) (by_rule(dossier)) }
        }
    }
}

fn figures(dossier: &Dossier<'_>) -> Markup {
    html! {
        dl class="figures" {
            @for severity in Severity::ALL {
                @let number = dossier.verdict.count(severity);
                div class=(if number == 0 { "none" } else { severity.word() }) { dt { (severity.word()) } dd { (number) } }
            }
        }
    }
}

/// Whether the answer rests on all of the input, in a sentence each.
fn standing(dossier: &Dossier<'_>) -> Markup {
    let verdict = dossier.verdict;
    html! {
        ul class="standing" {
            @if verdict.problems.is_empty() {
                li { "Everything was read: " (count(verdict.inputs.len(), "file")) "." }
            } @else {
                li class="alarm" { strong { "Not everything could be read." } " "
                    a href="#problems" { (count(verdict.problems.len(), "problem")) }
                    ": what is not reported here may still be there." }
            }
            @if !verdict.not_evaluated.is_empty() {
                li { a href="#limits" { (count(verdict.not_evaluated.len(), "rule")) } " not evaluated, in full or in part." }
            }
            @if verdict.suppressed() > 0 {
                li { a href="#held" { (count(verdict.suppressed(), "finding")) } " held back." }
            }
        }
    }
}

fn by_tier(dossier: &Dossier<'_>) -> Markup {
    let mut tiers: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    let mut none = [0; 5];
    for (finding, of) in dossier.verdict.findings.iter().zip(&dossier.tiers) {
        let Some(column) = Severity::ALL.iter().position(|severity| *severity == finding.severity) else { continue };
        let add = |row: &mut [usize; 5]| row.iter_mut().skip(column).take(1).for_each(|cell| *cell += 1);
        of.iter().for_each(|tier| add(tiers.entry(tier).or_default()));
        if of.is_empty() {
            add(&mut none);
        }
    }
    let row = |name: &str, cells: &[usize; 5]| {
        html! {
            tr { th scope="row" { (safe(name)) } @for cell in cells { (number(*cell)) } (number(cells.iter().sum())) }
        }
    };
    html! {
        h3 { "By tier" }
        p class="about" { "The tier is that of the entity whose edit mends the finding. One that is of several tiers counts in each." }
        div class="scroll" tabindex="0" role="region" aria-label="findings by tier" {
            table class="even" {
                thead { tr { th scope="col" { "Tier" } @for severity in Severity::ALL { th scope="col" class="number" { (severity.word()) } } th scope="col" class="number" { "all" } } }
                tbody { @for (name, cells) in &tiers { (row(name, cells)) } (row("of no tier", &none)) }
            }
        }
    }
}

fn by_rule(dossier: &Dossier<'_>) -> Markup {
    html! {
        h3 { "By rule" }
        div class="scroll" tabindex="0" role="region" aria-label="findings by rule" {
            table {
                thead { tr { th scope="col" { "Rule" } th scope="col" { "Worst" } th scope="col" class="number" { "Findings" } } }
                tbody {
                    @for group in findings::groups(dossier) {
                        @let title = dossier.verdict.rules.get(group.rule).map_or(group.rule, |rule| &rule.title);
                        tr {
                            th scope="row" { a href=(format!("#r-{}", group.rule)) { (safe(title)) } }
                            td { span class=(format!("severity {}", group.severity.word())) { (group.severity.word()) } }
                            (number(group.rows.len()))
                        }
                    }
                }
            }
        }
    }
}

/// A cell with a number; nought is quiet.
pub(super) fn number(number: usize) -> Markup {
    html! { td class=(if number == 0 { "number nought" } else { "number" }) { (number) } }
}
