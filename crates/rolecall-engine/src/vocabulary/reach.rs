//! Whether an entry that somebody has reaches one certain thing, or any of several.

use super::denial;
use super::select::is_all;
use crate::context::Context;
use hashbrown::HashSet;
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Assignment, Divisions, Entity, Grant, Kind, PermissionId, ScopeWord, Sym};
use serde::Serialize;

/// What can be said of it, the surer the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It does not.
    No,
    /// The export does not show whether it does.
    Maybe,
    /// It does.
    Yes,
}

/// What decides an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It is given, and nothing in particular was asked for.
    Given,
    /// The entry reaches everything.
    Everything,
    /// What was asked for is what the entry is limited to, or in it.
    Within,
    /// It is none of what the entry is limited to.
    Outside,
    /// The principal works there, or it is the principal.
    Assigned,
    /// The principal does not work there.
    NotAssigned,
    /// The export shows nobody's place on any queue.
    SeatsNotShown,
    /// It is the principal's own record.
    Own,
    /// It is not the principal's own record.
    NotOwn,
    /// The role is given in a division that it is in, or in all of them.
    Division,
    /// The role is given in other divisions only.
    OtherDivision,
    /// The role is given in other divisions, and whether these limit the permission only the catalogue says.
    PerhapsUndivided,
    /// Divisions do not limit the permission, as the tenant's own catalogue says.
    Undivided,
    /// The export does not show the division of what was asked for.
    DivisionOfTargetNotShown,
    /// The export does not show or resolve the divisions in which the role is given.
    DivisionsNotShown,
    /// A condition decides, which is evaluated when the access is used.
    Condition,
    /// An access policy takes it away.
    Denied,
    /// The export shows nothing of the sort.
    NothingThere,
}

/// An answer and what decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The answer.
    pub answer: Answer,
    /// What decides it.
    pub why: Why,
    /// What is reached, of several that were asked for.
    pub on: Option<Entity>,
}

/// What is asked for.
#[derive(Debug)]
pub enum Targets {
    /// One thing.
    One(Entity),
    /// Any of several.
    Any(Several),
}

/// Several things, with an example in each division.
#[derive(Debug, Default)]
pub struct Several {
    all: HashSet<Entity>,
    first: Option<Entity>,
    divisions: Vec<(Option<Sym>, Entity)>,
}

impl Several {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }
}

impl Targets {
    /// Any of several things. Of each division the one that sorts first is the example.
    pub(crate) fn any(context: &Context<'_, '_>, all: impl IntoIterator<Item = Entity>) -> Self {
        let graph = context.graph;
        let all: Vec<Entity> = all.into_iter().collect();
        let mut several = Several { all: all.iter().copied().collect(), ..Several::default() };
        let mut place = hashbrown::HashMap::new();
        for entity in all {
            let division = division_of(context, entity);
            let at = *place.entry(division).or_insert(several.divisions.len());
            match several.divisions.get_mut(at) {
                None => several.divisions.push((division, entity)),
                Some((_, known)) if graph.order_key(entity) < graph.order_key(*known) => *known = entity,
                Some(_) => {}
            }
        }
        several.divisions.sort_by_cached_key(|(_, example)| graph.order_key(*example));
        several.first = several.divisions.first().map(|(_, example)| *example);
        Self::Any(several)
    }

    fn has(&self, entity: Entity) -> bool {
        match self {
            Self::One(only) => *only == entity,
            Self::Any(several) => several.all.contains(&entity),
        }
    }

    fn first(&self) -> Option<Entity> {
        match self {
            Self::One(only) => Some(*only),
            Self::Any(several) => several.first,
        }
    }

