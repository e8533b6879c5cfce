//! From tenant to graph.

use crate::connect::Connector;
use crate::edited::Patch;
use crate::layout::Layout;
use crate::links::{Link, Links};
use crate::whole::Whole;
use crate::{EdgeKind, Node};
use hashbrown::HashSet;
use rolecall_model::{Assignment, Directory, Entity, Kind, Origin, Tenant};
use std::sync::Arc;

/// The graph of a tenant.
pub struct AccessGraph<'t> {
    /// The tenant.
    pub tenant: &'t Tenant,
    /// Its index.
    pub directory: Directory<'t>,
    pub(crate) links: Arc<Links>,
    pub(crate) layout: Layout,
    /// What is other than in `links`, where this is the graph of an edited tenant.
    pub(crate) patch: Option<Patch>,
    pub(crate) closures: Vec<std::sync::OnceLock<crate::access::Closure>>,
    pub(crate) whole: Whole,
}

impl<'t> AccessGraph<'t> {
    /// Builds the graph. Cost: linear in entities and references.
    #[must_use]
    pub fn new(tenant: &'t Tenant) -> Self {
        let layout = Layout::new(tenant);
        let directory = Directory::new(tenant);
        let connector = Connector::new(tenant, &directory, &layout);
        let links = Arc::new(Links::new(layout.count(), |part, put| connector.each(part, put)));
        let closures = (0..tenant.roles.len()).map(|_| std::sync::OnceLock::new()).collect();
        Self { tenant, directory, links, layout, patch: None, closures, whole: Whole::new(tenant) }
    }

