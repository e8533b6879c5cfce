//! What edits do and what sides reach, on made-up tenants: held against a check of the edited input, read anew, and
//! against a slow and obvious reading.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

mod guide;
mod platform;

use proptest::prelude::*;
use proptest::sample::Index;
use rolecall_engine::{Answer, Finding, Judge, Policy, Rulebook};
use rolecall_graph::AccessGraph;
use rolecall_model::{Edit, Entity, Kind, Tenant};
use rolecall_query::{Resource, Rules, WhatIf, cut, isolation, what_if};
use rolecall_testing::guide::specs as guides;
use rolecall_testing::platform::{PERMISSIONS, Spec as Platform, specs as platforms};
use rolecall_testing::{FEW, MANY, SIDES, cases, rulebook};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::LazyLock;

/// A made-up tenant.
trait Made: Clone + Debug {
    fn tenant(&self) -> Tenant;

    /// The same with what it says edited, not what was read of it.
    fn without(&self, tenant: &Tenant, edits: &[Edit]) -> Self;

    /// Every edit that takes away one thing that it says.
    fn edits(&self, tenant: &Tenant) -> Vec<Edit>;
}

/// Two partners, and what must and must not be.
static RULES: LazyLock<(Policy, Rulebook)> = LazyLock::new(|| {
    let text = "[partners.one]\ndomains = ['one.example']\ndivisions = ['north']\n\
                [partners.two]\ndomains = ['two.example']\ndivisions = ['south']\n\
                [[expect]]\nwho = 'bpo'\ncannot = ['recording:recording:view']\n\
                [[expect]]\nwho = 'User 0'\ncan = ['routing:queue:view']\n\
                [[expect]]\nwho = 'User 1'\ncannot = ['routing:queue:view']\non = 'Queue 0'\n";
    let policy = Policy::read("rolecall.toml", text).expect("good settings");
    let rules = rulebook(&policy, |_| true);
    (policy, rules)
});

fn rules() -> Rules<'static> {
    Rules { book: &RULES.1, policy: &RULES.0, settings: 99 }
}

/// What the rules find in the input as it is.
fn fresh(made: &impl Made) -> Vec<Finding> {
    rules().find(&AccessGraph::new(&made.tenant())).findings
}

fn prints<'f>(all: impl IntoIterator<Item = &'f Finding>) -> BTreeMap<String, String> {
    all.into_iter().map(|finding| (finding.fingerprint.clone(), finding.message.clone())).collect()
}

/// What is found after edits, as `what-if` has it.
fn after(before: &[Finding], said: &WhatIf) -> BTreeMap<String, String> {
    let mut all = prints(before);
    let left = said.gone.iter().chain(said.changed.iter().map(|(old, _)| old));
    left.for_each(|finding| drop(all.remove(&finding.fingerprint)));
    all.extend(prints(said.come.iter().chain(said.changed.iter().map(|(_, new)| new))));
    all
}

fn what_if_is_a_fresh_check(made: &impl Made, picks: &[Index]) -> Result<(), TestCaseError> {
    let tenant = made.tenant();
    let possible = made.edits(&tenant);
    if possible.is_empty() {
        return Ok(());
    }
    let edits: BTreeSet<Edit> = picks.iter().map(|pick| possible[pick.index(possible.len())].clone()).collect();
    let edits: Vec<Edit> = edits.into_iter().collect();
    let graph = AccessGraph::new(&tenant);
    let (judge, before) = (Judge::new(&graph, &RULES.0), rules().find(&graph));
    let said = what_if(&judge, &rules(), &before, &edits);
    let expected = prints(&fresh(&made.without(&tenant, &edits)));
    let found = after(&before.findings, &said);
    let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<BTreeSet<String>>();
    prop_assert_eq!(names(&found), names(&expected), "{:?}\n{:?}\n{:?}", edits, found, expected);
    for finding in said.come.iter().chain(said.changed.iter().map(|(_, new)| new)) {
        prop_assert_eq!(Some(&finding.message), expected.get(&finding.fingerprint));
    }
    Ok(())
}

