//! The keys of the objects that are open, to tell one that is given twice.

use crate::fault::offset;
use crate::{Fault, FaultKind};
use std::borrow::Cow;
use std::collections::HashMap;

/// A key of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// The key, unescaped.
    pub text: Cow<'a, str>,
    /// The byte of the opening quote.
    pub start: u32,
    /// The byte after the closing quote.
    pub end: u32,
}

/// Above this many keys an object's keys are looked up by hash.
const FEW: usize = 16;

/// Where the keys of one object start, and their index when there are many.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    first: usize,
    index: Option<HashMap<Cow<'a, str>, usize>>,
}

/// The keys of all open objects, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Keys<'a> {
    open: Vec<Key<'a>>,
    pub(crate) repeated: Vec<Fault>,
}

impl<'a> Keys<'a> {
    pub(crate) fn begin(&self) -> Object<'a> {
        Object { first: self.open.len(), index: None }
    }

    pub(crate) fn end(&mut self, object: &Object<'a>) {
        self.open.truncate(object.first);
    }

    /// Adds a key of the innermost object; a repeated one is written down and reading goes on.
    pub(crate) fn add(&mut self, object: &mut Object<'a>, key: Key<'a>) {
        let own = self.open.get(object.first..).unwrap_or_default();
        let earlier = match &mut object.index {
            None if own.len() < FEW => own.iter().position(|known| known.text == key.text),
            index => {
                let index = index.get_or_insert_with(|| {
                    own.iter().enumerate().rev().map(|(at, known)| (known.text.clone(), at)).collect()
                });
                let new = own.len();
                let at = *index.entry(key.text.clone()).or_insert(new);
                (at != new).then_some(at)
            }
        };
        if let Some(first) = earlier.and_then(|at| own.get(at)) {
            let message = format!("the key `{}` is given twice in one object", key.text);
            let mut fault = Fault::new(FaultKind::DuplicateKey, message, key.start as usize, key.end as usize);
            fault.related = Some((first.start, first.end, "first given here".to_owned()));
            self.repeated.push(fault);
        }
        self.open.push(key);
    }
}

/// The key whose quoted text is `text[start..end]`.
pub(crate) fn key(text: &str, start: usize, end: usize, is_escaped: bool) -> Key<'_> {
    let inside = text.get(start + 1..end - 1).unwrap_or_default();
    let text = if is_escaped { Cow::Owned(crate::string::unescape(inside)) } else { Cow::Borrowed(inside) };
    Key { text, start: offset(start), end: offset(end) }
}
