//! Access in words, `permission over scope`, and which of two reaches no further.

use rolecall_model::{Permission, ScopeWord};
use std::borrow::Cow;

/// The words before what limits a scope.
const SETS: [&str; 3] = ["view ", "group ", "what its condition names: "];

/// How all words for a condition start.
const CONDITION: &str = "what its condition names";

/// How words go on for the divisions in which a condition lets something reach.
const DIVISIONS: [&str; 4] = [", in division ", ", in divisions ", ", in the home division", ", in every division"];

/// Where an assignment limits nothing.
const EVERYWHERE: &str = "every division";

/// `permission over scope`, read.
pub(crate) struct Said<'s> {
    permission: Permission,
    over: &'s str,
}

impl<'s> Said<'s> {
    pub(crate) fn read(line: &'s str) -> Option<Self> {
        let (permission, over) = line.split_once(" over ")?;
        let over = Some(over.trim()).filter(|over| !over.is_empty())?;
        // Why something counts as All says no more than that it does.
        let is_all = over.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("all ("));
        let over = if is_all { "All" } else { over };
        Some(Self { permission: Permission::parse(permission, None)?, over })
    }

    pub(crate) fn permission(&self) -> &Permission {
        &self.permission
    }

    /// Whether it says all that the other does.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.permission.covers(&other.permission) && self.reaches(other.over)
    }

    /// Whether it reaches as far as some words say.
    fn reaches(&self, over: &str) -> bool {
        let (wide, narrow) = (Words::read(self.over), Words::read(over));
        is_wider(self.over, over) || wide.reaches(&narrow) || narrow.division.is_some_and(|own| same(self.over, own))
    }
}

/// How far something reaches, read.
struct Words<'s> {
    /// The word before what limits it.
    word: &'s str,
    limits: Vec<&'s str>,
    /// In which divisions, where a condition limits it as well.
    division: Option<&'s str>,
}

impl<'s> Words<'s> {
    fn read(over: &'s str) -> Self {
        let is_set = |word: &&str| over.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let is_condition = is_set(&CONDITION);
        let folded = if is_condition { over.to_ascii_lowercase() } else { String::new() };
        let at = DIVISIONS.into_iter().filter_map(|start| folded.rfind(start)).max();
        let (over, division) = match at.and_then(|at| over.split_at_checked(at)) {
            Some((over, division)) => (over, division.get(", in ".len()..)),
            None => (over, None),
        };
        match SETS.into_iter().find(is_set).and_then(|word| over.split_at_checked(word.len())) {
            Some((word, names)) => Self { word, limits: names.split(", ").collect(), division },
            None => Self { word: over, limits: Vec::new(), division },
        }
    }

    fn reaches(&self, other: &Self) -> bool {
        let holds = |one: &&str| self.limits.iter().any(|known| same(known, one));
        let is_there = match (self.division, other.division) {
            (Some(wide), Some(narrow)) => same(wide, EVERYWHERE) || same(wide, narrow),
            (wide, narrow) => wide == narrow,
        };
        is_there
            && same(self.word, other.word)
            && self.limits.is_empty() == other.limits.is_empty()
            && other.limits.iter().all(holds)
    }
}

/// A name as one of several that commas tell apart.
pub(crate) fn listed(name: &str) -> Cow<'_, str> {
    if name.contains(", ") { Cow::Owned(name.replace(", ", "\\u{2c} ")) } else { Cow::Borrowed(name) }
}

/// Names are told apart whatever their letter case, as words for scopes are.
fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Whether one scope is wider than another, whatever the sets between `Assigned` and `All` hold; what is given in every
/// division is everything. Of a condition that only an evaluation finds out nothing is known, but that it leaves no more
/// than there is.
pub(crate) fn is_wider(wide: &str, narrow: &str) -> bool {
    rank(wide).is_some_and(|wide| wide == EVERYTHING || wide > rank(narrow).unwrap_or(BETWEEN))
}

