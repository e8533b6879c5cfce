//! One value taken apart: its parts in a row, each with its bytes.

use crate::fault::offset;
use crate::key::Key;
use crate::scan::Kind;
use std::borrow::Cow;

/// A value, or a key of an object, which stands before its value.
#[derive(Clone, Copy, Debug)]
struct Token {
    start: u32,
    end: u32,
    /// The row after everything within.
    next: u32,
    kind: Kind,
    is_escaped: bool,
}

/// The parts of one value, in the order of the text. Keep one and read value after
/// value onto it: its room is used again.
#[derive(Clone, Debug, Default)]
pub struct Tape<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Tape<'a> {
    pub(crate) fn clear(&mut self, text: &'a str) {
        self.text = text;
        self.tokens.clear();
    }

    pub(crate) fn push(&mut self, kind: Kind, start: usize, end: usize, is_escaped: bool) -> usize {
        let row = self.tokens.len();
        self.tokens.push(Token { start: offset(start), end: offset(end), next: offset(row + 1), kind, is_escaped });
        row
    }

    pub(crate) fn push_key(&mut self, key: &Key<'a>) {
        let is_escaped = matches!(key.text, Cow::Owned(_));
        self.push(Kind::String, key.start as usize, key.end as usize, is_escaped);
    }

    pub(crate) fn close(&mut self, row: usize, end: usize) {
        let next = offset(self.tokens.len());
        if let Some(token) = self.tokens.get_mut(row) {
            (token.end, token.next) = (offset(end), next);
        }
    }

    /// The value. On a tape that nothing was read onto, null.
    #[must_use]
    pub fn root(&self) -> Node<'_, 'a> {
        Node { tape: self, row: 0 }
    }
}

/// A value on a tape.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t, 'a> {
    tape: &'t Tape<'a>,
    row: u32,
}

impl<'t, 'a> Node<'t, 'a> {
    fn token(self) -> Token {
        let nothing = Token { start: 0, end: 0, next: self.row + 1, kind: Kind::Null, is_escaped: false };
        self.tape.tokens.get(self.row as usize).copied().unwrap_or(nothing)
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.token().kind
    }

    /// Its first byte in the text.
    #[must_use]
    pub fn start(self) -> u32 {
        self.token().start
    }

    /// The byte after its last one.
    #[must_use]
    pub fn end(self) -> u32 {
        self.token().end
    }

    /// The bytes as written.
    #[must_use]
    pub fn raw(self) -> &'a str {
        let token = self.token();
        self.tape.text.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// Whether it is null.
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

    /// The text of a string, unescaped.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        let token = self.token();
        (token.kind == Kind::String).then(|| self.key(token).text)
    }

    /// The elements of an array; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'t, 'a>> + use<'t, 'a> {
        let token = self.token();
        let end = if token.kind == Kind::Array { token.next } else { 0 };
        Rows { tape: self.tape, next: self.row + 1, end }
    }

    /// The keys and values of an object; none for anything else.
    pub fn fields(self) -> impl Iterator<Item = (Key<'a>, Node<'t, 'a>)> + use<'t, 'a> {
        let token = self.token();
        let end = if token.kind == Kind::Object { token.next } else { 0 };
        let mut rows = Rows { tape: self.tape, next: self.row + 1, end };
        std::iter::from_fn(move || {
            let key = rows.next()?;
            Some((key.key(key.token()), rows.next()?))
        })
    }

    /// The value under a key of an object; the first where the key is repeated.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'t, 'a>> {
        self.fields().find(|(found, _)| found.text == key).map(|(_, value)| value)
    }

    fn key(self, token: Token) -> Key<'a> {
        crate::key::key(self.tape.text, token.start as usize, token.end as usize, token.is_escaped)
    }
}

struct Rows<'t, 'a> {
    tape: &'t Tape<'a>,
    next: u32,
    end: u32,
}

impl<'t, 'a> Iterator for Rows<'t, 'a> {
    type Item = Node<'t, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { tape: self.tape, row: self.next };
        self.next = node.token().next;
        Some(node)
    }
}
