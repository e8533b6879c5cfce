//! Who belongs to which tier, and what says so.

use crate::{Policy, policy::TierPolicy};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{AccessGraph, EdgeKind, Span};
use rolecall_model::{Entity, Flag, Kind, Permission, Report, ScheduledExport, Sym, Tenant};
use std::collections::BTreeMap;
use wildmatch::WildMatch;

/// What says that a user is of a tier, one bit each.
mod signal {
    pub(super) const FLAG: u16 = 1;
    pub(super) const LICENCE: u16 = 2;
    pub(super) const GROUP: u16 = 4;
    pub(super) const DOMAIN: u16 = 8;
    pub(super) const DIVISION: u16 = 16;
    pub(super) const ROLE: u16 = 32;
    pub(super) const DEPARTMENT: u16 = 64;
    pub(super) const EMPLOYER: u16 = 128;
    pub(super) const TRUSTEE: u16 = 256;
}

/// The tiers of a tenant, by name.
pub struct Tiers {
    tiers: BTreeMap<String, Tier>,
}

/// The members of one tier.
pub struct Tier {
    policy: Patterns,
    roles: Vec<bool>,
    groups: Vec<bool>,
    accounts: Vec<bool>,
    users: Vec<u16>,
    exports: Vec<bool>,
    reports: Vec<bool>,
    clients: Vec<bool>,
}

#[derive(Default)]
struct Patterns {
    names: Vec<WildMatch>,
    roles: Vec<WildMatch>,
    groups: Vec<WildMatch>,
    licences: Vec<WildMatch>,
    domains: Vec<String>,
    divisions: Vec<WildMatch>,
    departments: Vec<WildMatch>,
    employers: Vec<WildMatch>,
    is_flagged: bool,
    is_service: bool,
    has_trustees: bool,
    regions: Option<Vec<String>>,
    allowed: Option<Vec<Permission>>,
}

impl Patterns {
    fn new(policy: &TierPolicy) -> Self {
        let read = |list: &Option<Vec<String>>| {
            let patterns = list.iter().flatten();
            patterns.map(|p| WildMatch::new_case_insensitive(p)).collect()
        };
        let domains = policy.domains.iter().flatten().map(|d| d.trim_start_matches('@').to_lowercase()).collect();
        Self {
            names: read(&policy.names),
            roles: read(&policy.roles),
            groups: read(&policy.groups),
            licences: read(&policy.licences),
            divisions: read(&policy.divisions),
            departments: read(&policy.departments),
            employers: read(&policy.employers),
            domains,
            is_flagged: policy.flag.unwrap_or(false),
            is_service: policy.service.unwrap_or(false),
            has_trustees: policy.trustees.unwrap_or(false),
            regions: policy.regions.clone(),
            allowed: policy
                .allowed
                .as_ref()
                .map(|list| list.iter().filter_map(|text| Permission::parse(text, None)).collect()),
        }
    }
}

impl Tiers {
    /// Classifies everybody. Cost: linear in entities and references, times the tiers.
    #[must_use]
    pub fn new(graph: &AccessGraph<'_>, policy: &Policy) -> Self {
        let tiers = policy.tiers.iter().map(|(name, tier)| (name.clone(), Tier::new(graph, tier))).collect();
        Self { tiers }
    }

    /// Every tier, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Tier)> {
        self.tiers.iter().map(|(name, tier)| (name.as_str(), tier))
    }

    /// The tier of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Tier> {
        self.tiers.get(name)
    }

    /// Whether the tiers of a user allow a region; nothing where none of them declares any.
    pub(crate) fn allow_region(&self, user: Entity, region: &str) -> Option<bool> {
        let own = self.tiers.values().filter(|tier| tier.contains(user));
        own.filter_map(|tier| tier.allows_region(region)).reduce(|any, one| any || one)
    }

    /// Whether an entity is of the tier `name`.
    #[must_use]
    pub fn contains(&self, name: &str, entity: Entity) -> bool {
        self.get(name).is_some_and(|tier| tier.contains(entity))
    }
}

