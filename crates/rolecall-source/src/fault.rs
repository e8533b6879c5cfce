//! What keeps text from being JSON that every reader would read the same way.

/// The sort of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The file is an archive, or compressed.
    Packed,
    /// There is nothing but white space.
    Empty,
    /// The text ends within a value.
    Truncated,
    /// A character stands where it must not.
    Syntax,
    /// An object has one key twice.
    DuplicateKey,
    /// Values are nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// The file has 4 GiB or more.
    TooLarge,
    /// A key is longer than [`crate::MAX_KEY`].
    TooLong,
    /// The bytes could not be had.
    Unreadable,
}

impl FaultKind {
    /// The word for it in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not-utf8",
            Self::Packed => "packed",
            Self::Empty => "empty",
            Self::Truncated => "truncated",
            Self::Syntax => "syntax",
            Self::DuplicateKey => "duplicate-key",
            Self::TooDeep => "too-deep",
            Self::TooLarge => "too-large",
            Self::TooLong => "too-long",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The sort.
    pub kind: FaultKind,
    /// What is wrong, in lower case and without a final stop.
    pub message: String,
    /// The first byte at fault.
    pub at: u32,
    /// The byte after the last one at fault.
    pub end: u32,
    /// A second place that explains it, with a few words.
    pub related: Option<(u32, u32, String)>,
}

impl Fault {
    /// That of a file which need not be read to know that it is too large.
    #[must_use]
    pub fn too_large() -> Self {
        let message = "the file has 4 GiB or more, the most that places in a file can count";
        Self::new(FaultKind::TooLarge, message, 0, 0)
    }

    pub(crate) fn new(kind: FaultKind, message: impl Into<String>, at: usize, end: usize) -> Self {
        Self { kind, message: message.into(), at: offset(at), end: offset(end), related: None }
    }
}

/// What reading gives within the crate. The fault is boxed, so that a good outcome fits a register.
pub(crate) type Reading<T> = Result<T, Box<Fault>>;

/// Text is below 4 GiB: [`crate::SourceFile`] refuses anything longer.
#[inline]
pub(crate) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_beyond_counting_is_the_last_that_can_be_counted() {
        assert_eq!((offset(7), offset(usize::MAX)), (7, u32::MAX));
    }
}
