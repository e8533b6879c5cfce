//! How far a permission reaches: a partial order, with sets in the middle.

use crate::{Kind, Sym};
use std::cmp::Ordering;

/// The scope of a permission entry as the export writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeWord {
    /// None is written; on a permission that can be scoped that means All.
    Undeclared,
    /// The holder's own record.
    Own,
    /// What the holder works on.
    Assigned,
    /// The queues and users of named views.
    View,
    /// The members of named groups.
    Group,
    /// Everything.
    All,
    /// The divisions in which the role is given decide.
    Granted,
    /// A condition: what it names where that is all there is to it, else what only an evaluation finds.
    Condition,
    /// A word that is none of the five; the access counts as All.
    Unknown(Sym),
}

impl ScopeWord {
    /// How far an entry reaches where the divisions decide in which the role is given.
    pub const GIVEN: &'static str = "the divisions it is given in";

    /// The kinds of what may limit an entry of this scope.
    #[must_use]
    pub fn limiting(self) -> &'static [Kind] {
        match self {
            Self::View => &[Kind::View],
            Self::Group => &[Kind::Group],
            Self::Condition => &[Kind::Queue, Kind::User],
            _ => &[],
        }
    }

    /// Whether the divisions in which a role is given limit an entry of this scope.
    #[must_use]
    pub fn is_divided(self) -> bool {
        matches!(self, Self::Granted | Self::Condition)
    }

    /// How far a divided entry reaches by a role that is given in `division`; `words` say what it reaches by itself.
    #[must_use]
    pub fn in_division(self, words: &str, division: &str) -> String {
        if self == Self::Granted { division.to_owned() } else { format!("{words}, in {division}") }
    }

    /// The scope of a word, whatever its letter case and spaces; `None` for a word that is none of the five.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let folded: String = word.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        match folded.as_str() {
            "self" => Some(Self::Own),
            "assigned" => Some(Self::Assigned),
            "view" => Some(Self::View),
            "group" => Some(Self::Group),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// A set of queues and users, each sorted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Extent {
    /// Rows of queues.
    pub queues: Vec<u32>,
    /// Rows of users.
    pub users: Vec<u32>,
}

impl Extent {
    /// The set of the rows given, in any order and with repeats.
    #[must_use]
    pub fn new(mut queues: Vec<u32>, mut users: Vec<u32>) -> Self {
        for rows in [&mut queues, &mut users] {
            rows.sort_unstable();
            rows.dedup();
        }
        Self { queues, users }
    }

    /// Whether everything in `self` is in `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let within = |mine: &[u32], theirs: &[u32]| mine.iter().all(|row| theirs.binary_search(row).is_ok());
        within(&self.queues, &other.queues) && within(&self.users, &other.users)
    }
}

/// What a permission reaches: `Own < Assigned < Limited(set) < All`, sets by inclusion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The holder's own record.
    Own,
    /// What the holder works on.
    Assigned,
    /// A set of queues and users.
    Limited(Extent),
    /// Everything.
    All,
}

impl PartialOrd for Scope {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if let (Self::Limited(mine), Self::Limited(theirs)) = (self, other) {
            return match (mine.is_within(theirs), theirs.is_within(mine)) {
                (true, true) => Some(Ordering::Equal),
                (true, false) => Some(Ordering::Less),
                (false, true) => Some(Ordering::Greater),
                (false, false) => None,
            };
        }
        Some(self.rank().cmp(&other.rank()))
    }
}

impl Scope {
    fn rank(&self) -> u8 {
        match self {
            Self::Own => 0,
            Self::Assigned => 1,
            Self::Limited(_) => 2,
            Self::All => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_whatever_their_case_and_spaces() {
        assert_eq!(ScopeWord::parse(" ALL "), Some(ScopeWord::All));
        assert_eq!(ScopeWord::parse("self"), Some(ScopeWord::Own));
        assert_eq!(ScopeWord::parse("Everything"), None);
        assert_eq!(ScopeWord::parse(""), None);
    }

    #[test]
    fn sets_are_ordered_by_inclusion_and_lie_between_assigned_and_all() {
        let small = Scope::Limited(Extent::new(vec![1], vec![]));
        let large = Scope::Limited(Extent::new(vec![2, 1, 1], vec![7]));
        let other = Scope::Limited(Extent::new(vec![3], vec![]));
        assert!(Scope::Own < Scope::Assigned && Scope::Assigned < small && small < large && large < Scope::All);
        assert_eq!(small.partial_cmp(&other), None);
        assert_eq!(large.partial_cmp(&large.clone()), Some(Ordering::Equal));
    }
}
