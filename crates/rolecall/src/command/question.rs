//! The questions, one file each.

use crate::command::{can, cut, isolation, what_if, who_can};
use crate::output::Stop;
use clap::Subcommand;
use rolecall_report::CanMode;

#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Show everybody who can do something, grouped by what lets them
    WhoCan(who_can::WhoCanOptions),
    /// Say whether somebody can do something: yes, no, or not to be told from the export
    #[command(after_long_help = can::CODES)]
    Can(can::CanOptions),
    /// Show every way by which somebody can do something, shortest first
    #[command(after_long_help = can::CODES)]
    Why(can::CanOptions),
    /// Show what somebody lacks to do something, and what would give it
    #[command(after_long_help = can::CODES)]
    WhyNot(can::CanOptions),
    /// Show which findings would go, and who would lose what, without some of what the export says
    WhatIf(what_if::WhatIfOptions),
    /// Show the fewest edits that break a finding, proven by running the rules again, and who would notice
    Cut(cut::CutOptions),
    /// Show which partner reaches what is another's or the company's, with a proof for each
    Isolation(isolation::IsolationOptions),
    /// Show whose people reach what belongs to another region
    Residency(isolation::IsolationOptions),
}

/// Asks it, and gives the exit code.
pub(crate) fn run(question: &Question) -> Result<u8, Stop> {
    match question {
        Question::WhoCan(options) => who_can::run(options),
        Question::Can(options) => can::run(options, CanMode::Can),
        Question::Why(options) => can::run(options, CanMode::Why),
        Question::WhyNot(options) => can::run(options, CanMode::WhyNot),
        Question::WhatIf(options) => what_if::run(options),
        Question::Cut(options) => cut::run(options),
        Question::Isolation(options) => isolation::run(options, false),
        Question::Residency(options) => isolation::run(options, true),
    }
}
