//! From byte offsets to RFC 6901 pointers, in one pass.

use crate::{Fault, Scanner, scan::Kind};

/// For each of `offsets`, sorted, the pointer of the innermost value that starts at
/// it or holds it; a key counts as its value. With `lines`, each of several values at
/// the top is named by its number, from 0. What lies between the offsets is skipped.
///
/// # Errors
/// When the text is not good JSON up to the last offset.
pub fn pointers(text: &str, offsets: &[u32], lines: bool) -> Result<Vec<String>, Fault> {
    let found = Vec::with_capacity(offsets.len());
    let mut search = Search { text, scanner: Scanner::new(text), wanted: offsets, path: String::new(), found };
    let mut number = 0;
    while !search.wanted.is_empty() && !search.scanner.at_end() {
        if lines {
            search.path = format!("/{number}");
        }
        search.value(0)?;
        number += 1;
    }
    // Offsets past the last value mean the end of the text.
    search.found.resize(offsets.len(), String::new());
    Ok(search.found)
}

struct Search<'a, 'o> {
    text: &'a str,
    scanner: Scanner<'a>,
    wanted: &'o [u32],
    path: String,
    found: Vec<String>,
}

/// Above this depth values are gone into without asking where they end: that costs
/// nothing where they are the lists that make up the file, and a second pass otherwise.
const LISTS: usize = 2;

impl Search<'_, '_> {
    fn value(&mut self, depth: usize) -> Result<(), Fault> {
        let kind = self.scanner.peek()?;
        let start = self.scanner.offset();
        self.take_up_to(start);
        if depth >= LISTS || !matches!(kind, Kind::Array | Kind::Object) {
            let end = Scanner::at(self.text, start).skip_value()?.end;
            if self.wanted.first().is_none_or(|offset| *offset >= end) || !matches!(kind, Kind::Array | Kind::Object) {
                self.scanner.jump(end);
                self.take_up_to(end - 1);
                return Ok(());
            }
        }
        if kind == Kind::Array { self.array(depth) } else { self.object(depth) }
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        let here = self.path.len();
        self.scanner.begin_array()?;
        let mut number = 0;
        while !self.wanted.is_empty() && self.scanner.array_next()? {
            self.scanner.peek()?;
            self.take_up_to(self.scanner.offset() - 1);
            self.path.push_str(&format!("/{number}"));
            self.value(depth + 1)?;
            self.path.truncate(here);
            number += 1;
        }
        self.take_up_to(self.scanner.offset() - 1);
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        let here = self.path.len();
        self.scanner.begin_object()?;
        while !self.wanted.is_empty() {
            let Some(key) = self.scanner.object_next()? else { break };
            self.take_up_to(key.start.saturating_sub(1));
            self.path.push('/');
            self.path.push_str(&key.text.replace('~', "~0").replace('/', "~1"));
            self.value(depth + 1)?;
            self.path.truncate(here);
        }
        self.take_up_to(self.scanner.offset() - 1);
        Ok(())
    }

    /// Gives the pointer of here to every offset up to `at`.
    fn take_up_to(&mut self, at: u32) {
        while let Some((offset, rest)) = self.wanted.split_first() {
            if *offset > at {
                break;
            }
            self.found.push(self.path.clone());
            self.wanted = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_pointers() {
        let text = r#"{"a/b": [1, {"c~": "x"}], "d": null}"#;
        let at = |what: &str| u32::try_from(text.find(what).expect("there")).expect("small");
        let offsets = [0, at("[1"), at("1,"), at("\"x"), at("null")];
        let found = pointers(text, &offsets, false).expect("good JSON");
        assert_eq!(found, ["", "/a~1b", "/a~1b/0", "/a~1b/1/c~0", "/d"]);
        assert_eq!(pointers(text, &[at("\"c~"), at("x")], false).expect("good JSON"), ["/a~1b/1/c~0", "/a~1b/1/c~0"]);
        assert_eq!(pointers("1\n[2]", &[0, 3], true).expect("good JSON"), ["/0", "/1/0"]);
        assert_eq!(pointers("[1]", &[99], false).expect("good JSON"), [""]);
    }
}
