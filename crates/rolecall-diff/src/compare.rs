//! The edges that one export has and the other has not, where they bring somebody access.

use crate::Cause;
use crate::atom::{AtomId, Atoms, Held, Limit, ReachId};
use crate::facts::{Denied, Facts, Hold, Taken, at};
use crate::identity::Key;
use crate::lying::Moves;
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Kind, Place};
use std::collections::{BTreeMap, BTreeSet};

/// An edge by keys. Those of people are one for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Link {
    Member(Key),
    Holds(Option<Key>, Hold),
    Inherits(Key, Key),
    Gives(Key, AtomId),
    /// A queue within a view or group, or all people who are new there.
    Within(Key, Option<Key>),
    /// What lies in a division, of one kind, and the division in which the other export has it.
    Lies(ReachId, ReachId, Kind),
    /// A denial that is gone, or no longer meets those who left its group.
    Denied(Taken, bool),
}

/// What people of one sort share: the edges from them, and what they are denied, before and after.
type Sort = ([Vec<u64>; 4], [Vec<Taken>; 2]);

/// What an edge brings, before it is named.
#[derive(Default)]
pub(crate) struct Brought {
    pub(crate) place: Option<Place>,
    pub(crate) access: BTreeSet<Held>,
    pub(crate) sorts: BTreeSet<usize>,
    /// What lies in another division.
    pub(crate) things: BTreeSet<Key>,
}

/// A new edge of a role or of what it inherits, the first on its way, and what lies behind.
struct Inside {
    link: Link,
    place: Place,
    atoms: Vec<AtomId>,
}

/// What was found so far, and what the sort of people that is looked at gained.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) brought: BTreeMap<Link, Brought>,
    inside: HashMap<Key, Vec<Inside>>,
    pub(crate) gained: HashSet<Held>,
    pub(crate) sort: usize,
}

/// What `after` gives somebody that `before` did not, by edge.
pub(crate) fn gained(before: &Facts<'_, '_, '_>, after: &Facts<'_, '_, '_>, atoms: &Atoms) -> Vec<Cause> {
    let comparison = Comparison { before, after, atoms, moves: Moves::between(before, after) };
    let sorts = comparison.sorts();
    let mut found = Found::default();
    for (number, people) in sorts.iter().enumerate() {
        let Some(first) = people.first() else { continue };
        (found.sort, found.gained) = (number, comparison.gained_by(*first));
        if !found.gained.is_empty() {
            comparison.attribute(*first, &mut found);
        }
        comparison.attribute_moves(*first, &mut found);
    }
    let named = found.brought.into_iter();
    let mut causes: Vec<Cause> = named.filter_map(|(link, brought)| comparison.cause(link, &brought, &sorts)).collect();
    causes.sort_by(|a, b| (&a.edge, &a.access).cmp(&(&b.edge, &b.access)));
    causes
}

/// Says that an edge brings a piece of access, which counts where it is among what is gained.
fn tell(found: (&mut BTreeMap<Link, Brought>, &HashSet<Held>, usize), link: Link, place: Place, held: Held) {
    let (brought, gained, sort) = found;
    if gained.contains(&held) {
        let entry = brought.entry(link).or_default();
        entry.place = entry.place.min(Some(place)).or(Some(place));
        entry.access.insert(held);
        entry.sorts.insert(sort);
    }
}

pub(crate) struct Comparison<'f, 'j, 'c, 't> {
    pub(crate) before: &'f Facts<'j, 'c, 't>,
    pub(crate) after: &'f Facts<'j, 'c, 't>,
    pub(crate) atoms: &'f Atoms,
    pub(crate) moves: Moves,
}

