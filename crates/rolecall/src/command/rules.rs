//! `rolecall rules`

use super::{new, test};
use crate::cli::{ListFormat, RuleOptions};
use crate::output::{self, Stop};
use crate::{rulebook, settings};
use clap::{Args, Subcommand};
use rolecall_engine::{Confidence, Rulebook, Severity};
use rolecall_source::visible;
use serde::Serialize;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RulesOptions {
    #[command(subcommand)]
    pub(crate) command: Option<RulesCommand>,
    /// How the list is written
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) rules: RuleOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Run the fail and pass examples of a rule folder, or of every rule folder in one
    Test(test::TestOptions),
    /// Begin a rule: a folder with a page and two examples that pass `rules test`
    New(new::NewOptions),
}

#[derive(Serialize)]
struct List<'r> {
    schema: &'static str,
    rules: Vec<Row<'r>>,
}

#[derive(Serialize)]
struct Row<'r> {
    id: &'r str,
    severity: Severity,
    confidence: Confidence,
    title: &'r str,
    since: &'r str,
    /// The only dialects that have what it judges; every one where it is empty.
    dialects: Vec<&'static str>,
    docs: &'r str,
}

/// Lists the rules, or tests a folder of them.
pub(crate) fn run(options: &RulesOptions) -> Result<u8, Stop> {
    match &options.command {
        Some(RulesCommand::Test(options)) => return test::run(options),
        Some(RulesCommand::New(options)) => return new::run(options),
        None => {}
    }
    let policy = settings::policy(options.rules.config.as_deref(), &[])?;
    let policy = settings::under(policy, options.rules.policy.as_deref())?;
    let rules = rulebook::load(&options.rules.folders, &policy)?;
    let shown = match options.format {
        ListFormat::Text => table(&rules),
        ListFormat::Json => json(&rules)?,
    };
    output::print(shown.as_bytes())?;
    Ok(0)
}

fn table(rules: &Rulebook) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let line = |rule: &rolecall_engine::Rule| {
        format!(
            "{:width$}  {:8}  {:6}  {}\n",
            rule.id,
            rule.severity().word(),
            rule.confidence().word(),
            visible(&rule.title)
        )
    };
    rules.iter().map(line).collect()
}

fn json(rules: &Rulebook) -> Result<String, Stop> {
    let row = |rule| {
        let rule: &rolecall_engine::Rule = rule;
        Row {
            id: &rule.id,
            severity: rule.severity(),
            confidence: rule.confidence(),
            title: &rule.title,
            since: rule.since(),
            dialects: rule.dialects(),
            docs: &rule.docs,
        }
    };
    let list = List { schema: "rolecall/rules/v1", rules: rules.iter().map(row).collect() };
    let text = serde_json::to_string_pretty(&list).map_err(|error| Stop::usage(error.to_string(), ""))?;
    Ok(text + "\n")
}
