//! `--format markdown`: a report that fits into a comment on a pull request, and the summary of a job.

mod access;
mod escape;

pub use access::write_markdown_report;

use crate::verdict::Problem;
use crate::{Format, Location, Verdict, spot, summary, witness};
use escape::{code, prose};
use rolecall_engine::{Finding, Severity};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Markdown as GitHub and GitLab show it.
pub(crate) const FORMAT: Format = Format {
    name: "markdown",
    about: "for a comment on a pull request, no longer than that may be",
    write: |out, verdict, _| write_markdown(out, verdict, Some(COMMENT)),
};

/// The bytes that a comment on GitHub may have, where every character takes one.
pub(crate) const COMMENT: usize = 65_536;

/// What the end of a report needs: how much was left out, and what was not judged.
const RESERVE: usize = 4_096;

/// Below this severity findings are folded away.
const OPEN: Severity = Severity::High;

/// Writes the report in at most `limit` bytes: the worst findings, and how many more there are. Without a limit it is
/// whole.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_markdown(out: &mut dyn Write, verdict: &Verdict<'_>, limit: Option<usize>) -> io::Result<()> {
    let (limit, rest) = limit.map_or((usize::MAX, usize::MAX), |limit| (limit, RESERVE / 2));
    let mut page = Page { text: String::new(), room: limit.saturating_sub(RESERVE), left_out: 0, is_folded: false };
    head(&mut page, verdict);
    for problem in &verdict.problems {
        page.add(&of_problem(verdict, problem));
    }
    let mut severity = None;
    for finding in verdict.worst_first() {
        if severity.replace(finding.severity) != Some(finding.severity) {
            page.section(finding.severity, verdict.count(finding.severity));
        }
        page.add(&of_finding(verdict, finding));
    }
    page.end_section();
    let mut end = String::new();
    if page.left_out > 0 {
        let _ = writeln!(end, "**{} more**, for which there is no room here.\n", page.left_out);
    }
    tail(&mut end, verdict, rest);
    page.text.push_str(&end);
    // Only a limit below the reserve can be exceeded still.
    if page.text.len() > limit {
        page.text = prose(&summary::headline(verdict)) + "\n";
    }
    if page.text.len() > limit {
        page.text.clear();
    }
    out.write_all(page.text.as_bytes())
}

/// What was written so far, and how much more may be.
struct Page {
    text: String,
    room: usize,
    left_out: usize,
    /// Whether a fold is open.
    is_folded: bool,
}

impl Page {
    /// Adds an entry if there is room for it.
    fn add(&mut self, entry: &str) {
        // Once one is left out so are all that follow, or a report would have holes.
        if self.left_out == 0 && self.text.len() + entry.len() <= self.room {
            self.text.push_str(entry);
        } else {
            self.left_out += 1;
        }
    }

    fn section(&mut self, severity: Severity, number: usize) {
        self.end_section();
        if self.left_out > 0 {
            return;
        }
        let word = severity.word();
        self.is_folded = severity < OPEN;
        let _ = if self.is_folded {
            writeln!(self.text, "<details><summary><b>{number} {word}</b></summary>\n")
        } else {
            writeln!(self.text, "### {number} {word}\n")
        };
    }

    fn end_section(&mut self) {
        if std::mem::take(&mut self.is_folded) {
            self.text.push_str("\n</details>\n");
        }
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

fn head(page: &mut Page, verdict: &Verdict<'_>) {
    let _ = writeln!(page.text, "## rolecall\n\n**{}**\n", prose(&summary::headline(verdict)));
    if !verdict.problems.is_empty() {
        let problems = summary::count(verdict.problems.len(), "problem");
        let _ = writeln!(
            page.text,
            "> [!CAUTION]\n> Not everything could be read ({problems}): what is not reported here may still be there.\n"
        );
    }
}

fn of_finding(verdict: &Verdict<'_>, finding: &Finding) -> String {
    let rule = if finding.docs.starts_with("https://") {
        format!("[{}]({})", finding.rule, finding.docs)
    } else {
        finding.rule.clone()
    };
    let mut entry = format!("- **{rule}** {}", prose(&finding.message));
    if let Some(at) = verdict.places.get(&finding.primary.place) {
        let _ = write!(entry, "<br>{}", place(verdict, at));
    }
    if !finding.witness.is_empty() {
        let _ = write!(entry, "<br>path: {}", code(&witness::chain(&finding.witness)));
    }
    if !finding.help.is_empty() {
        let _ = write!(entry, "<br>help: {}", prose(&finding.help));
    }
    entry + "\n"
}

fn of_problem(verdict: &Verdict<'_>, problem: &Problem) -> String {
    let at = problem.location.as_ref().map(|at| place(verdict, at));
    let at = at.or_else(|| problem.path.as_deref().map(code)).map(|at| format!("<br>{at}")).unwrap_or_default();
    let help = if problem.help.is_empty() { String::new() } else { format!("<br>help: {}", prose(&problem.help)) };
    format!("- **{}** {}{at}{help}\n", problem.kind, prose(&problem.message))
}

fn place(verdict: &Verdict<'_>, at: &Location) -> String {
    let path = spot::of(verdict, at).map(|spot| spot.path).unwrap_or_default();
    code(&format!("{path}:{}:{}", at.start.line, at.start.column))
}

/// What was not judged, in at most `room` bytes, and who says all this.
fn tail(end: &mut String, verdict: &Verdict<'_>, mut room: usize) {
    let lines = summary::remarks(verdict, false);
    if !lines.is_empty() {
        end.push_str("<details><summary>What this does not say</summary>\n\n");
        for line in lines {
            let line = format!("- {}\n", prose(&line));
            room = room.saturating_sub(line.len());
            if room > 0 {
                end.push_str(&line);
            }
        }
        end.push_str("\n</details>\n\n");
    }
    let _ = writeln!(end, "<sub>rolecall {}</sub>", env!("CARGO_PKG_VERSION"));
}
