//! The cheapest edges that part two nodes.

use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

/// What an edge costs that may not be cut: many of them together still fit a number.
pub const UNCUTTABLE: u64 = 1 << 50;

/// The cheapest set of edges, by place in `edges`, without which nothing leads from `source` to `sink`; `None`
/// where that takes an edge that may not be cut. Edges are pairs of nodes below `nodes` with what cutting them costs.
#[must_use]
pub fn minimum_cut(nodes: usize, edges: &[(usize, usize, u64)], source: usize, sink: usize) -> Option<Vec<usize>> {
    let mut network: DiGraph<(), u64> = DiGraph::with_capacity(nodes, edges.len());
    for _ in 0..nodes {
        network.add_node(());
    }
    for (from, to, cost) in edges {
        network.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), *cost);
    }
    let (cost, flows) = dinics(&network, NodeIndex::new(source), NodeIndex::new(sink));
    if cost >= UNCUTTABLE {
        return None;
    }
    let flow = |edge: EdgeIndex| flows.get(edge.index()).copied().unwrap_or(0);
    let mut reached = vec![false; nodes];
    let mut open = vec![NodeIndex::new(source)];
    while let Some(node) = open.pop() {
        let Some(known) = reached.get_mut(node.index()) else { continue };
        if std::mem::replace(known, true) {
            continue;
        }
        let ahead = network.edges(node).filter(|edge| flow(edge.id()) < *edge.weight()).map(|edge| edge.target());
        let back = network.edges_directed(node, petgraph::Direction::Incoming);
        open.extend(ahead.chain(back.filter(|edge| flow(edge.id()) > 0).map(|edge| edge.source())));
    }
    let is_cut = |(from, to, _): &(usize, usize, u64)| {
        reached.get(*from).copied().unwrap_or(false) && !reached.get(*to).copied().unwrap_or(false)
    };
    Some((0..).zip(edges).filter(|(_, edge)| is_cut(edge)).map(|(at, _)| at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_edges_are_cut_and_what_may_not_be_is_not() {
        // Two ways to a group, which leads on by one edge.
        let edges = [(0, 1, 2), (0, 2, 2), (1, 3, 2), (2, 3, 2), (3, 4, 3)];
        assert_eq!(minimum_cut(5, &edges, 0, 4), Some(vec![4]));
        let mut dear = edges;
        dear[4].2 = UNCUTTABLE;
        assert_eq!(minimum_cut(5, &dear, 0, 4).map(|cut| cut.len()), Some(2));
        assert_eq!(minimum_cut(2, &[(0, 1, UNCUTTABLE)], 0, 1), None);
        assert_eq!(minimum_cut(2, &[], 0, 1), Some(Vec::new()));
    }
}
