//! Edges side by side: for each node those that leave it in one stretch, and those that reach it in another.

use crate::{Edge, EdgeKind};
use rolecall_model::Origin;
use std::num::NonZeroU32;

/// One edge, seen from the node that it was asked of.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    /// The node at the other end.
    pub(crate) other: u32,
    pub(crate) edge: Edge,
}

/// All edges of a graph, in columns. An edge takes 22 bytes, and 4 more where anything was assigned.
#[derive(Default)]
pub(crate) struct Links {
    outgoing: Side,
    incoming: Side,
    /// Where the edges are stated, in order of the nodes that they leave.
    origins: Vec<Origin>,
    /// The assignments behind them, in the same order; nothing where there is none.
    assignments: Vec<Option<NonZeroU32>>,
    /// For each incoming edge, its row in that order.
    rows: Vec<u32>,
}

/// The edges at one end: those of a node from its start on to the start of the next.
#[derive(Default)]
struct Side {
    starts: Vec<u32>,
    others: Vec<u32>,
    kinds: Vec<EdgeKind>,
}

impl Side {
    /// Room for edges that were counted by node; each start is moved on as an edge is put there.
    fn new(counts: Vec<u32>) -> Self {
        let mut total = 0;
        let mut starts = counts;
        for start in &mut starts {
            let count = *start;
            *start = total;
            total += count;
        }
        starts.push(total);
        let total = total as usize;
        Self { starts, others: vec![0; total], kinds: vec![EdgeKind::MemberOf; total] }
    }

    /// Puts an edge at a node; gives its row.
    fn put(&mut self, node: u32, other: u32, kind: EdgeKind) -> usize {
        let Some(start) = self.starts.get_mut(node as usize) else { return usize::MAX };
        let row = *start as usize;
        *start += 1;
        if let (Some(end), Some(known)) = (self.others.get_mut(row), self.kinds.get_mut(row)) {
            (*end, *known) = (other, kind);
        }
        row
    }

    /// When all edges are put, each start has become the next one's; takes that back.
    fn settle(&mut self) {
        let last = self.starts.len().saturating_sub(1);
        self.starts.copy_within(..last, 1);
        if let Some(first) = self.starts.first_mut() {
            *first = 0;
        }
    }

    /// The rows of a node's edges of one kind with the nodes at their other ends, the last stated first.
    #[inline]
    fn of(&self, node: u32, kind: EdgeKind) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.all(node).filter(move |(.., of)| *of == kind).map(|(row, other, _)| (row, other))
    }

    /// The same of all kinds.
    #[inline]
    fn all(&self, node: u32) -> impl Iterator<Item = (usize, u32, EdgeKind)> + '_ {
        let start = |node: usize| self.starts.get(node).map_or(0, |start| *start as usize);
        let (start, end) = (start(node as usize), start(node as usize + 1));
        let kinds = self.kinds.get(start..end).unwrap_or_default();
        let others = self.others.get(start..end).unwrap_or_default();
        let rows = kinds.iter().zip(others).enumerate().rev();
        rows.map(move |(row, (kind, other))| (start + row, *other, *kind))
    }
}

/// The columns of the edges in order of the nodes that they leave.
struct Leaving {
    side: Side,
    origins: Vec<Origin>,
    assignments: Vec<Option<NonZeroU32>>,
}

/// Those in order of the nodes that they reach, and where the next edge of each node lies in the other order.
struct Reaching {
    side: Side,
    rows: Vec<u32>,
    next: Vec<u32>,
}

impl Leaving {
    fn put(&mut self, from: u32, to: u32, edge: Edge) {
        let row = self.side.put(from, to, edge.kind);
        if let Some(origin) = self.origins.get_mut(row) {
            *origin = edge.origin;
        }
        if let Some(assignment) = self.assignments.get_mut(row) {
            *assignment = edge.assignment;
        }
    }
}

impl Reaching {
    fn put(&mut self, from: u32, to: u32, edge: Edge) {
        let mirrored = self.side.put(to, from, edge.kind);
        let Some(next) = self.next.get_mut(from as usize) else { return };
        if let Some(row) = self.rows.get_mut(mirrored) {
            *row = *next;
        }
        *next += 1;
    }
}

/// Tells two of every edge: at once where there is one thread, else each by itself, side by side.
fn tell<A: Send, B: Send>(
    each: &(impl Fn(&mut dyn FnMut(u32, u32, Edge)) + Sync),
    (one, of_one): (&mut A, impl Fn(&mut A, u32, u32, Edge) + Sync),
    (other, of_other): (&mut B, impl Fn(&mut B, u32, u32, Edge) + Sync),
) {
    if rayon::current_num_threads() == 1 {
        each(&mut |from, to, edge| {
            of_one(one, from, to, edge);
            of_other(other, from, to, edge);
        });
    } else {
        rayon::join(
            || each(&mut |from, to, edge| of_one(one, from, to, edge)),
            || each(&mut |from, to, edge| of_other(other, from, to, edge)),
        );
    }
}

