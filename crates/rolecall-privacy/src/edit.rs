//! Rewriting the strings of a text, all other bytes left as they are.

use crate::Names;
use crate::code::Language;
use crate::person::{Field, TYPES, field, is_own, is_person};
use rolecall_source::{Kind, Node, Scanner, Tape};
use std::ops::Range;

/// New text for some bytes.
pub(crate) type Edit = (Range<usize>, String);

/// Where a value stands.
#[derive(Clone, Copy, Default)]
struct Spot<'k> {
    /// Whether it is a field of a person.
    is_person: bool,
    /// Whether it is a person itself, as what is around it says.
    is_self: bool,
    /// Whether the values here are people of Terraform's, and the keys their labels.
    is_labelled: bool,
    key: Option<&'k str>,
}

impl Names {
    /// The text of a file of an export with its people replaced: JSON, JSON lines or HCL.
    #[must_use]
    pub fn rewrite(&self, path: &str, text: &str) -> String {
        let edits = if path.to_ascii_lowercase().ends_with(".tf") {
            self.code(text, Language::Hcl)
        } else {
            self.json(text).unwrap_or_else(|| self.code(text, Language::Broken))
        };
        applied(text, edits)
    }

    /// The text of settings with the people of the export replaced.
    #[must_use]
    pub fn rewrite_settings(&self, text: &str) -> String {
        applied(text, self.code(text, Language::Toml))
    }

    fn json(&self, text: &str) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        let mut scanner = Scanner::new(text);
        let mut tape = Tape::default();
        while !scanner.at_end() {
            scanner.read_tape(&mut tape).ok()?;
            self.value(tape.root(), Spot::default(), &mut edits);
        }
        edits.sort_by_key(|(range, _)| range.start);
        Some(edits)
    }

    fn value(&self, node: Node<'_, '_>, spot: Spot<'_>, edits: &mut Vec<Edit>) {
        match node.kind() {
            Kind::String => {
                let text = node.text().unwrap_or_default();
                edit(edits, node.start()..node.end(), &text, self.string(&text, spot));
            }
            Kind::Array => node.items().for_each(|item| self.value(item, spot, edits)),
            Kind::Object => self.object(node, spot, edits),
            _ => {}
        }
    }

    fn object(&self, node: Node<'_, '_>, spot: Spot<'_>, edits: &mut Vec<Edit>) {
        let own_kind = node.get("type").and_then(Node::text);
        let is_state = own_kind.as_ref().is_some_and(|kind| TYPES.contains(&kind.as_ref()));
        let is_here = is_person(node, |id| self.known.ids.contains(id));
        // What is nested in a person speaks of it only where its key says so.
        let is_still = spot.is_self || (spot.is_person && spot.key.is_none_or(is_own));
        let part = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default();
        let full = format!("{} {}", part("firstName"), part("lastName"));
        for (key, value) in node.fields() {
            let name: &str = &key.text;
            let shown = if spot.is_labelled { self.label(name) } else { self.text(name) };
            edit(edits, key.start..key.end, name, shown);
            let is_typed = TYPES.contains(&name);
            let is_person = is_here || is_still;
            match (value.kind(), field(name)) {
                (Kind::String, Some(part @ (Field::First | Field::Last))) if is_person => {
                    let text = value.text().unwrap_or_default();
                    let pseudonym = self.person(&full);
                    let halves = pseudonym.split_once(' ').unwrap_or_default();
                    let half = if part == Field::First { halves.0 } else { halves.1 };
                    edit(edits, value.start()..value.end(), &text, half.to_owned());
                }
                (Kind::String, Some(Field::Name)) if is_state && spot.key == Some("resources") => {
                    let text = value.text().unwrap_or_default();
                    edit(edits, value.start()..value.end(), &text, self.label(&text));
                }
                _ => {
                    let is_person = is_person || is_state;
                    let within = Spot { is_person, is_self: spot.is_labelled, is_labelled: is_typed, key: Some(name) };
                    self.value(value, within, edits);
                }
            }
        }
    }

    fn string(&self, text: &str, spot: Spot<'_>) -> String {
        match spot.key.and_then(field).filter(|_| spot.is_person) {
            Some(Field::Name) => self.person(text),
            Some(_) => self.other(text),
            None => self.text(text),
        }
    }
}

fn edit(edits: &mut Vec<Edit>, range: Range<impl TryInto<usize>>, old: &str, new: String) {
    if old == new {
        return;
    }
    if let (Ok(start), Ok(end)) = (range.start.try_into(), range.end.try_into()) {
        edits.push((start..end, serde_json::Value::String(new).to_string()));
    }
}

fn applied(text: &str, edits: Vec<Edit>) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        shown.push_str(text.get(at..range.start).unwrap_or_default());
        shown.push_str(&new);
        at = range.end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    shown
}
