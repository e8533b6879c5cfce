//! From byte offsets to lines and columns.

use crate::SourceFile;
use crate::fault::offset;
use std::ops::Range;

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

/// Bytes between two counts of characters: what finding a column may cost.
const BLOCK: usize = 4096;

/// Where the lines of a file start. Build it once a file, and only for files with findings.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Characters before each block of the text.
    characters: Vec<u32>,
}

impl LineIndex {
    /// Reads the text once.
    #[must_use]
    pub fn new(file: &SourceFile) -> Self {
        let bytes = file.text().as_bytes();
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|at| offset(at + 1))).collect();
        let mut before = 0;
        let mut characters = Vec::with_capacity(bytes.len() / BLOCK + 1);
        for block in bytes.chunks(BLOCK) {
            characters.push(before);
            before += count(block);
        }
        Self { starts, characters }
    }

    /// The line and column of an offset into the text; one past the end is taken for the end.
    #[must_use]
    pub fn position(&self, file: &SourceFile, at: u32) -> Position {
        let bytes = file.text().as_bytes();
        let at = (at as usize).min(bytes.len());
        let line = self.starts.partition_point(|start| *start as usize <= at);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0) as usize;
        let column = 1 + self.characters_before(bytes, at) - self.characters_before(bytes, start);
        Position { line: offset(line), column, offset: offset(at) + file.lead() }
    }

    /// The bytes of a line, from 1, less its end; `None` for a line that is not there.
    #[must_use]
    pub fn line_range(&self, file: &SourceFile, line: u32) -> Option<Range<u32>> {
        let line = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).map_or(file.text().len(), |next| *next as usize - 1);
        let text = file.text().get(start as usize..end)?;
        Some(start..start + offset(text.strip_suffix('\r').unwrap_or(text).len()))
    }

    /// How many lines there are.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        offset(self.starts.len())
    }

    fn characters_before(&self, bytes: &[u8], at: usize) -> u32 {
        let block = at / BLOCK;
        let known = self.characters.get(block).copied();
        let Some(known) = known else {
            // The very end of a text that fills its last block.
            let last = self.characters.len().saturating_sub(1);
            let rest = bytes.get(last * BLOCK..at).map_or(0, count);
            return self.characters.get(last).copied().unwrap_or(0) + rest;
        };
        known + bytes.get(block * BLOCK..at).map_or(0, count)
    }
}

/// Characters that start in some bytes.
fn count(bytes: &[u8]) -> u32 {
    offset(bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count())
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
        for byte in [0, 1, 3, 6, 4095, 4096, 4098, 8190, 24570, 24576] {
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
}
