//! Who is named by a raw value, and by what stands around it.

use crate::names::Names;
use crate::raw::{Cited, Raw};
use crate::report::{Finding, Named};
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What a raw value names: the ids in it, or the names where it gives no ids.
pub(crate) fn mentioned(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![plain(text)],
        Value::Array(items) => items.iter().flat_map(mentioned).collect(),
        Value::Object(fields) => match fields.get("id").and_then(Value::as_str) {
            Some(id) => vec![plain(id)],
            None => fields.values().flat_map(mentioned).collect(),
        },
        _ => Vec::new(),
    }
}

/// What the objects around a citation name: each its own id, else its name; the ids that it refers to; and the parts
/// of its addresses.
pub(crate) fn surrounding(cited: &Cited) -> Vec<String> {
    // An entity of Terraform is known by the two keys that lead to it, or that it states.
    let mut found: Vec<String> = cited.keys.windows(2).map(|pair| pair.join(".")).collect();
    for fields in &cited.around {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let own = ["id", "name", "email"].iter().find_map(|key| text(key));
        found.extend(own.map(plain));
        if let (Some(kind), Some(name)) = (text("type"), text("name")) {
            found.push(format!("{kind}.{name}"));
        }
        for (key, value) in fields {
            let Some(text) = value.as_str() else { continue };
            if key.ends_with("_id") || key.ends_with("Id") {
                found.push(plain(text));
            } else if key.ends_with("Uri") {
                found.extend(text.split(['/', '?']).map(str::to_owned));
            }
        }
    }
    found
}

/// A reference less what Terraform puts around it.
fn plain(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text).trim();
    inner.strip_suffix(".id").unwrap_or(inner).to_owned()
}

/// The names that one thing goes by: what the files call it and, in a state file, its address and its id.
pub(crate) struct Aliases<'r, 'f> {
    files: &'r BTreeMap<String, Raw<'f>>,
    findings: &'r [Finding],
    known: OnceCell<BTreeMap<String, BTreeSet<String>>>,
    names: OnceCell<Names>,
}

impl<'r, 'f> Aliases<'r, 'f> {
    pub(crate) fn new(files: &'r BTreeMap<String, Raw<'f>>, findings: &'r [Finding]) -> Self {
        Self { files, findings, known: OnceCell::new(), names: OnceCell::new() }
    }

    /// Whether one of some names is that of an entity.
    pub(crate) fn is_among(&self, names: &[String], named: &Named) -> bool {
        let is_own = |name: &String| *name == named.id || *name == named.name;
        names.iter().any(is_own)
            || self.of(&named.id).is_some_and(|others| names.iter().any(|name| others.contains(name)))
    }

    /// Whether what has an id is called as it is said. What has none goes by its name, and so does what is no entity.
    pub(crate) fn is_named(&self, named: &Named) -> bool {
        // A secret is told from others by its owner.
        let is_secret = named.kind == "secret" && named.id.ends_with(&format!(" {}", named.name));
        let known = || self.names.get_or_init(|| self.all_names()).get(&named.id);
        named.id == named.name || is_secret || known().is_some_and(|known| known.contains(&named.name))
    }

    /// What the files call everything that the report speaks of. They are read through once.
    fn all_names(&self) -> Names {
        let ends = self.findings.iter().flat_map(|finding| finding.ends().chain([&finding.subject]));
        let wanted: HashSet<&str> = ends.map(|named| named.id.as_str()).collect();
        let mut names = Names::new();
        self.files.values().for_each(|raw| raw.name(&mut names, &wanted));
        names
    }

    /// The other names of an address. Only a state file gives any, and it is read when the first is asked for.
    fn of(&self, address: &str) -> Option<&BTreeSet<String>> {
        self.known.get_or_init(|| self.read()).get(address)
    }

    fn read(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for raw in self.files.values().filter(|raw| raw.is_state()) {
            for value in raw.values() {
                let Ok(state) = serde_json::from_str::<Value>(value.get()) else { continue };
                for resource in state.get("resources").and_then(Value::as_array).into_iter().flatten() {
                    let text = |key: &str| resource.get(key).and_then(Value::as_str);
                    let (Some(kind), Some(name)) = (text("type"), text("name")) else { continue };
                    let instances = resource.get("instances").and_then(Value::as_array).into_iter().flatten();
                    let ids = instances.filter_map(|one| one.pointer("/attributes/id")?.as_str());
                    known.entry(format!("{kind}.{name}")).or_default().extend(ids.map(str::to_owned));
                }
            }
        }
        known
    }
}
