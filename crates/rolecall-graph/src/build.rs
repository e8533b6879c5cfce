//! From tenant to graph.

use crate::{Edge, EdgeKind, Node};
use hashbrown::HashSet;
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rolecall_model::{
    Assignment, Directory, Divisions, Entity, Grant, Kind, List, Origin, Permission, ScopeWord, Tenant,
};
use std::num::NonZeroU32;

/// The graph of a tenant.
///
/// Nodes are laid out by kind and row, so that finding the node of an entity is
/// an addition and no table is kept.
pub struct AccessGraph<'t> {
    /// The tenant.
    pub tenant: &'t Tenant,
    /// Its index.
    pub directory: Directory<'t>,
    pub(crate) graph: DiGraph<Node, Edge, u32>,
    bases: [u32; Kind::ALL.len() + 1],
    pub(crate) closures: Vec<std::sync::OnceLock<crate::access::Closure>>,
    everyone: NodeIndex<u32>,
}

impl<'t> AccessGraph<'t> {
    /// Builds the graph. Cost: linear in entities and references.
    #[must_use]
    pub fn new(tenant: &'t Tenant) -> Self {
        let mut graph = DiGraph::with_capacity(node_count(tenant), tenant.refs.len() + tenant.grants.len());
        let mut bases = [0; Kind::ALL.len() + 1];
        for (base, kind) in bases.iter_mut().zip(Kind::ALL) {
            *base = index(graph.node_count());
            for entity in tenant.entities(kind) {
                graph.add_node(Node::Entity(entity));
            }
        }
        if let Some(last) = bases.last_mut() {
            *last = index(graph.node_count());
        }
        for row in 0..index(tenant.grants.len()) {
            graph.add_node(Node::Grant(row));
        }
        let everyone = graph.add_node(Node::Everyone);
        let closures = (0..tenant.roles.len()).map(|_| std::sync::OnceLock::new()).collect();
        let directory = Directory::new(tenant);
        let mut built = Self { tenant, directory, graph, bases, closures, everyone };
        built.connect_roles();
        built.connect_members();
        built.connect_objects();
        built.connect_scopes();
        built.connect_assignments();
        built.connect_memberships();
        built
    }

    pub(crate) fn node(&self, node: Node) -> NodeIndex<u32> {
        match node {
            Node::Entity(entity) => {
                let place = Kind::ALL.iter().position(|k| *k == entity.kind).unwrap_or_default();
                NodeIndex::new((self.bases.get(place).copied().unwrap_or_default() + entity.row) as usize)
            }
            Node::Grant(row) => NodeIndex::new((self.bases.last().copied().unwrap_or_default() + row) as usize),
            Node::Everyone => self.everyone,
        }
    }

