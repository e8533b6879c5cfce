//! From references to edges.

use crate::layout::Layout;
use crate::{EdgeKind, Node};
use hashbrown::HashSet;
use rolecall_model::{
    Assignment, Directory, Divisions, Entity, Kind, List, Origin, Permission, PermissionId, ScopeWord, Tenant,
};
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::OnceLock;

/// What is told of each edge: the nodes that it joins, and the parts of an [`crate::Edge`]. They are told one by one, since
/// whoever keeps one of them would have to wait for all to be written down.
pub(crate) type Put<'p> = &'p mut dyn FnMut(u32, u32, EdgeKind, Origin, Option<NonZeroU32>);

/// Which of the statements are asked of: the first or the second half of every list, or all.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    has_first: bool,
    has_second: bool,
}

impl Part {
    pub(crate) const ALL: Self = Self { has_first: true, has_second: true };
    pub(crate) const FIRST_HALF: Self = Self { has_first: true, has_second: false };
    pub(crate) const SECOND_HALF: Self = Self { has_first: false, has_second: true };

    /// The rows of a list of that length.
    pub(crate) fn of(self, length: usize) -> Range<u32> {
        let row = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
        let start = if self.has_first { 0 } else { length / 2 };
        let end = if self.has_second { length } else { length / 2 };
        row(start)..row(end)
    }

    /// The rows of a list of which each depends on those before: all or none.
    fn whole(self, length: usize) -> Range<u32> {
        if self.has_first { Self::ALL.of(length) } else { 0..0 }
    }
}

/// What edges are made of.
pub(crate) struct Connector<'c, 't> {
    pub(crate) tenant: &'t Tenant,
    pub(crate) directory: &'c Directory<'t>,
    pub(crate) layout: &'c Layout,
    impersonate: Option<Permission>,
    /// For each of the tenant's permissions, whether it lets somebody become another.
    impersonations: OnceLock<Vec<bool>>,
}

impl<'c, 't> Connector<'c, 't> {
    pub(crate) fn new(tenant: &'t Tenant, directory: &'c Directory<'t>, layout: &'c Layout) -> Self {
        let impersonate = Permission::parse("user:impersonate", None);
        Self { tenant, directory, layout, impersonate, impersonations: OnceLock::new() }
    }
}

impl Connector<'_, '_> {
    /// Tells of every edge of a part, the same ones in the same order each time. Cost: linear in entities and references.
    pub(crate) fn each(&self, part: Part, put: Put<'_>) {
        self.connect_roles(part, put);
        self.connect_members(part, put);
        self.connect_objects(part, put);
        self.connect_scopes(part, put);
        self.connect_assignments(part, put);
        self.connect_memberships(part, put);
    }

    /// The entities of a kind that belong to a part.
    fn entities(&self, kind: Kind, part: Part) -> impl Iterator<Item = Entity> + use<> {
        part.of(self.tenant.count(kind) as usize).map(move |row| Entity { kind, row })
    }

    fn connect(&self, put: Put<'_>, from: Node, to: Node, kind: EdgeKind, origin: Origin) {
        put(self.layout.index(from), self.layout.index(to), kind, origin, None);
    }

    /// Joins `from` to every entity of `kind` that the references of `list` mean.
    fn connect_all(&self, put: Put<'_>, from: Entity, list: List, kind: Kind, edge: EdgeKind, is_reversed: bool) {
        if list.len == 0 {
            return;
        }
        let tenant = self.tenant;
        let origin = tenant.head(from).origin;
        let [own, first] = [from, Entity { kind, row: 0 }].map(|entity| self.layout.index(Node::Entity(entity)));
        for reference in tenant.refs(list) {
            for row in self.directory.each(kind, reference.target) {
                let other = first.saturating_add(row);
                let (from, to) = if is_reversed { (other, own) } else { (own, other) };
                put(from, to, edge, origin.at(reference.at), None);
            }
        }
    }

    fn connect_roles(&self, part: Part, put: Put<'_>) {
        let tenant = self.tenant;
        for entity in self.entities(Kind::Role, part) {
            let Some(role) = tenant.roles.get(entity.row as usize) else { continue };
            self.connect_all(put, entity, role.inherits, Kind::Role, EdgeKind::Inherits, false);
            self.connect_grants(put, entity, role.grants);
        }
        for entity in self.entities(Kind::ServiceAccount, part) {
            let Some(account) = tenant.service_accounts.get(entity.row as usize) else { continue };
            self.connect_all(put, entity, account.roles, Kind::Role, EdgeKind::Holds, false);
            self.connect_grants(put, entity, account.grants);
        }
    }

    fn connect_grants(&self, put: Put<'_>, owner: Entity, list: List) {
        for row in list.start..list.start + list.len {
            let origin = self.tenant.grants.get(row as usize).map(|g| g.origin).unwrap_or_default();
            self.connect(put, Node::Entity(owner), Node::Grant(row), EdgeKind::Grants, origin);
        }
    }

    fn connect_members(&self, part: Part, put: Put<'_>) {
        let tenant = self.tenant;
        for entity in self.entities(Kind::User, part) {
            let Some(user) = tenant.users.get(entity.row as usize) else { continue };
            self.connect_all(put, entity, user.roles, Kind::Role, EdgeKind::Holds, false);
            self.connect_all(put, entity, user.groups, Kind::Group, EdgeKind::MemberOf, false);
        }
        for entity in self.entities(Kind::Group, part) {
            let Some(group) = tenant.groups.get(entity.row as usize) else { continue };
            self.connect_all(put, entity, group.roles, Kind::Role, EdgeKind::Holds, false);
            self.connect_all(put, entity, group.members, Kind::User, EdgeKind::MemberOf, true);
        }
    }

