//! Who is named by a raw value, and by what stands around it.

use crate::names::Names;
use crate::raw::{Cited, Raw};
use crate::report::{Finding, Named, Step};
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};

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

/// What an object names by its own fields: texts, references, and lists of them. What stands deeper is of others.
pub(crate) fn joined(value: &Value) -> Vec<String> {
    let reference = |value: &Value| match value {
        Value::Object(fields) => ["id", "name"].iter().find_map(|key| fields.get(*key)?.as_str()).map(plain),
        other => other.as_str().map(plain),
    };
    let fields = value.as_object().into_iter().flat_map(|fields| fields.values());
    let each = |value: &Value| {
        value.as_array().map_or_else(|| vec![reference(value)], |list| list.iter().map(reference).collect())
    };
    fields.flat_map(each).flatten().collect()
}

/// What the objects around a citation name: each its own id, else its name; the ids that it refers to; and the parts
/// of its addresses.
pub(crate) fn surrounding(cited: &Cited) -> Vec<String> {
    // An entity of Terraform is known by the two keys that lead to it, or that it states.
    let mut found: Vec<String> = cited.keys.windows(2).map(|pair| pair.join(".")).collect();
    found.extend(
        cited.keys.windows(3).filter(|keys| keys.first().is_some_and(|key| key == "data")).map(|k| k.join(".")),
    );
    let mut resource = None;
    for fields in &cited.around {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let own = ["id", "name", "email"].iter().find_map(|key| text(key));
        found.extend(own.into_iter().chain(text("address")).map(plain));
        if let (Some(kind), Some(name)) = (text("type"), text("name")) {
            let data = if text("mode") == Some("data") { "data." } else { "" };
            let module = text("module").map(|module| format!("{module}.")).unwrap_or_default();
            found.push(format!("{kind}.{name}"));
            resource = Some(format!("{module}{data}{kind}.{name}"));
            found.extend(resource.clone());
        }
        // One of several instances.
        if let (Some(index), Some(resource)) = (fields.get("index_key"), &resource) {
            found.push(format!("{resource}[{index}]"));
        }
        for (key, value) in fields.iter() {
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

/// The names that one thing goes by: what the files call it and, in a state, its address and its id.
pub(crate) struct Aliases<'r, 'f> {
    files: &'r BTreeMap<String, Raw<'f>>,
    findings: &'r [Finding],
    names: OnceCell<Names>,
}

impl<'r, 'f> Aliases<'r, 'f> {
    pub(crate) fn new(files: &'r BTreeMap<String, Raw<'f>>, findings: &'r [Finding]) -> Self {
        Self { files, findings, names: OnceCell::new() }
    }

    /// Whether one of some names is that of an entity.
    pub(crate) fn is_among(&self, names: &[String], named: &Named) -> bool {
        let is_own = |name: &String| *name == named.id || *name == named.name;
        let is_other = |name: &String| self.all().is_other_name(name, &named.id, &named.name, &named.kind);
        names.iter().any(is_own) || names.iter().any(is_other)
    }

    /// Whether what has an id is called as it is said. What has none goes by its name, and so does what is no entity.
    pub(crate) fn is_named(&self, named: &Named) -> bool {
        // A secret is told from others by its owner.
        let is_secret = named.kind == "secret" && named.id.ends_with(&format!(" {}", named.name));
        // What Terraform works out is shown as a template, and may be written without.
        let inner = named.name.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let is_known = |name: &String| *name == named.name || Some(name.as_str()) == inner;
        named.id == named.name || is_secret || self.all().of(&named.id).any(is_known)
    }

    /// Whether a name is what something that goes by an id is called.
    pub(crate) fn is_called(&self, id: &str, name: &str) -> bool {
        self.all().of(id).any(|known| known == name)
    }

    /// What the files call everything that the report speaks of. They are read through once.
    fn all(&self) -> &Names {
        self.names.get_or_init(|| {
            let ends = self.findings.iter().flat_map(|finding| finding.ends().chain([&finding.subject]));
            let limits = self.findings.iter().flat_map(|finding| &finding.witness).flat_map(Step::limits);
            let wanted: HashSet<&str> = ends.map(|named| named.id.as_str()).chain(limits).collect();
            let mut names = Names::default();
            self.files.values().for_each(|raw| raw.name(&mut names, &wanted));
            names
        })
    }
}
