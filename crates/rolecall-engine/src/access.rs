//! What each tier may do, with who states it: the lock's lines for people.

use crate::{Catalogue, Named, Policy, Sensitive, Tiers, lock};
use rolecall_graph::AccessGraph;
use rolecall_model::Kind;
use std::collections::BTreeSet;

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
    let tiers = Tiers::new(graph, policy);
    tiers
        .iter()
        .map(|(name, tier)| TierAccess {
            tier: name.to_owned(),
            members: members(graph, &tiers, name),
            rows: rows(graph, tier),
        })
        .collect()
}

fn members(graph: &AccessGraph<'_>, tiers: &Tiers, name: &str) -> Vec<(&'static str, usize)> {
    let count = |kind| graph.tenant.entities(kind).filter(|entity| tiers.contains(name, *entity)).count();
    let kinds = [Kind::User, Kind::ServiceAccount, Kind::Group, Kind::Role, Kind::Queue];
    kinds.into_iter().map(|kind| (kind.word(), count(kind))).filter(|(_, number)| *number > 0).collect()
}

fn rows(graph: &AccessGraph<'_>, tier: &crate::Tier) -> Vec<AccessRow> {
    let tenant = graph.tenant;
    let mut rows = Vec::new();
    for (line, grounds) in lock::access(graph, tier) {
        let permission =
            grounds.first().and_then(|ground| tenant.grants.get(ground.grant as usize)).map(|g| g.permission);
        let (spelling, reach) = line.split_once(" over ").unwrap_or((&line, ""));
        let sensitive = permission
            .and_then(|id| tenant.permissions.get(id))
            .and_then(|permission| Catalogue::pinned().worst(permission).first().map(|(_, sensitive)| *sensitive));
        let owners: BTreeSet<Named> = grounds.iter().map(|ground| Named::of(graph.tenant, ground.owner)).collect();
        let by = owners.into_iter().collect();
        rows.push(AccessRow { permission: spelling.to_owned(), reach: reach.to_owned(), by, sensitive });
    }
    rows
}
