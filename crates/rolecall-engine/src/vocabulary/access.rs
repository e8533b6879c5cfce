//! The access that a finding is about, in words that an acceptance repeats.

use crate::context::Context;
use crate::landing::Landing;
use crate::vocabulary::select;
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Grant, Kind, ScopeWord};
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
        if grant.scope == ScopeWord::Granted && owner.kind == Kind::Role {
            let reaches = given.entry(owner).or_insert_with(|| given_in(context, landing, owner.row));
            lines.extend(reaches.iter().map(|reach| [name, " over ", reach].concat()));
        } else {
            lines.insert([name, " over ", &words(context, grant)].concat());
        }
    }
    lines.into_iter().collect()
}

/// How far an entry reaches, without the reason.
pub(crate) fn words(context: &Context<'_, '_>, grant: &Grant) -> String {
    let is_all = match grant.scope {
        ScopeWord::Undeclared | ScopeWord::Unknown(_) => true,
        ScopeWord::View => select::is_all(context, grant),
        _ => false,
    };
    if is_all { "All".to_owned() } else { context.graph.tenant.scope_phrase(grant) }
}

/// The divisions in which those whom a landing blames have a role.
fn given_in(context: &Context<'_, '_>, landing: &Landing, role: u32) -> Vec<String> {
    let is_meant = |holder: Entity| holder == landing.subject || landing.way.iter().any(|via| via.to == holder);
    let given = context.given(role);
    // What one has of a role stands together.
    let is_everybody = || given.chunk_by(|one, next| one.who == next.who).count() == landing.people.len();
    let reaches = match landing.subject.kind {
        Kind::Role if landing.people.is_empty() || is_everybody() => context.given_reaches(role).to_vec(),
        // Others may hold it in divisions of their own.
        Kind::Role => {
            let people: HashSet<Entity> = landing.people.iter().map(|(who, _)| *who).collect();
            context.reaches_of(given.iter().filter(|given| people.contains(&given.who)))
        }
        _ => context.reaches_of(given.iter().filter(|given| is_meant(given.who))),
    };
    if reaches.is_empty() { vec!["the divisions it is given in".to_owned()] } else { reaches }
}
