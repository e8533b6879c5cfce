//! Who states the entries that a pattern of `grant` asks for, and who holds them.

use super::select;
use crate::context::Context;
use crate::held::inheritance;
use crate::landing::{Landing, role_landing};
use crate::rule::spec::{Blame, GrantPattern, Reach};
use rolecall_graph::{EdgeKind, Via};
use rolecall_model::{Entity, Kind, Origin};
use wildmatch::WildMatch;

/// Whether a role is the platform's own, or is none of it, or of its administrators', and of a name, as the pattern asks of
/// who states an entry.
pub(super) fn is_owner(context: &Context<'_, '_>, pattern: &GrantPattern, owner: Entity) -> bool {
    let is_system = || owner.kind == Kind::Role && context.graph.tenant.is_system_role(owner.row);
    let is_admin = || owner.kind == Kind::Role && context.graph.tenant.is_admin_role(owner.row);
    pattern.system.is_none_or(|system| system == is_system())
        && pattern.admin.is_none_or(|admin| admin == is_admin())
        && (takes_over(pattern) || is_named(context, pattern, owner))
}

/// Whether a role or account is of a name that the pattern asks for, if it asks for any.
pub(super) fn is_named(context: &Context<'_, '_>, pattern: &GrantPattern, who: Entity) -> bool {
    let name = || context.graph.tenant.name(who);
    let is_one = |all: &Vec<String>| all.iter().any(|p| WildMatch::new_case_insensitive(p).matches(name()));
    pattern.named.as_ref().is_none_or(is_one)
}

/// Whether roles of the name that is asked for are to blame for what they inherit, too.
pub(super) fn takes_over(pattern: &GrantPattern) -> bool {
    let is_any = pattern.tier.is_none() && pattern.reach == Reach::Any && pattern.blame == Blame::Owner;
    pattern.named.is_some() && is_any
}

pub(super) fn is_holder(pattern: &GrantPattern, kind: Kind) -> bool {
    pattern.holder.as_ref().is_none_or(|words| words.iter().any(|word| select::kind(*word) == kind))
}

/// Whether a principal of a kind that is asked for holds a role, or it counts without one.
pub(super) fn is_held(context: &Context<'_, '_>, pattern: &GrantPattern, row: u32) -> bool {
    pattern.holder.is_none() || example(context, pattern, row).is_some() || heir(context, pattern, row).is_some()
}

/// A landing of a role that is to blame itself, shown by a holder of a kind that is asked for, where one is near.
pub(super) fn shown(context: &Context<'_, '_>, pattern: &GrantPattern, landing: Landing) -> Landing {
    if pattern.holder.is_none() || landing.subject.kind != Kind::Role || !landing.people.is_empty() {
        return landing;
    }
    match example(context, pattern, landing.subject.row) {
        Some((who, way)) if !way.is_empty() => landing.led_by(who, &way),
        _ => landing,
    }
}

/// A holder of a role of a kind that is asked for, with the way to the role where it is near.
fn example(context: &Context<'_, '_>, pattern: &GrantPattern, row: u32) -> Option<(Entity, Vec<Via>)> {
    let mut people = context.held(row).examples.iter();
    let person = people.find(|(who, _)| is_holder(pattern, who.kind)).cloned();
    person.or_else(|| is_holder(pattern, Kind::Group).then(|| group(context, row)).flatten())
}

/// The nearest group that holds a role, and the way from there to it. It need not have members.
fn group(context: &Context<'_, '_>, row: u32) -> Option<(Entity, Vec<Via>)> {
    let graph = context.graph;
    let heirs = graph.spread([row], |_| false);
    let groups = |heir: u32| {
        let heir = Entity { kind: Kind::Role, row: heir };
        graph.entities_into_of(heir, EdgeKind::Holds, |who| who.kind == Kind::Group)
    };
    let all = heirs.roles().iter().flat_map(|heir| groups(*heir).map(move |(group, origin)| (*heir, group, origin)));
    let order = |(heir, group, _): &(u32, Entity, Origin)| (heirs.distance(*heir), graph.order_key(*group));
    let (heir, group, origin) = all.min_by(|a, b| order(a).cmp(&order(b)))?;
    let mut way = vec![Via { kind: EdgeKind::Holds, to: Entity { kind: Kind::Role, row: heir }, origin }];
    way.extend(inheritance(&heirs.chain(heir)));
    Some((group, way))
}

/// The role itself or the nearest that inherits from it which counts without being held, and the way from there to it. Who
/// else holds the role takes nothing away.
fn heir(context: &Context<'_, '_>, pattern: &GrantPattern, row: u32) -> Option<(Entity, Vec<Via>)> {
    let heirs = context.graph.spread((!pattern.unheld.is_empty()).then_some(row), |_| false);
    let role = |row: u32| Entity { kind: Kind::Role, row };
    let is_one = |heir: &&u32| pattern.unheld.iter().any(|tier| context.tiers.contains(tier.as_ref(), role(**heir)));
    let order = |heir: &&u32| (heirs.distance(**heir), context.graph.order_key(role(**heir)));
    let nearest = heirs.roles().iter().filter(is_one).min_by_key(order);
    nearest.map(|heir| (role(*heir), inheritance(&heirs.chain(*heir))))
}

/// The role that has an entry, which it states or comes to by `on`, is to blame, if one of the holders asked for has it.
pub(super) fn owner_landing(
    context: &Context<'_, '_>,
    pattern: &GrantPattern,
    row: u32,
    on: Vec<Via>,
) -> Option<Landing> {
    let landing = role_landing(context, row, on);
    if pattern.holder.is_none() || example(context, pattern, row).is_some() {
        return Some(shown(context, pattern, landing));
    }
    match heir(context, pattern, row)? {
        (_, way) if way.is_empty() => Some(landing),
        (heir, way) => Some(landing.led_by(heir, &way)),
    }
}
