//! A tenant as it would be without some of what it says.

use crate::{Assignment, Common, Directory, Divisions, Entity, Kind, List, Ref, Sym, Tenant};

/// Something to take away, however often and wherever the export says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edit {
    /// A user's membership of a group.
    Membership {
        /// The user.
        member: Entity,
        /// The group.
        group: Entity,
    },
    /// A role that a user, group or service account holds, in whatever divisions.
    Holding {
        /// Who holds it.
        holder: Entity,
        /// The role.
        role: Entity,
    },
    /// What an assignment says of one division, or of all that it does not name.
    Given {
        /// Who holds the role.
        holder: Entity,
        /// The role.
        role: Entity,
        /// Where it is given.
        within: Within,
    },
    /// What a role takes from another.
    Inheritance {
        /// The role.
        role: Entity,
        /// The one that it takes permissions from.
        parent: Entity,
    },
    /// Permission entries of a role or service account.
    Entries {
        /// Who states them.
        owner: Entity,
        /// Rows of [`Tenant::grants`].
        grants: Vec<u32>,
    },
    /// A user's or group's place on a queue.
    Seat {
        /// The user or group.
        member: Entity,
        /// The queue.
        queue: Entity,
    },
}

/// Where an assignment gives a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Within {
    /// A division, among others that are named or alone.
    Division(Entity),
    /// The home division, named or because none is.
    Home,
    /// Every division.
    Every,
    /// Divisions that the export does not resolve.
    Unresolved,
    /// Divisions that the export does not show.
    Unstated,
}

impl Within {
    /// Whether a reference to a division is to this one.
    #[must_use]
    pub fn is_named(self, tenant: &Tenant, directory: &Directory<'_>, reference: &Ref) -> bool {
        match self {
            Self::Division(division) => Meant::new(directory, division).is(reference),
            Self::Home => tenant.home.is_some_and(|home| directory.is_same(Kind::Division, home, reference.target)),
            Self::Every | Self::Unresolved | Self::Unstated => false,
        }
    }

    /// Whether an assignment gives its role there without naming it.
    #[must_use]
    pub fn is_all_of(self, tenant: &Tenant, directory: &Directory<'_>, assignment: &Assignment) -> bool {
        match (self, assignment.reach) {
            (Self::Division(division), Divisions::Home) => {
                tenant.home.is_some_and(|home| directory.rows(Kind::Division, home).contains(&division.row))
            }
            (Self::Home, Divisions::Home)
            | (Self::Every, Divisions::Every)
            | (Self::Unresolved, Divisions::Unresolved)
            | (Self::Unstated, Divisions::Unstated) => true,
            _ => false,
        }
    }
}

impl Tenant {
    /// The tenant without what the edits take away. Entities stay, and keep their rows; entries do not.
    #[must_use]
    pub fn without(&self, edits: &[Edit]) -> Self {
        self.less(&Directory::new(self), edits)
    }

    /// The same by an index that is there already.
    #[must_use]
    pub fn less(&self, directory: &Directory<'_>, edits: &[Edit]) -> Self {
        let mut edited = self.clone();
        // Entries are taken by their rows, which the taking moves, so each owner's are taken at once.
        let mut taken: Vec<(Entity, Vec<u32>)> = Vec::new();
        for edit in edits {
            match edit {
                Edit::Membership { member, group } => edited.take_membership(directory, *member, *group),
                Edit::Holding { holder, role } => edited.take_holding(directory, *holder, *role),
                Edit::Given { holder, role, within } => edited.take_given(directory, *holder, *role, *within),
                Edit::Inheritance { role, parent } => {
                    let parent = Meant::new(directory, *parent);
                    let list = edited.roles.get(role.row as usize).map(|role| role.inherits);
                    if let Some(list) = list.and_then(|list| edited.take_refs(list, |r| !parent.is(r))) {
                        edited.roles.get_mut(role.row as usize).into_iter().for_each(|role| role.inherits = list);
                    }
                }
                Edit::Entries { owner, grants } => match taken.iter_mut().find(|(known, _)| known == owner) {
                    Some((_, rows)) => rows.extend(grants),
                    None => taken.push((*owner, grants.clone())),
                },
                Edit::Seat { member, queue } => edited.take_seat(directory, *member, *queue),
            }
        }
        taken.into_iter().for_each(|(owner, rows)| edited.take_entries(owner, &rows));
        edited
    }

