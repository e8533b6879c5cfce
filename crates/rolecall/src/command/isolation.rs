//! `rolecall isolation` and `rolecall residency`

use crate::ask::{AskOptions, Desk, Reply};
use clap::Args;
use rolecall_report::MatrixAnswer;

#[derive(Debug, Args)]
pub(crate) struct IsolationOptions {
    #[command(flatten)]
    pub(crate) ask: AskOptions,
}

/// Compares partners with each other and with the company, or regions with each other. Exits with 1 where a
/// partner or region reaches what is another's.
pub(crate) fn answer(desk: &Desk<'_, '_>, is_residency: bool) -> Reply {
    let judge = &desk.judge;
    let matrix = if is_residency { rolecall_query::residency(judge) } else { rolecall_query::isolation(judge) };
    let code = u8::from(matrix.crossings().next().is_some());
    Reply { shown: Box::new(MatrixAnswer { is_residency, matrix }), code }
}
