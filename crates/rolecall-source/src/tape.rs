//! One value taken apart: its parts in a row, each with its bytes.

use crate::fault::offset;
use crate::key::{Key, Quoted};
use crate::scan::Kind;
use crate::sink::Sink;
use std::borrow::Cow;
use std::ops::Range;

/// A value, or a key of an object, which stands before its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    start: u32,
    end: u32,
    /// The row after everything within.
    next: u32,
    kind: Kind,
    is_escaped: bool,
}

impl Token {
    /// A key without escapes that lies within another, by what would lie in its quotes.
    pub(crate) fn key(inside: Range<usize>) -> Self {
        let (start, end) = (offset(inside.start.saturating_sub(1)), offset(inside.end + 1));
        Self { start, end, next: 0, kind: Kind::String, is_escaped: false }
    }

    /// The same bytes as those of something else.
    pub(crate) fn of_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// What lies in the quotes.
    pub(crate) fn inside(self) -> Range<usize> {
        self.start as usize + 1..self.end as usize - 1
    }
}

/// The parts of one value, in the order of the text. Keep one and read value after
/// value onto it: its room is used again.
#[derive(Clone, Debug, Default)]
pub struct Tape<'a> {
    /// What tokens are bytes of, and where that starts in all the text.
    text: &'a str,
    base: u32,
    tokens: Vec<Token>,
    /// Of what was closed last, which in the end is the root.
    is_alike: bool,
}

impl<'a> Tape<'a> {
    pub(crate) fn clear(&mut self, text: &'a str, base: u32) {
        (self.text, self.base) = (text, base);
        self.tokens.clear();
        self.is_alike = false;
    }

    /// An empty tape with the room of another.
    pub(crate) fn over(tokens: Vec<Token>) -> Self {
        Self { tokens, ..Self::default() }
    }

    /// A tape that was filled before, with the text that its tokens are bytes of.
    pub(crate) fn of(text: &'a str, base: u32, tokens: Vec<Token>, is_alike: bool) -> Self {
        Self { text, base, tokens, is_alike }
    }

    pub(crate) fn into_tokens(self) -> Vec<Token> {
        self.tokens
    }

    /// An empty tape over the text of a value.
    pub(crate) fn like(node: Node<'_, 'a>) -> Self {
        Self { text: node.tape.text, base: node.tape.base, ..Self::default() }
    }

    /// Adds a part that holds no others yet.
    pub(crate) fn put(&mut self, token: Token) {
        let next = offset(self.tokens.len() + 1);
        self.tokens.push(Token { next, ..token });
    }

    pub(crate) fn rows(&self) -> usize {
        self.tokens.len()
    }

    /// Tells which row comes after everything within one.
    pub(crate) fn set_next(&mut self, row: usize, next: u32) {
        self.tokens.get_mut(row).into_iter().for_each(|token| token.next = next);
    }

    #[inline]
    fn push(&mut self, kind: Kind, start: usize, end: usize, is_escaped: bool) -> usize {
        let row = self.tokens.len();
        self.tokens.push(Token { start: offset(start), end: offset(end), next: offset(row + 1), kind, is_escaped });
        row
    }

    /// Whether the value is an object with the keys of the last object at its depth, in the same order.
    #[must_use]
    pub fn is_alike(&self) -> bool {
        self.is_alike
    }

    /// The value. On a tape that nothing was read onto, null.
    #[must_use]
    pub fn root(&self) -> Node<'_, 'a> {
        Node { tape: self, row: 0 }
    }
}

impl Sink for Tape<'_> {
    #[inline]
    fn open(&mut self, kind: Kind, at: usize) -> usize {
        self.push(kind, at, at, false)
    }

    #[inline]
    fn close(&mut self, row: usize, end: usize, is_alike: bool) {
        self.is_alike = is_alike;
        let next = offset(self.tokens.len());
        if let Some(token) = self.tokens.get_mut(row) {
            (token.end, token.next) = (offset(end), next);
        }
    }

    #[inline]
    fn key(&mut self, key: Quoted) {
        self.push(Kind::String, key.start as usize, key.end as usize, key.is_escaped);
    }

    #[inline]
    fn plain(&mut self, kind: Kind, start: usize, end: usize, is_escaped: bool) {
        self.push(kind, start, end, is_escaped);
    }
}

