//! What every rule looks at: the graph, the tiers, and answers that rules share.

use crate::allow::Ledger;
use crate::aware::Awareness;
use crate::catalogue;
use crate::given::GivenOut;
use crate::held::Held;
use crate::holdings::Holdings;
use crate::policy::{PARTNERS, Stated};
use crate::sides::Sides;
use crate::vocabulary::select::Meant;
use crate::{Aliases, Allow, Entry, Expect, Lock, Policy, Sensitive, Tiers};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{
    Assignment, Divisions, Entity, Grant, Kind, Permission, PermissionId, Permissions, ScheduledExport, ScopeWord, Sym,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use toml::Spanned;

const UNSCOPED: &str = include_str!("../data/unscoped.txt");

/// What says that an entity is of a tier, for those that findings name.
type Evidence = HashMap<(Entity, String), Arc<[String]>>;

/// The ground that rules are judged on.
pub(crate) struct Context<'c, 't> {
    pub(crate) graph: &'c AccessGraph<'t>,
    pub(crate) tiers: Tiers,
    /// Permission patterns by the name of what they are good for.
    pub(crate) capabilities: &'c BTreeMap<String, Vec<Spanned<String>>>,
    /// What a team accepts, and what became of it; empty until the rules have been judged.
    pub(crate) allow: &'c [Allow],
    pub(crate) ledger: Ledger,
    /// What a team expects, and the number of the first file of settings.
    pub(crate) expect: &'c [Expect],
    /// By what ids entities count that have others, where what is found is compared with what another export gives.
    pub(crate) aliases: Option<&'c Aliases>,
    pub(crate) settings: u32,
    /// What a team selects by.
    pub(crate) stated: &'c [Stated],
    /// The names of the partners, each a tier of its own.
    pub(crate) partners: Vec<&'c str>,
    /// The access that was reviewed, where there is a lock.
    pub(crate) lock: Option<&'c Lock>,
    /// For each permission of the tenant: whether it can be scoped.
    scopable: Vec<bool>,
    /// The permissions of each domain; those of any domain under `*`.
    domains_of_permissions: HashMap<String, Vec<PermissionId>>,
    /// The domains of the users' e-mail addresses.
    domains: OnceLock<HashSet<String>>,
    capable: HashMap<&'c str, OnceLock<Meant>>,
    sensitive: Vec<OnceLock<Vec<(&'static Entry, Sensitive)>>>,
    regions: OnceLock<bool>,
    token_lives: OnceLock<bool>,
    twins: OnceLock<bool>,
    sides: OnceLock<Sides>,
    joint: OnceLock<HashMap<Entity, Vec<usize>>>,
    strongest: OnceLock<Option<Entity>>,
    pub(crate) held: Vec<OnceLock<Held>>,
    pub(crate) given: Vec<GivenOut>,
    pub(crate) holdings: Holdings,
    /// For each user, how the name starts.
    pub(crate) name_starts: OnceLock<Arc<[u64]>>,
    evidence: Mutex<Evidence>,
    seats: OnceLock<bool>,
    holders: OnceLock<bool>,
    members: OnceLock<bool>,
    aware: OnceLock<Awareness>,
    division_classes: OnceLock<Vec<u32>>,
}

impl<'c, 't> Context<'c, 't> {
    pub(crate) fn new(graph: &'c AccessGraph<'t>, policy: &'c Policy, settings: u32) -> Self {
        Self::again(graph, policy, settings, None)
    }

    /// The same for an edited tenant, with what is known by the same settings of the one that it was made from.
    pub(crate) fn again(
        graph: &'c AccessGraph<'t>,
        policy: &'c Policy,
        settings: u32,
        before: Option<&Context<'_, '_>>,
    ) -> Self {
        let tenant = graph.tenant;
        let lines = UNSCOPED.lines().filter(|line| !line.starts_with('#'));
        let unscoped: Vec<Permission> = lines.filter_map(|line| Permission::parse(line, None)).collect();
        let is_unscoped = |p: &Permission| unscoped.iter().any(|u| u.covers(p));
        Self {
            graph,
            tiers: Tiers::again(graph, policy, before.map(|before| &before.tiers)),
            capabilities: &policy.capabilities,
            allow: &policy.allow,
            ledger: Ledger::default(),
            expect: &policy.expect,
            aliases: None,
            settings,
            stated: &policy.stated,
            partners: policy.partners.keys().map(String::as_str).collect(),
            lock: policy.lock.as_ref(),
            scopable: tenant.permissions.iter().map(|(_, p)| !is_unscoped(p)).collect(),
            domains_of_permissions: by_domain(&tenant.permissions),
            capable: policy.capabilities.keys().map(|name| (name.as_str(), OnceLock::new())).collect(),
            domains: OnceLock::new(),
            sensitive: tenant.permissions.iter().map(|_| OnceLock::new()).collect(),
            regions: OnceLock::new(),
            token_lives: OnceLock::new(),
            twins: OnceLock::new(),
            sides: OnceLock::new(),
            joint: OnceLock::new(),
            strongest: OnceLock::new(),
            held: tenant.roles.iter().map(|_| OnceLock::new()).collect(),
            given: tenant.roles.iter().map(|_| GivenOut::default()).collect(),
            holdings: Holdings::default(),
            name_starts: before.map(|before| before.name_starts.clone()).unwrap_or_default(),
            evidence: Mutex::default(),
            seats: OnceLock::new(),
            holders: OnceLock::new(),
            members: OnceLock::new(),
            aware: OnceLock::new(),
            division_classes: OnceLock::new(),
        }
    }

    /// What says that an entity is of a tier. Somebody in thousands of groups may be in as many findings.
    pub(crate) fn evidence(&self, tier: &str, entity: Entity) -> Arc<[String]> {
        let known = || self.evidence.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (entity, tier.to_owned());
        if let Some(said) = known().get(&key) {
            return Arc::clone(said);
        }
        let said = self.tiers.get(tier).map(|tier| tier.evidence(self.graph, entity)).unwrap_or_default();
        Arc::clone(known().entry(key).or_insert(said.into()))
    }

    /// The addresses of a scheduled export whose domain none of the users has.
    pub(crate) fn outside(&self, export: &ScheduledExport) -> Vec<&'t str> {
        let tenant = self.graph.tenant;
        let domains = self.domains();
        let addresses = tenant.refs(export.recipients).iter().map(|r| tenant.str(r.target));
        addresses.filter(|address| domain_of(address).is_none_or(|domain| !domains.contains(&domain))).collect()
    }

    /// The domains of the users' addresses, in lower case.
    pub(crate) fn domains(&self) -> &HashSet<String> {
        self.domains.get_or_init(|| {
            let tenant = self.graph.tenant;
            let mails = tenant.users.iter().map(|user| tenant.strings.text(user.email));
            mails.filter_map(domain_of).collect()
        })
    }

    /// Whether a permission entry lacks a scope that it could have.
    pub(crate) fn is_undeclared(&self, grant: &Grant) -> bool {
        let is_scopable = self.scopable.get(grant.permission.index()).copied().unwrap_or(true);
        grant.scope == ScopeWord::Undeclared && is_scopable
    }

    /// Whether any user has a region.
    pub(crate) fn has_regions(&self) -> bool {
        *self.regions.get_or_init(|| self.graph.tenant.users.iter().any(|user| user.region.is_some()))
    }

    /// Whether any OAuth client says how long its tokens live.
    pub(crate) fn has_token_lives(&self) -> bool {
        let clients = &self.graph.tenant.oauth_clients;
        *self.token_lives.get_or_init(|| clients.iter().any(|client| client.token_seconds.is_some()))
    }

    /// Leaves of principals that share an id one, as where a listing lies in two files: they count as one.
    pub(crate) fn keep_once<T>(&self, all: &mut Vec<T>, who: impl Fn(&T) -> Entity) {
        let directory = &self.graph.directory;
        let is_twice = |kind: Kind| !directory.duplicates(kind).is_empty();
        if *self.twins.get_or_init(|| [Kind::User, Kind::ServiceAccount].into_iter().any(is_twice)) {
            let mut seen = HashSet::new();
            let id = |one: Entity| self.graph.tenant.head(one).id.map(|id| (one.kind, id));
            all.retain(|one| id(who(one)).is_none_or(|id| seen.insert(id)));
        }
    }

    /// Whether the export shows who works any queue.
    pub(crate) fn has_seats(&self) -> bool {
        *self.seats.get_or_init(|| {
            let queues = self.graph.tenant.entities(Kind::Queue);
            let mut seats = queues.map(|queue| self.graph.entities_into(queue, EdgeKind::OnQueue).next().is_some());
            seats.any(|has_one| has_one)
        })
    }

    /// Whether the export shows any user or group to hold a role.
    pub(crate) fn has_holders(&self) -> bool {
        *self.holders.get_or_init(|| {
            let tenant = self.graph.tenant;
            let mut people = tenant.entities(Kind::Group).chain(tenant.entities(Kind::User));
            people.any(|who| self.graph.entities_from(who, EdgeKind::Holds).next().is_some())
        })
    }

    /// Whether the export shows who is in any group.
    pub(crate) fn has_members(&self) -> bool {
        *self.members.get_or_init(|| {
            let mut groups = self.graph.tenant.entities(Kind::Group);
            groups.any(|group| self.graph.sources(group, EdgeKind::MemberOf).next().is_some())
        })
    }

    /// A number that two assignments share when they give their roles in the same divisions.
    pub(crate) fn division_class(&self, assignment: Option<u32>) -> u32 {
        let classes = self.division_classes.get_or_init(|| {
            let tenant = self.graph.tenant;
            let mut ones: HashMap<(Divisions, Option<Sym>), u32> = HashMap::new();
            let mut several: HashMap<(Divisions, Vec<Sym>), u32> = HashMap::new();
            let mut next = 0;
            let mut new = || {
                next += 1;
                next
            };
            let class = |assignment: &Assignment| match tenant.refs(assignment.divisions) {
                // Hardly any name more than one.
                [] => *ones.entry((assignment.reach, None)).or_insert_with(&mut new),
                [only] => *ones.entry((assignment.reach, Some(only.target))).or_insert_with(&mut new),
                all => {
                    let mut named: Vec<Sym> = all.iter().map(|r| r.target).collect();
                    named.sort_unstable_by_key(|sym| sym.index());
                    *several.entry((assignment.reach, named)).or_insert_with(&mut new)
                }
            };
            tenant.assignments.iter().map(class).collect()
        });
        assignment.and_then(|row| classes.get(row as usize)).copied().unwrap_or(0)
    }

    /// For each permission of the tenant: whether divisions limit what of it is asked for, as the tenant's own
    /// catalogue has it.
    pub(crate) fn listed_aware(&self, is_asked: impl Fn(PermissionId) -> bool) -> Vec<Option<bool>> {
        let aware = self.awareness();
        self.graph.tenant.permissions.iter().map(|(id, _)| aware.listed(id, &is_asked)).collect()
    }

    /// The same, and where there is no catalogue, as the platform's documentation has it.
    pub(crate) fn aware(&self, is_asked: impl Fn(PermissionId) -> bool) -> Vec<Option<bool>> {
        let aware = self.awareness();
        let is_aware = |(id, permission): (PermissionId, &Permission)| {
            let listed = aware.listed(id, &is_asked);
            listed.or_else(|| aware.is_documented(permission).then_some(true))
        };
        self.graph.tenant.permissions.iter().map(is_aware).collect()
    }

    pub(crate) fn awareness(&self) -> &Awareness {
        self.aware.get_or_init(|| Awareness::of(self.graph.tenant))
    }

    /// The partners whose people meet in a thing, by name.
    pub(crate) fn partners_in(&self, thing: Entity) -> Vec<&'c str> {
        self.sides().of(thing).filter_map(|number| self.partners.get(number).copied()).collect()
    }

    fn sides(&self) -> &Sides {
        self.sides.get_or_init(|| Sides::new(self.graph, &self.tiers, &self.partners))
    }

    /// The partners whose people work on a queue of partners that is none's alone, by number. It is each one's, so that
    /// none of them crosses to it and every other partner does.
    pub(crate) fn joint(&self, queue: Entity) -> &[usize] {
        let joint = self.joint.get_or_init(|| {
            let queues = self.graph.tenant.entities(Kind::Queue).filter(|queue| self.tiers.contains(PARTNERS, *queue));
            let is_ones = |queue: &Entity| self.partners.iter().any(|partner| self.tiers.contains(partner, *queue));
            queues.filter(|queue| !is_ones(queue)).map(|queue| (queue, self.sides().of(queue).collect())).collect()
        });
        joint.get(&queue).map_or(&[], Vec::as_slice)
    }

    /// How many regions the export names, of its own or of users and queues.
    pub(crate) fn known_regions(&self) -> usize {
        let tenant = self.graph.tenant;
        if !tenant.regions.is_empty() {
            return tenant.regions.len();
        }
        let of_users = tenant.users.iter().filter_map(|user| user.region);
        let of_queues = tenant.queues.iter().filter_map(|queue| queue.region);
        let all: HashSet<Sym> = of_users.chain(of_queues).map(|region| region.target).collect();
        let all: HashSet<String> = all.into_iter().map(|region| tenant.str(region).trim().to_lowercase()).collect();
        all.len()
    }

    /// The tenant's permissions that may share something with a pattern: those of its domain
    /// and those that name none.
    pub(crate) fn permissions_near(&self, pattern: &Permission) -> Vec<PermissionId> {
        let [domain, ..] = pattern.parts();
        if domain.contains('*') {
            return self.graph.tenant.permissions.iter().map(|(id, _)| id).collect();
        }
        let of_domain = self.domains_of_permissions.get(domain).into_iter().flatten();
        let of_any = self.domains_of_permissions.get("*").into_iter().flatten();
        of_domain.chain(of_any).copied().collect()
    }

    /// The tenant's permissions that are good for something.
    pub(crate) fn capability(&self, name: &str) -> Option<&Meant> {
        let patterns = self.capabilities.get(name)?;
        let meant = || Meant::of(self, patterns.iter().map(|pattern| pattern.as_ref().as_str()));
        self.capable.get(name).map(|known| known.get_or_init(meant))
    }

    /// The role whose permissions open the worst, and among equals the most of it.
    pub(crate) fn strongest_role(&self) -> Option<Entity> {
        *self.strongest.get_or_init(|| {
            let tenant = self.graph.tenant;
            let power = |role: &Entity| {
                let grants = tenant.grants(tenant.grants_of(*role));
                let ranks: HashSet<usize> =
                    grants.iter().flat_map(|g| self.sensitive(g.permission)).map(|(_, s)| s.rank).collect();
                Some((*ranks.iter().min()?, std::cmp::Reverse(ranks.len()), self.graph.order_key(*role)))
            };
            let powers = tenant.entities(Kind::Role).filter_map(|role| Some((power(&role)?, role)));
            powers.min().map(|(_, role)| role)
        })
    }

    /// The sensitive permissions that one stands for, the worst first. Worked out once a permission.
    pub(crate) fn sensitive(&self, permission: PermissionId) -> &[(&'static Entry, Sensitive)] {
        let find = || {
            let permission = self.graph.tenant.permissions.get(permission);
            permission.map(catalogue::worst).unwrap_or_default()
        };
        self.sensitive.get(permission.index()).map_or(&[], |cell| cell.get_or_init(find))
    }
}

fn by_domain(permissions: &Permissions) -> HashMap<String, Vec<PermissionId>> {
    let mut found: HashMap<String, Vec<PermissionId>> = HashMap::new();
    for (id, permission) in permissions.iter() {
        let [domain, ..] = permission.parts();
        let domain = if domain.contains('*') { "*" } else { domain };
        found.entry_ref(domain).or_default().push(id);
    }
    found
}

/// What follows the @ of an address, in lower case.
pub(crate) fn domain_of(mail: &str) -> Option<String> {
    mail.trim_end().rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
}
