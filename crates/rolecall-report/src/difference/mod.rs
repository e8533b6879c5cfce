//! What two exports differ in, as text, JSON and Markdown: one line for each cause.

mod json;
mod words;

pub use json::write_difference_json;

use crate::TextOptions;
use crate::answer::Ink;
use crate::inert::Inert;
use crate::markdown::COMMENT;
use rolecall_diff::{Cause, Diff};
use rolecall_engine::Finding;
use rolecall_model::Place;
use rolecall_source::visible;
use std::io::{self, Write};

/// What changed between two exports.
pub struct Difference<'d> {
    /// Access gained and lost.
    pub diff: &'d Diff,
    /// Findings of the new export that the old one has not.
    pub new: &'d [Changed],
    /// Findings of the old export that the new one has not.
    pub fixed: &'d [Changed],
    /// Shows places of the old export.
    pub old_ink: Ink<'d>,
    /// Shows places of the new export.
    pub new_ink: Ink<'d>,
    /// What kept either export from being read in full, in a line each.
    pub problems: Vec<String>,
}

/// A finding that one export has and the other has not.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The finding.
    pub finding: Finding,
    /// Whether the other has a part of it.
    pub is_part: bool,
}

impl Difference<'_> {
    /// The places to find in the old and in the new export.
    #[must_use]
    pub fn places(diff: &Diff, new: &[Changed], fixed: &[Changed]) -> [Vec<Place>; 2] {
        let stated = |causes: &[Cause], is_denial: bool| {
            let meant = causes.iter().filter(|cause| cause.edge.is_denial() == is_denial);
            meant.map(|cause| cause.place).collect::<Vec<_>>()
        };
        let own = |causes: &[Cause]| stated(causes, false);
        let other = |causes: &[Cause]| {
            let instead = causes.iter().filter_map(|cause| Some(cause.instead.as_ref()?.1));
            instead.chain(stated(causes, true)).collect::<Vec<_>>()
        };
        let of = |changed: &[Changed]| changed.iter().map(|of| of.finding.primary.place).collect::<Vec<_>>();
        let old = [own(&diff.lost), other(&diff.gained), of(fixed)].concat();
        let new = [own(&diff.gained), other(&diff.lost), of(new)].concat();
        [old, new]
    }

    /// Whether anybody may do more, or a rule finds more.
    #[must_use]
    pub fn is_wider(&self) -> bool {
        !self.diff.gained.is_empty() || !self.new.is_empty()
    }

    fn summary(&self) -> String {
        let number = |number: usize, noun: &str| crate::summary::count(number, noun);
        let access = match (self.diff.gained.len(), self.diff.lost.len()) {
            (0, 0) => "nobody may do more or less".to_owned(),
            (gained, lost) => format!("{} of more access, {lost} of less", number(gained, "cause")),
        };
        let parts = self.fixed.iter().filter(|fixed| fixed.is_part).count();
        let mut said =
            format!("{access}; {}, {} fixed", number(self.new.len(), "new finding"), self.fixed.len() - parts);
        if parts > 0 {
            said.push_str(&format!(" and {parts} in part"));
        }
        if self.diff.renumbered > 0 {
            let renumbered = number(self.diff.renumbered, "entity");
            said.push_str(&format!("; {renumbered} with another id and the same name taken for the same"));
        }
        said
    }
}

/// Writes it for people.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_difference_text(
    out: &mut dyn Write,
    difference: &Difference<'_>,
    options: &TextOptions,
) -> io::Result<()> {
    let wrap = textwrap::Options::new(options.width)
        .subsequent_indent("    ")
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut lines: Vec<String> = difference.problems.iter().map(|problem| format!("error: {problem}")).collect();
    for (sign, causes, is_gain) in [("+", &difference.diff.gained, true), ("-", &difference.diff.lost, false)] {
        lines.extend(causes.iter().map(|cause| format!("{sign} {}", words::sentence(difference, cause, is_gain))));
    }
    for (word, findings, ink) in
        [("new", difference.new, &difference.new_ink), ("fixed", difference.fixed, &difference.old_ink)]
    {
        lines.extend(findings.iter().map(|Changed { finding, is_part }| {
            let word = if *is_part && word == "fixed" { "fixed in part" } else { word };
            let place = ink.short(finding.primary.place).map(|place| format!(" ({place})")).unwrap_or_default();
            format!("{word}: {}: {}: {}{place}", finding.severity.word(), finding.rule, finding.message)
        }));
    }
    if !options.quiet {
        lines.push(difference.summary());
    }
    let out = &mut Inert::new(out);
    lines.iter().try_for_each(|line| writeln!(out, "{}", textwrap::fill(&visible(line), &wrap)))?;
    out.flush()
}

/// Writes it as Markdown, for a comment on a pull request, and no longer than that may be: what matters most, and how much
/// more there is.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_difference_markdown(out: &mut dyn Write, difference: &Difference<'_>) -> io::Result<()> {
    let mut text = format!("### Effective access\n\n**{}**\n\n", difference.summary());
    let mut left_out = 0;
    for entry in entries(difference) {
        // Once one is left out so are all that follow, or what is there would have holes.
        if left_out == 0 && text.len() + entry.len() <= COMMENT - RESERVE {
            text.push_str(&entry);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        text.push_str(&format!("\n**{left_out} more**, for which there is no room here.\n"));
    }
    out.write_all(text.as_bytes())
}

/// What the last line may need.
const RESERVE: usize = 256;

/// What was not read, who may do more, what is found anew, and then what is less.
fn entries<'d>(difference: &'d Difference<'_>) -> impl Iterator<Item = String> + 'd {
    let problems = difference.problems.iter().map(|problem| format!("- **not read in full:** {}\n", code(problem)));
    let causes = |title: &'static str, causes: &'d [Cause], is_gain: bool| {
        causes.iter().map(move |cause| format!("- **{title}:** {}\n", words::marked(difference, cause, is_gain)))
    };
    let findings = |title: &'static str, findings: &'d [Changed]| {
        findings.iter().map(move |Changed { finding, is_part }| {
            let title = if *is_part && title == "fixed" { "fixed in part" } else { title };
            let (rule, subject) = (code(&finding.rule), code(&finding.subject.name));
            format!("- **{title}:** {} {rule} on {subject}\n", finding.severity.word())
        })
    };
    problems
        .chain(causes("more", &difference.diff.gained, true))
        .chain(findings("new finding", difference.new))
        .chain(causes("less", &difference.diff.lost, false))
        .chain(findings("fixed", difference.fixed))
}

/// Text of the export as code, in which Markdown means nothing. It has no back-tick of its own to end that.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}
