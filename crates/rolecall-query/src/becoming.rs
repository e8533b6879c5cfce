//! Whom somebody may become, and by which chain.

use hashbrown::HashMap;
use rolecall_engine::{Judge, Step};
use rolecall_graph::{Access, EdgeKind, Span};
use rolecall_model::{Edit, Entity, Kind, Origin, Place};
use std::collections::VecDeque;

/// How somebody is reached: from whom, by which entry, and as one of which group or view.
#[derive(Clone, Debug)]
struct Hop {
    from: Entity,
    access: Access,
    boundary: Option<(Entity, Origin)>,
}

/// Everybody whom somebody may become.
#[derive(Debug)]
pub(crate) struct Becoming {
    start: Entity,
    hops: HashMap<Entity, Hop>,
    /// The entry that lets somebody become everybody, if there is one.
    everyone: Option<Hop>,
}

impl Becoming {
    /// Follows impersonation from `start`, without what `removed` takes away. Each person is looked at once.
    pub(crate) fn of(judge: &Judge<'_, '_>, start: Entity, removed: Option<&Edit>) -> Self {
        let graph = judge.graph();
        let mut found = Self { start, hops: HashMap::new(), everyone: None };
        let mut open = VecDeque::from([start]);
        while let Some(at) = open.pop_front() {
            let mut ways = graph.ways(at, |row| graph.impersonation(row).is_some());
            ways.retain(|access| removed.is_none_or(|edit| !is_on(edit, at, access)));
            for access in ways {
                match graph.impersonation(access.grant) {
                    Some(Span::Everyone) => {
                        found.everyone = Some(Hop { from: at, access, boundary: None });
                        return found;
                    }
                    Some(Span::Limited(limits)) => {
                        for (boundary, _) in limits {
                            for (user, joined) in graph.people_of(boundary) {
                                let is_taken = removed
                                    .is_some_and(|edit| *edit == Edit::Membership { member: user, group: boundary });
                                if !is_taken && user != start && !found.hops.contains_key(&user) {
                                    let boundary = Some((boundary, joined));
                                    found.hops.insert(user, Hop { from: at, access: access.clone(), boundary });
                                    open.push_back(user);
                                }
                            }
                        }
                    }
                    None => {}
                }
            }
        }
        found
    }

    /// Whether everybody is within reach.
    pub(crate) fn is_everyone(&self) -> bool {
        self.everyone.is_some()
    }

    /// Everybody within reach, in no order.
    pub(crate) fn people(&self, judge: &Judge<'_, '_>) -> Vec<Entity> {
        match &self.everyone {
            Some(_) => judge.graph().tenant.entities(Kind::User).filter(|user| *user != self.start).collect(),
            None => {
                let mut people: Vec<Entity> = self.hops.keys().copied().collect();
                people.sort_unstable();
                people
            }
        }
    }

    /// The chain from the start to somebody.
    pub(crate) fn chain(&self, judge: &Judge<'_, '_>, to: Entity) -> Vec<Step> {
        let mut way: Vec<(Entity, &Hop)> = Vec::new();
        let mut at = to;
        while let Some(hop) = self.hops.get(&at).or(self.everyone.as_ref()).filter(|_| at != self.start) {
            // Two that may become everybody lead to each other.
            if way.iter().any(|(known, _)| *known == at) {
                break;
            }
            way.push((at, hop));
            at = hop.from;
        }
        way.reverse();
        let mut steps = Vec::new();
        for (person, hop) in way {
            steps.extend(judge.witness(hop.from, &hop.access));
            let Some(last) = steps.last() else { continue };
            let place = hop.boundary.map_or(last.place, |(_, joined)| Place::reference(joined));
            let (from, to) = (last.to.clone(), judge.named(person));
            steps.push(Step { edge: EdgeKind::Impersonates.word(), from, to, over: None, place });
        }
        steps
    }

    /// The edits that take an edge from the ways by which the start itself goes on.
    pub(crate) fn edits(&self, judge: &Judge<'_, '_>) -> Vec<Edit> {
        let graph = judge.graph();
        let ways = graph.ways(self.start, |row| graph.impersonation(row).is_some());
        ways.iter().flat_map(|access| edits_of(judge, self.start, access)).collect()
    }
}

/// An edit for each edge of a way.
pub(crate) fn edits_of(judge: &Judge<'_, '_>, start: Entity, access: &Access) -> Vec<Edit> {
    let mut at = start;
    let mut edits = Vec::new();
    for via in &access.via {
        let from = std::mem::replace(&mut at, via.to);
        edits.extend(match via.kind {
            EdgeKind::MemberOf => Some(Edit::Membership { member: from, group: via.to }),
            EdgeKind::Holds => Some(Edit::Holding { holder: from, role: via.to }),
            EdgeKind::Inherits => Some(Edit::Inheritance { role: from, parent: via.to }),
            _ => None,
        });
    }
    let tenant = judge.graph().tenant;
    let is_system = at.kind == Kind::Role && tenant.is_system_role(at.row);
    edits.extend(Some(Edit::Entries { owner: at, grants: vec![access.grant] }).filter(|_| !is_system));
    edits
}

/// Whether an edit takes an edge of a way.
pub(crate) fn is_on(edit: &Edit, start: Entity, access: &Access) -> bool {
    let mut at = start;
    access.via.iter().any(|via| {
        let from = std::mem::replace(&mut at, via.to);
        match edit {
            Edit::Membership { member, group } => (via.kind, from, via.to) == (EdgeKind::MemberOf, *member, *group),
            Edit::Holding { holder, role } => (via.kind, from, via.to) == (EdgeKind::Holds, *holder, *role),
            Edit::Inheritance { role, parent } => (via.kind, from, via.to) == (EdgeKind::Inherits, *role, *parent),
            Edit::Given { .. } | Edit::Entries { .. } | Edit::Seat { .. } => false,
        }
    }) || matches!(edit, Edit::Entries { grants, .. } if grants.contains(&access.grant))
}
