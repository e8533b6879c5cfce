//! `rolecall baseline`

use crate::cli::{InputOptions, JudgeOptions, SETTINGS};
use crate::known::{is_judged, redacted, worded};
use crate::output::{self, Stop};
use crate::privacy::Open;
use crate::{pipeline, settings};
use clap::{Args, Subcommand};
use rolecall_engine::{Finding, Outcome, Reviewed, Rulebook};
use rolecall_privacy::Names;
use rolecall_source::visible;
use rolecall_triage::{Baseline, Listed, Pruned};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct BaselineOptions {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
enum BaselineCommand {
    /// List everything that is found now, so that `check` reports only what comes later
    Write(BaselineArguments),
    /// Say what `write` would add and take out; exit with 1 when there is anything
    Check(BaselineArguments),
    /// Take out what is gone, and add nothing
    Prune(BaselineArguments),
}

#[derive(Debug, Args)]
struct BaselineArguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    judge: JudgeOptions,
    /// The baseline; without it rolecall-baseline.json beside the settings, else in the working folder
    #[arg(long, value_name = "FILE", help_heading = SETTINGS)]
    baseline: Option<PathBuf>,
}

/// The exit code of an input that could not be read in full.
const HALF: u8 = 3;

/// Writes, checks or prunes a baseline. Half an export is never the measure: what is missing would be gone.
pub(crate) fn run(options: &BaselineOptions) -> Result<u8, Stop> {
    let (BaselineCommand::Write(arguments) | BaselineCommand::Check(arguments) | BaselineCommand::Prune(arguments)) =
        &options.command;
    let team = arguments.judge.team(&arguments.input.paths, None)?;
    let path = settings::baseline_path(arguments.baseline.as_deref(), &team);
    let mut policy = arguments.judge.above(team)?;
    if let Some(by) = &policy.banned_by {
        return Err(Stop::usage(format!("{by} forbids suppressions, and so a baseline"), ""));
    }
    // What is there and is no baseline is not touched.
    let known = settings::baseline(&path)?;
    let rules = arguments.judge.rulebook(&policy)?;
    let (mut export, _progress, mut open) = arguments.input.read_both(&mut policy)?;
    if !export.is_whole() {
        output::warn("the input could not be read in full, so nothing was done (`rolecall check` shows where)");
        return Ok(HALF);
    }
    // A file is of the export as it is, whoever reads it: only its words are others, and of one that is there none is shown.
    let is_kept = matches!(options.command, BaselineCommand::Prune(_) | BaselineCommand::Write(_));
    if let Some(Open { exports: [whole], policy: own, .. }) = open.as_mut().filter(|_| is_kept) {
        (export, policy) = (std::mem::take(whole), std::mem::take(own));
    }
    // What yields to a finding that is listed would come back: it is listed too.
    let outcome = pipeline::judge(&mut export, &policy.reviewed_as(Reviewed::Everything), &rules);
    match (&options.command, known) {
        (BaselineCommand::Write(_), known) => {
            let names = open.as_ref().map(|open| &open.names);
            write(&path, &known.unwrap_or_default(), &outcome, names)
        }
        (_, None) => {
            let message = format!("there is no baseline {}", path.display());
            Err(Stop::usage(message, "`rolecall baseline write` makes one"))
        }
        (BaselineCommand::Check(_), Some(known)) => {
            let shown = open.as_mut().map(|open| redacted(&known, open, &rules, &outcome.findings).0);
            let is_redacted = shown.is_some();
            check(&shown.unwrap_or(known), &outcome, &rules, is_redacted)
        }
        (BaselineCommand::Prune(_), Some(known)) => prune(&path, &known, &outcome, &rules),
    }
}

/// What a baseline is for: everything that nobody has accepted by itself, whatever a run asks for.
fn open(outcome: &Outcome) -> impl Iterator<Item = &Finding> + Clone {
    outcome.findings.iter().filter(|finding| finding.allowed.is_none())
}

fn write(path: &Path, known: &Baseline, outcome: &Outcome, names: Option<&Names>) -> Result<u8, Stop> {
    let mut baseline = Baseline::of(open(outcome));
    if let Some(names) = names {
        baseline = baseline.renamed(&HashMap::new(), |line| worded(line, names));
    }
    let added = known.unlisted(open(outcome)).len();
    output::save(path, baseline.to_text().as_bytes())?;
    let Pruned { gone, less, .. } = known.pruned(open(outcome), |_| true);
    let (found, gone, less) = (number(baseline.len()), gone.len(), said(&less));
    say(&format!("wrote {}: {found}, {added} new, {gone} gone{less}", path.display()))
}

fn check(known: &Baseline, outcome: &Outcome, rules: &Rulebook, is_redacted: bool) -> Result<u8, Stop> {
    let Pruned { gone, less, .. } = known.pruned(open(outcome), |rule| is_judged(rules, outcome, rule));
    let added = Baseline::of(known.unlisted(open(outcome)));
    let mut shown = String::new();
    let line =
        |word: &str, line: &Listed| visible(&format!("{word} {} {}", line.rule, line.message)).into_owned() + "\n";
    added.iter().for_each(|listed| shown.push_str(&line("new: ", listed)));
    // What a line says of those who left may name them, and nobody knows them any more.
    let bare = |listed: &Listed| visible(&format!("gone: {} {}", listed.rule, listed.subject)).into_owned() + "\n";
    let gone = gone.iter().map(|listed| if is_redacted { bare(listed) } else { line("gone:", listed) });
    gone.for_each(|line| shown.push_str(&line));
    less.iter().for_each(|listed| shown.push_str(&line("less:", listed)));
    let is_same = shown.is_empty();
    shown.push_str(if is_same { "the baseline lists what is there\n" } else { "" });
    output::print(shown.as_bytes())?;
    Ok(u8::from(!is_same))
}

fn prune(path: &Path, known: &Baseline, outcome: &Outcome, rules: &Rulebook) -> Result<u8, Stop> {
    let Pruned { kept, gone, less } = known.pruned(open(outcome), |rule| is_judged(rules, outcome, rule));
    if !(gone.is_empty() && less.is_empty()) {
        output::save(path, kept.to_text().as_bytes())?;
    }
    say(&format!("{}: {} gone{}, {} left", path.display(), number(gone.len()), said(&less), kept.len()))
}

/// How many findings there is less of.
fn said(less: &[Listed]) -> String {
    if less.is_empty() { String::new() } else { format!(", {} less", less.len()) }
}

fn number(findings: usize) -> String {
    if findings == 1 { "1 finding".to_owned() } else { format!("{findings} findings") }
}

fn say(text: &str) -> Result<u8, Stop> {
    output::print(format!("{}\n", visible(text)).as_bytes())?;
    Ok(0)
}
