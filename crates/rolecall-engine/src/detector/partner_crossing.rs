//! One partner's people who reach another partner's queues.

use crate::context::Context;
use crate::matching::{Match, edge_labels, grant_step, key, steps};
use crate::rule::spec::CrossingPattern;
use crate::standing::sorts;
use crate::vocabulary::reach::{Answer, covers};
use crate::vocabulary::select::{self, Meant};
use crate::wording;
use hashbrown::HashMap;
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Entity, Kind, Part, Place, ScopeWord};

pub(super) const FACTS: &[&str] = &["subject", "role", "partner", "other", "permissions", "queues", "people"];

/// What one role, or an account itself, shows a partner of another.
#[derive(Default)]
struct Crossing {
    people: Vec<Entity>,
    queues: Vec<Entity>,
    permissions: Vec<String>,
    first: Option<(Entity, Access)>,
}

/// One finding for each pair of partners and each role, or account, that lets one see the other.
pub(super) fn matches(context: &Context<'_, '_>, params: &CrossingPattern) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let fits = select::permissions(context, &params.permission);
    let mut found = Vec::new();
    for partner in &context.partners {
        let Some(tier) = context.tiers.get(partner) else { continue };
        let people = tenant.entities(Kind::User).chain(tenant.entities(Kind::ServiceAccount));
        let people: Vec<Entity> = people.filter(|who| tier.contains(*who)).collect();
        for other in context.partners.iter().filter(|other| *other != partner) {
            let is_theirs = |queue: &Entity| context.tiers.contains(other, *queue) && !tier.contains(*queue);
            let queues: Vec<Entity> = tenant.entities(Kind::Queue).filter(is_theirs).collect();
            let crossings = cross(context, &fits, &people, &queues);
            let of = |(owner, crossing)| of_crossing(context, owner, partner, other, crossing);
            found.extend(crossings.into_iter().filter_map(of));
        }
    }
    found.sort_by_cached_key(|m: &Match| (graph.order_key(m.subject), m.identity.clone()));
    found
}

/// People with the same roles, groups and seats stand alike; one of each sort is looked at.
fn cross(context: &Context<'_, '_>, fits: &Meant, people: &[Entity], queues: &[Entity]) -> HashMap<Entity, Crossing> {
    let graph = context.graph;
    let sorts = sorts(context, people.iter().copied());
    let mut found: HashMap<Entity, Crossing> = HashMap::new();
    for alike in &sorts {
        let Some(who) = alike.first() else { continue };
        for access in graph.ways(*who, |_| true) {
            let Some(grant) = graph.tenant.grants.get(access.grant as usize) else { continue };
            // What reaches everything is no matter between two partners.
            if !fits.has(grant.permission) || select::is_all(context, grant) {
                continue;
            }
            let is_seen = |queue: &&Entity| covers(context, *who, &access, grant, Some(**queue)) == Answer::Yes;
            let seen: Vec<Entity> = queues.iter().filter(is_seen).copied().collect();
            let Some(owner) = graph.owner(access.grant).filter(|_| !seen.is_empty()) else { continue };
            let crossing = found.entry(owner).or_default();
            crossing.queues.extend(seen);
            crossing.people.extend(alike);
            crossing.permissions.push(graph.tenant.permissions.spelling(grant.permission).to_owned());
            crossing.first.get_or_insert((*who, access));
        }
    }
    found
}

fn of_crossing(
    context: &Context<'_, '_>,
    owner: Entity,
    partner: &str,
    other: &str,
    mut crossing: Crossing,
) -> Option<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    for list in [&mut crossing.people, &mut crossing.queues] {
        list.sort_by_cached_key(|entity| graph.order_key(*entity));
        list.dedup();
    }
    crossing.permissions.sort();
    crossing.permissions.dedup();
    let (start, access) = crossing.first?;
    let entry = tenant.grants.get(access.grant as usize)?;
    let is_own = context.tiers.contains(partner, owner);
    let subject = match crossing.people.as_slice() {
        [only] if !is_own => *only,
        _ => owner,
    };
    // Where an assignment decides, its divisions are what to narrow.
    let held = access.via.iter().rev().find(|via| via.kind == EdgeKind::Holds);
    let origin = held.filter(|_| entry.scope == ScopeWord::Granted).map_or(entry.origin, |via| via.origin);
    let mut matched = Match::of(context, subject, Place { origin, part: Part::Scope });
    matched.witness = steps(context, start, &access.via);
    matched.witness.extend(grant_step(context, owner, access.grant));
    matched.related = edge_labels(context, start, &access.via);
    matched.identity = crossing.queues.iter().map(|queue| key(context, *queue)).collect();
    matched.identity.extend([key(context, owner), partner.to_owned(), other.to_owned()]);
    matched.identity.extend(crossing.permissions.iter().cloned());
    let names = |list: &[Entity]| wording::some_of(list.iter().map(|entity| tenant.name(*entity)));
    matched.facts.extend([
        ("role", wording::entity(context, owner)),
        ("partner", format!("`{partner}`")),
        ("other", format!("`{other}`")),
        ("permissions", wording::some_of(crossing.permissions.iter().map(String::as_str))),
        ("queues", names(&crossing.queues)),
        ("people", names(&crossing.people)),
    ]);
    Some(matched)
}

pub(super) fn lacking(context: &Context<'_, '_>) -> Option<String> {
    // Without two partners there is nothing between partners to miss.
    let is_asked = context.partners.len() > 1;
    (is_asked && context.graph.tenant.queues.is_empty()).then(|| "no queues in the input".to_owned())
}
