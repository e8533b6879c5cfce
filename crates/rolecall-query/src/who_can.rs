//! `who-can`: everybody who can do something, grouped by what lets them.

use crate::breadth::Breadth;
use crate::few;
use crate::gap::{Gap, gaps};
use crate::open::{self, Open};
use hashbrown::HashMap;
use rayon::prelude::*;
use rolecall_engine::{Answer, Judge, Judgement, Named, Step, Targets, Wanted, Why};
use rolecall_graph::{Access, EdgeKind, Via};
use rolecall_model::{Entity, EntitySet, Kind, Origin, ScopeWord};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    /// How many causes are told of those who can, and of those who perhaps can.
    pub causes: usize,
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
    /// How many more causes let some in.
    pub more: usize,
    /// How many more perhaps do.
    pub more_perhaps: usize,
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
    /// Where it is given, where that tells them from others.
    class: Option<u32>,
    /// The ways from the role, or the account itself, to what is asked for.
    ways: Arc<Vec<Access>>,
    people: Vec<Entity>,
}

impl Crowd {
    /// Where the first edge of one of them is stated. Only those who are shown are asked for it.
    fn origin(&self, judge: &Judge<'_, '_>, who: Entity) -> Origin {
        let graph = judge.graph();
        let stated = match (self.group, self.role) {
            (Some((group, _)), _) => {
                let to_group = graph.entities_from(who, EdgeKind::MemberOf).filter(|(to, _)| *to == group);
                to_group.map(|(_, origin)| origin).min()
            }
            (None, Some(role)) => {
                let is_one = |given| self.class.is_none_or(|class| class == judge.division_class(given));
                let held = graph.holdings(who).filter(|(held, _, given)| *held == role && is_one(*given));
                held.map(|(_, origin, _)| origin).min()
            }
            (None, None) => None,
        };
        stated.unwrap_or_else(|| graph.tenant.head(who).origin)
    }
}

/// A cause before it is told: looking for names and proofs is worth it for those that are shown.
struct Draft<'d> {
    crowd: &'d Crowd,
    people: Cow<'d, [Entity]>,
    ways: Arc<Vec<Access>>,
    /// The best of the ways.
    at: usize,
    answer: Answer,
    group: Option<Named>,
    role: Option<Named>,
    over: String,
    users: usize,
    accounts: usize,
}

