//! Questions to the access graph: who can do what, through what, and how sure that is.
//!
//! Each question is a file that gives an answer as plain facts: entities, chains that prove what is said, and the
//! places that state each edge. Nothing here is worded; the report puts answers into text and JSON.

mod access;
mod becoming;
mod breadth;
mod can;
mod crowd;
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

use rolecall_engine::{Judge, Wanted};
use rolecall_model::{Entity, Tenant};
use std::cmp::Ordering;

/// Whether an entity itself states an entry that gives any of what is asked for.
fn states(tenant: &Tenant, entity: Entity, wanted: &Wanted) -> bool {
    tenant.grants(tenant.grants_of(entity)).iter().any(|grant| wanted.has(grant.permission))
}

/// How many are few enough to be found in one pass.
const FEW: usize = 8;

/// The first few by name. Sorting all of many would cost more than the question.
fn few(judge: &Judge<'_, '_>, all: &[Entity], limit: usize) -> Vec<Entity> {
    if limit > FEW || limit >= all.len() {
        let mut all = all.to_vec();
        all.sort_unstable_by(|a, b| judge.by_name(*a, *b));
        all.truncate(limit);
        return all;
    }
    let mut first = First::new(limit);
    all.iter().for_each(|entity| first.see(judge, *entity));
    first.found
}

/// The first few by name of those that come along.
#[derive(Debug, Default)]
struct First {
    limit: usize,
    found: Vec<Entity>,
}

impl First {
    fn new(limit: usize) -> Self {
        Self { limit, found: Vec::new() }
    }

    #[inline]
    fn see(&mut self, judge: &Judge<'_, '_>, entity: Entity) {
        let is_before = |known: &Entity| judge.by_name(entity, *known) == Ordering::Less;
        if self.found.len() < self.limit || self.found.last().is_some_and(is_before) {
            let at = self.found.partition_point(|other| !is_before(other));
            self.found.insert(at, entity);
            self.found.truncate(self.limit);
        }
    }
}
