//! Text from exports, made safe to show.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character may change what a terminal or reader makes of the text around
/// it: controls, line ends, bidirectional marks, invisible characters and tags.
#[inline]
#[must_use]
pub fn needs_escape(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a text holds nothing but what ASCII can print, a column each.
#[inline]
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The text with such characters written out: `\n`, `\t`, `\r`, and `\u{202e}` for the others.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    // Most text is plain, which is told of many bytes at a time.
    if is_plain(text) || !text.contains(needs_escape) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        push_visible(&mut shown, c);
    }
    Cow::Owned(shown)
}

/// Adds one character, written out where it must be.
pub fn push_visible(shown: &mut String, c: char) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\t' => shown.push_str("\\t"),
        '\r' => shown.push_str("\\r"),
        c if needs_escape(c) => {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        }
        c => shown.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_harmless_is_borrowed_and_the_rest_is_written_out() {
        assert!(matches!(visible("Ana Reis – 漢字"), Cow::Borrowed(_)));
        assert_eq!(visible("a\u{1b}[31m\u{202e}b\n\u{9b}"), "a\\u{1b}[31m\\u{202e}b\\n\\u{9b}");
    }
}
