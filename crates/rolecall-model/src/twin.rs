//! Several looks at one entity: the one that counts, and what the others add to it.

use crate::rows::Rows;
use crate::{
    Group, Head, Kind, List, Membership, OauthClient, Origin, Queue, RecordingPolicy, Ref, Role, ServiceAccount, Sym,
    Tenant, User,
};
use hashbrown::HashSet;

/// A row that others may say more of.
pub(crate) trait Twin: Copy {
    fn head(&self) -> Head;

    /// Whether it says anything that another may lack.
    fn says_more(&self) -> bool;

    /// Takes what it lacks from another look at the same thing.
    fn complete(&mut self, other: &Self);

    /// Notes the lists of another look that it lacks.
    fn link(&self, _: &Self, _: &mut Vec<Link>) {}
}

/// A list that is stated elsewhere than what it belongs to, so that its places are none of that file.
pub(crate) struct Link {
    /// What the list is of.
    of: Sym,
    stated: Stated,
    list: List,
    /// The value that states the list.
    origin: Origin,
}

/// What a list states.
#[derive(Clone, Copy)]
enum Stated {
    /// The members of a group or queue.
    Members(Kind),
    /// The groups that a user is in.
    Groups,
}

/// What is kept of several looks.
pub(crate) struct Kept {
    symbols: usize,
    links: Vec<Link>,
}

impl Kept {
    pub(crate) fn new(symbols: usize) -> Self {
        Self { symbols, links: Vec::new() }
    }

    /// Drops the embedded of several that share an id, of embedded ones alone all but the first; what is kept takes from
    /// them what it lacks.
    pub(crate) fn keep<T: Twin>(&mut self, rows: &mut Vec<T>) {
        if !rows.iter().any(|row| row.head().embedded) {
            return;
        }
        let [seen, listed] = [true, false].map(|is_embedded| self.by_id(rows, is_embedded));
        let first_of = |of: &Rows, id: Sym| of.get(id).next().map(|row| row as usize);
        // The first has all that was seen of a thing in passing.
        for number in 0..rows.len() {
            let Some(twin) = rows.get(number).copied() else { continue };
            let Some(id) = twin.head().id.filter(|_| twin.head().embedded) else { continue };
            let first = first_of(&seen, id).unwrap_or(number);
            let whole = first_of(&listed, id).unwrap_or(first);
            if let Some(whole) = rows.get(whole).filter(|_| whole != number) {
                whole.link(&twin, &mut self.links);
            }
            if let Some(first) = rows.get_mut(first).filter(|_| first != number && twin.says_more()) {
                first.complete(&twin);
            }
        }
        let mut taken = HashSet::new();
        for number in 0..rows.len() {
            let Some(head) = rows.get(number).map(Twin::head).filter(|head| !head.embedded) else { continue };
            let Some(first) = head.id.and_then(|id| first_of(&seen, id)) else { continue };
            taken.insert(first);
            let twin = rows.get(first).copied().filter(Twin::says_more);
            if let (Some(row), Some(twin)) = (rows.get_mut(number), twin) {
                row.complete(&twin);
            }
        }
        let mut number = 0;
        rows.retain(|row| {
            let (own, head) = (number, row.head());
            number += 1;
            let is_first = |id| first_of(&seen, id) == Some(own) && !taken.contains(&own);
            !head.embedded || head.id.is_none_or(is_first)
        });
    }

    /// The first row of each id, of those that are embedded or of the others.
    fn by_id<T: Twin>(&self, rows: &[T], is_embedded: bool) -> Rows {
        let rev = rows.iter().enumerate().rev();
        let heads = rev.filter_map(|(number, row)| Some((u32::try_from(number).ok()?, row.head())));
        let heads = heads.filter(move |(_, head)| head.embedded == is_embedded);
        Rows::of(heads.filter_map(|(number, head)| Some((head.id?, number))), rows.len(), self.symbols)
    }

    /// Makes of the lists that were stated elsewhere what the tenant has for that.
    pub(crate) fn carry_over(self, tenant: &mut Tenant) {
        for Link { of, stated, list, origin } in self.links {
            let own = Ref { target: of, at: origin.offset };
            for number in list.start..list.start + list.len {
                let Some(other) = tenant.refs.get(number as usize).copied() else { continue };
                let (kind, of, member, embedded) = match stated {
                    Stated::Members(kind) => (kind, own, other, false),
                    // The groups of one user do not tell who else is in them.
                    Stated::Groups => (Kind::Group, other, own, true),
                };
                tenant.memberships.push(Membership { kind, of, member, origin: origin.at(other.at), embedded });
            }
        }
    }
}

