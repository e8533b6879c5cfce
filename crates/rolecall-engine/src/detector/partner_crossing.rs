//! One partner's people who reach what is another partner's.

mod limits;

use crate::context::Context;
use crate::matching::{Match, edge_labels, grant_step, key, steps};
use crate::rule::spec::CrossingPattern;
use crate::standing::sorts;
use crate::vocabulary::reach::is_denied;
use crate::vocabulary::shown;
use crate::{Ends, Piece, wording};
use hashbrown::{HashMap, HashSet};
use limits::{Assumed, Crossed, Limit, Limits};
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Entity, Kind, Origin, Part, PermissionId, Place};
use std::collections::{BTreeMap, BTreeSet};

/// How many pairs of partners a finding gives a sentence before it only counts.
const TOLD: usize = 6;

pub(super) const FACTS: &[&str] = &["subject", "crossings", "role", "partners"];

/// What one partner's people reach of another's, as it is gathered.
#[derive(Default)]
struct Gathered {
    people: HashSet<Entity>,
    /// The numbers of the lists of things.
    lists: BTreeSet<usize>,
    /// Whether it is everything, whatever it is.
    is_all: bool,
    permissions: BTreeSet<PermissionId>,
}

/// The same in order, to be told.
struct Crossing {
    people: Vec<Entity>,
    things: Vec<Entity>,
    is_all: bool,
    permissions: Vec<String>,
}

impl Crossing {
    fn new(context: &Context<'_, '_>, limits: &Limits<'_, '_, '_>, gathered: Gathered) -> Self {
        let graph = context.graph;
        let in_order = |mut list: Vec<Entity>| {
            list.sort_by_cached_key(|entity| graph.order_key(*entity));
            list.dedup();
            list
        };
        let things = gathered.lists.iter().flat_map(|list| limits.things(*list)).copied();
        let spelling = |permission: &PermissionId| graph.tenant.permissions.spelling(*permission).to_owned();
        let mut permissions: Vec<String> = gathered.permissions.iter().map(spelling).collect();
        permissions.sort();
        permissions.dedup();
        Self {
            people: in_order(gathered.people.into_iter().collect()),
            things: in_order(things.collect()),
            is_all: gathered.is_all,
            permissions,
        }
    }
}

/// Everything that one role, account or seat on a queue lets partners reach of each other.
#[derive(Default)]
struct Cause {
    /// By who sees whom: the numbers of the partners.
    pairs: BTreeMap<(usize, usize), Gathered>,
    /// The shortest way shows it, whoever's it is.
    first: Option<(Entity, Access, Limit)>,
    /// The entries by which they reach it.
    grants: Vec<u32>,
    /// Every way of everybody, as the places of its edges.
    ways: Vec<Vec<Origin>>,
}

/// By who is to blame. An entry over everything is a cause of its own, since other rules may report it, and so is what
/// rests on what is not known.
type Causes = HashMap<(Entity, Option<u32>, Option<Assumed>), Cause>;

/// One finding for each role, account or seat that lets one partner reach what is another's.
pub(super) fn matches(context: &Context<'_, '_>, params: &CrossingPattern) -> Vec<Match> {
    if context.partners.len() < 2 {
        return Vec::new();
    }
    let mut causes: Causes = HashMap::new();
    let mut limits = Limits::new(context, params);
    for partner in 0..context.partners.len() {
        cross(context, &mut limits, partner, &mut causes);
    }
    // In order of entry: what is the same but for that is one finding, which the first of them begins.
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|((_, entry, assumed), _)| (*entry, *assumed));
    let of = |((blamed, _, _), cause)| of_cause(context, &limits, blamed, cause);
    let mut found: Vec<Match> = causes.into_iter().filter_map(of).collect();
    found.sort_by_cached_key(|m: &Match| (context.graph.order_key(m.subject), m.identity.clone()));
    found
}

