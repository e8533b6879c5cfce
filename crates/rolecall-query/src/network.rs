//! The ways between the ends of a finding as a network, each edge with what cutting it costs.

use crate::edit::concerned;
use hashbrown::{HashMap, HashSet};
use rolecall_engine::{Ends, Judge};
use rolecall_graph::{Access, AccessGraph, EdgeKind, Spread, UNCUTTABLE, minimum_cut};
use rolecall_model::{Edit, Entity, Kind, Origin};

/// The tier of everybody who works for a partner.
const PARTNERS: &str = "bpo";

/// What one edit costs, above what anybody loses by it: fewer edits are better than fewer losers.
const EDIT: u64 = 1 << 32;

/// Nobody takes so many people out of something one by one.
const CROWD: usize = 200;

const SOURCE: usize = 0;
const SINK: usize = 1;

/// A network in the making.
pub(crate) struct Cutter<'a, 'c, 't> {
    judge: &'a Judge<'c, 't>,
    ends: &'a Ends,
    protected: &'a HashSet<Edit>,
    /// The roles that lead to what should not be reached.
    spread: Spread,
    nodes: HashMap<Entity, usize>,
    edges: Vec<(usize, usize, u64)>,
    edits: Vec<Option<Edit>>,
    known: HashSet<Edit>,
    open: Vec<Entity>,
}

impl<'a, 'c, 't> Cutter<'a, 'c, 't> {
    pub(crate) fn new(judge: &'a Judge<'c, 't>, ends: &'a Ends, protected: &'a HashSet<Edit>) -> Self {
        let spread = judge.graph().spread(targets(judge.graph(), ends), |_| false);
        let (nodes, edges, edits) = (HashMap::new(), Vec::new(), Vec::new());
        Self { judge, ends, protected, spread, nodes, edges, edits, known: HashSet::new(), open: Vec::new() }
    }

    /// The cheapest edits without which no way is left; `None` where some way has no edge that may be cut.
    pub(crate) fn cut(mut self) -> Option<Vec<Edit>> {
        let ends = self.ends;
        for who in &ends.from {
            let start = self.node(*who);
            self.edges.push((SOURCE, start, UNCUTTABLE));
            self.edits.push(None);
            self.person(*who);
        }
        let mut seen: HashSet<Entity> = HashSet::new();
        while let Some(role) = self.open.pop() {
            if seen.insert(role) {
                self.role(role);
            }
        }
        let cut = minimum_cut(self.nodes.len() + 2, &self.edges, SOURCE, SINK)?;
        let edits = cut.into_iter().filter_map(|at| self.edits.get(at).cloned().flatten());
        Some(edits.collect())
    }

