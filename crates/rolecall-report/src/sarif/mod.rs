//! `--format sarif`: SARIF 2.1.0, for code scanning.
//!
//! The types are those of `serde-sarif`, made from the schema. They are large, so results are made one at a time while
//! they are written.

mod notice;
mod place;
mod result;
mod rule;

use crate::escaping::write_line;
use crate::{Exit, Format, Verdict};
use result::Results;
use rule::RuleIndex;
use serde::Serialize;
use serde_sarif::sarif::{
    Artifact, ArtifactLocation, Invocation, Message, MultiformatMessageString, Run, Tool, ToolComponent,
};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Static Analysis Results Interchange Format.
pub(crate) const FORMAT: Format = Format {
    name: "sarif",
    about: "SARIF 2.1.0, for code scanning and editors",
    write: |out, verdict, _| write(out, verdict),
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// `serde_sarif::sarif::Sarif`, its results aside.
#[derive(Serialize)]
struct Log<'v> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Lazy<'v>; 1],
}

/// A run whose results are made while they are written.
#[derive(Serialize)]
struct Lazy<'v> {
    #[serde(flatten)]
    run: Run,
    results: Results<'v>,
}

fn write(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let rules = RuleIndex::new(verdict);
    let run = run(verdict, &rules);
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [Lazy { run, results: Results { verdict, rules } }] };
    write_line(out, &log)?;
    out.write_all(b"\n")
}

fn run(verdict: &Verdict<'_>, rules: &RuleIndex<'_>) -> Run {
    let driver = ToolComponent::builder()
        .name("rolecall")
        .full_name(concat!("rolecall ", env!("CARGO_PKG_VERSION")))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .short_description(
            MultiformatMessageString::builder()
                .text("Finds traps in who may do what in a Genesys Cloud export.")
                .build(),
        )
        .rules(rules.descriptors(verdict))
        .notifications(notice::descriptors(verdict))
        .build();
    let base = ArtifactLocation::builder()
        .description(Message::builder().text("The folder that the check was run in.").build())
        .build();
    Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .invocations(vec![invocation(verdict, rules)])
        .original_uri_base_ids(BTreeMap::from([(place::BASE.to_owned(), base)]))
        .artifacts(verdict.inputs.iter().map(|input| artifact(&input.path)).collect::<Vec<_>>())
        .column_kind("unicodeCodePoints")
        .build()
}

fn artifact(path: &str) -> Artifact {
    Artifact::builder().location(place::artifact(path)).roles(vec!["analysisTarget".into()]).build()
}

fn invocation(verdict: &Verdict<'_>, rules: &RuleIndex<'_>) -> Invocation {
    let invocation = Invocation::builder()
        .execution_successful(verdict.problems.is_empty())
        .tool_execution_notifications(notice::of_reading(verdict))
        .tool_configuration_notifications(notice::of_rules(verdict, rules));
    match verdict.exit {
        None => invocation.build(),
        Some(Exit { code, .. }) => {
            let meaning = match code {
                0 => "everything was read and nothing reaches --fail-on",
                1 => "there are findings at or above --fail-on",
                _ => "the input could not be read in full",
            };
            invocation.exit_code(code).exit_code_description(meaning).build()
        }
    }
}
