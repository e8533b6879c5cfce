//! What a team says must hold, held against what the export bears out.

use crate::context::Context;
use crate::matching::{Match, TIER, UNKNOWN, grant_step, key, steps};
use crate::rule::spec::ExpectationPattern;
use crate::standing::{Standing, Wanted, sorts, standing, ways};
use crate::vocabulary::reach::{Answer, assignments};
use crate::vocabulary::targets::Targets;
use crate::vocabulary::{access, divisions};
use crate::{Claim, Ends, Expect, Named, Piece, wording};
use rolecall_graph::Access;
use rolecall_model::{Entity, Kind, Origin, Permission, Place, ScopeWord};
use std::collections::BTreeSet;
use toml::Spanned;

pub(super) const FACTS: &[&str] = &["said", "why", "reason"];

/// What is looked for under a name: principals first, then what is acted on.
const WHO: [Kind; 4] = [Kind::Role, Kind::Group, Kind::User, Kind::ServiceAccount];
const WHAT: [Kind; 4] = [Kind::Queue, Kind::Group, Kind::User, Kind::Division];

/// One finding for each permission of an expectation that is not met.
pub(super) fn matches(context: &Context<'_, '_>, params: &ExpectationPattern) -> Vec<Match> {
    let patterns = params
        .permission
        .as_ref()
        .map(|list| list.iter().filter_map(|text| Permission::parse(text.as_ref(), None)).collect::<Vec<Permission>>());
    let is_asked = |permission: &str, is_wanted: bool| {
        let meant = Permission::parse(permission, None);
        let fits = |all: &Vec<Permission>| meant.as_ref().is_some_and(|p| all.iter().any(|pattern| pattern.covers(p)));
        params.wanted.is_none_or(|wanted| wanted == is_wanted) && patterns.as_ref().is_none_or(fits)
    };
    let mut found = Vec::new();
    for expect in context.expect {
        let (who, on) =
            (principals(context, expect.who.as_ref().trim()), target(context, expect.on.as_deref().map(str::trim)));
        for (permission, is_wanted) in
            expect.can.iter().map(|p| (p, true)).chain(expect.cannot.iter().map(|p| (p, false)))
        {
            if !is_asked(permission.as_ref(), is_wanted) {
                continue;
            }
            let judged = match (&who, &on) {
                (None, _) => Some(nothing(expect.who.as_ref())),
                (_, Err(name)) => Some(nothing(name)),
                (Some((_, people)), Ok(on)) => judge(context, people, *on, permission.as_ref(), is_wanted),
            };
            let about = who.as_ref().map(|(about, _)| about);
            found.extend(judged.map(|judged| finish(context, expect, permission, is_wanted, (about, judged))));
        }
    }
    found
}

/// What a name means: a tier, or what the export has by it.
enum Who {
    Tier,
    One(Entity),
}

/// A tier or what is behind a name, with its users and service accounts; `None` where nothing has the name.
fn principals(context: &Context<'_, '_>, name: &str) -> Option<(Who, Vec<Entity>)> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let everybody = || tenant.entities(Kind::User).chain(tenant.entities(Kind::ServiceAccount));
    if context.tiers.get(name).is_some() {
        return Some((Who::Tier, everybody().filter(|who| context.tiers.contains(name, *who)).collect()));
    }
    let entity = WHO.into_iter().find_map(|kind| named(context, kind, name))?;
    let mut people: Vec<Entity> = match entity.kind {
        Kind::Role => graph.holders(&graph.heirs(entity.row)).into_iter().map(|h| h.principal).collect(),
        Kind::Group => graph.people_of(entity).into_iter().map(|(user, _)| user).collect(),
        _ => vec![entity],
    };
    people.sort_by_cached_key(|who| graph.order_key(*who));
    Some((Who::One(entity), people))
}

fn target<'n>(context: &Context<'_, '_>, name: Option<&'n str>) -> Result<Option<Entity>, &'n str> {
    let Some(name) = name else { return Ok(None) };
    WHAT.into_iter().find_map(|kind| named(context, kind, name)).map(Some).ok_or(name)
}

/// The entity of an id or a name, in any letter case.
fn named(context: &Context<'_, '_>, kind: Kind, name: &str) -> Option<Entity> {
    let tenant = context.graph.tenant;
    let fits = |e: &Entity| tenant.id(*e) == name || tenant.name(*e).eq_ignore_ascii_case(name);
    tenant.entities(kind).filter(fits).min_by_key(|e| context.graph.order_key(*e))
}

