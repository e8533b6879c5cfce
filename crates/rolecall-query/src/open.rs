//! What is open to everybody who is logged in, whatever roles say.

use rolecall_engine::Wanted;
use rolecall_model::{Kind, Permission, Tenant};
use serde::Serialize;

/// A fact of the platform that no role narrows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// What it opens: a word of [`Kind::word`].
    pub opens: &'static str,
    /// What anybody can do, as a sentence without a final stop.
    pub says: &'static str,
    /// The call that shows it.
    pub call: &'static str,
    #[serde(skip)]
    kind: Kind,
    #[serde(skip)]
    permission: &'static str,
}

/// Source: the platform's public SDK documentation (JavaScript 259.0.0, 2026-08-15, MIT), which names no
/// permission for these calls, so that any valid token will do.
const FACTS: [Open; 3] = [
    Open {
        opens: "user",
        says: "everybody who is logged in can list all people with names, addresses, divisions and roles",
        call: "GET /api/v2/users",
        kind: Kind::User,
        permission: "directory:user:view",
    },
    Open {
        opens: "group",
        says: "everybody who is logged in can list all groups and who is in them",
        call: "GET /api/v2/groups",
        kind: Kind::Group,
        permission: "directory:group:view",
    },
    Open {
        opens: "division",
        says: "everybody who is logged in can list the names of all divisions",
        call: "GET /api/v2/authorization/divisions",
        kind: Kind::Division,
        permission: "authorization:division:view",
    },
];

/// Whether these facts hold for an export: the guide's own payloads know no such thing.
fn is_platform(tenant: &Tenant) -> bool {
    tenant.dialects.iter().any(|dialect| *dialect != "guide")
}

/// What is open of a kind.
pub(crate) fn of_kind(tenant: &Tenant, kind: Kind) -> Option<&'static Open> {
    FACTS.iter().find(|fact| fact.kind == kind && is_platform(tenant))
}

/// What is open of that which a permission is asked for.
pub(crate) fn of_wanted(tenant: &Tenant, wanted: &Wanted) -> Vec<&'static Open> {
    let is_meant = |fact: &&Open| {
        let known = Permission::parse(fact.permission, None);
        known.is_some_and(|known| wanted.patterns.iter().any(|pattern| pattern.overlaps(&known)))
    };
    FACTS.iter().filter(|_| is_platform(tenant)).filter(is_meant).collect()
}
