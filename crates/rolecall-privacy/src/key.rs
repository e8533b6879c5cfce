//! The secret that pseudonyms come from.

use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher24;
use std::hash::Hasher;

/// The digits of a pseudonym: none that is taken for another.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many digits; fifty bits keep a million people apart.
const LENGTH: usize = 10;

/// The first number of ten digits.
const FIRST_OF_TEN: u64 = 1_000_000_000;

/// A secret. With the same one a name has the same pseudonym in every run; without it nobody can try names out.
#[derive(Clone, Copy, Debug)]
pub struct Key(u64, u64);

impl Key {
    /// The key of a secret of any length.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        let hash = Sha256::digest(secret);
        let mut words =
            hash.chunks_exact(8).map(|part| part.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte)));
        Self(words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// What stands for a text among others of its sort.
    pub(crate) fn code(&self, sort: &str, text: &str) -> String {
        let mut rest = self.hash(sort, text);
        let mut code = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            let digit = usize::try_from(rest % 32).unwrap_or_default();
            code.push(DIGITS.get(digit).map_or('0', |digit| char::from(*digit)));
            rest /= 32;
        }
        code
    }

    /// A code with capitals of its own for a spelling, one at the least.
    pub(crate) fn cased(&self, spelling: &str, code: &str) -> String {
        let bits = self.hash("spelling", spelling);
        let is_capital = |(at, c): (usize, char)| (c.is_ascii_lowercase() && bits >> (at % 64) & 1 == 1).then_some(at);
        let capitals: Vec<usize> = code.char_indices().filter_map(is_capital).collect();
        let is_all = capitals.is_empty();
        let shown = |(at, c): (usize, char)| if is_all || capitals.contains(&at) { c.to_ascii_uppercase() } else { c };
        code.char_indices().map(shown).collect()
    }

    /// What stands for a number: another of ten digits.
    pub(crate) fn number(&self, text: &str) -> String {
        (FIRST_OF_TEN + self.hash("number", text) % (9 * FIRST_OF_TEN)).to_string()
    }

    fn hash(&self, sort: &str, text: &str) -> u64 {
        let mut hasher = SipHasher24::new_with_keys(self.0, self.1);
        hasher.write(sort.as_bytes());
        hasher.write_u8(0);
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_the_key_the_sort_and_the_text() {
        let code = Key::of(b"one").code("name", "Ana Reis");
        assert_eq!(code, Key::of(b"one").code("name", "Ana Reis"));
        for other in [
            Key::of(b"two").code("name", "Ana Reis"),
            Key::of(b"one").code("mail", "Ana Reis"),
            Key::of(b"one").code("name", "Ana Reiz"),
        ] {
            assert_ne!(code, other);
        }
    }
}
