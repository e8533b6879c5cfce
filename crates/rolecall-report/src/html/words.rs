//! Text of an export and of rules as markup.

use maud::{Markup, html};
use rolecall_source::visible;

/// Text that nobody can be deceived by: what could hide or reorder it is written out.
pub(super) fn safe(text: &str) -> String {
    visible(text).into_owned()
}

/// A sentence in which names stand in back-ticks; permissions and settings are set as code.
pub(super) fn sentence(text: &str) -> Markup {
    let shown = visible(text);
    html! {
        @for (number, part) in shown.split('`').enumerate() {
            @if number % 2 == 0 { (part) } @else if part.contains([':', '_', '[']) { code { (part) } } @else { b { (part) } }
        }
    }
}

/// The paragraphs of one section of a rule's page, lists as lines.
pub(super) fn section(page: &str, title: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let mut is_inside = false;
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            is_inside = heading.trim() == title;
        } else if is_inside && (line.trim().is_empty() || line.starts_with("- ")) {
            paragraphs.push(line.strip_prefix("- ").map(|item| format!("– {item}")).unwrap_or_default());
        } else if is_inside && let Some(last) = paragraphs.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line.trim());
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// `1 finding`, `3 findings`.
pub(super) fn count(number: usize, noun: &str) -> String {
    crate::summary::count(number, noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_a_page_is_read_in_paragraphs() {
        let page = "# T\n\n## Why\n\nOne\ntwo `x`.\n\n- a\n  b\n- c\n\n## Fix\n\nthree\n";
        assert_eq!(section(page, "Why"), ["One two `x`.", "– a b", "– c"]);
        assert_eq!(section(page, "Fix"), ["three"]);
        assert_eq!(section(page, "None"), [""; 0]);
    }

    #[test]
    fn markup_and_hidden_characters_of_names_are_shown_and_do_nothing() {
        let shown = sentence("`<script>` and \u{202e}x").into_string();
        assert_eq!(shown, "<b>&lt;script&gt;</b> and \\u{202e}x");
    }
}
