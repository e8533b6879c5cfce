//! `grant`, where the assignment decides: entries that reach as far as the divisions
//! in which their role is given.

use super::grant::{identity, pieces};
use super::owner::{is_holder, is_named, is_owner};
use super::{Among, access, denial, facts, select};
use crate::context::Context;
use crate::focus::Focus;
use crate::landing::{Landing, TOGETHER, Test, land_assigned};
use crate::matching::{Match, grant_step, steps};
use crate::rule::spec::{GrantPattern, ScopeTest};
use crate::{Piece, wording};
use hashbrown::HashMap;
use rayon::prelude::*;
use rolecall_graph::EdgeKind;
use rolecall_model::{Divisions, Entity, Grant, Kind, Part, Place, ScopeWord, Sym};

/// How far an assignment lets an entry reach, as a test asks for it.
/// Ordered: what is shown comes before what is assumed, and otherwise the words decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    /// As far as asked for, and the export shows it.
    Shown(&'static str),
    /// Maybe: what would decide it is not in the export, so the wider is assumed.
    Assumed(&'static str),
}

/// A permission given in named divisions, where nothing says whether these limit it.
const UNKNOWN_REACH: &str = "what may be All: only the permission catalogue says whether divisions limit it";

/// A role that is given in all of them.
const EVERY: &str = "every division, those to come included";

/// A permission of which the catalogue says that divisions do not limit it.
const UNLIMITED: &str = "All, since divisions do not limit it";

fn over_all(tenant: &rolecall_model::Tenant, grant: &Grant) -> String {
    format!("{} over All", tenant.permissions.spelling(grant.permission))
}

impl Breadth {
    fn words(self) -> &'static str {
        match self {
            Self::Shown(words) | Self::Assumed(words) => words,
        }
    }

    fn is_shown(self) -> bool {
        matches!(self, Self::Shown(_))
    }

    /// The same as a scope that may be wider than another.
    fn over(self) -> &'static str {
        match self {
            Self::Shown(UNLIMITED) => "All",
            Self::Shown(EVERY) => "every division",
            other => other.words(),
        }
    }
}

/// An entry of a role, by row too, and how far it reaches.
type Reached<'t> = (Entity, u32, &'t Grant, Breadth);

/// The tests of a scope that assignments decide.
fn tests(all: &[ScopeTest]) -> Vec<ScopeTest> {
    let is_open = |t: &ScopeTest| {
        use ScopeTest::{All, EveryDivision, EveryDivisionThatLimits, HomeDivision};
        matches!(t, All | EveryDivision | EveryDivisionThatLimits | HomeDivision)
    };
    all.iter().copied().filter(is_open).collect()
}

/// Everybody whom an assignment gives a permission as far as a test asks for, and whether the export shows that.
pub(super) fn given(context: &Context<'_, '_>, fits: select::Meant, all: &[ScopeTest]) -> HashMap<Entity, bool> {
    let (graph, tests) = (context.graph, tests(all));
    let mut found: HashMap<Entity, bool> = HashMap::new();
    if tests.is_empty() || graph.tenant.assignments.is_empty() {
        return found;
    }
    let search = Search::new(context, tests, fits);
    for role in 0..graph.tenant.count(Kind::Role) {
        for (row, grant) in search.entries(role) {
            for given in context.given(role) {
                let Some(breadth) = search.breadth(grant, given.assignment) else { continue };
                let members = graph.sources(given.who, EdgeKind::MemberOf).filter(|_| given.who.kind == Kind::Group);
                let mut holders: Vec<Entity> = members.chain([given.who]).collect();
                denial::keep_undenied(context, &[row], &mut holders);
                holders.into_iter().for_each(|who| *found.entry(who).or_default() |= breadth.is_shown());
            }
        }
    }
    found
}

/// Whether assignments decide any of what a pattern asks for.
pub(super) fn decides(context: &Context<'_, '_>, pattern: &GrantPattern) -> bool {
    let mut entries = context.graph.tenant.grants.iter();
    !tests(pattern.scope.as_deref().unwrap_or_default()).is_empty()
        && entries.any(|grant| grant.scope == ScopeWord::Granted)
}

