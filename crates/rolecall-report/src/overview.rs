//! `--format summary`: a few lines on the whole.

use crate::{Format, Verdict, inert, summary};
use rolecall_engine::Severity;
use rolecall_source::visible;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A few lines.
pub(crate) const FORMAT: Format =
    Format { name: "summary", about: "a few lines: how many of what", write: |out, verdict, _| write(out, verdict) };

/// How many rules are named.
const RULES: usize = 10;

fn write(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    verdict.problems.iter().for_each(|problem| *kinds.entry(problem.kind).or_default() += 1);
    let mut lines = summary::lines(verdict, false).into_iter();
    for line in lines.by_ref().take(1) {
        writeln!(out, "{line}")?;
    }
    for (kind, number) in kinds {
        writeln!(out, "  {:<8} {number:>6}  {kind}", "problem")?;
    }
    let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &str), usize> = BTreeMap::new();
    for finding in &verdict.findings {
        *rules.entry((std::cmp::Reverse(finding.severity), &finding.rule)).or_default() += 1;
    }
    for ((severity, rule), number) in rules.iter().take(RULES) {
        writeln!(out, "  {:<8} {number:>6}  {}", severity.0.word(), inert(&visible(rule)))?;
    }
    if let Some(more) = rules.len().checked_sub(RULES).filter(|more| *more > 0) {
        writeln!(out, "  {more} more rules with findings")?;
    }
    lines.try_for_each(|line| writeln!(out, "{}", inert(&line)))
}
