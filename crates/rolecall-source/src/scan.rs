//! A pull scanner for strict JSON: every byte is checked, also in what is skipped.

use crate::Fault;
use crate::fault::offset;
use crate::key::{Key, Keys, Object};
use crate::sink::Nothing;
use crate::tape::Tape;
use crate::value::opened_at;
use std::ops::Range;

/// How deep values may be nested.
pub const MAX_DEPTH: usize = 128;

/// How many bytes a key may have as it is written; pointers are made of keys.
pub const MAX_KEY: usize = 4096;

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
struct Frame {
    /// Its bracket, as a byte of all the text.
    open: u32,
    is_fresh: bool,
    keys: Object,
}

/// A place between values, with what was found wrong before it.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    pub(crate) at: u32,
    open: usize,
    repeated: usize,
    beyond: u64,
}

/// Reads values one after the other, in the order of the text.
///
/// A repeated key does not end the reading: it is written down, and
/// [`Scanner::take_faults`] gives it out. Every other fault ends it.
#[derive(Debug, Default)]
pub struct Scanner<'a> {
    /// All the text, or a stretch of it.
    pub(crate) text: &'a str,
    /// Where that starts, as a byte of all the text. Within the crate bytes are those of the stretch; what is given out
    /// is bytes of all the text.
    pub(crate) base: u32,
    pub(crate) at: usize,
    pub(crate) state: Box<State>,
}