fn count(counts: &mut [u32], node: u32) {
    if let Some(count) = counts.get_mut(node as usize) {
        *count += 1;
    }
}

impl Links {
    /// Lays out the edges that `each` tells of: again and again, and each time the same ones. The first time they are
    /// counted, so that no list of them is ever held beside the result.
    pub(crate) fn new(nodes: u32, each: impl Fn(&mut dyn FnMut(u32, u32, Edge)) + Sync) -> Self {
        let mut leaving = (vec![0; nodes as usize], false);
        let mut reaching = vec![0; nodes as usize];
        let leaves = |(counts, is_assigned): &mut (Vec<u32>, bool), from, _, edge: Edge| {
            count(counts, from);
            *is_assigned |= edge.assignment.is_some();
        };
        let reaches = |counts: &mut Vec<u32>, _, to, _| count(counts, to);
        tell(&each, (&mut leaving, leaves), (&mut reaching, reaches));
        let (leaving, is_assigned) = leaving;
        let (outgoing, incoming) = (Side::new(leaving), Side::new(reaching));
        let total = outgoing.others.len();
        let next = outgoing.starts.clone();
        let mut leaving = Leaving {
            side: outgoing,
            origins: vec![Origin::default(); total],
            assignments: vec![None; if is_assigned { total } else { 0 }],
        };
        let mut reaching = Reaching { side: incoming, rows: vec![0; total], next };
        tell(&each, (&mut leaving, Leaving::put), (&mut reaching, Reaching::put));
        leaving.side.settle();
        reaching.side.settle();
        Self {
            outgoing: leaving.side,
            incoming: reaching.side,
            origins: leaving.origins,
            assignments: leaving.assignments,
            rows: reaching.rows,
        }
    }

    #[inline]
    fn link(&self, row: usize, other: u32, kind: EdgeKind) -> Link {
        let origin = self.origins.get(row).copied().unwrap_or_default();
        let assignment = self.assignments.get(row).copied().flatten();
        Link { other, edge: Edge { kind, origin, assignment } }
    }

    /// The edges of one kind that leave a node.
    pub(crate) fn leaving(&self, node: u32, kind: EdgeKind) -> impl Iterator<Item = Link> + '_ {
        self.outgoing.of(node, kind).map(move |(row, other)| self.link(row, other, kind))
    }

    /// All edges that leave a node, the last stated first.
    pub(crate) fn all_leaving(&self, node: u32) -> Vec<Link> {
        self.outgoing.all(node).map(|(row, other, kind)| self.link(row, other, kind)).collect()
    }

    /// All edges that reach a node, the last stated first.
    pub(crate) fn all_reaching(&self, node: u32) -> Vec<Link> {
        let row = |at: usize| self.rows.get(at).map_or(usize::MAX, |row| *row as usize);
        self.incoming.all(node).map(|(at, other, kind)| self.link(row(at), other, kind)).collect()
    }

    /// The nodes that edges of one kind come from.
    pub(crate) fn sources(&self, node: u32, kind: EdgeKind) -> impl Iterator<Item = u32> + '_ {
        self.incoming.of(node, kind).map(|(_, other)| other)
    }

    /// The edges of one kind that reach a node.
    pub(crate) fn reaching(&self, node: u32, kind: EdgeKind) -> impl Iterator<Item = Link> + '_ {
        self.incoming.of(node, kind).map(move |(at, other)| {
            let row = self.rows.get(at).map_or(usize::MAX, |row| *row as usize);
            self.link(row, other, kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_found_from_both_ends_by_kind_the_last_first() {
        let edge =
            |offset, kind| Edge { kind, origin: Origin { file: 0, offset }, assignment: NonZeroU32::new(offset) };
        let all = [
            (2, 0, edge(1, EdgeKind::Holds)),
            (0, 1, edge(2, EdgeKind::MemberOf)),
            (2, 1, edge(3, EdgeKind::Holds)),
            (2, 1, edge(4, EdgeKind::MemberOf)),
        ];
        let links = Links::new(3, |put| all.iter().for_each(|(from, to, edge)| put(*from, *to, *edge)));
        let said = |links: &mut dyn Iterator<Item = Link>| -> Vec<(u32, u32, Option<u32>)> {
            links.map(|l| (l.other, l.edge.origin.offset, l.edge.assignment.map(NonZeroU32::get))).collect()
        };
        assert_eq!(said(&mut links.leaving(2, EdgeKind::Holds)), [(1, 3, Some(3)), (0, 1, Some(1))]);
        assert_eq!(said(&mut links.leaving(0, EdgeKind::MemberOf)), [(1, 2, Some(2))]);
        assert_eq!(said(&mut links.reaching(1, EdgeKind::MemberOf)), [(2, 4, Some(4)), (0, 2, Some(2))]);
        assert_eq!(said(&mut links.reaching(0, EdgeKind::Inherits)), []);
        assert_eq!(said(&mut links.reaching(9, EdgeKind::Holds)), []);
    }
}
