//! The rows of a tenant.

use crate::{Origin, Parts, PermissionId, ScopeWord, Sym, Text};

/// What sort of thing an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A named set of permission entries.
    Role,
    /// A person.
    User,
    /// A machine principal.
    ServiceAccount,
    /// A set of users that may hold roles.
    Group,
    /// A routing queue.
    Queue,
    /// A named set of queues and users that a scope may be limited to.
    View,
    /// A saved report definition.
    Report,
    /// An OAuth client.
    OauthClient,
    /// A rule on keeping and seeing recordings.
    RecordingPolicy,
    /// A data-residency region.
    Region,
    /// An access-control division.
    Division,
    /// Another organisation that may enter this one.
    Trustee,
    /// A switch or number of the organisation.
    Setting,
    /// A place that holds a secret in clear.
    Secret,
    /// A report that is run and sent again and again.
    ScheduledExport,
}

impl Kind {
    /// Every kind, in the order of the model.
    pub const ALL: [Self; 15] = [
        Self::Role,
        Self::User,
        Self::ServiceAccount,
        Self::Group,
        Self::Queue,
        Self::View,
        Self::Report,
        Self::OauthClient,
        Self::RecordingPolicy,
        Self::Region,
        Self::Division,
        Self::Trustee,
        Self::Setting,
        Self::Secret,
        Self::ScheduledExport,
    ];

    /// The word for it in output and rule files, in kebab case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::User => "user",
            Self::ServiceAccount => "service-account",
            Self::Group => "group",
            Self::Queue => "queue",
            Self::View => "view",
            Self::Report => "report",
            Self::OauthClient => "oauth-client",
            Self::RecordingPolicy => "recording-policy",
            Self::Region => "region",
            Self::Division => "division",
            Self::Trustee => "trustee",
            Self::Setting => "setting",
            Self::Secret => "secret",
            Self::ScheduledExport => "scheduled-export",
        }
    }

    /// The words for it in a sentence.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::ServiceAccount => "service account",
            Self::OauthClient => "OAuth client",
            Self::RecordingPolicy => "recording policy",
            Self::ScheduledExport => "scheduled export",
            other => other.word(),
        }
    }
}

/// A stretch of one of the tenant's pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct List {
    /// The first row.
    pub start: u32,
    /// How many rows.
    pub len: u32,
}

/// A reference to another entity by id or name, and the byte of the value that states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ref {
    /// The id or name as written.
    pub target: Sym,
    /// The byte at which the reference starts, in the file of its owner.
    pub at: u32,
}

/// What every entity has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head {
    /// The id, where the export gives one.
    pub id: Option<Sym>,
    /// The name; empty where the export gives none.
    pub name: Text,
    /// The value that states the entity.
    pub origin: Origin,
    /// Whether it was only seen within something else; an entity listed for itself counts before it.
    pub embedded: bool,
    /// Whether it is what a plan comes to; of several seen in passing that counts first.
    pub planned: bool,
}

/// A list of permission entries, by row of [`crate::Tenant::grants`].
pub type Grants = List;

/// One permission entry of a role, or one direct scope of a service account.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// What it allows; wildcards stay wildcards.
    pub permission: PermissionId,
    /// Over what, as written.
    pub scope: ScopeWord,
    /// The views or groups that a limited scope names, or the queues and users of a condition that says no more.
    pub targets: List,
    /// The value that states the entry.
    pub origin: Origin,
}

/// A role.
#[derive(Clone, Copy, Debug, Default)]
pub struct Role {
    /// Id, name, origin.
    pub head: Head,
    /// Roles that it takes permissions from.
    pub inherits: List,
    /// Whether the export itself marks it as the platform's own.
    pub system: bool,
    /// Whether the export itself marks it as none of the platform's own, whatever it is called.
    pub custom: bool,
    /// Whether it is one of the platform's own roles of administrators, where the export says which of its own it is.
    pub admin: Option<bool>,
    /// Whether it is referred to but not in the export; only the platform's own roles are.
    pub implied: bool,
    /// Its permission entries.
    pub grants: Grants,
    /// Whether the export does not show all that it grants, or no more than that there is such a role.
    pub unshown: bool,
    /// Permissions of it that the platform says nobody used of late, where it says which.
    pub unused: Option<List>,
    /// Permissions that were added to the platform's own role that it is, where it was compared.
    pub added: Option<List>,
}

