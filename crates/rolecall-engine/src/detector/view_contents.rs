//! Views that show more than whoever holds them should see.

use crate::context::Context;
use crate::landing::{Edges, Landing, land};
use crate::matching::{Match, edge_labels, grant_step, key, steps};
use crate::rule::spec::TierParams;
use crate::vocabulary::{region, select, shown};
use crate::wording;
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{EdgeKind, Via};
use rolecall_model::{Entity, Kind, Origin, Place, ScopeWord, Sym};
use std::cmp::Reverse;

pub(super) const FACTS: &[&str] = &["subject", "view", "contents", "permissions", "region"];

/// What is asked of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether it holds a queue with anybody who is not of the tier.
    Outsiders,
    /// Whether it holds a queue or a user of another region than its holders work in.
    Regions,
}

/// One finding for each who has it and view: at the reference to the view in the first entry that has it.
pub(super) fn matches(context: &Context<'_, '_>, params: &TierParams, question: Question) -> Vec<Match> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let mut exposed: HashMap<Entity, Vec<(Entity, Origin)>> = HashMap::new();
    let mut outsiders = Outsiders { context, params, known: HashMap::new() };
    let mut found = Vec::new();
    for owner in tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount)) {
        let list = tenant.grants_of(owner);
        let mut entries: HashMap<Entity, Vec<(u32, Origin)>> = HashMap::new();
        for (row, grant) in (list.start..).zip(tenant.grants(list)) {
            if grant.scope != ScopeWord::View {
                continue;
            }
            for target in tenant.refs(grant.targets) {
                for view in graph.directory.rows(Kind::View, target.target) {
                    let at = grant.origin.at(target.at);
                    entries.entry(Entity { kind: Kind::View, row: view }).or_default().push((row, at));
                }
            }
        }
        if entries.is_empty() {
            continue;
        }
        // Who has it is asked of the few that have views.
        let causes = landings(context, params, owner).into_iter().map(|landing| (regions(context, &landing), landing));
        let causes: Vec<(Regions, Landing)> = causes.collect();
        let mut views: Vec<(Entity, Vec<(u32, Origin)>)> = entries.into_iter().collect();
        views.sort_by_cached_key(|(view, _)| graph.order_key(*view));
        for ((view, entries), (regions, landing)) in views.iter().flat_map(|v| causes.iter().map(move |c| (v, c))) {
            let contents = match question {
                Question::Outsiders => exposed.entry(*view).or_insert_with(|| outsiders.on_queues_of(*view)).clone(),
                Question::Regions => abroad(context, *view, regions),
            };
            if !contents.is_empty() {
                found.extend(of_view(context, (landing, regions), (owner, *view), entries, &contents));
            }
        }
    }
    found.sort_by_cached_key(|m: &Match| (graph.order_key(m.subject), m.identity.clone()));
    found
}

/// Everybody of the tier who has what a role or service account states, one for each cause by which they have it.
fn landings(context: &Context<'_, '_>, params: &TierParams, owner: Entity) -> Vec<Landing> {
    let is_of_tier = |who: Entity| context.tiers.contains(params.tier.as_ref(), who);
    match owner.kind {
        // What an account states itself nobody else has.
        Kind::ServiceAccount => is_of_tier(owner).then(|| Landing::alone(owner)).into_iter().collect(),
        _ => {
            let edges = Edges { inherits: true, holds: true, member_of: true, counts_targets: true };
            land(context, &[owner.row], edges, &is_of_tier, None)
        }
    }
}

/// Regions by what tells each from others, with a word for it.
type Regions = HashMap<String, Sym>;

/// The regions of everybody whom a cause is about; an account works in none.
fn regions(context: &Context<'_, '_>, landing: &Landing) -> Regions {
    let graph = context.graph;
    let region = |user: Entity| match user.kind {
        Kind::User => graph.tenant.users.get(user.row as usize)?.region.map(|region| region.target),
        _ => None,
    };
    let words: HashSet<Sym> = match landing.subject.kind {
        _ if !landing.people.is_empty() => landing.people.iter().filter_map(|(who, _)| region(*who)).collect(),
        Kind::Role => graph.principals(&graph.heirs(landing.subject.row)).into_iter().filter_map(region).collect(),
        Kind::Group => graph.sources(landing.subject, EdgeKind::MemberOf).filter_map(region).collect(),
        _ => region(landing.subject).into_iter().collect(),
    };
    let mut words: Vec<Sym> = words.into_iter().collect();
    // Of several words for one, the same whatever comes first.
    words.sort_by_key(|word| Reverse(graph.tenant.str(*word)));
    words.into_iter().map(|word| (region::told_by(context, word), word)).collect()
}

/// Where anybody is who is not of the tier. Many views show the same queues, and many queues have the same groups.
struct Outsiders<'o, 'c, 't> {
    context: &'o Context<'c, 't>,
    params: &'o TierParams,
    /// Of queues and groups, whether one is among those who sit there.
    known: HashMap<Entity, bool>,
}

