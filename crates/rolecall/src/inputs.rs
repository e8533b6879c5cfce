//! From paths to the files to read.

use crate::{misnamed, pipeline};
use rolecall_report::{Original, Problem};
use rolecall_source::MAX_BYTES;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The ends of names of files that may be exports.
const ENDS: [&str; 5] = ["json", "jsonl", "ndjson", "tf", "tfstate"];

/// The ends of names of files that are packed.
const PACKED: [&str; 6] = ["gz", "zip", "zst", "bz2", "xz", "7z"];

/// What means standard input.
const STANDARD: &str = "-";

/// Folders of other programs, which hold no exports of a tenant.
const FOREIGN: [&str; 3] = [GIT, ".terraform", "node_modules"];
const GIT: &str = ".git";

/// How a file begins that says of its folder that a program can make what is in it again. Source: the Cache Directory
/// Tagging Specification, bford.info/cachedir. Cargo puts one into `target`.
const CACHE_TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// A file to read.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// As shown, with `/`; `-` for standard input.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Whether the user named this very file, and so means it to be an export.
    pub(crate) is_named: bool,
    /// How many bytes it had when it was found; 0 where that is not known.
    pub(crate) length: u64,
    /// What is in it, where that is not to be read from the path.
    pub(crate) bytes: Option<Vec<u8>>,
    /// What lies on disk, where the bytes are a rewriting of that.
    pub(crate) original: Option<Original>,
}

impl Input {
    /// How many bytes there are to read, as far as that is known before.
    pub(crate) fn size(&self) -> u64 {
        self.bytes.as_ref().map_or(self.length, |bytes| bytes.len() as u64)
    }
}

/// The files behind the paths, each once, in order of name.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) files: Vec<Input>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) notes: Vec<Problem>,
    pub(crate) passed_over: Vec<String>,
    /// What looks like an export and is not called as one is.
    pub(crate) misnamed: Vec<String>,
}

impl Inputs {
    /// Leaves out what is beyond the most that can be read in one run: tables of text count by 32 bits.
    fn limit(&mut self) {
        let mut total: u64 = 0;
        let problems = &mut self.problems;
        self.files.retain(|input| {
            let length = input.length;
            // A file that is too large by itself is refused when it is read.
            total = total.saturating_add(if length > MAX_BYTES { 0 } else { length });
            let fits = total <= MAX_BYTES || length > MAX_BYTES;
            if !fits {
                let message = "with this file the input has 4 GiB or more, the most that one run reads";
                let mut problem = problem("too-large", &input.name, message);
                "check parts of the export that have nothing to do with each other in runs of their own"
                    .clone_into(&mut problem.help);
                problems.push(problem);
            }
            fits
        });
    }

    /// How many bytes there are to read, as far as that is known before.
    pub(crate) fn size(&self) -> u64 {
        self.files.iter().map(Input::size).sum()
    }
}

/// Walks the paths. Folders are gone into, links followed, loops left.
pub(crate) fn find(paths: &[PathBuf]) -> Inputs {
    let mut found = Inputs::default();
    // Names that are not UTF-8 may look alike.
    let mut files: BTreeMap<(String, PathBuf), Input> = BTreeMap::new();
    for path in paths {
        let mut add = |path: &Path, is_named: bool| {
            let (name, path) = (shown(path), path.to_owned());
            let key = (name.clone(), bare(&path));
            let input = Input { name, path, is_named, length: 0, bytes: None, original: None };
            files.entry(key).and_modify(|known| known.is_named |= is_named).or_insert(input);
        };
        if is_standard(path) {
            add(path, true);
        } else if path.is_dir() {
            walk(path, &mut found, &mut |file| add(file, false));
        } else {
            match fs::metadata(path) {
                Ok(_) => add(path, true),
                Err(error) => found.problems.push(problem("unreadable", &shown(path), &error.to_string())),
            }
        }
    }
    let named: HashSet<&str> = files.keys().map(|(name, _)| name.as_str()).collect();
    found.misnamed.retain(|name| !named.contains(name.as_str()));
    found.notes.extend(misnamed::note(&found.misnamed));
    // One file by two names is still one file.
    let (mut seen, mut folders) = (HashSet::new(), HashMap::new());
    for mut input in files.into_values() {
        let (place, length) = place(&input, &mut folders);
        if seen.insert(place) {
            input.length = length;
            found.files.push(input);
        }
    }
    found.limit();
    found
}

