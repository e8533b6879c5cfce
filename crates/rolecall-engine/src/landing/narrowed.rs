//! A cause that holds for only some of those whom it was found for.

use super::Landing;
use crate::context::Context;
use crate::given::Given;
use hashbrown::HashSet;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Kind, Origin};

impl Landing {
    /// The same for those of its people who are left; nothing where none of them is. One whom the cause is about alone is
    /// its subject, as where nobody else had been found.
    pub(crate) fn of_some(&self, context: &Context<'_, '_>, is_left: impl Fn(Entity) -> bool) -> Option<Self> {
        let mut found = self.clone();
        found.people.retain(|(who, _)| is_left(*who));
        let &(first, origin) = found.people.first()?;
        if let Some(via) = found.way.first_mut() {
            via.origin = origin;
        }
        found.start = first;
        let is_of_group = found.way.first().is_some_and(|via| via.kind == EdgeKind::MemberOf);
        if found.people.len() == 1 {
            (found.subject, found.lead) = (first, 0);
        }
        // What a group passes on is given to the group, whoever of its members it is about.
        if !is_of_group {
            found.keep_given(context);
        }
        Some(found)
    }

    /// Keeps of the places and assignments those by which the role is given to its people.
    fn keep_given(&mut self, context: &Context<'_, '_>) {
        let Some(&role) = self.roles.first() else { return };
        let people: HashSet<Entity> = self.people.iter().map(|(who, _)| *who).collect();
        let places: HashSet<Origin> = self.heads.iter().copied().collect();
        let is_one = |given: &&Given| people.contains(&given.who) && places.contains(&given.origin);
        let given: Vec<&Given> = context.given(role).iter().filter(is_one).collect();
        let is_assigned = !self.assignments.is_empty();
        self.heads = given.iter().map(|given| given.origin).collect();
        if is_assigned {
            self.assignments = crate::given::distinct(given.into_iter());
        }
    }

    /// Those whom it is about: its people, or else its subject, unless that is a role.
    pub(crate) fn concerned(&self) -> impl Iterator<Item = Entity> + '_ {
        let own = Some(self.subject).filter(|subject| self.people.is_empty() && subject.kind != Kind::Role);
        self.people.iter().map(|(who, _)| *who).chain(own)
    }
}
