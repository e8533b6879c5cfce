//! `rolecall lock`

use crate::cli::LockOptions;
use crate::output::{self, Stop};
use crate::progress::Progress;
use crate::{inputs, pipeline, settings};
use rolecall_engine::Lock;
use rolecall_graph::AccessGraph;

/// Writes the effective access of each tier. Half an export is never locked: what is missing would
/// be reported as grown the next time.
pub(crate) fn run(options: &LockOptions) -> Result<u8, Stop> {
    let policy = settings::policy(options.config.as_deref())?;
    let export = pipeline::read(inputs::find(&options.paths), false, &Progress::new(0));
    if !export.is_whole() {
        return Err(Stop::usage("the input cannot be read in full", "`rolecall check` says what is wrong with it"));
    }
    let lock = Lock::of(&AccessGraph::new(&export.tenant), &policy);
    output::save(&options.output, lock.to_text().as_bytes())?;
    output::print(format!("wrote {}\n", options.output.display()).as_bytes())?;
    Ok(0)
}
