//! Rows by symbol; rows that share a symbol are chained.

use crate::Sym;
use hashbrown::HashMap;

/// Stands for no row.
const NONE: u32 = u32::MAX;

/// Rows by symbol. Add them from the last to the first; they come back from the first to the last.
pub(crate) struct Rows {
    first: First,
    next: HashMap<u32, u32>,
}

/// The first row of each symbol: a table of all symbols where most have a row, so that looking up is an
/// access to memory, and else a small one by hash.
enum First {
    Dense(Vec<u32>),
    Sparse(HashMap<Sym, u32>),
}

impl Rows {
    /// No rows yet, of a tenant with so many symbols.
    pub(crate) fn new(symbols: usize, expected: usize) -> Self {
        let is_dense = expected > symbols / 8;
        let first =
            if is_dense { First::Dense(vec![NONE; symbols]) } else { First::Sparse(HashMap::with_capacity(expected)) };
        Self { first, next: HashMap::new() }
    }

    pub(crate) fn add(&mut self, sym: Sym, row: u32) {
        let later = match &mut self.first {
            First::Dense(all) => {
                all.get_mut(sym.index()).map(|first| std::mem::replace(first, row)).filter(|later| *later != NONE)
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
            First::Dense(all) => all.get(sym.index()).copied().filter(|row| *row != NONE),
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
            First::Dense(all) => all.iter().copied().filter(|row| *row != NONE && is_shared(*row)).collect(),
            First::Sparse(some) => some.values().copied().filter(|row| is_shared(*row)).collect(),
        };
        heads.into_iter().map(|head| Chain { at: Some(head), next: Some(&self.next) }.collect()).collect()
    }
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
        for (symbols, expected) in [(4, 4), (4000, 4)] {
            let mut rows = Rows::new(symbols, expected);
            for (sym, row) in [(3, 7), (1, 5), (3, 2), (3, 0)] {
                rows.add(Sym::of_index(sym), row);
            }
            assert_eq!(rows.get(Sym::of_index(3)).collect::<Vec<_>>(), [0, 2, 7]);
            assert_eq!(rows.get(Sym::of_index(1)).collect::<Vec<_>>(), [5]);
            assert!(rows.get(Sym::of_index(2)).is_empty());
            assert_eq!(rows.shared(), [[0, 2, 7]]);
        }
    }
}
