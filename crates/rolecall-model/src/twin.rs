//! Several looks at one entity: the one that counts, and what the others add to it.

use crate::rows::Rows;
use crate::{
    Grant, Group, Head, Kind, List, Membership, OauthClient, Origin, Queue, RecordingPolicy, Ref, Role, ScopeWord,
    ServiceAccount, Strings, Sym, Tenant, Text, User,
};
use hashbrown::HashSet;

/// A row that others may say more of.
pub(crate) trait Twin: Copy {
    fn head(&self) -> Head;

    fn head_mut(&mut self) -> &mut Head;

    /// Whether it says anything that another may lack.
    fn says_more(&self) -> bool;

    /// Takes what it lacks from another look at the same thing.
    fn complete(&mut self, other: &Self, pool: &mut Pool<'_>);

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

/// What rows point into.
pub(crate) struct Pool<'t> {
    strings: &'t Strings,
    grants: &'t mut Vec<Grant>,
    /// Whether any text may need an evaluation; in most exports none does.
    may_be_open: bool,
}

impl Pool<'_> {
    /// Whether a text says nothing: it is empty, or only an evaluation could tell what it comes to.
    fn is_open(&self, text: Text) -> bool {
        text.is_empty() || (self.may_be_open && self.strings.text(text).contains("${"))
    }

    /// What one look says, or where that needs an evaluation what another does.
    fn told(&self, own: Option<Sym>, other: Option<Sym>) -> Option<Sym> {
        let is_told = |own: &Sym| !(self.may_be_open && self.strings.is_unresolved(*own));
        own.filter(is_told).or(other).or(own)
    }

    /// The same of a reference, at the place of what takes it over.
    fn led(&self, own: Option<Ref>, other: Option<Ref>, head: Head) -> Option<Ref> {
        let target = self.told(own.map(|own| own.target), other.map(|other| other.target))?;
        own.filter(|own| own.target == target).or(Some(Ref { target, at: head.origin.offset }))
    }

    /// The entries of one list, and those of another that it lacks.
    fn both(&mut self, own: List, other: List) -> List {
        if own.len == 0 {
            return other;
        }
        let stretch = |list: List| list.start as usize..(list.start + list.len) as usize;
        let [mut all, more] = [own, other].map(|list| self.grants.get(stretch(list)).unwrap_or_default().to_vec());
        // Of an entry that is limited nobody knows here whether the other is limited by the same.
        let key = |grant: &Grant| (grant.targets.len == 0).then_some((grant.permission, grant.scope));
        let known: HashSet<(crate::PermissionId, ScopeWord)> = all.iter().filter_map(key).collect();
        all.extend(more.into_iter().filter(|grant| key(grant).is_none_or(|key| !known.contains(&key))));
        let number = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let both = List { start: number(self.grants.len()), len: number(all.len()) };
        self.grants.append(&mut all);
        both
    }

    /// Takes what one look lacks from another.
    fn complete<T: Twin>(&mut self, own: &mut T, other: &T) {
        if other.says_more() {
            own.complete(other, self);
        }
        if self.is_open(own.head().name) && !other.head().name.is_empty() {
            own.head_mut().name = other.head().name;
        }
    }
}

/// What is kept of several looks.
pub(crate) struct Kept<'t> {
    pool: Pool<'t>,
    /// Once it was asked.
    may_be_open: Option<bool>,
    links: Vec<Link>,
}

impl<'t> Kept<'t> {
    pub(crate) fn new(strings: &'t Strings, grants: &'t mut Vec<Grant>) -> Self {
        let pool = Pool { strings, grants, may_be_open: false };
        Self { pool, may_be_open: None, links: Vec::new() }
    }

