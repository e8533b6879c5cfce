//! Rows by symbol; rows that share a symbol are chained.

use crate::Sym;
use hashbrown::HashMap;
use std::ops::Range;

/// Stands for no row.
const NONE: u32 = u32::MAX;

/// Rows by symbol. Add them from the last to the first; they come back from the first to the last.
pub(crate) struct Rows {
    first: First,
    next: HashMap<u32, u32>,
}

/// The first row of each symbol: a table of the symbols from a first one on where many of these have a row, so that looking
/// up is an access to memory, and else a small one by hash.
enum First {
    Dense(usize, Vec<u32>),
    Sparse(HashMap<Sym, u32>),
}

/// A table may be so many times as large as what it holds.
const ROOM: usize = 8;

impl Rows {
    /// No rows yet; so many are expected, and their symbols lie within a range.
    pub(crate) fn new(symbols: Range<usize>, expected: usize) -> Self {
        let first = if symbols.len() / ROOM < expected {
            First::Dense(symbols.start, vec![NONE; symbols.len()])
        } else {
            First::Sparse(HashMap::with_capacity(expected))
        };
        Self { first, next: HashMap::new() }
    }

    /// The rows of symbols, the last of them first. What is read of one file lies side by side, so the symbols of a kind
    /// do where it is not by far the most of the tenant.
    pub(crate) fn of(rows: impl Iterator<Item = (Sym, u32)> + Clone, expected: usize, symbols: usize) -> Self {
        let range = if symbols / ROOM < expected { 0..symbols } else { range(rows.clone().map(|(sym, _)| sym)) };
        let mut of = Self::new(range, expected);
        rows.for_each(|(sym, row)| of.add(sym, row));
        of
    }

    pub(crate) fn add(&mut self, sym: Sym, row: u32) {
        let later = match &mut self.first {
            First::Dense(start, all) => {
                let first = sym.index().checked_sub(*start).and_then(|at| all.get_mut(at));
                first.map(|first| std::mem::replace(first, row)).filter(|later| *later != NONE)
            }
            First::Sparse(some) => some.insert(sym, row),
        };
        if let Some(later) = later {
            self.next.insert(row, later);
        }
    }

    /// The rows of a symbol.
    #[inline]
    pub(crate) fn get(&self, sym: Sym) -> Chain<'_> {
        let first = match &self.first {
            First::Dense(start, all) => all.get(sym.index().wrapping_sub(*start)).copied().filter(|row| *row != NONE),
            First::Sparse(some) => some.get(&sym).copied(),
        };
        Chain { at: first, next: Some(&self.next) }
    }

    /// The chains of more than one row, in no order.
    pub(crate) fn shared(&self) -> Vec<Vec<u32>> {
        if self.next.is_empty() {
            return Vec::new();
        }
        let is_shared = |row: u32| self.next.contains_key(&row);
        let heads: Vec<u32> = match &self.first {
            First::Dense(_, all) => all.iter().copied().filter(|row| *row != NONE && is_shared(*row)).collect(),
            First::Sparse(some) => some.values().copied().filter(|row| is_shared(*row)).collect(),
        };
        heads.into_iter().map(|head| Chain { at: Some(head), next: Some(&self.next) }.collect()).collect()
    }
}

/// The symbols from the first to the last.
fn range(symbols: impl Iterator<Item = Sym>) -> Range<usize> {
    let (mut start, mut end) = (usize::MAX, 0);
    for sym in symbols {
        (start, end) = (start.min(sym.index()), end.max(sym.index() + 1));
    }
    start.min(end)..end
}

/// The rows that share a symbol.
#[derive(Clone, Default)]
pub(crate) struct Chain<'r> {
    at: Option<u32>,
    next: Option<&'r HashMap<u32, u32>>,
}

impl Chain<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.at.is_none()
    }
}

impl Iterator for Chain<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let row = self.at?;
        // Hardly any row shares its symbol.
        self.at = self.next.filter(|next| !next.is_empty()).and_then(|next| next.get(&row)).copied();
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_whatever_the_table() {
        let sym = |number| Sym::of_index(number);
        for symbols in [0..2004, 2000..2004, 2001..2004, 0..100_000] {
            let mut rows = Rows::new(symbols, 4);
            let all = [(2003, 7), (2001, 5), (2003, 2), (2003, 0)];
            all.iter().for_each(|(number, row)| rows.add(sym(*number), *row));
            let found = Rows::of(all.iter().map(|(number, row)| (sym(*number), *row)), 4, 100_000);
            for rows in [rows, found] {
                assert_eq!(rows.get(sym(2003)).collect::<Vec<_>>(), [0, 2, 7]);
                assert_eq!(rows.get(sym(2001)).collect::<Vec<_>>(), [5]);
                assert!([0, 2000, 2002, 2004, 99_999].iter().all(|other| rows.get(sym(*other)).is_empty()));
                assert_eq!(rows.shared(), [[0, 2, 7]]);
            }
        }
    }
}
