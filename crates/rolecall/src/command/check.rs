//! `rolecall check`

use crate::cli::{COUNTS, Confidence, InputOptions, Level, RuleOptions, SETTINGS, Severity};
use crate::output::Stop;
use crate::progress::Progress;
use crate::target::ReportOptions;
use crate::{inputs, pipeline, rulebook, settings};
use clap::{Args, ValueEnum};
use rolecall_triage::Wishes;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    report: ReportOptions,
    #[command(flatten)]
    rules: RuleOptions,
    /// What was reviewed; without it the rolecall.lock beside the settings or in the working folder
    #[arg(long, value_name = "FILE", help_heading = SETTINGS, hide_short_help = true)]
    lock: Option<PathBuf>,
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
    /// For whom: a team is spared what is doubtful or only worth knowing, an auditor is not
    #[arg(long, value_enum, default_value_t = Persona::Team, help_heading = COUNTS, hide_short_help = true)]
    persona: Persona,
}

/// Who reads the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Persona {
    /// A team at work: no `info`, and nothing doubtful below `high`
    Team,
    /// An auditor: everything
    Auditor,
}

/// Checks an export and gives the exit code.
pub(crate) fn run(options: &CheckOptions) -> Result<u8, Stop> {
    let mut policy = settings::policy(options.rules.config.as_deref(), &options.input.paths)?;
    policy.lock = settings::lock(options.lock.as_deref(), &policy)?;
    let rules = rulebook::load(&options.rules.folders, &policy)?;
    let rules =
        rules.only(&options.only).map_err(|(id, help)| Stop::usage(format!("there is no rule `{id}`"), help))?;
    let found = inputs::find(&options.input.all_paths());
    let progress = Progress::new(found.size());
    let mut export = pipeline::read(found, options.input.allow_empty, &progress);
    options.input.expect_catalogue(&export)?;
    let mut outcome = pipeline::judge(&mut export, &policy, &rules);
    let triaged = rolecall_triage::triage(std::mem::take(&mut outcome.findings), &options.wishes());
    let mut verdict = pipeline::verdict(&mut export, &rules, outcome, triaged);
    let code = rolecall_triage::exit_code(verdict.problems.is_empty(), &verdict.findings, options.fail_on.least());
    verdict.exit_code = Some(code);
    drop(progress);
    options.report.write(&verdict)?;
    Ok(code)
}

impl CheckOptions {
    fn wishes(&self) -> Wishes {
        Wishes {
            min_severity: self.min_severity.map(Severity::of_engine),
            min_confidence: self.min_confidence.map(Confidence::of_engine),
            is_picky: !self.only.is_empty(),
            persona: match self.persona {
                Persona::Team => rolecall_triage::Persona::Team,
                Persona::Auditor => rolecall_triage::Persona::Auditor,
            },
        }
    }
}
