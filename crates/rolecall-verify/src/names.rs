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

/// The key by which one instance of a resource is told from others.
const INDEX: &str = "index_key";

/// Where what is so of a resource stands.
const ATTRIBUTES: [&str; 3] = ["attributes", "attributes_flat", "values"];

/// What each of Terraform's types begins with.
const TYPE: &str = "genesyscloud_";

/// What the files call things.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The names by id, and by Terraform's address, of what is wanted.
    called: BTreeMap<String, HashSet<String>>,
    /// The ids by address, of what is wanted by either.
    ids: BTreeMap<String, HashSet<String>>,
    /// What Terraform's data sources look for, by their addresses.
    sought: BTreeMap<String, HashSet<String>>,
}

impl Names {
    /// What goes by an id or an address is called.
    pub(crate) fn of(&self, id: &str) -> impl Iterator<Item = &String> {
        self.called.get(id).into_iter().flatten()
    }

    /// Whether a name in a file is that of an entity: its id by a state, or a data source that looks for it.
    pub(crate) fn is_other_name(&self, name: &str, id: &str, own: &str, kind: &str) -> bool {
        let is_id = |address: &str, id: &str| self.ids.get(address).is_some_and(|ids| ids.contains(id));
        let is_type = name.split('.').rev().nth(1).is_some_and(|of| of.ends_with(kind) || kind == "service-account");
        let is_sought = |sought: &HashSet<String>| {
            sought.contains(own) || sought.contains(id) || self.of(id).any(|name| sought.contains(name))
        };
        is_id(id, name) || is_id(name, id) || (is_type && self.sought.get(name).is_some_and(is_sought))
    }

    /// Takes up what a block of HCL is named.
    pub(crate) fn add_block(
        &mut self,
        wanted: &HashSet<&str>,
        address: &str,
        is_data: bool,
        fields: &BTreeMap<String, Value>,
    ) {
        let address = if is_data { format!("data.{address}") } else { address.to_owned() };
        let own = KEYS.iter().filter_map(|key| fields.get(*key)?.as_str()).map(str::to_owned);
        if is_data {
            self.sought.entry(address.clone()).or_default().extend(own.clone());
        }
        if wanted.contains(address.as_str()) {
            self.called.entry(address).or_default().extend(own);
        }
    }

