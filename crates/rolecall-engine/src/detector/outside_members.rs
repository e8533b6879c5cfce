//! A permission limited to a group or view that also holds people outside the tier.

use crate::context::Context;
use crate::landing::{SHOWN, files, in_order, role_landing};
use crate::matching::{Match, edge_label, grant_step, key, named, steps};
use crate::rule::spec::{GrantPattern, OutsideMembersPattern, ScopeTest};
use crate::vocabulary::grant::{self, identity, pieces};
use crate::vocabulary::{select, shown};
use crate::{Ends, Label, Piece, Step, wording};
use hashbrown::HashMap;
use rolecall_graph::{EdgeKind, Span};
use rolecall_model::{Entity, Grant, Kind, Origin, Part, Permission, Place};
use std::sync::Arc;

pub(super) const FACTS: &[&str] = &["subject", "permission", "boundary", "members", "are", "power", "count", "mend"];

/// What everybody is within.
const EVERYBODY: &str = "the whole organisation";

/// What makes an administrator, the most powerful first; who may do everything is before them all.
const ADMINISTRATION: &str = include_str!("../../data/administration.txt");

pub(super) fn lacking(context: &Context<'_, '_>, params: &OutsideMembersPattern) -> Option<String> {
    let tenant = context.graph.tenant;
    let fits = select::permissions(context, &params.permission);
    // What reaches everybody needs no group.
    let is_over_all = |(row, entry): (u32, &Grant)| {
        fits.has(entry.permission) && context.graph.impersonation(row) == Some(Span::Everyone)
    };
    if tenant.count(Kind::Group) + tenant.count(Kind::View) == 0 && !(0..).zip(&tenant.grants).any(is_over_all) {
        return Some("no groups in the input".to_owned());
    }
    if tenant.count(Kind::User) == 0 {
        return Some("no users in the input".to_owned());
    }
    select::tier_lacking(context, params.tier.as_ref()).or_else(|| shown::members(context))
}

pub(super) fn matches(context: &Context<'_, '_>, params: &OutsideMembersPattern) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let fits = select::permissions(context, &params.permission);
    let mut outsiders: HashMap<Entity, Option<Outside>> = HashMap::new();
    let mut found = Vec::new();
    for owner in tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount)) {
        let list = tenant.grants_of(owner);
        for row in list.start..list.start + list.len {
            if !tenant.grants.get(row as usize).is_some_and(|grant| fits.has(grant.permission)) {
                continue;
            }
            let Some(Span::Limited(limits)) = graph.impersonation(row) else { continue };
            for (boundary, named_at) in limits {
                let outside = outsiders.entry(boundary).or_insert_with(|| Outside::new(context, params, boundary));
                if let Some(outside) = outside {
                    found.extend(of_boundary(context, owner, row, (boundary, named_at), outside));
                }
            }
        }
    }
    found.extend(over_all(context, params));
    found.sort_by_cached_key(|m: &Match| (graph.order_key(m.subject), m.identity.clone()));
    found
}

/// What reaches everybody is no boundary that anybody drew, so it is judged where it lands with the tier.
fn over_all(context: &Context<'_, '_>, params: &OutsideMembersPattern) -> Vec<Match> {
    let graph = context.graph;
    let pattern = GrantPattern {
        permission: Some(params.permission.clone()),
        scope: Some(vec![ScopeTest::All]),
        tier: Some(params.tier.clone()),
        ..GrantPattern::default()
    };
    let mut found = grant::matches(context, &pattern, None, None);
    let is_over_all = |row: &u32| graph.impersonation(*row) == Some(Span::Everyone);
    found.retain(|matched| matched.ends.iter().flat_map(|ends| &ends.grants).any(is_over_all));
    if found.is_empty() {
        return found;
    }
    let Some(tier) = context.tiers.get(params.tier.as_ref()) else { return Vec::new() };
    // Whoever is outside as a member of some group is outside here, too.
    let is_outside_of_one = |user: Entity| {
        let mut groups = graph.entities_from(user, EdgeKind::MemberOf);
        groups.any(|(group, _)| !tier.contains_apart_from(graph, user, group))
    };
    let others = graph.tenant.entities(Kind::User).filter(|user| !tier.contains(*user) || is_outside_of_one(*user));
    let others = in_order(context, others.map(|user| (user, graph.tenant.head(user).origin)).collect());
    if others.is_empty() {
        return Vec::new();
    }
    let (names, power) = (names(context, &others), power(context, &others));
    for matched in &mut found {
        matched.facts.extend([("boundary", EVERYBODY.to_owned()), ("power", power.clone())]);
        matched.facts.extend(counted(names.clone(), others.len()));
    }
    found
}

