//! `--format github`: annotations of GitHub Actions, as workflow commands.
//!
//! A step shows ten annotations of each level and drops the rest without a word, so the worst come first and what does
//! not fit is counted.

use crate::verdict::Problem;
use crate::{Format, Location, Verdict, inert, spot, summary};
use rolecall_engine::{Finding, Severity};
use rolecall_source::visible;
use std::io::{self, Write};

/// Workflow commands.
pub(crate) const FORMAT: Format = Format {
    name: "github",
    about: "annotations and a job summary for GitHub Actions",
    write: |out, verdict, _| write(out, verdict),
};

/// How many annotations of one level a step shows.
const SHOWN: usize = 10;

/// How many of them are for problems where there are findings as well.
const PROBLEMS: usize = 3;

fn write(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let problems = verdict.problems.len().min(PROBLEMS.max(SHOWN.saturating_sub(count(verdict, "error"))));
    for problem in verdict.problems.iter().take(problems) {
        of_problem(out, verdict, problem)?;
    }
    let mut room = [("error", SHOWN - problems.min(SHOWN)), ("warning", SHOWN), ("notice", SHOWN - 1)];
    let mut rest = 0;
    for finding in verdict.worst_first() {
        let left = room.iter_mut().find(|(level, left)| *level == self::level(finding.severity) && *left > 0);
        match left {
            Some((level, left)) => {
                *left -= 1;
                of_finding(out, verdict, finding, level)?;
            }
            None => rest += 1,
        }
    }
    let unread = verdict.problems.len() - problems;
    let more =
        [(rest, "more finding"), (unread, "more problem")].map(|(number, noun)| (number, summary::count(number, noun)));
    let more: Vec<String> = more.into_iter().filter(|(number, _)| *number > 0).map(|(_, words)| words).collect();
    if !more.is_empty() {
        let text = format!("{}: a step shows no more; the job summary and the other formats do", more.join(" and "));
        command(out, "notice", "rolecall", None, &text)?;
    }
    // What the log shows below the annotations.
    for line in summary::lines(verdict, false) {
        writeln!(out, "{}", inert(&line))?;
    }
    Ok(())
}

fn count(verdict: &Verdict<'_>, level: &str) -> usize {
    verdict.findings.iter().filter(|finding| self::level(finding.severity) == level).count()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

fn of_finding(out: &mut dyn Write, verdict: &Verdict<'_>, finding: &Finding, level: &str) -> io::Result<()> {
    let title = format!("{}: {}", finding.severity.word(), finding.rule);
    let at = verdict.places.get(&finding.primary.place);
    let text = format!("{}\n{}", visible(&finding.message), visible(&finding.help));
    command(out, level, &title, at.and_then(|at| Some((spot::of(verdict, at)?.path, Some(at)))), &text)
}

fn of_problem(out: &mut dyn Write, verdict: &Verdict<'_>, problem: &Problem) -> io::Result<()> {
    let at = problem.location.as_ref();
    let path = problem.path.as_deref().or_else(|| at.and_then(|at| Some(spot::of(verdict, at)?.path)));
    let text = format!("{}\n{}", visible(&problem.message), visible(&problem.help));
    command(out, "error", problem.kind, path.map(|path| (path, at)), &text)
}

/// One workflow command. A region over several lines has no columns: GitHub refuses those.
fn command(
    out: &mut dyn Write,
    level: &str,
    title: &str,
    place: Option<(&str, Option<&Location>)>,
    text: &str,
) -> io::Result<()> {
    write!(out, "::{level} ")?;
    if let Some((path, at)) = place {
        write!(out, "file={},", property(&visible(path)))?;
        if let Some(Location { start, end, .. }) = at {
            write!(out, "line={},endLine={},", start.line, end.line)?;
            if start.line == end.line {
                write!(out, "col={},endColumn={},", start.column, end.column)?;
            }
        }
    }
    writeln!(out, "title={}::{}", property(&visible(title)), data(text.trim_end()))
}

/// What follows a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_a_property() {
        let mut out = Vec::new();
        command(&mut out, "error", "a,b::c", Some(("x,line=9:%0A.json", None)), "100%\n::error::x").expect("memory");
        let out = String::from_utf8(out).expect("UTF-8");
        assert_eq!(out, "::error file=x%2Cline=9%3A%250A.json,title=a%2Cb%3A%3Ac::100%25%0A::error::x\n");
    }
}
