//! `rolecall lock`

use crate::output::{self, Stop};
use crate::progress::Progress;
use crate::{inputs, pipeline, settings, spared};
use clap::Args;
use rolecall_engine::{Choice, Lock};
use rolecall_graph::AccessGraph;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct LockOptions {
    /// Files and folders of one organisation's export; `-` reads standard input
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Settings; without it the nearest rolecall.toml above the export, else above the working folder
    #[arg(long, value_name = "FILE", env = "ROLECALL_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// Lock this tier (repeatable); without --tier and --role what the file has by now, else every tier
    #[arg(long = "tier", value_name = "TIER")]
    pub(crate) tiers: Vec<String>,
    /// Lock the role of this name, whoever holds it (repeatable)
    #[arg(long = "role", value_name = "ROLE")]
    pub(crate) roles: Vec<String>,
    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "rolecall.lock")]
    pub(crate) output: PathBuf,
}

/// Writes the effective access of each tier. Half an export is never locked: what is missing would
/// be reported as grown the next time.
pub(crate) fn run(options: &LockOptions) -> Result<u8, Stop> {
    let policy = settings::policy(options.config.as_deref(), &options.paths)?;
    let policy = settings::under(policy, None)?;
    expect_lock(&options.output)?;
    let export = pipeline::read(inputs::find(&options.paths), false, &Progress::new(0));
    if !export.is_whole() {
        return Err(Stop::half());
    }
    spared::spare([options.output.as_path()], &[&export], spared::settings(&policy))?;
    let mut choice = Choice { tiers: options.tiers.clone(), roles: options.roles.clone() };
    if choice.tiers.is_empty() && choice.roles.is_empty() && options.output.is_file() {
        // Writing a lock anew does not widen what it is of.
        let kept = settings::lock(Some(&options.output), &policy).ok().flatten();
        choice = kept.map(|lock| lock.choice()).unwrap_or_default();
    }
    let lock = Lock::of(&AccessGraph::new(&export.tenant), &policy, &choice)
        .map_err(|(message, help)| Stop::usage(message, &help))?;
    output::save(&options.output, lock.to_text().as_bytes())?;
    output::print(format!("wrote {}\n", options.output.display()).as_bytes())?;
    Ok(0)
}

/// Where a file is to be written, a lock may lie, also one of another version or with a conflict in it, but nothing else.
fn expect_lock(path: &Path) -> Result<(), Stop> {
    let is_empty = std::fs::metadata(path).is_ok_and(|file| !file.is_file() || file.len() == 0);
    let is_lock = |text: Vec<u8>| Lock::is_one(&String::from_utf8_lossy(&text));
    if !path.exists() || is_empty || settings::head_of(path).is_ok_and(is_lock) {
        return Ok(());
    }
    let message = format!("{} is no lock, and is not overwritten", path.display());
    Err(Stop::usage(message, "give another file to write to"))
}