/// A match before it knows which expectation it is about.
struct Judged {
    why: String,
    witness: Vec<crate::Step>,
    is_assumed: bool,
    ends: Option<Ends>,
    /// By what those can who should not.
    told: Told,
}

/// The access by which an expectation is broken: what tells it from other access, and in words.
#[derive(Default)]
struct Told {
    pieces: BTreeSet<Piece>,
    access: BTreeSet<String>,
}

fn nothing(name: &str) -> Judged {
    let why = format!("nothing in the input is called `{name}`");
    Judged { why, witness: Vec::new(), is_assumed: false, ends: None, told: Told::default() }
}

fn judge(
    context: &Context<'_, '_>,
    who: &[Entity],
    on: Option<Entity>,
    permission: &str,
    is_wanted: bool,
) -> Option<Judged> {
    let graph = context.graph;
    let wanted = Permission::parse(permission, None)?;
    let wanted = Wanted::new(context, permission, vec![wanted]);
    let targets = on.map(Targets::One);
    let stands = |who: Entity| standing(context, who, targets.as_ref(), &wanted);
    // What may be is no proof that somebody can, and no comfort where nobody should.
    let is_broken = |answer: Answer| if is_wanted { answer != Answer::Yes } else { answer != Answer::No };
    let mut broken: Vec<(Entity, Standing)> = Vec::new();
    for alike in sorts(context, who.iter().copied()) {
        let Some(first) = alike.iter().find(|who| Some(**who) != on) else { continue };
        let shared = stands(*first);
        broken.extend(alike.iter().filter(|who| Some(**who) != on).map(|who| (*who, shared.clone())));
    }
    // To one's own record one stands alone.
    broken.extend(who.iter().filter(|who| Some(**who) == on).map(|who| (*who, stands(*who))));
    broken.retain(|(_, (answer, _))| is_broken(*answer));
    // The surest comes first, and then whose way is the shortest: a name decides nothing more than who of the rest does.
    broken.sort_by_cached_key(|(principal, (answer, access))| {
        let is_unsure = *answer == Answer::Maybe;
        (is_unsure, access.as_ref().map_or(0, |access| access.via.len()), graph.order_key(*principal))
    });
    let (first, (answer, access)) = broken.first()?;
    let name = format!("`{}`", graph.tenant.name(*first));
    let rest = wording::some_of(broken.iter().skip(1).map(|(principal, _)| graph.tenant.name(*principal)));
    let others = |words: &str| if rest.is_empty() { String::new() } else { format!("; {words} {rest}") };
    let owner = access.as_ref().and_then(|access| graph.owner(access.grant));
    let scope = access.as_ref().and_then(|a| graph.tenant.grants.get(a.grant as usize)).map(|g| context.scope_words(g));
    let through = owner.map(|owner| wording::entity(context, owner)).unwrap_or_default();
    let over = scope.unwrap_or_default();
    let why = match (is_wanted, answer, access.is_some()) {
        (false, Answer::Yes, _) => format!("{name} can, by {through} over {over}{}", others("so can")),
        (false, ..) => format!("{name} may, by {through} over {over}, as far as the input shows{}", others("so may")),
        (true, _, false) => format!("{name} cannot, since nothing gives it{}", others("nor can")),
        (true, Answer::Maybe, _) => {
            format!(
                "whether {name} can is not to be told from this input: {through} gives it over {over}{}",
                others("so it is with")
            )
        }
        (true, ..) => format!("{name} cannot: {through} gives it over {over} only{}", others("nor can")),
    };
    let mut witness = Vec::new();
    if let (Some(access), Some(owner)) = (access, owner) {
        witness = steps(context, *first, &access.via);
        witness.extend(grant_step(context, owner, access.grant));
    }
    let is_assumed = *answer == Answer::Maybe;
    // What nobody should have is cut; what is missing is not.
    let (ends, told) =
        if is_wanted { (None, Told::default()) } else { ends(context, &broken, targets.as_ref(), &wanted) };
    Some(Judged { why, witness, is_assumed, ends, told })
}

