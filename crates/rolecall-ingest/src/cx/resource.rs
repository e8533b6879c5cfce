//! Resources and data sources, lowered by type.

use super::value::{blocks, field, flag, is_open, known, many, number, reference, references, text, text_of};
use crate::lower::{Lower, is_template, row};
use crate::platform;
use crate::secrets::is_secret_key;
use crate::trouble::no_permission;
use rolecall_model::{
    Assignment, Divisions, Grant, Group, HOME, Head, Kind, List, OauthClient, RecordingPolicy, Ref, Role,
    ServiceAccount, Setting, Sought, Sym, Text, User,
};
use rolecall_source::{Kind as Json, Node};

/// How long an OAuth client's tokens live where the configuration does not say; the provider's default.
const TOKEN_SECONDS: u64 = 86_400;

/// Where a block was seen, which says how much it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A resource of the configuration.
    Configured,
    /// Looked up by the configuration: there is such a thing.
    Data,
    /// A resource that a plan comes to; it counts before the state.
    Planned,
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
    if !resource.is_looked_up() {
        super::spelling::note(resource, word, into);
    }
    match word {
        "auth_role" | "auth_division" | "user" | "group" | "oauth_client" | "routing_queue"
            if resource.is_looked_up() =>
        {
            looked_up(resource, word, into);
        }
        "auth_role" => role(resource, into),
        "auth_division" | "auth_division_home" => division(resource, into),
        "user" => user(resource, into),
        "group" => group(resource, into),
        "oauth_client" => client(resource, into),
        "routing_queue" => super::queue::read(resource, into),
        _ if matches!(resource.seen, Seen::Data | Seen::DataState) => return,
        "user_roles" => roles(field(body, "user_id"), body, "division_ids", into, resource.seen),
        "routing_queue_conditional_group_routing" => super::queue::rules(body, into),
        "group_roles" => roles(field(body, "group_id"), body, "division_ids", into, resource.seen),
        "organization_authentication_settings" => settings(body, into),
        "recording_media_retention_policy" => retention(resource, into),
        "integration_credential" => {
            let head = resource.head(into);
            let owner = resource.owner(head, into);
            for fields in blocks(body, "fields", into) {
                into.credentials(fields, owner);
            }
        }
        _ => {
            // Of what else there is, nothing but that.
            if body.fields().any(|(key, _)| is_secret_key(&key.text)) {
                let head = resource.head(into);
                let owner = resource.owner(head, into);
                into.secrets(body, owner);
            }
            return;
        }
    }
    let several = ["for_each", "count", "dynamic"];
    for (key, node) in several.into_iter().zip(body.gets(several)) {
        if let Some(node) = node.filter(|node| !node.is_null()) {
            into.unread(&format!("`{key}` of {}.{}", resource.kind, resource.label), node);
        }
    }
}

impl Resource<'_, '_, '_> {
    /// Id, name and origin.
    pub(super) fn head(&self, into: &mut Lower<'_>) -> Head {
        let address = into.tenant.strings.intern(&self.address());
        let id = self.id(address, into);
        Head { id: Some(id), ..self.named(into) }
    }

    pub(super) fn address(&self) -> String {
        let prefix = if self.is_looked_up() { "data." } else { "" };
        let Instance { module, index } = self.place;
        [module, prefix, self.kind, ".", self.label, index].concat()
    }

    fn is_looked_up(&self) -> bool {
        matches!(self.seen, Seen::Data | Seen::DataState)
    }

    /// Whose secrets those in it are.
    fn owner(&self, head: Head, into: &mut Lower<'_>) -> Head {
        let address = if self.is_looked_up() { head.id } else { Some(into.tenant.strings.intern(&self.address())) };
        Head { id: address, ..head }
    }

    /// The id of what has an address. What state says of the id decides, since a thing that was looked up may be managed
    /// elsewhere, and an address be that of several things in several folders; the address is another name of it.
    fn id(&self, address: Sym, into: &mut Lower<'_>) -> Sym {
        let Instance { module, index } = self.place;
        if !(module.is_empty() && index.is_empty()) {
            let block = Resource { place: Instance::default(), ..*self }.address();
            into.tenant.instances.push((address, into.tenant.strings.intern(&block)));
        }
        let real = match self.seen {
            Seen::State | Seen::Planned | Seen::DataState => field(self.body, "id").and_then(|id| into.text("id", id)),
            Seen::Configured | Seen::Data => None,
        };
        let Some(real) = real else { return address };
        let real = into.tenant.strings.intern(&real);
        into.tenant.aliases.push((address, real));
        real
    }

    /// Name and origin.
    fn named(&self, into: &mut Lower<'_>) -> Head {
        let name = text(self.body, "name", into);
        let name = into.tenant.strings.keep(name.as_deref().unwrap_or(self.label));
        let (embedded, planned) = (self.seen != Seen::Configured, self.seen == Seen::Planned);
        Head { id: None, name, origin: into.origin(self.body), embedded, planned }
    }
}

