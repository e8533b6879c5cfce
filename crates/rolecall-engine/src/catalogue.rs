//! What the platform's permissions open: facts pinned with the release.

use hashbrown::HashMap;
use rolecall_model::Permission;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const PINNED: &str = include_str!("../data/catalogue.json");

/// The platform's permissions and the operations of its public API that ask for them.
///
/// Source: named in `data/catalogue.json`. A permission that is not here may well exist:
/// many serve only the user interface, and no public document lists them all.
#[derive(Debug)]
pub struct Catalogue {
    /// By name.
    entries: Vec<Entry>,
    /// Which entries each domain has.
    domains: HashMap<String, Vec<usize>>,
}

/// One permission.
#[derive(Debug)]
pub struct Entry {
    /// As the platform spells it.
    pub name: &'static str,
    /// The operations that ask for it, alone or with others, as method and path.
    pub calls: Vec<&'static str>,
    /// Why it is sensitive, if it is.
    pub sensitive: Option<Sensitive>,
    permission: Permission,
}

/// What makes a permission sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensitive {
    /// Its place among the sensitive ones, the worst first.
    pub rank: usize,
    /// `escalation`, `identity-takeover`, `personal-data`, `governance` or `queues`.
    pub class: &'static str,
    /// What it is good for in the wrong hands.
    pub why: &'static str,
    /// The operation that shows it best.
    pub call: Option<&'static str>,
}

#[derive(Deserialize)]
struct Pinned {
    #[serde(borrow)]
    sensitive: Vec<PinnedSensitive<'static>>,
    #[serde(borrow)]
    permissions: BTreeMap<&'static str, Vec<&'static str>>,
}

#[derive(Deserialize)]
struct PinnedSensitive<'d> {
    permission: &'d str,
    class: &'d str,
    why: &'d str,
    call: Option<&'d str>,
}

impl Catalogue {
    /// The catalogue of this release, read when it is first asked for.
    #[must_use]
    pub fn pinned() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| {
            let Ok(pinned) = serde_json::from_str::<Pinned>(PINNED) else {
                return Self { entries: Vec::new(), domains: HashMap::new() };
            };
            let by_name: BTreeMap<&str, Sensitive> = (0..)
                .zip(&pinned.sensitive)
                .map(|(rank, s)| (s.permission, Sensitive { rank, class: s.class, why: s.why, call: s.call }))
                .collect();
            let entry = |(name, calls): (&'static str, Vec<&'static str>)| {
                let permission = Permission::parse(name, None)?;
                Some(Entry { name, calls, sensitive: by_name.get(name).copied(), permission })
            };
            let entries: Vec<Entry> = pinned.permissions.into_iter().filter_map(entry).collect();
            let mut domains: HashMap<String, Vec<usize>> = HashMap::new();
            for (row, entry) in entries.iter().enumerate() {
                domains.entry_ref(domain(&entry.permission)).or_default().push(row);
            }
            Self { entries, domains }
        })
    }

    /// The permissions that one as written stands for: itself, or all that its wildcards cover.
    pub fn covered(&'static self, by: &Permission) -> impl Iterator<Item = &'static Entry> {
        let rows = match domain(by) {
            any if any.contains('*') => (0..self.entries.len()).collect(),
            one => self.domains.get(one).cloned().unwrap_or_default(),
        };
        let entries = rows.into_iter().filter_map(|row| self.entries.get(row));
        entries.filter(|entry| by.covers(&entry.permission))
    }

    /// The sensitive ones among them, the worst first.
    #[must_use]
    pub fn worst(&'static self, by: &Permission) -> Vec<(&'static Entry, Sensitive)> {
        let mut found: Vec<(&Entry, Sensitive)> = self.covered(by).filter_map(|e| Some((e, e.sensitive?))).collect();
        found.sort_by_key(|(_, sensitive)| sensitive.rank);
        found
    }

    /// Every permission, and as the platform spells it.
    pub fn permissions(&self) -> impl Iterator<Item = (&Permission, &'static str)> {
        self.entries.iter().map(|entry| (&entry.permission, entry.name))
    }

    /// The names, for a suggestion.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|entry| entry.name)
    }
}

fn domain(permission: &Permission) -> &str {
    let [domain, ..] = permission.parts();
    domain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission(text: &str) -> Permission {
        Permission::parse(text, None).expect("a permission")
    }

    #[test]
    fn the_pinned_catalogue_is_whole_and_every_sensitive_permission_is_in_it() {
        let catalogue = Catalogue::pinned();
        let pinned: Pinned = serde_json::from_str(PINNED).expect("the data");
        assert_eq!(catalogue.entries.len(), pinned.permissions.len());
        assert_eq!(catalogue.entries.iter().filter(|e| e.sensitive.is_some()).count(), pinned.sensitive.len());
        for sensitive in pinned.sensitive {
            let calls = &pinned.permissions[sensitive.permission];
            assert!(sensitive.call.is_none_or(|call| calls.contains(&call)), "{}", sensitive.permission);
        }
    }

    #[test]
    fn a_wildcard_stands_for_what_it_covers_the_worst_first() {
        let catalogue = Catalogue::pinned();
        let all = permission("authorization:*:*");
        assert!(catalogue.covered(&all).all(|e| e.name.starts_with("authorization:")));
        assert_eq!(catalogue.worst(&all).first().map(|(e, _)| e.name), Some("authorization:grant:add"));
        assert_eq!(catalogue.covered(&permission("routing:queue:view")).count(), 1);
        assert_eq!(catalogue.covered(&permission("no:such:thing")).count(), 0);
    }
}
