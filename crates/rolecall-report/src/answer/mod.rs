//! Answers to questions, as text and as JSON. One file a question says what is in its answer; this one knows how
//! text and JSON look, and how places are shown.

mod access;
mod can;
mod cut;
mod matrix;
mod page;
mod reach;
mod who_can;

pub use can::{CanAnswer, CanMode};
pub use cut::CutsAnswer;
pub(crate) use cut::{command, cut_json, cut_words, loser, lost_words};
pub use matrix::MatrixAnswer;
pub(crate) use matrix::reason;
pub use page::Page;
pub use who_can::WhoCanAnswer;

use crate::escaping::write_pretty;
use crate::verdict::Location;
use crate::{TextOptions, Verdict};
use rolecall_engine::{Named, Step};
use rolecall_model::Place;
use rolecall_query::Gap;
use rolecall_source::Sources;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write};

/// An answer that can be shown.
pub trait Shown {
    /// The name and version of its JSON, such as `rolecall/who-can/v1`.
    fn schema(&self) -> &'static str;

    /// What JSON holds beside the schema: an object.
    fn json(&self, ink: &Ink<'_>) -> Value;

    /// What people read.
    fn text(&self, page: &mut Page<'_>);
}

/// What turns places into files and lines.
pub struct Ink<'a> {
    sources: Option<&'a Sources>,
    found: Cow<'a, HashMap<Place, Location>>,
    wanted: RefCell<Vec<Place>>,
}

/// The places that an answer shows, for the locator.
#[must_use]
pub fn places(answer: &dyn Shown) -> Vec<Place> {
    let ink = Ink { sources: None, found: Cow::Owned(HashMap::new()), wanted: RefCell::new(Vec::new()) };
    answer.json(&ink);
    ink.wanted.into_inner()
}

/// The places that the text of an answer shows, for the locator.
#[must_use]
pub fn places_of_text(answer: &dyn Shown, options: &TextOptions) -> Vec<Place> {
    let ink = Ink { sources: None, found: Cow::Owned(HashMap::new()), wanted: RefCell::new(Vec::new()) };
    answer.text(&mut Page::new(&ink, *options));
    ink.wanted.into_inner()
}

impl<'a> Ink<'a> {
    /// What shows the places that were found.
    #[must_use]
    pub fn new(sources: &'a Sources, found: HashMap<Place, Location>) -> Self {
        Self { sources: Some(sources), found: Cow::Owned(found), wanted: RefCell::new(Vec::new()) }
    }

    /// What shows the places that a verdict has.
    pub(crate) fn of(verdict: &'a Verdict<'_>) -> Self {
        let found = Cow::Borrowed(&verdict.places);
        Self { sources: Some(verdict.sources), found, wanted: RefCell::new(Vec::new()) }
    }

    /// A chain of edges, each with its place.
    #[must_use]
    pub fn chain(&self, steps: &[Step]) -> Value {
        steps.iter().map(|step| self.step(step)).collect()
    }

    /// A place as the JSON of findings has it.
    #[must_use]
    pub fn place(&self, place: Place) -> Value {
        self.wanted.borrow_mut().push(place);
        let Some((path, location)) = self.locate(place) else { return Value::Null };
        let point = |p: rolecall_source::Position| json!({ "line": p.line, "column": p.column, "offset": p.offset });
        json!({ "path": path, "pointer": location.pointer, "start": point(location.start), "end": point(location.end) })
    }

    /// `users.json:12`; nothing for a place that is not found.
    pub(crate) fn short(&self, place: Place) -> Option<String> {
        self.wanted.borrow_mut().push(place);
        let (path, location) = self.locate(place)?;
        Some(format!("{path}:{}", location.start.line))
    }

    fn locate(&self, place: Place) -> Option<(&'a str, &Location)> {
        let location = self.found.get(&place)?;
        Some((self.sources?.get(location.file)?.path(), location))
    }

