//! One organisation's export, whole or a part of it.

use crate::{
    Assignment, Beyond, Common, Denial, Filter, Grant, Group, Head, Kind, Known, List, Membership, OauthClient,
    Permissions, Queue, RecordingPolicy, Ref, Report, Role, ScheduledExport, ServiceAccount, Setting, Sought, Strings,
    Sym, Trustee, User, View,
};

/// An entity of a tenant: its kind and its row among that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity {
    /// The kind.
    pub kind: Kind,
    /// The row.
    pub row: u32,
}

/// The entities of an export and the text, references and grants that they share.
///
/// What is read side by side is a tenant each; [`Tenant::merge`] makes one of several.
#[derive(Clone, Debug, Default)]
pub struct Tenant {
    /// Text.
    pub strings: Common<Strings>,
    /// Permissions that grants name.
    pub permissions: Permissions,
    /// References, pooled.
    pub refs: Common<Vec<Ref>>,
    /// Permission entries, pooled.
    pub grants: Common<Vec<Grant>>,
    /// Report filters, pooled.
    pub filters: Vec<Filter>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Users.
    pub users: Common<Vec<User>>,
    /// Service accounts.
    pub service_accounts: Vec<ServiceAccount>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Queues.
    pub queues: Vec<Queue>,
    /// Views.
    pub views: Vec<View>,
    /// Reports.
    pub reports: Vec<Report>,
    /// OAuth clients.
    pub oauth_clients: Vec<OauthClient>,
    /// Recording policies.
    pub recording_policies: Vec<RecordingPolicy>,
    /// Regions.
    pub regions: Vec<Head>,
    /// Divisions.
    pub divisions: Vec<Head>,
    /// Divisions that were seen within users, queues and grants, of which no file is a listing; among the divisions once
    /// the tenant is settled.
    pub shown_divisions: Vec<Head>,
    /// Whether all divisions are such, so that there may be others; known once the tenant is settled.
    pub only_shows_divisions: bool,
    /// Organisations that may enter.
    pub trustees: Vec<Trustee>,
    /// Switches and numbers of the organisation.
    pub settings: Vec<Setting>,
    /// Reports that are sent again and again.
    pub scheduled_exports: Vec<ScheduledExport>,
    /// What active access policies plainly deny.
    pub denials: Vec<Denial>,
    /// Whether access policies were in the input at all.
    pub has_policies: bool,
    /// Roles given in divisions.
    pub assignments: Common<Vec<Assignment>>,
    /// Members of groups and queues that are stated elsewhere.
    pub memberships: Vec<Membership>,
    /// Other names of ids: what a reference may say, and the id that it means.
    pub aliases: Vec<(Sym, Sym)>,
    /// The real ids of what goes by an address, each after the id that it has here, in order; known once the tenant is
    /// settled.
    pub real_ids: Common<Vec<(Sym, Sym)>>,
    /// What is looked up by its name; nothing once the tenant is settled.
    pub sought: Vec<Sought>,
    /// Ids of what the state has of blocks that may be several, with the address of the block; nothing once settled.
    pub instances: Vec<(Sym, Sym)>,
    /// What names mean beyond what there is room for, in order of place; known once the tenant is settled.
    pub beyond: Vec<Beyond>,
    /// Places of secrets, named by the field that holds them. What they say is not kept.
    pub secrets: Vec<Head>,
    /// The id of the home division.
    pub home: Option<Sym>,
    /// The tenant's own catalogue of permissions, where it was exported.
    pub catalogue: Vec<Known>,
    /// The names of the dialects that were spoken.
    pub dialects: Vec<&'static str>,
}

impl Tenant {
    /// Whether a reference is one that only an evaluation could tell: a variable, a condition, nothing at all.
    #[must_use]
    pub fn is_unresolved(&self, reference: Sym) -> bool {
        self.strings.is_unresolved(reference)
    }

