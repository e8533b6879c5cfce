//! Files: kept whole, or known well enough to read parts of them again.

use crate::fault::offset;
use crate::parted::Parted;
use crate::{Fault, FaultKind, LineCounts, Near, Stamp};
use std::path::PathBuf;
use std::sync::Arc;

/// The number of a file in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// The most bytes that a file may have, and all files of a run together: offsets are 32 bits.
pub const MAX_BYTES: u64 = u32::MAX as u64;

pub(crate) const BOM: &str = "\u{feff}";

/// A file of valid UTF-8, less its byte order mark.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: String,
    bom: bool,
    body: Body,
}

/// The text of a file.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// All of it.
    Whole(String),
    /// How to read it again.
    Parted(Arc<Parted>),
}

impl SourceFile {
    /// Takes over the bytes of a file. `path` is what reports show.
    ///
    /// # Errors
    /// When the bytes are not UTF-8, nothing but white space, or 4 GiB and more.
    pub fn from_bytes(path: String, bytes: Vec<u8>) -> Result<Self, Fault> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Fault::too_large());
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let (at, length) = (error.utf8_error().valid_up_to(), error.utf8_error().error_len());
            let bytes = error.as_bytes();
            let line = 1 + memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default()).count();
            not_utf8(bytes, at, at + length.unwrap_or(1), line)
        })?;
        let file = Self::from_text(path, text);
        let text = file.text();
        if text.trim_ascii().is_empty() {
            return Err(Fault::new(FaultKind::Empty, "the file is empty", 0, text.len()));
        }
        Ok(file)
    }

    /// A file of text already at hand.
    #[must_use]
    pub fn from_text(path: String, mut text: String) -> Self {
        let bom = text.starts_with(BOM);
        if bom {
            text.drain(..BOM.len());
        }
        Self { path, bom, body: Body::Whole(text) }
    }

    /// A file that was read piece by piece and is not kept: where it lies, what the file system said of it when it was
    /// read, whether a byte order mark stood before its text, and what was counted of that.
    #[must_use]
    pub fn parted(path: String, at: PathBuf, stamp: Stamp, bom: bool, lines: LineCounts) -> Self {
        let lead = if bom { offset(BOM.len()) } else { 0 };
        Self { path, bom, body: Body::Parted(Arc::new(Parted::new(at, stamp, lead, lines))) }
    }

    /// The path as reports show it, with `/`; `-` for standard input.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text, less its byte order mark. A file that is not kept is read again for it, and kept from then on; there
    /// is no text of one that is lost.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.body {
            Body::Whole(text) => text,
            Body::Parted(parted) => parted.text(),
        }
    }

    /// How many bytes the text has, which takes no reading.
    #[must_use]
    pub fn len(&self) -> u32 {
        match &self.body {
            Body::Whole(text) => offset(text.len()),
            Body::Parted(parted) => parted.len(),
        }
    }

    /// Whether the text has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes stood before the text: those of a byte order mark.
    #[must_use]
    pub fn lead(&self) -> u32 {
        if self.bom { offset(BOM.len()) } else { 0 }
    }

    /// Parts of the text, one after the other.
    #[must_use]
    pub fn near(&self) -> Near<'_> {
        Near::new(self)
    }

    /// Whether a later look found the file gone or changed, so that what was asked of it was not to be had.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(&self.body, Body::Parted(parted) if parted.is_lost())
    }

    /// Hands over every byte of the file, its byte order mark included, in order. False where the file is lost, and
    /// what was handed over is none of it.
    #[must_use]
    pub fn each_piece(&self, mut take: impl FnMut(&[u8])) -> bool {
        match &self.body {
            Body::Whole(text) => {
                take(if self.bom { BOM.as_bytes() } else { &[] });
                take(text.as_bytes());
                true
            }
            Body::Parted(parted) => parted.each_piece(take),
        }
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }
}

