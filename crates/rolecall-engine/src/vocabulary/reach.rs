//! Whether an entry that somebody has reaches one certain thing, or any of several.

use super::denial;
use super::select::is_all;
use super::targets::Targets;
use crate::context::Context;
use crate::holdings::Holding;
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Assignment, Divisions, Entity, Grant, Kind, ScopeWord, Sym};
use serde::Serialize;
use std::sync::Arc;

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
    /// The export does not show what roles grant that somebody holds.
    RolesNotShown,
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

/// Whether `grant`, which `principal` has by way of `access`, reaches any of `targets`, or anything where there are
/// none; with what decides it. `aware` says whether divisions limit what of its permission is asked for.
pub(crate) fn judge(
    context: &Context<'_, '_>,
    principal: Entity,
    access: &Access,
    grant: &Grant,
    aware: Option<bool>,
    targets: Option<&Targets>,
) -> Judgement {
    if !context.graph.tenant.denials.is_empty() && is_denied(context, principal, grant) {
        return Judgement { answer: Answer::No, why: Why::Denied, on: None };
    }
    let shared = judge_shared(context, grant, aware, targets, || assignments(context, principal, access));
    let own = |targets| match grant.scope {
        ScopeWord::Condition => conditioned(context, principal, access, (grant, aware), targets),
        scope => judge_own(context, principal, scope, targets),
    };
    let given = Judgement { answer: Answer::Yes, why: Why::Given, on: None };
    shared.or_else(|| targets.map(own)).unwrap_or(given)
}

/// The same for whoever has the entry by the assignments `given`; `None` where that depends on who it is, since the
/// entry reaches what its holder works on or is. What policies deny is not looked at.
pub(crate) fn judge_shared<'t>(
    context: &Context<'_, 't>,
    grant: &Grant,
    aware: Option<bool>,
    targets: Option<&Targets>,
    given: impl FnOnce() -> Vec<Option<&'t Assignment>>,
) -> Option<Judgement> {
    let everything =
        |why| Judgement { answer: Answer::Yes, why, on: targets.and_then(|targets| targets.first(context)) };
    let Some(targets) = targets else { return Some(everything(Why::Given)) };
    let within =
        |kind: Kind, edge: EdgeKind| choose(limited(context, grant, targets, kind, edge), Why::Within, Why::Outside);
    Some(match grant.scope {
        _ if is_all(context, grant) => everything(Why::Everything),
        ScopeWord::Granted => self::given(context, &given(), aware, targets),
        _ if targets.is_empty() => Judgement { answer: Answer::Maybe, why: Why::NothingThere, on: None },
        ScopeWord::View => within(Kind::View, EdgeKind::InView),
        ScopeWord::Group => within(Kind::Group, EdgeKind::MemberOf),
        ScopeWord::Assigned | ScopeWord::Own | ScopeWord::Condition => return None,
        // A permission that takes no scope reaches whatever it is for.
        ScopeWord::Undeclared | ScopeWord::All | ScopeWord::Unknown(_) => everything(Why::Everything),
    })
}

/// What an entry reaches that is limited to what its holder is, or else works on.
fn judge_own(context: &Context<'_, '_>, principal: Entity, scope: ScopeWord, targets: &Targets) -> Judgement {
    if scope == ScopeWord::Own {
        return choose(Some(principal).filter(|who| targets.has(*who)), Why::Own, Why::NotOwn);
    }
    match seat(context, principal, targets) {
        None if !context.has_seats() && targets.is_on_queues() => {
            Judgement { answer: Answer::Maybe, why: Why::SeatsNotShown, on: targets.first(context) }
        }
        seat => choose(seat, Why::Assigned, Why::NotAssigned),
    }
}

/// The answer of [`judge_own`] alone, which for one of many is quicker to tell.
pub(crate) fn answer_own(context: &Context<'_, '_>, principal: Entity, scope: ScopeWord, targets: &Targets) -> Answer {
    let Targets::Any(several) = targets else { return judge_own(context, principal, scope, targets).answer };
    let mut groups = context.graph.entities_from(principal, EdgeKind::MemberOf).map(|(group, _)| group);
    let seated = || several.seated(context);
    match scope {
        _ if targets.has(principal) => Answer::Yes,
        ScopeWord::Assigned if seated().contains(principal) || groups.any(|g| seated().contains(g)) => Answer::Yes,
        ScopeWord::Assigned if !context.has_seats() && targets.is_on_queues() => Answer::Maybe,
        _ => Answer::No,
    }
}

fn choose(hit: Option<Entity>, yes: Why, no: Why) -> Judgement {
    match hit {
        Some(_) => Judgement { answer: Answer::Yes, why: yes, on: hit },
        None => Judgement { answer: Answer::No, why: no, on: None },
    }
}

/// Whether access policies take an entry away from somebody: as one of all, by name, or by a group.
pub(crate) fn is_denied(context: &Context<'_, '_>, principal: Entity, grant: &Grant) -> bool {
    let mut groups = context.graph.entities_from(principal, EdgeKind::MemberOf).map(|(group, _)| group);
    denial::is_denied_to_all(context, principal.kind == Kind::ServiceAccount, grant)
        || denial::is_denied(context, principal, grant)
        || groups.any(|group| denial::is_denied(context, group, grant))
}

