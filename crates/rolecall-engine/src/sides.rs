//! Which partners' people meet in a group, on a queue or in a division, or read one report.

use crate::Tiers;
use hashbrown::HashMap;
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Kind};
use std::collections::BTreeSet;

/// For each thing in which partners may meet: the partners that do, by number.
pub(crate) struct Sides(HashMap<Entity, BTreeSet<usize>>);

impl Sides {
    /// Cost: linear in users and their edges, times the partners.
    pub(crate) fn new(graph: &AccessGraph<'_>, tiers: &Tiers, partners: &[&str]) -> Self {
        let tenant = graph.tenant;
        let mut found: HashMap<Entity, BTreeSet<usize>> = HashMap::new();
        for (number, tier) in partners.iter().enumerate().filter_map(|(number, name)| Some((number, tiers.get(name)?)))
        {
            for (who, user) in tenant.entities(Kind::User).zip(&tenant.users).filter(|(who, _)| tier.contains(*who)) {
                let mut add = |thing: Entity| found.entry(thing).or_default().insert(number);
                for (group, _) in graph.entities_from(who, EdgeKind::MemberOf) {
                    // Being in the group proves nothing of who is in it.
                    if tier.contains_apart_from(graph, who, group) {
                        add(group);
                    }
                    graph.entities_from(group, EdgeKind::OnQueue).for_each(|(queue, _)| {
                        add(queue);
                    });
                }
                graph.entities_from(who, EdgeKind::OnQueue).for_each(|(queue, _)| {
                    add(queue);
                });
                let division = user.division.map(|division| division.target);
                let is_home = |d| tenant.home.is_some_and(|home| graph.directory.is_same(Kind::Division, home, d));
                let rows = division.filter(|d| !is_home(*d)).map(|d| graph.directory.rows(Kind::Division, d));
                rows.into_iter().flatten().for_each(|row| {
                    add(Entity { kind: Kind::Division, row });
                });
            }
            for thing in tenant.entities(Kind::Report).chain(tenant.entities(Kind::ScheduledExport)) {
                if tier.contains(thing) {
                    found.entry(thing).or_default().insert(number);
                }
            }
        }
        Self(found)
    }

    /// The numbers of the partners that meet in a thing.
    pub(crate) fn of(&self, thing: Entity) -> impl Iterator<Item = usize> + '_ {
        self.0.get(&thing).into_iter().flatten().copied()
    }
}
