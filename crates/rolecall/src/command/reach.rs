//! `rolecall reach` and `rolecall path`

use crate::ask::{self, AskOptions, Desk, Reply};
use crate::output::Stop;
use clap::Args;
use rolecall_engine::{Judge, Wanted};
use rolecall_model::Kind;
use rolecall_query::{Goal, WHO};

/// How many of those within reach are shown unless all are asked for.
const NAMES: usize = 5;

/// Where a path may lead.
const GOALS: [Kind; 6] = [Kind::User, Kind::ServiceAccount, Kind::Group, Kind::Role, Kind::Queue, Kind::View];

#[derive(Debug, Args)]
pub(crate) struct ReachOptions {
    /// Id or name of a service account or user
    principal: String,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
}

#[derive(Debug, Args)]
pub(crate) struct PathOptions {
    /// Id or name of a user, service account, group or role
    from: String,
    /// Id or name of a user, group, role, queue or view; or a permission, or a capability
    to: String,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
}

/// Shows how far somebody gets who has stolen an account.
pub(crate) fn reach(options: &ReachOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let who = ask::resolve(&desk.judge, &options.principal, &[Kind::ServiceAccount, Kind::User])?;
    let names = options.ask.names(NAMES);
    Ok(Reply { shown: Box::new(rolecall_query::reach(&desk.judge, who, names)), code: 0 })
}

/// Whether a name begins with the kind of what it means.
fn is_kind(name: &str) -> bool {
    name.split_once(':').is_some_and(|(word, _)| GOALS.iter().any(|kind| kind.word() == word.trim()))
}

/// Whether the input names any of what is asked for.
fn is_given(judge: &Judge<'_, '_>, wanted: &Wanted) -> bool {
    judge.graph().tenant.permissions.iter().any(|(id, known)| wanted.has(id) && !known.is_wildcard())
}

/// Shows the shortest way; exits with 1 where there is none.
pub(crate) fn path(options: &PathOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let judge = &desk.judge;
    let from = ask::resolve(judge, &options.from, &WHO)?;
    let goal = match (ask::resolve(judge, &options.to, &GOALS), ask::wanted(judge, &options.to)) {
        (Ok(entity), _) => Goal::Entity(entity),
        // `queue:Claims` that means nothing is no permission; `user:impersonate` is one.
        (Err(unclear), Ok(wanted)) if is_kind(&options.to) && !is_given(judge, &wanted) => return Err(unclear),
        (Err(_), Ok(wanted)) => Goal::Permission(Box::new(wanted)),
        (Err(unclear), Err(_)) => return Err(unclear),
    };
    let path = rolecall_query::path(judge, from, &goal);
    let code = u8::from(path.steps.is_none());
    Ok(Reply { shown: Box::new(path), code })
}