/// Whether the scope of a claim is another's with as many divisions or more, whatever sets limit them.
pub(crate) fn is_as_wide(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (parted(wide), parted(narrow));
    let is_everywhere = wide.1 == Some(EVERYWHERE) && narrow.1.is_some();
    wide.0 == narrow.0 && (wide.1 == narrow.1 || is_everywhere)
}

/// Whether the scope of a claim is another's with a condition, without it.
pub(crate) fn is_unconditioned(wide: &str, narrow: &str) -> bool {
    let (word, division) = parted(narrow);
    word.starts_with(CONDITION) && wide == division.unwrap_or(ScopeWord::GIVEN)
}

/// The scope of a claim, and in which division a condition lets something be reached.
fn parted(over: &str) -> (&str, Option<&str>) {
    let parts = over.split_once(", in ").filter(|_| over.starts_with(CONDITION));
    parts.map_or((over, None), |(word, division)| (word, Some(division)))
}

/// The rank of what is everything.
const EVERYTHING: u8 = 3;

/// The rank of sets.
const BETWEEN: u8 = 2;

fn rank(over: &str) -> Option<u8> {
    let over = over.to_lowercase();
    match over.as_str() {
        "self" => Some(0),
        "assigned" => Some(1),
        "all" | EVERYWHERE => Some(EVERYTHING),
        _ if over.strip_prefix(CONDITION).is_some_and(|rest| !rest.starts_with(':')) => None,
        _ => Some(BETWEEN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(wide: &str, narrow: &str) -> bool {
        let read = |line| Said::read(line).expect("access");
        read(wide).covers(&read(narrow))
    }

    #[test]
    fn wider_words_cover_narrower_ones_and_sets_what_they_name() {
        for (wide, narrow) in [
            ("a:*:* over all", "a:b:view over Self"),
            ("a:b:view over Group A, B", "a:b:view over group b"),
            ("a:b:view over View B, A", "a:b:view over View A, B"),
            ("a:b:view over View A", "a:b:view over Assigned"),
            ("a:b:view over All (no scope is declared)", "a:b:view over View A"),
            ("a:b:view over All", "a:b:view over what its condition names, in every division"),
            ("a:b:view over every division", "a:b:view over what its condition names: q, in division A, B"),
            ("a:b:view over division A, B", "a:b:view over what its condition names: q, in division A, B"),
            (
                "a:b:view over what its condition names: q, r, in every division",
                "a:b:view over what its condition names: r, in division A",
            ),
            (
                "a:b:view over what its condition names, in Every Division",
                "a:b:view over what its condition names, in the home division",
            ),
        ] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
            assert!(wide.contains("B, A") || !covers(narrow, wide), "{narrow} {wide}");
        }
        for (one, other) in [("All", "every division"), ("every division", "all")] {
            assert!(covers(&format!("a:b:view over {one}"), &format!("a:b:view over {other}")), "{one} {other}");
        }
        for (one, other) in [
            ("a:b:view over Group A", "a:b:view over View A"),
            ("a:b:view over View of nothing", "a:b:view over View A"),
            ("a:b:view over Assigned", "a:b:view over what its condition names"),
            ("a:b:view over division A, B", "a:b:view over division A"),
            (
                "a:b:view over what its condition names: q, in division A",
                "a:b:view over what its condition names: q, in division B",
            ),
            ("a:b:view over what its condition names: q", "a:b:view over what its condition names: q, in division B"),
            ("a:b:view over what its condition names, in division A", "a:b:view over Assigned"),
            ("a:b:view over division B", "a:b:view over what its condition names: q, in division A"),
            ("a:b:view over Group Sales\\u{2c} EMEA", "a:b:view over Group EMEA"),
            ("a:b:view over All", "a:b:edit over All"),
        ] {
            assert!(!covers(one, other), "{one} {other}");
        }
        assert!(Said::read("a:b:view").is_none() && Said::read("a:b:view over  ").is_none());
    }
}
