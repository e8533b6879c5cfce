//! Where reports go, and in which format.

use crate::cli::{Look, REPORT, report_format};
use crate::lost;
use crate::output::{self, Stop};
use clap::Args;
use rolecall_report::{FORMATS, Format, Verdict};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// How reports are written.
#[derive(Debug, Args)]
#[command(next_help_heading = REPORT)]
pub(crate) struct ReportOptions {
    /// How the report is written
    #[arg(long, value_parser = report_format(), default_value = "text")]
    pub(crate) format: &'static Format,
    /// Write to a file; as FORMAT=FILE beside what goes to standard output (repeatable)
    #[arg(long, short, value_name = "[FORMAT=]FILE")]
    pub(crate) output: Vec<Target>,
    #[command(flatten)]
    pub(crate) look: Look,
}

/// A file to write a report to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The format; that of the run where none is given.
    format: Option<&'static Format>,
    path: PathBuf,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, path)) = text.split_once('=').filter(|(name, _)| is_word(name)) else {
            return Ok(Self { format: None, path: text.into() });
        };
        if path.is_empty() {
            return Err(format!("no file is given for `{name}`"));
        }
        match Format::named(name) {
            Some(format) => Ok(Self { format: Some(format), path: path.into() }),
            None => {
                let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
                Err(format!("there is no format `{name}`, only {}; write ./{text} for a file", names.join(", ")))
            }
        }
    }
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

impl ReportOptions {
    /// Whether the report is only for people at a terminal, so that there may be none.
    pub(crate) fn is_plain(&self) -> bool {
        self.format.name == "text" && self.output.is_empty()
    }

    /// Whether entries are asked for that accept what is found.
    pub(crate) fn is_for_acceptance(&self) -> bool {
        let mut formats = self.output.iter().filter_map(|target| target.format).chain([self.format]);
        formats.any(|format| format.name == "allow")
    }

    /// The files that are to be written.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.output.iter().map(|target| target.path.as_path())
    }

    /// Writes the report to every target, and to standard output unless a file takes its place. It is written anew
    /// where only writing it shows that a file was changed since it was read.
    pub(crate) fn write(&self, verdict: &mut Verdict<'_>) -> Result<(), Stop> {
        let is_printed = self.is_printed();
        let printed = loop {
            for target in &self.output {
                output::save(&target.path, &self.render(target.format.unwrap_or(self.format), verdict, true)?)?;
            }
            let printed = if is_printed { self.render(self.format, verdict, false)? } else { Vec::new() };
            if !lost::tell(verdict) {
                break printed;
            }
        };
        if is_printed {
            output::print(&printed)?;
        }
        self.summary().map_or(Ok(()), |path| add_job_summary(&path, verdict))
    }

    /// Whether there is a report on standard output, and not only in files.
    fn is_printed(&self) -> bool {
        self.output.iter().all(|target| target.format.is_some())
    }

    /// The summary of a step on GitHub, where a report is for that.
    pub(crate) fn summary(&self) -> Option<PathBuf> {
        let formats = self.output.iter().map(|target| target.format.unwrap_or(self.format));
        let is_for_github = formats.chain(Some(self.format).filter(|_| self.is_printed())).any(|f| f.name == "github");
        let path = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        path.filter(|_| is_for_github).map(PathBuf::from)
    }

    fn render(&self, format: &Format, verdict: &Verdict<'_>, is_file: bool) -> Result<Vec<u8>, Stop> {
        let mut report = Vec::new();
        (format.write)(&mut report, verdict, &output::text_options(&self.look, is_file))
            .map_err(|error| Stop::usage(format!("cannot write the report: {error}"), ""))?;
        Ok(report)
    }
}

/// The bytes that the summary of a step may have; GitHub refuses a longer one as a whole.
const SUMMARY: usize = 1024 * 1024;

/// Adds the report to the summary of the step, after what others of the same step wrote there, and only if it fits.
fn add_job_summary(path: &Path, verdict: &Verdict<'_>) -> Result<(), Stop> {
    let add = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        let taken = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        let mut report = Vec::new();
        rolecall_report::write_markdown(&mut report, verdict, Some(SUMMARY.saturating_sub(taken)))?;
        // One write, so that what another process adds does not end up within it.
        file.write_all(&report)
    };
    add().map_err(|error| Stop::usage(format!("cannot write the job summary {}: {error}", path.display()), ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_may_name_its_format_and_a_slip_is_no_file() {
        let read = |text: &str| text.parse::<Target>().map(|t| (t.format.map(|f| f.name), t.path));
        assert_eq!(read("out.json"), Ok((None, "out.json".into())));
        assert_eq!(read("json=out/x=1.json"), Ok((Some("json"), "out/x=1.json".into())));
        assert_eq!(read("./a=b"), Ok((None, "./a=b".into())));
        assert!(read("jsno=out.json").is_err_and(|error| error.contains("no format `jsno`")));
        assert!(read("json=").is_err());
    }
}
