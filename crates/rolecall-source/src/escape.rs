//! Text from exports, made safe to show.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character may change what a terminal or reader makes of the text around
/// it: controls, line ends, bidirectional marks, invisible characters and tags. Invisible are those that Unicode calls
/// ignorable by default (`Default_Ignorable_Code_Point`) but for the two that choose how an emoji is drawn, the marks
/// of annotations, and the pattern of Braille that has no dots.
#[inline]
#[must_use]
pub fn needs_escape(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
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
        assert_eq!(visible("Hangul\u{3164} \u{2800}\u{e0100}"), "Hangul\\u{3164} \\u{2800}\\u{e0100}");
        assert!(matches!(visible("\u{2764}\u{fe0f}"), Cow::Borrowed(_)), "an emoji is drawn as it was chosen");
        assert_eq!(visible("a\u{1b}[31m\u{202e}b\n\u{9b}"), "a\\u{1b}[31m\\u{202e}b\\n\\u{9b}");
    }
}
