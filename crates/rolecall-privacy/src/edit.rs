//! Rewriting the strings of a text, all other bytes left as they are.

use crate::Names;
use crate::code::Language;
use crate::person::{Field, TYPES, field, is_own, is_person, is_somebody, is_stated};
use rolecall_source::{Kind, Node, Scanner, Tape};
use std::collections::BTreeSet;
use std::ops::Range;

/// New text for some bytes.
pub(crate) type Edit = (Range<usize>, String);

/// What was found in a text.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) edits: Vec<Edit>,
    /// Names of people that were not known.
    pub(crate) people: BTreeSet<String>,
}

/// Where a value stands.
#[derive(Clone, Copy, Default)]
struct Spot<'k> {
    /// Whether it is a field of a person.
    is_person: bool,
    /// Whether it is a person itself, as what is around it says.
    is_self: bool,
    /// Whether the values here are people of Terraform's, and the keys their labels.
    is_labelled: bool,
    /// Whether it is one of several people who stand under keys of their own.
    is_among: bool,
    key: Option<&'k str>,
}

impl Names {
    /// The text of a file of an export with its people replaced: JSON, JSON lines or HCL.
    #[must_use]
    pub fn rewrite(&self, path: &str, text: &str) -> String {
        let found = if is_hcl(path) { None } else { self.json(text) };
        let language = if is_hcl(path) { Language::Hcl } else { Language::Broken };
        applied(text, found.unwrap_or_else(|| self.code(text, language)).edits)
    }

    /// The text of settings with the people of the export replaced.
    #[must_use]
    pub fn rewrite_settings(&self, text: &str) -> String {
        applied(text, self.code(text, Language::Toml).edits)
    }

    /// The names of people in a file of an export that were not known. Of what is broken nobody knows whose they are.
    pub(crate) fn people(&self, path: &str, text: &str) -> BTreeSet<String> {
        let found = if is_hcl(path) { Some(self.code(text, Language::Hcl)) } else { self.json(text) };
        found.map(|found| found.people).unwrap_or_default()
    }

    /// What changes in a text of JSON, and the names of people in it that were not known.
    pub(crate) fn json(&self, text: &str) -> Option<Found> {
        let mut found = Found::default();
        let mut scanner = Scanner::new(text);
        let mut tape = Tape::default();
        while !scanner.at_end() {
            scanner.read_tape(&mut tape).ok()?;
            self.value(tape.root(), Spot::default(), &mut found);
        }
        found.edits.sort_by_key(|(range, _)| range.start);
        Some(found)
    }

    fn value(&self, node: Node<'_, '_>, spot: Spot<'_>, found: &mut Found) {
        let range = node.start()..node.end();
        match node.kind() {
            Kind::String => {
                let text = node.text().unwrap_or_default();
                let shown = self.string(&text, spot, found);
                edit(found, range, &text, shown);
            }
            Kind::Number if spot.is_person && spot.key.and_then(field) == Some(Field::Other) => {
                found.put(range, self.key.number(node.raw()));
            }
            Kind::Array => node.items().for_each(|item| self.value(item, spot, found)),
            Kind::Object => self.object(node, spot, found),
            _ => {}
        }
    }