/// Notes a list of what has an id.
fn link(head: Head, stated: Stated, list: List, links: &mut Vec<Link>) {
    if let Some(of) = head.id.filter(|_| list.len > 0) {
        links.push(Link { of, stated, list, origin: head.origin });
    }
}

/// The reference that another look has, at the place of what takes it over.
fn moved(reference: Option<Ref>, head: Head) -> Option<Ref> {
    reference.map(|reference| Ref { at: head.origin.offset, ..reference })
}

fn fill(list: &mut List, other: List) {
    if list.len == 0 {
        *list = other;
    }
}

/// The list that has anything in it, else one that is there.
fn fuller(own: Option<List>, other: Option<List>) -> Option<List> {
    own.filter(|list| list.len > 0).or(other).or(own)
}

impl Twin for User {
    fn head(&self) -> Head {
        self.head
    }

    fn says_more(&self) -> bool {
        self.of_trustee
            || self.licences.len > 0
            || !self.email.is_empty()
            || [self.department, self.employer, self.state].iter().any(Option::is_some)
            || self.division.is_some()
    }

    fn link(&self, other: &Self, links: &mut Vec<Link>) {
        if self.groups.len == 0 {
            link(other.head, Stated::Groups, other.groups, links);
        }
    }

    fn complete(&mut self, other: &Self) {
        if self.head.name.is_empty() {
            self.head.name = other.head.name;
        }
        if self.email.is_empty() {
            self.email = other.email;
        }
        fill(&mut self.licences, other.licences);
        self.of_trustee |= other.of_trustee;
        self.department = self.department.or(other.department);
        self.employer = self.employer.or(other.employer);
        self.state = self.state.or(other.state);
        self.division = self.division.or(moved(other.division, self.head));
    }
}

impl Twin for Role {
    fn head(&self) -> Head {
        self.head
    }

    fn says_more(&self) -> bool {
        !self.unshown || self.added.is_some() || self.unused.is_some()
    }

    fn complete(&mut self, other: &Self) {
        if self.unshown && other.grants.len > 0 {
            self.grants = other.grants;
            self.unshown = other.unshown;
        }
        self.added = fuller(self.added, other.added);
        self.unused = fuller(self.unused, other.unused);
    }
}

impl Twin for ServiceAccount {
    fn head(&self) -> Head {
        self.head
    }

    fn says_more(&self) -> bool {
        false
    }

    fn complete(&mut self, _: &Self) {}
}

impl Twin for Group {
    fn head(&self) -> Head {
        self.head
    }

    fn says_more(&self) -> bool {
        self.of_trustee
    }

    fn complete(&mut self, other: &Self) {
        self.of_trustee |= other.of_trustee;
    }

    fn link(&self, other: &Self, links: &mut Vec<Link>) {
        if !self.states_members {
            link(other.head, Stated::Members(Kind::Group), other.members, links);
        }
    }
}

impl Twin for Queue {
    fn head(&self) -> Head {
        self.head
    }

    fn says_more(&self) -> bool {
        self.division.is_some()
    }

    fn complete(&mut self, other: &Self) {
        self.division = self.division.or(moved(other.division, self.head));
    }

    fn link(&self, other: &Self, links: &mut Vec<Link>) {
        if !self.states_members {
            link(other.head, Stated::Members(Kind::Queue), other.members, links);
        }
        if !self.states_groups {
            link(other.head, Stated::Members(Kind::Queue), other.groups, links);
        }
    }
}

impl Twin for OauthClient {
    fn head(&self) -> Head {
        self.head
    }

    fn says_more(&self) -> bool {
        true
    }

    fn complete(&mut self, other: &Self) {
        self.token_seconds = self.token_seconds.or(other.token_seconds);
        self.ends_on_logout = self.ends_on_logout.or(other.ends_on_logout);
        self.grant_type = self.grant_type.or(other.grant_type);
        self.state = self.state.or(other.state);
    }
}

impl Twin for RecordingPolicy {
    fn head(&self) -> Head {
        self.head
    }

    fn says_more(&self) -> bool {
        true
    }

    fn complete(&mut self, other: &Self) {
        self.retention_days = self.retention_days.or(other.retention_days);
    }
}

impl Twin for Head {
    fn head(&self) -> Head {
        *self
    }

    fn says_more(&self) -> bool {
        false
    }

    fn complete(&mut self, _: &Self) {}
}
