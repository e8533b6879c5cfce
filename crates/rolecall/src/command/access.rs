//! `rolecall access` and `rolecall compare`

use crate::ask::{self, AskOptions, Desk, Reply};
use crate::output::Stop;
use clap::Args;
use rolecall_query::WHO;

#[derive(Debug, Args)]
pub(crate) struct AccessOptions {
    /// Id or name of a user, service account, group or role; `user:Kim Ode` where several have the name
    principal: String,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
}

#[derive(Debug, Args)]
pub(crate) struct CompareOptions {
    /// Id or name of a user, service account, group or role
    first: String,
    /// Another
    second: String,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
}

/// Shows what somebody may do.
pub(crate) fn access(options: &AccessOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let who = ask::resolve(&desk.judge, &options.principal, &WHO)?;
    Ok(Reply { shown: Box::new(rolecall_query::access(&desk.judge, who)), code: 0 })
}

/// Shows where two differ.
pub(crate) fn compare(options: &CompareOptions, desk: &Desk<'_, '_>) -> Result<Reply, Stop> {
    let left = ask::resolve(&desk.judge, &options.first, &WHO)?;
    let right = ask::resolve(&desk.judge, &options.second, &WHO)?;
    Ok(Reply { shown: Box::new(rolecall_query::compare(&desk.judge, left, right)), code: 0 })
}
