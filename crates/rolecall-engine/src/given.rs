//! Who is given a role itself, and in which divisions.

use crate::context::Context;
use crate::vocabulary::divisions;
use rolecall_model::{Entity, Origin};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A holding of a role: who has it, where that is stated, and by which assignment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) who: Entity,
    pub(crate) origin: Origin,
    /// The row of the assignment, where the dialect has them.
    pub(crate) assignment: Option<u32>,
    /// The number that assignments of the same divisions share.
    pub(crate) class: u32,
}

/// What is known of those who are given a role. Rules go over it again and again.
#[derive(Default)]
pub(crate) struct GivenOut {
    holdings: OnceLock<Box<[Given]>>,
    reaches: OnceLock<Vec<String>>,
    ids: OnceLock<Vec<String>>,
}

/// What a division goes by in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Called {
    Name,
    Id,
}

impl<'c> Context<'c, '_> {
    /// Those who are given a role, what one has of it in order of place. The order of those who have it says nothing:
    /// to put all in order by name takes longer than to ask which few count.
    pub(crate) fn given(&self, role: u32) -> &[Given] {
        let find = || {
            let of =
                |(who, origin, assignment)| Given { who, origin, assignment, class: self.division_class(assignment) };
            let mut given: Vec<Given> = self.graph.holders_of(role).map(of).collect();
            given.sort_unstable_by_key(|given| (given.who, given.origin, given.assignment));
            given.into()
        };
        self.given.get(role as usize).map_or(&[], |known| known.holdings.get_or_init(find))
    }

    /// Where all who are given a role have it, in words.
    pub(crate) fn given_reaches(&self, role: u32, called: Called) -> &[String] {
        let find = || self.reaches_of(self.given(role).iter(), called);
        let Some(known) = self.given.get(role as usize) else { return &[] };
        if called == Called::Name { known.reaches.get_or_init(find) } else { known.ids.get_or_init(find) }
    }

    /// Where a role is given by some holdings of it, in words.
    pub(crate) fn reaches_of<'g>(&self, given: impl Iterator<Item = &'g Given>, called: Called) -> Vec<String> {
        let rows = distinct(given).into_iter();
        let assignment = |row: Option<u32>| row.and_then(|row| self.graph.tenant.assignments.get(row as usize));
        let name = |division: Entity| match called {
            Called::Name => self.graph.tenant.name(division),
            Called::Id => self.id(division),
        };
        let reaches = rows.flat_map(|row| divisions::each(self.graph, assignment(row), name));
        reaches.collect::<BTreeSet<String>>().into_iter().collect()
    }
}

/// Of holdings that give their role in the same divisions only the assignment of the first.
pub(crate) fn distinct<'g>(all: impl Iterator<Item = &'g Given>) -> Vec<Option<u32>> {
    let mut found: Vec<(u32, Option<u32>)> = Vec::new();
    for given in all {
        // Most have the divisions of the one before, or of one before that.
        if !found.iter().rev().any(|(known, _)| *known == given.class) {
            found.push((given.class, given.assignment));
        }
    }
    found.into_iter().map(|(_, assignment)| assignment).collect()
}
