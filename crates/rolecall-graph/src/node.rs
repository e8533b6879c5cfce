//! What the graph is made of.

use rolecall_model::{Entity, Origin};

/// A node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// An entity of the tenant.
    Entity(Entity),
    /// A permission entry, by row of the tenant's grants.
    Grant(u32),
    /// All users, which is what a scope of All reaches.
    Everyone,
}

/// What an edge says. Edges point from who has to what is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A user is a member of a group.
    MemberOf,
    /// A principal or group holds a role.
    Holds,
    /// A role takes permissions from a role.
    Inherits,
    /// A role or service account states a permission entry.
    Grants,
    /// An impersonation entry reaches a group, a view or everyone.
    Impersonates,
    /// A user or group works a queue.
    OnQueue,
    /// A queue or user is in a view.
    InView,
    /// A permission entry is limited to a view or group.
    LimitedTo,
}

impl EdgeKind {
    /// The word for it in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::MemberOf => "member-of",
            Self::Holds => "holds",
            Self::Inherits => "inherits",
            Self::Grants => "grants",
            Self::Impersonates => "impersonates",
            Self::OnQueue => "on-queue",
            Self::InView => "in-view",
            Self::LimitedTo => "limited-to",
        }
    }
}

/// An edge with the value that states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// What it says.
    pub kind: EdgeKind,
    /// Where the export says so.
    pub origin: Origin,
    /// For [`EdgeKind::Holds`]: the assignment, by row of the tenant's, where the dialect has them.
    pub assignment: Option<std::num::NonZeroU32>,
}

impl Edge {
    /// The row of the assignment behind the edge.
    #[must_use]
    pub fn assignment_row(self) -> Option<u32> {
        self.assignment.map(|row| row.get() - 1)
    }
}
