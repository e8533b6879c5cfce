//! `can`, `why` and `why-not`: whether one principal can do one thing, every way by which, and what is missing.

use crate::gap::{Gap, gaps, slip};
use crate::open::{self, Open};
use hashbrown::HashSet;
use rolecall_engine::{Answer, Judge, Named, Step, Targets, Wanted, Why};
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Entity, Kind};

/// How many roles and groups are proposed.
const PROPOSED: usize = 5;

/// Whether somebody can do something, and all that speaks for and against it.
#[derive(Clone, Debug)]
pub struct Can {
    /// Who.
    pub who: Named,
    /// What was asked for.
    pub wanted: String,
    /// On what; anything where it is `None`.
    pub on: Option<Named>,
    /// The answer.
    pub answer: Answer,
    /// Every way to an entry that gives any of it: those that reach it first, then those that perhaps do, then
    /// those that do not; of each the shortest first.
    pub ways: Vec<Way>,
    /// Whether there are more ways than these.
    pub has_more: bool,
    /// What the export lacks without which a no is no proof.
    pub gaps: Vec<Gap>,
    /// What is open to everybody, whatever roles say.
    pub open: Vec<&'static Open>,
    /// What would give it, the least powerful first; only where the answer is no.
    pub givers: Vec<Giver>,
}

/// One way.
#[derive(Clone, Debug)]
pub struct Way {
    /// Whether it reaches what was asked for.
    pub answer: Answer,
    /// What decides that.
    pub why: Why,
    /// The permission that the entry gives.
    pub permission: String,
    /// How far it reaches, in words.
    pub over: String,
    /// The chain.
    pub witness: Vec<Step>,
}

/// A role that would give it, with the groups that hold it.
#[derive(Clone, Debug)]
pub struct Giver {
    /// The role.
    pub role: Named,
    /// The answer that it would bring: perhaps, where the divisions in which it is given decide.
    pub answer: Answer,
    /// What decides that.
    pub why: Why,
    /// How far it would reach, in words.
    pub over: String,
    /// How many permission entries it brings in all.
    pub entries: usize,
    /// The first groups that hold it.
    pub groups: Vec<Named>,
    /// The place of the entry.
    pub witness: Vec<Step>,
}

/// Whether `who` can do what is wanted, on something or at all.
#[must_use]
pub fn can(judge: &Judge<'_, '_>, who: Entity, wanted: &Wanted, on: Option<Entity>) -> Can {
    let targets = on.map(Targets::One);
    let mut ways = Vec::new();
    let mut has_more = false;
    for access in judge.ways(who, wanted) {
        let Some(judged) = judge.judge(who, &access, wanted, targets.as_ref()) else { continue };
        let (chains, more) = every_chain(judge, who, &access);
        has_more |= more;
        ways.extend(chains.into_iter().map(|access| (access, judged)));
    }
    // Of equally good and long ways the one through what sorts first, wherever it stands in the export.
    let graph = judge.graph();
    ways.sort_by_cached_key(|(access, judged)| {
        let through: Vec<_> = access.via.iter().map(|via| (graph.order_key(via.to), via.origin)).collect();
        let permission = permission(judge, access);
        (std::cmp::Reverse(judged.answer), access.via.len(), through, permission, access.grant)
    });
    let ways: Vec<Way> = ways
        .into_iter()
        .map(|(access, judged)| Way {
            answer: judged.answer,
            why: judged.why,
            permission: permission(judge, &access),
            over: judge.over(who, &access),
            witness: judge.witness(who, &access),
        })
        .collect();
    let best = ways.iter().map(|way| way.answer).max().unwrap_or(Answer::No);
    let mut gaps =
        if best == Answer::No && who.kind != Kind::Role { gaps(judge, wanted, Some(who)) } else { Vec::new() };
    // Whoever is asked about is somebody.
    gaps.retain(|gap| !matches!(gap, Gap::Strangers(_)));
    if best == Answer::No {
        gaps.splice(0..0, slip(judge, wanted));
    }
    let answer = if gaps.is_empty() { best } else { Answer::Maybe };
    Can {
        who: judge.named(who),
        wanted: wanted.text.clone(),
        on: on.map(|on| judge.named(on)),
        answer,
        ways,
        has_more,
        gaps,
        open: open::of_wanted(graph.tenant, wanted),
        givers: if answer == Answer::Yes { Vec::new() } else { givers(judge, wanted, targets.as_ref()) },
    }
}