impl Tier {
    fn new(graph: &AccessGraph<'_>, policy: &TierPolicy) -> Self {
        let tenant = graph.tenant;
        let policy = Patterns::new(policy);
        let named = |kind: Kind, also: &[WildMatch]| -> Vec<bool> {
            let is_named =
                |e: Entity| any(&policy.names, tenant.name(e)) || any(also, tenant.name(e)) || any(also, tenant.id(e));
            tenant.entities(kind).map(is_named).collect()
        };
        let mut roles = named(Kind::Role, &policy.roles);
        if policy.is_service {
            for (role, is_member) in tenant.entities(Kind::Role).zip(&mut roles) {
                let mut holders = graph.entities_into(role, EdgeKind::Holds).map(|(e, _)| e.kind).peekable();
                *is_member |= holders.peek().is_some() && holders.all(|kind| kind == Kind::ServiceAccount);
            }
        }
        let groups = named(Kind::Group, &policy.groups);
        let accounts = named(Kind::ServiceAccount, &[]);
        let mut tier = Self {
            policy,
            roles,
            groups,
            accounts,
            users: Vec::new(),
            exports: Vec::new(),
            reports: Vec::new(),
            clients: Vec::new(),
        };
        let users = tier.classify_users(graph);
        tier.users = users;
        tier.exports = tier.classify_exports(tenant);
        for account in tenant.entities(Kind::ServiceAccount) {
            let is_member = tier.holds_role(graph, account) || tier.impersonated_group(graph, account).is_some();
            if let Some(known) = tier.accounts.get_mut(account.row as usize) {
                *known |= is_member;
            }
        }
        let shares = |report: &Report| {
            let roles = tenant.refs(report.roles).iter();
            let mut rows = roles.flat_map(|r| graph.directory.rows(Kind::Role, r.target));
            rows.any(|row| tier.contains(Entity { kind: Kind::Role, row }))
        };
        tier.reports = tenant.reports.iter().map(shares).collect();
        tier.clients = vec![false; tenant.oauth_clients.len()];
        for (row, account) in (0..).zip(&tenant.service_accounts) {
            let is_member = tier.contains(Entity { kind: Kind::ServiceAccount, row });
            let clients = account.client.filter(|_| is_member);
            for client in clients.into_iter().flat_map(|c| graph.directory.rows(Kind::OauthClient, c.target)) {
                if let Some(known) = tier.clients.get_mut(client as usize) {
                    *known = true;
                }
            }
        }
        tier
    }

    /// Whether an entity is of the tier. Only roles, groups, users and service accounts are;
    /// besides, scheduled exports that are sent to an address of the tier, reports shared with
    /// a role of it, and clients that its service accounts sign in with.
    #[must_use]
    pub fn contains(&self, entity: Entity) -> bool {
        let row = entity.row as usize;
        match entity.kind {
            Kind::Role => self.roles.get(row).copied().unwrap_or(false),
            Kind::Group => self.groups.get(row).copied().unwrap_or(false),
            Kind::ServiceAccount => self.accounts.get(row).copied().unwrap_or(false),
            Kind::User => self.users.get(row).is_some_and(|signals| *signals != 0),
            Kind::ScheduledExport => self.exports.get(row).copied().unwrap_or(false),
            Kind::Report => self.reports.get(row).copied().unwrap_or(false),
            Kind::OauthClient => self.clients.get(row).copied().unwrap_or(false),
            _ => false,
        }
    }

    /// Whether a user is of the tier by anything but membership of `group`: membership
    /// of the very group that a rule judges proves nothing.
    #[must_use]
    pub fn contains_apart_from(&self, graph: &AccessGraph<'_>, user: Entity, group: Entity) -> bool {
        let signals = self.users.get(user.row as usize).copied().unwrap_or(0);
        let in_another = || {
            let mut groups = graph.entities_from(user, EdgeKind::MemberOf);
            groups.any(|(g, _)| g != group && self.contains(g))
        };
        signals & !signal::GROUP != 0 || (signals & signal::GROUP != 0 && in_another())
    }

