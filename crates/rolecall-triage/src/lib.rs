//! Findings and what somebody wants of them → what is reported, and what is held back by what.

mod held;
mod wishes;

pub use held::{Held, HeldBy};
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

/// Sorts out findings. Cost: linear in findings.
#[must_use]
pub fn triage(findings: Vec<Finding>, wishes: &Wishes) -> Triaged {
    let mut sorted = Triaged::default();
    for finding in findings {
        match held_by(&finding, wishes) {
            Some(by) => sorted.held.push(Held { finding, by }),
            None => sorted.findings.push(finding),
        }
    }
    sorted
}

/// What holds a finding back: what a team accepted comes before what a run does not ask for.
fn held_by(finding: &Finding, wishes: &Wishes) -> Option<HeldBy> {
    let accepted = finding.allowed.clone().filter(|_| !wishes.no_ignores).map(HeldBy::Allow);
    accepted.or_else(|| wishes.hold_back(finding).then_some(HeldBy::Options))
}