/// What a scanner knows of what it has read; it lies apart, so that a scanner is soon handed from one stretch to another.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) keys: Keys,
    frames: Vec<Frame>,
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
        Self::within(text, 0, offset)
    }

    /// The same where only a stretch of the text is at hand, which starts at the byte `base` of it.
    #[must_use]
    pub fn within(text: &'a str, base: u32, offset: u32) -> Self {
        let at = offset.checked_sub(base).map_or(text.len(), |at| at as usize);
        Self { text, base, at, state: Box::default() }
    }

    /// The byte that is read next.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.base + offset(self.at)
    }

    /// How many repeated keys were met beyond those that are written down.
    #[must_use]
    pub fn faults_beyond(&self) -> u64 {
        self.state.keys.beyond
    }

    /// The repeated keys met so far, the first of them where there are many.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.state.keys.repeated)
    }

    /// Here, to come back to.
    #[must_use]
    pub fn spot(&self) -> Spot {
        Spot {
            at: self.offset(),
            open: self.state.keys.open_count(),
            repeated: self.state.keys.repeated.len(),
            beyond: self.state.keys.beyond,
        }
    }

    /// Goes back to a spot between the same values, as if nothing had been read since.
    pub fn rewind(&mut self, to: Spot) {
        self.at = to.at.saturating_sub(self.base) as usize;
        self.state.keys.close_to(to.open);
        self.state.keys.repeated.truncate(to.repeated);
        self.state.keys.beyond = to.beyond;
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
        if self.at_end() { Ok(()) } else { Err(self.moved(*self.unexpected("nothing more"))) }
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
            _ => Err(self.explained(*self.unexpected("a value"))),
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
        // The frame is put aside while the key is read, which may need what is open to explain a fault.
        let Some(mut frame) = self.state.frames.pop() else { return Ok(None) };
        let found = self.key(&mut frame.keys);
        self.state.frames.push(frame);
        found.map(|found| Some(found.key(self.text, self.base))).map_err(|fault| self.explained(*fault))
    }

    /// Reads a value and gives its bytes.
    ///
    /// # Errors
    /// When it is not good JSON.
    pub fn skip_value(&mut self) -> Result<Range<u32>, Fault> {
        self.space();
        let start = self.at;
        self.value(self.state.frames.len(), &mut Nothing).map_err(|fault| self.explained(*fault))?;
        Ok(self.base + offset(start)..self.offset())
    }

    /// Reads a value onto a tape, in place of what the tape held.
    ///
    /// # Errors
    /// When it is not good JSON.
    pub fn read_tape(&mut self, tape: &mut Tape<'a>) -> Result<(), Fault> {
        tape.clear(self.text, self.base);
        self.value(self.state.frames.len(), tape).map_err(|fault| self.explained(*fault))
    }

    fn begin(&mut self, bracket: u8, expected: &str) -> Result<(), Fault> {
        if self.space() != Some(bracket) {
            return Err(self.explained(*self.unexpected(expected)));
        }
        self.check_depth(self.state.frames.len()).map_err(|fault| self.moved(*fault))?;
        self.state.frames.push(Frame {
            open: self.offset(),
            is_fresh: true,
            keys: self.state.keys.begin(self.state.frames.len()),
        });
        self.at += 1;
        Ok(())
    }

    fn next_in(&mut self, close: u8, expected: &str) -> Result<bool, Fault> {
        let next = self.space();
        let Some(frame) = self.state.frames.last_mut() else { return Ok(false) };
        match next {
            Some(byte) if byte == close => {
                self.at += 1;
                self.state.keys.end(self.text, &frame.keys);
                self.state.frames.pop();
                Ok(false)
            }
            Some(_) if frame.is_fresh => {
                frame.is_fresh = false;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.explained(*self.unexpected(expected))),
        }
    }

    /// A truncated text is explained by what is still open.
    #[cold]
    fn explained(&self, fault: Fault) -> Fault {
        let mut fault = self.moved(fault);
        if let Some(frame) = self.state.frames.last() {
            opened_at(&mut fault, frame.open);
        }
        fault
    }

    /// A fault whose places are bytes of all the text.
    #[cold]
    fn moved(&self, mut fault: Fault) -> Fault {
        (fault.at, fault.end) = (fault.at + self.base, fault.end + self.base);
        if let Some((start, end, _)) = &mut fault.related {
            (*start, *end) = (*start + self.base, *end + self.base);
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaultKind;

    fn fault(text: &str) -> Fault {
        let mut scanner = Scanner::new(text);
        scanner.skip_value().and_then(|_| scanner.finish()).expect_err("a fault")
    }

    #[test]
    fn a_text_that_ends_early_is_truncated_and_says_what_is_open() {
        let open = |at: u32| Some((at, at + 1, "opened here and never closed".to_owned()));
        let cases = [
            ("", None),
            ("-", None),
            ("tru", None),
            ("[", open(0)),
            ("[1, {\"a\"", open(4)),
            ("[1, {\"a\": \"x", open(10)),
            ("[\"\\ud83d", open(1)),
            ("{\"a\": [1], ", open(0)),
        ];
        for (text, related) in cases {
            let fault = fault(text);
            assert_eq!((fault.kind, fault.at as usize), (FaultKind::Truncated, text.len()), "{text}");
            assert_eq!(fault.related, related, "{text}");
        }
    }

    #[test]
    fn a_fault_tells_its_place() {
        let cases = [
            ("[1 2]", 3, "expected `,` or `]`, found `2`"),
            ("[01]", 2, "expected `,` or `]`, found `1`"),
            ("[1.]", 3, "expected a digit, found `]`"),
            ("{a: 1}", 1, "expected a key in double quotes, found `a`"),
            ("[trux]", 4, "expected `true`, found `x`"),
            ("[NaN]", 1, "expected a value, found `N`"),
            ("[] é", 3, "expected nothing more, found `é`"),
            ("[\"a\tb\"]", 3, "a control character stands unescaped in a string"),
            ("[\"a\\x\"]", 3, "this escape means nothing in JSON"),
            ("[\"\\ud800\\u0041\"]", 2, "half of a surrogate pair stands alone"),
        ];
        for (text, at, message) in cases {
            let fault = fault(text);
            assert_eq!((fault.kind, fault.at, &*fault.message), (FaultKind::Syntax, at, message), "{text}");
        }
    }

    #[test]
    fn values_are_pulled_one_at_a_time() {
        let mut scanner = Scanner::new(r#" {"a": [1, "x"], "b": {}} "#);
        assert_eq!(scanner.peek(), Ok(Kind::Object));
        scanner.begin_object().expect("an object");
        assert_eq!(scanner.object_next().expect("a key").map(|key| (key.start, key.end)), Some((2, 5)));
        scanner.begin_array().expect("an array");
        assert_eq!(scanner.array_next(), Ok(true));
        assert_eq!(scanner.skip_value(), Ok(8..9));
        assert_eq!(scanner.array_next(), Ok(true));
        assert_eq!(scanner.peek(), Ok(Kind::String));
        assert_eq!(scanner.skip_value(), Ok(11..14));
        assert_eq!(scanner.array_next(), Ok(false));
        assert_eq!(scanner.object_next().expect("a key").map(|key| key.text.into_owned()), Some("b".to_owned()));
        assert_eq!(scanner.skip_value(), Ok(22..24));
        assert_eq!(scanner.object_next(), Ok(None));
        assert_eq!(scanner.finish(), Ok(()));
    }

    #[test]
    fn what_was_read_after_a_spot_is_read_again_with_its_faults_once() {
        let mut scanner = Scanner::new(r#"{"a": 1, "a": 2} {"b": 1, "b": 2} 3"#);
        scanner.skip_value().expect("good JSON");
        let spot = scanner.spot();
        scanner.skip_value().expect("good JSON");
        scanner.rewind(spot);
        assert_eq!(scanner.skip_value(), Ok(17..33));
        let faults: Vec<u32> = scanner.take_faults().iter().map(|fault| fault.at).collect();
        assert_eq!(faults, [9, 26]);
    }

    #[test]
    fn a_scanner_outside_of_the_text_finds_nothing() {
        assert_eq!(Scanner::at("[]", 99).peek().map_err(|fault| fault.kind), Err(FaultKind::Truncated));
        assert!(Scanner::at("é", 1).skip_value().is_err());
    }
}
