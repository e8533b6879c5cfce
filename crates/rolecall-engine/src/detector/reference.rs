//! References that lead nowhere: to nothing, where the export holds entities of that
//! kind, or to what only an evaluation could tell.

use crate::context::Context;
use crate::matching::Match;
use crate::{Label, wording};
use hashbrown::HashMap;
use rolecall_model::{Entity, Kind, List, Lookup, Origin, Place, Ref, ScopeWord, Sym};

pub(super) const FACTS: &[&str] = &["subject", "target", "kind", "reach"];

/// What refers to something, and where.
type Referrer = (Entity, Origin);

/// Why a reference leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// There is no such entity.
    Missing,
    /// What is written has to be evaluated first.
    Unresolved,
}

/// One missing thing is one cause, however many refer to it.
pub(super) fn matches(context: &Context<'_, '_>, why: Why) -> Vec<Match> {
    let mut search = Search { context, why, known: HashMap::new(), missing: HashMap::new() };
    search.principals();
    search.assignments();
    search.objects();
    search.limits();
    let mut missing: Vec<((Kind, Sym), Vec<Referrer>)> = search.missing.into_iter().collect();
    let tenant = context.graph.tenant;
    missing.sort_by_cached_key(|((kind, target), _)| (*kind, tenant.str(*target).to_owned()));
    missing.into_iter().filter_map(|((kind, target), referrers)| of_missing(context, kind, target, referrers)).collect()
}

fn of_missing(context: &Context<'_, '_>, kind: Kind, target: Sym, mut referrers: Vec<Referrer>) -> Option<Match> {
    let graph = context.graph;
    referrers.sort_by_cached_key(|(who, origin)| (graph.order_key(*who), *origin));
    let (&(subject, origin), others) = referrers.split_first()?;
    let mut found = Match::of(context, subject, Place::reference(origin));
    let label = |(who, origin): &Referrer| Label {
        place: Place::reference(*origin),
        text: format!("{} refers to it too", wording::entity(context, *who)),
    };
    found.related = others.iter().map(label).collect();
    let target = graph.tenant.str(target);
    found.identity = vec![format!("{} {target}", kind.word())];
    found.facts.push(("target", format!("`{target}`")));
    found.facts.push(("kind", kind.noun().to_owned()));
    let reach = match others.len() {
        0 => String::new(),
        1 => "; so does 1 other".to_owned(),
        more => format!("; so do {more} others"),
    };
    found.facts.push(("reach", reach));
    Some(found)
}

fn leads_nowhere(context: &Context<'_, '_>, why: Why, kind: Kind, target: Sym) -> bool {
    let graph = context.graph;
    let is_unresolved = graph.tenant.is_unresolved(target);
    match why {
        Why::Missing => !is_unresolved && graph.directory.find(kind, target) == Lookup::Missing,
        Why::Unresolved => is_unresolved,
    }
}

/// What came of following references to one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Unasked,
    /// They lead somewhere, or are not what is looked for.
    Far,
    Nowhere,
}

struct Search<'s, 'c, 't> {
    context: &'s Context<'c, 't>,
    why: Why,
    /// For each kind, what came of each symbol.
    known: HashMap<Kind, Vec<Came>>,
    missing: HashMap<(Kind, Sym), Vec<Referrer>>,
}

