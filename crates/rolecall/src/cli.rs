//! The command line, declared once; help and documentation are derived from it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds traps in the roles, users, groups and integrations of a Genesys Cloud export:
/// who may do what, over which scope, and through what. Never needs the network.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What the exit code says.
const EXIT_CODES: &str = "\
Exit codes:
  0  everything was read and nothing reaches --fail-on
  1  there are findings at or above --fail-on
  2  wrong arguments, settings or rule file; nothing was checked
  3  the input could not be read in full; 3 wins over 1";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check an export
    #[command(after_help = EXIT_CODES)]
    Check(CheckOptions),
    /// Show what a rule finds, why it matters and how to mend it; or what a permission opens
    Explain(ExplainOptions),
    /// List the rules, or test a folder of them
    Rules(RulesOptions),
    /// Write the effective access of each tier to a file that `check` holds later exports against
    Lock(LockOptions),
    /// Write a commented rolecall.toml, with tiers guessed from an export
    Init(InitOptions),
}

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// Files and folders of one organisation's export; `-` reads standard input
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write the report to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleOptions,
    /// The organisation's own permission catalogue, which alone knows what divisions limit
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
    /// What was reviewed; without it the rolecall.lock beside the settings or in the working folder
    #[arg(long, value_name = "FILE")]
    pub(crate) lock: Option<PathBuf>,
    /// Use only this rule (repeatable)
    #[arg(long, value_name = "RULE")]
    pub(crate) only: Vec<String>,
    /// Exit with 1 when a finding is at least this bad
    #[arg(long, value_enum, default_value_t = Level::Medium, value_name = "SEVERITY")]
    pub(crate) fail_on: Level,
    /// Leave out findings below this severity
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) min_severity: Option<Severity>,
    /// Leave out findings below this confidence
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    pub(crate) min_confidence: Option<Confidence>,
    /// For whom: a team is spared what is doubtful or only worth knowing, an auditor is not
    #[arg(long, value_enum, default_value_t = Persona::Team)]
    pub(crate) persona: Persona,
    /// Exit with 0 when the paths hold no export at all
    #[arg(long)]
    pub(crate) allow_empty: bool,
    #[command(flatten)]
    pub(crate) look: Look,
}

/// Who reads the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Persona {
    /// A team at work: no `info`, and nothing doubtful below `high`
    Team,
    /// An auditor: everything
    Auditor,
}

/// Where rules and settings come from.
#[derive(Debug, Args)]
pub(crate) struct RuleOptions {
    /// Settings; without it the nearest rolecall.toml of the working folder and those above it
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A folder of further rules (repeatable)
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
}

/// How text looks.
#[derive(Debug, Args)]
pub(crate) struct Look {
    /// Colours; NO_COLOR turns them off
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Findings and problems only
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Every place, every input and every file passed over
    #[arg(long, short, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainOptions {
    /// A rule's id, or a permission such as `recording:recording:view` or `routing:*:*`
    pub(crate) topic: String,
    #[command(flatten)]
    pub(crate) rules: RuleOptions,
    #[command(flatten)]
    pub(crate) look: Look,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RulesOptions {
    #[command(subcommand)]
    pub(crate) command: Option<RulesCommand>,
    /// How the list is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) rules: RuleOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Run the fail and pass examples of a rule folder, or of every rule folder in one
    Test(TestOptions),
    /// Begin a rule: a folder with a page and two examples that pass `rules test`
    New(NewOptions),
}

#[derive(Debug, Args)]
pub(crate) struct NewOptions {
    /// The rule's id: words in lower case, joined by hyphens
    pub(crate) id: String,
    /// The folder that the rule's folder is made in
    #[arg(long, value_name = "DIR", default_value = "rules")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    /// A rule folder, or a folder of rule folders
    pub(crate) dir: PathBuf,
    /// Write the fail.snap files anew instead of comparing with them
    #[arg(long)]
    pub(crate) update: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LockOptions {
    /// Files and folders of one organisation's export; `-` reads standard input
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Settings; without it the nearest rolecall.toml of the working folder and those above it
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "rolecall.lock")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InitOptions {
    /// An export to guess the tiers from
    pub(crate) paths: Vec<PathBuf>,
    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "rolecall.toml")]
    pub(crate) output: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
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
