//! Holds a report against the files that it cites.
//!
//! Nothing of the engine is used here, nor of what it reads with: a report is JSON, a citation is a pointer and bytes
//! of a raw file, and an edge holds where the value that is cited names one end and what stands around it names the
//! other. So a fault of the engine's cannot hide itself.

mod around;
mod edge;
mod hcl;
mod lines;
mod names;
mod permission;
mod raw;
mod report;

use around::Aliases;
use raw::Raw;
pub use report::{Broken, Report};
use std::collections::{BTreeMap, BTreeSet};

/// A file as it lies on disk.
#[derive(Clone, Debug)]
pub struct RawFile {
    /// The path, as the report would show it.
    pub path: String,
    /// Every byte.
    pub bytes: Vec<u8>,
    /// What the report was made of, where that is the file with its people replaced.
    pub redacted: Option<Vec<u8>>,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Every edge that it cites is stated where it says.
    Holds,
    /// A file that it cites is not the one that was read, or is not there.
    InputChanged,
    /// Something that it cites is not stated there.
    DoesNotHold,
}

impl Standing {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::InputChanged => "input changed",
            Self::DoesNotHold => "does not hold",
        }
    }
}

/// A finding, looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The rule.
    pub rule: String,
    /// What tells the finding from others.
    pub fingerprint: String,
    /// What it says.
    pub message: String,
    /// What became of it.
    pub standing: Standing,
    /// How many edges were read again.
    pub edges: usize,
    /// Why it does not hold, or which inputs changed.
    pub reasons: Vec<String>,
}

/// Looks at every finding of a report again, in the report's order.
#[must_use]
pub fn verify(report: &Report, files: &[RawFile]) -> Vec<Checked> {
    let matched = matched(report, files);
    let changed: BTreeSet<&str> = report
        .inputs
        .iter()
        .filter(|input| {
            let raw = matched.get(input.path.as_str());
            raw.is_none_or(|raw| input.sha256.as_ref().is_some_and(|known| *known != raw.sha256()))
        })
        .map(|input| input.path.as_str())
        .collect();
    let inputs: BTreeSet<&str> = report.inputs.iter().map(|input| input.path.as_str()).collect();
    let aliases = Aliases::new(&matched, &report.findings);
    let is_input = |path: &str| inputs.contains(path);
    let against = edge::Files { raw: &matched, aliases: &aliases, is_input: &is_input };
    report
        .findings
        .iter()
        .map(|finding| {
            let found = edge::check(finding, &against);
            let own: BTreeSet<&str> = finding.paths().filter(|path| changed.contains(path)).collect();
            let (standing, reasons) = if own.is_empty() {
                let standing = if found.reasons.is_empty() { Standing::Holds } else { Standing::DoesNotHold };
                (standing, found.reasons)
            } else {
                let changed = own.iter().map(|path| format!("{path} is not the file that was read"));
                (Standing::InputChanged, changed.chain(found.reasons).collect())
            };
            Checked {
                rule: finding.rule.clone(),
                fingerprint: finding.fingerprint.clone(),
                message: finding.message.clone(),
                standing,
                edges: finding.witness.len(),
                reasons,
            }
        })
        .collect()
}

/// What is wrong with a report as a whole: an input that is not there as it was read, or one that nothing tells from
/// another; no inputs; and another number of findings than it speaks of. With such a report, findings may be missing.
#[must_use]
pub fn faults(report: &Report, files: &[RawFile]) -> Vec<String> {
    let matched = matched(report, files);
    let fault = |input: &report::Input| match (matched.get(&input.path), &input.sha256) {
        (_, None) => Some(format!("the report has no SHA-256 of {}", input.path)),
        (None, _) => Some(format!("{} is not among the files", input.path)),
        (Some(raw), Some(known)) if known != raw.sha256() => {
            Some(format!("{} is not the file that was read", input.path))
        }
        _ => None,
    };
    let mut faults: Vec<String> = report.inputs.iter().filter_map(fault).collect();
    if report.inputs.is_empty() {
        faults.push("the report names no input".to_owned());
    }
    let own = report.findings.len();
    match report.summary.findings {
        Some(said) if said == own => {}
        Some(said) => faults.push(format!("the report speaks of {said} findings and has {own}")),
        None => faults.push("the report does not say how many findings it has".to_owned()),
    }
    faults
}

/// The file for each input: the one of its path, else the only one whose path ends as it does, folder by folder.
fn matched<'f>(report: &Report, files: &'f [RawFile]) -> BTreeMap<String, Raw<'f>> {
    let mut found = BTreeMap::new();
    for input in &report.inputs {
        let same = files.iter().find(|file| file.path == input.path);
        let file = same.or_else(|| {
            let depth = |file: &RawFile| shared(&file.path, &input.path);
            let best = files.iter().map(depth).max().filter(|depth| *depth > 0)?;
            let mut nearest = files.iter().filter(|file| depth(file) == best);
            nearest.next().filter(|_| nearest.next().is_none())
        });
        if let Some(file) = file {
            found.insert(input.path.clone(), Raw::new(file));
        }
    }
    found
}

/// How many parts of two paths are the same, from the end.
fn shared(a: &str, b: &str) -> usize {
    a.rsplit('/').zip(b.rsplit('/')).take_while(|(a, b)| a == b).count()
}
