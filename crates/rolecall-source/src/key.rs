//! The keys of the objects that are open, to tell one that is given twice.

use crate::fault::offset;
use crate::index::{Index, digest, is_same};
use crate::{Fault, FaultKind};
use std::borrow::Cow;
use std::ops::Range;

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

impl Key<'_> {
    /// The same with a text of its own.
    #[must_use]
    pub fn into_owned(self) -> Key<'static> {
        Key { text: Cow::Owned(self.text.into_owned()), start: self.start, end: self.end }
    }
}

/// Where a string stands, its quotes included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quoted {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) is_escaped: bool,
}

impl Quoted {
    /// What it says, as a key. Its own bytes are those of `text`, which starts at `base` in all the text.
    #[inline]
    pub(crate) fn key(self, text: &str, base: u32) -> Key<'_> {
        Key { text: self.said(text), start: base + self.start, end: base + self.end }
    }

    #[inline]
    fn said(self, text: &str) -> Cow<'_, str> {
        let inside = text.get(self.start as usize + 1..self.end as usize - 1).unwrap_or_default();
        if self.is_escaped { Cow::Owned(crate::string::unescape(inside)) } else { Cow::Borrowed(inside) }
    }
}

/// How many repeated keys are written down; more are counted.
const WRITTEN: usize = 100;

/// Above this many keys an object's keys are looked up by hash.
const FEW: usize = 16;

/// A key that was read: a digest to compare it by, and its bytes.
#[derive(Clone, Copy, Debug)]
struct Known {
    digest: u64,
    quoted: Quoted,
    /// All from the end of the value before it, or from the start of the object, to its own value; nothing where that
    /// was not kept.
    stride: (u32, u32),
}

/// Where the keys of one object start, and their index when there are many.
#[derive(Debug)]
pub(crate) struct Object {
    depth: usize,
    /// Whether its keys are so far those of the last object at its depth, and how many these are.
    is_alike: bool,
    alike: usize,
    first: usize,
    has_repeated: bool,
    index: Option<Index>,
}

/// A key whose text is not at hand any more.
#[derive(Debug)]
struct Kept {
    /// Where it stood, as bytes of all the text.
    start: u32,
    end: u32,
    /// What it says, as bytes of what is kept.
    said: Range<usize>,
}

/// The keys of all open objects, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    open: Vec<Known>,
    /// For each depth, the keys of an object before: most objects of a list have the same.
    last: Vec<Last>,
    /// Of the keys of open objects the first ones, as far as the text has moved on since.
    kept: Vec<Kept>,
    kept_text: String,
    pub(crate) repeated: Vec<Fault>,
    pub(crate) beyond: u64,
}

/// Keys of which none is given twice, and how many of them the last object at that depth had; none where it had others.
#[derive(Debug, Default)]
struct Last {
    keys: Vec<Known>,
    had: Option<usize>,
    /// What the keys are bytes of: themselves and what lies around them.
    text: Vec<u8>,
}

impl Last {
    /// The keys of an object from now on.
    fn set(&mut self, keys: &[Known], text: &str) {
        self.keys.clear();
        self.text.clear();
        for Known { digest, quoted, stride } in keys {
            let has_stride = stride.0 < stride.1;
            let (from, to) = if has_stride { *stride } else { (quoted.start, quoted.end) };
            let start = offset(self.text.len());
            self.text.extend_from_slice(text.as_bytes().get(from as usize..to as usize).unwrap_or_default());
            let moved = |place: u32| start + (place - from);
            let quoted = Quoted { start: moved(quoted.start), end: moved(quoted.end), is_escaped: false };
            let stride = if has_stride { (start, moved(to)) } else { (0, 0) };
            self.keys.push(Known { digest: *digest, quoted, stride });
        }
    }
}

impl Keys {
    #[inline]
    pub(crate) fn begin(&self, depth: usize) -> Object {
        let is_alike = depth < self.last.len();
        Object { depth, is_alike, alike: 0, first: self.open.len(), has_repeated: false, index: None }
    }

    /// Ends an object, and says whether it had the keys of the last one at its depth in the same order.
    #[inline]
    pub(crate) fn end(&mut self, text: &str, object: &Object) -> bool {
        let is_moved_on = self.kept.len() > object.first;
        if is_moved_on {
            self.forget(object.first);
        }
        if object.is_alike {
            self.open.truncate(object.first);
            let had = self.last.get_mut(object.depth).and_then(|last| last.had.replace(object.alike));
            return had == Some(object.alike);
        }
        if self.last.len() <= object.depth {
            self.last.resize_with(object.depth + 1, Last::default);
        }
        let own = self.open.get(object.first..).unwrap_or_default();
        let is_plain =
            own.len() <= FEW && !(object.has_repeated || is_moved_on) && own.iter().all(|key| !key.quoted.is_escaped);
        if let Some(last) = self.last.get_mut(object.depth) {
            last.had = is_plain.then_some(own.len());
            if is_plain {
                last.set(own, text);
            }
        }
        self.open.truncate(object.first);
        false
    }