/// A value on a tape.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t, 'a> {
    tape: &'t Tape<'a>,
    row: u32,
}

impl<'t, 'a> Node<'t, 'a> {
    /// The keys of an object with what is in their quotes, unless they have escapes, and the values, which are taken for
    /// such as hold no others; none for anything else.
    pub(crate) fn tokens(self) -> impl Iterator<Item = (Token, Option<&'a str>, Token)> + use<'t, 'a> {
        let keys = self.values().map(move |value| Node { tape: self.tape, row: value.row - 1 });
        keys.map(|key| (key.token(), key.plain(), Node { tape: key.tape, row: key.row + 1 }.token()))
    }

    #[inline]
    pub(crate) fn token(self) -> Token {
        let nothing = Token { start: 0, end: 0, next: self.row + 1, kind: Kind::Null, is_escaped: false };
        self.tape.tokens.get(self.row as usize).copied().unwrap_or(nothing)
    }

    /// What it is.
    #[inline]
    #[must_use]
    pub fn kind(self) -> Kind {
        self.token().kind
    }

    /// Its first byte in the text.
    #[inline]
    #[must_use]
    pub fn start(self) -> u32 {
        self.tape.base + self.token().start
    }

    /// The byte after its last one.
    #[inline]
    #[must_use]
    pub fn end(self) -> u32 {
        self.tape.base + self.token().end
    }

    /// The bytes as written.
    #[inline]
    #[must_use]
    pub fn raw(self) -> &'a str {
        let token = self.token();
        self.tape.text.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// Whether it is null.
    #[inline]
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// True or false, where it is either.
    #[must_use]
    pub fn bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.raw() == "true")
    }

    /// The number, where it is one that is whole, not negative and below 2⁶⁴.
    #[must_use]
    pub fn u64(self) -> Option<u64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// The number, as near as a float comes to it; none where it is beyond all floats.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        if self.kind() != Kind::Number {
            return None;
        }
        self.raw().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// How many elements an array or fields an object has; 0 for anything else.
    #[must_use]
    pub fn len(self) -> usize {
        // Of what is neither, both are empty.
        self.items().count() + self.fields().count()
    }

    /// Whether it holds no other values.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.token().next <= self.row + 1
    }

    /// The text of a string, unescaped.
    #[inline]
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        let token = self.token();
        (token.kind == Kind::String).then(|| self.key(token).text)
    }

    /// The text of a string without escapes.
    #[inline]
    #[must_use]
    pub fn plain(self) -> Option<&'a str> {
        let token = self.token();
        let is_plain = token.kind == Kind::String && !token.is_escaped;
        if is_plain { self.tape.text.get(token.start as usize + 1..token.end as usize - 1) } else { None }
    }

    /// The elements of an array; none for anything else.
    #[inline]
    pub fn items(self) -> impl Iterator<Item = Node<'t, 'a>> + use<'t, 'a> {
        let token = self.token();
        let end = if token.kind == Kind::Array { token.next } else { 0 };
        Rows { tape: self.tape, next: self.row + 1, end, gap: 0 }
    }

    /// The keys and values of an object; none for anything else.
    #[inline]
    pub fn fields(self) -> impl Iterator<Item = (Key<'a>, Node<'t, 'a>)> + use<'t, 'a> {
        let token = self.token();
        let end = if token.kind == Kind::Object { token.next } else { 0 };
        let mut rows = Rows { tape: self.tape, next: self.row + 1, end, gap: 0 };
        std::iter::from_fn(move || {
            let key = rows.next()?;
            Some((key.key(key.token()), rows.next()?))
        })
    }

    /// The values of an object without their keys; none for anything else.
    #[inline]
    pub fn values(self) -> impl Iterator<Item = Node<'t, 'a>> + use<'t, 'a> {
        let token = self.token();
        let end = if token.kind == Kind::Object { token.next } else { 0 };
        // A key is one row, and its value follows it.
        Rows { tape: self.tape, next: self.row + 2, end, gap: 1 }
    }

    /// The value under a key of an object; the first where the key is repeated.
    #[inline]
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'t, 'a>> {
        let tape = self.tape;
        let whole = self.token();
        let end = if whole.kind == Kind::Object { whole.next } else { 0 };
        let mut row = self.row + 1;
        while row < end {
            let token = Node { tape, row }.token();
            let value = Node { tape, row: row + 1 };
            if self.is_key(token, key) {
                return Some(value);
            }
            row = value.token().next;
        }
        None
    }

    /// The values under several keys of an object, gone over once; of a repeated key the first.
    #[inline]
    #[must_use]
    pub fn gets<const N: usize>(self, keys: [&str; N]) -> [Option<Node<'t, 'a>>; N] {
        let tape = self.tape;
        let whole = self.token();
        let end = if whole.kind == Kind::Object { whole.next } else { 0 };
        let mut found = [None; N];
        let mut row = self.row + 1;
        while row < end {
            let token = Node { tape, row }.token();
            let value = Node { tape, row: row + 1 };
            for (known, _) in found.iter_mut().zip(keys).filter(|(_, key)| self.is_key(token, key)) {
                *known = known.or(Some(value));
            }
            row = value.token().next;
        }
        found
    }

    /// Whether the key on a token is this one.
    #[inline]
    fn is_key(self, found: Token, key: &str) -> bool {
        if found.is_escaped {
            return self.is_escaped_key(found, key);
        }
        let inside = found.start as usize + 1..found.end as usize - 1;
        inside.len() == key.len() && self.tape.text.as_bytes().get(inside) == Some(key.as_bytes())
    }

    #[cold]
    fn is_escaped_key(self, found: Token, key: &str) -> bool {
        self.key(found).text == key
    }

    #[inline]
    fn key(self, token: Token) -> Key<'a> {
        let quoted = Quoted { start: token.start, end: token.end, is_escaped: token.is_escaped };
        quoted.key(self.tape.text, self.tape.base)
    }
}