/// What a pattern matches by way of assignments.
pub(super) fn matches(
    context: &Context<'_, '_>,
    pattern: &GrantPattern,
    is_from: Test<'_>,
    focus: Option<&Focus>,
    some: Among<'_>,
) -> Vec<Match> {
    let tests = tests(pattern.scope.as_deref().unwrap_or_default());
    let tenant = context.graph.tenant;
    if tests.is_empty() || tenant.assignments.is_empty() {
        return Vec::new();
    }
    let search = Search::new(context, tests, select::capable(context, pattern));
    let role = |row: u32| Entity { kind: Kind::Role, row };
    let has_tier = pattern.tier.is_some();
    let roles: Vec<u32> = (0..tenant.count(Kind::Role))
        .filter(|row| focus.is_none_or(|focus| focus.has_role(*row)))
        // Nothing is inherited where assignments decide, so that a name is that of whoever states the entry.
        .filter(|row| is_owner(context, pattern, role(*row)) && is_named(context, pattern, role(*row)))
        .filter(|row| search.entries(*row).next().is_some())
        .collect();
    let counts =
        |row: u32, assignment: Option<u32>| search.entries(row).any(|(_, g)| search.breadth(g, assignment).is_some());
    let is_principal = |entity: Entity| entity.kind == Kind::Group || is_holder(pattern, entity.kind);
    let is_meant = |entity: Entity| {
        let is_of = if has_tier { is_from(entity) } else { entity.kind != Kind::Role && is_from(entity) };
        is_of && (entity.kind == Kind::Role || is_holder(pattern, entity.kind))
    };
    let landings = land_assigned(context, &roles, &counts, &is_meant, &is_principal);
    let of_landing = |landing: &Landing| {
        let landing = landing.among(context, some);
        landing.map(|landing| search.of_landing(pattern, &landing)).unwrap_or_default()
    };
    landings.par_iter().with_min_len(TOGETHER).flat_map_iter(of_landing).collect()
}

struct Search<'s, 'c, 't> {
    context: &'s Context<'c, 't>,
    tests: Vec<ScopeTest>,
    fits: select::Meant,
    /// For each permission: whether divisions limit what of it is asked for, as the catalogue has it.
    aware: Vec<Option<bool>>,
}

impl<'s, 'c, 't> Search<'s, 'c, 't> {
    fn new(context: &'s Context<'c, 't>, tests: Vec<ScopeTest>, fits: select::Meant) -> Self {
        let aware = context.listed_aware(|permission| fits.has(permission));
        Self { context, tests, fits, aware }
    }

    /// A role's own entries whose reach lies in its assignments.
    fn entries(&self, role: u32) -> impl Iterator<Item = (u32, &'t Grant)> {
        let tenant = self.context.graph.tenant;
        let owner = Entity { kind: Kind::Role, row: role };
        let list = tenant.grants_of(owner);
        (list.start..).zip(tenant.grants(list)).filter(move |(_, grant)| {
            grant.scope == ScopeWord::Granted
                && self.fits.has(grant.permission)
                && !denial::is_void(self.context, owner, grant)
        })
    }

    fn aware(&self, grant: &Grant) -> Option<bool> {
        self.aware.get(grant.permission.index()).copied().flatten()
    }

    fn breadth(&self, grant: &Grant, assignment: Option<u32>) -> Option<Breadth> {
        self.tests.iter().filter_map(|test| self.passes(*test, grant, assignment)).min()
    }

