//! The text of an answer: lines that wrap and are safe to show.

use super::Ink;
use crate::inert::Inert;
use crate::{TextOptions, witness};
use owo_colors::Style;
use rolecall_engine::{Answer, Step};
use rolecall_model::Place;
use rolecall_source::visible;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// A page that an answer is written on.
pub struct Page<'a> {
    ink: &'a Ink<'a>,
    options: TextOptions,
    lines: Vec<(Style, usize, String)>,
}

impl<'a> Page<'a> {
    pub(super) fn new(ink: &'a Ink<'a>, options: TextOptions) -> Self {
        Self { ink, options, lines: Vec::new() }
    }

    /// Whether everything is asked for.
    #[must_use]
    pub fn is_verbose(&self) -> bool {
        self.options.verbose
    }

    /// Whether only the answer is asked for.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// What the answer is, in one sentence.
    pub fn headline(&mut self, text: impl Into<String>) {
        self.add(Style::new().bold(), 0, text.into());
    }

    /// The same in the colour of the answer. For access that should not be, a yes is the bad one.
    pub fn verdict(&mut self, answer: Answer, text: impl Into<String>) {
        let style = match answer {
            Answer::Yes => Style::new().bold().red(),
            Answer::Maybe => Style::new().bold().yellow(),
            Answer::No => Style::new().bold().green(),
        };
        self.add(style, 0, text.into());
    }

    /// An empty line.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|(.., line)| !line.is_empty()) {
            self.add(Style::new(), 0, String::new());
        }
    }

    /// A line, so many columns in.
    pub fn line(&mut self, indent: usize, text: impl Into<String>) {
        self.add(Style::new(), indent, text.into());
    }

    /// A line that says what the next ones are.
    pub fn title(&mut self, text: impl Into<String>) {
        self.gap();
        self.add(Style::new().bold(), 0, text.into());
    }

    /// A remark.
    pub fn note(&mut self, indent: usize, text: impl Into<String>) {
        self.add(Style::new().cyan(), indent, format!("note: {}", text.into()));
    }

    /// A chain of edges, and under it where each is stated.
    pub fn chain(&mut self, indent: usize, steps: &[Step]) {
        self.line(indent, witness::chain(steps));
        let places: Vec<Place> = steps.iter().map(|step| step.place).collect();
        self.places(indent, &places);
    }

    /// Where something is stated.
    pub fn places(&mut self, indent: usize, places: &[Place]) {
        if self.options.quiet {
            return;
        }
        let mut places: Vec<String> = places.iter().filter_map(|place| self.ink.short(*place)).collect();
        places.dedup();
        if !places.is_empty() {
            self.add(Style::new().dimmed(), indent, format!("at {}", places.join(", ")));
        }
    }

    /// Cells in columns, the first line being the names of the columns; and what colours each cell.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect()).collect();
        let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|c| c.width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat((width + 2).saturating_sub(cell.width())));
            }
            let style = if number == 0 { Style::new().bold() } else { Style::new() };
            // A table is not wrapped: what belongs together would not stand together any more.
            self.lines.push((style, usize::MAX, line.trim_end().to_owned()));
        }
    }

    fn add(&mut self, style: Style, indent: usize, line: String) {
        self.lines.push((style, indent, visible(&line).into_owned()));
    }

    pub(super) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let out = &mut Inert::new(out);
        for (style, indent, line) in self.lines {
            let text = if indent == usize::MAX {
                line
            } else {
                let (first, rest) = (" ".repeat(indent), " ".repeat(indent + 2));
                let wrap = textwrap::Options::new(self.options.width)
                    .initial_indent(&first)
                    .subsequent_indent(&rest)
                    .break_words(false)
                    .word_separator(textwrap::WordSeparator::AsciiSpace)
                    .word_splitter(textwrap::WordSplitter::NoHyphenation);
                textwrap::fill(&line, wrap)
            };
            if self.options.color { writeln!(out, "{}", style.style(text))? } else { writeln!(out, "{text}")? }
        }
        out.flush()
    }
}
