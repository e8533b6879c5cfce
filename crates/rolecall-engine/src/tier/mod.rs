//! Who belongs to which tier, and what says so.

mod classify;
mod evidence;

use crate::Policy;
use crate::policy::{Selects, TierPolicy};
use rayon::prelude::*;
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Kind, Permission, Sym, Tenant};
use std::borrow::Cow;
use std::collections::BTreeMap;
use toml::Spanned;
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
    /// Whether any declares regions.
    declare_regions: bool,
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
    queues: Vec<bool>,
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
    queues: Vec<WildMatch>,
    is_flagged: bool,
    is_service: bool,
    has_trustees: bool,
    regions: Option<Vec<String>>,
    allowed: Option<Vec<Permission>>,
    is_guides: bool,
}

impl Patterns {
    fn new(policy: &TierPolicy) -> Self {
        let read = |list: &Option<Vec<Spanned<String>>>| {
            let patterns = list.iter().flatten();
            patterns.map(|text| pattern(text.as_ref())).collect()
        };
        let domains = policy.domains.iter().flatten().map(|text| domain(text.as_ref())).collect();
        Self {
            names: read(&policy.names),
            roles: read(&policy.roles),
            groups: read(&policy.groups),
            licences: read(&policy.licences),
            divisions: read(&policy.divisions),
            departments: read(&policy.departments),
            employers: read(&policy.employers),
            queues: read(&policy.queues),
            domains,
            is_flagged: policy.flag.unwrap_or(false),
            is_service: policy.service.unwrap_or(false),
            has_trustees: policy.trustees.unwrap_or(false),
            regions: policy.regions.as_ref().map(|list| list.iter().map(|id| id.as_ref().trim().to_owned()).collect()),
            allowed: policy
                .allowed
                .as_ref()
                .map(|list| list.iter().filter_map(|text| Permission::parse(text.as_ref(), None)).collect()),
            is_guides: policy.is_guides,
        }
    }
}

impl Tiers {
    /// Classifies everybody. Cost: linear in entities and references, times the tiers.
    #[must_use]
    pub fn new(graph: &AccessGraph<'_>, policy: &Policy) -> Self {
        Self::again(graph, policy, None)
    }

    /// The same where it is known who was of which tier by the same settings before an edit. What users say of
    /// themselves is no edge, so that no edit changes it.
    pub(crate) fn again(graph: &AccessGraph<'_>, policy: &Policy, before: Option<&Self>) -> Self {
        let known = |name: &str| before.and_then(|before| before.get(name));
        // Tiers know nothing of each other, so they are told side by side.
        let tiers = policy.tiers.par_iter();
        let tiers = tiers.map(|(name, tier)| (name.clone(), Tier::new(graph, tier, known(name)))).collect();
        Self { tiers, declare_regions: policy.tiers.values().any(|tier| tier.regions.is_some()) }
    }

    /// Every tier, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Tier)> {
        self.tiers.iter().map(|(name, tier)| (name.as_str(), tier))
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tiers.keys().map(String::as_str)
    }

    /// The tier of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Tier> {
        self.tiers.get(name)
    }

    /// The regions that a user's tiers allow, the partners' own before those of all partners; none
    /// where no tier of the user declares any.
    pub(crate) fn regions(&self, user: Entity, partners: &[&str]) -> Option<Vec<&str>> {
        if !self.declare_regions {
            return None;
        }
        let declared = |name: &str| {
            let tier = self.get(name).filter(|tier| tier.contains(user));
            tier.and_then(|tier| tier.policy.regions.as_deref())
        };
        let mut found: Vec<&[String]> = partners.iter().filter_map(|name| declared(name)).collect();
        if found.is_empty() {
            found = self.tiers.keys().filter_map(|name| declared(name)).collect();
        }
        (!found.is_empty()).then(|| found.into_iter().flatten().map(String::as_str).collect())
    }

    /// The names of the tiers that an entity is of.
    #[must_use]
    pub fn of(&self, entity: Entity) -> Vec<&str> {
        self.iter().filter(|(_, tier)| tier.contains(entity)).map(|(name, _)| name).collect()
    }

    /// Whether an entity is of the tier `name`.
    #[inline]
    #[must_use]
    pub fn contains(&self, name: &str, entity: Entity) -> bool {
        self.get(name).is_some_and(|tier| tier.contains(entity))
    }
}

