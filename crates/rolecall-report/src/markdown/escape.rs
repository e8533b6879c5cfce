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
            part.chars().for_each(|c| push_plain(&mut shown, c));
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

/// Within back-ticks nothing means anything but a line end, and there is none.
fn span(text: &str) -> String {
    // A space at both ends would be taken off.
    if text.starts_with(' ') && text.ends_with(' ') { format!("` {text} `") } else { format!("`{text}`") }
}

/// One character that means itself. Mentions and references are looked for in what is left after Markdown, so that a
/// back-slash does not stop them and an element does.
fn push_plain(shown: &mut String, c: char) {
    match c {
        '<' => shown.push_str("&lt;"),
        '>' => shown.push_str("&gt;"),
        '&' => shown.push_str("&amp;"),
        '@' => shown.push_str("<span>@</span>"),
        '#' => shown.push_str("<span>#</span>"),
        '!' | '$' | '*' | '[' | '\\' | ']' | '^' | '_' | '{' | '|' | '}' | '~' | '`' => shown.extend(['\\', c]),
        // An address would become a link; in a sentence a colon is followed by a space.
        ':' => shown.push_str("<span>:</span>"),
        c => shown.push(c),
    }
}
