//! What a report is made of: the outcome of a run, with every place resolved.

use crate::digest::Original;
use rolecall_engine::{Finding, NotEvaluated, Rulebook, Severity};
use rolecall_model::Place;
use rolecall_source::{FileId, LineIndex, Position, Sources};
use rolecall_triage::{Held, HeldBy};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A resolved place. Lines and columns count from 1, columns in Unicode scalar
/// values, offsets in bytes; `end` is exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// RFC 6901 pointer of the value.
    pub pointer: String,
    /// Where it starts.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// One file that was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The file.
    pub file: FileId,
    /// The path as shown.
    pub path: String,
    /// The dialect it is written in.
    pub dialect: &'static str,
    /// How many entities of each kind it gave.
    pub entities: BTreeMap<&'static str, u32>,
    /// What lies on disk, where people are shown by pseudonyms and so something else was read.
    pub original: Option<Original>,
}

/// Something that kept the input from being read in full.
#[derive(Clone, Debug)]
pub struct Problem {
    /// `truncated`, `duplicate-key`, `unreadable`, …
    pub kind: &'static str,
    /// What is wrong; text from the input is already escaped.
    pub message: String,
    /// How to go on; may be empty.
    pub help: String,
    /// The path, where there is one but no text to show.
    pub path: Option<String>,
    /// Where, when it is a place in a file that was read.
    pub location: Option<Location>,
    /// A second place that explains it, with a few words.
    pub related: Option<(Location, String)>,
}

/// How a run ends.
#[derive(Clone, Copy, Debug)]
pub struct Exit {
    /// The exit code.
    pub code: u8,
    /// The least severity that makes a run fail; `None` where none does.
    pub fail_on: Option<Severity>,
}

impl Exit {
    /// Whether a finding makes the run fail.
    #[must_use]
    pub fn fails(self, finding: &Finding) -> bool {
        self.fail_on.is_some_and(|least| finding.severity >= least)
    }
}

/// The outcome of a run.
pub struct Verdict<'a> {
    /// The text of every file.
    pub sources: &'a Sources,
    /// The rules that the tenant was judged by.
    pub rules: &'a Rulebook,
    /// The files that gave entities, in order of path.
    pub inputs: Vec<Input>,
    /// How many entities of each kind they hold together: whoever is in several files counts once.
    pub entities: BTreeMap<&'static str, u32>,
    /// In order of path and place.
    pub problems: Vec<Problem>,
    /// What was not evaluated and what the exports cannot show, in order of path and place; those without a path first.
    pub notes: Vec<Problem>,
    /// In order of path, place and rule.
    pub findings: Vec<Finding>,
    /// The place behind every label and step of the findings.
    pub places: HashMap<Place, Location>,
    /// The lines of every file that a place is in.
    pub lines: HashMap<FileId, LineIndex>,
    /// Places of secrets, by file: bytes of the file's text, in order. What they hold is never shown.
    pub secrets: HashMap<FileId, Vec<Range<u32>>>,
    /// Rules not judged.
    pub not_evaluated: Vec<NotEvaluated>,
    /// JSON files of no known shape in a folder that was walked.
    pub passed_over: Vec<String>,
    /// Findings that are held back, and by what; in order of path, place and rule.
    pub held: Vec<Held>,
    /// The fewest edits that break a finding, by its fingerprint, where they were asked for.
    pub cuts: BTreeMap<String, rolecall_query::Cut>,
    /// How many findings were never made, since the settings switch their rule off where they are.
    pub switched_off: usize,
    /// Whether a baseline was in force, so that what is reported is new.
    pub is_compared: bool,
    /// How the run ends, where it does so by what it found.
    pub exit: Option<Exit>,
    /// The day of the run as `2026-12-31`, where it is known.
    pub today: Option<String>,
    /// What yields to the findings, and would come back were they accepted; where entries are asked for that accept all.
    pub left: Vec<Finding>,
}

impl<'a> Verdict<'a> {
    /// The outcome of a run that read nothing.
    #[must_use]
    pub fn empty(sources: &'a Sources, rules: &'a Rulebook) -> Self {
        Self {
            sources,
            rules,
            inputs: Vec::new(),
            entities: BTreeMap::new(),
            problems: Vec::new(),
            notes: Vec::new(),
            findings: Vec::new(),
            places: HashMap::new(),
            lines: HashMap::new(),
            secrets: HashMap::new(),
            not_evaluated: Vec::new(),
            passed_over: Vec::new(),
            held: Vec::new(),
            switched_off: 0,
            cuts: BTreeMap::new(),
            is_compared: false,
            exit: None,
            today: None,
            left: Vec::new(),
        }
    }

    /// How many findings are not reported, whatever holds them back.
    #[must_use]
    pub fn suppressed(&self) -> usize {
        self.held.len() + self.switched_off
    }

    /// How many findings are not reported only because they touch no file that changed.
    #[must_use]
    pub fn elsewhere(&self) -> usize {
        self.held.iter().filter(|held| held.by == HeldBy::Elsewhere).count()
    }

    /// The findings, the worst first; among equals the order of files and places stays.
    #[must_use]
    pub fn worst_first(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    /// How many findings there are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.severity == severity).count()
    }
}
