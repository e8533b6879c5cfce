//! JSON strings: where they end, and what they say.

/// Why a string cannot be read, and the bytes at fault.
pub(crate) enum Broken {
    /// The text ends within the string.
    Ends,
    /// A control character stands in it unescaped.
    Control(usize),
    /// An escape means nothing.
    Escape(usize, usize),
    /// Half of a surrogate pair stands alone.
    Surrogate(usize, usize),
}

/// The byte after the closing quote of a string that is good up to the byte `at` in it.
pub(crate) fn end(bytes: &[u8], mut at: usize) -> Result<usize, Broken> {
    loop {
        at = plain_run(bytes, at);
        match bytes.get(at) {
            None => return Err(Broken::Ends),
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape(bytes, at)?,
            Some(_) => return Err(Broken::Control(at)),
        }
    }
}

/// The first byte from `at` on that is a quote, a backslash or a control character.
#[inline]
pub(crate) fn plain_run(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Eight bytes at a time. A borrow may raise a false mark, but only above a true
    // one, so the lowest mark is always right.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGHS;
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(chunk);
        let marks =
            below(word, 0x20) | below(word ^ (ONES * u64::from(b'"')), 1) | below(word ^ (ONES * u64::from(b'\\')), 1);
        if marks != 0 {
            return at + (marks.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|b| *b >= 0x20 && *b != b'"' && *b != b'\\') {
        at += 1;
    }
    at
}

/// The byte after the escape that starts at `at`.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Broken> {
    match bytes.get(at + 1) {
        None => Err(Broken::Ends),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            let high = unit(bytes, at)?;
            match high {
                0xD800..0xDC00 => match (bytes.get(at + 6), bytes.get(at + 7)) {
                    (Some(b'\\'), Some(b'u')) if (0xDC00..0xE000).contains(&unit(bytes, at + 6)?) => Ok(at + 12),
                    (None, _) | (Some(b'\\'), None) => Err(Broken::Ends),
                    _ => Err(Broken::Surrogate(at, at + 6)),
                },
                0xDC00..0xE000 => Err(Broken::Surrogate(at, at + 6)),
                _ => Ok(at + 6),
            }
        }
        Some(_) => Err(Broken::Escape(at, at + 2)),
    }
}

/// The number of the `\uXXXX` at `at`.
fn unit(bytes: &[u8], at: usize) -> Result<u32, Broken> {
    let mut number = 0;
    for place in at + 2..at + 6 {
        let digit = match bytes.get(place) {
            None => return Err(Broken::Ends),
            Some(byte) => char::from(*byte).to_digit(16).ok_or(Broken::Escape(at, place + 1))?,
        };
        number = number * 16 + digit;
    }
    Ok(number)
}

/// What the inside of a string says. The string was found good by [`end`].
pub(crate) fn unescape(inside: &str) -> String {
    let mut said = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((plain, escape)) = rest.split_once('\\') {
        said.push_str(plain);
        let mut letters = escape.chars();
        let letter = letters.next().unwrap_or('\\');
        rest = letters.as_str();
        match letter {
            'b' => said.push('\u{8}'),
            'f' => said.push('\u{c}'),
            'n' => said.push('\n'),
            'r' => said.push('\r'),
            't' => said.push('\t'),
            'u' => {
                let number = |text: &str| text.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                let mut code = number(rest).unwrap_or(0xFFFD);
                rest = rest.get(4..).unwrap_or_default();
                if (0xD800..0xDC00).contains(&code) {
                    let low = rest.get(2..).and_then(number).unwrap_or(0xDC00);
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                    rest = rest.get(6..).unwrap_or_default();
                }
                said.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            other => said.push(other),
        }
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_run_ends_at_the_first_byte_that_is_not_plain() {
        for length in 0..40 {
            for stop in ["\"", "\\", "\n", "\0", "\u{1f}"] {
                let text = format!("{}{stop}\"\\é", &"aé!#[]\u{7f}".repeat(8)[..length - usize::from(length % 8 == 2)]);
                let expected = text.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\');
                assert_eq!(Some(plain_run(text.as_bytes(), 0)), expected, "{text:?}");
            }
        }
        assert_eq!(plain_run(b"abc", 0), 3);
        assert_eq!(plain_run(b"abc", 9), 9);
    }

    #[test]
    fn escapes_say_what_they_stand_for() {
        assert_eq!(unescape(r#"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00."#), "\"\\/\u{8}\u{c}\n\r\té😀.");
    }
}
