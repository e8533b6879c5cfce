//! Access that a tier or role has and that nobody reviewed, by the edge that brought it.

use crate::context::Context;
use crate::lock::{Edge, End, Lock, Reached, Reviewed, Root, Section, Sort, all_of};
use crate::matching::{Match, grant_step, key, named};
use crate::{Ends, Label, Step, wording};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Kind};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const FACTS: &[&str] = &["subject", "whose", "gained", "edge"];

/// What a growth is compared with.
struct Ground<'g, 'c, 't> {
    context: &'g Context<'c, 't>,
    known: Reviewed<'g>,
    reached: Reached,
    /// The entries limited to views and groups that were reviewed without a limit: what these hold is no more.
    unlimited: HashSet<u32>,
}

/// One finding for each edge that nobody reviewed and that brings something new: of a way, the first such edge.
pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let Some(lock) = context.lock else { return Vec::new() };
    let nothing = Section::default();
    let mut found = BTreeMap::new();
    for (sort, name, root) in compared(context, lock) {
        let Some(root) = root else { continue };
        let known = Reviewed::new(lock.section(sort, &name).unwrap_or(&nothing));
        let reached = Reached::from(context, &root);
        let ground = Ground::new(context, known, reached);
        for growth in ground.growths() {
            // The same edge may widen several tiers: of all partners, and of one. Whose first holder stands for it is
            // left to the tier with most of them.
            let (edge, new) = (growth.edge, growth.matched);
            let one = found.entry(edge).or_insert_with(|| (new.clone(), BTreeSet::new(), BTreeMap::new()));
            let is_wider = owners(&new) > owners(&one.0);
            let other = if is_wider { std::mem::replace(&mut one.0, new) } else { new };
            if let (Some(ends), Some(more)) = (&mut one.0.ends, other.ends) {
                ends.join(more);
            }
            one.1.extend(growth.lines);
            one.2.entry(sort).or_insert_with(Vec::new).push(name.clone());
        }
    }
    let mut found: Vec<Match> = found.into_iter().map(|(edge, one)| said(edge, one)).collect();
    found.sort_by_cached_key(|m: &Match| (context.graph.order_key(m.subject), m.identity.clone()));
    found
}

fn owners(matched: &Match) -> usize {
    matched.ends.as_ref().map_or(0, |ends| ends.from.len())
}

/// What an edge brings to some tiers and roles.
struct Growth {
    edge: String,
    lines: BTreeSet<String>,
    matched: Match,
}

/// Puts together what an edge brought to all whom it brought anything.
fn said(edge: String, (mut matched, lines, whose): (Match, BTreeSet<String>, BTreeMap<Sort, Vec<String>>)) -> Match {
    let of = |(sort, names): (&Sort, &Vec<String>)| {
        let noun = if names.len() == 1 { sort.word().to_owned() } else { format!("{}s", sort.word()) };
        format!("the {noun} {}", wording::some_of(names.iter().map(String::as_str)))
    };
    let is_content = lines.contains(&edge);
    let gained = wording::some_of(lines.iter().map(String::as_str));
    matched.access = lines.iter().cloned().collect();
    matched.identity.push(edge);
    matched.identity.extend(whose.values().flatten().cloned().chain(lines));
    matched.facts.push(("whose", whose.iter().map(of).collect::<Vec<_>>().join(" and ")));
    matched.facts.push(("gained", if is_content { "more to see".to_owned() } else { gained }));
    matched
}

/// The tiers that are compared, those that the lock does not know included, and the roles that it names.
fn compared<'c>(context: &'c Context<'_, '_>, lock: &Lock) -> Vec<(Sort, String, Option<Root<'c>>)> {
    let tiers = context.tiers.iter().map(|(name, _)| name.to_owned()).filter(|name| lock.has_tier(name));
    let mut all: Vec<_> = tiers.map(|name| (Sort::Tier, name.clone(), Root::tier(context, &name))).collect();
    let roles = lock.sections.keys().filter(|(sort, _)| *sort == Sort::Role);
    all.extend(roles.map(|(sort, name)| (*sort, name.clone(), Root::role(context, name))));
    all
}