impl Outsiders<'_, '_, '_> {
    /// Queues in a view on which such a one sits, with the places that put them there.
    fn on_queues_of(&mut self, view: Entity) -> Vec<(Entity, Origin)> {
        let graph = self.context.graph;
        let queues = graph.entities_into_of(view, EdgeKind::InView, |entity| entity.kind == Kind::Queue);
        let mut queues: Vec<(Entity, Origin)> = queues.filter(|(queue, _)| self.are_among(*queue)).collect();
        queues.sort_by_cached_key(|(queue, _)| graph.order_key(*queue));
        queues
    }

    fn are_among(&mut self, at: Entity) -> bool {
        let edge = match at.kind {
            Kind::Queue => EdgeKind::OnQueue,
            Kind::Group => EdgeKind::MemberOf,
            Kind::User => return !self.context.tiers.contains(self.params.tier.as_ref(), at),
            // A group has people, and a queue has these and groups.
            _ => return false,
        };
        if let Some(known) = self.known.get(&at) {
            return *known;
        }
        let found = self.context.graph.sources(at, edge).any(|member| self.are_among(member));
        self.known.insert(at, found);
        found
    }
}

/// Queues and users in a view whose region some of the holders do not work in.
fn abroad(context: &Context<'_, '_>, view: Entity, regions: &Regions) -> Vec<(Entity, Origin)> {
    let graph = context.graph;
    let tenant = graph.tenant;
    if regions.is_empty() {
        return Vec::new();
    }
    let region = |entity: Entity| match entity.kind {
        Kind::Queue => tenant.queues.get(entity.row as usize)?.region,
        _ => tenant.users.get(entity.row as usize)?.region,
    };
    let own: HashSet<Sym> = regions.values().copied().collect();
    let is_other = |theirs: Sym| {
        let told_by = || region::told_by(context, theirs);
        regions.len() > 1 || (!own.contains(&theirs) && !regions.contains_key(&told_by()))
    };
    let is_abroad = |entity: Entity| region(entity).is_some_and(|region| is_other(region.target));
    let mut found: Vec<(Entity, Origin)> = graph.entities_into_of(view, EdgeKind::InView, is_abroad).collect();
    found.sort_by_cached_key(|(entity, _)| graph.order_key(*entity));
    found
}

fn of_view(
    context: &Context<'_, '_>,
    (landing, regions): (&Landing, &Regions),
    (owner, view): (Entity, Entity),
    entries: &[(u32, Origin)],
    contents: &[(Entity, Origin)],
) -> Option<Match> {
    let tenant = context.graph.tenant;
    let &(first, at) = entries.first()?;
    let mut matched = Match::of(context, landing.subject, Place::reference(at));
    matched.roles = landing.bearing_roles();
    matched.people = landing.bearing_people();
    matched.ends = landing.ends(entries.iter().map(|(row, _)| *row).collect(), Vec::new());
    matched.witness = steps(context, landing.start, &landing.way);
    matched.witness.extend(grant_step(context, owner, first));
    for (entity, origin) in contents {
        let in_view = Via { kind: EdgeKind::InView, to: view, origin: *origin };
        matched.related.extend(edge_labels(context, *entity, &[in_view]));
    }
    let entities = [owner, view].into_iter().chain(contents.iter().map(|(e, _)| *e));
    matched.identity = entities.map(|e| key(context, e)).collect();
    landing.tell(context, &mut matched);
    let mut permissions: Vec<&str> = entries
        .iter()
        .filter_map(|(row, _)| tenant.grants.get(*row as usize))
        .map(|grant| tenant.permissions.spelling(grant.permission))
        .collect();
    permissions.dedup();
    let mut regions: Vec<&str> = regions.values().map(|region| tenant.str(*region)).collect();
    regions.sort_unstable();
    let region = match regions.as_slice() {
        [_, _, ..] => format!("the region of some who hold it ({})", wording::some_of(regions)),
        _ => wording::some_of(regions),
    };
    matched.facts.extend([
        ("view", wording::entity(context, view)),
        ("contents", wording::some_of(contents.iter().map(|(entity, _)| tenant.name(*entity)))),
        ("permissions", wording::some_of(permissions)),
        ("region", region),
    ]);
    Some(matched)
}

pub(super) fn lacking(context: &Context<'_, '_>, params: &TierParams, question: Question) -> Option<String> {
    let tier = params.tier.as_ref();
    let is_viewless = context.graph.tenant.views.is_empty();
    let no_views = is_viewless.then(|| "no views in the input".to_owned());
    let unknown = || match question {
        Question::Outsiders => shown::seats(context),
        // Users in views have regions as well as queues have.
        Question::Regions => (!context.has_regions()).then(|| "no user in the input has a region".to_owned()),
    };
    // In which regions a role is used, only those who hold it tell.
    let unheld = || match question {
        Question::Outsiders => shown::access(context, tier),
        Question::Regions => shown::holders(context),
    };
    no_views.or_else(unknown).or_else(|| select::tier_lacking(context, tier)).or_else(unheld)
}
