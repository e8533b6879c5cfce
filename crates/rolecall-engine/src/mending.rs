//! Which findings need no word of their own, since what another rule reports mends them too.

use crate::{Finding, Rulebook, Severity};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use rolecall_model::Origin;
use std::fmt;
use std::sync::Arc;

/// Says of each finding whether somebody knows of it already.
type Knows = dyn Fn(&[&Finding]) -> Vec<bool> + Send + Sync;

/// Which findings are known, so that they are not about to be mended: others yield to them as to accepted ones.
#[derive(Clone, Default)]
pub enum Reviewed {
    /// None but those that are accepted.
    #[default]
    Nothing,
    /// Each of them, so that what yields is all that would be left to see.
    Everything,
    /// Those that are told apart so. None of them yields itself, since it is held back anyway.
    Some(Arc<Knows>),
}

impl Reviewed {
    fn known(&self, findings: &[(&Finding, &Mending)]) -> Vec<bool> {
        match self {
            Self::Some(knows) => knows(&findings.iter().map(|(finding, _)| *finding).collect::<Vec<_>>()),
            Self::Nothing | Self::Everything => Vec::new(),
        }
    }
}

impl fmt::Debug for Reviewed {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Everything => "Everything",
            Self::Some(_) => "Some",
        })
    }
}

/// What would mend a match, by the places of edges and entries. It is the same whoever stands for all of them in
/// the witness, so that no name decides what is found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mending {
    /// Sets of places: edits at all places of one set mend it. With no set and no way, the primary place is the only one.
    pub(crate) cuts: Vec<Vec<Origin>>,
    /// The ways that it is about, each as the places of its edges: an edit on every way mends it.
    pub(crate) ways: Vec<Vec<Origin>>,
    /// The places of what it says to edit, where that is not the primary place alone.
    pub(crate) proposed: Vec<Origin>,
    /// The same at further primary places: each has to be mended too.
    pub(crate) also: Vec<(Origin, Mending)>,
}

impl Mending {
    /// Takes in what would mend the same at another place.
    pub(crate) fn join(&mut self, other: Self, at: Origin) {
        self.also.push((at, other));
    }

    /// Where it says to edit.
    fn places(&self, primary: Origin) -> Vec<Origin> {
        let mut places = if self.proposed.is_empty() { vec![primary] } else { self.proposed.clone() };
        places.extend(self.also.iter().flat_map(|(at, more)| more.places(*at)));
        places
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
pub(crate) fn yield_to_others(
    findings: &mut Vec<Finding>,
    mendings: &[Mending],
    rules: &Rulebook,
    reviewed: &Reviewed,
) {
    let mut is_kept = kept(findings.iter().zip(mendings), rules, reviewed).into_iter();
    findings.retain(|_| is_kept.next().unwrap_or(true));
}

/// Which findings stay.
pub(crate) fn kept<'f>(
    all: impl Iterator<Item = (&'f Finding, &'f Mending)>,
    rules: &Rulebook,
    reviewed: &Reviewed,
) -> Vec<bool> {
    let all: Vec<(&Finding, &Mending)> = all.collect();
    let known = reviewed.known(&all);
    let is_known = |row: usize| known.get(row).copied().unwrap_or_default();
    // The rules that others yield to go by numbers here, since there may be thousands of places.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut yields: HashMap<&str, Vec<usize>> = HashMap::new();
    let found: HashSet<&str> = all.iter().map(|(finding, _)| finding.rule.as_str()).collect();
    for rule in rules.iter().filter(|rule| !rule.spec.yields_to.is_empty() && found.contains(rule.id.as_str())) {
        let mut number = |name| {
            let next = numbers.len();
            *numbers.entry(name).or_insert(next)
        };
        yields.insert(&rule.id, rule.spec.yields_to.iter().map(|name| number(name.as_ref().as_str())).collect());
    }
    // The worst that is reported at a place by a rule.
    let mut reported: HashMap<(Origin, usize), Severity> = HashMap::new();
    let mut shelters: HashMap<(Origin, usize), Vec<&Finding>> = HashMap::new();
    for (row, (finding, mending)) in all.iter().enumerate() {
        let Some(number) = numbers.get(finding.rule.as_str()) else { continue };
        let places = mending.places(finding.primary.place.origin).into_iter().map(|origin| (origin, *number));
        let is_reviewed = is_known(row) || matches!(reviewed, Reviewed::Everything);
        if is_reviewed || finding.allowed.is_some() {
            places.for_each(|place| shelters.entry(place).or_default().push(finding));
        } else {
            places.for_each(|place| {
                let worst = reported.entry(place).or_insert(finding.severity);
                *worst = finding.severity.max(*worst);
            });
        }
    }
    let is_kept = |(row, (finding, mending)): (usize, &(&Finding, &Mending))| {
        let Some(stronger) = yields.get(finding.rule.as_str()).filter(|_| !is_known(row)) else { return true };
        let is_told = |place: &(Origin, usize)| {
            reported.get(place).is_some_and(|worst| *worst >= finding.severity)
                || shelters.get(place).is_some_and(|all| all.iter().any(|known| is_sheltered(finding, known)))
        };
        let is_edited = |place: &Origin| stronger.iter().any(|number| is_told(&(*place, *number)));
        !mending.is_done_by(finding.primary.place.origin, &is_edited)
    };
    all.par_iter().enumerate().map(is_kept).collect()
}

/// Whether a finding may yield to one that is known: what is accepted is accepted with that access alone. To what is less
/// severe nothing yields, known or not, since that may be no reason to stop.
fn is_sheltered(finding: &Finding, known: &Finding) -> bool {
    known.severity >= finding.severity && finding.access.iter().all(|line| known.access.contains(line))
}
