//! `rolecall what-if`

use crate::ask::{self, AskOptions, Desk, Judged, Reply};
use crate::output::Stop;
use crate::rulebook;
use clap::Args;
use rolecall_engine::Rulebook;
use rolecall_model::Edit;
use rolecall_query::{EditFault, Rules};
use std::borrow::Cow;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct WhatIfOptions {
    #[command(flatten)]
    pub(crate) ask: AskOptions,
    #[command(flatten)]
    book: BookOptions,
    /// What to take away, such as `user:Kim Ode member-of group:Planning`, `group:Planning holds role:Analyst`,
    /// `user:Kim Ode holds role:Analyst in division:Claims`, `role:A inherits role:B`, `role:A grants reporting:*:view` or
    /// `role:A grants reporting:reportingData:view over All` (repeatable)
    #[arg(long, value_name = "EDGE")]
    revoke: Vec<String>,
    /// A file with one such edge a line; lines that begin with # say nothing
    #[arg(long, value_name = "FILE")]
    revoke_from: Option<PathBuf>,
}

impl WhatIfOptions {
    /// The files that it reads beside the export and the settings.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, Stop> {
        let mut files = self.book.files()?;
        files.extend(self.revoke_from.clone());
        Ok(files)
    }
}

/// Further rules for commands that run them.
#[derive(Debug, Args)]
pub(crate) struct BookOptions {
    /// A folder of further rules (repeatable)
    #[arg(long = "rules", value_name = "DIR", hide_short_help = true)]
    folders: Vec<PathBuf>,
}

impl BookOptions {
    /// The files of the rules.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, Stop> {
        rulebook::pages(&self.folders)
    }

    /// What the rules find in what is asked about.
    pub(crate) fn judged<'d>(&self, desk: &'d Desk<'_, '_>) -> Result<Cow<'d, Judged>, Stop> {
        if self.folders.is_empty() {
            desk.judged().map(Cow::Borrowed)
        } else {
            desk.judge(&self.folders).map(Cow::Owned)
        }
    }
}

/// What rules are run with.
pub(crate) fn rules<'a>(desk: &'a Desk<'_, '_>, book: &'a Rulebook) -> Rules<'a> {
    Rules { book, policy: desk.policy, settings: desk.settings }
}

/// Runs the rules without some of what the export says.
pub(crate) fn answer(options: &WhatIfOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let mut lines: Vec<String> = options.revoke.clone();
    if let Some(path) = &options.revoke_from {
        let text = crate::settings::text_of(path)
            .map_err(|error| Stop::usage(format!("cannot read {}: {error}", path.display()), ""))?;
        let said = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.extend(said.map(str::to_owned));
    }
    if lines.is_empty() {
        return Err(Stop::usage("nothing is said to be taken away", "say what with --revoke or --revoke-from"));
    }
    let edits = lines.iter().map(|line| read(desk, line)).collect::<Result<Vec<Edit>, Stop>>()?;
    let judged = options.book.judged(desk)?;
    let rules = rules(desk, &judged.book);
    Ok(Reply { shown: Box::new(rolecall_query::what_if(&desk.judge, &rules, &judged.found, &edits)), code: 0 })
}

fn read(desk: &Desk<'_, '_>, line: &str) -> Result<Edit, Stop> {
    rolecall_query::read_edit(desk.judge.graph(), line).map_err(|fault| match fault {
        EditFault::Shape => Stop::usage(
            format!("`{line}` is no edge"),
            "write `FROM member-of TO`, or holds, inherits, grants, on-queue in its place",
        ),
        EditFault::Name(name, unclear) => ask::unclear(&name, unclear, &[]),
        EditFault::NotThere => {
            Stop::usage(format!("the input does not say `{line}`"), "`rolecall access` shows what it says")
        }
    })
}
