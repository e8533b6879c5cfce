//! Access in words, `permission over scope`, and which of two reaches no further.

use rolecall_model::Permission;

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

    /// Whether it says all that the other does.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.permission.covers(&other.permission) && self.reaches(other.over)
    }

    /// Whether it reaches as far as some words say.
    fn reaches(&self, over: &str) -> bool {
        let ((wide, all), (narrow, some)) = (limits(self.over), limits(over));
        let holds = |one: &&str| all.iter().any(|known| same(known, one));
        is_wider(self.over, over) || same(wide, narrow) && all.is_empty() == some.is_empty() && some.iter().all(holds)
    }
}

/// Names are told apart whatever their letter case, as words for scopes are.
fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// The word before what limits a scope, and that.
fn limits(over: &str) -> (&str, Vec<&str>) {
    const SETS: [&str; 3] = ["view ", "group ", "what its condition names: "];
    let is_set = |word: &&str| over.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match SETS.into_iter().find(is_set).map(|word| over.split_at(word.len())) {
        Some((word, names)) => (word, names.split(", ").collect()),
        None => (over, Vec::new()),
    }
}

/// Whether one scope is wider than another, whatever the sets between `Assigned` and `All` hold. Of a condition that only an
/// evaluation finds out nothing is known.
pub(crate) fn is_wider(wide: &str, narrow: &str) -> bool {
    rank(wide).zip(rank(narrow)).is_some_and(|(wide, narrow)| wide > narrow)
}

fn rank(over: &str) -> Option<u8> {
    match over.to_lowercase().as_str() {
        "self" => Some(0),
        "assigned" => Some(1),
        "what its condition names" => None,
        "every division" => Some(3),
        "all" => Some(4),
        _ => Some(2),
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
            ("a:b:view over All", "a:b:view over every division"),
            ("a:*:* over all", "a:b:view over Self"),
            ("a:b:view over Group A, B", "a:b:view over group b"),
            ("a:b:view over View B, A", "a:b:view over View A, B"),
            ("a:b:view over View A", "a:b:view over Assigned"),
            ("a:b:view over All (no scope is declared)", "a:b:view over View A"),
        ] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
            assert!(wide.contains("B, A") || !covers(narrow, wide), "{narrow} {wide}");
        }
        for (one, other) in [
            ("a:b:view over Group A", "a:b:view over View A"),
            ("a:b:view over View of nothing", "a:b:view over View A"),
            ("a:b:view over Assigned", "a:b:view over what its condition names"),
            ("a:b:view over division A, B", "a:b:view over division A"),
            ("a:b:view over All", "a:b:edit over All"),
        ] {
            assert!(!covers(one, other), "{one} {other}");
        }
        assert!(Said::read("a:b:view").is_none() && Said::read("a:b:view over  ").is_none());
    }
}
