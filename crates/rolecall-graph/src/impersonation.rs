//! Who can become whom.

use crate::{AccessGraph, EdgeKind, Node};
use hashbrown::HashSet;
use rolecall_model::{Entity, Kind, Origin, ScopeWord};

/// Whom an impersonation entry reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Every user of the tenant.
    Everyone,
    /// The members of groups and the users in views: each group or view, with the place that names it.
    Limited(Vec<(Entity, Origin)>),
}

impl AccessGraph<'_> {
    /// Whom a permission entry lets its holder become; `None` for an entry that does
    /// not allow impersonation, or only of the holder.
    #[must_use]
    pub fn impersonation(&self, grant: u32) -> Option<Span> {
        let mut limits = Vec::new();
        for (target, origin) in self.outgoing(Node::Grant(grant), EdgeKind::Impersonates) {
            match target {
                Node::Everyone => return Some(Span::Everyone),
                Node::Entity(entity) => limits.push((entity, origin)),
                Node::Grant(_) => {}
            }
        }
        // A view that holds every queue is as wide as All, for people too.
        let of_views = self.tenant.grants.get(grant as usize).filter(|entry| entry.scope == ScopeWord::View);
        if !limits.is_empty() && of_views.is_some_and(|entry| self.is_every_queue(entry.targets)) {
            return Some(Span::Everyone);
        }
        limits.sort_by_cached_key(|(entity, _)| self.order_key(*entity));
        if limits.is_empty() { None } else { Some(Span::Limited(limits)) }
    }

    /// The users behind a group or a view, each with the place of the membership, in order.
    #[must_use]
    pub fn people_of(&self, boundary: Entity) -> Vec<(Entity, Origin)> {
        self.people_of_whom(boundary, |_| true)
    }

    /// Those of them who are asked for.
    #[must_use]
    pub fn people_of_whom(&self, boundary: Entity, is_asked: impl Fn(Entity) -> bool) -> Vec<(Entity, Origin)> {
        let mut people: Vec<_> = self.members(boundary, is_asked).collect();
        people.sort_by_cached_key(|(user, _)| self.order_key(*user));
        people.dedup_by_key(|(user, _)| *user);
        people
    }

    /// How many they are.
    #[must_use]
    pub fn count_people(&self, boundary: Entity) -> usize {
        let mut people: Vec<u32> = self.members(boundary, |_| true).map(|(user, _)| user.row).collect();
        people.sort_unstable();
        people.dedup();
        people.len()
    }

    /// The users behind a group or a view who are asked for, some of them several times.
    fn members<'s>(
        &'s self,
        boundary: Entity,
        is_asked: impl Fn(Entity) -> bool + 's,
    ) -> impl Iterator<Item = (Entity, Origin)> + 's {
        let edge = if boundary.kind == Kind::View { EdgeKind::InView } else { EdgeKind::MemberOf };
        self.entities_into_of(boundary, edge, move |who| who.kind == Kind::User && is_asked(who))
    }

    /// Every user that a principal can become, by impersonation and by what those it
    /// becomes may impersonate in turn. Each user, group and entry is visited once, so
    /// cycles and everybody-becomes-everybody stay linear.
    #[must_use]
    pub fn becomes(&self, principal: Entity) -> HashSet<Entity> {
        let mut reached = HashSet::new();
        let mut spent: HashSet<u32> = HashSet::new();
        let mut pending = vec![principal];
        while let Some(at) = pending.pop() {
            for grant in self.grants_had(at) {
                if !spent.insert(grant) {
                    continue;
                }
                match self.impersonation(grant) {
                    Some(Span::Everyone) => return self.tenant.entities(Kind::User).collect(),
                    Some(Span::Limited(limits)) => {
                        let people = limits.iter().flat_map(|(boundary, _)| self.people_of(*boundary));
                        pending.extend(people.map(|(user, _)| user).filter(|user| reached.insert(*user)));
                    }
                    None => {}
                }
            }
        }
        reached
    }
}
