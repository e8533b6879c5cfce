//! What edits can touch of what is found about permission entries: roles, groups and people near them. What is found
//! about others is what it was.

use crate::context::Context;
use hashbrown::HashSet;
use rolecall_graph::EdgeKind;
use rolecall_model::{Edit, Entity, Kind};

/// Whom findings may be about that edits touch.
pub(crate) struct Focus {
    /// For each role whether what it reaches, or who has it, may be other than before.
    roles: Vec<bool>,
    /// The same, and all that a group of those below holds.
    near: Vec<bool>,
    /// Groups and service accounts.
    others: HashSet<Entity>,
    users: HashSet<Entity>,
}

impl Focus {
    /// What some edits touch; nothing where they change what findings about everybody say.
    pub(crate) fn new(before: &Context<'_, '_>, after: &Context<'_, '_>, edits: &[Edit]) -> Option<Self> {
        let takes_entries = edits.iter().any(|edit| matches!(edit, Edit::Entries { .. }));
        let is_same = before.has_seats() == after.has_seats()
            && before.has_holders() == after.has_holders()
            && (!takes_entries || before.strongest_role() == after.strongest_role());
        let mut touched: HashSet<Entity> = edits.iter().flat_map(ends).collect();
        for (name, tier) in before.tiers.iter() {
            touched.extend(tier.differing(after.tiers.get(name)?));
        }
        is_same.then(|| Self { users: users(before, &touched), ..Self::around(before, touched) })
    }

    fn around(context: &Context<'_, '_>, mut touched: HashSet<Entity>) -> Self {
        let graph = context.graph;
        let role = |row: u32| Entity { kind: Kind::Role, row };
        let of_kind = |all: &HashSet<Entity>, kind: Kind| -> Vec<Entity> {
            all.iter().filter(|entity| entity.kind == kind).copied().collect()
        };
        let mut roles = vec![false; graph.tenant.roles.len()];
        let mut mark = |row: u32, with_parents: bool| {
            let brought = graph.brought(row).take(if with_parents { usize::MAX } else { 1 });
            brought.for_each(|row| roles.iter_mut().skip(row as usize).take(1).for_each(|known| *known = true));
        };
        // What a role reaches is what its heirs reach, and who has it has what it inherits.
        for touched_role in of_kind(&touched, Kind::Role) {
            mark(touched_role.row, true);
            for heir in graph.heirs(touched_role.row) {
                mark(heir, false);
                // What an account may become can be what says of which tier it is.
                let holders = graph.sources(role(heir), EdgeKind::Holds);
                touched.extend(holders.filter(|holder| holder.kind == Kind::ServiceAccount));
            }
        }
        let mut others: HashSet<Entity> = HashSet::new();
        for who in touched {
            let groups = graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group);
            others.extend(groups.chain([who]).filter(|one| matches!(one.kind, Kind::Group | Kind::ServiceAccount)));
            graph.holdings(who).for_each(|(row, ..)| mark(row, true));
        }
        for group in of_kind(&others, Kind::Group) {
            graph.holdings(group).for_each(|(row, ..)| mark(row, true));
        }
        for row in (0..).zip(&roles).filter(|(_, is_touched)| **is_touched).map(|(row, _)| row) {
            others.extend(graph.sources(role(row), EdgeKind::Holds).filter(|holder| holder.kind == Kind::Group));
        }
        let mut near = roles.clone();
        for (row, ..) in of_kind(&others, Kind::Group).into_iter().flat_map(|group| graph.holdings(group)) {
            near.iter_mut().skip(row as usize).take(1).for_each(|known| *known = true);
        }
        Self { roles, near, others, users: HashSet::new() }
    }

    /// Whether what is found about a role may be other than before.
    pub(crate) fn has_role(&self, row: u32) -> bool {
        self.roles.get(row as usize).copied().unwrap_or(false)
    }

    /// Whether it is such a role, or one that such a group holds.
    pub(crate) fn is_near(&self, row: u32) -> bool {
        self.near.get(row as usize).copied().unwrap_or(false)
    }

    /// The users who may be other than before.
    pub(crate) fn users(&self) -> impl Iterator<Item = Entity> {
        self.users.iter().copied()
    }

    /// Whether what is found about a group or service account may be other than before.
    pub(crate) fn has(&self, entity: Entity) -> bool {
        self.others.contains(&entity)
    }
}

/// The users among what is touched, and those who have what is.
fn users(context: &Context<'_, '_>, touched: &HashSet<Entity>) -> HashSet<Entity> {
    let graph = context.graph;
    let of = |one: &Entity| -> Vec<Entity> {
        match one.kind {
            Kind::User => vec![*one],
            Kind::Role => graph.sources(*one, EdgeKind::Holds).collect(),
            Kind::Group => graph.sources(*one, EdgeKind::MemberOf).collect(),
            _ => Vec::new(),
        }
    };
    touched.iter().flat_map(of).filter(|one| one.kind == Kind::User).collect()
}

/// What an edit is about.
fn ends(edit: &Edit) -> Vec<Entity> {
    match edit {
        Edit::Membership { member, group } => vec![*member, *group],
        Edit::Holding { holder, role } | Edit::Given { holder, role, .. } => vec![*holder, *role],
        Edit::Inheritance { role, parent } => vec![*role, *parent],
        Edit::Entries { owner, .. } => vec![*owner],
        Edit::Seat { member, queue } => vec![*member, *queue],
    }
}
