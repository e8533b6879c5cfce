//! The platform: what edits make of a made-up tenant, and what sides reach.

use crate::Made;
use rolecall_engine::Answer;
use rolecall_model::{Edit, Entity, Kind, Tenant, Within};
use rolecall_query::Resource;
use rolecall_testing::platform::{Given, Spec};
use rolecall_testing::saved::DIVISIONS;

impl Made for Spec {
    fn tenant(&self) -> Tenant {
        Spec::tenant(self)
    }

    fn without(&self, tenant: &Tenant, edits: &[Edit]) -> Self {
        let row = |entity: &Entity| entity.row as usize;
        let to = |holder: &Entity| row(holder) + if holder.kind == Kind::Group { self.users.len() } else { 0 };
        let mut spec = self.clone();
        for edit in edits {
            match edit {
                Edit::Membership { member, group } => spec.groups[row(group)].retain(|u| *u != row(member)),
                Edit::Holding { holder, role } => {
                    spec.given.retain(|given| (given.to, given.role) != (to(holder), row(role)));
                }
                Edit::Given { holder, role, within } => {
                    let division = match within {
                        Within::Division(division) => DIVISIONS.iter().position(|id| *id == tenant.id(*division)),
                        Within::Home => Some(2),
                        _ => None,
                    };
                    spec.given.retain(|g| (g.to, g.role, g.division) != (to(holder), row(role), division));
                }
                Edit::Entries { owner, grants } => {
                    let list = tenant.grants_of(*owner);
                    let own = &self.roles[row(owner)];
                    let stated = (0..own.len()).filter(|at| own[*at]);
                    for (_, at) in (list.start..).zip(stated).filter(|(at, _)| grants.contains(at)) {
                        spec.roles[row(owner)][at] = false;
                    }
                }
                Edit::Inheritance { .. } | Edit::Seat { .. } => panic!("the tenant has none"),
            }
        }
        spec
    }

    fn edits(&self, tenant: &Tenant) -> Vec<Edit> {
        let entity = |kind: Kind, row: usize| Entity { kind, row: u32::try_from(row).expect("few") };
        let by_id = |kind: Kind, id: &str| tenant.entities(kind).find(|e| tenant.id(*e) == id).expect("it is there");
        let mut edits = Vec::new();
        for (row, members) in self.groups.iter().enumerate() {
            let group = by_id(Kind::Group, &format!("g-{row}"));
            edits.extend(members.iter().map(|u| Edit::Membership { member: entity(Kind::User, *u), group }));
        }
        for given in &self.given {
            let holder = match given.to.checked_sub(self.users.len()) {
                None => entity(Kind::User, given.to),
                Some(group) => by_id(Kind::Group, &format!("g-{group}")),
            };
            let role = entity(Kind::Role, given.role);
            let within = match given.division {
                None => Within::Every,
                Some(division) => Within::Division(by_id(Kind::Division, DIVISIONS[division])),
            };
            edits.extend([Edit::Holding { holder, role }, Edit::Given { holder, role, within }]);
        }
        for row in 0..self.roles.len() {
            let owner = entity(Kind::Role, row);
            let list = tenant.grants_of(owner);
            edits.extend((list.start..list.start + list.len).map(|at| Edit::Entries { owner, grants: vec![at] }));
        }
        edits
    }
}

/// The permissions that open a resource, each with whether divisions are known to limit it.
fn opening(resource: Resource) -> &'static [(usize, bool)] {
    match resource {
        Resource::Queues => &[(0, true)],
        Resource::Recordings => &[(1, false)],
        Resource::Users => &[(3, false)],
        Resource::Groups => &[(4, false)],
        Resource::Divisions => &[(5, false)],
        Resource::Reports => &[(6, true), (7, false)],
    }
}

/// The divisions in which one side has any of a resource, or of what it is of; `None` for what has no division. What
/// a side has lies in its own: its people, its queues and the division itself. No group is a partner's.
fn places(spec: &Spec, side: usize, resource: Resource) -> Vec<Option<usize>> {
    let queues = spec.queues.iter().filter(|division| **division == side).map(|division| Some(*division));
    let users = spec.users.iter().filter(|of| **of == side).map(|of| Some(*of));
    match resource {
        Resource::Queues => queues.collect(),
        Resource::Users => users.collect(),
        Resource::Groups => spec.groups.iter().filter(|_| side == 2).map(|_| None).collect(),
        Resource::Divisions => vec![Some(side)],
        Resource::Recordings | Resource::Reports => queues.chain(users).collect(),
    }
}

/// What one side's people reach of the other's, how many get as far, and the first of them.
pub(crate) fn reached(spec: &Spec, from: usize, to: usize, resource: Resource) -> (Answer, usize, Option<String>) {
    let places = places(spec, to, resource);
    let of_given = |given: &Given, is_limited: bool| match given.division {
        None => Answer::Yes,
        // Of what the export does not show nobody can tell.
        Some(_) if places.is_empty() => Answer::Maybe,
        Some(_) if places.contains(&given.division) => Answer::Yes,
        Some(_) if places.contains(&None) || !is_limited => Answer::Maybe,
        Some(_) => Answer::No,
    };
    let best = |user: usize| {
        let given = spec.given.iter().filter(|given| spec.is_way(user, given.to));
        let stated = given.flat_map(|given| {
            let own = opening(resource).iter().filter(|(permission, _)| spec.roles[given.role][*permission]);
            own.map(move |(_, is_limited)| (given, *is_limited))
        });
        stated.map(|(given, is_limited)| of_given(given, is_limited)).max().unwrap_or(Answer::No)
    };
    let users = (0..spec.users.len()).filter(|user| spec.users[*user] == from);
    let all: Vec<(usize, Answer)> = users.map(|user| (user, best(user))).collect();
    let top = all.iter().map(|(_, answer)| *answer).max().unwrap_or(Answer::No);
    let as_far: Vec<usize> =
        all.iter().filter(|(_, a)| *a == top && top != Answer::No).map(|(user, _)| *user).collect();
    (top, as_far.len(), as_far.first().map(|user| format!("User {user}")))
}
