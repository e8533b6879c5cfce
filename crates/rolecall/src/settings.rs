//! Finding and reading `rolecall.toml`.

use crate::output::Stop;
use rolecall_engine::{FileFault, Lock, Policy};
use rolecall_triage::Baseline;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The name of the settings file.
pub(crate) const NAME: &str = "rolecall.toml";

/// The settings of a run: those of `given`, else of the nearest file to the input, else the built-in ones.
pub(crate) fn policy(given: Option<&Path>, inputs: &[PathBuf]) -> Result<Policy, Stop> {
    let Some(path) = given.map(Path::to_owned).or_else(|| nearest(inputs)) else { return Ok(Policy::built_in()) };
    let text = text_of(&path).map_err(|error| {
        Stop::usage(format!("cannot read the settings {}: {error}", path.display()), "give another file with --config")
    })?;
    let policy = Policy::read(&path.display().to_string(), &text).map_err(|fault| Stop::Faults(vec![*fault]))?;
    with_expectations(policy, &path, &text)
}

/// Settings with what the files in their folders of expectations say, in order of their names.
fn with_expectations(policy: Policy, path: &Path, text: &str) -> Result<Policy, Stop> {
    let folders = policy.expect_in.clone();
    folders.iter().try_fold(policy, |policy, folder| {
        let place = path.with_file_name(folder.as_ref());
        let unreadable = |error: io::Error| {
            let message = format!("cannot read the folder `{}`: {error}", folder.as_ref());
            let help = "folders are looked for beside this file".to_owned();
            Stop::Faults(vec![FileFault::new(&path.display().to_string(), text, folder.span(), message, help)])
        };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&place).map_err(unreadable)? {
            files.push(entry.map_err(unreadable)?.path());
        }
        files.retain(|file| file.extension().is_some_and(|end| end == "toml"));
        files.sort();
        files.into_iter().try_fold(policy, |policy, file| {
            let text = text_of(&file).map_err(|error| {
                Stop::usage(format!("cannot read the expectations {}: {error}", file.display()), "")
            })?;
            let name = file.display().to_string().replace('\\', "/");
            policy.expecting(&name, &text).map_err(|fault| Stop::Faults(vec![*fault]))
        })
    })
}

/// Names the organisation's settings, which a team's command line cannot take away.
const ABOVE: &str = "ROLECALL_POLICY";

/// A team's settings with those of the organisation over them: `given`, and over both the file that the
/// environment names.
pub(crate) fn under(team: Policy, given: Option<&Path>) -> Result<Policy, Stop> {
    let named = std::env::var_os(ABOVE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let above = given.map(Path::to_owned).into_iter().chain(named);
    above.into_iter().try_fold(team, |policy, path| {
        let text = text_of(&path).map_err(|error| {
            let help = format!("correct --policy or {ABOVE}");
            Stop::usage(format!("cannot read the policy {}: {error}", path.display()), help)
        })?;
        let policy = policy.with(&path.display().to_string(), &text).map_err(|fault| Stop::Faults(vec![*fault]))?;
        with_expectations(policy, &path, &text)
    })
}

/// The name of the lock file.
pub(crate) const LOCK: &str = "rolecall.lock";

/// The lock at `given`, else the one beside the settings that are in force, if there is one.
pub(crate) fn lock(given: Option<&Path>, policy: &Policy) -> Result<Option<Lock>, Stop> {
    let Some(path) = lock_path(given, policy) else { return Ok(None) };
    let text = text_of(&path).map_err(|error| {
        Stop::usage(format!("cannot read the lock {}: {error}", path.display()), "`rolecall lock` writes one")
    })?;
    Lock::read(&path.display().to_string(), &text).map(Some).map_err(|fault| Stop::Faults(vec![*fault]))
}

/// The path of the lock in force.
pub(crate) fn lock_path(given: Option<&Path>, policy: &Policy) -> Option<PathBuf> {
    given.map(Path::to_owned).or_else(|| beside(policy, LOCK))
}

/// A file of this name beside the team's settings, else in the working folder.
fn beside(policy: &Policy, name: &str) -> Option<PathBuf> {
    let settings = policy.sources.first().map(|(path, _)| Path::new(path).with_file_name(name));
    settings.into_iter().chain([PathBuf::from(name)]).find(|path| is_there(path))
}

/// Whether there is a file to be read, or a link that should lead to one: what a link to nowhere should say is not nothing.
fn is_there(path: &Path) -> bool {
    path.is_file() || (path.is_symlink() && !path.is_dir())
}

/// The name of the baseline.
const BASELINE: &str = "rolecall-baseline.json";

/// The path of the baseline, whether it is there or not.
pub(crate) fn baseline_path(given: Option<&Path>, policy: &Policy) -> PathBuf {
    let settings = || policy.sources.first().map(|(path, _)| Path::new(path).with_file_name(BASELINE));
    given.map(Path::to_owned).or_else(|| beside(policy, BASELINE)).or_else(settings).unwrap_or(BASELINE.into())
}

/// The baseline at a path; `None` where nothing is there.
pub(crate) fn baseline(path: &Path) -> Result<Option<Baseline>, Stop> {
    let text = match text_of(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => return Ok(None),
        Err(error) => {
            return Err(Stop::usage(format!("cannot read the baseline {}: {error}", path.display()), ""));
        }
    };
    Baseline::read(&path.display().to_string(), &text).map(Some).map_err(|fault| Stop::Faults(vec![*fault]))
}

/// The nearest settings: of the first input and the folders above it, else of the working folder and
/// those above. One call has one export, so the first input speaks for all.
fn nearest(inputs: &[PathBuf]) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let found = around(inputs).map(|folder| folder.join(NAME)).find(|path| is_there(path))?;
    // Shown as the paths of the input are: from the working folder, where it is below that.
    let home = std::fs::canonicalize(&here).unwrap_or(here);
    Some(found.strip_prefix(&home).map(Path::to_owned).unwrap_or(found))
}

/// The first input and the folders above it, the working folder and those above.
fn around(inputs: &[PathBuf]) -> impl Iterator<Item = PathBuf> {
    let input = inputs.first().and_then(|path| std::fs::canonicalize(path).ok());
    let starts = input.into_iter().chain(std::env::current_dir());
    starts.flat_map(|start| start.ancestors().map(Path::to_owned).collect::<Vec<_>>())
}

/// Where settings, a lock or a baseline would be found, and nothing is.
pub(crate) fn missing(inputs: &[PathBuf]) -> impl Iterator<Item = PathBuf> {
    let each = |folder: PathBuf| [NAME, LOCK, BASELINE].map(|name| folder.join(name));
    around(inputs).flat_map(each).filter(|path| !path.exists())
}

/// The folders of expectations of the settings.
pub(crate) fn folders(policy: &Policy) -> impl Iterator<Item = PathBuf> {
    let beside = |path: &str, folder: &str| Path::new(path).with_file_name(folder);
    let of = move |path| policy.expect_in.iter().map(move |folder| beside(path, folder.as_ref()));
    policy.sources.iter().flat_map(move |(path, _)| of(path)).filter(|folder| folder.is_dir())
}

/// The most bytes that a file may have which people write by hand.
const MOST: u64 = 16 << 20;

/// The text of a file that people write by hand.
pub(crate) fn text_of(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes_of(path, MOST)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// How a file begins.
pub(crate) fn head_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut head)?;
    Ok(head)
}

/// The bytes of a file that may have `most`. No more are read, whatever its length is said to be.
pub(crate) fn bytes_of(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than the {most} bytes that such a file may have")));
    }
    Ok(bytes)
}