    fn step(&self, step: &Step) -> Value {
        let mut out = Map::new();
        out.insert("edge".to_owned(), step.edge.into());
        out.insert("from".to_owned(), named(&step.from));
        out.insert("to".to_owned(), named(&step.to));
        out.extend(step.over.as_ref().map(|over| ("over".to_owned(), over.as_str().into())));
        out.insert("location".to_owned(), self.place(step.place));
        Value::Object(out)
    }
}

/// An entity in JSON.
#[must_use]
pub(crate) fn named(entity: &Named) -> Value {
    json!({ "kind": entity.kind, "id": entity.id, "name": entity.name })
}

/// Writes an answer as JSON.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_answer_json(out: &mut dyn Write, answer: &dyn Shown, ink: &Ink<'_>) -> io::Result<()> {
    let mut whole = Map::new();
    whole.insert("schema".to_owned(), answer.schema().into());
    whole.insert("tool".to_owned(), json!({ "name": "rolecall", "version": env!("CARGO_PKG_VERSION") }));
    if let Value::Object(fields) = answer.json(ink) {
        whole.extend(fields);
    }
    write_pretty(out, &whole)?;
    out.write_all(b"\n")
}

/// Writes an answer for people.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_answer_text(
    out: &mut dyn Write,
    answer: &dyn Shown,
    ink: &Ink<'_>,
    options: &TextOptions,
) -> io::Result<()> {
    let mut page = Page::new(ink, *options);
    answer.text(&mut page);
    page.write(out)
}

/// An entity in a sentence: role `Claims Lead`; of a user the name alone.
fn noun(entity: &Named) -> String {
    match entity.kind {
        "user" | "permission" => format!("`{}`", entity.name),
        kind => format!("{} `{}`", kind.replace('-', " "), entity.name),
    }
}

/// A few names in back-ticks, and how many more there are.
fn some_of(names: &[Named], all: usize) -> String {
    let shown: Vec<String> = names.iter().map(|named| format!("`{}`", named.name)).collect();
    match all.saturating_sub(names.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 user`, `2 users`.
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `2 users and 1 service account`; `nobody`.
fn people(users: usize, accounts: usize) -> String {
    match (users, accounts) {
        (0, 0) => "nobody".to_owned(),
        (users, 0) => count(users, "user"),
        (0, accounts) => count(accounts, "service account"),
        (users, accounts) => format!("{} and {}", count(users, "user"), count(accounts, "service account")),
    }
}

/// What an export lacks, in one sentence.
fn gap_words(gap: &Gap) -> String {
    match gap {
        Gap::Permission(near) => format!("nobody knows a permission of that name; did you mean `{near}`?"),
        Gap::Roles => "the export states no roles at all".to_owned(),
        Gap::Holders => "the export shows nobody who holds any role".to_owned(),
        Gap::Members(groups) => {
            let few: Vec<Named> = groups.iter().take(3).cloned().collect();
            format!(
                "the export does not show who is in these groups, and they would give it: {}",
                some_of(&few, groups.len())
            )
        }
        Gap::Grants(roles) => {
            let few: Vec<Named> = roles.iter().take(3).cloned().collect();
            format!("the export does not show what these roles grant: {}", some_of(&few, roles.len()))
        }
        Gap::Strangers(ids) => {
            format!("whoever these are, they have it: {}; no listing in the input holds them", some_ids(ids))
        }
        Gap::Unlisted(ids) => {
            format!("no listing in the input holds these roles, and what they grant is not known: {}", some_ids(ids))
        }
    }
}

/// The first few ids.
fn some_ids(ids: &[String]) -> String {
    let few: Vec<String> = ids.iter().take(3).map(|id| format!("`{id}`")).collect();
    let more = match ids.len() - few.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    few.join(", ") + &more
}

fn gap_json(gap: &Gap) -> Value {
    match gap {
        Gap::Permission(near) => json!({ "lacks": "permission", "near": near }),
        Gap::Roles => json!({ "lacks": "roles" }),
        Gap::Holders => json!({ "lacks": "holders" }),
        Gap::Strangers(ids) => json!({ "lacks": "listed", "ids": ids }),
        Gap::Unlisted(ids) => json!({ "lacks": "listed-roles", "ids": ids }),
        Gap::Grants(roles) => json!({ "lacks": "grants", "roles": roles.iter().map(named).collect::<Vec<_>>() }),
        Gap::Members(groups) => json!({ "lacks": "members", "groups": groups.iter().map(named).collect::<Vec<_>>() }),
    }
}
