//! Made-up tenants of the platform: roles given in divisions.

use crate::{Made, read};
use proptest::prelude::*;
use rolecall_model::{Edit, Entity, Kind, Tenant, Within};
use rolecall_query::Resource;
use serde_json::{Value, json};

/// The divisions of the two partners and of the company, in the order of the sides.
const DIVISIONS: [&str; 3] = ["north", "south", "home"];
const SIDES: [&str; 3] = ["one", "two", "internal"];
const PERMISSIONS: [[&str; 3]; 3] =
    [["routing", "queue", "view"], ["recording", "recording", "view"], ["authorization", "role", "edit"]];

/// A role given to a user or, counted on from them, a group; in a division, or in every one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Given {
    to: usize,
    role: usize,
    division: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// For each role: which permissions it states.
    roles: Vec<[bool; 3]>,
    /// The side of each user.
    users: Vec<usize>,
    /// For each group: its members.
    groups: Vec<Vec<usize>>,
    /// For each queue: its division.
    queues: Vec<usize>,
    given: Vec<Given>,
}

/// Tenants of fewer than `most` roles and users.
pub(crate) fn specs(most: usize) -> impl Strategy<Value = Spec> {
    (1..most, 1..most, 0..=most / 2).prop_flat_map(move |(roles, users, groups)| {
        let given = (0..users + groups, 0..roles, prop::option::weighted(0.8, 0..DIVISIONS.len()));
        let given = given.prop_map(|(to, role, division)| Given { to, role, division });
        let members = prop::collection::btree_set(0..users, 0..3).prop_map(|set| set.into_iter().collect());
        (
            prop::collection::vec(any::<[bool; 3]>(), roles),
            prop::collection::vec(0..SIDES.len(), users),
            prop::collection::vec(members, groups),
            prop::collection::vec(0..DIVISIONS.len(), 1..3),
            prop::collection::vec(given, 0..2 * most),
        )
            .prop_map(|(roles, users, groups, queues, mut given)| {
                let mut known: Vec<Given> = Vec::new();
                given.retain(|one| {
                    !known.contains(one) && {
                        known.push(one.clone());
                        true
                    }
                });
                Spec { roles, users, groups, queues, given }
            })
    })
}

impl Made for Spec {
    fn tenant(&self) -> Tenant {
        let page = |entities: Vec<Value>, uri: &str| {
            let total = entities.len();
            json!({ "entities": entities, "pageNumber": 1, "pageSize": 25, "total": total, "selfUri": format!("/api/v2/{uri}") })
        };
        let division = |id: &&str| {
            let uri = format!("/api/v2/authorization/divisions/{id}");
            json!({ "id": id, "name": id, "homeDivision": *id == "home", "selfUri": uri })
        };
        let role = |(row, states): (usize, &[bool; 3])| {
            let policy = |[domain, entity, action]: &[&str; 3]| json!({ "domain": domain, "entityName": entity, "actionSet": [action], "allowConditions": false });
            let policies: Vec<Value> =
                PERMISSIONS.iter().zip(states).filter(|(_, states)| **states).map(|(p, _)| policy(p)).collect();
            let uri = format!("/api/v2/authorization/roles/r-{row}");
            json!({ "id": format!("r-{row}"), "name": format!("Role {row}"), "permissionPolicies": policies, "selfUri": uri })
        };
        let user = |row: usize| {
            let side = self.users[row];
            json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "email": format!("u{row}@{}.example", SIDES[side]),
                    "division": { "id": DIVISIONS[side] }, "selfUri": format!("/api/v2/users/u-{row}") })
        };
        let queue = |(row, division): (usize, &usize)| {
            json!({ "id": format!("q-{row}"), "name": format!("Queue {row}"), "division": { "id": DIVISIONS[*division] },
                    "memberCount": 0, "selfUri": format!("/api/v2/routing/queues/q-{row}") })
        };
        let mut files = vec![
            page(DIVISIONS.iter().map(division).collect(), "authorization/divisions"),
            page(self.roles.iter().enumerate().map(role).collect(), "authorization/roles"),
            page((0..self.users.len()).map(user).collect(), "users"),
            page(self.queues.iter().enumerate().map(queue).collect(), "routing/queues"),
        ];
        for (row, members) in self.groups.iter().enumerate() {
            files.push(json!({ "id": format!("g-{row}"), "name": format!("Group {row}"), "type": "official",
                               "memberCount": members.len(), "selfUri": format!("/api/v2/groups/g-{row}") }));
            let members =
                members.iter().map(|u| json!({ "id": format!("u-{u}"), "selfUri": format!("/api/v2/users/u-{u}") }));
            files.push(page(members.collect(), &format!("groups/g-{row}/members")));
        }
        for given in &self.given {
            let subject = match given.to.checked_sub(self.users.len()) {
                None => format!("u-{}", given.to),
                Some(group) => format!("g-{group}"),
            };
            let division = given.division.map_or("*", |division| DIVISIONS[division]);
            files.push(json!({ "id": subject, "name": subject, "grants": [
                { "subjectId": subject, "role": { "id": format!("r-{}", given.role) }, "division": { "id": division } }] }));
        }
        // Nothing tells what an empty page lists.
        files.retain(|file| file["entities"] != json!([]));
        read("platform", files)
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

impl Spec {
    /// How many of one side's people are sure to reach some of what the other has: its queues, or what is recorded on
    /// them and of its people.
    pub(crate) fn seeing(&self, from: usize, to: usize, resource: Resource) -> usize {
        let is_way = |user: usize, given: &Given| match given.to.checked_sub(self.users.len()) {
            None => given.to == user,
            Some(group) => self.groups[group].contains(&user),
        };
        let (permission, has_people) = match resource {
            Resource::Recordings => (1, self.users.contains(&to)),
            _ => (0, false),
        };
        let has_any = self.queues.contains(&to) || has_people;
        let is_theirs = |given: &Given| given.division.is_none_or(|division| division == to && has_any);
        let sees = |user: &usize| {
            let mut given =
                self.given.iter().filter(|given| is_way(*user, given) && self.roles[given.role][permission]);
            given.any(is_theirs)
        };
        (0..self.users.len()).filter(|user| self.users[*user] == from).filter(sees).count()
    }
}
