//! `rolecall isolation` and `rolecall residency`

use crate::ask::{self, AskOptions, Reply};
use crate::output::Stop;
use clap::Args;
use rolecall_report::MatrixAnswer;

#[derive(Debug, Args)]
pub(crate) struct IsolationOptions {
    #[command(flatten)]
    ask: AskOptions,
}

/// Compares partners with each other and with the company, or regions with each other. Exits with 1 where a
/// partner or region reaches what is another's.
pub(crate) fn run(options: &IsolationOptions, is_residency: bool) -> Result<u8, Stop> {
    ask::run(&options.ask, |desk| {
        let judge = &desk.judge;
        let matrix = if is_residency { rolecall_query::residency(judge) } else { rolecall_query::isolation(judge) };
        let code = u8::from(matrix.crossings().next().is_some());
        Ok(Reply { shown: Box::new(MatrixAnswer { is_residency, matrix }), code })
    })
}
