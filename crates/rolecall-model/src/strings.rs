//! Text of the export, kept once: identifiers as numbers, names as slices of one buffer.

use crate::table::Table;
use hashbrown::DefaultHashBuilder;
use rayon::prelude::*;
use std::hash::BuildHasher;
use std::num::NonZeroU32;

/// An identifier, equal to another when the text is equal.
///
/// One that may be absent takes no more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sym(NonZeroU32);

impl Default for Sym {
    fn default() -> Self {
        Self::of_index(0)
    }
}

/// A slice of the text buffer; two slices may hold equal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Text {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Text {
    /// Whether there is no text, which stands for an absent field.
    #[inline]
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
    table: Table,
    /// Symbols that were asked for more than once of late, by a part of their digest: most of what a large export
    /// says are a few thousand names again and again, and the table of all is too large to be near.
    recent: Recent,
    hasher: DefaultHashBuilder,
}

/// How many symbols are kept near at most, and at first.
const RECENT: usize = 4096;
const RECENT_FIRST: usize = 256;

/// How long a text may be to be kept near itself.
const SHORT: usize = 48;

/// From how many symbols of another buffer on a second thread is worth its start.
const ADOPTED: usize = 20_000;

/// Symbols that are kept near, each at a place that its digest tells.
#[derive(Clone, Debug, Default)]
struct Recent {
    places: Vec<Option<Near>>,
    taken: usize,
}

/// A symbol that is kept near, in one line of the processor's memory with its text where that is short.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Near {
    digest: u32,
    sym: Sym,
    text: Text,
    short: [u8; SHORT],
}

impl Near {
    fn new(digest: u32, sym: Sym, text: Text, buffer: &str) -> Self {
        let mut short = [0; SHORT];
        let said = slice(buffer, text).as_bytes();
        if let Some(place) = short.get_mut(..said.len()) {
            place.copy_from_slice(said);
        }
        Self { digest, sym, text, short }
    }

    #[inline]
    fn is(&self, text: &str, buffer: &str) -> bool {
        match self.short.get(..self.text.len as usize) {
            Some(short) => short == text.as_bytes(),
            None => slice(buffer, self.text) == text,
        }
    }
}

impl Recent {
    #[inline]
    fn find(&self, digest: u32, text: &str, buffer: &str) -> Option<Sym> {
        let near = self.places.get(digest as usize & self.places.len().wrapping_sub(1))?.as_ref()?;
        (near.digest == digest && near.is(text, buffer)).then_some(near.sym)
    }

    fn keep(&mut self, near: Near) {
        if self.taken >= self.places.len() / 2 && self.places.len() < RECENT {
            let more = (self.places.len() * 4).max(RECENT_FIRST);
            let before = std::mem::replace(&mut self.places, vec![None; more]);
            self.taken = 0;
            before.into_iter().flatten().for_each(|near| self.put(near));
        }
        self.put(near);
    }

    fn put(&mut self, near: Near) {
        let place = near.digest as usize & self.places.len().wrapping_sub(1);
        if let Some(place) = self.places.get_mut(place) {
            self.taken += usize::from(place.replace(near).is_none());
        }
    }
}

impl Strings {
    /// The symbol of `text`, made when it is new.
    #[inline]
    pub fn intern(&mut self, text: &str) -> Sym {
        let digest = self.digest(text);
        if let Some(known) = self.recent.find(digest, text, &self.buffer) {
            return known;
        }
        if let Some(sym) = self.find(digest, text) {
            let text = self.symbols.get(sym.index()).copied().unwrap_or_default();
            self.recent.keep(Near::new(digest, sym, text, &self.buffer));
            return sym;
        }
        let kept = self.keep(text);
        self.add(digest, kept)
    }

    /// Makes room for what so many bytes of input may say. What is not needed of it is hardly ever touched.
    pub fn reserve(&mut self, bytes: usize) {
        // Few exports have more than one name that is new in so many bytes; where one does, the table grows.
        let symbols = bytes / 384;
        self.symbols.reserve(symbols);
        self.table.reserve(symbols);
    }

