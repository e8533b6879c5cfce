//! `entity`: entities by kind, tier and attributes.

use super::pick::Picker;
use super::select;
use crate::context::Context;
use crate::focus::Focus;
use crate::matching::Match;
use crate::rule::spec::{Attribute, Condition, KindWord, Selector};
use crate::wording;

pub(super) const FACTS: &[&str] = &["subject", "evidence", "listed"];

/// Whether a selector is about users by what they are and have themselves.
pub(super) fn is_local(selector: &Selector) -> bool {
    let is_own = |condition: &Condition| condition.attribute != Attribute::Partners;
    selector.kind == [KindWord::User] && selector.conditions.iter().all(is_own)
}

/// What a selector matches; of the users that edits touch where there is a focus.
pub(super) fn matches(context: &Context<'_, '_>, selector: &Selector, focus: Option<&Focus>) -> Vec<Match> {
    let picker = Picker::new(context, selector);
    let mut found = match focus {
        Some(focus) => focus.users().filter(|user| picker.picks(*user)).collect(),
        None => picker.all(),
    };
    found.sort_by_cached_key(|entity| context.graph.order_key(*entity));
    let of = |entity| {
        let place = select::place_of(context, &selector.conditions, entity);
        let mut matched = Match::of(context, entity, place);
        let tier = selector.tier.as_ref().and_then(|tier| context.tiers.get(tier.as_ref()));
        let evidence = tier.map(|tier| tier.evidence(context.graph, entity).join(", ")).unwrap_or_default();
        matched.facts.push(("evidence", evidence));
        let mut listed = Vec::new();
        for condition in &selector.conditions {
            let names = select::listed(context, condition.attribute, entity);
            // What the settings list is no part of what was found.
            if condition.attribute != Attribute::RegionAllowed {
                matched.identity.extend(names.iter().map(|text| (*text).to_owned()));
            }
            listed.extend(names);
        }
        matched.facts.push(("listed", wording::some_of(listed)));
        matched
    };
    found.into_iter().map(of).collect()
}