    fn passes(&self, test: ScopeTest, grant: &Grant, assignment: Option<u32>) -> Option<Breadth> {
        let tenant = self.context.graph.tenant;
        let given = assignment.and_then(|row| tenant.assignments.get(row as usize));
        let reach = given.map_or(Divisions::Unstated, |a| a.reach);
        let aware = self.aware(grant);
        match (test, reach) {
            // What divisions do not limit is no matter of this one.
            (ScopeTest::HomeDivision, _) if aware == Some(false) => None,
            (ScopeTest::HomeDivision, Divisions::Home) => {
                Some(Breadth::Shown("the home division, since none is named"))
            }
            (ScopeTest::HomeDivision, Divisions::Named) => {
                let is_home = |division: Sym| {
                    let directory = &self.context.graph.directory;
                    tenant.home.is_some_and(|home| directory.is_same(Kind::Division, home, division))
                };
                let names_home = given.is_some_and(|a| tenant.refs(a.divisions).iter().any(|r| is_home(r.target)));
                names_home.then_some(Breadth::Shown("the home division"))
            }
            (ScopeTest::HomeDivision, _) => None,
            (ScopeTest::EveryDivisionThatLimits, _) if aware == Some(false) => None,
            (_, Divisions::Every) => Some(Breadth::Shown(EVERY)),
            (_, Divisions::Unresolved) => {
                Some(Breadth::Assumed("divisions that the export does not resolve, so maybe all"))
            }
            (ScopeTest::EveryDivision | ScopeTest::EveryDivisionThatLimits, _) => None,
            _ if aware == Some(false) => Some(Breadth::Shown(UNLIMITED)),
            (_, Divisions::Unstated) => Some(Breadth::Assumed("divisions that the export does not show, so maybe all")),
            _ if aware.is_none() => Some(Breadth::Assumed(UNKNOWN_REACH)),
            _ => None,
        }
    }

