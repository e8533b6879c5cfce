//! As much of HCL as a citation takes: one value or block, and the block at the top around it.

use crate::raw::{Cited, is_joining};
use serde_json::{Map, Value};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// The value at some bytes of an HCL file of these blocks.
pub(crate) fn cited(text: &str, blocks: &[Block], pointer: &str, start: usize, end: usize) -> Result<Cited, String> {
    let own = text.get(start..end).filter(|own| !own.is_empty()).ok_or("no value stands at these bytes")?;
    let around = blocks.partition_point(|block| block.range.start <= start).checked_sub(1);
    let around = around.and_then(|at| blocks.get(at)).filter(|block| block.range.contains(&start));
    let block = around.ok_or("no block stands around these bytes")?;
    let keys: Vec<String> = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    let mut to_come = keys.iter();
    if !block.labels.iter().all(|label| to_come.any(|key| key == label)) {
        return Err(format!("the block around it is {}", block.labels.join(".")));
    }
    // A field is led to by its key; a block and an item of a list by a number.
    let key = keys.last().filter(|key| block.labels.last() != Some(*key) && key.parse::<usize>().is_err());
    let before = text.get(..start).unwrap_or_default().trim_end().trim_end_matches(['=', ':']).trim_end();
    let is_led_to = |key: &&String| before.trim_end_matches('"').ends_with(key.as_str());
    let value = match key.filter(|key| !is_led_to(key)) {
        None => Reader::new(own).value_or_block(),
        // All the blocks of a name together start with it.
        Some(key) => Reader::new(own).body().remove(key).ok_or("no field of this name has these bytes")?,
    };
    let fields = block.fields(text);
    let (around, joined) = (vec![Rc::clone(&fields.plain)], fields.joined.clone());
    Ok(Cited { value, around, joined, keys: block.labels.clone() })
}

/// The blocks at the top, one after the other.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    Blocks(Reader::new(text)).collect()
}

/// The words before a block at the top, where it opens and ends, and what it holds once that was asked for.
pub(crate) struct Block {
    labels: Vec<String>,
    range: Range<usize>,
    fields: OnceCell<Fields>,
}

/// What a block holds.
struct Fields {
    plain: Rc<BTreeMap<String, Value>>,
    joined: Option<Rc<Value>>,
}

impl Block {
    /// The type and the name.
    pub(crate) fn address(&self) -> Option<[&String; 2]> {
        let mut labels = self.labels.iter().rev();
        let (name, kind) = (labels.next()?, labels.next()?);
        Some([kind, name])
    }

    /// Whether it looks for what is there, and makes nothing.
    pub(crate) fn is_data(&self) -> bool {
        self.labels.first().is_some_and(|word| word == "data")
    }

    /// The fields that hold one text, number or the like.
    pub(crate) fn plain(&self, text: &str) -> &BTreeMap<String, Value> {
        &self.fields(text).plain
    }

    fn fields(&self, text: &str) -> &Fields {
        self.fields.get_or_init(|| {
            let inside = text.get(self.range.start + 1..self.range.end.saturating_sub(1)).unwrap_or_default();
            let fields = Reader::new(inside).body();
            let is_plain = |value: &Value| !value.is_object() && !value.is_array();
            let plain = fields.iter().filter(|(_, value)| is_plain(value));
            let plain: BTreeMap<String, Value> = plain.map(|(key, value)| (key.clone(), value.clone())).collect();
            let joined = is_joining(&plain).then(|| Rc::new(fields.into_iter().collect()));
            Fields { plain: Rc::new(plain), joined }
        })
    }
}

/// Goes from block to block.
struct Blocks<'t>(Reader<'t>);

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let reader = &mut self.0;
        let mut labels = vec![reader.word()?];
        while let Some(label) = reader.label() {
            labels.push(label);
        }
        let open = reader.at;
        reader.expression();
        if reader.at == open {
            // Nothing that opens a block: go on behind it.
            reader.at += 1;
        }
        Some(Block { labels, range: open..reader.at, fields: OnceCell::new() })
    }
}

