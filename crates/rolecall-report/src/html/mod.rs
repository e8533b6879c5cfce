//! The report that an auditor hands over: one page, which opens from disk and asks nothing of a network.
//!
//! The page's policy allows nothing but its own style and its own script, each by its hash, so a
//! hostile name could do nothing even if it got past the escaping of the templates.

mod access;
mod appendix;
mod cut;
mod drawing;
mod findings;
mod isolation;
mod overview;
mod page;
mod source;
mod words;

use crate::Verdict;
use rolecall_engine::TierAccess;
use rolecall_query::Matrix;
use std::io::{self, Write};

/// A verdict with what an auditor wants besides.
pub struct Dossier<'a> {
    /// The outcome of the run.
    pub verdict: &'a Verdict<'a>,
    /// What the report is called.
    pub title: String,
    /// The day it is from, where one is to be named: without one the same input gives the same bytes.
    pub date: Option<String>,
    /// The path of the settings, where there are any.
    pub settings: Option<String>,
    /// For each finding of the verdict: the tiers that its subject is of.
    pub tiers: Vec<Vec<String>>,
    /// Whether partners reach what is another's; its places are among those of the verdict.
    pub isolation: Matrix,
    /// What each tier may do.
    pub access: Vec<TierAccess>,
}

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_html(out: &mut dyn Write, dossier: &Dossier<'_>) -> io::Result<()> {
    out.write_all(page::page(dossier).into_string().as_bytes())
}
