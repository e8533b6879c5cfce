//! Lines around labels, cut out of files of any size.
//!
//! miette is handed a few lines at a time and never a file: it counts lines from the
//! start of what it gets. Each window lies in a space of offsets of its own, with a
//! gap to the next, so that windows of several files make one source.

use crate::stretch::{LOOKED_BACK, Secrets, Shown, fits};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use rolecall_source::{LineIndex, Near, SourceFile, visible};
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

/// Looks into the files that excerpts are of. A few are kept, since excerpts that follow each other are often of the
/// same files.
#[derive(Default)]
pub(crate) struct Looks<'a> {
    last: Option<Near<'a>>,
    others: Vec<Near<'a>>,
}

/// How many others are kept.
const OTHERS: usize = 3;

impl<'a> Looks<'a> {
    /// A look into a file.
    fn of(&mut self, file: &'a SourceFile) -> &mut Near<'a> {
        let is_of = |near: &Near<'_>| std::ptr::eq(near.file(), file);
        if !self.last.as_ref().is_some_and(is_of) {
            let known = self.others.iter().position(is_of).map(|at| self.others.remove(at));
            self.others.extend(self.last.take());
            if self.others.len() > OTHERS {
                self.others.remove(0);
            }
            self.last = known;
        }
        self.last.get_or_insert_with(|| file.near().here_and_there())
    }
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
    pub(crate) fn new<'a>(marks: &[Mark<'a>], width: usize, looks: &mut Looks<'a>) -> Self {
        let width = width.saturating_sub(FRAME).max(24);
        let mut excerpt = Self { windows: Vec::new(), labels: Vec::new() };
        let mut base = 0;
        for lines in pieces(marks, width, looks) {
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
    fn new(mark: &'m Mark<'a>, width: usize, near: &mut Near<'_>) -> Self {
        let line = mark.lines.line_range(near, mark.line);
        let is_whole =
            |line: Range<u32>| mark.start.saturating_sub(line.start) as usize <= width / 2 && fits(near, line, width);
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
pub(crate) fn pieces<'m, 'a>(marks: &'m [Mark<'a>], width: usize, looks: &mut Looks<'a>) -> Vec<Vec<Line<'m, 'a>>> {
    let mut rest: Vec<Placed<'m, 'a>> =
        marks.iter().map(|mark| Placed::new(mark, width, looks.of(mark.file))).collect();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        pieces.push(lines_of(&take_group(&mut rest), width, looks));
    }
    pieces
}

/// The lines of marks that are shown together, with one more before and after.
fn lines_of<'m, 'a>(group: &[Placed<'m, 'a>], width: usize, looks: &mut Looks<'a>) -> Vec<Line<'m, 'a>> {
    let mut shown_lines = Vec::new();
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return shown_lines };
    let near = looks.of(first.mark.file);
    let context = u32::from(!first.is_cut);
    let from = first.mark.line.saturating_sub(context).max(1);
    let to = (last.mark.line + context).min(first.mark.lines.line_count());
    let number = (to + 1).saturating_sub(from) as usize;
    let lines: Vec<(u32, Range<u32>)> = first.mark.lines.lines(near, from).take(number).collect();
    // The lines of one mark may be of any length; what is near them is looked at by what is shown.
    let secrets = match lines.as_slice() {
        [(_, from), .., (_, to)] if !first.is_cut && to.end - from.start <= LOOKED_BACK => {
            Secrets::of_lines(first.mark.secrets, near, from.start..to.end)
        }
        _ => Secrets::known(first.mark.secrets),
    };
    for (number, range) in lines {
        let own: Vec<&Placed<'m, 'a>> = group.iter().filter(|p| p.mark.line == number).collect();
        let focus = own.first().map_or(range.start, |p| p.mark.start).clamp(range.start, range.end);
        let shown = Shown::new(near, range, focus, width, &secrets);
        let place = |mark: &'m Mark<'a>| {
            let (start, end) = shown.place(mark.start, mark.end);
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
    use crate::digest::Original;
    use proptest::prelude::*;
    use rolecall_source::{LineCounts, Stamp};
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A file that was read piece by piece, removed in the end.
    struct OnDisk(PathBuf, SourceFile);

    impl OnDisk {
        fn new(text: &str) -> Self {
            static NUMBER: AtomicU32 = AtomicU32::new(0);
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("rolecall-excerpt-{}-{number}", std::process::id()));
            std::fs::write(&path, text).expect("a file");
            let body = text.strip_prefix('\u{feff}').unwrap_or(text);
            let mut counts = LineCounts::default();
            counts.add(body.as_bytes());
            let stamp = Stamp::of(&std::fs::metadata(&path).expect("a file"));
            let file = SourceFile::parted("x".into(), path.clone(), stamp, body.len() < text.len(), counts);
            Self(path, file)
        }
    }

    impl Drop for OnDisk {
        fn drop(&mut self) {
            // It may be gone already.
            let _ = std::fs::remove_file(&self.0);
        }
    }

    /// What is drawn of some places of a file.
    fn drawn(file: &SourceFile, places: &[Range<u32>], width: usize, secrets: &[Range<u32>]) -> String {
        let (lines, mut near, mut looks) = (LineIndex::new(file), file.near(), Looks::default());
        let mut mark = |(number, range): (usize, &Range<u32>)| {
            let at = lines.position(&mut near, range.start);
            let (start, end, line, column, text) = (range.start, range.end, at.line, at.column, number.to_string());
            Mark { file, lines: &lines, start, end, line, column, text, is_primary: number == 0, secrets }
        };
        let marks: Vec<Mark<'_>> = places.iter().enumerate().map(&mut mark).collect();
        let excerpt = Excerpt::new(&marks, width, &mut looks);
        let windows = excerpt.windows.iter().map(|w| (w.base, &w.data, w.first_line, w.line_count, &w.marks));
        format!("{:?} {:?}", windows.collect::<Vec<_>>(), excerpt.labels)
    }

    /// Lines of all lengths, of characters of all widths, with what looks like secrets among them.
    fn text() -> impl Strategy<Value = String> {
        let words = [
            "a",
            "é ",
            "漢",
            "😀",
            "e\u{301}",
            "\u{301}",
            "\t",
            "\u{202e}",
            "{\"name\": \"Kim\"}, ",
            "\r",
            "\"secret\": \"hush\", ",
            "\"password\" :\n  \"hush\"",
            "api_key = \"hush",
            "\"secret\":",
            "  \"hu\\\"sh\"",
        ];
        let times = prop_oneof![6 => 0..4_usize, 3 => 20..90_usize, 1 => 1000..1400_usize, 1 => 4000..4100_usize];
        let ends = proptest::sample::select(vec!["", "", "\n", "\r\n"]);
        let run = (proptest::sample::select(words.to_vec()), times, ends);
        let run = run.prop_map(|(word, times, end)| word.repeat(times) + end);
        (any::<bool>(), proptest::collection::vec(run, 1..20))
            .prop_map(|(bom, runs)| if bom { "\u{feff}" } else { "" }.to_owned() + &runs.concat())
    }

    /// Where a character starts, some part of the way through a text.
    fn place(text: &str, way: f64, length: u32) -> Range<u32> {
        let boundary = |at: usize| (at.min(text.len())..).find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let start = boundary((text.len() as f64 * way) as usize);
        let end = boundary(start + length as usize);
        u32::try_from(start).unwrap_or_default()..u32::try_from(end).unwrap_or_default()
    }

    proptest! {
        #[test]
        fn what_is_read_again_is_drawn_as_what_is_kept(
            text in text(),
            ways in proptest::collection::vec((0.0..1.0, 0..30_u32), 1..6),
            hidden in proptest::collection::vec((0.0..1.0, 1..300_u32), 0..3),
            width in 30..130_usize,
        ) {
            let disk = OnDisk::new(&text);
            let whole = SourceFile::from_text("x".into(), text);
            let of = |ways: Vec<(f64, u32)>| -> Vec<Range<u32>> {
                ways.into_iter().map(|(way, length)| place(whole.text(), way, length)).collect()
            };
            let (places, mut hidden) = (of(ways), of(hidden));
            hidden.sort_by_key(|range| range.start);
            prop_assert_eq!(drawn(&whole, &places, width, &hidden), drawn(&disk.1, &places, width, &hidden));
            prop_assert_eq!(Original::of(&whole), Original::of(&disk.1));
            prop_assert!(!disk.1.is_lost());
        }
    }

    #[test]
    fn one_very_long_line_is_drawn_from_what_lies_around() {
        let entry =
            |number: usize| format!("{{\"id\": {number}, \"secret\": \"hush {number}\", \"name\": \"Zoë 漢\"}}, ");
        for text in [
            (0..4000).map(entry).collect::<String>(),
            "a".to_owned() + &"\u{301}".repeat(40_000) + "b",
            "漢".repeat(70_000),
            format!("\"secret\": \"{}\"", "x".repeat(90_000)),
        ] {
            let disk = OnDisk::new(&text);
            let whole = SourceFile::from_text("x".into(), text);
            for way in [0.0, 0.01, 0.3, 0.5, 0.77, 0.9999, 1.0] {
                let places = [place(whole.text(), way, 5)];
                assert_eq!(drawn(&whole, &places, 100, &[]), drawn(&disk.1, &places, 100, &[]));
            }
        }
    }

    #[test]
    fn nothing_is_drawn_of_a_file_that_is_lost() {
        let text = "{\"name\": \"Kim\"},\n".repeat(4000) + &"{\"name\": \"Kim\"}, ".repeat(900);
        let disk = OnDisk::new(&text);
        std::fs::write(&disk.0, text.replace("Kim", "Kimberley")).expect("a file");
        let places = [0..5, 9..14, 500..800, 40_000..40_009, 70_000..70_009, 80_000..90_000];
        let drawn = drawn(&disk.1, &places, 80, &[3..9, 20..25]);
        assert!(disk.1.is_lost() && !drawn.contains("Kim"), "{drawn}");
        assert_eq!(Original::of(&disk.1), None);
    }
}
