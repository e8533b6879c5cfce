//! `rolecall who-can`

use crate::ask::{self, AskOptions, Desk, Reply};
use crate::command::what_if::{BookOptions, rules};
use crate::output::Stop;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rolecall_query::{Breadth, WHAT, WhoCanAsked};
use rolecall_report::WhoCanAnswer;

#[derive(Debug, Args)]
pub(crate) struct WhoCanOptions {
    /// A permission such as `recording:recording:view` or `routing:*:*`, or a capability such as `recordings`
    permission: String,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
    /// On this queue, division, group or user; `queue:Claims` where several have the name
    #[arg(long, value_name = "NAME")]
    on: Option<String>,
    /// Only by entries that reach so far
    #[arg(long, value_parser = breadth())]
    scope: Option<Breadth>,
    /// Only those of this tier or partner
    #[arg(long)]
    tier: Option<String>,
    /// Show also the fewest edits after which none of them can, and who would notice
    #[arg(long)]
    cut: bool,
    #[command(flatten)]
    book: BookOptions,
}

/// How many names a cause shows unless all are asked for.
const NAMES: usize = 3;

/// How many causes are shown unless all are asked for.
const CAUSES: usize = 20;

/// Reads the word for a reach.
fn breadth() -> impl TypedValueParser<Value = Breadth> {
    let words = Breadth::ALL.map(Breadth::word);
    PossibleValuesParser::new(words)
        .try_map(|word| Breadth::ALL.into_iter().find(|breadth| breadth.word() == word).ok_or("no such reach"))
}

/// Shows everybody who can; exits with 0 whoever that is.
pub(crate) fn answer(options: &WhoCanOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let judge = &desk.judge;
    let wanted = ask::wanted(judge, &options.permission)?;
    let on = options.on.as_ref().map(|name| ask::resolve(judge, name, &WHAT)).transpose()?;
    let tier = options.tier.as_deref();
    if let Some(unknown) = tier.filter(|tier| judge.tiers().get(tier).is_none()) {
        let known = judge.tier_names().collect::<Vec<_>>().join(", ");
        return Err(Stop::usage(format!("there is no tier `{unknown}`"), format!("the settings know {known}")));
    }
    let (names, causes) = (options.ask.names(NAMES), options.ask.names(CAUSES));
    let asked = WhoCanAsked { wanted: &wanted, on, scope: options.scope, tier, names, causes };
    let found = rolecall_query::who_can(judge, &asked);
    let cut = if options.cut && !found.people.is_empty() {
        let judged = options.book.judged(desk)?;
        Some(rolecall_query::cut_access(judge, &rules(desk, &judged.book), &judged.found, &asked, &found))
    } else {
        None
    };
    Ok(Reply { shown: Box::new(WhoCanAnswer { found, cut }), code: 0 })
}
