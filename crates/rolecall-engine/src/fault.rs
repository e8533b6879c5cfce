//! What is wrong with a settings or rule file: always with a place, and a suggestion where one is near.

use std::ops::Range;

/// A fault in a file that people write by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// The path as given.
    pub path: String,
    /// The text of the file.
    pub text: String,
    /// The bytes at fault.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it; may be empty.
    pub help: String,
}

impl FileFault {
    /// A fault at some bytes of a file.
    #[must_use]
    pub fn new(path: &str, text: &str, at: Range<usize>, message: String, help: String) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), at, message, help }
    }

    /// The fault that a TOML reader found in the part of `text` that starts at `start`.
    pub(crate) fn of_toml(path: &str, text: &str, start: usize, error: &toml::de::Error) -> Self {
        let at = error.span().unwrap_or(0..0);
        let message = error.message().replace('\n', " ");
        let help = suggestion_in(&message).unwrap_or_default();
        Self::new(path, text, at.start + start..at.end + start, message, help)
    }
}

/// How many known words a suggestion lists where none is near.
const LISTED: usize = 24;

/// The word of `known` that is nearest to `word`, as help.
pub(crate) fn suggestion<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    if let Some(near) = nearest(word, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    if known.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = known.iter().take(LISTED).map(|k| format!("`{k}`")).collect();
    let more = known.len() - shown.len();
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("one of {}{rest}", shown.join(", "))
}

/// The word that `word` may be a slip for, whatever the letter case.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let near = known.into_iter().map(|k| (strsim::damerau_levenshtein(&word, &k.to_lowercase()), k)).min();
    near.filter(|(distance, _)| *distance <= 1 + word.chars().count() / 3).map(|(_, known)| known)
}

/// Serde names the unknown word first and then the known ones, all in back-ticks.
fn suggestion_in(message: &str) -> Option<String> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let word = quoted.next()?;
    Some(suggestion(word, quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_and_far_ones_are_listed() {
        assert_eq!(suggestion("permision", ["permission", "scope"]), "did you mean `permission`?");
        assert_eq!(suggestion("xyzzy", ["scope", "permission"]), "one of `permission`, `scope`");
        let said = suggestion_in("unknown field `teir`, expected one of `tier`, `scope`");
        assert_eq!(said.as_deref(), Some("did you mean `tier`?"));
        assert_eq!(suggestion_in("invalid type"), None);
    }
}
