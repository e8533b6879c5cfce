//! `rolecall`: paths in, a report and an exit code out.
//!
//! A library only so that the binary here and the one that pre-commit builds are one program.

mod ask;
mod changed;
mod cli;
mod clock;
mod command;
mod effective;
mod export;
mod git;
mod inputs;
mod known;
mod lookups;
mod lost;
mod misnamed;
mod output;
mod pipeline;
mod privacy;
mod progress;
mod reader;
mod rulebook;
mod settings;
mod spared;
mod target;
mod toml_text;
mod tree;
mod twice;

use clap::builder::Resettable;
use clap::{Arg, CommandFactory, FromArgMatches};
use cli::{Cli, Command};
use std::process::ExitCode;

/// The command without what the environment gives and leaves empty: a variable that says nothing is none.
fn spoken(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let own = command.mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg });
    own.mut_subcommands(spoken)
}

/// Runs what the arguments of the process ask for, and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = spoken(Cli::command()).get_matches();
    let cli = Cli::from_arg_matches(&arguments).unwrap_or_else(|error| error.exit());
    let outcome = match cli.command {
        Command::Check(options) => command::check::run(options),
        Command::Report(options) => command::report::run(&options),
        Command::Graph(options) => command::graph::run(&options),
        Command::Pseudonymize(options) => command::pseudonymize::run(&options),
        Command::Verify(options) => command::verify::run(&options),
        Command::Explain(options) => command::explain::run(&options),
        Command::Rules(options) => command::rules::run(&options),
        Command::Lock(options) => command::lock::run(&options),
        Command::Diff(options) => command::diff::run(&options),
        Command::Baseline(options) => command::baseline::run(&options),
        Command::Init(options) => command::init::run(&options),
        Command::Config(options) => {
            // The options came from here, so the arguments are there.
            let given = arguments.subcommand_matches("config").unwrap_or(&arguments);
            command::config::run(&options, given)
        }
        Command::Question(question) => command::question::run(question, &arguments),
        Command::Shell(options) => command::shell::run(&options),
        Command::Completions(options) => command::completions::run(&options),
        Command::Man(options) => command::man::run(&options),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(stop) => stop.report(),
    }
}
