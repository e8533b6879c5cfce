//! The findings that a check knows of: its baseline.

use crate::cli::COUNTS;
use crate::output::Stop;
use crate::settings;
use clap::Args;
use rolecall_engine::{Outcome, Policy, Rulebook};
use rolecall_triage::{Baseline, Listed, Pruned};
use std::path::{Path, PathBuf};

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
