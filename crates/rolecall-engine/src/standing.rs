//! How somebody stands to a permission: what rules expect, and what questions ask.

use crate::context::Context;
use crate::vocabulary::denial;
use crate::vocabulary::reach::{Answer, Judgement, judge, judge_shared};
use crate::vocabulary::targets::Targets;
use hashbrown::HashMap;
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Entity, Grant, Kind, Permission, PermissionId, ScopeWord};

/// A permission that is asked for, or all that a capability names; a wildcard asks for any of it.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// As it was asked for.
    pub text: String,
    /// What is meant.
    pub patterns: Vec<Permission>,
    /// For each permission of the tenant: whether it gives any of it.
    fits: Vec<bool>,
    /// The permission of the tenant that it is, where it is one.
    only: Option<PermissionId>,
    /// For each permission of the tenant: whether divisions limit what of it is asked for.
    aware: Vec<Option<bool>>,
}

impl Wanted {
    pub(crate) fn new(context: &Context<'_, '_>, text: &str, patterns: Vec<Permission>) -> Self {
        let permissions = &context.graph.tenant.permissions;
        let mut fits = vec![false; permissions.iter().count()];
        for pattern in &patterns {
            for id in context.permissions_near(pattern) {
                let is_one = permissions.get(id).is_some_and(|known| known.overlaps(pattern));
                if let Some(fit) = fits.get_mut(id.index()).filter(|_| is_one) {
                    *fit = true;
                }
            }
        }
        let only = match patterns.as_slice() {
            [one] if !one.is_wildcard() => permissions.find(one),
            _ => None,
        };
        let mut aware = context.aware(|asked| fits.get(asked.index()).copied().unwrap_or(false));
        // A wildcard gives no more of the one permission than that is, whether or not anything names it.
        if let [one] = patterns.as_slice()
            && !one.is_wildcard()
            && context.awareness().is_documented(one)
        {
            fits.iter().zip(&mut aware).filter(|(fits, _)| **fits).for_each(|(_, aware)| *aware = aware.or(Some(true)));
        }
        Self { text: text.to_owned(), patterns, fits, only, aware }
    }

    /// Whether a permission of the tenant gives any of it.
    #[must_use]
    pub fn has(&self, permission: PermissionId) -> bool {
        self.fits.get(permission.index()).copied().unwrap_or(false)
    }

    /// The entry as far as it is asked for: of a wildcard the one permission.
    fn narrow(&self, grant: &Grant) -> Grant {
        Grant { permission: self.only.unwrap_or(grant.permission), ..*grant }
    }

    /// Whether divisions limit what of a permission is asked for, where that is known.
    pub(crate) fn is_aware(&self, permission: PermissionId) -> Option<bool> {
        self.aware.get(permission.index()).copied().flatten()
    }

    /// Whether a way reaches what is asked for; nothing where its entry is none of it.
    pub(crate) fn judge(
        &self,
        context: &Context<'_, '_>,
        principal: Entity,
        access: &Access,
        targets: Option<&Targets>,
    ) -> Option<Judgement> {
        let grant = context.graph.tenant.grants.get(access.grant as usize)?;
        let aware = self.is_aware(grant.permission);
        self.has(grant.permission).then(|| judge(context, principal, access, &self.narrow(grant), aware, targets))
    }

    /// The same for whoever has the entry, its role being given by an assignment; where that depends on who it is,
    /// the scope that says so.
    pub(crate) fn judge_shared(
        &self,
        context: &Context<'_, '_>,
        grant: &Grant,
        assignment: Option<u32>,
        targets: &Targets,
    ) -> Result<Answer, ScopeWord> {
        let given = || vec![assignment.and_then(|row| context.graph.tenant.assignments.get(row as usize))];
        let aware = self.is_aware(grant.permission);
        let judged = judge_shared(context, &self.narrow(grant), aware, Some(targets), given);
        judged.map(|judged| judged.answer).ok_or(grant.scope)
    }
}

/// How one principal stands to a permission: the best answer, with the way that gives it.
pub(crate) type Standing = (Answer, Option<Access>);

/// The best of all ways, the shortest of the best.
pub(crate) fn standing(
    context: &Context<'_, '_>,
    principal: Entity,
    targets: Option<&Targets>,
    wanted: &Wanted,
) -> Standing {
    let mut best: Standing = (Answer::No, None);
    for access in ways(context, principal, wanted) {
        let Some(judged) = wanted.judge(context, principal, &access, targets) else { continue };
        if best.1.is_none() || judged.answer > best.0 {
            best = (judged.answer, Some(access));
        }
    }
    best
}

/// Every way to an entry that gives any of what is asked for, shortest first.
pub(crate) fn ways(context: &Context<'_, '_>, principal: Entity, wanted: &Wanted) -> Vec<Access> {
    ways_by(context, principal, wanted, |_| true)
}

/// The same by roles of which it is known that they may lead to any.
pub(crate) fn ways_by(
    context: &Context<'_, '_>,
    principal: Entity,
    wanted: &Wanted,
    is_leading: impl Fn(u32) -> bool,
) -> Vec<Access> {
    let grants = &context.graph.tenant.grants;
    let is_asked = |row: u32| grants.get(row as usize).is_some_and(|grant| wanted.has(grant.permission));
    context.graph.ways_by(principal, is_leading, is_asked)
}

/// People with the same roles, groups and seats stand alike, unless an access policy names one of them: the sorts that there are, each in order, and in
/// order of who comes first. What only one of them has, such as a record of their own, is for the caller to see to.
pub(crate) fn sorts(context: &Context<'_, '_>, people: impl IntoIterator<Item = Entity>) -> Vec<Vec<Entity>> {
    alike(context, people, usize::MAX)
}

/// The same, but of each sort only the first few are in order, and stand before the others.
pub(crate) fn alike(
    context: &Context<'_, '_>,
    people: impl IntoIterator<Item = Entity>,
    few: usize,
) -> Vec<Vec<Entity>> {
    let graph = context.graph;
    let mut sorts: HashMap<Vec<(Entity, u32)>, Vec<Entity>> = HashMap::new();
    let mut sort: Vec<(Entity, u32)> = Vec::new();
    for who in people {
        let from = |kind| graph.entities_from(who, kind).map(|(entity, _)| (entity, 0));
        sort.clear();
        // Who holds a role in other divisions stands otherwise.
        sort.extend(
            graph
                .holdings(who)
                .map(|(row, _, given)| (Entity { kind: Kind::Role, row }, context.division_class(given))),
        );
        sort.extend(from(EdgeKind::MemberOf).chain(from(EdgeKind::OnQueue)));
        sort.extend(Some((who, 0)).filter(|_| who.kind != Kind::User || denial::names(context, who)));
        sort.sort_unstable();
        sorts.entry_ref(sort.as_slice()).or_default().push(who);
    }
    let mut sorts: Vec<Vec<Entity>> = sorts.into_values().collect();
    for alike in sorts.iter_mut().filter(|alike| alike.len() > 1) {
        let order = |who: &Entity| graph.order_key(*who);
        if few < alike.len() {
            alike.select_nth_unstable_by(few, |a, b| order(a).cmp(&order(b)));
        }
        let first = alike.len().min(few);
        alike.get_mut(..first).unwrap_or_default().sort_by_cached_key(order);
    }
    sorts.sort_by_cached_key(|alike| alike.first().map(|who| graph.order_key(*who)));
    sorts
}
