//! `rolecall pseudonymize`

use crate::inputs::{self, Input};
use crate::output::{self, Stop};
use crate::privacy::{self, KeyOptions};
use crate::progress::Progress;
use crate::{pipeline, settings};
use clap::Args;
use rolecall_engine::Policy;
use rolecall_privacy::Names;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct PseudonymizeOptions {
    /// A folder or file of an export
    export: PathBuf,
    /// The folder to write into; it must be empty or not there
    output: PathBuf,
    /// Settings to rewrite too; without it the nearest rolecall.toml above the export, else above the working folder
    #[arg(long, value_name = "FILE", env = "ROLECALL_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    key: KeyOptions,
}

/// Writes an export that can be shown to others: the same findings, and nobody's name or address. What cannot be read
/// in full is refused: nobody knows whom it names.
pub(crate) fn run(options: &PseudonymizeOptions) -> Result<u8, Stop> {
    let is_taken = std::fs::read_dir(&options.output).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken || options.output.is_file() {
        return Err(Stop::usage(format!("{} is not empty", options.output.display()), "name a new folder"));
    }
    let paths = [options.export.clone()];
    let policy = settings::policy(options.config.as_deref(), &paths)?;
    let ([found], names, _) = privacy::rewritten([inputs::find(&paths)], options.key.key()?, true);
    let export = pipeline::read(inputs_of(&found), false, &Progress::new(0));
    if !export.is_whole() {
        return Err(Stop::half());
    }
    let read: HashSet<&str> = export.inputs.iter().map(|input| input.path.as_str()).collect();
    let mut plan: BTreeMap<PathBuf, &Input> = BTreeMap::new();
    for input in found.files.iter().filter(|input| read.contains(input.name.as_str())) {
        let inside = input.path.strip_prefix(&options.export).ok().filter(|path| !path.as_os_str().is_empty());
        let name = inside.map(Path::to_owned).or_else(|| input.path.file_name().map(PathBuf::from));
        let name = name.unwrap_or_default().display().to_string().replace('\\', "/");
        let path = options.output.join(names.rewrite_path(&name));
        if let Some(other) = plan.insert(path, input) {
            return Err(alike(&other.path, &input.path));
        }
    }
    let written = plan.len();
    for (path, input) in plan {
        // The folder was empty: where names of either case are one, two files may be.
        if path.exists() {
            return Err(alike(&path, &input.path));
        }
        save(&path, input.bytes.as_deref().unwrap_or_default())?;
    }
    save_settings(&policy, &names, &options.output)?;
    let passed = found.files.len() - written;
    let left = if passed > 0 { format!(", {passed} that are no export left out") } else { String::new() };
    privacy::warn_of_shared(&names);
    let secrets = export.tenant.secrets.len();
    if secrets > 0 {
        let number = if secrets == 1 { "1 secret stands".to_owned() } else { format!("{secrets} secrets stand") };
        output::warn(&format!("{number} in clear in what was written (`rolecall check` shows where)"));
    }
    output::print(format!("wrote {written} files into {}{left}\n", options.output.display()).as_bytes())?;
    Ok(0)
}

/// Two files of the export would be written to one.
fn alike(one: &Path, other: &Path) -> Stop {
    let message = format!("{} and {} would be written to one file", one.display(), other.display());
    Stop::usage(message, "give one of them another name")
}

/// Writes the settings with their expectations, and the lock.
fn save_settings(policy: &Policy, names: &Names, output: &Path) -> Result<(), Stop> {
    let Some((path, text)) = policy.sources.first() else { return Ok(()) };
    // Folders of expectations may lie anywhere, and get a place here.
    let mut text = text.clone();
    for (number, folder) in policy.expect_in.iter().enumerate().rev() {
        let own = format!("expectations-{}", number + 1);
        let place = Path::new(path).with_file_name(folder.as_ref());
        for (file, expected) in policy.sources.iter().filter(|(file, _)| Path::new(file).parent() == Some(&place)) {
            let name = Path::new(file).file_name().map(|name| names.rewrite_path(&name.to_string_lossy()));
            save(&output.join(&own).join(name.unwrap_or_default()), names.rewrite_settings(expected).as_bytes())?;
        }
        make(&output.join(&own))?;
        if text.get(folder.span()).is_some() {
            text.replace_range(folder.span(), &format!("\"{own}\""));
        }
    }
    save(&output.join(settings::NAME), names.rewrite_settings(&text).as_bytes())?;
    let Some(lock) = settings::lock(None, policy)? else { return Ok(()) };
    save(&output.join(settings::LOCK), privacy::redact_lock(&lock, names).as_bytes())
}

fn inputs_of(found: &inputs::Inputs) -> inputs::Inputs {
    inputs::Inputs { files: found.files.clone(), ..inputs::Inputs::default() }
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    make(path.parent().unwrap_or(Path::new(".")))?;
    output::save(path, bytes)
}

fn make(folder: &Path) -> Result<(), Stop> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Stop::usage(format!("cannot make {}: {error}", folder.display()), ""))
}
