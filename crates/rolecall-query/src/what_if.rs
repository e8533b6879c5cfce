//! `what-if`: the rules run again on an edited model, and who loses what.

use crate::breadth::Breadth;
use crate::edit::{Said, concerned, say};
use crate::few;
use hashbrown::{HashMap, HashSet};
use rolecall_engine::{Drafts, Finding, Judge, Named, Policy, Rulebook, Step};
use rolecall_graph::{Access, AccessGraph};
use rolecall_model::{Edit, Entity, Kind, Permission, PermissionId, Permissions};

/// How many names are given for those who lose the same.
const NAMED: usize = 3;

/// What rules are run with.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The rules.
    pub book: &'a Rulebook,
    /// What a team wants.
    pub policy: &'a Policy,
    /// The number of the file of the settings.
    pub settings: u32,
}

/// What rules find, and what it takes to find it again after edits.
#[derive(Clone, Debug)]
pub struct Found {
    /// The worst first; among equals by rule, subject and fingerprint.
    pub findings: Vec<Finding>,
    drafts: Drafts,
}

impl Rules<'_> {
    /// What they find.
    #[must_use]
    pub fn find(&self, graph: &AccessGraph<'_>) -> Found {
        let (outcome, drafts) = Judge::at(graph, self.policy, self.settings).check(self.policy, self.book);
        Found { findings: in_order(outcome.findings), drafts }
    }
}

fn in_order(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_cached_key(|f| {
        (std::cmp::Reverse(f.severity), f.rule.clone(), f.subject.name.clone(), f.fingerprint.clone())
    });
    found
}

/// What would come of some edits.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The edits.
    pub edits: Vec<Said>,
    /// Findings that go.
    pub gone: Vec<Finding>,
    /// Findings that come.
    pub come: Vec<Finding>,
    /// Findings that stay at their place and say something else, as they are and as they would be.
    pub changed: Vec<(Finding, Finding)>,
    /// How many stay.
    pub stay: usize,
    /// Who loses what, those who lose the same together; the most first.
    pub losses: Vec<Loss>,
}

/// Some who lose the same.
#[derive(Clone, Debug)]
pub struct Loss {
    /// How many users.
    pub users: usize,
    /// How many service accounts.
    pub accounts: usize,
    /// The first by name.
    pub names: Vec<Named>,
    /// What they lose.
    pub lost: Vec<Lost>,
}

/// A permission that is lost, at least as far as it went.
#[derive(Clone, Debug)]
pub struct Lost {
    /// The permission.
    pub permission: String,
    /// How far it reached, in words.
    pub over: String,
    /// The chain by which the first of them keeps it, elsewhere or less far.
    pub keeps: Vec<Step>,
}

/// Runs the rules again without what the edits take away. `before` is what they find now.
#[must_use]
pub fn what_if(judge: &Judge<'_, '_>, rules: &Rules<'_>, before: &Found, edits: &[Edit]) -> WhatIf {
    let whole = judge.graph();
    let tenant = whole.tenant.less(&whole.directory, edits);
    let graph = whole.less(&tenant, edits);
    let mut edited = Judge::edited(&graph, rules.policy, rules.settings, judge);
    let after = edited.recheck((judge, &before.drafts), rules.policy, rules.book, edits);
    let is: HashSet<&str> = after.iter().map(|f| f.fingerprint.as_str()).collect();
    let was: HashSet<&str> = before.findings.iter().map(|f| f.fingerprint.as_str()).collect();
    let is_gone = |f: &&Finding| !is.contains(f.fingerprint.as_str());
    let mut gone: Vec<Finding> = before.findings.iter().filter(is_gone).cloned().collect();
    let come = after.iter().filter(|f| !was.contains(f.fingerprint.as_str())).map(|f| f.clone().into_owned());
    let mut come: Vec<Finding> = in_order(come.collect());
    let mut changed = Vec::new();
    for new in std::mem::take(&mut come) {
        let same = |old: &Finding| old.rule == new.rule && old.primary.place == new.primary.place;
        // Of several at one place, the one of which it is what is left.
        let left = gone.iter().position(|old| same(old) && is_left_of(&new, old));
        match left.or_else(|| gone.iter().position(same)) {
            Some(at) => changed.push((gone.remove(at), new)),
            None => come.push(new),
        }
    }
    WhatIf {
        edits: edits.iter().map(|edit| say(judge, edit)).collect(),
        stay: before.findings.len() - gone.len() - changed.len(),
        gone,
        come,
        changed,
        losses: losses(judge, &edited, edits),
    }
}

/// Whether one finding is what edits leave of another: it says of the same, by the same, no more. Who is left of several
/// is the one to blame.
pub(crate) fn is_left_of(new: &Finding, old: &Finding) -> bool {
    let people = |f: &Finding| f.ends.as_ref().map_or(0, |ends| ends.from.len());
    let last = |f: &Finding| f.witness.last().map(|step| (step.from.clone(), step.to.clone()));
    let is_one_left = || people(new) < people(old) && last(new) == last(old);
    let are_its_ways = match (&old.ends, &new.ends) {
        (Some(old), Some(new)) => old.covers(new),
        (old, new) => old.is_none() && new.is_none(),
    };
    old.rule == new.rule
        && (old.subject == new.subject || is_one_left())
        && are_its_ways
        && new.access.iter().all(|line| old.access.contains(line))
}

