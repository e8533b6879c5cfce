//! Whether all pages of a listing are there.

use crate::Trouble;
use crate::limit::{MAX_TROUBLES, beyond};
use rolecall_model::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The number of the file.
    pub file: u32,
    /// The byte at which the page starts.
    pub at: u32,
    /// What is listed: the address less what says which page of it this is, else empty.
    pub address: String,
    /// What the page was found to hold.
    pub kind: Option<Kind>,
    /// How many the page holds.
    pub count: u64,
    /// How many there are in all, where the page says so.
    pub total: Option<u64>,
    /// How many pages there are, where it says so.
    pub pages: Option<u64>,
    /// How many a page holds at most, where it says so.
    pub size: Option<u64>,
    /// The number of the page, where it says so.
    pub number: Option<u64>,
    /// What else says which page it is; else empty.
    pub place: String,
    /// Whether the page says that another follows.
    pub has_next: bool,
    /// What says which one that is; else empty.
    pub next: String,
    /// Whether the page says that there is one before it.
    pub is_later: bool,
}

/// What pages of one listing have in common. Without an address it is what they hold and how much there is of it.
type Key<'l> = (&'l str, Option<(Option<Kind>, Option<u64>, Option<u64>)>, Option<usize>);

/// The listings of which pages are missing: absence from half a listing proves nothing.
#[must_use]
pub fn incomplete(listings: &[Listing]) -> Vec<(u32, Trouble)> {
    // Pages of different lengths are counted by themselves: the second of ten begins where the first of twenty ends not.
    let mut all: BTreeMap<Key<'_>, BTreeMap<Option<u64>, Vec<&Listing>>> = BTreeMap::new();
    for (row, listing) in listings.iter().enumerate() {
        let is_addressed = !listing.address.is_empty();
        let alike = (!is_addressed).then_some((listing.kind, listing.total, listing.pages));
        let is_alone = !is_addressed && listing.total.is_none() && listing.number.is_none();
        let of_listing = all.entry((&listing.address, alike, is_alone.then_some(row))).or_default();
        of_listing.entry(listing.size).or_default().push(listing);
    }
    let mut of_file: BTreeMap<u32, Vec<Trouble>> = BTreeMap::new();
    for of_listing in all.into_values() {
        let total = of_listing.values().flatten().filter_map(|page| page.total).max();
        let found: Option<Vec<Missing<'_>>> = of_listing.values().map(|pages| missing(pages, total)).collect();
        // Of one that was saved in two ways it is enough that one is whole.
        let worst = found.and_then(|found| found.into_iter().max_by_key(|missing| missing.count));
        if let Some(Missing { page, message, .. }) = worst {
            of_file.entry(page.file).or_default().push(trouble(page, message));
        }
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

fn trouble(page: &Listing, message: String) -> Trouble {
    Trouble {
        kind: "incomplete-listing",
        message,
        help: "export the other pages too: what is missing here may be what matters",
        at: page.at,
        end: page.at + 1,
        related: None,
    }
}

/// What a listing lacks, with the page that shows it.
struct Missing<'l> {
    page: &'l Listing,
    message: String,
    /// How much of it is there.
    count: u64,
}

/// What pages of one length lack of a listing; the same one twice counts once.
fn missing<'l>(pages: &[&'l Listing], total: Option<u64>) -> Option<Missing<'l>> {
    let mut pages = pages.to_vec();
    pages.sort_by_key(|page| (page.number, &page.place, page.file, page.at));
    let (mut count, mut known) = (0, None);
    for page in &pages {
        let which = (page.number, page.place.as_str());
        let is_told = page.number.is_some() || !page.place.is_empty();
        if !is_told || known != Some(which) {
            count += page.count;
        }
        known = Some(which);
    }
    let found = match total {
        Some(total) if count < total => {
            pages.first().map(|page| (*page, format!("the listing has {total} entities, and {count} of them are here")))
        }
        Some(_) => None,
        None if pages.iter().any(|page| page.number.is_some()) => gap(&pages),
        None => broken(&pages),
    };
    found.map(|(page, message)| Missing { page, message, count })
}

/// The first number that is left out in an ordered row of pages, or what follows the last.
fn gap<'l>(pages: &[&'l Listing]) -> Option<(&'l Listing, String)> {
    let mut next = 1;
    for (page, number) in pages.iter().filter_map(|page| Some((*page, page.number?))) {
        if number > next {
            return Some((page, format!("page {next} of the listing is missing")));
        }
        next = number.saturating_add(1);
    }
    pages.last().filter(|last| last.has_next).map(|last| (*last, "the listing goes on after this page".to_owned()))
}

