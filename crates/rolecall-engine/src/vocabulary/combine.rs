//! `all`, `any` and `not`: patterns joined by those who bear what they match.

use super::{facts as facts_of, matches};
use crate::context::Context;
use crate::matching::Match;
use crate::rule::spec::Pattern;
use crate::{Label, Piece};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Place};

/// What the first part matches and somebody bears who also bears a match of each
/// other part, and none of a `not`. The other parts' places become labels.
pub(super) fn all(context: &Context<'_, '_>, parts: &[Pattern]) -> Vec<Match> {
    let mut wanted = parts.iter().filter(|part| !matches!(part, Pattern::Not(_)));
    let Some(first) = wanted.next() else { return Vec::new() };
    let candidates = matches(context, first);
    if candidates.is_empty() {
        return Vec::new();
    }
    let with_bearers = |candidate: Match| {
        let bearers = candidate.bearers(context);
        (candidate, bearers)
    };
    let candidates: Vec<(Match, Vec<Entity>)> = candidates.into_iter().map(with_bearers).collect();
    // Who bears nothing of the first part is of no interest in the others.
    let concerned: HashSet<Entity> = candidates.iter().flat_map(|(_, bearers)| bearers).copied().collect();
    let others: Vec<Borne> = wanted.map(|part| borne(context, matches(context, part), &concerned)).collect();
    let excluded: HashSet<Entity> = parts
        .iter()
        .filter_map(|part| if let Pattern::Not(inner) = part { Some(inner) } else { None })
        .flat_map(|inner| matches(context, inner))
        .flat_map(|found| found.bearers(context))
        .collect();
    let mut found = Vec::new();
    for (mut candidate, mut bearers) in candidates {
        bearers.retain(|e| !excluded.contains(e));
        let mut beside = Vec::new();
        for part in &others {
            let mut together: Vec<usize> = bearers.iter().filter_map(|e| part.by.get(e)).flatten().copied().collect();
            together.sort_unstable();
            together.dedup();
            bearers.retain(|e| part.by.contains_key(e));
            beside.extend(together.into_iter().filter_map(|row| part.matches.get(row)));
        }
        if bearers.is_empty() {
            continue;
        }
        candidate.pieces = candidate.pieces();
        let crowd = std::mem::take(&mut candidate.crowd);
        candidate.identity.extend(crowd.iter().cloned());
        candidate.pieces.extend(crowd.iter().cloned().map(Piece::Thing));
        for other in beside {
            candidate.related.push(Label { place: other.primary, text: "together with this".to_owned() });
            candidate.identity.extend(other.identity.iter().chain(other.crowd.iter()).cloned());
            candidate.pieces.extend(other.pieces());
            candidate.files.extend(&other.files);
            candidate.access.extend(other.access.iter().cloned());
        }
        for list in [&mut candidate.identity, &mut candidate.access] {
            list.sort();
            list.dedup();
        }
        found.push(candidate);
    }
    found
}

/// What any part matches; what an earlier part has of a subject and place already, no later one has again.
pub(super) fn any(context: &Context<'_, '_>, parts: &[Pattern]) -> Vec<Match> {
    let mut seen: HashMap<(Entity, Place), usize> = HashMap::new();
    let mut found: Vec<Match> = Vec::new();
    for part in parts {
        // One part may find several causes at one place, such as two groups that pass on one role.
        let before = found.len();
        for other in matches(context, part) {
            match seen.get(&(other.subject, other.primary)).and_then(|at| found.get_mut(*at)) {
                Some(known) => {
                    if let (Some(ends), Some(more)) = (&mut known.ends, other.ends) {
                        ends.join(more);
                    }
                }
                None => found.push(other),
            }
        }
        for (at, new) in found.iter().enumerate().skip(before) {
            seen.entry((new.subject, new.primary)).or_insert(at);
        }
    }
    found
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
