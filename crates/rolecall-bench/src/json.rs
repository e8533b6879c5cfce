//! JSON written as it comes, indented or not.

use std::io::{self, Write};

/// Writes JSON value by value. What it is given needs no escapes: it is made up here.
pub struct Json<W> {
    out: W,
    is_indented: bool,
    depth: usize,
    is_first: bool,
    is_after_key: bool,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W, is_indented: bool) -> Self {
        Self { out, is_indented, depth: 0, is_first: true, is_after_key: false }
    }

    /// What stands before a key or an element.
    fn lead(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_after_key) || self.depth == 0 {
            return Ok(());
        }
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.write_all(b",")?;
        }
        self.line()
    }

    fn line(&mut self) -> io::Result<()> {
        if self.is_indented { write!(self.out, "\n{:1$}", "", self.depth * 2) } else { Ok(()) }
    }

    fn within(&mut self, brackets: [u8; 2], content: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let [open, close] = brackets;
        self.lead()?;
        self.out.write_all(&[open])?;
        (self.depth, self.is_first) = (self.depth + 1, true);
        content(self)?;
        self.depth -= 1;
        if !std::mem::replace(&mut self.is_first, false) {
            self.line()?;
        }
        self.out.write_all(&[close])
    }

    /// An object.
    pub fn object(&mut self, fields: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.within(*b"{}", fields)
    }

    /// An array.
    pub fn array(&mut self, elements: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.within(*b"[]", elements)
    }

    /// A key; its value comes next.
    pub fn key(&mut self, key: &str) -> io::Result<&mut Self> {
        self.lead()?;
        write!(self.out, "\"{key}\":{}", if self.is_indented { " " } else { "" })?;
        self.is_after_key = true;
        Ok(self)
    }

    /// A string.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.lead()?;
        write!(self.out, "\"{text}\"")
    }

    /// `true`, `false`, `null` or a number.
    pub fn bare(&mut self, word: impl std::fmt::Display) -> io::Result<()> {
        self.lead()?;
        write!(self.out, "{word}")
    }

    /// A key and a string.
    pub fn say(&mut self, key: &str, text: &str) -> io::Result<()> {
        self.key(key)?.text(text)
    }

    /// An array of strings under a key.
    pub fn list<T: AsRef<str>>(&mut self, key: &str, texts: impl IntoIterator<Item = T>) -> io::Result<()> {
        self.key(key)?.array(|json| texts.into_iter().try_for_each(|text| json.text(text.as_ref())))
    }

    /// Ends a line of a file with a value a line.
    pub fn next_line(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// Writes out what is still held back.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(is_indented: bool) -> String {
        let mut bytes = Vec::new();
        let mut json = Json::new(&mut bytes, is_indented);
        json.object(|json| {
            json.list("a", ["x", "y"])?;
            json.key("b")?.object(|_| Ok(()))?;
            json.key("c")?.bare(true)
        })
        .and_then(|()| json.finish())
        .expect("memory takes it");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn both_forms_are_the_same_json() {
        assert_eq!(written(false), "{\"a\":[\"x\",\"y\"],\"b\":{},\"c\":true}\n");
        assert_eq!(written(true), "{\n  \"a\": [\n    \"x\",\n    \"y\"\n  ],\n  \"b\": {},\n  \"c\": true\n}\n");
    }
}
