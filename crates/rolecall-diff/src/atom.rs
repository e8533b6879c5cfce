//! What may be done, over what: the least pieces of access, the same in both exports.

use crate::identity::Key;
use hashbrown::HashMap;
use rolecall_model::{Permission, ScopeWord};

/// A piece of access, by number.
pub(crate) type AtomId = u32;

/// How far an assignment lets a piece of access reach, by number; 0 where no assignment decides.
pub(crate) type ReachId = u32;

/// A view or group that limits an entry, or what a condition names; what is written where the export has no such thing.
pub(crate) type Limit = Result<Key, String>;

/// How far an entry reaches, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// As far as the divisions in which the role is given.
    Given,
    /// A word of the platform's.
    Word(String),
    /// What is within certain views or groups, which are in order.
    Within(Vec<Limit>),
    /// The queues and users that a condition names, which are in order, as far as the divisions.
    Named(Vec<Limit>),
    /// What only an evaluation of its condition finds, as far as the divisions.
    Conditioned,
    /// One thing within them.
    Thing(Key),
}

/// Where an assignment limits nothing.
const EVERYWHERE: &str = "every division";

impl Scope {
    /// Whether the divisions in which a role is given limit it.
    fn is_divided(&self) -> bool {
        matches!(self, Self::Given | Self::Named(_) | Self::Conditioned)
    }
}

/// The pieces of both exports, each once.
#[derive(Default)]
pub(crate) struct Atoms {
    atoms: Vec<Atom>,
    known: HashMap<(String, Scope), AtomId>,
    reaches: Vec<String>,
    known_reaches: HashMap<String, ReachId>,
}

struct Atom {
    permission: Option<Permission>,
    spelling: String,
    scope: Scope,
    /// The scope in words, without the divisions.
    words: String,
    /// The pieces that this is a part of: those of the entries that are limited to what it is within.
    wholes: Vec<AtomId>,
}

/// A piece of access as somebody has it.
pub(crate) type Held = (AtomId, ReachId);

impl Atoms {
    pub(crate) fn intern(&mut self, spelling: &str, scope: Scope, words: String) -> AtomId {
        let next = u32::try_from(self.atoms.len()).unwrap_or(u32::MAX);
        let key = (spelling.to_owned(), scope);
        *self.known.entry(key).or_insert_with_key(|(spelling, scope)| {
            let permission = Permission::parse(spelling, None);
            let (spelling, scope) = (spelling.clone(), scope.clone());
            self.atoms.push(Atom { permission, spelling, scope, words, wholes: Vec::new() });
            next
        })
    }

    /// One thing of what `whole` reaches.
    pub(crate) fn intern_part(&mut self, whole: AtomId, thing: Key, words: String) -> AtomId {
        let spelling = self.spelling(whole).to_owned();
        let id = self.intern(&spelling, Scope::Thing(thing), words);
        if let Some(atom) = self.atoms.get_mut(id as usize)
            && !atom.wholes.contains(&whole)
        {
            atom.wholes.push(whole);
        }
        id
    }

    /// The number of a reach. `key` tells it from others, whatever the words.
    pub(crate) fn reach(&mut self, key: String, words: String) -> ReachId {
        let reaches = &mut self.reaches;
        *self.known_reaches.entry(key).or_insert_with(|| {
            reaches.push(words);
            u32::try_from(reaches.len()).unwrap_or(u32::MAX)
        })
    }

    /// A piece as somebody has it by a role that is given so far.
    pub(crate) fn held(&self, atom: AtomId, reach: ReachId) -> Held {
        let is_divided = self.atoms.get(atom as usize).is_some_and(|atom| atom.scope.is_divided());
        (atom, if is_divided { reach } else { 0 })
    }

    /// The pieces that one is a part of.
    pub(crate) fn wholes(&self, atom: AtomId) -> &[AtomId] {
        self.atoms.get(atom as usize).map_or(&[], |atom| &atom.wholes)
    }

    /// The views and groups that limit a piece.
    pub(crate) fn limits(&self, atom: AtomId) -> &[Limit] {
        match self.atoms.get(atom as usize).map(|atom| &atom.scope) {
            Some(Scope::Within(limits)) => limits,
            _ => &[],
        }
    }

    /// What a condition names that narrows a piece.
    pub(crate) fn named(&self, atom: AtomId) -> &[Limit] {
        match self.atoms.get(atom as usize).map(|atom| &atom.scope) {
            Some(Scope::Named(things)) => things,
            _ => &[],
        }
    }

    /// The one thing that a piece is about.
    pub(crate) fn thing(&self, atom: AtomId) -> Option<Key> {
        match self.atoms.get(atom as usize)?.scope {
            Scope::Thing(thing) => Some(thing),
            _ => None,
        }
    }

    /// The words of a reach.
    pub(crate) fn reach_words(&self, reach: ReachId) -> Option<&str> {
        self.reaches.get((reach as usize).checked_sub(1)?).map(String::as_str)
    }

    /// `routing:queue:view over Assigned`
    pub(crate) fn words(&self, held: Held) -> String {
        format!("{} over {}", self.spelling(held.0), self.scope(held))
    }

    pub(crate) fn spelling(&self, atom: AtomId) -> &str {
        self.atoms.get(atom as usize).map_or("", |atom| atom.spelling.as_str())
    }

