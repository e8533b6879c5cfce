//! The keys of the objects that are open, to tell one that is given twice.

use crate::fault::offset;
use crate::{Fault, FaultKind};
use hashbrown::HashMap;
use std::borrow::Cow;

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

/// Where a string stands, its quotes included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quoted {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) is_escaped: bool,
}

impl Quoted {
    /// What it says, as a key.
    #[inline]
    pub(crate) fn key(self, text: &str) -> Key<'_> {
        key(text, self.start as usize, self.end as usize, self.is_escaped)
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
pub(crate) struct Object<'a> {
    depth: usize,
    /// Whether its keys are so far those of the last object at its depth, and how many these are.
    is_alike: bool,
    alike: usize,
    first: usize,
    has_repeated: bool,
    index: Option<HashMap<Cow<'a, str>, usize>>,
}

/// The keys of all open objects, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    open: Vec<Known>,
    /// For each depth, the keys of an object before: most objects of a list have the same.
    last: Vec<Last>,
    pub(crate) repeated: Vec<Fault>,
    pub(crate) beyond: u64,
}

/// Keys of which none is given twice, and how many of them the last object at that depth had; none where it had others.
#[derive(Debug, Default)]
struct Last {
    keys: Vec<Known>,
    had: Option<usize>,
}

impl Keys {
    #[inline]
    pub(crate) fn begin<'a>(&self, depth: usize) -> Object<'a> {
        let is_alike = depth < self.last.len();
        Object { depth, is_alike, alike: 0, first: self.open.len(), has_repeated: false, index: None }
    }

    /// Ends an object, and says whether it had the keys of the last one at its depth in the same order.
    #[inline]
    pub(crate) fn end(&mut self, object: &Object<'_>) -> bool {
        if object.is_alike {
            self.open.truncate(object.first);
            let had = self.last.get_mut(object.depth).and_then(|last| last.had.replace(object.alike));
            return had == Some(object.alike);
        }
        if self.last.len() <= object.depth {
            self.last.resize_with(object.depth + 1, Last::default);
        }
        let own = self.open.get(object.first..).unwrap_or_default();
        let is_plain = own.len() <= FEW && !object.has_repeated && own.iter().all(|key| !key.quoted.is_escaped);
        if let Some(last) = self.last.get_mut(object.depth) {
            last.had = is_plain.then_some(own.len());
            if is_plain {
                last.keys.clear();
                last.keys.extend_from_slice(own);
            }
        }
        self.open.truncate(object.first);
        false
    }

    /// The key that follows the value that ends at `at`, or the start of the object, and where its own value starts:
    /// where the bytes between are those of the last object, and good as they were good there.
    #[inline]
    pub(crate) fn stride(&mut self, text: &str, object: &mut Object<'_>, at: usize) -> Option<(Quoted, usize)> {
        if !object.is_alike {
            return None;
        }
        let known = *self.last.get(object.depth)?.keys.get(object.alike)?;
        let (from, to) = (known.stride.0 as usize, known.stride.1 as usize);
        let (bytes, end) = (text.as_bytes(), at + (to - from));
        if from == to || !is_same(bytes.get(from..to)?, bytes.get(at..end)?) {
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
    pub(crate) fn alike(&mut self, text: &str, object: &mut Object<'_>, at: usize) -> Option<Quoted> {
        if !object.is_alike {
            return None;
        }
        let known = *self.last.get(object.depth)?.keys.get(object.alike)?;
        let (start, end) = (known.quoted.start as usize, known.quoted.end as usize);
        let (bytes, to) = (text.as_bytes(), at + (end - start));
        if !is_same(bytes.get(start..end)?, bytes.get(at..to)?) {
            return None;
        }
        object.alike += 1;
        let quoted = Quoted { start: offset(at), end: offset(to), is_escaped: false };
        self.open.push(Known { quoted, stride: (0, 0), ..known });
        Some(quoted)
    }

    /// Adds a key of the innermost object; a repeated one is written down and reading goes on.
    #[inline]
    pub(crate) fn add<'a>(&mut self, text: &'a str, object: &mut Object<'a>, quoted: Quoted) {
        let new = &quoted.key(text);
        object.is_alike = false;
        let known = Known { digest: digest(new.text.as_bytes()), quoted, stride: (0, 0) };
        let own = self.open.get(object.first..).unwrap_or_default();
        let earlier = if own.len() < FEW {
            own.iter().find(|old| old.digest == known.digest && old.key(text).text == new.text)
        } else {
            indexed(text, own, &mut object.index, new)
        };
        if let Some(first) = earlier {
            object.has_repeated = true;
            if self.repeated.len() < WRITTEN {
                let fault = repeated(new, first);
                self.repeated.push(fault);
            } else {
                self.beyond += 1;
            }
        }
        self.open.push(known);
    }
}

impl Known {
    fn key<'a>(&self, text: &'a str) -> Key<'a> {
        self.quoted.key(text)
    }
}