/// Those who can, or may, and every entry by which they do.
fn ends(
    context: &Context<'_, '_>,
    broken: &[(Entity, Standing)],
    targets: Option<&Targets>,
    wanted: &Wanted,
) -> (Option<Ends>, Told) {
    let from: Vec<Entity> = broken.iter().map(|(who, _)| *who).collect();
    let entries = |who: Entity| {
        let ways = ways(context, who, wanted).into_iter();
        let judged = move |access: &Access| wanted.judge(context, who, access, targets);
        let counts = move |access: &Access| judged(access).is_some_and(|judged| judged.answer != Answer::No);
        ways.filter(counts).map(move |access| (who, access))
    };
    let first = sorts(context, from.iter().copied()).into_iter().flat_map(|alike| alike.into_iter().take(1));
    let own = from.iter().copied().filter(|who| targets.is_some_and(|targets| targets.is_one(*who)));
    let ways: Vec<(Entity, Access)> = first.chain(own).flat_map(entries).collect();
    let mut told = Told::default();
    ways.iter().for_each(|(who, access)| told.tell(context, *who, access));
    (Some(Ends::ways(from, ways.into_iter().map(|(_, access)| access))), told)
}

impl Told {
    /// Adds a way: the entry and how far it reaches, and the role that is held, with the group that passes it on. Who holds
    /// it is left out, so that a partner's people may come and go.
    fn tell(&mut self, context: &Context<'_, '_>, who: Entity, access: &Access) {
        let graph = context.graph;
        let tenant = graph.tenant;
        let (Some(grant), Some(owner)) = (tenant.grants.get(access.grant as usize), graph.owner(access.grant)) else {
            return;
        };
        let held = access.held().map(|(group, role)| {
            let group = group.map(|group| format!("{} holds ", key(context, group))).unwrap_or_default();
            Piece::Thing(group + &key(context, role))
        });
        self.pieces.extend(held);
        let words = access::words(context, grant);
        let given = assignments(context, who, access).into_iter().filter(|_| grant.scope.is_divided());
        let mut over = Vec::new();
        let mut reaches = Vec::new();
        for given in given {
            over.extend(divisions::words(graph, given).iter().map(|given| grant.scope.in_division(&words, given)));
            let ids = divisions::each(graph, given, |division| context.id(division));
            reaches.extend(ids.into_iter().map(|id| (id, Vec::new())));
        }
        if over.is_empty() {
            over.push(words);
        }
        // What a condition names it names in each of them.
        if reaches.is_empty() || grant.scope != ScopeWord::Granted {
            reaches.push(context.reach(grant));
        }
        let spelling = tenant.permissions.spelling(grant.permission);
        self.access.extend(over.into_iter().map(|words| format!("{spelling} over {words}")));
        let permission = tenant.permissions.get(grant.permission).map(|p| p.parts().join(":")).unwrap_or_default();
        for (over, limits) in reaches {
            let (by, permission) = (key(context, owner), permission.clone());
            self.pieces.insert(Piece::Access(Claim { by, permission, over, limits }));
        }
    }
}

fn finish(
    context: &Context<'_, '_>,
    expect: &Expect,
    permission: &Spanned<String>,
    is_wanted: bool,
    (about, judged): (Option<&Who>, Judged),
) -> Match {
    let span = permission.span();
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let place = Place::whole(Origin { file: context.settings + expect.source, offset: offset(span.start) });
    let stated =
        |kind: &'static str| Named { kind, id: expect.who.as_ref().clone(), name: expect.who.as_ref().clone() };
    // It is about those whom the settings name, whoever of them comes first.
    let mut matched = match about {
        Some(Who::One(entity)) => Match::of(context, *entity, place),
        Some(Who::Tier) => Match::about(context, stated(TIER), place),
        None => Match::about(context, stated(UNKNOWN), place),
    };
    let verb = if is_wanted { "can" } else { "cannot" };
    let on = expect.on.as_ref().map(|on| format!(" on `{on}`")).unwrap_or_default();
    let said = format!("`{}` {verb} `{}`{on}", expect.who.as_ref(), permission.as_ref());
    matched.identity = vec![said.clone()];
    matched.identity.extend(judged.told.pieces.iter().map(Piece::text));
    matched.pieces = judged.told.pieces.into_iter().chain([Piece::Thing(said.clone())]).collect();
    matched.access = judged.told.access.into_iter().collect();
    matched.witness = judged.witness;
    matched.is_assumed = judged.is_assumed;
    matched.ends = judged.ends;
    let reason = expect.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    matched.facts = vec![("said", said), ("why", judged.why), ("reason", reason)];
    matched
}
