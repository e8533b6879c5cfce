//! What no file gets beyond, so that none can ask for more memory or time than its size warrants.

use crate::Trouble;
use crate::trouble::{NOT_EVALUATED, UNKNOWN_SHAPE};
use rolecall_model::{PermissionId, Sym};
use std::collections::HashSet;

/// The longest name, id, reference or word that is read, in bytes.
pub const MAX_TEXT: usize = 4096;

/// The longest permission, in bytes.
pub const MAX_PERMISSION: usize = 512;

/// The most permissions that one file may name, each counted once. The platform knows some two thousand.
pub const MAX_PERMISSIONS: usize = 50_000;

/// The most troubles of a file that are told; so many notes too. More are counted.
pub const MAX_TROUBLES: usize = 100;

/// The permissions that a file names, and the divisions that it shows in passing.
#[derive(Debug, Default)]
pub(crate) struct Named {
    seen: Vec<bool>,
    count: usize,
    last_division: Option<Sym>,
    divisions: HashSet<Sym>,
}

impl Named {
    /// Whether the file may name more.
    pub(crate) fn has_room(&self) -> bool {
        self.count < MAX_PERMISSIONS
    }

    /// Whether the file named it before.
    pub(crate) fn has(&self, permission: PermissionId) -> bool {
        self.seen.get(permission.index()).copied().unwrap_or_default()
    }

    /// Whether the file showed a division before. Those of one division often follow each other.
    #[inline]
    pub(crate) fn has_division(&mut self, division: Sym) -> bool {
        if self.last_division != Some(division) && self.divisions.contains(&division) {
            self.last_division = Some(division);
        }
        self.last_division == Some(division)
    }

    pub(crate) fn add_division(&mut self, division: Sym) {
        self.divisions.insert(division);
    }

    #[inline]
    pub(crate) fn add(&mut self, permission: PermissionId) {
        if self.seen.len() <= permission.index() {
            self.seen.resize(permission.index() + 1, false);
        }
        if let Some(seen) = self.seen.get_mut(permission.index()) {
            self.count += usize::from(!std::mem::replace(seen, true));
        }
    }
}

/// What is wrong in a file, as far as it is told.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    wrong: Told,
    notes: Told,
}

#[derive(Debug, Default)]
struct Told {
    kept: Vec<Trouble>,
    beyond: u64,
    /// Whether one that is not kept says more than that the file is no export.
    is_more: bool,
}

impl Troubles {
    /// How many are wrong so far.
    pub(crate) fn count(&self) -> u64 {
        self.wrong.kept.len() as u64 + self.wrong.beyond
    }

    pub(crate) fn push(&mut self, trouble: Trouble) {
        let told = if trouble.kind == NOT_EVALUATED { &mut self.notes } else { &mut self.wrong };
        if told.kept.len() < MAX_TROUBLES {
            told.kept.push(trouble);
        } else {
            told.beyond += 1;
            told.is_more |= !trouble.is_unknown_shape();
        }
    }

    /// Adds those of another list.
    pub(crate) fn append(&mut self, other: Self) {
        other.wrong.kept.into_iter().chain(other.notes.kept).for_each(|trouble| self.push(trouble));
        for (told, other) in [
            (&mut self.wrong, (other.wrong.beyond, other.wrong.is_more)),
            (&mut self.notes, (other.notes.beyond, false)),
        ] {
            told.beyond += other.0;
            told.is_more |= other.1;
        }
    }

    /// Counts troubles that were left out before they came here.
    pub(crate) fn add_beyond(&mut self, count: u64) {
        self.wrong.beyond += count;
        self.wrong.is_more |= count > 0;
    }

    /// The troubles and the notes, each in order of place. Where some are left out, the last says how
    /// many; it stands at `end`.
    pub(crate) fn finish(self, end: u32) -> (Vec<Trouble>, Vec<Trouble>) {
        (self.wrong.finish("too-many", end), self.notes.finish(NOT_EVALUATED, end))
    }
}

impl Told {
    fn finish(mut self, kind: &'static str, end: u32) -> Vec<Trouble> {
        self.kept.sort_by_key(|trouble| trouble.at);
        if self.beyond > 0 {
            // A file that is no export at all stays one, however often that is said.
            let is_foreign = !self.is_more && self.kept.iter().all(Trouble::is_unknown_shape);
            let kind = if is_foreign { UNKNOWN_SHAPE } else { kind };
            self.kept.push(beyond(kind, self.beyond, end));
        }
        self.kept
    }
}

/// Says how many troubles of a file are not told.
pub(crate) fn beyond(kind: &'static str, count: u64, at: u32) -> Trouble {
    Trouble {
        kind,
        message: format!("the same file has {count} more, and {MAX_TROUBLES} of a file are shown"),
        help: "mend what is shown, and run again",
        at,
        end: at,
        related: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(kind: &'static str, at: u32) -> Trouble {
        Trouble { kind, message: String::new(), help: "", at, end: at, related: None }
    }

    #[test]
    fn the_first_troubles_are_told_and_the_rest_is_counted() {
        let mut troubles = Troubles::default();
        (0..150).rev().for_each(|at| troubles.push(trouble("wrong-type", at)));
        (0..3).for_each(|at| troubles.push(trouble(NOT_EVALUATED, at)));
        troubles.add_beyond(7);
        let (wrong, notes) = troubles.finish(999);
        assert_eq!((wrong.len(), notes.len()), (MAX_TROUBLES + 1, 3));
        let last = &wrong[MAX_TROUBLES];
        assert_eq!((last.kind, last.at), ("too-many", 999));
        assert!(last.message.contains("57 more"), "{}", last.message);
        assert!(wrong.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }

    #[test]
    fn exactly_as_many_as_are_told_need_no_count() {
        let mut troubles = Troubles::default();
        (0..100).for_each(|at| troubles.push(trouble("wrong-type", at)));
        assert_eq!(troubles.finish(999).0.len(), MAX_TROUBLES);
    }

    #[test]
    fn what_is_no_export_stays_none_unless_something_else_is_wrong() {
        let kinds = |last: &'static str| {
            let mut troubles = Troubles::default();
            (0..150).for_each(|at| troubles.push(trouble(UNKNOWN_SHAPE, at)));
            troubles.push(trouble(last, 200));
            let mut kinds: Vec<_> = troubles.finish(999).0.iter().map(|trouble| trouble.kind).collect();
            kinds.dedup();
            kinds
        };
        assert_eq!(kinds(UNKNOWN_SHAPE), [UNKNOWN_SHAPE]);
        assert_eq!(kinds("wrong-type"), [UNKNOWN_SHAPE, "too-many"]);
    }
}
