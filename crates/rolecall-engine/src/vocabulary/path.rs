//! `path`: ways from those of a tier to roles of a sort.

use super::select;
use crate::context::Context;
use crate::landing::{Edges, Landing, land};
use crate::matching::{Match, key, steps};
use crate::rule::spec::{EdgeWord, PathPattern};
use crate::wording;
use rolecall_model::{Entity, Place};

pub(super) const FACTS: &[&str] = &["subject", "target", "permissions", "reach", "mend", "evidence"];

pub(super) fn matches(context: &Context<'_, '_>, pattern: &PathPattern) -> Vec<Match> {
    let targets: Vec<u32> = select::selected(context, &pattern.to).into_iter().map(|e| e.row).collect();
    let has = |word: EdgeWord| pattern.via.contains(&word);
    let edges = Edges { inherits: has(EdgeWord::Inherits), holds: has(EdgeWord::Holds), member_of: has(EdgeWord::MemberOf) };
    let is_from = |entity: Entity| select::is_selected(context, &pattern.from, entity);
    let landings = land(context, &targets, edges, &is_from);
    landings.iter().filter_map(|landing| of_landing(context, pattern, landing)).collect()
}

/// A role that is itself one of the targets has no way to go, and is none of them.
fn of_landing(context: &Context<'_, '_>, pattern: &PathPattern, landing: &Landing) -> Option<Match> {
    let tenant = context.graph.tenant;
    let blamed = landing.way.get(landing.lead)?;
    let target = landing.way.last()?.to;
    let mut matched = Match::of(context, landing.subject, Place::whole(blamed.origin));
    matched.witness = steps(context, landing.start, &landing.way);
    matched.related = landing.labels(context);
    matched.roles.clone_from(&landing.roles);
    matched.identity = vec![key(context, target)];
    let mut brought: Vec<&str> = Vec::new();
    for access in context.graph.access(target) {
        let permission = tenant.grants.get(access.grant as usize).map(|g| tenant.permissions.spelling(g.permission));
        brought.extend(permission.filter(|p| !brought.contains(p)));
    }
    let brought = if brought.is_empty() { "permissions that the export does not show".to_owned() } else { wording::some_of(brought) };
    let tier = pattern.from.tier.as_ref().and_then(|tier| context.tiers.get(tier.as_ref()));
    let who = landing.people.first().map_or(landing.subject, |(who, _)| *who);
    matched.facts.extend([
        ("target", wording::entity(context, target)),
        ("permissions", brought),
        ("reach", landing.reach(context)),
        ("mend", landing.mend(context)),
        ("evidence", tier.map(|tier| tier.evidence(context.graph, who).join(", ")).unwrap_or_default()),
    ]);
    Some(matched)
}
