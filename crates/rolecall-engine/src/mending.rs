//! Which findings need no word of their own, since what another rule reports mends them too.

use crate::{Finding, Rulebook};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use rolecall_model::Origin;

/// What would mend a match, by the places of edges and entries. It is the same whoever stands for all of them in
/// the witness, so that no name decides what is found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mending {
    /// Sets of places: edits at all places of one set mend it. With no set and no way, the primary place is the only one.
    pub(crate) cuts: Vec<Vec<Origin>>,
    /// The ways that it is about, each as the places of its edges: an edit on every way mends it.
    pub(crate) ways: Vec<Vec<Origin>>,
    /// The places that it reports, where the primary place is but the first of them.
    pub(crate) reported: Vec<Origin>,
    /// The same at further primary places: each has to be mended too.
    pub(crate) also: Vec<(Origin, Mending)>,
}

impl Mending {
    /// Takes in what would mend the same at another place.
    pub(crate) fn join(&mut self, other: Self, at: Origin) {
        self.reported.push(at);
        self.reported.extend(other.reported.iter().copied());
        self.also.push((at, other));
    }

    fn is_done_by(&self, primary: Origin, is_edited: &dyn Fn(&Origin) -> bool) -> bool {
        if !self.also.iter().all(|(at, more)| more.is_done_by(*at, is_edited)) {
            return false;
        }
        if self.cuts.is_empty() && self.ways.is_empty() {
            return is_edited(&primary);
        }
        let is_cut = |cut: &Vec<Origin>| !cut.is_empty() && cut.iter().all(is_edited);
        let is_broken = |way: &Vec<Origin>| way.iter().any(is_edited);
        self.cuts.iter().any(is_cut) || (!self.ways.is_empty() && self.ways.iter().all(is_broken))
    }
}

/// Drops the findings of rules that yield to others, where edits at what these report mend them whole.
pub(crate) fn yield_to_others(findings: &mut Vec<Finding>, mendings: &[Mending], rules: &Rulebook) {
    let mut is_kept = kept(findings.iter().zip(mendings), rules).into_iter();
    findings.retain(|_| is_kept.next().unwrap_or(true));
}

/// Which findings stay.
pub(crate) fn kept<'f>(all: impl Iterator<Item = (&'f Finding, &'f Mending)>, rules: &Rulebook) -> Vec<bool> {
    let all: Vec<(&Finding, &Mending)> = all.collect();
    // The rules that others yield to go by numbers here, since there may be thousands of places.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut yields: HashMap<&str, Vec<usize>> = HashMap::new();
    let found: HashSet<&str> = all.iter().map(|(finding, _)| finding.rule.as_str()).collect();
    for rule in rules.iter().filter(|rule| !rule.spec.yields_to.is_empty() && found.contains(rule.id.as_str())) {
        let mut number = |name| {
            let next = numbers.len();
            *numbers.entry(name).or_insert(next)
        };
        yields.insert(&rule.id, rule.spec.yields_to.iter().map(|name| number(name.as_str())).collect());
    }
    let mut reported: HashSet<(Origin, usize)> = HashSet::new();
    for (finding, mending) in &all {
        let Some(number) = numbers.get(finding.rule.as_str()) else { continue };
        let places = std::iter::once(&finding.primary.place.origin).chain(&mending.reported);
        reported.extend(places.map(|origin| (*origin, *number)));
    }
    let is_kept = |(finding, mending): &(&Finding, &Mending)| {
        let Some(stronger) = yields.get(finding.rule.as_str()) else { return true };
        let is_edited = |place: &Origin| stronger.iter().any(|number| reported.contains(&(*place, *number)));
        !mending.is_done_by(finding.primary.place.origin, &is_edited)
    };
    all.par_iter().map(is_kept).collect()
}
