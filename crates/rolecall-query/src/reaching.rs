//! Who of one side reaches what of another. Everybody is looked at once for all cells of their side, and what a role
//! brings in some divisions is worked out once for all who hold it there.

use crate::matrix::{Cell, Members, Resource};
use crate::{First, open};
use hashbrown::HashMap;
use rayon::prelude::*;
use rolecall_engine::{Answer, Judge, Judgement, Targets, Wanted};
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Entity, EntitySet, Kind, ScopeWord};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

/// Of how many people it is worth looking at two halves side by side.
const PART: usize = 4096;

/// How many names a cell gives.
pub(crate) const NAMED: usize = 3;

/// What is asked for of each pair of sides.
pub(crate) struct Asked {
    resource: Resource,
    wanted: Wanted,
}

impl Asked {
    pub(crate) fn new(judge: &Judge<'_, '_>, resource: Resource) -> Self {
        Self { resource, wanted: judge.wanted_of(resource.word(), resource.capabilities()) }
    }
}

/// What a side has of some kinds, by the place of the side.
type OfKinds = (usize, &'static [Kind]);

/// What is asked about of each side, made once for all who are asked about.
pub(crate) struct Things<'m> {
    sides: &'m [Members],
    /// What more than one side has.
    shared: EntitySet,
    known: RefCell<HashMap<OfKinds, Arc<Targets>>>,
}

impl<'m> Things<'m> {
    pub(crate) fn new(sides: &'m [Members]) -> Self {
        let mut seen = EntitySet::default();
        let all = sides.iter().flat_map(|side| side.things.iter().copied());
        let shared = all.filter(|thing| !seen.insert(*thing)).collect();
        Self { sides, shared, known: RefCell::default() }
    }

    /// What is the other side's and not one's own too.
    fn targets(&self, from: usize, to: usize, resource: Resource) -> Arc<Targets> {
        let things = |at: usize| self.sides.get(at).map(|side| side.things.as_slice()).unwrap_or_default();
        let of_kind = || things(to).iter().copied().filter(|thing| resource.kinds().contains(&thing.kind));
        if !self.shared.is_empty() && of_kind().any(|thing| self.shared.contains(thing)) {
            let own: EntitySet = things(from).iter().copied().filter(|thing| self.shared.contains(*thing)).collect();
            return Arc::new(Targets::any(of_kind().filter(|thing| !own.contains(*thing))));
        }
        let mut known = self.known.borrow_mut();
        known.entry((to, resource.kinds())).or_insert_with(|| Arc::new(Targets::any(of_kind()))).clone()
    }
}

/// How far somebody gets in each cell, from [`NOTHING`] to a yes; after that, for each thing asked for, whether by an
/// entry that reaches what its holder works on, by one that reaches what its holder is, and by one
/// with a condition.
type Levels = Vec<u8>;

/// How many such sorts of entries there are for each thing asked for.
const OWN: usize = 3;

/// No entry gives any of it.
const NOTHING: u8 = 0;
const YES: u8 = 3;

fn level(answer: Answer) -> u8 {
    match answer {
        Answer::No => 1,
        Answer::Maybe => 2,
        Answer::Yes => YES,
    }
}

fn raise(levels: &mut [u8], others: &[u8]) {
    levels.iter_mut().zip(others).for_each(|(level, other)| *level = (*level).max(*other));
}

/// A cell in the making: what is asked for, of which side.
struct Column {
    at: usize,
    to: usize,
    targets: Arc<Targets>,
}

/// The best that anybody gets, and who does.
struct Tally {
    best: u8,
    people: usize,
    first: First,
}

impl Tally {
    fn new(best: u8) -> Self {
        Self { best, people: 0, first: First::new(NAMED) }
    }

    /// Takes in what came of others.
    fn join(&mut self, judge: &Judge<'_, '_>, other: Self) {
        match self.best.cmp(&other.best) {
            Ordering::Less => *self = other,
            Ordering::Equal => {
                self.people += other.people;
                other.first.found.into_iter().for_each(|who| self.first.see(judge, who));
            }
            Ordering::Greater => {}
        }
    }
}

