//! Whether one side's people reach another side's things: a matrix with a witness in each red cell.

use crate::open::{self, Open};
use hashbrown::{HashMap, HashSet};
use rolecall_engine::{Answer, Judge, Judgement, Named, Step, Targets, Wanted, Why};
use rolecall_graph::{Access, Spread};
use rolecall_model::{Entity, Kind};
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;

/// How many names a cell gives.
const NAMED: usize = 3;

/// What one side has that another may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// Queues and their settings.
    Queues,
    /// People: their records, or their very identities.
    Users,
    /// Groups.
    Groups,
    /// Divisions.
    Divisions,
    /// What is recorded of conversations on the queues, or of the people.
    Recordings,
    /// Figures and details of conversations on the queues, or of the people.
    Reports,
}

impl Resource {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 6] =
        [Self::Queues, Self::Users, Self::Groups, Self::Divisions, Self::Recordings, Self::Reports];

    /// The word for it in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queues => "queues",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Divisions => "divisions",
            Self::Recordings => "recordings",
            Self::Reports => "reports",
        }
    }

    /// The capabilities that open it.
    fn capabilities(self) -> &'static [&'static str] {
        match self {
            Self::Queues => &["queue-view"],
            Self::Users => &["user-read", "user-profile", "impersonation", "identity-takeover"],
            Self::Groups => &["groups"],
            Self::Divisions => &["divisions"],
            Self::Recordings => &["recordings", "recording-export"],
            Self::Reports => &["reporting-data", "queue-reporting", "bulk-export"],
        }
    }

    /// The kinds of entities that it is, or is of.
    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Queues => &[Kind::Queue],
            Self::Users => &[Kind::User],
            Self::Groups => &[Kind::Group],
            Self::Divisions => &[Kind::Division],
            Self::Recordings | Self::Reports => &[Kind::Queue, Kind::User],
        }
    }

    /// The kind that is open to everybody where the platform says so.
    fn open_kind(self) -> Option<Kind> {
        match self {
            Self::Users => Some(Kind::User),
            Self::Groups => Some(Kind::Group),
            Self::Divisions => Some(Kind::Division),
            Self::Queues | Self::Recordings | Self::Reports => None,
        }
    }
}

/// One side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The partner's or region's name, or `internal`.
    pub name: String,
    /// Whether it is the company's own, whose people may be meant to reach what is a partner's.
    pub is_internal: bool,
    /// How many of its people there are.
    pub users: usize,
    /// How many service accounts.
    pub accounts: usize,
    /// How many things of each kind are its own, by the kind's word.
    pub things: Vec<(&'static str, usize)>,
}

/// What one side reaches of another.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The side whose people are asked about, by its place in the list of sides.
    pub from: usize,
    /// The side whose things are asked about.
    pub to: usize,
    /// What of it.
    pub resource: Resource,
    /// Whether anybody reaches any of it by a permission.
    pub answer: Answer,
    /// What decides the answer; nothing where no permission gives it at all.
    pub why: Option<Why>,
    /// What is open to everybody who is logged in, whatever the answer.
    pub open: Option<&'static Open>,
    /// How many people and service accounts reach it, or may, as the answer says.
    pub people: usize,
    /// The first of them by name.
    pub names: Vec<Named>,
    /// What is reached, for example.
    pub on: Option<Named>,
    /// The chain that proves it for the first of them; empty where the answer is no.
    pub witness: Vec<Step>,
}

/// Every side against every other.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The sides.
    pub sides: Vec<Side>,
    /// What is asked of each pair of sides.
    pub resources: Vec<Resource>,
    /// By the two sides and the resource, in the order of both lists.
    pub cells: Vec<Cell>,
    /// Why there is nothing to compare, where there is not.
    pub lacking: Option<String>,
}

impl Matrix {
    /// The cell of two sides and a resource.
    #[must_use]
    pub fn cell(&self, from: usize, to: usize, resource: Resource) -> Option<&Cell> {
        self.cells.iter().find(|cell| (cell.from, cell.to, cell.resource) == (from, to, resource))
    }

