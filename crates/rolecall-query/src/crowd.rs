//! Those who hold a role in the same way: together directly, or by one group, or in the same divisions.

use rolecall_engine::{Answer, Judge};
use rolecall_graph::{Access, EdgeKind, Via};
use rolecall_model::{Entity, Origin};
use std::cmp::Reverse;
use std::sync::Arc;

/// Some who hold a role in the same way, before they are judged.
pub(crate) struct Crowd {
    pub(crate) group: Option<(Entity, Origin)>,
    pub(crate) role: Option<u32>,
    /// Their ways to what is asked for. Where the first edge is stated is each one's own, and says nothing here.
    pub(crate) ways: Arc<Vec<Access>>,
    pub(crate) people: Vec<Entity>,
}

impl Crowd {
    /// Where the first edge of one of them is stated: of several assignments the one that answers best. Only those who
    /// are shown are asked for it.
    pub(crate) fn origin(
        &self,
        judge: &Judge<'_, '_>,
        who: Entity,
        answer: impl Fn(Option<u32>) -> Option<Answer>,
    ) -> Origin {
        let graph = judge.graph();
        let stated = match (self.group, self.role) {
            (Some((group, _)), _) => {
                let to_group = graph.entities_from(who, EdgeKind::MemberOf).filter(|(to, _)| *to == group);
                to_group.map(|(_, origin)| origin).min()
            }
            (None, Some(role)) => {
                let held = graph.holdings(who).filter(|(held, ..)| *held == role);
                held.map(|(_, origin, given)| (Reverse(answer(given)), origin)).min().map(|(_, origin)| origin)
            }
            (None, None) => None,
        };
        stated.unwrap_or_else(|| graph.tenant.head(who).origin)
    }
}

/// The edges to a role, direct or by a group, the first of them stated nowhere in particular.
pub(crate) fn lead(group: Option<(Entity, Origin)>, role: Entity) -> Vec<Via> {
    let edge = |kind, to, origin| Via { kind, to, origin };
    match group {
        Some((group, holds)) => {
            vec![edge(EdgeKind::MemberOf, group, Origin::default()), edge(EdgeKind::Holds, role, holds)]
        }
        None => vec![edge(EdgeKind::Holds, role, Origin::default())],
    }
}

/// A way with the first edge as it is for one of the crowd.
pub(crate) fn own_way(crowd: &Crowd, origin: Origin, way: &Access) -> Access {
    let mut own = way.clone();
    if let Some(first) = own.via.first_mut().filter(|_| crowd.role.is_some()) {
        first.origin = origin;
    }
    own
}
