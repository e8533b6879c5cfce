//! Queues on which people of the tier sit beside others.

use crate::context::Context;
use crate::matching::{Match, edge_label, key};
use crate::rule::spec::TierParams;
use crate::vocabulary::{select, shown};
use crate::{Piece, wording};
use hashbrown::HashMap;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Kind, Origin, Part, Place};

pub(super) const FACTS: &[&str] = &["subject", "insiders", "outsiders"];

/// Somebody on a queue, and the edge that says so.
type Seat = (Entity, Entity, EdgeKind, Origin);

/// One finding a queue. People count once for each group, whatever its size: only whether
/// a group has anybody of one side is asked.
pub(super) fn matches(context: &Context<'_, '_>, params: &TierParams) -> Vec<Match> {
    let graph = context.graph;
    let Some(tier) = context.tiers.get(params.tier.as_ref()) else { return Vec::new() };
    let mut sides: HashMap<Entity, [Option<Entity>; 2]> = HashMap::new();
    let mut found = Vec::new();
    for queue in graph.tenant.entities(Kind::Queue) {
        let mut seats: [Vec<Seat>; 2] = [Vec::new(), Vec::new()];
        for (member, origin) in graph.entities_into(queue, EdgeKind::OnQueue) {
            let people = match member.kind {
                Kind::Group => *sides.entry(member).or_insert_with(|| {
                    let people = graph.people_of(member);
                    let first = |is_inside: bool| {
                        people.iter().map(|(user, _)| *user).find(|user| tier.contains(*user) == is_inside)
                    };
                    [first(true), first(false)]
                }),
                _ if tier.contains(member) => [Some(member), None],
                _ => [None, Some(member)],
            };
            for (side, person) in seats.iter_mut().zip(people) {
                side.extend(person.map(|person| (person, member, EdgeKind::OnQueue, origin)));
            }
        }
        if let [inside, outside] = &mut seats
            && !inside.is_empty()
            && !outside.is_empty()
        {
            found.push(of_queue(context, queue, inside, outside));
        }
    }
    found.sort_by_cached_key(|m: &Match| graph.order_key(m.subject));
    found
}

fn of_queue(context: &Context<'_, '_>, queue: Entity, inside: &mut [Seat], outside: &mut [Seat]) -> Match {
    let graph = context.graph;
    let place = Place { origin: graph.tenant.head(queue).origin, part: Part::Name };
    let mut found = Match::of(context, queue, place);
    for (name, seats) in [("insiders", &mut *inside), ("outsiders", &mut *outside)] {
        seats.sort_by_cached_key(|(person, ..)| graph.order_key(*person));
        let mut people: Vec<Entity> = seats.iter().map(|(person, ..)| *person).collect();
        people.dedup();
        found.facts.push((name, wording::some_of(people.iter().map(|person| graph.tenant.name(*person)))));
        if let Some((_, member, kind, origin)) = seats.first() {
            found.related.push(edge_label(context, *member, *kind, queue, *origin));
        }
        let keys = people.iter().map(|person| key(context, *person));
        found.pieces.extend(keys.clone().map(|key| Piece::Thing(format!("{name} {key}"))));
        found.identity.extend(keys);
    }
    found
}

pub(super) fn lacking(context: &Context<'_, '_>, params: &TierParams) -> Option<String> {
    shown::seats(context).or_else(|| select::tier_lacking(context, params.tier.as_ref()))
}
