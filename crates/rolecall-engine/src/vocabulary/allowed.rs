//! Which list of allowed permissions holds for a role: a partner's own, else the tier's.

use crate::context::Context;
use crate::rule::spec::GrantPattern;
use crate::{Tier, wording};
use rolecall_model::{Entity, Grant, Kind, PermissionId};

/// The lists that hold for one role or account, each with whose it is.
pub(super) struct Lists<'c>(Vec<(&'c str, &'c Tier)>);

impl<'c> Lists<'c> {
    /// The lists of all partners whose role it is, or whose people hold it; that of the tier for
    /// everybody else. What is given to two partners must be allowed to both.
    pub(super) fn of(context: &'c Context<'_, '_>, tier: &'c str, owner: Entity) -> Self {
        let own: Vec<(&str, &Tier)> = context
            .partners
            .iter()
            .filter_map(|name| Some((*name, context.tiers.get(name)?)))
            .filter(|(_, partner)| partner.contains(owner))
            .collect();
        let partners = if own.is_empty() { holders(context, owner) } else { own };
        let has_list = |(_, tier): &&(&str, &Tier)| tier.has_allowed(context.graph.tenant);
        let mut lists: Vec<(&str, &Tier)> = partners.iter().filter(has_list).copied().collect();
        if lists.is_empty() || lists.len() < partners.len() {
            let general = context.tiers.get(tier).map(|general| (tier, general));
            lists.extend(general.iter().filter(has_list));
        }
        Self(lists)
    }

    /// Whose lists leave an entry's permission out; nobody's where all allow it.
    fn against(&self, context: &Context<'_, '_>, grant: &Grant) -> Vec<&'c str> {
        let Some(permission) = context.graph.tenant.permissions.get(grant.permission) else { return Vec::new() };
        self.0.iter().filter(|(_, tier)| tier.allows(permission) == Some(false)).map(|(name, _)| *name).collect()
    }
}

/// The partners whose people hold a role, however they come to it.
fn holders<'c>(context: &'c Context<'_, '_>, role: Entity) -> Vec<(&'c str, &'c Tier)> {
    if role.kind != Kind::Role || context.partners.is_empty() {
        return Vec::new();
    }
    let graph = context.graph;
    let holders = graph.principals(&graph.heirs(role.row));
    let partners = context.partners.iter().filter_map(|name| Some((*name, context.tiers.get(name)?)));
    partners.filter(|(_, partner)| holders.iter().any(|held| partner.contains(*held))).collect()
}

/// For each permission of the tenant whether any list leaves it out that may hold for somebody of a tier.
pub(super) struct Outside(Vec<bool>);

impl Outside {
    pub(super) fn of(context: &Context<'_, '_>, tier: &str) -> Self {
        let tenant = context.graph.tenant;
        let names = context.partners.iter().copied().chain([tier]);
        let lists: Vec<&Tier> =
            names.filter_map(|name| context.tiers.get(name)).filter(|tier| tier.has_allowed(tenant)).collect();
        let is_out = |permission| lists.iter().any(|list| list.allows(permission) == Some(false));
        Self(tenant.permissions.iter().map(|(_, permission)| is_out(permission)).collect())
    }

    pub(super) fn has(&self, permission: PermissionId) -> bool {
        self.0.get(permission.index()).copied().unwrap_or(false)
    }
}

/// Keeps of the entries that somebody is to blame for those that the lists leave out which hold for them; says whose.
pub(super) fn keep_beyond(
    context: &Context<'_, '_>,
    pattern: &GrantPattern,
    who: Entity,
    found: &mut Vec<(Entity, u32)>,
) -> String {
    let Some(tier) = pattern.tier.as_ref().filter(|_| pattern.beyond_allowed) else { return String::new() };
    let lists = Lists::of(context, tier.as_ref(), who);
    let mut names: Vec<&str> = Vec::new();
    found.retain(|(_, row)| {
        let grant = context.graph.tenant.grants.get(*row as usize);
        let against = grant.map(|grant| lists.against(context, grant)).unwrap_or_default();
        names.extend(&against);
        !against.is_empty()
    });
    names.sort_unstable();
    names.dedup();
    wording::some_of(names)
}

/// Whether any list of allowed permissions holds for anybody of a tier.
pub(super) fn is_any(context: &Context<'_, '_>, tier: &str) -> bool {
    let names = context.partners.iter().copied().chain([tier]);
    names.filter_map(|name| context.tiers.get(name)).any(|tier| tier.has_allowed(context.graph.tenant))
}
