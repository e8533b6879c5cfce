//! Pseudonyms for people: the options, the key, and the inputs rewritten before they are read.

use crate::export::Export;
use crate::inputs::Inputs;
use crate::output::{self, Stop};
use crate::progress::Progress;
use crate::{lost, pipeline};
use clap::Args;
use rolecall_engine::{FileFault, Lock, Policy};
use rolecall_model::Kind;
use rolecall_privacy::{Key, Known, Names};
use rolecall_report::Original;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Names the file of the key.
const KEY: &str = "ROLECALL_REDACT_KEY";

/// How many random bytes a new key has.
const SECRET: usize = 32;

/// Where the key comes from.
#[derive(Debug, Args)]
pub(crate) struct KeyOptions {
    /// The file of the key that pseudonyms come from: with the same key the same people have the same ones. Made where
    /// it is not there; without it a key is used that nobody keeps
    #[arg(
        long,
        value_name = "FILE",
        env = KEY,
        hide_env_values = true,
        help_heading = "Privacy",
        hide_short_help = true
    )]
    pub(crate) redact_key: Option<PathBuf>,
}

/// Whether people are shown.
#[derive(Debug, Args)]
pub(crate) struct RedactOptions {
    /// Show people by stable pseudonyms, and their addresses without what names them
    #[arg(long, help_heading = "Privacy", hide_short_help = true)]
    pub(crate) redact: bool,
    #[command(flatten)]
    pub(crate) key: KeyOptions,
}

impl KeyOptions {
    /// The key of the file; a new one where there is no file yet.
    pub(crate) fn key(&self) -> Result<Key, Stop> {
        let Some(path) = &self.redact_key else { return Ok(Key::of(&random()?)) };
        if path.exists() {
            return read(path);
        }
        let secret = random()?;
        keep(path, &secret).map_err(|error| unusable(path, &error))?;
        Ok(Key::of(&secret))
    }

    /// The key of the file that is named, which has to be there; nothing where none is.
    pub(crate) fn known(&self) -> Result<Option<Key>, Stop> {
        self.redact_key.as_deref().map(read).transpose()
    }
}

fn read(path: &Path) -> Result<Key, Stop> {
    let secret = std::fs::read(path).map_err(|error| unusable(path, &error))?;
    if secret.len() < SECRET / 2 {
        let message = format!("the key {} has fewer than {} bytes", path.display(), SECRET / 2);
        return Err(Stop::usage(message, "name a file that is not there yet, and a good key is written to it"));
    }
    Ok(Key::of(&secret))
}

fn unusable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::usage(format!("cannot use the key {}: {error}", path.display()), "")
}

fn random() -> Result<[u8; SECRET], Stop> {
    let mut secret = [0; SECRET];
    getrandom::fill(&mut secret).map_err(|error| Stop::usage(format!("there is no key to be had: {error}"), ""))?;
    Ok(secret)
}

/// Writes a key for its owner alone.
fn keep(path: &Path, secret: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".rolecall-").tempfile_in(folder)?;
    file.write_all(secret)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

impl RedactOptions {
    /// The inputs of one or more exports and the settings as they are to be used: with pseudonyms where these are
    /// asked for. What was there before is then given back.
    pub(crate) fn apply<const N: usize>(
        &self,
        found: [Inputs; N],
        policy: &mut Policy,
    ) -> Result<([Inputs; N], Option<Open<N>>), Stop> {
        if !self.redact {
            // What the environment gives is there for the runs that ask for it.
            let given =
                self.key.redact_key.as_ref().filter(|path| std::env::var_os(KEY).as_ref() != Some(&path.into()));
            return match given {
                Some(_) => {
                    Err(Stop::usage("a key alone hides nobody".to_owned(), "add --redact, or leave --redact-key out"))
                }
                None => Ok((found, None)),
            };
        }
        let (found, names, exports) = rewritten(found, self.key.key()?, false);
        warn_of_shared(&names);
        let open = policy.clone();
        redact_settings(policy, &names)?;
        Ok((found, Some(Open { names, exports, policy: open })))
    }
}

/// Says that some people are shown after all.
pub(crate) fn warn_of_shared(names: &Names) {
    let people = match names.shared() {
        0 => return,
        1 => "1 person keeps a name that is".to_owned(),
        many => format!("{many} people keep names that are"),
    };
    output::warn(&format!("{people} that of a role, a group or the like too"));
}

