//! `rolecall verify`

use crate::cli::ListFormat;
use crate::inputs;
use crate::output::{self, Stop};
use crate::settings::bytes_of;
use clap::Args;
use rayon::prelude::*;
use rolecall_source::{MAX_BYTES, visible};
use rolecall_verify::{Checked, RawFile, Report, Standing};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    /// A report that `check` or `report` wrote with --format json
    report: PathBuf,
    /// The files and folders that it was made from
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How what was found is written
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

/// Holds a report against the raw files. Exits with 1 where a finding does not hold, or cannot be held against what
/// changed; with 3 where a file cannot be read.
pub(crate) fn run(options: &VerifyOptions) -> Result<u8, Stop> {
    let name = options.report.display();
    // A report grows with the export, so it may be as long as one.
    let text = bytes_of(&options.report, MAX_BYTES)
        .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
        .map_err(|error| Stop::usage(format!("cannot read the report {name}: {error}"), ""))?;
    let help = "give what `rolecall check --format json` wrote";
    let report = Report::read(&text).map_err(|error| Stop::usage(format!("{name} is no report: {error}"), help))?;
    let found = inputs::find(&options.paths);
    let mut troubles: Vec<String> = found.problems.iter().map(|problem| problem.message.clone()).collect();
    let read: Vec<Result<RawFile, String>> = found
        .files
        .par_iter()
        .map(|input| {
            let bytes = bytes_of(&input.path, MAX_BYTES).map_err(|error| format!("{}: {error}", input.name))?;
            Ok(RawFile { path: input.name.clone(), bytes })
        })
        .collect();
    let mut files = Vec::new();
    for file in read {
        match file {
            Ok(file) => files.push(file),
            Err(trouble) => troubles.push(trouble),
        }
    }
    let checked = rolecall_verify::verify(&report, &files);
    let shown = match options.format {
        ListFormat::Text => as_text(&checked, &troubles).into_bytes(),
        ListFormat::Json => as_json(&checked)?,
    };
    output::print(&shown)?;
    let is_all = checked.iter().all(|one| one.standing == Standing::Holds);
    Ok(if troubles.is_empty() { u8::from(!is_all) } else { 3 })
}

fn count(checked: &[Checked], standing: Standing) -> usize {
    checked.iter().filter(|one| one.standing == standing).count()
}

fn as_text(checked: &[Checked], troubles: &[String]) -> String {
    let mut text = String::new();
    for one in checked.iter().filter(|one| one.standing != Standing::Holds) {
        text.push_str(&format!(
            "{}: {} {}: {}\n",
            one.standing.words(),
            visible(&one.rule),
            visible(&one.fingerprint),
            visible(&one.message)
        ));
        one.reasons.iter().for_each(|reason| text.push_str(&format!("  {}\n", visible(reason))));
    }
    troubles.iter().for_each(|trouble| text.push_str(&format!("error: {}\n", visible(trouble))));
    let edges: usize = checked.iter().map(|one| one.edges).sum();
    let number = |standing: Standing| count(checked, standing);
    text.push_str(&format!(
        "{} findings, {edges} edges read again: {} hold, {} do not hold, {} rest on input that changed\n",
        checked.len(),
        number(Standing::Holds),
        number(Standing::DoesNotHold),
        number(Standing::InputChanged)
    ));
    text
}

fn as_json(checked: &[Checked]) -> Result<Vec<u8>, Stop> {
    let findings: Vec<serde_json::Value> = checked
        .iter()
        .map(|one| {
            serde_json::json!({
                "rule": one.rule, "fingerprint": one.fingerprint, "standing": one.standing.words(),
                "edges": one.edges, "reasons": one.reasons,
            })
        })
        .collect();
    let summary = serde_json::json!({
        "holds": count(checked, Standing::Holds),
        "does_not_hold": count(checked, Standing::DoesNotHold),
        "input_changed": count(checked, Standing::InputChanged),
    });
    let whole = serde_json::json!({"schema": "rolecall/verified/v1", "summary": summary, "findings": findings});
    let mut text = Vec::new();
    rolecall_report::write_pretty(&mut text, &whole).map_err(|error| Stop::usage(error.to_string(), ""))?;
    text.push(b'\n');
    Ok(text)
}
