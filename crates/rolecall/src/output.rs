//! What leaves the program: reports, files, and the reason why it stopped.

use crate::cli::{Color, Look};
use rolecall_engine::FileFault;
use rolecall_report::{TextOptions, inert, write_fault};
use rolecall_source::visible;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::NamedTempFile;

/// The exit code of an input that could not be read in full.
pub(crate) const HALF: u8 = 3;

/// Why nothing came of it.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Faults of settings and rule files.
    Faults(Vec<FileFault>),
    /// Anything else that is wrong with what was asked for: what, and how to mend it.
    Usage(String, String),
    /// The input could not be read in full, so that nothing was written: what, and how to mend it.
    Half(String, String),
    /// What was to be written could not be.
    Unwritten(String),
}

impl Stop {
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage(message.into(), help.into())
    }

    /// Half an export is no measure of anything.
    pub(crate) fn half() -> Self {
        Self::Half(
            "the input cannot be read in full".to_owned(),
            "`rolecall check` says what is wrong with it".to_owned(),
        )
    }

    /// Says on standard error why, and that nothing was checked where nothing was.
    pub(crate) fn report(self) -> ExitCode {
        let is_checked = matches!(self, Self::Unwritten(_) | Self::Half(..));
        let code = if matches!(self, Self::Half(..)) { HALF } else { 2 };
        self.say();
        if !is_checked {
            // When standard error is closed, the exit code is all that is left to say.
            let _ = writeln!(io::stderr().lock(), "nothing was checked");
        }
        ExitCode::from(code)
    }

    /// Says why, on standard error.
    pub(crate) fn say(self) {
        let mut err = io::stderr().lock();
        let _ = match self {
            Self::Faults(faults) => {
                let (color, width) = (err.is_terminal() && wants_color(), width(err.is_terminal()));
                let options = TextOptions { color, links: false, width, quiet: false, verbose: false };
                faults.iter().try_for_each(|fault| write_fault(&mut err, fault, &options))
            }
            Self::Usage(message, help) | Self::Half(message, help) => {
                let help =
                    if help.is_empty() { String::new() } else { format!("\n  help: {}", inert(&visible(&help))) };
                writeln!(err, "error: {}{help}", inert(&visible(&message)))
            }
            Self::Unwritten(message) => writeln!(err, "error: {}", inert(&visible(&message))),
        };
    }
}

fn wants_color() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Says something on standard error that does not stop the run.
pub(crate) fn warn(message: &str) {
    tell("warning", message);
}

/// Says on standard error what is worth knowing.
pub(crate) fn note(message: &str) {
    tell("note", message);
}

fn tell(word: &str, message: &str) {
    // When standard error is closed, nobody is there to be told.
    let _ = writeln!(io::stderr().lock(), "{word}: {}", inert(&visible(message)));
}

/// Columns to write in: those of the terminal within reason, else 80.
pub(crate) fn width(is_terminal: bool) -> usize {
    let columns = if is_terminal { terminal_size::terminal_size() } else { None };
    columns.map_or(80, |(terminal_size::Width(columns), _)| usize::from(columns).clamp(50, 120))
}

/// How text looks where it goes: to a file, or to standard output.
pub(crate) fn text_options(look: &Look, is_file: bool) -> TextOptions {
    let is_terminal = !is_file && io::stdout().is_terminal();
    let color = match look.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && wants_color(),
    };
    let links = color && is_terminal && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    TextOptions { color, links, width: width(is_terminal), quiet: look.quiet, verbose: look.verbose }
}

/// Writes to standard output. A reader that has had enough is no error.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Stop::Unwritten(format!("cannot write the report: {error}")))
        }
        _ => Ok(()),
    }
}

/// How many links one path may lead over, as on Linux.
const LINKS: usize = 40;

/// Where a path leads when all links on it are followed, also where nothing is there yet.
pub(crate) fn end_of(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (std::fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// Puts a file in place whole or not at all: written beside it first, then renamed. Through a link the file
/// that it leads to is written; what nothing can take the place of is written to.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let unwritten = |error: io::Error| Stop::Unwritten(format!("cannot write {}: {error}", path.display()));
    if is_stream(path) {
        let descriptor = descriptor(path);
        let is_own = |number: &str| descriptor.as_ref().is_some_and(|path| is_own(path, number));
        return match (is_own("1"), is_own("2")) {
            (true, _) => print(bytes),
            (_, true) => io::stderr().lock().write_all(bytes).map_err(unwritten),
            _ => append(path, bytes).map_err(unwritten),
        };
    }
    let real = end_of(path);
    if real.is_symlink() {
        return Err(unwritten(io::Error::other("the link leads back to itself")));
    }
    replace(&real, bytes).map_err(unwritten)
}

/// Whether a path is that of a pipe, a device, or what the process has open, which may be a file that others write to.
pub(crate) fn is_stream(path: &Path) -> bool {
    let is_other = |known: std::fs::Metadata| !known.is_file() && !known.is_dir();
    std::fs::metadata(path).is_ok_and(is_other) || descriptor(path).is_some()
}

/// The path of what a process has open: this one, or one that it leads to as `/dev/stdout` does.
fn descriptor(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let real = std::fs::canonicalize(folder).ok()?;
        if real == Path::new("/dev/fd") || (real.starts_with("/proc") && real.ends_with("fd")) {
            return Some(real.join(path.file_name()?));
        }
        path = folder.join(std::fs::read_link(&path).ok()?);
    }
    None
}

/// Whether a path is that of what this process has open by a number.
fn is_own(descriptor: &Path, number: &str) -> bool {
    let is_in = |folder: &str| std::fs::canonicalize(folder).is_ok_and(|folder| folder.join(number) == descriptor);
    ["/dev/fd", "/proc/self/fd"].into_iter().any(is_in)
}

fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::OpenOptions::new().append(true).open(path)?.write_all(bytes)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = written_beside(folder)?;
    file.write_all(bytes)?;
    if let Ok(known) = std::fs::metadata(path) {
        file.as_file().set_permissions(known.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file that is to take the place of another. Who may read a new one, the process decides (`umask`) as for any file.
fn written_beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new();
    file.prefix(".rolecall-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.permissions(std::fs::Permissions::from_mode(0o666));
    }
    file.tempfile_in(folder)
}
