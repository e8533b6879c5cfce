//! Questions that the match language cannot ask, one file each. Any rule may ask them.

mod condition_bypassed;
mod duplicate_id;
mod inheritance_cycle;
mod mixed_queue;
mod outside_members;
mod reference;

use crate::context::Context;
use crate::matching::Match;
use crate::rule::spec::DetectorPattern;
use reference::Why;

pub(crate) fn matches(context: &Context<'_, '_>, pattern: &DetectorPattern) -> Vec<Match> {
    match pattern {
        DetectorPattern::InheritanceCycle {} => inheritance_cycle::matches(context),
        DetectorPattern::DanglingReference {} => reference::matches(context, Why::Missing),
        DetectorPattern::UnresolvedReference {} => reference::matches(context, Why::Unresolved),
        DetectorPattern::DuplicateId {} => duplicate_id::matches(context),
        DetectorPattern::OutsideMembers(params) => outside_members::matches(context, params),
        DetectorPattern::MixedQueue(params) => mixed_queue::matches(context, params),
        DetectorPattern::ConditionBypassed(params) => condition_bypassed::matches(context, params),
    }
}

/// The placeholders that a rule with this detector may use.
pub(crate) fn facts(pattern: &DetectorPattern) -> &'static [&'static str] {
    match pattern {
        DetectorPattern::InheritanceCycle {} => inheritance_cycle::FACTS,
        DetectorPattern::DanglingReference {} | DetectorPattern::UnresolvedReference {} => reference::FACTS,
        DetectorPattern::DuplicateId {} => duplicate_id::FACTS,
        DetectorPattern::OutsideMembers(_) => outside_members::FACTS,
        DetectorPattern::MixedQueue(_) => mixed_queue::FACTS,
        DetectorPattern::ConditionBypassed(_) => condition_bypassed::FACTS,
    }
}

/// The placeholders of each detector, by name.
pub(crate) fn placeholders() -> [(&'static str, &'static [&'static str]); 7] {
    [
        ("detector.inheritance-cycle", inheritance_cycle::FACTS),
        ("detector.dangling-reference", reference::FACTS),
        ("detector.unresolved-reference", reference::FACTS),
        ("detector.duplicate-id", duplicate_id::FACTS),
        ("detector.outside-members", outside_members::FACTS),
        ("detector.mixed-queue", mixed_queue::FACTS),
        ("detector.condition-bypassed", condition_bypassed::FACTS),
    ]
}

/// What a detector needs that the input lacks.
pub(crate) fn lacking(context: &Context<'_, '_>, pattern: &DetectorPattern) -> Option<String> {
    match pattern {
        DetectorPattern::InheritanceCycle {} => inheritance_cycle::lacking(context),
        // Every export has entities, and these look at whatever there is.
        DetectorPattern::DanglingReference {}
        | DetectorPattern::UnresolvedReference {}
        | DetectorPattern::DuplicateId {} => None,
        DetectorPattern::OutsideMembers(params) => outside_members::lacking(context, params),
        DetectorPattern::MixedQueue(params) => mixed_queue::lacking(context, params),
        DetectorPattern::ConditionBypassed(params) => condition_bypassed::lacking(context, params),
    }
}
