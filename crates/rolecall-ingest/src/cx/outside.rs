//! Secrets that stand in no resource: in variables, outputs, locals, arguments and what signs the provider in.

use super::value::{field, many};
use crate::lower::Lower;
use crate::secrets::{is_named_secret, is_named_secret_text};
use rolecall_model::Head;
use rolecall_source::{Kind as Json, Node};

/// Takes note of what is secret in a part of a configuration or state.
pub(super) fn secrets(part: &str, node: Node<'_, '_>, into: &mut Lower<'_>) {
    match part {
        "variable" => each(node, |name, body| declared("var", name, body, "default", into)),
        // What a plan was made with.
        "variables" => each(node, |name, body| declared("var", name, body, "value", into)),
        "output" | "outputs" => each(node, |name, body| declared("output", name, body, "value", into)),
        "locals" => each(node, |name, value| {
            let owner = owner("local", into);
            named(name, name, value, owner, into);
        }),
        "module" => each(node, |name, body| {
            let owner = owner(&format!("module.{name}"), into);
            signing_in(body, owner, into);
        }),
        "provider" => each(node, |name, body| {
            if name == "genesyscloud" {
                let owner = owner("provider.genesyscloud", into);
                signing_in(body, owner, into);
            }
        }),
        _ => {}
    }
}

/// What stands under each name, be it once or in a list.
fn each<'t, 'a>(node: Node<'t, 'a>, mut take: impl FnMut(&str, Node<'t, 'a>)) {
    for object in many(Some(node)) {
        for (name, value) in object.fields() {
            many(Some(value)).for_each(|value| take(&name.text, value));
        }
    }
}

/// A value that its block calls sensitive, or that goes by a name of secrets.
fn declared(of: &str, name: &str, body: Node<'_, '_>, key: &str, into: &mut Lower<'_>) {
    let is_said = |node: Node<'_, '_>| node.bool() == Some(true) || node.text().is_some_and(|text| text == "true");
    let Some(value) = field(body, key) else { return };
    let owner = owner(of, into);
    if field(body, "sensitive").is_some_and(is_said) {
        into.secret_values(name, value, owner);
    } else {
        named(name, name, value, owner, into);
    }
}

/// A value that goes by a name of secrets, or what in it does, however deep.
fn named(path: &str, key: &str, value: Node<'_, '_>, owner: Head, into: &mut Lower<'_>) {
    match value.kind() {
        _ if is_named_secret(key) => into.secret_values(path, value, owner),
        Json::String if is_named_secret_text(key) => into.secret_values(path, value, owner),
        Json::Array => value.items().for_each(|item| named(path, key, item, owner, into)),
        Json::Object => value.fields().for_each(|(part, value)| {
            named(&format!("{path}.{}", part.text), &part.text, value, owner, into);
        }),
        _ => {}
    }
}

/// What the provider signs in with, or a module is given; some of it stands in blocks of their own.
fn signing_in(body: Node<'_, '_>, owner: Head, into: &mut Lower<'_>) {
    body.fields().for_each(|(key, value)| named(&key.text, &key.text, value, owner, into));
}

/// Whose secrets they are.
pub(super) fn owner(of: &str, into: &mut Lower<'_>) -> Head {
    Head { id: Some(into.tenant.strings.intern(of)), ..Head::default() }
}
