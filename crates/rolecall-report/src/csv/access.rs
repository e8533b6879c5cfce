//! What each tier may do as a table: a row for each permission, reach and role that states it.

use super::neutral;
use crate::{Problem, Verdict};
use csv::Writer;
use rolecall_engine::{AccessRow, Stating, TierAccess};
use std::io::{self, Write};

const COLUMNS: [&str; 11] = [
    "type",
    "tier",
    "permission",
    "reach",
    "through_kind",
    "through_id",
    "through_name",
    "users",
    "service_accounts",
    "sensitive",
    "message",
];

/// Writes the access matrix. What could not be read comes first: a table of access alone would look whole when it is
/// not.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_access_csv(out: &mut dyn Write, verdict: &Verdict<'_>, access: &[TierAccess]) -> io::Result<()> {
    let mut table = Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    for problem in &verdict.problems {
        record(&mut table, &of_problem(verdict, problem))?;
    }
    for tier in access {
        for row in &tier.rows {
            row.by.iter().try_for_each(|by| record(&mut table, &of_row(tier, row, by)))?;
        }
    }
    table.flush()
}

fn of_problem(verdict: &Verdict<'_>, problem: &Problem) -> [String; 11] {
    let at = problem.location.as_ref();
    let path = problem.path.clone().or_else(|| Some(verdict.sources.get(at?.file)?.path().to_owned()));
    let path = path.map(|path| format!("{path}: ")).unwrap_or_default();
    let mut cells: [String; 11] = Default::default();
    let [kind, .., message] = &mut cells;
    "problem".clone_into(kind);
    *message = format!("{path}{}", problem.message);
    cells
}

fn of_row(tier: &TierAccess, row: &AccessRow, by: &Stating) -> [String; 11] {
    [
        "access".to_owned(),
        tier.tier.clone(),
        row.permission.clone(),
        row.reach.clone(),
        by.who.kind.to_owned(),
        by.who.id.clone(),
        by.who.name.clone(),
        by.users.to_string(),
        by.accounts.to_string(),
        row.sensitive.map(|sensitive| sensitive.class.to_owned()).unwrap_or_default(),
        String::new(),
    ]
}

fn record(table: &mut Writer<&mut dyn Write>, cells: &[String; 11]) -> io::Result<()> {
    table.write_record(cells.iter().map(|cell| neutral(cell).into_owned()))?;
    Ok(())
}