    /// The cells in which somebody reaches what is another side's.
    pub fn red(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.answer == Answer::Yes)
    }

    /// Those of them that start from a side other than the company's own.
    pub fn crossings(&self) -> impl Iterator<Item = &Cell> {
        self.red().filter(|cell| !self.is_from_internal(cell))
    }

    /// Whether the people of a cell are the company's own.
    #[must_use]
    pub fn is_from_internal(&self, cell: &Cell) -> bool {
        self.sides.get(cell.from).is_some_and(|side| side.is_internal)
    }

    pub(crate) fn lacking(reason: &str) -> Self {
        Self { sides: Vec::new(), resources: Vec::new(), cells: Vec::new(), lacking: Some(reason.to_owned()) }
    }
}

/// Who and what is on one side.
pub(crate) struct Members {
    pub(crate) name: String,
    pub(crate) is_internal: bool,
    /// Users and service accounts.
    pub(crate) people: Vec<Entity>,
    /// Queues, groups and divisions; users are things too.
    pub(crate) things: Vec<Entity>,
}

/// Compares each side with each other. Only those are looked at who hold a role that gives what is asked for,
/// people who stand alike once; and each entry that does not depend on who has it is judged once.
pub(crate) fn compare(judge: &Judge<'_, '_>, sides: &[Members], resources: &[Resource]) -> Matrix {
    let asked: Vec<Asked> = resources.iter().map(|resource| Asked::new(judge, *resource)).collect();
    let things = Things::new(sides);
    let mut cells = Vec::new();
    for (from, side) in sides.iter().enumerate() {
        for asked @ Asked { resource, wanted, .. } in &asked {
            let able = asked.able(judge, side);
            for to in (0..sides.len()).filter(|to| *to != from) {
                let mut cell = if able.is_empty() {
                    empty()
                } else {
                    search(judge, &able, wanted, &things.targets(judge, from, to, *resource))
                };
                (cell.from, cell.to, cell.resource) = (from, to, *resource);
                cell.open = resource.open_kind().and_then(|kind| open::of_kind(judge.graph().tenant, kind));
                cells.push(cell);
            }
        }
    }
    cells.sort_by_key(|cell| (cell.from, cell.to, resources.iter().position(|known| *known == cell.resource)));
    let sides = sides.iter().map(shown).collect();
    Matrix { sides, resources: resources.to_vec(), cells, lacking: None }
}

/// Some of one side who stand alike, with the ways of the first of them.
type Able = (Vec<Entity>, Vec<Access>);

/// What is asked for of each pair of sides, with all who have any entry that gives some of it.
struct Asked {
    resource: Resource,
    wanted: Wanted,
    /// The roles that lead to such an entry.
    leading: Spread,
    holders: HashSet<Entity>,
}

impl Asked {
    fn new(judge: &Judge<'_, '_>, resource: Resource) -> Self {
        let wanted = judge.wanted_of(resource.word(), resource.capabilities());
        let graph = judge.graph();
        let tenant = graph.tenant;
        let states = |entity: &Entity| crate::states(tenant, *entity, &wanted);
        let leading = graph.spread(tenant.entities(Kind::Role).filter(states).map(|role| role.row), |_| false);
        let mut holders = graph.principals(leading.roles());
        holders.extend(tenant.entities(Kind::ServiceAccount).filter(states));
        Self { resource, wanted, leading, holders }
    }

    fn able(&self, judge: &Judge<'_, '_>, side: &Members) -> Vec<Able> {
        if self.holders.is_empty() {
            return Vec::new();
        }
        let people = side.people.iter().copied().filter(|who| self.holders.contains(who));
        let of_sort = |alike: Vec<Entity>| {
            let ways = judge.ways_by(*alike.first()?, &self.wanted, &self.leading);
            Some((alike, ways))
        };
        judge.sorts(people).into_iter().filter_map(of_sort).collect()
    }
}

/// What a side has of some kinds, by the place of the side.
type OfKinds = (usize, &'static [Kind]);

/// What is asked about of each side, made once for all who are asked about.
struct Things<'m> {
    sides: &'m [Members],
    /// What more than one side has.
    shared: HashSet<Entity>,
    known: RefCell<HashMap<OfKinds, Rc<Targets>>>,
}

impl<'m> Things<'m> {
    fn new(sides: &'m [Members]) -> Self {
        let mut seen = HashSet::new();
        let all = sides.iter().flat_map(|side| side.things.iter().copied());
        let shared = all.filter(|thing| !seen.insert(*thing)).collect();
        Self { sides, shared, known: RefCell::default() }
    }