    /// Whether any reference may be such a one; in most exports none is.
    #[must_use]
    pub fn may_have_unresolved(&self) -> bool {
        self.strings.may_have_unresolved()
    }

    /// The references of a list.
    #[inline]
    #[must_use]
    pub fn refs(&self, list: List) -> &[Ref] {
        stretch(&self.refs, list)
    }

    /// The permission entries of a list.
    #[inline]
    #[must_use]
    pub fn grants(&self, list: List) -> &[Grant] {
        stretch(&self.grants, list)
    }

    /// The filters of a list.
    #[must_use]
    pub fn filters(&self, list: List) -> &[Filter] {
        stretch(&self.filters, list)
    }

    /// How many entities of a kind there are.
    #[inline]
    #[must_use]
    pub fn count(&self, kind: Kind) -> u32 {
        let rows = match kind {
            Kind::Role => self.roles.len(),
            Kind::User => self.users.len(),
            Kind::ServiceAccount => self.service_accounts.len(),
            Kind::Group => self.groups.len(),
            Kind::Queue => self.queues.len(),
            Kind::View => self.views.len(),
            Kind::Report => self.reports.len(),
            Kind::OauthClient => self.oauth_clients.len(),
            Kind::RecordingPolicy => self.recording_policies.len(),
            Kind::Region => self.regions.len(),
            Kind::Division => self.divisions.len(),
            Kind::Trustee => self.trustees.len(),
            Kind::Setting => self.settings.len(),
            Kind::Secret => self.secrets.len(),
            Kind::ScheduledExport => self.scheduled_exports.len(),
        };
        u32::try_from(rows).unwrap_or(u32::MAX)
    }

    /// How many entities of a kind the files speak of: roles of the platform's own that only a reference implies are none.
    #[must_use]
    pub fn held(&self, kind: Kind) -> u32 {
        let implied = if kind == Kind::Role { self.roles.iter().filter(|role| role.implied).count() } else { 0 };
        self.count(kind).saturating_sub(u32::try_from(implied).unwrap_or(u32::MAX))
    }

    /// Every entity of a kind.
    pub fn entities(&self, kind: Kind) -> impl Iterator<Item = Entity> + use<> {
        (0..self.count(kind)).map(move |row| Entity { kind, row })
    }

    /// Id, name and origin of an entity.
    #[inline]
    #[must_use]
    pub fn head(&self, entity: Entity) -> Head {
        let row = entity.row as usize;
        let head = match entity.kind {
            Kind::Role => self.roles.get(row).map(|e| e.head),
            Kind::User => self.users.get(row).map(|e| e.head),
            Kind::ServiceAccount => self.service_accounts.get(row).map(|e| e.head),
            Kind::Group => self.groups.get(row).map(|e| e.head),
            Kind::Queue => self.queues.get(row).map(|e| e.head),
            Kind::View => self.views.get(row).map(|e| e.head),
            Kind::Report => self.reports.get(row).map(|e| e.head),
            Kind::OauthClient => self.oauth_clients.get(row).map(|e| e.head),
            Kind::RecordingPolicy => self.recording_policies.get(row).map(|e| e.head),
            Kind::Region => self.regions.get(row).copied(),
            Kind::Division => self.divisions.get(row).copied(),
            Kind::Trustee => self.trustees.get(row).map(|e| e.head),
            Kind::Setting => self.settings.get(row).map(|e| e.head),
            Kind::Secret => self.secrets.get(row).copied(),
            Kind::ScheduledExport => self.scheduled_exports.get(row).map(|e| e.head),
        };
        head.unwrap_or_default()
    }

    /// The name of an entity, else a user's e-mail address, else the id.
    #[inline]
    #[must_use]
    pub fn name(&self, entity: Entity) -> &str {
        let head = self.head(entity);
        let name = self.strings.text(head.name);
        if !name.is_empty() {
            return name;
        }
        let email = if entity.kind == Kind::User { self.users.get(entity.row as usize).map(|u| u.email) } else { None };
        match email.map(|e| self.strings.text(e)).filter(|e| !e.is_empty()) {
            Some(email) => email,
            None => self.id(entity),
        }
    }

