//! An export as a git revision has it, read without touching the work tree.

use crate::inputs::{Input, Inputs};
use crate::tree::{Entry, Met, Tree, Walked, What, named, shown, unnamed};
use std::collections::HashMap;
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

impl Revision {
    /// The commit that a name means in the work tree around `here`.
    ///
    /// # Errors
    /// When there is no git, no work tree or no such commit; what git says of it.
    pub(crate) fn of(here: &Path, name: &str) -> io::Result<Self> {
        let top = fs::canonicalize(line(here, ["rev-parse", "--show-toplevel"])?)?;
        let unknown = |error: io::Error| io::Error::other(format!("there is no commit `{name}` ({error})"));
        let commit = line(here, ["rev-parse", "--verify", "--end-of-options", &format!("{name}^{{commit}}")]);
        Ok(Self { top, commit: commit.map_err(unknown)? })
    }

    /// The commit at which another left this one's line.
    ///
    /// # Errors
    /// When they have none in common.
    pub(crate) fn fork(&self, other: &Self) -> io::Result<Self> {
        let commit = line(&self.top, ["merge-base", self.commit.as_str(), other.commit.as_str()]);
        let nothing = |error: io::Error| match error.to_string().as_str() {
            // What git says then.
            "" => io::Error::other("they have no commit in common"),
            _ => error,
        };
        Ok(Self { top: self.top.clone(), commit: commit.map_err(nothing)? })
    }

    /// A path from the top of the work tree, with `/`; nothing where it lies outside of that. It is taken as it is
    /// given, where that can be done: what is a link now need not be one in the revision.
    fn within(&self, path: &Path) -> Option<String> {
        let is_plain = !path.components().any(|part| part == Component::ParentDir);
        let here = fs::canonicalize(".").ok()?.join(path);
        let given = here.strip_prefix(&self.top).ok().filter(|_| is_plain);
        given.map(named).or_else(|| self.really_within(path))
    }

    /// The same without the links that the work tree has.
    fn really_within(&self, path: &Path) -> Option<String> {
        real(path)?.strip_prefix(&self.top).ok().map(named)
    }

    /// The files of the revision that `inputs::find` would give for these paths, and which of these it has not.
    ///
    /// # Errors
    /// When a path lies outside of the work tree, or git fails.
    pub(crate) fn inputs(&self, paths: &[PathBuf]) -> io::Result<(Inputs, Vec<String>)> {
        let outside = || io::Error::other("a path of the export lies outside of the work tree");
        let names: Vec<String> =
            paths.iter().map(|path| self.within(path).ok_or_else(outside)).collect::<io::Result<_>>()?;
        let Walked { files, problems, passed_over, missing } = self.walk(&names)?;
        let bytes = self.bytes(files.iter().map(|met| (met.name.as_str(), met.object.as_str())))?;
        let input = |(met, bytes): (Met, Vec<u8>)| {
            let path = self.top.join(path_of(&unnamed(&met.path)));
            Input {
                path,
                name: shown(&met.name),
                is_named: met.is_named,
                length: 0,
                bytes: Some(bytes),
                original: None,
            }
        };
        let files = files.into_iter().zip(bytes).map(input).collect();
        let [passed_over, missing] = [passed_over, missing].map(|names| names.iter().map(|name| shown(name)).collect());
        Ok((Inputs { files, problems, passed_over, ..Inputs::default() }, missing))
    }

    fn walk(&self, names: &[String]) -> io::Result<Walked> {
        let is_link = |entry: &Entry| entry.what == What::Link;
        let entries = self.entries(names)?;
        if !entries.iter().any(is_link) {
            let walked = Tree::new(entries, HashMap::new()).walk(names);
            if walked.missing.is_empty() {
                return Ok(walked);
            }
        }
        // A link leads anywhere in the tree, and what is missing may be named by way of one.
        let entries = self.entries(&[String::new()])?;
        let links: Vec<(String, &str)> = entries
            .iter()
            .filter(|entry| is_link(entry))
            .map(|entry| (named(&entry.path), entry.object.as_str()))
            .collect();
        let targets = self.bytes(links.iter().map(|(name, object)| (name.as_str(), *object)))?;
        let targets = targets.iter().map(|target| named(&path_of(target)));
        let targets = links.iter().map(|(name, _)| name.clone()).zip(targets).collect();
        Ok(Tree::new(entries, targets).walk(names))
    }

