//! Roles that inherit from each other.

use crate::context::Context;
use crate::matching::{Match, edge_labels, key, steps};
use crate::{Ends, Piece, wording};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{Cycle, EdgeKind, Via};
use rolecall_model::{Entity, Kind, Origin, Place};

pub(super) const FACTS: &[&str] = &["subject", "circle"];

/// How many edges of a circle are tried.
const TRIED: usize = 16;

pub(super) fn lacking(context: &Context<'_, '_>) -> Option<String> {
    (context.graph.tenant.count(Kind::Role) == 0).then(|| "no roles in the input".to_owned())
}

pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    context.graph.inheritance_cycles().iter().filter_map(|cycle| of_cycle(context, cycle)).collect()
}

/// The role at the end of an edge that all circles have: without the edge there is none. Of long circles the first
/// edges are tried. Cost: linear in the roles and edges.
fn neck(context: &Context<'_, '_>, cycle: &[(u32, Origin)], roles: &[u32]) -> Option<u32> {
    let graph = context.graph;
    let members: HashSet<u32> = roles.iter().copied().collect();
    let parents = |row: u32| {
        let parents = graph.entities_from(Entity { kind: Kind::Role, row }, EdgeKind::Inherits).map(|(to, _)| to.row);
        parents.filter(|parent| members.contains(parent)).collect::<HashSet<u32>>()
    };
    let mut heirs: HashMap<u32, usize> = HashMap::new();
    for parent in roles.iter().flat_map(|row| parents(*row)) {
        *heirs.entry(parent).or_default() += 1;
    }
    let is_neck = |end: u32| {
        let (mut heirs, mut open, mut passed) = (heirs.clone(), vec![end], 0);
        while let Some(row) = open.pop() {
            passed += 1;
            for parent in parents(row).into_iter().filter(|parent| *parent != end) {
                let left = heirs.get_mut(&parent).map_or(0, |left| {
                    *left -= 1;
                    *left
                });
                open.extend((left == 0).then_some(parent));
            }
        }
        passed == roles.len()
    };
    let ends = cycle.iter().zip(cycle.iter().skip(1).chain(cycle.first()));
    let is_mendable = |child: u32| !graph.tenant.is_system_role(child);
    let alone = ends.filter(|((child, _), (end, _))| is_mendable(*child) && heirs.get(end) == Some(&1));
    alone.map(|(_, (end, _))| *end).take(TRIED).find(|end| is_neck(*end))
}

fn of_cycle(context: &Context<'_, '_>, Cycle { way: cycle, roles }: &Cycle) -> Option<Match> {
    let role = |row: u32| Entity { kind: Kind::Role, row };
    let &(first, origin) = cycle.first()?;
    let next = cycle.iter().skip(1).chain(cycle.first());
    let way: Vec<Via> = cycle
        .iter()
        .zip(next)
        .map(|(&(_, origin), &(to, _))| Via { kind: EdgeKind::Inherits, to: role(to), origin })
        .collect();
    let mut found = Match::of(context, role(first), Place::reference(origin));
    found.witness = steps(context, role(first), &way);
    found.related = edge_labels(context, role(first), &way);
    // None of them should come to a certain one, be it that one itself.
    let from = roles.iter().map(|row| role(*row)).collect();
    let end = neck(context, cycle, roles).unwrap_or(first);
    found.ends = Some(Ends { from, roles: vec![end], ..Ends::default() });
    found.identity = cycle.iter().map(|(row, _)| key(context, role(*row))).collect();
    // A smaller circle has an edge that the larger one had not.
    found.pieces = vec![Piece::Thing(found.identity.join(", "))];
    let names = cycle.iter().map(|(row, _)| context.graph.tenant.name(role(*row)));
    found.facts.push((
        "circle",
        match cycle.len() {
            1 => format!("{} inherits from itself", wording::entity(context, role(first))),
            several => format!("{several} roles inherit from each other: {}", wording::some_of(names)),
        },
    ));
    Some(found)
}
