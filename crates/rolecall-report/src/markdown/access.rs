//! The report to hand over as Markdown: all findings, and what each tier may do.

use super::escape::{code, plain};
use super::write_markdown;
use crate::{Dossier, summary};
use rolecall_engine::{AccessRow, Stating, TierAccess};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes the findings, however many, and a table for each tier.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_markdown_report(out: &mut dyn Write, dossier: &Dossier<'_>) -> io::Result<()> {
    writeln!(out, "# {}\n", plain(&dossier.title))?;
    if let Some(date) = &dossier.date {
        writeln!(out, "{}\n", plain(date))?;
    }
    write_markdown(out, dossier.verdict, None)?;
    writeln!(out, "\n## Effective access by tier\n")?;
    writeln!(
        out,
        "Every permission that somebody of the tier holds, by role, group or inheritance, and over what. Behind who states \
         it: how many of the tier have it from there.\n"
    )?;
    dossier.access.iter().try_for_each(|tier| out.write_all(of_tier(tier).as_bytes()))
}

fn of_tier(tier: &TierAccess) -> String {
    let members: Vec<String> = tier.members.iter().map(|(kind, number)| summary::count(*number, kind)).collect();
    let members = if members.is_empty() { "nobody in this export".to_owned() } else { members.join(", ") };
    let mut text = format!("### {}\n\n{members}\n\n", plain(&tier.tier));
    if !tier.rows.is_empty() {
        text.push_str("| Permission | Over | Stated by | Sensitive |\n| --- | --- | --- | --- |\n");
        tier.rows.iter().for_each(|row| text.push_str(&of_row(row)));
        text.push('\n');
    }
    text
}

fn of_row(row: &AccessRow) -> String {
    let by: Vec<String> = row.by.iter().map(stating).collect();
    let sensitive = row.sensitive.map(|sensitive| sensitive.class.replace('-', " ")).unwrap_or_default();
    let mut line = String::new();
    let _ =
        writeln!(line, "| {} | {} | {} | {sensitive} |", permission(&row.permission), plain(&row.reach), by.join(", "));
    line
}

fn stating(by: &Stating) -> String {
    format!("{} ({})", plain(&by.who.name), by.users + by.accounts)
}

/// As code, where nothing in it could end the cell: renderers do not agree on what a sign before a bar means there.
fn permission(text: &str) -> String {
    if text.contains(['|', '\\', '`']) { plain(text) } else { code(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_cell() {
        assert_eq!(permission("a:b:c"), "`a:b:c`");
        for text in ["a|b", "a\\|b", "`|`", "`a` | `b`"] {
            let cell = permission(text);
            // Every bar has an odd number of signs before it.
            for (at, _) in cell.match_indices('|') {
                let before = cell.get(..at).unwrap_or_default();
                assert_eq!((before.len() - before.trim_end_matches('\\').len()) % 2, 1, "{cell}");
            }
            assert!(!cell.contains("``") && cell.contains('|'), "{cell}");
        }
    }
}
