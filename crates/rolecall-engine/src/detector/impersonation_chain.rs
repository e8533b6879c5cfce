//! Chains of impersonation that end in administration.

use crate::context::Context;
use crate::landing::role_landing;
use crate::matching::{Match, grant_step, key, named, steps};
use crate::rule::spec::ScopeTest;
use crate::vocabulary::grant::{identity, pieces};
use crate::vocabulary::select::{self, Meant};
use crate::vocabulary::shown;
use crate::{Ends, Piece, Step, wording};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{EdgeKind, Span};
use rolecall_model::{Entity, Grant, Kind, Origin, Part, Place};
use std::collections::BTreeMap;

pub(super) const FACTS: &[&str] = &["subject", "permission", "administrator", "chain"];

/// What administers, by the names of what permissions are good for. `privileged-permission` asks for the same.
const ADMINISTRATION: [&str; 2] = ["administration", "identity-takeover"];

/// One step of a chain: who becomes whom by which entry, and over which boundary.
#[derive(Clone, Copy)]
struct Hop {
    user: Entity,
    grant: u32,
    boundary: Option<(Entity, Origin)>,
}

/// One finding for each entry that starts a chain: at its scope, with the shortest chain.
pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let spans: BTreeMap<u32, Span> =
        (0..).zip(&tenant.grants).filter_map(|(row, _)| Some((row, graph.impersonation(row)?))).collect();
    if spans.is_empty() {
        return Vec::new();
    }
    let chains = Chains::new(context, spans);
    let of = |row: &u32| {
        let owner = graph.owner(*row)?;
        if chains.is_administration(owner) { None } else { of_chain(context, owner, *row, &chains.from(*row)) }
    };
    let mut found: Vec<Match> = chains.spans.keys().filter_map(of).collect();
    found.sort_by_cached_key(|m| (m.witness.len(), graph.order_key(m.subject)));
    found
}

/// A group or view that entries are limited to; `None` is everyone.
type Boundary = Option<Entity>;

/// The shortest ways from entries to administrators. They are looked for from the administrators back, over
/// users, boundaries and entries, each of them once, and so for all entries together.
struct Chains<'s, 'c, 't> {
    context: &'s Context<'c, 't>,
    /// Whom each entry reaches.
    spans: BTreeMap<u32, Span>,
    /// Who holds an entry, by whoever states it.
    holders: HashMap<Entity, HashSet<Entity>>,
    /// The entries that somebody has, in order.
    powers: HashMap<Entity, Vec<u32>>,
    administrators: HashSet<Entity>,
    /// In how many steps an administrator is reached from a boundary, and by whom in it the first of them leads.
    steps: HashMap<Boundary, (usize, Hop)>,
}

impl<'s, 'c, 't> Chains<'s, 'c, 't> {
    fn new(context: &'s Context<'c, 't>, spans: BTreeMap<u32, Span>) -> Self {
        let graph = context.graph;
        let mut holders: HashMap<Entity, HashSet<Entity>> = HashMap::new();
        let mut powers: HashMap<Entity, Vec<u32>> = HashMap::new();
        for row in spans.keys() {
            let Some(owner) = graph.owner(*row) else { continue };
            let held = holders.entry(owner).or_insert_with(|| match owner.kind {
                Kind::Role => graph.principals(&graph.heirs(owner.row)),
                _ => HashSet::from([owner]),
            });
            for holder in held.iter() {
                powers.entry(*holder).or_default().push(*row);
            }
        }
        let administrators = administrators(context);
        let mut chains = Self { context, spans, holders, powers, administrators, steps: HashMap::new() };
        chains.look_back();
        chains
    }

    /// Whether all who hold an entry administer already, so that it leads them nowhere.
    fn is_administration(&self, owner: Entity) -> bool {
        let holders = self.holders.get(&owner);
        holders.is_some_and(|all| !all.is_empty() && all.iter().all(|holder| self.administrators.contains(holder)))
    }

