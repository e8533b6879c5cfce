//! The command line, declared once; help and documentation are derived from it.

use crate::command::{
    baseline, check, completions, config, diff, explain, graph, init, lock, man, pseudonymize, question, report, rules,
    shell, verify,
};
use crate::export::Export;
use crate::output::Stop;
use crate::privacy::{Open, RedactOptions};
use crate::progress::Progress;
use crate::{clock, inputs, pipeline, rulebook, settings, spared};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use rolecall_engine::{Policy, Rulebook};
use rolecall_report::{FORMATS, Format};
use std::path::{Path, PathBuf};

/// Finds traps in the roles, users, groups and integrations of a Genesys Cloud export:
/// who may do what, over which scope, and through what. Never needs the network.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, propagate_version = true, after_long_help = NOTES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command: exit codes, and what the environment says.
pub(crate) const NOTES: &str = "\
Exit codes:
  0  everything was read and nothing reaches --fail-on
  1  there are findings at or above --fail-on
  2  wrong arguments, settings or rule file; nothing was checked
  3  the input could not be read in full; 3 wins over 1

Environment:
  ROLECALL_CONFIG    settings, where --config is not given
  ROLECALL_FAIL_ON   severity, where --fail-on is not given
  ROLECALL_POLICY    settings of the organisation, above --config and --policy
  ROLECALL_TODAY     the day that ends of acceptances are compared with, where --today is not given
  SOURCE_DATE_EPOCH  the same in seconds, where ROLECALL_TODAY is not set
  NO_COLOR           no colours, where --color is not given
  FORCE_HYPERLINK    0 for no links in a terminal, 1 for links in one that is not known to have them
  RAYON_NUM_THREADS  how many threads read and check; all cores without it";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check an export
    #[command(after_long_help = NOTES)]
    Check(check::CheckOptions),
    /// Write an access report to hand over: one page with findings, proofs and limits
    Report(report::ReportOptions),
    /// Draw who holds what, around somebody, or the chain behind a finding
    Graph(graph::GraphOptions),
    /// Write an export with pseudonyms for people, and with the same findings
    Pseudonymize(pseudonymize::PseudonymizeOptions),
    /// Hold a JSON report against the raw files, without the engine that made it
    Verify(verify::VerifyOptions),
    /// Show what a rule finds, why it matters and how to mend it, or what a permission opens
    Explain(explain::ExplainOptions),
    /// List the rules, or test a folder of them
    Rules(rules::RulesOptions),
    /// Write what each tier may do to a file that `check` holds later exports against
    Lock(lock::LockOptions),
    /// Show who may do more or less than before, by the edge that caused it
    Diff(diff::DiffOptions),
    /// List the findings of today, so that `check` reports only what comes later
    Baseline(baseline::BaselineOptions),
    /// Write a commented rolecall.toml, with tiers guessed from an export
    Init(init::InitOptions),
    /// Show the settings in force, and where each value comes from
    Config(config::ConfigOptions),
    #[command(flatten)]
    Question(question::Question),
    /// Ask one export many questions, with completion of names and permissions
    Shell(shell::ShellOptions),
    /// Write completions for a shell to standard output
    Completions(completions::CompletionsOptions),
    /// Write man pages into a folder
    Man(man::ManOptions),
}

/// Headings of options in help.
pub(crate) const SETTINGS: &str = "Settings and rules";
pub(crate) const COUNTS: &str = "What counts";
pub(crate) const REPORT: &str = "Report";

/// The export and the settings to look at it with.
#[derive(Debug, Args)]
pub(crate) struct InputOptions {
    /// Files and folders of one organisation's export; `-` reads standard input
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The organisation's own permission catalogue, which alone knows what divisions limit
    #[arg(long, value_name = "FILE", help_heading = "Input", hide_short_help = true)]
    pub(crate) catalog: Option<PathBuf>,
    /// Exit with 0 when the paths hold no export at all
    #[arg(long, help_heading = "Input", hide_short_help = true)]
    pub(crate) allow_empty: bool,
    #[command(flatten)]
    pub(crate) redact: RedactOptions,
}

impl InputOptions {
    /// What is read: the export, and the catalogue beside it.
    pub(crate) fn all_paths(&self) -> Vec<PathBuf> {
        self.with_catalogue(&self.paths)
    }

    /// What is read where the export is something else than the paths.
    pub(crate) fn with_catalogue(&self, export: &[PathBuf]) -> Vec<PathBuf> {
        export.iter().chain(&self.catalog).cloned().collect()
    }

