//! From byte offsets to RFC 6901 pointers, in one pass, or from landmarks where these are known.

use crate::key::Quoted;
use crate::landmark::{Landmarks, Marked};
use crate::scan::{Kind, Scanner};
use crate::sink::Sink;
use crate::{Fault, Parts};
use std::fmt::Write;

/// For each of `offsets`, sorted, the pointer of the innermost value that starts at
/// it or holds it; a key counts as its value. With `lines`, each of several values at
/// the top is named by its number, from 0. What lies between the offsets is skipped; where
/// all of them lie in lists with landmarks, so is what lies before them.
///
/// # Errors
/// When the text is not good JSON up to the last offset.
pub fn pointers(text: &str, offsets: &[u32], lines: bool, landmarks: &[Landmarks]) -> Result<Vec<String>, Fault> {
    pointers_of(&mut { text }, offsets, lines, landmarks)
}

/// The same of a text of which parts are had.
///
/// # Errors
/// As there.
pub fn pointers_of(
    text: &mut impl Parts,
    offsets: &[u32],
    lines: bool,
    landmarks: &[Landmarks],
) -> Result<Vec<String>, Fault> {
    if offsets.is_empty() {
        return Ok(Vec::new());
    }
    if !landmarks.is_empty()
        && let Some(found) = pointers_near(text, offsets, lines, landmarks)
    {
        return Ok(found);
    }
    let text = text.all();
    let found = Vec::with_capacity(offsets.len());
    let (number, steps) = (lines.then_some(0), Vec::new());
    let mut search = Search { text, base: 0, wanted: offsets, number, within: "", steps, found };
    let mut scanner = Scanner::new(text);
    while !search.wanted.is_empty() && !scanner.at_end() {
        match scanner.value(0, &mut search) {
            Err(fault) if !search.wanted.is_empty() => return Err(*fault),
            // What is wrong after the last offset is nothing to this search.
            Err(_) => break,
            Ok(()) => search.number = search.number.map(|number| number + 1),
        }
    }
    // Offsets past the last value mean the end of the text.
    search.found.resize(offsets.len(), String::new());
    Ok(search.found)
}

/// The pointers of offsets that all lie in lists with landmarks; none where one does not. No more of the text is had than
/// the elements that they lie in.
pub fn pointers_near(
    text: &mut impl Parts,
    offsets: &[u32],
    lines: bool,
    landmarks: &[Landmarks],
) -> Option<Vec<String>> {
    let mut found = Vec::with_capacity(offsets.len());
    let mut wanted = offsets;
    while let Some(first) = wanted.first() {
        let list = landmarks.get(landmarks.partition_point(|list| list.end() <= *first))?;
        let (number, start, next) = list.before(*first)?;
        let inside = wanted.partition_point(|offset| *offset < next);
        let (own, rest) = wanted.split_at(inside);
        let step = Step { is_array: list.of() == Marked::List, begun: number, key: None, is_inside: false };
        let (top, steps) = match list.of() {
            Marked::Values => (number, Vec::new()),
            Marked::List | Marked::Object => (list.top(), vec![step]),
        };
        let number = lines.then_some(top);
        let part = text.part(start, next);
        let (text, base) = (part.text, part.start);
        let mut search = Search { text, base, wanted: own, number, within: list.pointer(), steps, found };
        let mut scanner = Scanner::within(text, base, start);
        let mut keys = scanner.state.keys.begin(0);
        loop {
            if list.of() == Marked::Object {
                search.key(scanner.key(&mut keys).ok()?);
            }
            scanner.value(1, &mut search).ok()?;
            if search.wanted.is_empty() {
                break;
            }
            if list.of() == Marked::Values {
                search.number = search.number.map(|number| number + 1);
                continue;
            }
            if scanner.space() != Some(b',') {
                return None;
            }
            scanner.at += 1;
        }
        (found, wanted) = (search.found, rest);
    }
    Some(found)
}

