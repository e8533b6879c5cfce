//! Roles, the permission catalogue, divisions and grants.

use super::condition::narrowed;
use super::field;
use crate::lower::{Lower, row};
use crate::trouble::{no_permission, without_policies};
use rolecall_model::{
    Assignment, Denial, Divisions, Grant, Group, Head, Kind, Known, List, Membership, Origin, Ref, Role, ScopeWord,
    User,
};
use rolecall_source::{Kind as Json, Node};
use std::borrow::Cow;

/// The default role that everybody holds.
pub(crate) const EVERYBODY: &str = "employee";

pub(super) fn role(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let head = super::head(Kind::Role, entity, into);
    let start = row(into.tenant.grants.len());
    if let Some(list) = field(entity, "permissions") {
        general(list, into);
    }
    match field(entity, "permissionPolicies") {
        Some(list) if into.is_list("permissionPolicies", list) => {
            list.items().for_each(|policy| self::policy(policy, "actionSet", into));
        }
        Some(_) => {}
        None => into.troubles.push(without_policies(entity.start(), entity.end())),
    }
    let unused = field(entity, "unusedPermissions").map(|list| into.references("unusedPermissions", list));
    push_role(entity, head, start, into);
    if let Some(role) = into.tenant.roles.last_mut() {
        role.unused = unused;
        role.unshown = field(entity, "permissionPolicies").is_none() && role.grants.len == 0;
    }
}

/// What tells one of the platform's own roles from what it was when it came.
pub(super) fn comparison(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let Some(whole) = field(entity, "userOrgRole").filter(|role| role.kind() == Json::Object) else {
        into.wrong_type("userOrgRole", "the role that was compared", entity);
        return;
    };
    let mut head = super::head(Kind::Role, whole, into);
    head.embedded = true;
    let start = into.tenant.refs.len();
    let added = field(entity, "addedPermissionPolicies").map(|list| into.objects("addedPermissionPolicies", list));
    for policy in added.into_iter().flatten() {
        let Some((domain, entity, actions)) = parts(policy, "actionSet", into) else { continue };
        for action in actions.items() {
            let Some(word) = into.text("actionSet", action) else { continue };
            let target = into.tenant.strings.intern(&format!("{domain}:{entity}:{word}"));
            into.tenant.refs.push(Ref { target, at: policy.start() });
        }
    }
    let added = Some(into.list_from(start));
    // It tells how the role differs, and not what it grants.
    into.tenant.roles.push(Role { head, system: true, added, unshown: true, ..Role::default() });
}

/// An access policy. Only what is plain is taken off: an active denial without a condition.
pub(super) fn access_policy(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    into.tenant.has_policies = true;
    let mut text = |key: &str| field(entity, key).and_then(|node| into.text(key, node)).unwrap_or_default();
    let (name, target, effect) = (text("name"), text("targetResource"), text("effect"));
    let is_active = field(entity, "active").and_then(|node| into.flag("active", node)).unwrap_or(false);
    if !is_active || !effect.eq_ignore_ascii_case("DENY") {
        return;
    }
    let help = "look it up on the platform: it may deny more than this report takes off";
    let is_plain = ["condition", "presetAttributes"].iter().all(|key| field(entity, key).is_none_or(Node::is_empty));
    let subject = field(entity, "subject").filter(|subject| into.is_object("subject", *subject));
    let kind = subject.and_then(|s| field(s, "type")).and_then(|node| into.text("type", node)).unwrap_or_default();
    let applies_to_clients =
        field(entity, "applyToClients").and_then(|node| into.flag("applyToClients", node)).unwrap_or(false);
    let whom = match &*kind {
        "ALL" => Some(None),
        "USER" | "GROUP" | "CLIENT" => {
            subject.and_then(|s| field(s, "id")).and_then(|id| into.reference("id", id)).map(Some)
        }
        _ => None,
    };
    match (is_plain, whom, into.permission(&target, None, entity)) {
        (true, Some(subject), Some(permission)) => {
            let origin = into.origin(entity);
            into.tenant.denials.push(Denial { permission, subject, applies_to_clients, origin });
        }
        _ => into.not_evaluated(format!("the access policy `{name}` on `{target}` is not evaluated"), help, entity),
    }
}

fn push_role(entity: Node<'_, '_>, head: Head, start: u32, into: &mut Lower<'_>) {
    let grants = List { start, len: row(into.tenant.grants.len()) - start };
    let is_default = field(entity, "default").and_then(|node| into.flag("default", node));
    let default_id = field(entity, "defaultRoleId").and_then(|node| into.text("defaultRoleId", node));
    let system = is_default == Some(true) && default_id.as_deref() != Some(EVERYBODY);
    let admin = default_id.as_deref().map(is_admin);
    into.tenant.roles.push(Role { head, system, custom: is_default == Some(false), admin, grants, ..Role::default() });
}