/// Reads what is well-formed; what is not gives odd values, never a loop.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes past space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            let skipped = if trimmed.starts_with('#') || trimmed.starts_with("//") {
                trimmed.find('\n').unwrap_or(trimmed.len())
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map_or(trimmed.len(), |end| end + 2)
            } else {
                return;
            };
            self.at += skipped;
        }
    }

    /// A word of letters, digits, `_` and `-`.
    fn word(&mut self) -> Option<String> {
        self.space();
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
        let word = rest.get(..end).filter(|word| !word.is_empty())?;
        self.at += end;
        Some(word.to_owned())
    }

    /// A label of a block: a word or a text in quotes.
    fn label(&mut self) -> Option<String> {
        self.space();
        if self.rest().starts_with('"') { Some(self.quoted()) } else { self.word() }
    }

    /// A text in quotes, its templates as written.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        let mut depth = 0_usize;
        let mut chars = self.rest().char_indices().skip(1).peekable();
        let mut end = self.rest().len();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if depth == 0 => text.extend(chars.next().map(|(_, escaped)| unescaped(escaped))),
                '"' if depth == 0 => {
                    end = at + 1;
                    break;
                }
                _ => {
                    let opens = c == '{' && (depth > 0 || text.ends_with('$'));
                    depth = if opens {
                        depth + 1
                    } else if c == '}' {
                        depth.saturating_sub(1)
                    } else {
                        depth
                    };
                    text.push(c);
                }
            }
        }
        self.at += end;
        text
    }

    /// A block, a value, or what needs evaluation as its text.
    fn value_or_block(&mut self) -> Value {
        let start = self.at;
        if let Some(_name) = self.word() {
            while self.label().is_some() {}
            self.space();
            if self.rest().starts_with('{') {
                return self.expression();
            }
        }
        self.at = start;
        self.expression()
    }

    fn expression(&mut self) -> Value {
        self.space();
        match self.rest().chars().next() {
            Some('"') => Value::String(self.quoted()),
            Some('[') => self.list(),
            Some('{') => {
                self.at += 1;
                let fields = self.body();
                self.close('}');
                Value::Object(fields.into_iter().collect::<Map<String, Value>>())
            }
            Some('<') if self.rest().starts_with("<<") => self.heredoc(),
            _ => self.words(),
        }
    }

    fn list(&mut self) -> Value {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            let before = self.at;
            match self.rest().chars().next() {
                None | Some(']') => break,
                Some(',') => self.at += 1,
                Some(_) => items.push(self.expression()),
            }
            if self.at == before {
                break;
            }
        }
        self.close(']');
        Value::Array(items)
    }

    fn close(&mut self, bracket: char) {
        self.space();
        if self.rest().starts_with(bracket) {
            self.at += 1;
        }
    }

    /// Attributes and blocks until the end or a closing bracket. A block that is repeated is a list.
    fn body(&mut self) -> BTreeMap<String, Value> {
        let mut fields: BTreeMap<String, Value> = BTreeMap::new();
        loop {
            self.space();
            if self.rest().starts_with(',') {
                self.at += 1;
                continue;
            }
            let Some(key) = self.label() else { return fields };
            self.space();
            let is_attribute = self.rest().starts_with(['=', ':']);
            if is_attribute {
                self.at += 1;
            } else {
                while self.label().is_some() {}
            }
            let value = self.expression();
            match fields.get_mut(&key) {
                Some(Value::Array(known)) if !is_attribute => known.push(value),
                _ if is_attribute => {
                    fields.insert(key, value);
                }
                _ => {
                    fields.insert(key, Value::Array(vec![value]));
                }
            }
        }
    }

    /// `<<END` to a line that is `END` alone; only its extent counts.
    fn heredoc(&mut self) -> Value {
        let rest = self.rest();
        let (head, _) = rest.split_once('\n').unwrap_or((rest, ""));
        let mark = head.trim_start_matches(['<', '-']).trim();
        let mut at = head.len();
        for line in rest.get(head.len()..).unwrap_or_default().split_inclusive('\n') {
            at += line.len();
            if line.trim() == mark {
                break;
            }
        }
        self.at += at;
        Value::String(rest.get(..at).unwrap_or_default().to_owned())
    }

    /// A number, a word, a reference or a call, to the end of the line or list.
    fn words(&mut self) -> Value {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(c) = self.rest().chars().next() {
            let is_comment = self.rest().starts_with("//") || self.rest().starts_with("/*");
            match c {
                '"' => {
                    self.quoted();
                    continue;
                }
                _ if is_comment && depth == 0 => break,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => break,
                ')' | ']' | '}' => depth -= 1,
                '\n' | ',' | '#' if depth == 0 => break,
                _ => {}
            }
            self.at += c.len_utf8();
        }
        let text = self.text.get(start..self.at).unwrap_or_default().trim();
        serde_json::from_str(text)
            .ok()
            .filter(|value: &Value| !value.is_string())
            .unwrap_or_else(|| Value::String(text.to_owned()))
    }
}

fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_block_is_read_with_what_stands_around_it() {
        let text = "# } \"\nlocals { x = \"}\" }\nresource \"t_roles\" \"kim\" {\n  user_id = t_user.kim.id // who\n  n = 3\n  roles {\n    role_id = \"${t_role.a.id}\"\n    ids = [\"*\", t.b.id]\n  }\n  text = <<END\n }\n END\n}\nresource \"t\" \"z\" {}\n";
        let start = text.find("roles {").expect("there");
        let end = start + text[start..].find('}').expect("a template") + 1;
        let end = end + text[end..].find("}\n").expect("its end") + 1;
        let cited = cited(text, &blocks(text), "/resource/0/t_roles/kim/roles/0", start, end).expect("a block");
        assert_eq!(cited.value, json!({"role_id": "${t_role.a.id}", "ids": ["*", "t.b.id"]}));
        assert_eq!(cited.keys, ["resource", "t_roles", "kim"]);
        assert_eq!(cited.around[0].get("user_id"), Some(&json!("t_user.kim.id")));
        assert_eq!(cited.around[0].get("n"), Some(&json!(3)));
        assert!(super::cited(text, &blocks(text), "/resource/0/t_roles/ada/roles/0", start, end).is_err());
        let of = |pointer: &str| super::cited(text, &blocks(text), pointer, start, end).map(|cited| cited.value);
        assert_eq!(of("/resource/0/t_roles/kim/roles").expect("all of them"), json!([cited.value]));
        assert!(of("/resource/0/t_roles/kim/others").is_err());
        let at = text.find("\"}\"").expect("a local");
        let local = |pointer: &str| super::cited(text, &blocks(text), pointer, at, at + 3).map(|cited| cited.value);
        assert_eq!(local("/locals/0/x"), Ok(json!("}")));
        assert!(local("/output/0/x").is_err() && local("/locals/0/y").is_err());
    }

    #[test]
    fn what_is_broken_ends() {
        for text in ["resource \"a", "a {", "a = [", "a { b = <<X", "} } }", "a b c", "= = =", "\"", "a { ] }"] {
            let _ = Reader::new(text).body();
            let _ = Reader::new(text).value_or_block();
            let _ = blocks(text);
        }
    }
}
