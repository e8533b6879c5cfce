//! Whether one side's people reach another side's things: a matrix with a witness in each red cell.

use crate::open::Open;
use crate::reaching::{Asked, NAMED, Things, reached};
use rolecall_engine::{Answer, Judge, Named, Step, Why};
use rolecall_model::{Entity, EntitySet, Kind};
use serde::Serialize;

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
    pub(crate) fn capabilities(self) -> &'static [&'static str] {
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
    pub(crate) fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Queues => &[Kind::Queue],
            Self::Users => &[Kind::User],
            Self::Groups => &[Kind::Group],
            Self::Divisions => &[Kind::Division],
            Self::Recordings | Self::Reports => &[Kind::Queue, Kind::User],
        }
    }

    /// The kind that is open to everybody where the platform says so.
    pub(crate) fn open_kind(self) -> Option<Kind> {
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
    /// How many things of each kind are its own, by the kind's word; no kinds where nothing could be.
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
        let start = self.cells.partition_point(|cell| (cell.from, cell.to) < (from, to));
        let of_both = self.cells.get(start..).unwrap_or_default().iter();
        of_both.take_while(|cell| (cell.from, cell.to) == (from, to)).find(|cell| cell.resource == resource)
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
#[derive(Default)]
pub(crate) struct Members {
    pub(crate) name: String,
    pub(crate) is_internal: bool,
    /// Whether nothing is its own, so that nobody can be asked to reach it.
    pub(crate) is_nowhere: bool,
    /// Users and service accounts.
    pub(crate) people: Vec<Entity>,
    /// Queues, groups and divisions; users are things too.
    pub(crate) things: Vec<Entity>,
}

/// Compares each side with each other.
pub(crate) fn compare(judge: &Judge<'_, '_>, sides: &[Members], resources: &[Resource]) -> Matrix {
    let asked: Vec<Asked> = resources.iter().map(|resource| Asked::new(judge, *resource)).collect();
    let things = Things::new(sides);
    let mut cells: Vec<Cell> = (0..sides.len()).flat_map(|from| reached(judge, &asked, &things, from)).collect();
    doubt(judge, sides, &mut cells);
    cells.sort_by_key(|cell| (cell.from, cell.to, resources.iter().position(|known| *known == cell.resource)));
    let sides = sides.iter().map(shown).collect();
    Matrix { sides, resources: resources.to_vec(), cells, lacking: None }
}

/// Leaves a no open where somebody of a side holds roles of which nobody knows what they grant.
fn doubt(judge: &Judge<'_, '_>, sides: &[Members], cells: &mut [Cell]) {
    let unknown: EntitySet = judge.unknown(sides.iter().flat_map(|side| side.people.iter().copied())).collect();
    let order = |who: &Entity| judge.graph().order_key(*who);
    let of_side = |side: &Members| {
        let mut people: Vec<Entity> = side.people.iter().copied().filter(|who| unknown.contains(*who)).collect();
        people.sort_by_cached_key(order);
        people
    };
    let doubtful: Vec<Vec<Entity>> = sides.iter().map(of_side).collect();
    let has = |side: usize, kinds: &[Kind]| {
        sides.get(side).is_some_and(|side| side.things.iter().any(|thing| kinds.contains(&thing.kind)))
    };
    for cell in cells.iter_mut().filter(|cell| cell.answer == Answer::No && has(cell.to, cell.resource.kinds())) {
        let Some(people) = doubtful.get(cell.from).filter(|people| !people.is_empty()) else { continue };
        (cell.answer, cell.why) = (Answer::Maybe, Some(Why::RolesNotShown));
        cell.people = people.len();
        cell.names = people.iter().take(NAMED).map(|who| judge.named(*who)).collect();
    }
}

fn shown(side: &Members) -> Side {
    let count = |kind: Kind, all: &[Entity]| all.iter().filter(|entity| entity.kind == kind).count();
    let kinds: &[Kind] = if side.is_nowhere { &[] } else { &[Kind::Queue, Kind::User, Kind::Group, Kind::Division] };
    Side {
        name: side.name.clone(),
        is_internal: side.is_internal,
        users: count(Kind::User, &side.people),
        accounts: count(Kind::ServiceAccount, &side.people),
        things: kinds.iter().map(|kind| (kind.word(), count(*kind, &side.things))).collect(),
    }
}
