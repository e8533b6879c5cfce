//! What an export lacks without which a no is no proof.

use rolecall_engine::{Judge, Named, Wanted};
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Group, Kind, Origin, Sym};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Something that the export does not show, and that could give the access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Nobody knows what is asked for, and this is spelled nearly like it.
    Permission(&'static str),
    /// Nobody is shown to hold any role.
    Holders,
    /// These groups have it, and it does not show who is in them.
    Members(Vec<Named>),
    /// It states no roles at all.
    Roles,
    /// Somebody holds these roles, and it does not show what they grant.
    Grants(Vec<Named>),
    /// These ids have it, and are those of nobody in the input.
    Strangers(Vec<String>),
    /// Somebody holds roles by these ids or names, or a role that they hold inherits from these, and no listing has them.
    Unlisted(Vec<String>),
}

/// The gap that a misspelt permission is.
pub(crate) fn slip(judge: &Judge<'_, '_>, wanted: &Wanted) -> Option<Gap> {
    judge.slip(wanted).map(Gap::Permission)
}

/// The gaps that matter for a permission of somebody, or of anybody. Cost: linear in roles, groups and their holders.
#[must_use]
pub(crate) fn gaps(judge: &Judge<'_, '_>, wanted: &Wanted, who: Option<Entity>) -> Vec<Gap> {
    let graph = judge.graph();
    let tenant = graph.tenant;
    if tenant.roles.is_empty() && tenant.service_accounts.is_empty() {
        return vec![Gap::Roles];
    }
    let is_held = |role: Entity| graph.entities_into(role, EdgeKind::Holds).next().is_some();
    let strangers = strangers(judge, wanted);
    if !tenant.roles.is_empty() && strangers.is_empty() && !tenant.entities(Kind::Role).any(is_held) {
        return vec![Gap::Holders];
    }
    let strangers = (!strangers.is_empty()).then_some(Gap::Strangers(strangers));
    let unlisted = unlisted(judge, who);
    strangers.into_iter().chain(unshown(judge, who)).chain(unlisted).chain(members(judge, wanted)).collect()
}

/// The roles that somebody, or anybody, holds or inherits from and that are not in the input. Cost: linear in references to
/// roles where anybody is asked about, else in assignments.
fn unlisted(judge: &Judge<'_, '_>, who: Option<Entity>) -> Option<Gap> {
    let graph = judge.graph();
    let tenant = graph.tenant;
    let mut asked: HashMap<Sym, bool> = HashMap::new();
    let mut is_missing =
        |name: Sym| *asked.entry(name).or_insert_with(|| graph.directory.each(Kind::Role, name).next().is_none());
    let mut missing: BTreeSet<String> = BTreeSet::new();
    let holders = match who {
        Some(who) => with_roles(graph, who),
        None => HOLDERS.into_iter().chain([Kind::Role]).flat_map(|kind| tenant.entities(kind)).collect(),
    };
    let is_meant = |subject: Entity| who.is_none() || holders.contains(&subject);
    for given in tenant.assignments.iter() {
        if is_missing(given.role.target) && graph.directory.subjects(given).any(is_meant) {
            missing.insert(tenant.str(given.role.target).to_owned());
        }
    }
    for holder in holders {
        let row = holder.row as usize;
        let named = match holder.kind {
            Kind::User => tenant.users.get(row).map(|user| user.roles),
            Kind::ServiceAccount => tenant.service_accounts.get(row).map(|account| account.roles),
            Kind::Group => tenant.groups.get(row).map(|group| group.roles),
            _ => tenant.roles.get(row).map(|role| role.inherits),
        };
        let named = named.map(|list| tenant.refs(list)).unwrap_or_default();
        missing
            .extend(named.iter().filter(|role| is_missing(role.target)).map(|role| tenant.str(role.target).to_owned()));
    }
    (!missing.is_empty()).then(|| Gap::Unlisted(missing.into_iter().collect()))
}

/// Who holds roles.
const HOLDERS: [Kind; 3] = [Kind::User, Kind::ServiceAccount, Kind::Group];

