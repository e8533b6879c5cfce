//! Users, groups and queues.

use super::field;
use crate::intake::note_spelling;
use crate::lower::Lower;
use crate::secrets::is_secret_key;
use rolecall_model::{Assignment, Group, Head, Kind, Membership, Queue, Ref, Sym, User};
use rolecall_source::{Kind as Json, Node};

/// A field of a user.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserField {
    Id,
    Name,
    Email,
    Division,
    State,
    Department,
    Groups,
    Trust,
    Employer,
    Authorization,
    Secret,
    Stray,
    Other,
}

impl UserField {
    fn of(key: &str) -> Self {
        match key {
            "id" => Self::Id,
            "name" => Self::Name,
            "email" => Self::Email,
            "division" => Self::Division,
            "state" => Self::State,
            "department" => Self::Department,
            "groups" => Self::Groups,
            "trustUserDetails" => Self::Trust,
            "employerInfo" => Self::Employer,
            "authorization" => Self::Authorization,
            "roles" => Self::Stray,
            _ if is_secret_key(key) => Self::Secret,
            _ => Self::Other,
        }
    }
}

/// `known` are the fields in their order, where those of the user before are the same; else it is filled.
pub(super) fn user(entity: Node<'_, '_>, known: &mut Vec<UserField>, into: &mut Lower<'_>) {
    if known.is_empty() {
        known.extend(entity.fields().map(|(key, _)| UserField::of(&key.text)));
    }
    let mut user = User::default();
    let (mut id, mut name, mut roles) = (None, None, None);
    for (field, value) in known.iter().zip(entity.values()) {
        match field {
            UserField::Id => id = id.or(Some(value)),
            UserField::Name => name = name.or(Some(value)),
            UserField::Email => {
                user.email = into.text("email", value).map(|e| into.tenant.strings.keep(&e)).unwrap_or_default();
            }
            UserField::Division => {
                user.division = into.reference("division", value);
                into.show_division(value, user.division);
            }
            UserField::State => user.state = word("state", Some(value), into),
            UserField::Department => user.department = word("department", Some(value), into),
            UserField::Groups => user.groups = into.references("groups", value),
            UserField::Trust => user.of_trustee = !value.is_null(),
            UserField::Employer => user.employer = official_name(value, into),
            UserField::Authorization if into.is_object("authorization", value) => {
                roles = roles.or_else(|| super::field(value, "roles"));
                if roles.is_none() {
                    note_spelling(value, into.troubles);
                }
            }
            UserField::Stray => into.not_read("roles", "authorization", value, entity),
            UserField::Authorization | UserField::Secret | UserField::Other => {}
        }
    }
    let (head, id) = into.named(Kind::User, entity, id, name);
    user.head = head;
    let id = into.add_user(user, id.as_deref());
    let head = Head { id, ..head };
    super::identified(Kind::User, entity, head, into);
    if let (Some(id), Some(roles)) = (id, roles) {
        unstated(Ref { target: id, at: entity.start() }, roles, into);
    }
    if known.contains(&UserField::Secret) {
        into.secrets(entity, head);
    }
}

/// Roles that are shown without their divisions.
fn unstated(subject: Ref, roles: Node<'_, '_>, into: &mut Lower<'_>) {
    if !into.is_list("roles", roles) {
        return;
    }
    for item in roles.items() {
        let origin = into.origin(item);
        if let Some(role) = into.reference("roles", item) {
            into.tenant.assignments.push(Assignment::unstated(subject, role, origin));
        }
    }
}