    fn divisions(&self, context: &Context<'_, '_>) -> Vec<(Option<Sym>, Entity)> {
        match self {
            Self::One(only) => vec![(division_of(context, *only), *only)],
            Self::Any(several) => several.divisions.clone(),
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

/// Whether `grant`, which `principal` has by way of `access`, reaches any of `targets`, or anything where there are
/// none; with what decides it.
pub(crate) fn judge(
    context: &Context<'_, '_>,
    principal: Entity,
    access: &Access,
    grant: &Grant,
    targets: Option<&Targets>,
) -> Judgement {
    if !context.graph.tenant.denials.is_empty() && is_denied(context, principal, grant) {
        return Judgement { answer: Answer::No, why: Why::Denied, on: None };
    }
    let everything = |why| Judgement { answer: Answer::Yes, why, on: targets.and_then(Targets::first) };
    let Some(targets) = targets else { return everything(Why::Given) };
    let choose = |hit: Option<Entity>, yes: Why, no: Why| match hit {
        Some(_) => Judgement { answer: Answer::Yes, why: yes, on: hit },
        None => Judgement { answer: Answer::No, why: no, on: None },
    };
    match grant.scope {
        _ if is_all(context, grant) => everything(Why::Everything),
        ScopeWord::Granted => given(context, principal, access, grant.permission, targets),
        _ if targets.first().is_none() => Judgement { answer: Answer::Maybe, why: Why::NothingThere, on: None },
        ScopeWord::View => {
            choose(limited(context, grant, targets, Kind::View, EdgeKind::InView), Why::Within, Why::Outside)
        }
        ScopeWord::Group => {
            choose(limited(context, grant, targets, Kind::Group, EdgeKind::MemberOf), Why::Within, Why::Outside)
        }
        ScopeWord::Assigned => match seat(context, principal, targets) {
            None if !context.has_seats() && is_on_queues(targets) => {
                Judgement { answer: Answer::Maybe, why: Why::SeatsNotShown, on: targets.first() }
            }
            seat => choose(seat, Why::Assigned, Why::NotAssigned),
        },
        ScopeWord::Own => choose(Some(principal).filter(|who| targets.has(*who)), Why::Own, Why::NotOwn),
        ScopeWord::Condition => conditioned(context, principal, access, grant, targets),
        // A permission that takes no scope reaches whatever it is for.
        ScopeWord::Undeclared | ScopeWord::All | ScopeWord::Unknown(_) => everything(Why::Everything),
    }
}

/// Whether access policies take an entry away from somebody: as one of all, by name, or by a group.
pub(crate) fn is_denied(context: &Context<'_, '_>, principal: Entity, grant: &Grant) -> bool {
    let mut groups = context.graph.entities_from(principal, EdgeKind::MemberOf).map(|(group, _)| group);
    denial::is_denied_to_all(context, principal.kind == Kind::ServiceAccount, grant)
        || denial::is_denied(context, principal, grant)
        || groups.any(|group| denial::is_denied(context, group, grant))
}

fn is_on_queues(targets: &Targets) -> bool {
    match targets {
        Targets::One(only) => only.kind == Kind::Queue,
        Targets::Any(several) => several.divisions.iter().any(|(_, example)| example.kind == Kind::Queue),
    }
}

/// What of the targets an entry's views or groups hold; a group's queues are those that it is on.
fn limited(context: &Context<'_, '_>, grant: &Grant, targets: &Targets, kind: Kind, edge: EdgeKind) -> Option<Entity> {
    let graph = context.graph;
    let rows = graph.tenant.refs(grant.targets).iter().flat_map(|r| graph.directory.rows(kind, r.target));
    let hits = rows.filter_map(|row| {
        let limit = Entity { kind, row };
        let members = graph.entities_into(limit, edge).chain(graph.entities_from(limit, EdgeKind::OnQueue));
        let all = std::iter::once(limit).chain(members.map(|(member, _)| member));
        all.filter(|entity| targets.has(*entity)).min_by_key(|entity| graph.order_key(*entity))
    });
    hits.min_by_key(|entity| graph.order_key(*entity))
}

/// A condition that names queues or users leaves these as far as the divisions do, and of their kinds no others.
fn conditioned(
    context: &Context<'_, '_>,
    principal: Entity,
    access: &Access,
    grant: &Grant,
    targets: &Targets,
) -> Judgement {
    let named = context.limits(grant);
    let hits: Vec<Entity> = named.iter().copied().filter(|entity| targets.has(*entity)).collect();
    if !hits.is_empty() {
        let left = given(context, principal, access, grant.permission, &Targets::any(context, hits));
        let why = if left.answer == Answer::Yes { Why::Within } else { left.why };
        return Judgement { why, ..left };
    }
    let is_whole = named.len() == context.graph.tenant.refs(grant.targets).len();
    let is_of_kind = |one: Entity| named.iter().any(|entity| entity.kind == one.kind);
    if is_whole && targets.divisions(context).into_iter().all(|(_, example)| is_of_kind(example)) {
        return Judgement { answer: Answer::No, why: Why::Outside, on: None };
    }
    Judgement { answer: Answer::Maybe, why: Why::Condition, on: targets.first() }
}

/// What of the targets the principal works on, alone or as one of a group, or is.
fn seat(context: &Context<'_, '_>, principal: Entity, targets: &Targets) -> Option<Entity> {
    let graph = context.graph;
    let groups = graph.entities_from(principal, EdgeKind::MemberOf).map(|(group, _)| group);
    let seated = std::iter::once(principal).chain(groups);
    let queues = seated.flat_map(|who| graph.entities_from(who, EdgeKind::OnQueue)).map(|(queue, _)| queue);
    let all = queues.chain([principal]).filter(|entity| targets.has(*entity));
    all.min_by_key(|entity| graph.order_key(*entity))
}

/// The rows of the assignments by which a way starts; `None` for one that the export does not show.
pub(crate) fn assignment_rows(context: &Context<'_, '_>, principal: Entity, access: &Access) -> Vec<Option<u32>> {
    let Some(role) = access.via.iter().map(|via| via.to).find(|to| to.kind == Kind::Role) else { return Vec::new() };
    let through = access.via.iter().map(|via| via.to).find(|to| to.kind == Kind::Group).unwrap_or(principal);
    let own = context.graph.holdings(through).filter(|(held, ..)| *held == role.row);
    own.map(|(_, _, row)| row).collect()
}

/// The assignments by which a way starts.
pub(crate) fn assignments<'t>(
    context: &Context<'_, 't>,
    principal: Entity,
    access: &Access,
) -> Vec<Option<&'t Assignment>> {
    let rows = assignment_rows(context, principal, access).into_iter();
    rows.map(|row| row.and_then(|row| context.graph.tenant.assignments.get(row as usize))).collect()
}

/// Whether the divisions in which the role is given reach any of the targets.
fn given(
    context: &Context<'_, '_>,
    principal: Entity,
    access: &Access,
    permission: PermissionId,
    targets: &Targets,
) -> Judgement {
    let aware = context.is_aware(permission);
    if aware == Some(false) {
        return Judgement { answer: Answer::Yes, why: Why::Undivided, on: targets.first() };
    }
    let assignments = assignments(context, principal, access);
    if targets.first().is_none() {
        let is_every = assignments.iter().flatten().any(|assignment| assignment.reach == Divisions::Every);
        let (answer, why) = if is_every { (Answer::Yes, Why::Division) } else { (Answer::Maybe, Why::NothingThere) };
        return Judgement { answer, why, on: None };
    }
    let unshown = Judgement { answer: Answer::Maybe, why: Why::DivisionsNotShown, on: targets.first() };
    let mut best: Option<Judgement> = None;
    for (division, example) in targets.divisions(context) {
        for assignment in &assignments {
            let (answer, why) = in_division(context, *assignment, division, aware);
            if best.is_none_or(|known| answer > known.answer) {
                best = Some(Judgement { answer, why, on: Some(example).filter(|_| answer != Answer::No) });
            }
        }
    }
    best.unwrap_or(unshown)
}

fn in_division(
    context: &Context<'_, '_>,
    assignment: Option<&Assignment>,
    division: Option<Sym>,
    aware: Option<bool>,
) -> (Answer, Why) {
    let tenant = context.graph.tenant;
    let Some(assignment) = assignment else { return (Answer::Maybe, Why::DivisionsNotShown) };
    let is_same = |other: Sym| division.map(|own| context.graph.directory.is_same(Kind::Division, own, other));
    let named = || {
        let known: Vec<Option<bool>> = tenant.refs(assignment.divisions).iter().map(|r| is_same(r.target)).collect();
        if known.contains(&Some(true)) { Some(true) } else { known.into_iter().next().flatten() }
    };
    let inside = match assignment.reach {
        Divisions::Every => return (Answer::Yes, Why::Division),
        Divisions::Unresolved | Divisions::Unstated => return (Answer::Maybe, Why::DivisionsNotShown),
        Divisions::Named => named(),
        Divisions::Home => match tenant.home {
            Some(home) => is_same(home),
            None => return (Answer::Maybe, Why::DivisionsNotShown),
        },
    };
    match (inside, aware) {
        (Some(true), _) => (Answer::Yes, Why::Division),
        (None, _) => (Answer::Maybe, Why::DivisionOfTargetNotShown),
        (Some(false), Some(true)) => (Answer::No, Why::OtherDivision),
        (Some(false), _) => (Answer::Maybe, Why::PerhapsUndivided),
    }
}
