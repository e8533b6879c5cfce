//! Several partners, where an export shows several.

use super::{comment, department, division, domain, employer};
use rolecall_engine::{PARTNERS, Tiers};
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Kind, User};
use std::collections::{BTreeMap, BTreeSet};

/// How many names a comment lists.
const NAMED: usize = 3;

/// What tells partners apart, the surest first: a domain or an employer is somebody's own, a division or group may be
/// one site of several of one partner.
const MARKS: [(&str, bool); 5] =
    [("domains", true), ("employers", true), ("divisions", false), ("groups", false), ("departments", false)];

/// For each mark the values that only partners' users have, and who has them.
type Values = BTreeMap<&'static str, BTreeMap<String, BTreeSet<u32>>>;

/// A table for each partner, by the surest mark that shows several; commented out where the mark is not sure.
pub(super) fn guessed(graph: &AccessGraph<'_>, tiers: &Tiers) -> String {
    let values = values(graph, tiers);
    let several = |(key, _): &&(&'static str, bool)| values.get(key).is_some_and(|own| own.len() > 1);
    let Some((mark, is_sure)) = MARKS.iter().find(several) else { return String::new() };
    let lead = if *is_sure { "" } else { "# " };
    let mut text = format!(
        "\n# Guessed: partners' users differ by their {mark}, so there {} several partners. Correct what is wrong; what one\n\
         # partner sees of another is then a finding.\n",
        if *is_sure { "are" } else { "may be" }
    );
    let mut taken: BTreeSet<String> = tiers.names().map(str::to_owned).collect();
    for (value, users) in values.get(mark).into_iter().flatten() {
        let name = named(value, &mut taken);
        let mut shown: Vec<String> = users
            .iter()
            .take(NAMED)
            .map(|row| comment(graph.tenant.name(Entity { kind: Kind::User, row: *row })))
            .collect();
        if users.len() > shown.len() {
            shown.push(format!("and {} more", users.len() - shown.len()));
        }
        text.push_str(&format!(
            "\n# {} {}: {}\n{lead}[partners.{name}]\n",
            mark.trim_end_matches('s'),
            comment(value),
            shown.join(", ")
        ));
        for (key, own) in &values {
            let theirs = own.iter().filter(|(_, having)| having.is_subset(users));
            let theirs: Vec<String> = theirs.map(|(v, _)| toml::Value::String(v.clone()).to_string()).collect();
            if !theirs.is_empty() {
                text.push_str(&format!("{lead}{key} = [{}]\n", theirs.join(", ")));
            }
        }
    }
    text
}

fn values(graph: &AccessGraph<'_>, tiers: &Tiers) -> Values {
    let is_partner = |row: u32| tiers.contains(PARTNERS, Entity { kind: Kind::User, row });
    let mut values = Values::new();
    let mut others: BTreeSet<(&str, String)> = BTreeSet::new();
    for (row, user) in (0..).zip(&graph.tenant.users) {
        for (key, value) in marks_of(graph, tiers, row, user) {
            if is_partner(row) {
                values.entry(key).or_default().entry(value).or_default().insert(row);
            } else {
                others.insert((key, value));
            }
        }
    }
    for (key, own) in &mut values {
        own.retain(|value, _| !others.contains(&(*key, value.clone())));
    }
    values
}

fn marks_of(graph: &AccessGraph<'_>, tiers: &Tiers, row: u32, user: &User) -> Vec<(&'static str, String)> {
    let groups = graph.entities_from(Entity { kind: Kind::User, row }, EdgeKind::MemberOf).map(|(group, _)| group);
    let groups =
        groups.filter(|group| tiers.contains(PARTNERS, *group)).map(|group| graph.tenant.name(group).to_owned());
    let single = [
        ("domains", domain(graph, user)),
        ("employers", employer(graph, user)),
        ("divisions", division(graph, user)),
        ("departments", department(graph, user)),
    ];
    let single = single.into_iter().filter_map(|(key, value)| Some((key, value.filter(|value| !value.is_empty())?)));
    single.chain(groups.map(|group| ("groups", group))).collect()
}

/// A name for a table that nobody else has: the first part of a domain, else the value in lower case.
fn named(value: &str, taken: &mut BTreeSet<String>) -> String {
    let value = value.split('.').next().unwrap_or(value).to_lowercase();
    let words: Vec<&str> = value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let words: Vec<&str> = words.iter().filter(|word| words.len() == 1 || **word != PARTNERS).copied().collect();
    let name = if words.is_empty() { "partner".to_owned() } else { words.join("-") };
    let mut number = 1;
    let mut unique = name.clone();
    while !taken.insert(unique.clone()) {
        number += 1;
        unique = format!("{name}-{number}");
    }
    unique
}
