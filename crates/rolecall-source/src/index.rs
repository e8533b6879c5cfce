//! Keys compared, and those of an object of many by hash.

use crate::fault::offset;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// The first of equal keys of an object by its number, each with half of its hash.
#[derive(Debug, Default)]
pub(crate) struct Index {
    hasher: DefaultHashBuilder,
    keys: HashTable<(u32, u32)>,
}

impl Index {
    /// The key that says the same as one that has the number `at`, which joins the index where there is none. `is_same`
    /// tells whether the key of a number says a text.
    pub(crate) fn join(&mut self, said: &str, at: usize, is_same: impl Fn(usize, &str) -> bool) -> Option<usize> {
        let half = self.hasher.hash_one(said) as u32;
        let is_known = |known: &(u32, u32)| known.0 == half && is_same(known.1 as usize, said);
        let known = self.keys.find(spread(half), is_known).map(|known| known.1 as usize);
        if known.is_none() {
            self.keys.insert_unique(spread(half), (half, offset(at)), |known| spread(known.0));
        }
        known
    }
}

/// A hash of 64 bits made of half of one: a table takes a place from its low bits, and a mark from its high ones.
fn spread(half: u32) -> u64 {
    u64::from(half) << 32 | u64::from(half)
}

/// Whether two stretches of one length are the same. Few are longer than four words of the machine, and those are
/// compared without a call.
#[inline]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        17..=32 => one.first_chunk::<16>() == other.first_chunk() && one.last_chunk::<16>() == other.last_chunk(),
        8..=16 => one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk(),
        4..=7 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        _ => one == other,
    }
}

/// A number that is equal for equal keys and seldom for others: the length and up to eight bytes.
#[inline]
pub(crate) fn digest(key: &[u8]) -> u64 {
    // The ends of long keys differ more often than their starts.
    let bytes = match (key.last_chunk::<8>(), key.first_chunk::<4>(), key.last_chunk::<4>()) {
        (Some(last), ..) => u64::from_le_bytes(*last),
        (None, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => key.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte)),
    };
    bytes ^ (key.len() as u64).rotate_right(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_length_are_compared_to_their_last_byte() {
        for length in 2..40 {
            let key = "k".repeat(length);
            assert!(is_same(key.as_bytes(), key.as_bytes()));
            for at in 0..length {
                let mut other = key.clone().into_bytes();
                other[at] = b'x';
                assert!(!is_same(key.as_bytes(), &other), "{length} {at}");
            }
        }
    }

    #[test]
    fn a_digest_knows_how_long_a_key_is() {
        assert_ne!(digest(b"12345678"), digest(b"112345678"));
    }
}
