//! Laws that hold of all built-in rules together, on made-up tenants.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod edit;
mod grown;
mod made;
mod run;

use edit::{is_stated, rename};
use grown::{is_of_what_is_there, lost};
use made::Dice;
use proptest::prelude::*;
use rolecall_engine::{Finding, Lock, Policy, Rulebook};
use rolecall_testing::{cases, rulebook};
use run::{Made, Run};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The settings and all built-in rules.
static RULES: LazyLock<(Policy, Rulebook)> = LazyLock::new(|| {
    let text = "[partners.one]\ndomains = ['one.example']\ndivisions = ['north']\n\
                [partners.two]\ndomains = ['two.example']\ndivisions = ['south']\n\
                [[expect]]\nwho = 'bpo'\ncannot = ['recording:recording:view', 'routing:queue:view']\n\
                [[expect]]\nwho = 'Group 0'\ncan = ['routing:queue:view']\n\
                [[expect]]\nwho = 'Group 0'\ncannot = ['routing:queue:view']\non = 'Queue 0'\n";
    let mut policy = Policy::read("rolecall.toml", text).expect("good settings");
    // Nobody reviewed anything that a partner has. The tier of services is left out: by its own words it is smaller once
    // somebody else is given a role of it.
    let lock = "# rolecall.lock 1, of those named here alone\n[tier bpo]\n[tier one]\n[tier two]\n[tier supervisor]\n";
    policy.lock = Some(Lock::read("rolecall.lock", lock).expect("a lock"));
    let rules = rulebook(&policy, |_| true);
    (policy, rules)
});

/// What is found, less what names people: rule, severity, confidence, subject and the length of its proof.
fn facts(found: &[Finding]) -> BTreeMap<(String, String, String, usize), usize> {
    let mut facts = BTreeMap::new();
    for f in found {
        let said = format!("{:?} {:?}", f.severity, f.confidence);
        let subject = format!("{} {}", f.subject.kind, f.subject.id);
        *facts.entry((f.rule.clone(), said, subject, f.witness.len())).or_default() += 1;
    }
    facts
}

/// What only one of two has.
fn differ<T: IntoIterator<Item = E> + Clone, E: PartialEq + std::fmt::Debug>(one: &T, other: &T) -> String {
    let all = |of: &T| of.clone().into_iter().collect::<Vec<E>>();
    let (one, other) = (all(one), all(other));
    let less: Vec<&E> = one.iter().filter(|e| !other.contains(e)).collect();
    let more: Vec<&E> = other.iter().filter(|e| !one.contains(e)).collect();
    format!("{less:?} was found, {more:?} is now")
}

fn messages(found: &[Finding]) -> BTreeSet<(String, String, String)> {
    found.iter().map(|f| (f.rule.clone(), f.fingerprint.clone(), f.message.clone())).collect()
}

/// More often than any edge of a made-up tenant is stated.
const STATED: usize = 30;

/// A witness by name, whatever its places.
fn names(finding: &Finding) -> Vec<String> {
    let said = |step: &rolecall_engine::Step| format!("{} {:?} {:?} {:?}", step.edge, step.from, step.to, step.over);
    finding.witness.iter().map(said).collect()
}

fn tenants() -> impl Strategy<Value = (&'static str, u64)> {
    (prop::sample::select(vec!["guide", "platform"]), any::<u64>())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 0, ..cases(128) })]

    #[test]
    fn other_names_of_people_and_another_order_change_no_finding((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let mut numbers: Vec<usize> = (0..10).collect();
        dice.shuffle(&mut numbers);
        let name = |(row, number): (usize, &usize)| (format!("User {row}"), format!("User {number}"));
        let names: BTreeMap<String, String> = numbers.iter().enumerate().map(name).collect();
        let mut other = made.clone();
        other.files.iter_mut().for_each(|file| rename(file, &names));
        other.shuffle(&mut dice);
        let (before, after) = (facts(&made.found()), facts(&other.found()));
        prop_assert!(before == after, "{} {} {names:?}", differ(&before, &after), json!(made.files));
    }

    #[test]
    fn order_changes_nothing((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let mut other = made.clone();
        other.shuffle(&mut dice);
        let (before, after) = (messages(&made.found()), messages(&other.found()));
        prop_assert!(before == after, "{} {}", differ(&before, &after), json!(made.files));
    }

    #[test]
    fn other_ids_change_nothing_that_is_said((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let mut names = BTreeMap::new();
        for kind in ["r", "g", "u", "q", "v", "s", "c"] {
            names.extend((0..10).map(|row| (format!("{kind}-{row}"), format!("{kind}{}x{row}", dice.below(90)))));
        }
        let mut other = made.clone();
        other.files.iter_mut().for_each(|file| rename(file, &names));
        let new = |text: &str| names.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
        let said = |run: &Run, new: &dyn Fn(&str) -> String| -> BTreeSet<String> {
            let of = |f: &Finding| {
                let places: BTreeSet<_> = run.places(f).into_iter().map(|(file, at, text)| (file, at, new(&text))).collect();
                let head = format!("{} {} {:?} {:?}", f.rule, f.subject.name, f.severity, f.confidence);
                format!("{head} {} {places:?}", new(&f.message))
            };
            run.findings.iter().map(of).collect()
        };
        let (before, after) = (said(&made.run(), &new), said(&other.run(), &str::to_owned));
        prop_assert!(before == after, "{} {}", differ(&before, &after), json!(made.files));
    }

    #[test]
    fn cutting_the_last_edge_of_a_witness_removes_it((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let run = made.run();
        // Edges of every kind alike, though most witnesses end in an entry.
        let mut edges: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &run.findings {
            if let Some(step) = finding.witness.last() {
                edges.entry(step.edge).or_default().push(finding);
            }
        }
        let kinds: Vec<&str> = edges.keys().copied().collect();
        if !kinds.is_empty() {
            let kind = *dice.of(&kinds);
            let case = *dice.of(&edges[kind]);
            let is_there = |f: &Finding| f.rule == case.rule && names(f) == names(case);
            let mut less = made.clone();
            let mut before = made.run();
            // An edge may be stated many times: at the member, at the group, and for each of several divisions.
            for _ in 0..STATED {
                let Some(still) = before.findings.iter().find(|f| is_there(f)) else { break };
                let step = still.witness.last().expect("a step");
                let cut = less.cut(&before, step);
                prop_assert!(is_stated(step, &cut), "{cut} says nothing of {step:?}");
                before = less.run();
            }
            prop_assert!(!before.findings.iter().any(is_there), "{case:?} {}", json!(made.files));
        }
    }

    #[test]
    fn more_access_hides_no_finding((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let mut more = made.clone();
        more.grow(&mut dice);
        let (before, after) = (made.run(), more.run());
        for finding in before.findings.iter().filter(|f| is_of_what_is_there(f)) {
            let lost = lost(&before, finding, &after);
            prop_assert!(lost.is_empty(), "{lost:?} {finding:?} {} {}", json!(made.files), json!(more.files));
        }
    }

    #[test]
    fn no_two_findings_have_one_fingerprint((dialect, seed) in tenants()) {
        let made = Made::new(dialect, &mut Dice(seed));
        let mut known: BTreeMap<String, Finding> = BTreeMap::new();
        for finding in made.found() {
            let other = known.insert(finding.fingerprint.clone(), finding.clone());
            prop_assert!(other.is_none(), "{other:?} {finding:?} {}", json!(made.files));
        }
    }
}