/// What the lock has and is no more, by tier and role.
pub(crate) fn lost(context: &Context<'_, '_>) -> Vec<String> {
    let Some(lock) = context.lock else { return Vec::new() };
    let mut said = Vec::new();
    for (sort, name, root) in compared(context, lock) {
        let Some(known) = lock.section(sort, &name) else { continue };
        let now = root.map(|root| Reached::from(context, &root).section()).unwrap_or_default();
        let gone: BTreeSet<&str> = known.lines.difference(&now.lines).map(String::as_str).collect();
        if !gone.is_empty() {
            let (word, lines) = (sort.word(), wording::some_of(gone));
            said.push(format!("the {word} `{name}` has less than the lock: {lines}; `rolecall lock` writes it anew"));
        }
    }
    for (sort, name) in lock.sections.keys().filter(|(sort, _)| *sort == Sort::Tier) {
        if context.tiers.get(name).is_none() {
            said.push(format!("the lock names the {} `{name}`, which the settings do not know", sort.word()));
        }
    }
    said
}

/// What was reached, nearest first, and the edge that led to each.
struct Walked {
    order: Vec<End>,
    by: HashMap<End, Option<usize>>,
}

impl<'g, 'c, 't> Ground<'g, 'c, 't> {
    fn new(context: &'g Context<'c, 't>, known: Reviewed<'g>, reached: Reached) -> Self {
        let tenant = context.graph.tenant;
        let limited: HashSet<u32> = reached
            .edges
            .iter()
            .filter_map(|edge| if let End::Limit(_, row) = edge.to { Some(row) } else { None })
            .collect();
        let is_known = |row: &u32| {
            let grant = tenant.grants.get(*row as usize);
            grant.is_some_and(|grant| known.has(&all_of(tenant.permissions.spelling(grant.permission))))
        };
        let unlimited = limited.into_iter().filter(is_known).collect();
        Self { context, known, reached, unlimited }
    }

    /// Whether an edge is what a view or group holds to which an entry is limited that was not before.
    fn is_less(&self, edge: &Edge) -> bool {
        matches!((&edge.from, &edge.to), (End::Limit(_, row), End::Content(..)) if self.unlimited.contains(row))
    }

