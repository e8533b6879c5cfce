//! Who is of a tier.

use super::{Patterns, Tier, any, signal};
use crate::context::domain_of;
use crate::policy::TierPolicy;
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{AccessGraph, EdgeKind, Span};
use rolecall_model::{Entity, Flag, Kind, Queue, Report, ScheduledExport, Sym, Tenant, User};
use wildmatch::WildMatch;

impl Tier {
    pub(super) fn new(graph: &AccessGraph<'_>, policy: &TierPolicy, before: Option<&Self>) -> Self {
        let tenant = graph.tenant;
        let policy = Patterns::new(policy);
        let named = |kind: Kind, also: &[WildMatch]| -> Vec<bool> {
            let is_named = |e: Entity| {
                any(&policy.names, tenant.name(e))
                    || any(also, tenant.name(e))
                    || (!also.is_empty() && tenant.ids(e).any(|id| any(also, id)))
            };
            tenant.entities(kind).map(is_named).collect()
        };
        let mut roles = named(Kind::Role, &policy.roles);
        if policy.is_service {
            for (role, is_member) in tenant.entities(Kind::Role).zip(&mut roles) {
                let mut holders = graph.sources(role, EdgeKind::Holds).map(|holder| holder.kind).peekable();
                *is_member |= holders.peek().is_some() && holders.all(|kind| kind == Kind::ServiceAccount);
            }
        }
        let mut groups = named(Kind::Group, &policy.groups);
        for (is_member, group) in groups.iter_mut().zip(&tenant.groups) {
            *is_member |= policy.has_trustees && group.of_trustee;
        }
        let mut accounts = named(Kind::ServiceAccount, &[]);
        if policy.is_service {
            accounts.fill(true);
        }
        let mut tier = Self {
            policy,
            roles,
            groups,
            accounts,
            users: Vec::new(),
            exports: Vec::new(),
            reports: Vec::new(),
            clients: Vec::new(),
            queues: Vec::new(),
        };
        let users = tier.classify_users(graph, before);
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
        tier.queues = tier.classify_queues(graph);
        tier
    }

    fn classify_users(&self, graph: &AccessGraph<'_>, before: Option<&Self>) -> Vec<u16> {
        let own =
            |before: &Self| before.users.iter().map(|signals| signals & !(signal::GROUP | signal::ROLE)).collect();
        let mut users = before.map_or_else(|| self.own_signals(graph), own);
        // Nobody is a service, whatever groups and roles are called.
        if self.policy.is_service {
            return users;
        }
        // From the few groups and roles of the tier to their people, and not from everybody to what they have.
        for (kind, edge, bit) in
            [(Kind::Group, EdgeKind::MemberOf, signal::GROUP), (Kind::Role, EdgeKind::Holds, signal::ROLE)]
        {
            for of in graph.tenant.entities(kind).filter(|of| self.contains(*of)) {
                for user in graph.sources(of, edge).filter(|who| who.kind == Kind::User) {
                    if let Some(signals) = users.get_mut(user.row as usize) {
                        *signals |= bit;
                    }
                }
            }
        }
        users
    }

    /// What users say of themselves.
    fn own_signals(&self, graph: &AccessGraph<'_>) -> Vec<u16> {
        let tenant = graph.tenant;
        let policy = &self.policy;
        // Licences and divisions repeat from user to user; each is looked at once.
        let mut licences: HashMap<Sym, bool> = HashMap::new();
        let mut divisions: HashMap<Sym, bool> = HashMap::new();
        let is_one = |patterns: &[WildMatch], value: Option<Sym>| {
            !patterns.is_empty() && value.is_some_and(|v| any(patterns, tenant.str(v)))
        };
        let signals = |user: &User| {
            let mut signals = 0;
            let mut set = |bit: u16, is_set: bool| signals |= if is_set { bit } else { 0 };
            set(signal::FLAG, policy.is_flagged && user.flag == Flag::Set(true));
            set(signal::TRUSTEE, policy.has_trustees && user.of_trustee);
            if !policy.licences.is_empty() {
                let mut fits =
                    |sym: Sym| *licences.entry(sym).or_insert_with(|| any(&policy.licences, tenant.str(sym)));
                set(signal::LICENCE, tenant.refs(user.licences).iter().any(|l| fits(l.target)));
            }
            if !policy.domains.is_empty() {
                set(signal::DOMAIN, self.is_of_domain(tenant.strings.text(user.email)));
            }
            if !policy.divisions.is_empty() {
                let mut fits = |sym: Sym| *divisions.entry(sym).or_insert_with(|| self.is_division(graph, sym));
                set(signal::DIVISION, user.division.is_some_and(|d| fits(d.target)));
            }
            set(signal::DEPARTMENT, is_one(&policy.departments, user.department));
            set(signal::EMPLOYER, is_one(&policy.employers, user.employer));
            signals
        };
        tenant.users.iter().map(signals).collect()
    }

    /// Those that are sent to an address of the tier's domains, or of one of its users.
    fn classify_exports(&self, tenant: &Tenant) -> Vec<bool> {
        if tenant.scheduled_exports.is_empty() {
            return Vec::new();
        }
        let of_tier = tenant.users.iter().zip(&self.users).filter(|(_, signals)| **signals != 0);
        let mails: HashSet<String> =
            of_tier.map(|(user, _)| tenant.strings.text(user.email).trim().to_lowercase()).collect();
        let is_sent = |export: &ScheduledExport| {
            let mut addresses = tenant.refs(export.recipients).iter().map(|r| tenant.str(r.target));
            addresses.any(|address| self.is_of_domain(address) || mails.contains(&address.trim().to_lowercase()))
        };
        tenant.scheduled_exports.iter().map(is_sent).collect()
    }

    /// Queues of a name or a division of the tier, and those on which its people sit alone.
    fn classify_queues(&self, graph: &AccessGraph<'_>) -> Vec<bool> {
        let tenant = graph.tenant;
        let is_own = |(entity, queue): (Entity, &Queue)| {
            let own = &self.policy.queues;
            let is_named =
                !own.is_empty() && (any(own, tenant.name(entity)) || tenant.ids(entity).any(|id| any(own, id)));
            let mut members = graph.sources(entity, EdgeKind::OnQueue).peekable();
            is_named
                || queue.division.is_some_and(|division| self.is_division(graph, division.target))
                || (members.peek().is_some() && members.all(|member| self.contains(member)))
        };
        tenant.entities(Kind::Queue).zip(&tenant.queues).map(is_own).collect()
    }

    fn is_of_domain(&self, email: &str) -> bool {
        domain_of(email).is_some_and(|domain| self.policy.domains.contains(&domain))
    }

    fn holds_role(&self, graph: &AccessGraph<'_>, holder: Entity) -> bool {
        graph.entities_from(holder, EdgeKind::Holds).any(|(role, _)| self.contains(role))
    }

    /// A group of the tier that a service account may impersonate, the one that sorts first.
    pub(super) fn impersonated_group(&self, graph: &AccessGraph<'_>, account: Entity) -> Option<Entity> {
        let mut groups = Vec::new();
        for grant in graph.grants_had(account) {
            if let Some(Span::Limited(limits)) = graph.impersonation(grant) {
                groups.extend(limits.into_iter().map(|(e, _)| e).filter(|e| self.contains(*e)));
            }
        }
        groups.into_iter().min_by_key(|g| graph.order_key(*g))
    }
}
