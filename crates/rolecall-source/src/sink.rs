//! What becomes of the parts of a value as it is read.

use crate::key::Quoted;
use crate::scan::Kind;

/// Told of every part of a value, in the order of the text. Reading is compiled anew
/// for each sink, so that one that does nothing costs nothing.
pub(crate) trait Sink {
    /// An array or object opens. What this gives back is handed to [`Sink::close`].
    fn open(&mut self, kind: Kind, at: usize) -> usize;
    /// It is closed; `end` is the byte after its bracket. `is_alike` says of an object that it has the keys of the
    /// last object at its depth in the same order.
    fn close(&mut self, opened: usize, end: usize, is_alike: bool);
    /// A key, before its value.
    fn key(&mut self, key: Quoted);
    /// A value that holds no others.
    fn plain(&mut self, kind: Kind, start: usize, end: usize, is_escaped: bool);
}

/// For what is skipped.
pub(crate) struct Nothing;

impl Sink for Nothing {
    fn open(&mut self, _: Kind, _: usize) -> usize {
        0
    }

    fn close(&mut self, _: usize, _: usize, _: bool) {}

    fn key(&mut self, _: Quoted) {}

    fn plain(&mut self, _: Kind, _: usize, _: usize, _: bool) {}
}
