//! `path`: the shortest way from somebody to a role, group, queue, person or permission, by whatever edges there
//! are, impersonation included.

use hashbrown::HashMap;
use rolecall_engine::{Answer, Judge, Named, Step, Wanted};
use rolecall_graph::{Access, EdgeKind, Node, Span};
use rolecall_model::{Entity, Kind, Origin, Place};
use std::collections::VecDeque;

/// Where a path shall lead.
#[derive(Debug)]
pub enum Goal {
    /// To an entity.
    Entity(Entity),
    /// To an entry that gives any of a permission.
    Permission(Box<Wanted>),
}

/// A shortest path.
#[derive(Clone, Debug)]
pub struct Path {
    /// Where it starts.
    pub from: Named,
    /// Where it leads, as it was asked for.
    pub to: Named,
    /// The edges; nothing where there is no way.
    pub steps: Option<Vec<Step>>,
}

/// A place on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spot {
    At(Entity),
    Entry(u32),
    Everybody(u32),
}

/// How a place was come to.
#[derive(Clone, Copy)]
struct Hop {
    from: Spot,
    kind: EdgeKind,
    origin: Origin,
}

/// The shortest path; among equally short ones that through what sorts first. Cost: linear in what is reached.
#[must_use]
pub fn path(judge: &Judge<'_, '_>, from: Entity, goal: &Goal) -> Path {
    let to = match goal {
        Goal::Entity(entity) => judge.named(*entity),
        Goal::Permission(wanted) => Named { kind: "permission", id: wanted.text.clone(), name: wanted.text.clone() },
    };
    let mut hops: HashMap<Spot, Hop> = HashMap::new();
    let start = Spot::At(from);
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        if is_goal(judge, at, goal, start) {
            return Path { from: judge.named(from), to, steps: Some(steps(judge, &hops, start, at)) };
        }
        for (next, kind, origin) in onward(judge, at, goal) {
            if next != start && !hops.contains_key(&next) {
                hops.insert(next, Hop { from: at, kind, origin });
                open.push_back(next);
            }
        }
    }
    Path { from: judge.named(from), to, steps: None }
}

fn is_goal(judge: &Judge<'_, '_>, at: Spot, goal: &Goal, start: Spot) -> bool {
    match (at, goal) {
        (Spot::At(entity), Goal::Entity(wanted)) => entity == *wanted && at != start,
        (Spot::Entry(row), Goal::Permission(wanted)) => {
            let Some(owner) = judge.graph().owner(row) else { return false };
            // Whether anybody is denied it is asked of the one who states it.
            let access = Access { grant: row, via: Vec::new() };
            judge.judge(owner, &access, wanted, None).is_some_and(|judged| judged.answer != Answer::No)
        }
        _ => false,
    }
}

/// Where one gets from a place, in order.
fn onward(judge: &Judge<'_, '_>, at: Spot, goal: &Goal) -> Vec<(Spot, EdgeKind, Origin)> {
    let graph = judge.graph();
    let mut next: Vec<(Spot, EdgeKind, Origin)> = Vec::new();
    match at {
        Spot::At(entity) => {
            let kinds: &[EdgeKind] = &[EdgeKind::MemberOf, EdgeKind::Holds, EdgeKind::Inherits, EdgeKind::OnQueue];
            for kind in kinds {
                next.extend(graph.entities_from(entity, *kind).map(|(to, origin)| (Spot::At(to), *kind, origin)));
            }
            // What a view holds is within reach of who is limited to it.
            if entity.kind == Kind::View {
                let held = graph.entities_into(entity, EdgeKind::InView);
                next.extend(held.map(|(to, origin)| (Spot::At(to), EdgeKind::InView, origin)));
            }
            next.sort_by_cached_key(|(spot, kind, origin)| (*kind, key(judge, *spot), *origin));
            let list = graph.tenant.grants_of(entity);
            let rows = (list.start..).zip(graph.tenant.grants(list));
            next.extend(rows.map(|(row, grant)| (Spot::Entry(row), EdgeKind::Grants, grant.origin)));
        }
        Spot::Entry(row) => {
            let limits = graph.outgoing(Node::Grant(row), EdgeKind::LimitedTo);
            next.extend(limits.filter_map(|(to, origin)| match to {
                Node::Entity(view) if view.kind == Kind::View => Some((Spot::At(view), EdgeKind::LimitedTo, origin)),
                _ => None,
            }));
            match graph.impersonation(row) {
                Some(Span::Everyone) => next.push((Spot::Everybody(row), EdgeKind::Impersonates, Origin::default())),
                Some(Span::Limited(limits)) => {
                    let people = limits.iter().flat_map(|(boundary, _)| graph.people_of(*boundary));
                    next.extend(people.map(|(user, joined)| (Spot::At(user), EdgeKind::Impersonates, joined)));
                }
                None => {}
            }
        }
        Spot::Everybody(row) => {
            let origin = graph.tenant.grants.get(row as usize).map(|grant| grant.origin).unwrap_or_default();
            // Of everybody the one who is asked for comes first, and the rest in order.
            let mut all: Vec<Entity> = graph.tenant.entities(Kind::User).collect();
            match goal {
                Goal::Entity(wanted) if wanted.kind == Kind::User => all.retain(|user| user == wanted),
                _ => all.sort_by_cached_key(|user| graph.order_key(*user)),
            }
            next.extend(all.into_iter().map(|user| (Spot::At(user), EdgeKind::Impersonates, origin)));
        }
    }
    next
}

fn key<'t>(judge: &Judge<'_, 't>, spot: Spot) -> Option<(&'t str, &'t str, Kind, Origin)> {
    match spot {
        Spot::At(entity) => Some(judge.graph().order_key(entity)),
        Spot::Entry(_) | Spot::Everybody(_) => None,
    }
}

fn steps(judge: &Judge<'_, '_>, hops: &HashMap<Spot, Hop>, start: Spot, end: Spot) -> Vec<Step> {
    let mut way: Vec<(Spot, Hop)> = Vec::new();
    let mut at = end;
    while let Some(hop) = hops.get(&at).filter(|_| at != start) {
        way.push((at, *hop));
        at = hop.from;
    }
    way.reverse();
    let mut steps: Vec<Step> = Vec::new();
    for (to, hop) in way {
        if matches!(to, Spot::Everybody(_)) {
            continue;
        }
        let from = steps.last().map_or_else(|| shown(judge, start), |step| step.to.clone());
        let over = match to {
            Spot::Entry(row) => {
                judge.graph().tenant.grants.get(row as usize).map(|g| judge.graph().tenant.scope_phrase(g))
            }
            _ => None,
        };
        let place = if hop.kind == EdgeKind::Grants { Place::whole(hop.origin) } else { Place::reference(hop.origin) };
        steps.push(Step { edge: hop.kind.word(), from, to: shown(judge, to), over, place });
    }
    steps
}

fn shown(judge: &Judge<'_, '_>, spot: Spot) -> Named {
    let tenant = judge.graph().tenant;
    match spot {
        Spot::At(entity) => judge.named(entity),
        Spot::Entry(row) | Spot::Everybody(row) => {
            let grant = tenant.grants.get(row as usize);
            let name = grant.map(|g| tenant.permissions.spelling(g.permission).to_owned()).unwrap_or_default();
            Named { kind: "permission", id: name.clone(), name }
        }
    }
}
