//! Findings that are known, and which of others are these, or a part of one.

use rolecall_engine::{About, Claim, Finding, Known, Piece};
use rolecall_source::visible;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::HashMap;

/// Of a finding that is about more, a file has only the fingerprint, so that no line is endless.
const LONGEST: usize = 200;

/// A finding that is known. The fingerprint tells whether it is there, and what it is about whether a part of it is; the
/// message is for whoever reads the line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// The id of the rule.
    pub rule: String,
    /// The entity, by kind and name.
    pub subject: String,
    /// The finding's own.
    pub fingerprint: String,
    /// What is wrong, as it was worded when the line was written.
    pub message: String,
    /// The entity, by kind and id. Earlier versions did not write it, nor what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The group or role that lets the entity in, and may let in others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Piece>,
    /// Those whom the entity lets in, where they are few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
}

impl Listed {
    /// The line for a finding.
    pub(crate) fn of(finding: &Finding) -> Self {
        let about = shown(&finding.about);
        Self {
            rule: visible(&finding.rule).into_owned(),
            subject: visible(&format!("{} {}", finding.subject.kind, finding.subject.name)).into_owned(),
            fingerprint: finding.fingerprint.clone(),
            message: visible(&finding.message).into_owned(),
            about: about.all(),
            entity: Some(about.subject),
            through: about.door,
            people: about.people,
        }
    }

    /// The line as it stands in a file.
    pub(crate) fn to_line(&self) -> String {
        let short = || {
            let (entity, through, about, people) = (None, None, Vec::new(), Vec::new());
            Self { entity, through, about, people, ..self.clone() }
        };
        let is_long = self.about.len() > LONGEST;
        let line = if is_long { serde_json::to_string(&short()) } else { serde_json::to_string(self) };
        line.unwrap_or_default()
    }

    /// The same line with other words for each of those whom it is about.
    #[must_use]
    pub fn about_others(&self, word: &dyn Fn(&str) -> String) -> Self {
        let word = |text: &String| word(text);
        Self {
            entity: self.entity.as_ref().map(word),
            through: self.through.as_ref().map(word),
            about: self.about.iter().map(|piece| worded(piece, &word)).collect(),
            people: self.people.iter().map(word).collect(),
            ..self.clone()
        }
    }

    fn known(&self) -> Known<'_> {
        let entity = self.entity.as_deref().unwrap_or_default();
        Known::new(entity, self.through.as_deref(), &self.about, &self.people)
    }
}

/// What a finding is about as a file may hold it: an id may be any text.
fn shown(about: &About) -> About {
    let text = |text: &String| visible(text).into_owned();
    About {
        subject: text(&about.subject),
        door: about.door.as_ref().map(text),
        pieces: about.pieces.iter().map(|piece| worded(piece, &text)).collect(),
        people: about.people.iter().map(text).collect(),
        crowd: about.crowd.iter().map(text).collect(),
    }
}

/// A piece in other words.
fn worded(piece: &Piece, word: &dyn Fn(&String) -> String) -> Piece {
    match piece {
        Piece::Thing(thing) => Piece::Thing(word(thing)),
        Piece::Access(claim) => {
            let mut limits: Vec<String> = claim.limits.iter().map(word).collect();
            limits.sort_unstable();
            let (by, permission, over) = (word(&claim.by), word(&claim.permission), word(&claim.over));
            Piece::Access(Claim { by, permission, over, limits })
        }
    }
}

/// What a finding is of what is listed, by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The same.
    Whole(usize),
    /// No more than a part.
    Part(usize),
}

/// Lines to look findings up in.
pub(crate) struct Index<'l> {
    lines: &'l [Listed],
    /// By fingerprint, the last first. Two faults may have one, and each line stands for one of them.
    same: HashMap<&'l str, Vec<usize>>,
}

/// A rule, an entity, and what lets that in.
type Place<'l> = (&'l str, &'l str, Option<&'l str>);

impl<'l> Index<'l> {
    pub(crate) fn new(lines: &'l [Listed]) -> Self {
        let mut same: HashMap<&str, Vec<usize>> = HashMap::new();
        for (row, line) in lines.iter().enumerate().rev() {
            same.entry(&line.fingerprint).or_default().push(row);
        }
        Self { lines, same }
    }

    /// For each finding, what it is of what is listed. Most are there whole; only the rest is held against what it may be a
    /// part of.
    pub(crate) fn find(mut self, findings: &[&Finding]) -> Vec<Option<Left>> {
        let whole = |finding: &&Finding| self.same.get_mut(finding.fingerprint.as_str())?.pop().map(Left::Whole);
        let mut found: Vec<Option<Left>> = findings.iter().map(whole).collect();
        if found.iter().all(Option::is_some) {
            return found;
        }
        let mut by_place: HashMap<Place<'_>, Vec<usize>> = HashMap::new();
        for (row, line) in self.lines.iter().enumerate() {
            if let Some(entity) = &line.entity {
                by_place.entry((&line.rule, entity, line.through.as_deref())).or_default().push(row);
            }
        }
        let known: Vec<OnceCell<Known<'_>>> = self.lines.iter().map(|_| OnceCell::new()).collect();
        for (finding, left) in findings.iter().zip(&mut found).filter(|(_, left)| left.is_none()) {
            let (rule, about) = (visible(&finding.rule), shown(&finding.about));
            let door = about.door.as_deref();
            let same = by_place.get(&(rule.as_ref(), about.subject.as_str(), door));
            let let_in = door.and_then(|door| by_place.get(&(rule.as_ref(), door, None)));
            let mut rows = same.into_iter().chain(let_in).flatten().copied();
            let line = |row: usize| {
                Some(known.get(row)?.get_or_init(|| self.lines.get(row).map(Listed::known).unwrap_or_default()))
            };
            *left = rows.find(|row| line(*row).is_some_and(|known| known.covers(&about))).map(Left::Part);
        }
        found
    }
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The other side says as much, or more.
    None,
    /// The other side says only a part of it.
    Part,
    /// The other side says nothing of it.
    Whole,
}

/// How much of each finding the other side has not: what is new, or with the sides the other way round what is fixed.
#[must_use]
pub fn changes(theirs: &[&Finding], own: &[&Finding]) -> Vec<Change> {
    let lines = |findings: &[&Finding]| -> Vec<Listed> { findings.iter().map(|finding| Listed::of(finding)).collect() };
    let (their_lines, own_lines) = (lines(theirs), lines(own));
    beyond(&Index::new(&their_lines).find(own), &Index::new(&own_lines).find(theirs))
}

/// What the other side, of which `theirs` says what it has of this one, has not.
fn beyond(own: &[Option<Left>], theirs: &[Option<Left>]) -> Vec<Change> {
    let change = |left: &Option<Left>| if left.is_some() { Change::None } else { Change::Whole };
    let mut changes: Vec<Change> = own.iter().map(change).collect();
    for left in theirs.iter().flatten() {
        let (Left::Whole(row) | Left::Part(row)) = left;
        if let Some(change) = changes.get_mut(*row).filter(|change| **change == Change::Whole) {
            *change = Change::Part;
        }
    }
    changes
}
