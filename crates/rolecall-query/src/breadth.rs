//! How far an entry reaches, in a word that can be asked for.

use rolecall_engine::{Judge, Wanted};
use rolecall_graph::Access;
use rolecall_model::{Entity, ScopeWord};
use serde::Serialize;

/// The sorts of reach, the widest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breadth {
    /// Everything.
    All,
    /// Named divisions, or some that the export does not show.
    Divisions,
    /// The queues and users of views.
    View,
    /// The members of groups.
    Group,
    /// What a condition lets through.
    Condition,
    /// What the holder works on.
    Assigned,
    /// The holder's own record.
    Own,
    /// The permission takes no scope.
    Unscoped,
}

impl Breadth {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::All,
        Self::Divisions,
        Self::View,
        Self::Group,
        Self::Condition,
        Self::Assigned,
        Self::Own,
        Self::Unscoped,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Divisions => "divisions",
            Self::View => "view",
            Self::Group => "group",
            Self::Condition => "condition",
            Self::Assigned => "assigned",
            Self::Own => "self",
            Self::Unscoped => "unscoped",
        }
    }

    /// How far a way reaches, as to what is asked for; of a wildcard nothing is All that is less for part of it where
    /// nothing in particular is.
    #[must_use]
    pub fn of(judge: &Judge<'_, '_>, who: Entity, access: &Access, wanted: Option<&Wanted>) -> Self {
        let Some(grant) = judge.graph().tenant.grants.get(access.grant as usize) else { return Self::All };
        match grant.scope {
            _ if judge.is_all(grant) => Self::All,
            ScopeWord::View => Self::View,
            ScopeWord::Group => Self::Group,
            ScopeWord::Condition => Self::Condition,
            ScopeWord::Assigned => Self::Assigned,
            ScopeWord::Own => Self::Own,
            ScopeWord::Undeclared => Self::Unscoped,
            ScopeWord::Granted if judge.is_undivided(grant.permission, wanted) => Self::All,
            ScopeWord::Granted if judge.is_every_division(who, access) => Self::All,
            ScopeWord::Granted => Self::Divisions,
            ScopeWord::All | ScopeWord::Unknown(_) => Self::All,
        }
    }
}