/// An open container, and the value of it that is being read.
struct Step {
    is_array: bool,
    /// How many elements of an array were begun.
    begun: usize,
    /// The key of that value; an element needs none.
    key: Option<Quoted>,
    is_inside: bool,
}

/// Follows the reading and writes a pointer out only where one is wanted.
struct Search<'o> {
    /// The text, or a part of it that starts at `base`.
    text: &'o str,
    base: u32,
    wanted: &'o [u32],
    /// The number of the value at the top, where these are numbered.
    number: Option<usize>,
    /// The pointer, from that value on, of what holds everything that is read.
    within: &'o str,
    steps: Vec<Step>,
    found: Vec<String>,
}

impl Search<'_> {
    /// A value starts; what was wanted before an element belongs to its array.
    #[inline]
    fn begin(&mut self, start: usize) {
        if self.steps.last().is_some_and(|step| step.is_array) {
            self.take_before(start);
            if let Some(step) = self.steps.last_mut() {
                step.begun += 1;
                step.is_inside = true;
            }
        }
    }

    /// A value ended.
    #[inline]
    fn end(&mut self, end: usize) {
        self.take_before(end);
        if let Some(step) = self.steps.last_mut() {
            step.is_inside = false;
        }
    }

    /// Gives the pointer of here to every offset before `at`.
    #[inline]
    fn take_before(&mut self, at: usize) {
        while let Some((offset, rest)) = self.wanted.split_first() {
            if *offset as usize >= at + self.base as usize {
                break;
            }
            let pointer = self.pointer();
            self.found.push(pointer);
            self.wanted = rest;
        }
    }

    #[cold]
    fn pointer(&self) -> String {
        let mut pointer = self.number.map_or_else(String::new, |number| format!("/{number}"));
        pointer.push_str(self.within);
        for step in self.steps.iter().filter(|step| step.is_inside) {
            pointer.push('/');
            match &step.key {
                Some(key) => pointer.push_str(&escaped(&key.key(self.text, 0).text)),
                // Writing to a string cannot fail.
                None => {
                    let _ = write!(pointer, "{}", step.begun.saturating_sub(1));
                }
            }
        }
        pointer
    }
}

