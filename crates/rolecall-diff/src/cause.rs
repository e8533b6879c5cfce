//! The edges that one export has and the other has not, where they bring somebody access.

use crate::atom::{AtomId, Atoms, Held};
use crate::facts::{Facts, Hold, at};
use crate::identity::Key;
use hashbrown::{HashMap, HashSet};
use rolecall_engine::Named;
use rolecall_model::{Entity, Kind, Place};
use std::collections::{BTreeMap, BTreeSet};

/// One edge, and what it brought to whom.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The edge.
    pub edge: Edge,
    /// Where the export that has it says so.
    pub place: Place,
    /// The scope, or the division, that the other export had in its place, and where.
    pub instead: Option<(String, Place)>,
    /// Who has more by it.
    pub people: People,
    /// What they have more, each as `permission over scope`, in order.
    pub access: Vec<String>,
}

/// What an edge says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// The people are members of a group.
    Member(Named),
    /// The people themselves, or a group, hold a role, in a division where an assignment names one.
    Holds {
        /// The group; nothing where it is the people themselves.
        group: Option<Named>,
        /// The role.
        role: Named,
        /// `every division`, `division Lisbon`, …
        over: Option<String>,
    },
    /// A role inherits from another.
    Inherits(Named, Named),
    /// A role or account states an entry.
    Gives {
        /// Who states it.
        owner: Named,
        /// The permission.
        permission: String,
        /// Over what.
        scope: String,
    },
    /// A view shows a queue or a user.
    Shows(Named, Named),
}

/// Users and service accounts.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// In order of name.
    pub all: Vec<Named>,
    /// How many of them are of each tier; tiers that none of them is of are left out.
    pub tiers: Vec<(String, usize)>,
}

/// An edge by keys. Those of people are one for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Link {
    Member(Key),
    Holds(Option<Key>, Hold),
    Inherits(Key, Key),
    Gives(Key, AtomId),
    Shows(Key, Key),
}

/// What an edge brings, before it is named.
#[derive(Default)]
struct Brought {
    place: Option<Place>,
    access: BTreeSet<Held>,
    sorts: BTreeSet<usize>,
}

/// New edges of a role and of what it inherits, each the first on its way, and what lies behind.
type Inside = Vec<(Link, Place, Vec<AtomId>)>;

/// What `after` gives somebody that `before` did not, by edge.
pub(crate) fn gained(before: &Facts<'_, '_, '_>, after: &Facts<'_, '_, '_>, atoms: &Atoms) -> Vec<Cause> {
    let comparison = Comparison { before, after, atoms };
    let mut brought: BTreeMap<Link, Brought> = BTreeMap::new();
    let mut inside: HashMap<Key, Inside> = HashMap::new();
    let sorts = comparison.sorts();
    for (number, people) in sorts.iter().enumerate() {
        let Some(first) = people.first() else { continue };
        let gained = comparison.gained_by(*first);
        if gained.is_empty() {
            continue;
        }
        comparison.attribute(*first, &mut inside, &mut |edge, place, atom, reach| {
            let held = atoms.held(atom, reach);
            if gained.contains(&held) {
                let entry = brought.entry(edge).or_default();
                entry.place = entry.place.min(Some(place)).or(Some(place));
                entry.access.insert(held);
                entry.sorts.insert(number);
            }
        });
    }
    let mut causes: Vec<Cause> =
        brought.into_iter().filter_map(|(edge, brought)| comparison.cause(edge, &brought, &sorts)).collect();
    causes.sort_by(|a, b| (&a.edge, &a.access).cmp(&(&b.edge, &b.access)));
    causes
}

struct Comparison<'f, 'j, 'c, 't> {
    before: &'f Facts<'j, 'c, 't>,
    after: &'f Facts<'j, 'c, 't>,
    atoms: &'f Atoms,
}

