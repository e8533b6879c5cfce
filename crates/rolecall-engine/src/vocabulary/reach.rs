//! Whether an entry that somebody has reaches one certain thing.

use super::select::is_all;
use crate::context::Context;
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Divisions, Entity, Grant, Kind, ScopeWord};

/// What can be said of it, the surer the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    /// It does not.
    No,
    /// The export does not show whether it does.
    Maybe,
    /// It does.
    Yes,
}

/// Whether `grant`, which `principal` has by way of `access`, reaches `target`, or anything where there is none.
pub(crate) fn covers(
    context: &Context<'_, '_>,
    principal: Entity,
    access: &Access,
    grant: &Grant,
    target: Option<Entity>,
) -> Answer {
    let Some(target) = target else { return Answer::Yes };
    let graph = context.graph;
    let tenant = graph.tenant;
    let sure = |is_so: bool| if is_so { Answer::Yes } else { Answer::No };
    let limited = |kind: Kind, edge: EdgeKind| {
        let rows = tenant.refs(grant.targets).iter().flat_map(|r| graph.directory.rows(kind, r.target));
        let limits: Vec<Entity> = rows.map(|row| Entity { kind, row }).collect();
        let is_in = |limit: &Entity| {
            *limit == target
                || graph.entities_into(*limit, edge).any(|(member, _)| member == target)
                || graph.entities_from(*limit, EdgeKind::OnQueue).any(|(queue, _)| queue == target)
        };
        sure(limits.iter().any(is_in))
    };
    match grant.scope {
        _ if is_all(context, grant) => Answer::Yes,
        ScopeWord::View => limited(Kind::View, EdgeKind::InView),
        ScopeWord::Group => limited(Kind::Group, EdgeKind::MemberOf),
        ScopeWord::Assigned => {
            let is_seated = graph.entities_from(principal, EdgeKind::OnQueue).any(|(queue, _)| queue == target);
            sure(is_seated || target == principal)
        }
        ScopeWord::Own => sure(target == principal),
        ScopeWord::Granted => given(context, principal, access, target),
        ScopeWord::Condition => Answer::Maybe,
        // A permission that takes no scope reaches whatever it is for.
        ScopeWord::Undeclared | ScopeWord::All | ScopeWord::Unknown(_) => Answer::Yes,
    }
}

/// The same where the divisions decide in which the role is given.
fn given(context: &Context<'_, '_>, principal: Entity, access: &Access, target: Entity) -> Answer {
    let graph = context.graph;
    let tenant = graph.tenant;
    let Some(role) = access.via.iter().map(|via| via.to).find(|to| to.kind == Kind::Role) else { return Answer::Maybe };
    let through = access.via.iter().map(|via| via.to).find(|to| to.kind == Kind::Group).unwrap_or(principal);
    let division = match target.kind {
        Kind::Queue => tenant.queues.get(target.row as usize).and_then(|queue| queue.division).map(|d| d.target),
        Kind::User => tenant.users.get(target.row as usize).and_then(|user| user.division).map(|d| d.target),
        Kind::Division => tenant.head(target).id,
        _ => None,
    };
    let Some(division) = division else { return Answer::Maybe };
    let is_same = |other| graph.directory.is_same(Kind::Division, division, other);
    let answers = graph.holders_of(role.row).filter(|(holder, ..)| *holder == through).map(|(_, _, row)| {
        let Some(assignment) = row.and_then(|row| tenant.assignments.get(row as usize)) else { return Answer::Maybe };
        let is_named = tenant.refs(assignment.divisions).iter().any(|r| is_same(r.target));
        match assignment.reach {
            Divisions::Every => Answer::Yes,
            Divisions::Named if is_named => Answer::Yes,
            Divisions::Named => Answer::No,
            Divisions::Home => {
                tenant.home.map_or(Answer::Maybe, |home| if is_same(home) { Answer::Yes } else { Answer::No })
            }
            Divisions::Unresolved | Divisions::Unstated => Answer::Maybe,
        }
    });
    answers.max().unwrap_or(Answer::Maybe)
}