/// The cells of one side with each other.
pub(crate) fn reached(judge: &Judge<'_, '_>, asked: &[Asked], things: &Things<'_>, from: usize) -> Vec<Cell> {
    let Some(side) = things.sides.get(from) else { return Vec::new() };
    let column = |(at, asked): (usize, &Asked), to: usize| {
        let targets = things.targets(from, to, asked.resource);
        Column { at, to, targets }
    };
    let is_somewhere = |to: &usize| things.sides.get(*to).is_some_and(|side| !side.is_nowhere);
    let others = || (0..things.sides.len()).filter(|to| *to != from).filter(is_somewhere);
    let columns = asked.iter().enumerate().flat_map(|asked| others().map(move |to| column(asked, to)));
    let columns: Vec<Column> = columns.collect();
    // Each part works out for itself what roles bring, so there are as few as keep all threads at work.
    let part = side.people.len().div_ceil(rayon::current_num_threads()).max(PART);
    let parts = side.people.par_chunks(part).map(|people| {
        let mut search = Search::new(judge, asked, &columns);
        people.iter().for_each(|who| search.see(*who));
        search.tallies
    });
    let mut search = Search::new(judge, asked, &columns);
    for tallies in parts.collect::<Vec<_>>() {
        let joined = search.tallies.iter_mut().zip(tallies);
        joined.for_each(|(tally, part)| tally.join(judge, part));
    }
    let mut ways = HashMap::new();
    let cells = columns.iter().zip(&search.tallies);
    cells.filter_map(|(column, tally)| search.cell(from, column, tally, &mut ways)).collect()
}

/// The ways of those that cells name to what is asked for, by its place.
type Ways = HashMap<(Entity, usize), Vec<Access>>;

struct Search<'s, 'c, 't> {
    judge: &'s Judge<'c, 't>,
    asked: &'s [Asked],
    /// For each permission, what is asked for that it gives.
    gives: Vec<Vec<usize>>,
    columns: &'s [Column],
    /// The columns of each thing asked for.
    places: Vec<Vec<usize>>,
    /// What comes of each column.
    tallies: Vec<Tally>,
    /// By what states entries and the class of divisions in which it is given.
    own: HashMap<(Entity, u32), Option<Rc<Levels>>>,
    /// The same with all that a role inherits.
    roles: HashMap<(u32, u32), Option<Rc<Levels>>>,
    groups: HashMap<Entity, Option<Rc<Levels>>>,
}

impl<'s, 'c, 't> Search<'s, 'c, 't> {
    fn new(judge: &'s Judge<'c, 't>, asked: &'s [Asked], columns: &'s [Column]) -> Self {
        let permissions = &judge.graph().tenant.permissions;
        let of = |id| (0..).zip(asked).filter(|(_, asked)| asked.wanted.has(id)).map(|(at, _)| at).collect();
        let gives = permissions.iter().map(|(id, _)| of(id)).collect();
        let of = |at| (0..).zip(columns).filter(|(_, column)| column.at == at).map(|(place, _)| place).collect();
        let places = (0..asked.len()).map(of).collect();
        let (own, roles, groups) = (HashMap::new(), HashMap::new(), HashMap::new());
        let tallies = columns.iter().map(|_| Tally::new(NOTHING)).collect();
        Self { judge, asked, gives, columns, places, tallies, own, roles, groups }
    }

    /// Takes somebody into account.
    fn see(&mut self, who: Entity) {
        let graph = self.judge.graph();
        let levels = if graph.tenant.denials.is_empty() { self.levels(who) } else { Some(self.slow_levels(who)) };
        let Some(levels) = levels else { return };
        for (tally, level) in self.tallies.iter_mut().zip(levels) {
            if level == NOTHING || level < tally.best {
                continue;
            }
            if level > tally.best {
                *tally = Tally::new(level);
            }
            tally.people += 1;
            tally.first.see(self.judge, who);
        }
    }

    /// How far somebody gets, where no policy denies anything; nothing where no entry gives them any of it.
    fn levels(&mut self, who: Entity) -> Option<Levels> {
        let graph = self.judge.graph();
        let mut levels: Option<Levels> = None;
        let mut add = |found: Option<Rc<Levels>>| match (&mut levels, found) {
            (Some(levels), Some(found)) => raise(levels, &found),
            (levels, Some(found)) => *levels = Some(found.to_vec()),
            (_, None) => {}
        };
        if who.kind != Kind::User {
            add(self.own(who, 0, None));
        }
        for (role, _, assignment) in graph.holdings(who) {
            add(self.role(role, assignment));
        }
        for (group, _) in graph.entities_from(who, EdgeKind::MemberOf) {
            add(self.group(group));
        }
        let mut levels = levels?;
        let (cells, own) = levels.split_at_mut(self.columns.len());
        // What a condition lets through is judged by all that there is to know of who has it.
        if own.iter().skip(2).step_by(OWN).any(|level| *level > 0) {
            return Some(self.slow_levels(who));
        }
        for (column, known) in self.columns.iter().zip(cells) {
            for (place, scope) in [(0, ScopeWord::Assigned), (1, ScopeWord::Own)] {
                if *known < YES && own.get(column.at * OWN + place).copied().unwrap_or(0) > 0 {
                    *known = (*known).max(level(self.judge.answer_own(who, scope, &column.targets)));
                }
            }
        }
        Some(levels)
    }

    /// The same by every way of theirs, each judged for them alone.
    fn slow_levels(&self, who: Entity) -> Levels {
        let ways: Vec<Vec<Access>> = self.asked.iter().map(|asked| self.judge.ways(who, &asked.wanted)).collect();
        let best = |column: &Column| {
            let found = self.best(who, column, ways.get(column.at).map(Vec::as_slice).unwrap_or_default(), YES);
            found.map_or(NOTHING, |(judged, _)| level(judged.answer))
        };
        self.columns.iter().map(best).collect()
    }

