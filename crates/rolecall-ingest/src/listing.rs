//! Pages of listings: what they say beside their entities, and what their addresses add to these.

use crate::Trouble;
use crate::completeness::Listing;
use crate::limit::{MAX_TEXT, Troubles};
use crate::trouble::mistyped;
use rolecall_model::{Assignment, Kind, Membership, Origin, Ref, Tenant, User};
use rolecall_source::{Kind as Json, Node};

/// What in the query of an address says which page it is.
const PAGING: [&str; 8] =
    ["pageNumber", "after", "before", "cursor", "nextPage", "previousPage", "startIndex", "count"];

/// What in it says how much is shown at a time and of each entity.
const SHOWN: [&str; 3] = ["pageSize", "expand", "fields"];

/// What a page says beside its entities.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) count: u64,
    total: Option<u64>,
    number: Option<u64>,
    pages: Option<u64>,
    size: Option<u64>,
    start: Option<u64>,
    /// Its own address less the query, else the first that it has of another page of the listing.
    pub(crate) path: String,
    /// What of the query says what is listed.
    query: String,
    /// What of its own query says which page it is, and what of the next one's does.
    place: String,
    next: Option<String>,
    is_later: bool,
    is_scim: bool,
}

/// The words of an address of the platform's, from its version on.
pub(crate) fn api_words(path: &str) -> Vec<&str> {
    let path = path.split_once("/api/v2/").map_or(path, |(_, path)| path);
    path.split('/').filter(|word| !word.is_empty() && !matches!(*word, "api" | "v2")).collect()
}

/// How much there was before a page was read.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    users: usize,
    groups: usize,
    assignments: usize,
    counts: [u32; Kind::ALL.len()],
}

impl Mark {
    pub(crate) fn of(tenant: &Tenant) -> Self {
        let counts = Kind::ALL.map(|kind| tenant.count(kind));
        let (users, groups, assignments) = (tenant.users.len(), tenant.groups.len(), tenant.assignments.len());
        Self { users, groups, assignments, counts }
    }

    /// Whether any users were read since.
    pub(crate) fn has_more_users(self, tenant: &Tenant) -> bool {
        tenant.users.len() > self.users
    }

    /// The users that were read since.
    pub(crate) fn users(self, tenant: &mut Tenant) -> impl Iterator<Item = &mut User> {
        tenant.users.iter_mut().skip(self.users)
    }

    /// What was read since. Clients come after the accounts that some of them are, and any may hold a secret.
    fn kind(self, tenant: &Tenant) -> Option<Kind> {
        let mut counted = Kind::ALL.into_iter().zip(self.counts).rev();
        counted.find(|(kind, before)| *kind != Kind::Secret && tenant.count(*kind) > *before).map(|(kind, _)| kind)
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
            "total" | "totalResults" | "Count" => self.total = number(),
            "pageNumber" => self.number = number(),
            "pageCount" => self.pages = number(),
            "pageSize" => self.size = number(),
            "startIndex" => self.start = number(),
            "nextUri" | "selfUri" | "firstUri" | "lastUri" | "previousUri"
                if !matches!(value.kind(), Json::String | Json::Null) =>
            {
                troubles.push(mistyped(key, "an address", value));
            }
            "nextUri" | "selfUri" | "firstUri" | "lastUri" | "previousUri" => {
                let uri = value.text().unwrap_or_default();
                if !uri.is_empty() {
                    self.addressed(key, &uri);
                }
            }
            "schemas" => self.is_scim = true,
            _ => {}
        }
    }

    /// Takes note of its own address or that of another page of the listing.
    fn addressed(&mut self, key: &str, uri: &str) {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let mut words: Vec<&str> = query.split('&').filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        let is_any =
            |word: &str, of: &[&str]| of.iter().any(|name| word.split('=').next().is_some_and(|own| own == *name));
        let (query, place): (Vec<&str>, Vec<&str>) =
            words.into_iter().filter(|word| !is_any(word, &SHOWN)).partition(|word| !is_any(word, &PAGING));
        // A longer one addresses nothing; what needs an address says that it has none.
        if (key == "selfUri" || self.path.is_empty()) && path.len() <= MAX_TEXT {
            (self.path, self.query) = (path.to_owned(), query.join("&"));
        }
        match key {
            "selfUri" => self.place = place.join("&"),
            "nextUri" => self.next = Some(place.join("&")),
            "previousUri" => self.is_later = true,
            _ => {}
        }
    }

    /// Whether it says by itself that it is the platform's, so that one without entities is a listing of none.
    pub(crate) fn is_of_platform(&self) -> bool {
        self.is_scim || self.path.contains("/api/v2/")
    }

    /// Whether nothing but the file's name can tell what it lists. A page of SCIM has no address, and its users are
    /// nobody's members (RFC 7644, 3.4.2).
    pub(crate) fn is_unaddressed(&self) -> bool {
        self.path.is_empty() && !self.is_scim
    }

    /// Adds what the address says of the entities that were read since `mark`: of which group or queue they are
    /// members, which role they hold. Some `are_open` that are worth nothing without it.
    pub(crate) fn settle(
        &self,
        mark: Mark,
        are_open: bool,
        tenant: &mut Tenant,
        troubles: &mut Troubles,
        (at, end): (u32, u32),
    ) {
        match api_words(&self.path).as_slice() {
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
                tenant.groups.iter_mut().skip(mark.groups).for_each(|group| group.of_trustee = true);
            }
            ["orgauthorization", ..] => embed(tenant, mark),
            _ if are_open => {
                troubles.push(open("the page lists members or grants, and does not say of what", at, end));
                embed(tenant, mark);
                forget(mark, tenant);
            }
            _ => {}
        }
    }

    pub(crate) fn listing(self, mark: Mark, tenant: &Tenant, file: u32, at: u32) -> Listing {
        let is_not_last = self.pages.zip(self.number).is_some_and(|(pages, number)| number < pages);
        let start = self.start.map(|start| start.to_string());
        Listing {
            file,
            at,
            address: if self.query.is_empty() { self.path } else { [&self.path, "?", &self.query].concat() },
            kind: mark.kind(tenant),
            count: self.count,
            total: self.total,
            pages: self.pages,
            size: self.size,
            number: self.number,
            place: start.unwrap_or(self.place),
            has_next: self.next.is_some() || is_not_last,
            next: self.next.unwrap_or_default(),
            is_later: self.is_later,
        }
    }
}

/// What is wrong with members of a queue or group, or grants of a role, that are listed without its id.
pub(crate) fn open(message: &str, at: u32, end: u32) -> Trouble {
    Trouble {
        kind: "ambiguous",
        message: message.to_owned(),
        help: "save the whole page with its `selfUri`, which names the group, queue or role; if these are users and \
               members of nothing, name the file users.json",
        at,
        end,
        related: None,
    }
}

/// Takes back the grants read since `mark` that do not say of which role they are.
pub(crate) fn forget(mark: Mark, tenant: &mut Tenant) {
    let given = tenant.assignments.split_off(mark.assignments);
    let strings = &tenant.strings;
    tenant.assignments.extend(given.into_iter().filter(|given| !strings.of(given.role.target).is_empty()));
}

/// The users and groups of a page, seen in passing.
fn embed(tenant: &mut Tenant, mark: Mark) {
    tenant.users.iter_mut().skip(mark.users).for_each(|user| user.head.embedded = true);
    tenant.groups.iter_mut().skip(mark.groups).for_each(|group| group.head.embedded = true);
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
