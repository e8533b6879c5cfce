//! Names for what was found.

use crate::atom::{AtomId, Held, ReachId};
use crate::compare::{Brought, Comparison, Link, has};
use crate::facts::{Facts, Hold, at};
use crate::identity::Key;
use crate::{Cause, Edge, People};
use rolecall_engine::Named;
use rolecall_model::{Entity, Place};
use std::collections::BTreeSet;

/// What the other export says in the place of an edge, and where.
type Instead = Option<(String, Place)>;

/// An entity of an export, named.
fn named(facts: &Facts<'_, '_, '_>, key: Key) -> Option<Named> {
    facts.entities.get(key as usize).copied().flatten().map(|entity| facts.judge.named(entity))
}

impl Comparison<'_, '_, '_, '_> {
    /// Puts names to an edge.
    pub(crate) fn cause(&self, link: Link, brought: &Brought, sorts: &[Vec<Key>]) -> Option<Cause> {
        let judge = self.after.judge;
        let entity = |key: Key| self.after.entities.get(key as usize).copied().flatten();
        let keys = brought.sorts.iter().filter_map(|number| sorts.get(*number)).flatten();
        let mut people: Vec<(Entity, Key)> = keys.filter_map(|key| Some((entity(*key)?, *key))).collect();
        people.sort_by_cached_key(|(who, _)| judge.graph().order_key(*who));
        let first = people.first().map(|(_, key)| *key)?;
        // A piece of access to one thing goes without saying beside the whole.
        let is_whole = |whole: &AtomId| brought.access.iter().any(|(atom, _)| atom == whole);
        let is_said = |held: &&Held| !self.atoms.wholes(held.0).iter().any(is_whole);
        let access: BTreeSet<String> =
            brought.access.iter().filter(is_said).map(|held| self.atoms.words(*held)).collect();
        let (edge, place, instead) = self.edge(link, brought, first)?;
        let count = |tier: &&str| people.iter().filter(|(who, _)| judge.is_of(tier, *who)).count();
        let tiers = judge.tier_names().map(|tier| (tier.to_owned(), count(&tier))).filter(|(_, number)| *number > 0);
        let tiers = tiers.collect();
        let all = people.iter().map(|(who, _)| judge.named(*who)).collect();
        Some(Cause { edge, place, instead, people: People { all, tiers }, access: access.into_iter().collect() })
    }

    /// The edge, its place as `first` of the people has it, and what the other export says instead.
    fn edge(&self, link: Link, brought: &Brought, first: Key) -> Option<(Edge, Place, Instead)> {
        let named = |key: Key| named(self.after, key);
        if let Link::Lies(before, now, _) = link {
            return self.lies(before, now, brought);
        }
        let place = brought.place?;
        Some(match link {
            Link::Lies(..) => return None,
            Link::Member(group) => {
                let own = own_place(at(&self.after.groups, first), group);
                (Edge::Member(named(group)?), own.unwrap_or(place), None)
            }
            Link::Holds(group, hold) => {
                let holder = group.unwrap_or(first);
                let own = at(&self.after.holds, holder).iter().find(|(known, _)| *known == hold);
                let over = self.atoms.reach_words(hold.1).map(str::to_owned);
                let group = match group {
                    Some(group) => Some(named(group)?),
                    None => None,
                };
                let edge = Edge::Holds { group, role: named(hold.0)?, over };
                (edge, own.map_or(place, |(_, place)| *place), self.other_division(holder, hold))
            }
            Link::Inherits(role, parent) => (Edge::Inherits(named(role)?, named(parent)?), place, None),
            Link::Gives(owner, atom) => {
                let (permission, scope) = (self.atoms.spelling(atom), self.atoms.scope((atom, 0)));
                let permission = permission.to_owned();
                (Edge::Gives { owner: named(owner)?, permission, scope }, place, self.other_scope(owner, atom))
            }
            Link::Within(limit, _) => {
                let keys: BTreeSet<Key> =
                    brought.access.iter().filter_map(|(atom, _)| self.atoms.thing(*atom)).collect();
                let mut things: Vec<Named> = keys.into_iter().filter_map(named).collect();
                things.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
                (Edge::Within { limit: named(limit)?, things }, place, None)
            }
            Link::Denied((atom, whom, _), is_membership) => {
                let own = whom.filter(|_| is_membership);
                let own = own.and_then(|group| own_place(at(&self.before.groups, first), group));
                let whom = match whom {
                    Some(whom) => Some(self::named(self.before, whom)?),
                    None => None,
                };
                let edge = Edge::Denied { permission: self.atoms.spelling(atom).to_owned(), whom, is_membership };
                (edge, own.unwrap_or(place), None)
            }
        })
    }

    /// What lies in another division, with the places of the first by name.
    fn lies(&self, before: ReachId, now: ReachId, brought: &Brought) -> Option<(Edge, Place, Instead)> {
        let named = |key: &Key| Some((named(self.after, *key)?, *key));
        let mut things: Vec<(Named, Key)> = brought.things.iter().filter_map(named).collect();
        things.sort_by(|(a, _), (b, _)| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let first = things.first().map(|(_, key)| *key)?;
        let place = |facts: &Facts<'_, '_, '_>| facts.lying.get(&first).map(|(_, place)| *place);
        let words = |reach: ReachId| self.atoms.reach_words(reach).map(str::to_owned);
        let instead = words(before).zip(place(self.before));
        let things = things.into_iter().map(|(named, _)| named).collect();
        Some((Edge::Lies { things, division: words(now)? }, place(self.after)?, instead))
    }

    /// The scope of the same permission that only the other export has.
    fn other_scope(&self, owner: Key, atom: AtomId) -> Instead {
        let is_kept = |atom: AtomId| at(&self.after.grants, owner).iter().any(|stated| stated.atom == atom);
        let others = at(&self.before.grants, owner).iter();
        let other = others
            .filter(|stated| self.atoms.spelling(stated.atom) == self.atoms.spelling(atom) && !is_kept(stated.atom));
        other.map(|stated| (self.atoms.scope((stated.atom, 0)), stated.place)).next()
    }

    /// The division in which only the other export gives the same role.
    fn other_division(&self, holder: Key, (role, _): Hold) -> Instead {
        let others = at(&self.before.holds, holder).iter();
        let mut other = others.filter(|(hold, _)| hold.0 == role && !has(at(&self.after.holds, holder), hold));
        other.find_map(|((_, reach), place)| Some((self.atoms.reach_words(*reach)?.to_owned(), *place)))
    }
}

/// Where somebody's own edge is said.
fn own_place(list: &[(Key, Place)], key: Key) -> Option<Place> {
    list.iter().find(|(known, _)| *known == key).map(|(_, place)| *place)
}
