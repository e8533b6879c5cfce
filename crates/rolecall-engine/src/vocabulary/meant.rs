//! Which permissions of the tenant patterns mean.

use crate::Label;
use crate::context::Context;
use crate::rule::spec::GrantPattern;
use rolecall_model::{Entity, Part, Permission, PermissionId, Place};
use toml::Spanned;

/// The permissions of the tenant that some patterns mean, each with the place of the
/// first pattern that means any of it: lists name the worst first.
pub(crate) struct Meant {
    ranks: Vec<Option<usize>>,
    /// How many patterns there are.
    patterns: usize,
}

impl Meant {
    /// The place of the first pattern that means a permission.
    pub(crate) fn rank(&self, permission: PermissionId) -> Option<usize> {
        self.ranks.get(permission.index()).copied().flatten()
    }

    /// Whether any pattern means a permission.
    pub(crate) fn has(&self, permission: PermissionId) -> bool {
        self.rank(permission).is_some()
    }
}

/// What patterns of permissions mean.
pub(crate) fn permissions(context: &Context<'_, '_>, patterns: &[Spanned<String>]) -> Meant {
    Meant::of(context, patterns.iter().map(|pattern| pattern.as_ref().as_str()))
}

/// The same for capabilities.
pub(crate) fn of_capabilities(context: &Context<'_, '_>, names: &[Spanned<String>]) -> Meant {
    let mut meant = Meant::of(context, []);
    names.iter().filter_map(|name| context.capability(name.as_ref())).for_each(|more| meant.join(more));
    meant
}

/// The same for permissions and capabilities together.
pub(crate) fn capable(context: &Context<'_, '_>, pattern: &GrantPattern) -> Meant {
    let mut meant = match (&pattern.permission, &pattern.capability) {
        (None, None) => Meant::of(context, ["*"]),
        (permission, _) if pattern.literal => stated(context, permission.as_deref().unwrap_or_default()),
        (permission, _) => permissions(context, permission.as_deref().unwrap_or_default()),
    };
    for name in pattern.capability.iter().flatten() {
        if pattern.literal {
            meant.join(&stated(context, context.capabilities.get(name.as_ref()).map_or(&[], Vec::as_slice)));
        } else if let Some(more) = context.capability(name.as_ref()) {
            meant.join(more);
        }
    }
    meant.forget(&stated(context, &pattern.apart_from));
    meant
}

/// What patterns mean by the permissions' own words: what they cover, and no wildcard that may stand for some of it.
pub(crate) fn stated(context: &Context<'_, '_>, patterns: &[Spanned<String>]) -> Meant {
    Meant::by(context, patterns.iter().map(|pattern| pattern.as_ref().as_str()), Permission::covers)
}

impl Meant {
    pub(crate) fn of<'p>(context: &Context<'_, '_>, patterns: impl IntoIterator<Item = &'p str>) -> Self {
        Self::by(context, patterns, Permission::overlaps)
    }

    fn by<'p>(
        context: &Context<'_, '_>,
        patterns: impl IntoIterator<Item = &'p str>,
        fits: fn(&Permission, &Permission) -> bool,
    ) -> Self {
        let permissions = &context.graph.tenant.permissions;
        let mut meant = Self { ranks: vec![None; permissions.count()], patterns: 0 };
        for pattern in patterns.into_iter().filter_map(|text| Permission::parse(text, None)) {
            for id in context.permissions_near(&pattern) {
                let is_meant = || permissions.get(id).is_some_and(|permission| fits(&pattern, permission));
                if let Some(known @ None) = meant.ranks.get_mut(id.index())
                    && is_meant()
                {
                    *known = Some(meant.patterns);
                }
            }
            meant.patterns += 1;
        }
        meant
    }

    /// Takes out what other patterns mean.
    fn forget(&mut self, others: &Self) {
        let both = self.ranks.iter_mut().zip(&others.ranks);
        both.filter(|(_, other)| other.is_some()).for_each(|(known, _)| *known = None);
    }

    /// Takes in what further patterns mean, which rank behind.
    fn join(&mut self, more: &Self) {
        for (known, other) in self.ranks.iter_mut().zip(&more.ranks) {
            *known = known.or(other.map(|rank| rank + self.patterns));
        }
        self.patterns += more.patterns;
    }
}

/// What somebody has of the capabilities that have to be there beside, as labels; nothing where it has none of them.
pub(super) fn beside(context: &Context<'_, '_>, pattern: &GrantPattern, who: Entity) -> Option<Vec<Label>> {
    if pattern.alongside.is_empty() {
        return Some(Vec::new());
    }
    let tenant = context.graph.tenant;
    let wanted = GrantPattern {
        capability: Some(pattern.alongside.clone()),
        literal: pattern.literal,
        ..GrantPattern::default()
    };
    let wanted = capable(context, &wanted);
    let entries = context.graph.grants_had(who).into_iter().filter_map(|row| tenant.grants.get(row as usize));
    let label = |place| Label { place, text: "together with this".to_owned() };
    let mut labels: Vec<Label> = entries
        .filter(|entry| wanted.has(entry.permission))
        .map(|entry| label(Place { origin: entry.origin, part: Part::Permission }))
        .collect();
    labels.sort_by_key(|label| label.place.origin);
    (!labels.is_empty()).then_some(labels)
}
