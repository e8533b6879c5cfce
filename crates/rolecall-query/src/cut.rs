//! `cut`: the fewest edits that break all ways a finding is about, each set proven by running the rules again.

use crate::edit::Said;
use crate::network::{Cutter, paths};
use crate::what_if::{Found, Loss, Rules, WhatIf, is_left_of, what_if};
use crate::who_can::{WhoCan, WhoCanAsked, who_can};
use hashbrown::HashSet;
use rolecall_engine::{Answer, Ends, Finding, Judge, Named, Targets};
use rolecall_graph::{Access, AccessGraph};
use rolecall_model::{Edit, Entity, Origin, PermissionId, Tenant};

/// How often a set of edits is mended before it is given up.
const ROUNDS: usize = 4;

/// Of how many edits each is weighed by itself: that takes running the rules once for each.
const WEIGHED: usize = 12;

/// The rule that says what the policy wants.
const EXPECTATION: &str = "unmet-expectation";

/// The fewest edits that break a finding.
#[derive(Clone, Debug)]
pub struct Cut {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Its rule.
    pub rule: String,
    /// What it is about.
    pub subject: Named,
    /// Its message.
    pub message: String,
    /// The edits.
    pub edits: Vec<Said>,
    /// How many ways there are from those who should not get there.
    pub paths: usize,
    /// How many of them are left.
    pub left: usize,
    /// Findings that go with it, itself included.
    pub gone: Vec<Finding>,
    /// Findings that come by it.
    pub come: Vec<Finding>,
    /// Who loses what.
    pub losses: Vec<Loss>,
}

/// Why there is no cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCut {
    /// The finding is not about ways.
    NoWays,
    /// Only edits would do of what the policy protects or the platform owns.
    Protected,
    /// The rules still find it, or something like it, after all that was tried.
    NotProven,
}

/// The fewest edits that break a finding. `before` is all that the rules find.
///
/// # Errors
/// Says why there are none.
pub fn cut(judge: &Judge<'_, '_>, rules: &Rules<'_>, before: &Found, finding: &Finding) -> Result<Cut, NoCut> {
    let ends = finding.ends.as_ref().ok_or(NoCut::NoWays)?;
    let mut protected: HashSet<Edit> = HashSet::new();
    let mut edits: Vec<Edit> = Vec::new();
    let mut open: Vec<(Ends, Tenant)> = vec![(ends.clone(), judge.graph().tenant.clone())];
    for _ in 0..ROUNDS {
        for (ends, tenant) in open.drain(..) {
            let more = cut_ways(&tenant, rules, &ends, &protected).ok_or(NoCut::Protected)?;
            edits.extend(more.iter().map(|edit| carried(edit, &tenant, judge.graph().tenant)));
        }
        edits.sort();
        edits.dedup();
        let outcome = what_if(judge, rules, before, &edits);
        // An expectation that was met is worth more than the finding.
        let is_new = |f: &Finding| f.rule == EXPECTATION && f.primary.place != finding.primary.place;
        if outcome.come.iter().any(is_new) {
            protected.extend(edits.drain(..));
            open.push((ends.clone(), judge.graph().tenant.clone()));
            continue;
        }
        let edited = judge.graph().tenant.without(&edits);
        let mut still = left(finding, before, &outcome);
        let is_gone = is_gone(finding, &outcome);
        if !is_gone && still.is_empty() {
            let all = rules.find(&AccessGraph::new(&edited)).findings.into_iter();
            still.extend(all.filter(|f| f.fingerprint == finding.fingerprint));
        }
        if still.is_empty() && is_gone {
            let (edits, outcome) = fewest(judge, rules, before, finding, (edits, outcome));
            let edited = judge.graph().tenant.without(&edits);
            return Ok(proven(judge, finding, ends, &edited, outcome));
        }
        open.extend(still.into_iter().filter_map(|f| Some((f.ends?, edited.clone()))));
        if open.is_empty() {
            return Err(NoCut::NotProven);
        }
    }
    Err(NoCut::NotProven)
}

