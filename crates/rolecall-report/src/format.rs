//! Every format that a report may be written in.

use crate::{TextOptions, Verdict, allow, csv, github, gitlab, json, jsonl, junit, markdown, overview, sarif, text};
use std::io::{self, Write};

/// A format: its name on the command line, what it is for, and how it is written.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name.
    pub name: &'static str,
    /// Who reads it, in a few words.
    pub about: &'static str,
    /// Writes a verdict; the options are for text alone.
    pub write: WriteReport,
}

/// How a format is written.
///
/// # Errors
/// When the output cannot be written to.
pub type WriteReport = fn(&mut dyn Write, &Verdict<'_>, &TextOptions) -> io::Result<()>;

/// All of them, the default first. A format is a file of this crate and a line here.
pub const FORMATS: &[Format] = &[
    text::FORMAT,
    overview::FORMAT,
    markdown::FORMAT,
    sarif::FORMAT,
    github::FORMAT,
    gitlab::FORMAT,
    junit::FORMAT,
    json::FORMAT,
    jsonl::FORMAT,
    csv::FORMAT,
    allow::FORMAT,
];

impl Format {
    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }
}
