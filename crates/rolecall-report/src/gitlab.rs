//! `--format gitlab`: the Code Quality report of GitLab, which follows Code Climate's.

use crate::escaping::write_pretty;
use crate::sign::{self, Signs};
use crate::verdict::Problem;
use crate::{Format, Location, Verdict, spot};
use rolecall_engine::{Finding, Severity};
use rolecall_source::visible;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// GitLab's Code Quality.
pub(crate) const FORMAT: Format = Format {
    name: "gitlab",
    about: "a Code Quality report for merge requests of GitLab",
    write: |out, verdict, _| write(out, verdict),
};

#[derive(Serialize)]
struct Issue<'v> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'v str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Place<'v>,
}

#[derive(Serialize)]
struct Place<'v> {
    path: Cow<'v, str>,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

fn write(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let mut signs = Signs::default();
    let problems = verdict.problems.iter().map(|problem| of_problem(verdict, problem));
    let findings = verdict.findings.iter().map(|finding| of_finding(verdict, finding, &mut signs));
    write_pretty(out, &problems.chain(findings).collect::<Vec<_>>())?;
    out.write_all(b"\n")
}

fn of_finding<'v>(verdict: &'v Verdict<'_>, finding: &'v Finding, signs: &mut Signs<'v>) -> Issue<'v> {
    Issue {
        kind: "issue",
        check_name: &finding.rule,
        description: visible(&finding.message).into_owned(),
        categories: ["Security"],
        severity: match finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        fingerprint: signs.of(&finding.fingerprint),
        location: place(verdict, verdict.places.get(&finding.primary.place), None),
    }
}

/// A file that cannot be read blocks, since nothing is known of what it holds.
fn of_problem<'v>(verdict: &'v Verdict<'_>, problem: &'v Problem) -> Issue<'v> {
    Issue {
        kind: "issue",
        check_name: problem.kind,
        description: visible(&problem.message).into_owned(),
        categories: ["Bug Risk"],
        severity: "blocker",
        fingerprint: sign::of_problem(problem),
        location: place(verdict, problem.location.as_ref(), problem.path.as_deref()),
    }
}

/// A place; the first line of the file where no line is known. GitLab knows paths from the repository's root only,
/// without a leading `./`.
fn place<'v>(verdict: &'v Verdict<'_>, at: Option<&'v Location>, path: Option<&'v str>) -> Place<'v> {
    let spot = at.and_then(|at| spot::of(verdict, at));
    let path = spot.map(|spot| spot.path).or(path).unwrap_or(".");
    let lines = spot.map_or(Lines { begin: 1, end: 1 }, |s| Lines { begin: s.at.start.line, end: s.at.end.line });
    Place { path: visible(path.strip_prefix("./").unwrap_or(path)), lines }
}
