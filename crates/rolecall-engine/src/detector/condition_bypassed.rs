//! Conditions that narrow nothing: the same people hold the permission without one.

use crate::context::Context;
use crate::matching::{Match, edge_labels, grant_step, key, steps};
use crate::rule::spec::TierParams;
use crate::vocabulary::reach::is_denied;
use crate::vocabulary::{select, shown};
use crate::{Ends, Label, Piece, wording};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{EdgeKind, Holding};
use rolecall_model::{Entity, Grant, Kind, Origin, Part, PermissionId, Place, ScopeWord};

pub(super) const FACTS: &[&str] = &["subject", "permissions", "narrow", "wide", "holders"];

/// The people of the tier who hold a role, and how, by role.
type Holders = HashMap<u32, HashMap<Entity, Holding>>;

/// The first entries of a role that give a permission, by whether a condition narrows them.
struct Entries {
    role: u32,
    narrow: Option<u32>,
    wide: Option<u32>,
}

/// One finding for each pair of roles of which one undoes the other's conditions for somebody.
/// Cost: linear in entries, and pairs of roles that share a permission, times the smaller number of holders.
pub(super) fn matches(context: &Context<'_, '_>, params: &TierParams) -> Vec<Match> {
    let graph = context.graph;
    let pairs = pairs(context);
    let mut holders = Holders::new();
    let mut found: Vec<Match> = pairs
        .into_iter()
        .filter_map(|(roles, mut entries)| {
            entries.sort_unstable();
            of_pair(context, params, roles, &entries, &mut holders)
        })
        .collect();
    found.sort_by_cached_key(|m| (graph.order_key(m.subject), m.identity.clone()));
    found
}

/// For each role that narrows something and each that gives as much without a condition, the entries of both.
fn pairs(context: &Context<'_, '_>) -> HashMap<(u32, u32), Vec<(u32, u32)>> {
    let tenant = context.graph.tenant;
    let mut by_permission: Vec<Vec<Entries>> = tenant.permissions.iter().map(|_| Vec::new()).collect();
    for role in tenant.entities(Kind::Role) {
        let list = tenant.grants_of(role);
        for (row, grant) in (list.start..).zip(tenant.grants(list)) {
            let Some(roles) = by_permission.get_mut(grant.permission.index()) else { continue };
            // Roles come one after the other, so that the last is the only one that may be this.
            if roles.last().is_none_or(|last| last.role != role.row) {
                roles.push(Entries { role: role.row, narrow: None, wide: None });
            }
            let Some(entries) = roles.last_mut() else { continue };
            let place = if is_conditioned(grant) { &mut entries.narrow } else { &mut entries.wide };
            place.get_or_insert(row);
        }
    }
    let of = |id: PermissionId| by_permission.get(id.index()).map(Vec::as_slice).unwrap_or_default();
    let mut pairs: HashMap<(u32, u32), Vec<(u32, u32)>> = HashMap::new();
    for (id, narrowed) in tenant.permissions.iter() {
        let narrow: Vec<(u32, u32)> =
            of(id).iter().filter_map(|entries| Some((entries.role, entries.narrow?))).collect();
        if narrow.is_empty() {
            continue;
        }
        // A wildcard gives what a condition elsewhere narrows, and has narrowed what is given elsewhere.
        for wide in context.permissions_near(narrowed) {
            if !tenant.permissions.get(wide).is_some_and(|given| given.overlaps(narrowed)) {
                continue;
            }
            for &(narrow_role, narrow_row) in &narrow {
                for entries in of(wide) {
                    let Some(row) = entries.wide else { continue };
                    pairs.entry((narrow_role, entries.role)).or_default().push((narrow_row, row));
                }
            }
        }
    }
    pairs
}

/// Whether a condition narrows an entry.
fn is_conditioned(grant: &Grant) -> bool {
    matches!(grant.scope, ScopeWord::Condition | ScopeWord::Own | ScopeWord::Assigned)
}