/// The way by each chain of parents, where it goes by any.
fn every_chain(judge: &Judge<'_, '_>, who: Entity, access: &Access) -> (Vec<Access>, bool) {
    let alone = || (vec![access.clone()], false);
    let Some(at) = access.via.iter().position(|via| via.kind == EdgeKind::Inherits) else { return alone() };
    let (lead, chain) = access.via.split_at(at);
    let Some(last) = chain.last() else { return alone() };
    let start = lead.last().map_or(who, |via| via.to);
    let (chains, more) = judge.graph().chains(start.row, last.to.row);
    let with = |chain: Vec<_>| Access { grant: access.grant, via: lead.iter().copied().chain(chain).collect() };
    (chains.into_iter().map(with).collect(), more)
}

fn permission(judge: &Judge<'_, '_>, access: &Access) -> String {
    let tenant = judge.graph().tenant;
    let grant = tenant.grants.get(access.grant as usize);
    grant.map(|grant| tenant.permissions.spelling(grant.permission).to_owned()).unwrap_or_default()
}

/// The roles that would give it, those with the fewest other entries first.
fn givers(judge: &Judge<'_, '_>, wanted: &Wanted, targets: Option<&Targets>) -> Vec<Giver> {
    let graph = judge.graph();
    let tenant = graph.tenant;
    let states = |role: &Entity| tenant.grants(tenant.grants_of(*role)).iter().any(|g| wanted.has(g.permission));
    let stating = tenant.entities(Kind::Role).filter(states).map(|role| role.row);
    let mut found = Vec::new();
    for &row in graph.spread(stating, |_| false).roles() {
        let role = Entity { kind: Kind::Role, row };
        let mut best: Option<(rolecall_engine::Judgement, Access)> = None;
        for access in judge.ways(role, wanted) {
            let Some(judged) = judge.judge(role, &access, wanted, targets) else { continue };
            if judged.answer != Answer::No && best.as_ref().is_none_or(|(known, _)| judged.answer > known.answer) {
                best = Some((judged, access));
            }
        }
        if let Some((judged, access)) = best {
            let entries: HashSet<u32> = graph.grants_had(role).into_iter().collect();
            found.push((role, judged, access, entries.len()));
        }
    }
    found.sort_by_cached_key(|(role, judged, _, entries)| {
        (std::cmp::Reverse(judged.answer), danger(judge, *role), *entries, graph.order_key(*role))
    });
    let giver = |(role, judged, access, entries): (Entity, rolecall_engine::Judgement, Access, usize)| {
        let mut groups: Vec<Entity> =
            graph.entities_into(role, EdgeKind::Holds).map(|(e, _)| e).filter(|e| e.kind == Kind::Group).collect();
        groups.sort_by_cached_key(|group| graph.order_key(*group));
        groups.dedup();
        Giver {
            role: judge.named(role),
            answer: judged.answer,
            why: judged.why,
            over: judge.over(role, &access),
            entries,
            groups: groups.iter().take(PROPOSED).map(|group| judge.named(*group)).collect(),
            witness: judge.witness(role, &access),
        }
    };
    found.into_iter().take(PROPOSED).map(giver).collect()
}

/// How many sensitive permissions a role brings; one wildcard may bring them all.
fn danger(judge: &Judge<'_, '_>, role: Entity) -> usize {
    let graph = judge.graph();
    let grants = graph.grants_had(role).into_iter().filter_map(|grant| graph.tenant.grants.get(grant as usize));
    let ranks: HashSet<usize> =
        grants.flat_map(|grant| judge.sensitive(grant.permission)).map(|(_, sensitive)| sensitive.rank).collect();
    ranks.len()
}
