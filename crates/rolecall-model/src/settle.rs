//! Making one tenant of what files say together, once all of them are read.

use crate::directory::{Directory, is_default_role};
use crate::twin::{Kept, carry_over};
use crate::{Assignment, Divisions, Head, Kind, List, Ref, Role, Sym, Tenant};
use hashbrown::HashSet;

/// The default role that everybody holds on the platform.
const EVERYBODY: &str = "employee";

impl Tenant {
    /// Makes one tenant of what the files say together: of what is listed and was seen within something else as well
    /// one entity that has what both say, and adds the platform's own roles that are referred to but not listed. Call
    /// once, on the whole tenant.
    pub fn settle(&mut self) {
        self.only_shows_divisions = self.divisions.is_empty() && !self.shown_divisions.is_empty();
        self.divisions.append(&mut self.shown_divisions);
        self.resolve_names();
        self.keep_listed();
        self.place_at_home();
        self.join_regions();
        self.keep_stated();
        self.keep_explained();
        self.imply_default_roles();
        self.share();
    }

    /// Lets copies have in common what is large; a copy is made to be edited a little.
    fn share(&mut self) {
        self.strings.share();
        self.refs.share();
        self.grants.share();
        self.users.share();
        self.assignments.share();
        self.real_ids.share();
    }

    /// Keeps one of several that share an id: the one that is listed, with what it lacks and others say.
    fn keep_listed(&mut self) {
        let mut kept = Kept::new(&self.strings, &mut self.grants);
        // Of most exports this is all that is asked of their users, of whom there are the most.
        kept.keep(&mut self.users);
        kept.keep(&mut self.roles);
        kept.keep(&mut self.service_accounts);
        kept.keep(&mut self.groups);
        kept.keep(&mut self.queues);
        kept.keep(&mut self.oauth_clients);
        kept.keep(&mut self.recording_policies);
        kept.keep(&mut self.divisions);
        carry_over(kept.links(), self);
    }

    /// Drops what the state says of a role given, where the configuration says it too. Where it leaves open in which
    /// divisions, the state says it, beside those that it names.
    fn keep_stated(&mut self) {
        if !self.assignments.iter().any(|a| a.embedded) {
            return;
        }
        let key = |a: &Assignment| (a.subject.target, a.role.target);
        let is_open = |a: &Assignment| a.reach == Divisions::Unresolved;
        let configured = |a: &&Assignment| !a.embedded && !is_open(a);
        let stated: HashSet<(Sym, Sym)> = self.assignments.iter().filter(configured).map(key).collect();
        let known: HashSet<(Sym, Sym)> =
            self.assignments.iter().filter(|a| a.embedded && !is_open(a)).map(key).collect();
        let mut assignments = std::mem::take(&mut *self.assignments);
        assignments.retain_mut(|a| match a.embedded {
            true => !stated.contains(&key(a)),
            false => !is_open(a) || stated.contains(&key(a)) || !known.contains(&key(a)) || self.name_divisions(a),
        });
        *self.assignments = assignments;
    }

    /// Leaves of the divisions of a role given those that are known; says whether there are any.
    fn name_divisions(&mut self, given: &mut Assignment) -> bool {
        given.divisions = self.known(given.divisions);
        given.reach = Divisions::Named;
        given.divisions.len > 0
    }

    /// Drops what says that somebody has a role, and not in which divisions, where their own listing shows that it comes to
    /// them by a group, with the divisions.
    fn keep_explained(&mut self) {
        if !self.assignments.iter().any(|given| given.reach == Divisions::Unstated) {
            return;
        }
        let off = self.groups.iter().filter(|group| group.roles_off);
        let off: HashSet<Sym> = off.filter_map(|group| group.head.id).collect();
        let stated = self.assignments.iter().filter(|given| given.reach != Divisions::Unstated);
        let counts = stated.filter(|given| !off.contains(&given.subject.target));
        let shown: HashSet<(Sym, Sym)> =
            counts.filter_map(|given| Some((given.shown_for?.target, given.role.target))).collect();
        if !shown.is_empty() {
            let is_explained = |given: &Assignment| shown.contains(&(given.subject.target, given.role.target));
            self.assignments.retain(|given| given.reach != Divisions::Unstated || !is_explained(given));
        }
    }

