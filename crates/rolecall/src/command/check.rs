//! `rolecall check`

use crate::changed::{Before, Changed, ChangedOptions, Reads};
use crate::cli::{COUNTS, Confidence, InputOptions, JudgeOptions, Level, SETTINGS, Severity};
use crate::git::Revision;
use crate::inputs::{self, Inputs};
use crate::known::{BaselineOptions, Known};
use crate::output::{self, Stop};
use crate::progress::Progress;
use crate::target::ReportOptions;
use crate::{lost, pipeline, privacy, rulebook, settings};
use clap::{Args, ValueEnum};
use rolecall_engine::{Finding, Policy, Reviewed, Rulebook};
use rolecall_privacy::Names;
use rolecall_report::Exit;
use rolecall_triage::{Baseline, HeldBy, Triaged, Wishes};
use std::collections::HashSet;
use std::fs;
use std::io;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    changed: ChangedOptions,
    #[command(flatten)]
    report: ReportOptions,
    #[command(flatten)]
    judge: JudgeOptions,
    /// Use only this rule (repeatable)
    #[arg(long, value_name = "RULE", help_heading = SETTINGS)]
    only: Vec<String>,
    /// Exit with 1 when a finding is at least this bad
    #[arg(long, value_enum, default_value_t = Level::Medium, value_name = "SEVERITY", env = "ROLECALL_FAIL_ON", hide_env_values = true, help_heading = COUNTS)]
    fail_on: Level,
    /// Leave out findings below this severity
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = COUNTS)]
    min_severity: Option<Severity>,
    /// Leave out findings below this confidence
    #[arg(long, value_enum, value_name = "CONFIDENCE", help_heading = COUNTS, hide_short_help = true)]
    min_confidence: Option<Confidence>,
    /// Show with each finding the fewest edits that break it, proven by running the rules again
    #[arg(long, help_heading = crate::cli::REPORT, hide_short_help = true)]
    cuts: bool,
    /// For whom: a team is spared what is doubtful or only worth knowing, an auditor is not
    #[arg(long, value_enum, default_value_t = Persona::Team, help_heading = COUNTS, hide_short_help = true)]
    persona: Persona,
    /// Report what the settings accept as well, as an auditor would see it
    #[arg(long, help_heading = COUNTS)]
    no_ignores: bool,
    #[command(flatten)]
    known: BaselineOptions,
    /// The day that ends of acceptances are compared with; without it ROLECALL_TODAY, SOURCE_DATE_EPOCH, today (UTC)
    #[arg(long, value_name = "DATE", help_heading = COUNTS, hide_short_help = true)]
    today: Option<String>,
}

/// Who reads the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Persona {
    /// A team at work: no `info`, and nothing doubtful below `high`
    Team,
    /// An auditor: everything, and the fewest edits that break the worst
    Auditor,
}

/// Checks an export and gives the exit code.
pub(crate) fn run(mut options: CheckOptions) -> Result<u8, Stop> {
    let export = options.changed.export(&options.input.paths);
    let mut policy = options.judge.policy(export, options.today.as_deref())?;
    let mut known = options.known.load(&policy)?;
    let rules = options.judge.rulebook(&policy)?;
    // Rules, export and verdict are not taken apart piece by piece when all is said: the process ends then.
    let rules = ManuallyDrop::new(rules.only(&options.only).map_err(rulebook::no_rule)?);
    let found = inputs::find(&options.input.with_catalogue(export));
    let changed = options.changed(&found, &policy, known.as_ref());
    let is_there = !found.files.is_empty() && found.problems.is_empty();
    if is_there && options.report.is_plain() && changed.as_ref().is_some_and(Changed::is_nothing) {
        return Ok(0);
    }
    let ([found], mut open) = options.input.redact.apply([found], &mut policy)?;
    let progress = Progress::new(found.size());
    let files: Vec<PathBuf> = found.files.iter().map(|input| input.path.clone()).collect();
    let mut export = ManuallyDrop::new(pipeline::read(found, options.input.allow_empty, &progress));
    options.input.expect_catalogue(&export)?;
    let beside = options.judge.files(&policy).chain(known.as_ref().map(|known| known.path().to_owned()));
    let summary = options.report.summary();
    options.input.spare(options.report.files().chain(summary.as_deref()), &export, beside)?;
    let unpaired = match (&mut known, &mut open) {
        (Some(known), Some(open)) => known.redact(&mut export, open, &policy, &rules),
        _ => None,
    };
    if let Some(known) = known.as_ref().filter(|_| !options.no_ignores) {
        policy.reviewed = known.reviewed();
    }
    let mut outcome = pipeline::judge(&mut export, &policy, &rules);
    outcome.notes.extend(unpaired);
    let left = if options.report.is_for_acceptance() {
        pipeline::left(&mut export, &policy, &rules, Reviewed::Everything, &outcome.findings)
    } else {
        Vec::new()
    };
    let is_stale = export.is_whole() && known.as_ref().is_some_and(|known| known.settle(&policy, &rules, &mut outcome));
    let baseline = known.as_ref().and_then(Known::in_force);
    let mut triaged = rolecall_triage::triage(std::mem::take(&mut outcome.findings), &options.wishes(), baseline);
    let elsewhere = changed.as_ref().and_then(|changed| {
        let names = open.as_ref().map(|open| &open.names);
        let before = |base: &Revision| options.before(base, &files, &policy, &rules, names);
        let said = changed.hold_back(&mut triaged, before);
        // What yields to a finding that is held back would not be seen at all.
        if let Some(reviewed) = elsewhere(&triaged, baseline) {
            let all = triaged.findings.iter().chain(triaged.held.iter().map(|held| &held.finding));
            let left = changed.made(pipeline::left(&mut export, &policy, &rules, reviewed, all));
            let mut more = rolecall_triage::triage(left, &options.wishes(), baseline);
            changed.hold_back(&mut more, before);
            triaged.findings.append(&mut more.findings);
            triaged.held.append(&mut more.held);
        }
        said
    });
    let is_shown = options.cuts || options.persona == Persona::Auditor;
    let cuts = is_shown.then(|| pipeline::cuts(&mut export, &policy, &rules, &triaged.findings, options.cuts));
    let mut verdict = ManuallyDrop::new(pipeline::verdict(&mut export, &rules, outcome, triaged));
    if let Some(cuts) = cuts {
        cuts.put(&mut verdict);
    }
    verdict.left = rolecall_triage::triage(left, &options.wishes(), baseline).findings;
    verdict.is_compared = baseline.is_some();
    verdict.today = policy.today.map(|day| day.to_string());
    lost::tell(&mut verdict);
    let fail_on = options.fail_on.least();
    let code = rolecall_triage::exit_code(verdict.problems.is_empty(), &verdict.findings, fail_on);
    let code = code.max(u8::from(is_stale));
    verdict.exit = Some(Exit { code, fail_on });
    drop(progress);
    if changed.is_some() {
        options.report.look.hush();
    }
    options.report.write(&mut verdict)?;
    if let Some(elsewhere) = elsewhere {
        output::note(&elsewhere);
    }
    lost::tell(&mut verdict);
    Ok(verdict.exit.map_or(code, |exit| exit.code))
}

