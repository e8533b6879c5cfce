//! The words, quotes and comments of a text: HCL, TOML, and JSON that is broken.

use std::ops::Range;

/// One piece of a text, by its bytes. Spaces are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A comment with its marks, without the end of its line.
    Comment(Range<usize>),
    /// What stands between quotes of one kind, all of it text.
    Quoted(Range<usize>, char),
    /// Text as it stands: what a template leaves of a string, or one of several lines.
    Text(Range<usize>),
    /// A run of letters, digits, `_` and `-`.
    Word(Range<usize>),
    /// Any other character; the end of a line too.
    Mark(char),
}

/// Whether a character is of a word.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Goes through a text once. What is broken gives odd pieces, never a loop.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    is_toml: bool,
    /// The braces that are open in each template that is, the innermost last.
    templates: Vec<usize>,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str, is_toml: bool) -> Self {
        Self { text, at: 0, is_toml, templates: Vec::new() }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes on by so many bytes, and gives them.
    fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.at;
        self.at = (start + length).min(self.text.len());
        start..self.at
    }

    /// What stands before the next of some text, which is gone past too; all that is left where it is nowhere.
    fn take_to(&mut self, end: &str) -> Range<usize> {
        let found = self.rest().find(end);
        let range = self.take(found.unwrap_or(usize::MAX - self.at));
        self.take(found.map_or(0, |_| end.len()));
        range
    }

    fn comment(&mut self) -> Option<Range<usize>> {
        let rest = self.rest();
        let of_line = || rest.find('\n').unwrap_or(rest.len());
        let length = if rest.starts_with('#') || (!self.is_toml && rest.starts_with("//")) {
            of_line()
        } else if !self.is_toml && rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            return None;
        };
        Some(self.take(length))
    }

    /// `<<END` to a line that is `END` alone, or a string of several lines.
    fn long(&mut self) -> Option<Range<usize>> {
        let rest = self.rest();
        if self.is_toml {
            let mark = ["\"\"\"", "'''"].into_iter().find(|mark| rest.starts_with(mark))?;
            self.take(mark.len());
            return Some(self.take_to(mark));
        }
        let (head, _) = rest.strip_prefix("<<")?.split_once('\n')?;
        let mark = head.strip_prefix('-').unwrap_or(head).trim();
        if mark.is_empty() || !mark.chars().all(is_word) {
            return None;
        }
        let body = rest.get(head.len() + 2..).unwrap_or_default();
        let lines = body.split_inclusive('\n').skip(1).take_while(|line| line.trim() != mark);
        let length: usize = 1 + lines.map(str::len).sum::<usize>();
        self.take(head.len() + 2);
        Some(self.take(length))
    }

    /// A string behind its quote, or what a template leaves of it up to the next.
    fn string(&mut self, quote: char, is_rest: bool) -> Piece {
        let rest = self.rest();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if quote == '"' => {
                    chars.next();
                }
                '$' | '%' if quote == '"' && !self.is_toml && rest.get(at + 1..at + 2) == Some("{") => {
                    let range = self.take(at);
                    self.take(2);
                    self.templates.push(0);
                    return Piece::Text(range);
                }
                // What is doubled is no template.
                '$' | '%' if chars.peek().is_some_and(|(_, next)| *next == c) => {
                    chars.next();
                }
                '\n' => {
                    let range = self.take(at);
                    return if is_rest { Piece::Text(range) } else { Piece::Quoted(range, quote) };
                }
                _ if c == quote => {
                    let range = self.take(at);
                    self.take(1);
                    return if is_rest { Piece::Text(range) } else { Piece::Quoted(range, quote) };
                }
                _ => {}
            }
        }
        Piece::Text(self.take(rest.len()))
    }
}

impl Iterator for Lexer<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
        let rest = self.rest();
        let c = rest.chars().next()?;
        if let Some(range) = self.comment() {
            return Some(Piece::Comment(range));
        }
        if let Some(range) = self.long() {
            return Some(Piece::Text(range));
        }
        if is_word(c) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            return Some(Piece::Word(self.take(length)));
        }
        self.take(c.len_utf8());
        match (c, self.templates.last_mut()) {
            ('"' | '\'', _) => return Some(self.string(c, false)),
            ('{', Some(open)) => *open += 1,
            ('}', Some(0)) => {
                self.templates.pop();
                return Some(self.string('"', true));
            }
            ('}', Some(open)) => *open -= 1,
            _ => {}
        }
        Some(Piece::Mark(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, is_toml: bool) -> Vec<String> {
        let shown = |piece| match piece {
            Piece::Comment(range) => format!("comment {}", &text[range]),
            Piece::Quoted(range, quote) => format!("{quote} {}", &text[range]),
            Piece::Text(range) => format!("text {}", &text[range]),
            Piece::Word(range) => format!("word {}", &text[range]),
            Piece::Mark(c) => c.to_string(),
        };
        Lexer::new(text, is_toml).map(shown).collect()
    }

    #[test]
    fn code_within_a_string_is_told_from_its_text() {
        assert_eq!(
            pieces(r#"a = "x ${b["Ana"]} $${y}" // z"#, false),
            ["word a", "=", "text x ", "word b", "[", "\" Ana", "]", "text  $${y}", "comment // z"]
        );
        assert_eq!(pieces("\"a\\\"b\" /* c\nd */ e-f", false), ["\" a\\\"b", "comment /* c\nd */", "word e-f"]);
    }

    #[test]
    fn strings_of_several_lines_and_comments_are_those_of_the_language() {
        assert_eq!(pieces("a = <<-END\n # x\n END\n#y", false)[2..], ["text \n # x\n", "word END", "\n", "comment #y"]);
        assert_eq!(pieces("'#a' \"\"\"b\n\"c\"\"\" // #d", true), ["' #a", "text b\n\"c", "/", "/", "comment #d"]);
    }

    #[test]
    fn what_is_broken_ends() {
        for text in ["\"", "\"${", "\"${{", "}", "<<", "<<A", "<<A\n", "/*", "'a\n'", "\"\"\"", "\"a\\"] {
            let _ = pieces(text, false);
            let _ = pieces(text, true);
        }
    }
}
