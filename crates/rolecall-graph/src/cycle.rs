//! Roles that inherit from each other.

use crate::spread::role_entity;
use crate::{AccessGraph, EdgeKind};
use hashbrown::HashMap;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use rolecall_model::{Kind, Origin};

/// Roles that inherit from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// A shortest cycle through the one that sorts first: the roles in order, each with the place of the edge that
    /// leads to the next.
    pub way: Vec<(u32, Origin)>,
    /// All of them, in order.
    pub roles: Vec<u32>,
}

impl AccessGraph<'_> {
    /// The inheritance cycles, one for each set of roles that inherit from each other. Cost: linear in roles and edges.
    #[must_use]
    pub fn inheritance_cycles(&self) -> Vec<Cycle> {
        let mut roles: DiGraph<u32, ()> = DiGraph::new();
        let nodes: Vec<_> = self.tenant.entities(Kind::Role).map(|e| roles.add_node(e.row)).collect();
        for entity in self.tenant.entities(Kind::Role) {
            for (parent, _) in self.entities_from(entity, EdgeKind::Inherits) {
                if let (Some(from), Some(to)) = (nodes.get(entity.row as usize), nodes.get(parent.row as usize)) {
                    roles.add_edge(*from, *to, ());
                }
            }
        }
        // Of the two algorithms this one does not recurse, so a long chain of roles is no matter.
        let mut cycles: Vec<Cycle> = kosaraju_scc(&roles)
            .into_iter()
            .map(|part| part.into_iter().filter_map(|n| roles.node_weight(n).copied()).collect::<Vec<u32>>())
            .filter_map(|part| self.cycle_in(part))
            .collect();
        cycles.sort_by_cached_key(|cycle| cycle.roles.first().map(|role| self.order_key(role_entity(*role))));
        cycles
    }

    fn cycle_in(&self, mut part: Vec<u32>) -> Option<Cycle> {
        part.sort_by_cached_key(|role| self.order_key(role_entity(*role)));
        let start = *part.first()?;
        let members: hashbrown::HashSet<u32> = part.iter().copied().collect();
        let mut parent: HashMap<u32, (u32, Origin)> = HashMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(role) = queue.pop_front() {
            let mut next: Vec<_> = self.entities_from(role_entity(role), EdgeKind::Inherits).collect();
            next.sort_by_cached_key(|(to, _)| self.order_key(*to));
            for (to, origin) in next {
                if to.row == start {
                    let mut way = vec![(role, origin)];
                    let mut at = role;
                    while let Some(&(from, origin)) = parent.get(&at) {
                        way.push((from, origin));
                        at = from;
                    }
                    way.reverse();
                    return Some(Cycle { way, roles: part });
                }
                if members.contains(&to.row) && !parent.contains_key(&to.row) {
                    parent.insert(to.row, (role, origin));
                    queue.push_back(to.row);
                }
            }
        }
        None
    }
}
