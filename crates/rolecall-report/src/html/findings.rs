//! Every finding, by rule, with its proof.

use super::words::{count, safe, section, sentence};
use super::{Dossier, cut, drawing, source};
use crate::excerpt::Looks;
use maud::{Markup, html};
use rolecall_engine::{Finding, Severity};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The findings of one rule, the worst first.
pub(super) struct Group<'d> {
    pub(super) rule: &'d str,
    pub(super) severity: Severity,
    /// Rows of the verdict's findings.
    pub(super) rows: Vec<usize>,
}

/// Findings by rule: rules by their worst finding, then by name.
pub(super) fn groups<'d>(dossier: &'d Dossier<'_>) -> Vec<Group<'d>> {
    let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, finding) in dossier.verdict.findings.iter().enumerate() {
        by_rule.entry(&finding.rule).or_default().push(row);
    }
    let severity = |row: &usize| dossier.verdict.findings.get(*row).map_or(Severity::Info, |finding| finding.severity);
    let group = |(rule, mut rows): (&'d str, Vec<usize>)| {
        rows.sort_by_key(|row| std::cmp::Reverse(severity(row)));
        Group { rule, severity: rows.first().map_or(Severity::Info, severity), rows }
    };
    let mut groups: Vec<Group<'d>> = by_rule.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.severity));
    groups
}

/// The names that the page has for its findings: fingerprints, numbered where two are the same.
fn names(dossier: &Dossier<'_>) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let name = |finding: &'_ Finding, number: usize| match number {
        1 => format!("f-{}", finding.fingerprint),
        _ => format!("f-{}-{number}", finding.fingerprint),
    };
    let mut names = Vec::new();
    for finding in &dossier.verdict.findings {
        let number = seen.entry(&finding.fingerprint).or_insert(0);
        *number += 1;
        names.push(name(finding, *number));
    }
    names
}

/// The section of the findings.
pub(super) fn findings(dossier: &Dossier<'_>) -> Markup {
    let (names, mut looks) = (names(dossier), Looks::default());
    html! {
        section id="findings" aria-labelledby="findings-title" {
            h2 id="findings-title" { "Findings" }
            @if dossier.verdict.findings.is_empty() {
                p { "No rule found anything. What was not judged is listed under " a href="#limits" { "limits" } "." }
            } @else {
                (filter(dossier))
                @for group in groups(dossier) { (of_rule(dossier, &group, &names, &mut looks)) }
            }
        }
    }
}

/// What narrows the list. Without script it would do nothing, so it is hidden until the script shows it.
fn filter(dossier: &Dossier<'_>) -> Markup {
    let tiers: BTreeSet<&String> = dossier.tiers.iter().flatten().collect();
    html! {
        form id="filter" role="search" aria-label="findings" hidden {
            label class="wide" { span { "Search" } input type="search" id="search" autocomplete="off" placeholder="name, permission, file, rule"; }
            label {
                span { "Tier" }
                select id="tier" {
                    option value="" { "all" }
                    @for tier in tiers { option value=(safe(tier)) { (safe(tier)) } }
                    option value="-" { "of no tier" }
                }
            }
            fieldset {
                legend { "Severity" }
                @for severity in Severity::ALL {
                    @let number = dossier.verdict.count(severity);
                    @if number > 0 {
                        label { input type="checkbox" name="severity" value=(severity.word()) checked; (severity.word()) " " small { (number) } }
                    }
                }
            }
            p class="acts" {
                button type="button" id="open" { "Open all" } button type="button" id="close" { "Close all" }
                output id="shown" for="search tier" {}
            }
        }
    }
}

fn of_rule<'d>(dossier: &'d Dossier<'_>, group: &Group<'_>, names: &[String], looks: &mut Looks<'d>) -> Markup {
    let rule = dossier.verdict.rules.get(group.rule);
    html! {
        section class="rule" {
            h3 id=(format!("r-{}", group.rule)) { (rule.map_or_else(|| safe(group.rule), |rule| safe(&rule.title))) }
            p class="about" { code { (group.rule) } " · " (count(group.rows.len(), "finding")) }
            @if let Some(rule) = rule {
                details class="why" {
                    summary { "Why it matters" }
                    @for paragraph in section(&rule.page, "Why") { p { (sentence(&paragraph)) } }
                }
            }
            @for row in &group.rows {
                @if let (Some(finding), Some(name)) = (dossier.verdict.findings.get(*row), names.get(*row)) {
                    (of_finding(dossier, finding, name, dossier.tiers.get(*row).map_or(&[], Vec::as_slice), looks))
                }
            }
        }
    }
}

fn of_finding<'d>(
    dossier: &'d Dossier<'_>,
    finding: &Finding,
    name: &str,
    tiers: &[String],
    looks: &mut Looks<'d>,
) -> Markup {
    let severity = finding.severity.word();
    html! {
        details class=(format!("finding {severity}")) id=(name) data-severity=(severity) data-tiers=(tiers.iter().map(|tier| safe(tier)).collect::<Vec<_>>().join("\n")) {
            summary { span class="severity" { (severity) } span class="message" { (sentence(&finding.message)) } }
            div class="proof" {
                @if !finding.help.is_empty() { p class="help" { strong { "To mend it: " } (sentence(&finding.help)) } }
                @if let Some(found) = dossier.verdict.cuts.get(&finding.fingerprint) { (cut::cut(dossier.verdict, found)) }
                div class="both" {
                    @if !finding.witness.is_empty() { figure { figcaption { "How the access arrives" } (drawing::drawing(dossier.verdict, &finding.witness)) } }
                    div { (source::excerpts(dossier.verdict, finding, looks)) }
                }
                (particulars(finding, name, tiers))
            }
        }
    }
}

fn particulars(finding: &Finding, name: &str, tiers: &[String]) -> Markup {
    let subject = &finding.subject;
    html! {
        dl class="particulars" {
            div { dt { "Subject" } dd { (subject.kind.replace('-', " ")) " " code { (safe(&subject.name)) }
                @if subject.id != subject.name { " " small { (safe(&subject.id)) } } } }
            div { dt { "Tier" } dd { (if tiers.is_empty() { "none".to_owned() } else { safe(&tiers.join(", ")) }) } }
            div { dt { "Confidence" } dd { (finding.confidence.word()) } }
            div { dt { "Fingerprint" } dd { a href=(format!("#{name}")) { code { (finding.fingerprint) } } } }
        }
    }
}
