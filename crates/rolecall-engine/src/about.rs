//! What a finding is about, apart from its words: what says no more than another is told from what says more.

use crate::over::{is_as_wide, is_unconditioned, is_wider};
use hashbrown::{HashMap, HashSet};
use rolecall_model::Permission;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One thing that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Piece {
    /// An entity, an edge, or what else tells it from others.
    Thing(String),
    /// A permission entry.
    Access(Claim),
}

impl Piece {
    /// The same in one line.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Thing(thing) => thing.clone(),
            Self::Access(claim) => Vec::from(claim.clone()).join(" "),
        }
    }
}

/// A permission entry and how far it reaches; in a file the list of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "Vec<String>", try_from = "Vec<String>")]
pub struct Claim {
    /// Who states it.
    pub by: String,
    /// The permission, in its normal form.
    pub permission: String,
    /// The scope, without what limits it.
    pub over: String,
    /// The views and groups that limit it, or what its condition names.
    pub limits: Vec<String>,
}

impl From<Claim> for Vec<String> {
    fn from(claim: Claim) -> Self {
        [claim.by, claim.permission, claim.over].into_iter().chain(claim.limits).collect()
    }
}

impl TryFrom<Vec<String>> for Claim {
    type Error = &'static str;

    fn try_from(words: Vec<String>) -> Result<Self, Self::Error> {
        let mut words = words.into_iter();
        let (Some(by), Some(permission), Some(over)) = (words.next(), words.next(), words.next()) else {
            return Err("an entry is who states it, a permission and a scope");
        };
        let mut limits: Vec<String> = words.collect();
        limits.sort_unstable();
        Ok(Self { by, permission, over, limits })
    }
}

/// All that a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The entity whose edit mends it.
    pub subject: String,
    /// The group or role by which it reaches the subject, where this is one of those whom that may let in.
    pub door: Option<String>,
    /// What it is about.
    pub pieces: Vec<Piece>,
    /// Those who are let in, where they are few.
    pub people: Vec<String>,
    /// Entities that many findings are about alike.
    pub crowd: Arc<[String]>,
}

impl About {
    /// What it is about, the crowd included, each once and in order.
    #[must_use]
    pub fn all(&self) -> Vec<Piece> {
        let things = self.crowd.iter().cloned().map(Piece::Thing);
        let mut all: Vec<Piece> = self.pieces.iter().cloned().chain(things).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What a finding was about, for many to be held against.
#[derive(Debug, Default)]
pub struct Known<'k> {
    subject: &'k str,
    door: Option<&'k str>,
    things: HashSet<&'k str>,
    people: HashSet<&'k str>,
    exact: HashMap<(&'k str, &'k str), Vec<&'k Claim>>,
    /// Entries of several permissions, by who states them.
    wild: HashMap<&'k str, Vec<(Permission, &'k Claim)>>,
}

impl<'k> Known<'k> {
    /// What stands for a finding on `subject`, reached by a door where that lets in others too.
    #[must_use]
    pub fn new(subject: &'k str, door: Option<&'k str>, pieces: &'k [Piece], people: &'k [String]) -> Self {
        let people = people.iter().map(String::as_str).collect();
        let mut known = Self { subject, door, people, ..Self::default() };
        for part in pieces {
            match part {
                Piece::Thing(thing) => {
                    known.things.insert(thing);
                }
                Piece::Access(reached) => {
                    let key = (reached.by.as_str(), reached.permission.as_str());
                    known.exact.entry(key).or_default().push(reached);
                    let permission = Permission::parse(&reached.permission, None);
                    if let Some(permission) = permission.filter(Permission::is_wildcard) {
                        known.wild.entry(&reached.by).or_default().push((permission, reached));
                    }
                }
            }
        }
        known
    }

    /// Whether a finding of the same rule says no more: it is on the same entity, or on the one who is left of those whom
    /// that let in, and all that it is about was known.
    #[must_use]
    pub fn covers(&self, about: &About) -> bool {
        let is_same = about.subject == self.subject && about.door.as_deref() == self.door;
        let is_let_in = about.door.as_deref() == Some(self.subject);
        let is_left = is_let_in && self.people.contains(about.subject.as_str());
        // What names nothing may be anything.
        let is_something = !about.pieces.is_empty() || !about.crowd.is_empty();
        is_something
            && (is_same || is_left)
            && about.pieces.iter().all(|part| self.has(part))
            && about.crowd.iter().all(|one| self.things.contains(one.as_str()))
    }

    fn has(&self, part: &Piece) -> bool {
        let reached = match part {
            Piece::Thing(thing) => return self.things.contains(thing.as_str()),
            Piece::Access(reached) => reached,
        };
        let same = self.exact.get(&(reached.by.as_str(), reached.permission.as_str())).into_iter().flatten();
        let wild = self.wild.get(reached.by.as_str()).map_or(&[][..], Vec::as_slice);
        same.into_iter().any(|known| known.reaches(reached)) || {
            let asked = Permission::parse(&reached.permission, None);
            let covers = |known: &Permission| asked.as_ref().is_some_and(|asked| known.covers(asked));
            wild.iter().any(|(known, wide)| wide.reaches(reached) && covers(known))
        }
    }
}

