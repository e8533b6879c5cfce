//! The report for people.

use crate::answer::cut_words;
use crate::excerpt::{Excerpt, Looks, Mark};
use crate::inert::Inert;
use crate::verdict::{Location, Problem};
use crate::{Format, Verdict, summary, witness};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};
use owo_colors::Style;
use rayon::prelude::*;
use rolecall_engine::{FileFault, Finding, Severity};
use rolecall_source::{LineIndex, SourceFile, visible};
use std::fmt;
use std::io::{self, Write};

/// How the text looks.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Whether colours are used.
    pub color: bool,
    /// Whether rule ids are links that a terminal can open.
    pub links: bool,
    /// Columns.
    pub width: usize,
    /// Only findings and problems, no summary.
    pub quiet: bool,
    /// Every place, every input and every file passed over.
    pub verbose: bool,
}

/// Text for people.
pub(crate) const FORMAT: Format = Format { name: "text", about: "for people, in a terminal", write: write_text };

/// How many findings are drawn before any is written.
const TOGETHER: usize = 1024;

/// How many related places a finding shows unless all are asked for.
const PLACES: usize = 4;

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_text(out: &mut dyn Write, verdict: &Verdict<'_>, options: &TextOptions) -> io::Result<()> {
    let mut problems = Inert::new(&mut *out);
    let mut looks = Looks::default();
    for problem in &verdict.problems {
        write_problem(&mut problems, verdict, problem, options, &mut looks)?;
    }
    problems.flush()?;
    // Findings are drawn side by side, and so many at a time that what is drawn need not all be held.
    for some in verdict.worst_first().chunks(TOGETHER) {
        let drawn: Vec<io::Result<Vec<u8>>> = some
            .par_iter()
            .map_init(Looks::default, |looks, finding| draw_finding(verdict, finding, options, looks))
            .collect();
        for own in drawn {
            out.write_all(&own?)?;
        }
    }
    if options.quiet {
        return out.flush();
    }
    let out = &mut Inert::new(out);
    for (number, line) in summary::lines(verdict, options.verbose).into_iter().enumerate() {
        let style = if number == 0 && options.color { Style::new().bold() } else { Style::new() };
        let wrap = textwrap::Options::new(options.width)
            .subsequent_indent("  ")
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        writeln!(out, "{}", style.style(textwrap::fill(&line, wrap)))?;
    }
    out.flush()
}

/// Writes a fault of a settings or rule file.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_fault(out: &mut dyn Write, fault: &FileFault, options: &TextOptions) -> io::Result<()> {
    let file = SourceFile::from_text(fault.path.clone(), fault.text.clone());
    let lines = LineIndex::new(&file);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let start = lines.position(&mut file.near(), offset(fault.at.start));
    let mark = Mark {
        file: &file,
        lines: &lines,
        start: offset(fault.at.start),
        end: offset(fault.at.end),
        line: start.line,
        column: start.column,
        text: "here".to_owned(),
        is_primary: true,
        secrets: &[],
    };
    let shown = Shown::new(
        "error".to_owned(),
        miette::Severity::Error,
        None,
        &fault.message,
        &[mark],
        options,
        &mut Looks::default(),
    );
    let out = &mut Inert::new(out);
    shown.write(out, options)?;
    write_note(out, "help", &fault.help, options)?;
    writeln!(out)?;
    out.flush()
}

fn draw_finding<'v>(
    verdict: &'v Verdict<'_>,
    finding: &Finding,
    options: &TextOptions,
    looks: &mut Looks<'v>,
) -> io::Result<Vec<u8>> {
    let mut drawn = Vec::new();
    let mut out = Inert::new(&mut drawn);
    write_finding(&mut out, verdict, finding, options, looks)?;
    out.flush()?;
    Ok(drawn)
}

fn write_finding<'v>(
    out: &mut dyn Write,
    verdict: &'v Verdict<'_>,
    finding: &Finding,
    options: &TextOptions,
    looks: &mut Looks<'v>,
) -> io::Result<()> {
    let mut marks = Vec::new();
    let mut hidden = 0;
    for (number, label) in std::iter::once(&finding.primary).chain(&finding.related).enumerate() {
        if number > PLACES && !options.verbose {
            hidden += 1;
        } else if let Some(location) = verdict.places.get(&label.place) {
            marks.extend(mark(verdict, location, &label.text, number == 0));
        }
    }
    let code = format!("{}: {}", finding.severity.word(), finding.rule);
    let shown =
        Shown::new(code, severity(finding.severity), Some(&finding.docs), &finding.message, &marks, options, looks);
    shown.write(out, options)?;
    if hidden > 0 {
        write_note(out, "more", &format!("{} not shown here; -v shows all", summary::count(hidden, "place")), options)?;
    }
    if !finding.witness.is_empty() {
        write_note(out, "path", &witness::chain(&finding.witness), options)?;
    }
    if let Some(cut) = verdict.cuts.get(&finding.fingerprint) {
        write_note(out, "cut", &rolecall_source::visible(&cut_words(cut)), options)?;
    }
    write_note(out, "help", &finding.help, options)?;
    writeln!(out)
}