    /// Whether nobody and nothing is of the tier.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let none = |members: &[bool]| !members.contains(&true);
        none(&self.roles) && none(&self.groups) && none(&self.accounts) && self.users.iter().all(|s| *s == 0)
    }

    /// Whether the tier allows a region; nothing where it declares none.
    pub(crate) fn allows_region(&self, region: &str) -> Option<bool> {
        let regions = self.policy.regions.as_ref()?;
        Some(regions.iter().any(|allowed| allowed.eq_ignore_ascii_case(region)))
    }

    /// Whether the tier has a list of allowed permissions.
    pub(crate) fn has_allowed(&self) -> bool {
        self.policy.allowed.is_some()
    }

    /// Whether the tier has a list of allowed permissions that holds this one; nothing where it has none.
    pub(crate) fn allows(&self, permission: &Permission) -> Option<bool> {
        let allowed = self.policy.allowed.as_ref()?;
        Some(allowed.iter().any(|pattern| pattern.covers(permission)))
    }

    /// Whether a name is one of those that the tier goes by.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        any(&self.policy.names, name)
    }

    /// Whether an entity's own name says that it is of the tier, so that naming it is evidence enough.
    #[must_use]
    pub fn is_named(&self, graph: &AccessGraph<'_>, entity: Entity) -> bool {
        entity.kind != Kind::User && any(&self.policy.names, graph.tenant.name(entity))
    }

    /// What says that an entity is of the tier, in words; empty where it is not.
    #[must_use]
    pub fn evidence(&self, graph: &AccessGraph<'_>, entity: Entity) -> Vec<String> {
        let tenant = graph.tenant;
        let mut said = Vec::new();
        if entity.kind != Kind::User {
            if self.contains(entity) {
                said.push(self.evidence_of_name(graph, entity));
            }
            return said;
        }
        let signals = self.users.get(entity.row as usize).copied().unwrap_or(0);
        let Some(user) = tenant.users.get(entity.row as usize) else { return said };
        if signals & signal::FLAG != 0 {
            said.push("flagged `bpoUser`".to_owned());
        }
        let licences = tenant.refs(user.licences).iter().map(|l| tenant.str(l.target));
        said.extend(licences.filter(|l| any(&self.policy.licences, l)).map(|l| format!("licence `{l}`")));
        for (kind, edge, words) in
            [(Kind::Group, EdgeKind::MemberOf, "member of group"), (Kind::Role, EdgeKind::Holds, "holder of role")]
        {
            let mut found: Vec<_> = graph
                .entities_from(entity, edge)
                .map(|(e, _)| e)
                .filter(|e| e.kind == kind && self.contains(*e))
                .collect();
            found.sort_by_cached_key(|e| graph.order_key(*e));
            found.dedup();
            said.extend(found.into_iter().map(|e| format!("{words} `{}`", tenant.name(e))));
        }
        if signals & signal::DOMAIN != 0 {
            said.push(format!("e-mail address `{}`", tenant.strings.text(user.email)));
        }
        if signals & signal::DIVISION != 0
            && let Some(division) = user.division
        {
            said.push(format!("division `{}`", tenant.str(division.target)));
        }
        if signals & signal::TRUSTEE != 0 {
            said.push("let in from a trustee organisation".to_owned());
        }
        for (bit, words, value) in
            [(signal::DEPARTMENT, "department", user.department), (signal::EMPLOYER, "employer", user.employer)]
        {
            if let Some(value) = value.filter(|_| signals & bit != 0) {
                said.push(format!("{words} `{}`", tenant.str(value)));
            }
        }
        said
    }

    fn evidence_of_name(&self, graph: &AccessGraph<'_>, entity: Entity) -> String {
        let tenant = graph.tenant;
        let impersonated =
            (entity.kind == Kind::ServiceAccount).then(|| self.impersonated_group(graph, entity)).flatten();
        match impersonated {
            _ if any(&self.policy.names, tenant.name(entity)) => format!("the name `{}`", tenant.name(entity)),
            Some(group) => format!("may impersonate group `{}`", tenant.name(group)),
            None if entity.kind == Kind::ServiceAccount => "holds a role of the tier".to_owned(),
            None if entity.kind == Kind::Report => "shared with a role of the tier".to_owned(),
            None if entity.kind == Kind::OauthClient => "an account of the tier signs in with it".to_owned(),
            None if entity.kind == Kind::ScheduledExport => "sent to an address of the tier".to_owned(),
            None => "the settings".to_owned(),
        }
    }

    fn classify_users(&self, graph: &AccessGraph<'_>) -> Vec<u16> {
        let tenant = graph.tenant;
        // Licences and divisions repeat from user to user; each is looked at once.
        let mut licences: HashMap<Sym, bool> = HashMap::new();
        let mut divisions: HashMap<Sym, bool> = HashMap::new();
        tenant
            .entities(Kind::User)
            .zip(&tenant.users)
            .map(|(entity, user)| {
                let mut signals = 0;
                let mut set = |bit: u16, is_set: bool| signals |= if is_set { bit } else { 0 };
                set(signal::FLAG, self.policy.is_flagged && user.flag == Flag::Set(true));
                set(signal::TRUSTEE, self.policy.has_trustees && user.of_trustee);
                let mut fits =
                    |sym: Sym| *licences.entry(sym).or_insert_with(|| any(&self.policy.licences, tenant.str(sym)));
                set(signal::LICENCE, tenant.refs(user.licences).iter().any(|l| fits(l.target)));
                set(
                    signal::DOMAIN,
                    !self.policy.domains.is_empty() && self.is_of_domain(tenant.strings.text(user.email)),
                );
                let mut fits = |sym: Sym| *divisions.entry(sym).or_insert_with(|| self.is_division(graph, sym));
                set(signal::DIVISION, user.division.is_some_and(|d| fits(d.target)));
                let is_one = |patterns: &[WildMatch], value: Option<Sym>| {
                    !patterns.is_empty() && value.is_some_and(|v| any(patterns, tenant.str(v)))
                };
                set(signal::DEPARTMENT, is_one(&self.policy.departments, user.department));
                set(signal::EMPLOYER, is_one(&self.policy.employers, user.employer));
                set(signal::GROUP, graph.entities_from(entity, EdgeKind::MemberOf).any(|(g, _)| self.contains(g)));
                set(signal::ROLE, self.holds_role(graph, entity));
                signals
            })
            .collect()
    }

    /// Those that are sent to an address of the tier's domains, or of one of its users.
    fn classify_exports(&self, tenant: &Tenant) -> Vec<bool> {
        if tenant.scheduled_exports.is_empty() {
            return Vec::new();
        }
        let of_tier = tenant.users.iter().zip(&self.users).filter(|(_, signals)| **signals != 0);
        let mails: HashSet<String> = of_tier.map(|(user, _)| tenant.strings.text(user.email).to_lowercase()).collect();
        let is_sent = |export: &ScheduledExport| {
            let mut addresses = tenant.refs(export.recipients).iter().map(|r| tenant.str(r.target));
            addresses.any(|address| self.is_of_domain(address) || mails.contains(&address.to_lowercase()))
        };
        tenant.scheduled_exports.iter().map(is_sent).collect()
    }

    fn is_of_domain(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, d)| d.to_lowercase());
        domain.is_some_and(|d| self.policy.domains.contains(&d))
    }

    /// Whether a division, by id or name, is one of the tier's.
    pub(crate) fn is_division(&self, graph: &AccessGraph<'_>, reference: Sym) -> bool {
        let rows = graph.directory.rows(Kind::Division, reference).into_iter();
        let mut names = rows.map(|row| graph.tenant.name(Entity { kind: Kind::Division, row }));
        any(&self.policy.divisions, graph.tenant.str(reference)) || names.any(|n| any(&self.policy.divisions, n))
    }

    fn holds_role(&self, graph: &AccessGraph<'_>, holder: Entity) -> bool {
        graph.entities_from(holder, EdgeKind::Holds).any(|(role, _)| self.contains(role))
    }

    /// A group of the tier that a service account may impersonate, the one that sorts first.
    fn impersonated_group(&self, graph: &AccessGraph<'_>, account: Entity) -> Option<Entity> {
        let mut groups = Vec::new();
        for access in graph.access(account) {
            if let Some(Span::Limited(limits)) = graph.impersonation(access.grant) {
                groups.extend(limits.into_iter().map(|(e, _)| e).filter(|e| self.contains(*e)));
            }
        }
        groups.into_iter().min_by_key(|g| graph.order_key(*g))
    }
}

fn any(patterns: &[WildMatch], text: &str) -> bool {
    !text.is_empty() && patterns.iter().any(|p| p.matches(text.trim()))
}