/// Somebody, their groups, and the roles that any of these hold or inherit from.
fn with_roles(graph: &AccessGraph<'_>, who: Entity) -> Vec<Entity> {
    let groups = graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group);
    let mut all: Vec<Entity> = std::iter::once(who).chain(groups).collect();
    let held = all.iter().flat_map(|holder| graph.entities_from(*holder, EdgeKind::Holds).map(|(role, _)| role.row));
    let held: BTreeSet<u32> = held.flat_map(|role| std::iter::once(role).chain(graph.brought(role))).collect();
    all.extend(held.into_iter().map(|row| Entity { kind: Kind::Role, row }));
    all
}

/// The roles that somebody, or anybody, holds or takes permissions from, and of which no more is known than that.
fn unshown(judge: &Judge<'_, '_>, who: Option<Entity>) -> Option<Gap> {
    let graph = judge.graph();
    let groups = who.map(|who| graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group));
    let own: HashSet<Entity> = who.into_iter().chain(groups.into_iter().flatten()).collect();
    let is_meant = |role: Entity| {
        let rows = graph.heirs(role.row).into_iter();
        let mut holders = rows.flat_map(|row| graph.entities_into(Entity { kind: Kind::Role, row }, EdgeKind::Holds));
        holders.any(|(holder, _)| who.is_none() || own.contains(&holder))
    };
    let roles = (0..).zip(&graph.tenant.roles).filter(|(_, role)| role.unshown);
    let mut roles: Vec<Entity> =
        roles.map(|(row, _)| Entity { kind: Kind::Role, row }).filter(|r| is_meant(*r)).collect();
    roles.sort_by_cached_key(|role| graph.order_key(*role));
    (!roles.is_empty()).then(|| Gap::Grants(roles.iter().map(|role| judge.named(*role)).collect()))
}

/// The ids of nobody in the input that are given a role with a permission, in order.
fn strangers(judge: &Judge<'_, '_>, wanted: &Wanted) -> Vec<String> {
    let graph = judge.graph();
    let mut gives: HashMap<u32, bool> = HashMap::new();
    let mut is_giving = |row: u32| {
        let role = Entity { kind: Kind::Role, row };
        *gives.entry(row).or_insert_with(|| !judge.ways(role, wanted).is_empty())
    };
    let mut found = BTreeSet::new();
    for given in graph.strangers() {
        if graph.directory.each(Kind::Role, given.role.target).any(&mut is_giving) {
            found.insert(graph.tenant.str(given.subject.target).to_owned());
        }
    }
    found.into_iter().collect()
}

fn members(judge: &Judge<'_, '_>, wanted: &Wanted) -> Option<Gap> {
    let graph = judge.graph();
    let tenant = graph.tenant;
    // What one user's roles tell of groups says nothing of who else is in them.
    let in_passing: HashSet<Origin> =
        tenant.memberships.iter().filter(|stated| stated.embedded).map(|stated| stated.origin).collect();
    let has_members =
        |group: Entity| graph.entities_into(group, EdgeKind::MemberOf).any(|(_, origin)| !in_passing.contains(&origin));
    if tenant.groups.is_empty() {
        return None;
    }
    // Where it shows the members of some, those of others are not shown only if it says so; one that says who is in it
    // may say that nobody is.
    let are_shown = tenant.entities(Kind::Group).any(has_members);
    // One that needs an evaluation may be anybody, whoever else is in the group.
    let may_be_open = tenant.may_have_unresolved();
    let is_partly = |group: &Group| {
        may_be_open && tenant.refs(group.members).iter().any(|member| tenant.is_unresolved(member.target))
    };
    let is_untold = |group: &Group| group.unshown || !(are_shown || group.parts.is_first_told());
    let is_unshown = |entity: Entity, group: &Group| is_untold(group) && !has_members(entity);
    let groups = tenant.entities(Kind::Group).zip(&tenant.groups);
    let open =
        groups.filter(|(entity, group)| is_partly(group) || is_unshown(*entity, group)).map(|(entity, _)| entity);
    let mut giving: Vec<Entity> = open.filter(|group| !judge.ways(*group, wanted).is_empty()).collect();
    giving.sort_by_cached_key(|group| graph.order_key(*group));
    (!giving.is_empty()).then(|| Gap::Members(giving.iter().map(|g| judge.named(*g)).collect()))
}
