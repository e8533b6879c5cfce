//! Permission entries, and what their scope is limited to.

use crate::lower::Lower;
use crate::spelling::is_same;
use crate::trouble::misspelt;
use rolecall_model::{Grant, List, ScopeWord};
use rolecall_source::{Kind as Json, Node};
use std::borrow::Cow;

/// The fields of an entry that are read.
#[derive(Default)]
struct Fields<'t, 'a> {
    id: Option<Node<'t, 'a>>,
    permission: Option<Node<'t, 'a>>,
    scope: Option<Node<'t, 'a>>,
    views: Option<Node<'t, 'a>>,
    groups: Option<Node<'t, 'a>>,
    /// Whether there are more.
    has_others: bool,
}

impl<'t, 'a> Fields<'t, 'a> {
    fn of(entry: Node<'t, 'a>) -> Self {
        let mut fields = Self::default();
        for (key, value) in entry.fields() {
            let field = match &*key.text {
                "id" => &mut fields.id,
                "permission" => &mut fields.permission,
                "scope" => &mut fields.scope,
                "views" => &mut fields.views,
                "groups" => &mut fields.groups,
                _ => {
                    fields.has_others = true;
                    continue;
                }
            };
            *field = field.or(Some(value));
        }
        fields
    }
}

/// A permission entry: a string, or an object with `id`, `permission`, `scope` and what the scope is limited to.
pub(super) fn entry(field: &str, node: Node<'_, '_>, into: &mut Lower<'_>) {
    let fields = Fields::of(node);
    let written = if node.kind() == Json::String { Some(node) } else { fields.id };
    let Some(text) = written.filter(|n| n.kind() == Json::String) else {
        into.wrong_type(field, "a list of permissions (a string, or an object with `id`)", written.unwrap_or(node));
        return;
    };
    let Some(id) = into.short(field, text) else { return };
    let (scope, targets) = scope_of(&fields, into);
    if fields.has_others {
        note_spelling(node, &fields, scope, into);
    }
    let add = |action: Option<Cow<'_, str>>, into: &mut Lower<'_>| {
        if let Some(permission) = into.permission(&id, action.as_deref(), node) {
            let origin = into.origin(node);
            into.tenant.grants.push(Grant { permission, scope, targets, origin });
        }
    };
    match fields.permission {
        Some(several) if several.kind() == Json::Array => {
            if several.is_empty() {
                into.wrong_type("permission", "an action or several", several);
            }
            for action in several.items() {
                let action = into.text("permission", action);
                add(action, into);
            }
        }
        Some(one) => {
            let action = into.text("permission", one);
            add(action, into);
        }
        None => add(None, into),
    }
}

fn scope_of(fields: &Fields<'_, '_>, into: &mut Lower<'_>) -> (ScopeWord, List) {
    let Some(word) = fields.scope.and_then(|scope| into.text("scope", scope)) else {
        return (ScopeWord::Undeclared, List::default());
    };
    let scope = ScopeWord::parse(&word).unwrap_or_else(|| ScopeWord::Unknown(into.tenant.strings.intern(&word)));
    let (key, list) = match scope {
        ScopeWord::View => ("views", fields.views),
        ScopeWord::Group => ("groups", fields.groups),
        _ => return (scope, List::default()),
    };
    (scope, list.map(|list| into.one_or_more(key, list)).unwrap_or_default())
}

/// Tells of keys that nobody reads and that are meant for a field that is missing: what an entry is limited to is known
/// under one name alone.
fn note_spelling(node: Node<'_, '_>, fields: &Fields<'_, '_>, scope: ScopeWord, into: &mut Lower<'_>) {
    let missing: [(&'static str, &[&str], bool); 4] = [
        ("permission", &["permission"], fields.permission.is_none()),
        ("scope", &["scope"], fields.scope.is_none()),
        ("views", &["views", "view", "viewIds", "viewId"], fields.views.is_none() && scope == ScopeWord::View),
        ("groups", &["groups", "group", "groupIds", "groupId"], fields.groups.is_none() && scope == ScopeWord::Group),
    ];
    for (key, value) in node.fields() {
        let is_meant = |names: &[&str]| names.iter().any(|name| is_same(name, &key.text));
        let meant = missing.iter().find(|(_, names, is_missing)| *is_missing && is_meant(names));
        if let Some((name, ..)) = meant.filter(|_| !value.is_null()) {
            into.troubles.push(misspelt(&key.text, name, key.start, key.end));
        }
    }
}
