//! Chains of impersonation that end in administration.

use crate::context::Context;
use crate::landing::role_landing;
use crate::matching::{Match, grant_step, key, named, steps};
use crate::{Ends, Step, wording};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{EdgeKind, Span};
use rolecall_model::{Entity, Kind, Origin, Part, Permission, Place};
use std::collections::VecDeque;

pub(super) const FACTS: &[&str] = &["subject", "permission", "administrator", "chain"];

/// What administers, as permission patterns by name.
const ADMINISTRATION: [&str; 2] = ["administration", "identity-takeover"];

/// How somebody came to be reached: from whom, by which entry and over which boundary.
#[derive(Clone, Copy)]
struct Hop {
    from: Option<Entity>,
    grant: u32,
    boundary: Option<(Entity, Origin)>,
}

/// One finding for each entry that starts a chain: at its scope, with the shortest chain.
pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let impersonating: HashMap<u32, Span> =
        (0..).zip(&tenant.grants).filter_map(|(row, _)| Some((row, graph.impersonation(row)?))).collect();
    if impersonating.is_empty() {
        return Vec::new();
    }
    let administrators = administrators(context);
    let mut rows: Vec<u32> = impersonating.keys().copied().collect();
    rows.sort_unstable();
    // Who may go on from where they are: few may, and each is looked up once.
    let mut powers: HashMap<Entity, Vec<u32>> = HashMap::new();
    for row in &rows {
        let Some(owner) = graph.owner(*row) else { continue };
        let holders = match owner.kind {
            Kind::Role => graph.holders(&graph.heirs(owner.row)).into_iter().map(|h| h.principal).collect(),
            _ => vec![owner],
        };
        for holder in holders {
            powers.entry(holder).or_default().push(*row);
        }
    }
    let mut found: Vec<Match> = rows
        .iter()
        .filter_map(|row| {
            let owner = graph.owner(*row)?;
            let is_administration = match owner.kind {
                Kind::Role => {
                    let holders = graph.holders(&graph.heirs(owner.row));
                    !holders.is_empty() && holders.iter().all(|h| administrators.contains(&h.principal))
                }
                _ => administrators.contains(&owner),
            };
            if is_administration {
                return None;
            }
            let (hops, end) = search(context, &impersonating, &powers, &administrators, *row)?;
            of_chain(context, owner, *row, &hops, end)
        })
        .collect();
    found.sort_by_cached_key(|m| (m.witness.len(), graph.order_key(m.subject)));
    found
}

/// Everybody who may administer, over whatever scope beyond themselves.
fn administrators(context: &Context<'_, '_>) -> HashSet<Entity> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let patterns: Vec<Permission> = ADMINISTRATION
        .iter()
        .filter_map(|name| context.capabilities.get(*name))
        .flatten()
        .filter_map(|text| Permission::parse(text, None))
        .collect();
    let administers: Vec<bool> =
        tenant.permissions.iter().map(|(_, p)| patterns.iter().any(|pattern| pattern.overlaps(p))).collect();
    let is_one = |entity: &Entity| {
        let grants = tenant.grants(tenant.grants_of(*entity));
        grants.iter().any(|grant| administers.get(grant.permission.index()).copied().unwrap_or(false))
    };
    let roles: Vec<u32> = tenant.entities(Kind::Role).filter(is_one).map(|role| role.row).collect();
    let heirs = graph.spread(roles, |_| false);
    let mut found: HashSet<Entity> = graph.holders(heirs.roles()).into_iter().map(|h| h.principal).collect();
    found.extend(tenant.entities(Kind::ServiceAccount).filter(is_one));
    found
}

/// The shortest chain from an entry to an administrator. Each user and entry is visited once.
fn search(
    context: &Context<'_, '_>,
    impersonating: &HashMap<u32, Span>,
    powers: &HashMap<Entity, Vec<u32>>,
    administrators: &HashSet<Entity>,
    start: u32,
) -> Option<(HashMap<Entity, Hop>, Entity)> {
    let graph = context.graph;
    let mut hops: HashMap<Entity, Hop> = HashMap::new();
    let mut spent: HashSet<u32> = HashSet::from([start]);
    let mut pending: VecDeque<(Option<Entity>, u32)> = VecDeque::from([(None, start)]);
    while let Some((from, grant)) = pending.pop_front() {
        let people: Vec<(Entity, Option<(Entity, Origin)>)> = match impersonating.get(&grant)? {
            Span::Everyone => {
                let mut all: Vec<Entity> = graph.tenant.entities(Kind::User).collect();
                all.retain(|user| administrators.contains(user) || powers.contains_key(user));
                all.sort_by_cached_key(|user| (!administrators.contains(user), graph.order_key(*user)));
                all.into_iter().map(|user| (user, None)).collect()
            }
            Span::Limited(limits) => limits
                .iter()
                .flat_map(|(boundary, _)| {
                    graph.people_of(*boundary).into_iter().map(|(user, joined)| (user, Some((*boundary, joined))))
                })
                .collect(),
        };
        for (user, boundary) in people {
            if hops.contains_key(&user) {
                continue;
            }
            hops.insert(user, Hop { from, grant, boundary });
            if administrators.contains(&user) {
                return Some((hops, user));
            }
            for next in powers.get(&user).into_iter().flatten() {
                if spent.insert(*next) {
                    pending.push_back((Some(user), *next));
                }
            }
        }
    }
    None
}

fn of_chain(
    context: &Context<'_, '_>,
    owner: Entity,
    row: u32,
    hops: &HashMap<Entity, Hop>,
    end: Entity,
) -> Option<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let grant = tenant.grants.get(row as usize)?;
    let mut matched = Match::of(context, owner, Place { origin: grant.origin, part: Part::Scope });
    matched.ends = Some(Ends { from: vec![owner], grants: vec![row], roles: Vec::new() });
    if owner.kind == Kind::Role {
        let landing = role_landing(context, owner.row, Vec::new());
        matched.witness = steps(context, landing.start, &landing.way);
    }
    let mut people = vec![end];
    while let Some(from) = people.last().and_then(|user| hops.get(user)?.from) {
        people.push(from);
    }
    people.reverse();
    let mut names = Vec::new();
    for user in people {
        let hop = hops.get(&user)?;
        matched.witness.extend(grant_step(context, graph.owner(hop.grant)?, hop.grant));
        let from = matched.witness.last().map(|step| step.to.clone())?;
        let origin = tenant.grants.get(hop.grant as usize)?.origin;
        let place = hop.boundary.map_or(Place::whole(origin), |(_, joined)| Place::reference(joined));
        let to = named(context, user);
        matched.witness.push(Step { edge: EdgeKind::Impersonates.word(), from, to, over: None, place });
        matched.identity.push(key(context, user));
        names.push(format!("`{}`", tenant.name(user)));
        if let Some((boundary, joined)) = hop.boundary {
            matched.related.push(crate::matching::edge_label(context, user, EdgeKind::MemberOf, boundary, joined));
        }
    }
    matched.facts.extend([
        ("permission", format!("`{}`", tenant.permissions.spelling(grant.permission))),
        ("administrator", wording::entity(context, end)),
        ("chain", names.join(", then ")),
    ]);
    Some(matched)
}

pub(super) fn lacking(context: &Context<'_, '_>) -> Option<String> {
    context.graph.tenant.users.is_empty().then(|| "no users in the input".to_owned())
}
