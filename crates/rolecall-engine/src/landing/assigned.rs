//! The same where assignments decide: who has a role in divisions that count.

use super::{Landing, Passed, TOGETHER, Test, group_landing, in_order, landing_of};
use crate::context::Context;
use crate::given::Given;
use rayon::prelude::*;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Kind, Origin};

/// Which assignments of a role count.
type Counts<'f> = &'f (dyn Fn(u32, Option<u32>) -> bool + Sync);

/// For each of `roles`, one cause for those who have it by an
/// assignment that `counts`, and who are meant themselves, or hold a role that is meant.
pub(crate) fn land_assigned(
    context: &Context<'_, '_>,
    roles: &[u32],
    counts: Counts<'_>,
    is_meant: Test<'_>,
    is_principal: Test<'_>,
) -> Vec<Landing> {
    let of_role = |row: &u32| assigned_of(context, *row, counts, is_meant, is_principal);
    let mut found: Vec<Landing> = roles.par_iter().with_min_len(TOGETHER).flat_map_iter(of_role).collect();
    let order = |entity| context.graph.order_key(entity);
    found.sort_by_cached_key(|landing| (order(landing.subject), order(landing.start)));
    found
}

/// The causes by which one role lands where assignments decide.
fn assigned_of(
    context: &Context<'_, '_>,
    row: u32,
    counts: Counts<'_>,
    is_meant: Test<'_>,
    is_principal: Test<'_>,
) -> Vec<Landing> {
    let graph = context.graph;
    let mut found = Vec::new();
    let is_role_meant = is_meant(Entity { kind: Kind::Role, row });
    // Thousands hold a role in few different divisions.
    let mut known: Vec<(u32, bool)> = Vec::new();
    let mut is_counted = |given: &&Given| {
        if let Some((_, counted)) = known.iter().find(|(other, _)| *other == given.class) {
            return *counted;
        }
        known.push((given.class, counts(row, given.assignment)));
        known.last().is_some_and(|(_, counted)| *counted)
    };
    let mut counted: Vec<(u64, Origin, &[Given])> = Vec::new();
    for own in context.given(row).chunk_by(|one, next| one.who == next.who) {
        let Some(&Given { who, .. }) = own.first().filter(|given| is_principal(given.who)) else { continue };
        // A group passes the role on, whether it is meant or not.
        if !(is_role_meant || who.kind == Kind::Group || is_meant(who)) {
            continue;
        }
        let first = own.iter().find(&mut is_counted);
        counted.extend(first.map(|given| (context.name_start(who), given.origin, own)));
    }
    counted.sort_unstable_by(|(start, origin, own), (other_start, other_origin, other)| {
        let order = |own: &[Given]| own.first().map(|given| graph.order_key(given.who));
        let by_name = start.cmp(other_start).then_with(|| order(own).cmp(&order(other)));
        by_name.then_with(|| origin.cmp(other_origin))
    });
    let (mut people, mut direct) = (Vec::new(), Vec::new());
    for (_, origin, own) in counted {
        let Some(&Given { who, .. }) = own.first() else { continue };
        let given = own.iter().filter(&mut is_counted);
        if is_role_meant || is_meant(who) {
            people.push((who, origin));
            direct.extend(given);
            continue;
        }
        let members = graph.entities_into_of(who, EdgeKind::MemberOf, is_meant);
        let passed = Passed { roles: vec![(row, origin)], members: in_order(context, members.collect()) };
        if !passed.members.is_empty() {
            let given: Vec<&Given> = given.collect();
            found.push(group_landing(who, &passed, origin, row, Vec::new()).given_by(&given));
        }
    }
    let landing = landing_of(row, people, Vec::new(), Vec::new());
    found.extend(landing.map(|landing| landing.given_by(&direct)));
    found
}
