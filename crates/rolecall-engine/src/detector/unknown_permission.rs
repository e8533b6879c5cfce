//! Permissions that no catalogue knows and that are spelled nearly like a known one.
//!
//! Far from every real permission is in a public document, so being unknown proves nothing;
//! being one slip away from a known one does.

use crate::catalogue;
use crate::context::Context;
use crate::matching::{Match, key};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Kind, Origin, Part, Permission, PermissionId, Place, Tenant};

pub(super) const FACTS: &[&str] = &["subject", "permission", "nearest", "reach"];

/// The founding guide's own permissions.
const GUIDE: &str = include_str!("../../data/guide-permissions.txt");

/// How many letters a slip takes.
const SLIP: usize = 2;

/// The permissions that somebody has written down: the platform's documents, the guide, and a tenant.
pub(crate) struct Known<'t> {
    tenant: &'t Tenant,
    of_guide: Vec<(Permission, &'static str)>,
}

impl<'t> Known<'t> {
    pub(crate) fn new(tenant: &'t Tenant) -> Self {
        let lines = GUIDE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let of_guide = lines.filter_map(|name| Some((Permission::parse(name, None)?, name))).collect();
        Self { tenant, of_guide }
    }

    /// Whether the platform's documents or the guide have one.
    fn has(&self, permission: &Permission) -> bool {
        catalogue::has(permission) || self.of_guide.iter().any(|(known, _)| known == permission)
    }

    /// Whether any is of a pattern, in the tenant too.
    pub(crate) fn fits(&self, pattern: &Permission) -> bool {
        self.has(pattern)
            || catalogue::covered(pattern).next().is_some()
            || self.of_guide.iter().any(|(known, _)| pattern.overlaps(known))
            || self.tenant.permissions.iter().any(|(_, known)| {
                // What has everything has what there is none of too.
                known == pattern || (!known.is_wildcard() && pattern.overlaps(known))
            })
    }

    /// The one that another may be a slip for.
    pub(crate) fn nearest(&self, permission: &Permission) -> Option<&'static str> {
        let beside = catalogue::beside(permission).map(|entry| (entry.parts(), entry.name()));
        let beside = beside.chain(self.of_guide.iter().map(|(permission, name)| (permission.parts(), *name)));
        let slips = beside.filter_map(|(parts, name)| Some((slip(permission.parts(), parts)?, name)));
        slips.min().map(|(_, name)| name)
    }
}

/// One finding a permission, whoever states it.
pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let known = Known::new(tenant);
    let of_tenant: HashSet<_> = tenant.catalogue.iter().map(|k| k.permission).collect();
    let is_known = |(id, permission): &(PermissionId, &Permission)| {
        permission.is_wildcard() || of_tenant.contains(id) || known.has(permission)
    };
    let unknown = tenant.permissions.iter().filter(|one| !is_known(one));
    let nearest: HashMap<PermissionId, &str> =
        unknown.filter_map(|(id, permission)| Some((id, known.nearest(permission)?))).collect();
    if nearest.is_empty() {
        return Vec::new();
    }
    let mut stated: HashMap<_, Vec<(Entity, Origin)>> = HashMap::new();
    for owner in tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount)) {
        for grant in tenant.grants(tenant.grants_of(owner)).iter().filter(|g| nearest.contains_key(&g.permission)) {
            stated.entry(grant.permission).or_default().push((owner, grant.origin));
        }
    }
    let mut found = Vec::new();
    for (id, mut owners) in stated {
        owners.sort_by_cached_key(|(owner, origin)| (graph.order_key(*owner), *origin));
        let Some((&(subject, origin), rest)) = owners.split_first() else { continue };
        let place = |origin: Origin| Place { origin, part: Part::Permission };
        let mut matched = Match::of(context, subject, place(origin));
        matched.also = rest.iter().map(|(_, origin)| (place(*origin), Vec::new())).collect();
        matched.identity = owners.iter().map(|(owner, _)| key(context, *owner)).collect();
        matched.identity.push(tenant.permissions.spelling(id).to_owned());
        let reach = match rest.len() {
            0 => String::new(),
            1 => "; so does 1 other".to_owned(),
            more => format!("; so do {more} others"),
        };
        matched.facts.extend([
            ("permission", format!("`{}`", tenant.permissions.spelling(id))),
            ("nearest", format!("`{}`", nearest.get(&id).copied().unwrap_or_default())),
            ("reach", reach),
        ]);
        found.push(matched);
    }
    found.sort_by_cached_key(|m: &Match| (graph.order_key(m.subject), m.identity.clone()));
    found
}

/// How many letters tell one permission from another, where all of them are in one part and few enough for a slip.
fn slip(own: [&str; 3], other: [&str; 3]) -> Option<usize> {
    let mut differing = own.into_iter().zip(other).filter(|(own, other)| own != other);
    let (own, other) = differing.next()?;
    // An edit takes one letter and brings another at most, and most words are told apart by counting letters.
    let are_as_long = !own.is_ascii() || own.len().abs_diff(other.len()) <= SLIP;
    if differing.next().is_some() || !are_as_long || letters_apart(own, other) > 2 * SLIP {
        return None;
    }
    Some(strsim::damerau_levenshtein(own, other)).filter(|distance| *distance <= SLIP)
}

/// How many letters of either are too many for the other; some that differ count as the same.
fn letters_apart(a: &str, b: &str) -> usize {
    let mut more = [0_isize; 32];
    let letters = a.chars().map(|c| (c, 1)).chain(b.chars().map(|c| (c, -1)));
    for (letter, by) in letters {
        more.get_mut(letter as usize % 32).into_iter().for_each(|sum| *sum += by);
    }
    more.into_iter().map(isize::unsigned_abs).sum()
}
