//! `rolecall cut`

use crate::ask::{AskOptions, Desk, Reply};
use crate::command::what_if::{BookOptions, rules};
use crate::output::Stop;
use crate::rulebook;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use rolecall_engine::Finding;
use rolecall_report::CutsAnswer;

#[derive(Debug, Args)]
pub(crate) struct CutOptions {
    /// The fingerprint of a finding, or how it begins
    #[arg(required_unless_present = "all")]
    finding: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
    /// Every finding, instead of one
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    pub(crate) book: BookOptions,
    /// Only findings of this rule (repeatable)
    #[arg(long, value_name = "RULE")]
    only: Vec<String>,
}

impl CutOptions {
    /// Where every finding is meant, all that is named is a path.
    pub(crate) fn settle(&mut self, arguments: &ArgMatches) {
        let Some(path) = self.finding.take_if(|_| self.all) else { return };
        let paths = &mut self.ask.input.paths;
        if arguments.value_source("paths") == Some(ValueSource::DefaultValue) {
            paths.clear();
        }
        paths.insert(0, path.into());
    }
}

/// Shows the fewest edits that break a finding. Exits with 1 where one that is asked for has none.
pub(crate) fn answer(options: &CutOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let judged = options.book.judged(desk)?;
    let (rules, before) = (rules(desk, &judged.book), &judged.found);
    judged.book.clone().only(&options.only).map_err(rulebook::no_rule)?;
    let asked = options.finding.as_deref().unwrap_or_default().to_lowercase();
    let is_meant = |finding: &&Finding| {
        (options.all || finding.fingerprint.starts_with(&asked))
            && (options.only.is_empty() || options.only.contains(&finding.rule))
    };
    let meant: Vec<&Finding> = before.findings.iter().filter(is_meant).collect();
    if meant.is_empty() && !options.all {
        let message = format!("no finding has the fingerprint `{asked}`");
        return Err(Stop::usage(message, "`rolecall check --format json` shows the fingerprints of all findings"));
    }
    let mut answer = CutsAnswer { cuts: Vec::new(), without: Vec::new() };
    for finding in meant {
        match rolecall_query::cut(&desk.judge, &rules, before, finding) {
            Ok(cut) => answer.cuts.push(cut),
            Err(why) => answer.without.push((finding.clone(), why)),
        }
    }
    let code = u8::from(!options.all && !answer.without.is_empty());
    Ok(Reply { shown: Box::new(answer), code })
}
