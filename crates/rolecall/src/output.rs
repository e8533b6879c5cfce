//! What leaves the program: reports, files, and the reason why it stopped.

use crate::cli::{Color, Look};
use rolecall_engine::FileFault;
use rolecall_report::{TextOptions, inert, write_fault};
use rolecall_source::visible;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why nothing came of it.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Faults of settings and rule files.
    Faults(Vec<FileFault>),
    /// Anything else that is wrong with what was asked for: what, and how to mend it.
    Usage(String, String),
    /// What was to be written could not be.
    Unwritten(String),
}

impl Stop {
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage(message.into(), help.into())
    }

    /// Says on standard error why, and that nothing was checked where nothing was.
    pub(crate) fn report(self) -> ExitCode {
        let is_checked = matches!(self, Self::Unwritten(_));
        self.say();
        if !is_checked {
            // When standard error is closed, the exit code is all that is left to say.
            let _ = writeln!(io::stderr().lock(), "nothing was checked");
        }
        ExitCode::from(2)
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
            Self::Usage(message, help) => {
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
/// that it leads to is written; a pipe or a device is written to, since nothing can take its place.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let unwritten = |error: io::Error| Stop::Unwritten(format!("cannot write {}: {error}", path.display()));
    let real = end_of(path);
    if real.is_symlink() {
        return Err(unwritten(io::Error::other("the link leads back to itself")));
    }
    if std::fs::metadata(&real).is_ok_and(|known| !known.is_file() && !known.is_dir()) {
        let open = std::fs::OpenOptions::new().write(true).open(&real);
        return open.and_then(|mut device| device.write_all(bytes)).map_err(unwritten);
    }
    replace(&real, bytes).map_err(unwritten)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".rolecall-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let file = file.persist(path).map_err(|error| error.error)?;
    readable(&file)
}

/// A temporary file is for its owner alone; a report is as readable as other files.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}