impl Claim {
    /// Whether it reaches all that the other does.
    fn reaches(&self, other: &Self) -> bool {
        let is_among = |limit: &String| self.limits.binary_search(limit).is_ok();
        let is_set = self.limits.is_empty() == other.limits.is_empty();
        is_as_wide(&self.over, &other.over) && is_set && other.limits.iter().all(is_among)
            || is_wider(&self.over, &other.over)
            || is_unconditioned(&self.over, &other.over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(by: &str, permission: &str, over: &str, limits: &[&str]) -> Piece {
        let limits = limits.iter().map(|limit| (*limit).to_owned()).collect();
        Piece::Access(Claim { by: by.into(), permission: permission.into(), over: over.into(), limits })
    }

    fn about(subject: &str, pieces: Vec<Piece>) -> About {
        About { subject: subject.into(), pieces, ..About::default() }
    }

    fn covers(wide: &About, narrow: &About) -> bool {
        Known::new(&wide.subject, wide.door.as_deref(), &wide.all(), &wide.people).covers(narrow)
    }

    #[test]
    fn less_of_the_same_is_known_and_more_or_other_is_not() {
        let all =
            about("role r", vec![access("role r", "a:*:*", "All", &[]), access("role r", "c:d:view", "All", &[])]);
        for part in [
            access("role r", "c:d:view", "All", &[]),
            access("role r", "a:b:view", "Group", &["g-1"]),
            access("role r", "a:*:*", "Self", &[]),
        ] {
            assert!(covers(&all, &about("role r", vec![part.clone()])), "{part:?}");
            assert!(!covers(&about("role r", vec![part.clone()]), &all), "{part:?}");
            assert!(!covers(&all, &about("role s", vec![part])), "another entity is another finding");
        }
        for part in [
            access("role r", "c:d:edit", "All", &[]),
            access("role s", "c:d:view", "All", &[]),
            Piece::Thing("user u".into()),
        ] {
            assert!(!covers(&all, &about("role r", vec![part.clone()])), "{part:?}");
        }
        assert!(!covers(&all, &about("role r", Vec::new())), "what names nothing may be anything");
    }

    #[test]
    fn sets_cover_what_they_hold_and_a_condition_nothing_else() {
        let of = |over: &str, limits: &[&str]| about("role r", vec![access("role r", "a:b:view", over, limits)]);
        assert!(covers(&of("Group", &["g-1", "g-2"]), &of("Group", &["g-2"])));
        assert!(!covers(&of("Group", &["g-2"]), &of("Group", &["g-1", "g-2"])));
        assert!(!covers(&of("Group", &["g-1"]), &of("View", &["g-1"])));
        assert!(
            !covers(&of("Group", &[]), &of("Group", &["g-1"])) && !covers(&of("Group", &["g-1"]), &of("Group", &[]))
        );
        assert!(!covers(&of("what its condition names", &[]), &of("Self", &[])));
    }

    #[test]
    fn a_division_more_or_a_condition_less_is_more_and_everything_is_one() {
        let of = |over: &str, limits: &[&str]| about("role r", vec![access("role r", "a:b:view", over, limits)]);
        let [named, other] = ["what its condition names:", "what its condition names"];
        for (wide, narrow) in [
            (of("every division", &[]), of("division n", &[])),
            (of("division n", &[]), of(&format!("{named}, in division n"), &["q"])),
            (of("division n", &[]), of(&format!("{other}, in division n"), &[])),
            (of("the divisions it is given in", &[]), of(named, &["q"])),
            (of(&format!("{named}, in every division"), &["q", "r"]), of(&format!("{named}, in division n"), &["q"])),
        ] {
            assert!(covers(&wide, &narrow) && !covers(&narrow, &wide), "{wide:?} {narrow:?}");
        }
        for (one, two) in [
            (of("division n", &[]), of("division s", &[])),
            (of("division n", &[]), of(&format!("{named}, in division s"), &["q"])),
            (of(&format!("{named}, in every division"), &["q"]), of(&format!("{named}, in every division"), &["r"])),
        ] {
            assert!(!covers(&one, &two) && !covers(&two, &one), "{one:?} {two:?}");
        }
        let [all, every] = ["All", "every division"].map(|over| of(over, &[]));
        assert!(covers(&all, &every) && covers(&every, &all));
    }

    #[test]
    fn who_is_left_of_those_let_in_is_known_and_who_is_let_in_beside_them_is_not() {
        let entry = || vec![access("role r", "a:b:view", "All", &[])];
        let people = vec!["user a".to_owned(), "user b".to_owned()];
        let group = About { people, ..about("group g", entry()) };
        let left = |who: &str, door: &str| About { door: Some(door.into()), ..about(who, entry()) };
        assert!(covers(&group, &left("user a", "group g")));
        assert!(!covers(&group, &left("user c", "group g")) && !covers(&group, &left("user a", "group h")));
        assert!(!covers(&left("user a", "group g"), &group));
        assert!(!covers(&left("user a", "group g"), &left("user a", "group h")));
        assert!(covers(&left("user a", "group g"), &left("user a", "group g")));
        let crowd =
            |of: &[&str]| About { crowd: of.iter().map(|one| (*one).to_owned()).collect(), ..about("role r", entry()) };
        assert!(covers(&crowd(&["user a", "user b"]), &crowd(&["user b"])));
        assert!(!covers(&crowd(&["user b"]), &crowd(&["user a", "user b"])));
    }
}
