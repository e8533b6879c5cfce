//! What tells one input from another.

use crate::Verdict;
use crate::verdict::Input;
use rolecall_source::SourceFile;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What tells a file as it lies on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// How many bytes it has.
    pub bytes: usize,
    /// Their SHA-256 in hexadecimal digits.
    pub sha256: String,
}

impl Original {
    /// Of a file that was read as it is; `None` where it is lost.
    #[must_use]
    pub fn of(source: &SourceFile) -> Option<Self> {
        let bytes = source.len() as usize + source.lead() as usize;
        Some(Self { bytes, sha256: sha256(source)? })
    }

    /// Of an input, whatever of it was read.
    pub(crate) fn of_input(verdict: &Verdict<'_>, input: &Input) -> Option<Self> {
        input.original.clone().or_else(|| verdict.sources.get(input.file).and_then(Self::of))
    }
}

/// The SHA-256 of a file's bytes as they were read, in hexadecimal digits.
fn sha256(source: &SourceFile) -> Option<String> {
    let mut hasher = Sha256::new();
    let is_there = source.each_piece(|piece| hasher.update(piece));
    is_there.then(|| digits(hasher))
}

/// That of some text.
pub(crate) fn sha256_of(text: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(text);
    digits(hasher)
}

fn digits(hasher: Sha256) -> String {
    hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_counts() {
        let of = |text: &str| sha256(&SourceFile::from_text("x".into(), text.into()));
        // Of "abc", from FIPS 180-4; of EF BB BF 61 62 63.
        assert_eq!(of("abc").as_deref(), Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        assert_eq!(Some(sha256_of("abc")), of("abc"));
        let marked = "1c28dc3f1f804a1ad9c9b4b4cf5e2658d16ad4ed08e3020d04a8d2865018947c";
        assert_eq!(of("\u{feff}abc").as_deref(), Some(marked));
    }
}