    fn take_membership(&mut self, directory: &Directory<'_>, member: Entity, group: Entity) {
        let (meant_member, meant_group) = (Meant::new(directory, member), Meant::new(directory, group));
        let list = self.users.get(member.row as usize).map(|user| user.groups);
        if let Some(list) = list.and_then(|list| self.take_refs(list, |r| !meant_group.is(r))) {
            self.users.get_mut(member.row as usize).into_iter().for_each(|user| user.groups = list);
        }
        let list = self.groups.get(group.row as usize).map(|group| group.members);
        if let Some(list) = list.and_then(|list| self.take_refs(list, |r| !meant_member.is(r))) {
            self.groups.get_mut(group.row as usize).into_iter().for_each(|group| group.members = list);
        }
        self.take_stated(directory, member, group);
    }

    fn take_seat(&mut self, directory: &Directory<'_>, member: Entity, queue: Entity) {
        let meant = Meant::new(directory, member);
        let is_user = member.kind == Kind::User;
        let list = self.queues.get(queue.row as usize).map(|queue| if is_user { queue.members } else { queue.groups });
        if let Some(list) = list.and_then(|list| self.take_refs(list, |r| !meant.is(r))) {
            let queue = self.queues.get_mut(queue.row as usize).into_iter();
            queue.for_each(|queue| *(if is_user { &mut queue.members } else { &mut queue.groups }) = list);
        }
        self.take_stated(directory, member, queue);
    }

    /// Takes what is said of members outside of both.
    fn take_stated(&mut self, directory: &Directory<'_>, member: Entity, of: Entity) {
        let (whole, part) = (Meant::new(directory, of), Meant::new(directory, member));
        self.memberships.retain(|stated| stated.kind != of.kind || !part.is(&stated.member) || !whole.is(&stated.of));
    }

    fn take_holding(&mut self, directory: &Directory<'_>, holder: Entity, role: Entity) {
        let (meant_holder, meant_role) = (Meant::new(directory, holder), Meant::new(directory, role));
        let row = holder.row as usize;
        let list = match holder.kind {
            Kind::User => self.users.get(row).map(|user| user.roles),
            Kind::Group => self.groups.get(row).map(|group| group.roles),
            Kind::ServiceAccount => self.service_accounts.get(row).map(|account| account.roles),
            _ => None,
        };
        if let Some(list) = list.and_then(|list| self.take_refs(list, |r| !meant_role.is(r))) {
            match holder.kind {
                Kind::User => self.users.get_mut(row).into_iter().for_each(|user| user.roles = list),
                Kind::Group => self.groups.get_mut(row).into_iter().for_each(|group| group.roles = list),
                _ => self.service_accounts.get_mut(row).into_iter().for_each(|account| account.roles = list),
            }
        }
        let is_meant = |(_, given): &(usize, &Assignment)| is_of(given, &meant_holder, &meant_role);
        let rows: Vec<usize> = self.assignments.iter().enumerate().filter(is_meant).map(|(row, _)| row).collect();
        self.take_assignments(&rows);
    }

    /// Takes rows of assignments, which are in order; those behind them move up.
    fn take_assignments(&mut self, rows: &[usize]) {
        if rows.is_empty() {
            return;
        }
        let mut kept = Vec::with_capacity(self.assignments.len());
        let mut from = 0;
        for &row in rows.iter().chain([&self.assignments.len()]) {
            kept.extend_from_slice(self.assignments.get(from..row).unwrap_or_default());
            from = row + 1;
        }
        self.assignments = Common::Own(kept);
    }

