//! `lacks`: those who are expected to have a permission and have not.

use super::pick::Picker;
use super::select;
use crate::context::Context;
use crate::matching::Match;
use crate::rule::spec::LacksPattern;
use hashbrown::HashSet;
use rolecall_model::{Entity, Kind, Part, Place};

pub(super) const FACTS: &[&str] = &["subject", "permission"];

pub(super) fn matches(context: &Context<'_, '_>, pattern: &LacksPattern) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let fits = select::permissions(context, &pattern.permission);
    let mut roles: HashSet<u32> = HashSet::new();
    let mut having: HashSet<Entity> = HashSet::new();
    for owner in tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount)) {
        let grants = tenant.grants(tenant.grants_of(owner));
        let has = |g: &rolecall_model::Grant| {
            fits.has(g.permission) && select::is_scope(context, pattern.scope.as_deref(), g)
        };
        if grants.iter().any(has) {
            if owner.kind == Kind::Role {
                roles.insert(owner.row)
            } else {
                having.insert(owner)
            };
        }
    }
    let heirs = graph.spread(roles, |_| false);
    having.extend(heirs.roles().iter().map(|row| Entity { kind: Kind::Role, row: *row }));
    having.extend(graph.principals(heirs.roles()));
    let mut lacking: Vec<Entity> = Picker::new(context, &pattern.who).all();
    lacking.retain(|entity| !having.contains(entity));
    lacking.sort_by_cached_key(|entity| graph.order_key(*entity));
    let permission = pattern.permission.iter().map(|p| format!("`{}`", p.as_ref())).collect::<Vec<_>>().join(" or ");
    let of = |entity| {
        let mut matched = Match::of(context, entity, Place { origin: tenant.head(entity).origin, part: Part::Name });
        matched.facts.push(("permission", permission.clone()));
        matched
    };
    lacking.into_iter().map(of).collect()
}