struct Rows<'t, 'a> {
    tape: &'t Tape<'a>,
    next: u32,
    end: u32,
    /// How many rows lie between one value and the next.
    gap: u32,
}

impl<'t, 'a> Iterator for Rows<'t, 'a> {
    type Item = Node<'t, 'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { tape: self.tape, row: self.next };
        self.next = node.token().next + self.gap;
        Some(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scanner;

    fn read(text: &str) -> Tape<'_> {
        let mut tape = Tape::default();
        Scanner::new(text).read_tape(&mut tape).expect("good JSON");
        tape
    }

    #[test]
    fn parts_of_a_value_are_had_by_kind() {
        let tape = read(r#" {"a\u0062": [1, -2.5e1, 1e999, "x\n"], "t": true, "z": null, "o": {}} "#);
        let root = tape.root();
        assert_eq!((root.start(), root.len(), root.is_empty()), (1, 4, false));
        let list: Vec<Node> = root.get("ab").expect("unescaped").items().collect();
        assert_eq!((list[0].u64(), list[0].number(), list[0].raw()), (Some(1), Some(1.0), "1"));
        assert_eq!((list[1].u64(), list[1].number()), (None, Some(-25.0)));
        assert_eq!((list[2].kind(), list[2].number()), (Kind::Number, None));
        assert_eq!((list[3].text().as_deref(), list[3].raw(), list[3].len()), (Some("x\n"), r#""x\n""#, 0));
        assert_eq!(root.get("t").and_then(Node::bool), Some(true));
        assert!(root.get("z").is_some_and(Node::is_null));
        assert_eq!(root.get("o").map(|empty| (empty.is_empty(), empty.len())), Some((true, 0)));
        assert!(root.get("none").is_none() && list[0].get("a").is_none());
    }

    #[test]
    fn of_equal_keys_the_first_is_had() {
        assert_eq!(read(r#"{"a": 1, "\u0061": 2}"#).root().get("a").and_then(Node::u64), Some(1));
    }

    #[test]
    fn a_tape_is_used_again_and_an_unused_one_holds_null() {
        assert!(Tape::default().root().is_null());
        let (mut tape, mut scanner) = (Tape::default(), Scanner::new("[[1,2,3]] 7"));
        scanner.read_tape(&mut tape).expect("an array");
        scanner.read_tape(&mut tape).expect("a number");
        assert_eq!((tape.root().u64(), tape.root().start()), (Some(7), 10));
    }
}
