//! Every way to an entry, where one is not enough: another group, another assignment, another chain of parents.

use crate::access::Via;
use crate::spread::role_entity;
use crate::{Access, AccessGraph, EdgeKind};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Kind};

/// How many chains of parents between two roles are told apart.
const CHAINS: usize = 64;

impl AccessGraph<'_> {
    /// Every way by which a principal, group or role may do something, for the entries that are asked
    /// for: by each group and each role held, with the shortest chain of parents. Shortest ways first.
    #[must_use]
    pub fn ways(&self, of: Entity, is_asked: impl Fn(u32) -> bool) -> Vec<Access> {
        self.ways_by(of, |_| true, is_asked)
    }

    /// The same, where it is known which roles lead to any of the entries: the others are not gone into.
    #[must_use]
    pub fn ways_by(&self, of: Entity, is_leading: impl Fn(u32) -> bool, is_asked: impl Fn(u32) -> bool) -> Vec<Access> {
        let mut found = Vec::new();
        // Many groups may bring the same role.
        let mut asked: HashMap<u32, bool> = HashMap::new();
        for (start, via) in self.entries_by(of, is_leading) {
            let own = |owner: Entity, way: &[Via], found: &mut Vec<Access>| {
                let list = self.tenant.grants_of(owner);
                let grants = (list.start..list.start + list.len).filter(|grant| is_asked(*grant));
                found.extend(grants.map(|grant| Access { grant, via: way.to_vec() }));
            };
            match start.kind {
                Kind::Role => self.closure(start.row).each(|role, chain| {
                    let list = self.tenant.grants_of(role_entity(role));
                    let mut rows = list.start..list.start + list.len;
                    if *asked.entry(role).or_insert_with(|| rows.any(&is_asked)) {
                        let way: Vec<Via> = via.iter().copied().chain(chain()).collect();
                        own(role_entity(role), &way, &mut found);
                    }
                }),
                _ => own(start, &via, &mut found),
            }
        }
        found.sort_by_key(|access| access.via.len());
        found
    }

    /// The chains of parents from one role to another, shortest first, no role twice on one chain; and
    /// whether there are more than are given.
    #[must_use]
    pub fn chains(&self, from: u32, to: u32) -> (Vec<Vec<Via>>, bool) {
        let heirs: HashSet<u32> = self.heirs(to).into_iter().collect();
        let mut found = Vec::new();
        let mut open: std::collections::VecDeque<Vec<Via>> = std::collections::VecDeque::from([Vec::new()]);
        while let Some(chain) = open.pop_front() {
            let at = chain.last().map_or(from, |via| via.to.row);
            if at == to {
                if found.len() == CHAINS {
                    return (found, true);
                }
                found.push(chain);
                continue;
            }
            let mut parents: Vec<Via> = self
                .entities_from(role_entity(at), EdgeKind::Inherits)
                .map(|(parent, origin)| Via { kind: EdgeKind::Inherits, to: parent, origin })
                .filter(|via| heirs.contains(&via.to.row) && via.to.row != from)
                .filter(|via| !chain.iter().any(|known| known.to == via.to))
                .collect();
            parents.sort_by_cached_key(|via| (self.order_key(via.to), via.origin));
            // A web of parents may have more chains than anybody reads.
            if open.len() > CHAINS * CHAINS {
                return (found, true);
            }
            open.extend(parents.into_iter().map(|via| chain.iter().copied().chain([via]).collect()));
        }
        (found, false)
    }
}