    fn person(&mut self, who: Entity) {
        if who.kind == Kind::Role {
            self.open.push(who);
            return;
        }
        for role in self.held(who, None) {
            let from = self.node(who);
            self.lead(from, role, Edit::Holding { holder: who, role });
        }
        self.entries(who);
        let graph = self.judge.graph();
        let mut groups: Vec<Entity> = graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group).collect();
        groups.sort_by_cached_key(|group| graph.order_key(*group));
        for group in groups {
            let held = self.held(group, Some(group));
            if !held.is_empty() {
                let (from, to) = (self.node(who), self.node(group));
                self.edge(from, to, Edit::Membership { member: who, group });
                held.into_iter().for_each(|role| self.lead(to, role, Edit::Holding { holder: group, role }));
            }
        }
    }

    /// The roles of a holder that lead on, where the finding is about ways by them.
    fn held(&self, holder: Entity, group: Option<Entity>) -> Vec<Entity> {
        let graph = self.judge.graph();
        let roles = graph.entities_from(holder, EdgeKind::Holds).map(|(role, _)| role);
        let is_on_way = |role: &Entity| self.spread.hop(role.row).is_some() && self.ends.is_by(group, *role);
        let mut roles: Vec<Entity> = roles.filter(is_on_way).collect();
        roles.sort_by_cached_key(|role| graph.order_key(*role));
        roles
    }

    fn role(&mut self, role: Entity) {
        let graph = self.judge.graph();
        let node = self.node(role);
        self.entries(role);
        let mut parents: Vec<Entity> =
            graph.entities_from(role, EdgeKind::Inherits).map(|(parent, _)| parent).collect();
        parents.sort_by_cached_key(|parent| graph.order_key(*parent));
        for parent in parents.into_iter().filter(|parent| self.spread.hop(parent.row).is_some()).collect::<Vec<_>>() {
            self.lead(node, parent, Edit::Inheritance { role, parent });
        }
    }

    /// An edge to a role: to the end, where it is one of those that should not be reached, be it by itself.
    fn lead(&mut self, from: usize, role: Entity, edit: Edit) {
        if self.ends.roles.contains(&role.row) {
            self.edge(from, SINK, edit);
            return;
        }
        let to = self.node(role);
        self.edge(from, to, edit);
        self.open.push(role);
    }

    /// The entries of an owner that should not be reached: one edit for each value that states some.
    fn entries(&mut self, owner: Entity) {
        let list = self.judge.graph().tenant.grants_of(owner);
        let own = list.start..list.start + list.len;
        let grants: Vec<u32> = self.ends.grants.iter().copied().filter(|row| own.contains(row)).collect();
        if !grants.is_empty() {
            let node = self.node(owner);
            self.edge(node, SINK, Edit::Entries { owner, grants });
        }
    }

    fn node(&mut self, entity: Entity) -> usize {
        let next = self.nodes.len() + 2;
        *self.nodes.entry(entity).or_insert(next)
    }

    fn edge(&mut self, from: usize, to: usize, edit: Edit) {
        if !self.known.insert(edit.clone()) {
            return;
        }
        let cost = if self.is_protected(&edit) { UNCUTTABLE } else { self.cost(&edit) };
        self.edges.push((from, to, cost));
        self.edits.push(Some(edit));
    }

    fn cost(&self, edit: &Edit) -> u64 {
        let graph = self.judge.graph();
        let values = match edit {
            Edit::Entries { grants, .. } => {
                let rows = grants.iter().filter_map(|row| graph.tenant.grants.get(*row as usize));
                rows.map(|grant| grant.origin).collect::<HashSet<Origin>>().len()
            }
            _ => 1,
        };
        let lost = concerned(graph, edit).len() * self.entries_behind(edit);
        EDIT * u64::try_from(values).unwrap_or(1) + u64::try_from(lost).unwrap_or(u64::MAX).min(EDIT - 1)
    }

    /// How many entries everybody concerned loses by an edit.
    fn entries_behind(&self, edit: &Edit) -> usize {
        let graph = self.judge.graph();
        match edit {
            Edit::Entries { grants, .. } => grants.len(),
            Edit::Inheritance { parent: behind, .. }
            | Edit::Holding { role: behind, .. }
            | Edit::Membership { group: behind, .. } => graph.grants_had(*behind).len(),
            Edit::Given { role, .. } => graph.grants_had(*role).len(),
            Edit::Seat { .. } => 0,
        }
    }

    /// What the policy protects, and what is the platform's own: a role of the platform is never edited, and what
    /// makes somebody a partner's is not taken from them to make a finding go.
    fn is_protected(&self, edit: &Edit) -> bool {
        let tenant = self.judge.graph().tenant;
        let is_partners = |entity: Entity| self.judge.is_of(PARTNERS, entity);
        // Who is known by nothing but a role would be nobody's without it.
        let is_only_sign = |who: Entity| {
            let tier = self.judge.tiers().get(PARTNERS);
            tier.is_none_or(|tier| tier.evidence(self.judge.graph(), who).len() < 2)
        };
        let is_systems = |owner: Entity| owner.kind == Kind::Role && tenant.is_system_role(owner.row);
        let is_crowd = self.ends.from.len() > CROWD;
        self.protected.contains(edit)
            || match edit {
                Edit::Membership { group, .. } => is_crowd || is_partners(*group),
                Edit::Holding { holder, role } => {
                    (is_crowd && holder.kind == Kind::User) || (is_partners(*role) && is_only_sign(*holder))
                }
                Edit::Inheritance { role, .. } => is_systems(*role),
                Edit::Entries { owner, .. } => is_systems(*owner),
                Edit::Given { .. } | Edit::Seat { .. } => true,
            }
    }
}

/// The roles at the far ends.
fn targets(graph: &AccessGraph<'_>, ends: &Ends) -> Vec<u32> {
    let owners = ends.grants.iter().filter_map(|row| graph.owner(*row));
    let roles = owners.filter(|owner| owner.kind == Kind::Role).map(|owner| owner.row);
    roles.chain(ends.roles.iter().copied()).collect()
}

/// How many ways there are between the ends: by each role held, alone or by a group, and to each entry or role.
pub(crate) fn paths(graph: &AccessGraph<'_>, ends: &Ends) -> usize {
    let is_meant = |access: &Access| access.held().is_none_or(|(group, role)| ends.is_by(group, role));
    let to_entries = |who: Entity| {
        graph.ways(who, |row| ends.grants.contains(&row)).iter().filter(|access| is_meant(access)).count()
    };
    let to_roles = |who: Entity| {
        let groups = graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| (group, Some(group)));
        let held = |(holder, group): (Entity, Option<Entity>)| {
            let roles = graph.entities_from(holder, EdgeKind::Holds).map(|(role, _)| role);
            roles.filter(move |role| ends.is_by(group, *role)).map(|role| role.row)
        };
        let mut starts: Vec<u32> = std::iter::once((who, None)).chain(groups).flat_map(held).collect();
        starts.extend(Some(who.row).filter(|_| who.kind == Kind::Role));
        let is_led = |from: u32, to: u32| from == to || !graph.chains(from, to).0.is_empty();
        // To itself a role comes by others.
        let is_own = |role: u32| who.kind == Kind::Role && role == who.row;
        let is_circle = |role: u32| graph.entities_from(who, EdgeKind::Inherits).any(|(p, _)| is_led(p.row, role));
        let is_way = |from: u32, to: u32| if is_own(from) && is_own(to) { is_circle(to) } else { is_led(from, to) };
        starts
            .iter()
            .flat_map(|from| ends.roles.iter().map(move |to| (*from, *to)))
            .filter(|(f, t)| is_way(*f, *t))
            .count()
    };
    ends.from.iter().map(|who| to_entries(*who) + to_roles(*who)).sum()
}
