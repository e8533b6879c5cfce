//! `isolation` and `residency`: whether partners see each other and the company, and regions each other.

use crate::matrix::{Matrix, Members, Resource, compare};
use hashbrown::HashMap;
use rolecall_engine::Judge;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, EntitySet, Kind, Sym};
use std::collections::BTreeMap;

/// The tier of everybody who works for a partner.
const PARTNERS: &str = "bpo";

/// The kinds of things that a side may have.
const THINGS: [Kind; 4] = [Kind::Queue, Kind::User, Kind::Group, Kind::Division];

/// Every declared partner against every other and against the company's own side; where no partner is declared,
/// all partners together are one.
#[must_use]
pub fn isolation(judge: &Judge<'_, '_>) -> Matrix {
    let tenant = judge.graph().tenant;
    let people = || tenant.entities(Kind::User).chain(tenant.entities(Kind::ServiceAccount));
    let things = || THINGS.into_iter().flat_map(|kind| tenant.entities(kind));
    let of_all = judge.of(PARTNERS);
    let declared: Vec<_> = judge.partners().iter().map(|partner| (*partner, judge.of(partner))).collect();
    let is_ones = |entity: &Entity| declared.iter().any(|(_, is_of)| is_of(*entity));
    let partners: EntitySet =
        things().chain(tenant.entities(Kind::ServiceAccount)).filter(|e| of_all(*e) || is_ones(e)).collect();
    let is_partners = |entity: &Entity| partners.contains(*entity);
    let side = |name: &str, is_of: &dyn Fn(Entity) -> bool| Members {
        name: name.to_owned(),
        people: people().filter(|who| is_partners(who) && is_of(*who)).collect(),
        // What several partners have together is each one's.
        things: things().filter(|e| is_partners(e) && (is_of(*e) || judge.is_joint(name, *e))).collect(),
        ..Members::default()
    };
    let mut sides: Vec<Members> = declared.iter().map(|(partner, is_of)| side(partner, is_of)).collect();
    if sides.is_empty() {
        sides.push(side(PARTNERS, &of_all));
    } else {
        // What is of some partner that nobody declared is on no declared side.
        let is_joint = |thing: &Entity| declared.iter().any(|(partner, _)| judge.is_joint(partner, *thing));
        let people: Vec<Entity> = people().filter(|who| is_partners(who) && !is_ones(who)).collect();
        let seats = seats(judge, &people);
        let is_theirs = |thing: &Entity| !is_ones(thing) && (seats.contains(*thing) || !is_joint(thing));
        let things: Vec<Entity> = things().filter(|thing| is_partners(thing) && is_theirs(thing)).collect();
        if !people.is_empty() || !things.is_empty() {
            let name = format!("{PARTNERS}, of no declared partner");
            sides.push(Members { name, people, things, ..Members::default() });
        }
    }
    if sides.iter().all(|side| side.people.is_empty()) {
        return Matrix::lacking("nobody in the input is known to be a partner's; `rolecall init` proposes who may be");
    }
    sides.push(Members {
        name: "internal".to_owned(),
        is_internal: true,
        people: people().filter(|who| !is_partners(who)).collect(),
        things: things().filter(|thing| !is_partners(thing)).collect(),
        ..Members::default()
    });
    compare(judge, &sides, &Resource::ALL)
}

/// The queues that some work on, alone or as one of a group.
fn seats(judge: &Judge<'_, '_>, people: &[Entity]) -> EntitySet {
    let graph = judge.graph();
    let to = |from: Entity, edge| graph.entities_from(from, edge).map(|(entity, _)| entity);
    let groups: EntitySet = people.iter().flat_map(|who| to(*who, EdgeKind::MemberOf)).collect();
    people.iter().copied().chain(groups.iter()).flat_map(|at| to(at, EdgeKind::OnQueue)).collect()
}

/// Every region against every other, and whoever has none against each.
#[must_use]
pub fn residency(judge: &Judge<'_, '_>) -> Matrix {
    let graph = judge.graph();
    let tenant = graph.tenant;
    let of_users = tenant.entities(Kind::User).zip(tenant.users.iter().map(|user| user.region));
    let of_queues = tenant.entities(Kind::Queue).zip(tenant.queues.iter().map(|queue| queue.region));
    let name = |region: Sym| {
        let row = graph.directory.rows(Kind::Region, region).first().copied();
        let id = row.and_then(|row| tenant.head(Entity { kind: Kind::Region, row }).id);
        tenant.str(id.unwrap_or(region)).trim().to_lowercase()
    };
    let mut of_region: HashMap<Sym, Vec<Entity>> = HashMap::new();
    let mut others: Vec<Entity> = Vec::new();
    for (entity, region) in of_users.chain(of_queues) {
        match region {
            Some(region) => of_region.entry(region.target).or_default().push(entity),
            None if entity.kind == Kind::User => others.push(entity),
            None => {}
        }
    }
    others.extend(tenant.entities(Kind::ServiceAccount));
    let mut sides: BTreeMap<String, Members> = BTreeMap::new();
    for (region, things) in of_region {
        let name = name(region);
        let side = sides.entry(name.clone()).or_insert_with(|| Members { name, ..Members::default() });
        side.people.extend(things.iter().filter(|thing| thing.kind == Kind::User));
        side.things.extend(things);
    }
    let mut sides: Vec<Members> = sides.into_values().collect();
    match sides.len() {
        0 => return Matrix::lacking("no user or queue in the input has a region"),
        1 => return Matrix::lacking("all users and queues in the input that have a region are of one"),
        _ => {}
    }
    if !others.is_empty() {
        // Whatever has no region is no other region's.
        let name = "of no region".to_owned();
        sides.push(Members { name, is_nowhere: true, people: others, ..Members::default() });
    }
    compare(judge, &sides, &[Resource::Queues, Resource::Users, Resource::Recordings, Resource::Reports])
}
