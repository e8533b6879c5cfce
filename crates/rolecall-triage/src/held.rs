//! Findings that are there and are not reported.

use rolecall_engine::{Acceptance, Finding};

/// A finding that is held back.
#[derive(Clone, Debug)]
pub struct Held {
    /// The finding.
    pub finding: Finding,
    /// What holds it back.
    pub by: HeldBy,
}

/// What holds a finding back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// The options of the run: a threshold, or for whom the report is.
    Options,
    /// None of the files that it touches changed, and only those that did are asked about.
    Elsewhere,
    /// An entry of `[[allow]]` in the settings.
    Allow(Acceptance),
    /// The baseline lists it.
    Baseline,
}