impl Search<'_, '_, '_> {
    fn one(&mut self, owner: Entity, kind: Kind, reference: Ref, base: Origin) {
        let symbols = self.context.graph.tenant.strings.symbol_count();
        let known = self.known.entry(kind).or_insert_with(|| vec![Came::Unasked; symbols]);
        let Some(came) = known.get_mut(reference.target.index()) else { return };
        if *came == Came::Unasked {
            *came =
                if leads_nowhere(self.context, self.why, kind, reference.target) { Came::Nowhere } else { Came::Far };
        }
        if *came == Came::Nowhere {
            self.missing.entry((kind, reference.target)).or_default().push((owner, base.at(reference.at)));
        }
    }

    fn list(&mut self, owner: Entity, kind: Kind, list: List) {
        let tenant = self.context.graph.tenant;
        let base = tenant.head(owner).origin;
        for reference in tenant.refs(list) {
            self.one(owner, kind, *reference, base);
        }
    }

    fn maybe(&mut self, owner: Entity, kind: Kind, reference: Option<Ref>) {
        if let Some(reference) = reference {
            self.one(owner, kind, reference, self.context.graph.tenant.head(owner).origin);
        }
    }

    fn principals(&mut self) {
        let tenant = self.context.graph.tenant;
        for (owner, role) in tenant.entities(Kind::Role).zip(&tenant.roles) {
            self.list(owner, Kind::Role, role.inherits);
        }
        for (owner, user) in tenant.entities(Kind::User).zip(&tenant.users) {
            self.list(owner, Kind::Role, user.roles);
            self.list(owner, Kind::Group, user.groups);
            self.maybe(owner, Kind::Region, user.region);
            self.maybe(owner, Kind::Division, user.division);
        }
        for (owner, account) in tenant.entities(Kind::ServiceAccount).zip(&tenant.service_accounts) {
            self.list(owner, Kind::Role, account.roles);
            self.maybe(owner, Kind::OauthClient, account.client);
        }
        for (owner, group) in tenant.entities(Kind::Group).zip(&tenant.groups) {
            self.list(owner, Kind::User, group.members);
            self.list(owner, Kind::Role, group.roles);
        }
    }

    /// Whose roles they are may be what is missing; then the role is to be looked at.
    fn assignments(&mut self) {
        let graph = self.context.graph;
        let tenant = graph.tenant;
        for assignment in &tenant.assignments {
            let row_of = |kind: Kind, target: Sym| Some((kind, graph.directory.each(kind, target).next()?));
            let mut kinds = [Kind::User, Kind::Group, Kind::ServiceAccount].into_iter();
            let subject = kinds.find_map(|kind| row_of(kind, assignment.subject.target));
            let role = row_of(Kind::Role, assignment.role.target);
            let owner = |found: Option<(Kind, u32)>| found.map(|(kind, row)| Entity { kind, row });
            if let Some(owner) = owner(subject) {
                self.one(owner, Kind::Role, assignment.role, assignment.origin);
            }
            if let Some(owner) = owner(role)
                && tenant.is_unresolved(assignment.subject.target)
            {
                self.one(owner, Kind::User, assignment.subject, assignment.origin);
            }
        }
    }

    fn objects(&mut self) {
        let tenant = self.context.graph.tenant;
        for (owner, queue) in tenant.entities(Kind::Queue).zip(&tenant.queues) {
            self.list(owner, Kind::User, queue.members);
            self.list(owner, Kind::Group, queue.groups);
            self.maybe(owner, Kind::Region, queue.region);
        }
        for (owner, view) in tenant.entities(Kind::View).zip(&tenant.views) {
            self.list(owner, Kind::Queue, view.queues);
            self.list(owner, Kind::User, view.users);
        }
        for (owner, report) in tenant.entities(Kind::Report).zip(&tenant.reports) {
            self.list(owner, Kind::Role, report.roles);
        }
        for (owner, policy) in tenant.entities(Kind::RecordingPolicy).zip(&tenant.recording_policies) {
            self.list(owner, Kind::Group, policy.groups);
        }
    }

    /// The views and groups that scopes name.
    fn limits(&mut self) {
        let tenant = self.context.graph.tenant;
        for owner in tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount)) {
            for grant in tenant.grants(tenant.grants_of(owner)) {
                let kind = match grant.scope {
                    ScopeWord::View => Kind::View,
                    ScopeWord::Group => Kind::Group,
                    _ => continue,
                };
                let targets = tenant.refs(grant.targets);
                // A View of nothing but missing views is a trap of its own.
                let is_missing = |r: &Ref| self.context.graph.directory.find(kind, r.target) == Lookup::Missing;
                if kind == Kind::View && targets.iter().all(is_missing) {
                    continue;
                }
                for reference in targets {
                    self.one(owner, kind, *reference, grant.origin);
                }
            }
        }
    }
}
