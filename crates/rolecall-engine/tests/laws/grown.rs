//! What is still said of access after there is more of it.

use crate::RULES;
use crate::run::Run;
use rolecall_engine::{Finding, Named};
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Flag, Grant, Kind, Permission, ScopeWord};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use toml::Value;

/// What a rule's page says of other rules and of what it leaves out.
#[derive(Default)]
struct Page {
    yields_to: BTreeSet<String>,
    /// Whoever is of one of these tiers may have it.
    except: BTreeSet<String>,
    /// Whoever bears one of these is not meant.
    not: Vec<Permission>,
    /// Nor whoever has one of these already.
    administers: Vec<Permission>,
    /// Whether it is about people who are not of the partner tier, being where only partners should be.
    is_of_outsiders: bool,
    /// Whether it is about what the settings want or forbid; what they forbid has ends.
    is_of_expectations: bool,
    /// Whether it is about what nobody holds.
    is_of_the_unheld: bool,
    is_of_settings: bool,
}

static PAGES: LazyLock<BTreeMap<&str, Page>> = LazyLock::new(|| {
    let read = |(id, text): &(&'static str, &str)| {
        let fence = text.split("```").find_map(|part| part.strip_prefix("toml\n")).expect("a rule");
        let whole: Value = toml::from_str(fence).expect("TOML");
        let mut page = Page { yields_to: words(&whole, "yields-to").collect(), ..Page::default() };
        look(&whole, false, &mut page);
        let outsiders = ["outside-members", "view-exposes", "mixed-queue"];
        page.is_of_outsiders = outsiders.iter().any(|name| text.contains(&format!("[match.detector.{name}]")));
        page.is_of_expectations = text.contains("[match.detector.expectation]");
        page.is_of_settings = text.contains("[match.detector.unmatched-setting]");
        if text.contains("[match.detector.impersonation-chain]") {
            page.administers = ["administration", "identity-takeover"].into_iter().flat_map(capability).collect();
        }
        (*id, page)
    };
    rolecall_rules::PAGES.iter().map(read).collect()
});

fn words(value: &Value, key: &str) -> impl Iterator<Item = String> {
    let list = value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    list.into_iter().filter_map(|word| word.as_str().map(str::to_owned))
}

fn capability(name: &str) -> Vec<Permission> {
    RULES.0.capabilities[name].iter().filter_map(|text| Permission::parse(text.as_ref(), None)).collect()
}

/// Collects what stands anywhere in a pattern.
fn look(value: &Value, is_negated: bool, page: &mut Page) {
    page.except.extend(words(value, "except"));
    page.is_of_the_unheld |= value.get("attribute") == Some(&"holders".into()) && value.get("is") == Some(&0.into());
    if is_negated {
        page.not.extend(words(value, "permission").filter_map(|text| Permission::parse(&text, None)));
        page.not.extend(words(value, "capability").flat_map(|name| capability(&name)));
    }
    let inner: Vec<(&str, &Value)> = match value {
        Value::Table(fields) => fields.iter().map(|(key, field)| (key.as_str(), field)).collect(),
        Value::Array(items) => items.iter().map(|item| ("", item)).collect(),
        _ => Vec::new(),
    };
    inner.into_iter().for_each(|(key, field)| look(field, is_negated || key == "not", page));
}

/// Who gets where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim {
    who: Entity,
    /// Who states it, and what.
    pub(crate) what: String,
}

fn key(run: &Run, entity: Entity) -> String {
    format!("{} {}", entity.kind.word(), run.tenant.id(entity))
}

/// Whether a finding is that something is there. The few others name what is missing: access that the settings want,
/// what they select by, or anybody who holds a role. More access mends these; no other finding may go by it, whatever its rule.
pub(crate) fn is_of_what_is_there(finding: &Finding) -> bool {
    let page = &PAGES[finding.rule.as_str()];
    let is_wanted = page.is_of_expectations && finding.ends.is_none();
    !is_wanted && !page.is_of_the_unheld && !page.is_of_settings
}

/// Who gets where, as a finding says it. One that is about no way says that its subject is at fault. Roles that come
/// to inherit from each other in `later` give the same; the first of them stands for all.
fn claims(run: &Run, graph: &AccessGraph<'_>, finding: &Finding, later: &AccessGraph<'_>) -> BTreeSet<Claim> {
    let tenant = &run.tenant;
    let Some(ends) = finding.ends.as_ref() else {
        let subject = &finding.subject;
        let mut all = Kind::ALL.into_iter().flat_map(|kind| tenant.entities(kind));
        let who = all.find(|one| Named::of(tenant, *one) == *subject).expect("the subject");
        return BTreeSet::from([Claim { who, what: key(run, who) }]);
    };
    let grant = |row: &u32| {
        let grant = &tenant.grants[*row as usize];
        let owner = graph.owner(*row).expect("who states it");
        format!("{} {} {}", key(run, owner), tenant.permissions.spelling(grant.permission), tenant.scope_phrase(grant))
    };
    let role = |row: &u32| {
        let own = Entity { kind: Kind::Role, row: *row };
        let circle = chain(later, own).into_iter().filter(|other| chain(later, *other).contains(&own));
        key(run, circle.min().unwrap_or(own))
    };
    let what = || ends.grants.iter().map(grant).chain(ends.roles.iter().map(role));
    ends.from.iter().flat_map(|who| what().map(|what| Claim { who: *who, what })).collect()
}

