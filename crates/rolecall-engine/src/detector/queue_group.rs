//! Groups of the tier that are put on queues whole, and what is shown over them.

use crate::context::Context;
use crate::matching::{Match, edge_label, key};
use crate::rule::spec::{GrantPattern, LeakingGroupPattern, ScopeTest, TierParams};
use crate::vocabulary::{grant, select, shown};
use crate::{Label, Piece, wording};
use hashbrown::HashMap;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Grant, Kind, Origin, Place};

pub(super) const GROUP_FACTS: &[&str] = &["subject", "groups"];
pub(super) const LEAK_FACTS: &[&str] =
    &["subject", "because", "permission", "scope", "role", "reach", "mend", "groups", "leaks"];

/// One finding a queue, at the first of the groups.
pub(super) fn on_queues(context: &Context<'_, '_>, params: &TierParams) -> Vec<Match> {
    let graph = context.graph;
    let mut found = Vec::new();
    for queue in graph.tenant.entities(Kind::Queue) {
        let members = graph.entities_into(queue, EdgeKind::OnQueue);
        let is_meant =
            |(e, _): &(Entity, Origin)| e.kind == Kind::Group && context.tiers.contains(params.tier.as_ref(), *e);
        let mut groups: Vec<(Entity, Origin)> = members.filter(is_meant).collect();
        groups.sort_by_cached_key(|(group, _)| graph.order_key(*group));
        groups.dedup_by_key(|(group, _)| *group);
        let Some((_, first)) = groups.first() else { continue };
        let mut matched = Match::of(context, queue, Place::reference(*first));
        let rest = groups.iter().skip(1);
        matched.related = rest.map(|(group, at)| edge_label(context, *group, EdgeKind::OnQueue, queue, *at)).collect();
        matched.identity = groups.iter().map(|(group, _)| key(context, *group)).collect();
        let names = groups.iter().map(|(group, _)| graph.tenant.name(*group));
        matched.facts.push(("groups", wording::some_of(names)));
        found.push(matched);
    }
    found.sort_by_cached_key(|m: &Match| graph.order_key(m.subject));
    found
}

/// A queue on which a group sits beside somebody who is not of the tier.
struct Leak {
    queue: Entity,
    seat: Origin,
    outsider: Entity,
}

/// One finding for each who comes by such entries: a figure over a group shows the queues that the group sits on,
/// whoever else does.
pub(super) fn leaking(context: &Context<'_, '_>, params: &LeakingGroupPattern) -> Vec<Match> {
    let pattern = GrantPattern {
        permission: Some(params.permission.clone()),
        scope: Some(vec![ScopeTest::Group]),
        tier: Some(params.tier.clone()),
        ..GrantPattern::default()
    };
    let mut known: HashMap<Entity, Vec<Leak>> = HashMap::new();
    let mut found = grant::matches(context, &pattern, None, None);
    for matched in &mut found {
        let groups = limits(context, matched);
        let mut leaks = Vec::new();
        for group in &groups {
            for leak in known.entry(*group).or_insert_with(|| self::leaks(context, params, *group)) {
                let (queue, outsider) = (wording::entity(context, leak.queue), wording::entity(context, leak.outsider));
                matched.related.push(Label {
                    place: Place::reference(leak.seat),
                    text: format!("{} is on {queue}, as is {outsider}", wording::entity(context, *group)),
                });
                matched.identity.push(key(context, leak.queue));
                matched.pieces.push(Piece::Thing(key(context, leak.queue)));
                leaks.push(format!("{queue}, where {outsider} sits"));
            }
        }
        matched.severity = leaks.is_empty().then_some(params.otherwise);
        let leaks = if leaks.is_empty() { String::new() } else { format!(": it shows {}", leaks.join(", and ")) };
        // Where there is no such group, what the entry says of it.
        let said = entries(context, matched).next().filter(|_| groups.is_empty());
        let said = said.map(|entry| context.scope_words(entry)).unwrap_or_default();
        let names = wording::some_of(groups.iter().map(|group| context.graph.tenant.name(*group)));
        matched.facts.extend([("groups", said + &names), ("leaks", leaks)]);
    }
    found
}

fn entries<'t>(context: &Context<'_, 't>, matched: &Match) -> impl Iterator<Item = &'t Grant> {
    let rows = matched.ends.iter().flat_map(|ends| &ends.grants);
    rows.filter_map(|row| context.graph.tenant.grants.get(*row as usize))
}

/// The groups to which the entries of a match are limited, each once and in order.
fn limits(context: &Context<'_, '_>, matched: &Match) -> Vec<Entity> {
    let mut groups: Vec<Entity> = entries(context, matched).flat_map(|entry| context.limits(entry)).collect();
    groups.sort_by_cached_key(|group| context.graph.order_key(*group));
    groups.dedup();
    groups
}

/// Being in the very group that is judged is no evidence of the tier.
fn leaks(context: &Context<'_, '_>, params: &LeakingGroupPattern, group: Entity) -> Vec<Leak> {
    let graph = context.graph;
    let Some(tier) = context.tiers.get(params.tier.as_ref()) else { return Vec::new() };
    let mut found = Vec::new();
    for (queue, seat) in graph.entities_from(group, EdgeKind::OnQueue) {
        let mut people: Vec<Entity> = Vec::new();
        for member in graph.sources(queue, EdgeKind::OnQueue) {
            match member.kind {
                Kind::Group => people.extend(graph.people_of(member).into_iter().map(|(user, _)| user)),
                _ => people.push(member),
            }
        }
        people.retain(|user| !tier.contains_apart_from(graph, *user, group));
        let outsider = people.into_iter().min_by_key(|user| graph.order_key(*user));
        found.extend(outsider.map(|outsider| Leak { queue, seat, outsider }));
    }
    found.sort_by_cached_key(|leak| graph.order_key(leak.queue));
    found
}

/// Whether anything is shown to sit on a queue.
pub(super) fn on_queues_lacking(context: &Context<'_, '_>, params: &TierParams) -> Option<String> {
    if context.graph.tenant.queues.is_empty() {
        return Some("no queues in the input".to_owned());
    }
    let is_empty = || (!context.has_seats()).then(|| "no members of queues in the input".to_owned());
    select::tier_lacking(context, params.tier.as_ref()).or_else(is_empty)
}

/// Whether it is shown who sits beside a group, and who has the entry.
pub(super) fn leaking_lacking(context: &Context<'_, '_>, params: &LeakingGroupPattern) -> Option<String> {
    let tier = params.tier.as_ref();
    let reasons = [shown::seats(context), select::tier_lacking(context, tier), shown::access(context, tier)];
    reasons.into_iter().flatten().next()
}
