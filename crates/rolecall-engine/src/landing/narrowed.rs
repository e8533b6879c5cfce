//! A cause that holds for only some of those whom it was found for.

use super::Landing;
use crate::context::Context;
use crate::given::Given;
use crate::held::Held;
use crate::vocabulary::Among;
use hashbrown::HashSet;
use rolecall_graph::{EdgeKind, Via};
use rolecall_model::{Entity, Kind, Origin};
use std::borrow::Cow;
use std::sync::Arc;

impl Landing {
    /// The same about those alone whom a combination is about, where it is not about all; nothing where it is about none.
    pub(crate) fn among(&self, context: &Context<'_, '_>, some: Among<'_>) -> Option<Cow<'_, Self>> {
        let Some(some) = some else { return Some(Cow::Borrowed(self)) };
        let is_one = |who: Entity| some.contains(&who);
        if !self.people.iter().all(|(who, _)| is_one(*who)) {
            return self.of_some(context, is_one).map(Cow::Owned);
        }
        if !self.people.is_empty() || self.subject.kind != Kind::Role {
            return Some(Cow::Borrowed(self));
        }
        let held = context.held_by(self.subject.row, is_one);
        // Whoever comes next is none of those who hold it now.
        let is_all = held.count() == 0 || held.count() == context.held(self.subject.row).count();
        Some(if is_all { Cow::Borrowed(self) } else { Cow::Owned(self.shown_by(held)) })
    }

    /// The same where the one who shows it is one of these, of the kind that shows it now if there is one.
    pub(crate) fn shown_by(&self, held: Held) -> Self {
        let near = held.examples.iter().filter(|(_, way)| !way.is_empty());
        let example = near.min_by_key(|(who, _)| who.kind != self.start.kind);
        let (start, way) = example.cloned().unwrap_or((self.subject, Vec::new()));
        Self { held: Some(Arc::new(held)), ..self.clone().led_by(start, &way) }
    }

    /// The same of a role that is to blame itself, where another who holds it leads the way.
    pub(crate) fn led_by(self, start: Entity, lead: &[Via]) -> Self {
        let on = self.way.iter().skip(self.lead);
        let way = lead.iter().chain(on).copied().collect();
        Self { start, way, lead: lead.len(), ..self }
    }

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