    /// Refuses to write to a file that the run reads: of the export, `beside` it, or the key of pseudonyms.
    pub(crate) fn spare<'a>(
        &self,
        targets: impl IntoIterator<Item = &'a Path>,
        export: &Export,
        beside: impl IntoIterator<Item = PathBuf>,
    ) -> Result<(), Stop> {
        let key = self.redact.key.redact_key.clone();
        spared::spare(targets, &[export], beside.into_iter().chain(key))
    }

    /// Reads the export, with pseudonyms where these are asked for; the progress goes on until it is dropped.
    pub(crate) fn read(&self, policy: &mut Policy) -> Result<(Export, Progress), Stop> {
        let (export, progress, _) = self.read_both(policy)?;
        Ok((export, progress))
    }

    /// The same, with what was there before.
    pub(crate) fn read_both(&self, policy: &mut Policy) -> Result<(Export, Progress, Option<Open<1>>), Stop> {
        let ([found], open) = self.redact.apply([inputs::find(&self.all_paths())], policy)?;
        let progress = Progress::new(found.size());
        let export = pipeline::read(found, self.allow_empty, &progress);
        self.expect_catalogue(&export)?;
        Ok((export, progress, open))
    }

    /// A file that was named as a catalogue has to be one.
    pub(crate) fn expect_catalogue(&self, export: &Export) -> Result<(), Stop> {
        match self.catalog.as_ref().filter(|path| path.exists() && export.tenant.catalogue.is_empty()) {
            None => Ok(()),
            Some(path) => {
                let message = format!("{} holds no permission catalogue", path.display());
                Err(Stop::usage(message, "save what GET /api/v2/authorization/permissions answers, all pages"))
            }
        }
    }
}

/// Where rules and settings come from.
#[derive(Debug, Args)]
#[command(next_help_heading = SETTINGS)]
pub(crate) struct RuleOptions {
    /// Settings; without it the nearest rolecall.toml above the export, else above the working folder
    #[arg(long, value_name = "FILE", env = "ROLECALL_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// Settings of the organisation, which come above the team's; those that ROLECALL_POLICY names above both
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) policy: Option<PathBuf>,
    /// A folder of further rules (repeatable)
    #[arg(long = "rules", value_name = "DIR", hide_short_help = true)]
    pub(crate) folders: Vec<PathBuf>,
}

/// What an export is judged by: rules, settings, and what was reviewed.
#[derive(Debug, Args)]
pub(crate) struct JudgeOptions {
    #[command(flatten)]
    pub(crate) rules: RuleOptions,
    /// What was reviewed; without it the rolecall.lock beside the settings or in the working folder
    #[arg(long, value_name = "FILE", help_heading = SETTINGS, hide_short_help = true)]
    pub(crate) lock: Option<PathBuf>,
}

impl JudgeOptions {
    /// The settings in force for an export, on a day.
    pub(crate) fn policy(&self, export: &[PathBuf], today: Option<&str>) -> Result<Policy, Stop> {
        self.above(self.team(export, today)?)
    }

    /// The team's settings with its lock, which say where further files of the team lie.
    pub(crate) fn team(&self, export: &[PathBuf], today: Option<&str>) -> Result<Policy, Stop> {
        let mut policy = settings::policy(self.rules.config.as_deref(), export)?;
        policy.lock = settings::lock(self.lock.as_deref(), &policy)?;
        policy.today = Some(clock::today(today)?);
        Ok(policy)
    }

    /// The same with the organisation's settings over them.
    pub(crate) fn above(&self, team: Policy) -> Result<Policy, Stop> {
        settings::under(team, self.rules.policy.as_deref())
    }

    /// The files that say how to judge: settings, lock and rules.
    pub(crate) fn files(&self, policy: &Policy) -> impl Iterator<Item = PathBuf> {
        let rules = self.rules.folders.iter().flat_map(|folder| rulebook::rule_folders(folder).unwrap_or_default());
        let lock = settings::lock_path(self.lock.as_deref(), policy);
        spared::settings(policy).chain(lock).chain(rules.map(|rule| rule.join(rulebook::PAGE)))
    }

    /// The rules in force.
    pub(crate) fn rulebook(&self, policy: &Policy) -> Result<Rulebook, Stop> {
        rulebook::load(&self.rules.folders, policy)
    }
}

/// How text looks.
#[derive(Debug, Args)]
#[command(next_help_heading = REPORT)]
pub(crate) struct Look {
    /// Colours; NO_COLOR turns them off
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN", hide_short_help = true)]
    pub(crate) color: Color,
    /// Findings and problems only
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Every place, every input and every file passed over
    #[arg(long, short, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

impl Look {
    /// No summary, unless much was asked for.
    pub(crate) fn hush(&mut self) {
        self.quiet |= !self.verbose;
    }
}

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

/// Reads the name of a format of reports.
pub(crate) fn report_format() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(names).try_map(|name| Format::named(&name).ok_or("no such format"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Confidence {
    High,
    Medium,
    Low,
}

impl Severity {
    pub(crate) fn of_engine(self) -> rolecall_engine::Severity {
        match self {
            Self::Critical => rolecall_engine::Severity::Critical,
            Self::High => rolecall_engine::Severity::High,
            Self::Medium => rolecall_engine::Severity::Medium,
            Self::Low => rolecall_engine::Severity::Low,
            Self::Info => rolecall_engine::Severity::Info,
        }
    }
}

impl Level {
    /// The least severity that fails; `None` where none does.
    pub(crate) fn least(self) -> Option<rolecall_engine::Severity> {
        let severity = match self {
            Self::Critical => Severity::Critical,
            Self::High => Severity::High,
            Self::Medium => Severity::Medium,
            Self::Low => Severity::Low,
            Self::Info => Severity::Info,
            Self::Never => return None,
        };
        Some(severity.of_engine())
    }
}

impl Confidence {
    pub(crate) fn of_engine(self) -> rolecall_engine::Confidence {
        match self {
            Self::High => rolecall_engine::Confidence::High,
            Self::Medium => rolecall_engine::Confidence::Medium,
            Self::Low => rolecall_engine::Confidence::Low,
        }
    }
}
