//! Access as a picture small enough to be read: what belongs to many is counted, and what is left out is said.

use hashbrown::{HashMap, HashSet};
use rolecall_engine::{Named, Step, catalogue};
use rolecall_graph::{AccessGraph, EdgeKind, Span};
use rolecall_model::{Entity, Kind};
use std::collections::BTreeMap;

/// How many users, and how many permissions, of one entity are drawn; the others are counted.
const DRAWN: usize = 6;

/// A graph to draw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// What is drawn.
    pub nodes: Vec<Dot>,
    /// What joins it.
    pub edges: Vec<Arrow>,
    /// What is not drawn, a sentence each.
    pub left_out: Vec<String>,
}

/// Something that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dot {
    /// What it is; `many` are several that are only counted, and their name says how many of what.
    pub named: Named,
    /// What is known of it besides, such as `12 users`; may be empty.
    pub note: String,
}

/// An edge that is drawn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// The row of the node where it starts.
    pub from: usize,
    /// The row of the node where it ends.
    pub to: usize,
    /// `holds`, `member-of`, …
    pub edge: &'static str,
    /// Over what; may be empty.
    pub note: String,
}

/// The kind of what stands for several.
pub const MANY: &str = "many";

/// Roles, groups and service accounts, and how they hang together; users are counted. Where there are more than
/// `limit`, those with the most edges are drawn. Cost: linear in the graph.
#[must_use]
pub fn whole(graph: &AccessGraph<'_>, limit: usize) -> Picture {
    let kinds = [Kind::Role, Kind::Group, Kind::ServiceAccount];
    let mut all: Vec<(usize, Entity)> = kinds
        .into_iter()
        .flat_map(|kind| graph.tenant.entities(kind))
        .map(|entity| (degree(graph, entity), entity))
        .collect();
    all.sort_by_cached_key(|(degree, entity)| (std::cmp::Reverse(*degree), graph.order_key(*entity)));
    let rest = all.split_off(limit.min(all.len()));
    let mut chosen: Vec<Entity> = all.into_iter().map(|(_, entity)| entity).collect();
    chosen.sort_by_cached_key(|entity| graph.order_key(*entity));
    let mut draft = Draft::new(graph);
    chosen.iter().for_each(|entity| {
        draft.dot(*entity);
    });
    for entity in chosen {
        draft.join_known(entity);
    }
    if !rest.is_empty() {
        draft.picture.left_out.push(format!("{} with fewer edges", counted(rest.iter().map(|(_, e)| e.kind))));
    }
    draft.done()
}

/// What lies within `depth` edges of an entity, in either direction, and no more than `limit` of it.
#[must_use]
pub fn around(graph: &AccessGraph<'_>, of: Entity, depth: usize, limit: usize) -> Picture {
    let mut draft = Draft::new(graph);
    draft.dot(of);
    let mut ring = vec![of];
    let mut beyond: HashSet<Entity> = HashSet::new();
    let mut opened: Vec<Entity> = Vec::new();
    for _ in 0..depth {
        let mut next = Vec::new();
        for entity in std::mem::take(&mut ring) {
            let mut users = 0;
            for other in neighbours(graph, entity) {
                if draft.rows.contains_key(&other) {
                    continue;
                }
                let is_crowd = other.kind == Kind::User && entity.kind != Kind::User;
                users += usize::from(is_crowd);
                if is_crowd && users > DRAWN {
                    continue;
                }
                if draft.picture.nodes.len() < limit {
                    draft.dot(other);
                    next.push(other);
                } else if !is_crowd {
                    beyond.insert(other);
                }
            }
            opened.push(entity);
        }
        ring = next;
    }
    let drawn: Vec<Entity> = draft.order.clone();
    for entity in &drawn {
        draft.join_known(*entity);
        draft.permissions(*entity);
    }
    opened.into_iter().for_each(|entity| draft.crowd(entity));
    beyond.retain(|entity| !draft.rows.contains_key(entity));
    if !beyond.is_empty() {
        draft.picture.left_out.push(format!("{} beyond the limit of {limit}", counted(beyond.iter().map(|e| e.kind))));
    }
    draft.done()
}

