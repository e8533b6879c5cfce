//! A text read value by value, of which no more is at hand than is being read.

use crate::fault::offset;
use crate::scan::{Spot, State};
use crate::string::{self, Broken};
use crate::tape::Token;
use crate::window::{Moving, Passed, Window};
use crate::{Fault, FaultKind, Key, Kind, Scanner, Tape};
use std::io::Read;
use std::ops::Range;

/// How many bytes are at hand at a time, unless one value is longer: few enough to stay near the processor.
const STRETCH: usize = 1 << 16;

/// With fewer bytes than these left, more are fetched before the next value is begun.
const MARGIN: usize = 1 << 12;

/// Reads values one after the other, as a [`Scanner`] does, of a text that is at hand or that is fetched as it is read.
///
/// All places are bytes of the whole text, less its byte order mark.
pub struct Feed<'r> {
    window: Window<'r>,
    /// The byte of what is at hand that is read next.
    at: usize,
    /// None while a scanner has it.
    state: Option<Box<State>>,
    tokens: Vec<Token>,
}

impl<'r> Feed<'r> {
    /// A text that is at hand, below 4 GiB.
    #[must_use]
    pub fn whole(text: &'r str) -> Self {
        Self::over(Window::Whole(text))
    }

    /// A text that is fetched as it is read.
    #[must_use]
    pub fn fetched(from: impl Read + 'r) -> Self {
        Self::by_stretches(from, STRETCH)
    }

    /// The same with another number of bytes at hand.
    #[must_use]
    pub fn by_stretches(from: impl Read + 'r, room: usize) -> Self {
        Self::over(Window::Moving(Box::new(Moving::new(from, room))))
    }

    fn over(window: Window<'r>) -> Self {
        Self { window, at: 0, state: Some(Box::default()), tokens: Vec::new() }
    }

    /// Fetches what is left without reading it, and tells why that could not be done to the end of the text.
    pub fn drain(&mut self) -> Option<Fault> {
        let Window::Moving(moving) = &mut self.window else { return None };
        while !moving.is_complete {
            moving.drop_before(moving.text.len());
            moving.fetch();
            self.at = 0;
        }
        moving.fault.clone()
    }

    /// What is known of the text when all of it was fetched; nothing of one that was at hand.
    #[must_use]
    pub fn passed(mut self) -> Option<Passed> {
        self.drain();
        let Window::Moving(moving) = self.window else { return None };
        Some(Passed { lines: moving.lines, has_mark: moving.has_mark, is_cut: moving.fault.is_some() })
    }

