//! Lines that are no commands to what keeps the log.
//!
//! A runner of GitHub Actions reads what a step prints: a line that begins with `::`, after any white space, is a
//! command, and so is `##[` anywhere in one. A name may hold either, and wrapping puts it at the start of a line.

use std::borrow::Cow;
use std::io::{self, Write};

/// A line in which a space takes away what would be a command.
#[must_use]
pub fn inert(line: &str) -> Cow<'_, str> {
    let text = line.trim_start();
    let is_command = text.starts_with("::");
    if !is_command && !line.contains("##[") {
        return Cow::Borrowed(line);
    }
    let (indent, text) = line.split_at(line.len() - text.len());
    let text = text.replace("##[", "## [");
    Cow::Owned(match text.strip_prefix(':').filter(|_| is_command) {
        Some(rest) => format!("{indent}: {rest}"),
        None => format!("{indent}{text}"),
    })
}

/// Whether the bytes of a line show at a glance that it is good text and no command.
fn is_sure(line: &[u8]) -> bool {
    let starts_in_a_sign =
        || line.iter().find(|byte| **byte != b' ').is_some_and(|byte| matches!(byte, 0..b' ' | b':'));
    line.is_ascii() && !line.contains(&b'#') && !starts_in_a_sign()
}

/// Makes every line inert that is written through it. What follows the last line end is written by `flush`.
pub(crate) struct Inert<'w> {
    out: &'w mut dyn Write,
    line: Vec<u8>,
}

impl<'w> Inert<'w> {
    pub(crate) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, line: Vec::new() }
    }

    fn put(&mut self) -> io::Result<()> {
        let written = if is_sure(&self.line) {
            self.out.write_all(&self.line)
        } else {
            self.out.write_all(inert(&String::from_utf8_lossy(&self.line)).as_bytes())
        };
        self.line.clear();
        written
    }
}

impl Write for Inert<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.put()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.put()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_space_is_enough() {
        assert_eq!(inert("  ::error::x"), "  : :error::x");
        assert_eq!(inert("\u{3000}:::x ##[error]"), "\u{3000}: ::x ## [error]");
        assert_eq!(inert("###[a] ####[b]"), "### [a] #### [b]");
        for plain in ["a ::error::", ": ::error::", "#[x]", "## [x]", ""] {
            assert_eq!(inert(plain), plain);
        }
    }

    proptest! {
        #[test]
        fn no_line_is_a_command_however_it_is_written(pieces in prop::collection::vec("[:#\\[ \u{3000}a\n]{0,6}", 0..9)) {
            let mut out = Vec::new();
            let mut inert = Inert::new(&mut out);
            pieces.iter().try_for_each(|piece| inert.write_all(piece.as_bytes())).expect("memory");
            inert.flush().expect("memory");
            let out = String::from_utf8(out).expect("UTF-8");
            for line in out.split('\n') {
                prop_assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line:?}");
            }
            // Nothing is lost, and nothing but spaces is added.
            prop_assert_eq!(out.replace(' ', ""), pieces.concat().replace(' ', ""));
        }
    }
}
