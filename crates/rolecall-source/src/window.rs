//! The stretch of a text that is at hand.

use crate::fault::offset;
use crate::file::{BOM, not_utf8};
use crate::{Fault, FaultKind, LineCounts, MAX_BYTES};
use std::io::{self, Read};
use std::string::FromUtf8Error;

/// How many bytes tell what is packed, or in another encoding.
const HEAD: usize = 8;

/// The text that is at hand.
pub(crate) enum Window<'r> {
    Whole(&'r str),
    Moving(Box<Moving<'r>>),
}

/// A stretch of a text that goes on.
pub(crate) struct Moving<'r> {
    from: Box<dyn Read + 'r>,
    pub(crate) text: String,
    /// The first bytes of a character that goes on after the stretch.
    cut: Vec<u8>,
    /// Where the stretch starts.
    pub(crate) base: u32,
    /// How long it may be, unless one value is longer.
    pub(crate) room: usize,
    pub(crate) is_complete: bool,
    /// Whether nothing but white space stands before the stretch.
    pub(crate) is_blank: bool,
    pub(crate) has_mark: bool,
    /// The first bytes, which tell what is no text.
    head: Vec<u8>,
    /// Why no more can be read, where that is not the end of the text.
    pub(crate) fault: Option<Fault>,
    pub(crate) lines: LineCounts,
}

/// What is known of a text that was fetched to its end.
#[derive(Debug)]
pub struct Passed {
    /// Its lines, and how long it is.
    pub lines: LineCounts,
    /// Whether a byte order mark stood before it.
    pub has_mark: bool,
    /// Whether it is taken to end where no more could be fetched.
    pub is_cut: bool,
}

impl<'r> Window<'r> {
    pub(crate) fn moving(&self) -> Option<&Moving<'r>> {
        match self {
            Self::Whole(_) => None,
            Self::Moving(moving) => Some(moving),
        }
    }

    #[inline]
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Whole(text) => text,
            Self::Moving(moving) => &moving.text,
        }
    }

    #[inline]
    pub(crate) fn base(&self) -> u32 {
        match self {
            Self::Whole(_) => 0,
            Self::Moving(moving) => moving.base,
        }
    }

    pub(crate) fn room(&self) -> usize {
        match self {
            Self::Whole(_) => 0,
            Self::Moving(moving) => moving.room,
        }
    }

    #[inline]
    pub(crate) fn has_more(&self) -> bool {
        match self {
            Self::Whole(_) => false,
            Self::Moving(moving) => !moving.is_complete,
        }
    }
}

impl<'r> Moving<'r> {
    /// The start of a text that is fetched, with so many bytes at hand at a time.
    pub(crate) fn new(from: impl Read + 'r, room: usize) -> Self {
        let mut moving = Self {
            from: Box::new(from),
            text: String::new(),
            cut: Vec::new(),
            base: 0,
            room,
            is_complete: false,
            is_blank: true,
            has_mark: false,
            head: Vec::new(),
            fault: None,
            lines: LineCounts::default(),
        };
        moving.fetch();
        moving
    }

    /// Why the text ends: because no more can be fetched, or because there is nothing.
    pub(crate) fn fault_of_end(&self) -> Option<Fault> {
        let is_empty = self.is_blank && self.text.trim_ascii().is_empty();
        let end = self.base as usize + self.text.len();
        let empty = || is_empty.then(|| Fault::new(FaultKind::Empty, "the file is empty", 0, end));
        self.fault.clone().or_else(empty)
    }

    /// Leaves what stands before a byte, and fetches more.
    pub(crate) fn go_on(&mut self, at: usize) {
        self.drop_before(at);
        if self.text.len() > self.room / 2 {
            self.room *= 2;
        }
        self.fetch();
    }

    pub(crate) fn drop_before(&mut self, at: usize) {
        self.is_blank = self.is_blank && self.text.get(..at).unwrap_or_default().trim_ascii().is_empty();
        self.text.drain(..at);
        self.base += offset(at);
    }

    /// Fetches as many bytes as there is room for.
    pub(crate) fn fetch(&mut self) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        let known = bytes.len();
        bytes.append(&mut self.cut);
        // However little room there is, a character fits.
        let wanted = self.room.saturating_sub(known).max(4);
        let outcome = fill(&mut *self.from, &mut bytes, wanted);
        self.is_complete = !outcome.as_ref().is_ok_and(|read| *read == wanted);
        if let Err(error) = outcome {
            self.fault = Some(Fault::new(FaultKind::Unreadable, error.to_string(), 0, 0));
        }
        let is_start = self.head.is_empty();
        if is_start {
            self.head = bytes.get(..HEAD).unwrap_or(&bytes).to_vec();
        }
        self.text = String::from_utf8(bytes).unwrap_or_else(|error| self.sound(error, known));
        if is_start && self.text.starts_with(BOM) {
            self.text.drain(..BOM.len());
            self.has_mark = true;
        }
        self.lines.add(self.text.as_bytes().get(known..).unwrap_or_default());
        if u64::from(self.base) + self.text.len() as u64 > MAX_BYTES {
            (self.is_complete, self.fault) = (true, Some(Fault::too_large()));
            self.text.clear();
        }
    }

    /// What is sound of bytes of which some, not among the first that are known, are no UTF-8, or of a character that is
    /// cut in two.
    fn sound(&mut self, error: FromUtf8Error, known: usize) -> String {
        let (at, length) = (error.utf8_error().valid_up_to(), error.utf8_error().error_len());
        let mut bytes = error.into_bytes();
        let tail = bytes.split_off(at);
        let text = String::from_utf8(bytes).unwrap_or_default();
        if length.is_none() && !self.is_complete {
            self.cut = tail;
            return text;
        }
        let new = text.get(known..).unwrap_or_default();
        let line = 1 + self.lines.line_ends() as usize + memchr::memchr_iter(b'\n', new.as_bytes()).count();
        let (from, lead) = (self.base as usize + at, if self.has_mark { BOM.len() } else { 0 });
        let mut fault = not_utf8(&self.head, lead + from, lead + from + length.unwrap_or(1), line);
        // The text ends there.
        (fault.at, fault.end) = (offset(from), offset(from));
        let is_packed = fault.kind == FaultKind::Packed;
        (self.is_complete, self.fault) = (true, self.fault.take().or(Some(fault)));
        if is_packed { String::new() } else { text }
    }
}

/// Reads as many bytes as are wanted, or as there are.
fn fill(from: &mut dyn Read, bytes: &mut Vec<u8>, wanted: usize) -> io::Result<usize> {
    let mut len = bytes.len();
    let end = len + wanted;
    bytes.resize(end, 0);
    let outcome = loop {
        match from.read(bytes.get_mut(len..end).unwrap_or_default()) {
            Ok(0) => break Ok(()),
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    bytes.truncate(len);
    outcome.map(|()| wanted - (end - len))
}
