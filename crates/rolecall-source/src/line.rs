//! From byte offsets to lines and columns.

use crate::fault::offset;
use crate::file::Body;
use crate::{Near, SourceFile};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode scalar values.
    pub column: u32,
    /// Bytes from the start of the file, its byte order mark included.
    pub offset: u32,
}

/// Bytes between two counts: what finding a line or a column may cost.
const BLOCK: usize = 1024;

/// What is counted before each block of a text, and in all.
#[derive(Debug)]
pub(crate) struct Counts {
    /// Line ends.
    line_ends: Vec<u32>,
    /// Characters; of a file kept whole they are counted when a column far out in a line is asked for.
    characters: OnceLock<Vec<u32>>,
}

/// Counts the lines and characters of a text while it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    line_ends: Vec<u32>,
    characters: Vec<u32>,
    /// Line ends and characters up to here.
    so_far: (u32, u32),
    length: u64,
}

impl LineCounts {
    /// Counts what comes next. Text may be cut anywhere, even within a character.
    pub fn add(&mut self, piece: &[u8]) {
        let mut rest = piece;
        while !rest.is_empty() {
            let taken = (self.length % BLOCK as u64) as usize;
            if taken == 0 {
                self.begin();
            }
            let (own, more) = rest.split_at((BLOCK - taken).min(rest.len()));
            let characters = if own.is_ascii() { offset(own.len()) } else { count(own) };
            self.so_far.0 = self.so_far.0.saturating_add(count_ends(own));
            self.so_far.1 = self.so_far.1.saturating_add(characters);
            self.length += own.len() as u64;
            rest = more;
        }
    }

    /// How many lines ended so far.
    #[must_use]
    pub fn line_ends(&self) -> u32 {
        self.so_far.0
    }

    /// How many bytes were counted; of 4 GiB and more, the most that can be told.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.length).unwrap_or(u32::MAX)
    }

    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn begin(&mut self) {
        self.line_ends.push(self.so_far.0);
        self.characters.push(self.so_far.1);
    }

    /// The text is at its end.
    pub(crate) fn finish(mut self) -> Counts {
        self.begin();
        self.line_ends.shrink_to_fit();
        self.characters.shrink_to_fit();
        Counts { line_ends: self.line_ends, characters: OnceLock::from(self.characters) }
    }
}

/// How many lines and characters start before each block of a file, so that a place is found
/// by looking at a few blocks. Build it once a file, and only for files with findings.
#[derive(Debug)]
pub struct LineIndex {
    counts: Arc<Counts>,
}

impl LineIndex {
    /// Reads a text that is kept once; of one that is not everything was counted before.
    #[must_use]
    pub fn new(file: &SourceFile) -> Self {
        let counts = match file.body() {
            Body::Parted(parted) => Arc::clone(parted.counts()),
            Body::Whole(text) => {
                Arc::new(Counts { line_ends: sums(text.as_bytes(), count_ends), characters: OnceLock::new() })
            }
        };
        Self { counts }
    }

    /// The line and column of an offset into the text of a file; one past the end is taken for the end.
    #[must_use]
    pub fn position(&self, near: &mut Near<'_>, at: u32) -> Position {
        let file = near.file();
        let at = at.min(file.len());
        let line = before(&self.counts.line_ends, near, at, count_ends);
        let start = self.line_start(near, line).unwrap_or(0);
        // A short line is counted for itself; a long one by what is known of the blocks.
        let column = if ((at - start.min(at)) as usize) < BLOCK {
            count(bytes(near, start..at))
        } else {
            let known = self.counts.characters.get_or_init(|| sums(file.text().as_bytes(), count));
            let far = before(known, near, at, count);
            far.saturating_sub(before(known, near, start, count))
        };
        Position { line: line + 1, column: column + 1, offset: at.saturating_add(file.lead()) }
    }

    /// The bytes of a line, from 1, less its end; `None` for a line that is not there.
    #[must_use]
    pub fn line_range(&self, near: &mut Near<'_>, line: u32) -> Option<Range<u32>> {
        let start = self.line_start(near, line.checked_sub(1)?)?;
        let end = self.line_start(near, line).map_or(near.file().len(), |next| next - 1);
        Some(start..less_return(near, start..end))
    }

