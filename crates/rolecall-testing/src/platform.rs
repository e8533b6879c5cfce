//! Made-up tenants of the platform: roles given in divisions.

use crate::saved::{DIVISIONS, divisions, given, group, page, policy, queue, role, user};
use crate::{SIDES, read};
use proptest::prelude::*;
use rolecall_model::Tenant;
use serde_json::Value;

/// What roles may state.
pub const PERMISSIONS: [[&str; 3]; 8] = [
    ["routing", "queue", "view"],
    ["recording", "recording", "view"],
    ["authorization", "role", "edit"],
    ["directory", "user", "view"],
    ["directory", "group", "view"],
    ["authorization", "division", "view"],
    ["analytics", "queueObservation", "view"],
    ["analytics", "conversationDetail", "view"],
];

/// For each permission whether a role states it.
pub type States = [bool; PERMISSIONS.len()];

/// A role given to a user or, counted on from them, a group; in a division, or in every one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// To whom.
    pub to: usize,
    /// Which role.
    pub role: usize,
    /// Where; `None` is everywhere.
    pub division: Option<usize>,
}

/// A tenant.
#[derive(Clone, Debug)]
pub struct Spec {
    /// For each role: which permissions it states.
    pub roles: Vec<States>,
    /// The side of each user.
    pub users: Vec<usize>,
    /// For each group: its members.
    pub groups: Vec<Vec<usize>>,
    /// For each queue: its division.
    pub queues: Vec<usize>,
    /// What is given, maybe twice.
    pub given: Vec<Given>,
}

/// Tenants of fewer than `most` roles and users, of the first of the permissions.
pub fn specs(permissions: usize, most: usize) -> impl Strategy<Value = Spec> {
    (1..most, 1..most, 0..=most / 2).prop_flat_map(move |(roles, users, groups)| {
        let states = any::<States>().prop_map(move |mut states| {
            states.iter_mut().skip(permissions).for_each(|is_stated| *is_stated = false);
            states
        });
        let given = (0..users + groups, 0..roles, prop::option::weighted(0.8, 0..DIVISIONS.len()));
        let given = given.prop_map(|(to, role, division)| Given { to, role, division });
        let members = prop::collection::btree_set(0..users, 0..3).prop_map(|set| set.into_iter().collect());
        (
            prop::collection::vec(states, roles),
            prop::collection::vec(0..SIDES.len(), users),
            prop::collection::vec(members, groups),
            prop::collection::vec(0..DIVISIONS.len(), 1..3),
            prop::collection::vec(given, 0..2 * most),
        )
            .prop_map(|(roles, users, groups, queues, given)| Spec { roles, users, groups, queues, given })
    })
}

impl Spec {
    /// The same with nothing given twice.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        let mut known: Vec<Given> = Vec::new();
        for given in self.given {
            if !known.contains(&given) {
                known.push(given);
            }
        }
        self.given = known;
        self
    }

    /// The id of whom something is given to.
    #[must_use]
    pub fn subject(&self, to: usize) -> String {
        to.checked_sub(self.users.len()).map_or(format!("u-{to}"), |group| format!("g-{group}"))
    }

    /// Whether what is given to somebody is a user's own, or their group's.
    #[must_use]
    pub fn is_way(&self, user: usize, to: usize) -> bool {
        to.checked_sub(self.users.len()).map_or(to == user, |group| self.groups[group].contains(&user))
    }

    /// Saved responses, one a file.
    #[must_use]
    pub fn files(&self) -> Vec<Value> {
        let states = |states: &States| -> Vec<Value> {
            PERMISSIONS.iter().zip(states).filter(|(_, is_stated)| **is_stated).map(|(p, _)| policy(p)).collect()
        };
        let roles = self.roles.iter().enumerate().map(|(row, of)| role(row, &states(of)));
        let users = self.users.iter().enumerate().map(|(row, side)| user(row, SIDES[*side], DIVISIONS[*side]));
        let queues = self.queues.iter().enumerate().map(|(row, division)| queue(row, DIVISIONS[*division]));
        let mut files = vec![
            divisions(),
            page(roles.collect(), "authorization/roles"),
            page(users.collect(), "users"),
            page(queues.collect(), "routing/queues"),
        ];
        files.extend(self.groups.iter().enumerate().flat_map(|(row, members)| group(row, members)));
        let place = |at: &Given| at.division.map_or("*", |division| DIVISIONS[division]);
        files.extend(self.given.iter().map(|one| given(&self.subject(one.to), one.role, place(one))));
        files
    }

    /// What the files say.
    #[must_use]
    pub fn tenant(&self) -> Tenant {
        read("platform", self.files())
    }
}
