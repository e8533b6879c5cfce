//! `rolecall verify`

use crate::cli::ListFormat;
use crate::inputs::{self, Input, Inputs};
use crate::output::{self, Stop};
use crate::privacy::{self, KeyOptions};
use crate::settings::bytes_of;
use clap::Args;
use rayon::prelude::*;
use rolecall_privacy::Key;
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
    #[command(flatten)]
    key: KeyOptions,
}

/// Holds a report against the raw files. Exits with 1 where a finding does not hold, or cannot be held against what
/// changed, or where an input or a finding is missing; with 3 where a file cannot be read.
pub(crate) fn run(options: &VerifyOptions) -> Result<u8, Stop> {
    let name = options.report.display();
    // A report grows with the export, so it may be as long as one.
    let text = bytes_of(&options.report, MAX_BYTES)
        .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
        .map_err(|error| Stop::usage(format!("cannot read the report {name}: {error}"), ""))?;
    let help = "give what `rolecall check --format json` wrote";
    let report = Report::read(&text).map_err(|error| Stop::usage(format!("{name} is no report: {error}"), help))?;
    let key = options.key.known()?.filter(|_| report.is_redacted());
    if report.is_redacted() && key.is_none() {
        return Err(Stop::usage(
            format!("{name} shows people by pseudonyms, which the files do not have"),
            "give the key that it was made with: --redact-key FILE",
        ));
    }
    let found = inputs::find(&options.paths);
    let mut troubles: Vec<String> = found.problems.iter().map(|problem| problem.message.clone()).collect();
    let read: Vec<Result<RawFile, String>> = found
        .files
        .par_iter()
        .map(|input| {
            let bytes = bytes_of(&input.path, MAX_BYTES).map_err(|error| format!("{}: {error}", input.name))?;
            Ok(RawFile { path: input.name.clone(), bytes, redacted: None })
        })
        .collect();
    let mut files = Vec::new();
    for file in read {
        match file {
            Ok(file) => files.push(file),
            Err(trouble) => troubles.push(trouble),
        }
    }
    if let Some(key) = key {
        redact(&mut files, key);
    }
    let checked = rolecall_verify::verify(&report, &files);
    let faults = rolecall_verify::faults(&report, &files);
    let shown = match options.format {
        ListFormat::Text => as_text(&checked, &faults, &troubles).into_bytes(),
        ListFormat::Json => as_json(&checked, &faults)?,
    };
    output::print(&shown)?;
    let is_all = faults.is_empty() && checked.iter().all(|one| one.standing == Standing::Holds);
    Ok(if troubles.is_empty() { u8::from(!is_all) } else { 3 })
}

/// Has the files read with their people replaced, as they were for the report. What is no part of an export stays.
fn redact(files: &mut [RawFile], key: Key) {
    let input = |file: &RawFile| Input {
        name: file.path.clone(),
        path: PathBuf::from(&file.path),
        is_named: false,
        length: 0,
        bytes: Some(file.bytes.clone()),
        original: None,
    };
    let found = Inputs { files: files.iter().map(input).collect(), ..Inputs::default() };
    let ([found], ..) = privacy::rewritten([found], key, false);
    for (file, input) in files.iter_mut().zip(found.files) {
        (file.path, file.redacted) = (input.name, input.bytes);
    }
}

fn count(checked: &[Checked], standing: Standing) -> usize {
    checked.iter().filter(|one| one.standing == standing).count()
}

fn as_text(checked: &[Checked], faults: &[String], troubles: &[String]) -> String {
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
    faults.iter().for_each(|fault| text.push_str(&format!("the whole report: {}\n", visible(fault))));
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

fn as_json(checked: &[Checked], faults: &[String]) -> Result<Vec<u8>, Stop> {
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
    let whole = serde_json::json!({"schema": "rolecall/verified/v1", "summary": summary, "faults": faults, "findings": findings});
    let mut text = Vec::new();
    rolecall_report::write_pretty(&mut text, &whole).map_err(|error| Stop::usage(error.to_string(), ""))?;
    text.push(b'\n');
    Ok(text)
}
