//! The real binary on every fixture, and on what people type.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod arguments;
mod asked;
mod baseline;
mod changed;
mod comfort;
mod conditions;
mod dialects;
mod diff;
mod expectations;
mod exports;
mod fixtures;
mod formats;
mod generated;
mod graph;
mod large;
mod laws;
mod limits;
mod lock;
mod output;
mod partners;
mod precision;
mod privacy;
mod questions;
mod report;
mod rules;
mod secrets;
mod security;
mod seeds;
mod settings;
mod shapes;
mod shell;
mod sides;
mod spared;
mod strangers;
mod suppression;
#[cfg(target_os = "linux")]
mod terminal;
mod trouble;
mod variables;
mod verified;
mod verify;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folder of the project.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project is there")
}

/// The binary, started in the folder of the project.
fn rolecall(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.current_dir(home()).args(arguments).stdin(Stdio::null());
    command.env_remove("COLUMNS").env_remove("NO_COLOR");
    command.env_remove("ROLECALL_CONFIG").env_remove("ROLECALL_FAIL_ON");
    command.env_remove("ROLECALL_TODAY").env_remove("SOURCE_DATE_EPOCH").env_remove("ROLECALL_POLICY");
    command
}

/// What came of a run.
struct Run {
    code: i32,
    out: String,
    err: String,
}

fn finish(output: Output) -> Run {
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Run { code: output.status.code().expect("it was not killed"), out: text(output.stdout), err: text(output.stderr) }
}

fn run(arguments: &[&str]) -> Run {
    finish(rolecall(arguments).output().expect("it starts"))
}

/// Checks paths and gives the JSON report.
fn check_json(arguments: &[&str]) -> (i32, Value) {
    let run = run(&[&["check", "--format", "json"], arguments].concat());
    (run.code, serde_json::from_str(&run.out).expect("the report is JSON"))
}

/// The findings of a report.
fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().expect("a list")
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
