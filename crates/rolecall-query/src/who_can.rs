//! `who-can`: everybody who can do something, grouped by what lets them.

use crate::breadth::Breadth;
use crate::few;
use crate::gap::{Gap, gaps};
use crate::open::{self, Open};
use hashbrown::HashMap;
use rolecall_engine::{Answer, Judge, Judgement, Named, Step, Targets, Wanted, Why};
use rolecall_graph::{Access, EdgeKind, Via};
use rolecall_model::{Entity, EntitySet, Kind, Origin, ScopeWord};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The tier of everybody who works for a partner.
const PARTNERS: &str = "bpo";

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct WhoCanAsked<'a> {
    /// To do what.
    pub wanted: &'a Wanted,
    /// On what; anything where it is `None`.
    pub on: Option<Entity>,
    /// Only by entries of this reach.
    pub scope: Option<Breadth>,
    /// Only those of this tier.
    pub tier: Option<&'a str>,
    /// How many names are given for each cause.
    pub names: usize,
}

/// Everybody who can, and everybody of whom that is not to be told.
#[derive(Clone, Debug)]
pub struct WhoCan {
    /// What was asked for.
    pub wanted: String,
    /// On what.
    pub on: Option<Named>,
    /// How many users can.
    pub users: usize,
    /// How many service accounts can.
    pub accounts: usize,
    /// How many of all those are a partner's.
    pub partners: usize,
    /// How many more users and service accounts perhaps can.
    pub perhaps: usize,
    /// Who can first, then who perhaps can; the causes that let in most first.
    pub causes: Vec<Cause>,
    /// What is open to everybody, whatever roles say.
    pub open: Vec<&'static Open>,
    /// What the export lacks without which nobody else is no proof.
    pub gaps: Vec<Gap>,
    /// All who can, by kind and row.
    pub people: Vec<Entity>,
}

/// What lets some in: a role that they hold, or that their group holds, or what a service account states itself.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Whether these can, or only perhaps.
    pub answer: Answer,
    /// What decides that.
    pub why: Why,
    /// The group by which they hold the role.
    pub group: Option<Named>,
    /// The role; nothing for a service account's own entries.
    pub role: Option<Named>,
    /// How far the widest entry reaches, in words.
    pub over: String,
    /// What of the permissions asked for it gives.
    pub permissions: Vec<String>,
    /// How many users.
    pub users: usize,
    /// How many service accounts.
    pub accounts: usize,
    /// How many of them are a partner's.
    pub partners: usize,
    /// The first by name.
    pub names: Vec<Named>,
    /// The chain for the first of them.
    pub witness: Vec<Step>,
}

/// Some who hold a role in the same way, before they are judged.
struct Crowd {
    group: Option<(Entity, Origin)>,
    role: Option<u32>,
    /// The ways from the role, or the account itself, to what is asked for.
    ways: Rc<Vec<Access>>,
    people: Vec<(Entity, Origin)>,
}

/// Everybody who can do what is asked. Cost: linear in the holders of the roles that give it; roles and entries
/// are looked at once, not once a holder.
#[must_use]
pub fn who_can(judge: &Judge<'_, '_>, asked: &WhoCanAsked<'_>) -> WhoCan {
    let tenant = judge.graph().tenant;
    let search = Search { judge, asked, targets: asked.on.map(Targets::One) };
    let mut causes: Vec<(Cause, Vec<Entity>)> = search.crowds().iter().flat_map(|crowd| search.judge(crowd)).collect();
    causes.sort_by(|(a, _), (b, _)| {
        let size = |cause: &Cause| cause.users + cause.accounts;
        (b.answer, size(b), &a.role, &a.group, &a.over, &a.names).cmp(&(
            a.answer,
            size(a),
            &b.role,
            &b.group,
            &b.over,
            &b.names,
        ))
    });
    let all_of = |answer: Answer| -> EntitySet {
        causes.iter().filter(|(cause, _)| cause.answer == answer).flat_map(|(_, people)| people).copied().collect()
    };
    let (sure, perhaps) = (all_of(Answer::Yes), all_of(Answer::Maybe));
    let people: Vec<Entity> = sure.iter().collect();
    let partners = judge.tiers().get(PARTNERS);
    WhoCan {
        wanted: asked.wanted.text.clone(),
        on: asked.on.map(|on| judge.named(on)),
        users: people.iter().filter(|who| who.kind == Kind::User).count(),
        accounts: people.iter().filter(|who| who.kind == Kind::ServiceAccount).count(),
        partners: people.iter().filter(|who| partners.is_some_and(|tier| tier.contains(**who))).count(),
        perhaps: perhaps.iter().filter(|who| !sure.contains(*who)).count(),
        causes: causes.into_iter().map(|(cause, _)| cause).collect(),
        open: open::of_wanted(tenant, asked.wanted),
        gaps: gaps(judge, asked.wanted),
        people,
    }
}