    /// The edges of one kind that leave a node, with where they lead.
    #[inline]
    pub fn outgoing(&self, node: Node, kind: EdgeKind) -> impl Iterator<Item = (Node, Origin)> + '_ {
        self.leaving(node, kind).map(|link| (self.layout.node(link.other), link.edge.origin))
    }

    /// The edges of one kind that reach a node, with where they come from.
    #[inline]
    pub fn incoming(&self, node: Node, kind: EdgeKind) -> impl Iterator<Item = (Node, Origin)> + '_ {
        self.reaching(node, kind).map(|link| (self.layout.node(link.other), link.edge.origin))
    }

    #[inline]
    fn leaving(&self, node: Node, kind: EdgeKind) -> impl Iterator<Item = Link> + '_ {
        let node = self.layout.index(node);
        let own = self.patch.as_ref().and_then(|patch| patch.leaving(node));
        self.edges(own, kind, move || self.links.leaving(node, kind))
    }

    #[inline]
    fn reaching(&self, node: Node, kind: EdgeKind) -> impl Iterator<Item = Link> + '_ {
        let node = self.layout.index(node);
        let own = self.patch.as_ref().and_then(|patch| patch.reaching(node));
        self.edges(own, kind, move || self.links.reaching(node, kind))
    }

    /// A node's own edges of a kind where an edit touches it, else those of the tenant before the edits.
    #[inline]
    fn edges<'s, I: Iterator<Item = Link> + 's>(
        &'s self,
        own: Option<&'s [Link]>,
        kind: EdgeKind,
        shared: impl FnOnce() -> I,
    ) -> impl Iterator<Item = Link> + 's {
        let found = match own {
            Some(own) => Edges::Own(own.iter().filter(move |link| link.edge.kind == kind).copied()),
            None => Edges::Shared(shared()),
        };
        found.map(|link| self.patch.as_ref().map_or(link, |patch| patch.moved(link)))
    }

    /// The entities that incoming edges of one kind come from.
    #[inline]
    pub fn entities_into(&self, entity: Entity, kind: EdgeKind) -> impl Iterator<Item = (Entity, Origin)> + '_ {
        self.incoming(Node::Entity(entity), kind).filter_map(entity_of)
    }

    /// The entities that outgoing edges of one kind lead to.
    #[inline]
    pub fn entities_from(&self, entity: Entity, kind: EdgeKind) -> impl Iterator<Item = (Entity, Origin)> + '_ {
        self.outgoing(Node::Entity(entity), kind).filter_map(entity_of)
    }

    /// The entities that incoming edges of one kind come from, of those that are asked for. Where the edges are stated
    /// is far from where the entities are, so it is not looked up for the others.
    #[inline]
    pub fn entities_into_of<'s>(
        &'s self,
        entity: Entity,
        kind: EdgeKind,
        is_asked: impl Fn(Entity) -> bool + 's,
    ) -> impl Iterator<Item = (Entity, Origin)> + 's {
        let node = self.layout.index(Node::Entity(entity));
        let is_asked = move |node| matches!(self.layout.node(node), Node::Entity(entity) if is_asked(entity));
        let links = match self.patch.as_ref().and_then(|patch| patch.reaching(node)) {
            Some(own) => Edges::Own(own.iter().filter(move |l| l.edge.kind == kind && is_asked(l.other)).copied()),
            None => Edges::Shared(self.links.reaching_from(node, kind, is_asked)),
        };
        let links = links.map(|link| self.patch.as_ref().map_or(link, |patch| patch.moved(link)));
        links.filter_map(|link| entity_of((self.layout.node(link.other), link.edge.origin)))
    }

    /// How many edges an entity has at all, those included that edits took away.
    #[must_use]
    pub fn edge_count(&self, entity: Entity) -> usize {
        let node = self.layout.index(Node::Entity(entity));
        self.links.count_leaving(node) + self.links.count_reaching(node)
    }

    /// Where it is stated that an edge leads from one entity to another, the last where it is stated again.
    ///
    /// Cost: the fewer of the edges that leave the one and those that reach the other.
    #[must_use]
    pub fn stated(&self, from: Entity, kind: EdgeKind, to: Entity) -> Option<Origin> {
        let [start, end] = [from, to].map(|entity| self.layout.index(Node::Entity(entity)));
        let is_fewer = self.links.count_leaving(start) <= self.links.count_reaching(end);
        if is_fewer {
            self.entities_from(from, kind).find(|(other, _)| *other == to).map(|(_, origin)| origin)
        } else {
            self.entities_into_of(to, kind, |other| other == from).next().map(|(_, origin)| origin)
        }
    }

    /// The entities that incoming edges of one kind come from, without where that is stated.
    #[inline]
    pub fn sources(&self, entity: Entity, kind: EdgeKind) -> impl Iterator<Item = Entity> + '_ {
        let node = self.layout.index(Node::Entity(entity));
        let nodes = match self.patch.as_ref().and_then(|patch| patch.reaching(node)) {
            Some(own) => Edges::Own(own.iter().filter(move |link| link.edge.kind == kind).map(|link| link.other)),
            None => Edges::Shared(self.links.sources(node, kind)),
        };
        nodes.filter_map(|node| entity_of((self.layout.node(node), Origin::default()))).map(|(entity, _)| entity)
    }

    /// The roles that are given to somebody who is in no listing of the input: a user, a group or a client, nobody knows
    /// which. Cost: linear in what is given.
    pub fn strangers(&self) -> impl Iterator<Item = &'t Assignment> + '_ {
        let is_open = |assignment: &Assignment| self.tenant.is_unresolved(assignment.subject.target);
        let is_strange = move |given: &&Assignment| !is_open(given) && self.directory.subjects(given).next().is_none();
        // What makes an edge is somebody's; hardly any of it is left to be looked up.
        let placed = match &self.patch {
            None => self.links.placed(self.tenant.assignments.len()),
            Some(_) => Vec::new(),
        };
        let is_left = move |row: usize| !placed.get(row).copied().unwrap_or_default();
        let rows = self.tenant.assignments.iter().enumerate();
        rows.filter(move |(row, _)| is_left(*row)).map(|(_, given)| given).filter(is_strange)
    }

    /// The entity that states a permission entry.
    #[must_use]
    pub fn owner(&self, grant: u32) -> Option<Entity> {
        self.incoming(Node::Grant(grant), EdgeKind::Grants).filter_map(entity_of).map(|(e, _)| e).next()
    }

    /// What entities are sorted by wherever an order shows: name, id, kind, place.
    /// The place comes last, so that moving an entity changes nothing unless two
    /// share name, id and kind.
    #[inline]
    #[must_use]
    pub fn order_key(&self, entity: Entity) -> (&'t str, &'t str, Kind, Origin) {
        (self.tenant.name(entity), self.tenant.id(entity), entity.kind, self.tenant.head(entity).origin)
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
        let role = Node::Entity(Entity { kind: Kind::Role, row: role });
        self.reaching(role, EdgeKind::Holds).filter_map(|link| self.assigned(link))
    }

    /// The roles that an entity holds itself, each with the place and, where the dialect has them, the
    /// row of the assignment.
    pub fn holdings(&self, holder: Entity) -> impl Iterator<Item = (u32, Origin, Option<u32>)> + '_ {
        let links = self.leaving(Node::Entity(holder), EdgeKind::Holds);
        links.filter_map(|link| self.assigned(link)).map(|(role, origin, assignment)| (role.row, origin, assignment))
    }

    /// The other end of an edge, where that is an entity, with what is known of the edge.
    fn assigned(&self, link: Link) -> Option<(Entity, Origin, Option<u32>)> {
        let (entity, origin) = entity_of((self.layout.node(link.other), link.edge.origin))?;
        Some((entity, origin, link.edge.assignment_row()))
    }
}

#[inline]
fn entity_of((node, origin): (Node, Origin)) -> Option<(Entity, Origin)> {
    match node {
        Node::Entity(entity) => Some((entity, origin)),
        Node::Grant(_) | Node::Everyone => None,
    }
}

/// One of two lists of edges.
enum Edges<A, B> {
    Own(A),
    Shared(B),
}

impl<T, A: Iterator<Item = T>, B: Iterator<Item = T>> Iterator for Edges<A, B> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match self {
            Self::Own(edges) => edges.next(),
            Self::Shared(edges) => edges.next(),
        }
    }

    #[inline]
    fn fold<R, F: FnMut(R, T) -> R>(self, first: R, each: F) -> R {
        match self {
            Self::Own(edges) => edges.fold(first, each),
            Self::Shared(edges) => edges.fold(first, each),
        }
    }
}