fn write_problem<'v>(
    out: &mut dyn Write,
    verdict: &'v Verdict<'_>,
    problem: &Problem,
    options: &TextOptions,
    looks: &mut Looks<'v>,
) -> io::Result<()> {
    let mut marks = Vec::new();
    if let Some(location) = &problem.location {
        marks.extend(mark(verdict, location, "here", true));
    }
    if let Some((location, text)) = &problem.related {
        marks.extend(mark(verdict, location, text, false));
    }
    let message = match &problem.path {
        Some(path) if marks.is_empty() => format!("{path}: {}", problem.message),
        _ => problem.message.clone(),
    };
    let code = format!("error: {}", problem.kind);
    Shown::new(code, miette::Severity::Error, None, &message, &marks, options, looks).write(out, options)?;
    write_note(out, "help", &problem.help, options)?;
    writeln!(out)
}

/// A label with the text that it stands in.
pub(crate) fn mark<'a>(
    verdict: &'a Verdict<'_>,
    location: &Location,
    text: &str,
    is_primary: bool,
) -> Option<Mark<'a>> {
    let file = verdict.sources.get(location.file)?;
    let lines = verdict.lines.get(&location.file)?;
    let inside = |offset: u32| offset.saturating_sub(file.lead());
    Some(Mark {
        file,
        lines,
        start: inside(location.start.offset),
        end: inside(location.end.offset),
        line: location.start.line,
        column: location.start.column,
        text: text.to_owned(),
        is_primary,
        secrets: verdict.secrets.get(&location.file).map_or(&[], Vec::as_slice),
    })
}

fn write_note(out: &mut dyn Write, word: &str, text: &str, options: &TextOptions) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let style = if options.color { Style::new().blue().bold() } else { Style::new() };
    let wrap = textwrap::Options::new(options.width.saturating_sub(8).max(20))
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let text = visible(text);
    for (number, line) in textwrap::wrap(&text, wrap).into_iter().enumerate() {
        let lead = if number == 0 { format!("{word}:") } else { String::new() };
        writeln!(out, "  {} {line}", style.style(format!("{lead:<5}")))?;
    }
    Ok(())
}

fn severity(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Critical | Severity::High => miette::Severity::Error,
        Severity::Medium => miette::Severity::Warning,
        Severity::Low | Severity::Info => miette::Severity::Advice,
    }
}

/// One finding or problem in the form that miette draws.
struct Shown {
    code: String,
    severity: miette::Severity,
    url: Option<String>,
    message: String,
    excerpt: Excerpt,
}

impl Shown {
    fn new<'a>(
        code: String,
        severity: miette::Severity,
        url: Option<&str>,
        message: &str,
        marks: &[Mark<'a>],
        options: &TextOptions,
        looks: &mut Looks<'a>,
    ) -> Self {
        let url = url.map(|url| visible(url).into_owned());
        let excerpt = Excerpt::new(marks, options.width, looks);
        Self { code: visible(&code).into_owned(), severity, url, message: visible(message).into_owned(), excerpt }
    }

    fn write(&self, out: &mut dyn Write, options: &TextOptions) -> io::Result<()> {
        let styles = if options.color { styles() } else { ThemeStyles::none() };
        let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(options.links)
            .with_link_display_text("")
            .with_urls(options.links)
            .with_width(options.width)
            .with_break_words(false)
            .with_word_separator(textwrap::WordSeparator::AsciiSpace)
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
            .with_context_lines(1)
            .without_syntax_highlighting();
        let mut drawn = String::new();
        handler.render_report(&mut drawn, self).map_err(|_| io::Error::other("the report cannot be drawn"))?;
        // miette leaves an empty line between the rule and the message.
        for line in drawn.lines().filter(|line| !line.trim().is_empty()) {
            out.write_all(line.trim_end().as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// Colours that are read on a dark and on a light background: no yellow, no white, nothing dim.
fn styles() -> ThemeStyles {
    ThemeStyles {
        error: Style::new().red().bold(),
        warning: Style::new().magenta().bold(),
        advice: Style::new().blue().bold(),
        help: Style::new().blue().bold(),
        link: Style::new().bold(),
        linum: Style::new(),
        highlights: vec![Style::new().red().bold(), Style::new().magenta(), Style::new().blue()],
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as Box<dyn fmt::Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels.iter().cloned()))
    }
}