/// The one path of a file that no link is on, and its size. Those of `folders` are known; a name that was given, and not
/// listed, may be spelled otherwise.
fn place(input: &Input, folders: &mut HashMap<PathBuf, PathBuf>) -> (PathBuf, u64) {
    if is_standard(&input.path) {
        return (input.path.clone(), 0);
    }
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let own = fs::symlink_metadata(&input.path).ok().filter(|own| own.is_file() && !input.is_named);
    match (own, input.path.parent(), input.path.file_name()) {
        (Some(own), Some(folder), Some(name)) => {
            let folder = folders.entry(folder.to_owned()).or_insert_with_key(|folder| whole(folder));
            (folder.join(name), own.len())
        }
        _ => (whole(&input.path), fs::metadata(&input.path).map_or(0, |file| file.len())),
    }
}

fn walk(folder: &Path, found: &mut Inputs, add: &mut dyn FnMut(&Path)) {
    let mut left = Vec::new();
    let is_left = |entry: &DirEntry| is_foreign(entry.file_name()) || is_cache(entry.path());
    let is_own = |entry: &DirEntry| {
        let is_own = entry.depth() == 0 || !entry.file_type().is_dir() || !is_left(entry);
        // What git keeps for itself is in most folders, and nobody takes it for an export.
        if !is_own && entry.file_name() != GIT {
            left.push(shown(entry.path()));
        }
        is_own
    };
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(is_own) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && may_be_export(entry.path()) => add(entry.path()),
            Ok(entry) if entry.file_type().is_file() && is_packed(entry.path()) => {
                let message = "the file is packed, and was not looked into: unpack it where it is part of the export";
                found.notes.push(note(entry.path(), message));
            }
            Ok(entry) if !entry.file_type().is_dir() && may_be_export(entry.path()) => {
                let message = "this is no file but a pipe or the like, and was not read: name it to have it read";
                found.notes.push(note(entry.path(), message));
            }
            Ok(entry) if entry.file_type().is_file() && misnamed::looks_like_export(entry.path()) => {
                found.misnamed.push(shown(entry.path()));
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().map(shown).unwrap_or_default();
                if error.loop_ancestor().is_some() {
                    // What the link leads back to is walked already.
                    found.passed_over.push(path);
                } else {
                    let message = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    found.problems.push(problem("unreadable", &path, &message));
                }
            }
        }
    }
    found.notes.extend(note_of(&left));
}

/// A note about a file that was not read.
fn note(path: &Path, message: &str) -> Problem {
    Problem { help: String::new(), ..problem("note", &shown(path), message) }
}

/// How many folders a note names.
const NAMED: usize = 5;

/// A note that says into which folders of other programs nobody looked.
fn note_of(left: &[String]) -> Option<Problem> {
    let names: Vec<&str> = left.iter().take(NAMED).map(String::as_str).collect();
    let more = left.len() - names.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let message = "what other programs keep was not looked into, and is to be named where it is part of the export";
    (!left.is_empty()).then(|| pipeline::said(format!("{message}: {}{more}", names.join(", "))))
}

/// Whether a folder of this name holds no exports of a tenant.
pub(crate) fn is_foreign(folder: &OsStr) -> bool {
    FOREIGN.iter().any(|name| folder == *name)
}

/// Whether a folder is one of a program's caches.
fn is_cache(folder: &Path) -> bool {
    let tag = fs::File::open(folder.join("CACHEDIR.TAG"));
    let mut start = Vec::new();
    tag.and_then(|tag| tag.take(CACHE_TAG.len() as u64).read_to_end(&mut start)).is_ok() && start == CACHE_TAG
}

/// Whether the name of a file is that of an export that was packed.
fn is_packed(path: &Path) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    end.is_some_and(|end| PACKED.contains(&end.as_str()))
        && path.file_stem().is_some_and(|name| may_be_export(Path::new(name)))
}

/// Whether the name of a file is that of an export.
pub(crate) fn may_be_export(path: &Path) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    end.is_some_and(|end| ENDS.contains(&end.as_str()))
}

/// Whether a path means standard input.
fn is_standard(path: &Path) -> bool {
    path.as_os_str() == STANDARD
}

/// A path without the parts of it that say nothing, which may be all of them.
fn bare(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// A path as reports show it: relative where it was given so, with `/`.
pub(crate) fn shown(path: &Path) -> String {
    let own = bare(path);
    // A file of that name is not standard input.
    let is_kept = own.as_os_str().is_empty() || is_standard(&own);
    let text = if is_kept { path.to_string_lossy() } else { own.to_string_lossy() };
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// A problem with a file that could not be read at all.
pub(crate) fn problem(kind: &'static str, path: &str, message: &str) -> Problem {
    let help = "correct the path, or the rights of the file, and run again".to_owned();
    Problem { kind, message: message.to_owned(), help, path: Some(path.to_owned()), location: None, related: None }
}
