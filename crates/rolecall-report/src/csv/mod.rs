//! `--format csv`: a row for each finding and problem, for spreadsheets.

mod access;

pub use access::write_access_csv;

use crate::{Format, Location, Verdict, marked, spot, witness};
use csv::Writer;
use rolecall_engine::Finding;
use rolecall_source::visible;
use std::borrow::Cow;
use std::io::{self, Write};

/// Comma-separated values.
pub(crate) const FORMAT: Format =
    Format { name: "csv", about: "a row a finding, for spreadsheets", write: |out, verdict, _| write(out, verdict) };

const COLUMNS: [&str; 18] = [
    "type",
    "severity",
    "confidence",
    "rule",
    "message",
    "help",
    "subject_kind",
    "subject_id",
    "subject_name",
    "path",
    "line",
    "column",
    "pointer",
    "witness",
    "more_places",
    "fingerprint",
    "docs",
    "reason",
];

fn write(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let mut table = Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    // A table of findings alone would look whole when it is not.
    for problem in &verdict.problems {
        let mut place = problem.location.as_ref().map(|at| place(verdict, at)).unwrap_or_default();
        if let ([path, ..], Some(known)) = (&mut place, &problem.path) {
            known.clone_into(path);
        }
        let [path, line, column, pointer] = place;
        let cells = [
            "problem",
            "",
            "",
            problem.kind,
            &problem.message,
            &problem.help,
            "",
            "",
            "",
            &path,
            &line,
            &column,
            &pointer,
            "",
            "",
            "",
            "",
            "",
        ];
        table.write_record(cells.map(|cell| neutral(cell).into_owned()))?;
    }
    for finding in &verdict.findings {
        row(&mut table, verdict, finding, "finding", "")?;
    }
    for marked in marked::of(verdict) {
        row(&mut table, verdict, marked.finding, marked.word, &marked.reason)?;
    }
    table.flush()
}

fn row(
    table: &mut Writer<&mut dyn Write>,
    verdict: &Verdict<'_>,
    finding: &Finding,
    kind: &str,
    reason: &str,
) -> io::Result<()> {
    let at = verdict.places.get(&finding.primary.place);
    let [path, line, column, pointer] = at.map(|at| place(verdict, at)).unwrap_or_default();
    let (chain, more) = (witness::chain(&finding.witness), finding.related.len().to_string());
    let cells = [
        kind,
        finding.severity.word(),
        finding.confidence.word(),
        &finding.rule,
        &finding.message,
        &finding.help,
        finding.subject.kind,
        &finding.subject.id,
        &finding.subject.name,
        &path,
        &line,
        &column,
        &pointer,
        &chain,
        &more,
        &finding.fingerprint,
        &finding.docs,
        reason,
    ];
    cells.iter().try_for_each(|cell| table.write_field(neutral(cell).as_bytes()))?;
    table.write_record(None::<&[u8]>)?;
    Ok(())
}

/// Path, line, column and pointer.
fn place(verdict: &Verdict<'_>, at: &Location) -> [String; 4] {
    let path = spot::of(verdict, at).map(|spot| spot.path.to_owned()).unwrap_or_default();
    [path, at.start.line.to_string(), at.start.column.to_string(), at.pointer.clone()]
}

/// A cell that no spreadsheet takes for a formula, and that hides nothing. A leading apostrophe says that what follows
/// is text; white space before the sign does not stop every spreadsheet, and full-width signs start formulas too.
fn neutral(cell: &str) -> Cow<'_, str> {
    let text = visible(cell);
    let starts_formula =
        text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    // What a tab or a line end became would be harmless, were it not turned back by whoever reads it.
    if starts_formula || cell.starts_with(['\t', '\r', '\n']) { Cow::Owned(format!("'{text}")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::neutral;

    #[test]
    fn what_a_spreadsheet_would_evaluate_is_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r\n=1", "\u{ff1d}1", "\u{3000}=1"] {
            assert!(neutral(formula).starts_with('\''), "{formula:?}");
        }
        for plain in ["Ana Reis", "a=b", "12", "", "'", "/0/name"] {
            assert_eq!(neutral(plain), plain);
        }
        assert_eq!(neutral("a\u{202e}b\n"), "a\\u{202e}b\\n");
    }
}
