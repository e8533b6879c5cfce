//! Roles that inherit from each other.

use crate::context::Context;
use crate::matching::{Match, edge_labels, key, steps};
use crate::{Ends, wording};
use rolecall_graph::{Cycle, EdgeKind, Via};
use rolecall_model::{Entity, Kind, Place};

pub(super) const FACTS: &[&str] = &["subject", "circle"];

pub(super) fn lacking(context: &Context<'_, '_>) -> Option<String> {
    (context.graph.tenant.count(Kind::Role) == 0).then(|| "no roles in the input".to_owned())
}

pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    context.graph.inheritance_cycles().iter().filter_map(|cycle| of_cycle(context, cycle)).collect()
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
    // None of them should come to the first, be it the first itself.
    let from = roles.iter().map(|row| role(*row)).collect();
    found.ends = Some(Ends { from, grants: Vec::new(), roles: vec![first] });
    found.identity = cycle.iter().map(|(row, _)| key(context, role(*row))).collect();
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
