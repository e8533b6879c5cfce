//! Lines around labels, cut out of files of any size.
//!
//! miette is handed a few lines at a time and never a file: it counts lines from the
//! start of what it gets. Each window lies in a space of offsets of its own, with a
//! gap to the next, so that windows of several files make one source.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use rolecall_source::{LineIndex, SourceFile, is_plain, push_visible, visible};
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// A label to show.
pub(crate) struct Mark<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) lines: &'a LineIndex,
    /// Bytes of the file's text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Line and column at which it starts, from 1.
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) text: String,
    pub(crate) is_primary: bool,
    /// Bytes of the file's text that are never shown, in order.
    pub(crate) secrets: &'a [Range<u32>],
}

/// A few lines of a file as shown.
struct Window {
    name: String,
    base: usize,
    data: String,
    first_line: usize,
    line_count: usize,
    /// Where each label starts as shown, with its true line and column, from 0.
    marks: Vec<(usize, usize, usize)>,
}

/// The windows of one diagnostic.
pub(crate) struct Excerpt {
    windows: Vec<Window>,
    pub(crate) labels: Vec<LabeledSpan>,
}

/// A line number, its end and the frame take this much of a line.
const FRAME: usize = 12;

/// Offsets between windows; no label is that long.
const GAP: usize = 2;

impl Excerpt {
    /// Shows marks in the order given, those on neighbouring lines in one window.
    pub(crate) fn new(marks: &[Mark<'_>], width: usize) -> Self {
        let width = width.saturating_sub(FRAME).max(24);
        let mut excerpt = Self { windows: Vec::new(), labels: Vec::new() };
        let mut base = 0;
        for lines in pieces(marks, width) {
            let (window, labels) = window(&lines, base, width);
            base += window.data.len() + GAP;
            excerpt.windows.push(window);
            excerpt.labels.extend(labels);
        }
        excerpt
    }
}

/// A mark, and how its line is shown.
struct Placed<'m, 'a> {
    mark: &'m Mark<'a>,
    /// Whether the line is too long to be shown whole.
    is_cut: bool,
}

impl<'m, 'a> Placed<'m, 'a> {
    fn new(mark: &'m Mark<'a>, width: usize) -> Self {
        let line = mark.lines.line_range(mark.file, mark.line);
        let is_whole = |line: Range<u32>| {
            (mark.start - line.start) as usize <= width / 2 && fits(mark.file, line.start..line.end, width)
        };
        Self { mark, is_cut: !line.is_some_and(is_whole) }
    }

    fn is_beside(&self, other: &Self) -> bool {
        !self.is_cut
            && !other.is_cut
            && std::ptr::eq(self.mark.file, other.mark.file)
            && self.mark.line.abs_diff(other.mark.line) <= 3
    }
}

/// The first mark and all that join it, directly or by way of others, in order of place.
fn take_group<'m, 'a>(rest: &mut Vec<Placed<'m, 'a>>) -> Vec<Placed<'m, 'a>> {
    let mut group = vec![rest.remove(0)];
    while let Some(at) = rest.iter().position(|next| group.iter().any(|known| known.is_beside(next))) {
        group.push(rest.remove(at));
    }
    group.sort_by_key(|placed| placed.mark.start);
    group
}

/// A line of a file as shown.
pub(crate) struct Line<'m, 'a> {
    /// Its number, from 1.
    pub(crate) number: u32,
    pub(crate) text: String,
    /// The marks on it, with their bytes of `text`.
    pub(crate) marks: Vec<(&'m Mark<'a>, Range<usize>)>,
}

/// Marks in the order given, those on neighbouring lines together, with the lines around them.
pub(crate) fn pieces<'m, 'a>(marks: &'m [Mark<'a>], width: usize) -> Vec<Vec<Line<'m, 'a>>> {
    let mut rest: Vec<Placed<'m, 'a>> = marks.iter().map(|mark| Placed::new(mark, width)).collect();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        pieces.push(lines_of(&take_group(&mut rest), width));
    }
    pieces
}

/// The lines of marks that are shown together, with one more before and after.
fn lines_of<'m, 'a>(group: &[Placed<'m, 'a>], width: usize) -> Vec<Line<'m, 'a>> {
    let mut shown_lines = Vec::new();
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return shown_lines };
    let context = u32::from(!first.is_cut);
    let to = (last.mark.line + context).min(first.mark.lines.line_count());
    let lines = first.mark.lines.lines(first.mark.file, first.mark.line.saturating_sub(context).max(1));
    let lines: Vec<(u32, Range<u32>)> = lines.take_while(|(number, _)| *number <= to).collect();
    let text = first.mark.file.text();
    // The lines of one mark may be of any length; what is near them is looked at by what is shown.
    let near = match lines.as_slice() {
        [(_, from), .., (_, to)] if !first.is_cut && (to.end - from.start) as usize <= LOOKED_BACK => {
            let (start, end) = (from.start as usize, to.end as usize);
            Some(secrets_between(text, name_before(text, start), end))
        }
        _ => None,
    };
    let secrets = Secrets { known: first.mark.secrets, near };
    for (number, range) in lines {
        let own: Vec<&Placed<'m, 'a>> = group.iter().filter(|p| p.mark.line == number).collect();
        let focus = own.first().map_or(range.start, |p| p.mark.start);
        let range = range.start as usize..range.end as usize;
        let focus = (focus as usize).clamp(range.start, range.end);
        let shown = Shown::new(text, range, focus, width, &secrets);
        let place = |mark: &'m Mark<'a>| {
            let (start, end) = shown.place(mark.start as usize, mark.end as usize);
            (mark, start..end)
        };
        let marks = own.into_iter().map(|placed| place(placed.mark)).collect();
        shown_lines.push(Line { number, text: shown.text, marks });
    }
    shown_lines
}