/// What bytes are that start so and are not UTF-8, of which the first from `at` to `end`, on a line, cannot be read.
pub(crate) fn not_utf8(bytes: &[u8], at: usize, end: usize, line: usize) -> Fault {
    let starts: [(&[u8], FaultKind, &str); 7] = [
        (&[0xFF, 0xFE], FaultKind::NotUtf8, "the file is UTF-16"),
        (&[0xFE, 0xFF], FaultKind::NotUtf8, "the file is UTF-16"),
        (&[0x1F, 0x8B], FaultKind::Packed, "the file is packed with gzip"),
        (b"PK\x03\x04", FaultKind::Packed, "the file is a zip archive"),
        (&[0x28, 0xB5, 0x2F, 0xFD], FaultKind::Packed, "the file is packed with zstd"),
        (b"BZh", FaultKind::Packed, "the file is packed with bzip2"),
        (&[0xFD, b'7', b'z', b'X', b'Z'], FaultKind::Packed, "the file is packed with xz"),
    ];
    let known = starts.into_iter().find(|(start, ..)| bytes.starts_with(start));
    let (kind, message) = known.map_or_else(
        || (FaultKind::NotUtf8, format!("byte {at}, on line {line}, is not UTF-8")),
        |(_, kind, message)| (kind, message.to_owned()),
    );
    Fault::new(kind, message, at, end)
}

/// The files of a run, in order of their numbers.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and gives it its number.
    pub fn push(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(offset(self.files.len() - 1))
    }

    /// The file of a number.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// Every file with its number.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(bytes: &[u8]) -> (FaultKind, u32, u32) {
        let fault = SourceFile::from_bytes("x".into(), bytes.to_vec()).expect_err("a fault");
        (fault.kind, fault.at, fault.end)
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_remembered() {
        let file = SourceFile::from_bytes("x".into(), "\u{feff}[]".into()).expect("text");
        assert_eq!((file.text(), file.lead()), ("[]", 3));
        let file = SourceFile::from_bytes("x".into(), "[]\u{feff}".into()).expect("text");
        assert_eq!((file.text(), file.lead()), ("[]\u{feff}", 0));
    }

    #[test]
    fn what_holds_nothing_is_empty() {
        for bytes in ["", " \r\n\t", "\u{feff}", "\u{feff}\n"] {
            assert_eq!(fault(bytes.as_bytes()).0, FaultKind::Empty);
        }
    }

    #[test]
    fn the_first_bytes_that_are_not_utf8_are_told() {
        assert_eq!(fault(b"[\"a\xff\"]"), (FaultKind::NotUtf8, 3, 4));
        assert_eq!(fault(b"\xff\xfe[\0"), (FaultKind::NotUtf8, 0, 1));
        // A surrogate, and a character cut short by the end.
        assert_eq!(fault(b"\xed\xa0\x80"), (FaultKind::NotUtf8, 0, 1));
        assert_eq!(fault(b"ab\xe2\x82"), (FaultKind::NotUtf8, 2, 3));
    }

    #[test]
    fn what_is_packed_or_in_another_encoding_is_called_so() {
        let said = |bytes: &[u8]| SourceFile::from_bytes("x".into(), bytes.to_vec()).expect_err("a fault").message;
        assert_eq!(said(b"\xff\xfe[\0]\0"), "the file is UTF-16");
        assert_eq!(said(b"\x1f\x8b\x08\0"), "the file is packed with gzip");
        assert_eq!(said(b"PK\x03\x04\xff"), "the file is a zip archive");
        assert_eq!(said(b"[\n\xff"), "byte 2, on line 2, is not UTF-8");
        assert_eq!(fault(b"\x1f\x8b\x08\0").0, FaultKind::Packed);
    }

    #[test]
    fn files_have_numbers_in_order() {
        let mut sources = Sources::new();
        let first = sources.push(SourceFile::from_text("a".into(), "1".into()));
        let second = sources.push(SourceFile::from_text("b".into(), "2".into()));
        assert_eq!((first, second, sources.len(), sources.is_empty()), (FileId(0), FileId(1), 2, false));
        assert_eq!(sources.get(second).map(SourceFile::path), Some("b"));
        assert!(sources.get(FileId(2)).is_none());
        assert_eq!(sources.iter().map(|(id, _)| id).collect::<Vec<_>>(), [first, second]);
    }
}
