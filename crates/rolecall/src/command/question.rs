//! The questions, one file each.

use crate::ask::{self, AskOptions, Desk, Reply};
use crate::command::{access, can, cut, isolation, reach, what_if, who_can};
use crate::output::Stop;
use clap::{ArgMatches, Subcommand};
use rolecall_report::CanMode;
use std::path::PathBuf;

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
    /// Show what somebody may do, over what and through what
    Access(access::AccessOptions),
    /// Show where the access of two differs
    Compare(access::CompareOptions),
    /// Show the shortest way from somebody to a person, role, group, queue or permission
    Path(reach::PathOptions),
    /// Show how far a stolen account gets, and the one edit that shrinks that most
    Reach(reach::ReachOptions),
    /// Show which findings would go, and who would lose what, without some edges
    WhatIf(what_if::WhatIfOptions),
    /// Show the fewest edits that break a finding, and who would notice
    Cut(cut::CutOptions),
    /// Show which partner reaches what is another's or the company's, with a proof for each
    Isolation(isolation::IsolationOptions),
    /// Show whose people reach what belongs to another region
    Residency(isolation::IsolationOptions),
}

impl Question {
    /// How the answer is written, and what it is about.
    pub(crate) fn ask(&self) -> &AskOptions {
        match self {
            Self::WhoCan(options) => &options.ask,
            Self::Can(options) | Self::Why(options) | Self::WhyNot(options) => &options.ask,
            Self::Access(options) => &options.ask,
            Self::Compare(options) => &options.ask,
            Self::Path(options) => &options.ask,
            Self::Reach(options) => &options.ask,
            Self::WhatIf(options) => &options.ask,
            Self::Cut(options) => &options.ask,
            Self::Isolation(options) | Self::Residency(options) => &options.ask,
        }
    }

    /// The files that it reads beside the export and the settings.
    fn files(&self) -> Result<Vec<PathBuf>, Stop> {
        match self {
            Self::WhatIf(options) => options.files(),
            Self::Cut(options) => options.book.files(),
            _ => Ok(Vec::new()),
        }
    }

    /// Answers it.
    pub(crate) fn answer(&self, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
        match self {
            Self::WhoCan(options) => who_can::answer(options, desk),
            Self::Can(options) => can::answer(options, desk, CanMode::Can),
            Self::Why(options) => can::answer(options, desk, CanMode::Why),
            Self::WhyNot(options) => can::answer(options, desk, CanMode::WhyNot),
            Self::Access(options) => access::access(options, desk),
            Self::Compare(options) => access::compare(options, desk),
            Self::Path(options) => reach::path(options, desk),
            Self::Reach(options) => reach::reach(options, desk),
            Self::WhatIf(options) => what_if::answer(options, desk),
            Self::Cut(options) => cut::answer(options, desk),
            Self::Isolation(_) => Ok(isolation::answer(desk, false)),
            Self::Residency(_) => Ok(isolation::answer(desk, true)),
        }
    }
}

/// Asks it of the export that it names, and gives the exit code.
pub(crate) fn run(mut question: Question, arguments: &ArgMatches) -> Result<u8, Stop> {
    if let (Question::Cut(options), Some(arguments)) = (&mut question, arguments.subcommand_matches("cut")) {
        options.settle(arguments);
    }
    ask::run(question.ask(), question.files()?, |desk| question.answer(desk))
}
