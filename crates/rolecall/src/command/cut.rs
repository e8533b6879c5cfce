//! `rolecall cut`

use crate::ask::{AskOptions, Desk, Reply};
use crate::command::what_if::{BookOptions, rules};
use crate::output::Stop;
use clap::Args;
use rolecall_engine::Finding;
use rolecall_report::CutsAnswer;

#[derive(Debug, Args)]
pub(crate) struct CutOptions {
    /// The fingerprint of a finding, or how it begins; `all` for every finding
    finding: String,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
    #[command(flatten)]
    book: BookOptions,
    /// Only findings of this rule (repeatable)
    #[arg(long, value_name = "RULE")]
    only: Vec<String>,
}

/// Shows the fewest edits that break a finding. Exits with 1 where one that is asked for has none.
pub(crate) fn answer(options: &CutOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let book = options.book.load(desk)?;
    let rules = rules(desk, &book);
    let before = rules.find(desk.judge.graph());
    let is_all = options.finding == "all";
    let is_meant = |finding: &&Finding| {
        (is_all || finding.fingerprint.starts_with(&options.finding.to_lowercase()))
            && (options.only.is_empty() || options.only.contains(&finding.rule))
    };
    let meant: Vec<&Finding> = before.iter().filter(is_meant).collect();
    if meant.is_empty() && !is_all {
        let message = format!("no finding has the fingerprint `{}`", options.finding);
        return Err(Stop::usage(message, "`rolecall check --format json` shows the fingerprints of all findings"));
    }
    let mut answer = CutsAnswer { cuts: Vec::new(), without: Vec::new() };
    for finding in meant {
        match rolecall_query::cut(&desk.judge, &rules, &before, finding) {
            Ok(cut) => answer.cuts.push(cut),
            Err(why) => answer.without.push((finding.clone(), why)),
        }
    }
    let code = u8::from(!is_all && !answer.without.is_empty());
    Ok(Reply { shown: Box::new(answer), code })
}
