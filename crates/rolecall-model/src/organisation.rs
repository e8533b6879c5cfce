//! What an organisation states beside its entities: who has what where, and its settings.

use crate::{Directory, Entity, Head, Kind, List, Origin, PermissionId, Ref};

/// In which divisions an assignment gives a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Divisions {
    /// Those listed.
    Named,
    /// All that are and will be.
    Every,
    /// The home division, which is where an assignment falls that names none.
    Home,
    /// What is written cannot be resolved (a variable, say); nobody may take it for harmless.
    Unresolved,
    /// This export does not show it.
    #[default]
    Unstated,
}

/// A role given to a subject in divisions: what the platform calls a grant.
#[derive(Clone, Copy, Debug)]
pub struct Assignment {
    /// The user, group or client that the role is given to.
    pub subject: Ref,
    /// The one whose listing shows it, where that is another: it counts for them where the subject is not in the export.
    pub shown_for: Option<Ref>,
    /// The role.
    pub role: Ref,
    /// How the divisions are given.
    pub reach: Divisions,
    /// The divisions that are named; there may be some beside [`Divisions::Every`].
    pub divisions: List,
    /// The value that states it.
    pub origin: Origin,
    /// Whether it only counts where no other gives the subject the role.
    pub embedded: bool,
}

impl Assignment {
    /// A role that a subject holds in divisions that the export does not show.
    #[must_use]
    pub fn unstated(subject: Ref, role: Ref, origin: Origin) -> Self {
        let (reach, divisions) = (Divisions::Unstated, List::default());
        Self { subject, shown_for: None, role, reach, divisions, origin, embedded: false }
    }
}

impl Directory<'_> {
    /// Who an assignment is for: ids are unique over users, groups and clients.
    pub fn subjects(&self, assignment: &Assignment) -> impl Iterator<Item = Entity> + '_ {
        let meant = std::iter::once(assignment.subject).chain(assignment.shown_for).map(|reference| reference.target);
        let kinds = [Kind::User, Kind::Group, Kind::ServiceAccount];
        let mut all = meant.flat_map(|target| kinds.map(|kind| (kind, target)));
        let found = all.find(|(kind, target)| self.each(*kind, *target).next().is_some());
        let rows = |(kind, target)| self.each(kind, target).map(move |row| Entity { kind, row });
        found.into_iter().flat_map(rows)
    }
}

/// A member of a group or queue, stated outside of both.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// Group or queue.
    pub kind: Kind,
    /// The group or queue.
    pub of: Ref,
    /// The user.
    pub member: Ref,
    /// The value that states it.
    pub origin: Origin,
    /// Whether it only follows from what was seen of the user, and is no listing: others may be members as well.
    pub embedded: bool,
}

/// What the tenant's own catalogue says of a permission.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The permission.
    pub permission: PermissionId,
    /// Whether the division of an assignment limits it.
    pub division_aware: bool,
}

/// A permission that an access policy takes from somebody, whatever roles give.
#[derive(Clone, Copy, Debug)]
pub struct Denial {
    /// The permission.
    pub permission: PermissionId,
    /// The user, group or client; `None` for everybody.
    pub subject: Option<Ref>,
    /// Whether clients are meant too where everybody is.
    pub applies_to_clients: bool,
    /// The value that states it.
    pub origin: Origin,
}

/// A report that is run and sent again and again.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScheduledExport {
    /// Id, name, origin.
    pub head: Head,
    /// Whether it is run.
    pub enabled: Option<bool>,
    /// Whether divisions or queues limit what is in it.
    pub filtered: bool,
    /// The addresses that it is sent to.
    pub recipients: List,
}

/// An organisation that may enter this one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trustee {
    /// Id, name, origin.
    pub head: Head,
    /// Whether it may enter.
    pub enabled: Option<bool>,
    /// Whether it may do anything.
    pub full_access: Option<bool>,
    /// Whether its people are administrators by default.
    pub admin_by_default: Option<bool>,
    /// Whether there is a day on which it ends.
    pub expires: bool,
}

/// A switch or number of the organisation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting {
    /// Name and origin.
    pub head: Head,
    /// A switch.
    pub flag: Option<bool>,
    /// A number.
    pub number: Option<u64>,
}
