//! As much of a line as is shown, less what never is.

use rolecall_source::{Near, Part, is_plain, push_visible};
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// Whether a line can be shown whole; long ones are not even looked at.
pub(crate) fn fits(near: &mut Near<'_>, range: Range<u32>, width: usize) -> bool {
    if range.len() > width * 4 {
        return false;
    }
    let text = near.part(range.start, range.end).get(range).unwrap_or_default();
    if is_plain(text) { text.len() <= width } else { expanded(text).width() <= width }
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

/// What is never shown of some lines: bytes of the file's text.
pub(crate) struct Secrets<'a> {
    /// What the dialect of the file knows to be secret, in order.
    known: &'a [Range<u32>],
    /// What looks like it, for a file that cannot be read in full names none and still must not show one. None
    /// where that is to be told of each stretch as it is shown.
    near: Option<Vec<Range<u32>>>,
}

impl<'a> Secrets<'a> {
    /// What is known; what looks like it is told of each stretch.
    pub(crate) fn known(known: &'a [Range<u32>]) -> Self {
        Self { known, near: None }
    }

    /// What is known, and what looks like it on some lines.
    pub(crate) fn of_lines(known: &'a [Range<u32>], near: &mut Near<'_>, lines: Range<u32>) -> Self {
        let part = near.part(lines.start.saturating_sub(LOOKED_BACK + NAME), lines.end);
        Self { known, near: Some(secrets_between(&part, name_before(&part, lines.start), lines.end)) }
    }

    /// Whether any of them, or of those that look like it, has a byte in common with a stretch.
    fn are_in(&self, unread: &[Range<u32>], stretch: Range<u32>) -> bool {
        let after = self.known.partition_point(|range| range.end <= stretch.start);
        self.known.get(after).is_some_and(|range| range.start < stretch.end)
            || unread.iter().any(|range| range.start < stretch.end && stretch.start < range.end)
    }
}

/// How far before a shown stretch the name of a secret may stand.
pub(crate) const LOOKED_BACK: u32 = 4096;

/// How long the name of a secret may be, with its quotes.
const NAME: u32 = 64;

/// Where a character starts that is some bytes before another at most.
fn back(part: &Part<'_>, at: u32, bytes: u32) -> u32 {
    let is_start = |at: &u32| at.checked_sub(part.start).is_some_and(|at| part.text.is_char_boundary(at as usize));
    (at.saturating_sub(bytes)..=at).find(is_start).unwrap_or(at)
}

/// From where to look for what is named secret on a line that starts at `start`: a value ends with its line, but its
/// name may stand before it.
fn name_before(part: &Part<'_>, start: u32) -> u32 {
    let farthest = back(part, start, LOOKED_BACK);
    let before = part.get(farthest..start).unwrap_or_default().trim_end();
    if before.is_empty() || before.ends_with([':', '=']) {
        return farthest;
    }
    back(part, farthest + offset(before.len()), NAME)
}

/// What stands as the value of a secret field in a stretch of text, or reaches into it.
fn secrets_near(part: &Part<'_>, start: u32, end: u32) -> Vec<Range<u32>> {
    secrets_between(part, back(part, start, LOOKED_BACK), end)
}

fn secrets_between(part: &Part<'_>, from: u32, end: u32) -> Vec<Range<u32>> {
    let found = rolecall_source::secret_values(part.get(from..end).unwrap_or_default());
    found.into_iter().map(|range| from + offset(range.start)..from + offset(range.end)).collect()
}

/// A line as shown, and where its bytes went.
pub(crate) struct Shown {
    pub(crate) text: String,
    /// For each character shown: its byte in the file's text and in `text`.
    places: Vec<(u32, usize)>,
}

