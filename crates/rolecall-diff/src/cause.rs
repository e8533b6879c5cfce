//! What is told of a difference: edges, and what they brought to whom.

use rolecall_engine::Named;
use rolecall_model::Place;

/// One edge, and what it brought to whom.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The edge.
    pub edge: Edge,
    /// Where it is said: in the export that has the access, but a denial in the one that has it not.
    pub place: Place,
    /// The scope, or the division, that the other export had in its place, and where.
    pub instead: Option<(String, Place)>,
    /// Who has more by it.
    pub people: People,
    /// What they have more, each as `permission over scope`, in order.
    pub access: Vec<String>,
}

/// What an edge says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// The people are members of a group.
    Member(Named),
    /// The people themselves, or a group, hold a role, in a division where an assignment names one.
    Holds {
        /// The group; nothing where it is the people themselves.
        group: Option<Named>,
        /// The role.
        role: Named,
        /// `every division`, `division Lisbon`, …
        over: Option<String>,
    },
    /// A role inherits from another.
    Inherits(Named, Named),
    /// A role or account states an entry.
    Gives {
        /// Who states it.
        owner: Named,
        /// The permission.
        permission: String,
        /// Over what.
        scope: String,
    },
    /// A view shows, or a group that limits entries has, one queue or certain people.
    Within {
        /// The view or group.
        limit: Named,
        /// What it holds, in order of name.
        things: Vec<Named>,
    },
    /// Queues or users lie in a division that limits what somebody may do.
    Lies {
        /// All of one kind, in order of name.
        things: Vec<Named>,
        /// `division Lisbon`, …
        division: String,
    },
    /// An access policy takes a permission off somebody, which lasts no longer where access is gained.
    Denied {
        /// The permission.
        permission: String,
        /// The user, group or account; nothing where it is everybody.
        whom: Option<Named>,
        /// Whether the policy is the same in both exports, and the people are in that group in one of them.
        is_membership: bool,
    },
}

impl Edge {
    /// Whether the export without the access says it.
    #[must_use]
    pub fn is_denial(&self) -> bool {
        matches!(self, Self::Denied { .. })
    }
}

/// Users and service accounts.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// In order of name.
    pub all: Vec<Named>,
    /// How many of them are of each tier; tiers that none of them is of are left out.
    pub tiers: Vec<(String, usize)>,
}