impl Comparison<'_, '_, '_, '_> {
    /// Everybody whose access may have changed, put together by the groups that they are in and the roles that they
    /// hold themselves, before and after. What an account states itself is its own.
    fn sorts(&self) -> Vec<Vec<Key>> {
        let count = u32::try_from(self.after.entities.len()).unwrap_or(u32::MAX);
        let is_changed: Vec<bool> = (0..count).map(|key| self.before.closure(key) != self.after.closure(key)).collect();
        let is_changed = |key: Key| is_changed.get(key as usize).copied().unwrap_or(false);
        let has_other_holds = |key: Key| {
            let (old, new) = (at(&self.before.holds, key), at(&self.after.holds, key));
            !same(old, new) || new.iter().any(|((role, _), _)| is_changed(*role))
        };
        let has_changed: Vec<bool> = (0..count).map(has_other_holds).collect();
        let has_changed = |key: Key| has_changed.get(key as usize).copied().unwrap_or(false);
        let mut sorts: HashMap<[Vec<u64>; 4], Vec<Key>> = HashMap::new();
        for (key, entity) in (0..).zip(&self.after.entities) {
            let Some(kind) = entity.map(|entity| entity.kind) else { continue };
            if !matches!(kind, Kind::User | Kind::ServiceAccount) {
                continue;
            }
            let (old, new) = (at(&self.before.groups, key), at(&self.after.groups, key));
            let is_affected = is_changed(key)
                || has_changed(key)
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
                sorts.entry([groups(old), holds(before), groups(new), holds(after)]).or_default().push(key);
            }
        }
        let mut sorts: Vec<Vec<Key>> = sorts.into_values().collect();
        sorts.sort();
        sorts
    }

    /// What somebody has after, and nothing before covers.
    fn gained_by(&self, who: Key) -> HashSet<Held> {
        let (before, after) = (self.access(self.before, who), self.access(self.after, who));
        let is_covered = |held: &Held| before.iter().any(|known| self.atoms.covers(*known, *held));
        after.difference(&before).copied().filter(|held| !is_covered(held)).collect()
    }

    fn access(&self, facts: &Facts<'_, '_, '_>, who: Key) -> HashSet<Held> {
        let own = facts.closure(who).iter().map(|atom| self.atoms.held(*atom, 0));
        let groups = at(&facts.groups, who).iter().map(|(group, _)| *group);
        let holds = std::iter::once(who).chain(groups).flat_map(|holder| at(&facts.holds, holder));
        let held: BTreeSet<Hold> = holds.map(|(hold, _)| *hold).collect();
        let given =
            held.into_iter().flat_map(|(role, reach)| facts.closure(role).iter().map(move |atom| (*atom, reach)));
        own.chain(given.map(|(atom, reach)| self.atoms.held(atom, reach))).collect()
    }

    /// Follows every way from somebody, and tells the first new edge of each with what lies behind it.
    fn attribute(&self, who: Key, inside: &mut HashMap<Key, Inside>, tell: &mut dyn FnMut(Link, Place, AtomId, u32)) {
        let mut follow = |holder: Option<Key>, from: Key, member: Option<(Link, Place)>| {
            for (hold, place) in at(&self.after.holds, from) {
                let (role, reach) = *hold;
                let is_new = !has(at(&self.before.holds, from), hold);
                let first = member.or(is_new.then_some((Link::Holds(holder, *hold), *place)));
                match first {
                    Some((edge, place)) => {
                        self.after.closure(role).iter().for_each(|atom| tell(edge, place, *atom, reach));
                    }
                    None => {
                        for (edge, place, atoms) in inside.entry(role).or_insert_with(|| self.inside(role)) {
                            atoms.iter().for_each(|atom| tell(*edge, *place, *atom, reach));
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
        for (edge, place, atoms) in self.inside(who) {
            atoms.iter().for_each(|atom| tell(edge, place, *atom, 0));
        }
    }

    fn inside(&self, role: Key) -> Inside {
        let mut found = Inside::new();
        let mut seen: HashSet<Key> = HashSet::from_iter([role]);
        let mut open = vec![role];
        while let Some(role) = open.pop() {
            let known = at(&self.before.grants, role);
            for stated in at(&self.after.grants, role) {
                let Some(same) = known.iter().find(|known| known.atom == stated.atom) else {
                    found.push((Link::Gives(role, stated.atom), stated.place, stated.atoms().collect()));
                    continue;
                };
                let is_shown = |view: &Key, thing: &Key| same.shown.iter().any(|(v, t, ..)| (v, t) == (view, thing));
                let new = stated.shown.iter().filter(|(view, thing, ..)| !is_shown(view, thing));
                found.extend(new.map(|(view, thing, atom, place)| (Link::Shows(*view, *thing), *place, vec![*atom])));
            }
            for (parent, place) in at(&self.after.parents, role) {
                if has(at(&self.before.parents, role), parent) {
                    open.extend(Some(*parent).filter(|parent| seen.insert(*parent)));
                } else {
                    found.push((Link::Inherits(role, *parent), *place, self.after.closure(*parent).to_vec()));
                }
            }
        }
        found
    }

    /// Puts names to an edge.
    fn cause(&self, key: Link, brought: &Brought, sorts: &[Vec<Key>]) -> Option<Cause> {
        let judge = self.after.judge;
        let entity = |key: Key| self.after.entities.get(key as usize).copied().flatten();
        let named = |key: Key| entity(key).map(|entity| judge.named(entity));
        let keys = brought.sorts.iter().filter_map(|number| sorts.get(*number)).flatten();
        let mut people: Vec<(Entity, Key)> = keys.filter_map(|key| Some((entity(*key)?, *key))).collect();
        people.sort_by_cached_key(|(who, _)| judge.graph().order_key(*who));
        let first = people.first().map(|(_, key)| *key)?;
        // A piece of access that a view shows goes without saying beside the whole.
        let is_said = |held: &&Held| {
            self.atoms.whole(held.0).is_none_or(|whole| !brought.access.iter().any(|(atom, _)| *atom == whole))
        };
        let access: BTreeSet<String> =
            brought.access.iter().filter(is_said).map(|held| self.atoms.words(*held)).collect();
        let own = |list: &[(Key, Place)], key: Key| list.iter().find(|(k, _)| *k == key).map(|(_, place)| *place);
        let mut place = brought.place?;
        let mut instead = None;
        let edge = match key {
            Link::Member(group) => {
                place = own(at(&self.after.groups, first), group).unwrap_or(place);
                Edge::Member(named(group)?)
            }
            Link::Holds(group, hold) => {
                let holder = group.unwrap_or(first);
                let own = at(&self.after.holds, holder).iter().find(|(known, _)| *known == hold);
                place = own.map_or(place, |(_, place)| *place);
                instead = self.other_division(holder, hold);
                let over = self.atoms.reach_words(hold.1).map(str::to_owned);
                let group = match group {
                    Some(group) => Some(named(group)?),
                    None => None,
                };
                Edge::Holds { group, role: named(hold.0)?, over }
            }
            Link::Inherits(role, parent) => Edge::Inherits(named(role)?, named(parent)?),
            Link::Gives(owner, atom) => {
                instead = self.other_scope(owner, atom);
                let scope = self.atoms.scope((atom, 0)).to_owned();
                Edge::Gives { owner: named(owner)?, permission: self.atoms.spelling(atom).to_owned(), scope }
            }
            Link::Shows(view, thing) => Edge::Shows(named(view)?, named(thing)?),
        };
        let count = |tier: &&str| people.iter().filter(|(who, _)| judge.is_of(tier, *who)).count();
        let tiers = judge.tier_names().map(|tier| (tier.to_owned(), count(&tier))).filter(|(_, number)| *number > 0);
        let tiers = tiers.collect();
        let all = people.iter().map(|(who, _)| judge.named(*who)).collect();
        Some(Cause { edge, place, instead, people: People { all, tiers }, access: access.into_iter().collect() })
    }

    /// The scope of the same permission that only the other export has.
    fn other_scope(&self, owner: Key, atom: AtomId) -> Option<(String, Place)> {
        let is_kept = |atom: AtomId| at(&self.after.grants, owner).iter().any(|stated| stated.atom == atom);
        let others = at(&self.before.grants, owner).iter();
        let other = others
            .filter(|stated| self.atoms.spelling(stated.atom) == self.atoms.spelling(atom) && !is_kept(stated.atom));
        other.map(|stated| (self.atoms.scope((stated.atom, 0)).to_owned(), stated.place)).next()
    }

    /// The division in which only the other export gives the same role.
    fn other_division(&self, holder: Key, (role, _): Hold) -> Option<(String, Place)> {
        let others = at(&self.before.holds, holder).iter();
        let mut other = others.filter(|(hold, _)| hold.0 == role && !has(at(&self.after.holds, holder), hold));
        other.find_map(|((_, reach), place)| Some((self.atoms.reach_words(*reach)?.to_owned(), *place)))
    }
}

fn has<T: PartialEq>(list: &[(T, Place)], edge: &T) -> bool {
    list.iter().any(|(known, _)| known == edge)
}

fn same<T: PartialEq>(old: &[(T, Place)], new: &[(T, Place)]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.0 == new.0)
}
