//! References that lead nowhere: to nothing, where the export holds entities of that
//! kind, or to what only an evaluation could tell.

use crate::context::Context;
use crate::matching::Match;
use crate::{Label, wording};
use hashbrown::HashMap;
use rolecall_model::{Entity, Head, Kind, List, Lookup, Origin, Place, Ref, ScopeWord, Sym, Tenant};
use std::collections::BTreeMap;

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
    let mut search = Search { context, why, known: Kind::ALL.map(|_| Vec::new()), missing: HashMap::new() };
    let mut strange: BTreeMap<&str, Vec<Referrer>> = BTreeMap::new();
    if why == Why::Missing && lists_everybody(context.graph.tenant) {
        strange = strangers_by_id(context);
    }
    if why == Why::Missing || context.graph.tenant.may_have_unresolved() {
        search.principals();
        search.assignments();
        search.objects();
        search.limits();
    }
    let mut missing: Vec<((Kind, Sym), Vec<Referrer>)> = search.missing.into_iter().collect();
    let tenant = context.graph.tenant;
    missing.sort_by_cached_key(|((kind, target), _)| (*kind, tenant.str(*target).to_owned()));
    let of_kind = |((kind, target), referrers): ((Kind, Sym), Vec<Referrer>)| {
        of_missing(context, (kind.word(), kind.noun()), tenant.str(target), referrers)
    };
    let of_somebody = |(id, referrers)| of_missing(context, ("subject", "user, group or client"), id, referrers);
    missing.into_iter().filter_map(of_kind).chain(strange.into_iter().filter_map(of_somebody)).collect()
}

/// Whether the input lists everything that a role may be given to.
fn lists_everybody(tenant: &Tenant) -> bool {
    let has = |kind| tenant.count(kind) > 0;
    has(Kind::User) && has(Kind::Group) && (has(Kind::OauthClient) || has(Kind::ServiceAccount))
}

/// The ids that roles are given to and that are nobody's in the input, with the roles and where that is stated.
fn strangers_by_id<'t>(context: &Context<'_, 't>) -> BTreeMap<&'t str, Vec<Referrer>> {
    let graph = context.graph;
    let mut found: BTreeMap<&str, Vec<Referrer>> = BTreeMap::new();
    for given in graph.strangers() {
        let roles = graph.directory.each(Kind::Role, given.role.target).map(|row| Entity { kind: Kind::Role, row });
        let place = given.origin.at(given.subject.at);
        found.entry(graph.tenant.str(given.subject.target)).or_default().extend(roles.map(|role| (role, place)));
    }
    found
}

/// What is not known of those who are given roles and are nobody in the input, where it may be that their kind is not
/// exported at all; else each is a finding.
pub(crate) fn strangers(context: &Context<'_, '_>) -> Option<String> {
    let mut strange = strangers_by_id(context);
    // A finding is about the role, so one that is not there either leaves nothing to find.
    let is_found = lists_everybody(context.graph.tenant);
    strange.retain(|_, referrers| !is_found || referrers.is_empty());
    let ids: Vec<&str> = strange.keys().copied().collect();
    let (is_one, names) = (ids.len() == 1, wording::some_of(ids.iter().copied()));
    let (hold, are, they) = if is_one { ("holds", "is", "it holds") } else { ("hold", "are", "they hold") };
    (!ids.is_empty()).then(|| {
        format!(
            "{names} {hold} roles and {are} in no listing of the input: what {they} is not judged; \
             export users of every state, groups and clients as well"
        )
    })
}

