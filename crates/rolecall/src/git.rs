//! An export as a git revision has it, read without touching the work tree.

use crate::inputs::{Input, Inputs, is_foreign, may_be_export};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// A commit of the work tree that a folder lies in.
#[derive(Debug)]
pub(crate) struct Revision {
    top: PathBuf,
    commit: String,
}

/// What a revision has at a path: a file, a link or a submodule.
struct Entry {
    mode: String,
    object: String,
    /// From the top of the work tree.
    path: String,
}

/// A file of a revision: its path from the top of the work tree, and the object with its bytes.
struct Blob {
    path: String,
    object: String,
}

impl Revision {
    /// The commit that a name means in the work tree around `here`.
    ///
    /// # Errors
    /// When there is no git, no work tree or no such commit; what git says of it.
    pub(crate) fn of(here: &Path, name: &str) -> io::Result<Self> {
        let top = fs::canonicalize(line(here, ["rev-parse", "--show-toplevel"])?)?;
        let commit = line(here, ["rev-parse", "--verify", "--end-of-options", &format!("{name}^{{commit}}")])?;
        Ok(Self { top, commit })
    }

    /// The commit at which another left this one's line.
    ///
    /// # Errors
    /// When they have none in common.
    pub(crate) fn fork(&self, other: &Self) -> io::Result<Self> {
        let commit = line(&self.top, ["merge-base", self.commit.as_str(), other.commit.as_str()])?;
        Ok(Self { top: self.top.clone(), commit })
    }

    /// A path from the top of the work tree, with `/`; nothing where it lies outside of that. What a revision has
    /// need not be in the work tree any more.
    pub(crate) fn within(&self, path: &Path) -> Option<String> {
        let path = real(path)?;
        let parts = path.strip_prefix(&self.top).ok()?.components();
        let words: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
        words.map(|words| words.join("/"))
    }

    /// The files of the revision that `inputs::find` would give for these paths: named files and,
    /// in folders, what may be an export. Links are left out.
    ///
    /// # Errors
    /// When a path lies outside of the work tree, or git fails.
    pub(crate) fn inputs(&self, paths: &[PathBuf]) -> io::Result<Inputs> {
        let outside = || io::Error::other("a path of the export lies outside of the work tree");
        let named: Vec<String> =
            paths.iter().map(|path| self.within(path).ok_or_else(outside)).collect::<io::Result<_>>()?;
        let blobs = self.blobs(&named)?;
        let bytes = self.bytes(&blobs)?;
        let input = |(blob, bytes): (Blob, Vec<u8>)| {
            let is_named = named.contains(&blob.path);
            Input {
                path: self.top.join(&blob.path),
                name: blob.path,
                is_named,
                length: 0,
                bytes: Some(bytes),
                original: None,
            }
        };
        Ok(Inputs { files: blobs.into_iter().zip(bytes).map(input).collect(), ..Inputs::default() })
    }

    /// Of what the revision has at these paths and below them, what is not in the work tree any more.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn gone(&self, paths: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
        let named: Vec<String> = paths.iter().filter_map(|path| self.within(path)).collect();
        let had = if named.is_empty() { Vec::new() } else { self.entries(&named)? };
        let had = had.into_iter().map(|entry| self.top.join(entry.path));
        Ok(had.filter(|path| fs::symlink_metadata(path).is_err()).collect())
    }

    fn entries(&self, named: &[String]) -> io::Result<Vec<Entry>> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", self.commit.as_str()];
        // Without a path it is the whole tree.
        if !named.iter().any(String::is_empty) {
            arguments.push("--");
            arguments.extend(named.iter().map(String::as_str));
        }
        let listing = text(git(&self.top).args(arguments))?;
        let entry = |entry: &str| {
            let (about, path) = entry.split_once('\t')?;
            let [mode, _, object] = about.split(' ').map(str::to_owned).collect::<Vec<_>>().try_into().ok()?;
            Some(Entry { mode, object, path: path.to_owned() })
        };
        Ok(listing.split('\0').filter_map(entry).collect())
    }

    fn blobs(&self, named: &[String]) -> io::Result<Vec<Blob>> {
        let is_meant = |entry: &Entry| {
            entry.mode.starts_with("100") && (named.contains(&entry.path) || is_walked(&entry.path, named))
        };
        let blob = |entry: Entry| is_meant(&entry).then_some(Blob { path: entry.path, object: entry.object });
        let mut blobs: Vec<Blob> = self.entries(named)?.into_iter().filter_map(blob).collect();
        blobs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(blobs)
    }

    /// The bytes of files, by one process for all.
    fn bytes(&self, blobs: &[Blob]) -> io::Result<Vec<Vec<u8>>> {
        let mut child = git(&self.top)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(mut asking), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("git has no pipes"));
        };
        let names: String = blobs.iter().map(|blob| format!("{}\n", blob.object)).collect();
        // Asking and reading at once: neither may wait for the other to empty a full pipe.
        let bytes = std::thread::scope(|scope| {
            scope.spawn(move || asking.write_all(names.as_bytes()));
            let mut answers = BufReader::new(answers);
            blobs.iter().map(|_| one(&mut answers)).collect()
        });
        child.wait()?;
        bytes
    }
}

/// A path without links, as far as it is there.
pub(crate) fn real(path: &Path) -> Option<PathBuf> {
    let there = path.ancestors().find(|part| part.exists() || part.as_os_str().is_empty())?;
    let rest = path.strip_prefix(there).ok()?;
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let found = fs::canonicalize(there).ok()?;
    let is_plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then(|| if rest.as_os_str().is_empty() { found } else { found.join(rest) })
}

/// One answer of `git cat-file --batch`: a line with the length, the bytes, and a line's end.
fn one(answers: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut head = String::new();
    answers.read_line(&mut head)?;
    let length = head.trim_end().rsplit(' ').next().and_then(|word| word.parse().ok());
    let length: u64 = length.ok_or_else(|| io::Error::other(format!("git says `{}`", head.trim_end())))?;
    let mut bytes = Vec::new();
    answers.take(length).read_to_end(&mut bytes)?;
    answers.read_exact(&mut [0])?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Whether a walk of one of the folders would come to a file.
fn is_walked(path: &str, folders: &[String]) -> bool {
    let path = Path::new(path);
    let is_below = |folder: &String| {
        let rest = path.strip_prefix(folder).ok()?;
        let mut parts = rest.parent()?.components();
        parts.all(|part| !matches!(part, Component::Normal(name) if is_foreign(name))).then_some(())
    };
    may_be_export(path) && folders.iter().any(|folder| is_below(folder).is_some())
}

/// Git in a folder, as it is for a program: nobody is asked, nothing is translated.
fn git(here: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(here).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null());
    command
}

fn text(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        // What follows are hints.
        return Err(io::Error::other(said.lines().next().unwrap_or_default().trim().to_owned()));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}

fn line<'a>(here: &Path, arguments: impl IntoIterator<Item = &'a str>) -> io::Result<String> {
    let said = text(git(here).args(arguments.into_iter().map(OsStr::new)))?;
    Ok(said.trim_end_matches('\n').to_owned())
}
