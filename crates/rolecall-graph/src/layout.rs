//! Nodes as numbers: by kind and row, so that the number of an entity is an addition and no table is kept.

use crate::Node;
use rolecall_model::{Entity, Kind, Tenant};

/// Where each kind starts among the numbers; permission entries follow, and everyone comes last.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    bases: [u32; Kind::ALL.len() + 1],
    grants: u32,
}

impl Layout {
    pub(crate) fn new(tenant: &Tenant) -> Self {
        let mut bases = [0; Kind::ALL.len() + 1];
        let mut next = 0;
        for (base, kind) in bases.iter_mut().zip(Kind::ALL) {
            *base = next;
            next += tenant.count(kind);
        }
        if let Some(last) = bases.last_mut() {
            *last = next;
        }
        Self { bases, grants: u32::try_from(tenant.grants.len()).unwrap_or(u32::MAX) }
    }

    /// How many nodes there are.
    pub(crate) fn count(&self) -> u32 {
        self.first_grant() + self.grants + 1
    }

    fn first_grant(&self) -> u32 {
        self.bases.last().copied().unwrap_or_default()
    }

    /// The number of a node.
    #[inline]
    pub(crate) fn index(&self, node: Node) -> u32 {
        match node {
            // Kinds are listed in the order in which they are declared; a test holds that.
            // An entity that is not in the input is beyond all numbers.
            Node::Entity(entity) => {
                self.bases.get(entity.kind as usize).copied().unwrap_or_default().saturating_add(entity.row)
            }
            Node::Grant(row) => self.first_grant() + row,
            Node::Everyone => self.first_grant() + self.grants,
        }
    }

    /// The node of a number.
    #[inline]
    pub(crate) fn node(&self, index: u32) -> Node {
        let first = self.first_grant();
        if index >= first {
            let row = index - first;
            return if row < self.grants { Node::Grant(row) } else { Node::Everyone };
        }
        // Of kinds that start at one number all but the last are empty.
        let place = self.bases.partition_point(|base| *base <= index).saturating_sub(1);
        let (kind, base) = (Kind::ALL.get(place).copied(), self.bases.get(place).copied());
        Node::Entity(Entity { kind: kind.unwrap_or(Kind::Role), row: index - base.unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_model::{Common, Group, Role, User};

    #[test]
    fn kinds_are_listed_as_they_are_declared() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
        }
    }

    #[test]
    fn every_node_has_a_number_of_its_own() {
        let tenant = Tenant {
            roles: vec![Role::default(); 2],
            users: Common::Own(vec![User::default(); 3]),
            groups: vec![Group::default()],
            ..Tenant::default()
        };
        let layout = Layout::new(&tenant);
        assert_eq!(layout.count(), 7);
        for index in 0..layout.count() {
            assert_eq!(layout.index(layout.node(index)), index);
        }
        assert_eq!(layout.node(5), Node::Entity(Entity { kind: Kind::Group, row: 0 }));
        assert_eq!(layout.node(6), Node::Everyone);
    }
}