    /// The edges of one kind that leave a node, with where they lead.
    pub fn outgoing(&self, node: Node, kind: EdgeKind) -> impl Iterator<Item = (Node, Origin)> + '_ {
        self.neighbours(node, kind, Direction::Outgoing)
    }

    /// The edges of one kind that reach a node, with where they come from.
    pub fn incoming(&self, node: Node, kind: EdgeKind) -> impl Iterator<Item = (Node, Origin)> + '_ {
        self.neighbours(node, kind, Direction::Incoming)
    }

    fn neighbours(&self, node: Node, kind: EdgeKind, way: Direction) -> impl Iterator<Item = (Node, Origin)> + '_ {
        let edges = self.graph.edges_directed(self.node(node), way);
        edges.filter(move |edge| edge.weight().kind == kind).filter_map(move |edge| {
            let end = if way == Direction::Outgoing { edge.target() } else { edge.source() };
            self.graph.node_weight(end).map(|n| (*n, edge.weight().origin))
        })
    }

    /// The entities that incoming edges of one kind come from.
    pub fn entities_into(&self, entity: Entity, kind: EdgeKind) -> impl Iterator<Item = (Entity, Origin)> + '_ {
        self.incoming(Node::Entity(entity), kind).filter_map(entity_of)
    }

    /// The entities that outgoing edges of one kind lead to.
    pub fn entities_from(&self, entity: Entity, kind: EdgeKind) -> impl Iterator<Item = (Entity, Origin)> + '_ {
        self.outgoing(Node::Entity(entity), kind).filter_map(entity_of)
    }

    /// The entity that states a permission entry.
    #[must_use]
    pub fn owner(&self, grant: u32) -> Option<Entity> {
        self.incoming(Node::Grant(grant), EdgeKind::Grants).filter_map(entity_of).map(|(e, _)| e).next()
    }

    /// What entities are sorted by wherever an order shows: name, id, kind, place.
    /// The place comes last, so that moving an entity changes nothing unless two
    /// share name, id and kind.
    #[must_use]
    pub fn order_key(&self, entity: Entity) -> (&'t str, &'t str, Kind, Origin) {
        (self.tenant.name(entity), self.tenant.id(entity), entity.kind, self.tenant.head(entity).origin)
    }

    fn connect(&mut self, from: Node, to: Node, kind: EdgeKind, origin: Origin) {
        let (from, to) = (self.node(from), self.node(to));
        self.graph.add_edge(from, to, Edge { kind, origin, assignment: None });
    }

    /// Joins `from` to every entity of `kind` that the references of `list` mean.
    fn connect_all(&mut self, from: Entity, list: List, kind: Kind, edge: EdgeKind, is_reversed: bool) {
        let tenant = self.tenant;
        let origin = tenant.head(from).origin;
        for reference in tenant.refs(list) {
            for row in self.directory.rows(kind, reference.target) {
                let ends = (Node::Entity(from), Node::Entity(Entity { kind, row }));
                let (from, to) = if is_reversed { (ends.1, ends.0) } else { ends };
                self.connect(from, to, edge, origin.at(reference.at));
            }
        }
    }

    fn connect_roles(&mut self) {
        let tenant = self.tenant;
        for entity in tenant.entities(Kind::Role) {
            let Some(role) = tenant.roles.get(entity.row as usize) else { continue };
            self.connect_all(entity, role.inherits, Kind::Role, EdgeKind::Inherits, false);
            self.connect_grants(entity, role.grants);
        }
        for entity in tenant.entities(Kind::ServiceAccount) {
            let Some(account) = tenant.service_accounts.get(entity.row as usize) else { continue };
            self.connect_all(entity, account.roles, Kind::Role, EdgeKind::Holds, false);
            self.connect_grants(entity, account.grants);
        }
    }

    fn connect_grants(&mut self, owner: Entity, list: List) {
        for row in list.start..list.start + list.len {
            let origin = self.tenant.grants.get(row as usize).map(|g| g.origin).unwrap_or_default();
            self.connect(Node::Entity(owner), Node::Grant(row), EdgeKind::Grants, origin);
        }
    }

    fn connect_members(&mut self) {
        let tenant = self.tenant;
        for entity in tenant.entities(Kind::User) {
            let Some(user) = tenant.users.get(entity.row as usize) else { continue };
            self.connect_all(entity, user.roles, Kind::Role, EdgeKind::Holds, false);
            self.connect_all(entity, user.groups, Kind::Group, EdgeKind::MemberOf, false);
        }
        for entity in tenant.entities(Kind::Group) {
            let Some(group) = tenant.groups.get(entity.row as usize) else { continue };
            self.connect_all(entity, group.roles, Kind::Role, EdgeKind::Holds, false);
            self.connect_all(entity, group.members, Kind::User, EdgeKind::MemberOf, true);
        }
    }

    fn connect_objects(&mut self) {
        let tenant = self.tenant;
        for entity in tenant.entities(Kind::Queue) {
            let Some(queue) = tenant.queues.get(entity.row as usize) else { continue };
            self.connect_all(entity, queue.members, Kind::User, EdgeKind::OnQueue, true);
            self.connect_all(entity, queue.groups, Kind::Group, EdgeKind::OnQueue, true);
        }
        for entity in tenant.entities(Kind::View) {
            let Some(view) = tenant.views.get(entity.row as usize) else { continue };
            self.connect_all(entity, view.queues, Kind::Queue, EdgeKind::InView, true);
            self.connect_all(entity, view.users, Kind::User, EdgeKind::InView, true);
        }
    }

    fn connect_assignments(&mut self) {
        let tenant = self.tenant;
        let mut stated: HashSet<(Entity, u32)> = HashSet::new();
        // One that does not show its divisions says nothing beside one that does.
        for is_stated in [true, false] {
            for (row, assignment) in (1..).map(NonZeroU32::new).zip(&tenant.assignments) {
                if (assignment.reach != Divisions::Unstated) != is_stated {
                    continue;
                }
                for subject in self.subjects(assignment) {
                    for role in self.directory.rows(Kind::Role, assignment.role.target) {
                        if !is_stated && stated.contains(&(subject, role)) {
                            continue;
                        }
                        stated.insert((subject, role));
                        let to = Entity { kind: Kind::Role, row: role };
                        let (from, to) = (self.node(Node::Entity(subject)), self.node(Node::Entity(to)));
                        let edge = Edge { kind: EdgeKind::Holds, origin: assignment.origin, assignment: row };
                        self.graph.add_edge(from, to, edge);
                    }
                }
            }
        }
    }

    /// Who an assignment is for: ids are unique over users, groups and clients.
    fn subjects(&self, assignment: &Assignment) -> Vec<Entity> {
        for reference in std::iter::once(assignment.subject).chain(assignment.shown_for) {
            for kind in [Kind::User, Kind::Group, Kind::ServiceAccount] {
                let rows = self.directory.rows(kind, reference.target);
                if !rows.is_empty() {
                    return rows.into_iter().map(|row| Entity { kind, row }).collect();
                }
            }
        }
        Vec::new()
    }

    fn connect_memberships(&mut self) {
        let tenant = self.tenant;
        for membership in &tenant.memberships {
            let edge = if membership.kind == Kind::Queue { EdgeKind::OnQueue } else { EdgeKind::MemberOf };
            for member in self.directory.rows(Kind::User, membership.member.target) {
                for of in self.directory.rows(membership.kind, membership.of.target) {
                    let from = Node::Entity(Entity { kind: Kind::User, row: member });
                    let to = Node::Entity(Entity { kind: membership.kind, row: of });
                    self.connect(from, to, edge, membership.origin);
                }
            }
        }
    }

    /// How many roles a principal holds, those of its groups included.
    #[must_use]
    pub fn roles_held(&self, of: Entity) -> usize {
        let groups = self.entities_from(of, EdgeKind::MemberOf).map(|(group, _)| group);
        let holders = std::iter::once(of).chain(groups);
        let roles: HashSet<Entity> =
            holders.flat_map(|h| self.entities_from(h, EdgeKind::Holds).map(|(role, _)| role)).collect();
        roles.len()
    }

    /// Who holds a role itself, with the place and, where the dialect has them, the row of the assignment.
    pub fn holders_of(&self, role: u32) -> impl Iterator<Item = (Entity, Origin, Option<u32>)> + '_ {
        let node = self.node(Node::Entity(Entity { kind: Kind::Role, row: role }));
        let edges = self.graph.edges_directed(node, Direction::Incoming);
        edges.filter(|edge| edge.weight().kind == EdgeKind::Holds).filter_map(|edge| {
            let weight = edge.weight();
            match self.graph.node_weight(edge.source()) {
                Some(Node::Entity(holder)) => Some((*holder, weight.origin, weight.assignment_row())),
                _ => None,
            }
        })
    }

    fn connect_scopes(&mut self) {
        let tenant = self.tenant;
        let impersonate = Permission::parse("user:impersonate", None);
        let is_impersonation = |grant: &Grant| {
            let permission = tenant.permissions.get(grant.permission);
            permission.zip(impersonate.as_ref()).is_some_and(|(p, i)| p.overlaps(i))
        };
        for (row, grant) in (0..).zip(&tenant.grants) {
            let impersonates = is_impersonation(grant);
            let edge = if impersonates { EdgeKind::Impersonates } else { EdgeKind::LimitedTo };
            let kind = match grant.scope {
                ScopeWord::View => Kind::View,
                ScopeWord::Group => Kind::Group,
                ScopeWord::All | ScopeWord::Undeclared | ScopeWord::Unknown(_) if impersonates => {
                    self.connect(Node::Grant(row), Node::Everyone, EdgeKind::Impersonates, grant.origin);
                    continue;
                }
                _ => continue,
            };
            for target in tenant.refs(grant.targets) {
                for found in self.directory.rows(kind, target.target) {
                    let to = Node::Entity(Entity { kind, row: found });
                    self.connect(Node::Grant(row), to, edge, grant.origin.at(target.at));
                }
            }
        }
    }
}

fn entity_of((node, origin): (Node, Origin)) -> Option<(Entity, Origin)> {
    match node {
        Node::Entity(entity) => Some((entity, origin)),
        Node::Grant(_) | Node::Everyone => None,
    }
}

fn node_count(tenant: &Tenant) -> usize {
    let entities: usize = Kind::ALL.iter().map(|k| tenant.count(*k) as usize).sum();
    entities + tenant.grants.len() + 1
}

fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
