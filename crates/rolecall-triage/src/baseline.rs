//! Findings that were there when somebody began to look, as a file to review: one line each.

use crate::listed::{Index, Left, Listed};
use rolecall_engine::{FileFault, Finding};
use serde::Deserialize;
use std::collections::HashMap;

/// What says that a file is a baseline, and of which version.
const SCHEMA: &str = "rolecall/baseline/v1";

/// Findings that are known, in order of rule, subject and fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    listed: Vec<Listed>,
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
        let mut listed: Vec<Listed> = findings.into_iter().map(Listed::of).collect();
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
        let lines: Vec<String> = self.listed.iter().map(Listed::to_line).collect();
        let lines = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
        format!("{{\"schema\": \"{SCHEMA}\", \"findings\": [{lines}]}}\n")
    }

    /// The baseline with other fingerprints where a finding has another, and with its lines in other words.
    #[must_use]
    pub fn renamed(&self, prints: &HashMap<&str, &str>, words: impl Fn(&Listed) -> Listed) -> Self {
        let print =
            |line: &Listed| prints.get(line.fingerprint.as_str()).copied().unwrap_or(&line.fingerprint).to_owned();
        let mut listed: Vec<Listed> =
            self.listed.iter().map(|line| Listed { fingerprint: print(line), ..words(line) }).collect();
        listed.sort();
        Self { listed }
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

    /// What is left of the baseline: lines of what is gone are taken out, and those of which a part is left are put down to
    /// that. Lines of rules that were not judged stay. Cost: linear in findings and lines.
    pub fn pruned<'f>(
        &self,
        findings: impl IntoIterator<Item = &'f Finding>,
        is_judged: impl Fn(&str) -> bool,
    ) -> Pruned {
        let findings: Vec<&Finding> = findings.into_iter().collect();
        let mut left: Vec<Vec<Listed>> = vec![Vec::new(); self.listed.len()];
        let mut is_whole = vec![false; self.listed.len()];
        for (finding, known) in findings.iter().zip(Index::new(&self.listed).find(&findings)) {
            match known {
                Some(Left::Whole(row)) => is_whole.iter_mut().skip(row).take(1).for_each(|whole| *whole = true),
                Some(Left::Part(row)) => {
                    left.iter_mut().skip(row).take(1).for_each(|left| left.push(Listed::of(finding)))
                }
                None => {}
            }
        }
        let mut pruned = Pruned::default();
        for ((line, left), is_whole) in self.listed.iter().zip(left).zip(is_whole) {
            if is_whole || (left.is_empty() && !is_judged(&line.rule)) {
                pruned.kept.listed.push(line.clone());
            } else if left.is_empty() {
                pruned.gone.push(line.clone());
            } else {
                pruned.kept.listed.extend(left);
                pruned.less.push(line.clone());
            }
        }
        pruned.kept.listed.sort();
        pruned
    }

    /// The findings that are not listed, nor a part of what is.
    pub fn unlisted<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>) -> Vec<&'f Finding> {
        let findings: Vec<&Finding> = findings.into_iter().collect();
        let known = Index::new(&self.listed).find(&findings);
        findings.into_iter().zip(known).filter(|(_, known)| known.is_none()).map(|(finding, _)| finding).collect()
    }

    /// For each finding, whether it is listed or a part of what is.
    #[must_use]
    pub fn knows(&self, findings: &[&Finding]) -> Vec<bool> {
        Index::new(&self.listed).find(findings).iter().map(Option::is_some).collect()
    }
}

/// A baseline held against what is there.
#[derive(Clone, Debug, Default)]
pub struct Pruned {
    /// The baseline of what is left.
    pub kept: Baseline,
    /// The lines of what is gone.
    pub gone: Vec<Listed>,
    /// The lines of which only a part is left.
    pub less: Vec<Listed>,
}