    fn object(&self, node: Node<'_, '_>, spot: Spot<'_>, found: &mut Found) {
        let own_kind = node.get("type").and_then(Node::text);
        let is_state = own_kind.as_ref().is_some_and(|kind| TYPES.contains(&kind.as_ref()));
        let is_kept = |name: &str| self.known.kept.contains(name);
        let is_here = is_person(node, |id| self.known.ids.contains(id), is_kept) || is_meant(node, spot, is_kept);
        // What is nested in a person speaks of it only where its key says so.
        let is_among = is_many(node, spot);
        let is_person = is_here || spot.is_self || (spot.is_person && spot.key.is_none_or(is_own));
        let full = full_name(node);
        for (key, value) in node.fields() {
            let name: &str = &key.text;
            let shown = if spot.is_labelled { self.label(name) } else { self.text(name) };
            edit(found, key.start..key.end, name, shown);
            let text = || value.text().unwrap_or_default();
            match (value.kind(), field(name)) {
                (Kind::String, Some(Field::First | Field::Last)) if is_person && is_kept(&full) => {}
                (Kind::String, Some(part @ (Field::First | Field::Last))) if is_person => {
                    let pseudonym = self.person(&full);
                    found.people.insert(full.clone());
                    // One part alone is the whole name.
                    let halves = pseudonym.split_once(' ').filter(|_| full.contains(' '));
                    let half = halves.map_or(&*pseudonym, |(a, b)| if part == Field::First { a } else { b });
                    edit(found, value.start()..value.end(), &text(), half.to_owned());
                }
                (Kind::String, Some(Field::Name)) if is_state && spot.key == Some("resources") => {
                    edit(found, value.start()..value.end(), &text(), self.label(&text()));
                }
                _ => {
                    let is_labelled = TYPES.contains(&name);
                    let (is_person, is_self) = (is_person || is_state, spot.is_labelled);
                    let key = spot.key.filter(|outer| is_stated(name) && is_somebody(outer)).or(Some(name));
                    self.value(value, Spot { is_person, is_self, is_labelled, is_among, key }, found);
                }
            }
        }
    }

    fn string(&self, text: &str, spot: Spot<'_>, found: &mut Found) -> String {
        if self.known.kept.contains(text) {
            return text.to_owned();
        }
        let is_name = spot.key.is_some_and(is_somebody) && text.trim().contains(' ');
        match spot.key.and_then(field).filter(|_| spot.is_person) {
            Some(Field::Name) => {}
            Some(_) => return self.other(text),
            None if is_name => {}
            None => return self.text(text),
        }
        if !self.known.names.contains(text) {
            found.people.insert(text.to_owned());
        }
        self.person(text)
    }
}

/// Whether an object is meant to be somebody by its key, and is nothing else that is known.
fn is_meant(object: Node<'_, '_>, spot: Spot<'_>, is_kept: impl Fn(&str) -> bool) -> bool {
    let name = object.get("name").or_else(|| object.get("displayName")).and_then(Node::text);
    (spot.is_among || spot.key.is_some_and(is_somebody)) && name.is_some_and(|name| !is_kept(&name))
}

/// Whether an object is no entity but has people under keys of their own.
fn is_many(object: Node<'_, '_>, spot: Spot<'_>) -> bool {
    spot.key.is_some_and(is_somebody) && object.fields().all(|(_, value)| value.kind() == Kind::Object)
}

fn is_hcl(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".tf")
}

/// The parts of a name together.
fn full_name(object: Node<'_, '_>) -> String {
    let part = |keys: [&str; 2]| keys.into_iter().find_map(|key| object.get(key)?.text()).unwrap_or_default();
    let (first, last) = (part(["firstName", "givenName"]), part(["lastName", "familyName"]));
    format!("{first} {last}").trim().to_owned()
}

fn edit(found: &mut Found, range: Range<u32>, old: &str, new: String) {
    if old != new {
        found.put(range, serde_json::Value::String(new).to_string());
    }
}

