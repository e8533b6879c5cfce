//! Many entities of few kinds.

use crate::{Entity, Kind};

/// A set of entities that takes a byte a row of each kind that it has: for sets that hold much of a tenant.
#[derive(Clone, Debug, Default)]
pub struct EntitySet {
    rows: [Vec<bool>; Kind::ALL.len()],
    len: usize,
}

impl EntitySet {
    /// Adds an entity; gives back whether it is new.
    pub fn insert(&mut self, entity: Entity) -> bool {
        let row = entity.row as usize;
        let Some(rows) = self.rows.get_mut(entity.kind as usize) else { return false };
        if rows.len() <= row {
            rows.resize(row + 1, false);
        }
        let is_new = rows.get_mut(row).is_some_and(|known| !std::mem::replace(known, true));
        self.len += usize::from(is_new);
        is_new
    }

    /// Whether it has an entity.
    #[inline]
    #[must_use]
    pub fn contains(&self, entity: Entity) -> bool {
        let rows = self.rows.get(entity.kind as usize);
        rows.and_then(|rows| rows.get(entity.row as usize)).copied().unwrap_or(false)
    }

    /// Whether it has any entity of a kind.
    #[must_use]
    pub fn has_kind(&self, kind: Kind) -> bool {
        self.rows.get(kind as usize).is_some_and(|rows| !rows.is_empty())
    }

    /// How many it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its entities by kind and row.
    pub fn iter(&self) -> impl Iterator<Item = Entity> + '_ {
        Kind::ALL.into_iter().zip(&self.rows).flat_map(|(kind, rows)| {
            let rows = (0..).zip(rows).filter(|(_, is_one)| **is_one);
            rows.map(move |(row, _)| Entity { kind, row })
        })
    }
}

impl FromIterator<Entity> for EntitySet {
    fn from_iter<I: IntoIterator<Item = Entity>>(all: I) -> Self {
        let mut set = Self::default();
        for entity in all {
            set.insert(entity);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_in_it_once_and_in_order() {
        let entity = |kind, row| Entity { kind, row };
        let mut set = EntitySet::default();
        assert!(set.is_empty() && !set.has_kind(Kind::User));
        assert!(set.insert(entity(Kind::User, 4)));
        assert!(!set.insert(entity(Kind::User, 4)));
        assert!(set.insert(entity(Kind::Role, 0)) && set.insert(entity(Kind::User, 1)));
        assert!(set.contains(entity(Kind::User, 1)) && !set.contains(entity(Kind::User, 2)));
        assert!(!set.contains(entity(Kind::Group, 4)));
        assert_eq!(set.len(), 3);
        let all: Vec<Entity> = set.iter().collect();
        assert_eq!(all, [entity(Kind::Role, 0), entity(Kind::User, 1), entity(Kind::User, 4)]);
    }
}