    /// The numbers and bytes of a line, from 1, and of those after it, less their ends.
    pub fn lines(&self, near: &mut Near<'_>, line: u32) -> impl Iterator<Item = (u32, Range<u32>)> {
        let length = near.file().len();
        let mut start = line.checked_sub(1).and_then(|before| self.line_start(near, before));
        (line..=u32::MAX).map_while(move |line| {
            let from = start?;
            // Most lines end near; where one does not, the next is not looked for byte by byte.
            let beginning = bytes(near, from..from.saturating_add(offset(BLOCK)).min(length));
            let end = memchr::memchr(b'\n', beginning).map(|end| from + offset(end) + 1);
            start = end.or_else(|| self.line_start(near, line));
            let end = start.map_or(length, |next| next - 1);
            Some((line, from..less_return(near, from..end)))
        })
    }

    /// How many lines there are.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        self.counts.line_ends.last().copied().unwrap_or(0) + 1
    }

    /// The byte after the first `ends` line ends; `None` where there are fewer.
    fn line_start(&self, near: &mut Near<'_>, ends: u32) -> Option<u32> {
        if ends == 0 {
            return Some(0);
        }
        let known = &self.counts.line_ends;
        let block = known.partition_point(|before| *before < ends).checked_sub(1)?;
        let from = offset(block * BLOCK);
        let within = bytes(near, from..from.saturating_add(offset(BLOCK)).min(near.file().len()));
        let nth = ends - known.get(block)? - 1;
        memchr::memchr_iter(b'\n', within).nth(nth as usize).map(|at| from + offset(at) + 1)
    }
}

/// Some bytes of a text, which has them; none where the file is lost.
fn bytes<'n>(near: &'n mut Near<'_>, range: Range<u32>) -> &'n [u8] {
    if range.is_empty() { &[] } else { near.part(range.start, range.end).bytes(range) }
}

/// Where a line ends without the return before its line feed.
fn less_return(near: &mut Near<'_>, line: Range<u32>) -> u32 {
    let last = line.end.saturating_sub(1).max(line.start);
    if bytes(near, last..line.end) == b"\r" { last } else { line.end }
}

/// What is counted before a byte: what is known of the blocks before it, and the rest of its own.
fn before(known: &[u32], near: &mut Near<'_>, at: u32, count: impl Fn(&[u8]) -> u32) -> u32 {
    let block = at as usize / BLOCK;
    let rest = count(bytes(near, offset(block * BLOCK)..at));
    known.get(block).copied().unwrap_or(0) + rest
}

/// What is counted before each block, and in all.
fn sums(bytes: &[u8], count: impl Fn(&[u8]) -> u32) -> Vec<u32> {
    let mut sums = Vec::with_capacity(bytes.len() / BLOCK + 2);
    let mut sum = 0;
    for block in bytes.chunks(BLOCK) {
        sums.push(sum);
        sum += count(block);
    }
    sums.push(sum);
    sums
}

/// Line ends in some bytes.
fn count_ends(bytes: &[u8]) -> u32 {
    offset(memchr::memchr_iter(b'\n', bytes).count())
}