struct Search<'s, 'c, 't> {
    judge: &'s Judge<'c, 't>,
    asked: &'s WhoCanAsked<'s>,
    targets: Option<Targets>,
}

impl Search<'_, '_, '_> {
    /// Those who hold each role that gives any of it, by how they do; and accounts that state it themselves.
    fn crowds(&self) -> Vec<Crowd> {
        let graph = self.judge.graph();
        let tenant = graph.tenant;
        let states = |entity: &Entity| crate::states(tenant, *entity, self.asked.wanted);
        let stating = tenant.entities(Kind::Role).filter(states).map(|role| role.row);
        let mut crowds = Vec::new();
        for &row in graph.spread(stating, |_| false).roles() {
            let ways = Rc::new(self.judge.ways(Entity { kind: Kind::Role, row }, self.asked.wanted));
            // Only entries whose reach lies in the assignment tell one assignment from another.
            let is_divided = self.is_divided(&ways);
            let mut direct: BTreeMap<u32, Vec<(Entity, Origin)>> = BTreeMap::new();
            for (holder, origin, assignment) in graph.holders_of(row) {
                if holder.kind == Kind::Group {
                    let people = graph.entities_into(holder, EdgeKind::MemberOf).collect();
                    crowds.push(Crowd { group: Some((holder, origin)), role: Some(row), ways: ways.clone(), people });
                } else {
                    let class = if is_divided { self.judge.division_class(assignment) } else { 0 };
                    direct.entry(class).or_default().push((holder, origin));
                }
            }
            let crowd = |people| Crowd { group: None, role: Some(row), ways: ways.clone(), people };
            crowds.extend(direct.into_values().map(crowd));
        }
        let accounts = tenant.entities(Kind::ServiceAccount).filter(states);
        crowds.extend(accounts.map(|account| {
            let people = vec![(account, tenant.head(account).origin)];
            let own = self.judge.ways(account, self.asked.wanted).into_iter().filter(|access| access.via.is_empty());
            Crowd { group: None, role: None, ways: Rc::new(own.collect()), people }
        }));
        let tier = self.asked.tier.map(|tier| self.judge.tiers().get(tier));
        for crowd in &mut crowds {
            // Stated twice is held once; the first place proves it.
            crowd.people.sort_unstable();
            crowd.people.dedup_by_key(|(who, _)| *who);
            let is_meant = |who: Entity| tier.is_none_or(|tier| tier.is_some_and(|tier| tier.contains(who)));
            crowd.people.retain(|(who, _)| is_meant(*who));
        }
        crowds
    }

    fn is_divided(&self, ways: &[Access]) -> bool {
        let grants = &self.judge.graph().tenant.grants;
        ways.iter().filter_map(|way| grants.get(way.grant as usize)).any(|grant| grant.scope == ScopeWord::Granted)
    }

    /// What a crowd can, as far as they are asked for: those who can, and those who perhaps can.
    fn judge(&self, crowd: &Crowd) -> Vec<(Cause, Vec<Entity>)> {
        let Some(example) = crowd.people.first() else { return Vec::new() };
        let ways = self.ways(crowd, example);
        if ways.is_empty() {
            return Vec::new();
        }
        let (personal, shared): (Vec<usize>, Vec<usize>) = (0..ways.len()).partition(|at| self.is_personal(&ways, *at));
        let common = self.best(crowd, example, &ways, &shared);
        if personal.is_empty() {
            let found = common.filter(|(judged, _)| judged.answer != Answer::No);
            return found.and_then(|(_, at)| self.cause(crowd, &crowd.people, &ways, at)).into_iter().collect();
        }
        let mut sorted: HashMap<(Answer, usize), Vec<(Entity, Origin)>> = HashMap::new();
        for person in &crowd.people {
            let own = self.best(crowd, person, &ways, &personal);
            let best = match (common, own) {
                (Some(common), Some(own)) if own.0.answer > common.0.answer => own,
                (Some(common), _) => common,
                (None, Some(own)) => own,
                (None, None) => continue,
            };
            sorted.entry((best.0.answer, best.1)).or_default().push(*person);
        }
        let mut found: Vec<_> = sorted.into_iter().collect();
        found.retain(|((answer, _), _)| *answer != Answer::No);
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().filter_map(|((_, at), people)| self.cause(crowd, &people, &ways, at)).collect()
    }

    /// The ways of one of the crowd, which are those of all but for the first edge.
    fn ways(&self, crowd: &Crowd, (who, origin): &(Entity, Origin)) -> Vec<Access> {
        let lead = crowd.role.map(|row| lead(crowd, Entity { kind: Kind::Role, row }, *origin)).unwrap_or_default();
        let ways = crowd
            .ways
            .iter()
            .map(|access| Access { grant: access.grant, via: lead.iter().chain(&access.via).copied().collect() });
        ways.filter(|access| self.is_scope(*who, access)).collect()
    }

    fn is_scope(&self, who: Entity, access: &Access) -> bool {
        self.asked.scope.is_none_or(|scope| scope == Breadth::of(self.judge, who, access))
    }

    /// Whether it depends on who has an entry what it reaches, or whether it is denied.
    fn is_personal(&self, ways: &[Access], at: usize) -> bool {
        let tenant = self.judge.graph().tenant;
        let grant = ways.get(at).and_then(|access| tenant.grants.get(access.grant as usize));
        let is_limited = grant.is_some_and(|grant| matches!(grant.scope, ScopeWord::Assigned | ScopeWord::Own));
        !tenant.denials.is_empty() || (is_limited && self.targets.is_some())
    }

    /// The best that one of the crowd can by some of the ways, with the way.
    fn best(
        &self,
        crowd: &Crowd,
        (who, origin): &(Entity, Origin),
        ways: &[Access],
        among: &[usize],
    ) -> Option<(Judgement, usize)> {
        let mut best: Option<(Judgement, usize)> = None;
        for at in among {
            let access = own_way(crowd, *origin, ways.get(*at)?);
            let judged = self.judge.judge(*who, &access, self.asked.wanted, self.targets.as_ref())?;
            if best.is_none_or(|(known, _)| judged.answer > known.answer) {
                best = Some((judged, *at));
            }
        }
        best
    }

    fn cause(
        &self,
        crowd: &Crowd,
        people: &[(Entity, Origin)],
        ways: &[Access],
        at: usize,
    ) -> Option<(Cause, Vec<Entity>)> {
        let judge = self.judge;
        let graph = judge.graph();
        let all: Vec<Entity> = people.iter().map(|(who, _)| *who).collect();
        let names = few(graph, &all, self.asked.names.max(1));
        let first = *names.first()?;
        let place = people.iter().find(|(who, _)| *who == first).map(|(_, origin)| *origin)?;
        let access = own_way(crowd, place, ways.get(at)?);
        let judged = judge.judge(first, &access, self.asked.wanted, self.targets.as_ref())?;
        let gives = |way: &&Access| {
            let other = judge.judge(first, way, self.asked.wanted, self.targets.as_ref());
            other.is_some_and(|other| other.answer == judged.answer)
        };
        let spelling = |way: &Access| {
            let grant = graph.tenant.grants.get(way.grant as usize);
            grant.map(|grant| graph.tenant.permissions.spelling(grant.permission).to_owned())
        };
        let mut permissions: Vec<String> = ways.iter().filter(gives).filter_map(spelling).collect();
        permissions.sort();
        permissions.dedup();
        let partners = judge.tiers().get(PARTNERS);
        let cause = Cause {
            answer: judged.answer,
            why: judged.why,
            group: crowd.group.map(|(group, _)| judge.named(group)),
            role: crowd.role.map(|row| judge.named(Entity { kind: Kind::Role, row })),
            over: judge.over(first, &access),
            permissions,
            users: all.iter().filter(|who| who.kind == Kind::User).count(),
            accounts: all.iter().filter(|who| who.kind == Kind::ServiceAccount).count(),
            partners: all.iter().filter(|who| partners.is_some_and(|tier| tier.contains(**who))).count(),
            names: names.iter().take(self.asked.names).map(|who| judge.named(*who)).collect(),
            witness: judge.witness(first, &access),
        };
        Some((cause, all))
    }
}

/// The edges from one of a crowd to the role.
fn lead(crowd: &Crowd, role: Entity, origin: Origin) -> Vec<Via> {
    match crowd.group {
        Some((group, holds)) => vec![
            Via { kind: EdgeKind::MemberOf, to: group, origin },
            Via { kind: EdgeKind::Holds, to: role, origin: holds },
        ],
        None => vec![Via { kind: EdgeKind::Holds, to: role, origin }],
    }
}

/// A way with the first edge as it is for one of the crowd.
fn own_way(crowd: &Crowd, origin: Origin, way: &Access) -> Access {
    let mut own = way.clone();
    if let Some(first) = own.via.first_mut().filter(|_| crowd.role.is_some()) {
        first.origin = origin;
    }
    own
}
