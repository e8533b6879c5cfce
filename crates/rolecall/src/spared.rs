//! What a run has read, which nothing that it writes may take the place of: the next run would call clean what is gone.

use crate::export::Export;
use crate::output::{self, Stop};
use rolecall_engine::Policy;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// How a line of what the program writes as JSON begins.
const OWN: [&str; 2] = ["  \"schema\": \"rolecall/", "{\"schema\":\"rolecall/"];

/// Refuses to write where the export lies, or a file `beside` it that was read, and to write two things to one file.
pub(crate) fn spare<'a>(
    targets: impl IntoIterator<Item = &'a Path>,
    exports: &[&Export],
    beside: impl IntoIterator<Item = PathBuf>,
) -> Result<(), Stop> {
    let mut places: HashMap<PathBuf, &Path> = HashMap::new();
    for target in targets {
        let place = output::end_of(target);
        // Nothing takes the place of a stream: one report comes after the other.
        if places.insert(place, target).is_some() && !output::is_stream(target) {
            let message = format!("{} is to be written twice", target.display());
            return Err(Stop::usage(message, "give each report a file of its own"));
        }
    }
    places.retain(|place, _| place.is_file());
    if places.is_empty() {
        return Ok(());
    }
    let lies_at = |path: PathBuf| fs::canonicalize(path).ok().and_then(|path| places.get(&path));
    // What this program wrote the last time is written anew, wherever it lies.
    let export = exports.iter().flat_map(|export| &export.files).cloned();
    let read = export.filter_map(lies_at).find(|target| !is_own(target));
    match read.or_else(|| beside.into_iter().find_map(lies_at)) {
        None => Ok(()),
        Some(target) => {
            let message = format!("{} is read by this run, and would be lost", target.display());
            Err(Stop::usage(message, "give another file to write to"))
        }
    }
}

/// The files of the settings.
pub(crate) fn settings(policy: &Policy) -> impl Iterator<Item = PathBuf> {
    policy.sources.iter().map(|(path, _)| path.into())
}

/// Whether a file is a report or an answer of this program.
fn is_own(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
    lines.into_iter().any(|line| OWN.iter().any(|own| line.starts_with(own.as_bytes())))
}