/// What is looked up: there is such a thing, and its name, or a user's address, says which.
fn looked_up(resource: &Resource<'_, '_, '_>, word: &str, into: &mut Lower<'_>) {
    let kind = match word {
        "auth_role" => Kind::Role,
        "auth_division" => Kind::Division,
        "user" => Kind::User,
        "group" => Kind::Group,
        "oauth_client" => Kind::OauthClient,
        _ => Kind::Queue,
    };
    let mut head = resource.head(into);
    if field(resource.body, "name").is_none() {
        // Its label says nothing of what it is called.
        head.name = Text::default();
    }
    let email = if kind == Kind::User { text(resource.body, "email", into) } else { None };
    let email = into.tenant.strings.keep(&email.unwrap_or_default());
    into.tenant.sought.push(Sought { kind, head, email });
}

fn role(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let head = resource.head(into);
    let start = row(into.tenant.grants.len());
    let mut is_shown = ["permissions", "permission_policies"].into_iter().all(|key| !is_open(body, key));
    if let Some(list) = known(body, "permissions", into) {
        platform::general(list, into);
    }
    for policy in blocks(body, "permission_policies", into) {
        is_shown &= ["domain", "entity_name", "action_set"].into_iter().all(|key| !is_open(policy, key));
        self::policy(policy, into);
    }
    let grants = List { start, len: row(into.tenant.grants.len()) - start };
    let default = text(body, "default_role_id", into).filter(|id| !id.is_empty());
    let system = default.as_deref().is_some_and(|id| id != platform::EVERYBODY);
    let admin = default.as_deref().map(platform::is_admin);
    // A role that the configuration makes is no other than it says.
    let custom = default.is_none();
    into.tenant.roles.push(Role { head, system, custom, admin, grants, unshown: !is_shown, ..Role::default() });
}