/// What of the targets an entry's views or groups hold; a group's queues are those that it is on. Looked for from the
/// side that has fewer edges: an entry may name hundreds of views, and of hundreds of sides each may be asked about.
fn limited(context: &Context<'_, '_>, grant: &Grant, targets: &Targets, kind: Kind, edge: EdgeKind) -> Option<Entity> {
    let graph = context.graph;
    let rows = graph.tenant.refs(grant.targets).iter().flat_map(|r| graph.directory.each(kind, r.target));
    let mut limits: Vec<Entity> = rows.map(|row| Entity { kind, row }).collect();
    let edges: usize = limits.iter().map(|limit| graph.edge_count(*limit)).sum();
    if targets.edge_count(context) < edges {
        limits.sort_unstable();
        let is_limit = |entity: Entity| limits.binary_search(&entity).is_ok();
        let is_within = |target: &Entity| {
            let mut holds = graph.entities_from(*target, edge).map(|(limit, _)| limit);
            is_limit(*target)
                || holds.any(is_limit)
                || target.kind == Kind::Queue && graph.sources(*target, EdgeKind::OnQueue).any(is_limit)
        };
        return targets.in_order(context).iter().copied().find(is_within);
    }
    let hits = limits.into_iter().filter_map(|limit| {
        let members = graph.sources(limit, edge).chain(graph.entities_from(limit, EdgeKind::OnQueue).map(|(q, _)| q));
        let all = std::iter::once(limit).chain(members);
        all.filter(|entity| targets.has(*entity)).min_by(|a, b| context.by_name(*a, *b))
    });
    hits.min_by(|a, b| context.by_name(*a, *b))
}

/// A condition that names queues or users leaves these as far as the divisions do, and of their kinds no others.
fn conditioned(
    context: &Context<'_, '_>,
    principal: Entity,
    access: &Access,
    (grant, aware): (&Grant, Option<bool>),
    targets: &Targets,
) -> Judgement {
    let named = context.limits(grant);
    let hits: Vec<Entity> = named.iter().copied().filter(|entity| targets.has(*entity)).collect();
    if !hits.is_empty() {
        let assignments = assignments(context, principal, access);
        let left = given(context, &assignments, aware, &Targets::any(hits));
        let why = if left.answer == Answer::Yes { Why::Within } else { left.why };
        return Judgement { why, ..left };
    }
    let is_whole = named.len() == context.graph.tenant.refs(grant.targets).len();
    let is_named = |kind: Kind| named.iter().any(|entity| entity.kind == kind);
    if is_whole && targets.are_each(is_named) {
        return Judgement { answer: Answer::No, why: Why::Outside, on: None };
    }
    Judgement { answer: Answer::Maybe, why: Why::Condition, on: targets.first(context) }
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

/// How whoever a way starts from, or the group that it leads through, holds its first role; nothing where there is none.
pub(crate) fn holding(context: &Context<'_, '_>, principal: Entity, access: &Access) -> Option<Arc<Holding>> {
    let role = access.via.iter().map(|via| via.to).find(|to| to.kind == Kind::Role)?;
    let through = access.via.iter().map(|via| via.to).find(|to| to.kind == Kind::Group).unwrap_or(principal);
    Some(context.holdings.of(context.graph, through, role.row))
}

/// The assignments by which a way starts; `None` for one that the export does not show.
pub(crate) fn assignments<'t>(
    context: &Context<'_, 't>,
    principal: Entity,
    access: &Access,
) -> Vec<Option<&'t Assignment>> {
    let Some(holding) = holding(context, principal, access) else { return Vec::new() };
    let assignment = |row: u32| context.graph.tenant.assignments.get(row as usize);
    holding.rows.iter().map(|row| row.and_then(assignment)).collect()
}

/// Whether the divisions in which the role is given reach any of the targets.
fn given(
    context: &Context<'_, '_>,
    assignments: &[Option<&Assignment>],
    aware: Option<bool>,
    targets: &Targets,
) -> Judgement {
    if aware == Some(false) {
        return Judgement { answer: Answer::Yes, why: Why::Undivided, on: targets.first(context) };
    }
    if targets.is_empty() {
        let is_every = assignments.iter().flatten().any(|assignment| assignment.reach == Divisions::Every);
        let (answer, why) = if is_every { (Answer::Yes, Why::Division) } else { (Answer::Maybe, Why::NothingThere) };
        return Judgement { answer, why, on: None };
    }
    let mut best: Option<Judgement> = None;
    for (division, example) in targets.divisions(context).iter() {
        for assignment in assignments {
            let (answer, why) = in_division(context, *assignment, *division, aware);
            if best.is_none_or(|known| answer > known.answer) {
                best = Some(Judgement { answer, why, on: Some(*example).filter(|_| answer != Answer::No) });
            }
        }
    }
    let unshown = || Judgement { answer: Answer::Maybe, why: Why::DivisionsNotShown, on: targets.first(context) };
    best.unwrap_or_else(unshown)
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