    /// What is shown is one match, and what is assumed beside it another, which is as sure as it is.
    fn of_landing(&self, pattern: &GrantPattern, landing: &Landing) -> Vec<Match> {
        let tenant = self.context.graph.tenant;
        let role = |row: u32| Entity { kind: Kind::Role, row };
        let own = |row: u32| self.entries(row).map(move |(entry, grant)| (role(row), entry, grant));
        let mut entries: Vec<(Entity, u32, &'t Grant)> = landing.roles.iter().copied().flat_map(own).collect();
        let undenied = denial::undenied(self.context, landing, &mut entries, |(.., grant)| Some(*grant));
        let Some(landing) = undenied.as_deref() else { return Vec::new() };
        let reached = |(role, row, grant): (Entity, u32, &'t Grant)| {
            let breadths = landing.assignments.iter().filter_map(|given| self.breadth(grant, *given));
            breadths.min().map(|breadth| (role, row, grant, breadth))
        };
        let mut found: Vec<Reached<'t>> = entries.into_iter().filter_map(reached).collect();
        found.sort_by_cached_key(|(owner, _, grant, _)| {
            let spelling = tenant.permissions.spelling(grant.permission).to_owned();
            let rank = self.fits.rank(grant.permission);
            (Some(owner.row) != landing.roles.first().copied(), rank, spelling)
        });
        let (shown, assumed): (Vec<_>, Vec<_>) = found.into_iter().partition(|(.., breadth)| breadth.is_shown());
        [shown, assumed].iter().filter_map(|found| self.matched(pattern, landing, found)).collect()
    }

    /// The match on entries that are all shown to reach as far as asked for, or all assumed to.
    fn matched(&self, pattern: &GrantPattern, landing: &Landing, found: &[Reached<'t>]) -> Option<Match> {
        let context = self.context;
        let tenant = context.graph.tenant;
        let &(owner, first, grant, breadth) = found.first()?;
        let is_shown = breadth.is_shown();
        let hold = landing.way.last()?;
        let mut matched = Match::of(context, landing.subject, Place { origin: hold.origin, part: Part::Scope });
        matched.is_assumed = !is_shown;
        matched.witness = steps(context, landing.start, &landing.way);
        matched.witness.extend(grant_step(context, owner, first).map(|mut step| {
            step.over = Some(breadth.words().to_owned());
            step
        }));
        matched.related = landing.labels(context);
        matched.roles = landing.bearing_roles();
        matched.ends = landing.ends(found.iter().map(|(_, row, ..)| *row).collect(), Vec::new());
        matched.people = landing.bearing_people();
        matched.mending = landing.mending(hold.origin, found.iter().map(|(_, _, grant, _)| grant.origin).collect());
        matched.identity = identity(context, found.iter().map(|(owner, _, grant, _)| (*owner, *grant)));
        matched.identity.push(breadth.words().to_owned());
        matched.pieces = pieces(context, found.iter().map(|(owner, _, grant, _)| (*owner, *grant)));
        for (piece, (.., breadth)) in matched.pieces.iter_mut().zip(found) {
            if let Piece::Access(claim) = piece {
                claim.over = breadth.over().to_owned();
            }
        }
        // What may be All is no more than these where it is not.
        let open = found.iter().filter(|(.., breadth)| *breadth == Breadth::Assumed(UNKNOWN_REACH));
        matched.tell_claims(access::divided(context, landing, open.map(|(owner, _, grant, _)| (*owner, *grant))));
        landing.tell(context, &mut matched);
        matched.access = match breadth {
            Breadth::Shown(UNLIMITED) => found.iter().map(|(_, _, grant, _)| over_all(tenant, grant)).collect(),
            _ => access::lines(context, landing, found.iter().map(|(owner, _, grant, _)| (*owner, *grant))),
        };
        let mut names: Vec<&str> = found.iter().map(|(_, _, g, _)| tenant.permissions.spelling(g.permission)).collect();
        names.dedup();
        // All of them share one place, so that its label names each.
        let named = wording::some_of(names);
        matched.facts.push(("permission", named.clone()));
        matched.facts.push(("scope", breadth.words().to_owned()));
        matched.facts.push(("permissions", named));
        matched.facts.push(("role", wording::entity(context, owner)));
        matched.facts.push(("reach", landing.reach(context)));
        let mend = self.mend(landing, owner, grant, breadth);
        matched.facts.extend([("mend", mend.clone()), ("undo", mend)]);
        matched
            .facts
            .push(("because", landing.because(context, pattern.tier.as_ref().map(|tier| tier.as_ref().as_str()))));
        let tier = pattern.tier.as_ref().and_then(|tier| context.tiers.get(tier.as_ref()));
        matched.facts.push(("beyond", if is_shown { self.beyond(tier) } else { String::new() }));
        matched.facts.extend(facts::of_grants(context, landing.subject, found.iter().map(|(_, _, grant, _)| *grant)));
        Some(matched)
    }

    fn mend(&self, landing: &Landing, role: Entity, grant: &Grant, breadth: Breadth) -> String {
        let name = wording::entity(self.context, role);
        let is_member = landing.way.first().is_some_and(|via| via.kind == EdgeKind::MemberOf);
        match (self.aware(grant), breadth) {
            // What the group holds is right for the others in it.
            _ if is_member => landing.mend(self.context),
            (Some(false), _) => format!("take the permission out of {name}, which divisions do not limit"),
            (None, Breadth::Assumed(words)) if words == UNKNOWN_REACH => {
                format!("{}, or take it out of {name}", self.settling(grant))
            }
            _ if landing.people.len() < 2 => format!("give {name} in named divisions"),
            _ => format!("give {name} in named divisions to each of them"),
        }
    }

    /// What would tell whether divisions limit a permission.
    fn settling(&self, grant: &Grant) -> String {
        let tenant = self.context.graph.tenant;
        if tenant.catalogue.is_empty() {
            return "give the permission catalogue with --catalog, which settles it".to_owned();
        }
        let permission = wording::some_of([tenant.permissions.spelling(grant.permission)]);
        format!("give a catalogue that knows {permission}, which the one given does not")
    }

    /// `, among them X and Y`: the divisions that are not the tier's own.
    fn beyond(&self, tier: Option<&crate::Tier>) -> String {
        let graph = self.context.graph;
        let tenant = graph.tenant;
        let is_own = |e: Entity| {
            tier.is_some_and(|t| {
                t.is_division(graph, tenant.head(e).id.unwrap_or_default()) || t.is_name(tenant.name(e))
            })
        };
        let mut others: Vec<&str> =
            tenant.entities(Kind::Division).filter(|e| !is_own(*e)).map(|e| tenant.name(e)).collect();
        others.sort_unstable();
        if others.is_empty() { String::new() } else { format!(", among them {}", wording::some_of(others)) }
    }
}
