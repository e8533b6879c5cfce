//! Who holds a role.

use crate::context::Context;
use rolecall_graph::{EdgeKind, Holding, Via};
use rolecall_model::{Entity, Kind};
use std::cmp::Ordering;

/// Who holds a role, directly, by group or through a role that inherits from it.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) users: usize,
    pub(crate) accounts: usize,
    /// The first few names in order, users before service accounts.
    pub(crate) names: Vec<String>,
    /// The first user and the first service account, each with the way to the role; the way is left out where it is far.
    pub(crate) examples: Vec<(Entity, Vec<Via>)>,
}

impl Held {
    /// How many hold it.
    pub(crate) fn count(&self) -> usize {
        self.users + self.accounts
    }
}

/// Over how many roles a holder may be away to be the example of how a role is held. Roles that inherit each from the
/// next would otherwise all tell the chain down to the same holder.
const FAR: u32 = 16;

/// How many names a sentence gives before it only counts.
pub(crate) const NAMED: usize = 3;

impl Context<'_, '_> {
    /// Who holds a role. Worked out once a role and shared by all rules.
    pub(crate) fn held(&self, role: u32) -> &Held {
        static NOBODY: Held = Held { users: 0, accounts: 0, names: Vec::new(), examples: Vec::new() };
        self.held.get(role as usize).map_or(&NOBODY, |cell| cell.get_or_init(|| self.held_by(role, |_| true)))
    }

    /// Who of some holds a role.
    pub(crate) fn held_by(&self, role: u32, is_one: impl Fn(Entity) -> bool) -> Held {
        let heirs = self.graph.spread([role], |_| false);
        let mut holdings = self.graph.holders_unsorted(heirs.roles());
        holdings.retain(|holding| is_one(holding.principal));
        self.keep_once(&mut holdings, |holding| holding.principal);
        let mut held = Held::default();
        for kind in [Kind::User, Kind::ServiceAccount] {
            let of_kind = || holdings.iter().filter(|h| h.principal.kind == kind);
            let count = of_kind().count();
            if kind == Kind::User {
                held.users = count
            } else {
                held.accounts = count
            }
            let first = self.first_few(of_kind());
            let names = first.iter().map(|h| self.graph.tenant.name(h.principal).to_owned());
            held.names.extend(names.take(NAMED - held.names.len().min(NAMED)));
            // The nearest shows it best, and a chain of roles with holders all along is told in no more than its length.
            let by_way = |h: &&Holding| (heirs.distance(h.role), h.group.is_some());
            let nearest = of_kind().map(|h| by_way(&h)).min();
            let near = of_kind().filter(|h| Some(by_way(h)) == nearest);
            if let Some(holding) = self.first_few(near).first() {
                let mut way = Vec::new();
                if heirs.distance(holding.role) <= FAR {
                    way = holding.way(self.graph);
                    way.extend(inheritance(&heirs.chain(holding.role)));
                }
                held.examples.push((holding.principal, way));
            }
        }
        held
    }

    /// The first few by name, which need not put all in order.
    fn first_few<'h>(&self, all: impl Iterator<Item = &'h Holding>) -> Vec<&'h Holding> {
        // By how the name starts, which tells most apart, then by the whole of it.
        let mut first: Vec<(u64, &Holding)> = Vec::with_capacity(NAMED + 1);
        for holding in all {
            let start = self.name_start(holding.principal);
            let is_before = |(other_start, other): &(u64, &Holding)| {
                let by_key = || self.graph.order_key(holding.principal).cmp(&self.graph.order_key(other.principal));
                start.cmp(other_start).then_with(by_key) == Ordering::Less
            };
            if first.len() < NAMED || first.last().is_some_and(is_before) {
                let at = first.partition_point(|known| !is_before(known));
                first.insert(at, (start, holding));
                first.truncate(NAMED);
            }
        }
        first.into_iter().map(|(_, holding)| holding).collect()
    }

    /// Which of two comes first by name, or else by what all is put in order by.
    #[inline]
    pub(crate) fn by_name(&self, a: Entity, b: Entity) -> Ordering {
        let by_start = self.name_start(a).cmp(&self.name_start(b));
        by_start.then_with(|| self.graph.order_key(a).cmp(&self.graph.order_key(b)))
    }

    /// The first eight bytes of a name, which are in order as names are.
    pub(crate) fn name_start(&self, entity: Entity) -> u64 {
        let tenant = self.graph.tenant;
        if entity.kind != Kind::User {
            return start_of(tenant.name(entity));
        }
        let of_users = || tenant.entities(Kind::User).map(|user| start_of(tenant.name(user))).collect();
        self.name_starts.get_or_init(of_users).get(entity.row as usize).copied().unwrap_or_default()
    }
}

/// The first eight bytes of a text as a number.
fn start_of(text: &str) -> u64 {
    text.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |start, byte| start << 8 | u64::from(byte))
}

/// A chain of parents as edges.
pub(crate) fn inheritance(chain: &[(u32, rolecall_model::Origin)]) -> Vec<Via> {
    let edge = |(role, origin): &(u32, rolecall_model::Origin)| Via {
        kind: EdgeKind::Inherits,
        to: Entity { kind: Kind::Role, row: *role },
        origin: *origin,
    };
    chain.iter().map(edge).collect()
}
