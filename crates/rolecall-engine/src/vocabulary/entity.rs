//! `entity`: entities by kind, tier and attributes.

use super::pick::Picker;
use super::select;
use crate::context::Context;
use crate::matching::Match;
use crate::rule::spec::{Attribute, Selector};
use crate::wording;

pub(super) const FACTS: &[&str] = &["subject", "evidence", "listed"];

pub(super) fn matches(context: &Context<'_, '_>, selector: &Selector) -> Vec<Match> {
    let mut found = Picker::new(context, selector).all();
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
