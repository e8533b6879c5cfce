//! What an export lacks without which a no is no proof.

use rolecall_engine::{Judge, Named, Wanted};
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Kind};

/// Something that the export does not show, and that could give the access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Nobody is shown to hold any role.
    Holders,
    /// Nobody is shown to be in any group, and these groups have it.
    Members(Vec<Named>),
    /// It states no roles at all.
    Roles,
}

/// The gaps that matter for a permission. Cost: linear in roles, groups and their holders.
#[must_use]
pub(crate) fn gaps(judge: &Judge<'_, '_>, wanted: &Wanted) -> Vec<Gap> {
    let graph = judge.graph();
    let tenant = graph.tenant;
    if tenant.roles.is_empty() && tenant.service_accounts.is_empty() {
        return vec![Gap::Roles];
    }
    let is_held = |role: Entity| graph.entities_into(role, EdgeKind::Holds).next().is_some();
    if !tenant.roles.is_empty() && !tenant.entities(Kind::Role).any(is_held) {
        return vec![Gap::Holders];
    }
    let has_members = |group: Entity| graph.entities_into(group, EdgeKind::MemberOf).next().is_some();
    if tenant.groups.is_empty() || tenant.entities(Kind::Group).any(has_members) {
        return Vec::new();
    }
    let mut giving: Vec<Entity> =
        tenant.entities(Kind::Group).filter(|group| !judge.ways(*group, wanted).is_empty()).collect();
    giving.sort_by_cached_key(|group| graph.order_key(*group));
    if giving.is_empty() { Vec::new() } else { vec![Gap::Members(giving.iter().map(|g| judge.named(*g)).collect())] }
}