impl Found {
    fn put(&mut self, range: Range<u32>, new: String) {
        self.edits.push((range.start as usize..range.end as usize, new));
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

#[cfg(test)]
mod tests {
    use crate::{Key, Known, Names};

    fn rewritten(text: &str) -> String {
        let known = Known { ids: ["u-1".to_owned()].into(), kept: ["BPO Desk".to_owned()].into(), ..Known::default() };
        Names::new(Key::of(b"key"), false, known, &[("x.json", text)]).rewrite("x.json", text)
    }

    #[test]
    fn people_who_are_only_spoken_of_are_people_too() {
        let text = r#"[{"id": "g-1", "name": "Planning", "owners": [{"id": "u-8", "name": "Rui Costa"}], "createdBy": "Li Wu"},
            {"id": "u-1", "name": "Ana", "manager": {"id": "u-9", "name": "Marta", "selfUri": "/api/v2/users/u-9"}},
            {"id": "u-7", "name": "Ivo", "selfUri": "/api/v2/authorization/subjects/u-7"},
            {"id": "t-1", "createdBy": {"user": {"id": "u-6", "name": "Kim Ode"}}, "description": "for Rui Costa and Kim Ode"}]"#;
        let shown = rewritten(text);
        for name in ["Rui", "Costa", "Li Wu", "Ana", "Marta", "Ivo", "Kim", "Ode"] {
            assert!(!shown.contains(name), "{name} {shown}");
        }
        assert!(shown.contains("Planning"), "{shown}");
    }

    #[test]
    fn groups_and_clients_are_no_people_where_people_may_stand() {
        let text = r#"[{"id": "g-1", "name": "BPO Desk", "selfUri": "/api/v2/authorization/subjects/g-1",
            "members": ["BPO Desk"], "createdBy": {"id": "g-1", "name": "BPO Desk"}, "owners": ["u-8"]}]"#;
        assert_eq!(rewritten(text), text);
    }

    #[test]
    fn numbers_and_every_part_of_a_name_are_replaced_and_stay_what_they_are() {
        let text = r#"{"id": "u-1", "givenName": "Ana", "familyName": "Reis", "phoneNumber": 351912345678, "employeeId": 4711,
            "staff_number": "4712", "nickname": "Annie", "work-email": "a", "acdAutoAnswer": true, "version": 3}"#;
        let shown: serde_json::Value = serde_json::from_str(&rewritten(text)).expect("JSON");
        for said in ["Ana", "Reis", "35191", "4711", "4712", "Annie", "\"a\""] {
            assert!(!shown.to_string().contains(said), "{said} {shown}");
        }
        assert!(shown["phoneNumber"].is_u64() && shown["employeeId"].is_u64() && shown["version"] == 3, "{shown}");
        let alone = rewritten(r#"[{"id": "u-1", "name": {"firstName": "Ana"}}]"#);
        assert!(alone.contains("\"Person ") && !alone.contains("\"Person\""), "one part is told from others: {alone}");
    }

    #[test]
    fn whoever_is_called_as_something_else_is_keeps_the_name_wherever_it_stands() {
        let text = r#"[{"id": "u-1", "name": "BPO Desk", "firstName": "BPO", "lastName": "Desk"}, {"id": "g-1", "members": ["BPO Desk"]}]"#;
        assert_eq!(rewritten(text), text);
        let other = rewritten(&text.replace("BPO Desk", "Bpo Task").replace("Desk", "Task"));
        assert!(!other.contains("Task"), "{other}");
    }

    #[test]
    fn names_that_differ_by_case_and_space_have_pseudonyms_that_do() {
        let known = Known { names: ["Kim Ode".to_owned(), "kim ode".to_owned()].into(), ..Known::default() };
        let names = Names::new(Key::of(b"key"), false, known, &[]);
        let (one, other) = (names.text("Kim Ode"), names.text("kim ode"));
        assert!(one != other && one.eq_ignore_ascii_case(&other), "{one} {other}");
        assert_eq!(names.text(" Kim Ode "), format!(" {one} "));
        assert_eq!(names.text("Kim  Ode"), one.replace(' ', "  "));
        assert!(names.text("to KIM ODE.").starts_with("to Person "));
        assert_eq!(names.text("Kim Oden"), "Kim Oden");
    }

    #[test]
    fn people_under_keys_of_their_own_are_people() {
        let shown =
            rewritten(r#"[{"users": {"a": {"name": "Jo Silva", "phone": "1"}}, "plans": {"a": {"name": "Jo Plan"}}}]"#);
        assert!(!shown.contains("Silva") && !shown.contains("\"1\"") && shown.contains("Jo Plan"), "{shown}");
    }
}