fn window(lines: &[Line<'_, '_>], base: usize, width: usize) -> (Window, Vec<LabeledSpan>) {
    let file = lines.iter().flat_map(|line| &line.marks).next().map(|(mark, _)| mark.file);
    let name = file.map(|f| visible(f.path()).into_owned()).unwrap_or_default();
    let mut window = Window { name, base, data: String::new(), first_line: 0, line_count: 0, marks: Vec::new() };
    window.first_line = lines.first().map_or(0, |line| line.number as usize - 1);
    let mut labels = Vec::new();
    for line in lines {
        for (mark, range) in &line.marks {
            let at = base + window.data.len() + range.start;
            window.marks.push((at, line.number as usize - 1, mark.column.saturating_sub(1) as usize));
            let columns = |to: usize| line.text.get(..to).map_or(0, UnicodeWidthStr::width);
            let middle = usize::midpoint(columns(range.start), columns(range.end));
            let text = Some(wrapped(&mark.text, width.saturating_sub(middle + 2)));
            labels.push(if mark.is_primary {
                LabeledSpan::new_primary_with_span(text, (at, range.len()))
            } else {
                LabeledSpan::new_with_span(text, (at, range.len()))
            });
        }
        window.data.push_str(&line.text);
        window.data.push('\n');
        window.line_count += 1;
    }
    (window, labels)
}

/// Whether a line can be shown whole; long ones are not even looked at.
fn fits(file: &SourceFile, range: Range<u32>, width: usize) -> bool {
    let text = file.text().get(range.start as usize..range.end as usize).unwrap_or_default();
    text.len() <= width * 4 && if is_plain(text) { text.len() <= width } else { expanded(text).width() <= width }
}

fn expanded(text: &str) -> String {
    let mut shown = String::new();
    text.chars().for_each(|c| push_shown(&mut shown, c));
    shown
}

/// A tab is layout in a source line; in a name it would be written out.
fn push_shown(shown: &mut String, c: char) {
    if c == '\t' { shown.push_str("    ") } else { push_visible(shown, c) }
}

/// What is never shown of some lines.
struct Secrets<'a> {
    /// Bytes of the file that its dialect knows to be secret, in order.
    known: &'a [Range<u32>],
    /// Those that look like it, for a file that cannot be read in full names none and still must not show one. None
    /// where that is to be told of each stretch as it is shown.
    near: Option<Vec<Range<usize>>>,
}

impl Secrets<'_> {
    /// Whether any of them, or of those that look like it, has a byte in common with a stretch.
    fn are_in(&self, unread: &[Range<usize>], stretch: Range<usize>) -> bool {
        let after = self.known.partition_point(|range| range.end as usize <= stretch.start);
        self.known.get(after).is_some_and(|range| (range.start as usize) < stretch.end)
            || unread.iter().any(|range| range.start < stretch.end && stretch.start < range.end)
    }
}

/// How far before a shown stretch the name of a secret may stand.
const LOOKED_BACK: usize = 4096;

/// How long the name of a secret may be, with its quotes.
const NAME: usize = 64;

/// Where a character starts that is some bytes before another at most.
fn back(text: &str, at: usize, bytes: usize) -> usize {
    (at.saturating_sub(bytes)..=at).find(|at| text.is_char_boundary(*at)).unwrap_or(at)
}

/// From where to look for what is named secret on a line that starts at `start`: a value ends with its line, but its
/// name may stand before it.
fn name_before(text: &str, start: usize) -> usize {
    let farthest = back(text, start, LOOKED_BACK);
    let before = text.get(farthest..start).unwrap_or_default().trim_end();
    if before.is_empty() || before.ends_with([':', '=']) {
        return farthest;
    }
    back(text, farthest + before.len(), NAME)
}

/// What stands as the value of a secret field in a stretch of text, or reaches into it.
fn secrets_near(text: &str, start: usize, end: usize) -> Vec<Range<usize>> {
    secrets_between(text, back(text, start, LOOKED_BACK), end)
}

fn secrets_between(text: &str, from: usize, end: usize) -> Vec<Range<usize>> {
    let found = rolecall_source::secret_values(text.get(from..end).unwrap_or_default());
    found.into_iter().map(|range| from + range.start..from + range.end).collect()
}