/// What is said of people by their number.
fn counted(names: String, count: usize) -> [(&'static str, String); 3] {
    let are = if count == 1 { "is" } else { "are" };
    [("members", names), ("are", are.to_owned()), ("count", wording::count(count, "member"))]
}

fn names(context: &Context<'_, '_>, people: &[(Entity, Origin)]) -> String {
    wording::some_of(people.iter().map(|(user, _)| context.graph.tenant.name(*user)))
}

/// The people within a boundary who are not of the tier; whoever may become them, the same is said.
struct Outside {
    /// The first of them by name, and where the boundary has them.
    first: (Entity, Origin),
    count: usize,
    /// Each, for what tells one finding from another.
    keys: Arc<[String]>,
    /// The first few, and the files that the others are stated in.
    labels: Vec<Label>,
    files: Vec<u32>,
    names: String,
    power: String,
}

impl Outside {
    /// Nothing where all are of the tier; being within the boundary does not make them so.
    fn new(context: &Context<'_, '_>, params: &OutsideMembersPattern, boundary: Entity) -> Option<Self> {
        let graph = context.graph;
        let tier = context.tiers.get(params.tier.as_ref())?;
        // Most are of the tier, and need not be put in order.
        let people = graph.people_of_whom(boundary, |user| !tier.contains_apart_from(graph, user, boundary));
        let kind = if boundary.kind == Kind::View { EdgeKind::InView } else { EdgeKind::MemberOf };
        let label = |(user, origin): &(Entity, Origin)| edge_label(context, *user, kind, boundary, *origin);
        Some(Self {
            first: *people.first()?,
            count: people.len(),
            keys: people.iter().map(|(user, _)| key(context, *user)).collect(),
            labels: people.iter().take(SHOWN).map(label).collect(),
            files: files(people.iter().skip(SHOWN)),
            names: names(context, &people),
            power: power(context, &people),
        })
    }
}

fn of_boundary(
    context: &Context<'_, '_>,
    owner: Entity,
    row: u32,
    (boundary, named_at): (Entity, Origin),
    outside: &Outside,
) -> Option<Match> {
    let tenant = context.graph.tenant;
    let grant = tenant.grants.get(row as usize)?;
    let mut found = Match::of(context, owner, Place { origin: grant.origin, part: Part::Scope });
    if owner.kind == Kind::Role {
        let landing = role_landing(context, owner.row, Vec::new());
        found.witness = steps(context, landing.start, &landing.way);
    }
    found.witness.extend(grant_step(context, owner, row));
    found.ends = Some(Ends::entries(vec![owner], [row]));
    let permission = found.witness.last().map(|step| step.to.clone())?;
    let (first, joined) = outside.first;
    let to = named(context, boundary);
    found.witness.push(Step {
        edge: EdgeKind::Impersonates.word(),
        from: permission,
        to: to.clone(),
        over: None,
        place: Place::reference(named_at),
    });
    found.witness.push(Step {
        edge: "has-member",
        from: to,
        to: named(context, first),
        over: None,
        place: Place::reference(joined),
    });
    found.related.clone_from(&outside.labels);
    found.identity = identity(context, [(owner, grant)].into_iter());
    found.identity.push(key(context, boundary));
    found.pieces = pieces(context, [(owner, grant)].into_iter());
    found.pieces.push(Piece::Thing(key(context, boundary)));
    found.crowd = Arc::clone(&outside.keys);
    found.files.clone_from(&outside.files);
    found.facts.extend([
        ("permission", format!("`{}`", tenant.permissions.spelling(grant.permission))),
        ("boundary", wording::entity(context, boundary)),
        ("mend", format!("take {} out of {}", outside.names, wording::entity(context, boundary))),
        ("power", outside.power.clone()),
    ]);
    found.facts.extend(counted(outside.names.clone(), outside.count));
    Some(found)
}

/// What the most powerful of them may do: `` `Olga Petrova` may do `authorization:role:edit` over All ``.
fn power(context: &Context<'_, '_>, people: &[(Entity, Origin)]) -> String {
    let ranks: Vec<Permission> =
        ADMINISTRATION.lines().filter(|l| !l.starts_with('#')).filter_map(|l| Permission::parse(l, None)).collect();
    // People with the same roles and groups may do the same; a big group has few sorts.
    let mut sorts: HashMap<Vec<Entity>, Entity> = HashMap::new();
    for (user, _) in people {
        let from = |kind| context.graph.entities_from(*user, kind).map(|(e, _)| e);
        let mut sort: Vec<Entity> = from(EdgeKind::Holds).chain(from(EdgeKind::MemberOf)).collect();
        sort.sort_unstable();
        sorts.entry(sort).or_insert(*user);
    }
    let mut sorts: Vec<Entity> = sorts.into_values().collect();
    sorts.sort_by_cached_key(|user| context.graph.order_key(*user));
    let best = sorts
        .into_iter()
        .map(|user| (user, strongest(context, &ranks, user)))
        .min_by_key(|(_, (rank, count, _))| (*rank, usize::MAX - *count));
    match best {
        Some((user, (_, _, grants))) if !grants.is_empty() => {
            format!("{} may do {}", wording::entity(context, user), grants.join(" and "))
        }
        _ => "the export shows no permissions of theirs".to_owned(),
    }
}

/// How high the best permission of a user ranks, how many there are, and the best few in words.
fn strongest(context: &Context<'_, '_>, ranks: &[Permission], user: Entity) -> (usize, usize, Vec<String>) {
    let tenant = context.graph.tenant;
    let mut all = Vec::new();
    for grant in context.graph.grants_had(user) {
        let Some(grant) = tenant.grants.get(grant as usize) else { continue };
        let Some(permission) = tenant.permissions.get(grant.permission) else { continue };
        let is_near = |known: &Permission| permission.covers(known) || known.covers(permission);
        let rank = match permission.parts() {
            ["*", "*", "*"] => 0,
            _ => 1 + ranks.iter().position(is_near).unwrap_or(ranks.len()),
        };
        let width = usize::from(!select::is_all(context, grant));
        let spelling = tenant.permissions.spelling(grant.permission);
        let words = format!("`{spelling}` over {}", tenant.scope_phrase(grant));
        all.push((rank * 2 + width, spelling, context.reach_order(grant), words));
    }
    all.sort();
    all.dedup();
    let rank = all.first().map_or(usize::MAX, |(rank, ..)| *rank);
    let count = all.len();
    (rank, count, all.into_iter().take(2).map(|(.., words)| words).collect())
}