fn policy(policy: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut part = |key: &str| field(policy, key).and_then(|node| into.text(key, node));
    let (Some(domain), Some(entity)) = (part("domain"), part("entity_name")) else {
        into.wrong_type("permission_policies", "a block with `domain`, `entity_name` and `action_set`", policy);
        return;
    };
    if let Some(dynamic) = field(policy, "dynamic") {
        into.unread("`dynamic` of a permission", dynamic);
    }
    let conditions = blocks(policy, "conditions", into);
    let (scope, targets) = platform::narrowed(conditions, into, |node, into| reference("operands", node, into));
    if many(field(policy, "action_set")).next().is_none() {
        let message = format!("`{domain}:{entity}` has no `action_set`, so that it gives nothing");
        into.not_evaluated(message, "", policy);
    }
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

fn division(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let mut head = resource.head(into);
    let is_home = resource.kind.ends_with("_home") || flag(resource.body, "home", into).unwrap_or(false);
    if is_home {
        let home = into.tenant.strings.intern(HOME);
        into.tenant.aliases.extend(head.id.map(|address| (address, home)));
        into.tenant.note_home(home);
        if field(resource.body, "name").is_none() {
            head.name = into.tenant.strings.keep("Home");
        }
        head.id = Some(home);
    }
    into.tenant.divisions.push(head);
}

fn user(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let head = resource.named(into);
    let mut user = User { head, ..User::default() };
    let parts = body.gets(["email", "state", "department", "division_id"]);
    let [email, state, department, division] = parts.map(|part| part.filter(|value| !value.is_null()));
    if let Some(email) = email.and_then(|node| text_of("email", node, into)) {
        user.email = into.tenant.strings.keep(&email);
    }
    let mut word = |key: &str, node: Option<Node<'_, '_>>| {
        let text = node.and_then(|node| text_of(key, node, into));
        text.map(|text| into.tenant.strings.intern(&text))
    };
    (user.state, user.department) = (word("state", state), word("department", department));
    for info in blocks(body, "employer_info", into) {
        let name = text(info, "official_name", into);
        user.employer = name.map(|name| into.tenant.strings.intern(&name)).or(user.employer);
    }
    user.division = division.and_then(|node| reference("division_id", node, into));
    // A plan leaves out what is only known later.
    user.home_by_default = division.is_none() && (resource.seen != Seen::Planned || body.get("division_id").is_some());
    if user.home_by_default {
        // Known by this word, wherever it lies.
        into.tenant.strings.intern(HOME);
    }
    let address = into.add_user(user, Some(&resource.address()));
    let id = address.map(|address| resource.id(address, into));
    if let Some(user) = into.tenant.users.last_mut().filter(|_| id != address) {
        user.head.id = id;
    }
    into.secrets(body, Head { id: address, ..head });
}

fn group(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let mut group = Group { head: resource.head(into), ..Group::default() };
    group.roles_off = flag(body, "roles_enabled", into) == Some(false);
    let includes_owners = flag(body, "include_owners", into).unwrap_or(true);
    let start = into.tenant.refs.len();
    for (number, key) in ["member_ids", "owner_ids"].into_iter().enumerate() {
        let counts = number == 0 || includes_owners;
        references(key, field(body, key).filter(|_| counts), into);
        let is_told = !counts || (field(body, key).is_some() && !is_open(body, key));
        group.parts.note(number, into.list_from(start).len, is_told);
    }
    group.members = into.list_from(start);
    into.tenant.groups.push(group);
}

fn client(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let body = resource.body;
    let head = resource.head(into);
    let mut client = OauthClient { head, ..OauthClient::default() };
    let mut word = |key: &str| text(body, key, into).map(|text| into.tenant.strings.intern(&text));
    (client.grant_type, client.state) = (word("authorized_grant_type"), word("state"));
    client.token_seconds = number(body, "access_token_validity_seconds", into);
    if resource.seen == Seen::Configured && field(body, "access_token_validity_seconds").is_none() {
        client.token_seconds = Some(TOKEN_SECONDS);
    }
    let at = field(body, "authorized_grant_type").unwrap_or(body);
    let has_roles = many(field(body, "roles")).next().is_some();
    if platform::acts_for_itself(client.grant_type, has_roles, at, into) {
        let own = head.id.map(|target| Ref { target, at: body.start() });
        into.tenant.service_accounts.push(ServiceAccount { head, client: own, ..ServiceAccount::default() });
        if let Some(own) = own {
            assign(own, body, "division_id", into, resource.seen);
        }
    }
    let owner = resource.owner(head, into);
    into.secrets(body, owner);
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
    let made = many(field(body, "dynamic")).flat_map(|made| many(made.get("roles")));
    let made = made.flat_map(|made| many(field(made, "content")));
    for block in many(field(body, "roles")).chain(made) {
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
        let (mut reach, divisions) = self::divisions(field(block, key), key, into);
        if seen == Seen::Planned && block.get(key).is_none() {
            reach = Divisions::Unresolved;
        }
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
    let timeouts = blocks(body, "timeout_settings", into);
    let mut add = |name: &str, block: Node<'_, '_>, key: &str, is_number: bool| {
        let Some(node) = field(block, key) else { return };
        let (flag, number) = if is_number { (None, number(block, key, into)) } else { (flag(block, key, into), None) };
        let head = Head { name: into.tenant.strings.keep(name), origin: into.origin(node), ..Head::default() };
        into.tenant.settings.push(Setting { head, flag, number });
    };
    add("multifactorAuthenticationRequired", body, "multifactor_authentication_required", false);
    for block in timeouts {
        add("enableIdleTokenTimeout", block, "enable_idle_token_timeout", false);
        add("idleTokenTimeoutSeconds", block, "idle_token_timeout_seconds", true);
    }
}

fn retention(resource: &Resource<'_, '_, '_>, into: &mut Lower<'_>) {
    let mut policy = RecordingPolicy { head: resource.head(into), ..RecordingPolicy::default() };
    for actions in blocks(resource.body, "actions", into) {
        for kept in blocks(actions, "retention_duration", into) {
            for deletion in blocks(kept, "delete_retention", into) {
                policy.retention_days = number(deletion, "days", into);
            }
        }
    }
    into.tenant.recording_policies.push(policy);
}
