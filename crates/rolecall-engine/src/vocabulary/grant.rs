//! `grant`: permission entries, judged where they land.

use super::owner::{is_held, is_holder, is_named, is_owner, owner_landing, shown, takes_over};
use super::select::Meant;
use super::{Among, access, allowed, assigned, denial, facts, meant, select};
use crate::context::Context;
use crate::focus::Focus;
use crate::held::inheritance;
use crate::landing::{Edges, Landing, TOGETHER, land};
use crate::matching::{Facts, Match, edge_labels, grant_step, key, steps};
use crate::rule::spec::{At, Blame, GrantPattern, Reach};
use crate::{Piece, wording};
use hashbrown::HashSet;
use rayon::prelude::*;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Grant, Kind, Part, Place, ScopeWord};

pub(super) const FACTS: &[&str] = &[
    "subject",
    "permission",
    "permissions",
    "scope",
    "role",
    "reach",
    "mend",
    "undo",
    "because",
    "beyond",
    "opens",
    "why",
    "worst",
    "tokens",
    "strongest",
    "list",
];

/// The entries that fit a pattern, and who states them.
struct Hits {
    fits: Meant,
    is_hit: Vec<bool>,
    roles: Vec<u32>,
    accounts: Vec<Entity>,
}

/// What a pattern matches; of what edits touch alone where there is a focus, and about some alone where it is about these.
pub(crate) fn matches(
    context: &Context<'_, '_>,
    pattern: &GrantPattern,
    focus: Option<&Focus>,
    some: Among<'_>,
) -> Vec<Match> {
    let hits = hits(context, pattern);
    let is_from = |entity: Entity| select::is_of_tier(context, pattern.tier.as_ref(), &pattern.except, entity);
    let role = |row: u32| Entity { kind: Kind::Role, row };
    let is_to_blame = |entity: Entity| match pattern.tier {
        Some(_) if entity.kind == Kind::Role => is_from(entity) && is_held(context, pattern, entity.row),
        Some(_) => is_from(entity) && is_holder(pattern, entity.kind),
        None => entity.kind != Kind::Role && is_holder(pattern, entity.kind) && is_from(entity),
    };
    let mut landings: Vec<Landing> = match (&pattern.tier, pattern.reach, pattern.blame) {
        (Some(_), Reach::Any | Reach::Inherited, _) | (None, _, Blame::Holder) => {
            let is_held = pattern.reach != Reach::Inherited;
            let edges = Edges { inherits: true, holds: is_held, member_of: is_held, counts_targets: true };
            let landings = land(context, &hits.roles, edges, &is_to_blame, focus).into_iter();
            landings.map(|landing| shown(context, pattern, landing)).collect()
        }
        _ => {
            let is_in_focus = |row: &&u32| focus.is_none_or(|focus| focus.has_role(**row));
            let heirs = takes_over(pattern)
                .then(|| context.graph.spread(hits.roles.iter().copied(), |row| is_named(context, pattern, role(row))));
            let roles = heirs.as_ref().map_or(hits.roles.as_slice(), |heirs| heirs.roles());
            let is_own = |row: &&u32| is_from(role(**row)) && is_named(context, pattern, role(**row));
            let own = roles.par_iter().with_min_len(TOGETHER).filter(is_own).filter(is_in_focus);
            let on = |row: u32| heirs.as_ref().map(|heirs| inheritance(&heirs.chain(row))).unwrap_or_default();
            own.filter_map(|row| owner_landing(context, pattern, *row, on(*row))).collect()
        }
    };
    let accounts = hits.accounts.iter().filter(|account| focus.is_none_or(|focus| focus.has(**account)));
    let accounts = accounts.filter(|a| is_from(**a) && is_holder(pattern, a.kind) && is_named(context, pattern, **a));
    landings.extend(accounts.map(|a| Landing::alone(*a)));
    let is_wall = |row: u32| match pattern.tier {
        Some(_) => is_from(role(row)),
        None => is_named(context, pattern, role(row)),
    };
    let of_landing = |landing: &Landing| {
        let landing = landing.among(context, some)?;
        of_landing(context, pattern, &hits, &landing, &is_wall)
    };
    let mut found: Vec<Match> = landings.par_iter().with_min_len(TOGETHER).filter_map(of_landing).collect();
    found.extend(assigned::matches(context, pattern, &is_from, focus, some));
    found.sort_by_cached_key(|m| (context.graph.order_key(m.subject), m.identity.clone()));
    found
}

pub(super) fn lacking(context: &Context<'_, '_>, pattern: &GrantPattern) -> Option<String> {
    let tenant = context.graph.tenant;
    if tenant.count(Kind::Role) + tenant.count(Kind::ServiceAccount) == 0 {
        return Some("no roles in the input".to_owned());
    }
    let holders = pattern.holder.iter().flatten().map(|word| select::kind(*word));
    let absent: Vec<String> = holders.filter(|k| tenant.count(*k) == 0).map(select::plural).collect();
    if !absent.is_empty() && absent.len() == pattern.holder.as_ref().map_or(0, Vec::len) {
        return Some(format!("no {} in the input", absent.join(" or ")));
    }
    let tier = pattern.tier.as_ref()?;
    if pattern.beyond_allowed && !allowed::is_any(context, tier.as_ref()) {
        return Some(format!("the tier `{}` has no list of allowed permissions", tier.as_ref()));
    }
    select::tier_lacking(context, tier.as_ref())
}

