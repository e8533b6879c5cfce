//! Two exports → the access that somebody gained or lost, by the edge that caused it.
//!
//! Roles are expanded once for each export; people who are in the same groups and hold the same roles are looked at once.

mod atom;
mod cause;
mod compare;
mod facts;
mod identity;
mod lying;
mod naming;

pub use cause::{Cause, Edge, People};
pub use identity::Identity;

use atom::Atoms;
use facts::Facts;
use rolecall_engine::Judge;

/// What two exports differ in.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// What brought somebody access, in order of what it says.
    pub gained: Vec<Cause>,
    /// What took access from somebody, in order of what it says; its places are in the old export.
    pub lost: Vec<Cause>,
    /// How many entities have another id and the same name, and count as the same.
    pub renumbered: usize,
}

/// Compares two exports. Cost: linear in entities, edges and expanded roles, and in those whose access changed by what
/// they may do.
#[must_use]
pub fn diff(old: &Judge<'_, '_>, new: &Judge<'_, '_>, identity: &Identity) -> Diff {
    let mut atoms = Atoms::default();
    let (in_old, in_new) =
        (|kind, id: &str| identity.in_old(old, kind, id), |kind, id: &str| identity.in_new(new, kind, id));
    let mut before = Facts::of(old, &identity.old, &in_new, identity.count());
    let mut after = Facts::of(new, &identity.new, &in_old, identity.count());
    let moved = facts::moved(&before, &after);
    [&mut before, &mut after].into_iter().for_each(|facts| facts.state(&mut atoms, &moved));
    Diff {
        gained: compare::gained(&before, &after, &atoms),
        lost: compare::gained(&after, &before, &atoms),
        renumbered: identity.renumbered,
    }
}
