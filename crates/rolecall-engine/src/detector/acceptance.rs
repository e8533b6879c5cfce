//! What a team accepted and does not hold any more: entries past their last day, and entries that fit nothing.

use crate::allow::Fate;
use crate::context::Context;
use crate::matching::{Match, SETTLED, UNKNOWN};
use crate::{Allow, Named, wording};

pub(super) const FACTS: &[&str] = &["rule", "subject", "owner", "reason", "ticket", "expires", "findings", "hint"];

/// One finding for each entry that is past its last day and fits findings.
pub(super) fn expired(context: &Context<'_, '_>) -> Vec<Match> {
    entries(context)
        .filter_map(|(entry, fate)| match fate {
            Fate::Expired(subject, findings) => Some(found(context, entry, subject.clone(), *findings, None)),
            _ => None,
        })
        .collect()
}

/// One finding for each entry that fits nothing, though its rule was judged.
pub(super) fn unused(context: &Context<'_, '_>) -> Vec<Match> {
    entries(context)
        .filter_map(|(entry, fate)| match fate {
            Fate::Unused(hint) => Some(found(context, entry, stated(entry), 0, hint.as_deref())),
            _ => None,
        })
        .collect()
}

fn entries<'c>(context: &'c Context<'_, '_>) -> impl Iterator<Item = (&'c Allow, &'c Fate)> {
    context.allow.iter().zip(&context.ledger.fates)
}

/// The entity as the entry names it: nothing in the input may be called so.
fn stated(entry: &Allow) -> Named {
    let known = entry.kind.as_ref().and_then(|kind| {
        let kinds = rolecall_model::Kind::ALL.into_iter().map(rolecall_model::Kind::word);
        kinds.chain(SETTLED).find(|word| word == kind.as_ref())
    });
    let entity = entry.entity.as_ref();
    Named { kind: known.unwrap_or(UNKNOWN), id: entity.clone(), name: entity.clone() }
}

fn found(context: &Context<'_, '_>, entry: &Allow, about: Named, findings: usize, near: Option<&str>) -> Match {
    let subject = format!("`{}`", about.name);
    let place = if findings > 0 { entry.place_of_end(context.settings) } else { entry.place(context.settings) };
    let mut matched = Match::about(context, about, place);
    let access = entry.access.iter().flatten().map(|line| line.as_ref().clone());
    matched.identity = std::iter::once(entry.rule.as_ref().clone()).chain(access).collect();
    let back = match findings {
        1 => "1 finding is back".to_owned(),
        more => format!("{} are back", wording::count(more, "finding")),
    };
    let ticket = entry.ticket.as_ref().map(|ticket| format!(" ({ticket})")).unwrap_or_default();
    let hint = near.map(|name| format!(", or mend its name: did you mean `{name}`?")).unwrap_or_default();
    matched.facts = vec![
        ("rule", format!("`{}`", entry.rule.as_ref())),
        ("subject", subject),
        ("owner", format!("`{}`", entry.owner.as_ref())),
        ("reason", entry.reason.as_ref().clone()),
        ("ticket", ticket),
        ("expires", entry.end().unwrap_or_default()),
        ("findings", back),
        ("hint", hint),
    ];
    matched
}