    /// From the administrators back to every boundary that leads to one.
    fn look_back(&mut self) {
        let mut entries: HashMap<Boundary, Vec<u32>> = HashMap::new();
        for (row, span) in &self.spans {
            boundaries(span).for_each(|boundary| entries.entry(boundary).or_default().push(*row));
        }
        let is_administrator = |user: Entity| self.administrators.contains(&user).then_some(0);
        let mut near: Vec<(Boundary, Hop)> = entries
            .keys()
            .filter_map(|boundary| Some((*boundary, self.first_of(*boundary, &is_administrator)?)))
            .collect();
        // Entries by the number of steps, and users who had any entry already.
        let mut reached: HashMap<u32, usize> = HashMap::new();
        let mut seen: HashSet<Entity> = HashSet::new();
        for count in 1.. {
            let mut beyond: HashSet<Boundary> = HashSet::new();
            for (boundary, hop) in near.drain(..) {
                self.steps.insert(boundary, (count, hop));
                for row in entries.get(&boundary).into_iter().flatten() {
                    if reached.contains_key(row) {
                        continue;
                    }
                    reached.insert(*row, count);
                    let holders = self.context.graph.owner(*row).and_then(|owner| self.holders.get(&owner));
                    let fresh = holders.into_iter().flatten().filter(|h| h.kind == Kind::User && seen.insert(**h));
                    beyond.extend(fresh.flat_map(|user| self.around(*user)));
                }
            }
            let next = |user: Entity| {
                let own = self.powers.get(&user).into_iter().flatten();
                own.copied().find(|row| reached.get(row) == Some(&count))
            };
            let open = beyond.into_iter().filter(|b| entries.contains_key(b) && !self.steps.contains_key(b));
            near = open.filter_map(|boundary| Some((boundary, self.first_of(boundary, &next)?))).collect();
            if near.is_empty() {
                break;
            }
        }
    }

    /// The boundaries that a user is within.
    fn around(&self, user: Entity) -> impl Iterator<Item = Boundary> + '_ {
        let edges = [EdgeKind::MemberOf, EdgeKind::InView].into_iter();
        let own = edges.flat_map(move |edge| self.context.graph.entities_from(user, edge));
        own.map(|(boundary, _)| Some(boundary)).chain([None])
    }

    /// Of those within a boundary who have the entry that is asked for, the one that sorts first.
    fn first_of(&self, boundary: Boundary, entry: &dyn Fn(Entity) -> Option<u32>) -> Option<Hop> {
        let graph = self.context.graph;
        let hop = |user: Entity| entry(user).map(|grant| Hop { user, grant, boundary: None });
        let by_name = |a: &Hop, b: &Hop| graph.order_key(a.user).cmp(&graph.order_key(b.user));
        match boundary {
            None => graph.tenant.entities(Kind::User).filter_map(hop).min_by(by_name),
            Some(of) => {
                let edge = if of.kind == Kind::View { EdgeKind::InView } else { EdgeKind::MemberOf };
                let people = graph.sources(of, edge).filter(|user| user.kind == Kind::User);
                let first = people.filter_map(hop).min_by(by_name)?;
                Some(Hop { boundary: Some((of, graph.stated(first.user, edge, of)?)), ..first })
            }
        }
    }

    /// The shortest chain from an entry to an administrator; empty where there is none. Each hop has the entry
    /// that leads to its user.
    fn from(&self, start: u32) -> Vec<Hop> {
        let mut hops = Vec::new();
        let mut grant = start;
        loop {
            let all = self.spans.get(&grant).into_iter().flat_map(boundaries);
            // Of equally near boundaries the first.
            let nearest = all.filter_map(|boundary| self.steps.get(&boundary)).min_by_key(|(count, _)| *count);
            let Some((count, hop)) = nearest else { return hops };
            hops.push(Hop { grant, ..*hop });
            if *count == 1 {
                return hops;
            }
            grant = hop.grant;
        }
    }
}