    /// The id of an entity; empty where the export gives none.
    #[inline]
    #[must_use]
    pub fn id(&self, entity: Entity) -> &str {
        self.head(entity).id.map_or("", |id| self.strings.of(id))
    }

    /// The real ids of what is known here by another one.
    pub fn real_ids_of(&self, id: Sym) -> impl Iterator<Item = &str> {
        let start = self.real_ids.partition_point(|(known, _)| known.index() < id.index());
        let own = self.real_ids.get(start..).unwrap_or_default().iter().take_while(move |(known, _)| *known == id);
        own.map(|(_, real)| self.str(*real))
    }

    /// Every id of an entity, the one that it goes by first.
    pub fn ids(&self, entity: Entity) -> impl Iterator<Item = &str> {
        let id = self.head(entity).id;
        id.map(|id| self.str(id)).into_iter().chain(id.into_iter().flat_map(|id| self.real_ids_of(id)))
    }

    /// The roles that an entity holds or, for a role, inherits from.
    #[must_use]
    pub fn roles_of(&self, entity: Entity) -> &[Ref] {
        let row = entity.row as usize;
        let list = match entity.kind {
            Kind::Role => self.roles.get(row).map(|e| e.inherits),
            Kind::User => self.users.get(row).map(|e| e.roles),
            Kind::ServiceAccount => self.service_accounts.get(row).map(|e| e.roles),
            Kind::Group => self.groups.get(row).map(|e| e.roles),
            Kind::Report => self.reports.get(row).map(|e| e.roles),
            _ => None,
        };
        self.refs(list.unwrap_or_default())
    }

    /// The permission entries that an entity states itself.
    #[must_use]
    pub fn grants_of(&self, entity: Entity) -> List {
        let row = entity.row as usize;
        match entity.kind {
            Kind::Role => self.roles.get(row).map(|e| e.grants).unwrap_or_default(),
            Kind::ServiceAccount => self.service_accounts.get(row).map(|e| e.grants).unwrap_or_default(),
            _ => List::default(),
        }
    }

    /// The text of a symbol.
    #[inline]
    #[must_use]
    pub fn str(&self, sym: Sym) -> &str {
        self.strings.of(sym)
    }

    /// How far a permission entry reaches, in words, with what limits it as the entry refers to it.
    #[must_use]
    pub fn scope_phrase(&self, grant: &Grant) -> String {
        let limits: Vec<&str> = self.refs(grant.targets).iter().map(|r| self.str(r.target)).collect();
        self.scope_words(grant.scope, &limits)
    }

    /// The same with what limits it by the names given.
    #[must_use]
    pub fn scope_words(&self, scope: crate::ScopeWord, limits: &[&str]) -> String {
        let of = |word: &str| {
            if limits.is_empty() { format!("{word} of nothing") } else { format!("{word} {}", limits.join(", ")) }
        };
        match scope {
            crate::ScopeWord::Undeclared => "All (no scope is declared)".to_owned(),
            crate::ScopeWord::Own => "Self".to_owned(),
            crate::ScopeWord::Assigned => "Assigned".to_owned(),
            crate::ScopeWord::View => of("View"),
            crate::ScopeWord::Group => of("Group"),
            crate::ScopeWord::All => "All".to_owned(),
            crate::ScopeWord::Granted => crate::ScopeWord::GIVEN.to_owned(),
            crate::ScopeWord::Condition if limits.is_empty() => "what its condition names".to_owned(),
            crate::ScopeWord::Condition => of("what its condition names:"),
            crate::ScopeWord::Unknown(word) => format!("All (`{}` is no scope)", self.str(word)),
        }
    }
}

#[inline]
fn stretch<T>(pool: &[T], list: List) -> &[T] {
    let start = list.start as usize;
    pool.get(start..start + list.len as usize).unwrap_or_default()
}
