//! Resources and data sources, lowered by type.

use super::address::address;
use crate::lower::{Lower, row};
use crate::platform;
use crate::trouble::no_permission;
use rolecall_model::{
    Assignment, Divisions, Grant, Group, Head, List, OauthClient, Queue, RecordingPolicy, Ref, Role, ServiceAccount,
    Setting, Sym, User,
};
use rolecall_source::{Kind as Json, Node};

/// The id that the home division goes by, whatever its address.
const HOME: &str = "genesyscloud_auth_division_home";

/// Where a block was seen, which says how much it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A resource of the configuration.
    Configured,
    /// Looked up by the configuration: there is such a thing.
    Data,
    /// A resource in the state; the configuration counts before it.
    State,
    /// Looked up, and found.
    DataState,
}

/// Which of several that one block makes; only the state tells them apart.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Instance<'r> {
    /// `module.name.`, or nothing.
    pub(super) module: &'r str,
    /// `[0]`, `["key"]` or nothing.
    pub(super) index: &'r str,
}

/// A block: its type, label and content.
pub(super) struct Resource<'r, 't, 'a> {
    pub(super) kind: &'r str,
    pub(super) label: &'r str,
    pub(super) place: Instance<'r>,
    pub(super) body: Node<'t, 'a>,
    pub(super) seen: Seen,
}

pub(super) fn read(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let word = resource.kind.strip_prefix(super::address::PROVIDER).unwrap_or(resource.kind);
    match word {
        "auth_role" => role(resource, into),
        "auth_division" | "auth_division_home" => division(resource, into),
        "user" => user(resource, into),
        "group" => group(resource, into),
        "oauth_client" => client(resource, into),
        "routing_queue" => queue(resource, into),
        _ if matches!(resource.seen, Seen::Data | Seen::DataState) => return,
        "user_roles" => roles(field(body, "user_id"), body, "division_ids", into, resource.seen),
        "group_roles" => roles(field(body, "group_id"), body, "division_ids", into, resource.seen),
        "organization_authentication_settings" => settings(body, into),
        "recording_media_retention_policy" => retention(resource, into),
        "integration_credential" => {
            let head = resource.head(into);
            for fields in blocks(body, "fields", into) {
                into.credentials(fields, head);
            }
        }
        _ => return,
    }
    let several = ["for_each", "count", "dynamic"];
    for (key, node) in several.into_iter().zip(body.gets(several)) {
        if let Some(node) = node.filter(|node| !node.is_null()) {
            into.unread(&format!("`{key}` of {}.{}", resource.kind, resource.label), node);
        }
    }
}

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

/// The blocks of a type within another; what is none is said, and what needs an evaluation is noted.
fn blocks<'t, 'a>(body: Node<'t, 'a>, key: &str, into: &mut Lower<'_>) -> Vec<Node<'t, 'a>> {
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

impl Resource<'_, '_, '_> {
    /// Id, name and origin; what state says of the id becomes another name of it.
    fn head(&self, into: &mut Lower<'_>) -> Head {
        let is_data = matches!(self.seen, Seen::Data | Seen::DataState);
        let prefix = if is_data { "data." } else { "" };
        let Instance { module, index } = self.place;
        let address = [module, prefix, self.kind, ".", self.label, index].concat();
        let address = into.tenant.strings.intern(&address);
        let real = match self.seen {
            Seen::State | Seen::DataState => field(self.body, "id").and_then(|id| into.text("id", id)),
            Seen::Configured | Seen::Data => None,
        };
        let mut id = address;
        if let Some(real) = real {
            let real = into.tenant.strings.intern(&real);
            if is_data {
                // A thing that was looked up may be managed elsewhere, so its real id decides.
                into.tenant.aliases.push((address, real));
                id = real;
            } else {
                into.tenant.aliases.push((real, address));
            }
        }
        let name = field(self.body, "name").and_then(|name| into.text("name", name));
        let name = into.tenant.strings.keep(name.as_deref().unwrap_or(self.label));
        Head { id: Some(id), name, origin: into.origin(self.body), embedded: self.seen != Seen::Configured }
    }
}

/// A reference: to the address that it names, else to what is written. What cannot be
/// resolved stays as it is written, so that nobody takes it for nothing.
fn reference(field: &str, node: Node<'_, '_>, into: &mut Lower<'_>) -> Option<Ref> {
    let text = if node.is_null() { "null".into() } else { into.text(field, node)? };
    let target = match address(&text) {
        Some(address) => into.tenant.strings.intern(address),
        None => into.tenant.strings.intern(&text),
    };
    Some(Ref { target, at: node.start() })
}

fn references(field: &str, node: Option<Node<'_, '_>>, into: &mut Lower<'_>) -> List {
    let start = into.tenant.refs.len();
    for item in many(node) {
        if let Some(reference) = reference(field, item, into) {
            into.tenant.refs.push(reference);
        }
    }
    into.list_from(start)
}

