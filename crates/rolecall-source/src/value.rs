//! The grammar: one whole value, read to its end and told to a sink.

use crate::fault::{Reading, offset};
use crate::key::{Object, Quoted};
use crate::scan::{Kind, MAX_DEPTH, MAX_KEY, Scanner};
use crate::sink::Sink;
use crate::string::{self, Broken};
use crate::{Fault, FaultKind};

impl Scanner<'_> {
    /// Skips white space and gives the byte that follows.
    #[inline]
    pub(crate) fn space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b'\n') => self.at = indent(bytes, self.at + 1),
                Some(b' ' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Reads a value that stands `depth` containers deep.
    pub(crate) fn value<S: Sink>(&mut self, depth: usize, sink: &mut S) -> Reading<()> {
        let next = self.space();
        let start = self.at;
        match next {
            Some(b'"') => {
                let is_escaped = self.string()?;
                sink.plain(Kind::String, start, self.at, is_escaped);
            }
            Some(b'{') => self.object(depth, sink)?,
            Some(b'[') => self.array(depth, sink)?,
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                sink.plain(Kind::Number, start, self.at, false);
            }
            Some(b't') => self.literal("true", Kind::Bool, sink)?,
            Some(b'f') => self.literal("false", Kind::Bool, sink)?,
            Some(b'n') => self.literal("null", Kind::Null, sink)?,
            _ => return Err(self.unexpected("a value")),
        }
        Ok(())
    }

    fn array<S: Sink>(&mut self, depth: usize, sink: &mut S) -> Reading<()> {
        self.check_depth(depth)?;
        let open = self.at;
        let opened = sink.open(Kind::Array, open);
        self.at += 1;
        if self.space() != Some(b']') {
            loop {
                self.value(depth + 1, sink).map_err(|fault| left_open(fault, open))?;
                match self.space() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err(left_open(self.unexpected("`,` or `]`"), open)),
                }
            }
        }
        self.at += 1;
        sink.close(opened, self.at, false);
        Ok(())
    }

    fn object<S: Sink>(&mut self, depth: usize, sink: &mut S) -> Reading<()> {
        self.check_depth(depth)?;
        let open = self.at;
        let opened = sink.open(Kind::Object, open);
        self.at += 1;
        let mut keys = self.state.keys.begin(depth);
        let mut is_first = true;
        loop {
            let from = self.at;
            let found = if let Some((found, value)) = self.state.keys.stride(self.text, &mut keys, from) {
                self.at = value;
                found
            } else {
                match self.space() {
                    Some(b'}') => break,
                    _ if is_first => {}
                    Some(b',') => self.at += 1,
                    _ => return Err(left_open(self.unexpected("`,` or `}`"), open)),
                }
                let found = self.key(&mut keys).map_err(|fault| left_open(fault, open))?;
                self.space();
                self.state.keys.keep_stride(from, self.at);
                found
            };
            is_first = false;
            sink.key(found);
            self.value(depth + 1, sink).map_err(|fault| left_open(fault, open))?;
        }
        let is_alike = self.state.keys.end(self.text, &keys);
        self.at += 1;
        sink.close(opened, self.at, is_alike);
        Ok(())
    }

    /// A key of an open object and the colon after it.
    pub(crate) fn key(&mut self, object: &mut Object) -> Reading<Quoted> {
        if self.space() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let found = match self.state.keys.alike(self.text, object, self.at) {
            Some(found) => {
                self.at = found.end as usize;
                found
            }
            None => self.other_key(object)?,
        };
        if self.space() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(found)
    }

    fn other_key(&mut self, object: &mut Object) -> Reading<Quoted> {
        let start = self.at;
        let is_escaped = self.string()?;
        if self.at - start > MAX_KEY + 2 {
            return Err(self.long_key(start));
        }
        let found = Quoted { start: offset(start), end: offset(self.at), is_escaped };
        self.state.keys.add(self.text, self.base, object, found);
        Ok(found)
    }

    /// Goes past a string and says whether it holds escapes.
    #[inline]
    fn string(&mut self) -> Reading<bool> {
        let bytes = self.text.as_bytes();
        let stop = string::plain_run(bytes, self.at + 1);
        if bytes.get(stop) == Some(&b'"') {
            self.at = stop + 1;
            return Ok(false);
        }
        self.hard_string(stop)
    }

    /// The same for a string whose plain characters end at `stop`, before its quote.
    #[cold]
    fn hard_string(&mut self, stop: usize) -> Reading<bool> {
        let fault = |message: &str, at, end| Err(Box::new(Fault::new(FaultKind::Syntax, message, at, end)));
        match string::end(self.text.as_bytes(), stop) {
            Ok(end) => {
                self.at = end;
                Ok(true)
            }
            Err(Broken::Ends) => {
                let end = self.text.len();
                let fault = Fault::new(FaultKind::Truncated, "the text ends within a string", end, end);
                Err(left_open(Box::new(fault), self.at))
            }
            Err(Broken::Control(at)) => fault("a control character stands unescaped in a string", at, at + 1),
            Err(Broken::Escape(at, end)) => fault("this escape means nothing in JSON", at, end),
            Err(Broken::Surrogate(at, end)) => fault("half of a surrogate pair stands alone", at, end),
        }
    }

    fn literal<S: Sink>(&mut self, word: &'static str, kind: Kind, sink: &mut S) -> Reading<()> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            self.at += word.bytes().zip(rest).take_while(|(expected, found)| expected == *found).count();
            return Err(self.unexpected(&format!("`{word}`")));
        }
        self.at += word.len();
        sink.plain(kind, start, self.at, false);
        Ok(())
    }

    fn number(&mut self) -> Reading<()> {
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

    fn digits(&mut self) -> Reading<()> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    #[inline]
    pub(crate) fn check_depth(&self, depth: usize) -> Reading<()> {
        if depth < MAX_DEPTH {
            return Ok(());
        }
        let message = format!("values are nested more than {MAX_DEPTH} deep");
        Err(Box::new(Fault::new(FaultKind::TooDeep, message, self.at, self.at + 1)))
    }

    #[cold]
    fn long_key(&self, start: usize) -> Box<Fault> {
        let message = format!("the key has {} bytes, more than the {MAX_KEY} that one may have", self.at - start - 2);
        Box::new(Fault::new(FaultKind::TooLong, message, start, start + 1))
    }

    #[cold]
    pub(crate) fn unexpected(&self, expected: &str) -> Box<Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        Box::new(match rest.chars().next() {
            None => {
                let message = format!("the text ends where {expected} should stand");
                Fault::new(FaultKind::Truncated, message, self.text.len(), self.text.len())
            }
            Some(found) => {
                let message = format!("expected {expected}, found `{found}`");
                Fault::new(FaultKind::Syntax, message, self.at, self.at + found.len_utf8())
            }
        })
    }
}

/// The first byte from `at` on that is no space: a line's indentation, eight bytes at a time.
#[inline]
fn indent(bytes: &[u8], mut at: usize) -> usize {
    const SPACES: u64 = 0x2020_2020_2020_2020;
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let other = u64::from_le_bytes(chunk) ^ SPACES;
        if other != 0 {
            return at + (other.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at
}

/// A truncated text is explained by what is still open, the innermost of it.
pub(crate) fn opened_at(fault: &mut Fault, open: u32) {
    if fault.kind == FaultKind::Truncated && fault.related.is_none() {
        fault.related = Some((open, open + 1, "opened here and never closed".to_owned()));
    }
}

#[cold]
fn left_open(mut fault: Box<Fault>, open: usize) -> Box<Fault> {
    opened_at(&mut fault, offset(open));
    fault
}
