//! What access policies plainly deny: entries that give nothing, whatever roles say.

use crate::context::Context;
use crate::landing::Landing;
use hashbrown::HashSet;
use rolecall_graph::EdgeKind;
use rolecall_model::{Denial, Entity, Grant, Kind};
use std::borrow::Cow;

/// Whether an entry of a role gives nothing to anybody: everybody is denied it, and clients
/// either are too or do not hold the role.
pub(crate) fn is_void(context: &Context<'_, '_>, owner: Entity, grant: &Grant) -> bool {
    let graph = context.graph;
    let is_held_by_clients = || {
        owner.kind == Kind::ServiceAccount
            || graph.sources(owner, EdgeKind::Holds).any(|holder| holder.kind == Kind::ServiceAccount)
    };
    !graph.tenant.denials.is_empty() && is_denied_to_all(context, is_held_by_clients(), grant)
}

/// Whether everybody is denied an entry, and clients too where it is about them.
pub(in crate::vocabulary) fn is_denied_to_all(context: &Context<'_, '_>, of_clients: bool, grant: &Grant) -> bool {
    let is_meant = |denial: &Denial| denial.subject.is_none() && (denial.applies_to_clients || !of_clients);
    context.graph.tenant.denials.iter().any(|denial| is_meant(denial) && is_covered(context, denial, grant))
}

/// Whether an entry gives nothing to a user, group or service account, who is denied it by name.
pub(super) fn is_denied(context: &Context<'_, '_>, who: Entity, grant: &Grant) -> bool {
    let mut denials = context.graph.tenant.denials.iter();
    denials.any(|denial| is_about(context, denial, who) && is_covered(context, denial, grant))
}

/// Whether policies take an entry away from somebody: as one of all, by name, or by a group. Nobody has by a group what
/// every member of it is denied.
pub(in crate::vocabulary) fn takes(context: &Context<'_, '_>, who: Entity, grant: &Grant) -> bool {
    let graph = context.graph;
    let is_each_denied = || {
        let mut members = graph.sources(who, EdgeKind::MemberOf).peekable();
        members.peek().is_some() && members.all(|member| super::reach::is_denied(context, member, grant))
    };
    super::reach::is_denied(context, who, grant) || (who.kind == Kind::Group && is_each_denied())
}

/// A cause for those of its people whom the policies leave any of the entries that were found for it, and of these the
/// ones that any of them is left; nothing where nobody is.
pub(super) fn undenied<'l, 't, T>(
    context: &Context<'_, 't>,
    landing: &'l Landing,
    found: &mut Vec<T>,
    grant: impl Fn(&T) -> Option<&'t Grant>,
) -> Option<Cow<'l, Landing>> {
    let denials = &context.graph.tenant.denials;
    let is_met = |grant: &Grant| denials.iter().any(|denial| is_covered(context, denial, grant));
    if denials.is_empty() || !found.iter().filter_map(&grant).any(is_met) {
        return Some(Cow::Borrowed(landing));
    }
    if landing.subject.kind == Kind::Role && landing.people.is_empty() {
        return Some(of_holders(context, landing, found, grant));
    }
    let is_left = |who: Entity, entry: &T| grant(entry).is_some_and(|grant| !takes(context, who, grant));
    let left: Vec<Entity> = landing.concerned().filter(|who| found.iter().any(|entry| is_left(*who, entry))).collect();
    found.retain(|entry| left.iter().any(|who| is_left(*who, entry)));
    if landing.people.len() == left.len() || landing.people.is_empty() {
        return Some(Cow::Borrowed(landing));
    }
    let left: HashSet<Entity> = left.into_iter().collect();
    landing.of_some(context, |who| left.contains(&who)).map(Cow::Owned)
}

/// Whether a policy denies each of some entries to anybody.
pub(super) fn is_each_met(context: &Context<'_, '_>, entries: &[u32]) -> bool {
    let tenant = context.graph.tenant;
    let is_met = |grant: &Grant| tenant.denials.iter().any(|denial| is_covered(context, denial, grant));
    let mut grants = entries.iter().filter_map(|row| tenant.grants.get(*row as usize));
    !tenant.denials.is_empty() && !entries.is_empty() && grants.all(is_met)
}

/// Keeps of those who bear a match on some entries the ones whom the policies leave any of these. A role keeps what it
/// gives to whoever comes next.
pub(crate) fn keep_undenied(context: &Context<'_, '_>, entries: &[u32], bearers: &mut Vec<Entity>) {
    if is_each_met(context, entries) {
        let grants = || entries.iter().filter_map(|row| context.graph.tenant.grants.get(*row as usize));
        bearers.retain(|who| who.kind == Kind::Role || grants().any(|grant| !takes(context, *who, grant)));
    }
}

/// A role that is to blame itself, which gives what it gives to whoever comes next: shown by those of its holders whom
/// the policies leave any of it.
fn of_holders<'l, 't, T>(
    context: &Context<'_, 't>,
    landing: &'l Landing,
    found: &[T],
    grant: impl Fn(&T) -> Option<&'t Grant>,
) -> Cow<'l, Landing> {
    let graph = context.graph;
    let is_met = |denial: &&Denial| found.iter().filter_map(&grant).any(|grant| is_covered(context, denial, grant));
    let met: Vec<&Denial> = graph.tenant.denials.iter().filter(is_met).collect();
    let each = |target, kind: Kind| graph.directory.each(kind, target).map(move |row| Entity { kind, row });
    let kinds = [Kind::User, Kind::ServiceAccount, Kind::Group];
    let targets = met.iter().filter_map(|denial| denial.subject).map(|subject| subject.target);
    // Most are denied nothing, which is seen at once.
    let named: HashSet<Entity> =
        targets.flat_map(|target| kinds.into_iter().flat_map(move |kind| each(target, kind))).collect();
    let is_all = met.iter().any(|denial| denial.subject.is_none());
    let is_near = |who: Entity| {
        let mut groups = graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group);
        is_all || named.contains(&who) || groups.any(|group| named.contains(&group))
    };
    let is_left = |who| !is_near(who) || found.iter().filter_map(&grant).any(|grant| !takes(context, who, grant));
    Cow::Owned(landing.shown_by(context.held_by(landing.subject.row, is_left)))
}

/// Whether anything is denied somebody by name, so that nobody else stands alike.
pub(crate) fn names(context: &Context<'_, '_>, who: Entity) -> bool {
    context.graph.tenant.denials.iter().any(|denial| is_about(context, denial, who))
}

fn is_about(context: &Context<'_, '_>, denial: &Denial, who: Entity) -> bool {
    let is_who = |target| context.graph.directory.each(who.kind, target).any(|row| row == who.row);
    denial.subject.is_some_and(|subject| is_who(subject.target))
}

/// A denial that covers only some of what a wildcard stands for leaves the rest.
fn is_covered(context: &Context<'_, '_>, denial: &Denial, grant: &Grant) -> bool {
    let permissions = &context.graph.tenant.permissions;
    let pair = permissions.get(denial.permission).zip(permissions.get(grant.permission));
    pair.is_some_and(|(denied, given)| denied.covers(given))
}
