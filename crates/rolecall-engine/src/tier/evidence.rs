//! What says that somebody is of a tier.

use super::{Tier, any, signal};
use crate::held::NAMED;
use crate::wording;
use hashbrown::HashSet;
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Kind};

/// What says so of those whom a trustee organisation sends.
const SENT: &str = "let in from a trustee organisation";

impl Tier {
    /// What says that an entity is of the tier, in words; empty where it is not. Of many groups or roles a few are named.
    #[must_use]
    pub fn evidence(&self, graph: &AccessGraph<'_>, entity: Entity) -> Vec<String> {
        let tenant = graph.tenant;
        let mut said = Vec::new();
        if entity.kind != Kind::User {
            if self.contains(entity) {
                said.push(self.evidence_of_name(graph, entity));
            }
            return said;
        }
        let signals = self.users.get(entity.row as usize).copied().unwrap_or(0);
        let Some(user) = tenant.users.get(entity.row as usize) else { return said };
        if signals & signal::FLAG != 0 {
            said.push("flagged `bpoUser`".to_owned());
        }
        let licences = tenant.refs(user.licences).iter().map(|l| tenant.str(l.target));
        said.extend(licences.filter(|l| any(&self.policy.licences, l)).map(|l| format!("licence `{l}`")));
        for (kind, edge, words) in
            [(Kind::Group, EdgeKind::MemberOf, "member of"), (Kind::Role, EdgeKind::Holds, "holder of")]
        {
            let all = graph.entities_from(entity, edge).map(|(e, _)| e);
            let mut found: Vec<_> = all.filter(|e| e.kind == kind && self.contains(*e)).collect();
            found.sort_unstable();
            found.dedup();
            keep_once(graph, &mut found);
            let more = found.len().saturating_sub(NAMED);
            if more > 0 {
                found.select_nth_unstable_by(NAMED, |one, other| graph.order_key(*one).cmp(&graph.order_key(*other)));
                found.truncate(NAMED);
            }
            found.sort_by_cached_key(|e| graph.order_key(*e));
            let noun = kind.noun();
            said.extend(found.into_iter().map(|e| format!("{words} {noun} `{}`", tenant.name(e))));
            said.extend((more > 0).then(|| format!("{words} {}", wording::count(more, &format!("more {noun}")))));
        }
        if signals & signal::DOMAIN != 0 {
            said.push(format!("e-mail address `{}`", tenant.strings.text(user.email)));
        }
        if signals & signal::DIVISION != 0
            && let Some(division) = user.division
        {
            let row = graph.directory.each(Kind::Division, division.target).next();
            let name = row.map_or(tenant.str(division.target), |row| tenant.name(Entity { kind: Kind::Division, row }));
            said.push(format!("division `{name}`"));
        }
        if signals & signal::TRUSTEE != 0 {
            said.push(SENT.to_owned());
        }
        for (bit, words, value) in
            [(signal::DEPARTMENT, "department", user.department), (signal::EMPLOYER, "employer", user.employer)]
        {
            if let Some(value) = value.filter(|_| signals & bit != 0) {
                said.push(format!("{words} `{}`", tenant.str(value)));
            }
        }
        said
    }

    fn evidence_of_name(&self, graph: &AccessGraph<'_>, entity: Entity) -> String {
        let tenant = graph.tenant;
        let is_sent =
            entity.kind == Kind::Group && tenant.groups.get(entity.row as usize).is_some_and(|group| group.of_trustee);
        let impersonated =
            (entity.kind == Kind::ServiceAccount).then(|| self.impersonated_group(graph, entity)).flatten();
        match impersonated {
            _ if any(&self.policy.names, tenant.name(entity)) => format!("the name `{}`", tenant.name(entity)),
            Some(group) => format!("may impersonate group `{}`", tenant.name(group)),
            None if self.policy.has_trustees && is_sent => SENT.to_owned(),
            None if entity.kind == Kind::ServiceAccount && self.policy.is_service => "a service account".to_owned(),
            None if entity.kind == Kind::ServiceAccount => "holds a role of the tier".to_owned(),
            None if entity.kind == Kind::Report => "shared with a role of the tier".to_owned(),
            None if entity.kind == Kind::OauthClient => "an account of the tier signs in with it".to_owned(),
            None if entity.kind == Kind::ScheduledExport => "sent to an address of the tier".to_owned(),
            None => "the settings".to_owned(),
        }
    }
}

/// Leaves of those that share an id one.
fn keep_once(graph: &AccessGraph<'_>, all: &mut Vec<Entity>) {
    if all.len() > 1 {
        let mut seen = HashSet::new();
        all.retain(|one| graph.tenant.head(*one).id.is_none_or(|id| seen.insert(id)));
    }
}
