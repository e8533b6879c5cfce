//! Effective access: what a principal may do, over what, and through what.

use crate::spread::role_entity;
use crate::{AccessGraph, EdgeKind};
use hashbrown::HashMap;
use rolecall_model::{Entity, Kind, Origin};

/// The roles that one role brings: itself and all it inherits, nearest first.
#[derive(Debug)]
pub(crate) struct Closure {
    /// Role, the row in this list that it came from, and the place that says so.
    reached: Vec<(u32, usize, Origin)>,
}

/// One edge on the way from a principal to a permission entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via {
    /// What the edge says.
    pub kind: EdgeKind,
    /// The entity it leads to.
    pub to: Entity,
    /// Where the export says so.
    pub origin: Origin,
}

/// One permission entry that a principal has, and the way to it.
#[derive(Clone, Debug)]
pub struct Access {
    /// The entry, by row of the tenant's grants; it gives permission and scope.
    pub grant: u32,
    /// The edges from the principal to the entity that states the entry; empty for
    /// one that the principal states itself.
    pub via: Vec<Via>,
}

impl Access {
    /// The role that is held, and the group that passes it on, if one does; none of what the principal states itself.
    #[must_use]
    pub fn held(&self) -> Option<(Option<Entity>, Entity)> {
        match self.via.as_slice() {
            [group, role, ..] if group.kind == EdgeKind::MemberOf => Some((Some(group.to), role.to)),
            [role, ..] if role.kind == EdgeKind::Holds => Some((None, role.to)),
            _ => None,
        }
    }
}

impl AccessGraph<'_> {
    /// Everything that a principal, group or role may do: each permission entry once,
    /// by the shortest way. Roles are expanded once and shared.
    #[must_use]
    pub fn access(&self, of: Entity) -> Vec<Access> {
        let entries = self.entries(of);
        let mut found = Vec::new();
        for (owner, entry, place) in self.owners(&entries) {
            let list = self.tenant.grants_of(owner);
            let Some((start, via)) = entries.get(entry).filter(|_| list.len > 0) else { continue };
            let brought = if start.kind == Kind::Role { self.closure(start.row).way(place) } else { Vec::new() };
            let via = [via.as_slice(), &brought].concat();
            found.extend((list.start..list.start + list.len).map(|grant| Access { grant, via: via.clone() }));
        }
        found
    }

    /// The rows of the permission entries that a principal, group or role has, each once.
    #[must_use]
    pub fn grants_had(&self, of: Entity) -> Vec<u32> {
        let lists = self.owners(&self.entries(of)).into_iter().map(|(owner, ..)| self.tenant.grants_of(owner));
        lists.flat_map(|list| list.start..list.start + list.len).collect()
    }

    /// Whoever states permission entries that somebody has, each once: with the entry of the shortest way there, and the
    /// place among what that brings.
    fn owners(&self, entries: &[(Entity, Vec<Via>)]) -> Vec<(Entity, usize, usize)> {
        let mut owners: Vec<(Entity, usize, usize)> = Vec::new();
        let mut known: HashMap<u32, (usize, usize)> = HashMap::new();
        for (entry, (start, via)) in entries.iter().enumerate() {
            let Entity { kind: Kind::Role, row } = *start else {
                owners.push((*start, entry, 0));
                continue;
            };
            for (place, (role, depth)) in self.closure(row).depths().enumerate() {
                let len = via.len() + depth;
                let (at, shortest) = *known.entry(role).or_insert((owners.len(), len));
                if at == owners.len() {
                    owners.push((role_entity(role), entry, place));
                } else if len < shortest {
                    known.insert(role, (at, len));
                    owners.get_mut(at).into_iter().for_each(|owner| *owner = (role_entity(role), entry, place));
                }
            }
        }
        owners
    }

    /// The roles that one role brings: itself and all it inherits, nearest first.
    pub fn brought(&self, role: u32) -> impl Iterator<Item = u32> + '_ {
        self.closure(role).reached.iter().map(|(role, ..)| *role)
    }

    /// Where access starts: the entity itself, the roles it holds, and those of its groups.
    pub(crate) fn entries(&self, of: Entity) -> Vec<(Entity, Vec<Via>)> {
        self.entries_by(of, |_| true)
    }

    /// The same, but only by roles that matter.
    pub(crate) fn entries_by(&self, of: Entity, is_meant: impl Fn(u32) -> bool) -> Vec<(Entity, Vec<Via>)> {
        let mut entries = vec![(of, Vec::new())];
        let holds = |from: Entity| {
            let mut held: Vec<Via> = self
                .entities_from(from, EdgeKind::Holds)
                .filter(|(to, _)| is_meant(to.row))
                .map(|(to, origin)| Via { kind: EdgeKind::Holds, to, origin })
                .collect();
            if held.len() > 1 {
                held.sort_by_cached_key(|via| self.order_key(via.to));
                // A role that is given in many divisions is held once.
                held.dedup_by_key(|via| via.to);
            }
            held
        };
        entries.extend(holds(of).into_iter().map(|via| (via.to, vec![via])));
        let mut groups: Vec<_> = self.entities_from(of, EdgeKind::MemberOf).collect();
        if groups.len() > 1 {
            groups.sort_by_cached_key(|(group, _)| self.order_key(*group));
        }
        for (group, origin) in groups {
            let member = Via { kind: EdgeKind::MemberOf, to: group, origin };
            entries.extend(holds(group).into_iter().map(|via| (via.to, vec![member, via])));
        }
        entries
    }

    pub(crate) fn closure(&self, role: u32) -> &Closure {
        static EMPTY: Closure = Closure { reached: Vec::new() };
        self.closures.get(role as usize).map_or(&EMPTY, |cell| cell.get_or_init(|| self.expand(role)))
    }

    fn expand(&self, role: u32) -> Closure {
        let mut reached = vec![(role, 0, Origin::default())];
        let mut seen: hashbrown::HashSet<u32> = std::iter::once(role).collect();
        let mut next = 0;
        while let Some(&(at, _, _)) = reached.get(next) {
            let mut parents: Vec<_> = self.entities_from(role_entity(at), EdgeKind::Inherits).collect();
            parents.sort_by_cached_key(|(parent, _)| self.order_key(*parent));
            for (parent, origin) in parents {
                if seen.insert(parent.row) {
                    reached.push((parent.row, next, origin));
                }
            }
            next += 1;
        }
        Closure { reached }
    }
}

impl Closure {
    /// Calls `see` with each role that is brought and what gives the chain of parents to it.
    pub(crate) fn each(&self, mut see: impl FnMut(u32, &dyn Fn() -> Vec<Via>)) {
        for (place, (role, _, _)) in self.reached.iter().enumerate() {
            see(*role, &|| self.way(place));
        }
    }

    /// Each role that is brought, and how many edges lead to it.
    fn depths(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        let mut depths: Vec<usize> = Vec::with_capacity(self.reached.len());
        self.reached.iter().map(move |(role, from, _)| {
            let depth = depths.get(*from).map_or(0, |before| before + 1);
            depths.push(depth);
            (*role, depth)
        })
    }

    /// The inheritance edges from the first role to the one at `place`.
    fn way(&self, mut place: usize) -> Vec<Via> {
        let mut way = Vec::new();
        while let Some(&(role, from, origin)) = self.reached.get(place).filter(|_| place > 0) {
            way.push(Via { kind: EdgeKind::Inherits, to: role_entity(role), origin });
            place = from;
        }
        way.reverse();
        way
    }
}