fn cross(context: &Context<'_, '_>, limits: &mut Limits<'_, '_, '_>, partner: usize, causes: &mut Causes) {
    let graph = context.graph;
    let Some(tier) = context.tiers.get(name(context, partner)) else { return };
    let everybody = graph.tenant.entities(Kind::User).chain(graph.tenant.entities(Kind::ServiceAccount));
    // Of those who stand alike one is looked at.
    for alike in sorts(context, everybody.filter(|who| tier.contains(*who))) {
        let Some(who) = alike.first() else { continue };
        let edges = Edges::new(context, &alike);
        for access in graph.ways(*who, |row| limits.is_asked(row)) {
            let Some(grant) = graph.tenant.grants.get(access.grant as usize) else { continue };
            let Some(owner) = graph.owner(access.grant) else { continue };
            if is_denied(context, *who, grant) {
                continue;
            }
            for limit in limits.of(*who, grant, &access) {
                let crossed = match limit.within {
                    Some(within) => limits.crossed(within, grant.permission, partner),
                    None => limits.everything(partner),
                };
                if crossed.is_empty() {
                    continue;
                }
                let blamed = limit.within.filter(|_| limit.is_seat).unwrap_or(owner);
                let whole = limit.within.is_none().then_some(access.grant);
                let cause = causes.entry((blamed, whole, limit.assumed)).or_default();
                for Crossed { other, list, .. } in crossed {
                    let gathered = cause.pairs.entry((partner, other)).or_default();
                    gathered.is_all |= limit.within.is_none();
                    gathered.lists.extend(list);
                    gathered.people.extend(&alike);
                    gathered.permissions.insert(grant.permission);
                }
                cause.grants.push(access.grant);
                cause.ways.extend(edges.ways(&access, grant.origin, limit.stated));
                let is_nearer = |(_, known, _): &(Entity, Access, Limit)| access.via.len() < known.via.len();
                if cause.first.as_ref().is_none_or(is_nearer) {
                    cause.first = Some((*who, access.clone(), limit));
                }
            }
        }
    }
}

/// The first edges of everybody of a sort: their own, while what lies behind is shared.
struct Edges(Vec<HashMap<(EdgeKind, Entity), Vec<Origin>>>);

impl Edges {
    fn new(context: &Context<'_, '_>, alike: &[Entity]) -> Self {
        let of = |who: &Entity| {
            let mut own: HashMap<(EdgeKind, Entity), Vec<Origin>> = HashMap::new();
            for kind in [EdgeKind::MemberOf, EdgeKind::Holds] {
                for (to, origin) in context.graph.entities_from(*who, kind) {
                    own.entry((kind, to)).or_default().push(origin);
                }
            }
            own
        };
        Self(alike.iter().map(of).collect())
    }

    /// The ways of all of them along `access` to an entry, and what limits it.
    fn ways(&self, access: &Access, entry: Origin, limit: Option<Origin>) -> Vec<Vec<Origin>> {
        let shared: Vec<Origin> = access.via.iter().skip(1).map(|via| via.origin).chain([entry]).chain(limit).collect();
        let Some(first) = access.via.first() else { return vec![shared] };
        let own = self.0.iter().filter_map(|edges| edges.get(&(first.kind, first.to))).flatten();
        own.map(|origin| std::iter::once(*origin).chain(shared.iter().copied()).collect()).collect()
    }
}