/// The chain that proves a finding.
#[must_use]
pub fn chain(steps: &[Step]) -> Picture {
    let mut picture = Picture::default();
    let row = |named: &Named, picture: &mut Picture| {
        let known = picture.nodes.iter().position(|dot| dot.named == *named);
        known.unwrap_or_else(|| {
            picture.nodes.push(Dot { named: named.clone(), note: String::new() });
            picture.nodes.len() - 1
        })
    };
    for step in steps {
        let (from, to) = (row(&step.from, &mut picture), row(&step.to, &mut picture));
        let note = step.over.as_ref().map(|over| format!("over {over}")).unwrap_or_default();
        picture.edges.push(Arrow { from, to, edge: step.edge, note });
    }
    picture
}

/// The edges that pictures show.
const SHOWN: [EdgeKind; 3] = [EdgeKind::MemberOf, EdgeKind::Holds, EdgeKind::Inherits];

fn degree(graph: &AccessGraph<'_>, entity: Entity) -> usize {
    let of = |kind| graph.entities_from(entity, kind).count() + graph.entities_into(entity, kind).count();
    SHOWN.into_iter().map(of).sum()
}

/// What is one edge away, each once, in order.
fn neighbours(graph: &AccessGraph<'_>, entity: Entity) -> Vec<Entity> {
    let of = |kind| graph.entities_from(entity, kind).chain(graph.entities_into(entity, kind)).map(|(other, _)| other);
    let mut found: Vec<Entity> = SHOWN.into_iter().flat_map(of).collect();
    found.extend(becomes(graph, entity).into_iter().flatten());
    found.sort_by_cached_key(|other| graph.order_key(*other));
    found.dedup();
    found
}

/// The groups and views that an entity's entries let their holder become; `None` among them is everybody.
fn becomes(graph: &AccessGraph<'_>, entity: Entity) -> Vec<Option<Entity>> {
    let grants = graph.tenant.grants_of(entity);
    let mut found = Vec::new();
    for grant in grants.start..grants.start + grants.len {
        match graph.impersonation(grant) {
            Some(Span::Everyone) => found.push(None),
            Some(Span::Limited(limits)) => found.extend(limits.into_iter().map(|(limit, _)| Some(limit))),
            None => {}
        }
    }
    found.sort_by_cached_key(|limit| limit.map(|limit| graph.order_key(limit)));
    found.dedup();
    found
}

/// A picture in the making.
struct Draft<'g, 't> {
    graph: &'g AccessGraph<'t>,
    picture: Picture,
    rows: HashMap<Entity, usize>,
    order: Vec<Entity>,
}

impl<'g, 't> Draft<'g, 't> {
    fn new(graph: &'g AccessGraph<'t>) -> Self {
        Self { graph, picture: Picture::default(), rows: HashMap::new(), order: Vec::new() }
    }

    fn dot(&mut self, entity: Entity) -> usize {
        if let Some(row) = self.rows.get(&entity) {
            return *row;
        }
        let row = self.picture.nodes.len();
        let dot = Dot { named: Named::of(self.graph.tenant, entity), note: self.note(entity) };
        self.picture.nodes.push(dot);
        self.rows.insert(entity, row);
        self.order.push(entity);
        row
    }

    /// How many stand behind an entity.
    fn note(&self, entity: Entity) -> String {
        // Both sides may state one membership.
        let users = |kind| {
            let of = self.graph.entities_into(entity, kind).map(|(user, _)| user);
            of.filter(|user| user.kind == Kind::User).collect::<HashSet<Entity>>().len()
        };
        let (number, word) = match entity.kind {
            Kind::Group => (users(EdgeKind::MemberOf), ""),
            Kind::Role => (users(EdgeKind::Holds), "held by "),
            _ => (0, ""),
        };
        let mut notes = Vec::new();
        if number > 0 {
            notes.push(format!("{word}{}", plural(number, "user")));
        }
        let grants = self.graph.tenant.grants_of(entity).len as usize;
        if grants > 0 {
            notes.push(plural(grants, "permission"));
        }
        if becomes(self.graph, entity).contains(&None) {
            notes.push("may become every user".to_owned());
        }
        notes.join(", ")
    }