fn of_missing(
    context: &Context<'_, '_>,
    (word, noun): (&str, &str),
    target: &str,
    mut referrers: Vec<Referrer>,
) -> Option<Match> {
    let graph = context.graph;
    referrers.sort_by_cached_key(|(who, origin)| (graph.order_key(*who), *origin));
    let (&(subject, origin), others) = referrers.split_first()?;
    let mut found = Match::of(context, subject, Place::reference(origin));
    let label = |(who, origin): &Referrer| Label {
        place: Place::reference(*origin),
        text: format!("{} refers to it too", wording::entity(context, *who)),
    };
    found.related = others.iter().map(label).collect();
    found.identity = vec![format!("{word} {target}")];
    found.facts.push(("target", format!("`{target}`")));
    found.facts.push(("kind", noun.to_owned()));
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
    /// For each kind, what came of each symbol; nothing where none was referred to as one of that kind.
    known: [Vec<Came>; Kind::ALL.len()],
    missing: HashMap<(Kind, Sym), Vec<Referrer>>,
}

impl Search<'_, '_, '_> {
    #[inline]
    fn one(&mut self, owner: Entity, kind: Kind, reference: Ref, base: Origin) {
        let came = self.known.get(kind as usize).and_then(|known| known.get(reference.target.index()));
        if came != Some(&Came::Far) {
            self.ask(owner, kind, reference, base);
        }
    }

    /// One that was not followed yet, or that leads nowhere.
    #[cold]
    fn ask(&mut self, owner: Entity, kind: Kind, reference: Ref, base: Origin) {
        let symbols = self.context.graph.tenant.strings.symbol_count();
        let Some(known) = self.known.get_mut(kind as usize) else { return };
        known.resize(symbols, Came::Unasked);
        let Some(came) = known.get_mut(reference.target.index()) else { return };
        if *came == Came::Unasked {
            *came =
                if leads_nowhere(self.context, self.why, kind, reference.target) { Came::Nowhere } else { Came::Far };
        }
        if *came == Came::Nowhere {
            self.missing.entry((kind, reference.target)).or_default().push((owner, base.at(reference.at)));
        }
    }

    fn list(&mut self, owner: Entity, head: Head, kind: Kind, list: List) {
        for reference in self.context.graph.tenant.refs(list) {
            self.one(owner, kind, *reference, head.origin);
        }
    }

    fn maybe(&mut self, owner: Entity, head: Head, kind: Kind, reference: Option<Ref>) {
        if let Some(reference) = reference {
            self.one(owner, kind, reference, head.origin);
        }
    }

    fn principals(&mut self) {
        let tenant = self.context.graph.tenant;
        for (owner, role) in tenant.entities(Kind::Role).zip(&tenant.roles) {
            self.list(owner, role.head, Kind::Role, role.inherits);
        }
        for (owner, user) in tenant.entities(Kind::User).zip(&tenant.users) {
            self.list(owner, user.head, Kind::Role, user.roles);
            self.list(owner, user.head, Kind::Group, user.groups);
            self.maybe(owner, user.head, Kind::Region, user.region);
            self.maybe(owner, user.head, Kind::Division, user.division);
        }
        for (owner, account) in tenant.entities(Kind::ServiceAccount).zip(&tenant.service_accounts) {
            self.list(owner, account.head, Kind::Role, account.roles);
            self.maybe(owner, account.head, Kind::OauthClient, account.client);
        }
        for (owner, group) in tenant.entities(Kind::Group).zip(&tenant.groups) {
            self.list(owner, group.head, Kind::User, group.members);
            self.list(owner, group.head, Kind::Role, group.roles);
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
            self.list(owner, queue.head, Kind::User, queue.members);
            self.list(owner, queue.head, Kind::Group, queue.groups);
            self.maybe(owner, queue.head, Kind::Region, queue.region);
        }
        for (owner, view) in tenant.entities(Kind::View).zip(&tenant.views) {
            self.list(owner, view.head, Kind::Queue, view.queues);
            self.list(owner, view.head, Kind::User, view.users);
        }
        for (owner, report) in tenant.entities(Kind::Report).zip(&tenant.reports) {
            self.list(owner, report.head, Kind::Role, report.roles);
        }
        for (owner, policy) in tenant.entities(Kind::RecordingPolicy).zip(&tenant.recording_policies) {
            self.list(owner, policy.head, Kind::Group, policy.groups);
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
