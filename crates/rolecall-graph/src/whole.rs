//! Views that together hold every queue: what is limited to them reaches as far as All.

use crate::{AccessGraph, EdgeKind};
use hashbrown::HashMap;
use rolecall_model::{Entity, Kind, List, Ref, Tenant};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What was worked out of views, since thousands may have an entry that is limited to them.
pub(crate) struct Whole {
    /// For each view, how many queues it holds.
    queues_in_view: Vec<OnceLock<usize>>,
    /// Of the lists of views that limit entries, by start and length, whether they hold every queue.
    lists: Mutex<HashMap<(u32, u32), bool>>,
}

impl Whole {
    pub(crate) fn new(tenant: &Tenant) -> Self {
        Self { queues_in_view: tenant.views.iter().map(|_| OnceLock::new()).collect(), lists: Mutex::default() }
    }
}

impl AccessGraph<'_> {
    /// Whether the views that limit an entry together hold every queue of an export that has queues. The answer is kept.
    #[must_use]
    pub fn is_every_queue(&self, views: List) -> bool {
        let known = || self.whole.lists.lock().unwrap_or_else(PoisonError::into_inner);
        // A list of no length starts where the next one does.
        let list = (views.start, views.len);
        let is_known = known().get(&list).copied();
        is_known.unwrap_or_else(|| {
            let is_every = self.hold_every_queue(views);
            known().insert(list, is_every);
            is_every
        })
    }

    fn hold_every_queue(&self, views: List) -> bool {
        let tenant = self.tenant;
        let rows = |r: &Ref| self.directory.each(Kind::View, r.target);
        let views: Vec<u32> = tenant.refs(views).iter().flat_map(rows).collect();
        let count = |view: &u32| {
            let known = self.whole.queues_in_view.get(*view as usize);
            known.map_or(0, |count| *count.get_or_init(|| self.queues(&[*view]).len()))
        };
        let (all, counts) = (tenant.queues.len(), views.iter().map(count));
        // The union is only worth making where the counts allow it.
        all > 0
            && counts.clone().sum::<usize>() >= all
            && (counts.max() == Some(all) || self.queues(&views).len() == all)
    }

    fn queues(&self, views: &[u32]) -> Vec<Entity> {
        let is_queue = |entity: Entity| entity.kind == Kind::Queue;
        let of = |row: &u32| {
            let view = Entity { kind: Kind::View, row: *row };
            self.entities_into_of(view, EdgeKind::InView, is_queue)
        };
        let mut queues: Vec<Entity> = views.iter().flat_map(of).map(|(queue, _)| queue).collect();
        queues.sort_unstable();
        queues.dedup();
        queues
    }
}