/// Whether what somebody has is told with the ways to it, which may be as long as the longest chain of roles.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ways {
    Told,
    Untold,
}

/// A permission that somebody has, its reach in words, and the shortest way to it where that is told.
struct Held {
    permission: PermissionId,
    over: String,
    breadth: Breadth,
    access: Access,
}

fn losses(before: &Judge<'_, '_>, after: &Judge<'_, '_>, edits: &[Edit]) -> Vec<Loss> {
    let graph = before.graph();
    let known = &graph.tenant.permissions;
    let mut people: Vec<Entity> = edits.iter().flat_map(|edit| concerned(graph, edit)).collect();
    people.sort_unstable();
    people.dedup();
    let mut alike: HashMap<Vec<(PermissionId, String)>, Vec<Entity>> = HashMap::new();
    for sort in before.sorts(people) {
        let Some(first) = sort.first() else { continue };
        let lost = lost(known, &held(before, *first, Ways::Untold), &held(after, *first, Ways::Untold));
        if !lost.is_empty() {
            alike.entry(lost).or_default().extend(sort);
        }
    }
    let loss = |(lost, people): (Vec<(PermissionId, String)>, Vec<Entity>)| {
        let names = few(before, &people, NAMED);
        let left = names.first().map(|who| held(after, *who, Ways::Told)).unwrap_or_default();
        let keep = |permission: PermissionId| {
            let meant = known.get(permission)?;
            let is_meant = |held: &&Held| known.get(held.permission).is_some_and(|held| held.overlaps(meant));
            let name = |held: &Held| known.spelling(held.permission);
            let kept = left.iter().filter(is_meant);
            let best = kept.min_by_key(|held| (held.breadth, held.access.via.len(), name(held)))?;
            Some(after.witness(*names.first()?, &best.access))
        };
        let lost = lost.into_iter().map(|(permission, over)| {
            let keeps = keep(permission).unwrap_or_default();
            Lost { permission: known.spelling(permission).to_owned(), over, keeps }
        });
        Loss {
            users: people.iter().filter(|who| who.kind == Kind::User).count(),
            accounts: people.iter().filter(|who| who.kind == Kind::ServiceAccount).count(),
            lost: lost.collect(),
            names: names.iter().map(|who| before.named(*who)).collect(),
        }
    };
    let mut losses: Vec<Loss> = alike.into_iter().map(loss).collect();
    losses.sort_by_cached_key(|l| (std::cmp::Reverse(l.users + l.accounts), l.names.clone()));
    losses
}

fn held(judge: &Judge<'_, '_>, who: Entity, ways: Ways) -> Vec<Held> {
    let graph = judge.graph();
    let of = |access: Access| {
        let permission = graph.tenant.grants.get(access.grant as usize)?.permission;
        let (over, breadth) = (judge.over(who, &access), Breadth::of(judge, who, &access, None));
        Some(Held { permission, over, breadth, access })
    };
    // How far an entry reaches depends on the way only by the divisions that its role is given in.
    let is_given = |grant: u32| graph.tenant.grants.get(grant as usize).is_some_and(|grant| grant.scope.is_divided());
    let untold = || graph.grants_had(who).into_iter().map(|grant| Access { grant, via: Vec::new() }).collect();
    let mut own: Vec<Access> = if ways == Ways::Told { graph.access(who) } else { untold() };
    own.retain(|access| !is_given(access.grant));
    // Of several entries that say the same the one with the shortest way stays.
    own.sort_by_key(|access| access.via.len());
    let mut asked = HashSet::new();
    let given = graph.ways(who, is_given).into_iter().filter(|access| asked.insert((access.grant, access.held())));
    let mut known = HashSet::new();
    let all = own.into_iter().chain(given).filter_map(of);
    all.filter(|held| known.insert((held.permission, held.over.clone(), held.breadth))).collect()
}

/// What was held and is not held any more, not even by a wider entry: permissions by name, and their reach.
fn lost(permissions: &Permissions, before: &[Held], after: &[Held]) -> Vec<(PermissionId, String)> {
    // Only a pattern covers another permission than itself.
    let is_pattern = |held: &&Held| permissions.get(held.permission).is_some_and(Permission::is_wildcard);
    let patterns: Vec<&Held> = after.iter().filter(is_pattern).collect();
    let mut same: HashMap<PermissionId, Vec<&Held>> = HashMap::new();
    after.iter().for_each(|held| same.entry(held.permission).or_default().push(held));
    let is_covered = |held: &Held, by: &Held| {
        let [held, by] = [held, by].map(|held| permissions.get(held.permission));
        held.zip(by).is_some_and(|(held, by)| by.covers(held))
    };
    let is_kept = |held: &Held| {
        let reaches = |other: &&&Held| other.over == held.over || other.breadth == Breadth::All;
        same.get(&held.permission).is_some_and(|all| all.iter().any(|other| reaches(&other)))
            || patterns.iter().filter(reaches).any(|other| is_covered(held, other))
    };
    let gone = before.iter().filter(|held| !is_kept(held));
    let mut lost: Vec<(PermissionId, String)> = gone.map(|held| (held.permission, held.over.clone())).collect();
    lost.sort_by(|(a, over), (b, other)| (permissions.spelling(*a), over).cmp(&(permissions.spelling(*b), other)));
    lost.dedup();
    lost
}