/// A key as it stands in a pointer.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl Sink for Search<'_> {
    #[inline]
    fn open(&mut self, kind: Kind, at: usize) -> usize {
        self.begin(at);
        self.steps.push(Step { is_array: kind == Kind::Array, begun: 0, key: None, is_inside: false });
        0
    }

    #[inline]
    fn close(&mut self, _: usize, end: usize, _: bool) {
        self.take_before(end);
        self.steps.pop();
        self.end(end);
    }

    #[inline]
    fn key(&mut self, key: Quoted) {
        self.take_before(key.start as usize);
        if let Some(step) = self.steps.last_mut() {
            step.key = Some(key);
            step.is_inside = true;
        }
    }

    #[inline]
    fn plain(&mut self, _: Kind, start: usize, end: usize, _: bool) {
        self.begin(start);
        self.end(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::offset;

    #[test]
    fn offsets_become_pointers() {
        let text = r#"{"a/b": [1, {"c~": "x"}], "d": null}"#;
        let at = |what: &str| u32::try_from(text.find(what).expect("there")).expect("small");
        let offsets = [0, at("[1"), at("1,"), at("\"x"), at("null")];
        let found = pointers(text, &offsets, false, &[]).expect("good JSON");
        assert_eq!(found, ["", "/a~1b", "/a~1b/0", "/a~1b/1/c~0", "/d"]);
        assert_eq!(
            pointers(text, &[at("\"c~"), at("x")], false, &[]).expect("good JSON"),
            ["/a~1b/1/c~0", "/a~1b/1/c~0"]
        );
        assert_eq!(pointers("1\n[2]", &[0, 3], true, &[]).expect("good JSON"), ["/0", "/1/0"]);
        assert_eq!(pointers("[1]", &[99], false, &[]).expect("good JSON"), [""]);
    }

    #[test]
    fn landmarks_lead_to_the_same_pointers() {
        let elements: Vec<String> =
            (0..100).map(|n| format!(r#"{{"id": {n}, "roles": ["a", {{"b": {n}}}]}}"#)).collect();
        let list = elements.join(" ,\n");
        let text = format!("{{\"a/b\": [{list}], \"c\": [ {list} ]}}");
        let mut landmarks = Vec::new();
        let mut scanner = Scanner::new(&text);
        scanner.begin_object().expect("an object");
        while let Some(key) = scanner.object_next().expect("good JSON") {
            scanner.begin_array().expect("a list");
            let mut list = Landmarks::new(0, Some(&key.text));
            while scanner.array_next().expect("good JSON") {
                list.pass(scanner.skip_value().expect("good JSON").start);
            }
            list.close(scanner.offset());
            landmarks.push(list);
        }
        let is_inside = |at: u32| landmarks.iter().any(|list| list.before(at).is_some() && at < list.end());
        let all: Vec<u32> = (0..offset(text.len())).filter(|at| is_inside(*at)).collect();
        assert!(all.len() > text.len() - 40);
        for lines in [false, true] {
            assert_eq!(pointers(&text, &all, lines, &landmarks), pointers(&text, &all, lines, &[]));
            let some: Vec<u32> = all.iter().copied().step_by(509).collect();
            assert_eq!(pointers(&text, &some, lines, &landmarks), pointers(&text, &some, lines, &[]));
        }
        assert_eq!(pointers(&text, &[0, all[7]], false, &landmarks), pointers(&text, &[0, all[7]], false, &[]));
    }

    #[test]
    fn landmarks_of_lines_lead_to_the_same_pointers() {
        let lines: Vec<String> = (0..100).map(|n| format!(r#"{{"id": {n}, "roles": ["a", {{"b": {n}}}]}}"#)).collect();
        let text = lines.join("\n");
        let mut scanner = Scanner::new(&text);
        let mut landmarks = Landmarks::of_values();
        while !scanner.at_end() {
            landmarks.pass(scanner.skip_value().expect("good JSON").start);
        }
        landmarks.close(scanner.offset());
        let is_space = |at: &u32| text.as_bytes().get(*at as usize).is_none_or(u8::is_ascii_whitespace);
        let all: Vec<u32> = (0..offset(text.len())).filter(|at| !is_space(at)).collect();
        assert_eq!(pointers(&text, &all, true, std::slice::from_ref(&landmarks)), pointers(&text, &all, true, &[]));
        let some: Vec<u32> = all.iter().copied().step_by(509).collect();
        assert_eq!(pointers(&text, &some, true, &[landmarks]), pointers(&text, &some, true, &[]));
    }

    #[test]
    fn landmarks_of_objects_lead_to_the_same_pointers() {
        let fields: Vec<String> =
            (0..100).map(|n| format!(r#""k~{n}" : {{"id": {n}, "roles": ["a", {{"b": {n}}}]}}"#)).collect();
        let text = format!(r#"{{"a/b": {{"c": {{ {} }}, "d": 1}}}}"#, fields.join(" ,\n"));
        let mut scanner = Scanner::new(&text);
        for _ in 0..2 {
            scanner.begin_object().expect("an object");
            scanner.object_next().expect("good JSON");
        }
        scanner.begin_object().expect("an object");
        let mut landmarks = Landmarks::of_object(0, &["a/b", "c"]);
        while let Some(key) = scanner.object_next().expect("good JSON") {
            landmarks.pass(key.start);
            scanner.skip_value().expect("good JSON");
        }
        landmarks.close(scanner.offset());
        let all: Vec<u32> = (0..landmarks.end()).filter(|at| landmarks.before(*at).is_some()).collect();
        assert!(all.len() > text.len() - 40);
        let landmarks = [landmarks];
        for lines in [false, true] {
            assert_eq!(pointers(&text, &all, lines, &landmarks), pointers(&text, &all, lines, &[]));
            let some: Vec<u32> = all.iter().copied().step_by(509).collect();
            assert_eq!(pointers(&text, &some, lines, &landmarks), pointers(&text, &some, lines, &[]));
        }
    }
}
