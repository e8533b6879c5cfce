//! What a team selects by in its own settings, each with its place.

use super::{PARTNERS, Policy, TierPolicy, is_permission};
use crate::FileFault;
use std::collections::HashSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// What a pattern of the settings is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Selects {
    Named,
    Roles,
    Groups,
    Licences,
    Domains,
    Divisions,
    Queues,
    Departments,
    Employers,
    Regions,
    Permissions,
    /// All that a tier or partner selects by together.
    Tier,
}

impl Selects {
    /// The key in the settings of a tier.
    fn key(self) -> &'static str {
        match self {
            Self::Named => "names",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::Licences => "licences",
            Self::Domains => "domains",
            Self::Divisions => "divisions",
            Self::Queues => "queues",
            Self::Departments => "departments",
            Self::Employers => "employers",
            Self::Regions => "regions",
            Self::Permissions => "allowed",
            Self::Tier => "",
        }
    }
}

/// A pattern of the team's own settings.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    pub(crate) selects: Selects,
    /// The keys that lead to it, such as `partners.alpha.groups`.
    pub(crate) setting: String,
    pub(crate) pattern: Spanned<String>,
}

/// The patterns of a settings file, but for those of expectations.
pub(super) fn stated(text: &str, given: &Policy, built_in: &Policy) -> Vec<Stated> {
    let mut found = Vec::new();
    // Whoever writes down a tier that is built in may well have nobody of it.
    let is_own = |name: &String| !built_in.tiers.contains_key(name);
    for (table, tiers) in [("tiers", &given.tiers), ("partners", &given.partners)] {
        let heads = if tiers.keys().any(is_own) { heads(text, table) } else { Vec::new() };
        let own = heads.into_iter().filter(|name| is_own(name.as_ref()));
        found.extend(own.map(|pattern| Stated { selects: Selects::Tier, setting: table.to_owned(), pattern }));
        for (name, tier) in tiers {
            let of = |(selects, pattern): (Selects, &Spanned<String>)| {
                let setting = format!("{table}.{name}.{}", selects.key());
                Stated { selects, setting, pattern: pattern.clone() }
            };
            // What is only said again is for every export, and what a partner says of itself is told of there.
            let is_of_all = table == "tiers" && name == PARTNERS;
            let said = built_in.tiers.get(name).into_iter().chain(given.partners.values().filter(|_| is_of_all));
            let known: HashSet<(Selects, &str)> = said
                .flat_map(TierPolicy::patterns)
                .map(|(selects, pattern)| (selects, pattern.as_ref().as_str()))
                .collect();
            let is_known = |(selects, pattern): &(Selects, &Spanned<String>)| {
                known.contains(&(*selects, pattern.as_ref().as_str()))
            };
            found.extend(tier.patterns().filter(|stated| !is_known(stated)).map(of));
        }
    }
    for (name, all) in &given.capabilities {
        let is_known = |pattern: &&Spanned<String>| {
            let mut known = built_in.capabilities.get(name).into_iter().flatten();
            known.any(|known| known.as_ref() == pattern.as_ref())
        };
        let of = |pattern: &Spanned<String>| {
            let setting = format!("capabilities.{name}");
            Stated { selects: Selects::Permissions, setting, pattern: pattern.clone() }
        };
        found.extend(all.iter().filter(|pattern| !is_known(pattern)).map(of));
    }
    found
}

/// Finds patterns that can never fit, whatever the export has.
pub(super) fn check(path: &str, text: &str, given: &Policy) -> Result<(), Box<FileFault>> {
    for tier in given.tiers.values().chain(given.partners.values()) {
        for (selects, pattern) in tier.patterns() {
            if selects == Selects::Permissions {
                is_permission(path, text, pattern)?;
            } else if pattern.as_ref().trim().is_empty() {
                let message = "an empty pattern fits nothing".to_owned();
                let help = "write a name, with `*` for any text, or take it out".to_owned();
                return Err(Box::new(FileFault::new(path, text, pattern.span(), message, help)));
            }
        }
    }
    Ok(())
}

/// Where the key of a tier or partner stands in a settings file.
pub(super) fn head(text: &str, table: &str, name: &str) -> Option<Range<usize>> {
    heads(text, table).into_iter().find(|key| key.as_ref() == name).map(|key| key.span())
}

/// The keys of a table of tables.
fn heads(text: &str, table: &str) -> Vec<Spanned<String>> {
    let Ok(file) = DeTable::parse(text) else { return Vec::new() };
    let tiers = file.get_ref().get(table).and_then(|tiers| tiers.get_ref().as_table());
    let keys = tiers.into_iter().flat_map(|tiers| tiers.keys());
    keys.map(|key| Spanned::new(key.span(), key.get_ref().to_string())).collect()
}
