//! As much of a report, version 1, as is held against the files.

use serde::Deserialize;
use std::fmt;

/// The version that is understood.
const SCHEMA: &str = "rolecall/findings/v1";

/// A report.
#[derive(Clone, Debug, Deserialize)]
pub struct Report {
    schema: String,
    #[serde(default)]
    redacted: bool,
    pub(crate) inputs: Vec<Input>,
    #[serde(default)]
    pub(crate) summary: Summary,
    pub(crate) findings: Vec<Finding>,
}

/// Why a text is no report.
#[derive(Debug)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

impl Report {
    /// Reads a report.
    ///
    /// # Errors
    /// When the text is no JSON report of version 1.
    pub fn read(text: &str) -> Result<Self, Broken> {
        let report: Self = serde_json::from_str(text).map_err(|error| Broken(error.to_string()))?;
        if report.schema == SCHEMA { Ok(report) } else { Err(Broken(format!("its schema is not `{SCHEMA}`"))) }
    }

    /// Whether people are shown by pseudonyms, so that the files have to be read with them too.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.redacted
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Summary {
    #[serde(default)]
    pub(crate) findings: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Input {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) sha256: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Finding {
    pub(crate) rule: String,
    pub(crate) message: String,
    pub(crate) fingerprint: String,
    pub(crate) subject: Named,
    pub(crate) locations: Vec<Location>,
    pub(crate) witness: Vec<Step>,
}

impl Finding {
    /// Both ends of every edge.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &Named> {
        self.witness.iter().flat_map(|step| [&step.from, &step.to])
    }

    /// Every path that it cites.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let steps = self.witness.iter().filter_map(|step| step.location.as_ref());
        self.locations.iter().chain(steps).map(|location| location.path.as_str())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Named {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Step {
    pub(crate) edge: String,
    pub(crate) from: Named,
    pub(crate) to: Named,
    pub(crate) over: Option<String>,
    pub(crate) location: Option<Location>,
}

impl Step {
    /// What the scope is limited to: the ids behind its word.
    pub(crate) fn limits(&self) -> impl Iterator<Item = &str> {
        let over = self.over.as_deref().unwrap_or_default();
        over.split_once(' ').into_iter().flat_map(|(_, limits)| limits.split(", "))
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Location {
    #[serde(default)]
    pub(crate) kind: String,
    pub(crate) path: String,
    pub(crate) pointer: String,
    pub(crate) start: Point,
    pub(crate) end: Point,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Point {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) offset: usize,
}
