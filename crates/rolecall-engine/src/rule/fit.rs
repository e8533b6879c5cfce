//! Words of a rule that could never fit or would say nothing, though each of them is one of the language.

use super::spec::{Attribute, KindWord};
use crate::vocabulary::select;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The bytes at fault, what is wrong, and how to mend it.
pub(super) type Slip = (Range<usize>, String, String);

/// Lists that say the same when they are empty as when they are left out.
const MAY_BE_EMPTY: [&str; 4] = ["except", "unheld", "where", "yields-to"];

/// The tests of an attribute, each with the sort of value that it is about; of some any.
const TESTS: [(&str, Option<Sort>); 7] = [
    ("is", None),
    ("not", None),
    ("absent", None),
    ("above", Some(Sort::Number)),
    ("matches", Some(Sort::Text)),
    ("has", Some(Sort::List)),
    ("lacks", Some(Sort::List)),
];

/// The kinds that roles are given to.
const HOLDERS: [&str; 3] = ["user", "service-account", "group"];

/// The kinds that have permissions.
const BEARERS: [&str; 4] = ["role", "user", "service-account", "group"];

/// The slips in a fence that can be read.
pub(super) fn slips(fence: &str) -> Vec<Slip> {
    let mut found = Vec::new();
    if let Ok(words) = DeTable::parse(fence) {
        look(words.get_ref(), &mut found);
    }
    found
}

fn look(words: &DeTable<'_>, found: &mut Vec<Slip>) {
    for (key, value) in words {
        let key = key.get_ref().as_ref();
        match value.get_ref() {
            DeValue::Array(list) if list.is_empty() && !MAY_BE_EMPTY.contains(&key) => {
                let help = "name something in it, or leave the key out where the language lets you".to_owned();
                found.push((value.span(), format!("`{key}` is an empty list, which nothing fits"), help));
            }
            DeValue::Array(list) => {
                list.iter().filter_map(|part| part.get_ref().as_table()).for_each(|part| look(part, found));
            }
            DeValue::Table(part) => {
                match key {
                    "grant" => grant(part, found),
                    "lacks" => only(part.get("who"), &BEARERS, "has permissions", found),
                    "path" => only(part.get("from"), &BEARERS, "leads to roles", found),
                    _ => {}
                }
                look(part, found);
            }
            _ => {}
        }
    }
    conditions(words, found);
}

fn grant(words: &DeTable<'_>, found: &mut Vec<Slip>) {
    let asks = |key: &str, other: &str| words.get(key).filter(|_| words.get(other).is_none());
    if let Some(value) = asks("beyond-allowed", "tier").filter(|value| value.get_ref().as_bool() == Some(true)) {
        let help = "name the tier whose list is meant with `tier`".to_owned();
        found.push((value.span(), "`beyond-allowed` is about no tier".to_owned(), help));
    }
    let is_filled = |value: &&Spanned<DeValue<'_>>| value.get_ref().as_array().is_some_and(|list| !list.is_empty());
    if let Some(value) = asks("unheld", "holder").filter(is_filled) {
        let help = "say with `holder` who is meant to hold the role".to_owned();
        found.push((value.span(), "`unheld` says nothing without `holder`".to_owned(), help));
    }
    if let Some(value) = words.get("blame").filter(|_| words.contains_key("tier")) {
        let help = "leave it out: who of the tier an entry lands with is to blame".to_owned();
        found.push((value.span(), "`blame` says nothing beside `tier`".to_owned(), help));
    }
    kinds(words.get("holder"), &HOLDERS, "holds roles", found);
}

/// Finds the kinds of a selector that are none of those that can be meant.
fn only(selector: Option<&Spanned<DeValue<'_>>>, all: &[&str], what: &str, found: &mut Vec<Slip>) {
    kinds(selector.and_then(|selector| selector.get_ref().get("kind")), all, what, found);
}

fn kinds(list: Option<&Spanned<DeValue<'_>>>, all: &[&str], what: &str, found: &mut Vec<Slip>) {
    for word in list.and_then(|list| list.get_ref().as_array()).into_iter().flat_map(|list| list.iter()) {
        if let Some(kind) = word.get_ref().as_str().filter(|kind| !all.contains(kind)) {
            let help = format!("one of {}", quoted(all));
            found.push((word.span(), format!("no `{kind}` {what}"), help));
        }
    }
}

