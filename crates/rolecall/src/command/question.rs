//! The questions, one file each.

use crate::command::isolation;
use crate::output::Stop;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Show which partner reaches what is another's or the company's, with a proof for each
    Isolation(isolation::IsolationOptions),
    /// Show whose people reach what belongs to another region
    Residency(isolation::IsolationOptions),
}

/// Asks it, and gives the exit code.
pub(crate) fn run(question: &Question) -> Result<u8, Stop> {
    match question {
        Question::Isolation(options) => isolation::run(options, false),
        Question::Residency(options) => isolation::run(options, true),
    }
}
