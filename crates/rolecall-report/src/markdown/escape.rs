//! Text that Markdown shows as it is.

use rolecall_source::visible;

/// A sentence whose parts in back-ticks become code; everything else is shown as written. A name that holds a back-tick
/// itself only moves what is shown as code.
pub(super) fn prose(text: &str) -> String {
    let text = visible(text);
    let mut shown = String::with_capacity(text.len() * 5 / 4);
    let parts = text.split('`');
    let last = parts.clone().count() - 1;
    for (number, part) in parts.enumerate() {
        let is_code = number % 2 == 1 && number < last;
        if is_code && !part.trim().is_empty() {
            // Two spans side by side would run into each other.
            if shown.ends_with('`') {
                shown.push(' ');
            }
            shown.push_str(&span(part));
        } else {
            // What is left over of a pair: the sign itself.
            if number == last && number % 2 == 1 || is_code {
                shown.push_str("\\`");
            }
            push_plain(&mut shown, part);
            if is_code {
                shown.push_str("\\`");
            }
        }
    }
    shown
}

/// Text as code. A back-tick cannot stand in it and becomes an apostrophe.
pub(super) fn code(text: &str) -> String {
    let text = visible(text).replace('`', "'");
    if text.trim().is_empty() { String::new() } else { span(&text) }
}

/// Text that means itself, back-ticks and bars too, so that it can stand in a table.
pub(super) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() * 5 / 4);
    push_plain(&mut shown, &visible(text));
    shown
}

/// Within back-ticks nothing means anything but a line end, and there is none.
fn span(text: &str) -> String {
    // A space at both ends would be taken off.
    if text.starts_with(' ') && text.ends_with(' ') { format!("` {text} `") } else { format!("`{text}`") }
}

/// Text that means itself. Mentions, references and addresses are looked for in what is left after Markdown, so that a
/// back-slash does not stop them and an element does.
fn push_plain(shown: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        let before = at.checked_sub(3).and_then(|start| text.get(start..at));
        let is_address = match c {
            ':' => !after.starts_with(' '),
            '.' => before.is_some_and(|word| word.eq_ignore_ascii_case("www")),
            _ => false,
        };
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '@' | '#' => shown.extend(["<span>", c.encode_utf8(&mut [0; 4]), "</span>"]),
            ':' | '.' if is_address => shown.extend(["<span>", c.encode_utf8(&mut [0; 4]), "</span>"]),
            '!' | '$' | '*' | '[' | '\\' | ']' | '^' | '_' | '{' | '|' | '}' | '~' | '`' => shown.extend(['\\', c]),
            c => shown.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_nothing_to_markdown() {
        assert_eq!(prose("role `A` is *bad*: it [is](x)"), "role `A` is \\*bad\\*: it \\[is\\](x)");
        assert_eq!(prose("`a``b`"), "`a` `b`");
        assert_eq!(prose("one ` alone"), "one \\` alone");
        assert_eq!(
            prose("<b> & @team https://x www.x"),
            "&lt;b&gt; &amp; <span>@</span>team https<span>:</span>//x www<span>.</span>x"
        );
        assert_eq!(code("a`b\n"), "`a'b\\n`");
        assert_eq!((code(" x "), code("  ")), ("`  x  `".to_owned(), String::new()));
    }
}