fn hits(context: &Context<'_, '_>, pattern: &GrantPattern) -> Hits {
    let tenant = context.graph.tenant;
    let fits = select::capable(context, pattern);
    let tier = pattern.tier.as_ref().filter(|_| pattern.beyond_allowed);
    // Whose list decides is told by who is to blame.
    let outside = tier.map(|tier| allowed::Outside::of(context, tier.as_ref()));
    let is_meant = |id| fits.has(id) && outside.as_ref().is_none_or(|outside| outside.has(id));
    let is_hit: Vec<bool> = tenant
        .grants
        .iter()
        .map(|g| is_meant(g.permission) && select::is_scope(context, pattern.scope.as_deref(), g))
        .collect();
    let states_hit = |e: &Entity| is_owner(context, pattern, *e) && own_hits(context, &is_hit, *e).next().is_some();
    let roles = tenant.entities(Kind::Role).filter(states_hit).map(|e| e.row).collect();
    let accounts = tenant.entities(Kind::ServiceAccount).filter(states_hit).collect();
    Hits { fits, is_hit, roles, accounts }
}

/// The entries of an owner that fit; those that access policies void give nothing.
fn own_hits<'h>(context: &'h Context<'_, '_>, is_hit: &'h [bool], owner: Entity) -> impl Iterator<Item = u32> + 'h {
    let tenant = context.graph.tenant;
    let list = tenant.grants_of(owner);
    (list.start..list.start + list.len).filter(move |row| {
        is_hit.get(*row as usize).copied().unwrap_or(false)
            && !tenant.grants.get(*row as usize).is_some_and(|grant| denial::is_void(context, owner, grant))
    })
}

fn of_landing<'t>(
    context: &Context<'_, 't>,
    pattern: &GrantPattern,
    hits: &Hits,
    landing: &Landing,
    is_wall: &(dyn Fn(u32) -> bool + Sync),
) -> Option<Match> {
    let graph = context.graph;
    let nearest = landing.way.last().map_or(landing.start, |via| via.to);
    let mut found = reached(context, pattern, hits, landing, nearest, is_wall);
    let grants: &'t [Grant] = &graph.tenant.grants;
    let landing = &*denial::undenied(context, landing, &mut found, |(_, row)| grants.get(*row as usize))?;
    let list = allowed::keep_beyond(context, pattern, landing.subject, &mut found);
    let &(owner, first) = found.first()?;
    let beside = meant::beside(context, pattern, landing.subject)?;
    let tenant = graph.tenant;
    let mut places: Vec<(Place, Vec<u32>)> = Vec::new();
    for (_, row) in &found {
        let place = entry_place(context, pattern, *row)?;
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, rows)) => rows.push(*row),
            None => places.push((place, vec![*row])),
        }
    }
    let mut places = places.into_iter().map(|(place, rows)| (place, entry_facts(context, &rows)));
    let (primary, stated) = places.next()?;
    let mut matched = Match::of(context, landing.subject, primary);
    matched.also = places.collect();
    matched.witness = steps(context, landing.start, &landing.way);
    matched.witness.extend(grant_step(context, owner, first));
    matched.related = landing.labels(context);
    matched.related.extend(limit_labels(context, owner, first));
    matched.related.extend(beside);
    matched.roles = landing.bearing_roles();
    matched.ends = landing.ends(found.iter().map(|(_, row)| *row).collect(), Vec::new());
    matched.people = landing.bearing_people();
    let entries = found.iter().filter_map(|(_, row)| tenant.grants.get(*row as usize));
    matched.mending = landing.mending(primary.origin, entries.map(|grant| grant.origin).collect());
    let grants = found.iter().filter_map(|(owner, row)| Some((owner, tenant.grants.get(*row as usize)?)));
    matched.identity = identity(context, grants.clone().map(|(owner, grant)| (*owner, grant)));
    matched.pieces = pieces(context, grants.clone().map(|(owner, grant)| (*owner, grant)));
    matched.tell_claims(access::divided(context, landing, grants.clone().map(|(owner, grant)| (*owner, grant))));
    landing.tell(context, &mut matched);
    matched.access = access::lines(context, landing, grants.clone().map(|(owner, grant)| (*owner, grant)));
    matched.facts.extend(facts::of_grants(context, landing.subject, grants.clone().map(|(_, grant)| grant)));
    let mut names: Vec<&str> = Vec::new();
    for (_, grant) in grants {
        let name = tenant.permissions.spelling(grant.permission);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    matched.facts.extend(stated);
    matched.facts.push(("permissions", wording::some_of(names)));
    matched.facts.push(("role", wording::entity(context, owner)));
    matched.facts.push(("beyond", String::new()));
    matched.facts.push(("reach", landing.reach(context)));
    let undo = (landing.way.len() > landing.lead).then(|| landing.mend(context));
    matched.facts.push(("mend", undo.clone().unwrap_or_else(|| "narrow this entry".to_owned())));
    matched.facts.push(("undo", undo.unwrap_or_else(|| "take this entry out".to_owned())));
    matched.facts.push(("because", landing.because(context, pattern.tier.as_ref().map(|tier| tier.as_ref().as_str()))));
    matched.facts.push(("list", list));
    Some(matched)
}

