//! `who-can`: everybody who can do something, grouped by what lets them.

use crate::breadth::Breadth;
use crate::crowd::{Crowd, lead, own_way};
use crate::few;
use crate::gap::{Gap, gaps, slip};
use crate::open::{self, Open};
use hashbrown::HashMap;
use rayon::prelude::*;
use rolecall_engine::{Answer, Judge, Judgement, Named, Step, Targets, Wanted, Why};
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Entity, EntitySet, Kind, Origin, ScopeWord};
use std::borrow::Cow;
use std::cmp::Reverse;
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

/// A cause before it is told: looking for names and proofs is worth it for those that are shown.
struct Draft<'d> {
    crowd: &'d Crowd,
    people: Cow<'d, [Entity]>,
    ways: Arc<Vec<Access>>,
    /// The best of the ways.
    at: usize,
    answer: Answer,
}

/// Everybody who can do what is asked. Cost: linear in the holders of the roles that give it; roles and entries
/// are looked at once, not once a holder.
#[must_use]
pub fn who_can(judge: &Judge<'_, '_>, asked: &WhoCanAsked<'_>) -> WhoCan {
    let tenant = judge.graph().tenant;
    let search = Search { judge, asked, targets: asked.on.map(Targets::One) };
    let crowds = search.crowds();
    let drafts: Vec<Vec<Draft<'_>>> = crowds.par_iter().map(|crowd| search.judge(crowd)).collect();
    let drafts = search.in_order(drafts.into_iter().flatten().collect());
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
        gaps: slip(judge, asked.wanted).into_iter().chain(gaps(judge, asked.wanted, None)).collect(),
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
            let role = Entity { kind: Kind::Role, row };
            let ways = self.judge.ways(role, self.asked.wanted);
            let crowd = |group: Option<(Entity, Origin)>| {
                let lead = lead(group, role);
                let led = |access: &Access| Access {
                    grant: access.grant,
                    via: lead.iter().chain(&access.via).copied().collect(),
                };
                let ways = Arc::new(ways.iter().map(led).collect());
                Crowd { group, role: Some(row), ways, people: Vec::new() }
            };
            let is_group = |holder: &Entity| holder.kind == Kind::Group;
            let direct = crowd(None);
            let holders = graph.holders_of(row).filter(|(holder, ..)| !is_group(holder));
            // Only entries whose reach lies in the assignment tell one holder from another, by all that each is given.
            if self.is_divided(&ways) {
                let mut classes: BTreeMap<Entity, BTreeSet<u32>> = BTreeMap::new();
                for (holder, _, given) in holders {
                    classes.entry(holder).or_default().insert(self.judge.division_class(given));
                }
                let mut alike: BTreeMap<BTreeSet<u32>, Vec<Entity>> = BTreeMap::new();
                for (holder, of_holder) in classes {
                    alike.entry(of_holder).or_default().push(holder);
                }
                crowds.extend(alike.into_values().map(|people| Crowd { people, ways: direct.ways.clone(), ..direct }));
            } else {
                let people = holders.map(|(holder, ..)| holder).collect();
                crowds.push(Crowd { people, ..direct });
            }
            let groups: BTreeSet<Entity> = graph.sources(role, EdgeKind::Holds).filter(is_group).collect();
            for group in groups {
                // What a group is given twice lets its members in once.
                let held = graph.holdings(group).filter(|(held, ..)| *held == row).map(|(_, origin, _)| origin).min();
                crowds.extend(held.map(|origin| {
                    let people = graph.sources(group, EdgeKind::MemberOf).collect();
                    Crowd { people, ..crowd(Some((group, origin))) }
                }));
            }
            crowds
        };
        let of_roles: Vec<Vec<Crowd>> = roles.roles().par_iter().map(of_role).collect();
        let mut crowds: Vec<Crowd> = of_roles.into_iter().flatten().collect();
        let accounts = tenant.entities(Kind::ServiceAccount).filter(states);
        crowds.extend(accounts.map(|account| {
            let own = self.judge.ways(account, self.asked.wanted).into_iter().filter(|access| access.via.is_empty());
            Crowd { group: None, role: None, ways: Arc::new(own.collect()), people: vec![account] }
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
        ways.iter().filter_map(|way| grants.get(way.grant as usize)).any(|grant| grant.scope.is_divided())
    }

    /// What a crowd can, as far as they are asked for: those who can, and those who perhaps can.
    fn judge<'d>(&self, crowd: &'d Crowd) -> Vec<Draft<'d>> {
        let Some(&example) = crowd.people.first() else { return Vec::new() };
        let ways = match self.asked.scope {
            None => crowd.ways.clone(),
            Some(scope) => {
                let is_so =
                    |access: &&Access| scope == Breadth::of(self.judge, example, access, Some(self.asked.wanted));
                Arc::new(crowd.ways.iter().filter(is_so).cloned().collect())
            }
        };
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
            if judged.answer == Answer::Yes {
                break;
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
        let judged = self.judge.judge(*people.first()?, ways.get(at)?, self.asked.wanted, self.targets.as_ref())?;
        Some(Draft { crowd, ways: ways.clone(), at, answer: judged.answer, people })
    }

    /// Those who can first, and those who are most; as far as they are told, equals by what lets them in.
    fn in_order<'d>(&self, mut drafts: Vec<Draft<'d>>) -> Vec<Draft<'d>> {
        let size = |draft: &Draft<'_>| (Reverse(draft.answer), Reverse(draft.people.len()));
        drafts.sort_by_key(size);
        for alike in drafts.chunk_by_mut(|a, b| a.answer == b.answer) {
            let Some(last) = alike.len().min(self.asked.causes).checked_sub(1) else { continue };
            let least = alike.get(last).map(size);
            let told = alike.partition_point(|draft| Some(size(draft)) <= least);
            let told = alike.get_mut(..told).unwrap_or_default();
            told.sort_by_cached_key(|draft| {
                let first = few(self.judge, &draft.people, 1).first().map(|who| self.judge.named(*who));
                (size(draft), self.role(draft), self.group(draft), self.over(draft), first)
            });
        }
        drafts
    }

    fn role(&self, draft: &Draft<'_>) -> Option<Named> {
        draft.crowd.role.map(|row| self.judge.named(Entity { kind: Kind::Role, row }))
    }

    fn group(&self, draft: &Draft<'_>) -> Option<Named> {
        draft.crowd.group.map(|(group, _)| self.judge.named(group))
    }

    /// How far the best of its ways reaches, in words.
    fn over(&self, draft: &Draft<'_>) -> String {
        let (who, access) = (draft.people.first(), draft.ways.get(draft.at));
        who.zip(access).map(|(who, access)| self.judge.over(*who, access)).unwrap_or_default()
    }

    fn cause(&self, draft: &Draft<'_>) -> Option<Cause> {
        let judge = self.judge;
        let graph = judge.graph();
        let names = few(judge, &draft.people, self.asked.names.max(1));
        let first = *names.first()?;
        let way = draft.ways.get(draft.at)?;
        let answer = |given: Option<u32>| {
            let (grant, on) = (graph.tenant.grants.get(way.grant as usize)?, self.targets.as_ref()?);
            judge.judge_shared(grant, given, self.asked.wanted, on).ok()
        };
        let access = own_way(draft.crowd, draft.crowd.origin(judge, first, answer), way);
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
        let count = |kind: Kind| draft.people.iter().filter(|who| who.kind == kind).count();
        Some(Cause {
            answer: judged.answer,
            why: judged.why,
            group: self.group(draft),
            role: self.role(draft),
            over: self.over(draft),
            permissions,
            users: count(Kind::User),
            accounts: count(Kind::ServiceAccount),
            partners: draft.people.iter().filter(|who| partners.is_some_and(|tier| tier.contains(**who))).count(),
            names: names.iter().take(self.asked.names).map(|who| judge.named(*who)).collect(),
            witness: judge.witness(first, &access),
        })
    }
}
