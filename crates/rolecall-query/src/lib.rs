//! Questions to the access graph: who can do what, through what, and how sure that is.
//!
//! Each question is a file that gives an answer as plain facts: entities, chains that prove what is said, and the
//! places that state each edge. Nothing here is worded; the report puts answers into text and JSON.

mod access;
mod becoming;
mod breadth;
mod can;
mod cut;
mod edit;
mod gap;
mod isolation;
mod matrix;
mod name;
mod network;
mod open;
mod path;
mod picture;
mod reach;
mod reaching;
mod what_if;
mod who_can;

pub use access::{AccessList, Compared, Differing, Held, Source, access, compare};
pub use breadth::Breadth;
pub use can::{Can, Giver, Way, can};
pub use cut::{Cut, NoCut, cut, cut_access};
pub use edit::{EditFault, Said, read_edit, say};
pub use gap::Gap;
pub use isolation::{isolation, residency};
pub use matrix::{Cell, Matrix, Resource, Side};
pub use name::{Unclear, WHAT, WHO, names, resolve};
pub use open::Open;
pub use path::{Goal, Path, path};
pub use picture::{Arrow, Dot, MANY, Picture, around, chain, whole};
pub use reach::{Power, Reach, Shrink, Token, Victim, reach};
pub use what_if::{Found, Loss, Lost, Rules, WhatIf, what_if};
pub use who_can::{Cause, WhoCan, WhoCanAsked, who_can};

use rolecall_engine::Wanted;
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Tenant};
use std::cmp::Ordering;

/// Whether an entity itself states an entry that gives any of what is asked for.
fn states(tenant: &Tenant, entity: Entity, wanted: &Wanted) -> bool {
    tenant.grants(tenant.grants_of(entity)).iter().any(|grant| wanted.has(grant.permission))
}

/// How many are few enough to be found in one pass.
const FEW: usize = 8;

/// The first few by name. Sorting all of many would cost more than the question.
fn few(graph: &AccessGraph<'_>, all: &[Entity], limit: usize) -> Vec<Entity> {
    if limit > FEW || limit >= all.len() {
        let mut all = all.to_vec();
        all.sort_by_cached_key(|entity| graph.order_key(*entity));
        all.truncate(limit);
        return all;
    }
    let mut first = First::new(limit);
    all.iter().for_each(|entity| first.see(graph, *entity));
    first.entities().collect()
}

/// The first few by name of those that come along.
#[derive(Debug, Default)]
struct First<'t> {
    limit: usize,
    found: Vec<(&'t str, Entity)>,
}

impl<'t> First<'t> {
    fn new(limit: usize) -> Self {
        Self { limit, found: Vec::new() }
    }

    fn see(&mut self, graph: &AccessGraph<'t>, entity: Entity) {
        let name = graph.tenant.name(entity);
        // Most names differ at once, so that the rest of what they sort by is seldom looked at.
        let is_before = |(other, known): &(&'t str, Entity)| match name.cmp(other) {
            Ordering::Equal => graph.order_key(entity) < graph.order_key(*known),
            order => order == Ordering::Less,
        };
        if self.found.len() < self.limit || self.found.last().is_some_and(is_before) {
            let at = self.found.partition_point(|other| !is_before(other));
            self.found.insert(at, (name, entity));
            self.found.truncate(self.limit);
        }
    }

    fn entities(&self) -> impl Iterator<Item = Entity> + '_ {
        self.found.iter().map(|(_, entity)| *entity)
    }
}