    /// Takes one division of what is given. Where nothing is left, the role itself is: a listing that shows it
    /// without divisions says nothing beside what showed them.
    fn take_given(&mut self, directory: &Directory<'_>, holder: Entity, role: Entity, within: Within) {
        let (meant_holder, meant_role) = (Meant::new(directory, holder), Meant::new(directory, role));
        let is_meant = |(_, given): &(usize, &Assignment)| is_of(given, &meant_holder, &meant_role);
        let rows: Vec<(usize, Assignment)> =
            self.assignments.iter().enumerate().filter(is_meant).map(|(row, given)| (row, *given)).collect();
        let (mut is_left, mut gone) = (false, Vec::new());
        for (row, given) in rows {
            if within.is_all_of(self, directory, &given) {
                gone.push(row);
                continue;
            }
            let is_there = |r: &Ref| !within.is_named(self, directory, r);
            let kept: Vec<Ref> = self.refs(given.divisions).iter().filter(|r| is_there(r)).copied().collect();
            if let Some(divisions) = self.keep_refs(given.divisions, kept) {
                if given.reach == Divisions::Named && divisions.len == 0 {
                    gone.push(row);
                    continue;
                }
                self.assignments.get_mut(row).into_iter().for_each(|given| given.divisions = divisions);
            }
            is_left |= given.reach != Divisions::Unstated || within == Within::Unstated;
        }
        self.take_assignments(&gone);
        if !is_left {
            self.take_holding(directory, holder, role);
        }
    }

    fn take_entries(&mut self, owner: Entity, rows: &[u32]) {
        let list = self.grants_of(owner);
        let range = list.start as usize..(list.start + list.len) as usize;
        let kept: Vec<_> = (list.start..)
            .zip(self.grants(list))
            .filter(|(row, _)| !rows.contains(row))
            .map(|(_, grant)| *grant)
            .collect();
        let len = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        self.grants.get_mut(range).into_iter().flatten().zip(kept).for_each(|(place, grant)| *place = grant);
        let list = List { len, ..list };
        let row = owner.row as usize;
        match owner.kind {
            Kind::Role => self.roles.get_mut(row).into_iter().for_each(|role| role.grants = list),
            _ => self.service_accounts.get_mut(row).into_iter().for_each(|account| account.grants = list),
        }
    }

    /// Keeps some references of a list, in place; what is left over at its end belongs to nobody. Nothing where all
    /// of them stay.
    fn take_refs(&mut self, list: List, keep: impl Fn(&Ref) -> bool) -> Option<List> {
        let kept: Vec<Ref> = self.refs(list).iter().filter(|r| keep(r)).copied().collect();
        self.keep_refs(list, kept)
    }

    fn keep_refs(&mut self, list: List, kept: Vec<Ref>) -> Option<List> {
        let len = u32::try_from(kept.len()).ok().filter(|len| *len < list.len)?;
        let range = list.start as usize..(list.start + list.len) as usize;
        self.refs.get_mut(range).into_iter().flatten().zip(kept).for_each(|(place, r)| *place = r);
        Some(List { len, ..list })
    }
}

/// Whether an assignment gives a role to a holder.
fn is_of(given: &Assignment, holder: &Meant<'_, '_>, role: &Meant<'_, '_>) -> bool {
    let mut named = std::iter::once(given.subject).chain(given.shown_for);
    // Whoever shows what a group is given does not hold it themselves.
    named.any(|r| holder.is(&r))
        && role.is(&given.role)
        && holder.directory.subjects(given).any(|subject| subject == holder.entity)
}

/// An entity that references may lead to.
struct Meant<'d, 't> {
    directory: &'d Directory<'t>,
    entity: Entity,
    words: [Option<Sym>; 2],
}

impl<'d, 't> Meant<'d, 't> {
    fn new(directory: &'d Directory<'t>, entity: Entity) -> Self {
        Self { directory, entity, words: directory.words(entity) }
    }

    /// Whether a reference leads to it. Most say something else altogether.
    fn is(&self, reference: &Ref) -> bool {
        let Entity { kind, row } = self.entity;
        self.words.contains(&Some(reference.target))
            && self.directory.each(kind, reference.target).any(|known| known == row)
    }
}