/// The fewest edits after which none of those who can do something can any more, proven by asking again.
///
/// # Errors
/// Says why there are none.
pub fn cut_access(
    judge: &Judge<'_, '_>,
    rules: &Rules<'_>,
    before: &Found,
    asked: &WhoCanAsked<'_>,
    found: &WhoCan,
) -> Result<WhatIf, NoCut> {
    let tenant = judge.graph().tenant;
    let targets = asked.on.map(Targets::One);
    let mut by: Vec<Access> = Vec::new();
    // People who stand alike have the same ways; of each sort one is looked at.
    for alike in judge.sorts(found.people.iter().copied()) {
        let Some(who) = alike.first() else { continue };
        let ways = judge.ways(*who, asked.wanted).into_iter();
        let reaches = |access: &Access| {
            let judged = judge.judge(*who, access, asked.wanted, targets.as_ref());
            judged.is_some_and(|judged| judged.answer == Answer::Yes)
        };
        by.extend(ways.filter(reaches));
    }
    let ends = Ends::ways(found.people.clone(), by);
    let edits = Cutter::new(judge, &ends, &HashSet::new()).cut().ok_or(NoCut::Protected)?;
    let edited = tenant.without(&edits);
    let graph = AccessGraph::new(&edited);
    let again = who_can(&Judge::new(&graph, rules.policy), asked);
    if again.people.is_empty() { Ok(what_if(judge, rules, before, &edits)) } else { Err(NoCut::NotProven) }
}

/// Leaves out what the finding goes without: its rule may look at fewer ways than there are between its ends.
fn fewest(
    judge: &Judge<'_, '_>,
    rules: &Rules<'_>,
    before: &Found,
    finding: &Finding,
    (mut edits, mut outcome): (Vec<Edit>, WhatIf),
) -> (Vec<Edit>, WhatIf) {
    let mut at = 0;
    while edits.len() > 1 && edits.len() <= WEIGHED && at < edits.len() {
        let mut fewer = edits.clone();
        fewer.remove(at);
        let tried = what_if(judge, rules, before, &fewer);
        let is_broken = is_gone(finding, &tried) && left(finding, before, &tried).is_empty();
        if is_broken && !tried.come.iter().any(|f| f.rule == EXPECTATION) {
            (edits, outcome) = (fewer, tried);
        } else {
            at += 1;
        }
    }
    (edits, outcome)
}

fn is_gone(finding: &Finding, outcome: &WhatIf) -> bool {
    outcome.gone.iter().any(|f| f.fingerprint == finding.fingerprint)
}

/// What edits leave of a finding: what comes of its rule, but for what they leave of another.
fn left(finding: &Finding, before: &Found, outcome: &WhatIf) -> Vec<Finding> {
    let others = || before.findings.iter().filter(|f| f.rule == finding.rule && f.fingerprint != finding.fingerprint);
    let changed = outcome.changed.iter().map(|(_, new)| new);
    let come = outcome.come.iter().chain(changed).filter(|f| f.rule == finding.rule);
    come.filter(|new| !others().any(|other| is_left_of(new, other))).cloned().collect()
}

fn cut_ways(tenant: &Tenant, rules: &Rules<'_>, ends: &Ends, protected: &HashSet<Edit>) -> Option<Vec<Edit>> {
    let graph = AccessGraph::new(tenant);
    let judge = Judge::new(&graph, rules.policy);
    Cutter::new(&judge, ends, protected).cut()
}

/// An edit of an edited model as one of the model that it was made from: entries have other rows there.
fn carried(edit: &Edit, from: &Tenant, to: &Tenant) -> Edit {
    let Edit::Entries { owner, grants } = edit else { return edit.clone() };
    let keys = keys(from, grants);
    let list = to.grants_of(*owner);
    let rows =
        (list.start..).zip(to.grants(list)).filter(|(_, grant)| keys.contains(&(grant.origin, grant.permission)));
    Edit::Entries { owner: *owner, grants: rows.map(|(row, _)| row).collect() }
}

fn keys(tenant: &Tenant, grants: &[u32]) -> HashSet<(Origin, PermissionId)> {
    let rows = grants.iter().filter_map(|row| tenant.grants.get(*row as usize));
    rows.map(|grant| (grant.origin, grant.permission)).collect()
}

fn proven(judge: &Judge<'_, '_>, finding: &Finding, ends: &Ends, edited: &Tenant, outcome: WhatIf) -> Cut {
    let tenant = judge.graph().tenant;
    let keys = keys(tenant, &ends.grants);
    let owners: Vec<Entity> = ends.grants.iter().filter_map(|row| judge.graph().owner(*row)).collect();
    let rows = owners.iter().flat_map(|owner| {
        let list = edited.grants_of(*owner);
        (list.start..).zip(edited.grants(list)).filter(|(_, grant)| keys.contains(&(grant.origin, grant.permission)))
    });
    let grants = rows.map(|(row, _)| row).collect();
    let left = Ends { grants, ..ends.clone() };
    Cut {
        fingerprint: finding.fingerprint.clone(),
        rule: finding.rule.clone(),
        subject: finding.subject.clone(),
        message: finding.message.clone(),
        paths: paths(judge.graph(), ends),
        left: paths(&AccessGraph::new(edited), &left),
        edits: outcome.edits,
        gone: outcome.gone,
        come: outcome.come,
        losses: outcome.losses,
    }
}
