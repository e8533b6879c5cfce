//! Permissions that no catalogue knows and that are spelled nearly like a known one.
//!
//! Far from every real permission is in a public document, so being unknown proves nothing;
//! being one slip away from a known one does.

use crate::Catalogue;
use crate::context::Context;
use crate::matching::{Match, key};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Kind, Origin, Part, Permission, PermissionId, Place};

pub(super) const FACTS: &[&str] = &["subject", "permission", "nearest", "reach"];

/// The founding guide's own permissions.
const GUIDE: &str = include_str!("../../data/guide-permissions.txt");

/// How many letters a slip takes.
const SLIP: usize = 2;

/// Two parts of a permission, beside a third.
type Others<'p> = [&'p str; 2];

/// Each part of a permission with the two others.
fn turns(permission: &Permission) -> [(&str, Others<'_>); 3] {
    let [domain, entity, action] = permission.parts();
    [(domain, [entity, action]), (entity, [domain, action]), (action, [domain, entity])]
}

/// One finding a permission, whoever states it.
pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let lines = GUIDE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let of_guide: Vec<(Permission, &str)> =
        lines.filter_map(|name| Some((Permission::parse(name, None)?, name))).collect();
    let of_guide = of_guide.iter().map(|(permission, name)| (permission, *name));
    let known: Vec<(&Permission, &str)> = Catalogue::pinned().permissions().chain(of_guide).collect();
    let exact: HashSet<&Permission> = known.iter().map(|(permission, _)| *permission).collect();
    let wide: Vec<&Permission> = known.iter().map(|(permission, _)| *permission).filter(|p| p.is_wildcard()).collect();
    let of_tenant: HashSet<_> = tenant.catalogue.iter().map(|k| k.permission).collect();
    let is_known = |(id, permission): &(PermissionId, &Permission)| {
        permission.is_wildcard()
            || exact.contains(permission)
            || of_tenant.contains(id)
            || wide.iter().any(|pattern| pattern.covers(permission))
    };
    let unknown: Vec<(PermissionId, &Permission)> = tenant.permissions.iter().filter(|one| !is_known(one)).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    // A slip is in one part, and the other two lead to what may be meant.
    let mut beside: HashMap<(usize, Others<'_>), Vec<(&str, &str)>> = HashMap::new();
    for (permission, name) in &known {
        for (place, (part, others)) in turns(permission).into_iter().enumerate() {
            beside.entry((place, others)).or_default().push((part, name));
        }
    }
    let mut nearest: HashMap<_, &str> = HashMap::new();
    for (id, permission) in unknown {
        let slips = turns(permission).into_iter().enumerate().flat_map(|(place, (own, others))| {
            let near = beside.get(&(place, others)).into_iter().flatten();
            // A slip changes the length by no more than itself.
            let letters = own.chars().count();
            let near = near.filter(move |(part, _)| letters.abs_diff(part.chars().count()) <= SLIP);
            near.map(move |(part, name)| (strsim::damerau_levenshtein(own, part), *name))
        });
        let near = slips.min();
        if let Some((distance, name)) = near
            && distance <= SLIP
        {
            nearest.insert(id, name);
        }
    }
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
