//! What the platform's permissions open: facts pinned with the release.
//!
//! The platform's permissions and the operations of its public API that ask for them. Source: named in
//! `data/catalogue.json`, of which the build makes a table. A permission that is not here may well exist: many serve
//! only the user interface, and no public document lists them all.

use rolecall_model::Permission;

// `ENTRIES` in order of the three parts, with their `TEXT`; the `SENSITIVE` ones with their places in it, the worst first;
// and the places of all `BY_ENTITY`, action and domain.
include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// One permission.
#[derive(Debug)]
pub struct Entry {
    name: Piece,
    calls: Piece,
    /// Its place among the sensitive ones.
    sensitive: Option<u16>,
    parts: [Piece; 3],
}

/// Bytes of the text of the catalogue.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u32,
    end: u32,
}

impl Piece {
    #[inline]
    fn text(self) -> &'static str {
        TEXT.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl Entry {
    /// As the platform spells it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name.text()
    }

    /// The operations that ask for it, alone or with others, as method and path.
    pub fn calls(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.calls.text().lines()
    }

    /// Why it is sensitive, if it is.
    #[must_use]
    pub fn sensitive(&self) -> Option<Sensitive> {
        SENSITIVE.get(usize::from(self.sensitive?)).map(|(.., sensitive)| *sensitive)
    }

    /// Domain, entity and action as [`Permission::parts`] has them.
    #[inline]
    pub(crate) fn parts(&self) -> [&'static str; 3] {
        let [domain, entity, action] = self.parts;
        [domain.text(), entity.text(), action.text()]
    }
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

/// The permission of a name, in whatever capitals.
#[must_use]
pub fn named(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name().eq_ignore_ascii_case(name))
}

/// The permissions that one as written stands for: itself, or all that its wildcards cover.
pub fn covered<'p>(by: &'p Permission) -> impl Iterator<Item = &'static Entry> + 'p {
    let [domain, ..] = by.parts();
    let of_domain = if domain.contains('*') { ENTRIES } else { of_domain(domain) };
    of_domain.iter().filter(|entry| by.covers_parts(entry.parts()))
}

fn of_domain(domain: &str) -> &'static [Entry] {
    let start = ENTRIES.partition_point(|entry| entry.parts() < [domain, "", ""]);
    let behind = ENTRIES.get(start..).unwrap_or_default();
    behind.get(..behind.partition_point(|entry| entry.parts().first() == Some(&domain))).unwrap_or_default()
}

/// The sensitive ones among them, the worst first.
#[must_use]
pub fn worst(by: &Permission) -> Vec<(&'static Entry, Sensitive)> {
    let found = SENSITIVE.iter().filter(|(_, parts, _)| by.covers_parts(*parts));
    found.filter_map(|(place, _, sensitive)| Some((ENTRIES.get(*place)?, *sensitive))).collect()
}

/// Those that differ from a permission in no more than one of the three parts.
pub(crate) fn beside(permission: &Permission) -> impl Iterator<Item = &'static Entry> {
    let [domain, entity, action] = permission.parts();
    let at = |place: &u16| ENTRIES.get(usize::from(*place));
    let last_two = |entry: &Entry| (entry.parts[1].text(), entry.parts[2].text());
    let key = move |place: &u16| at(place).map(last_two);
    let start = BY_ENTITY.partition_point(|place| key(place) < Some((entity, action)));
    let same = BY_ENTITY.get(start..).unwrap_or_default().iter();
    let same = same.take_while(move |place| key(place) == Some((entity, action)));
    let is_beside = move |entry: &&Entry| {
        let (own_entity, own_action) = last_two(entry);
        own_entity == entity || own_action == action
    };
    of_domain(domain).iter().filter(is_beside).chain(same.filter_map(at))
}

/// Whether a permission is one of them.
#[must_use]
pub fn has(permission: &Permission) -> bool {
    let parts = permission.parts();
    ENTRIES.binary_search_by(|entry| entry.parts().cmp(&parts)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission(text: &str) -> Permission {
        Permission::parse(text, None).expect("a permission")
    }

    #[test]
    fn the_table_is_in_order_and_has_each_sensitive_permission_with_its_call() {
        assert!(ENTRIES.is_sorted_by(|a, b| a.parts() <= b.parts()));
        let ranks: Vec<usize> =
            SENSITIVE.iter().map(|(place, ..)| ENTRIES[*place].sensitive().expect("one").rank).collect();
        assert_eq!(ranks, (0..SENSITIVE.len()).collect::<Vec<_>>());
        assert!(SENSITIVE.iter().all(|(place, parts, _)| ENTRIES[*place].parts() == *parts));
        for entry in ENTRIES {
            assert_eq!(permission(entry.name()).parts(), entry.parts());
            assert!(has(&permission(entry.name())), "{}", entry.name());
            let call = entry.sensitive().and_then(|sensitive| sensitive.call);
            assert!(call.is_none_or(|call| entry.calls().any(|own| own == call)), "{}", entry.name());
        }
    }

    #[test]
    fn a_wildcard_stands_for_what_it_covers_the_worst_first() {
        let all = permission("authorization:*:*");
        assert!(covered(&all).all(|entry| entry.name().starts_with("authorization:")));
        let of_domain = |entry: &&Entry| entry.name().starts_with("authorization:");
        assert_eq!(covered(&all).count(), ENTRIES.iter().filter(of_domain).count());
        assert_eq!(covered(&permission("*")).count(), ENTRIES.len());
        assert_eq!(worst(&permission("*")).len(), SENSITIVE.len());
        assert_eq!(worst(&all).first().map(|(entry, _)| entry.name()), Some("authorization:grant:add"));
        assert_eq!(covered(&permission("routing:queue:view")).count(), 1);
        assert_eq!(covered(&permission("no:such:thing")).count(), 0);
        assert!(!has(&permission("no:such:thing")));
    }

    #[test]
    fn those_beside_a_permission_are_all_that_differ_in_one_part() {
        let own =
            ["routing:queue:view", "ruoting:queue:view", "routing:queue:veiw", "routing:qeue:view", "a:b:c", "admin"];
        for permission in own.map(permission) {
            let differing =
                |entry: &&Entry| entry.parts().into_iter().zip(permission.parts()).filter(|(a, b)| a != b).count();
            let mut all: Vec<&str> =
                ENTRIES.iter().filter(|entry| differing(entry) <= 1).map(|entry| entry.name()).collect();
            let mut found: Vec<&str> = beside(&permission).map(|entry| entry.name()).collect();
            all.sort_unstable();
            found.sort_unstable();
            found.dedup();
            assert_eq!(found, all);
        }
    }
}