impl Shown {
    /// As much of a line as fits into `width`, around the byte `focus`. Only the bytes
    /// that may be shown are looked at, however long the line is.
    pub(crate) fn new(near: &mut Near<'_>, line: Range<u32>, focus: u32, width: usize, secrets: &Secrets<'_>) -> Self {
        let Range { start, end } = fitting(near, &line, focus, width);
        let mut shown = Self { text: String::new(), places: Vec::new() };
        if start > line.start {
            shown.text.push('…');
        }
        let part = near.part(start.saturating_sub(LOOKED_BACK), end);
        let own = if secrets.near.is_some() { Vec::new() } else { secrets_near(&part, start, end) };
        let unread = secrets.near.as_deref().unwrap_or(&own);
        let text = part.get(start..end).unwrap_or_default();
        if is_plain(text) && !secrets.are_in(unread, start..end) {
            shown.places.extend((start..end).zip(shown.text.len()..));
            shown.text.push_str(text);
        } else {
            for (at, c) in text.char_indices() {
                let at = start + offset(at);
                shown.places.push((at, shown.text.len()));
                let is_hidden = is_secret(secrets.known, at) || unread.iter().any(|range| range.contains(&at));
                push_shown(&mut shown.text, if is_hidden { HIDDEN } else { c });
            }
        }
        shown.places.push((end, shown.text.len()));
        if end < line.end {
            shown.text.push('…');
        }
        shown
    }

    /// The bytes shown for bytes of the file; at least one column wide where the line has any.
    pub(crate) fn place(&self, start: u32, end: u32) -> (usize, usize) {
        let shown = |byte: u32| {
            let at = self.places.partition_point(|(file, _)| *file < byte);
            self.places.get(at).or(self.places.last()).map_or(0, |(_, shown)| *shown)
        };
        let (from, to) = (shown(start), shown(end));
        (from, to.max(from))
    }
}

/// The bytes of a line around `focus` that fit into `width`.
fn fitting(near: &mut Near<'_>, line: &Range<u32>, focus: u32, width: usize) -> Range<u32> {
    // No character has more bytes than this, but some take no column; where these are many, more is looked at.
    let mut reach = offset(width * 4);
    loop {
        let (from, to) = (focus.saturating_sub(reach).max(line.start), focus.saturating_add(reach).min(line.end));
        let is_all = from == line.start && to == line.end;
        // With what is looked at next.
        let part = near.part(from.saturating_sub(LOOKED_BACK), to);
        let (from, to) = (part.start.max(line.start), (part.start + offset(part.text.len())).min(line.end));
        let before = part.get(from..focus).unwrap_or_default();
        let after = part.get(focus..to).unwrap_or_default();
        // What follows the focus has two thirds of the room, and what is left over is for the rest.
        let (_, used) = span(after.chars(), width - width / 3);
        // A label is written to the right of its place, so that place must not be far right.
        let (lead, used) = span(before.chars().rev(), width.saturating_sub(used).min(width * 2 / 5));
        let (tail, _) = span(after.chars(), width.saturating_sub(used));
        let is_cut = (lead == before.len() && from > line.start) || (tail == after.len() && to < line.end);
        if is_all || !is_cut {
            return focus - offset(lead)..focus + offset(tail);
        }
        reach = reach.saturating_mul(4);
    }
}

/// What stands for a character of a secret.
const HIDDEN: char = '•';

/// Whether a byte lies within a secret, the quotes around it aside.
fn is_secret(secrets: &[Range<u32>], byte: u32) -> bool {
    let after = secrets.partition_point(|range| range.end <= byte + 1);
    secrets.get(after).is_some_and(|range| range.start < byte)
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

/// Text has less than 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_source::SourceFile;

    #[test]
    fn no_character_of_a_secret_is_shown() {
        let text = r#"{"name": "Sync", "secret": "hush\"hush", "state": "on"}"#;
        let start = offset(text.find(r#""hush"#).unwrap_or_default());
        let secrets = [1..2, start..start + 12];
        let file = SourceFile::from_text("x".into(), text.into());
        let shown = Shown::new(&mut file.near(), 0..file.len(), 0, 200, &Secrets::known(&secrets));
        assert_eq!(shown.text, text.replace(r#"hush\"hush"#, &"•".repeat(10)));
    }
}
