//! Entities of one kind that share an id, or that have no id and share a name.

use crate::context::Context;
use crate::matching::Match;
use crate::{Label, wording};
use rolecall_model::{Entity, Kind, Part, Place};

pub(super) const FACTS: &[&str] = &["subject", "id", "count"];

pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let graph = context.graph;
    let mut found = Vec::new();
    for kind in Kind::ALL {
        for rows in graph.directory.duplicates(kind) {
            let mut same: Vec<Entity> = rows.into_iter().map(|row| Entity { kind, row }).collect();
            same.sort_by_key(|e| graph.tenant.head(*e).origin);
            let Some((last, earlier)) = same.split_last() else { continue };
            let id = if graph.tenant.id(*last).is_empty() { graph.tenant.name(*last) } else { graph.tenant.id(*last) };
            // Places move with the order of files; the subject must not.
            let subject = same.iter().copied().min_by_key(|e| graph.order_key(*e)).unwrap_or(*last);
            let place = |e: &Entity| Place { origin: graph.tenant.head(*e).origin, part: Part::Id };
            let mut matched = Match::of(context, subject, place(last));
            let label =
                |e: &Entity| Label { place: place(e), text: format!("{} has it too", wording::entity(context, *e)) };
            matched.related = earlier.iter().map(label).collect();
            matched.identity = vec![format!("{} {id}", kind.word())];
            matched.facts.push(("id", format!("`{id}`")));
            matched.facts.push(("count", wording::count_of(same.len(), kind)));
            found.push(matched);
        }
    }
    found
}