/// Whether a finding says nothing that another did not, of the same people and by the same roles and groups. Where the
/// other blames what several have, the last of them is to blame alone for what leads to the same entry.
fn is_part(of: &Finding, whole: &Finding) -> bool {
    let ends = |f: &Finding| f.ends.clone().unwrap_or_default();
    let has_access = of.access.iter().all(|line| whole.access.contains(line));
    let entry = |f: &Finding| f.witness.last().map(|step| (step.from.clone(), step.to.clone()));
    let is_last = ends(of).from.len() < ends(whole).from.len() && entry(of) == entry(whole);
    let is_same = of.subject == whole.subject || is_last;
    of.rule == whole.rule && is_same && ends(whole).covers(&ends(of)) && has_access
}

/// Whether edits make a finding go, and leave nothing of its sort that is about the same people: what is left of
/// another finding of theirs is no part of this one.
fn is_broken(finding: &Finding, before: &[Finding], after: &[Finding]) -> bool {
    let known = prints(before);
    let from = |f: &Finding| f.ends.clone().unwrap_or_default().from;
    let about = from(finding);
    let is_anothers =
        |f: &Finding| before.iter().any(|other| other.fingerprint != finding.fingerprint && is_part(f, other));
    let is_still = |f: &Finding| {
        let is_left = f.rule == finding.rule && !known.contains_key(&f.fingerprint) && !is_anothers(f);
        let is_same = from(f).iter().any(|who| about.contains(who));
        f.fingerprint == finding.fingerprint || (is_left && is_same)
    };
    !after.iter().any(is_still)
}

/// Whether one edit of the ways by itself breaks a finding and is one that a cut may take: leaving everybody a
/// partner's who is, and breaking no expectation.
fn is_enough(made: &impl Made, judge: &Judge<'_, '_>, before: &[Finding], finding: &Finding, edit: &Edit) -> bool {
    let tenant = judge.graph().tenant;
    let ends = finding.ends.clone().unwrap_or_default();
    let passes = |of: &Entity| ends.by.is_empty() || ends.by.iter().any(|(group, _)| group.as_ref() == Some(of));
    let is_edge = match edit {
        // By what group somebody sits on a queue, or whose that is, is no part of the ways.
        Edit::Membership { member, group } => {
            ends.from.contains(member) && passes(group) && !judge.is_of("bpo", *group)
        }
        Edit::Holding { role, .. } => !judge.is_of("bpo", *role),
        Edit::Seat { .. } | Edit::Given { .. } => false,
        Edit::Inheritance { .. } | Edit::Entries { .. } => true,
    };
    let edited = made.without(tenant, std::slice::from_ref(edit));
    if !is_edge || !is_broken(finding, before, &fresh(&edited)) {
        return false;
    }
    let edited = edited.tenant();
    let graph = AccessGraph::new(&edited);
    let after = Judge::new(&graph, &RULES.0);
    let mut all = Kind::ALL.into_iter().flat_map(|kind| tenant.entities(kind));
    let known = prints(before);
    let is_unmet = |f: &Finding| f.rule == "unmet-expectation" && !known.contains_key(&f.fingerprint);
    if all.any(|one| judge.is_of("bpo", one) && !after.is_of("bpo", one))
        || rules().find(&graph).findings.iter().any(is_unmet)
    {
        return false;
    }
    // What a stronger rule says instead is not gone.
    let book = rulebook(&RULES.0, |id| id == finding.rule);
    let alone = |graph: &AccessGraph<'_>| Rules { book: &book, ..rules() }.find(graph).findings;
    is_broken(finding, &alone(judge.graph()), &alone(&graph))
}

