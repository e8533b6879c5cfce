//! `all`, `any` and `not`: patterns joined by those who bear what they match.

use super::{Among, facts as facts_of, matches, matches_among};
use crate::context::Context;
use crate::matching::{Match, key};
use crate::rule::spec::Pattern;
use crate::{About, Known, Label, Piece};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Place};
use std::sync::Arc;

/// What the first part matches and somebody bears who also bears a match of each
/// other part, and none of a `not`; it is about those who do. The other parts' places become labels.
pub(super) fn all(context: &Context<'_, '_>, parts: &[Pattern], some: Among<'_>) -> Vec<Match> {
    let mut wanted = parts.iter().filter(|part| !matches!(part, Pattern::Not(_)));
    let Some(first) = wanted.next() else { return Vec::new() };
    let candidates = |some: Among<'_>| -> Vec<(Match, Vec<Entity>)> {
        let with_bearers = |candidate: Match| {
            let bearers = candidate.bearers(context);
            (candidate, bearers)
        };
        matches_among(context, first, some).into_iter().map(with_bearers).collect()
    };
    let mut found = candidates(some);
    if found.is_empty() {
        return Vec::new();
    }
    // Who bears nothing of the first part is of no interest in the others.
    let mut left: HashSet<Entity> = found.iter().flat_map(|(_, bearers)| bearers).copied().collect();
    left.retain(|who| some.is_none_or(|some| some.contains(who)));
    let others: Vec<Borne> = wanted.map(|part| borne(context, matches(context, part), &left)).collect();
    left.retain(|who| others.iter().all(|part| part.by.contains_key(who)));
    for inner in parts.iter().filter_map(|part| if let Pattern::Not(inner) = part { Some(inner) } else { None }) {
        for excluded in matches(context, inner).iter().flat_map(|found| found.bearers(context)) {
            left.remove(&excluded);
        }
    }
    let is_left = |who: &Entity| left.contains(who);
    // What is about several who are not all left is found anew, so that it names nobody else.
    if found.iter().any(|(_, bearers)| bearers.iter().any(is_left) && !bearers.iter().all(is_left)) {
        found = candidates(Some(&left));
    }
    let together = |(candidate, mut bearers): (Match, Vec<Entity>)| {
        bearers.retain(is_left);
        (!bearers.is_empty()).then(|| together(candidate, bearers, &others))
    };
    found.into_iter().filter_map(together).collect()
}

/// A match of the first part with all that those who bear it bear of the others.
fn together(mut candidate: Match, bearers: Vec<Entity>, others: &[Borne]) -> Match {
    candidate.pieces = candidate.pieces();
    let crowd = std::mem::take(&mut candidate.crowd);
    candidate.identity.extend(crowd.iter().cloned());
    candidate.pieces.extend(crowd.iter().cloned().map(Piece::Thing));
    for part in others {
        let mut rows: Vec<usize> = bearers.iter().filter_map(|who| part.by.get(who)).flatten().copied().collect();
        rows.sort_unstable();
        rows.dedup();
        for other in rows.into_iter().filter_map(|row| part.matches.get(row)) {
            candidate.related.push(Label { place: other.primary, text: "together with this".to_owned() });
            candidate.identity.extend(other.identity.iter().chain(other.crowd.iter()).cloned());
            candidate.pieces.extend(other.pieces());
            candidate.files.extend(&other.files);
            candidate.access.extend(other.access.iter().cloned());
        }
    }
    for list in [&mut candidate.identity, &mut candidate.access] {
        list.sort();
        list.dedup();
    }
    candidate.people = bearers;
    candidate
}

/// What any part matches; what an earlier part has at the place of a subject already, no later one has again.
pub(super) fn any(context: &Context<'_, '_>, parts: &[Pattern], some: Among<'_>) -> Vec<Match> {
    let mut seen: HashMap<(Entity, Place), Vec<usize>> = HashMap::new();
    let mut found: Vec<Match> = Vec::new();
    for part in parts {
        // One part may find several causes at one place, such as two groups that pass on one role.
        let before = found.len();
        for other in matches_among(context, part, some) {
            let there = seen.get(&(other.subject, other.primary)).map_or(&[][..], Vec::as_slice);
            let says_it = |at: &&usize| found.get(**at).is_some_and(|known| says_all(context, known, &other));
            match there.iter().find(says_it).copied().and_then(|at| found.get_mut(at)) {
                Some(known) => known.take_in(other),
                None => found.push(other),
            }
        }
        for (at, new) in found.iter().enumerate().skip(before) {
            seen.entry((new.subject, new.primary)).or_default().push(at);
        }
    }
    found
}

/// Whether a match says all that another on the same subject does.
fn says_all(context: &Context<'_, '_>, known: &Match, other: &Match) -> bool {
    let about = |found: &Match| About {
        subject: key(context, found.subject),
        door: found.door.clone(),
        pieces: found.pieces(),
        people: found.let_in.clone(),
        crowd: Arc::clone(&found.crowd),
    };
    let (known, other) = (about(known), about(other));
    let (pieces, others) = (known.all(), other.all());
    // What names nothing is about the subject alone.
    others.is_empty() || Known::new(&known.subject, known.door.as_deref(), &pieces, &known.people).covers(&other)
}

/// The placeholders of the part that speaks for the whole.
pub(super) fn facts_of_all(parts: &[Pattern]) -> Vec<&'static str> {
    parts.iter().find(|part| !matches!(part, Pattern::Not(_))).map(facts_of).unwrap_or_default()
}

/// The placeholders that every part has.
pub(super) fn facts_of_any(parts: &[Pattern]) -> Vec<&'static str> {
    let mut parts = parts.iter().map(facts_of);
    let first = parts.next().unwrap_or_default();
    parts.fold(first, |common, more| common.into_iter().filter(|name| more.contains(name)).collect())
}

/// The matches of a part, and which of them each who bears any bears.
struct Borne {
    matches: Vec<Match>,
    by: HashMap<Entity, Vec<usize>>,
}

fn borne(context: &Context<'_, '_>, matches: Vec<Match>, concerned: &HashSet<Entity>) -> Borne {
    let mut by: HashMap<Entity, Vec<usize>> = HashMap::new();
    for (row, found) in matches.iter().enumerate() {
        for bearer in found.bearers(context).into_iter().filter(|bearer| concerned.contains(bearer)) {
            by.entry(bearer).or_default().push(row);
        }
    }
    Borne { matches, by }
}
