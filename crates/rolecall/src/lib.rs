//! `rolecall`: paths in, a report and an exit code out.
//!
//! A library only so that the binary here and the one that pre-commit builds are one program.

mod cli;
mod command;
mod export;
mod inputs;
mod output;
mod pipeline;
mod progress;
mod rulebook;
mod settings;
mod target;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

/// Runs what the arguments of the process ask for, and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Check(options) => command::check::run(&options),
        Command::Explain(options) => command::explain::run(&options),
        Command::Rules(options) => command::rules::run(&options),
        Command::Lock(options) => command::lock::run(&options),
        Command::Init(options) => command::init::run(&options),
        Command::Completions(options) => command::completions::run(&options),
        Command::Man(options) => command::man::run(&options),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(stop) => stop.report(),
    }
}
