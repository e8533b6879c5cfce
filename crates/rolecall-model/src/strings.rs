//! Text of the export, kept once: identifiers as numbers, names as slices of one buffer.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// An identifier, equal to another when the text is equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Sym(pub(crate) u32);

/// A slice of the text buffer; two slices may hold equal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Text {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Text {
    /// Whether there is no text, which stands for an absent field.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// All text of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    buffer: String,
    symbols: Vec<Text>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Strings {
    /// The symbol of `text`, made when it is new.
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = self.hasher.hash_one(text);
        let (buffer, symbols) = (&self.buffer, &self.symbols);
        let same = |at: &u32| symbols.get(*at as usize).is_some_and(|t| slice(buffer, *t) == text);
        if let Some(found) = self.table.find(hash, same) {
            return Sym(*found);
        }
        let kept = self.keep(text);
        let number = to_u32(self.symbols.len());
        self.symbols.push(kept);
        let (buffer, symbols, hasher) = (&self.buffer, &self.symbols, &self.hasher);
        let rehash = |at: &u32| hasher.hash_one(symbols.get(*at as usize).map_or("", |t| slice(buffer, *t)));
        self.table.insert_unique(hash, number, rehash);
        Sym(number)
    }

    /// The symbol of `text`, if it was ever interned.
    #[must_use]
    pub fn lookup(&self, text: &str) -> Option<Sym> {
        let same = |at: &u32| self.symbols.get(*at as usize).is_some_and(|t| slice(&self.buffer, *t) == text);
        self.table.find(self.hasher.hash_one(text), same).map(|found| Sym(*found))
    }

    /// Keeps `text` without looking whether it is already there.
    pub fn keep(&mut self, text: &str) -> Text {
        let start = to_u32(self.buffer.len());
        self.buffer.push_str(text);
        Text { start, len: to_u32(text.len()) }
    }

    /// Keeps two texts with a space between them.
    pub fn keep_pair(&mut self, first: &str, second: &str) -> Text {
        let start = to_u32(self.buffer.len());
        self.buffer.push_str(first);
        if !first.is_empty() && !second.is_empty() {
            self.buffer.push(' ');
        }
        self.buffer.push_str(second);
        Text { start, len: to_u32(self.buffer.len()) - start }
    }

    /// The text of a symbol.
    #[must_use]
    pub fn of(&self, sym: Sym) -> &str {
        self.symbols.get(sym.0 as usize).map_or("", |t| slice(&self.buffer, *t))
    }

    /// The text of a slice.
    #[must_use]
    pub fn text(&self, text: Text) -> &str {
        slice(&self.buffer, text)
    }

    /// How many symbols there are; their numbers run from 0.
    #[must_use]
    pub fn symbol_count(&self) -> usize {
        self.symbols.len()
    }

    /// Takes over another buffer: its slices move by the length given back, and its
    /// symbols map to ours by the table given back.
    pub(crate) fn absorb(&mut self, other: &Self) -> (u32, Vec<Sym>) {
        let map = other.symbols.iter().map(|t| self.intern(slice(&other.buffer, *t))).collect();
        let shift = to_u32(self.buffer.len());
        self.buffer.push_str(&other.buffer);
        (shift, map)
    }
}

impl Sym {
    /// The number of the symbol, for tables indexed by symbol.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

fn slice(buffer: &str, text: Text) -> &str {
    let start = text.start as usize;
    buffer.get(start..start + text.len as usize).unwrap_or("")
}

/// Input is refused above 4 GiB, and text is never longer than its input.
fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
