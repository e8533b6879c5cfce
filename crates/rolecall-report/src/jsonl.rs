//! `--format jsonl`: one value a line, each complete in itself, so that the lines of thousands of runs may lie in one
//! file. The first line is the run, which tells a clean tenant from one that was never checked.

use crate::escaping::write_line;
use crate::json::{self, FindingOut, Input, ProblemOut, Summary, TOOL, Tool};
use crate::{Format, Verdict};
use serde::Serialize;
use siphasher::sip128::{Hasher128, SipHasher24};
use std::collections::BTreeSet;
use std::hash::Hasher;
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
    let mut findings = verdict.findings.iter();
    findings.try_for_each(|finding| line::<FindingOut<'_>>(out, "finding", &input, json::finding(verdict, finding)))
}

fn line<T: Serialize>(out: &mut dyn Write, kind: &'static str, input: &str, body: T) -> io::Result<()> {
    write_line(out, &Line { schema: "rolecall/lines/v1", kind, tool: TOOL, input, body })?;
    out.write_all(b"\n")
}

/// What was checked, as 32 hexadecimal digits: a hash over the text of every file that gave entities, in no order
/// and by no name. It tells one export from another and proves nothing against somebody who forges one.
fn identity(verdict: &Verdict<'_>) -> String {
    let inputs: BTreeSet<&str> = verdict.inputs.iter().map(|input| input.path.as_str()).collect();
    let mut files: Vec<u128> = verdict
        .sources
        .iter()
        .filter(|(_, file)| inputs.contains(file.path()))
        .map(|(_, file)| {
            let mut hasher = SipHasher24::new();
            hasher.write(file.text().as_bytes());
            hasher.finish128().as_u128()
        })
        .collect();
    files.sort_unstable();
    let mut hasher = SipHasher24::new();
    files.iter().for_each(|file| hasher.write_u128(*file));
    format!("{:032x}", hasher.finish128().as_u128())
}
