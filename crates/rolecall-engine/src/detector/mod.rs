//! Questions that the match language cannot ask, one file each. Any rule may ask them.

mod dangling_reference;
mod duplicate_id;
mod inheritance_cycle;
mod outside_members;

use crate::context::Context;
use crate::matching::Match;
use crate::rule::spec::DetectorPattern;

pub(crate) fn matches(context: &Context<'_, '_>, pattern: &DetectorPattern) -> Vec<Match> {
    match pattern {
        DetectorPattern::InheritanceCycle {} => inheritance_cycle::matches(context),
        DetectorPattern::DanglingReference {} => dangling_reference::matches(context),
        DetectorPattern::DuplicateId {} => duplicate_id::matches(context),
        DetectorPattern::OutsideMembers(params) => outside_members::matches(context, params),
    }
}

/// The placeholders that a rule with this detector may use.
pub(crate) fn facts(pattern: &DetectorPattern) -> &'static [&'static str] {
    match pattern {
        DetectorPattern::InheritanceCycle {} => inheritance_cycle::FACTS,
        DetectorPattern::DanglingReference {} => dangling_reference::FACTS,
        DetectorPattern::DuplicateId {} => duplicate_id::FACTS,
        DetectorPattern::OutsideMembers(_) => outside_members::FACTS,
    }
}

/// The placeholders of each detector, by name.
pub(crate) fn placeholders() -> [(&'static str, &'static [&'static str]); 4] {
    [
        ("detector.inheritance-cycle", inheritance_cycle::FACTS),
        ("detector.dangling-reference", dangling_reference::FACTS),
        ("detector.duplicate-id", duplicate_id::FACTS),
        ("detector.outside-members", outside_members::FACTS),
    ]
}

/// What a detector needs that the input lacks.
pub(crate) fn lacking(context: &Context<'_, '_>, pattern: &DetectorPattern) -> Option<String> {
    match pattern {
        DetectorPattern::InheritanceCycle {} => inheritance_cycle::lacking(context),
        // Every export has entities, and these look at whatever there is.
        DetectorPattern::DanglingReference {} | DetectorPattern::DuplicateId {} => None,
        DetectorPattern::OutsideMembers(params) => outside_members::lacking(context, params),
    }
}