/// A page without number that no other leads to, or that leads to none.
fn broken<'l>(pages: &[&'l Listing]) -> Option<(&'l Listing, String)> {
    let places: BTreeSet<&str> = pages.iter().map(|page| page.place.as_str()).collect();
    // Where some that are not the first have no place of their own, it cannot be told where the others lead.
    let are_placed = pages.iter().all(|page| !page.is_later || !page.place.is_empty());
    let is_last = |page: &&&Listing| !page.has_next;
    let leads_nowhere = |page: &&&Listing| page.has_next && are_placed && !places.contains(page.next.as_str());
    let ends =
        pages.iter().find(leads_nowhere).or(if pages.iter().any(|page| is_last(&page)) { None } else { pages.last() });
    if let Some(page) = ends {
        return Some((page, "the listing goes on after this page".to_owned()));
    }
    let is_begun = pages.iter().any(|page| !page.is_later);
    pages.first().filter(|_| !is_begun).map(|page| (*page, "the listing starts before this page".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str, number: u64, count: u64, total: Option<u64>, has_next: bool) -> Listing {
        Listing { address: address.into(), count, total, has_next, number: Some(number), ..Listing::default() }
    }

    /// A page that says by a cursor which it is, and which is next.
    fn placed(place: &str, next: &str, is_later: bool) -> Listing {
        let (address, has_next) = ("/policies".to_owned(), !next.is_empty());
        Listing { address, place: place.into(), has_next, next: next.into(), is_later, count: 2, ..Listing::default() }
    }

    fn said(listings: &[Listing]) -> Vec<String> {
        incomplete(listings).into_iter().map(|(_, trouble)| trouble.message).collect()
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
        // While pages were fetched one more came to be.
        let grown = [users[0].clone(), page("/users", 2, 16, Some(41), false)];
        assert_eq!(incomplete(&grown), []);
    }

    #[test]
    fn a_page_that_is_there_twice_counts_once() {
        let first = page("/members", 1, 2, Some(4), true);
        assert_eq!(said(&[first.clone(), first.clone()]), ["the listing has 4 entities, and 2 of them are here"]);
        assert_eq!(said(&[first.clone(), page("/members", 2, 2, Some(4), false), first]), [""; 0]);
        let placed = |place: &str| Listing { number: None, place: place.into(), ..page("", 1, 2, Some(4), false) };
        assert_eq!(said(&[placed("1"), placed("3")]), [""; 0]);
        assert_eq!(said(&[placed("1"), placed("1")]).len(), 1);
        // Of pages that do not say which they are each is another.
        assert_eq!(said(&[placed(""), placed("")]), [""; 0]);
    }

    #[test]
    fn pages_without_an_address_are_told_apart_by_what_they_hold() {
        let of = |kind: Kind, number: u64, count: u64, pages: u64| {
            let (kind, pages) = (Some(kind), Some(pages));
            Listing { kind, pages, ..page("", number, count, Some(3), false) }
        };
        assert_eq!(said(&[of(Kind::Role, 1, 2, 2), of(Kind::Role, 2, 1, 2), of(Kind::User, 1, 3, 1)]), [""; 0]);
        let half = "the listing has 3 entities, and 2 of them are here";
        assert_eq!(said(&[of(Kind::Role, 1, 2, 2), of(Kind::User, 1, 3, 1)]), [half]);
        // Users of one state, and all of another.
        assert_eq!(said(&[of(Kind::User, 1, 2, 2), of(Kind::User, 1, 3, 1)]), [half]);
    }

    #[test]
    fn a_number_that_is_left_out_is_a_page_missing() {
        let of = |number: u64, has_next: bool| page("/members", number, 2, None, has_next);
        assert_eq!(said(&[of(2, true), of(1, true), of(3, false)]), [""; 0]);
        assert_eq!(said(&[of(1, true), of(3, false)]), ["page 2 of the listing is missing"]);
        assert_eq!(said(&[of(3, false)]), ["page 1 of the listing is missing"]);
        assert_eq!(said(&[of(1, true), of(2, true)]), ["the listing goes on after this page"]);
        // The API counts from one, others from nought.
        assert_eq!(said(&[of(0, true), of(1, false)]), [""; 0]);
    }

    #[test]
    fn a_listing_that_was_saved_in_pages_of_two_lengths_is_whole_where_one_is() {
        let of = |size: u64, number: u64, count: u64| Listing {
            size: Some(size),
            ..page("/users", number, count, Some(60), false)
        };
        assert_eq!(said(&[of(25, 1, 25), of(100, 1, 60)]), [""; 0]);
        assert_eq!(said(&[of(25, 1, 25), of(50, 1, 50)]), ["the listing has 60 entities, and 50 of them are here"]);
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
        let (goes_on, starts) = ("the listing goes on after this page", "the listing starts before this page");
        let [first, second, third] =
            [placed("", "after=b", false), placed("after=b", "after=c", true), placed("after=c", "", true)];
        assert_eq!(said(&[third.clone(), first.clone(), second.clone()]), [""; 0]);
        assert_eq!(said(&[first.clone(), third.clone()]), [goes_on]);
        assert_eq!(said(&[first.clone(), second.clone()]), [goes_on]);
        assert_eq!(said(&[second, third.clone()]), [starts]);
        // Pages that do not say which they are: it is enough that there are a first and a last.
        let nameless = |page: Listing| Listing { place: String::new(), ..page };
        assert_eq!(said(&[first, nameless(third)]), [""; 0]);
    }
}
