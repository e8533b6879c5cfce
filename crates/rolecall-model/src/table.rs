//! Symbols by the hash of what they say.

use crate::Sym;

/// Symbols by a part of the hash of their texts: an open table with as many places as a power of two, of which a quarter
/// at least is free.
///
/// What is known of a symbol lies at its place itself, so that looking for a text that is new waits for memory once, and
/// putting it there does not wait again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// The digest and the number of a symbol, from 1; nothing is 0. Places that were never used take no memory.
    places: Vec<u64>,
    count: usize,
}

impl Table {
    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        let needed = (self.count + more) * 4 / 3 + 1;
        if needed <= self.places.len() {
            return;
        }
        let before = std::mem::replace(&mut self.places, vec![0; needed.next_power_of_two()]);
        // In their order, which that of their new places follows.
        before.into_iter().filter(|place| *place != 0).for_each(|symbol| self.put(symbol));
    }

    /// The symbol of a digest that is the one looked for.
    #[inline]
    pub(crate) fn find(&self, digest: u32, is_it: impl Fn(Sym) -> bool) -> Option<Sym> {
        let mut at = self.first(digest);
        loop {
            let (known, sym) = parts(*self.places.get(at)?)?;
            if known == digest && is_it(sym) {
                return Some(sym);
            }
            at = self.next(at);
        }
    }

    /// Adds a symbol that is not there.
    #[inline]
    pub(crate) fn add(&mut self, digest: u32, sym: Sym) {
        if (self.count + 1) * 4 > self.places.len() * 3 {
            self.reserve(self.count.max(8));
        }
        self.count += 1;
        self.put(u64::from(digest) << 32 | u64::from(sym.number().get()));
    }

    #[inline]
    fn put(&mut self, symbol: u64) {
        let mut at = self.first((symbol >> 32) as u32);
        while self.places.get(at).is_some_and(|place| *place != 0) {
            at = self.next(at);
        }
        if let Some(place) = self.places.get_mut(at) {
            *place = symbol;
        }
    }

    /// The place at which a digest is looked for first. The order of digests is that of their places.
    #[inline]
    fn first(&self, digest: u32) -> usize {
        // Below 2³², so that the product of both has its whole part above.
        let places = self.places.len() as u64;
        (u64::from(digest).wrapping_mul(places) >> 32) as usize
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        (at + 1) & self.places.len().wrapping_sub(1)
    }
}

#[inline]
fn parts(place: u64) -> Option<(u32, Sym)> {
    let number = std::num::NonZeroU32::new(place as u32)?;
    Some(((place >> 32) as u32, Sym::of_number(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, digest: impl Fn(u32) -> u32) {
        // An interpreter takes a thousand times as long.
        let count = if cfg!(miri) { 60 } else { 1500 };
        let mut table = Table::default();
        for n in 0..count {
            let sym = Sym::of_index(n);
            assert_eq!(table.find(digest(n), |found| found == sym), None, "{name} {n}");
            table.add(digest(n), sym);
            if n == count / 2 {
                table.reserve(5000);
            }
        }
        for n in 0..count {
            let sym = Sym::of_index(n);
            assert_eq!(table.find(digest(n), |found| found == sym), Some(sym), "{name} {n}");
            assert_eq!(table.find(digest(n), |_| false), None, "{name} {n}");
        }
    }

    #[test]
    fn every_symbol_is_found_and_no_other_whatever_their_digests() {
        check("spread", |n| n.wrapping_mul(0x9E37_79B9));
        check("all the same", |_| u32::MAX);
        check("few", |n| n % 7);
        check("at the end", |n| u32::MAX - n);
    }

    #[test]
    fn an_empty_table_finds_nothing() {
        assert_eq!(Table::default().find(7, |_| true), None);
    }
}
