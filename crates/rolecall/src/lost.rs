//! Files that were changed or taken away while a run was still reading them: what it says is not to be relied on.

use rolecall_report::{Exit, Problem, Verdict};
use rolecall_source::Sources;

/// The exit code of an input that could not be read in full.
const HALF: u8 = 3;

/// The problem that a file was changed.
pub(crate) fn problem(path: &str) -> Problem {
    Problem {
        kind: "unreadable",
        message: "the file was changed or taken away while it was read".to_owned(),
        help: "run again when nothing else writes to the file".to_owned(),
        path: Some(path.to_owned()),
        location: None,
        related: None,
    }
}

/// A problem for each file that is lost, those aside that `known` tells of.
pub(crate) fn problems(sources: &Sources, known: &[Problem]) -> Vec<Problem> {
    let lost = sources.iter().filter(|(_, source)| source.is_lost()).map(|(_, source)| problem(source.path()));
    lost.filter(|lost| !known.iter().any(|known| known.path == lost.path && known.message == lost.message)).collect()
}

/// Adds to a verdict the files that were found lost since it was made. Gives back whether there are any.
pub(crate) fn tell(verdict: &mut Verdict<'_>) -> bool {
    let lost = problems(verdict.sources, &verdict.problems);
    if lost.is_empty() {
        return false;
    }
    verdict.problems.extend(lost);
    verdict.problems.sort_by_cached_key(|p| (p.path.clone(), p.location.as_ref().map(|l| l.start.offset), p.kind));
    verdict.exit = verdict.exit.map(|exit| Exit { code: HALF, ..exit });
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_engine::{Policy, Rulebook};
    use rolecall_source::{LineCounts, SourceFile, Stamp};

    #[test]
    fn a_file_that_is_lost_is_told_once_and_decides_the_exit_code() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users.json");
        std::fs::write(&path, "[]").expect("a file");
        let mut counts = LineCounts::default();
        counts.add(b"[]");
        let stamp = Stamp::of(&std::fs::metadata(&path).expect("a file"));
        let mut sources = Sources::new();
        sources.push(SourceFile::from_text("kept.json".into(), "[]".into()));
        sources.push(SourceFile::parted("users.json".into(), path.clone(), stamp, false, counts));
        let rules = Rulebook::load([], &Policy::built_in()).expect("no rules");
        let mut verdict = Verdict::empty(&sources, &rules);
        verdict.exit = Some(Exit { code: 0, fail_on: None });
        assert!(!tell(&mut verdict) && verdict.problems.is_empty());
        std::fs::remove_file(&path).expect("a file");
        let parts: Vec<String> = sources.iter().map(|(_, source)| source.near().part(0, 2).text.to_owned()).collect();
        assert_eq!(parts, ["[]", ""]);
        assert!(tell(&mut verdict) && !tell(&mut verdict));
        let told: Vec<_> = verdict.problems.iter().map(|problem| (problem.kind, problem.path.as_deref())).collect();
        assert_eq!(told, [("unreadable", Some("users.json"))]);
        assert_eq!(verdict.exit.map(|exit| exit.code), Some(HALF));
    }
}
