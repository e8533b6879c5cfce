//! `rolecall can`, `rolecall why` and `rolecall why-not`

use crate::ask::{self, AskOptions, Desk, Reply};
use crate::output::Stop;
use clap::Args;
use rolecall_engine::Answer;
use rolecall_query::{WHAT, WHO};
use rolecall_report::{CanAnswer, CanMode};

/// What the exit code says.
pub(crate) const CODES: &str = "\
Exit codes:
  0  yes
  1  no
  2  wrong arguments or settings, or a name that means nothing or several things
  3  the input could not be read in full; the answer is about the rest
  4  this export does not tell";

#[derive(Debug, Args)]
pub(crate) struct CanOptions {
    /// Id or name of a user, service account, group or role; `user:Kim Ode` where several have the name
    principal: String,
    /// A permission such as `recording:recording:view` or `routing:*:*`, or a capability such as `recordings`
    permission: String,
    #[command(flatten)]
    pub(crate) ask: AskOptions,
    /// On this queue, division, group or user; `queue:Claims` where several have the name
    #[arg(long, value_name = "NAME")]
    on: Option<String>,
}

/// Answers, and says the answer in the exit code too.
pub(crate) fn answer(options: &CanOptions, desk: &Desk<'_, '_>, mode: CanMode) -> Result<Reply, Stop> {
    let judge = &desk.judge;
    let who = ask::resolve(judge, &options.principal, &WHO)?;
    let wanted = ask::wanted(judge, &options.permission)?;
    let on = options.on.as_ref().map(|name| ask::resolve(judge, name, &WHAT)).transpose()?;
    let can = rolecall_query::can(judge, who, &wanted, on);
    let code = match can.answer {
        Answer::Yes => 0,
        Answer::No => 1,
        Answer::Maybe => 4,
    };
    Ok(Reply { shown: Box::new(CanAnswer { mode, can }), code })
}
