//! Whom and what the names in an expectation mean.

use crate::context::Context;
use hashbrown::HashMap;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Kind, Sym};

/// What is looked for under a name: principals, and what is acted on.
const WHO: [Kind; 4] = [Kind::Role, Kind::Group, Kind::User, Kind::ServiceAccount];
const WHAT: [Kind; 4] = [Kind::Queue, Kind::Group, Kind::User, Kind::Division];

/// A tier, or one of the things that a name means.
pub(super) struct Who {
    /// What has the name; nothing where it is a tier.
    pub(super) entity: Option<Entity>,
    /// Its users and service accounts.
    pub(super) people: Vec<Entity>,
    /// The roles and groups of which the input shows nobody who has them.
    pub(super) unheld: Vec<Entity>,
}

impl Who {
    /// Those who must not, or who must: what a role of nobody lacks, the people of a tier may have by another.
    pub(super) fn judged(&self, is_wanted: bool) -> Vec<Entity> {
        let unheld = match is_wanted {
            true if self.entity.is_none() || !self.people.is_empty() => &[][..],
            _ => self.unheld.as_slice(),
        };
        self.people.iter().chain(unheld).copied().collect()
    }
}

/// A tier, or all that have a name; none where nothing has it.
pub(super) fn principals(context: &Context<'_, '_>, name: &str) -> Vec<Who> {
    let graph = context.graph;
    let tenant = graph.tenant;
    if let Some(tier) = context.tiers.get(name) {
        let of = |kind: Kind| tenant.entities(kind).filter(|entity| tier.contains(*entity));
        let mut unheld: Vec<Entity> =
            of(Kind::Role).chain(of(Kind::Group)).flat_map(|e| unheld(context, e, &|who| tier.contains(who))).collect();
        // Whoever comes into a group is no service.
        unheld.retain(|one| one.kind != Kind::Group || !tier.is_service());
        unheld.sort_unstable();
        unheld.dedup();
        let people = of(Kind::User).chain(of(Kind::ServiceAccount)).collect();
        return vec![Who { entity: None, people, unheld }];
    }
    let one = |entity: Entity| {
        let mut people: Vec<Entity> = match entity.kind {
            Kind::Role => graph.holders(&graph.heirs(entity.row)).into_iter().map(|h| h.principal).collect(),
            Kind::Group => graph.people_of(entity).into_iter().map(|(user, _)| user).collect(),
            _ => vec![entity],
        };
        people.sort_by_cached_key(|who| graph.order_key(*who));
        Who { entity: Some(entity), people, unheld: unheld(context, entity, &|_| true) }
    };
    named(context, &WHO, name).into_iter().map(one).collect()
}

/// All that an expectation may be about by a name; none where nothing has it.
pub(super) fn targets(context: &Context<'_, '_>, name: &str) -> Vec<Entity> {
    named(context, &WHAT, name)
}

/// All that have an id; else those of a name, as it is written or else in any letter case. A kind before a colon narrows it.
fn named(context: &Context<'_, '_>, kinds: &[Kind], text: &str) -> Vec<Entity> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let narrowed = text.split_once(':').and_then(|(word, name)| {
        let kind = kinds.iter().find(|kind| kind.word() == word.trim())?;
        Some((vec![*kind], name.trim()))
    });
    let (kinds, name) = narrowed.unwrap_or_else(|| (kinds.to_vec(), text));
    let fits = |is_one: &dyn Fn(Entity) -> bool| -> Vec<Entity> {
        kinds.iter().flat_map(|kind| tenant.entities(*kind)).filter(|entity| is_one(*entity)).collect()
    };
    let mut found = fits(&|entity| tenant.ids(entity).any(|id| id == name));
    if found.is_empty() {
        found = fits(&|entity| tenant.name(entity) == name);
    }
    if found.is_empty() {
        let lower = name.to_lowercase();
        found = fits(&|entity| tenant.name(entity).to_lowercase() == lower);
    }
    found.sort_by_cached_key(|entity| graph.order_key(*entity));
    found
}

