//! `--changed-only`: of the findings on the whole export, those that touch a changed file.

use crate::git::{self, Revision};
use crate::inputs::{self, Inputs};
use clap::Args;
use rolecall_engine::Finding;
use rolecall_triage::{Baseline, Held, HeldBy, Triaged};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ChangedOptions {
    /// Report only findings that touch PATHS, the files that changed; the export is --export
    ///
    /// Everything is read and judged, since a change in one file is often a finding in another. A finding
    /// touches a file when any of its places, or a step of the chain that proves it, lies there. In
    /// a git work tree what is new elsewhere is reported too. Nothing is written when there is nothing to report. When settings, the lock or a rule changed, or a file
    /// is gone, everything is reported.
    #[arg(long)]
    pub(crate) changed_only: bool,
    /// With --changed-only: files and folders of the export (repeatable)
    #[arg(long, value_name = "PATH", requires = "changed_only", default_value = ".", hide_short_help = true)]
    pub(crate) export: Vec<PathBuf>,
}

impl ChangedOptions {
    /// The export: where `paths` are only what changed, something else.
    pub(crate) fn export<'a>(&'a self, paths: &'a [PathBuf]) -> &'a [PathBuf] {
        if self.changed_only { &self.export } else { paths }
    }
}

/// The commit that a change is compared with: `HEAD`, or the one at which what is pushed left what was there.
fn base() -> io::Result<Revision> {
    let of = |name: &str| Revision::of(Path::new("."), name);
    let Ok(from) = std::env::var("PRE_COMMIT_FROM_REF") else { return of("HEAD") };
    let to = std::env::var("PRE_COMMIT_TO_REF").unwrap_or_else(|_| "HEAD".to_owned());
    let from = of(&from)?;
    // As pre-commit names files: where the two have no commit in common, what differs is all that can be said.
    let fork = of(&to).and_then(|to| from.fork(&to));
    Ok(fork.unwrap_or(from))
}

/// What changed, among the files of an export.
#[derive(Debug)]
pub(crate) enum Changed {
    /// All of it, or something that everything depends on.
    Everything,
    /// Certain files.
    Files {
        /// For each number of a file, whether it is one of them.
        changed: Vec<bool>,
        /// Whether none of the export's files is gone, which only git tells.
        is_all_there: bool,
        /// The commit that it is compared with, or why there is none.
        base: io::Result<Revision>,
        /// The export before the change, once that is asked for.
        before: OnceCell<Result<Before, String>>,
    },
}

/// What a run reads.
pub(crate) struct Reads<'a> {
    export: &'a [PathBuf],
    /// Beside the export, also where there is nothing now: a change there may change any finding.
    others: Vec<PathBuf>,
}

impl<'a> Reads<'a> {
    pub(crate) fn new(export: &'a [PathBuf], others: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { export, others: others.into_iter().filter_map(|other| git::real(&other)).collect() }
    }

    /// Whether a path that is gone was part of it, or may have been.
    fn had(&self, path: &Path) -> bool {
        let export = self.export.iter().filter_map(|path| git::real(path));
        git::real(path).is_none_or(|path| self.is_other(&path) || export.into_iter().any(|own| path.starts_with(own)))
    }

    fn is_other(&self, path: &Path) -> bool {
        self.others.iter().any(|other| path.starts_with(other))
    }
}