/// What SCIM says of people as an organisation's (RFC 7643, 4.3).
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(super) fn scim_user(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let text = |key: &str, into: &mut Lower<'_>| field(entity, key).and_then(|node| into.text(key, node));
    let mut user = User { head: super::head(Kind::User, entity, into), ..User::default() };
    // The listing of users says more where it is there too.
    user.head.embedded = true;
    if let Some(name) = text("displayName", into) {
        user.head.name = into.tenant.strings.keep(&name);
    }
    if let Some(mail) = text("userName", into) {
        user.email = into.tenant.strings.keep(&mail);
    }
    if let Some(more) = field(entity, ENTERPRISE).filter(|more| into.is_object(ENTERPRISE, *more)) {
        user.department = word("department", field(more, "department"), into);
        user.division = field(more, "division").and_then(|node| into.reference("division", node));
    }
    let is_active = field(entity, "active").and_then(|node| into.flag("active", node));
    user.state = is_active.map(|active| into.tenant.strings.intern(if active { "active" } else { "inactive" }));
    let subject = user.head.id.map(|target| Ref { target, at: entity.start() });
    for (key, is_role) in [("roles", true), ("groups", false)] {
        let Some(list) = field(entity, key) else { continue };
        let start = into.tenant.refs.len();
        for item in into.objects(key, list) {
            let Some(value) = field(item, "value") else {
                into.wrong_type(key, "a list of objects with `value`", item);
                continue;
            };
            let Some(reference) = into.reference(key, value) else { continue };
            match (is_role, subject) {
                (true, Some(subject)) => {
                    let origin = into.origin(value);
                    into.tenant.assignments.push(Assignment::unstated(subject, reference, origin));
                }
                _ => into.tenant.refs.push(reference),
            }
        }
        if !is_role {
            user.groups = into.list_from(start);
        }
    }
    into.secrets(entity, user.head);
    into.tenant.users.push(user);
}

/// A group as SCIM has it, with the ids of its members (RFC 7643, 4.2).
pub(super) fn scim_group(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut head = super::head(Kind::Group, entity, into);
    // The listing of groups says more where it is there too.
    head.embedded = true;
    if let Some(name) = field(entity, "displayName").and_then(|name| into.text("displayName", name)) {
        head.name = into.tenant.strings.keep(&name);
    }
    if let (Some(target), Some(list)) = (head.id, field(entity, "members")) {
        let of = Ref { target, at: entity.start() };
        for item in into.objects("members", list) {
            let Some(value) = field(item, "value") else {
                into.wrong_type("members", "a list of objects with `value`", item);
                continue;
            };
            let (member, origin) = (into.reference("members", value), into.origin(value));
            let membership = |member| Membership { kind: Kind::Group, of, member, origin, embedded: false };
            into.tenant.memberships.extend(member.map(membership));
        }
    }
    into.tenant.groups.push(Group { head, ..Group::default() });
}

pub(super) fn group(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut group = Group { head: super::head(Kind::Group, entity, into), ..Group::default() };
    // Owners are members unless the group says otherwise.
    let includes_owners =
        field(entity, "includeOwners").and_then(|node| into.flag("includeOwners", node)).unwrap_or(true);
    group.roles_off = field(entity, "rolesEnabled").and_then(|node| into.flag("rolesEnabled", node)) == Some(false);
    let start = into.tenant.refs.len();
    let mut keys = vec!["members", "individuals"];
    if includes_owners {
        keys.push("owners");
    }
    for key in keys {
        if let Some(list) = field(entity, key) {
            into.references(key, list);
        }
    }
    group.members = into.list_from(start);
    group.of_trustee = field(entity, "trustUserDetails").is_some();
    into.tenant.groups.push(group);
}

pub(super) fn queue(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut queue = Queue { head: super::head(Kind::Queue, entity, into), ..Queue::default() };
    if let Some(division) = field(entity, "division") {
        queue.division = into.reference("division", division);
        into.show_division(division, queue.division);
    }
    let start = into.tenant.refs.len();
    if let Some(list) = field(entity, "memberGroups") {
        seated("memberGroups", list, into);
    }
    // Groups that are asked where those before them have nobody free.
    for (key, parts, groups) in [
        ("bullseye", "rings", "memberGroups"),
        ("conditionalGroupRouting", "rules", "groups"),
        ("conditionalGroupActivation", "rules", "groups"),
    ] {
        let whole = field(entity, key).filter(|whole| into.is_object(key, *whole));
        let Some(list) = whole.and_then(|whole| field(whole, parts)) else { continue };
        for part in into.objects(parts, list) {
            field(part, groups).into_iter().for_each(|list| seated(groups, list, into));
        }
    }
    queue.groups = into.distinct_from(start);
    if let Some(list) = field(entity, "members") {
        queue.members = into.references("members", list);
    }
    into.tenant.queues.push(queue);
}