/// Of a role the groups that hold it and in which nobody is shown to be, or itself where nobody who is
/// meant holds it; a group itself where nobody is in it.
fn unheld(context: &Context<'_, '_>, entity: Entity, is_meant: &dyn Fn(Entity) -> bool) -> Vec<Entity> {
    let graph = context.graph;
    let is_empty = |group: Entity| graph.entities_into(group, EdgeKind::MemberOf).next().is_none();
    match entity.kind {
        Kind::Role => {
            let holders = |role: u32| graph.entities_into(Entity { kind: Kind::Role, row: role }, EdgeKind::Holds);
            let heirs = graph.heirs(entity.row);
            let is_held = graph.holders_unsorted(&heirs).iter().any(|holding| is_meant(holding.principal));
            let groups = heirs.into_iter().flat_map(holders).map(|(holder, _)| holder);
            let mut found: Vec<Entity> = groups.filter(|who| who.kind == Kind::Group && is_empty(*who)).collect();
            if found.is_empty() && !is_held {
                found.push(entity);
            }
            found
        }
        Kind::Group if is_empty(entity) => vec![entity],
        _ => Vec::new(),
    }
}

/// What the input shows of who holds which roles, and of what these grant.
pub(crate) struct Shown {
    /// Whether anybody is shown to hold any role.
    pub(super) has_holders: bool,
    /// Who holds a role of which the input does not show what it grants, and which: the first by name of each.
    unknown: HashMap<Entity, String>,
}

impl Shown {
    /// Cost: linear in references to roles.
    pub(crate) fn of(context: &Context<'_, '_>) -> Self {
        let graph = context.graph;
        let tenant = graph.tenant;
        let has_holders =
            tenant.entities(Kind::Role).any(|role| graph.entities_into(role, EdgeKind::Holds).next().is_some());
        let mut found = Self { has_holders, unknown: HashMap::new() };
        for (row, role) in (0..).zip(&tenant.roles).filter(|(_, role)| role.unshown) {
            found.add_heirs(context, row, tenant.strings.text(role.head.name));
        }
        let mut asked: HashMap<Sym, bool> = HashMap::new();
        let mut is_missing =
            |name: Sym| *asked.entry(name).or_insert_with(|| graph.directory.each(Kind::Role, name).next().is_none());
        for given in tenant.assignments.iter().filter(|given| is_missing(given.role.target)) {
            graph.directory.subjects(given).for_each(|who| found.add(who, tenant.str(given.role.target)));
        }
        for holder in [Kind::User, Kind::ServiceAccount, Kind::Group].into_iter().flat_map(|kind| tenant.entities(kind))
        {
            let row = holder.row as usize;
            let roles = match holder.kind {
                Kind::User => tenant.users.get(row).map(|user| user.roles),
                Kind::ServiceAccount => tenant.service_accounts.get(row).map(|account| account.roles),
                _ => tenant.groups.get(row).map(|group| group.roles),
            };
            for role in roles.map(|list| tenant.refs(list)).unwrap_or_default() {
                if is_missing(role.target) {
                    found.add(holder, tenant.str(role.target));
                }
            }
        }
        for (row, role) in (0..).zip(&tenant.roles) {
            for parent in tenant.refs(role.inherits).iter().filter(|parent| is_missing(parent.target)) {
                found.add_heirs(context, row, tenant.str(parent.target));
            }
        }
        found
    }

    fn add(&mut self, who: Entity, role: &str) {
        let known = self.unknown.entry(who).or_insert_with(|| role.to_owned());
        if role < known.as_str() {
            *known = role.to_owned();
        }
    }

    /// Adds a role, those that inherit from it, and whoever holds any of them.
    fn add_heirs(&mut self, context: &Context<'_, '_>, row: u32, role: &str) {
        for heir in context.graph.heirs(row) {
            self.add(Entity { kind: Kind::Role, row: heir }, role);
            context.graph.holders_of(heir).for_each(|(who, ..)| self.add(who, role));
        }
    }

    /// The role by which somebody, or a group of theirs, may have anything.
    pub(crate) fn unknown_role(&self, context: &Context<'_, '_>, who: Entity) -> Option<&str> {
        if self.unknown.is_empty() {
            return None;
        }
        let groups = context.graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group);
        std::iter::once(who).chain(groups).filter_map(|who| self.unknown.get(&who)).min().map(String::as_str)
    }
}
