//! The access that a finding is about, in words that an acceptance repeats.

use crate::Claim;
use crate::context::Context;
use crate::given::Called;
use crate::landing::Landing;
use crate::matching::key;
use crate::over::listed;
use crate::vocabulary::select;
use hashbrown::{HashMap, HashSet};
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Grant, Kind, ScopeWord, Tenant};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// `permission over scope` for each entry that a landing reaches, each once and in order. Where assignments
/// decide, one for each division, so that a further division is more access.
pub(super) fn lines<'g>(
    context: &Context<'_, '_>,
    landing: &Landing,
    grants: impl Iterator<Item = (Entity, &'g Grant)>,
) -> Vec<String> {
    let tenant = context.graph.tenant;
    let mut given: HashMap<Entity, Vec<String>> = HashMap::new();
    let mut lines = BTreeSet::new();
    for (owner, grant) in grants {
        let name = tenant.permissions.spelling(grant.permission);
        let over = words(context, grant);
        let reaches = match grant.scope.is_divided() && owner.kind == Kind::Role {
            true => {
                given.entry(owner).or_insert_with(|| given_in(context, landing, owner.row, Called::Name)).as_slice()
            }
            false => &[],
        };
        lines.extend(reaches.iter().map(|reach| [name, " over ", &grant.scope.in_division(&over, reach)].concat()));
        if reaches.is_empty() {
            lines.insert([name, " over ", &over].concat());
        }
    }
    lines.into_iter().collect()
}

/// In which divisions, by id, entries reach that these limit, to be compared: the same entry reaches more in more.
pub(super) fn divided<'g>(
    context: &Context<'_, '_>,
    landing: &Landing,
    grants: impl Iterator<Item = (Entity, &'g Grant)>,
) -> Vec<Claim> {
    let mut given: HashMap<Entity, Vec<String>> = HashMap::new();
    let mut claims = BTreeSet::new();
    for (owner, grant) in grants.filter(|(owner, grant)| grant.scope.is_divided() && owner.kind == Kind::Role) {
        let given = given.entry(owner).or_insert_with(|| given_in(context, landing, owner.row, Called::Id));
        claims.extend(given.iter().map(|division| claim_in(context, owner, grant, division)));
    }
    claims.into_iter().collect()
}

/// That a role states an entry, and how far that reaches by itself.
pub(crate) fn claim(context: &Context<'_, '_>, owner: Entity, grant: &Grant) -> Claim {
    let permission = context.graph.tenant.permissions.get(grant.permission);
    let permission = permission.map(|p| p.parts().join(":")).unwrap_or_default();
    let (over, limits) = context.reach(grant);
    Claim { by: key(context, owner), permission, over, limits }
}

/// The same where the role is given in a division.
pub(crate) fn claim_in(context: &Context<'_, '_>, owner: Entity, grant: &Grant, division: &str) -> Claim {
    let claim = claim(context, owner, grant);
    Claim { over: grant.scope.in_division(&claim.over, division), ..claim }
}

/// How far an entry reaches, without the reason.
pub(crate) fn words(context: &Context<'_, '_>, grant: &Grant) -> String {
    let is_all = match grant.scope {
        ScopeWord::Undeclared | ScopeWord::Unknown(_) => true,
        ScopeWord::View => select::is_all(context, grant),
        _ => false,
    };
    if is_all { "All".to_owned() } else { phrase(context.graph.tenant, grant) }
}

/// The phrase for a scope, in which commas tell apart what limits it.
fn phrase(tenant: &Tenant, grant: &Grant) -> String {
    let limits: Vec<Cow<'_, str>> = tenant.refs(grant.targets).iter().map(|r| listed(tenant.str(r.target))).collect();
    tenant.scope_words(grant.scope, &limits.iter().map(Cow::as_ref).collect::<Vec<&str>>())
}

/// The divisions in which those whom a landing blames have a role.
fn given_in(context: &Context<'_, '_>, landing: &Landing, role: u32, called: Called) -> Vec<String> {
    // What one has by a group is given to the group; what one is given besides is another cause.
    let group = landing.way.first().filter(|via| via.kind == EdgeKind::MemberOf).map(|via| via.to);
    let holder = group.unwrap_or(landing.subject);
    let given = context.given(role);
    // What one has of a role stands together.
    let is_everybody = || given.chunk_by(|one, next| one.who == next.who).count() == landing.people.len();
    match landing.subject.kind {
        Kind::Role if landing.people.is_empty() || is_everybody() => context.given_reaches(role, called).to_vec(),
        // Others may hold it in divisions of their own.
        Kind::Role => {
            let people: HashSet<Entity> = landing.people.iter().map(|(who, _)| *who).collect();
            context.reaches_of(given.iter().filter(|given| people.contains(&given.who)), called)
        }
        _ => context.reaches_of(given.iter().filter(|given| given.who == holder), called),
    }
}