/// Everybody who can do what is asked. Cost: linear in the holders of the roles that give it; roles and entries
/// are looked at once, not once a holder.
#[must_use]
pub fn who_can(judge: &Judge<'_, '_>, asked: &WhoCanAsked<'_>) -> WhoCan {
    let tenant = judge.graph().tenant;
    let search = Search { judge, asked, targets: asked.on.map(Targets::One) };
    let crowds = search.crowds();
    let drafts: Vec<Vec<Draft<'_>>> = crowds.par_iter().map(|crowd| search.judge(crowd)).collect();
    let mut drafts: Vec<Draft<'_>> = drafts.into_iter().flatten().collect();
    drafts.sort_by(|a, b| {
        let size = |draft: &Draft<'_>| draft.users + draft.accounts;
        let by_cause =
            (b.answer, size(b), &a.role, &a.group, &a.over).cmp(&(a.answer, size(a), &b.role, &b.group, &b.over));
        let first = |draft: &Draft<'_>| few(judge.graph(), &draft.people, 1).first().map(|who| judge.named(*who));
        by_cause.then_with(|| first(a).cmp(&first(b)))
    });
    let all_of = |answer: Answer| -> EntitySet {
        let of = drafts.iter().filter(|draft| draft.answer == answer);
        of.flat_map(|draft| draft.people.iter()).copied().collect()
    };
    let (sure, perhaps) = (all_of(Answer::Yes), all_of(Answer::Maybe));
    let people: Vec<Entity> = sure.iter().collect();
    let partners = judge.tiers().get(PARTNERS);
    let told = |answer: Answer| drafts.iter().filter(move |draft| draft.answer == answer).take(asked.causes);
    let more =
        |answer: Answer| drafts.iter().filter(|draft| draft.answer == answer).count().saturating_sub(asked.causes);
    WhoCan {
        wanted: asked.wanted.text.clone(),
        on: asked.on.map(|on| judge.named(on)),
        users: people.iter().filter(|who| who.kind == Kind::User).count(),
        accounts: people.iter().filter(|who| who.kind == Kind::ServiceAccount).count(),
        partners: people.iter().filter(|who| partners.is_some_and(|tier| tier.contains(**who))).count(),
        perhaps: perhaps.iter().filter(|who| !sure.contains(*who)).count(),
        causes: told(Answer::Yes).chain(told(Answer::Maybe)).filter_map(|draft| search.cause(draft)).collect(),
        more: more(Answer::Yes),
        more_perhaps: more(Answer::Maybe),
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
        let roles = graph.spread(stating, |_| false);
        let tier = self.asked.tier.map(|tier| self.judge.tiers().get(tier));
        let of_role = |row: &u32| {
            let row = *row;
            let mut crowds = Vec::new();
            let ways = Arc::new(self.judge.ways(Entity { kind: Kind::Role, row }, self.asked.wanted));
            // Only entries whose reach lies in the assignment tell one assignment from another.
            let is_divided = self.is_divided(&ways);
            let crowd = |class, people| Crowd { group: None, role: Some(row), class, ways: ways.clone(), people };
            let is_group = |holder: &Entity| holder.kind == Kind::Group;
            if is_divided {
                let mut direct: BTreeMap<u32, Vec<Entity>> = BTreeMap::new();
                for (holder, _, assignment) in graph.holders_of(row).filter(|(holder, ..)| !is_group(holder)) {
                    direct.entry(self.judge.division_class(assignment)).or_default().push(holder);
                }
                crowds.extend(direct.into_iter().map(|(class, people)| crowd(Some(class), people)));
            } else {
                let role = Entity { kind: Kind::Role, row };
                let direct = graph.sources(role, EdgeKind::Holds).filter(|holder| !is_group(holder)).collect();
                crowds.push(crowd(None, direct));
            }
            let groups: BTreeSet<Entity> =
                graph.sources(Entity { kind: Kind::Role, row }, EdgeKind::Holds).filter(is_group).collect();
            for group in groups {
                for (_, origin, _) in graph.holdings(group).filter(|(held, ..)| *held == row) {
                    let people = graph.sources(group, EdgeKind::MemberOf).collect();
                    crowds.push(Crowd { group: Some((group, origin)), ..crowd(None, people) });
                }
            }
            crowds
        };
        let of_roles: Vec<Vec<Crowd>> = roles.roles().par_iter().map(of_role).collect();
        let mut crowds: Vec<Crowd> = of_roles.into_iter().flatten().collect();
        let accounts = tenant.entities(Kind::ServiceAccount).filter(states);
        crowds.extend(accounts.map(|account| {
            let own = self.judge.ways(account, self.asked.wanted).into_iter().filter(|access| access.via.is_empty());
            Crowd { group: None, role: None, class: None, ways: Arc::new(own.collect()), people: vec![account] }
        }));
        crowds.par_iter_mut().for_each(|crowd| {
            // Stated twice is held once.
            crowd.people.sort_unstable();
            crowd.people.dedup();
            let is_meant = |who: Entity| tier.is_none_or(|tier| tier.is_some_and(|tier| tier.contains(who)));
            crowd.people.retain(|who| is_meant(*who));
        });
        crowds
    }

    fn is_divided(&self, ways: &[Access]) -> bool {
        let grants = &self.judge.graph().tenant.grants;
        ways.iter().filter_map(|way| grants.get(way.grant as usize)).any(|grant| grant.scope == ScopeWord::Granted)
    }

    /// What a crowd can, as far as they are asked for: those who can, and those who perhaps can.
    fn judge<'d>(&self, crowd: &'d Crowd) -> Vec<Draft<'d>> {
        let Some(&example) = crowd.people.first() else { return Vec::new() };
        let ways = Arc::new(self.ways(crowd, example));
        if ways.is_empty() {
            return Vec::new();
        }
        let (personal, shared): (Vec<usize>, Vec<usize>) = (0..ways.len()).partition(|at| self.is_personal(&ways, *at));
        let common = self.best(example, &ways, &shared);
        if personal.is_empty() {
            let found = common.filter(|(judged, _)| judged.answer != Answer::No);
            let people = Cow::Borrowed(crowd.people.as_slice());
            return found.and_then(|(_, at)| self.draft(crowd, people, &ways, at)).into_iter().collect();
        }
        let mut sorted: HashMap<(Answer, usize), Vec<Entity>> = HashMap::new();
        for &person in &crowd.people {
            let own = self.best(person, &ways, &personal);
            let best = match (common, own) {
                (Some(common), Some(own)) if own.0.answer > common.0.answer => own,
                (Some(common), _) => common,
                (None, Some(own)) => own,
                (None, None) => continue,
            };
            sorted.entry((best.0.answer, best.1)).or_default().push(person);
        }
        let mut found: Vec<_> = sorted.into_iter().collect();
        found.retain(|((answer, _), _)| *answer != Answer::No);
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().filter_map(|((_, at), people)| self.draft(crowd, Cow::Owned(people), &ways, at)).collect()
    }

    /// The ways of one of the crowd, which are those of all but for the first edge.
    fn ways(&self, crowd: &Crowd, who: Entity) -> Vec<Access> {
        let origin = crowd.origin(self.judge, who);
        let lead = crowd.role.map(|row| lead(crowd, Entity { kind: Kind::Role, row }, origin)).unwrap_or_default();
        let ways = crowd
            .ways
            .iter()
            .map(|access| Access { grant: access.grant, via: lead.iter().chain(&access.via).copied().collect() });
        ways.filter(|access| self.is_scope(who, access)).collect()
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

    /// The best that one of a crowd can by some of its ways, with the way. Where their first edges are stated makes no
    /// difference.
    fn best(&self, who: Entity, ways: &[Access], among: &[usize]) -> Option<(Judgement, usize)> {
        let mut best: Option<(Judgement, usize)> = None;
        for at in among {
            let judged = self.judge.judge(who, ways.get(*at)?, self.asked.wanted, self.targets.as_ref())?;
            if best.is_none_or(|(known, _)| judged.answer > known.answer) {
                best = Some((judged, *at));
            }
        }
        best
    }

    fn draft<'d>(
        &self,
        crowd: &'d Crowd,
        people: Cow<'d, [Entity]>,
        ways: &Arc<Vec<Access>>,
        at: usize,
    ) -> Option<Draft<'d>> {
        let judge = self.judge;
        let &who = people.first()?;
        let access = ways.get(at)?;
        let judged = judge.judge(who, access, self.asked.wanted, self.targets.as_ref())?;
        let count = |kind: Kind| people.iter().filter(|who| who.kind == kind).count();
        let (users, accounts) = (count(Kind::User), count(Kind::ServiceAccount));
        Some(Draft {
            crowd,
            ways: ways.clone(),
            at,
            answer: judged.answer,
            group: crowd.group.map(|(group, _)| judge.named(group)),
            role: crowd.role.map(|row| judge.named(Entity { kind: Kind::Role, row })),
            over: judge.over(who, access),
            users,
            accounts,
            people,
        })
    }

    fn cause(&self, draft: &Draft<'_>) -> Option<Cause> {
        let judge = self.judge;
        let graph = judge.graph();
        let names = few(graph, &draft.people, self.asked.names.max(1));
        let first = *names.first()?;
        let access = own_way(draft.crowd, draft.crowd.origin(judge, first), draft.ways.get(draft.at)?);
        let judged = judge.judge(first, &access, self.asked.wanted, self.targets.as_ref())?;
        let gives = |way: &&Access| {
            let other = judge.judge(first, way, self.asked.wanted, self.targets.as_ref());
            other.is_some_and(|other| other.answer == judged.answer)
        };
        let spelling = |way: &Access| {
            let grant = graph.tenant.grants.get(way.grant as usize);
            grant.map(|grant| graph.tenant.permissions.spelling(grant.permission).to_owned())
        };
        let mut permissions: Vec<String> = draft.ways.iter().filter(gives).filter_map(spelling).collect();
        permissions.sort();
        permissions.dedup();
        let partners = judge.tiers().get(PARTNERS);
        Some(Cause {
            answer: judged.answer,
            why: judged.why,
            group: draft.group.clone(),
            role: draft.role.clone(),
            over: draft.over.clone(),
            permissions,
            users: draft.users,
            accounts: draft.accounts,
            partners: draft.people.iter().filter(|who| partners.is_some_and(|tier| tier.contains(**who))).count(),
            names: names.iter().take(self.asked.names).map(|who| judge.named(*who)).collect(),
            witness: judge.witness(first, &access),
        })
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
