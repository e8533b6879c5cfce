//! Which permissions divisions limit: as the tenant's own catalogue has it, else as the platform's documentation does.

use hashbrown::HashMap;
use rolecall_model::{Permission, PermissionId, Tenant};

const DIVIDED: &str = include_str!("../data/divided.txt");

/// What the catalogue says of the permissions that the tenant names.
pub(crate) struct Awareness {
    /// Of each that it lists.
    listed: HashMap<PermissionId, bool>,
    /// Of each wildcard, what it lists that the wildcard covers.
    covered: HashMap<PermissionId, Vec<(PermissionId, bool)>>,
    /// What is documented, whatever the catalogue lists.
    divided: Vec<Permission>,
}

impl Awareness {
    pub(crate) fn of(tenant: &Tenant) -> Self {
        let listed: HashMap<PermissionId, bool> =
            tenant.catalogue.iter().map(|known| (known.permission, known.division_aware)).collect();
        let wildcards = tenant.permissions.iter().filter(|(_, p)| p.is_wildcard() && !listed.is_empty());
        let covered = wildcards.map(|(id, wildcard)| {
            let is_covered = |id: PermissionId| tenant.permissions.get(id).is_some_and(|p| wildcard.covers(p));
            (id, listed.iter().map(|(id, aware)| (*id, *aware)).filter(|(id, _)| is_covered(*id)).collect())
        });
        let covered = covered.collect();
        let lines = DIVIDED.lines().filter(|line| !line.starts_with('#'));
        Self { listed, covered, divided: lines.filter_map(|line| Permission::parse(line, None)).collect() }
    }

    /// Whether divisions limit a permission, as the catalogue has it. A wildcard stands for what it shares with what is
    /// asked for, and is limited where all of that is: what else it covers is not what the question is about.
    pub(crate) fn listed(&self, id: PermissionId, is_asked: impl Fn(PermissionId) -> bool) -> Option<bool> {
        let shared = self.covered.get(&id).into_iter().flatten().filter(|(one, _)| is_asked(*one));
        shared.map(|(_, is_aware)| *is_aware).reduce(|all, one| all && one).or_else(|| self.listed.get(&id).copied())
    }

    /// Whether a catalogue says that divisions limit nothing of what a permission stands for.
    pub(crate) fn is_undivided(&self, id: PermissionId) -> bool {
        match self.covered.get(&id) {
            Some(covered) if !covered.is_empty() => covered.iter().all(|(_, is_aware)| !is_aware),
            _ => self.listed.get(&id) == Some(&false),
        }
    }

    /// Whether the documentation says that divisions limit a permission.
    pub(crate) fn is_documented(&self, permission: &Permission) -> bool {
        self.divided.iter().any(|known| known.covers(permission))
    }
}
