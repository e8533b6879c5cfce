//! `access` and `compare`: what somebody may do, over what and through what; and where two differ.

use crate::breadth::Breadth;
use crate::open::{self, Open};
use rolecall_engine::{Answer, Judge, Named, Step, Wanted, Why};
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Entity, Kind};
use serde::Serialize;
use std::collections::BTreeMap;

/// What somebody may do.
#[derive(Clone, Debug)]
pub struct AccessList {
    /// Who.
    pub who: Named,
    /// The tiers that they are of.
    pub tiers: Vec<String>,
    /// Each permission with its reach, in order.
    pub held: Vec<Held>,
    /// What is open to everybody, whatever roles say.
    pub open: Vec<&'static Open>,
}

/// Whence access comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// It is stated there.
    Own,
    /// From a role that is held.
    Role,
    /// From a role that a group holds.
    Group,
}

/// A permission with its reach.
#[derive(Clone, Debug)]
pub struct Held {
    /// The permission.
    pub permission: String,
    /// How far it reaches, in words.
    pub over: String,
    /// The sort of that reach.
    pub breadth: Breadth,
    /// Whether an access policy takes it away.
    pub is_denied: bool,
    /// Whence it comes, by the shortest way.
    pub source: Source,
    /// The group on that way.
    pub group: Option<Named>,
    /// The role held on that way.
    pub role: Option<Named>,
    /// The role that it is inherited from.
    pub inherited: Option<Named>,
    /// What it is good for in the wrong hands, where it is sensitive.
    pub sensitive: Option<&'static str>,
    /// How many ways there are.
    pub ways: usize,
    /// The shortest.
    pub witness: Vec<Step>,
}

/// Where two differ.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The first.
    pub left: Named,
    /// The second.
    pub right: Named,
    /// What only the first may.
    pub only_left: Vec<Held>,
    /// What only the second may.
    pub only_right: Vec<Held>,
    /// What both may, but over different things.
    pub differing: Vec<Differing>,
    /// How many permissions both have alike.
    pub same: usize,
}

/// A permission that two have over different things.
#[derive(Clone, Debug)]
pub struct Differing {
    /// The permission.
    pub permission: String,
    /// How the first has it.
    pub left: Vec<Held>,
    /// How the second has it.
    pub right: Vec<Held>,
}

/// What a user, service account, group or role may do.
#[must_use]
pub fn access(judge: &Judge<'_, '_>, who: Entity) -> AccessList {
    let graph = judge.graph();
    let everything = judge.wanted("*");
    let mut held: BTreeMap<(String, String), Vec<Access>> = BTreeMap::new();
    for access in graph.ways(who, |_| true) {
        let Some(grant) = graph.tenant.grants.get(access.grant as usize) else { continue };
        let permission = graph.tenant.permissions.spelling(grant.permission).to_owned();
        held.entry((permission, judge.over(who, &access))).or_default().push(access);
    }
    let of = |((permission, over), mut ways): ((String, String), Vec<Access>)| {
        ways.sort_by_cached_key(|access| {
            let through: Vec<_> = access.via.iter().map(|via| (graph.order_key(via.to), via.origin)).collect();
            (access.via.len(), through)
        });
        let shortest = ways.first()?;
        Some(one(judge, who, everything.as_ref(), permission, over, shortest, ways.len()))
    };
    AccessList {
        who: judge.named(who),
        tiers: judge.tier_names().filter(|tier| judge.is_of(tier, who)).map(str::to_owned).collect(),
        held: held.into_iter().filter_map(of).collect(),
        open: [Kind::User, Kind::Group, Kind::Division]
            .into_iter()
            .filter_map(|kind| open::of_kind(graph.tenant, kind))
            .filter(|_| matches!(who.kind, Kind::User | Kind::ServiceAccount))
            .collect(),
    }
}

fn one(
    judge: &Judge<'_, '_>,
    who: Entity,
    everything: Option<&Wanted>,
    permission: String,
    over: String,
    access: &Access,
    ways: usize,
) -> Held {
    let tenant = judge.graph().tenant;
    let judged = everything.and_then(|all| judge.judge(who, access, all, None));
    let end = |kind: EdgeKind| access.via.iter().rev().find(|via| via.kind == kind).map(|via| judge.named(via.to));
    let (group, role) = (end(EdgeKind::MemberOf), end(EdgeKind::Holds));
    let grant = tenant.grants.get(access.grant as usize);
    let sensitive = grant.and_then(|grant| judge.sensitive(grant.permission).first());
    let source = match (&group, access.via.is_empty()) {
        (Some(_), _) => Source::Group,
        (None, true) => Source::Own,
        (None, false) => Source::Role,
    };
    Held {
        permission,
        over,
        breadth: Breadth::of(judge, who, access, everything),
        is_denied: judged.is_some_and(|judged| judged.answer == Answer::No && judged.why == Why::Denied),
        source,
        group,
        role,
        inherited: end(EdgeKind::Inherits),
        sensitive: sensitive.map(|(_, sensitive)| sensitive.why),
        ways,
        witness: judge.witness(who, access),
    }
}

/// Where the access of two differs.
#[must_use]
pub fn compare(judge: &Judge<'_, '_>, left: Entity, right: Entity) -> Compared {
    let by_permission = |list: AccessList| {
        let mut all: BTreeMap<String, Vec<Held>> = BTreeMap::new();
        list.held.into_iter().for_each(|held| all.entry(held.permission.clone()).or_default().push(held));
        all
    };
    let (mut lefts, mut rights) = (by_permission(access(judge, left)), by_permission(access(judge, right)));
    let mut compared = Compared {
        left: judge.named(left),
        right: judge.named(right),
        only_left: Vec::new(),
        only_right: Vec::new(),
        differing: Vec::new(),
        same: 0,
    };
    let shared: Vec<String> = lefts.keys().filter(|permission| rights.contains_key(*permission)).cloned().collect();
    for permission in shared {
        let (left, right) = (lefts.remove(&permission), rights.remove(&permission));
        let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
        let overs = |all: &[Held]| all.iter().map(|held| (held.over.clone(), held.is_denied)).collect::<Vec<_>>();
        if overs(&left) == overs(&right) {
            compared.same += 1;
        } else {
            compared.differing.push(Differing { permission, left, right });
        }
    }
    compared.only_left = lefts.into_values().flatten().collect();
    compared.only_right = rights.into_values().flatten().collect();
    compared
}