    pub(crate) fn scope(&self, (atom, reach): Held) -> String {
        let Some(atom) = self.atoms.get(atom as usize) else { return String::new() };
        let word = if atom.scope == Scope::Given { ScopeWord::Granted } else { ScopeWord::Condition };
        match self.reach_words(reach) {
            Some(division) if atom.scope.is_divided() => word.in_division(&atom.words, division),
            _ => atom.words.clone(),
        }
    }

    /// Whether a piece reaches as far as the divisions, and no condition narrows it.
    pub(crate) fn is_given(&self, atom: AtomId) -> bool {
        self.atoms.get(atom as usize).is_some_and(|atom| atom.scope == Scope::Given)
    }

    /// Whether a piece reaches everything by a word of its own.
    pub(crate) fn is_all(&self, atom: AtomId) -> bool {
        let atom = self.atoms.get(atom as usize);
        atom.is_some_and(|atom| matches!(&atom.scope, Scope::Word(word) if word == "All"))
    }

    /// Whether an assignment limits nothing.
    pub(crate) fn is_every(&self, reach: ReachId) -> bool {
        self.reach_words(reach) == Some(EVERYWHERE)
    }

    /// Whether a piece and a pattern have anything in common.
    pub(crate) fn overlaps(&self, atom: AtomId, pattern: &Permission) -> bool {
        let permission = self.atoms.get(atom as usize).and_then(|atom| atom.permission.as_ref());
        permission.is_some_and(|permission| pattern.overlaps(permission))
    }

    /// Whether whoever may do what `pattern` says may do this, or is denied it.
    pub(crate) fn is_within(&self, atom: AtomId, pattern: &Permission) -> bool {
        let permission = self.atoms.get(atom as usize).and_then(|atom| atom.permission.as_ref());
        permission.is_some_and(|permission| pattern.covers(permission))
    }

    /// Whether whoever has `wide` may do, to something, what `narrow` says.
    pub(crate) fn covers_action(&self, wide: AtomId, narrow: AtomId) -> bool {
        let (Some(a), Some(b)) = (self.atoms.get(wide as usize), self.atoms.get(narrow as usize)) else { return false };
        a.spelling == b.spelling || a.permission.as_ref().zip(b.permission.as_ref()).is_some_and(|(a, b)| a.covers(b))
    }

    /// Whether whoever has `wide` has `narrow` too.
    pub(crate) fn covers(&self, wide: Held, narrow: Held) -> bool {
        let (Some(a), Some(b)) = (self.atoms.get(wide.0 as usize), self.atoms.get(narrow.0 as usize)) else {
            return false;
        };
        let is_as_far = wide.1 == narrow.1 || self.reach_words(wide.1) == Some(EVERYWHERE);
        let is_same = match (&a.scope, &b.scope) {
            (Scope::Named(all), Scope::Named(some)) => some.iter().all(|thing| all.contains(thing)),
            (Scope::Given, Scope::Named(_) | Scope::Conditioned) => true,
            (a, b) => a == b,
        };
        // Whether a condition leaves what its holder works on, only an evaluation finds.
        let is_wider = a.scope != Scope::Conditioned && self.rank(wide) > self.rank(narrow);
        (is_same && is_as_far || is_wider) && self.covers_action(wide.0, narrow.0)
    }

    /// Sets between `Assigned` and `All` are only compared by what they are.
    fn rank(&self, (atom, reach): Held) -> u8 {
        let atom = self.atoms.get(atom as usize);
        let words = match atom.map(|atom| &atom.scope) {
            Some(Scope::Given) => self.reach_words(reach),
            Some(Scope::Named(_) | Scope::Conditioned) => None,
            _ => atom.map(|atom| atom.words.as_str()),
        };
        match words.unwrap_or_default() {
            "Self" => 0,
            "Assigned" => 1,
            EVERYWHERE => 3,
            "All" => 4,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_permissions_and_scopes_cover_narrower_ones_and_sets_only_themselves() {
        let mut atoms = Atoms::default();
        let mut atom = |permission: &str, scope: Scope, words: &str| (atoms.intern(permission, scope, words.into()), 0);
        let word = |word: &str| Scope::Word(word.into());
        let (all, some, view, queue) = (
            atom("routing:*:*", word("All"), "All"),
            atom("routing:queue:view", word("Assigned"), "Assigned"),
            atom("routing:queue:view", Scope::Within(vec![Ok(1)]), "View A"),
            atom("routing:queue:view", Scope::Within(vec![Ok(2)]), "View A"),
        );
        assert!(atoms.covers(all, view) && atoms.covers(all, some) && atoms.covers(view, some));
        let mut named = |things: Vec<Key>| {
            (atoms.intern("routing:queue:view", Scope::Named(things.into_iter().map(Ok).collect()), String::new()), 0)
        };
        let (both, one, none) = (named(vec![1, 2]), named(vec![1]), named(vec![3]));
        assert!(atoms.covers(both, one) && atoms.covers(all, both) && atoms.covers(one, some));
        assert!(!atoms.covers(one, both) && !atoms.covers(both, none) && !atoms.covers(both, view));
        assert!(!atoms.covers(some, view) && !atoms.covers(view, queue) && !atoms.covers(view, all));
    }
}
