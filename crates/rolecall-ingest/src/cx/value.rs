//! Values of blocks. What needs an evaluation, such as a variable, is no value of another type: it is noted.

use super::address::address;
use crate::lower::{Lower, is_template};
use rolecall_model::{List, Ref};
use rolecall_source::{Kind as Json, Node};
use std::borrow::Cow;

/// The value of a field that is there and not null.
pub(super) fn field<'t, 'a>(body: Node<'t, 'a>, key: &str) -> Option<Node<'t, 'a>> {
    body.get(key).filter(|value| !value.is_null())
}

/// The elements of a list; a block that stands alone is a list of one.
pub(super) fn many<'t, 'a>(node: Option<Node<'t, 'a>>) -> impl Iterator<Item = Node<'t, 'a>> {
    let is_list = node.is_some_and(|node| node.kind() == Json::Array);
    let (list, one) = if is_list { (node, None) } else { (None, node) };
    list.into_iter().flat_map(Node::items).filter(|item| !item.is_null()).chain(one)
}

/// Whether only an evaluation could tell all that a list or block holds: it is one that is yet to be made, or has such in
/// it, and no reference that is plain.
pub(super) fn is_open(body: Node<'_, '_>, key: &str) -> bool {
    let needs_it = |node: Node<'_, '_>| node.text().is_some_and(|text| is_template(&text) && address(&text).is_none());
    let is_made = |made: Node<'_, '_>| made.get(key).is_some();
    many(field(body, key)).any(needs_it) || many(field(body, "dynamic")).any(is_made)
}

/// The blocks of a type within another; what is none is said, and what needs an evaluation is noted.
pub(super) fn blocks<'t, 'a>(body: Node<'t, 'a>, key: &str, into: &mut Lower<'_>) -> Vec<Node<'t, 'a>> {
    let mut is_block = |block: &Node<'_, '_>| {
        match block.kind() {
            Json::Object => return true,
            _ if block.text().is_some_and(|text| is_template(&text)) => into.unread(&format!("`{key}`"), *block),
            _ => into.wrong_type(key, "a block", *block),
        }
        false
    };
    many(field(body, key)).filter(|block| is_block(block)).collect()
}

/// A value that needs no evaluation; where it does, a note says that it is left out.
pub(super) fn known<'t, 'a>(body: Node<'t, 'a>, key: &str, into: &mut Lower<'_>) -> Option<Node<'t, 'a>> {
    let node = field(body, key)?;
    if !node.text().is_some_and(|text| is_template(&text)) {
        return Some(node);
    }
    let help = "give the state of the last run as well, which has what came of it";
    into.not_evaluated(format!("`{key}` needs an evaluation: it is left out of account"), help, node);
    None
}

/// A switch; Terraform takes its word as text too.
pub(super) fn flag(body: Node<'_, '_>, key: &str, into: &mut Lower<'_>) -> Option<bool> {
    let node = known(body, key, into)?;
    node.text().and_then(|text| text.parse().ok()).or_else(|| into.flag(key, node))
}

/// A whole number; Terraform takes its figures as text too.
pub(super) fn number(body: Node<'_, '_>, key: &str, into: &mut Lower<'_>) -> Option<u64> {
    let node = known(body, key, into)?;
    node.text().and_then(|text| text.parse().ok()).or_else(|| into.number(key, node))
}

/// A text as it is written; what needs an evaluation is noted.
pub(super) fn text<'a>(body: Node<'_, 'a>, key: &str, into: &mut Lower<'_>) -> Option<Cow<'a, str>> {
    text_of(key, field(body, key)?, into)
}

/// The same of a value that was looked up.
pub(super) fn text_of<'a>(key: &str, node: Node<'_, 'a>, into: &mut Lower<'_>) -> Option<Cow<'a, str>> {
    let text = into.text(key, node)?;
    // What differs from one to the next of several is said where these are.
    let is_of_each = || ["${each.", "${count."].iter().any(|start| text.contains(start));
    if is_template(&text) && !is_of_each() {
        into.unread(&format!("`{key}`"), node);
    }
    Some(text)
}

/// A reference: to the address that it names, else to what is written. What cannot be
/// resolved stays as it is written, so that nobody takes it for nothing.
pub(super) fn reference(field: &str, node: Node<'_, '_>, into: &mut Lower<'_>) -> Option<Ref> {
    let text = if node.is_null() { "null".into() } else { into.text(field, node)? };
    let target = match address(&text) {
        Some(address) => into.tenant.strings.intern(address),
        None => into.tenant.strings.intern(&text),
    };
    Some(Ref { target, at: node.start() })
}

pub(super) fn references(field: &str, node: Option<Node<'_, '_>>, into: &mut Lower<'_>) -> List {
    let start = into.tenant.refs.len();
    for item in many(node) {
        if let Some(reference) = reference(field, item, into) {
            into.tenant.refs.push(reference);
        }
    }
    into.list_from(start)
}