/// The slips in the conditions of a selector, if it is one.
fn conditions(selector: &DeTable<'_>, found: &mut Vec<Slip>) {
    let list = |key: &str| selector.get(key).and_then(|value| value.get_ref().as_array()).map(|list| list.iter());
    let kind = |word: &Spanned<DeValue<'_>>| read::<KindWord>(word.get_ref().as_str()?);
    let all: Vec<KindWord> = list("kind").into_iter().flatten().filter_map(kind).collect();
    for condition in list("where").into_iter().flatten().filter_map(|condition| condition.get_ref().as_table()) {
        let Some(named) = condition.get("attribute") else { continue };
        let Some((name, attribute)) = named.get_ref().as_str().and_then(|name| Some((name, read::<Attribute>(name)?)))
        else {
            continue;
        };
        let (sort, bearers) = bearers(attribute);
        if !bearers.is_empty() && !all.is_empty() && !all.iter().any(|kind| bearers.contains(kind)) {
            let nouns: Vec<String> = bearers.iter().map(|word| select::plural(select::kind(*word))).collect();
            let message = format!("nothing that is looked for has `{name}`");
            found.push((named.span(), message, format!("it is an attribute of {}", nouns.join(" and "))));
        }
        let mut tests = TESTS.iter().filter_map(|(key, about)| Some((*key, *about, condition.get(*key)?))).peekable();
        if tests.peek().is_none() {
            let help = format!("one of {}", quoted(&TESTS.map(|(key, _)| key)));
            found.push((named.span(), format!("`{name}` is not tested for anything"), help));
        }
        for (key, about, value) in tests {
            let about = about.or(if matches!(key, "is" | "not") { sort_of(value.get_ref()) } else { None });
            if about.is_some_and(|about| about != sort) {
                let message = format!("`{key}` cannot be true of `{name}`, which is {}", noun(sort));
                found.push((value.span(), message, help_for(sort).to_owned()));
            }
        }
    }
}

/// The word that a text is, in the language's own spelling.
fn read<'t, W: Deserialize<'t>>(text: &'t str) -> Option<W> {
    let words: serde::de::value::StrDeserializer<'t, Error> = text.into_deserializer();
    W::deserialize(words).ok()
}

fn sort_of(value: &DeValue<'_>) -> Option<Sort> {
    match value {
        DeValue::Boolean(_) => Some(Sort::Flag),
        DeValue::Integer(_) | DeValue::Float(_) => Some(Sort::Number),
        DeValue::String(_) => Some(Sort::Text),
        _ => None,
    }
}

fn noun(sort: Sort) -> &'static str {
    match sort {
        Sort::Flag => "true or false",
        Sort::Number => "a number",
        Sort::Text => "text",
        Sort::List => "a list",
    }
}

fn help_for(sort: Sort) -> &'static str {
    match sort {
        Sort::Flag => "write `true` or `false` without quotes, with `is` or `not`",
        Sort::Number => "write a number without quotes, with `is`, `not` or `above`",
        Sort::Text => "write text in quotes, with `is`, `not` or `matches`",
        Sort::List => "ask with `has` or `lacks` for what is in it",
    }
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// What sort of value an attribute has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Flag,
    Number,
    Text,
    List,
}

/// The sort of its values, and the kinds that have it; none where all have.
fn bearers(attribute: Attribute) -> (Sort, &'static [KindWord]) {
    use KindWord::{
        Group, OauthClient, Queue, RecordingPolicy, Report, Role, ScheduledExport, ServiceAccount, Setting, Trustee,
        User,
    };
    match attribute {
        Attribute::Name | Attribute::Id => (Sort::Text, &[]),
        Attribute::Email | Attribute::Division => (Sort::Text, &[User]),
        Attribute::BpoFlag | Attribute::InHomeDivision => (Sort::Flag, &[User]),
        Attribute::Region => (Sort::Text, &[User, Queue]),
        Attribute::RegionAllowed => (Sort::Flag, &[User, Queue]),
        Attribute::State => (Sort::Text, &[User, OauthClient]),
        Attribute::System => (Sort::Flag, &[Role]),
        Attribute::TokenSeconds => (Sort::Number, &[OauthClient]),
        Attribute::EndsOnLogout => (Sort::Flag, &[OauthClient]),
        Attribute::GrantType => (Sort::Text, &[OauthClient]),
        Attribute::ByUserType => (Sort::Flag, &[RecordingPolicy]),
        Attribute::RetentionDays => (Sort::Number, &[RecordingPolicy]),
        Attribute::Enabled => (Sort::Flag, &[Trustee, ScheduledExport]),
        Attribute::FullAccess | Attribute::AdminByDefault | Attribute::Expires => (Sort::Flag, &[Trustee]),
        Attribute::Switch => (Sort::Flag, &[Setting]),
        Attribute::Value => (Sort::Number, &[Setting]),
        Attribute::Roles => (Sort::Number, &[User, ServiceAccount, Group]),
        Attribute::Unused | Attribute::Added | Attribute::Holders => (Sort::Number, &[Role]),
        Attribute::Filtered | Attribute::SentOutside => (Sort::Flag, &[ScheduledExport]),
        Attribute::Headers => (Sort::List, &[ServiceAccount]),
        Attribute::Filters | Attribute::Sources => (Sort::List, &[Report]),
        Attribute::FilterRegions => (Sort::Number, &[Report]),
        Attribute::Partners => (Sort::Number, &[]),
    }
}