/// Characters that start in some bytes.
fn count(bytes: &[u8]) -> u32 {
    // In pieces so short that a byte can hold their sum, which makes one instruction of many.
    let starts = |piece: &[u8]| piece.iter().map(|byte| u8::from((*byte & 0xC0) != 0x80)).sum::<u8>();
    bytes.chunks(255).map(|piece| u32::from(starts(piece))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: u32) -> (u32, u32, u32) {
        let file = SourceFile::from_text("x".into(), text.into());
        let position = LineIndex::new(&file).position(&mut file.near(), offset);
        (position.line, position.column, position.offset)
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        assert_eq!(at("ä\nbc", 0), (1, 1, 0));
        assert_eq!(at("ä\nbc", 2), (1, 2, 2));
        assert_eq!(at("ä\nbc", 4), (2, 2, 4));
        assert_eq!(at("ä\nbc", 99), (2, 3, 5));
        assert_eq!(at("", 0), (1, 1, 0));
    }

    #[test]
    fn a_byte_order_mark_counts_as_bytes_of_the_file_but_as_no_column() {
        assert_eq!(at("\u{feff}[]", 1), (1, 2, 4));
    }

    #[test]
    fn columns_on_one_long_line_agree_with_counting() {
        let text: String = "aé漢".repeat(BLOCK);
        for byte in [0, 1, 3, 6, BLOCK - 1, BLOCK, BLOCK + 2, BLOCK * 2 - 2, BLOCK * 6 - 6, BLOCK * 6] {
            let end = (byte..).find(|b| text.is_char_boundary(*b)).expect("a boundary");
            let expected = text[..end].chars().count() + 1;
            assert_eq!(at(&text, u32::try_from(end).expect("small")).1, u32::try_from(expected).expect("small"));
        }
    }

    #[test]
    fn a_line_is_given_without_its_end() {
        let file = SourceFile::from_text("x".into(), "a\r\nbc\n".into());
        let index = LineIndex::new(&file);
        assert_eq!(index.line_range(&mut file.near(), 1), Some(0..1));
        assert_eq!(index.line_range(&mut file.near(), 2), Some(3..5));
        assert_eq!(index.line_range(&mut file.near(), 3), Some(6..6));
        assert_eq!((index.line_range(&mut file.near(), 0), index.line_range(&mut file.near(), 4)), (None, None));
    }

    #[test]
    fn lines_over_many_blocks_agree_with_counting() {
        let text: String = (0..3000).map(|n| format!("{}\n", "é".repeat(n % 17))).collect();
        let file = SourceFile::from_text("x".into(), text.clone());
        let index = LineIndex::new(&file);
        assert_eq!(index.line_count(), 3001);
        let mut start = 0;
        for (line, words) in (1..).zip(text.split('\n')) {
            let (from, to) = (offset(start), offset(start + words.len()));
            assert_eq!(index.line_range(&mut file.near(), line), Some(from..to));
            assert_eq!(index.lines(&mut file.near(), line).next(), Some((line, from..to)));
            let position = index.position(&mut file.near(), to);
            assert_eq!((position.line, position.column), (line, offset(words.chars().count()) + 1));
            start += words.len() + 1;
        }
    }

    #[test]
    fn lines_in_a_row_agree_with_each_alone_however_long() {
        let text: String =
            [0, 3, BLOCK - 2, BLOCK - 1, BLOCK, BLOCK * 3 + 1, 7, 0].map(|size| "é".repeat(size) + "\r\n").concat();
        let file = SourceFile::from_text("x".into(), text);
        let index = LineIndex::new(&file);
        for first in 1..=index.line_count() {
            let alone: Vec<_> =
                (first..).map_while(|line| Some((line, index.line_range(&mut file.near(), line)?))).collect();
            assert_eq!(index.lines(&mut file.near(), first).collect::<Vec<_>>(), alone);
            assert_eq!(alone.last().map(|(line, _)| *line), Some(index.line_count()));
        }
        assert_eq!(index.lines(&mut file.near(), index.line_count() + 1).count(), 0);
        assert_eq!(index.lines(&mut file.near(), 0).count(), 0);
    }

    #[test]
    fn a_text_of_whole_blocks_has_an_end_too() {
        for size in [BLOCK - 1, BLOCK, BLOCK * 2] {
            let text = "a".repeat(size - 1) + "\n";
            assert_eq!(at(&text, offset(size)), (2, 1, offset(size)));
            assert_eq!(at(&text, offset(size - 1)), (1, offset(size), offset(size - 1)));
        }
    }

    #[test]
    fn counts_are_the_same_whatever_the_pieces() {
        for text in ["", "a\r\n", &"aé漢😀\n".repeat(700), &"a".repeat(BLOCK * 3), &("b\n".repeat(BLOCK) + "é")] {
            let whole = SourceFile::from_text("x".into(), text.into());
            let bytes = text.as_bytes();
            for size in [1, 2, 7, BLOCK - 1, BLOCK, BLOCK + 1, BLOCK * 2, usize::MAX] {
                let mut counts = LineCounts::default();
                bytes.chunks(size).for_each(|piece| counts.add(piece));
                counts.add(&[]);
                assert_eq!((counts.len(), counts.is_empty()), (whole.len(), text.is_empty()));
                let counts = counts.finish();
                assert_eq!(counts.line_ends, LineIndex::new(&whole).counts.line_ends);
                assert_eq!(counts.characters.get(), Some(&sums(bytes, count)));
            }
        }
    }
}
