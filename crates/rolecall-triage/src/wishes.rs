//! What somebody wants of a report, and the exit code that follows.

use rolecall_engine::{Confidence, Finding, Severity};

/// Who reads the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Persona {
    /// A team at work: no `info`, and nothing doubtful below `high`.
    #[default]
    Team,
    /// An auditor: everything.
    Auditor,
}

/// Which findings are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    /// The least severity; all where there is none.
    pub min_severity: Option<Severity>,
    /// The least confidence; all where there is none.
    pub min_confidence: Option<Confidence>,
    /// Whether certain rules were asked for by name.
    pub is_picky: bool,
    /// Whether what is accepted is reported all the same.
    pub no_ignores: bool,
    /// For whom.
    pub persona: Persona,
}

impl Wishes {
    /// Whether a finding is held back.
    pub(crate) fn hold_back(&self, finding: &Finding) -> bool {
        let is_asked_for = self.min_severity.is_none_or(|least| finding.severity >= least)
            && self.min_confidence.is_none_or(|least| finding.confidence >= least);
        // Whoever asks for something gets it.
        let is_spared = self.persona == Persona::Team
            && !self.is_picky
            && self.min_severity.is_none()
            && self.min_confidence.is_none();
        !is_asked_for || (is_spared && is_minor(finding))
    }
}

/// What a team at work is spared: what is only worth knowing, and what is doubtful and not grave.
fn is_minor(finding: &Finding) -> bool {
    finding.severity == Severity::Info || (finding.confidence == Confidence::Low && finding.severity < Severity::High)
}

/// The exit code: 3 where the input could not be read in full, 1 where a finding is at least
/// `least` bad, else 0. Without a least severity no finding fails.
#[must_use]
pub fn exit_code(is_whole: bool, findings: &[Finding], least: Option<Severity>) -> u8 {
    let fails = |finding: &Finding| least.is_some_and(|least| finding.severity >= least);
    match (is_whole, findings.iter().any(fails)) {
        (false, _) => 3,
        (true, true) => 1,
        (true, false) => 0,
    }
}
