//! Findings that somebody knows of already: there, not reported, and not to be forgotten.

use crate::Verdict;
use rolecall_engine::{Acceptance, Finding};
use rolecall_triage::HeldBy;

/// A finding with who knows of it.
pub(crate) struct Marked<'v> {
    pub(crate) finding: &'v Finding,
    /// `accepted` or `known`.
    pub(crate) word: &'static str,
    /// By whom and why, in words.
    pub(crate) reason: String,
}

/// What was accepted, and what the baseline lists. Whoever asks for less by an option gets less.
pub(crate) fn of<'v>(verdict: &'v Verdict<'_>) -> impl Iterator<Item = Marked<'v>> {
    verdict.held.iter().filter_map(|held| {
        let (word, reason) = match &held.by {
            HeldBy::Options | HeldBy::Elsewhere => return None,
            HeldBy::Allow(acceptance) => ("accepted", reason(acceptance)),
            HeldBy::Baseline => ("known", "listed in the baseline".to_owned()),
        };
        Some(Marked { finding: &held.finding, word, reason })
    })
}

/// `Kim: audited with the works council (OPS-12), since 2026-01-31, until 2026-12-31`
pub(crate) fn reason(acceptance: &Acceptance) -> String {
    let ticket = acceptance.ticket.as_ref().map(|ticket| format!(" ({ticket})")).unwrap_or_default();
    let since = acceptance.since.as_ref().map(|day| format!(", since {day}")).unwrap_or_default();
    let expires = acceptance.expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
    format!("{}: {}{ticket}{since}{expires}", acceptance.owner, acceptance.reason)
}