    /// The edges from an entity to what is drawn.
    fn join_known(&mut self, entity: Entity) {
        let Some(&from) = self.rows.get(&entity) else { return };
        for kind in SHOWN {
            let ends: Vec<Entity> = self.graph.entities_from(entity, kind).map(|(other, _)| other).collect();
            for to in ends.iter().filter_map(|other| self.rows.get(other)) {
                self.picture.edges.push(Arrow { from, to: *to, edge: kind.word(), note: String::new() });
            }
        }
        for to in becomes(self.graph, entity).into_iter().flatten().filter_map(|limit| self.rows.get(&limit)) {
            let edge = EdgeKind::Impersonates.word();
            self.picture.edges.push(Arrow { from, to: *to, edge, note: String::new() });
        }
    }

    /// One node for all users of a group or role that are not drawn one by one.
    fn crowd(&mut self, of: Entity) {
        let kind = match of.kind {
            Kind::Group => EdgeKind::MemberOf,
            Kind::Role => EdgeKind::Holds,
            _ => return,
        };
        let users = self.graph.entities_into(of, kind).map(|(user, _)| user).filter(|user| user.kind == Kind::User);
        let hidden: HashSet<Entity> = users.filter(|user| !self.rows.contains_key(user)).collect();
        if let Some(&to) = self.rows.get(&of).filter(|_| !hidden.is_empty()) {
            let from = self.picture.nodes.len();
            self.picture.nodes.push(many(hidden.len(), "user", to));
            self.picture.edges.push(Arrow { from, to, edge: kind.word(), note: String::new() });
        }
    }

    /// The first few permissions of a role or account, the worst first.
    fn permissions(&mut self, of: Entity) {
        let tenant = self.graph.tenant;
        let Some(&from) = self.rows.get(&of) else { return };
        let edge = EdgeKind::Grants.word();
        let mut found: Vec<(usize, String, String)> = Vec::new();
        for grant in tenant.grants(tenant.grants_of(of)) {
            let permission = tenant.permissions.get(grant.permission);
            let worst = permission.and_then(|p| catalogue::worst(p).first().map(|(_, sensitive)| sensitive.rank));
            let spelling = tenant.permissions.spelling(grant.permission).to_owned();
            found.push((worst.unwrap_or(usize::MAX), spelling, tenant.scope_phrase(grant)));
        }
        found.sort();
        found.dedup();
        let more = found.len().saturating_sub(DRAWN);
        for (_, permission, over) in found.into_iter().take(DRAWN) {
            let named = Named { kind: "permission", id: permission.clone(), name: permission };
            let known = self.picture.nodes.iter().position(|dot| dot.named == named);
            let to = known.unwrap_or(self.picture.nodes.len());
            if known.is_none() {
                self.picture.nodes.push(Dot { named, note: String::new() });
            }
            self.picture.edges.push(Arrow { from, to, edge, note: format!("over {over}") });
        }
        if more > 0 {
            let to = self.picture.nodes.len();
            self.picture.nodes.push(many(more, "permission", from));
            self.picture.edges.push(Arrow { from, to, edge, note: String::new() });
        }
    }

    fn done(mut self) -> Picture {
        self.picture.edges.sort();
        self.picture.edges.dedup();
        self.picture
    }
}

/// Several that are counted; `of` tells them from others that are as many.
fn many(number: usize, noun: &str, of: usize) -> Dot {
    let name = format!("{number} more {}", if number == 1 { noun.to_owned() } else { format!("{noun}s") });
    Dot { named: Named { kind: MANY, id: format!("{noun} {of}"), name }, note: String::new() }
}

fn counted(kinds: impl Iterator<Item = Kind>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    kinds.for_each(|kind| *counts.entry(kind.noun()).or_default() += 1);
    let counts: Vec<String> = counts.into_iter().map(|(noun, number)| plural(number, noun)).collect();
    counts.join(", ")
}

fn plural(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