    /// Goes through values of any size and keeps the names of what is wanted, nothing else.
    pub(crate) fn add_text(&mut self, wanted: &HashSet<&str>, text: &str) {
        let mut values = serde_json::Deserializer::from_str(text);
        let mut walk = Walk { wanted, names: self, keys: Default::default() };
        // What is broken has no names from there on.
        while walk.deserialize(&mut values).is_ok() {}
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

struct Walk<'w, 'a> {
    wanted: &'w HashSet<&'a str>,
    names: &'w mut Names,
    /// The three keys that lead here.
    keys: [String; 3],
}

/// What a value says of the object around it.
enum Said {
    /// A text, or what the parts of a name make.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// What objects are called, for the resource of a state that they are within.
    Known(Vec<Own>),
    Nothing,
}

/// What an object is called, what its id is, and which of several instances it is.
#[derive(Default)]
struct Own {
    index: Option<String>,
    names: Vec<String>,
    ids: Vec<String>,
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

    fn visit_u64<E>(self, number: u64) -> Result<Said, E> {
        // Numbers are many, and only those of instances count.
        Ok(if self.keys[2] == INDEX { Said::Number(number.to_string()) } else { Said::Nothing })
    }

    fn visit_f64<E>(self, _: f64) -> Result<Said, E> {
        Ok(Said::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Said, E> {
        Ok(Said::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Said, A::Error> {
        let is_instances = self.keys[2] == INSTANCES;
        let mut all = Vec::new();
        while let Some(said) = list.next_element_seed(&mut *self)? {
            if let (Said::Known(own), true) = (said, is_instances) {
                all.extend(own);
            }
        }
        Ok(Said::Known(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said, A::Error> {
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let (mut inner, mut organisation) = (Vec::new(), Vec::new());
        let outer = self.keys.clone();
        let [_, kind, label] = &outer;
        while let Some(key) = map.next_key::<String>()? {
            self.keys = [kind.clone(), label.clone(), key.clone()];
            match map.next_value_seed(&mut *self)? {
                Said::Text(text) if key == INDEX => drop(fields.insert(key, format!("[{}]", Value::String(text)))),
                Said::Number(number) if key == INDEX => drop(fields.insert(key, format!("[{number}]"))),
                Said::Text(text) if is_told(&key) => drop(fields.insert(key, text)),
                // A trustee is called what its organisation is.
                Said::Known(own) if key == "organization" => organisation = own,
                Said::Known(own) if key == INSTANCES || ATTRIBUTES.contains(&key.as_str()) => inner = own,
                _ => {}
            }
        }
        let name = joined(|key| fields.get(key).cloned());
        let named = KEYS.iter().filter_map(|key| fields.get(*key)).chain(&name).cloned();
        let names: Vec<String> = named.chain(organisation.into_iter().flat_map(|own| own.names)).collect();
        let mut own = Own { index: fields.get(INDEX).cloned(), names, ids: Vec::new() };
        self.configured(&outer, &own);
        if let Some(id) = fields.get("id") {
            self.keep(id.clone(), &own);
            own.ids.push(id.clone());
        }
        self.resource(&fields, &own, &inner);
        for instance in inner {
            own.names.extend(instance.names);
            own.ids.extend(instance.ids);
        }
        self.keys = outer;
        Ok(match name {
            Some(name) if !fields.contains_key("id") => Said::Text(name),
            _ => Said::Known(vec![own]),
        })
    }
}

impl Walk<'_, '_> {
    /// What stands under a type and a label of a configuration.
    fn configured(&mut self, [part, kind, label]: &[String; 3], own: &Own) {
        let address = format!("{kind}.{label}");
        let data = format!("data.{address}");
        if part == "data" && kind.starts_with(TYPE) {
            self.names.sought.entry(data.clone()).or_default().extend(own.names.iter().cloned());
        }
        self.keep(data, own);
        self.keep(address, own);
    }

    /// What a state has of a resource, by each address that it may go by, and of every instance.
    fn resource(&mut self, fields: &BTreeMap<String, String>, own: &Own, instances: &[Own]) {
        let (Some(kind), Some(name)) = (fields.get("type"), fields.get("name")) else { return };
        let is_data = fields.get("mode").is_some_and(|mode| mode == "data");
        let bare = format!("{}{kind}.{name}", if is_data { "data." } else { "" });
        let whole = fields.get("module").map(|module| format!("{module}.{bare}"));
        self.keep(bare.clone(), own);
        for address in [Some(&bare), whole.as_ref(), fields.get("address")].into_iter().flatten() {
            for instance in instances {
                let index = instance.index.as_deref().unwrap_or_default();
                if is_data && kind.starts_with(TYPE) {
                    let sought = self.names.sought.entry(format!("{address}{index}")).or_default();
                    sought.extend(instance.names.iter().chain(&instance.ids).cloned());
                }
                self.keep(address.clone(), instance);
                self.keep(format!("{address}{index}"), instance);
            }
        }
    }

    fn keep(&mut self, id: String, own: &Own) {
        let is_wanted = self.wanted.contains(id.as_str());
        if own.ids.iter().any(|own| is_wanted || self.wanted.contains(own.as_str())) {
            self.names.ids.entry(id.clone()).or_default().extend(own.ids.iter().cloned());
        }
        if is_wanted {
            self.names.called.entry(id).or_default().extend(own.names.iter().cloned());
        }
    }
}

/// Whether a key tells what an object is called.
fn is_told(key: &str) -> bool {
    matches!(key, "id" | "type" | "module" | "mode" | "address")
        || KEYS.contains(&key)
        || FIRST.contains(&key)
        || LAST.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_form() {
        let text = r#"{"entities": [{"id": "u-1", "name": "Ana"}, {"id": "u-2", "name": {"firstName": "Rui", "lastName": "Costa"}}]}
            {"resource": {"t_user": {"kim": {"email": "kim@x.example"}}}, "resources": [
            {"type": "t_user", "name": "lou", "instances": [{"attributes_flat": {"id": "u-4", "name": "Lou"}}]},
            {"type": "t_user", "name": "lee", "instances": [{"attributes": {"id": "u-3", "name": "Lee"}}]}]} {"#;
        let wanted: HashSet<&str> = ["u-1", "u-2", "t_user.kim", "t_user.lee", "t_user.lou", "u-9"].into();
        let mut names = Names::default();
        names.add_text(&wanted, text);
        let of_state = [("t_user.lee", "Lee"), ("t_user.lou", "Lou")];
        for (id, name) in
            [("u-1", "Ana"), ("u-2", "Rui Costa"), ("t_user.kim", "kim@x.example")].into_iter().chain(of_state)
        {
            assert!(names.called[id].contains(name), "{id} {names:?}");
        }
        assert_eq!(names.called.len(), 5, "{names:?}");
    }

    #[test]
    fn what_a_state_and_a_data_source_call_a_thing_are_names_of_it() {
        let text = r#"{"resources": [{"module": "module.m", "mode": "managed", "type": "genesyscloud_auth_role", "name": "adm",
            "instances": [{"index_key": 0, "attributes": {"id": "r-1", "name": "A"}}, {"index_key": "b", "attributes": {"id": "r-2", "name": "B"}}]}]}
            {"values": {"root_module": {"resources": [{"address": "x.genesyscloud_user.kim", "type": "genesyscloud_user", "name": "kim", "values": {"id": "u-1"}}]}}}
            {"data": {"genesyscloud_user": {"lee": {"email": "lee@x.example"}}}} {"id": "u-2", "name": "Lee", "email": "lee@x.example"}"#;
        let [one, other] = [0, 1].map(|at| format!("module.m.genesyscloud_auth_role.adm{}", ["[0]", "[\"b\"]"][at]));
        let wanted: HashSet<&str> = [&*one, &*other, "x.genesyscloud_user.kim", "u-2"].into();
        let mut names = Names::default();
        names.add_text(&wanted, text);
        assert_eq!(names.of(&one).collect::<Vec<_>>(), ["A"]);
        assert_eq!(names.of(&other).collect::<Vec<_>>(), ["B"]);
        let is_same = |name: &str, id: &str, kind: &str| names.is_other_name(name, id, "", kind);
        assert!(is_same("r-1", &one, "role") && !is_same("r-1", &other, "role") && is_same("r-2", &other, "role"));
        assert!(is_same("u-1", "x.genesyscloud_user.kim", "user"));
        assert!(is_same("data.genesyscloud_user.lee", "u-2", "user"));
        assert!(!is_same("data.genesyscloud_user.lee", "u-2", "role"));
    }
}