fn role(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let head = resource.head(into);
    let start = row(into.tenant.grants.len());
    if let Some(list) = field(body, "permissions") {
        platform::general(list, into);
    }
    for policy in blocks(body, "permission_policies", into) {
        self::policy(policy, into);
    }
    let grants = List { start, len: row(into.tenant.grants.len()) - start };
    let default = field(body, "default_role_id").and_then(|id| into.text("default_role_id", id));
    let system = default.is_some_and(|id| !id.is_empty() && id != platform::EVERYBODY);
    into.tenant.roles.push(Role { head, system, grants, ..Role::default() });
}

fn policy(policy: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut part = |key: &str| field(policy, key).and_then(|node| into.text(key, node));
    let (Some(domain), Some(entity)) = (part("domain"), part("entity_name")) else {
        into.wrong_type("permission_policies", "a block with `domain`, `entity_name` and `action_set`", policy);
        return;
    };
    let conditions = blocks(policy, "conditions", into);
    let (scope, targets) = platform::narrowed(conditions, into, |node, into| reference("operands", node, into));
    for action in many(field(policy, "action_set")) {
        let word = into.text("action_set", action);
        if [Some(&domain), Some(&entity), word.as_ref()].into_iter().flatten().any(|part| platform::is_blank(part)) {
            into.troubles.push(no_permission(&format!("{domain}:{entity}"), word.as_deref(), policy));
            continue;
        }
        let Some(word) = word else { continue };
        if [&domain, &entity, &word].iter().any(|part| is_template(part)) {
            into.unread("a permission", policy);
            continue;
        }
        let origin = into.origin(policy);
        if let Some(permission) = into.permission(&format!("{domain}:{entity}"), Some(&word), action) {
            into.tenant.grants.push(Grant { permission, scope, targets, origin });
        }
    }
}

fn is_template(text: &str) -> bool {
    text.contains("${")
}

fn division(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let mut head = resource.head(into);
    let is_home = resource.kind.ends_with("_home")
        || field(resource.body, "home").and_then(|node| into.flag("home", node)).unwrap_or(false);
    if is_home {
        let home = into.tenant.strings.intern(HOME);
        into.tenant.aliases.extend(head.id.map(|address| (address, home)));
        into.tenant.home = Some(home);
        head.id = Some(home);
    }
    into.tenant.divisions.push(head);
}

/// The home division, which is where a user without one lies.
fn home(body: Node<'_, '_>, into: &mut Lower<'_>) -> Sym {
    let home = into.tenant.strings.intern(HOME);
    if into.tenant.home.is_none() {
        let name = into.tenant.strings.keep("Home");
        let head = Head { id: Some(home), name, origin: into.origin(body), embedded: true };
        into.tenant.divisions.push(head);
        into.tenant.home = Some(home);
    }
    home
}

fn user(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let mut user = User { head: resource.head(into), ..User::default() };
    let parts = body.gets(["email", "state", "department", "division_id"]);
    let [email, state, department, division] = parts.map(|part| part.filter(|value| !value.is_null()));
    if let Some(email) = email.and_then(|node| into.text("email", node)) {
        user.email = into.tenant.strings.keep(&email);
    }
    let mut word = |key: &str, node: Option<Node<'_, '_>>| {
        let text = node.and_then(|node| into.text(key, node));
        text.map(|text| into.tenant.strings.intern(&text))
    };
    (user.state, user.department) = (word("state", state), word("department", department));
    for info in blocks(body, "employer_info", into) {
        let name = field(info, "official_name").and_then(|node| into.text("official_name", node));
        user.employer = name.map(|name| into.tenant.strings.intern(&name)).or(user.employer);
    }
    user.division = match (division, resource.seen) {
        (Some(node), _) => reference("division_id", node, into),
        (None, Seen::Configured | Seen::State) => Some(Ref { target: home(body, into), at: body.start() }),
        (None, Seen::Data | Seen::DataState) => None,
    };
    into.secrets(body, user.head);
    into.tenant.users.push(user);
}

fn group(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let mut group = Group { head: resource.head(into), ..Group::default() };
    let includes_owners =
        field(body, "include_owners").and_then(|node| into.flag("include_owners", node)).unwrap_or(true);
    let start = into.tenant.refs.len();
    references("member_ids", field(body, "member_ids"), into);
    if includes_owners {
        references("owner_ids", field(body, "owner_ids"), into);
    }
    group.members = into.list_from(start);
    into.tenant.groups.push(group);
}

fn queue(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let mut queue = Queue { head: resource.head(into), ..Queue::default() };
    queue.division = field(body, "division_id").and_then(|node| reference("division_id", node, into));
    queue.groups = references("groups", field(body, "groups"), into);
    let start = into.tenant.refs.len();
    for member in blocks(body, "members", into) {
        let Some(user) = field(member, "user_id") else {
            into.wrong_type("members", "blocks with `user_id`", member);
            continue;
        };
        let user = reference("user_id", user, into);
        into.tenant.refs.extend(user);
    }
    queue.members = into.list_from(start);
    into.tenant.queues.push(queue);
}

