//! What two exports differ in, as text, JSON and Markdown: one line for each cause.

mod json;
mod words;

pub use json::write_difference_json;

use crate::TextOptions;
use crate::answer::Ink;
use crate::inert::Inert;
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

/// Writes it as Markdown, for a comment on a pull request.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_difference_markdown(out: &mut dyn Write, difference: &Difference<'_>) -> io::Result<()> {
    writeln!(out, "### Effective access\n")?;
    difference.problems.iter().try_for_each(|problem| writeln!(out, "- **not read in full:** {}", code(problem)))?;
    for (title, causes, is_gain) in [("more", &difference.diff.gained, true), ("less", &difference.diff.lost, false)] {
        for cause in causes {
            writeln!(out, "- **{title}:** {}", words::marked(difference, cause, is_gain))?;
        }
    }
    for (title, findings) in [("new finding", difference.new), ("fixed", difference.fixed)] {
        for Changed { finding, is_part } in findings {
            let title = if *is_part && title == "fixed" { "fixed in part" } else { title };
            let subject = code(&finding.subject.name);
            writeln!(out, "- **{title}:** {} {} on {subject}", finding.severity.word(), code(&finding.rule))?;
        }
    }
    writeln!(out, "\n{}", difference.summary())
}

/// Text of the export as code, in which Markdown means nothing. It has no back-tick of its own to end that.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}
