//! An export within what is none: a script wrapped it, or wrote it under the ids of what is in it.

use crate::bare::{Listed, listed};
use crate::top::is_page_key;
use rolecall_source::{Kind as Json, Node};

/// Keys that only entities of an export have, with what stands under them. A description of the API, which has the same
/// keys, has objects there.
const SURE: [(&str, Json); 7] = [
    ("acdAutoAnswer", Json::Bool),
    ("authorizedGrantType", Json::String),
    ("bpoUser", Json::Bool),
    ("homeDivision", Json::Bool),
    ("permissionPolicies", Json::Array),
    ("roleDivisions", Json::Array),
    ("rolePermissions", Json::Array),
];

/// So many elements of a list are looked at; the others are like them.
const FIRST: usize = 3;

/// What in an object of no known shape is surely an entity of an export, or a page of one.
pub(crate) fn buried<'t, 'a>(object: Node<'t, 'a>) -> Option<Node<'t, 'a>> {
    let mut level = vec![object];
    while !level.is_empty() {
        level = level.iter().flat_map(|node| node.values().chain(node.items().take(FIRST))).collect();
        if let Some(found) = level.iter().find(|node| is_sure(**node)) {
            return Some(*found);
        }
    }
    None
}

fn is_sure(node: Node<'_, '_>) -> bool {
    let (mut grant, mut has_list, mut has_address) = (0, false, false);
    for (key, value) in node.fields() {
        let kind = value.kind();
        match (&*key.text, kind) {
            ("subjectId", Json::String) | ("role" | "division", Json::Object) => grant += 1,
            ("selfUri", Json::String) => has_address = value.text().is_some_and(|uri| is_of_listing(&uri)),
            (key, Json::Array) if is_page_key(key) => has_list = true,
            key if SURE.contains(&key) => return true,
            _ => {}
        }
    }
    grant == 3 || (has_list && has_address)
}

/// Whether an address is that of a listing of what is read.
fn is_of_listing(uri: &str) -> bool {
    let path = uri.split('?').next().unwrap_or_default();
    listed(path).is_some_and(|listed| listed != Listed::Nothing)
}