/// Whether one of the platform's own roles, by what the platform calls it itself, is there to administer.
pub(crate) fn is_admin(default_id: &str) -> bool {
    ["admin", "masterAdmin"].contains(&default_id)
}

/// The legacy general permissions, words without colons; they know no divisions.
pub(crate) fn general(list: Node<'_, '_>, into: &mut Lower<'_>) {
    if !into.is_list("permissions", list) {
        return;
    }
    for item in list.items() {
        let Some(word) = into.text("permissions", item) else { continue };
        // The same list may repeat what the policies say.
        if word.contains(':') {
            continue;
        }
        let origin = into.origin(item);
        if let Some(permission) = into.permission(&word, None, item) {
            into.tenant.grants.push(Grant { permission, scope: ScopeWord::All, targets: List::default(), origin });
        }
    }
}

/// Whether there is no word in a part of a permission.
pub(crate) fn is_blank(part: &str) -> bool {
    part.split(['>', ':']).all(|word| word.trim().is_empty())
}

/// One policy: a domain, an entity and a set of actions, each a permission entry.
fn policy(policy: Node<'_, '_>, actions: &str, into: &mut Lower<'_>) {
    let Some((domain, entity, list)) = parts(policy, actions, into) else { return };
    let (scope, targets) = condition(policy, into);
    let id = [&*domain, ":", &*entity].concat();
    let is_nameless = is_blank(&domain) || is_blank(&entity);
    for action in list.items() {
        let word = into.text(actions, action);
        if is_nameless || word.as_deref().map_or(action.is_null(), is_blank) {
            into.troubles.push(no_permission(&id, word.as_deref(), policy));
            continue;
        }
        let Some(word) = word else { continue };
        let origin = into.origin(policy);
        if let Some(permission) = into.permission(&id, Some(&word), action) {
            into.tenant.grants.push(Grant { permission, scope, targets, origin });
        }
    }
}

/// A policy's domain, entity and list of actions; where one is missing, that is said.
fn parts<'t, 'a>(
    policy: Node<'t, 'a>,
    actions: &str,
    into: &mut Lower<'_>,
) -> Option<(Cow<'a, str>, Cow<'a, str>, Node<'t, 'a>)> {
    let mut part = |key: &str| field(policy, key).and_then(|node| into.text(key, node));
    let (domain, entity, list) = (part("domain"), part("entityName"), field(policy, actions));
    let (Some(domain), Some(entity), Some(list)) = (domain, entity, list) else {
        into.wrong_type("permissionPolicies", "a list of policies with `domain`, `entityName` and actions", policy);
        return None;
    };
    into.is_list(actions, list).then_some((domain, entity, list))
}

/// How far a policy's condition lets it reach, and what it names.
fn condition(policy: Node<'_, '_>, into: &mut Lower<'_>) -> (ScopeWord, List) {
    if let Some(node) = field(policy, "resourceConditionNode") {
        return narrowed([node], into, |node, into| into.reference("operands", node));
    }
    // Within a grant the condition is a text; what is in it is not known, so nothing is taken off.
    if let Some(node) = field(policy, "condition").filter(|node| node.kind() != Json::String) {
        into.text("condition", node);
    }
    (ScopeWord::Granted, List::default())
}

pub(super) fn catalogue(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let Some(map) = field(entity, "permissionMap").filter(|map| into.is_object("permissionMap", *map)) else { return };
    for (_, list) in map.fields() {
        for item in into.objects("permissionMap", list) {
            let mut part = |key: &str| field(item, key).and_then(|node| into.text(key, node));
            let (Some(domain), Some(kind), Some(action)) = (part("domain"), part("entityType"), part("action")) else {
                into.wrong_type("permissionMap", "permissions with `domain`, `entityType` and `action`", item);
                continue;
            };
            let aware = field(item, "divisionAware").and_then(|node| into.flag("divisionAware", node));
            let permission = into.permission(&format!("{domain}:{kind}:{action}"), None, item);
            if let (Some(permission), Some(division_aware)) = (permission, aware) {
                into.tenant.catalogue.push(Known { permission, division_aware });
            }
        }
    }
}

pub(super) fn division(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let head = super::head(Kind::Division, entity, into);
    let is_home = field(entity, "homeDivision").and_then(|node| into.flag("homeDivision", node)).unwrap_or(false);
    if let Some(id) = head.id.filter(|_| is_home) {
        into.tenant.note_home(id);
    }
    into.tenant.divisions.push(head);
}

/// Everything that one user, group or client is given.
pub(super) fn subject(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let owner = field(entity, "id").and_then(|id| into.reference("id", id));
    let Some(list) = field(entity, "grants") else {
        let message = "the answer shows no `grants`: what is given to its subject is not known";
        return into.not_evaluated(message.to_owned(), "save GET /api/v2/authorization/subjects/{id} whole", entity);
    };
    for grant in into.objects("grants", list) {
        self::grant(grant, owner, into);
    }
}

