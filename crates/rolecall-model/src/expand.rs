//! References to several things at once, each put in the place of the one that was written.

use crate::{Assignment, Beyond, Limit, List, Membership, Origin, Ref, Sym, Tenant};
use hashbrown::{HashMap, HashSet};

/// What names mean that stand for several things each.
type Many = HashMap<Sym, Vec<Sym>>;

/// How many references may be added: each of many that stand for many would be more than there is room for. What is
/// beyond stays as it is written, leads nowhere, and is told.
pub const MAX_EXPANDED: usize = 1_000_000;

/// How much may still be added, and what was not.
struct Room<'m> {
    many: &'m Many,
    left: usize,
    beyond: Vec<Beyond>,
}

impl Room<'_> {
    fn is_many(&self, reference: &Ref) -> bool {
        self.many.contains_key(&reference.target)
    }

    /// Makes room for what references in a file are replaced by, unless it is too much.
    fn take(&mut self, count: usize, file: Origin, written: &[Ref]) -> bool {
        if let Some(left) = self.left.checked_sub(count) {
            self.left = left;
            return true;
        }
        let left_out = written.iter().filter(|reference| self.many.contains_key(&reference.target));
        let beyond =
            |reference: &Ref| Beyond { limit: Limit::Expanded, name: reference.target, origin: file.at(reference.at) };
        self.beyond.extend(left_out.map(beyond));
        false
    }
}

impl Tenant {
    /// Puts all that a name means in its place.
    pub(crate) fn expand(&mut self, many: &Many) {
        if many.is_empty() {
            return;
        }
        let mut room = Room { many, left: MAX_EXPANDED, beyond: Vec::new() };
        self.expand_assignments(&mut room);
        self.expand_memberships(&mut room);
        for row in 0..self.groups.len() {
            self.expand_list(&mut room, |tenant| {
                tenant.groups.get_mut(row).map(|group| (group.head.origin, &mut group.members))
            });
        }
        for row in 0..self.queues.len() {
            self.expand_list(&mut room, |tenant| {
                tenant.queues.get_mut(row).map(|queue| (queue.head.origin, &mut queue.members))
            });
            self.expand_list(&mut room, |tenant| {
                tenant.queues.get_mut(row).map(|queue| (queue.head.origin, &mut queue.groups))
            });
        }
        for row in 0..self.grants.len() {
            self.expand_list(&mut room, |tenant| {
                tenant.grants.get_mut(row).map(|grant| (grant.origin, &mut grant.targets))
            });
        }
        for row in 0..self.assignments.len() {
            self.expand_list(&mut room, |tenant| {
                tenant.assignments.get_mut(row).map(|given| (given.origin, &mut given.divisions))
            });
        }
        self.beyond.append(&mut room.beyond);
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
    fn expand_assignments(&mut self, room: &mut Room<'_>) {
        let many = room.many;
        let pair = |given: &Assignment| (given.subject.target, given.role.target);
        let stated: HashSet<(Sym, Sym)> = self.assignments.iter().filter(|given| given.embedded).map(pair).collect();
        let mut all = Vec::with_capacity(self.assignments.len());
        for given in self.assignments.iter() {
            if ![given.subject, given.role].iter().any(|reference| room.is_many(reference)) {
                all.push(*given);
                continue;
            }
            let (subjects, roles) = (meant(many, &given.subject.target), meant(many, &given.role.target));
            let count = subjects.len().saturating_mul(roles.len());
            if !room.take(count, given.origin, &[given.subject, given.role]) {
                all.push(*given);
                continue;
            }
            // Each pair is looked for, so it takes its room whatever comes of it.
            if subjects.iter().any(|subject| roles.iter().any(|role| stated.contains(&(*subject, *role)))) {
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

    fn expand_memberships(&mut self, room: &mut Room<'_>) {
        let many = room.many;
        let is_many = |m: &Membership| many.contains_key(&m.of.target) || many.contains_key(&m.member.target);
        if !self.memberships.iter().any(is_many) {
            return;
        }
        let mut all = Vec::with_capacity(self.memberships.len());
        for stated in &self.memberships {
            let (of, member) = (meant(many, &stated.of.target), meant(many, &stated.member.target));
            let count = of.len().saturating_mul(member.len()).saturating_sub(1);
            if !room.take(count, stated.origin, &[stated.of, stated.member]) {
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

    fn expand_list(&mut self, room: &mut Room<'_>, list: impl Fn(&mut Self) -> Option<(Origin, &mut List)>) {
        let Some((origin, old)) = list(self).map(|(origin, list)| (origin, *list)) else { return };
        let (many, written) = (room.many, self.refs(old));
        if !written.iter().any(|reference| room.is_many(reference)) {
            return;
        }
        let each =
            |r: &Ref| meant(many, &r.target).iter().map(|target| Ref { target: *target, ..*r }).collect::<Vec<_>>();
        let count: usize = written.iter().map(|r| meant(many, &r.target).len()).sum();
        if !room.take(count, origin, written) {
            return;
        }
        let all: Vec<Ref> = written.iter().flat_map(each).collect();
        let number = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let new = List { start: number(self.refs.len()), len: number(all.len()) };
        self.refs.extend(all);
        if let Some((_, list)) = list(self) {
            *list = new;
        }
    }
}

/// What a name means: several things, or what it says.
fn meant<'m>(many: &'m Many, name: &'m Sym) -> &'m [Sym] {
    many.get(name).map_or(std::slice::from_ref(name), Vec::as_slice)
}