impl Changed {
    /// Looks for the changed paths among the inputs, and for what the commit that they are compared with has and
    /// nobody named because it is gone.
    pub(crate) fn among(inputs: &Inputs, paths: &[PathBuf], reads: &Reads<'_>) -> Self {
        let mut changed = HashSet::new();
        for path in paths {
            match fs::canonicalize(path) {
                Ok(path) => _ = changed.insert(path),
                // What is gone may have held anything, and no finding points into it.
                Err(_) if reads.had(path) => return Self::Everything,
                Err(_) => {}
            }
        }
        let is_changed = |path: &Path| path.ancestors().any(|part| changed.contains(part));
        // A folder of rules changes with any file in it.
        if reads.others.iter().any(|other| is_changed(other)) || changed.iter().any(|path| reads.is_other(path)) {
            return Self::Everything;
        }
        let read: Vec<PathBuf> = reads.export.iter().chain(&reads.others).cloned().collect();
        let base = base();
        let gone = base.as_ref().ok().and_then(|base| base.gone(&read).ok());
        if gone.iter().flatten().any(|path| reads.is_other(path)) {
            return Self::Everything;
        }
        let of = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|path| is_changed(&path));
        Self::Files {
            changed: inputs.files.iter().map(|input| of(&input.path)).collect(),
            is_all_there: gone.is_some_and(|gone| !gone.iter().any(|path| inputs::may_be_export(path))),
            base,
            before: OnceCell::new(),
        }
    }

    /// Whether nothing of the export changed.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Self::Files { changed, is_all_there: true, .. } if !changed.contains(&true))
    }

    /// Of findings that would yield to others, were these not held back, those that the change made.
    pub(crate) fn made(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let Self::Files { before, .. } = self else { return findings };
        let Some(Ok(before)) = before.get() else { return findings };
        let known = before.found.knows(&findings.iter().collect::<Vec<_>>());
        findings.into_iter().zip(known).filter(|(_, is_known)| !is_known).map(|(finding, _)| finding).collect()
    }

    /// Holds back what touches no changed file, unless `before` knows that it is new. Gives back a line
    /// on what is held back, where that is worth one.
    pub(crate) fn hold_back(
        &self,
        triaged: &mut Triaged,
        read: impl FnOnce(&Revision) -> io::Result<Before>,
    ) -> Option<String> {
        let Self::Files { changed, base, before, .. } = self else { return None };
        let is_changed = |file: u32| changed.get(file as usize).copied().unwrap_or(false);
        let findings = std::mem::take(&mut triaged.findings);
        let (touching, elsewhere): (Vec<Finding>, Vec<Finding>) =
            findings.into_iter().partition(|finding| places(finding).any(is_changed));
        triaged.findings = touching;
        if elsewhere.is_empty() {
            return None;
        }
        // Only where there is something to tell apart is it worth asking.
        let before = before.get_or_init(|| {
            base.as_ref().map_err(ToString::to_string).and_then(|base| read(base).map_err(|error| error.to_string()))
        });
        let known =
            before.as_ref().map(|before| before.found.knows(&elsewhere.iter().collect::<Vec<_>>())).unwrap_or_default();
        let known = known.into_iter().chain(std::iter::repeat(true));
        let (mut old, mut beside) = (0, 0);
        for (finding, is_known) in elsewhere.into_iter().zip(known) {
            match before.as_ref().map(|before| before.tells(&finding, is_known)) {
                Ok(When::Since) => {
                    triaged.findings.push(finding);
                    continue;
                }
                Ok(When::Beside) => beside += 1,
                Ok(When::Before) | Err(_) => old += 1,
            }
            triaged.held.push(Held { finding, by: HeldBy::Elsewhere });
        }
        match before {
            Ok(_) if triaged.findings.is_empty() => None,
            Ok(_) => not_shown(old, beside),
            Err(why) => {
                let (others, they) = counted(old);
                Some(format!("{others} not shown; without git it cannot be told whether {they} there before: {why}"))
            }
        }
    }
}

/// What is said of findings that were there before, and of those in files that are nobody's change.
fn not_shown(old: usize, beside: usize) -> Option<String> {
    let (others, they) = counted(old);
    let old = (old > 0).then(|| format!("{others} not shown: {they} there before"));
    let (others, _) = counted(beside);
    let beside = (beside > 0).then(|| format!("{others} not shown: no commit has the file, and nobody named it"));
    match (old, beside) {
        (Some(old), Some(beside)) => Some(format!("{old}; {beside}")),
        (old, beside) => old.or(beside),
    }
}

fn counted(findings: usize) -> (String, &'static str) {
    match findings {
        1 => ("1 finding elsewhere is".to_owned(), "it was"),
        _ => (format!("{findings} findings elsewhere are"), "they were"),
    }
}

/// The export before the change.
#[derive(Debug)]
pub(crate) struct Before {
    /// What was found.
    pub(crate) found: Baseline,
    /// For each number of a file as it is now, whether it was there.
    pub(crate) files: Vec<bool>,
}

/// When a finding came to be.
enum When {
    Before,
    /// Its files were there, and it was not: the change made it.
    Since,
    /// It lies in a file that is neither changed nor was there before: somebody's file beside the change.
    Beside,
}

impl Before {
    fn tells(&self, finding: &Finding, is_known: bool) -> When {
        let was_there = |file: u32| self.files.get(file as usize).copied().unwrap_or(true);
        if is_known {
            When::Before
        } else if places(finding).all(was_there) {
            When::Since
        } else {
            When::Beside
        }
    }
}

/// The numbers of the files that a finding touches, also by what is too much to be shown.
fn places(finding: &Finding) -> impl Iterator<Item = u32> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place);
    let places = labels.chain(finding.witness.iter().map(|step| step.place));
    places.map(|place| place.origin.file).chain(finding.files.iter().copied())
}