/// The groups of a list of those that a queue asks.
fn seated(key: &str, list: Node<'_, '_>, into: &mut Lower<'_>) {
    if !into.is_list(key, list) {
        return;
    }
    for item in list.items() {
        if item.is_null() {
            into.wrong_type(key, "a list of references", item);
        }
        let kind = field(item, "type").and_then(|kind| into.text("type", kind));
        if !into.is_other_seat(kind.as_deref(), item) {
            let group = into.reference(key, item);
            into.tenant.refs.extend(group);
        }
    }
}

/// A member of the queue that the page's address names.
pub(super) fn queue_member(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let whole = field(entity, "user").filter(|user| into.is_object("user", *user)).unwrap_or(entity);
    let mut user = User { head: super::head(Kind::User, whole, into), ..User::default() };
    // The listing of users says more where it is there too; some are in none.
    user.head.embedded = true;
    into.is_open = true;
    let [email, division, state, department, employer] =
        whole.gets(["email", "division", "state", "department", "employerInfo"]);
    if let Some(email) = email.and_then(|node| into.text("email", node)) {
        user.email = into.tenant.strings.keep(&email);
    }
    user.division = division.and_then(|node| into.reference("division", node));
    division.into_iter().for_each(|node| into.show_division(node, user.division));
    user.state = word("state", state, into);
    user.department = word("department", department, into);
    user.employer = employer.and_then(|node| official_name(node, into));
    into.tenant.users.push(user);
}

/// A word that many have in common.
fn word(key: &str, node: Option<Node<'_, '_>>, into: &mut Lower<'_>) -> Option<Sym> {
    node.and_then(|node| into.text(key, node)).map(|word| into.tenant.strings.intern(&word))
}

/// The name of an employer.
fn official_name(employer: Node<'_, '_>, into: &mut Lower<'_>) -> Option<Sym> {
    if !into.is_object("employerInfo", employer) {
        return None;
    }
    word("officialName", field(employer, "officialName"), into)
}

/// What no field tells, as the user that it may be: an id by itself, or an object with one. On a queue the user may lie in it.
pub(crate) fn bare(entity: Node<'_, '_>, into: &mut Lower<'_>) -> Option<User> {
    let is_text = |node: &Node<'_, '_>| node.kind() == Json::String;
    let whole = field(entity, "user").filter(|user| field(*user, "id").is_some()).unwrap_or(entity);
    let [id, name, division, state] = whole.gets(["id", "name", "division", "state"]);
    let id = id.or_else(|| Some(entity).filter(is_text)).filter(is_text)?;
    if !name.is_none_or(|name| name.is_null() || is_text(&name)) {
        return None;
    }
    let head = into.head_of(Kind::User, whole, Some(id), name);
    let division = division.and_then(|node| into.reference("division", node));
    let state = word("state", state, into);
    head.id.map(|_| User { head, division, state, ..User::default() })
}

/// The licences of a user, from a listing of their own.
pub(super) fn licensed_user(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut user = User { head: super::head(Kind::User, entity, into), ..User::default() };
    user.head.embedded = true;
    if let Some(list) = field(entity, "licenses") {
        user.licences = into.references("licenses", list);
    }
    into.tenant.users.push(user);
}

/// The roles of the user or group that the object's own address names.
pub(super) fn authorization(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let uri = field(entity, "selfUri").and_then(|uri| into.text("selfUri", uri)).unwrap_or_default();
    let words: Vec<&str> = uri.split('/').filter(|w| !w.is_empty() && !matches!(*w, "api" | "v2")).collect();
    // A trustee's people stand below the trustee.
    let of = words.iter().rposition(|word| matches!(*word, "users" | "groups"));
    let Some(id) = of.and_then(|place| words.get(place + 1)) else {
        into.wrong_type("selfUri", "the address of the user or group whose roles these are", entity);
        return;
    };
    let subject = Ref { target: into.tenant.strings.intern(id), at: entity.start() };
    if let Some(roles) = field(entity, "roles") {
        unstated(subject, roles, into);
    }
}
