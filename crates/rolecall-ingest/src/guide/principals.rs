//! Roles, users, service accounts and groups.

use super::entry::entry;
use crate::lower::{Lower, row};
use crate::secrets::is_secret_key;
use rolecall_model::{Flag, Group, Head, Kind, List, Ref, Role, ServiceAccount, User};
use rolecall_source::{Kind as Json, Node};

pub(super) fn role(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut role = Role { head: into.head(Kind::Role, entity), ..Role::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "inheritsFrom" => role.inherits = inherits(value, into),
            "system" => role.system = into.flag("system", value).unwrap_or(false),
            "rolePermissions" => role.grants = grants("rolePermissions", value, into),
            // The platform's roles have such a list beside their policies; here it would be all that the role says.
            "permissions" => into.not_read("permissions", "rolePermissions", value, entity),
            key @ ("inherits" | "parents" | "parentRoles") => into.not_read(key, "inheritsFrom", value, entity),
            _ => {}
        }
    }
    into.tenant.roles.push(role);
}

/// A field of a user.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserField {
    Id,
    Name,
    Email,
    Flag,
    License,
    Licenses,
    Roles,
    Groups,
    Region,
    Division,
    State,
    Stray(&'static str, &'static str),
    Secret,
    Other,
}

impl UserField {
    fn of(key: &str) -> Self {
        match key {
            "id" => Self::Id,
            "name" => Self::Name,
            "email" => Self::Email,
            "bpoUser" => Self::Flag,
            "license" => Self::License,
            "licenses" => Self::Licenses,
            "userRoles" => Self::Roles,
            "groups" => Self::Groups,
            "region" => Self::Region,
            "division" => Self::Division,
            "state" => Self::State,
            "roles" => Self::Stray("roles", "userRoles"),
            "roleIds" => Self::Stray("roleIds", "userRoles"),
            "groupIds" => Self::Stray("groupIds", "groups"),
            key if is_secret_key(key) => Self::Secret,
            _ => Self::Other,
        }
    }
}

/// `known` are the fields in their order, where those of the user before are the same; else it is filled.
pub(super) fn user(entity: Node<'_, '_>, known: &mut Vec<UserField>, into: &mut Lower<'_>) {
    if known.is_empty() {
        known.extend(entity.fields().map(|(key, _)| UserField::of(&key.text)));
    }
    let mut user = User { flag: Flag::Absent, ..User::default() };
    let (mut id, mut name) = (None, None);
    for (field, value) in known.iter().zip(entity.values()) {
        match field {
            UserField::Id => id = id.or(Some(value)),
            UserField::Name => name = name.or(Some(value)),
            UserField::Email => {
                user.email = into.text("email", value).map(|e| into.tenant.strings.keep(&e)).unwrap_or_default();
            }
            UserField::Flag => user.flag = into.flag("bpoUser", value).map_or(Flag::Absent, Flag::Set),
            UserField::License | UserField::Licenses => {
                let key = if matches!(field, UserField::License) { "license" } else { "licenses" };
                let more = into.one_or_more(key, value);
                user.licences = joined(user.licences, more, into);
            }
            UserField::Roles => user.roles = into.references("userRoles", value),
            UserField::Groups => user.groups = into.references("groups", value),
            UserField::Region => user.region = one("region", value, into),
            UserField::Division => {
                user.division = one("division", value, into);
                into.show_division(value, user.division);
            }
            UserField::State => user.state = into.text("state", value).map(|s| into.tenant.strings.intern(&s)),
            UserField::Stray(field, name) => into.not_read(field, name, value, entity),
            UserField::Secret | UserField::Other => {}
        }
    }
    let (head, id) = into.named(Kind::User, entity, id, name);
    user.head = head;
    let id = into.add_user(user, id.as_deref());
    if known.contains(&UserField::Secret) {
        into.secrets(entity, Head { id, ..head });
    }
}

pub(super) fn service_account(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut account = ServiceAccount { head: into.head(Kind::ServiceAccount, entity), ..ServiceAccount::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "userRoles" => account.roles = into.references("userRoles", value),
            "scopes" => account.grants = grants("scopes", value, into),
            "oauthClient" => account.client = one("oauthClient", value, into),
            "headers" => account.headers = headers(value, into),
            key @ ("roles" | "roleIds") => into.not_read(key, "userRoles", value, entity),
            "permissions" => into.not_read("permissions", "scopes", value, entity),
            _ => {}
        }
    }
    into.secrets(entity, account.head);
    entity.get("headers").into_iter().for_each(|headers| into.secret_headers(headers, account.head));
    into.tenant.service_accounts.push(account);
}

pub(super) fn group(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut group = Group { head: into.head(Kind::Group, entity), ..Group::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "members" => group.members = into.references("members", value),
            "userRoles" => group.roles = into.references("userRoles", value),
            key @ ("users" | "userIds" | "memberIds") => into.not_read(key, "members", value, entity),
            key @ ("roles" | "roleIds") => into.not_read(key, "userRoles", value, entity),
            _ => {}
        }
    }
    into.tenant.groups.push(group);
}

/// One list of two; they lie side by side unless the first was read much earlier.
fn joined(first: List, second: List, into: &mut Lower<'_>) -> List {
    if first.len == 0 {
        return second;
    }
    if first.start + first.len == second.start {
        return List { start: first.start, len: first.len + second.len };
    }
    let all: Vec<_> = into.tenant.refs(first).iter().chain(into.tenant.refs(second)).copied().collect();
    let start = into.tenant.refs.len();
    into.tenant.refs.extend(all);
    into.list_from(start)
}

/// `null`, `"None"`, a role or several. A list of nothing but `"None"` says the same as the word.
fn inherits(node: Node<'_, '_>, into: &mut Lower<'_>) -> List {
    let is_none =
        |node: Node<'_, '_>| node.text().is_some_and(|text| matches!(text.trim().to_lowercase().as_str(), "none" | ""));
    let is_list = node.kind() == Json::Array && !node.is_empty();
    if is_none(node) || is_list && node.items().all(is_none) {
        return List::default();
    }
    into.one_or_more("inheritsFrom", node)
}

/// One reference; none where it is blank, as of a user who is in no region.
pub(super) fn one(field: &str, node: Node<'_, '_>, into: &mut Lower<'_>) -> Option<Ref> {
    let found = into.reference(field, node);
    found.filter(|one| !into.tenant.str(one.target).trim().is_empty())
}

/// The names of headers: the keys of an object, or a list of names.
fn headers(node: Node<'_, '_>, into: &mut Lower<'_>) -> Option<List> {
    match node.kind() {
        Json::Null => None,
        Json::Object => {
            let start = into.tenant.refs.len();
            for (key, value) in node.fields() {
                let target = into.tenant.strings.intern(&key.text.trim().to_lowercase());
                into.tenant.refs.push(Ref { target, at: value.start() });
            }
            Some(into.list_from(start))
        }
        _ => Some(into.references("headers", node)),
    }
}

fn grants(field: &str, node: Node<'_, '_>, into: &mut Lower<'_>) -> List {
    let start = row(into.tenant.grants.len());
    if into.is_list(field, node) {
        node.items().for_each(|item| entry(field, item, into));
    }
    List { start, len: row(into.tenant.grants.len()) - start }
}
