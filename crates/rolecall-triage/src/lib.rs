//! Findings and what somebody wants of them → what is reported, and what is held back by what.

mod baseline;
mod held;
mod listed;
mod wishes;

pub use baseline::{Baseline, Pruned};
pub use held::{Held, HeldBy};
pub use listed::{Change, Listed, changes};
pub use wishes::{Persona, Wishes, exit_code};

use rolecall_engine::Finding;

/// The findings of a run, sorted out.
#[derive(Debug, Default)]
pub struct Triaged {
    /// What is reported.
    pub findings: Vec<Finding>,
    /// What is held back, and by what.
    pub held: Vec<Held>,
}

/// Sorts out findings: what is accepted, what a baseline lists, what a run does not ask for, and the rest.
/// Cost: linear in findings and in the lines of the baseline.
#[must_use]
pub fn triage(findings: Vec<Finding>, wishes: &Wishes, baseline: Option<&Baseline>) -> Triaged {
    let mut sorted = Triaged::default();
    let knows = |baseline: &Baseline| baseline.knows(&findings.iter().collect::<Vec<_>>());
    let listed = baseline.filter(|_| !wishes.no_ignores).map(knows).unwrap_or_default();
    let listed = listed.into_iter().chain(std::iter::repeat(false));
    for (finding, is_listed) in findings.into_iter().zip(listed) {
        let accepted = finding.allowed.clone().filter(|_| !wishes.no_ignores);
        let by = accepted
            .map(HeldBy::Allow)
            .or_else(|| is_listed.then_some(HeldBy::Baseline))
            .or_else(|| wishes.hold_back(&finding).then_some(HeldBy::Options));
        match by {
            Some(by) => sorted.held.push(Held { finding, by }),
            None => sorted.findings.push(finding),
        }
    }
    sorted
}