/// What tells the access of one cause from another: who states which entry over what.
pub(crate) fn identity<'g>(
    context: &Context<'_, '_>,
    grants: impl Iterator<Item = (Entity, &'g Grant)>,
) -> Vec<String> {
    let tenant = context.graph.tenant;
    let of = |(owner, grant): (Entity, &Grant)| {
        let permission = tenant.permissions.get(grant.permission).map(|p| p.parts().join(":")).unwrap_or_default();
        let scope = tenant.scope_words(grant.scope, &context.limit_ids(grant));
        [&key(context, owner), " ", &permission, " ", &scope].concat()
    };
    let mut identity: Vec<String> = grants.map(of).collect();
    identity.sort();
    identity.dedup();
    identity
}

/// The same, to be compared with what another cause states.
pub(crate) fn pieces<'g>(context: &Context<'_, '_>, grants: impl Iterator<Item = (Entity, &'g Grant)>) -> Vec<Piece> {
    grants.map(|(owner, grant)| Piece::Access(access::claim(context, owner, grant))).collect()
}

/// The entries that a landing reaches, nearest first, each with who states it.
fn reached(
    context: &Context<'_, '_>,
    pattern: &GrantPattern,
    hits: &Hits,
    landing: &Landing,
    nearest: Entity,
    is_wall: &dyn Fn(u32) -> bool,
) -> Vec<(Entity, u32)> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let mut level: Vec<Entity> = landing.roles.iter().map(|row| Entity { kind: Kind::Role, row: *row }).collect();
    if level.is_empty() {
        level.push(landing.subject);
    }
    let mut seen: HashSet<Entity> = level.iter().copied().collect();
    let mut found = Vec::new();
    while !level.is_empty() {
        level.sort_by_cached_key(|e| (*e != nearest, graph.order_key(*e)));
        for owner in &level {
            let mut own: Vec<u32> = own_hits(context, &hits.is_hit, *owner).collect();
            own.sort_by_cached_key(|row| {
                let grant = tenant.grants.get(*row as usize);
                grant.map(|g| {
                    let rank = hits.fits.rank(g.permission);
                    (rank, tenant.permissions.spelling(g.permission), context.reach_order(g), g.origin)
                })
            });
            found.extend(own.into_iter().map(|row| (*owner, row)));
        }
        if pattern.reach == Reach::Own || (pattern.tier.is_none() && !takes_over(pattern)) {
            break;
        }
        let parents = level.iter().flat_map(|e| graph.entities_from(*e, EdgeKind::Inherits)).map(|(e, _)| e);
        level = parents.filter(|e| !is_wall(e.row) && seen.insert(*e)).collect();
    }
    // The nearest entries prove the way; a way by a farther role may come first by name.
    found.sort_by_key(|(owner, _)| *owner != nearest);
    found
}

fn entry_place(context: &Context<'_, '_>, pattern: &GrantPattern, row: u32) -> Option<Place> {
    let grant = context.graph.tenant.grants.get(row as usize)?;
    let part = match pattern.at {
        At::Scope => Part::Scope,
        At::Permission => Part::Permission,
    };
    Some(Place { origin: grant.origin, part })
}

/// What the entries at one place state: they differ in their permissions alone.
pub(super) fn entry_facts(context: &Context<'_, '_>, rows: &[u32]) -> Facts {
    let tenant = context.graph.tenant;
    let grants: Vec<&Grant> = rows.iter().filter_map(|row| tenant.grants.get(*row as usize)).collect();
    let Some(first) = grants.first() else { return Vec::new() };
    let permissions = wording::some_of(grants.iter().map(|grant| tenant.permissions.spelling(grant.permission)));
    vec![("permission", permissions), ("scope", context.scope_words(first))]
}

/// Where a scope is limited to a view that holds every queue, the view explains why that is All.
fn limit_labels(context: &Context<'_, '_>, owner: Entity, row: u32) -> Vec<crate::Label> {
    let graph = context.graph;
    let Some(grant) = graph.tenant.grants.get(row as usize) else { return Vec::new() };
    if grant.scope != ScopeWord::View || !select::is_all(context, grant) {
        return Vec::new();
    }
    let views = graph.tenant.refs(grant.targets).iter();
    let limit = |row: u32, at: u32| {
        let via = rolecall_graph::Via {
            kind: EdgeKind::LimitedTo,
            to: Entity { kind: Kind::View, row },
            origin: grant.origin.at(at),
        };
        edge_labels(context, owner, &[via])
    };
    views
        .flat_map(|r| {
            graph
                .directory
                .rows(Kind::View, r.target)
                .into_iter()
                .flat_map(move |row| limit(row, r.at))
                .collect::<Vec<_>>()
        })
        .collect()
}