/// What pseudonyms were put in the place of.
pub(crate) struct Open<const N: usize> {
    pub(crate) names: Names,
    pub(crate) exports: [Export; N],
    pub(crate) policy: Policy,
}

/// The settings and the lock by the names that the export now has.
fn redact_settings(policy: &mut Policy, names: &Names) -> Result<(), Stop> {
    let mut read: Option<Policy> = None;
    let fault = |fault: Box<FileFault>| Stop::Faults(vec![*fault]);
    for (path, text) in &policy.sources {
        let (path, text) = (names.rewrite_path(path), names.rewrite_settings(text));
        let next = match read {
            None => Policy::read(&path, &text),
            Some(known) => known.with(&path, &text),
        };
        read = Some(next.map_err(fault)?);
    }
    if let Some(lock) = &policy.lock {
        policy.lock = Some(Lock::read("", &redact_lock(lock, names)).map_err(fault)?);
    }
    if let Some(mut read) = read {
        (read.lock, read.today) = (policy.lock.take(), policy.today.take());
        *policy = read;
    }
    Ok(())
}

/// The text of a lock by the names that the export now has.
pub(crate) fn redact_lock(lock: &Lock, names: &Names) -> String {
    lock.to_text().lines().map(|line| names.rewrite_line(line) + "\n").collect()
}

/// Every input with its people replaced. The exports are read once before, to know who they are: whoever one of them
/// names has one pseudonym in all.
pub(crate) fn rewritten<const N: usize>(
    found: [Inputs; N],
    key: Key,
    is_domain: bool,
) -> ([Inputs; N], Names, [Export; N]) {
    let files_of = |found: &Inputs| Inputs { files: found.files.clone(), ..Inputs::default() };
    let exports = found.each_ref().map(|found| pipeline::read(files_of(found), true, &Progress::new(0)));
    let mut known = Known::default();
    exports.iter().for_each(|export| add_people(&mut known, export));
    let sources = exports.iter().flat_map(|export| export.sources.iter());
    let files: Vec<(&str, &str)> = sources.map(|(_, source)| (source.path(), source.text())).collect();
    let names = Names::new(key, is_domain, known, &files);
    let mut read = exports.iter();
    let found = found.map(|mut found| {
        let sources = read.next().into_iter().flat_map(|export| export.sources.iter());
        for (input, (_, source)) in found.files.iter_mut().zip(sources) {
            // What could not be read has no text here, and is told of by the second reading.
            if !source.text().is_empty() {
                let lead = if source.lead() > 0 { "\u{feff}" } else { "" };
                input.bytes = Some(format!("{lead}{}", names.rewrite(source.path(), source.text())).into_bytes());
                input.original = Original::of(source);
            }
            // Who is named by what is there now is not known, so it must not be read.
            if source.is_lost() {
                found.problems.push(lost::problem(source.path()));
                input.bytes = Some(Vec::new());
            }
            input.name = names.rewrite_path(&input.name);
        }
        found.passed_over.iter_mut().for_each(|path| *path = names.rewrite_path(path));
        let told = found.problems.iter_mut().chain(&mut found.notes);
        told.filter_map(|told| told.path.as_mut()).for_each(|path| *path = names.rewrite_path(path));
        found
    });
    (found, names, exports)
}

/// The same names in an export that is only compared with.
pub(crate) fn rewrite(names: &Names, found: &mut Inputs) {
    for input in &mut found.files {
        let text = input.bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        input.bytes = text.map(|text| names.rewrite(&input.name, text).into_bytes()).or(input.bytes.take());
    }
}

/// Whom the export names, and what keeps its name.
fn add_people(known: &mut Known, export: &Export) {
    let tenant = &export.tenant;
    for kind in Kind::ALL {
        for entity in tenant.entities(kind) {
            let (id, name) = (tenant.id(entity), tenant.name(entity));
            match kind {
                Kind::User => {
                    known.ids.extend(Some(id.to_owned()).filter(|id| !id.is_empty()));
                    known.names.extend(
                        Some(name.to_owned())
                            .filter(|name| !name.trim().is_empty() && !name.contains('@') && name != id),
                    );
                }
                _ => {
                    known.kept.insert(name.to_owned());
                }
            }
        }
    }
}
