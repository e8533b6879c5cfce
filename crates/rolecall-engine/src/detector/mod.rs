//! Questions that the match language cannot ask, one file each. Any rule may ask them.

mod acceptance;
mod condition_bypassed;
mod drift;
mod duplicate_id;
mod expectation;
mod impersonation_chain;
mod inheritance_cycle;
mod mixed_queue;
mod outside_members;
mod partner_crossing;
mod queue_group;
mod reference;
mod unknown_permission;
mod unmatched_setting;
mod view_contents;

pub(crate) use drift::lost;
pub(crate) use expectation::Shown;

use crate::context::Context;
use crate::matching::Match;
use crate::rule::spec::{self, DetectorPattern as Pattern};
use reference::Why;
pub(crate) use reference::strangers;
pub(crate) use unknown_permission::Known;
use view_contents::Question;

pub(crate) fn matches(context: &Context<'_, '_>, pattern: &Pattern) -> Vec<Match> {
    match pattern {
        Pattern::InheritanceCycle {} => inheritance_cycle::matches(context),
        Pattern::DanglingReference {} => reference::matches(context, Why::Missing),
        Pattern::UnresolvedReference {} => reference::matches(context, Why::Unresolved),
        Pattern::DuplicateId {} => duplicate_id::matches(context),
        Pattern::OutsideMembers(params) => outside_members::matches(context, params),
        Pattern::MixedQueue(params) => mixed_queue::matches(context, params),
        Pattern::ConditionBypassed(params) => condition_bypassed::matches(context, params),
        Pattern::GroupOnQueue(params) => queue_group::on_queues(context, params),
        Pattern::LeakingGroup(params) => queue_group::leaking(context, params),
        Pattern::ViewExposes(params) => view_contents::matches(context, params, Question::Outsiders),
        Pattern::ViewCrossesRegion(params) => view_contents::matches(context, params, Question::Regions),
        Pattern::ImpersonationChain {} => impersonation_chain::matches(context),
        Pattern::Expectation(params) => expectation::matches(context, params),
        Pattern::PartnerCrossing(params) => partner_crossing::matches(context, params),
        Pattern::Drift {} => drift::matches(context),
        Pattern::UnknownPermission {} => unknown_permission::matches(context),
        Pattern::ExpiredAcceptance {} => acceptance::expired(context),
        Pattern::UnusedAcceptance {} => acceptance::unused(context),
        Pattern::UnmatchedSetting {} => unmatched_setting::matches(context),
    }
}

/// Whether a rule is about what became of acceptances, and so comes after the others.
pub(crate) fn is_about_acceptances(pattern: &spec::Pattern) -> bool {
    matches!(pattern, spec::Pattern::Detector(Pattern::ExpiredAcceptance {} | Pattern::UnusedAcceptance {}))
}

/// The placeholders that a rule may use, by the name of the detector in rule files.
const FACTS: [(&str, &[&str]); 19] = [
    ("detector.inheritance-cycle", inheritance_cycle::FACTS),
    ("detector.dangling-reference", reference::FACTS),
    ("detector.unresolved-reference", reference::FACTS),
    ("detector.duplicate-id", duplicate_id::FACTS),
    ("detector.outside-members", outside_members::FACTS),
    ("detector.mixed-queue", mixed_queue::FACTS),
    ("detector.condition-bypassed", condition_bypassed::FACTS),
    ("detector.group-on-queue", queue_group::GROUP_FACTS),
    ("detector.leaking-group", queue_group::LEAK_FACTS),
    ("detector.view-exposes", view_contents::FACTS),
    ("detector.view-crosses-region", view_contents::FACTS),
    ("detector.impersonation-chain", impersonation_chain::FACTS),
    ("detector.expectation", expectation::FACTS),
    ("detector.partner-crossing", partner_crossing::FACTS),
    ("detector.drift", drift::FACTS),
    ("detector.unknown-permission", unknown_permission::FACTS),
    ("detector.expired-acceptance", acceptance::FACTS),
    ("detector.unused-acceptance", acceptance::FACTS),
    ("detector.unmatched-setting", unmatched_setting::FACTS),
];

