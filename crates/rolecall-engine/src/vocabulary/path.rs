//! `path`: ways from those of a tier to roles of a sort.

use super::Among;
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

pub(super) fn matches(context: &Context<'_, '_>, pattern: &PathPattern, some: Among<'_>) -> Vec<Match> {
    let targets: Vec<u32> = Picker::new(context, &pattern.to).all().into_iter().map(|e| e.row).collect();
    let has = |word: EdgeWord| pattern.via.contains(&word);
    let edges = Edges {
        inherits: has(EdgeWord::Inherits),
        holds: has(EdgeWord::Holds),
        member_of: has(EdgeWord::MemberOf),
        counts_targets: false,
    };
    let from = Picker::new(context, &pattern.from);
    let stop = pattern.stops_at.as_ref().map(|stop| Picker::new(context, stop));
    let is_from = |entity: Entity| from.picks(entity) || stop.as_ref().is_some_and(|stop| stop.picks(entity));
    let mut landings = land(context, &targets, edges, &is_from, None);
    // A role is where the search stops; what it leads to is not said of it.
    landings.retain(|landing| !landing.heads.is_empty() || from.picks(landing.subject));
    if edges.inherits {
        let both = targets.iter().filter(|row| from.picks(Entity { kind: Kind::Role, row: **row }));
        landings.extend(both.map(|row| role_landing(context, *row, Vec::new())));
        landings.sort_by_cached_key(|landing| context.graph.order_key(landing.subject));
    }
    let search = Search { context, is_target: targets.into_iter().collect(), is_from: &is_from };
    let each = landings.into_iter().flat_map(|landing| search.each(landing));
    let found = |(landing, ends): (Landing, Vec<u32>)| {
        let landing = landing.among(context, some)?;
        of_landing(context, pattern, &landing, &ends)
    };
    each.filter_map(found).collect()
}

/// An edge of a role through which roles are reached that are looked for: the way to the nearest, and all of them.
#[derive(Default)]
struct Door {
    way: Vec<Via>,
    ends: Vec<u32>,
}

struct Search<'s, 'c, 't> {
    context: &'s Context<'c, 't>,
    is_target: HashSet<u32>,
    is_from: &'s dyn Fn(Entity) -> bool,
}

impl Search<'_, '_, '_> {
    /// A landing for each edge that would have to go, with the roles that it leads to, so that none hides another.
    fn each(&self, landing: Landing) -> Vec<(Landing, Vec<u32>)> {
        let Some(hold) = landing.way.iter().position(|via| via.kind == EdgeKind::Holds && !landing.heads.is_empty())
        else {
            let own = landing.way.iter().take(landing.lead);
            let through = |door: Door| {
                let way = own.clone().copied().chain(door.way).collect();
                (Landing { way, ..landing.clone() }, door.ends)
            };
            return self.doors(landing.subject.row).into_iter().map(through).collect();
        };
        let held = landing.roles.first().copied().unwrap_or_default();
        if self.is_target.contains(&held) {
            return vec![(landing, vec![held])];
        }
        let doors = self.doors(held);
        let nearest = doors.iter().min_by_key(|door| door.way.len()).map(|door| door.way.clone()).unwrap_or_default();
        let way = landing.way.iter().take(hold + 1).copied().chain(nearest).collect();
        vec![(Landing { way, ..landing }, doors.into_iter().flat_map(|door| door.ends).collect())]
    }

    /// What lies behind each role that a role inherits from: what several lead to is behind the nearest. Neither what
    /// is looked for nor what is reported for itself is passed. Cost: linear in the roles and edges above.
    fn doors(&self, start: u32) -> Vec<Door> {
        let graph = self.context.graph;
        // A role that is itself looked for stands above those that are reported for it.
        let is_wall = |role: Entity| !self.is_target.contains(&start) && (self.is_from)(role);
        let mut from: HashMap<u32, (u32, Via)> = HashMap::new();
        let mut doors: Vec<Door> = Vec::new();
        let mut queue = VecDeque::from([(start, None)]);
        while let Some((row, door)) = queue.pop_front() {
            let mut parents: Vec<Via> = graph
                .entities_from(Entity { kind: Kind::Role, row }, EdgeKind::Inherits)
                .map(|(to, origin)| Via { kind: EdgeKind::Inherits, to, origin })
                .collect();
            parents.sort_by_cached_key(|via| graph.order_key(via.to));
            for via in parents {
                let next = via.to.row;
                let is_target = self.is_target.contains(&next);
                if next == start || from.contains_key(&next) || (!is_target && is_wall(via.to)) {
                    continue;
                }
                from.insert(next, (row, via));
                let door = door.unwrap_or(doors.len());
                if door == doors.len() {
                    doors.push(Door::default());
                }
                match doors.get_mut(door).filter(|_| is_target) {
                    Some(known) => {
                        if known.ends.is_empty() {
                            known.way = way_to(&from, next);
                        }
                        known.ends.push(next);
                    }
                    None => queue.push_back((next, Some(door))),
                }
            }
        }
        doors.retain(|door| !door.ends.is_empty());
        doors
    }
}

