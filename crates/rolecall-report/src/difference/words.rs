//! A cause in a sentence.

use super::{Difference, code};
use crate::summary::count;
use rolecall_diff::{Cause, Edge, People};
use rolecall_engine::Named;

/// How many names or permissions a sentence gives before it only counts.
const NAMED: usize = 3;

/// How text of the export is set off.
type Quote = fn(&str) -> String;

/// Plainly, for a terminal.
pub(super) fn sentence(difference: &Difference<'_>, cause: &Cause, is_gain: bool) -> String {
    said(difference, cause, is_gain, |text| format!("`{text}`"))
}

/// For Markdown.
pub(super) fn marked(difference: &Difference<'_>, cause: &Cause, is_gain: bool) -> String {
    said(difference, cause, is_gain, code)
}

/// "group `Planning` now holds role `Claims Analyst`: 1 user of `bpo` gains `… over All` (groups.json:31)"
fn said(difference: &Difference<'_>, cause: &Cause, is_gain: bool, quote: Quote) -> String {
    let (own, other) = match is_gain {
        true => (&difference.new_ink, &difference.old_ink),
        false => (&difference.old_ink, &difference.new_ink),
    };
    let place = if cause.edge.is_denial() { other.short(cause.place) } else { own.short(cause.place) };
    let instead = cause.instead.as_ref().and_then(|(_, place)| other.short(*place));
    let places: Vec<String> = match (place, instead) {
        (place, Some(instead)) => {
            let (before, after) = if is_gain { (Some(instead), place) } else { (place, Some(instead)) };
            [before.map(|place| format!("before {place}")), after].into_iter().flatten().rev().collect()
        }
        (place, None) => place.into_iter().collect(),
    };
    let places = if places.is_empty() { String::new() } else { format!(" ({})", quoted_places(&places, quote)) };
    let verb = match (is_gain, cause.people.all.len()) {
        (true, 1) => "gains",
        (true, _) => "gain",
        (false, 1) => "loses",
        (false, _) => "lose",
    };
    // What an entry says need not be said twice.
    let access = match (&cause.edge, cause.access.as_slice()) {
        (Edge::Gives { permission, scope, .. }, [only]) if *only == format!("{permission} over {scope}") => {
            "it".to_owned()
        }
        (_, access) => some(access.iter().map(String::as_str), quote),
    };
    format!("{}: {} {verb} {access}{places}", edge(cause, is_gain, quote), people(&cause.people, quote))
}

/// Paths may hold anything, and in Markdown only code is safe; text keeps them bare, for terminals that open them.
fn quoted_places(places: &[String], quote: Quote) -> String {
    let is_plain = quote("a'`") != code("a'`");
    let shown: Vec<String> = places.iter().map(|place| if is_plain { place.clone() } else { code(place) }).collect();
    shown.join(", ")
}

fn edge(cause: &Cause, is_gain: bool, quote: Quote) -> String {
    let noun = |named: &Named| format!("{} {}", named.kind.replace('-', " "), quote(&named.name));
    let many = cause.people.all.len() > 1;
    let verb = |now: &str, no: &str| if is_gain { format!("now {now}") } else { format!("no longer {no}") };
    let instead = |words: &str| match (&cause.instead, is_gain) {
        (Some((other, _)), true) => format!("{words}, before {}", quote(other)),
        (Some((other, _)), false) => format!("{words}, but {}", quote(other)),
        (None, _) => words.to_owned(),
    };
    match &cause.edge {
        Edge::Member(group) => membership(cause, is_gain, &noun(group), quote),
        Edge::Holds { group, role, over } => {
            let who =
                group.as_ref().map_or_else(|| some(cause.people.all.iter().map(|who| who.name.as_str()), quote), noun);
            let is_many = group.is_none() && many;
            let verb = if is_many { verb("hold", "hold") } else { verb("holds", "holds") };
            let over = over.as_ref().map(|over| format!(" in {}", quote(over))).unwrap_or_default();
            instead(&format!("{who} {verb} {}{over}", noun(role)))
        }
        Edge::Inherits(role, parent) => {
            format!("{} {} from {}", noun(role), verb("inherits", "inherits"), noun(parent))
        }
        Edge::Gives { owner, permission, scope } => {
            let verb = verb("gives", "gives");
            instead(&format!("{} {verb} {} over {}", noun(owner), quote(permission), quote(scope)))
        }
        Edge::Within { limit, things } => {
            let is_queue = things.first().is_some_and(|thing| thing.kind == "queue");
            let shows = match (limit.kind, is_queue) {
                ("view", _) => "shows",
                (_, true) => "sits on",
                (_, false) => "has",
            };
            let nouns = if is_queue {
                "queue"
            } else if things.len() == 1 {
                "user"
            } else {
                "users"
            };
            let names = some(things.iter().map(|thing| thing.name.as_str()), quote);
            format!("{} {} {nouns} {names}", noun(limit), verb(shows, shows))
        }
        Edge::Lies { things, division } => {
            let kind = things.first().map_or("", |thing| thing.kind);
            let (nouns, lie) = if things.len() > 1 { (format!("{kind}s"), "lie") } else { (kind.to_owned(), "lies") };
            let names = some(things.iter().map(|thing| thing.name.as_str()), quote);
            instead(&format!("{nouns} {names} {} in {}", verb(lie, lie), quote(division)))
        }
        Edge::Denied { permission, whom, is_membership: false } => {
            let whom = whom.as_ref().map_or_else(|| "everybody".to_owned(), noun);
            let verb = if is_gain { "no longer deny" } else { "now deny" };
            format!("access policies {verb} {} to {whom}", quote(permission))
        }
        Edge::Denied { permission, whom, is_membership: true } => {
            let group = whom.as_ref().map_or_else(String::new, noun);
            format!("{}, which is denied {}", membership(cause, !is_gain, &group, quote), quote(permission))
        }
    }
}

/// "`Ana Reis` is now a member of group `Planning`"
fn membership(cause: &Cause, is_now: bool, group: &str, quote: Quote) -> String {
    let who = some(cause.people.all.iter().map(|who| who.name.as_str()), quote);
    let verb = match (is_now, cause.people.all.len() > 1) {
        (true, false) => "is now a member",
        (true, true) => "are now members",
        (false, false) => "is no longer a member",
        (false, true) => "are no longer members",
    };
    format!("{who} {verb} of {group}")
}

/// `12 users (9 of `bpo`)`
fn people(people: &People, quote: Quote) -> String {
    let users = people.all.iter().filter(|who| who.kind == "user").count();
    let accounts = people.all.len() - users;
    let counts: Vec<String> = [(users, "user"), (accounts, "service account")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    let tiers: Vec<String> = people
        .tiers
        .iter()
        .map(|(tier, number)| {
            if *number == people.all.len() {
                format!("of {}", quote(tier))
            } else {
                format!("{number} of {}", quote(tier))
            }
        })
        .collect();
    let tiers = if tiers.is_empty() { String::new() } else { format!(" ({})", tiers.join(", ")) };
    format!("{}{tiers}", counts.join(" and "))
}

/// A few, and how many more.
fn some<'n>(names: impl Iterator<Item = &'n str>, quote: Quote) -> String {
    let names: Vec<&str> = names.collect();
    let shown: Vec<String> = names.iter().take(NAMED).map(|name| quote(name)).collect();
    match (names.len() - shown.len(), shown.split_last()) {
        (0, Some((last, rest))) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        (0, _) => shown.concat(),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    }
}
