//! What is asked for: one thing, or any of several.

use crate::context::Context;
use hashbrown::HashMap;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, EntitySet, Kind, Sym};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::OnceLock;

/// What is asked for.
#[derive(Debug)]
pub enum Targets {
    /// One thing.
    One(Entity),
    /// Any of several.
    Any(Box<Several>),
}

/// Several things. What only some questions need is worked out when it is first asked for.
#[derive(Debug, Default)]
pub struct Several {
    set: EntitySet,
    divisions: OnceLock<Vec<(Option<Sym>, Entity)>>,
    first: OnceLock<Option<Entity>>,
    seated: OnceLock<EntitySet>,
    in_order: OnceLock<Vec<Entity>>,
    edges: OnceLock<usize>,
}

impl Several {
    /// Of each division the example that sorts first, by what they sort by.
    fn divisions(&self, context: &Context<'_, '_>) -> &[(Option<Sym>, Entity)] {
        self.divisions.get_or_init(|| {
            let mut found: HashMap<Option<Sym>, Entity> = HashMap::new();
            for entity in self.set.iter() {
                let known = found.entry(division_of(context, entity)).or_insert(entity);
                if context.by_name(entity, *known) == Ordering::Less {
                    *known = entity;
                }
            }
            let mut found: Vec<_> = found.into_iter().collect();
            found.sort_by(|(_, a), (_, b)| context.by_name(*a, *b));
            found
        })
    }

    fn first(&self, context: &Context<'_, '_>) -> Option<Entity> {
        *self.first.get_or_init(|| self.set.iter().min_by(|a, b| context.by_name(*a, *b)))
    }

    /// Everybody who sits on one of the queues, and every group that does.
    pub(super) fn seated(&self, context: &Context<'_, '_>) -> &EntitySet {
        self.seated.get_or_init(|| {
            let queues = self.set.iter().filter(|entity| entity.kind == Kind::Queue);
            let members = |queue: Entity| context.graph.entities_into(queue, EdgeKind::OnQueue);
            queues.flat_map(members).map(|(member, _)| member).collect()
        })
    }
}

impl Targets {
    /// Any of several things.
    #[must_use]
    pub fn any(all: impl IntoIterator<Item = Entity>) -> Self {
        Self::Any(Box::new(Several { set: all.into_iter().collect(), ..Several::default() }))
    }

    pub(super) fn has(&self, entity: Entity) -> bool {
        match self {
            Self::One(only) => *only == entity,
            Self::Any(several) => several.set.contains(entity),
        }
    }

    /// Whether it is one thing, and which.
    pub(crate) fn is_one(&self, entity: Entity) -> bool {
        matches!(self, Self::One(only) if *only == entity)
    }

    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Any(several) if several.set.is_empty())
    }

    pub(super) fn first(&self, context: &Context<'_, '_>) -> Option<Entity> {
        match self {
            Self::One(only) => Some(*only),
            Self::Any(several) => several.first(context),
        }
    }

    /// All of them, in the order of what they are shown by.
    pub(super) fn in_order(&self, context: &Context<'_, '_>) -> &[Entity] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::Any(several) => several.in_order.get_or_init(|| {
                let mut all: Vec<Entity> = several.set.iter().collect();
                all.sort_by(|a, b| context.by_name(*a, *b));
                all
            }),
        }
    }

    /// How many edges they have together.
    pub(super) fn edge_count(&self, context: &Context<'_, '_>) -> usize {
        let count = |entity: Entity| context.graph.edge_count(entity);
        match self {
            Self::One(only) => count(*only),
            Self::Any(several) => *several.edges.get_or_init(|| several.set.iter().map(count).sum()),
        }
    }

    pub(super) fn divisions(&self, context: &Context<'_, '_>) -> Cow<'_, [(Option<Sym>, Entity)]> {
        match self {
            Self::One(only) => Cow::Owned(vec![(division_of(context, *only), *only)]),
            Self::Any(several) => Cow::Borrowed(several.divisions(context)),
        }
    }

    /// Whether each of them is of a kind that meets `is_meant`.
    pub(super) fn are_each(&self, is_meant: impl Fn(Kind) -> bool) -> bool {
        match self {
            Self::One(only) => is_meant(only.kind),
            Self::Any(several) => Kind::ALL.into_iter().all(|kind| is_meant(kind) || !several.set.has_kind(kind)),
        }
    }

    /// Whether any of them is a queue.
    pub(super) fn is_on_queues(&self) -> bool {
        match self {
            Self::One(only) => only.kind == Kind::Queue,
            Self::Any(several) => several.set.has_kind(Kind::Queue),
        }
    }
}

fn division_of(context: &Context<'_, '_>, entity: Entity) -> Option<Sym> {
    let tenant = context.graph.tenant;
    let row = entity.row as usize;
    match entity.kind {
        Kind::Queue => tenant.queues.get(row).and_then(|queue| queue.division).map(|d| d.target),
        Kind::User => tenant.users.get(row).and_then(|user| user.division).map(|d| d.target),
        Kind::Division => tenant.head(entity).id,
        _ => None,
    }
}
