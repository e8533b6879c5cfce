//! The graph of a tenant less some edits, made from that of the tenant itself: only the nodes that an edit touches get
//! edges of their own.

use crate::connect::Connector;
use crate::links::Link;
use crate::whole::Whole;
use crate::{AccessGraph, Edge, EdgeKind, Node};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Directory, Edit, Entity, Tenant};
use std::num::NonZeroU32;
use std::sync::Arc;

/// What is other than in the graph that this one was made from.
pub(crate) struct Patch {
    leaving: HashMap<u32, Vec<Link>>,
    reaching: HashMap<u32, Vec<Link>>,
    /// The rows of the assignments that are gone, in order: those behind them have moved up.
    taken: Vec<u32>,
}

impl Patch {
    /// The edges that leave a node, where they are its own.
    pub(crate) fn leaving(&self, node: u32) -> Option<&[Link]> {
        self.leaving.get(&node).map(Vec::as_slice)
    }

    /// The edges that reach a node, where they are its own.
    pub(crate) fn reaching(&self, node: u32) -> Option<&[Link]> {
        self.reaching.get(&node).map(Vec::as_slice)
    }

    /// An edge with the row that its assignment has now.
    pub(crate) fn moved(&self, mut link: Link) -> Link {
        if let Some(row) = link.edge.assignment.map(NonZeroU32::get).filter(|_| !self.taken.is_empty()) {
            // Rows count from one in an edge.
            let before = self.taken.partition_point(|taken| taken + 1 < row);
            link.edge.assignment = NonZeroU32::new(row - u32::try_from(before).unwrap_or(0));
        }
        link
    }
}