/// What is known of findings where some are held back since they lie elsewhere.
fn elsewhere(triaged: &Triaged, baseline: Option<&Baseline>) -> Option<Reviewed> {
    let held = triaged.held.iter().filter(|held| held.by == HeldBy::Elsewhere);
    let held: HashSet<String> = held.map(|held| held.finding.fingerprint.clone()).collect();
    let baseline = baseline.cloned().unwrap_or_default();
    let knows = move |findings: &[&Finding]| {
        let is_held = |(finding, is_listed): (&&Finding, bool)| is_listed || held.contains(&finding.fingerprint);
        findings.iter().zip(baseline.knows(findings)).map(is_held).collect()
    };
    triaged.held.iter().any(|held| held.by == HeldBy::Elsewhere).then(|| Reviewed::Some(Arc::new(knows)))
}

impl CheckOptions {
    /// What was found before the change, where git can tell.
    fn before(
        &self,
        revision: &Revision,
        files: &[PathBuf],
        policy: &Policy,
        rules: &Rulebook,
        names: Option<&Names>,
    ) -> io::Result<Before> {
        let paths = self.input.with_catalogue(self.changed.export(&self.input.paths));
        let (mut found, _) = revision.inputs(&paths)?;
        if let Some(names) = names {
            privacy::rewrite(names, &mut found);
        }
        // By the paths at which they lie, whatever links lead there.
        let known: HashSet<PathBuf> = found.files.iter().map(|input| input.path.clone()).collect();
        let was_there = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|path| known.contains(&path));
        let files = files.iter().map(was_there).collect();
        let mut export = pipeline::read(found, true, &Progress::new(0));
        let outcome = pipeline::judge(&mut export, &policy.reviewed_as(Reviewed::Everything), rules);
        Ok(Before { found: Baseline::of(&outcome.findings), files })
    }

    /// What changed of the export, where only that is asked about.
    fn changed(&self, found: &Inputs, policy: &Policy, known: Option<&Known>) -> Option<Changed> {
        if !self.changed.changed_only {
            return None;
        }
        let export = self.changed.export(&self.input.paths);
        let settings = policy.sources.iter().map(|(path, _)| PathBuf::from(path));
        let lock = settings::lock_path(self.judge.lock.as_deref(), policy);
        let beside = self.judge.rules.folders.iter().chain(&self.input.catalog).cloned();
        let others = settings.chain(lock).chain(known.map(|known| known.path().to_owned())).chain(beside);
        let reads = Reads::new(export, others.chain(settings::folders(policy)).chain(settings::missing(export)));
        Some(Changed::among(found, &self.input.paths, &reads))
    }

    fn wishes(&self) -> Wishes {
        Wishes {
            min_severity: self.min_severity.map(Severity::of_engine),
            min_confidence: self.min_confidence.map(Confidence::of_engine),
            is_picky: !self.only.is_empty(),
            no_ignores: self.no_ignores,
            persona: match self.persona {
                Persona::Team if self.no_ignores => rolecall_triage::Persona::Auditor,
                Persona::Team => rolecall_triage::Persona::Team,
                Persona::Auditor => rolecall_triage::Persona::Auditor,
            },
        }
    }
}
