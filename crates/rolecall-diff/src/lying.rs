//! Queues and users that lie in another division, and who reaches them by that.

use crate::atom::{AtomId, Held, Limit, ReachId};
use crate::compare::{Comparison, Found, Link};
use crate::facts::{Facts, at};
use crate::identity::Key;
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Kind, Permission, Place};

/// What is about a queue, or what happens on it.
const OF_QUEUES: [&str; 2] = ["routing:queue:*", "routing:queueMember:*"];

/// What is about a user.
const OF_USERS: [&str; 5] =
    ["directory:user:*", "directory:userProfile:*", "user:*:*", "administration:users:*", "wfm:agent:*"];

/// What is recorded, counted and judged of either.
const OF_BOTH: [&str; 7] = [
    "analytics:*:*",
    "conversation:*:*",
    "interaction:*:*",
    "quality:*:*",
    "recording:*:*",
    "reporting:*:*",
    "speechAndTextAnalytics:*:*",
];

/// In which division queues and users lie.
pub(crate) type Lying = HashMap<Key, (ReachId, Place)>;

/// What went from one division to another, by kind.
type Ways = HashMap<(ReachId, Kind), Vec<Key>>;

/// What lies in another division than before.
pub(crate) struct Moves {
    /// By the division in which they lie now: by the other one, the things.
    into: HashMap<ReachId, Ways>,
    of_queues: Vec<Permission>,
    of_users: Vec<Permission>,
}

impl Moves {
    /// Cost: linear in queues and users.
    pub(crate) fn between(before: &Facts<'_, '_, '_>, after: &Facts<'_, '_, '_>) -> Self {
        let mut into: HashMap<ReachId, Ways> = HashMap::new();
        for (key, (now, _)) in &after.lying {
            let entity = after.entities.get(*key as usize).copied().flatten();
            if let (Some((old, _)), Some(entity)) = (before.lying.get(key).filter(|(old, _)| old != now), entity) {
                into.entry(*now).or_default().entry((*old, entity.kind)).or_default().push(*key);
            }
        }
        let patterns =
            |own: &[&str]| own.iter().chain(&OF_BOTH).filter_map(|pattern| Permission::parse(pattern, None)).collect();
        Self { into, of_queues: patterns(&OF_QUEUES), of_users: patterns(&OF_USERS) }
    }

    /// Whether anything came into a division.
    pub(crate) fn is_into(&self, division: ReachId) -> bool {
        self.into.contains_key(&division)
    }

    fn patterns(&self, kind: Kind) -> &[Permission] {
        if kind == Kind::Queue { &self.of_queues } else { &self.of_users }
    }
}

impl Comparison<'_, '_, '_, '_> {
    /// Whether somebody holds a role in a division into which something came.
    pub(crate) fn is_met_by_move(&self, who: Key) -> bool {
        at(&self.after.holds, who).iter().any(|((_, reach), _)| self.moves.is_into(*reach))
    }

    /// Tells of what somebody reaches by access that they had before, since it lies in another division now.
    pub(crate) fn attribute_moves(&self, who: Key, found: &mut Found) {
        let after = self.access(self.after, who);
        let mut before: Option<HashSet<Held>> = None;
        for held in after {
            // What is gained is told as it is, with all that it reaches.
            let Some(ways) = self.moves.into.get(&held.1).filter(|_| !found.gained.contains(&held)) else { continue };
            if self.after.undivided.contains(&held.0) {
                continue;
            }
            let before = before.get_or_insert_with(|| self.access(self.before, who));
            let covering: Vec<Held> =
                before.iter().copied().filter(|known| self.atoms.covers_action(known.0, held.0)).collect();
            for ((old, kind), things) in ways {
                let is_about = self.moves.patterns(*kind).iter().any(|about| self.atoms.overlaps(held.0, about));
                if !is_about || covering.iter().any(|known| self.reaches_all_in(*known, held.0, *old)) {
                    continue;
                }
                let new = things.iter().copied().filter(|thing| {
                    self.is_named(held.0, *thing) && !covering.iter().any(|known| self.showed(known.0, *thing))
                });
                let new: Vec<Key> = new.collect();
                if !new.is_empty() {
                    let brought = found.brought.entry(Link::Lies(*old, held.1, *kind)).or_default();
                    brought.things.extend(new);
                    brought.access.insert(held);
                    brought.sorts.insert(found.sort);
                }
            }
        }
    }

    /// Whether a piece of access of before reached everything in a division of before that `atom` reaches.
    fn reaches_all_in(&self, known: Held, atom: AtomId, division: ReachId) -> bool {
        let is_as_wide = self.atoms.is_given(known.0) || known.0 == atom;
        let is_there = known.1 == division || self.atoms.is_every(known.1) || self.before.undivided.contains(&known.0);
        self.atoms.is_all(known.0) || self.before.whole.contains(&known.0) || is_as_wide && is_there
    }

    /// Whether a view or group that limits a piece of access had a thing before.
    fn showed(&self, atom: AtomId, thing: Key) -> bool {
        let mut limits = self.atoms.limits(atom).iter().filter_map(|limit| limit.as_ref().ok());
        limits.any(|limit| {
            let held = self.before.contents.get(limit);
            held.is_some_and(|held| held.binary_search_by_key(&thing, |(thing, _)| *thing).is_ok())
        })
    }

    /// Whether a thing is among what the condition of a piece names, where it names any.
    fn is_named(&self, atom: AtomId, thing: Key) -> bool {
        let named: &[Limit] = self.atoms.named(atom);
        named.is_empty() || named.contains(&Ok(thing))
    }
}
