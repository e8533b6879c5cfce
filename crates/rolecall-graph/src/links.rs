//! Edges side by side: for each node those that leave it in one stretch, and those that reach it in another.

use crate::connect::{Part, Put};
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
    /// Where the edges are stated, by file and offset, in order of the nodes that they leave. They are bare numbers, since
    /// room for zeroes is had without writing them.
    origins: Vec<[u32; 2]>,
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

    /// The rows of a node's edges.
    #[inline]
    fn rows(&self, node: u32) -> (usize, usize) {
        let start = |node: usize| self.starts.get(node).map_or(0, |start| *start as usize);
        (start(node as usize), start(node as usize + 1))
    }

    fn count(&self, node: u32) -> usize {
        let (start, end) = self.rows(node);
        end.saturating_sub(start)
    }

    /// The same of all kinds.
    #[inline]
    fn all(&self, node: u32) -> impl Iterator<Item = (usize, u32, EdgeKind)> + '_ {
        let (start, end) = self.rows(node);
        let kinds = self.kinds.get(start..end).unwrap_or_default();
        let others = self.others.get(start..end).unwrap_or_default();
        let rows = kinds.iter().zip(others).enumerate().rev();
        rows.map(move |(row, (kind, other))| (start + row, *other, *kind))
    }
}

/// From how many nodes on a second thread is worth its start.
const MANY: u32 = 20_000;

/// The edges at each node that leave it and that reach it, and whether any was assigned.
struct Counts {
    leaving: Vec<u32>,
    reaching: Vec<u32>,
    is_assigned: bool,
}

