//! `rolecall man`

use crate::cli::Cli;
use crate::output::{self, Stop};
use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct ManOptions {
    /// The folder; made where there is none
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// Writes a page for each command.
pub(crate) fn run(options: &ManOptions) -> Result<u8, Stop> {
    let dir = &options.dir;
    fs::create_dir_all(dir).map_err(|error| Stop::usage(format!("cannot make {}: {error}", dir.display()), ""))?;
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let count = write(dir, &command)?;
    output::print(
        format!("wrote {count} pages to {}; now: man -l {}\n", dir.display(), dir.join("rolecall.1").display())
            .as_bytes(),
    )?;
    Ok(0)
}

fn write(dir: &Path, command: &Command) -> Result<usize, Stop> {
    let page = Man::new(command.clone().after_long_help(None::<&str>))
        // A date would differ from build to build; an empty one has to be quoted.
        .date("\"\"")
        .source(concat!("rolecall ", env!("CARGO_PKG_VERSION")))
        .manual("rolecall");
    let mut text = Vec::new();
    page.render(&mut text)
        .and_then(|()| notes(command).to_writer(&mut text))
        .map_err(|error| Stop::usage(error.to_string(), ""))?;
    output::save(&dir.join(page.get_filename()), &text)?;
    command.get_subcommands().try_fold(1, |count, inner| Ok(count + write(dir, inner)?))
}

/// What stands below the options in the long help. There a word and what it means share a line, and a
/// block begins with its heading; in running text these would flow together.
fn notes(command: &Command) -> Roff {
    let mut page = Roff::new();
    let notes = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    for line in notes.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.strip_suffix(':'), line.split_once("  ")) {
            (Some(heading), _) => page.control("SH", [heading.to_uppercase().as_str()]),
            (None, Some((word, meaning))) => page.control("TP", []).text([bold(word)]).text([roman(meaning.trim())]),
            (None, None) => page.text([roman(line)]),
        };
    }
    page
}
