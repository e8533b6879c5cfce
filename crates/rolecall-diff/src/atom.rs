//! What may be done, over what: the least pieces of access, the same in both exports.

use hashbrown::HashMap;
use rolecall_model::Permission;

/// A piece of access, by number.
pub(crate) type AtomId = u32;

/// How far an assignment lets a piece of access reach, by number; 0 where no assignment decides.
pub(crate) type ReachId = u32;

/// The pieces of both exports, each once.
#[derive(Default)]
pub(crate) struct Atoms {
    atoms: Vec<Atom>,
    known: HashMap<(String, String), AtomId>,
    reaches: Vec<String>,
    known_reaches: HashMap<String, ReachId>,
}

struct Atom {
    permission: Option<Permission>,
    spelling: String,
    /// In words; nothing where the assignment decides.
    scope: String,
    /// The piece that this is a part of: what a view shows, of the entry that is limited to it.
    whole: Option<AtomId>,
}

/// A piece of access as somebody has it.
pub(crate) type Held = (AtomId, ReachId);

impl Atoms {
    pub(crate) fn intern(&mut self, spelling: &str, scope: &str, whole: Option<AtomId>) -> AtomId {
        let next = u32::try_from(self.atoms.len()).unwrap_or(u32::MAX);
        let key = (spelling.to_owned(), scope.to_owned());
        *self.known.entry(key).or_insert_with(|| {
            let (spelling, scope) = (spelling.to_owned(), scope.to_owned());
            self.atoms.push(Atom { permission: Permission::parse(&spelling, None), spelling, scope, whole });
            next
        })
    }

    pub(crate) fn reach(&mut self, words: String) -> ReachId {
        self.reaches.push(words.clone());
        let next = u32::try_from(self.reaches.len()).unwrap_or(u32::MAX);
        let id = *self.known_reaches.entry(words).or_insert(next);
        if id != next {
            self.reaches.pop();
        }
        id
    }

    /// A piece as somebody has it by a role that is given so far.
    pub(crate) fn held(&self, atom: AtomId, reach: ReachId) -> Held {
        let is_open = self.atoms.get(atom as usize).is_some_and(|atom| atom.scope.is_empty());
        (atom, if is_open { reach } else { 0 })
    }

    pub(crate) fn whole(&self, atom: AtomId) -> Option<AtomId> {
        self.atoms.get(atom as usize)?.whole
    }

    /// The words of a reach.
    pub(crate) fn reach_words(&self, reach: ReachId) -> Option<&str> {
        self.reaches.get((reach as usize).checked_sub(1)?).map(String::as_str)
    }

    /// `routing:queue:view over Assigned`
    pub(crate) fn words(&self, held: Held) -> String {
        let spelling = self.atoms.get(held.0 as usize).map_or("", |atom| atom.spelling.as_str());
        format!("{spelling} over {}", self.scope(held))
    }

    pub(crate) fn spelling(&self, atom: AtomId) -> &str {
        self.atoms.get(atom as usize).map_or("", |atom| atom.spelling.as_str())
    }

    pub(crate) fn scope(&self, (atom, reach): Held) -> &str {
        let scope = self.atoms.get(atom as usize).map_or("", |atom| atom.scope.as_str());
        if scope.is_empty() { self.reach_words(reach).unwrap_or("the divisions it is given in") } else { scope }
    }

    /// Whether whoever has `wide` has `narrow` too.
    pub(crate) fn covers(&self, wide: Held, narrow: Held) -> bool {
        if wide == narrow {
            return true;
        }
        let (Some(a), Some(b)) = (self.atoms.get(wide.0 as usize), self.atoms.get(narrow.0 as usize)) else {
            return false;
        };
        let is_of = a.spelling == b.spelling
            || a.permission.as_ref().zip(b.permission.as_ref()).is_some_and(|(a, b)| a.covers(b));
        let (wide, narrow) = (self.scope(wide), self.scope(narrow));
        is_of && (wide == narrow || rank(wide) > rank(narrow))
    }
}

/// Sets between `Assigned` and `All` are only compared by their names.
fn rank(scope: &str) -> u8 {
    match scope {
        "Self" => 0,
        "Assigned" => 1,
        "every division" => 3,
        "All" => 4,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_permissions_and_scopes_cover_narrower_ones_and_sets_only_themselves() {
        let mut atoms = Atoms::default();
        let mut atom = |permission: &str, scope: &str| (atoms.intern(permission, scope, None), 0);
        let (all, some, view, queue) = (
            atom("routing:*:*", "All"),
            atom("routing:queue:view", "Assigned"),
            atom("routing:queue:view", "View A"),
            atom("routing:queue:view", "View B"),
        );
        assert!(atoms.covers(all, view) && atoms.covers(all, some) && atoms.covers(view, some));
        assert!(!atoms.covers(some, view) && !atoms.covers(view, queue) && !atoms.covers(view, all));
    }
}