impl Tier {
    /// Whether an entity is of the tier. Only roles, groups, users and service accounts are;
    /// besides, scheduled exports that are sent to an address of the tier, reports shared with
    /// a role of it, clients that its service accounts sign in with, and queues of its own.
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
            Kind::Queue => self.queues.get(row).copied().unwrap_or(false),
            _ => false,
        }
    }

    /// Whether it is of service accounts, and so of nobody.
    pub(crate) fn is_service(&self) -> bool {
        self.policy.is_service
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

    /// The roles, groups, accounts and users of which this and the same tier of an edited tenant say another thing.
    pub(crate) fn differing(&self, other: &Self) -> Vec<Entity> {
        fn of<T: PartialEq>(kind: Kind, mine: &[T], theirs: &[T]) -> Vec<Entity> {
            if mine == theirs {
                return Vec::new();
            }
            let pairs = (0..).zip(mine.iter().zip(theirs));
            pairs.filter(|(_, (mine, theirs))| mine != theirs).map(|(row, _)| Entity { kind, row }).collect()
        }
        let mut found = of(Kind::Role, &self.roles, &other.roles);
        found.extend(of(Kind::Group, &self.groups, &other.groups));
        found.extend(of(Kind::ServiceAccount, &self.accounts, &other.accounts));
        found.extend(of(Kind::User, &self.users, &other.users));
        found
    }

    /// Whether nobody and nothing is of the tier.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let none = |members: &[bool]| !members.contains(&true);
        none(&self.roles) && none(&self.groups) && none(&self.accounts) && !self.has_users()
    }

    /// Whether any user is of the tier.
    pub(crate) fn has_users(&self) -> bool {
        self.users.iter().any(|signals| *signals != 0)
    }

    /// Whether any group is of the tier.
    pub(crate) fn has_groups(&self) -> bool {
        self.groups.contains(&true)
    }

    /// Whether the tier has a list of allowed permissions that holds for a tenant: the guide's own
    /// list is in the guide's words, and says nothing of others.
    pub(crate) fn has_allowed(&self, tenant: &Tenant) -> bool {
        self.policy.allowed.is_some() && (!self.policy.is_guides || tenant.dialects.contains(&"guide"))
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

    /// Whether a division, by id or name, is one of the tier's.
    pub(crate) fn is_division(&self, graph: &AccessGraph<'_>, reference: Sym) -> bool {
        let rows = graph.directory.each(Kind::Division, reference);
        let mut names = rows.map(|row| graph.tenant.name(Entity { kind: Kind::Division, row }));
        let own = &self.policy.divisions;
        !own.is_empty()
            && (any(own, graph.tenant.str(reference))
                || graph.tenant.real_ids_of(reference).any(|id| any(own, id))
                || names.any(|name| any(own, name)))
    }
}

/// A pattern of the settings, whatever stands around it.
fn pattern(text: &str) -> WildMatch {
    WildMatch::new_case_insensitive(text.trim())
}

/// A domain of the settings.
fn domain(text: &str) -> String {
    text.trim().trim_start_matches('@').to_lowercase()
}

/// Whether a pattern of the settings fits any of the values that the input has for it.
pub(crate) fn fits_any(selects: Selects, text: &str, values: &[Cow<'_, str>]) -> bool {
    if selects == Selects::Domains {
        let domain = domain(text);
        return values.iter().any(|value| *value == domain);
    }
    let patterns = [pattern(text)];
    values.iter().any(|value| any(&patterns, value))
}

fn any(patterns: &[WildMatch], text: &str) -> bool {
    !text.is_empty() && patterns.iter().any(|p| p.matches(text.trim()))
}