    /// The key that follows the value that ends at `at`, or the start of the object, and where its own value starts:
    /// where the bytes between are those of the last object, and good as they were good there.
    #[inline]
    pub(crate) fn stride(&mut self, text: &str, object: &mut Object, at: usize) -> Option<(Quoted, usize)> {
        if !object.is_alike {
            return None;
        }
        let last = self.last.get(object.depth)?;
        let known = *last.keys.get(object.alike)?;
        let (from, to) = (known.stride.0 as usize, known.stride.1 as usize);
        let end = at + (to - from);
        if from == to || !is_same(last.text.get(from..to)?, text.as_bytes().get(at..end)?) {
            return None;
        }
        object.alike += 1;
        let moved = |place: u32| offset(at + (place as usize - from));
        let quoted = Quoted { start: moved(known.quoted.start), end: moved(known.quoted.end), is_escaped: false };
        self.open.push(Known { quoted, stride: (offset(at), offset(end)), ..known });
        Some((quoted, end))
    }

    /// Keeps what lies between the value before the last key and its own value.
    #[inline]
    pub(crate) fn keep_stride(&mut self, from: usize, to: usize) {
        if let Some(last) = self.open.last_mut() {
            last.stride = (offset(from), offset(to));
        }
    }

    /// The key that stands at `at`, where it is the next one of the last object. As that object gave no key twice,
    /// neither does this one so far.
    #[inline]
    pub(crate) fn alike(&mut self, text: &str, object: &mut Object, at: usize) -> Option<Quoted> {
        if !object.is_alike {
            return None;
        }
        let last = self.last.get(object.depth)?;
        let known = *last.keys.get(object.alike)?;
        let (start, end) = (known.quoted.start as usize, known.quoted.end as usize);
        let to = at + (end - start);
        if !is_same(last.text.get(start..end)?, text.as_bytes().get(at..to)?) {
            return None;
        }
        object.alike += 1;
        let quoted = Quoted { start: offset(at), end: offset(to), is_escaped: false };
        self.open.push(Known { quoted, stride: (0, 0), ..known });
        Some(quoted)
    }

    /// Adds a key of the innermost object; a repeated one is written down and reading goes on.
    #[inline]
    pub(crate) fn add(&mut self, text: &str, base: u32, object: &mut Object, quoted: Quoted) {
        let new = quoted.key(text, base);
        object.is_alike = false;
        let known = Known { digest: digest(new.text.as_bytes()), quoted, stride: (0, 0) };
        let own = self.open.get(object.first..).unwrap_or_default();
        let earlier = if own.len() < FEW {
            let is_same = |(at, old): &(usize, &Known)| {
                old.digest == known.digest && self.said(text, object.first + at) == new.text
            };
            own.iter().enumerate().find(is_same).map(|(at, _)| at)
        } else {
            self.indexed(text, object, &new)
        };
        if let Some(first) = earlier {
            object.has_repeated = true;
            if self.repeated.len() < WRITTEN {
                let (start, end) = self.place(base, object.first + first);
                self.repeated.push(repeated(&new, start, end));
            } else {
                self.beyond += 1;
            }
        }
        self.open.push(known);
    }

    /// The first key of an object of many that is equal to a new one, which joins the index.
    fn indexed(&self, text: &str, object: &mut Object, new: &Key<'_>) -> Option<usize> {
        let first = object.first;
        let count = self.open.len() - first;
        let is_same = |at: usize, said: &str| self.said(text, first + at) == said;
        let index = object.index.get_or_insert_with(|| {
            let mut index = Index::default();
            (0..count).for_each(|at| {
                index.join(&self.said(text, first + at), at, is_same);
            });
            index
        });
        index.join(&new.text, count, is_same)
    }

    /// How many keys the open objects have.
    pub(crate) fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Forgets all keys of open objects but for the first few: what was read after these is read again. An object must
    /// not be held against itself then, so none has the keys of the one before.
    pub(crate) fn close_to(&mut self, count: usize) {
        self.open.truncate(count);
        self.last.iter_mut().for_each(|last| last.had = None);
    }

    /// What the key of a number says.
    fn said<'t>(&'t self, text: &'t str, number: usize) -> Cow<'t, str> {
        match self.kept.get(number) {
            Some(kept) => Cow::Borrowed(self.kept_text.get(kept.said.clone()).unwrap_or_default()),
            None => self.open.get(number).map(|known| known.quoted.said(text)).unwrap_or_default(),
        }
    }

    /// Where the key of a number stands, as bytes of all the text.
    fn place(&self, base: u32, number: usize) -> (u32, u32) {
        match (self.kept.get(number), self.open.get(number)) {
            (Some(kept), _) => (kept.start, kept.end),
            (None, Some(known)) => (base + known.quoted.start, base + known.quoted.end),
            (None, None) => (base, base),
        }
    }

