//! Pages of listings: what their addresses add, and whether all of them are there.

use crate::Trouble;
use crate::limit::{MAX_TEXT, MAX_TROUBLES, Troubles, beyond};
use crate::trouble::mistyped;
use rolecall_model::{Assignment, Kind, Membership, Origin, Ref, Tenant};
use rolecall_source::{Kind as Json, Node};
use std::collections::BTreeMap;

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The number of the file.
    pub file: u32,
    /// The byte at which the page starts.
    pub at: u32,
    /// What is listed: the address without its query, else empty.
    pub address: String,
    /// How many the page holds.
    pub count: u64,
    /// How many there are in all, where the page says so.
    pub total: Option<u64>,
    /// Whether the page says that another follows.
    pub has_next: bool,
    /// The number of the page, where it says so.
    pub number: Option<u64>,
}

/// What a page says beside its entities.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) count: u64,
    total: Option<u64>,
    has_next: bool,
    number: Option<u64>,
    pages: Option<u64>,
    address: String,
    is_scim: bool,
}

/// How much there was before a page was read.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    users: usize,
    assignments: usize,
}

impl Mark {
    pub(crate) fn of(tenant: &Tenant) -> Self {
        Self { users: tenant.users.len(), assignments: tenant.assignments.len() }
    }
}

impl Page {
    /// Takes note of a field of the page. What says which page it is, and of what, has to be of its type.
    pub(crate) fn note(&mut self, key: &str, value: Node<'_, '_>, troubles: &mut Troubles) {
        let mut number = || {
            let number = value.u64();
            if number.is_none() && !value.is_null() {
                troubles.push(mistyped(key, "a whole number", value));
            }
            number
        };
        match key {
            "total" | "totalResults" => self.total = number(),
            "pageNumber" => self.number = number(),
            "pageCount" => self.pages = number(),
            "nextUri" | "selfUri" | "firstUri" | "lastUri" | "previousUri"
                if !matches!(value.kind(), Json::String | Json::Null) =>
            {
                troubles.push(mistyped(key, "an address", value));
            }
            "nextUri" => self.has_next = value.text().is_some_and(|uri| !uri.is_empty()),
            "schemas" => self.is_scim = true,
            "selfUri" | "firstUri" | "lastUri" | "previousUri" if self.address.is_empty() => {
                // A longer one addresses nothing; what needs an address says that it has none.
                let uri = value.text().unwrap_or_default();
                let address = uri.split('?').next().filter(|address| address.len() <= MAX_TEXT);
                address.unwrap_or_default().clone_into(&mut self.address);
            }
            _ => {}
        }
    }

    /// Whether it says by itself that it is the platform's, so that one without entities is a listing of none.
    pub(crate) fn is_of_platform(&self) -> bool {
        self.is_scim || self.address.contains("/api/v2/")
    }

    /// Adds what the address says of the entities that were read since `mark`: of which
    /// group or queue they are members, which role they hold.
    pub(crate) fn settle(&self, mark: Mark, tenant: &mut Tenant, troubles: &mut Troubles, place: (u32, u32)) {
        let words: Vec<&str> =
            self.address.split('/').filter(|w| !w.is_empty() && !matches!(*w, "api" | "v2")).collect();
        match words.as_slice() {
            ["groups", group, "members" | "individuals"] => members(tenant, mark, Kind::Group, group),
            ["routing", "queues", queue, "members" | "users"] => members(tenant, mark, Kind::Queue, queue),
            ["authorization", "roles", role, "users"] => holders(tenant, mark, role),
            ["authorization", "roles", role, "subjectgrants"] => {
                let role = tenant.strings.intern(role);
                for assignment in tenant.assignments.iter_mut().skip(mark.assignments) {
                    assignment.role.target = role;
                }
            }
            ["authorization", "policies", ..] => tenant.has_policies = true,
            ["license", "users", ..] => {}
            ["orgauthorization", "trustees", ..] => {
                embed(tenant, mark);
                tenant.users.iter_mut().skip(mark.users).for_each(|user| user.of_trustee = true);
            }
            ["orgauthorization", ..] => embed(tenant, mark),
            _ => self.unaddressed(mark, tenant, troubles, place),
        }
    }

    /// Members of a queue or grants of a role are worth nothing without its id.
    fn unaddressed(&self, mark: Mark, tenant: &Tenant, troubles: &mut Troubles, (at, end): (u32, u32)) {
        let is_open = |a: &Assignment| tenant.str(a.role.target).is_empty();
        // A page of SCIM has no address, and its users are nobody's members (RFC 7644, 3.4.2).
        let has_members = !self.is_scim && tenant.users.iter().skip(mark.users).any(|user| user.head.embedded);
        if has_members || tenant.assignments.iter().skip(mark.assignments).any(is_open) {
            troubles.push(Trouble {
                kind: "ambiguous",
                message: "the page lists members or grants, and does not say of what".to_owned(),
                help: "save the page with its `selfUri`, which names the group, queue or role",
                at,
                end,
                related: None,
            });
        }
    }

