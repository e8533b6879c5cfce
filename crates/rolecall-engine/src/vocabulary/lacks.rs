//! `lacks`: those who are expected to have a permission and have not.

use super::pick::Picker;
use super::{assigned, denial, select};
use crate::context::Context;
use crate::matching::{Match, holders};
use crate::rule::spec::LacksPattern;
use hashbrown::HashSet;
use rolecall_model::{Entity, Grant, Kind, Part, Place};

pub(super) const FACTS: &[&str] = &["subject", "permission"];

pub(super) fn matches(context: &Context<'_, '_>, pattern: &LacksPattern) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let fits = select::permissions(context, &pattern.permission);
    let tests = pattern.scope.as_deref();
    let mut having = having(context, |grant| fits.has(grant.permission) && select::is_scope(context, tests, grant));
    let given = assigned::given(context, fits, tests.unwrap_or_default());
    having.extend(given.iter().filter(|(_, is_shown)| **is_shown).map(|(who, _)| *who));
    let mut lacking: Vec<Entity> = Picker::new(context, &pattern.who).all();
    // Where nobody is shown to hold any role, nobody knows what people lack.
    let is_known = |entity: &Entity| !matches!(entity.kind, Kind::User | Kind::Group) || context.has_holders();
    lacking.retain(|entity| !having.contains(entity) && is_known(entity));
    lacking.sort_by_cached_key(|entity| graph.order_key(*entity));
    let permission = pattern.permission.iter().map(|p| format!("`{}`", p.as_ref())).collect::<Vec<_>>().join(" or ");
    let of = |entity| {
        let mut matched = Match::of(context, entity, Place { origin: tenant.head(entity).origin, part: Part::Name });
        matched.facts.push(("permission", permission.clone()));
        // What the export does not show to reach as far may do so.
        matched.is_assumed = given.contains_key(&entity);
        matched
    };
    lacking.into_iter().map(of).collect()
}

/// Everybody who has an entry that fits by itself.
fn having(context: &Context<'_, '_>, fits: impl Fn(&Grant) -> bool) -> HashSet<Entity> {
    let tenant = context.graph.tenant;
    let mut having: HashSet<Entity> = HashSet::new();
    let mut roles: Vec<u32> = Vec::new();
    for owner in tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount)) {
        let list = tenant.grants_of(owner);
        let fits = |(_, grant): &(u32, &Grant)| fits(grant) && !denial::is_void(context, owner, grant);
        let rows: Vec<u32> = (list.start..).zip(tenant.grants(list)).filter(fits).map(|(row, _)| row).collect();
        match owner.kind {
            _ if rows.is_empty() => {}
            Kind::Role if !denial::is_each_met(context, &rows) => roles.push(owner.row),
            // Whom policies take it from depends on who it is.
            kind => {
                let mut all = if kind == Kind::Role { holders(context.graph, &[owner.row]) } else { vec![owner] };
                denial::keep_undenied(context, &rows, &mut all);
                having.extend(all);
            }
        }
    }
    having.extend(holders(context.graph, &roles));
    having
}
