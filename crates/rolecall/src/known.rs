//! The findings that a check knows of: its baseline.

use crate::cli::COUNTS;
use crate::export::Export;
use crate::output::Stop;
use crate::privacy::Open;
use crate::{pipeline, settings};
use clap::Args;
use rolecall_engine::{Finding, Outcome, Policy, Reviewed, Rulebook};
use rolecall_model::Place;
use rolecall_privacy::Names;
use rolecall_triage::{Baseline, Listed, Pruned};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub(crate) struct BaselineOptions {
    /// Known findings; else rolecall-baseline.json beside the settings
    #[arg(long, value_name = "FILE", help_heading = COUNTS)]
    pub(crate) baseline: Option<PathBuf>,
    /// Exit with 1 also when the baseline lists what is gone, so that it only gets shorter
    #[arg(long, help_heading = COUNTS, hide_short_help = true)]
    strict_baseline: bool,
}

/// A baseline that was found.
pub(crate) struct Known {
    path: PathBuf,
    baseline: Baseline,
    is_strict: bool,
    is_banned: bool,
}

impl BaselineOptions {
    /// The baseline of a run. One that was asked for has to be there.
    pub(crate) fn load(&self, policy: &Policy) -> Result<Option<Known>, Stop> {
        let path = settings::baseline_path(self.baseline.as_deref(), policy);
        match settings::baseline(&path)? {
            Some(baseline) => {
                let (is_strict, is_banned) = (self.strict_baseline, policy.banned_by.is_some());
                Ok(Some(Known { path, baseline, is_strict, is_banned }))
            }
            None if self.baseline.is_some() || self.strict_baseline => {
                let message = format!("there is no baseline {}", path.display());
                Err(Stop::usage(message, "`rolecall baseline write` makes one"))
            }
            None => Ok(None),
        }
    }
}

impl Known {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is held back by; nothing where suppressions are forbidden.
    pub(crate) fn in_force(&self) -> Option<&Baseline> {
        Some(&self.baseline).filter(|_| !self.is_banned)
    }

    /// Goes by the fingerprints that findings have with pseudonyms. Gives back a line on those that have none.
    pub(crate) fn redact(
        &mut self,
        export: &mut Export,
        open: &mut Open<1>,
        policy: &Policy,
        rules: &Rulebook,
    ) -> Option<String> {
        let found = pipeline::judge(export, &policy.reviewed_as(Reviewed::Everything), rules).findings;
        let (baseline, unpaired) = redacted(&self.baseline, open, rules, &found);
        self.baseline = baseline;
        let path = self.path.display();
        (unpaired > 0).then(|| {
            format!(
                "{unpaired} of the findings were not found again with pseudonyms: the baseline {path} may list them all the same"
            )
        })
    }

    /// What is known of findings by the baseline.
    pub(crate) fn reviewed(&self) -> Reviewed {
        let Some(baseline) = self.in_force().cloned() else { return Reviewed::Nothing };
        Reviewed::Some(Arc::new(move |findings| baseline.knows(findings)))
    }

    /// Says what the baseline lists and is gone; gives back whether that fails the run.
    pub(crate) fn settle(&self, policy: &Policy, rules: &Rulebook, outcome: &mut Outcome) -> bool {
        let path = self.path.display();
        if let Some(by) = policy.banned_by.as_ref().filter(|_| self.is_banned) {
            outcome.notes.push(format!("{by} forbids suppressions: the baseline {path} hides nothing"));
            return false;
        }
        let Pruned { gone, less, .. } = self.baseline.pruned(&outcome.findings, |rule| is_judged(rules, outcome, rule));
        if !gone.is_empty() {
            let number =
                if gone.len() == 1 { "1 finding that is" } else { &format!("{} findings that are", gone.len()) };
            outcome.notes.push(format!(
                "the baseline {path} lists {number} gone ({}); `rolecall baseline prune` takes out what is",
                some(&gone)
            ));
        }
        if !less.is_empty() {
            let number = if less.len() == 1 { "1 finding" } else { &format!("{} findings", less.len()) };
            outcome.notes.push(format!(
                "the baseline {path} lists more than is left of {number} ({}); `rolecall baseline prune` takes out the rest",
                some(&less)
            ));
        }
        self.is_strict && !(gone.is_empty() && less.is_empty())
    }
}

/// A baseline as it would be of the export with pseudonyms, of which all that would be listed is given, and how many of these have no
/// like in the export as it is. Ids that people wrote are parts of fingerprints, so that both have to be judged.
pub(crate) fn redacted(
    baseline: &Baseline,
    open: &mut Open<1>,
    rules: &Rulebook,
    findings: &[Finding],
) -> (Baseline, usize) {
    let [export] = &mut open.exports;
    let policy = open.policy.reviewed_as(Reviewed::Everything);
    let known = pipeline::judge(export, &policy, rules).findings;
    let names = &open.names;
    let mut others = marked(&known, &|text| names.text(text));
    let mut prints = HashMap::new();
    let mut unpaired = 0;
    for (mark, own) in marked(findings, &str::to_owned) {
        let theirs = others.remove(&mark).unwrap_or_default();
        unpaired += own.len().saturating_sub(theirs.len());
        prints.extend(theirs.into_iter().zip(own));
    }
    (baseline.renamed(&prints, |line| worded(line, names)), unpaired)
}

/// A line with pseudonyms in its words.
pub(crate) fn worded(line: &Listed, names: &Names) -> Listed {
    Listed {
        subject: names.rewrite_line(&line.subject),
        message: names.rewrite_line(&line.message),
        ..line.about_others(&|text| names.text(text))
    }
}

/// What tells a finding from others and is the same with pseudonyms: rule, place among the places, kind, the ids of
/// its subject and its chain, and access.
type Mark = (String, usize, String, Vec<String>, Vec<String>);

/// The fingerprints of findings by what tells them, ids as they are to be shown.
fn marked<'f>(findings: &'f [Finding], shown: &dyn Fn(&str) -> String) -> BTreeMap<Mark, Vec<&'f str>> {
    let places: BTreeSet<Place> = findings.iter().map(|finding| finding.primary.place).collect();
    let ranks: HashMap<Place, usize> = places.into_iter().zip(0..).collect();
    let mut marked: BTreeMap<Mark, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        let ends = finding.witness.iter().flat_map(|step| [&step.from, &step.to]);
        let ids = std::iter::once(&finding.subject).chain(ends).map(|named| shown(&named.id)).collect();
        let rank = ranks.get(&finding.primary.place).copied().unwrap_or_default();
        let mark = (finding.rule.clone(), rank, finding.subject.kind.to_owned(), ids, finding.access.clone());
        marked.entry(mark).or_default().push(&finding.fingerprint);
    }
    marked
}

/// Whether a rule was judged, so that a finding of it that is not there is gone.
pub(crate) fn is_judged(rules: &Rulebook, outcome: &Outcome, rule: &str) -> bool {
    rules.get(rule).is_some() && !outcome.not_evaluated.iter().any(|unjudged| unjudged.rule == rule)
}

/// The first few lines, in short.
fn some(lines: &[Listed]) -> String {
    let shown: Vec<String> = lines.iter().take(3).map(|line| format!("{} on {}", line.rule, line.subject)).collect();
    let more = lines.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
