//! Each format, read back by a library that knows it.

mod ci;
mod hostile;
mod marked;
mod sarif;
mod shown;
mod tables;

use crate::{Run, check_json, run};
use serde_json::Value;

/// Tenants with findings, with none, and with files that cannot be read.
const TENANTS: [&str; 4] = ["fixtures/guide", "fixtures/clean", "fixtures/dialects/platform", "fixtures/hostile"];

/// A tenant checked for an auditor, so that nothing is held back.
fn check(path: &str, format: &str) -> Run {
    run(&["check", path, "--persona", "auditor", "--format", format])
}

/// The same in the project's own JSON.
fn plain(path: &str) -> Value {
    check_json(&[path, "--persona", "auditor"]).1
}