impl AccessGraph<'_> {
    /// The graph of `tenant`, which is this one's less some edits. Cost: linear in the edges of the nodes that edits
    /// touch, but where a reference leads to several entities; then it is built anew.
    #[must_use]
    pub fn less<'e>(&self, tenant: &'e Tenant, edits: &[Edit]) -> AccessGraph<'e> {
        let Some(patch) = self.patch(tenant, edits).filter(|_| self.patch.is_none()) else {
            return AccessGraph::new(tenant);
        };
        AccessGraph {
            tenant,
            directory: Directory::with(&self.directory, tenant),
            links: Arc::clone(&self.links),
            layout: self.layout,
            patch: Some(patch),
            closures: (0..tenant.roles.len()).map(|_| std::sync::OnceLock::new()).collect(),
            whole: Whole::new(tenant),
        }
    }

    /// What the edits change; nothing where that is not plain.
    fn patch(&self, tenant: &Tenant, edits: &[Edit]) -> Option<Patch> {
        let ends: Vec<_> = edits.iter().filter_map(ends_of).collect();
        let taken = self.taken(tenant, &ends)?;
        let mut hidden: HashSet<(u32, u32, EdgeKind, bool)> = HashSet::new();
        for &(from, kind, to) in &ends {
            let (start, end) = (self.layout.index(Node::Entity(from)), self.layout.index(Node::Entity(to)));
            // What is given in divisions goes with its assignment; what is listed, with the list.
            let is_listed = kind != EdgeKind::Holds || self.has_fewer_roles(tenant, from);
            hidden.extend([(start, end, kind, true)].into_iter().filter(|_| kind == EdgeKind::Holds));
            hidden.extend([(start, end, kind, false)].into_iter().filter(|_| is_listed));
        }
        let is_hidden = |from: u32, to: u32, link: &Link| {
            let row = link.edge.assignment_row();
            hidden.contains(&(from, to, link.edge.kind, row.is_some()))
                && row.is_none_or(|row| taken.binary_search(&row).is_ok())
        };
        let mut patch = Patch { leaving: HashMap::new(), reaching: HashMap::new(), taken: Vec::new() };
        for &(from, kind, to) in &ends {
            let (start, end) = (self.layout.index(Node::Entity(from)), self.layout.index(Node::Entity(to)));
            let (leaving, reaching) = (self.links.all_leaving(start), self.links.all_reaching(end));
            // A reference that leads to several, since they share an id, goes for all of them.
            let is_shared = |link: &Link| {
                let same = |other: &&Link| other.edge.kind == kind && other.edge.origin == link.edge.origin;
                leaving.iter().filter(same).any(|other| other.other != end)
                    || reaching.iter().filter(same).any(|other| other.other != start)
            };
            if leaving.iter().filter(|link| link.other == end && is_hidden(start, end, link)).any(is_shared) {
                return None;
            }
            let left = leaving.iter().filter(|link| !is_hidden(start, link.other, link)).copied().collect();
            patch.leaving.insert(start, left);
            let left = reaching.iter().filter(|link| !is_hidden(link.other, end, link)).copied().collect();
            patch.reaching.insert(end, left);
        }
        patch.taken = taken;
        let owners = edits.iter().filter_map(|edit| match edit {
            Edit::Entries { owner, .. } => Some(*owner),
            _ => None,
        });
        owners.for_each(|owner| self.patch_entries(tenant, owner, &mut patch));
        Some(patch)
    }

    /// Puts the entries that an owner has now for those that it had: what is left of them has moved up.
    fn patch_entries(&self, tenant: &Tenant, owner: Entity, patch: &mut Patch) {
        let layout = &self.layout;
        let directory = Directory::with(&self.directory, tenant);
        let mut fresh: Vec<(u32, u32, Edge)> = Vec::new();
        let connector = Connector::new(tenant, &directory, layout);
        connector.each_of_entries(owner, &mut |from, to, kind, origin, assignment| {
            fresh.push((from, to, Edge { kind, origin, assignment }));
        });
        let old = self.tenant.grants_of(owner);
        let entries: Vec<u32> = (old.start..old.start + old.len).map(|row| layout.index(Node::Grant(row))).collect();
        let is_entry = |node: u32| entries.first().zip(entries.last()).is_some_and(|(a, b)| (*a..=*b).contains(&node));
        let limits: Vec<u32> =
            entries.iter().flat_map(|entry| self.links.all_leaving(*entry)).map(|link| link.other).collect();
        let owner = layout.index(Node::Entity(owner));
        let own = patch.leaving.entry(owner).or_insert_with(|| self.links.all_leaving(owner));
        own.retain(|link| link.edge.kind != EdgeKind::Grants);
        for &entry in &entries {
            patch.leaving.insert(entry, Vec::new());
            patch.reaching.insert(entry, Vec::new());
        }
        for limit in limits {
            let into = patch.reaching.entry(limit).or_insert_with(|| self.links.all_reaching(limit));
            into.retain(|link| !is_entry(link.other));
        }
        for (from, to, edge) in fresh {
            patch.leaving.entry(from).or_default().push(Link { other: to, edge });
            patch.reaching.entry(to).or_default().push(Link { other: from, edge });
        }
    }

    /// The rows of the assignments that are gone; nothing where they are not those that the edits name.
    fn taken(&self, tenant: &Tenant, ends: &[(Entity, EdgeKind, Entity)]) -> Option<Vec<u32>> {
        let (old, new) = (&self.tenant.assignments, &tenant.assignments);
        let given = ends.iter().filter(|(_, kind, _)| *kind == EdgeKind::Holds).flat_map(|(from, _, to)| {
            let held = self.holdings(*from).filter(|(role, ..)| *role == to.row);
            held.filter_map(|(.., row)| row).collect::<Vec<u32>>()
        });
        let mut rows: Vec<u32> = given.collect();
        rows.sort_unstable();
        rows.dedup();
        let mut taken: Vec<u32> = Vec::new();
        for row in rows {
            let at = |list: &[rolecall_model::Assignment], row: usize| list.get(row).map(|given| given.origin);
            let is_left = at(old, row as usize) == at(new, row as usize - taken.len());
            taken.extend(Some(row).filter(|_| !is_left));
        }
        (old.len() - new.len().min(old.len()) == taken.len()).then_some(taken)
    }

    /// Whether an entity lists fewer roles than it did.
    fn has_fewer_roles(&self, tenant: &Tenant, of: Entity) -> bool {
        tenant.roles_of(of).len() < self.tenant.roles_of(of).len()
    }
}

/// The ends of the edges that an edit takes away; entries have none that stay what they are.
fn ends_of(edit: &Edit) -> Option<(Entity, EdgeKind, Entity)> {
    match edit {
        Edit::Membership { member, group } => Some((*member, EdgeKind::MemberOf, *group)),
        Edit::Holding { holder, role } | Edit::Given { holder, role, .. } => Some((*holder, EdgeKind::Holds, *role)),
        Edit::Inheritance { role, parent } => Some((*role, EdgeKind::Inherits, *parent)),
        Edit::Seat { member, queue } => Some((*member, EdgeKind::OnQueue, *queue)),
        Edit::Entries { .. } => None,
    }
}
