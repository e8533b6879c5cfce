//! Findings that were there when somebody began to look, as a file to review: one line each.

use rolecall_engine::{FileFault, Finding};
use rolecall_source::visible;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What says that a file is a baseline, and of which version.
const SCHEMA: &str = "rolecall/baseline/v1";

/// Findings that are known, in order of rule, subject and fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    listed: Vec<Listed>,
}

/// A finding that is known. Only the fingerprint counts; the rest is for whoever reads the line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// The id of the rule.
    pub rule: String,
    /// The entity, by kind and name.
    pub subject: String,
    /// The finding's own.
    pub fingerprint: String,
    /// What is wrong, as it was worded when the line was written.
    pub message: String,
}

/// The form of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    findings: Vec<Listed>,
}

impl Baseline {
    /// A baseline that lists these findings.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let line = |finding: &Finding| Listed {
            rule: visible(&finding.rule).into_owned(),
            subject: visible(&format!("{} {}", finding.subject.kind, finding.subject.name)).into_owned(),
            fingerprint: finding.fingerprint.clone(),
            message: visible(&finding.message).into_owned(),
        };
        let mut listed: Vec<Listed> = findings.into_iter().map(line).collect();
        listed.sort();
        Self { listed }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// When the text is none, or of another version.
    pub fn read(path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        let fault = |at: usize, message: String| {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            let help =
                "`rolecall baseline write` writes one; a merge conflict is settled by writing it anew".to_owned();
            Box::new(FileFault { path: path.to_owned(), text: text.to_owned(), at: at..at, message, help })
        };
        let file: File = serde_json::from_str(text).map_err(|error| {
            let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let at = before + error.column().saturating_sub(1);
            fault(at, format!("this is no baseline: {error}"))
        })?;
        if file.schema != SCHEMA {
            return Err(fault(0, format!("this is no baseline of version 1, but `{}`", file.schema)));
        }
        let mut listed = file.findings;
        listed.sort();
        Ok(Self { listed })
    }

    /// The baseline as a file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let lines: Vec<String> =
            self.listed.iter().map(|line| serde_json::to_string(line).unwrap_or_default()).collect();
        let lines = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
        format!("{{\"schema\": \"{SCHEMA}\", \"findings\": [{lines}]}}\n")
    }

    /// The findings that are listed, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Listed> {
        self.listed.iter()
    }

    /// How many findings are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The baseline without what is not there any more, and what that is. Lines of rules that were not judged stay.
    /// Cost: linear in findings and lines.
    pub fn pruned<'f>(
        &self,
        findings: impl IntoIterator<Item = &'f Finding>,
        is_judged: impl Fn(&str) -> bool,
    ) -> (Self, Vec<Listed>) {
        let mut there = Count::of(findings.into_iter().map(|finding| finding.fingerprint.as_str()));
        // What is there is taken once, so that of two lines for one finding the second is gone.
        let is_kept = |line: &Listed| there.take(&line.fingerprint) || !is_judged(&line.rule);
        let (listed, gone) = self.listed.iter().cloned().partition(is_kept);
        (Self { listed }, gone)
    }

    /// The findings that are not listed.
    pub fn unlisted<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>) -> Vec<&'f Finding> {
        let mut listed = self.count();
        findings.into_iter().filter(|finding| !listed.take(&finding.fingerprint)).collect()
    }

    /// How often each fingerprint is listed.
    pub(crate) fn count(&self) -> Count<'_> {
        Count::of(self.listed.iter().map(|line| line.fingerprint.as_str()))
    }
}

/// Fingerprints, each as often as it is there: two faults may have one.
#[derive(Debug, Default)]
pub(crate) struct Count<'a>(HashMap<&'a str, usize>);

impl<'a> Count<'a> {
    fn of(fingerprints: impl Iterator<Item = &'a str>) -> Self {
        let mut count = HashMap::new();
        fingerprints.for_each(|fingerprint| *count.entry(fingerprint).or_default() += 1);
        Self(count)
    }

    /// Takes one away; whether there was one.
    pub(crate) fn take(&mut self, fingerprint: &str) -> bool {
        let left = self.0.get_mut(fingerprint).filter(|left| **left > 0);
        left.is_some_and(|left| {
            *left -= 1;
            true
        })
    }
}