/// What an entry is limited to, in order.
fn boundaries(span: &Span) -> impl Iterator<Item = Boundary> + '_ {
    let (everyone, limits) = match span {
        Span::Everyone => (Some(None), [].as_slice()),
        Span::Limited(limits) => (None, limits.as_slice()),
    };
    everyone.into_iter().chain(limits.iter().map(|(boundary, _)| Some(*boundary)))
}

/// Everybody who may administer more than themselves.
fn administrators(context: &Context<'_, '_>) -> HashSet<Entity> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let meant: Vec<&Meant> = ADMINISTRATION.iter().filter_map(|name| context.capability(name)).collect();
    let is_one = |entity: &Entity| {
        let grants = tenant.grants(tenant.grants_of(*entity));
        let is_wide = |grant: &Grant| select::is_scope(context, Some(&[ScopeTest::WiderThanSelf]), grant);
        grants.iter().any(|grant| meant.iter().any(|all| all.has(grant.permission)) && is_wide(grant))
    };
    let roles: Vec<u32> = tenant.entities(Kind::Role).filter(is_one).map(|role| role.row).collect();
    let heirs = graph.spread(roles, |_| false);
    let mut found: HashSet<Entity> = graph.principals(heirs.roles());
    found.extend(tenant.entities(Kind::ServiceAccount).filter(is_one));
    found
}

fn of_chain(context: &Context<'_, '_>, owner: Entity, row: u32, hops: &[Hop]) -> Option<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let end = hops.last()?.user;
    let grant = tenant.grants.get(row as usize)?;
    let mut matched = Match::of(context, owner, Place { origin: grant.origin, part: Part::Scope });
    matched.ends = Some(Ends::entries(vec![owner], [row]));
    matched.identity = identity(context, [(owner, grant)].into_iter());
    if owner.kind == Kind::Role {
        let landing = role_landing(context, owner.row, Vec::new());
        matched.witness = steps(context, landing.start, &landing.way);
    }
    let mut names = Vec::new();
    let mut before: Option<Entity> = None;
    for hop in hops {
        let user = hop.user;
        // Whoever was impersonated last has the next entry by a way of their own.
        let ways = before.replace(user).map(|last| (last, graph.ways(last, |row| row == hop.grant)));
        if let Some((last, way)) = ways.as_ref().and_then(|(last, ways)| Some((*last, ways.first()?))) {
            matched.witness.extend(steps(context, last, &way.via));
        }
        matched.witness.extend(grant_step(context, graph.owner(hop.grant)?, hop.grant));
        let from = matched.witness.last().map(|step| step.to.clone())?;
        let origin = tenant.grants.get(hop.grant as usize)?.origin;
        let place = hop.boundary.map_or(Place::whole(origin), |(_, joined)| Place::reference(joined));
        let to = named(context, user);
        matched.witness.push(Step { edge: EdgeKind::Impersonates.word(), from, to, over: None, place });
        matched.identity.push(key(context, user));
        names.push(format!("`{}`", tenant.name(user)));
        if let Some((boundary, joined)) = hop.boundary {
            matched.related.push(crate::matching::edge_label(context, user, EdgeKind::MemberOf, boundary, joined));
        }
    }
    // Less of a chain is another chain, with another administrator at its end.
    matched.pieces = pieces(context, [(owner, grant)].into_iter());
    matched.pieces.push(Piece::Thing(hops.iter().map(|hop| key(context, hop.user)).collect::<Vec<_>>().join(", ")));
    matched.facts.extend([
        ("permission", format!("`{}`", tenant.permissions.spelling(grant.permission))),
        ("administrator", wording::entity(context, end)),
        ("chain", names.join(", then ")),
    ]);
    Some(matched)
}

pub(super) fn lacking(context: &Context<'_, '_>) -> Option<String> {
    let no_users = context.graph.tenant.users.is_empty().then(|| "no users in the input".to_owned());
    no_users.or_else(|| shown::holders(context)).or_else(|| shown::members(context))
}