    fn connect_objects(&self, part: Part, put: Put<'_>) {
        let tenant = self.tenant;
        for entity in self.entities(Kind::Queue, part) {
            let Some(queue) = tenant.queues.get(entity.row as usize) else { continue };
            self.connect_all(put, entity, queue.members, Kind::User, EdgeKind::OnQueue, true);
            self.connect_all(put, entity, queue.groups, Kind::Group, EdgeKind::OnQueue, true);
        }
        for entity in self.entities(Kind::View, part) {
            let Some(view) = tenant.views.get(entity.row as usize) else { continue };
            self.connect_all(put, entity, view.queues, Kind::Queue, EdgeKind::InView, true);
            self.connect_all(put, entity, view.users, Kind::User, EdgeKind::InView, true);
        }
    }

    fn connect_assignments(&self, part: Part, put: Put<'_>) {
        let tenant = self.tenant;
        // One that does not show its divisions says nothing beside one that does.
        let is_stated = |assignment: &Assignment| assignment.reach != Divisions::Unstated;
        let are_stated = tenant.assignments.iter().all(is_stated);
        let mut stated: HashSet<(Entity, u32)> = HashSet::new();
        let count = tenant.assignments.len();
        let rows = if are_stated { part.of(count) } else { part.whole(count) };
        for is_turn_of_stated in if are_stated { &[true][..] } else { &[true, false] } {
            for (number, assignment) in
                rows.clone().filter_map(|row| Some((row, tenant.assignments.get(row as usize)?)))
            {
                let row = NonZeroU32::new(number + 1);
                if is_stated(assignment) != *is_turn_of_stated {
                    continue;
                }
                for subject in self.directory.subjects(assignment).filter(|subject| self.gives_roles(*subject)) {
                    for role in self.directory.each(Kind::Role, assignment.role.target) {
                        if !is_turn_of_stated && stated.contains(&(subject, role)) {
                            continue;
                        }
                        if !are_stated {
                            stated.insert((subject, role));
                        }
                        let to = Entity { kind: Kind::Role, row: role };
                        let (from, to) =
                            (self.layout.index(Node::Entity(subject)), self.layout.index(Node::Entity(to)));
                        put(from, to, EdgeKind::Holds, assignment.origin, row);
                    }
                }
            }
        }
    }

    /// Whether what somebody is given counts.
    fn gives_roles(&self, subject: Entity) -> bool {
        let group = || self.tenant.groups.get(subject.row as usize);
        subject.kind != Kind::Group || group().is_none_or(|group| !group.roles_off)
    }

    fn connect_memberships(&self, part: Part, put: Put<'_>) {
        let tenant = self.tenant;
        for membership in part.of(tenant.memberships.len()).filter_map(|row| tenant.memberships.get(row as usize)) {
            let edge = if membership.kind == Kind::Queue { EdgeKind::OnQueue } else { EdgeKind::MemberOf };
            // Ids are unique over users and groups, and a group may be on a queue whole.
            let kinds = if membership.kind == Kind::Queue { &[Kind::User, Kind::Group][..] } else { &[Kind::User] };
            let rows = |kind: Kind| self.directory.each(kind, membership.member.target);
            let Some(&kind) = kinds.iter().find(|kind| rows(**kind).next().is_some()) else { continue };
            for member in rows(kind) {
                for of in self.directory.each(membership.kind, membership.of.target) {
                    let from = Node::Entity(Entity { kind, row: member });
                    let to = Node::Entity(Entity { kind: membership.kind, row: of });
                    self.connect(put, from, to, edge, membership.origin);
                }
            }
        }
    }

    fn connect_scopes(&self, part: Part, put: Put<'_>) {
        let Range { start, end } = part.of(self.tenant.grants.len());
        let impersonations = self.impersonations.get_or_init(|| {
            self.tenant.permissions.iter().map(|(_, permission)| self.is_impersonation(permission)).collect()
        });
        let lets_become = |id: PermissionId| impersonations.get(id.index()).copied().unwrap_or_default();
        self.connect_limits(put, List { start, len: end - start }, lets_become);
    }

    fn is_impersonation(&self, permission: &Permission) -> bool {
        self.impersonate.as_ref().is_some_and(|impersonate| permission.overlaps(impersonate))
    }

    /// Joins permission entries to what limits them, or whom they let become.
    fn connect_limits(&self, put: Put<'_>, list: List, lets_become: impl Fn(PermissionId) -> bool) {
        let tenant = self.tenant;
        for (row, grant) in (list.start..).zip(tenant.grants(list)) {
            let impersonates = lets_become(grant.permission);
            let edge = if impersonates { EdgeKind::Impersonates } else { EdgeKind::LimitedTo };
            let kind = match grant.scope {
                ScopeWord::View => Kind::View,
                ScopeWord::Group => Kind::Group,
                ScopeWord::All | ScopeWord::Undeclared | ScopeWord::Unknown(_) if impersonates => {
                    self.connect(put, Node::Grant(row), Node::Everyone, EdgeKind::Impersonates, grant.origin);
                    continue;
                }
                _ => continue,
            };
            for target in tenant.refs(grant.targets) {
                for found in self.directory.each(kind, target.target) {
                    let to = Node::Entity(Entity { kind, row: found });
                    self.connect(put, Node::Grant(row), to, edge, grant.origin.at(target.at));
                }
            }
        }
    }

    /// Tells of every edge of an owner's own entries.
    pub(crate) fn each_of_entries(&self, owner: Entity, put: Put<'_>) {
        let list = self.tenant.grants_of(owner);
        self.connect_grants(put, owner, list);
        let permission = |id: PermissionId| self.tenant.permissions.get(id);
        self.connect_limits(put, list, |id| permission(id).is_some_and(|one| self.is_impersonation(one)));
    }
}