    /// Drops the embedded of several that share an id, of embedded ones alone all but the first; what is kept takes from
    /// them what it lacks.
    pub(crate) fn keep<T: Twin>(&mut self, rows: &mut Vec<T>) {
        if !rows.iter().any(|row| row.head().embedded) {
            return;
        }
        self.pool.may_be_open = *self.may_be_open.get_or_insert_with(|| self.pool.strings.may_have_unresolved());
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
            if let Some(first) = rows.get_mut(first).filter(|_| first != number) {
                self.pool.complete(first, &twin);
            }
        }
        let mut taken = HashSet::new();
        for number in 0..rows.len() {
            let Some(head) = rows.get(number).map(Twin::head).filter(|head| !head.embedded) else { continue };
            let Some(first) = head.id.and_then(|id| first_of(&seen, id)) else { continue };
            taken.insert(first);
            let twin = rows.get(first).copied();
            if let (Some(row), Some(twin)) = (rows.get_mut(number), twin) {
                self.pool.complete(row, &twin);
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
        // What is planned counts before what is so now, and so it is added last.
        let planned = if rows.iter().any(|row| row.head().planned) { rows.len() } else { 0 };
        let heads =
            heads.clone().filter(|(_, head)| !head.planned).chain(heads.filter(|(_, h)| h.planned).take(planned));
        Rows::of(
            heads.filter_map(|(number, head)| Some((head.id?, number))),
            rows.len(),
            self.pool.strings.symbol_count(),
        )
    }

    /// The lists that were stated elsewhere.
    pub(crate) fn links(self) -> Vec<Link> {
        self.links
    }
}

/// Makes of the lists that were stated elsewhere what the tenant has for that.
pub(crate) fn carry_over(links: Vec<Link>, tenant: &mut Tenant) {
    let members = links.iter().filter(|link| matches!(link.stated, Stated::Members(_)));
    let told: HashSet<Sym> = members.map(|link| link.of).collect();
    tenant.leave_known(&told);
    for Link { of, stated, list, origin } in links {
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

/// Notes a list of what has an id.
fn link(head: Head, stated: Stated, list: List, links: &mut Vec<Link>) {
    if let Some(of) = head.id.filter(|_| list.len > 0) {
        links.push(Link { of, stated, list, origin: head.origin });
    }
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

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
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

    fn complete(&mut self, other: &Self, pool: &mut Pool<'_>) {
        if pool.is_open(self.email) && !other.email.is_empty() {
            self.email = other.email;
        }
        fill(&mut self.licences, other.licences);
        self.of_trustee |= other.of_trustee;
        self.department = pool.told(self.department, other.department);
        self.employer = pool.told(self.employer, other.employer);
        self.state = pool.told(self.state, other.state);
        self.division = pool.led(self.division, other.division, self.head);
    }
}

impl Twin for Role {
    fn head(&self) -> Head {
        self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn says_more(&self) -> bool {
        !self.unshown || self.system || self.grants.len > 0 || self.added.is_some() || self.unused.is_some()
    }

    fn complete(&mut self, other: &Self, pool: &mut Pool<'_>) {
        if self.unshown && (other.grants.len > 0 || !other.unshown) {
            self.grants = pool.both(self.grants, other.grants);
            self.unshown = other.unshown;
        }
        self.system |= other.system;
        self.admin = self.admin.or(other.admin);
        self.added = fuller(self.added, other.added);
        self.unused = fuller(self.unused, other.unused);
    }
}

impl Twin for ServiceAccount {
    fn head(&self) -> Head {
        self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn says_more(&self) -> bool {
        false
    }

    fn complete(&mut self, _: &Self, _: &mut Pool<'_>) {}
}

impl Twin for Group {
    fn head(&self) -> Head {
        self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn says_more(&self) -> bool {
        self.of_trustee
    }

    fn complete(&mut self, other: &Self, _: &mut Pool<'_>) {
        self.of_trustee |= other.of_trustee;
    }

    fn link(&self, other: &Self, links: &mut Vec<Link>) {
        for list in self.parts.lacking(other.parts, other.members) {
            link(other.head, Stated::Members(Kind::Group), list, links);
        }
    }
}

impl Twin for Queue {
    fn head(&self) -> Head {
        self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn says_more(&self) -> bool {
        self.division.is_some()
    }

    fn complete(&mut self, other: &Self, pool: &mut Pool<'_>) {
        self.division = pool.led(self.division, other.division, self.head);
    }

    fn link(&self, other: &Self, links: &mut Vec<Link>) {
        if !self.states_members {
            link(other.head, Stated::Members(Kind::Queue), other.members, links);
        }
        for list in self.parts.lacking(other.parts, other.groups) {
            link(other.head, Stated::Members(Kind::Queue), list, links);
        }
    }
}

impl Twin for OauthClient {
    fn head(&self) -> Head {
        self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn says_more(&self) -> bool {
        true
    }

    fn complete(&mut self, other: &Self, pool: &mut Pool<'_>) {
        self.token_seconds = self.token_seconds.or(other.token_seconds);
        self.ends_on_logout = self.ends_on_logout.or(other.ends_on_logout);
        self.grant_type = pool.told(self.grant_type, other.grant_type);
        self.state = pool.told(self.state, other.state);
    }
}

impl Twin for RecordingPolicy {
    fn head(&self) -> Head {
        self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn says_more(&self) -> bool {
        true
    }

    fn complete(&mut self, other: &Self, _: &mut Pool<'_>) {
        self.retention_days = self.retention_days.or(other.retention_days);
    }
}

impl Twin for Head {
    fn head(&self) -> Head {
        *self
    }

    fn head_mut(&mut self) -> &mut Head {
        self
    }

    fn says_more(&self) -> bool {
        false
    }

    fn complete(&mut self, _: &Self, _: &mut Pool<'_>) {}
}
