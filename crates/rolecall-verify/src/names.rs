//! What the raw files name each thing that a report speaks of.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// The keys of names, and of parts of them.
const KEYS: [&str; 5] = ["name", "email", "username", "displayName", "display_name"];
const FIRST: [&str; 2] = ["firstName", "givenName"];
const LAST: [&str; 2] = ["lastName", "familyName"];

/// Where a state has what came of a resource.
const INSTANCES: &str = "instances";

/// The names by id, and by Terraform's address.
pub(crate) type Names = BTreeMap<String, HashSet<String>>;

/// Takes up what an entity of HCL is named.
pub(crate) fn of_block(names: &mut Names, wanted: &HashSet<&str>, address: &str, fields: &BTreeMap<String, Value>) {
    if wanted.contains(address) {
        let own = KEYS.iter().filter_map(|key| fields.get(*key)?.as_str()).map(str::to_owned);
        names.entry(address.to_owned()).or_default().extend(own);
    }
}

/// The name that an object of two parts makes.
pub(crate) fn joined(part: impl Fn(&str) -> Option<String>) -> Option<String> {
    let of = |keys: [&str; 2]| keys.into_iter().find_map(&part);
    match (of(FIRST), of(LAST)) {
        (None, None) => None,
        (first, last) => Some(format!("{} {}", first.unwrap_or_default(), last.unwrap_or_default()).trim().to_owned()),
    }
}

/// Goes through values of any size and keeps the names of what is wanted, nothing else.
pub(crate) fn of_text(names: &mut Names, wanted: &HashSet<&str>, text: &str) {
    let mut values = serde_json::Deserializer::from_str(text);
    let mut walk = Walk { wanted, names, keys: Default::default() };
    // What is broken has no names from there on.
    while walk.deserialize(&mut values).is_ok() {}
}

struct Walk<'w, 'a> {
    wanted: &'w HashSet<&'a str>,
    names: &'w mut Names,
    /// The two keys that lead here.
    keys: (String, String),
}

/// What a value says of the object around it.
enum Said {
    /// A text, or what the parts of a name make.
    Text(String),
    /// The names of an object, for the resource of a state that it is within.
    Names(Vec<String>),
    Nothing,
}

impl<'de> DeserializeSeed<'de> for &mut Walk<'_, '_> {
    type Value = Said;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Said, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Walk<'_, '_> {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Said, E> {
        Ok(Said::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Said, E> {
        Ok(Said::Nothing)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Said, E> {
        Ok(Said::Nothing)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Said, E> {
        Ok(Said::Nothing)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Said, E> {
        Ok(Said::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Said, E> {
        Ok(Said::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Said, A::Error> {
        let is_instances = self.keys.1 == INSTANCES;
        let mut all = Vec::new();
        while let Some(said) = list.next_element_seed(&mut *self)? {
            if let (Said::Names(own), true) = (said, is_instances) {
                all.extend(own);
            }
        }
        Ok(Said::Names(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said, A::Error> {
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let (mut inner, mut organisation) = (Vec::new(), Vec::new());
        let outer = self.keys.clone();
        while let Some(key) = map.next_key::<String>()? {
            self.keys = (outer.1.clone(), key.clone());
            match map.next_value_seed(&mut *self)? {
                Said::Text(text) if is_told(&key) => {
                    fields.insert(key, text);
                }
                // A trustee is called what its organisation is.
                Said::Names(own) if key == "organization" => organisation = own,
                Said::Names(own) if key == INSTANCES || key == "attributes" || key == "values" => inner = own,
                _ => {}
            }
        }
        let name = joined(|key| fields.get(key).cloned());
        let mut own: Vec<String> = KEYS.iter().filter_map(|key| fields.get(*key)).chain(&name).cloned().collect();
        own.append(&mut organisation);
        let address = fields.get("type").zip(fields.get("name")).map(|(kind, name)| format!("{kind}.{name}"));
        let label = format!("{}.{}", outer.0, outer.1);
        let ids = fields.get("id").cloned().into_iter().chain([format!("data.{label}"), label]);
        ids.for_each(|id| self.keep(id, &own));
        own.append(&mut inner);
        address.into_iter().for_each(|address| self.keep(address, &own));
        self.keys = outer;
        Ok(match name {
            Some(name) if !fields.contains_key("id") => Said::Text(name),
            _ => Said::Names(own),
        })
    }
}

impl Walk<'_, '_> {
    fn keep(&mut self, id: String, names: &[String]) {
        if self.wanted.contains(id.as_str()) {
            self.names.entry(id).or_default().extend(names.iter().cloned());
        }
    }
}

/// Whether a key tells what an object is called.
fn is_told(key: &str) -> bool {
    key == "id" || key == "type" || KEYS.contains(&key) || FIRST.contains(&key) || LAST.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_form() {
        let text = r#"{"entities": [{"id": "u-1", "name": "Ana"}, {"id": "u-2", "name": {"firstName": "Rui", "lastName": "Costa"}}]}
            {"resource": {"t_user": {"kim": {"email": "kim@x.example"}}}, "resources": [
            {"type": "t_user", "name": "lee", "instances": [{"attributes": {"id": "u-3", "name": "Lee"}}]}]} {"#;
        let wanted: HashSet<&str> = ["u-1", "u-2", "t_user.kim", "t_user.lee", "u-9"].into();
        let mut names = Names::new();
        of_text(&mut names, &wanted, text);
        for (id, name) in [("u-1", "Ana"), ("u-2", "Rui Costa"), ("t_user.kim", "kim@x.example"), ("t_user.lee", "Lee")]
        {
            assert!(names[id].contains(name), "{id} {names:?}");
        }
        assert_eq!(names.len(), 4, "{names:?}");
    }
}