fn of_pair(
    context: &Context<'_, '_>,
    params: &TierParams,
    (narrow, wide): (u32, u32),
    entries: &[(u32, u32)],
    holders: &mut Holders,
) -> Option<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let given = |row: u32| tenant.grants.get(row as usize);
    for role in [narrow, wide] {
        holders.entry(role).or_insert_with(|| {
            let all = graph.holders_unsorted(&[role]).into_iter().map(|holding| (holding.principal, holding));
            all.filter(|(who, _)| context.tiers.contains(params.tier.as_ref(), *who)).collect()
        });
    }
    let (of_narrow, of_wide) = (holders.get(&narrow)?, holders.get(&wide)?);
    let mut both: Vec<Holding> = of_wide.values().filter(|h| of_narrow.contains_key(&h.principal)).copied().collect();
    // What policies deny somebody, nobody gives them; of several entries those count that anybody is left.
    let is_left = |who: Entity, row: u32| given(row).is_some_and(|grant| !is_denied(context, who, grant));
    let mut entries = entries.to_vec();
    if !tenant.denials.is_empty() {
        both.retain(|holding| entries.iter().any(|(_, wide)| is_left(holding.principal, *wide)));
        entries.retain(|(_, wide)| both.iter().any(|holding| is_left(holding.principal, *wide)));
    }
    both.sort_by_cached_key(|holding| graph.order_key(holding.principal));
    // Whoever holds the role without a group shows it best.
    let &holding = both.iter().find(|holding| holding.group.is_none()).or(both.first())?;
    let first = holding.principal;
    let &(narrow_row, wide_row) = entries.first()?;
    let (narrowed, widened) = (given(narrow_row)?, given(wide_row)?);
    let role = |row: u32| Entity { kind: Kind::Role, row };
    let subject = if narrow == wide || both.len() > 1 { role(wide) } else { first };
    let mut found = Match::of(context, subject, Place { origin: widened.origin, part: Part::Scope });
    let way = holding.way(graph);
    found.witness = steps(context, first, &way);
    found.witness.extend(grant_step(context, role(wide), wide_row));
    found.related.push(Label {
        place: Place { origin: narrowed.origin, part: Part::Scope },
        text: format!("{} narrows it by a condition", wording::entity(context, role(narrow))),
    });
    found.related.extend(edge_labels(context, first, &way));
    let from = both.iter().map(|holding| holding.principal).collect();
    found.ends = Some(Ends::entries(from, entries.iter().map(|(_, row)| *row)));
    let people: HashSet<Entity> = both.iter().map(|holding| holding.principal).collect();
    let is_meant = |who: Entity| people.contains(&who);
    found.mending.ways = ways(context, wide, &is_meant);
    let wide_entries = entries.iter().filter_map(|(_, row)| tenant.grants.get(*row as usize));
    found.mending.cuts = vec![wide_entries.map(|grant| grant.origin).collect()];
    // Of two that overlap, what both have is given: the one that says less.
    let shared = |narrow: PermissionId, wide: PermissionId| {
        let pair = tenant.permissions.get(narrow).zip(tenant.permissions.get(wide));
        if pair.is_some_and(|(narrow, wide)| narrow.covers(wide) && !wide.covers(narrow)) { wide } else { narrow }
    };
    let pairs = entries.iter().filter_map(|(narrow, wide)| Some((given(*narrow)?, given(*wide)?)));
    let mut names: Vec<&str> =
        pairs.map(|(narrow, wide)| tenant.permissions.spelling(shared(narrow.permission, wide.permission))).collect();
    names.sort_unstable();
    names.dedup();
    found.identity = names.iter().map(|name| (*name).to_owned()).collect();
    found.identity.push(key(context, role(narrow)));
    found.identity.push(key(context, role(wide)));
    found.pieces = names.iter().map(|name| Piece::Thing((*name).to_owned())).collect();
    found.pieces.push(Piece::Thing(format!("{}, {}", key(context, role(narrow)), key(context, role(wide)))));
    found.let_in(context, both.iter().map(|holding| holding.principal), role(wide));
    let people = both.iter().map(|holding| tenant.name(holding.principal));
    found.facts.extend([
        ("permissions", wording::some_of(names)),
        ("narrow", wording::entity(context, role(narrow))),
        ("wide", wording::entity(context, role(wide))),
        ("holders", wording::some_of(people)),
    ]);
    Some(found)
}

/// Every way by which those who are meant hold a role, as the places of its edges.
fn ways(context: &Context<'_, '_>, role: u32, is_meant: &dyn Fn(Entity) -> bool) -> Vec<Vec<Origin>> {
    let graph = context.graph;
    let mut ways = Vec::new();
    for (holder, holds) in graph.entities_into(Entity { kind: Kind::Role, row: role }, EdgeKind::Holds) {
        if holder.kind == Kind::Group {
            let members = graph.entities_into_of(holder, EdgeKind::MemberOf, is_meant);
            ways.extend(members.map(|(_, joined)| vec![joined, holds]));
        } else if is_meant(holder) {
            ways.push(vec![holds]);
        }
    }
    ways
}

pub(super) fn lacking(context: &Context<'_, '_>, params: &TierParams) -> Option<String> {
    if context.graph.tenant.roles.is_empty() {
        return Some("no roles in the input".to_owned());
    }
    select::tier_lacking(context, params.tier.as_ref()).or_else(|| shown::holders(context))
}