impl Counts {
    fn of(nodes: u32, each: &impl Fn(Put<'_>)) -> Self {
        let none = || vec![0; nodes as usize];
        let mut counts = Self { leaving: none(), reaching: none(), is_assigned: false };
        each(&mut |from, to, _, _, assignment| {
            for (counts, node) in [(&mut counts.leaving, from), (&mut counts.reaching, to)] {
                if let Some(count) = counts.get_mut(node as usize) {
                    *count += 1;
                }
            }
            counts.is_assigned |= assignment.is_some();
        });
        counts
    }

    fn add(mut self, other: &Self) -> Self {
        for (counts, more) in [(&mut self.leaving, &other.leaving), (&mut self.reaching, &other.reaching)] {
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
        self.is_assigned |= other.is_assigned;
        self
    }
}

impl Links {
    /// Lays out the edges that `each` tells of, of a part of the statements or of all. They are told twice, and each
    /// time the same ones: first they are counted, so that no list of them is ever held beside the result. Where there are many
    /// and two threads, each of these counts half of them, and then one looks after where they lead and one after
    /// where they are stated.
    pub(crate) fn new(nodes: u32, each: impl Fn(Part, Put<'_>) + Sync) -> Self {
        let is_shared = nodes >= MANY && rayon::current_num_threads() > 1;
        let count = |part: Part| Counts::of(nodes, &|put: Put<'_>| each(part, put));
        let counts = if is_shared {
            let (first, second) = rayon::join(|| count(Part::FIRST_HALF), || count(Part::SECOND_HALF));
            first.add(&second)
        } else {
            count(Part::ALL)
        };
        let (mut outgoing, mut incoming) = (Side::new(counts.leaving), Side::new(counts.reaching));
        let total = outgoing.others.len();
        let mut links = Self {
            origins: vec![[0; 2]; total],
            assignments: vec![None; if counts.is_assigned { total } else { 0 }],
            rows: vec![0; total],
            ..Self::default()
        };
        // Whoever looks after where edges are stated knows their rows from a copy of the starts.
        let mut next = outgoing.starts.clone();
        let (origins, assignments, rows) = (&mut links.origins, &mut links.assignments, &mut links.rows);
        let mut join = |from: u32, to: u32, kind: EdgeKind, _: Origin, _: Option<NonZeroU32>| {
            let row = outgoing.put(from, to, kind);
            if let (Some(known), Ok(row)) = (rows.get_mut(incoming.put(to, from, kind)), u32::try_from(row)) {
                *known = row;
            }
        };
        let mut state = |from: u32, _: u32, _: EdgeKind, origin: Origin, assignment: Option<NonZeroU32>| {
            let Some(next) = next.get_mut(from as usize) else { return };
            let row = *next as usize;
            *next += 1;
            if let Some(known) = origins.get_mut(row) {
                *known = [origin.file, origin.offset];
            }
            if let Some(known) = assignments.get_mut(row) {
                *known = assignment;
            }
        };
        if is_shared {
            rayon::join(|| each(Part::ALL, &mut join), || each(Part::ALL, &mut state));
        } else {
            each(Part::ALL, &mut |from, to, kind, origin, assignment| {
                join(from, to, kind, origin, assignment);
                state(from, to, kind, origin, assignment);
            });
        }
        outgoing.settle();
        incoming.settle();
        Self { outgoing, incoming, ..links }
    }

    /// For each of so many assignments, whether an edge was made of it.
    pub(crate) fn placed(&self, count: usize) -> Vec<bool> {
        let mut placed = vec![false; count];
        for assignment in self.assignments.iter().flatten() {
            // Their numbers count from 1.
            if let Some(placed) = placed.get_mut(assignment.get() as usize - 1) {
                *placed = true;
            }
        }
        placed
    }

    /// How many edges leave a node.
    pub(crate) fn count_leaving(&self, node: u32) -> usize {
        self.outgoing.count(node)
    }

    /// How many edges reach a node.
    pub(crate) fn count_reaching(&self, node: u32) -> usize {
        self.incoming.count(node)
    }

    #[inline]
    fn link(&self, row: usize, other: u32, kind: EdgeKind) -> Link {
        let [file, offset] = self.origins.get(row).copied().unwrap_or_default();
        let origin = Origin { file, offset };
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
        self.reaching_from(node, kind, |_| true)
    }

    /// Those of them that come from a node which is asked for. Nothing else is looked up of the others.
    pub(crate) fn reaching_from<'s>(
        &'s self,
        node: u32,
        kind: EdgeKind,
        is_asked: impl Fn(u32) -> bool + 's,
    ) -> impl Iterator<Item = Link> + 's {
        self.incoming.of(node, kind).filter(move |(_, other)| is_asked(*other)).map(move |(at, other)| {
            let row = self.rows.get(at).map_or(usize::MAX, |row| *row as usize);
            self.link(row, other, kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_edges_none_is_lost_and_all_are_in_order() {
        let count = 5 * MANY + 1;
        let ends = |n: u32| (n.wrapping_mul(2_654_435_761) % MANY, n % 7);
        let links = Links::new(MANY, |part, put| {
            part.of(count as usize).for_each(|n| {
                let (from, to) = ends(n);
                put(from, to, EdgeKind::Holds, Origin { file: 0, offset: n }, None);
            });
        });
        for node in (0..MANY).step_by(97) {
            let leaving: Vec<(u32, u32)> =
                links.leaving(node, EdgeKind::Holds).map(|link| (link.other, link.edge.origin.offset)).collect();
            let all = (0..count).rev().filter(|n| ends(*n).0 == node);
            assert_eq!(leaving, all.map(|n| (ends(n).1, n)).collect::<Vec<_>>());
        }
        let reaching: Vec<u32> = links.reaching(3, EdgeKind::Holds).map(|link| link.edge.origin.offset).collect();
        assert_eq!(reaching, (0..count).rev().filter(|n| n % 7 == 3).collect::<Vec<_>>());
    }

    #[test]
    fn edges_are_found_from_both_ends_by_kind_the_last_first() {
        let all =
            [(2, 0, EdgeKind::Holds), (0, 1, EdgeKind::MemberOf), (2, 1, EdgeKind::Holds), (2, 1, EdgeKind::MemberOf)];
        let links = Links::new(3, |_, put| {
            for (offset, (from, to, kind)) in (1..).zip(all) {
                put(from, to, kind, Origin { file: 0, offset }, NonZeroU32::new(offset));
            }
        });
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