/// The flag that marks an outsourced user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flag {
    /// The dialect has no such flag.
    #[default]
    Unknown,
    /// Absent or null.
    Absent,
    /// Written.
    Set(bool),
}

/// A user.
#[derive(Clone, Copy, Debug, Default)]
pub struct User {
    /// Id, name, origin.
    pub head: Head,
    /// E-mail address; empty where the export gives none.
    pub email: Text,
    /// The flag that marks an outsourced user.
    pub flag: Flag,
    /// Department as written.
    pub department: Option<Sym>,
    /// The employer's name as written.
    pub employer: Option<Sym>,
    /// Licences.
    pub licences: List,
    /// Roles held directly.
    pub roles: List,
    /// Groups named by the user.
    pub groups: List,
    /// Region.
    pub region: Option<Ref>,
    /// Division.
    pub division: Option<Ref>,
    /// State as written (`active`, …).
    pub state: Option<Sym>,
    /// Whether a trustee organisation sends this person.
    pub of_trustee: bool,
    /// Whether want of a division means the home division.
    pub home_by_default: bool,
}

/// A machine principal.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServiceAccount {
    /// Id, name, origin.
    pub head: Head,
    /// Roles held.
    pub roles: List,
    /// Direct grants.
    pub grants: Grants,
    /// The OAuth client it signs in with.
    pub client: Option<Ref>,
    /// Names of the request headers it is configured with; `None` where none are exported.
    pub headers: Option<List>,
}

/// A group.
#[derive(Clone, Copy, Debug, Default)]
pub struct Group {
    /// Id, name, origin.
    pub head: Head,
    /// Members named by the group.
    pub members: List,
    /// The lists that the members are stated in: the members themselves, and the owners where these are members too.
    pub parts: Parts,
    /// Roles held by all members.
    pub roles: List,
    /// Whether the export shows no more than that there is such a group, and not who is in it.
    pub unshown: bool,
    /// Whether a trustee organisation sends these people.
    pub of_trustee: bool,
    /// Whether what the group is given counts for nobody, since its roles are switched off.
    pub roles_off: bool,
}

/// A queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Queue {
    /// Id, name, origin.
    pub head: Head,
    /// Users on the queue.
    pub members: List,
    /// Whether the queue says which users are on it, be it none; no other source then counts beside it.
    pub states_members: bool,
    /// Groups put on the queue whole.
    pub groups: List,
    /// The lists that the groups are stated in, one for each way in which the queue asks them.
    pub parts: Parts,
    /// Region.
    pub region: Option<Ref>,
    /// Division.
    pub division: Option<Ref>,
    /// Whether it is in the home division where nothing names another.
    pub home_by_default: bool,
}

/// A view.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// Id, name, origin.
    pub head: Head,
    /// Queues in it.
    pub queues: List,
    /// Users in it.
    pub users: List,
}

/// One filter of a report.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The dimension it filters by, as written.
    pub dimension: Sym,
    /// The values it lets through.
    pub values: List,
    /// The byte at which the filter starts.
    pub at: u32,
}

/// A list of report filters, by row of [`crate::Tenant::filters`].
pub type Shared = List;

/// A report definition.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Id, name, origin.
    pub head: Head,
    /// Roles it is shared with.
    pub roles: List,
    /// Its filters.
    pub filters: Shared,
    /// The kinds of data it joins, as written.
    pub sources: List,
}

/// An OAuth client.
#[derive(Clone, Copy, Debug, Default)]
pub struct OauthClient {
    /// Id, name, origin.
    pub head: Head,
    /// How long an access token is good for, in seconds.
    pub token_seconds: Option<u64>,
    /// Whether log-out ends its tokens; `None` where it is absent.
    pub ends_on_logout: Option<bool>,
    /// How it signs in, as written (`CLIENT-CREDENTIALS`, …).
    pub grant_type: Option<Sym>,
    /// State as written.
    pub state: Option<Sym>,
}

/// A recording policy.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordingPolicy {
    /// Id, name, origin.
    pub head: Head,
    /// Whether it restricts access by the type of user.
    pub by_user_type: Option<bool>,
    /// The groups it speaks of.
    pub groups: List,
    /// How long recordings are kept, in days.
    pub retention_days: Option<u64>,
}