    /// Forgets kept keys but for the first few.
    #[cold]
    fn forget(&mut self, first: usize) {
        self.kept.truncate(first);
        self.kept_text.truncate(self.kept.last().map_or(0, |kept| kept.said.end));
    }

    /// The text is read on without what is there now: what open objects have for keys is kept.
    pub(crate) fn move_on(&mut self, text: &str, base: u32) {
        for number in self.kept.len()..self.open.len() {
            let (start, end) = self.place(base, number);
            let from = self.kept_text.len();
            let said = self.open.get(number).map(|known| known.quoted.said(text)).unwrap_or_default();
            self.kept_text.push_str(&said);
            self.kept.push(Kept { start, end, said: from..self.kept_text.len() });
        }
    }
}

#[cold]
fn repeated(new: &Key<'_>, start: u32, end: u32) -> Fault {
    let message = format!("the key `{}` is given twice in one object", new.text);
    let mut fault = Fault::new(FaultKind::DuplicateKey, message, new.start as usize, new.end as usize);
    fault.related = Some((start, end, "first given here".to_owned()));
    fault
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scanner, Tape};

    #[test]
    fn keys_of_one_digest_are_told_apart() {
        assert_eq!(digest(b"1-12345678"), digest(b"2-12345678"));
        let mut scanner = Scanner::new(r#"{"1-12345678": 0, "2-12345678": 0}"#);
        scanner.skip_value().expect("good JSON");
        assert!(scanner.take_faults().is_empty());
    }

    #[test]
    fn an_object_that_begins_like_the_last_one_may_repeat_a_key_all_the_same() {
        let repeats = |text: &str| {
            let mut scanner = Scanner::new(text);
            scanner.skip_value().expect("good JSON");
            let faults = scanner.take_faults();
            faults.iter().map(|fault| (fault.at, fault.related.as_ref().map(|first| first.0))).collect::<Vec<_>>()
        };
        assert_eq!(repeats(r#"[{"a":1,"b":1},{"a":1,"b":1,"a":1}]"#), [(28, Some(16))]);
        assert_eq!(repeats(r#"[{"a":1,"b":1},{"a":1,"a":1},{"a":1,"a":1}]"#), [(22, Some(16)), (36, Some(30))]);
        assert_eq!(repeats(r#"[{"a":1,"b":{"a":1}},{"a":1,"b":{"b":1}},{"b":1,"a":1},{"b":1}]"#), []);
        assert_eq!(repeats(r#"[{"\u0061":1},{"a":1,"\u0061":1}]"#), [(21, Some(15))]);
    }

    #[test]
    fn an_object_is_alike_only_with_the_one_right_before_it() {
        let alike = |text: &str| -> Vec<bool> {
            let (mut scanner, mut tape) = (Scanner::new(text), Tape::default());
            scanner.begin_array().expect("a list");
            let mut alike = Vec::new();
            while scanner.array_next().expect("good JSON") {
                scanner.read_tape(&mut tape).expect("good JSON");
                alike.push(tape.is_alike());
            }
            alike
        };
        assert_eq!(alike(r#"[{"a":1,"b":1},{"a":1},{"a":2,"b":1},{"a":1,"b":1}]"#), [false, false, false, true]);
        assert_eq!(alike(r#"[{"a":1,"b":1},{"a":1},{"a":2},{}]"#), [false, false, true, false]);
        assert_eq!(alike(r#"[{"a":1},{"\u0062":1},{"a":1},{"a":1}]"#), [false, false, false, true]);
        assert_eq!(alike(r#"[{"a":1},{"a":1,"b":1,"b":1},{"a":1},{"a":1}]"#), [false, false, false, true]);
        let many: String = (0..=FEW).map(|n| format!(",\"{n}\":0")).collect();
        assert_eq!(alike(&format!(r#"[{{"a":1}},{{"a":1{many}}},{{"a":1}},{{"a":1}}]"#)), [false, false, false, true]);
    }

    #[test]
    fn a_repeated_key_is_told_with_both_places() {
        let mut scanner = Scanner::new(r#"{"a": {"a": 0}, "b": [{"a": 1}], "\u0061": 2}"#);
        scanner.skip_value().expect("good JSON");
        let faults = scanner.take_faults();
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].kind, faults[0].at, faults[0].end), (FaultKind::DuplicateKey, 33, 41));
        assert_eq!(faults[0].message, "the key `a` is given twice in one object");
        assert_eq!(faults[0].related, Some((1, 4, "first given here".to_owned())));
    }
    #[test]
    fn a_key_given_again_and_again_is_told_with_its_first_place_also_among_many() {
        let text =
            format!("{{\"a\":0,\"a\":0,{}\"a\":0}}", (0..FEW).map(|n| format!("\"{n}\":0,")).collect::<String>());
        let mut scanner = Scanner::new(&text);
        scanner.skip_value().expect("good JSON");
        let first: Vec<u32> =
            scanner.take_faults().iter().filter_map(|fault| Some(fault.related.as_ref()?.0)).collect();
        assert_eq!(first, [1, 1]);
    }
}