/// The first key of an object of many that is equal to a new one, which joins the index.
fn indexed<'a, 'k>(
    text: &'a str,
    own: &'k [Known],
    index: &mut Option<HashMap<Cow<'a, str>, usize>>,
    new: &Key<'a>,
) -> Option<&'k Known> {
    let index = index.get_or_insert_with(|| {
        // Backwards, so that of equal keys the first one stays.
        own.iter().enumerate().rev().map(|(at, known)| (known.key(text).text, at)).collect()
    });
    let at = *index.entry(new.text.clone()).or_insert(own.len());
    own.get(at)
}

#[cold]
fn repeated(new: &Key<'_>, first: &Known) -> Fault {
    let message = format!("the key `{}` is given twice in one object", new.text);
    let mut fault = Fault::new(FaultKind::DuplicateKey, message, new.start as usize, new.end as usize);
    fault.related = Some((first.quoted.start, first.quoted.end, "first given here".to_owned()));
    fault
}

/// Whether two stretches of one length are the same. Few are longer than four words of the machine, and those are
/// compared without a call.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        17..=32 => one.first_chunk::<16>() == other.first_chunk() && one.last_chunk::<16>() == other.last_chunk(),
        8..=16 => one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk(),
        4..=7 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        _ => one == other,
    }
}

/// A number that is equal for equal keys and seldom for others: the length and up to eight bytes.
#[inline]
fn digest(key: &[u8]) -> u64 {
    // The ends of long keys differ more often than their starts.
    let bytes = match (key.last_chunk::<8>(), key.first_chunk::<4>(), key.last_chunk::<4>()) {
        (Some(last), ..) => u64::from_le_bytes(*last),
        (None, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => key.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte)),
    };
    bytes ^ (key.len() as u64).rotate_right(8)
}

/// The key whose quoted text is `text[start..end]`.
#[inline]
pub(crate) fn key(text: &str, start: usize, end: usize, is_escaped: bool) -> Key<'_> {
    let inside = text.get(start + 1..end - 1).unwrap_or_default();
    let text = if is_escaped { Cow::Owned(crate::string::unescape(inside)) } else { Cow::Borrowed(inside) };
    Key { text, start: offset(start), end: offset(end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scanner, Tape};

    #[test]
    fn keys_of_every_length_are_compared_to_their_last_byte() {
        for length in 2..40 {
            let key = "k".repeat(length);
            assert!(is_same(key.as_bytes(), key.as_bytes()));
            for at in 0..length {
                let mut other = key.clone().into_bytes();
                other[at] = b'x';
                assert!(!is_same(key.as_bytes(), &other), "{length} {at}");
            }
        }
    }

    #[test]
    fn keys_of_one_digest_are_told_apart() {
        assert_eq!(digest(b"1-12345678"), digest(b"2-12345678"));
        assert_ne!(digest(b"12345678"), digest(b"112345678"));
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
