//! What an export has to show of people, so that to find nothing about them says something.

use super::{assigned, select};
use crate::context::Context;
use crate::rule::spec::{Blame, EdgeWord, GrantPattern, KindWord, PathPattern, Pattern, Reach};
use rolecall_graph::EdgeKind;
use rolecall_model::Kind;

/// Why nothing is known of what people may do: nobody is shown to hold any role.
pub(crate) fn holders(context: &Context<'_, '_>) -> Option<String> {
    (!context.has_holders()).then(|| "no users or groups with roles in the input".to_owned())
}

/// Why nobody can be told to be in any group.
pub(crate) fn members(context: &Context<'_, '_>) -> Option<String> {
    let is_open = !context.graph.tenant.groups.is_empty() && !context.has_members();
    is_open.then(|| "no members of groups in the input".to_owned())
}

/// Why nobody can be told to sit on any queue.
pub(crate) fn seats(context: &Context<'_, '_>) -> Option<String> {
    let graph = context.graph;
    let tenant = graph.tenant;
    if tenant.queues.is_empty() {
        return Some("no queues in the input".to_owned());
    }
    if tenant.users.is_empty() {
        return Some("no users in the input".to_owned());
    }
    if !context.has_seats() {
        return Some("no members of queues in the input".to_owned());
    }
    // Where only groups sit on queues, these have to show who is in them.
    let seated = || tenant.entities(Kind::Queue).flat_map(|queue| graph.sources(queue, EdgeKind::OnQueue));
    members(context).filter(|_| seated().all(|who| who.kind == Kind::Group))
}

/// Why it is not known what the people of a tier hold, where the tier has any. Its own roles are judged themselves.
pub(crate) fn access(context: &Context<'_, '_>, tier: &str) -> Option<String> {
    let tier = context.tiers.get(tier)?;
    if !context.has_holders() {
        return holders(context).filter(|_| tier.has_users() || tier.has_groups());
    }
    // What a group of the tier holds is judged on the group.
    let others = || context.graph.tenant.entities(Kind::Group).filter(|group| !tier.contains(*group));
    let holds = |group| context.graph.entities_from(group, EdgeKind::Holds).next().is_some();
    members(context).filter(|_| tier.has_users() && others().any(holds))
}

/// What a pattern is about that is there, and of which the input does not show what would decide it.
pub(crate) fn lacking(context: &Context<'_, '_>, pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::Grant(pattern) => of_grant(context, pattern),
        Pattern::Path(pattern) => of_path(context, pattern),
        Pattern::Lacks(pattern) => holders(context).filter(|_| is_any_person(&pattern.who.kind)),
        Pattern::All(parts) | Pattern::Any(parts) => parts.iter().find_map(|part| lacking(context, part)),
        Pattern::Entity(_) | Pattern::Not(_) | Pattern::Detector(_) => None,
    }
}

/// Entries that land with people, and those whose reach lies where their role is given.
fn of_grant(context: &Context<'_, '_>, pattern: &GrantPattern) -> Option<String> {
    if pattern.holder.as_ref().is_some_and(|kinds| !is_any_person(kinds)) {
        return None;
    }
    let is_held = || pattern.holder.is_some() || pattern.blame == Blame::Holder || assigned::decides(context, pattern);
    if !context.has_holders() && is_held() {
        return holders(context);
    }
    let tier = pattern.tier.as_ref().filter(|_| pattern.reach == Reach::Any)?;
    access(context, tier.as_ref())
}

fn of_path(context: &Context<'_, '_>, pattern: &PathPattern) -> Option<String> {
    let is_held = pattern.via.contains(&EdgeWord::Holds) && is_any_person(&pattern.from.kind);
    is_held.then(|| holders(context)).flatten()
}

fn is_any_person(kinds: &[KindWord]) -> bool {
    kinds.iter().any(|word| matches!(select::kind(*word), Kind::User | Kind::Group))
}
