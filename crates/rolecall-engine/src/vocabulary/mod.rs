//! The words of the match language, one file a word.

pub(crate) mod access;
mod allowed;
mod assigned;
mod combine;
pub(crate) mod denial;
pub(crate) mod divisions;
mod entity;
mod facts;
pub(crate) mod grant;
mod lacks;
mod meant;
mod owner;
mod path;
pub(crate) mod pick;
pub(crate) mod reach;
pub(crate) mod region;
pub(crate) mod select;
pub(crate) mod shown;
pub(crate) mod targets;

use crate::context::Context;
use crate::detector;
use crate::focus::Focus;
use crate::matching::Match;
use crate::rule::spec::Pattern;
use hashbrown::HashSet;
use rolecall_model::Entity;

/// Those whom alone a match is to be about; everybody where there is nothing.
pub(crate) type Among<'s> = Option<&'s HashSet<Entity>>;

/// Everything that a pattern matches.
pub(crate) fn matches(context: &Context<'_, '_>, pattern: &Pattern) -> Vec<Match> {
    matches_among(context, pattern, None)
}

/// The same about some alone, where it says of several at once who they are.
fn matches_among(context: &Context<'_, '_>, pattern: &Pattern, some: Among<'_>) -> Vec<Match> {
    match pattern {
        Pattern::Grant(grant) => grant::matches(context, grant, None, some),
        Pattern::Entity(selector) => entity::matches(context, selector, None),
        Pattern::Path(path) => path::matches(context, path, some),
        Pattern::Lacks(lacks) => lacks::matches(context, lacks),
        Pattern::All(parts) => combine::all(context, parts, some),
        Pattern::Any(parts) => combine::any(context, parts, some),
        // Only `all` gives it a meaning; the loader refuses it elsewhere.
        Pattern::Not(_) => Vec::new(),
        Pattern::Detector(detector) => detector::matches(context, detector),
    }
}

/// Whether what a pattern matches of some is decided by what is near them, so that [`matches_near`] is asked.
pub(crate) fn is_local(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Grant(_) => true,
        Pattern::Entity(selector) => entity::is_local(selector),
        _ => false,
    }
}

/// What a pattern matches near what edits touch.
pub(crate) fn matches_near(context: &Context<'_, '_>, pattern: &Pattern, focus: &Focus) -> Vec<Match> {
    match pattern {
        Pattern::Grant(grant) => grant::matches(context, grant, Some(focus), None),
        Pattern::Entity(selector) => entity::matches(context, selector, Some(focus)),
        _ => matches(context, pattern),
    }
}

/// The placeholders that a rule with this pattern may use.
pub(crate) fn facts(pattern: &Pattern) -> Vec<&'static str> {
    match pattern {
        Pattern::Grant(_) => grant::FACTS.to_vec(),
        Pattern::Entity(_) => entity::FACTS.to_vec(),
        Pattern::Path(_) => path::FACTS.to_vec(),
        Pattern::Lacks(_) => lacks::FACTS.to_vec(),
        Pattern::All(parts) => combine::facts_of_all(parts),
        Pattern::Any(parts) => combine::facts_of_any(parts),
        Pattern::Not(_) => Vec::new(),
        Pattern::Detector(detector) => detector::facts(detector).to_vec(),
    }
}

/// The placeholders of each word, for the documentation of the rule format.
#[must_use]
pub fn placeholders() -> Vec<(&'static str, &'static [&'static str])> {
    let mut all =
        vec![("grant", grant::FACTS), ("entity", entity::FACTS), ("path", path::FACTS), ("lacks", lacks::FACTS)];
    all.extend(detector::placeholders());
    all
}

/// Why a pattern cannot be judged on this input, in full or in part: what the input lacks. `None` where it can.
pub(crate) fn lacking(context: &Context<'_, '_>, pattern: &Pattern) -> Option<String> {
    absent(context, pattern).or_else(|| shown::lacking(context, pattern))
}

/// Why there is nothing to judge a pattern on.
fn absent(context: &Context<'_, '_>, pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::Grant(grant) => grant::lacking(context, grant),
        Pattern::Entity(selector) => select::lacking(context, selector),
        Pattern::Path(path) => select::lacking(context, &path.from),
        Pattern::Lacks(lacks) => select::lacking(context, &lacks.who),
        Pattern::All(parts) => parts.iter().find_map(|part| absent(context, part)),
        Pattern::Any(parts) => {
            let reasons: Option<Vec<String>> = parts.iter().map(|part| absent(context, part)).collect();
            reasons.and_then(|all| all.into_iter().next())
        }
        Pattern::Not(_) => None,
        Pattern::Detector(detector) => detector::lacking(context, detector),
    }
}