impl Comparison<'_, '_, '_, '_> {
    /// Everybody whose access may have changed, put together by the groups that they are in, the roles that they hold
    /// themselves and what they are denied, before and after. What an account states itself is its own.
    fn sorts(&self) -> Vec<Vec<Key>> {
        let count = u32::try_from(self.after.entities.len()).unwrap_or(u32::MAX);
        let is_changed: Vec<bool> = (0..count).map(|key| self.before.closure(key) != self.after.closure(key)).collect();
        let is_changed = |key: Key| is_changed.get(key as usize).copied().unwrap_or(false);
        let has_other_holds = |key: Key| {
            let (old, new) = (at(&self.before.holds, key), at(&self.after.holds, key));
            !same(old, new) || new.iter().any(|((role, _), _)| is_changed(*role)) || self.is_met_by_move(key)
        };
        let has_changed: Vec<bool> = (0..count).map(has_other_holds).collect();
        let has_changed = |key: Key| has_changed.get(key as usize).copied().unwrap_or(false);
        let taken = |facts: &Facts<'_, '_, '_>, key: Key| -> Vec<Taken> {
            facts.denied(key).into_iter().map(|denied| denied.what).collect()
        };
        let mut sorts: HashMap<Sort, Vec<Key>> = HashMap::new();
        for (key, entity) in (0..).zip(&self.after.entities) {
            let Some(kind) = entity.map(|entity| entity.kind) else { continue };
            if !matches!(kind, Kind::User | Kind::ServiceAccount) {
                continue;
            }
            let (old, new) = (at(&self.before.groups, key), at(&self.after.groups, key));
            let denied = [taken(self.before, key), taken(self.after, key)];
            let [before, after] = &denied;
            let is_affected = is_changed(key)
                || has_changed(key)
                || before != after
                || !same(old, new)
                || new.iter().any(|(group, _)| has_changed(*group));
            if is_affected {
                let own = if kind == Kind::User { None } else { Some(u64::from(key)) };
                let groups = |list: &[(Key, Place)]| list.iter().map(|(group, _)| u64::from(*group)).collect();
                let holds = |list: &[(Hold, Place)]| {
                    list.iter()
                        .map(|((role, reach), _)| u64::from(*role) << 32 | u64::from(*reach))
                        .chain(own)
                        .collect()
                };
                let (before, after) = (at(&self.before.holds, key), at(&self.after.holds, key));
                let edges = [groups(old), holds(before), groups(new), holds(after)];
                sorts.entry((edges, denied)).or_default().push(key);
            }
        }
        let mut sorts: Vec<Vec<Key>> = sorts.into_values().collect();
        sorts.sort();
        sorts
    }

    /// What somebody has after, and nothing before covers.
    fn gained_by(&self, who: Key) -> HashSet<Held> {
        let (before, after) = (self.access(self.before, who), self.access(self.after, who));
        let is_covered = |held: &Held| {
            before.iter().any(|known| self.covers(*known, *held)) || self.is_covered_by_parts(&before, *held)
        };
        after.difference(&before).copied().filter(|held| !is_covered(held)).collect()
    }

    /// Whether what somebody had before covers what they have after.
    fn covers(&self, known: Held, held: Held) -> bool {
        // A queue that comes into such a view is told all the same.
        let is_whole = self.before.whole.contains(&known.0) && self.atoms.thing(held.0).is_none();
        self.atoms.covers(known, held) || is_whole && self.atoms.covers_action(known.0, held.0)
    }

    /// Whether everything within the views or groups of a piece, or that its condition names, was to be reached before,
    /// by whatever views and groups.
    fn is_covered_by_parts(&self, before: &HashSet<Held>, held: Held) -> bool {
        let contents = |facts: &Facts<'_, '_, '_>, limits: &[Limit]| -> Option<HashSet<Key>> {
            let mut things = HashSet::new();
            for limit in limits {
                things.extend(facts.contents.get(limit.as_ref().ok()?)?.iter().map(|(thing, _)| *thing));
            }
            Some(things)
        };
        // What is within something that the export does not show may be anything.
        let named: Option<HashSet<Key>> = self.atoms.named(held.0).iter().map(|thing| thing.clone().ok()).collect();
        let shown =
            named.filter(|things| !things.is_empty()).or_else(|| contents(self.after, self.atoms.limits(held.0)));
        let Some(mut wanted) = shown.filter(|things| !things.is_empty()) else { return false };
        let covering = before.iter().filter(|known| self.atoms.covers_action(known.0, held.0));
        for known in covering {
            let limits = self.atoms.limits(known.0).iter().filter(|limit| limit.is_ok()).cloned().collect::<Vec<_>>();
            if let Some(shown) = contents(self.before, &limits) {
                wanted.retain(|thing| !shown.contains(thing));
            }
        }
        wanted.is_empty()
    }

    /// What somebody has, less what is denied.
    pub(crate) fn access(&self, facts: &Facts<'_, '_, '_>, who: Key) -> HashSet<Held> {
        let denied = facts.denied(who);
        let mut access = self.stated(facts, who);
        access.retain(|held| !denied.iter().any(|denied| self.is_taken(denied, *held)));
        access
    }

    /// Whether a denial takes a piece off. One that covers only some of what a wildcard stands for leaves it.
    fn is_taken(&self, denied: &Denied, held: Held) -> bool {
        self.atoms.is_within(held.0, &denied.permission)
    }

    /// What roles and accounts give somebody, denied or not.
    fn stated(&self, facts: &Facts<'_, '_, '_>, who: Key) -> HashSet<Held> {
        let own = facts.closure(who).iter().map(|atom| self.atoms.held(*atom, 0));
        let groups = at(&facts.groups, who).iter().map(|(group, _)| *group);
        let holds = std::iter::once(who).chain(groups).flat_map(|holder| at(&facts.holds, holder));
        let held: BTreeSet<Hold> = holds.map(|(hold, _)| *hold).collect();
        let given =
            held.into_iter().flat_map(|(role, reach)| facts.closure(role).iter().map(move |atom| (*atom, reach)));
        own.chain(given.map(|(atom, reach)| self.atoms.held(atom, reach))).collect()
    }

    /// Follows every way from somebody, and tells the first new edge of each with what lies behind it.
    fn attribute(&self, who: Key, found: &mut Found) {
        let Found { brought, inside, gained, sort } = found;
        let mut tell = |link: Link, place: Place, atom: AtomId, reach: ReachId| {
            tell((brought, gained, *sort), link, place, self.atoms.held(atom, reach));
        };
        let mut follow = |holder: Option<Key>, from: Key, member: Option<(Link, Place)>| {
            for (hold, place) in at(&self.after.holds, from) {
                let (role, reach) = *hold;
                let is_new = !has(at(&self.before.holds, from), hold);
                let first = member.or(is_new.then_some((Link::Holds(holder, *hold), *place)));
                match first {
                    Some((link, place)) => {
                        self.after.closure(role).iter().for_each(|atom| tell(link, place, *atom, reach));
                    }
                    None => {
                        for new in inside.entry(role).or_insert_with(|| self.inside(role)) {
                            new.atoms.iter().for_each(|atom| tell(new.link, new.place, *atom, reach));
                        }
                    }
                }
            }
        };
        follow(None, who, None);
        for (group, place) in at(&self.after.groups, who) {
            let is_new = !has(at(&self.before.groups, who), group);
            follow(Some(*group), *group, is_new.then_some((Link::Member(*group), *place)));
        }
        for new in self.inside(who) {
            new.atoms.iter().for_each(|atom| tell(new.link, new.place, *atom, 0));
        }
        self.lifted(who, &mut tell);
    }

    /// Tells of the denials that met somebody before, of what they took off.
    fn lifted(&self, who: Key, tell: &mut dyn FnMut(Link, Place, AtomId, ReachId)) {
        let (before, after) = (self.before.denied(who), self.after.denied(who));
        let gone = before.into_iter().filter(|old| !after.iter().any(|new| new.what == old.what));
        for denied in gone {
            let groups = at(&self.before.groups, who).iter();
            let left = groups.filter(|(group, _)| denied.what.1 == Some(*group) && self.after.denies(denied.what));
            let (is_left, place) = left.map(|(_, place)| (true, *place)).next().unwrap_or((false, denied.place));
            for (atom, reach) in self.stated(self.before, who) {
                if self.is_taken(denied, (atom, reach)) {
                    tell(Link::Denied(denied.what, is_left), place, atom, reach);
                }
            }
        }
    }

    fn inside(&self, role: Key) -> Vec<Inside> {
        let mut found = Vec::new();
        let mut seen: HashSet<Key> = HashSet::from_iter([role]);
        let mut open = vec![role];
        while let Some(role) = open.pop() {
            let known = at(&self.before.grants, role);
            for stated in at(&self.after.grants, role) {
                let Some(same) = known.iter().find(|known| known.atom == stated.atom) else {
                    let (link, place) = (Link::Gives(role, stated.atom), stated.place);
                    found.push(Inside { link, place, atoms: stated.atoms().collect() });
                    continue;
                };
                let is_known = |limit: Key, thing: Key| same.parts.iter().any(|p| (p.limit, p.thing) == (limit, thing));
                for new in stated.parts.iter().filter(|new| !is_known(new.limit, new.thing)) {
                    let entity = self.after.entities.get(new.thing as usize).copied().flatten();
                    let queue = Some(new.thing).filter(|_| entity.is_some_and(|entity| entity.kind != Kind::User));
                    let link = Link::Within(new.limit, queue);
                    found.push(Inside { link, place: new.place, atoms: vec![new.atom] });
                }
            }
            for (parent, place) in at(&self.after.parents, role) {
                if has(at(&self.before.parents, role), parent) {
                    open.extend(Some(*parent).filter(|parent| seen.insert(*parent)));
                } else {
                    let (link, place) = (Link::Inherits(role, *parent), *place);
                    found.push(Inside { link, place, atoms: self.after.closure(*parent).to_vec() });
                }
            }
        }
        found
    }
}

/// Whether an edge is listed, wherever it is said.
pub(crate) fn has<T: PartialEq>(list: &[(T, Place)], edge: &T) -> bool {
    list.iter().any(|(known, _)| known == edge)
}

fn same<T: PartialEq>(old: &[(T, Place)], new: &[(T, Place)]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.0 == new.0)
}