fn name(pattern: &Pattern) -> &'static str {
    match pattern {
        Pattern::InheritanceCycle {} => "detector.inheritance-cycle",
        Pattern::DanglingReference {} => "detector.dangling-reference",
        Pattern::UnresolvedReference {} => "detector.unresolved-reference",
        Pattern::DuplicateId {} => "detector.duplicate-id",
        Pattern::OutsideMembers(_) => "detector.outside-members",
        Pattern::MixedQueue(_) => "detector.mixed-queue",
        Pattern::ConditionBypassed(_) => "detector.condition-bypassed",
        Pattern::GroupOnQueue(_) => "detector.group-on-queue",
        Pattern::LeakingGroup(_) => "detector.leaking-group",
        Pattern::ViewExposes(_) => "detector.view-exposes",
        Pattern::ViewCrossesRegion(_) => "detector.view-crosses-region",
        Pattern::ImpersonationChain {} => "detector.impersonation-chain",
        Pattern::Expectation(_) => "detector.expectation",
        Pattern::PartnerCrossing(_) => "detector.partner-crossing",
        Pattern::Drift {} => "detector.drift",
        Pattern::UnknownPermission {} => "detector.unknown-permission",
        Pattern::ExpiredAcceptance {} => "detector.expired-acceptance",
        Pattern::UnusedAcceptance {} => "detector.unused-acceptance",
        Pattern::UnmatchedSetting {} => "detector.unmatched-setting",
    }
}

/// The placeholders that a rule with this detector may use.
pub(crate) fn facts(pattern: &Pattern) -> &'static [&'static str] {
    FACTS.iter().find(|(known, _)| *known == name(pattern)).map_or(&[], |(_, facts)| facts)
}

/// The placeholders of each detector, by name, for the documentation of the rule format.
pub(crate) fn placeholders() -> &'static [(&'static str, &'static [&'static str])] {
    &FACTS
}

/// Whether what a pattern finds has something to be there, so that less in the input never brings more of it.
pub(crate) fn only_shrinks(pattern: &crate::rule::spec::Pattern) -> bool {
    use crate::rule::spec::Pattern as Any;
    matches!(
        pattern,
        Any::Detector(
            Pattern::DanglingReference {}
                | Pattern::UnresolvedReference {}
                | Pattern::DuplicateId {}
                | Pattern::InheritanceCycle {}
                | Pattern::UnknownPermission {}
        )
    )
}

/// What a detector needs that the input lacks.
pub(crate) fn lacking(context: &Context<'_, '_>, pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::InheritanceCycle {} => inheritance_cycle::lacking(context),
        // Every export has entities, and these look at whatever there is.
        Pattern::DanglingReference {}
        | Pattern::UnresolvedReference {}
        | Pattern::DuplicateId {}
        | Pattern::Drift {}
        | Pattern::UnknownPermission {}
        | Pattern::ExpiredAcceptance {}
        | Pattern::UnusedAcceptance {} => None,
        Pattern::Expectation(params) => expectation::lacking(context, params),
        Pattern::UnmatchedSetting {} => unmatched_setting::lacking(context),
        Pattern::OutsideMembers(params) => outside_members::lacking(context, params),
        Pattern::MixedQueue(params) => mixed_queue::lacking(context, params),
        Pattern::ConditionBypassed(params) => condition_bypassed::lacking(context, params),
        Pattern::GroupOnQueue(params) => queue_group::on_queues_lacking(context, params),
        Pattern::LeakingGroup(params) => queue_group::leaking_lacking(context, params),
        Pattern::ViewExposes(params) => view_contents::lacking(context, params, Question::Outsiders),
        Pattern::ViewCrossesRegion(params) => view_contents::lacking(context, params, Question::Regions),
        Pattern::PartnerCrossing(_) => partner_crossing::lacking(context),
        Pattern::ImpersonationChain {} => impersonation_chain::lacking(context),
    }
}
