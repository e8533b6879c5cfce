//! What each tier may do, with who states it: the lock's lines for people.

use crate::context::Context;
use crate::lock::{End, Reached, Root};
use crate::{Catalogue, Named, Policy, Sensitive, Tiers};
use rolecall_graph::AccessGraph;
use rolecall_model::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// A tier, who is of it, and what these may do.
#[derive(Clone, Debug)]
pub struct TierAccess {
    /// The name of the tier.
    pub tier: String,
    /// How many of each kind are of the tier; kinds with none are left out.
    pub members: Vec<(&'static str, usize)>,
    /// What they may do, by permission and reach.
    pub rows: Vec<AccessRow>,
}

/// One permission, over one reach.
#[derive(Clone, Debug)]
pub struct AccessRow {
    /// The permission as the export spells it.
    pub permission: String,
    /// Over what, in words.
    pub reach: String,
    /// The roles and service accounts that state it, by name.
    pub by: Vec<Named>,
    /// Why the worst that it opens is sensitive, where anything is.
    pub sensitive: Option<Sensitive>,
}

/// What each tier of the settings may do, by name. Cost: as [`crate::Lock::of`].
#[must_use]
pub fn tier_access(graph: &AccessGraph<'_>, policy: &Policy) -> Vec<TierAccess> {
    let context = Context::new(graph, policy, u32::MAX);
    let of = |(name, _)| TierAccess {
        tier: str::to_owned(name),
        members: members(graph, &context.tiers, name),
        rows: Root::tier(&context, name).map(|root| rows(&context, &root)).unwrap_or_default(),
    };
    context.tiers.iter().map(of).collect()
}

fn members(graph: &AccessGraph<'_>, tiers: &Tiers, name: &str) -> Vec<(&'static str, usize)> {
    let count = |kind| graph.tenant.entities(kind).filter(|entity| tiers.contains(name, *entity)).count();
    let kinds = [Kind::User, Kind::ServiceAccount, Kind::Group, Kind::Role, Kind::Queue];
    kinds.into_iter().map(|kind| (kind.word(), count(kind))).filter(|(_, number)| *number > 0).collect()
}

fn rows(context: &Context<'_, '_>, root: &Root<'_>) -> Vec<AccessRow> {
    let tenant = context.graph.tenant;
    let mut found: BTreeMap<String, (u32, BTreeSet<Named>)> = BTreeMap::new();
    for edge in Reached::from(context, root).edges {
        let End::Line(line, grant) = edge.to else { continue };
        let by = edge.owners.into_iter().map(|owner| Named::of(tenant, owner));
        found.entry(line).or_insert((grant, BTreeSet::new())).1.extend(by);
    }
    let row = |(line, (grant, by)): (String, (u32, BTreeSet<Named>))| {
        let permission = tenant.grants.get(grant as usize).and_then(|grant| tenant.permissions.get(grant.permission));
        let (spelling, reach) = line.split_once(" over ").unwrap_or((&line, ""));
        let sensitive = permission
            .and_then(|permission| Catalogue::pinned().worst(permission).first().map(|(_, sensitive)| *sensitive));
        let by = by.into_iter().collect();
        AccessRow { permission: spelling.to_owned(), reach: reach.to_owned(), by, sensitive }
    };
    found.into_iter().map(row).collect()
}
