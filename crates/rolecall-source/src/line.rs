//! From byte offsets to lines and columns.

use crate::SourceFile;
use crate::fault::offset;
use std::ops::Range;
use std::sync::OnceLock;

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

/// How many lines and characters start before each block of a file, so that a place is found
/// by looking at one block. Build it once a file, and only for files with findings.
#[derive(Debug)]
pub struct LineIndex {
    /// Line ends before each block, and in all.
    line_ends: Vec<u32>,
    /// Characters before each block, and in all; counted when a column far out in a line is asked for.
    characters: OnceLock<Vec<u32>>,
}

impl LineIndex {
    /// Reads the text once.
    #[must_use]
    pub fn new(file: &SourceFile) -> Self {
        let line_ends = sums(file.text().as_bytes(), |block| offset(memchr::memchr_iter(b'\n', block).count()));
        Self { line_ends, characters: OnceLock::new() }
    }

    /// The line and column of an offset into the text; one past the end is taken for the end.
    #[must_use]
    pub fn position(&self, file: &SourceFile, at: u32) -> Position {
        let bytes = file.text().as_bytes();
        let at = (at as usize).min(bytes.len());
        let line = self.before(&self.line_ends, bytes, at, |part| offset(memchr::memchr_iter(b'\n', part).count()));
        let start = self.line_start(bytes, line).unwrap_or(0);
        let characters = |at| self.before(self.characters.get_or_init(|| sums(bytes, count)), bytes, at, count);
        // A short line is counted for itself; a long one by what is known of the blocks.
        let column = match bytes.get(start..at) {
            Some(line) if line.len() < BLOCK => 1 + count(line),
            _ => 1 + characters(at) - characters(start),
        };
        Position { line: line + 1, column, offset: offset(at) + file.lead() }
    }

    /// The bytes of a line, from 1, less its end; `None` for a line that is not there.
    #[must_use]
    pub fn line_range(&self, file: &SourceFile, line: u32) -> Option<Range<u32>> {
        let bytes = file.text().as_bytes();
        let start = self.line_start(bytes, line.checked_sub(1)?)?;
        let end = self.line_start(bytes, line).map_or(bytes.len(), |next| next - 1);
        let text = file.text().get(start..end)?;
        Some(offset(start)..offset(start + text.strip_suffix('\r').unwrap_or(text).len()))
    }

    /// The numbers and bytes of a line, from 1, and of those after it, less their ends.
    pub fn lines<'f>(&'f self, file: &'f SourceFile, line: u32) -> impl Iterator<Item = (u32, Range<u32>)> + 'f {
        let text = file.text();
        let mut start = line.checked_sub(1).and_then(|before| self.line_start(text.as_bytes(), before));
        (line..).map_while(move |line| {
            let from = start?;
            let rest = text.as_bytes().get(from..)?;
            // Most lines end near; where one does not, the next is not looked for byte by byte.
            let near = memchr::memchr(b'\n', rest.get(..BLOCK).unwrap_or(rest)).map(|end| from + end + 1);
            start = near.or_else(|| self.line_start(text.as_bytes(), line));
            let own = text.get(from..start.map_or(text.len(), |next| next - 1))?;
            Some((line, offset(from)..offset(from + own.strip_suffix('\r').unwrap_or(own).len())))
        })
    }

    /// How many lines there are.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        self.line_ends.last().copied().unwrap_or(0) + 1
    }

    /// The byte after the first `ends` line ends; `None` where there are fewer.
    fn line_start(&self, bytes: &[u8], ends: u32) -> Option<usize> {
        if ends == 0 {
            return Some(0);
        }
        let block = self.line_ends.partition_point(|before| *before < ends).checked_sub(1)?;
        let known = self.line_ends.get(block)?;
        let from = block * BLOCK;
        let within = bytes.get(from..)?.chunks(BLOCK).next()?;
        memchr::memchr_iter(b'\n', within).nth((ends - known - 1) as usize).map(|at| from + at + 1)
    }

    /// What is counted before a byte: what is known of the blocks before it, and the rest of its own.
    fn before(&self, known: &[u32], bytes: &[u8], at: usize, count: impl Fn(&[u8]) -> u32) -> u32 {
        let block = at / BLOCK;
        let rest = bytes.get(block * BLOCK..at).map_or(0, count);
        known.get(block).copied().unwrap_or(0) + rest
    }
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
        let position = LineIndex::new(&file).position(&file, offset);
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
        assert_eq!(index.line_range(&file, 1), Some(0..1));
        assert_eq!(index.line_range(&file, 2), Some(3..5));
        assert_eq!(index.line_range(&file, 3), Some(6..6));
        assert_eq!((index.line_range(&file, 0), index.line_range(&file, 4)), (None, None));
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
            assert_eq!(index.line_range(&file, line), Some(from..to));
            assert_eq!(index.lines(&file, line).next(), Some((line, from..to)));
            let position = index.position(&file, to);
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
            let alone: Vec<_> = (first..).map_while(|line| Some((line, index.line_range(&file, line)?))).collect();
            assert_eq!(index.lines(&file, first).collect::<Vec<_>>(), alone);
            assert_eq!(alone.last().map(|(line, _)| *line), Some(index.line_count()));
        }
        assert_eq!(index.lines(&file, index.line_count() + 1).count(), 0);
        assert_eq!(index.lines(&file, 0).count(), 0);
    }

    #[test]
    fn a_text_of_whole_blocks_has_an_end_too() {
        for size in [BLOCK - 1, BLOCK, BLOCK * 2] {
            let text = "a".repeat(size - 1) + "\n";
            assert_eq!(at(&text, offset(size)), (2, 1, offset(size)));
            assert_eq!(at(&text, offset(size - 1)), (1, offset(size), offset(size - 1)));
        }
    }
}
