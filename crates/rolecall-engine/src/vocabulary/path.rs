//! `path`: ways from those of a tier to roles of a sort.

use super::pick::Picker;
use crate::context::Context;
use crate::landing::{Edges, Landing, land, role_landing};
use crate::matching::{Match, key, steps};
use crate::rule::spec::{EdgeWord, PathPattern};
use crate::wording;
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{EdgeKind, Via};
use rolecall_model::{Entity, Kind, Place};
use std::collections::VecDeque;

pub(super) const FACTS: &[&str] = &["subject", "target", "permissions", "reach", "mend", "because", "holders"];

pub(super) fn matches(context: &Context<'_, '_>, pattern: &PathPattern) -> Vec<Match> {
    let targets: Vec<u32> = Picker::new(context, &pattern.to).all().into_iter().map(|e| e.row).collect();
    let has = |word: EdgeWord| pattern.via.contains(&word);
    let edges = Edges {
        inherits: has(EdgeWord::Inherits),
        holds: has(EdgeWord::Holds),
        member_of: has(EdgeWord::MemberOf),
        counts_targets: false,
    };
    let from = Picker::new(context, &pattern.from);
    let is_from = |entity: Entity| from.picks(entity);
    let mut landings = land(context, &targets, edges, &is_from, None);
    if edges.inherits {
        let is_target: HashSet<u32> = targets.iter().copied().collect();
        let both = targets.iter().filter(|row| is_from(Entity { kind: Kind::Role, row: **row }));
        landings.extend(both.filter_map(|row| Some(role_landing(context, *row, beyond(context, *row, &is_target)?))));
        landings.sort_by_cached_key(|landing| context.graph.order_key(landing.subject));
    }
    landings.iter().filter_map(|landing| of_landing(context, pattern, &targets, landing)).collect()
}

/// The way from a role that is itself looked for to the nearest other one.
fn beyond(context: &Context<'_, '_>, start: u32, is_target: &HashSet<u32>) -> Option<Vec<Via>> {
    let graph = context.graph;
    let mut from: HashMap<u32, (u32, Via)> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(row) = queue.pop_front() {
        let mut parents: Vec<Via> = graph
            .entities_from(Entity { kind: Kind::Role, row }, EdgeKind::Inherits)
            .map(|(to, origin)| Via { kind: EdgeKind::Inherits, to, origin })
            .collect();
        parents.sort_by_cached_key(|via| graph.order_key(via.to));
        for via in parents.into_iter().filter(|via| via.to.row != start) {
            if from.contains_key(&via.to.row) {
                continue;
            }
            from.insert(via.to.row, (row, via));
            if is_target.contains(&via.to.row) {
                let mut way: Vec<Via> = Vec::new();
                let mut at = via.to.row;
                while let Some((child, via)) = from.get(&at) {
                    way.push(*via);
                    at = *child;
                }
                way.reverse();
                return Some(way);
            }
            queue.push_back(via.to.row);
        }
    }
    None
}

/// The permissions that a role brings, the nearest first. No ways are made: of a chain of roles they would be as many.
fn brought<'t>(context: &Context<'_, 't>, role: Entity) -> Vec<&'t str> {
    let graph = context.graph;
    let mut level = vec![role];
    let mut seen: HashSet<Entity> = HashSet::from_iter([role]);
    let (mut brought, mut known) = (Vec::new(), HashSet::new());
    while !level.is_empty() {
        let mut next = Vec::new();
        for owner in level {
            let grants = graph.tenant.grants(graph.tenant.grants_of(owner)).iter();
            brought
                .extend(grants.map(|g| graph.tenant.permissions.spelling(g.permission)).filter(|p| known.insert(*p)));
            let mut parents: Vec<Entity> = graph.entities_from(owner, EdgeKind::Inherits).map(|(to, _)| to).collect();
            parents.sort_by_cached_key(|parent| graph.order_key(*parent));
            next.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        level = next;
    }
    brought
}

fn of_landing(context: &Context<'_, '_>, pattern: &PathPattern, targets: &[u32], landing: &Landing) -> Option<Match> {
    // Of several who hold the very role, the first stands for all.
    let blamed = landing.way.get(landing.lead).or(landing.way.last())?;
    let target = landing.way.last()?.to;
    let is_shared = landing.subject == target;
    let mut matched = Match::of(context, landing.subject, Place::reference(blamed.origin));
    matched.witness = steps(context, landing.start, &landing.way);
    matched.related = landing.labels(context);
    matched.roles = landing.bearing_roles();
    // A group may pass several on.
    let mut ends: Vec<u32> = landing.roles.iter().copied().filter(|row| targets.contains(row)).collect();
    ends.extend((!ends.contains(&target.row)).then_some(target.row));
    matched.ends = landing.ends(Vec::new(), ends);
    matched.people = landing.bearing_people();
    matched.mending = landing.mending(blamed.origin, Vec::new());
    matched.identity = std::iter::once(key(context, target)).chain(landing.door(context)).collect();
    let brought = brought(context, target);
    let brought = if brought.is_empty() {
        "permissions that the export does not show".to_owned()
    } else {
        wording::some_of(brought)
    };
    let tier = pattern.from.tier.as_ref().and_then(|tier| context.tiers.get(tier.as_ref()));
    matched.facts.extend([
        ("target", wording::entity(context, target)),
        ("permissions", brought),
        ("reach", if is_shared { String::new() } else { landing.reach(context) }),
        ("holders", if is_shared { landing.names(context) } else { wording::entity(context, landing.subject) }),
        ("mend", landing.mend(context)),
        ("because", landing.because(context, tier)),
    ]);
    Some(matched)
}
