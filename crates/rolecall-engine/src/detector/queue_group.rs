//! Groups of the tier that are put on queues whole, and what is shown over them.

use crate::context::Context;
use crate::landing::role_landing;
use crate::matching::{Match, edge_label, grant_step, key, steps};
use crate::rule::spec::{LeakingGroupPattern, TierParams};
use crate::vocabulary::grant::{identity, pieces};
use crate::vocabulary::select;
use crate::{Ends, Label, Piece, wording};
use hashbrown::HashMap;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Kind, Origin, Part, Place, ScopeWord};

pub(super) const GROUP_FACTS: &[&str] = &["subject", "groups"];
pub(super) const LEAK_FACTS: &[&str] = &["subject", "permission", "groups", "leaks"];

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

/// One finding an entry: a figure over a group shows the queues that the group sits on, whoever else does.
pub(super) fn leaking(context: &Context<'_, '_>, params: &LeakingGroupPattern) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let fits = select::permissions(context, &params.permission);
    let mut known: HashMap<Entity, Vec<Leak>> = HashMap::new();
    let mut found = Vec::new();
    let owners = tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount));
    for owner in owners.filter(|owner| context.tiers.contains(params.tier.as_ref(), *owner)) {
        let list = tenant.grants_of(owner);
        for (row, grant) in (list.start..).zip(tenant.grants(list)) {
            if grant.scope != ScopeWord::Group || !fits.has(grant.permission) {
                continue;
            }
            let mut groups: Vec<Entity> = tenant
                .refs(grant.targets)
                .iter()
                .flat_map(|r| graph.directory.rows(Kind::Group, r.target))
                .map(|row| Entity { kind: Kind::Group, row })
                .collect();
            groups.sort_by_cached_key(|group| graph.order_key(*group));
            let mut matched = Match::of(context, owner, Place { origin: grant.origin, part: Part::Scope });
            if owner.kind == Kind::Role {
                let landing = role_landing(context, owner.row, Vec::new());
                matched.witness = steps(context, landing.start, &landing.way);
            }
            matched.witness.extend(grant_step(context, owner, row));
            matched.ends = Some(Ends::entries(vec![owner], [row]));
            matched.identity = identity(context, [(owner, grant)].into_iter());
            matched.pieces = pieces(context, [(owner, grant)].into_iter());
            let mut leaks = Vec::new();
            for group in &groups {
                for leak in known.entry(*group).or_insert_with(|| self::leaks(context, params, *group)) {
                    let (queue, outsider) =
                        (wording::entity(context, leak.queue), wording::entity(context, leak.outsider));
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
            // Where there is no such group, what the entry says of it.
            let said = if groups.is_empty() { tenant.scope_phrase(grant) } else { String::new() };
            let names = wording::some_of(groups.iter().map(|group| tenant.name(*group)));
            matched.facts.extend([
                ("permission", format!("`{}`", tenant.permissions.spelling(grant.permission))),
                ("groups", said + &names),
                (
                    "leaks",
                    if leaks.is_empty() { String::new() } else { format!(": it shows {}", leaks.join(", and ")) },
                ),
            ]);
            found.push(matched);
        }
    }
    found.sort_by_cached_key(|m: &Match| (graph.order_key(m.subject), m.identity.clone()));
    found
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

pub(super) fn lacking(context: &Context<'_, '_>, tier: &str) -> Option<String> {
    if context.graph.tenant.queues.is_empty() {
        return Some("no queues in the input".to_owned());
    }
    select::tier_lacking(context, tier)
}
