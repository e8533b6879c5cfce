//! From facts to words.

use crate::context::Context;
use crate::held::{Held, NAMED};
use crate::matching::Facts;
use rolecall_model::{Entity, Kind};

/// An entity in a sentence: role `BPO Supervisor`; for a user just the name.
pub(crate) fn entity(context: &Context<'_, '_>, entity: Entity) -> String {
    let name = context.graph.tenant.name(entity);
    let name = if name.is_empty() { "without a name" } else { name };
    if entity.kind == Kind::User { ["`", name, "`"].concat() } else { [entity.kind.noun(), " `", name, "`"].concat() }
}

/// The names of the placeholders in a rule's text.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// A rule's text with the facts in it. What a fact says is never read as a placeholder.
pub(crate) fn fill(text: &str, facts: &Facts, more: &Facts) -> String {
    let mut filled = String::new();
    let mut pieces = text.split('{');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let Some((name, rest)) = piece.split_once('}') else {
            filled.push('{');
            filled.push_str(piece);
            continue;
        };
        let fact = more.iter().chain(facts).find(|(known, _)| *known == name);
        filled.push_str(fact.map_or("", |(_, words)| words));
        filled.push_str(rest);
    }
    filled
}

/// `3 users`, `1 user`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", thousands(number)) }
}

/// `2 roles`, `3 recording policies`.
pub(crate) fn count_of(number: usize, kind: Kind) -> String {
    if number == 1 {
        format!("1 {}", kind.noun())
    } else {
        format!("{} {}", thousands(number), crate::vocabulary::select::plural(kind))
    }
}

pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A few of the names given, in back-ticks, and how many more there are.
pub(crate) fn some_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> = names.by_ref().take(NAMED).map(|name| ["`", name, "`"].concat()).collect();
    // Of thousands of people those who are not named are not asked for their names.
    let more = match names.size_hint() {
        (least, Some(most)) if least == most => most,
        _ => names.count(),
    };
    match (more, shown.split_last()) {
        (0, None) => String::new(),
        (0, Some((last, []))) => last.clone(),
        (0, Some((last, rest))) => format!("{} and {last}", rest.join(", ")),
        (more, _) => format!("{} and {} more", shown.join(", "), thousands(more)),
    }
}

/// A few entities, each with its noun, and how many more there are.
pub(crate) fn some(context: &Context<'_, '_>, entities: &[Entity]) -> String {
    let shown: Vec<String> = entities.iter().take(NAMED).map(|one| entity(context, *one)).collect();
    match (entities.len() - shown.len(), shown.split_last()) {
        (0, Some((last, rest))) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        (0, _) => shown.concat(),
        (more, _) => format!("{} and {} more", shown.join(", "), thousands(more)),
    }
}

/// `, held by 14 users`; nothing where nobody holds it.
pub(crate) fn held(held: &Held) -> String {
    let all = held.count();
    if all == 0 {
        return String::new();
    }
    if all <= NAMED {
        return format!(", held by {}", some_of(held.names.iter().map(String::as_str)));
    }
    let users = (held.users > 0).then(|| count(held.users, "user"));
    let accounts = (held.accounts > 0).then(|| count(held.accounts, "service account"));
    let who: Vec<String> = users.into_iter().chain(accounts).collect();
    let few = some_of(held.names.iter().map(String::as_str));
    format!(", held by {} such as {few}", who.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_fill_their_places_and_are_not_read_again() {
        let facts: Facts = vec![("subject", "role `{scope}`".to_owned()), ("scope", "All".to_owned())];
        assert_eq!(fill("{subject} over {scope}", &facts, &Vec::new()), "role `{scope}` over All");
        assert_eq!(fill("a { b", &facts, &Vec::new()), "a { b");
        assert_eq!(placeholders("{subject} over {scope}").collect::<Vec<_>>(), ["subject", "scope"]);
    }

    #[test]
    fn a_few_are_named_and_the_rest_counted() {
        assert_eq!(some_of(["a"]), "`a`");
        assert_eq!(some_of(["a", "b"]), "`a` and `b`");
        assert_eq!(some_of(["a", "b", "c", "d"]), "`a`, `b`, `c` and 1 more");
        assert_eq!(count(1, "user"), "1 user");
        assert_eq!(count(1_234_567, "user"), "1,234,567 users");
    }
}
