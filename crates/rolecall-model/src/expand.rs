//! References to several things at once, each put in the place of the one that was written.

use crate::{Assignment, List, Membership, Ref, Sym, Tenant};
use hashbrown::{HashMap, HashSet};

/// What names mean that stand for several things each.
type Many = HashMap<Sym, Vec<Sym>>;

/// How many references may be added: each of many that stand for many would be more than there is room for. What is
/// beyond stays as it is written, and leads nowhere.
const MOST: usize = 1_000_000;

/// How much may still be added.
struct Room(usize);

impl Room {
    fn take(&mut self, count: usize) -> bool {
        let left = self.0.checked_sub(count);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

impl Tenant {
    /// Puts all that a name means in its place.
    pub(crate) fn expand(&mut self, many: &Many) {
        if many.is_empty() {
            return;
        }
        let mut room = Room(MOST);
        self.expand_assignments(many, &mut room);
        self.expand_memberships(many, &mut room);
        for row in 0..self.groups.len() {
            self.expand_list(|tenant| tenant.groups.get_mut(row).map(|group| &mut group.members), many, &mut room);
        }
        for row in 0..self.queues.len() {
            self.expand_list(|tenant| tenant.queues.get_mut(row).map(|queue| &mut queue.members), many, &mut room);
            self.expand_list(|tenant| tenant.queues.get_mut(row).map(|queue| &mut queue.groups), many, &mut room);
        }
        for row in 0..self.grants.len() {
            self.expand_list(|tenant| tenant.grants.get_mut(row).map(|grant| &mut grant.targets), many, &mut room);
        }
        for row in 0..self.assignments.len() {
            self.expand_list(|tenant| tenant.assignments.get_mut(row).map(|a| &mut a.divisions), many, &mut room);
        }
        // Somebody lies in one division; which of several it is nobody knows.
        let one = |reference: &mut Ref| {
            if let Some(first) = many.get(&reference.target).and_then(|all| all.first()) {
                reference.target = *first;
            }
        };
        self.users.iter_mut().filter_map(|user| user.division.as_mut()).for_each(one);
        self.queues.iter_mut().filter_map(|queue| queue.division.as_mut()).for_each(one);
    }

    /// A role given to one of several, or one of several roles: to each, unless the state says to which.
    fn expand_assignments(&mut self, many: &Many, room: &mut Room) {
        // What the state gives, in the words of the configuration.
        let names = many.iter().flat_map(|(name, all)| all.iter().map(move |one| (*one, *name)));
        let written: HashMap<Sym, Sym> = names.collect();
        let word = |name: Sym| written.get(&name).copied().unwrap_or(name);
        let pair = |given: &Assignment| (word(given.subject.target), word(given.role.target));
        let stated: HashSet<(Sym, Sym)> = self.assignments.iter().filter(|given| given.embedded).map(pair).collect();
        let mut all = Vec::with_capacity(self.assignments.len());
        for given in self.assignments.iter() {
            let (subject, role) = (given.subject.target, given.role.target);
            if ![subject, role].iter().any(|name| many.contains_key(name)) {
                all.push(*given);
                continue;
            }
            if stated.contains(&(word(subject), word(role))) {
                continue;
            }
            let (subjects, roles) = (meant(many, &subject), meant(many, &role));
            if !room.take(subjects.len().saturating_mul(roles.len())) {
                all.push(*given);
                continue;
            }
            for subject in subjects {
                for role in roles {
                    let mut one = *given;
                    (one.subject.target, one.role.target) = (*subject, *role);
                    all.push(one);
                }
            }
        }
        *self.assignments = all;
    }

    fn expand_memberships(&mut self, many: &Many, room: &mut Room) {
        let is_many = |m: &Membership| many.contains_key(&m.of.target) || many.contains_key(&m.member.target);
        if !self.memberships.iter().any(is_many) {
            return;
        }
        let mut all = Vec::with_capacity(self.memberships.len());
        for stated in &self.memberships {
            let (of, member) = (meant(many, &stated.of.target), meant(many, &stated.member.target));
            if !room.take(of.len().saturating_mul(member.len()) - 1) {
                all.push(*stated);
                continue;
            }
            for of in of {
                for member in member {
                    let mut one = *stated;
                    (one.of.target, one.member.target) = (*of, *member);
                    all.push(one);
                }
            }
        }
        self.memberships = all;
    }

    fn expand_list(&mut self, list: impl Fn(&mut Self) -> Option<&mut List>, many: &Many, room: &mut Room) {
        let Some(old) = list(self).map(|list| *list) else { return };
        let written = self.refs(old);
        if !written.iter().any(|r| many.contains_key(&r.target)) {
            return;
        }
        let each =
            |r: &Ref| meant(many, &r.target).iter().map(|target| Ref { target: *target, ..*r }).collect::<Vec<_>>();
        let count: usize = written.iter().map(|r| meant(many, &r.target).len()).sum();
        if !room.take(count) {
            return;
        }
        let all: Vec<Ref> = written.iter().flat_map(each).collect();
        let number = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let new = List { start: number(self.refs.len()), len: number(all.len()) };
        self.refs.extend(all);
        if let Some(list) = list(self) {
            *list = new;
        }
    }
}

/// What a name means: several things, or what it says.
fn meant<'m>(many: &'m Many, name: &'m Sym) -> &'m [Sym] {
    many.get(name).map_or(std::slice::from_ref(name), Vec::as_slice)
}