fn of_cause(context: &Context<'_, '_>, limits: &Limits<'_, '_, '_>, blamed: Entity, cause: Cause) -> Option<Match> {
    let graph = context.graph;
    let (start, access, limit) = cause.first?;
    let owner = graph.owner(access.grant)?;
    let pairs = cause.pairs.into_iter().map(|(pair, gathered)| (pair, Crossing::new(context, limits, gathered)));
    let pairs: BTreeMap<(usize, usize), Crossing> = pairs.collect();
    let people: HashSet<Entity> = pairs.values().flat_map(|crossing| &crossing.people).copied().collect();
    let mut people: Vec<Entity> = people.into_iter().collect();
    people.sort_unstable();
    let is_own = pairs.keys().any(|(partner, _)| is_of(context, *partner, owner));
    let subject = match people.as_slice() {
        [only] if !is_own && !limit.is_seat => *only,
        _ => blamed,
    };
    let origin = limit.stated.or_else(|| graph.tenant.grants.get(access.grant as usize).map(|grant| grant.origin))?;
    let place = if limit.is_seat { Place::reference(origin) } else { Place { origin, part: Part::Scope } };
    let mut matched = Match::of(context, subject, place);
    matched.ends = Some(Ends::entries(people.clone(), cause.grants));
    matched.is_assumed = limit.assumed.is_some();
    matched.mending.ways = cause.ways;
    matched.witness = steps(context, start, &access.via);
    matched.witness.extend(grant_step(context, owner, access.grant));
    matched.related = edge_labels(context, start, &access.via);
    matched.identity = vec![key(context, owner)];
    matched.identity.extend(limit.assumed.map(|assumed| assumed.word().to_owned()));
    matched.identity.extend(pairs.iter().flat_map(|(pair, crossing)| identity(context, *pair, crossing)));
    matched.pieces = pairs.iter().flat_map(|(pair, crossing)| pieces(context, *pair, crossing)).collect();
    matched.pieces.push(Piece::Thing(key(context, owner)));
    // What is certain is more than what is assumed.
    matched.pieces.extend(limit.assumed.is_none().then(|| Piece::Thing("certainly".to_owned())));
    matched.let_in(context, people.iter().copied(), blamed);
    // A sentence for each of many pairs says less than their number.
    let told = if pairs.len() > TOLD + 1 { TOLD } else { pairs.len() };
    let said = pairs.iter().take(told).map(|(pair, crossing)| words(context, *pair, crossing));
    let more = Some(pairs.len() - told).filter(|more| *more > 0);
    let more = more.map(|more| format!("and {} other pairs of partners likewise", wording::thousands(more)));
    let said: Vec<String> = said.chain(more).collect();
    let mut partners: Vec<&str> = pairs.keys().map(|(partner, _)| name(context, *partner)).collect();
    partners.dedup();
    matched.facts.extend([
        ("crossings", said.join("; ") + &limit.assumed.map(Assumed::so_far).unwrap_or_default()),
        ("role", wording::entity(context, owner)),
        ("partners", wording::some_of(partners)),
    ]);
    Some(matched)
}

fn is_of(context: &Context<'_, '_>, partner: usize, entity: Entity) -> bool {
    context.tiers.contains(name(context, partner), entity)
}

fn name<'c>(context: &'c Context<'_, '_>, partner: usize) -> &'c str {
    context.partners.get(partner).copied().unwrap_or_default()
}

fn identity(context: &Context<'_, '_>, (partner, other): (usize, usize), crossing: &Crossing) -> Vec<String> {
    let mut identity = vec![name(context, partner).to_owned(), name(context, other).to_owned()];
    identity.extend(crossing.things.iter().map(|thing| key(context, *thing)));
    identity.extend(crossing.permissions.iter().cloned());
    identity
}

/// The same, each with whose it is, so that it is not taken for another partner's.
fn pieces(context: &Context<'_, '_>, (partner, other): (usize, usize), crossing: &Crossing) -> Vec<Piece> {
    let things = crossing.things.iter().map(|thing| key(context, *thing));
    let all =
        things.chain(crossing.permissions.iter().cloned()).chain(crossing.is_all.then(|| "everything".to_owned()));
    let of = |what: String| Piece::Thing(format!("{} {} {what}", name(context, partner), name(context, other)));
    all.map(of).collect()
}

/// `Ana Reis` of `alpha` sees queue `Billing` of `beta` by `routing:queue:view`
fn words(context: &Context<'_, '_>, (partner, other): (usize, usize), crossing: &Crossing) -> String {
    let tenant = context.graph.tenant;
    let people = wording::some_of(crossing.people.iter().map(|who| tenant.name(*who)));
    let verb = if crossing.people.len() == 1 { "sees" } else { "see" };
    let things = if crossing.is_all { "everything".to_owned() } else { wording::some(context, &crossing.things) };
    let permissions = wording::some_of(crossing.permissions.iter().map(String::as_str));
    format!("{people} of `{}` {verb} {things} of `{}` by {permissions}", name(context, partner), name(context, other))
}

pub(super) fn lacking(context: &Context<'_, '_>) -> Option<String> {
    let tenant = context.graph.tenant;
    // Without two partners there is nothing between partners to miss.
    let is_asked = context.partners.len() > 1;
    let is_empty = [Kind::Queue, Kind::User, Kind::Group].into_iter().all(|kind| tenant.count(kind) == 0);
    match is_empty {
        _ if !is_asked => None,
        true => Some("no queues, users or groups in the input".to_owned()),
        false => shown::holders(context),
    }
}
