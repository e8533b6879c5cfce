//! Keys and types of blocks that are written otherwise than those that are read: in singular for plural, or with other
//! capitals and underscores. Terraform refuses them; here they would be passed over in silence.

use super::address::PROVIDER;
use super::resource::Resource;
use super::value::many;
use crate::lower::Lower;
use crate::trouble::{Trouble, misspelt};
use rolecall_source::Node;

/// The types that say who may do what, each with the keys that do.
const TYPES: [(&str, &[&str]); 8] = [
    ("auth_division", &["name", "home"]),
    ("auth_role", &["permissions", "permission_policies", "default_role_id"]),
    ("group", &["member_ids", "owner_ids", "roles_enabled", "include_owners"]),
    ("group_roles", &["group_id", "roles"]),
    ("oauth_client", &["authorized_grant_type", "access_token_validity_seconds", "roles"]),
    ("routing_queue", &["division_id", "members", "groups"]),
    ("user", &["email", "division_id", "employer_info"]),
    ("user_roles", &["user_id", "roles"]),
];

/// Notes keys of a resource, and of the blocks in it, that stand for one that is read and not there.
pub(super) fn note(resource: &Resource<'_, '_, '_>, word: &str, into: &mut Lower<'_>) {
    let Some((_, keys)) = TYPES.iter().find(|(name, _)| *name == word) else {
        return note_type(resource, word, into);
    };
    note_keys(resource.body, keys, into);
    for policy in many(resource.body.get("permission_policies")) {
        note_keys(policy, &["domain", "entity_name", "action_set", "conditions"], into);
    }
    let division = if word == "oauth_client" { "division_id" } else { "division_ids" };
    for role in many(resource.body.get("roles")) {
        note_keys(role, &["role_id", division], into);
    }
}

fn note_keys(body: Node<'_, '_>, keys: &[&str], into: &mut Lower<'_>) {
    for (key, value) in body.fields() {
        let text = &*key.text;
        if keys.contains(&text) {
            continue;
        }
        let meant = keys.iter().find(|name| is_meant(name, text));
        if let Some(name) = meant.filter(|name| body.get(name).is_none()) {
            // HCL is found again by values, and a block that is there once is a list of one.
            let at = many(Some(value)).next().unwrap_or(value);
            into.troubles.push(misspelt(text, name, at.start(), at.end()));
        }
    }
}

fn note_type(resource: &Resource<'_, '_, '_>, word: &str, into: &mut Lower<'_>) {
    if let Some((name, _)) = TYPES.iter().find(|(name, _)| is_meant(name, word)) {
        let (at, end) = (resource.body.start(), resource.body.end());
        let own = misspelt(resource.kind, name, at, end);
        let message = format!("`{}` is read by nobody: the type is called `{PROVIDER}{name}`", resource.kind);
        into.troubles.push(Trouble { message, ..own });
    }
}

/// Whether a key is a name but for number, capitals, hyphens and underscores.
fn is_meant(name: &str, key: &str) -> bool {
    let first = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
    first(name) == first(key) && letters(name).eq(letters(key))
}

/// The words of a name in singular, without what stands between them.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    let words = name.split(['_', '-']).flat_map(|word| {
        let (stem, end) = match word.strip_suffix("ies") {
            Some(stem) => (stem, "y"),
            None => (word.strip_suffix('s').unwrap_or(word), ""),
        };
        stem.bytes().chain(end.bytes())
    });
    words.map(|byte| byte.to_ascii_lowercase())
}
