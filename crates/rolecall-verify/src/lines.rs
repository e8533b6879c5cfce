//! Which line and column a byte is at.

/// Bytes between two counts of characters, so that a line of any length costs no more than this.
const BLOCK: usize = 4096;

/// What is counted of a text once.
pub(crate) struct Lines {
    starts: Vec<usize>,
    /// Characters before each block.
    characters: Vec<usize>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        let mut sum = 0;
        let before = |block: &[u8]| {
            let before = sum;
            sum += count(block);
            before
        };
        Self { starts, characters: text.as_bytes().chunks(BLOCK).map(before).collect() }
    }

    /// The line and the column of a byte, from 1.
    pub(crate) fn position(&self, text: &str, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|before| self.starts.get(before)).copied().unwrap_or_default();
        (line, self.before(text, at) - self.before(text, start) + 1)
    }

    fn before(&self, text: &str, at: usize) -> usize {
        let block = at / BLOCK;
        let known = self.characters.get(block).copied().unwrap_or_default();
        known + count(text.as_bytes().get(block * BLOCK..at).unwrap_or_default())
    }
}

/// Characters that start in some bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_counting() {
        let text = format!("ä\nb{}\n{}x", "é".repeat(BLOCK), "漢".repeat(BLOCK));
        let lines = Lines::of(&text);
        for (at, _) in text.char_indices() {
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
            if at % 7 < 2 {
                assert_eq!(lines.position(&text, at), (line, column), "{at}");
            }
        }
    }
}