/// The edges by which a role was come to.
fn way_to(from: &HashMap<u32, (u32, Via)>, mut at: u32) -> Vec<Via> {
    let mut way: Vec<Via> = Vec::new();
    while let Some((child, via)) = from.get(&at) {
        way.push(*via);
        at = *child;
    }
    way.reverse();
    way
}

/// The permissions that roles bring, the nearest first. No ways are made: of a chain of roles they would be as many.
fn brought<'t>(context: &Context<'_, 't>, roles: &[Entity]) -> Vec<&'t str> {
    let graph = context.graph;
    let mut level = roles.to_vec();
    let mut seen: HashSet<Entity> = level.iter().copied().collect();
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

fn of_landing(context: &Context<'_, '_>, pattern: &PathPattern, landing: &Landing, ends: &[u32]) -> Option<Match> {
    // Of several who hold the very role, the first stands for all.
    let blamed = landing.way.get(landing.lead).or(landing.way.last())?;
    let target = landing.way.last()?.to;
    let is_shared = landing.subject == target;
    let mut matched = Match::of(context, landing.subject, Place::reference(blamed.origin));
    matched.witness = steps(context, landing.start, &landing.way);
    matched.related = landing.labels(context);
    matched.roles = landing.bearing_roles();
    let mut targets: Vec<Entity> = ends.iter().map(|row| Entity { kind: Kind::Role, row: *row }).collect();
    targets.sort_by_cached_key(|role| (*role != target, context.graph.order_key(*role)));
    matched.ends = landing.ends(Vec::new(), ends.to_vec());
    matched.people = landing.bearing_people();
    matched.mending = landing.mending(blamed.origin, Vec::new());
    if targets.len() > 1 {
        // Beyond the first edge that is its own, the way leads to one of them.
        matched.mending.cuts.truncate(1);
    }
    matched.identity = targets.iter().map(|role| key(context, *role)).collect();
    matched.identity.sort();
    landing.tell(context, &mut matched);
    let brought = brought(context, &targets);
    let brought = if brought.is_empty() {
        "permissions that the export does not show".to_owned()
    } else {
        wording::some_of(brought)
    };
    let tier = pattern.from.tier.as_ref().map(|tier| tier.as_ref().as_str());
    matched.facts.extend([
        ("target", wording::some(context, &targets)),
        ("permissions", brought),
        ("reach", if is_shared { String::new() } else { landing.reach(context) }),
        ("holders", if is_shared { landing.names(context) } else { wording::entity(context, landing.subject) }),
        ("mend", landing.mend(context)),
        ("because", landing.because(context, tier)),
    ]);
    Some(matched)
}