    /// Of what the revision has at these paths and below them, what is not in the work tree any more.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn gone(&self, paths: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
        let names: Vec<String> = paths.iter().filter_map(|path| self.really_within(path)).collect();
        let had = if names.is_empty() { Vec::new() } else { self.entries(&names)? };
        let had = had.into_iter().map(|entry| self.top.join(entry.path));
        Ok(had.filter(|path| fs::symlink_metadata(path).is_err()).collect())
    }

    fn entries(&self, names: &[String]) -> io::Result<Vec<Entry>> {
        let arguments = ["ls-tree", "-r", "-z", "--full-tree", self.commit.as_str()];
        let mut arguments: Vec<PathBuf> = arguments.into_iter().map(PathBuf::from).collect();
        // Without a path it is the whole tree.
        if !names.iter().any(String::is_empty) {
            arguments.push("--".into());
            arguments.extend(names.iter().map(|name| path_of(&unnamed(name))));
        }
        let listing = said(git(&self.top).args(arguments))?;
        let entry = |entry: &[u8]| {
            let mut parts = entry.splitn(2, |byte| *byte == b'\t');
            let (about, path) = (std::str::from_utf8(parts.next()?).ok()?, path_of(parts.next()?));
            let [mode, _, object] = about.split(' ').collect::<Vec<_>>().try_into().ok()?;
            let what = match mode {
                "120000" => What::Link,
                "160000" => What::Submodule,
                _ => What::File,
            };
            Some(Entry { what, object: str::to_owned(object), path })
        };
        Ok(listing.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// The bytes of files, each with its name and its object, by one process for all.
    fn bytes<'a>(&self, files: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> io::Result<Vec<Vec<u8>>> {
        let mut child = git(&self.top)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(mut asking), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("git has no pipes"));
        };
        let names: String = files.clone().map(|(_, object)| format!("{object}\n")).collect();
        // Asking and reading at once: neither may wait for the other to empty a full pipe.
        let bytes = std::thread::scope(|scope| {
            scope.spawn(move || asking.write_all(names.as_bytes()));
            let mut answers = BufReader::new(answers);
            files.map(|(name, _)| one(&mut answers, name)).collect()
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
fn one(answers: &mut impl BufRead, name: &str) -> io::Result<Vec<u8>> {
    let mut head = String::new();
    answers.read_line(&mut head)?;
    if head.trim_end().ends_with(" missing") {
        return Err(io::Error::other(format!("this clone has no copy of `{name}`, and nothing is fetched")));
    }
    let length = head.trim_end().rsplit(' ').next().and_then(|word| word.parse().ok());
    let length: u64 = length.ok_or_else(|| io::Error::other(format!("git says `{}`", head.trim_end())))?;
    let mut bytes = Vec::new();
    answers.take(length).read_to_end(&mut bytes)?;
    answers.read_exact(&mut [0])?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// A path as git has it, which elsewhere than on Unix is UTF-8.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Git in a folder, as it is for a program: nobody is asked, nothing is translated, and nothing is fetched that a
/// clone has left out. Before 2.45 only the second of the two keeps it from that.
fn git(here: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(here).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null());
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "");
    command
}

fn said(command: &mut Command) -> io::Result<Vec<u8>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // What follows are hints.
    Err(io::Error::other(said.lines().next().unwrap_or_default().trim().to_owned()))
}

fn line<'a>(here: &Path, arguments: impl IntoIterator<Item = &'a str>) -> io::Result<String> {
    let said = said(git(here).args(arguments.into_iter().map(OsStr::new)))?;
    let said = String::from_utf8(said).map_err(io::Error::other)?;
    Ok(said.trim_end_matches('\n').to_owned())
}