fn every_cut_is_minimal_and_holds(made: &impl Made) -> Result<(), TestCaseError> {
    let tenant = made.tenant();
    let graph = AccessGraph::new(&tenant);
    let (judge, found) = (Judge::new(&graph, &RULES.0), rules().find(&graph));
    let before = &found.findings;
    for finding in before.iter().filter(|finding| finding.ends.is_some()) {
        let Ok(found) = cut(&judge, &rules(), &found, finding) else { continue };
        let edits: Vec<Edit> = found.edits.iter().map(|said| said.edit.clone()).collect();
        prop_assert!(!edits.is_empty(), "{}", finding.message);
        prop_assert!(found.gone.iter().any(|gone| gone.fingerprint == finding.fingerprint));
        let holds = |edits: &[Edit]| is_broken(finding, before, &fresh(&made.without(&tenant, edits)));
        prop_assert!(holds(&edits), "{} stays after {:?}", finding.message, edits);
        // Edits only take away, so that no part of them does where none that lacks one of them does.
        for at in (0..edits.len()).filter(|_| edits.len() > 1) {
            let mut fewer = edits.clone();
            fewer.remove(at);
            prop_assert!(!holds(&fewer), "{} goes with {:?} of {:?}", finding.message, fewer, edits);
        }
        for one in made.edits(&tenant).iter().filter(|_| edits.len() > 1) {
            let is_enough = is_enough(made, &judge, before, finding, one);
            prop_assert!(!is_enough, "{} goes with {:?}, not {:?}", finding.message, one, edits);
        }
    }
    Ok(())
}

/// Whether all cells say what a slow reading says: whether anybody reaches it, how many, and who is the first.
fn cells_are(
    tenant: &Tenant,
    reached: impl Fn(usize, usize, Resource) -> (Answer, usize, Option<String>),
) -> Result<(), TestCaseError> {
    let graph = AccessGraph::new(tenant);
    let matrix = isolation(&Judge::new(&graph, &RULES.0));
    prop_assert!(matrix.lacking.is_some() || Resource::ALL.iter().all(|one| matrix.resources.contains(one)));
    for cell in &matrix.cells {
        let side = |at: usize| SIDES.iter().position(|side| *side == matrix.sides[at].name).expect("a side");
        let (from, to) = (side(cell.from), side(cell.to));
        let (answer, people, first) = reached(from, to, cell.resource);
        let named = cell.names.first().map(|name| name.name.clone());
        let found = (cell.answer, cell.people, named);
        prop_assert_eq!(found, (answer, people, first), "{} to {}: {:?}", SIDES[from], SIDES[to], cell.resource);
        prop_assert_eq!(cell.witness.is_empty(), answer == Answer::No);
    }
    Ok(())
}

proptest! {
    // Each case takes running all rules many times.
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..cases(24) })]

    #[test]
    fn what_if_is_a_fresh_check_of_the_edited_input(
        spec in guides(5, true, MANY),
        picks in prop::collection::vec(any::<Index>(), 1..4),
    ) {
        what_if_is_a_fresh_check(&spec, &picks)?;
    }

    #[test]
    fn what_if_is_a_fresh_check_where_roles_are_given_in_divisions(
        spec in platforms(3, MANY).prop_map(Platform::distinct),
        picks in prop::collection::vec(any::<Index>(), 1..4),
    ) {
        what_if_is_a_fresh_check(&spec, &picks)?;
    }

    #[test]
    fn a_cut_breaks_the_finding_and_no_part_of_it_does(spec in guides(5, true, FEW)) {
        every_cut_is_minimal_and_holds(&spec)?;
    }

    #[test]
    fn a_cut_breaks_the_finding_where_roles_are_given_in_divisions(spec in platforms(3, FEW).prop_map(Platform::distinct)) {
        every_cut_is_minimal_and_holds(&spec)?;
    }

}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn what_sides_reach_is_what_the_slow_reading_says(spec in guides(4, false, FEW)) {
        cells_are(&spec.tenant(), |from, to, resource| guide::reached(&spec, from, to, resource))?;
    }

    #[test]
    fn what_sides_reach_by_divisions_is_what_the_slow_reading_says(spec in platforms(PERMISSIONS.len(), FEW)) {
        cells_are(&spec.tenant(), |from, to, resource| platform::reached(&spec, from, to, resource))?;
    }
}