    /// What is the other side's and not one's own too.
    fn targets(&self, judge: &Judge<'_, '_>, from: usize, to: usize, resource: Resource) -> Rc<Targets> {
        let things = |at: usize| self.sides.get(at).map(|side| side.things.as_slice()).unwrap_or_default();
        let of_kind = || things(to).iter().copied().filter(|thing| resource.kinds().contains(&thing.kind));
        if !self.shared.is_empty() && of_kind().any(|thing| self.shared.contains(&thing)) {
            let own: HashSet<Entity> =
                things(from).iter().copied().filter(|thing| self.shared.contains(thing)).collect();
            return Rc::new(judge.any_of(of_kind().filter(|thing| !own.contains(thing))));
        }
        let mut known = self.known.borrow_mut();
        known.entry((to, resource.kinds())).or_insert_with(|| Rc::new(judge.any_of(of_kind()))).clone()
    }
}

fn shown(side: &Members) -> Side {
    let count = |kind: Kind, all: &[Entity]| all.iter().filter(|entity| entity.kind == kind).count();
    let kinds = [Kind::Queue, Kind::User, Kind::Group, Kind::Division];
    Side {
        name: side.name.clone(),
        is_internal: side.is_internal,
        users: count(Kind::User, &side.people),
        accounts: count(Kind::ServiceAccount, &side.people),
        things: kinds.into_iter().map(|kind| (kind.word(), count(kind, &side.things))).collect(),
    }
}

/// A cell of two sides of which nobody has anything that gives it.
fn empty() -> Cell {
    Cell {
        from: 0,
        to: 0,
        resource: Resource::Queues,
        answer: Answer::No,
        why: None,
        open: None,
        people: 0,
        names: Vec::new(),
        on: None,
        witness: Vec::new(),
    }
}

/// The best that any of the people can, with all who can that.
fn search(judge: &Judge<'_, '_>, able: &[Able], wanted: &Wanted, targets: &Targets) -> Cell {
    let mut known: HashMap<(u32, u32), Judgement> = HashMap::new();
    let mut best: Option<(Judgement, Entity, &Access)> = None;
    let (mut people, mut names) = (0, Vec::new());
    for (alike, ways) in able {
        let Some(first) = alike.first() else { continue };
        let Some((judged, access)) = of_sort(judge, *first, ways, wanted, targets, &mut known) else { continue };
        if best.as_ref().is_none_or(|(known, ..)| judged.answer > known.answer) {
            (people, names) = (0, Vec::new());
            best = Some((judged, *first, access));
        }
        if best.as_ref().is_some_and(|(known, ..)| known.answer == judged.answer) {
            people += alike.len();
            names.extend(alike.iter().take(NAMED));
        }
    }
    let mut cell = empty();
    let Some((judged, who, access)) = best else { return cell };
    (cell.answer, cell.why) = (judged.answer, Some(judged.why));
    if judged.answer != Answer::No {
        cell.people = people;
        cell.names = crate::few(judge.graph(), names, NAMED).into_iter().map(|who| judge.named(who)).collect();
        cell.on = judged.on.map(|on| judge.named(on));
        cell.witness = judge.witness(who, access);
    }
    cell
}

fn of_sort<'w>(
    judge: &Judge<'_, '_>,
    who: Entity,
    ways: &'w [Access],
    wanted: &Wanted,
    targets: &Targets,
    known: &mut HashMap<(u32, u32), Judgement>,
) -> Option<(Judgement, &'w Access)> {
    let mut best: Option<(Judgement, &Access)> = None;
    for access in ways {
        let judged = match judge.shared_key(who, access) {
            Some(key) => match known.get(&key) {
                Some(judged) => *judged,
                None => {
                    let judged = judge.judge(who, access, wanted, Some(targets))?;
                    known.insert(key, judged);
                    judged
                }
            },
            None => judge.judge(who, access, wanted, Some(targets))?,
        };
        if best.as_ref().is_none_or(|(known, _)| judged.answer > known.answer) {
            best = Some((judged, access));
        }
        if judged.answer == Answer::Yes {
            break;
        }
    }
    best
}
