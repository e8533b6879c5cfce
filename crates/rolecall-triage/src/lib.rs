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
        if wishes.hold_back(&finding) {
            sorted.held.push(Held { finding, by: HeldBy::Options });
        } else {
            sorted.findings.push(finding);
        }
    }
    sorted
}