    /// The first of the best ways of somebody, of which none is better than some level.
    fn best<'w>(&self, who: Entity, column: &Column, ways: &'w [Access], most: u8) -> Option<(Judgement, &'w Access)> {
        let wanted = &self.asked.get(column.at)?.wanted;
        let mut best: Option<(Judgement, &Access)> = None;
        for access in ways {
            let Some(judged) = self.judge.judge(who, access, wanted, Some(&column.targets)) else { continue };
            if best.as_ref().is_none_or(|(known, _)| judged.answer > known.answer) {
                best = Some((judged, access));
                if level(judged.answer) >= most {
                    break;
                }
            }
        }
        best
    }

    fn group(&mut self, group: Entity) -> Option<Rc<Levels>> {
        if let Some(known) = self.groups.get(&group) {
            return known.clone();
        }
        let graph = self.judge.graph();
        let held: Vec<_> = graph.holdings(group).collect();
        let all = held.into_iter().filter_map(|(role, _, assignment)| self.role(role, assignment)).collect();
        let found = joined(all);
        self.groups.insert(group, found.clone());
        found
    }

    fn role(&mut self, role: u32, assignment: Option<u32>) -> Option<Rc<Levels>> {
        let class = self.judge.division_class(assignment);
        if let Some(known) = self.roles.get(&(role, class)) {
            return known.clone();
        }
        let graph = self.judge.graph();
        let entity = |row: u32| Entity { kind: Kind::Role, row };
        let all = graph.brought(role).filter_map(|row| self.own(entity(row), class, assignment)).collect();
        let found = joined(all);
        self.roles.insert((role, class), found.clone());
        found
    }

    /// What an owner's own entries give to whoever has them by an assignment.
    fn own(&mut self, owner: Entity, class: u32, assignment: Option<u32>) -> Option<Rc<Levels>> {
        if let Some(known) = self.own.get(&(owner, class)) {
            return known.clone();
        }
        let tenant = self.judge.graph().tenant;
        let mut levels: Option<Levels> = None;
        let width = self.columns.len();
        for grant in tenant.grants(tenant.grants_of(owner)) {
            for at in self.gives.get(grant.permission.index()).into_iter().flatten() {
                let Some(asked) = self.asked.get(*at) else { continue };
                let levels = levels.get_or_insert_with(|| vec![NOTHING; width + self.asked.len() * OWN]);
                for &place in self.places.get(*at).into_iter().flatten() {
                    let Some(column) = self.columns.get(place) else { continue };
                    let (place, level) =
                        match self.judge.judge_shared(grant, assignment, &asked.wanted, &column.targets) {
                            Ok(answer) => (place, level(answer)),
                            Err(ScopeWord::Own) => (width + at * OWN + 1, 1),
                            Err(ScopeWord::Condition) => (width + at * OWN + 2, 1),
                            Err(_) => (width + at * OWN, 1),
                        };
                    raise(levels.get_mut(place..).unwrap_or_default(), &[level]);
                }
            }
        }
        let found = levels.map(Rc::new);
        self.own.insert((owner, class), found.clone());
        found
    }

    fn cell(&self, from: usize, column: &Column, tally: &Tally, ways: &mut Ways) -> Option<Cell> {
        let asked = self.asked.get(column.at)?;
        let (judge, resource) = (self.judge, asked.resource);
        let kind = resource.open_kind();
        let mut cell = Cell {
            from,
            to: column.to,
            resource,
            answer: Answer::No,
            why: None,
            open: kind.and_then(|kind| open::of_kind(judge.graph().tenant, kind)),
            people: 0,
            names: Vec::new(),
            on: None,
            witness: Vec::new(),
        };
        let Some(who) = tally.first.found.first().copied() else { return Some(cell) };
        let ways = ways.entry((who, column.at)).or_insert_with(|| judge.ways(who, &asked.wanted));
        let Some((judged, access)) = self.best(who, column, ways, tally.best) else { return Some(cell) };
        (cell.answer, cell.why) = (judged.answer, Some(judged.why));
        if judged.answer != Answer::No {
            cell.people = tally.people;
            cell.names = tally.first.found.iter().map(|who| judge.named(*who)).collect();
            cell.on = judged.on.map(|on| judge.named(on));
            cell.witness = judge.witness(who, access);
        }
        Some(cell)
    }
}

/// The best of several.
fn joined(all: Vec<Rc<Levels>>) -> Option<Rc<Levels>> {
    match all.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        [first, others @ ..] => {
            let mut levels = first.to_vec();
            others.iter().for_each(|other| raise(&mut levels, other));
            Some(Rc::new(levels))
        }
    }
}