    /// Leaves of the members of groups and queues those that are known, where another source tells what the others are.
    pub(crate) fn leave_known(&mut self, told: &HashSet<Sym>) {
        if told.is_empty() || !self.may_have_unresolved() {
            return;
        }
        let is_told = |head: Head| head.id.is_some_and(|id| told.contains(&id));
        for row in 0..self.groups.len() {
            let group = self.groups.get(row).copied().filter(|group| is_told(group.head));
            let members = group.map(|group| self.known(group.members));
            self.groups.get_mut(row).into_iter().zip(members).for_each(|(group, known)| group.members = known);
        }
        for row in 0..self.queues.len() {
            let queue = self.queues.get(row).copied().filter(|queue| is_told(queue.head));
            let known = queue.map(|queue| (self.known(queue.members), self.known(queue.groups)));
            let queue = self.queues.get_mut(row).into_iter();
            queue.zip(known).for_each(|(queue, known)| (queue.members, queue.groups) = known);
        }
    }

    /// The references of a list that need no evaluation.
    fn known(&mut self, list: List) -> List {
        let is_known = |reference: &&Ref| !self.is_unresolved(reference.target);
        let known: Vec<Ref> = self.refs(list).iter().filter(is_known).copied().collect();
        let number = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        if number(known.len()) == list.len {
            return list;
        }
        let kept = List { start: number(self.refs.len()), len: number(known.len()) };
        self.refs.extend(known);
        kept
    }

    /// Gives every reference another target.
    pub(crate) fn replace(&mut self, new: &dyn Fn(Sym) -> Sym) {
        self.refs.iter_mut().for_each(|r| r.target = new(r.target));
        self.home = self.home.map(new);
        for assignment in &mut self.assignments {
            assignment.subject.target = new(assignment.subject.target);
            assignment.role.target = new(assignment.role.target);
            assignment.shown_for = assignment.shown_for.map(|r| Ref { target: new(r.target), ..r });
        }
        for membership in &mut self.memberships {
            membership.of.target = new(membership.of.target);
            membership.member.target = new(membership.member.target);
        }
        for reference in self.users.iter_mut().filter_map(|user| user.division.as_mut()) {
            reference.target = new(reference.target);
        }
        for reference in self.queues.iter_mut().filter_map(|queue| queue.division.as_mut()) {
            reference.target = new(reference.target);
        }
        for reference in self.service_accounts.iter_mut().filter_map(|account| account.client.as_mut()) {
            reference.target = new(reference.target);
        }
    }

    /// Adds the platform's own roles that are referred to but not in the export, so
    /// that holding or inheriting one is seen.
    fn imply_default_roles(&mut self) {
        let missing = self.missing_default_roles();
        for (reference, origin) in missing {
            let name = self.str(reference).to_owned();
            let name = self.strings.keep(&name);
            let head = Head { name, origin, ..Head::default() };
            self.roles.push(Role { head, system: true, implied: true, unshown: true, ..Role::default() });
        }
    }

    fn missing_default_roles(&self) -> Vec<(Sym, crate::Origin)> {
        if !self.strings.symbols().any(|symbol| is_default_role(self.str(symbol))) {
            return Vec::new();
        }
        let directory = Directory::new(self);
        // For each symbol whether it is one of them; nothing before it is met.
        let mut verdicts: Vec<Option<bool>> = vec![None; self.strings.symbol_count()];
        let mut missing: Vec<(Sym, crate::Origin)> = Vec::new();
        let mut note = |target: Sym, origin: crate::Origin| {
            let Some(verdict @ None) = verdicts.get_mut(target.index()) else { return };
            let is_missing = is_default_role(self.str(target)) && directory.each(Kind::Role, target).next().is_none();
            *verdict = Some(is_missing);
            if is_missing {
                missing.push((target, origin));
            }
        };
        for kind in [Kind::Role, Kind::User, Kind::ServiceAccount, Kind::Group, Kind::Report] {
            for entity in self.entities(kind) {
                for &Ref { target, at } in self.roles_of(entity) {
                    note(target, self.head(entity).origin.at(at));
                }
            }
        }
        // The platform gives one of them to everybody.
        let given =
            self.assignments.iter().filter(|given| !self.str(given.role.target).eq_ignore_ascii_case(EVERYBODY));
        given.for_each(|given| note(given.role.target, given.origin));
        missing.sort_by_key(|(target, _)| self.str(*target).to_owned());
        missing
    }
}
