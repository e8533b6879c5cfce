//! `--format jsonl`: one value a line, each complete in itself, so that the lines of thousands of runs may lie in one
//! file. The first line is the run, which tells a clean tenant from one that was never checked.

use crate::digest::{self, Original};
use crate::escaping::write_line;
use crate::json::{self, FindingOut, Input, ProblemOut, Summary, TOOL, Tool};
use crate::{Format, Verdict, marked};
use serde::Serialize;
use std::io::{self, Write};

/// The project's own JSON, a line for each finding.
pub(crate) const FORMAT: Format = Format {
    name: "jsonl",
    about: "one JSON object a line, to gather over many tenants",
    write: |out, verdict, _| write(out, verdict),
};

/// What every line has: enough to know what said it of what.
#[derive(Serialize)]
struct Line<'v, T> {
    schema: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    tool: Tool,
    /// The same for the same files, wherever they lie.
    input: &'v str,
    #[serde(flatten)]
    body: T,
}

#[derive(Serialize)]
struct RunOut<'v> {
    /// Whether everything could be read.
    complete: bool,
    inputs: Vec<Input<'v>>,
    summary: Summary<'v>,
}

#[derive(Serialize)]
struct MarkedOut<'v> {
    /// Who accepted it and why, or that the baseline lists it.
    reason: &'v str,
    #[serde(flatten)]
    finding: FindingOut<'v>,
}

fn write(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let input = identity(verdict);
    let complete = verdict.problems.is_empty();
    let run = RunOut { complete, inputs: json::inputs(verdict), summary: json::summary(verdict) };
    line(out, "run", &input, run)?;
    let problems = |kind, list: &[_], out: &mut dyn Write| {
        list.iter().try_for_each(|problem| line::<ProblemOut<'_>>(out, kind, &input, json::problem(verdict, problem)))
    };
    problems("problem", &verdict.problems, out)?;
    problems("note", &verdict.notes, out)?;
    for finding in &verdict.findings {
        line::<FindingOut<'_>>(out, "finding", &input, json::finding(verdict, finding))?;
    }
    for marked in marked::of(verdict) {
        let body = MarkedOut { reason: &marked.reason, finding: json::finding(verdict, marked.finding) };
        line(out, marked.word, &input, body)?;
    }
    Ok(())
}

fn line<T: Serialize>(out: &mut dyn Write, kind: &'static str, input: &str, body: T) -> io::Result<()> {
    write_line(out, &Line { schema: "rolecall/lines/v1", kind, tool: TOOL, input, body })?;
    out.write_all(b"\n")
}

/// What was checked: the SHA-256 of the list, in order and a line each, of the SHA-256 of every file that gave entities.
fn identity(verdict: &Verdict<'_>) -> String {
    let files = verdict.inputs.iter().filter_map(|input| Original::of_input(verdict, input));
    let mut files: Vec<String> = files.map(|original| original.sha256).collect();
    files.sort_unstable();
    digest::sha256_of(&files.join("\n"))
}