fn client(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let head = resource.head(into);
    let mut client = OauthClient { head, ..OauthClient::default() };
    let mut word = |key: &str| {
        let text = field(body, key).and_then(|node| into.text(key, node));
        text.map(|text| into.tenant.strings.intern(&text))
    };
    (client.grant_type, client.state) = (word("authorized_grant_type"), word("state"));
    let seconds = field(body, "access_token_validity_seconds");
    client.token_seconds = seconds.and_then(|node| into.number("access_token_validity_seconds", node));
    let acts_for_itself =
        client.grant_type.is_some_and(|t| into.tenant.str(t).eq_ignore_ascii_case(platform::FOR_ITSELF));
    if acts_for_itself {
        let own = head.id.map(|target| Ref { target, at: body.start() });
        into.tenant.service_accounts.push(ServiceAccount { head, client: own, ..ServiceAccount::default() });
        if let Some(own) = own {
            assign(own, body, "division_id", into, resource.seen);
        }
    }
    into.secrets(body, head);
    into.tenant.oauth_clients.push(client);
}

/// The roles of a user or group.
fn roles(subject: Option<Node<'_, '_>>, body: Node<'_, '_>, divisions: &str, into: &mut Lower<'_>, seen: Seen) {
    let subject = match subject {
        Some(node) => reference("user_id", node, into),
        // Nobody knows whose roles these are.
        None => Some(Ref { target: into.tenant.strings.intern("null"), at: body.start() }),
    };
    if let Some(subject) = subject {
        assign(subject, body, divisions, into, seen);
    }
}

fn assign(subject: Ref, body: Node<'_, '_>, key: &str, into: &mut Lower<'_>, seen: Seen) {
    for block in many(field(body, "roles")) {
        // What needs an evaluation may be any role.
        if block.kind() != Json::Object && !block.text().is_some_and(|text| is_template(&text)) {
            into.wrong_type("roles", "a block", block);
            continue;
        }
        let role = match block.get("role_id") {
            Some(node) => reference("role_id", node, into),
            None => Some(Ref { target: into.tenant.strings.intern("null"), at: block.start() }),
        };
        let Some(role) = role else { continue };
        // A finding needs one of the two to be about.
        if [subject, role].iter().all(|end| into.tenant.is_unresolved(end.target)) {
            let message = "neither whose role this is nor which is known: both need an evaluation";
            into.not_evaluated(message.to_owned(), "give the state of the last run as well", block);
        }
        let (reach, divisions) = self::divisions(field(block, key), key, into);
        let (origin, embedded) = (into.origin(block), seen != Seen::Configured);
        into.tenant.assignments.push(Assignment { subject, shown_for: None, role, reach, divisions, origin, embedded });
    }
}

/// `*` is every division, also beside named ones; no division is the home division; one
/// that needs evaluation may be any.
fn divisions(node: Option<Node<'_, '_>>, key: &str, into: &mut Lower<'_>) -> (Divisions, List) {
    let Some(node) = node else { return (Divisions::Home, List::default()) };
    // Null in the place of a list or an id is nothing, and within a list it is unknown.
    let is_unknown = node.kind() == Json::Array && node.items().any(Node::is_null);
    let list = references(key, Some(node), into);
    let mut texts = into.tenant.refs(list).iter().map(|r| into.tenant.str(r.target));
    let reach = if texts.clone().any(|text| text == "*") {
        Divisions::Every
    } else if is_unknown || texts.any(is_template) {
        Divisions::Unresolved
    } else if list.len == 0 {
        Divisions::Home
    } else {
        Divisions::Named
    };
    (reach, list)
}

/// Switches and numbers, by the names that the platform has for them.
fn settings(body: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut switches = vec![("multifactorAuthenticationRequired", field(body, "multifactor_authentication_required"))];
    for block in blocks(body, "timeout_settings", into) {
        switches.push(("enableIdleTokenTimeout", field(block, "enable_idle_token_timeout")));
        switches.push(("idleTokenTimeoutSeconds", field(block, "idle_token_timeout_seconds")));
    }
    for (name, node) in switches {
        let Some(node) = node else { continue };
        let is_number = name.ends_with("Seconds");
        let flag = if is_number { None } else { into.flag(name, node) };
        let number = if is_number { into.number(name, node) } else { None };
        let head = Head { name: into.tenant.strings.keep(name), origin: into.origin(node), ..Head::default() };
        into.tenant.settings.push(Setting { head, flag, number });
    }
}

fn retention(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let mut policy = RecordingPolicy { head: resource.head(into), ..RecordingPolicy::default() };
    for actions in blocks(resource.body, "actions", into) {
        for kept in blocks(actions, "retention_duration", into) {
            for deletion in blocks(kept, "delete_retention", into) {
                policy.retention_days = field(deletion, "days").and_then(|node| into.number("days", node));
            }
        }
    }
    into.tenant.recording_policies.push(policy);
}
