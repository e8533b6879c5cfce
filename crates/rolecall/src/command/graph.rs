//! `rolecall graph`

use crate::cli::{InputOptions, JudgeOptions};
use crate::output::{self, Stop};
use crate::{ask, pipeline};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use rolecall_engine::{Finding, Judge, Policy};
use rolecall_graph::AccessGraph;
use rolecall_query::{Picture, WHO};
use rolecall_report::{PICTURES, PictureFormat};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct GraphOptions {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    judge: JudgeOptions,
    /// How the picture is written
    #[arg(long, value_parser = formats(), default_value = "dot", hide_possible_values = false)]
    format: &'static PictureFormat,
    /// Draw only what lies around this user, group, role or service account
    #[arg(long, value_name = "PRINCIPAL", conflicts_with = "finding")]
    around: Option<String>,
    /// How many edges away that may be
    #[arg(long, value_name = "N", default_value_t = 2, requires = "around")]
    depth: usize,
    /// Draw only the chain that proves the finding of this fingerprint, or of the only one that begins so
    #[arg(long, value_name = "FINGERPRINT")]
    finding: Option<String>,
    /// The most roles, groups and accounts to draw; what is left out is said
    #[arg(long, value_name = "N", default_value_t = 60)]
    limit: usize,
    /// Write to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn formats() -> impl TypedValueParser<Value = &'static PictureFormat> {
    let names = PICTURES.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(names).try_map(|name| PictureFormat::named(&name).ok_or("no such format"))
}

/// Draws access. Half an export is drawn too, but the exit code says that something may be missing.
pub(crate) fn run(options: &GraphOptions) -> Result<u8, Stop> {
    let mut policy = options.judge.policy(&options.input.paths, None)?;
    let (mut export, progress) = options.input.read(&mut policy)?;
    drop(progress);
    options.input.spare(options.output.as_deref(), &export, options.judge.files(&policy))?;
    let is_whole = export.is_whole();
    let picture = match (&options.around, &options.finding) {
        (_, Some(fingerprint)) => {
            let rules = options.judge.rulebook(&policy)?;
            let outcome = pipeline::judge(&mut export, &policy, &rules);
            rolecall_query::chain(&one(&outcome.findings, fingerprint)?.witness)
        }
        (Some(name), None) => around(options, &AccessGraph::new(&export.tenant), &policy, name)?,
        (None, None) => rolecall_query::whole(&AccessGraph::new(&export.tenant), options.limit),
    };
    if !is_whole {
        output::warn("the input could not be read in full, so something may be missing (`rolecall check` shows where)");
    }
    let mut bytes = Vec::new();
    (options.format.write)(&mut bytes, &picture)
        .map_err(|error| Stop::usage(format!("cannot write the picture: {error}"), ""))?;
    match &options.output {
        Some(path) => output::save(path, &bytes)?,
        None => output::print(&bytes)?,
    }
    Ok(if is_whole { 0 } else { 3 })
}

fn around(options: &GraphOptions, graph: &AccessGraph<'_>, policy: &Policy, name: &str) -> Result<Picture, Stop> {
    let of = ask::resolve(&Judge::new(graph, policy), name, &WHO)?;
    Ok(rolecall_query::around(graph, of, options.depth, options.limit))
}

/// The finding that is meant by a fingerprint or the beginning of one.
fn one<'f>(findings: &'f [Finding], fingerprint: &str) -> Result<&'f Finding, Stop> {
    let mut meant = findings.iter().filter(|finding| finding.fingerprint.starts_with(fingerprint));
    let help = "`rolecall check --persona auditor --format json` gives each finding's fingerprint";
    let Some(first) = meant.next() else {
        return Err(Stop::usage(format!("there is no finding with the fingerprint `{fingerprint}`"), help));
    };
    if meant.next().is_some() {
        return Err(Stop::usage(format!("several findings have a fingerprint that begins with `{fingerprint}`"), help));
    }
    if first.witness.is_empty() {
        let message = format!("finding `{fingerprint}` is about one place and has no chain to draw");
        return Err(Stop::usage(message, "draw what lies around its subject with --around"));
    }
    Ok(first)
}
