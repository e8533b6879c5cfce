//! A pull scanner for strict JSON: every byte is checked, also in what is skipped.

use crate::fault::offset;
use crate::key::{Key, Keys, Object, key};
use crate::string::{self, Broken};
use crate::tape::Tape;
use crate::{Fault, FaultKind};
use std::ops::Range;

/// How deep values may be nested.
pub const MAX_DEPTH: usize = 128;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number of any size.
    Number,
    /// A string.
    String,
    /// `[…]`
    Array,
    /// `{…}`
    Object,
}

/// An array or object that is open.
#[derive(Debug)]
struct Frame<'a> {
    open: usize,
    is_fresh: bool,
    keys: Object<'a>,
}

/// Reads values one after the other, in the order of the text.
///
/// A repeated key does not end the reading: it is written down, and
/// [`Scanner::take_faults`] gives it out. Every other fault ends it.
#[derive(Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    frames: Vec<Frame<'a>>,
    keys: Keys<'a>,
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of a text below 4 GiB.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self::at(text, 0)
    }

    /// A scanner at a byte at which a value starts.
    #[must_use]
    pub fn at(text: &'a str, offset: u32) -> Self {
        Self { text, at: offset as usize, frames: Vec::new(), keys: Keys::default() }
    }

    /// The byte that is read next.
    #[must_use]
    pub fn offset(&self) -> u32 {
        offset(self.at)
    }

    /// Goes on at a byte after a value that was read by other means.
    pub(crate) fn jump(&mut self, offset: u32) {
        self.at = offset as usize;
    }

    /// The repeated keys met so far.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.keys.repeated)
    }

    /// Whether nothing but white space is left.
    pub fn at_end(&mut self) -> bool {
        self.space().is_none()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When more follows than the values that were read.
    pub fn finish(&mut self) -> Result<(), Fault> {
        if self.at_end() { Ok(()) } else { Err(self.unexpected("nothing more")) }
    }

    /// What the next value is.
    ///
    /// # Errors
    /// When no value starts here.
    pub fn peek(&mut self) -> Result<Kind, Fault> {
        match self.space() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            _ => Err(self.opened_here(self.unexpected("a value"))),
        }
    }

    /// Goes into an array.
    ///
    /// # Errors
    /// When none starts here, or the nesting is too deep.
    pub fn begin_array(&mut self) -> Result<(), Fault> {
        self.begin(b'[', "`[`")
    }

    /// Goes to the next element; `false` where the array ended.
    ///
    /// # Errors
    /// When neither an element nor the end follows.
    pub fn array_next(&mut self) -> Result<bool, Fault> {
        self.next_in(b']', "`,` or `]`")
    }

    /// Goes into an object.
    ///
    /// # Errors
    /// When none starts here, or the nesting is too deep.
    pub fn begin_object(&mut self) -> Result<(), Fault> {
        self.begin(b'{', "`{`")
    }

    /// Reads the next key and goes to its value; `None` where the object ended.
    ///
    /// # Errors
    /// When neither a key nor the end follows.
    pub fn object_next(&mut self) -> Result<Option<Key<'a>>, Fault> {
        if !self.next_in(b'}', "`,` or `}`")? {
            return Ok(None);
        }
        let found = self.key().map_err(|fault| self.opened_here(fault))?;
        if let Some(frame) = self.frames.last_mut() {
            self.keys.add(&mut frame.keys, found.clone());
        }
        Ok(Some(found))
    }

    /// Reads a value and gives its bytes.
    ///
    /// # Errors
    /// When it is not good JSON.
    pub fn skip_value(&mut self) -> Result<Range<u32>, Fault> {
        self.space();
        let start = self.at;
        self.value(self.frames.len(), None).map_err(|fault| self.opened_here(fault))?;
        Ok(offset(start)..offset(self.at))
    }

    /// Reads a value onto a tape, in place of what the tape held.
    ///
    /// # Errors
    /// When it is not good JSON.
    pub fn read_tape(&mut self, tape: &mut Tape<'a>) -> Result<(), Fault> {
        tape.clear(self.text);
        self.value(self.frames.len(), Some(tape)).map_err(|fault| self.opened_here(fault))
    }

    fn begin(&mut self, bracket: u8, expected: &str) -> Result<(), Fault> {
        if self.space() != Some(bracket) {
            return Err(self.opened_here(self.unexpected(expected)));
        }
        self.check_depth(self.frames.len())?;
        self.frames.push(Frame { open: self.at, is_fresh: true, keys: self.keys.begin() });
        self.at += 1;
        Ok(())
    }

    fn next_in(&mut self, close: u8, expected: &str) -> Result<bool, Fault> {
        let next = self.space();
        let Some(frame) = self.frames.last_mut() else { return Ok(false) };
        let is_fresh = std::mem::replace(&mut frame.is_fresh, false);
        match next {
            Some(byte) if byte == close => {
                self.at += 1;
                self.keys.end(&frame.keys);
                self.frames.pop();
                Ok(false)
            }
            Some(_) if is_fresh => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.opened_here(self.unexpected(expected))),
        }
    }

    /// Skips white space and gives the byte that follows.
    fn space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    fn value(&mut self, depth: usize, tape: Option<&mut Tape<'a>>) -> Result<(), Fault> {
        let start = self.space().map(|byte| (byte, self.at));
        match start {
            Some((b'"', start)) => {
                let is_escaped = self.string()?;
                if let Some(tape) = tape {
                    tape.push(Kind::String, start, self.at, is_escaped);
                }
            }
            Some((b'{', start)) => self.object(depth, start, tape)?,
            Some((b'[', start)) => self.array(depth, start, tape)?,
            Some((b'-' | b'0'..=b'9', start)) => {
                self.number()?;
                if let Some(tape) = tape {
                    tape.push(Kind::Number, start, self.at, false);
                }
            }
            Some((b't', _)) => self.literal("true", Kind::Bool, tape)?,
            Some((b'f', _)) => self.literal("false", Kind::Bool, tape)?,
            Some((b'n', _)) => self.literal("null", Kind::Null, tape)?,
            _ => return Err(self.unexpected("a value")),
        }
        Ok(())
    }

    fn array(&mut self, depth: usize, open: usize, mut tape: Option<&mut Tape<'a>>) -> Result<(), Fault> {
        self.check_depth(depth)?;
        let token = tape.as_deref_mut().map(|tape| tape.push(Kind::Array, open, open, false));
        self.at += 1;
        let opened = |fault| opened_at(fault, open);
        if self.space() != Some(b']') {
            loop {
                self.value(depth + 1, tape.as_deref_mut()).map_err(opened)?;
                match self.space() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err(opened(self.unexpected("`,` or `]`"))),
                }
            }
        }
        self.at += 1;
        if let (Some(tape), Some(token)) = (tape, token) {
            tape.close(token, self.at);
        }
        Ok(())
    }

    fn object(&mut self, depth: usize, open: usize, mut tape: Option<&mut Tape<'a>>) -> Result<(), Fault> {
        self.check_depth(depth)?;
        let token = tape.as_deref_mut().map(|tape| tape.push(Kind::Object, open, open, false));
        self.at += 1;
        let opened = |fault| opened_at(fault, open);
        let mut keys = self.keys.begin();
        if self.space() != Some(b'}') {
            loop {
                let found = self.key().map_err(opened)?;
                if let Some(tape) = tape.as_deref_mut() {
                    tape.push_key(&found);
                }
                self.keys.add(&mut keys, found);
                self.value(depth + 1, tape.as_deref_mut()).map_err(opened)?;
                match self.space() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return Err(opened(self.unexpected("`,` or `}`"))),
                }
            }
        }
        self.keys.end(&keys);
        self.at += 1;
        if let (Some(tape), Some(token)) = (tape, token) {
            tape.close(token, self.at);
        }
        Ok(())
    }

    /// A key and the colon after it.
    fn key(&mut self) -> Result<Key<'a>, Fault> {
        if self.space() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let start = self.at;
        let is_escaped = self.string()?;
        let found = key(self.text, start, self.at, is_escaped);
        if self.space() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(found)
    }

    fn string(&mut self) -> Result<bool, Fault> {
        let open = self.at;
        let fault = |message: &str, at, end| Err(Fault::new(FaultKind::Syntax, message, at, end));
        match string::end(self.text.as_bytes(), open) {
            Ok((end, is_escaped)) => {
                self.at = end;
                Ok(is_escaped)
            }
            Err(Broken::Ends) => {
                let end = self.text.len();
                Err(opened_at(Fault::new(FaultKind::Truncated, "the text ends within a string", end, end), open))
            }
            Err(Broken::Control(at)) => fault("a control character stands unescaped in a string", at, at + 1),
            Err(Broken::Escape(at, end)) => fault("this escape means nothing in JSON", at, end),
            Err(Broken::Surrogate(at, end)) => fault("half of a surrogate pair stands alone", at, end),
        }
    }

    fn literal(&mut self, word: &'static str, kind: Kind, tape: Option<&mut Tape<'a>>) -> Result<(), Fault> {
        let start = self.at;
        for expected in word.bytes() {
            if self.text.as_bytes().get(self.at) != Some(&expected) {
                return Err(self.unexpected(&format!("`{word}`")));
            }
            self.at += 1;
        }
        if let Some(tape) = tape {
            tape.push(kind, start, self.at, false);
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        if bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    fn check_depth(&self, depth: usize) -> Result<(), Fault> {
        if depth < MAX_DEPTH {
            return Ok(());
        }
        let message = format!("values are nested more than {MAX_DEPTH} deep");
        Err(Fault::new(FaultKind::TooDeep, message, self.at, self.at + 1))
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.chars().next() {
            None => {
                let message = format!("the text ends where {expected} should stand");
                Fault::new(FaultKind::Truncated, message, self.text.len(), self.text.len())
            }
            Some(found) => {
                let message = format!("expected {expected}, found `{found}`");
                Fault::new(FaultKind::Syntax, message, self.at, self.at + found.len_utf8())
            }
        }
    }

    /// A truncated text is explained by what is still open.
    fn opened_here(&self, fault: Fault) -> Fault {
        match self.frames.last() {
            Some(frame) => opened_at(fault, frame.open),
            None => fault,
        }
    }
}

fn opened_at(mut fault: Fault, open: usize) -> Fault {
    if fault.kind == FaultKind::Truncated && fault.related.is_none() {
        fault.related = Some((offset(open), offset(open + 1), "opened here and never closed".to_owned()));
    }
    fault
}
