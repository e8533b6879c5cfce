//! Access that a tier has and that nobody reviewed.

use crate::context::Context;
use crate::lock::{Ground, access};
use crate::matching::{Match, edge_label, edge_labels, grant_step, key, steps};
use crate::wording;
use rolecall_graph::{EdgeKind, Via};
use rolecall_model::{Entity, Kind, Part, Place};
use std::collections::BTreeMap;

pub(super) const FACTS: &[&str] = &["subject", "tier", "gained", "through"];

/// One finding for each tier and role, or account, that brings something new.
pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let Some(lock) = context.lock else { return Vec::new() };
    let graph = context.graph;
    let mut found = Vec::new();
    for (name, tier) in context.tiers.iter() {
        // A tier that the lock does not know was made since, and is new as a whole.
        let known = lock.lines(name);
        let mut brought: BTreeMap<Entity, Vec<(String, Ground)>> = BTreeMap::new();
        for (line, grounds) in access(graph, tier) {
            if known.is_some_and(|known| known.contains(&line)) {
                continue;
            }
            for ground in grounds {
                brought.entry(ground.owner).or_default().push((line.clone(), ground));
            }
        }
        found.extend(brought.into_iter().filter_map(|(owner, gains)| of_owner(context, name, tier, owner, &gains)));
    }
    found.sort_by_cached_key(|m| (graph.order_key(m.subject), m.identity.clone()));
    found
}

/// What the lock has and nobody may do any more, by tier.
pub(crate) fn lost(context: &Context<'_, '_>) -> Vec<String> {
    let Some(lock) = context.lock else { return Vec::new() };
    let mut said = Vec::new();
    for (name, tier) in context.tiers.iter() {
        let now = access(context.graph, tier);
        let gone: Vec<&str> = lock
            .lines(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(|line| !now.contains_key(*line))
            .collect();
        if !gone.is_empty() {
            let lines = wording::some_of(gone);
            said.push(format!("the tier `{name}` has less than the lock: {lines}; `rolecall lock` writes it anew"));
        }
    }
    said
}

fn of_owner(
    context: &Context<'_, '_>,
    name: &str,
    tier: &crate::Tier,
    owner: Entity,
    gains: &[(String, Ground)],
) -> Option<Match> {
    let graph = context.graph;
    let (_, first) = gains.first()?;
    let entry = graph.tenant.grants.get(first.grant as usize)?;
    // Where an assignment decides, that is the edge that brought it.
    let place = match first.holder {
        Some((_, origin)) => Place { origin, part: Part::Scope },
        None => Place { origin: entry.origin, part: Part::Scope },
    };
    let mut matched = Match::of(context, owner, place);
    let (start, way) = way(context, tier, owner, first);
    matched.witness = steps(context, start, &way);
    matched.witness.extend(grant_step(context, owner, first.grant));
    matched.related = edge_labels(context, start, &way);
    if let Some((holder, origin)) = first.holder.filter(|_| way.is_empty()) {
        matched.related.push(edge_label(context, holder, EdgeKind::Holds, owner, origin));
    }
    let mut lines: Vec<&str> = gains.iter().map(|(line, _)| line.as_str()).collect();
    lines.dedup();
    matched.access = lines.iter().map(|line| (*line).to_owned()).collect();
    matched.identity = lines.iter().map(|line| (*line).to_owned()).collect();
    matched.identity.push(key(context, owner));
    matched.identity.push(name.to_owned());
    let through = if start == owner { String::new() } else { format!(", held by {}", wording::entity(context, start)) };
    matched.facts.extend([("tier", format!("`{name}`")), ("gained", wording::some_of(lines)), ("through", through)]);
    Some(matched)
}

/// The way by which the first of the tier has a role: by the assignment that decides, else the shortest there is.
fn way(context: &Context<'_, '_>, tier: &crate::Tier, owner: Entity, ground: &Ground) -> (Entity, Vec<Via>) {
    let graph = context.graph;
    if owner.kind != Kind::Role {
        return (owner, Vec::new());
    }
    if let Some((holder, origin)) = ground.holder {
        let holds = Via { kind: EdgeKind::Holds, to: owner, origin };
        if holder.kind != Kind::Group {
            return (holder, vec![holds]);
        }
        let member = graph.people_of(holder).into_iter().find(|(user, _)| tier.contains(*user));
        return match member {
            Some((user, origin)) => {
                let member = Via { kind: EdgeKind::MemberOf, to: holder, origin };
                (user, vec![member, holds])
            }
            None => (holder, vec![holds]),
        };
    }
    let heirs = graph.spread([owner.row], |_| false);
    let holding = graph.holders(heirs.roles()).into_iter().find(|h| tier.contains(h.principal));
    match holding {
        Some(h) => {
            let member = h.group.map(|(to, origin)| Via { kind: EdgeKind::MemberOf, to, origin });
            let holds = Via { kind: EdgeKind::Holds, to: Entity { kind: Kind::Role, row: h.role }, origin: h.holds };
            let on = crate::context::inheritance(&heirs.chain(h.role));
            (h.principal, member.into_iter().chain([holds]).chain(on).collect())
        }
        None => (owner, Vec::new()),
    }
}
