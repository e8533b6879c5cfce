//! What a state says is sensitive in a resource, whatever its name.

use super::outside;
use super::resource::Resource;
use super::value::field;
use crate::lower::Lower;
use rolecall_model::Origin;
use rolecall_source::{Kind as Json, Node};
use std::collections::HashSet;

/// Takes note of it, but for the secrets after the first `known`, which the resource was found to hold. What stands beside its
/// values says it of them.
pub(super) fn read(beside: Node<'_, '_>, resource: &Resource<'_, '_, '_>, known: usize, into: &mut Lower<'_>) {
    let body = resource.body;
    let mut said = Vec::new();
    for path in field(beside, "sensitive_attributes").into_iter().flat_map(Node::items) {
        said.extend(at_path(path, body));
    }
    if let Some(shape) = field(beside, "sensitive_values") {
        alike(shape, String::new(), body, &mut said);
    }
    if said.is_empty() {
        return;
    }
    let owner = outside::owner(&resource.address(), into);
    let found = into.tenant.secrets.split_off(known);
    let mut seen: HashSet<Origin> = found.iter().map(|head| head.origin).collect();
    for (name, value) in said {
        into.credential(&name, value, owner);
    }
    let more = into.tenant.secrets.split_off(known);
    into.tenant.secrets.extend(found);
    into.tenant.secrets.extend(more.into_iter().filter(|head| seen.insert(head.origin)));
}

/// A value and the keys by which it is come to.
type Named<'t, 'a> = (String, Node<'t, 'a>);

/// The value at a path as state files have it: `[{"type": "get_attr", "value": "password"}]`. A resource that is sensitive as a
/// whole says nothing of what in it is.
fn at_path<'t, 'a>(path: Node<'_, '_>, body: Node<'t, 'a>) -> Option<Named<'t, 'a>> {
    let (mut name, mut node) = (String::new(), body);
    for step in path.items() {
        let value = step.get("value")?;
        // What stands in brackets has its type beside it.
        let value = value.get("value").unwrap_or(value);
        match value.text() {
            Some(key) => {
                name = below(&name, &key);
                node = node.get(&key)?;
            }
            None => node = node.items().nth(value.raw().parse().ok()?)?,
        }
    }
    (!name.is_empty()).then_some((name, node))
}

/// The values in the place of which a tree of the same form has `true`, as Terraform prints it.
fn alike<'t, 'a>(shape: Node<'_, '_>, name: String, node: Node<'t, 'a>, said: &mut Vec<Named<'t, 'a>>) {
    match shape.kind() {
        Json::Object => {
            for (key, shape) in shape.fields() {
                if let Some(value) = node.get(&key.text) {
                    alike(shape, below(&name, &key.text), value, said);
                }
            }
        }
        Json::Array => {
            shape.items().zip(node.items()).for_each(|(shape, node)| alike(shape, name.clone(), node, said));
        }
        _ if shape.bool() == Some(true) && !name.is_empty() => said.push((name, node)),
        _ => {}
    }
}

fn below(name: &str, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") }
}