/// A line as shown, and where its bytes went.
struct Shown {
    text: String,
    /// For each character shown: its byte in the file and in `text`.
    places: Vec<(usize, usize)>,
}

impl Shown {
    /// As much of `range` as fits into `width`, around the byte `focus`. Only the bytes
    /// that may be shown are looked at, however long the line is.
    fn new(text: &str, range: Range<usize>, focus: usize, width: usize, secrets: &Secrets<'_>) -> Self {
        let before = text.get(range.start..focus).unwrap_or_default();
        let after = text.get(focus..range.end).unwrap_or_default();
        // What follows the focus has two thirds of the room, and what is left over is for the rest.
        let (_, used) = span(after.chars(), width - width / 3);
        // A label is written to the right of its place, so that place must not be far right.
        let (lead, used) = span(before.chars().rev(), width.saturating_sub(used).min(width * 2 / 5));
        let (tail, _) = span(after.chars(), width.saturating_sub(used));
        let (start, end) = (focus - lead, focus + tail);
        let mut shown = Self { text: String::new(), places: Vec::new() };
        if start > range.start {
            shown.text.push('…');
        }
        let own = if secrets.near.is_some() { Vec::new() } else { secrets_near(text, start, end) };
        let unread = secrets.near.as_deref().unwrap_or(&own);
        let part = text.get(start..end).unwrap_or_default();
        if is_plain(part) && !secrets.are_in(unread, start..end) {
            shown.places.extend((start..end).zip(shown.text.len()..));
            shown.text.push_str(part);
        } else {
            for (at, c) in part.char_indices() {
                let at = start + at;
                shown.places.push((at, shown.text.len()));
                let is_hidden = is_secret(secrets.known, at) || unread.iter().any(|range| range.contains(&at));
                push_shown(&mut shown.text, if is_hidden { HIDDEN } else { c });
            }
        }
        shown.places.push((end, shown.text.len()));
        if end < range.end {
            shown.text.push('…');
        }
        shown
    }

    /// The bytes shown for bytes of the file; at least one column wide where the line has any.
    fn place(&self, start: usize, end: usize) -> (usize, usize) {
        let shown = |byte: usize| {
            let at = self.places.partition_point(|(file, _)| *file < byte);
            self.places.get(at).or(self.places.last()).map_or(0, |(_, shown)| *shown)
        };
        let (from, to) = (shown(start), shown(end));
        (from, to.max(from))
    }
}

/// What stands for a character of a secret.
const HIDDEN: char = '•';

/// Whether a byte lies within a secret, the quotes around it aside.
fn is_secret(secrets: &[Range<u32>], byte: usize) -> bool {
    let after = secrets.partition_point(|range| range.end as usize <= byte + 1);
    secrets.get(after).is_some_and(|range| (range.start as usize) < byte)
}

/// How many bytes of `chars` fit into `width` columns, and how many columns they take.
fn span(chars: impl Iterator<Item = char>, width: usize) -> (usize, usize) {
    let (mut bytes, mut columns) = (0, 0);
    let mut piece = String::new();
    for c in chars {
        let own = if matches!(c, ' '..='~') {
            1
        } else {
            piece.clear();
            push_shown(&mut piece, c);
            piece.width()
        };
        if columns + own > width {
            break;
        }
        (bytes, columns) = (bytes + c.len_utf8(), columns + own);
    }
    (bytes, columns)
}

/// A label in lines of at most `width`.
fn wrapped(text: &str, width: usize) -> String {
    let options = textwrap::Options::new(width.max(20)).word_separator(textwrap::WordSeparator::AsciiSpace);
    textwrap::wrap(&visible(text), options).join("\n")
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let holds = |w: &&Window| w.base <= start && end <= w.base + w.data.len();
        let window = self.windows.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let name = window.name.clone();
        let data = window.data.as_bytes();
        let all = SourceSpan::from((window.base, window.data.len()));
        // Without lines around it, only the place itself is asked for, to name it.
        let named = window.marks.iter().find(|(at, ..)| before == 0 && *at == start);
        let contents = match named {
            Some((_, line, column)) => {
                MietteSpanContents::new_named(name, data, all, *line, *column, window.line_count)
            }
            None => MietteSpanContents::new_named(name, data, all, window.first_line, 0, window.line_count),
        };
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_secret_is_shown() {
        let text = r#"{"name": "Sync", "secret": "hush\"hush", "state": "on"}"#;
        let start = text.find(r#""hush"#).unwrap_or_default();
        let secrets = [1..2, u32::try_from(start).unwrap_or(0)..u32::try_from(start + 12).unwrap_or(0)];
        let shown = Shown::new(text, 0..text.len(), 0, 200, &Secrets { known: &secrets, near: None });
        assert_eq!(shown.text, text.replace(r#"hush\"hush"#, &"•".repeat(10)));
    }
}
