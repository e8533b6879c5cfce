//! Where elements of long lists start, so that what is before a place need not be gone over again.

use crate::pointer::escaped;

/// How many elements lie between two landmarks.
const EVERY: usize = 2;

/// What has landmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// The elements of a list.
    List,
    /// The keys of an object, each with its value.
    Object,
    /// The values at the top of a text, one after the other.
    Values,
}

/// The landmarks of one list, or of an object with as many fields, that is a value at the top of a text, or lies in one
/// below no list; or of all the values at the top.
#[derive(Clone, Debug)]
pub struct Landmarks {
    /// The number of the value at the top, from 0.
    top: usize,
    /// The pointer of the list from that value on.
    pointer: String,
    of: Marked,
    /// The first byte of every so many elements.
    starts: Vec<u32>,
    count: usize,
    /// The byte after the list.
    end: u32,
}

impl Landmarks {
    /// Those of a list that is read from now on: the value of that number at the top, or its field `key`.
    #[must_use]
    pub fn new(top: usize, key: Option<&str>) -> Self {
        let pointer = key.map(|key| format!("/{}", escaped(key))).unwrap_or_default();
        Self { top, pointer, of: Marked::List, starts: Vec::new(), count: 0, end: 0 }
    }

    /// Those of an object that is read from now on, below these keys of the value of that number at the top.
    #[must_use]
    pub fn of_object(top: usize, keys: &[&str]) -> Self {
        let pointer = keys.iter().map(|key| format!("/{}", escaped(key))).collect();
        Self { top, pointer, of: Marked::Object, starts: Vec::new(), count: 0, end: 0 }
    }

    /// Those of the values at the top that are read from now on.
    #[must_use]
    pub fn of_values() -> Self {
        Self { top: 0, pointer: String::new(), of: Marked::Values, starts: Vec::new(), count: 0, end: 0 }
    }

    /// Goes past the next element, whose value, or key where it has one, starts at a byte.
    #[inline]
    pub fn pass(&mut self, start: u32) {
        if self.count.is_multiple_of(EVERY) {
            self.starts.push(start);
        }
        self.count += 1;
    }

    /// Ends the list; `end` is the byte after its bracket.
    pub fn close(&mut self, end: u32) {
        self.end = end;
    }

    /// Whether the list is long enough for them to be of use.
    #[must_use]
    pub fn are_useful(&self) -> bool {
        self.starts.len() > 1
    }

    pub(crate) fn top(&self) -> usize {
        self.top
    }

    pub(crate) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(crate) fn of(&self) -> Marked {
        self.of
    }

    pub(crate) fn end(&self) -> u32 {
        self.end
    }

    /// The last landmark that is not after a byte of the list: the number of its element, its byte, and the byte
    /// of the next one or of the end.
    pub(crate) fn before(&self, at: u32) -> Option<(usize, u32, u32)> {
        let after = self.starts.partition_point(|start| *start <= at);
        let start = self.starts.get(after.checked_sub(1)?)?;
        let next = self.starts.get(after).copied().unwrap_or(self.end);
        Some(((after - 1) * EVERY, *start, next))
    }
}
