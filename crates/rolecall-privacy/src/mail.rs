//! E-mail addresses within a text.

use std::ops::Range;

/// An address and its two parts, by bytes of the text.
pub(crate) struct Mail {
    pub(crate) local: Range<usize>,
    pub(crate) domain: Range<usize>,
}

/// Every address of a text.
pub(crate) fn mails(text: &str) -> Vec<Mail> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let is_local = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
        let is_domain = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + 1..).unwrap_or_default();
        let start = before.len() - before.chars().rev().take_while(|c| is_local(*c)).map(char::len_utf8).sum::<usize>();
        let end = at + 1 + after.chars().take_while(|c| is_domain(*c)).map(char::len_utf8).sum::<usize>();
        let domain = text.get(at + 1..end).unwrap_or_default().trim_end_matches(['.', '-']);
        if start < at && !domain.is_empty() {
            found.push(Mail { local: start..at, domain: at + 1..at + 1 + domain.len() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        let found = |text: &'static str| -> Vec<(&'static str, &'static str)> {
            mails(text).into_iter().map(|mail| (&text[mail.local], &text[mail.domain])).collect()
        };
        assert_eq!(found("ana.reis@x.example"), [("ana.reis", "x.example")]);
        assert_eq!(found("to: <a+b@x.example>, é@localhost."), [("a+b", "x.example"), ("é", "localhost")]);
        assert_eq!(found("@x, a@ and @"), []);
    }
}