    /// The symbol of `text`, if it was ever interned.
    #[must_use]
    pub fn lookup(&self, text: &str) -> Option<Sym> {
        self.find(self.digest(text), text)
    }

    #[inline]
    fn find(&self, digest: u32, text: &str) -> Option<Sym> {
        let is_same = |sym: Sym| self.symbols.get(sym.index()).is_some_and(|known| slice(&self.buffer, *known) == text);
        self.table.find(digest, is_same)
    }

    #[inline]
    fn digest(&self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        // The half that is kept has to be a good one by itself.
        #[allow(clippy::cast_possible_truncation)]
        {
            (hash ^ (hash >> 32)) as u32
        }
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
    #[inline]
    #[must_use]
    pub fn of(&self, sym: Sym) -> &str {
        self.symbols.get(sym.index()).map_or("", |t| slice(&self.buffer, *t))
    }

    /// The text of a slice.
    #[inline]
    #[must_use]
    pub fn text(&self, text: Text) -> &str {
        slice(&self.buffer, text)
    }

    /// Whether a text may hold a piece; none does where this says no.
    #[must_use]
    pub fn may_hold(&self, piece: &str) -> bool {
        self.buffer.contains(piece)
    }

    /// Whether a reference is one that only an evaluation could tell: a variable, a condition, nothing at all.
    pub(crate) fn is_unresolved(&self, reference: Sym) -> bool {
        let text = self.of(reference);
        text == "null" || text.contains("${")
    }

    /// Whether any reference may be such a one.
    pub(crate) fn may_have_unresolved(&self) -> bool {
        self.lookup("null").is_some() || self.may_hold("${")
    }

    /// Every symbol.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = Sym> + use<> {
        (0..to_u32(self.symbols.len())).map(Sym::of_index)
    }

    /// How many symbols there are; their numbers run from 0.
    #[must_use]
    pub fn symbol_count(&self) -> usize {
        self.symbols.len()
    }

    /// Takes over another buffer: its slices move by the length given back, and its
    /// symbols map to ours by the table given back.
    pub(crate) fn absorb(&mut self, other: &Self) -> (u32, Vec<Sym>) {
        self.symbols.reserve(other.symbols.len());
        self.table.reserve(other.symbols.len());
        // What is in the buffer need not be put there once more where it is new.
        let shift = to_u32(self.buffer.len());
        self.buffer.push_str(&other.buffer);
        let moved = |text: &Text| Text { start: text.start.saturating_add(shift), ..*text };
        // No two of the other's are equal, so that none need be looked for among those which are added here. Looking
        // waits for memory, and is done side by side.
        let look = |text: &Text| {
            let text = slice(&self.buffer, moved(text));
            let digest = self.digest(text);
            (digest, self.find(digest, text))
        };
        let found: Vec<(u32, Option<Sym>)> = other.symbols.par_iter().with_min_len(ADOPTED).map(look).collect();
        let adopt = |(text, (digest, known)): (&Text, (u32, Option<Sym>))| {
            known.unwrap_or_else(|| self.add(digest, moved(text)))
        };
        let map = other.symbols.iter().zip(found).map(adopt).collect();
        (shift, map)
    }

    /// A new symbol.
    #[inline]
    fn add(&mut self, digest: u32, text: Text) -> Sym {
        let sym = Sym::of_index(to_u32(self.symbols.len()));
        self.symbols.push(text);
        self.table.add(digest, sym);
        sym
    }
}

impl Sym {
    /// The number of the symbol, for tables indexed by symbol.
    #[inline]
    #[must_use]
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// The same from 1.
    #[inline]
    pub(crate) fn number(self) -> NonZeroU32 {
        self.0
    }

    /// The symbol of a number from 1.
    #[inline]
    pub(crate) fn of_number(number: NonZeroU32) -> Self {
        Self(number)
    }

    /// The symbol of a number from 0.
    #[inline]
    pub(crate) fn of_index(number: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(number))
    }
}

#[inline]
fn slice(buffer: &str, text: Text) -> &str {
    let start = text.start as usize;
    buffer.get(start..start + text.len as usize).unwrap_or("")
}

/// Input is refused above 4 GiB, and text is never longer than its input.
fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