    fn growths(&self) -> Vec<Growth> {
        let before = self.walk(&End::Root, |edge| self.known.knows(edge));
        let mut frontier: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, edge) in self.reached.edges.iter().enumerate() {
            if before.by.contains_key(&edge.from) && !self.known.knows(edge) && !self.is_less(edge) {
                frontier.entry(edge.text.as_str()).or_default().push(row);
            }
        }
        let mut found = Vec::new();
        let mut explained: BTreeSet<String> = BTreeSet::new();
        for rows in frontier.into_values() {
            let gained = self.gained(&rows);
            explained.extend(gained.keys().cloned());
            found.extend(self.of_edge(&rows, &gained, &before));
        }
        // A line that somebody took out of the lock by hand, by ways that are still in it.
        let mut rejected: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, edge) in self.reached.edges.iter().enumerate() {
            let is_new = |line: &String| !self.known.has(line) && !explained.contains(line);
            if edge.to.line().is_some_and(is_new) && !self.is_less(edge) {
                rejected.entry(edge.text.as_str()).or_default().push(row);
            }
        }
        let all = self.walk(&End::Root, |_| true);
        found.extend(rejected.into_values().filter_map(|rows| self.of_edge(&rows, &self.gained(&rows), &all)));
        found
    }

    /// All that is reached from an end over edges of a sort, each with the edge that led there first.
    fn walk(&self, start: &End, is_open: impl Fn(&Edge) -> bool) -> Walked {
        let mut walked = Walked { order: vec![start.clone()], by: HashMap::from_iter([(start.clone(), None)]) };
        let mut next = 0;
        while let Some(end) = walked.order.get(next).cloned() {
            next += 1;
            for (row, edge) in self.reached.out(&end).filter(|(_, edge)| is_open(edge)) {
                if !walked.by.contains_key(&edge.to) {
                    walked.by.insert(edge.to.clone(), Some(row));
                    walked.order.push(edge.to.clone());
                }
            }
        }
        walked
    }

    /// The lines behind some edges that the lock has not, each with a way from the first of them to it.
    fn gained(&self, rows: &[usize]) -> BTreeMap<String, Vec<usize>> {
        let mut gained = BTreeMap::new();
        for row in rows {
            let Some(edge) = self.reached.edges.get(*row) else { continue };
            let behind = self.walk(&edge.to, |edge| !self.is_less(edge));
            for end in &behind.order {
                let Some(line) = end.line() else { continue };
                if !gained.contains_key(line) && !self.known.has(line) {
                    gained.insert(line.clone(), std::iter::once(*row).chain(self.way(&behind, end)).collect());
                }
            }
        }
        gained
    }

    /// The edges that led to an end.
    fn way(&self, seen: &Walked, end: &End) -> Vec<usize> {
        let mut way = Vec::new();
        let mut at = end;
        while let Some(Some(row)) = seen.by.get(at) {
            way.push(*row);
            let Some(edge) = self.reached.edges.get(*row) else { break };
            at = &edge.from;
        }
        way.reverse();
        way
    }

    fn of_edge(&self, rows: &[usize], gained: &BTreeMap<String, Vec<usize>>, before: &Walked) -> Option<Growth> {
        let context = self.context;
        let (first, on) = gained
            .iter()
            .min_by_key(|(line, way)| (way.len(), (*line).clone()))
            .map(|(_, way)| way.split_first())??;
        let edge = self.reached.edges.get(*first).filter(|_| rows.contains(first))?;
        let way: Vec<usize> =
            self.way(before, &edge.from).into_iter().chain([*first]).chain(on.iter().copied()).collect();
        let mut matched = Match::of(context, self.subject(edge)?, edge.place);
        matched.witness = self.steps(&way);
        matched.related = self.labels(&way, edge);
        matched.identity = vec![key(context, self.subject(edge)?)];
        matched.ends = Some(Ends::entries(edge.owners.clone(), self.entries(rows, gained)));
        matched.facts.push(("edge", self.words(edge)));
        Some(Growth { edge: edge.text.clone(), lines: gained.keys().cloned().collect(), matched })
    }

    /// All entries behind some edges that state what was gained, or that are limited to what was.
    fn entries(&self, rows: &[usize], gained: &BTreeMap<String, Vec<usize>>) -> Vec<u32> {
        let own = || rows.iter().filter_map(|row| self.reached.edges.get(*row));
        let mut entries = Vec::new();
        let mut look = |edge: &Edge| match (&edge.to, &edge.from) {
            _ if !edge.to.line().is_some_and(|line| gained.contains_key(line)) => {}
            (End::Line(_, row), _) | (End::Content(..), End::Limit(_, row)) => entries.push(*row),
            _ => {}
        };
        own().for_each(&mut look);
        for edge in own() {
            let behind = self.walk(&edge.to, |_| true);
            behind.order.iter().flat_map(|end| self.reached.out(end)).for_each(|(_, edge)| look(edge));
        }
        entries
    }

    /// Whose edit undoes an edge: that of whoever has it alone, else of what all of them have.
    fn subject(&self, edge: &Edge) -> Option<Entity> {
        match (edge.owners.as_slice(), &edge.to) {
            ([only], _) => Some(*only),
            (_, End::Role(row, _)) => Some(Entity { kind: Kind::Role, row: *row }),
            (_, End::Entity(entity) | End::Limit(entity, _)) => Some(*entity),
            (owners, _) => owners.first().copied(),
        }
    }

    /// `Ana Reis` is a member of group `Planning`
    fn words(&self, edge: &Edge) -> String {
        let context = self.context;
        let tenant = context.graph.tenant;
        let who = match edge.owners.as_slice() {
            [only] => wording::entity(context, *only),
            many => wording::some_of(many.iter().map(|who| tenant.name(*who))),
        };
        let is_one = edge.owners.len() == 1;
        let to = |row: u32, division: &Option<String>| {
            let role = wording::entity(context, Entity { kind: Kind::Role, row });
            division.as_ref().map_or(role.clone(), |division| format!("{role} in {division}"))
        };
        match (&edge.from, &edge.to, edge.kind) {
            (End::Root, ..) if !self.is_held(edge) => format!("{who} is of it by its name or the settings"),
            (_, End::Role(row, division), EdgeKind::Holds) => {
                format!("{who} {} {}", if is_one { "holds" } else { "hold" }, to(*row, division))
            }
            (_, End::Role(row, _), _) => format!("{who} inherits from {}", to(*row, &None)),
            (_, End::Entity(group), EdgeKind::MemberOf) => {
                let verb = if is_one { "is a member of" } else { "are members of" };
                format!("{who} {verb} {}", wording::entity(context, *group))
            }
            (_, _, EdgeKind::Grants) => format!("{who} grants it"),
            (End::Limit(limit, _), End::Content(_, thing), kind) => {
                let (limit, thing) = (wording::entity(context, *limit), wording::entity(context, *thing));
                match kind {
                    EdgeKind::InView => format!("{limit} shows {thing}"),
                    EdgeKind::OnQueue => format!("{limit} sits on {thing}"),
                    _ => format!("{limit} has {thing} in it, who is none of them"),
                }
            }
            (..) => format!("`{}`", edge.text),
        }
    }

    fn steps(&self, way: &[usize]) -> Vec<Step> {
        let context = self.context;
        let mut steps = Vec::new();
        for edge in way.iter().filter_map(|row| self.reached.edges.get(*row)) {
            let Some(owner) = edge.owners.first() else { continue };
            match &edge.to {
                End::Line(_, row) | End::Limit(_, row) => steps.extend(grant_step(context, *owner, *row)),
                End::Content(_, thing) => {
                    let End::Limit(limit, _) = edge.from else { continue };
                    let (from, to) = if edge.kind == EdgeKind::OnQueue { (limit, *thing) } else { (*thing, limit) };
                    steps.extend(self.step(from, edge, to));
                }
                End::Root => {}
                // That something is of a tier by its name is no edge of the export.
                _ if edge.from == End::Root && !self.is_held(edge) => {}
                End::Role(row, _) => {
                    let role = Entity { kind: Kind::Role, row: *row };
                    steps.extend(self.step(*owner, edge, role).filter(|_| *owner != role));
                }
                End::Entity(entity) => steps.extend(self.step(*owner, edge, *entity)),
            }
        }
        steps
    }

    /// Whether an edge from the root is one of the export.
    fn is_held(&self, edge: &Edge) -> bool {
        let to = match &edge.to {
            End::Role(row, _) => Some(Entity { kind: Kind::Role, row: *row }),
            End::Entity(entity) => Some(*entity),
            _ => None,
        };
        edge.owners.first().copied() != to
    }

    fn step(&self, from: Entity, edge: &Edge, to: Entity) -> Option<Step> {
        let context = self.context;
        let (from, to) = (named(context, from), named(context, to));
        Some(Step { edge: edge.kind.word(), from, to, over: None, place: edge.place })
    }

    /// What the other edges of the way say.
    fn labels(&self, way: &[usize], brought: &Edge) -> Vec<Label> {
        let mut seen: HashSet<&str> = HashSet::from_iter([brought.text.as_str()]);
        let edges = way.iter().filter_map(|row| self.reached.edges.get(*row));
        let others = edges.filter(|edge| edge.from != End::Root || self.is_held(edge));
        others
            .filter(|edge| seen.insert(edge.text.as_str()))
            .map(|edge| Label { place: edge.place, text: self.words(edge) })
            .collect()
    }
}