    pub(crate) fn listing(self, file: u32, at: u32) -> Listing {
        let has_next = self.has_next || self.pages.zip(self.number).is_some_and(|(pages, number)| number < pages);
        Listing { file, at, address: self.address, count: self.count, total: self.total, has_next, number: self.number }
    }
}

/// The users of a page, seen in passing.
fn embed(tenant: &mut Tenant, mark: Mark) {
    tenant.users.iter_mut().skip(mark.users).for_each(|user| user.head.embedded = true);
}

fn users_since(tenant: &mut Tenant, mark: Mark) -> Vec<(Ref, Origin)> {
    embed(tenant, mark);
    let heads = tenant.users.iter().skip(mark.users).map(|user| user.head);
    heads.filter_map(|head| Some((Ref { target: head.id?, at: head.origin.offset }, head.origin))).collect()
}

fn members(tenant: &mut Tenant, mark: Mark, kind: Kind, of: &str) {
    let target = tenant.strings.intern(of);
    for (member, origin) in users_since(tenant, mark) {
        tenant.memberships.push(Membership {
            kind,
            of: Ref { target, at: origin.offset },
            member,
            origin,
            embedded: false,
        });
    }
}

fn holders(tenant: &mut Tenant, mark: Mark, role: &str) {
    let target = tenant.strings.intern(role);
    for (subject, origin) in users_since(tenant, mark) {
        let role = Ref { target, at: origin.offset };
        tenant.assignments.push(Assignment::unstated(subject, role, origin));
    }
}

/// The listings of which pages are missing, each at its first page: absence from half a
/// listing proves nothing.
#[must_use]
pub fn incomplete(listings: &[Listing]) -> Vec<(u32, Trouble)> {
    let mut groups: BTreeMap<(&str, Option<u64>), Vec<&Listing>> = BTreeMap::new();
    for (number, listing) in listings.iter().enumerate() {
        // A page without an address or a total can only be judged by itself.
        let is_alone = listing.address.is_empty() && listing.total.is_none();
        let total = if is_alone { Some(u64::MAX - number as u64) } else { listing.total };
        groups.entry((&listing.address, total)).or_default().push(listing);
    }
    let mut of_file: BTreeMap<u32, Vec<Trouble>> = BTreeMap::new();
    for (file, trouble) in groups.into_values().filter_map(|pages| missing(&pages)) {
        of_file.entry(file).or_default().push(trouble);
    }
    of_file.into_iter().flat_map(|(file, troubles)| first(troubles).into_iter().map(move |t| (file, t))).collect()
}

/// The first of many troubles, with a count of the others.
fn first(mut troubles: Vec<Trouble>) -> Vec<Trouble> {
    troubles.sort_by_key(|trouble| trouble.at);
    let more = troubles.len().saturating_sub(MAX_TROUBLES);
    troubles.truncate(MAX_TROUBLES);
    if let (Some(last), 1..) = (troubles.last(), more) {
        troubles.push(beyond("too-many", more as u64, last.at));
    }
    troubles
}

fn missing(pages: &[&Listing]) -> Option<(u32, Trouble)> {
    let first = pages.iter().min_by_key(|page| (page.number, page.file, page.at))?;
    let count: u64 = pages.iter().map(|page| page.count).sum();
    let total = pages.iter().filter_map(|page| page.total).max();
    let message = match total {
        Some(total) if count < total => format!("the listing has {total} entities, and {count} of them are here"),
        Some(_) => return None,
        None if pages.iter().all(|page| page.has_next) => "the listing goes on after this page".to_owned(),
        None => return None,
    };
    let trouble = Trouble {
        kind: "incomplete-listing",
        message,
        help: "export the other pages too: what is missing here may be what matters",
        at: first.at,
        end: first.at + 1,
        related: None,
    };
    Some((first.file, trouble))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str, number: u64, count: u64, total: Option<u64>, has_next: bool) -> Listing {
        Listing { file: 0, at: 0, address: address.into(), count, total, has_next, number: Some(number) }
    }

    #[test]
    fn pages_of_one_listing_are_counted_together() {
        let users = [page("/users", 1, 25, Some(40), true), page("/users", 2, 15, Some(40), false)];
        assert_eq!(incomplete(&users), []);
        assert_eq!(incomplete(&users[..1]).len(), 1);
        assert_eq!(
            incomplete(&[page("/users", 1, 25, Some(25), false), page("/roles", 1, 25, Some(26), true)]).len(),
            1
        );
    }

    #[test]
    fn of_many_incomplete_listings_the_first_are_told() {
        let pages: Vec<Listing> = (0..300).map(|n| page(&format!("/a/{n}"), 1, 1, Some(2), false)).collect();
        let told = incomplete(&pages);
        assert_eq!(told.len(), MAX_TROUBLES + 1);
        assert!(told.last().is_some_and(|(_, t)| t.kind == "too-many" && t.message.contains("200 more")), "{told:?}");
    }

    #[test]
    fn a_cursor_that_points_on_is_a_page_missing() {
        assert_eq!(incomplete(&[page("/policies", 1, 25, None, true)]).len(), 1);
        assert_eq!(incomplete(&[page("/policies", 1, 25, None, true), page("/policies", 2, 3, None, false)]), []);
    }
}
