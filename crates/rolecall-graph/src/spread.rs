//! From permission entries (or roles) back to every role that reaches them, by the shortest way.

use crate::{AccessGraph, EdgeKind, Via};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Kind, Origin};

/// The next step of a role towards what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The role is one of those asked for.
    Here,
    /// The role inherits from another that is nearer.
    Inherits(u32, Origin),
}

/// For each role that reaches one of the targets by inheritance: its next step.
#[derive(Debug, Default)]
pub struct Spread {
    /// The next step, and how many there are to the target.
    hops: HashMap<u32, (Hop, u32)>,
    order: Vec<u32>,
}

impl Spread {
    /// The next step of a role, or `None` where it reaches no target.
    #[must_use]
    pub fn hop(&self, role: u32) -> Option<Hop> {
        self.hops.get(&role).map(|(hop, _)| *hop)
    }

    /// How many inheritance edges lie between a role and the target.
    #[must_use]
    pub fn distance(&self, role: u32) -> u32 {
        self.hops.get(&role).map_or(0, |(_, distance)| *distance)
    }

    /// The roles that reach a target, nearest first.
    #[must_use]
    pub fn roles(&self) -> &[u32] {
        &self.order
    }

    /// The inheritance edges from a role to the target: each role with the place
    /// that names it as a parent. Empty for a target itself.
    #[must_use]
    pub fn chain(&self, role: u32) -> Vec<(u32, Origin)> {
        let mut chain = Vec::new();
        let mut at = role;
        while let Some(Hop::Inherits(parent, origin)) = self.hop(at) {
            chain.push((parent, origin));
            at = parent;
        }
        chain
    }

    /// The target that a role reaches.
    #[must_use]
    pub fn end(&self, role: u32) -> u32 {
        self.chain(role).last().map_or(role, |(parent, _)| *parent)
    }
}

impl AccessGraph<'_> {
    /// Spreads from the roles `targets` to those that inherit from them, at any
    /// depth. A role for which `is_wall` holds is reached but not passed, so that
    /// one cause is not reported again for everything above it. Among equally short
    /// ways the one through the parent that sorts first is kept, so the order of
    /// entities does not show. Cost: linear in roles and inheritance edges.
    #[must_use]
    pub fn spread(&self, targets: impl IntoIterator<Item = u32>, is_wall: impl Fn(u32) -> bool) -> Spread {
        let mut spread = Spread::default();
        let mut level: Vec<u32> = targets.into_iter().collect::<HashSet<_>>().into_iter().collect();
        for role in &level {
            spread.hops.insert(*role, (Hop::Here, 0));
        }
        let mut distance = 0;
        while !level.is_empty() {
            distance += 1;
            level.sort_by_cached_key(|role| self.order_key(role_entity(*role)));
            spread.order.extend(&level);
            let mut next = Vec::new();
            for &parent in level.iter().filter(|role| !is_wall(**role)) {
                for (child, origin) in self.entities_into(role_entity(parent), EdgeKind::Inherits) {
                    // The level is sorted, so the first parent to come is the one to keep.
                    if !spread.hops.contains_key(&child.row) {
                        spread.hops.insert(child.row, (Hop::Inherits(parent, origin), distance));
                        next.push(child.row);
                    }
                }
            }
            level = next;
        }
        spread
    }

    /// Every user and service account that holds one of `roles`, directly or through
    /// a group, each once, with the way: the group (where there is one) and the role.
    /// Direct holding is preferred.
    #[must_use]
    pub fn holders(&self, roles: &[u32]) -> Vec<Holding> {
        let mut all = self.holders_unsorted(roles);
        all.sort_by_cached_key(|h| self.order_key(h.principal));
        all
    }

    /// The same in no order, for whoever only counts or looks for the first few. Cost: linear in the
    /// holdings and memberships, besides ordering the roles and the groups.
    #[must_use]
    pub fn holders_unsorted(&self, roles: &[u32]) -> Vec<Holding> {
        let mut roles = roles.to_vec();
        if roles.len() > 1 {
            roles.sort_by_cached_key(|role| self.order_key(role_entity(*role)));
        }
        let mut seen: HashSet<Entity> = HashSet::new();
        let mut found: Vec<Holding> = Vec::new();
        let mut groups: Vec<(Entity, u32)> = Vec::new();
        // What comes first is kept, so what is preferred is gone through first.
        for role in roles {
            for holder in self.sources(role_entity(role), EdgeKind::Holds) {
                if holder.kind == Kind::Group {
                    groups.push((holder, role));
                } else if seen.insert(holder) {
                    found.push(Holding { principal: holder, group: None, role });
                }
            }
        }
        if groups.len() > 1 {
            groups.sort_by_cached_key(|(group, _)| self.order_key(*group));
            groups.dedup_by_key(|(group, _)| *group);
        }
        for (group, role) in groups {
            for member in self.sources(group, EdgeKind::MemberOf) {
                if seen.insert(member) {
                    found.push(Holding { principal: member, group: Some(group), role });
                }
            }
        }
        found
    }

    /// Every user and service account that holds one of `roles`, directly or through a group.
    #[must_use]
    pub fn principals(&self, roles: &[u32]) -> HashSet<Entity> {
        let mut found: HashSet<Entity> = HashSet::new();
        let mut groups: HashSet<Entity> = HashSet::new();
        for role in roles {
            for holder in self.sources(role_entity(*role), EdgeKind::Holds) {
                let of_kind = if holder.kind == Kind::Group { &mut groups } else { &mut found };
                of_kind.insert(holder);
            }
        }
        for group in groups {
            found.extend(self.sources(group, EdgeKind::MemberOf));
        }
        found
    }

    /// Roles that take permissions from `role`, at any depth, and the role itself.
    #[must_use]
    pub fn heirs(&self, role: u32) -> Vec<u32> {
        self.spread([role], |_| false).order
    }
}

/// How a principal comes to hold a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// A user or service account.
    pub principal: Entity,
    /// The group that holds the role.
    pub group: Option<Entity>,
    /// The role.
    pub role: u32,
}

impl Holding {
    /// The edges from the principal to the role.
    #[must_use]
    pub fn way(&self, graph: &AccessGraph<'_>) -> Vec<Via> {
        let role = role_entity(self.role);
        let via = |from, kind, to| Via { kind, to, origin: graph.stated(from, kind, to).unwrap_or_default() };
        match self.group {
            Some(group) => {
                vec![via(self.principal, EdgeKind::MemberOf, group), via(group, EdgeKind::Holds, role)]
            }
            None => vec![via(self.principal, EdgeKind::Holds, role)],
        }
    }
}

pub(crate) fn role_entity(row: u32) -> Entity {
    Entity { kind: Kind::Role, row }
}