    /// The byte that is read next.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.window.base() + offset(self.at)
    }

    /// The byte after all that was fetched so far, or after the text that is at hand.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.window.base() + offset(self.window.text().len())
    }

    /// As much as is at hand of the text from a byte on.
    #[must_use]
    pub fn rest(&self, from: u32) -> &str {
        let from = from.checked_sub(self.window.base()).map_or(usize::MAX, |at| at as usize);
        self.window.text().get(from..).unwrap_or_default()
    }

    /// Whether nothing but white space stands before a byte that is at hand.
    #[must_use]
    pub fn is_first(&self, at: u32) -> bool {
        let is_blank = self.window.moving().is_none_or(|moving| moving.is_blank);
        let before = at.checked_sub(self.window.base()).and_then(|at| self.window.text().get(..at as usize));
        is_blank && before.is_some_and(|before| before.trim_ascii().is_empty())
    }

    /// The repeated keys met so far, the first of them where there are many.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        self.scan(|scanner| scanner.take_faults())
    }

    /// How many repeated keys were met beyond those that are written down.
    #[must_use]
    pub fn faults_beyond(&mut self) -> u64 {
        self.scan(|scanner| scanner.faults_beyond())
    }

    /// Here, to come back to before anything else is read than the value that follows.
    #[must_use]
    pub fn spot(&mut self) -> Spot {
        self.scan(|scanner| scanner.spot())
    }

    /// Goes back to a spot before the value that was read last, as if it had not been read.
    pub fn rewind(&mut self, to: Spot) {
        self.scan(|scanner| scanner.rewind(to));
    }

    /// Whether nothing but white space is left.
    pub fn at_end(&mut self) -> bool {
        loop {
            let is_over = self.scan(|scanner| scanner.at_end());
            if !(is_over && self.window.has_more()) {
                return is_over;
            }
            self.fetch();
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When more follows than the values that were read, or could not be fetched.
    pub fn finish(&mut self) -> Result<(), Fault> {
        self.at_end();
        let finished = self.scan(|scanner| scanner.finish());
        let fault = self.window.moving().and_then(|moving| moving.fault.clone());
        finished.and(fault.map_or(Ok(()), Err))
    }

    /// What the next value is.
    ///
    /// # Errors
    /// When no value starts here.
    pub fn peek(&mut self) -> Result<Kind, Fault> {
        self.next(|scanner| scanner.peek())
    }

    /// Goes into an array.
    ///
    /// # Errors
    /// When none starts here, or the nesting is too deep.
    pub fn begin_array(&mut self) -> Result<(), Fault> {
        self.next(|scanner| scanner.begin_array())
    }

    /// Goes to the next element; `false` where the array ended.
    ///
    /// # Errors
    /// When neither an element nor the end follows.
    pub fn array_next(&mut self) -> Result<bool, Fault> {
        self.next(|scanner| scanner.array_next())
    }

    /// Goes into an object.
    ///
    /// # Errors
    /// When none starts here, or the nesting is too deep.
    pub fn begin_object(&mut self) -> Result<(), Fault> {
        self.next(|scanner| scanner.begin_object())
    }

    /// Reads the next key and goes to its value; `None` where the object ended.
    ///
    /// # Errors
    /// When neither a key nor the end follows.
    pub fn object_next(&mut self) -> Result<Option<Key<'static>>, Fault> {
        while self.window.has_more() && !has_key(self.window.text().as_bytes(), self.at) {
            self.fetch();
        }
        self.next(|scanner| scanner.object_next().map(|key| key.map(Key::into_owned)))
    }

    /// Reads a value and gives its bytes.
    ///
    /// # Errors
    /// When it is not good JSON.
    pub fn skip_value(&mut self) -> Result<Range<u32>, Fault> {
        self.attempt(|scanner| scanner.skip_value())
    }

    /// Reads a value and shows it, taken apart.
    ///
    /// # Errors
    /// When it is not good JSON.
    pub fn read<R>(&mut self, show: impl FnOnce(&Tape<'_>) -> R) -> Result<R, Fault> {
        let mut tokens = std::mem::take(&mut self.tokens);
        let outcome = self.attempt(|scanner| {
            let mut tape = Tape::over(std::mem::take(&mut tokens));
            let outcome = scanner.read_tape(&mut tape);
            let is_alike = tape.is_alike();
            tokens = tape.into_tokens();
            outcome.map(|()| is_alike)
        });
        let shown = outcome.map(|is_alike| {
            let tape = Tape::of(self.window.text(), self.window.base(), std::mem::take(&mut tokens), is_alike);
            let shown = show(&tape);
            tokens = tape.into_tokens();
            shown
        });
        self.tokens = tokens;
        shown
    }

    /// Looks at the text from here on without reading it. `look` is given what is at hand, the byte at which that starts, and
    /// the byte that is read next; where it finds that the text ends early, it is asked again with more.
    ///
    /// # Errors
    /// Those of `look`.
    pub fn ahead<R>(&mut self, look: impl Fn(&str, u32, u32) -> Result<R, Fault>) -> Result<R, Fault> {
        loop {
            let outcome = look(self.window.text(), self.window.base(), self.offset());
            match outcome {
                Err(fault) if fault.kind == FaultKind::Truncated && self.window.has_more() => self.fetch(),
                outcome => return outcome.map_err(|fault| self.explained(fault)),
            }
        }
    }

    /// Goes on by the next byte that is no white space, which need not be at hand yet, with enough after it for most values.
    #[inline]
    fn next<R>(&mut self, mut go: impl FnMut(&mut Scanner<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        if self.window.has_more() && self.window.text().len() - self.at < MARGIN.min(self.window.room() / 2) {
            self.fetch();
        }
        loop {
            match self.scan(&mut go) {
                // Of what was to be read nothing is gone but white space.
                Err(fault) if fault.kind == FaultKind::Truncated && self.window.has_more() => self.fetch(),
                outcome => return outcome.map_err(|fault| self.explained(fault)),
            }
        }
    }

    #[inline]
    fn scan<R>(&mut self, read: impl FnOnce(&mut Scanner<'_>) -> R) -> R {
        let (text, base) = (self.window.text(), self.window.base());
        let mut scanner = Scanner { text, base, at: self.at, state: self.state.take().unwrap_or_default() };
        let outcome = read(&mut scanner);
        (self.at, self.state) = (scanner.at, Some(scanner.state));
        outcome
    }

    /// Reads a value, again with more of the text where it goes on beyond what is at hand.
    fn attempt<R>(&mut self, mut read: impl FnMut(&mut Scanner<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        if !self.window.has_more() {
            return self.scan(read).map_err(|fault| self.explained(fault));
        }
        loop {
            let spot = self.spot();
            let outcome = self.scan(&mut read);
            let is_cut = match &outcome {
                // A number may go on.
                Ok(_) => self.at == self.window.text().len(),
                Err(fault) => fault.kind == FaultKind::Truncated,
            };
            if !(is_cut && self.window.has_more()) {
                return outcome.map_err(|fault| self.explained(fault));
            }
            self.rewind(spot);
            self.fetch();
        }
    }

    /// Leaves what was read, and fetches more.
    #[cold]
    fn fetch(&mut self) {
        let Window::Moving(moving) = &mut self.window else { return };
        if let Some(state) = &mut self.state {
            state.keys.move_on(&moving.text, moving.base);
        }
        moving.go_on(self.at);
        self.at = 0;
    }

    /// What ended early because no more could be fetched, or because there is nothing, is explained by that.
    #[cold]
    fn explained(&self, fault: Fault) -> Fault {
        match self.window.moving() {
            Some(moving) if fault.kind == FaultKind::Truncated => moving.fault_of_end().unwrap_or(fault),
            _ => fault,
        }
    }
}

/// Whether a text has, from a byte on, all that the next key of an object takes.
fn has_key(bytes: &[u8], at: usize) -> bool {
    let space = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        (bytes.get(at).copied(), at)
    };
    let (next, at) = match space(at) {
        (Some(b','), at) => space(at + 1),
        next => next,
    };
    match next {
        Some(b'"') => match string::end(bytes, at + 1) {
            Ok(end) => space(end).0.is_some(),
            Err(broken) => !matches!(broken, Broken::Ends),
        },
        next => next.is_some(),
    }
}