/// What of a finding is said no more, and need be.
pub(crate) fn lost(before: &Run, finding: &Finding, after: &Run) -> Vec<Claim> {
    let page = &PAGES[finding.rule.as_str()];
    let graph = AccessGraph::new(&after.tenant);
    let claims_of = |f: &Finding| claims(after, &graph, f, &graph);
    let now = || after.findings.iter().filter(|f| is_of_what_is_there(f));
    let said: BTreeSet<Claim> = now().filter(|f| f.rule == finding.rule).flat_map(claims_of).collect();
    // A role that somebody has may have come to be the one to blame.
    let is_blamed = |claim: &Claim| {
        let chain = chain(&graph, claim.who);
        said.iter().any(|other| other.what == claim.what && chain.contains(&other.who))
    };
    // A stronger finding covers whom it names, and whoever has what it names.
    let stronger = now().filter(|f| page.yields_to.contains(&f.rule));
    let stronger: BTreeSet<Entity> = stronger.flat_map(claims_of).map(|claim| claim.who).collect();
    let is_covered = |who: Entity| !chain(&graph, who).is_disjoint(&stronger);
    // All who see and all that any of them sees are told together, and not each by each.
    let is_told_apart = finding.rule != "partner-sees-partner";
    let is_among = |claim: &Claim| {
        said.iter().any(|other| other.who == claim.who) && said.iter().any(|other| other.what == claim.what)
    };
    let tiers = after.tiers();
    let is_excepted = |who: Entity| page.except.iter().any(|tier| tiers.contains(tier, who));
    // Who administers gains nothing by becoming an administrator.
    let administers = |who: Entity| {
        let mut all = if who.kind == Kind::Role { graph.principals(&graph.heirs(who.row)) } else { [who].into() };
        !all.is_empty()
            && all
                .drain()
                .all(|who| bears(after, &graph, who, &page.administers, |grant| grant.scope != ScopeWord::Own))
    };
    // Whoever is taken for a partner's from now on is reported for that instead, where the dialect has the flag.
    let joined = joined(before, after);
    let is_flagged = |who: &Entity| {
        let id = after.tenant.id(*who);
        after.findings.iter().any(|f| f.rule == "missing-bpo-flag" && f.subject.kind == "user" && f.subject.id == id)
    };
    let has_flag = after.tenant.dialects == ["guide"];
    let is_moved = page.is_of_outsiders && !joined.is_empty() && (!has_flag || joined.iter().all(is_flagged));
    let is_said = |claim: &Claim| {
        let who = claim.who;
        let is_not = || bears(after, &graph, who, &page.not, |_| true) || administers(who);
        is_blamed(claim)
            || (!is_told_apart && is_among(claim))
            || is_covered(who)
            || is_excepted(who)
            || is_moved
            || is_not()
    };
    let claimed = claims(before, &AccessGraph::new(&before.tenant), finding, &graph);
    claimed.into_iter().filter(|claim| !is_said(claim)).collect()
}

/// The users without the flag of whom more says now that they are the partner's.
fn joined(before: &Run, after: &Run) -> Vec<Entity> {
    let signs = |run: &Run, user: Entity| {
        let tiers = run.tiers();
        tiers.get("bpo").expect("the tier").evidence(&AccessGraph::new(&run.tenant), user)
    };
    let users = after.tenant.entities(Kind::User);
    let unflagged = users.filter(|user| after.tenant.users[user.row as usize].flag != Flag::Set(true));
    unflagged.filter(|user| signs(after, *user) != signs(before, *user)).collect()
}

/// Somebody with the groups and roles that one has.
fn chain(graph: &AccessGraph<'_>, who: Entity) -> BTreeSet<Entity> {
    let mut open = vec![who];
    let mut chain = BTreeSet::new();
    while let Some(at) = open.pop() {
        if chain.insert(at) {
            let edges = [EdgeKind::MemberOf, EdgeKind::Holds, EdgeKind::Inherits].into_iter();
            open.extend(edges.flat_map(|edge| graph.entities_from(at, edge).map(|(to, _)| to)));
        }
    }
    chain
}

/// Whether somebody has any of these permissions by an entry that counts.
fn bears(
    run: &Run,
    graph: &AccessGraph<'_>,
    who: Entity,
    wanted: &[Permission],
    counts: impl Fn(&Grant) -> bool,
) -> bool {
    let chain = chain(graph, who);
    let mut grants = chain.into_iter().flat_map(|owner| run.tenant.grants(run.tenant.grants_of(owner)));
    let permission = |id| run.tenant.permissions.get(id).expect("a permission");
    grants.any(|grant| counts(grant) && wanted.iter().any(|one| one.overlaps(permission(grant.permission))))
}