/// A role given in a division; `owner` is the one whose listing shows it.
pub(super) fn grant(grant: Node<'_, '_>, owner: Option<Ref>, into: &mut Lower<'_>) {
    let parts = grant.gets(["subjectId", "role", "division"]);
    let [stated, role, division] = parts.map(|part| part.filter(|value| !value.is_null()));
    let subject = stated.and_then(|id| into.reference("subjectId", id)).or(owner);
    let Some(subject) = subject else {
        into.wrong_type("grants", "a list of grants with a subject", grant);
        return;
    };
    let Some(role) = role else {
        into.wrong_type("grants", "a list of grants with a role", grant);
        return;
    };
    embedded_role(role, into);
    let Some(role) = into.reference("role", role) else { return };
    let (reach, divisions) = self::division_of(division, grant, into);
    let origin = into.origin(grant);
    let shown_for = owner.filter(|owner| owner.target != subject.target);
    if let (Some(member), Some(stated)) = (shown_for, stated) {
        joined(subject, member, into.origin(stated), into);
    }
    into.tenant.assignments.push(Assignment { subject, shown_for, role, reach, divisions, origin, embedded: false });
}

/// Whoever is shown what a group is given is a member of it, whether or not a listing says so. Grants of one group
/// follow each other; what is left of repetitions says nothing new.
fn joined(of: Ref, member: Ref, origin: Origin, into: &mut Lower<'_>) {
    let memberships = &mut into.tenant.memberships;
    let told = |m: &Membership| (m.embedded, m.origin.file, m.of.target, m.member.target);
    let is_known = memberships.last().is_some_and(|m| told(m) == (true, origin.file, of.target, member.target));
    if !is_known {
        memberships.push(Membership { kind: Kind::Group, of, member, origin, embedded: true });
    }
}

/// A role within a grant has its policies with it; one listed for itself counts before it.
fn embedded_role(role: Node<'_, '_>, into: &mut Lower<'_>) {
    let Some(list) = field(role, "policies").filter(|list| into.is_list("policies", *list)) else { return };
    let mut head = super::head(Kind::Role, role, into);
    head.embedded = true;
    let start = row(into.tenant.grants.len());
    list.items().for_each(|policy| self::policy(policy, "actions", into));
    push_role(role, head, start, into);
}

/// A row of a role's grants: a subject and its divisions. The page's address names the role.
pub(super) fn subject_grant(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let Some(subject) = field(entity, "id").and_then(|id| into.reference("id", id)) else {
        into.wrong_type("id", "the id of a subject", entity);
        return;
    };
    let kind = field(entity, "type").and_then(|node| into.text("type", node)).unwrap_or_default();
    // Such people are in no listing of this organisation's.
    match &*kind {
        "PC_TRUSTEE_USER" => {
            let head = Head { embedded: true, ..super::head(Kind::User, entity, into) };
            into.tenant.users.push(User { head, of_trustee: true, ..User::default() });
        }
        "PC_TRUSTEE_GROUP" => {
            let head = Head { embedded: true, ..super::head(Kind::Group, entity, into) };
            into.tenant.groups.push(Group { head, of_trustee: true, ..Group::default() });
        }
        _ => {}
    }
    let (reach, divisions) = divisions(field(entity, "divisions"), into);
    into.is_open = true;
    let role = Ref { target: into.tenant.strings.intern(""), at: entity.start() };
    let origin = into.origin(entity);
    into.tenant.assignments.push(Assignment {
        subject,
        shown_for: None,
        role,
        reach,
        divisions,
        origin,
        embedded: false,
    });
}

/// The one division of a grant. Each is given in one, so that what does not say which may be given in any.
pub(super) fn division_of(node: Option<Node<'_, '_>>, grant: Node<'_, '_>, into: &mut Lower<'_>) -> (Divisions, List) {
    match node {
        None => {
            let message = "a role is given, and its division is not shown: it may be any".to_owned();
            into.not_evaluated(message, "export it again with its division", grant);
            (Divisions::Unstated, List::default())
        }
        Some(list) if list.kind() == Json::Array => {
            into.wrong_type("division", "a division", list);
            (Divisions::Unstated, List::default())
        }
        node => divisions(node, into),
    }
}

/// One division or a list of them; `*` is every one.
pub(crate) fn divisions(node: Option<Node<'_, '_>>, into: &mut Lower<'_>) -> (Divisions, List) {
    let Some(node) = node else { return (Divisions::Unstated, List::default()) };
    let list = into.one_or_more("division", node);
    into.show_divisions(node, list);
    let is_every = into.tenant.refs(list).iter().any(|r| into.tenant.str(r.target) == "*");
    match (is_every, list.len) {
        (true, _) => (Divisions::Every, list),
        (false, 0) => (Divisions::Home, list),
        (false, _) => (Divisions::Named, list),
    }
}
