//! What a team says must hold, held against what the export bears out.

mod who;

pub(crate) use who::Shown;

use crate::context::Context;
use crate::matching::{Match, TIER, UNKNOWN, grant_step, key, steps};
use crate::rule::spec::ExpectationPattern;
use crate::standing::{Standing, Wanted, sorts, standing, ways};
use crate::vocabulary::reach::{Answer, assignments};
use crate::vocabulary::targets::Targets;
use crate::vocabulary::{access, divisions, select, shown};
use crate::{Ends, Expect, Named, Piece, wording};
use rolecall_graph::Access;
use rolecall_model::{Entity, Kind, Origin, Permission, Place};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use toml::Spanned;
use who::{Who, principals, targets};

pub(super) const FACTS: &[&str] = &["said", "why", "reason"];

/// One finding for each permission of an expectation that is not met.
pub(super) fn matches(context: &Context<'_, '_>, params: &ExpectationPattern) -> Vec<Match> {
    let asked = Asked::new(params);
    if context.expect.is_empty() {
        return Vec::new();
    }
    let shown = Shown::of(context);
    let mut found = Vec::new();
    for expect in context.expect {
        found.extend(unmet(context, expect, &asked.of(expect).collect::<Vec<_>>(), &shown));
    }
    found
}

/// The expectations that a rule is about.
struct Asked {
    wanted: Option<bool>,
    permissions: Option<Vec<Permission>>,
}

impl Asked {
    fn new(params: &ExpectationPattern) -> Self {
        let read = |list: &Vec<Spanned<String>>| {
            list.iter().filter_map(|text| Permission::parse(text.as_ref(), None)).collect::<Vec<Permission>>()
        };
        Self { wanted: params.wanted, permissions: params.permission.as_ref().map(read) }
    }

    /// What an expectation says of permissions that are asked for: each with whether it is wanted.
    fn of<'e>(&self, expect: &'e Expect) -> impl Iterator<Item = (&'e Spanned<String>, bool)> {
        let all = expect.can.iter().map(|p| (p, true)).chain(expect.cannot.iter().map(|p| (p, false)));
        all.filter(|(permission, is_wanted)| {
            let meant = Permission::parse(permission.as_ref(), None);
            let is_one = |p: &Permission| self.permissions.iter().flatten().any(|pattern| pattern.covers(p));
            self.wanted.is_none_or(|wanted| wanted == *is_wanted)
                && (self.permissions.is_none() || meant.as_ref().is_some_and(is_one))
        })
    }
}

/// That nobody can, where nobody is shown to hold anything, is no answer; accounts are looked at by themselves.
pub(super) fn lacking(context: &Context<'_, '_>, params: &ExpectationPattern) -> Option<String> {
    let asked = Asked::new(params);
    let is_account = |who: &Who| who.entity.is_some_and(|entity| entity.kind == Kind::ServiceAccount);
    let is_open = |expect: &Expect| {
        let who = principals(context, expect.who.as_ref().trim());
        who.is_empty() || !who.iter().all(is_account)
    };
    let mut meant = context.expect.iter().filter(|expect| asked.of(expect).next().is_some());
    let is_refused = |expect: &&Expect| asked.of(expect).any(|(_, is_wanted)| !is_wanted);
    let refused = || context.expect.iter().filter(is_refused);
    let of_tiers = || refused().find_map(|expect| unseen(context, expect.who.as_ref().trim()));
    shown::holders(context).filter(|_| meant.any(is_open)).or_else(of_tiers)
}

/// Why it is not known what the people of a tier may do; who holds a role and who is in a group is looked at by itself.
fn unseen(context: &Context<'_, '_>, tier: &str) -> Option<String> {
    let is_service = context.tiers.get(tier)?.is_service();
    let is_empty = !is_service && context.graph.tenant.users.is_empty();
    let nobody = || is_empty.then(|| "no users in the input".to_owned());
    nobody().or_else(|| select::tier_lacking(context, tier)).or_else(|| shown::access(context, tier))
}

/// Of one expectation the permissions of which it is not met. Of several of a name any may be meant, so that it holds for
/// all of them or is not met.
fn unmet(context: &Context<'_, '_>, expect: &Expect, said: &[(&Spanned<String>, bool)], shown: &Shown) -> Vec<Match> {
    let who = principals(context, expect.who.as_ref().trim());
    let on = expect.on.as_deref().map(|on| (on, targets(context, on.trim())));
    let things: Vec<Option<Entity>> = match &on {
        Some((_, things)) => things.iter().copied().map(Some).collect(),
        None => vec![None],
    };
    let mut found = Vec::new();
    for &(permission, is_wanted) in said {
        let mut tell = |about, judged| found.push(finish(context, expect, permission, is_wanted, (about, judged)));
        if who.is_empty() {
            tell(None, nothing(expect.who.as_ref()));
        }
        for who in &who {
            if let Some((on, _)) = on.as_ref().filter(|(_, things)| things.is_empty()) {
                tell(Some(who), nothing(on));
            }
            for on in &things {
                let is_among = things.len() > 1;
                let sentence = Sentence { on: *on, is_among, permission: permission.as_ref(), is_wanted };
                judge(context, who, &sentence, shown).into_iter().for_each(|judged| tell(Some(who), judged));
            }
        }
    }
    found
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

impl Judged {
    fn of(why: String) -> Self {
        Self { why, witness: Vec::new(), is_assumed: false, ends: None, told: Told::default() }
    }
}

fn nothing(name: &str) -> Judged {
    Judged::of(format!("nothing in the input is called `{name}`"))
}

/// What is said of somebody, of one of the things that are meant.
struct Sentence<'s> {
    on: Option<Entity>,
    /// Whether others have the same name.
    is_among: bool,
    permission: &'s str,
    is_wanted: bool,
}

fn judge(context: &Context<'_, '_>, who: &Who, sentence: &Sentence<'_>, shown: &Shown) -> Option<Judged> {
    let graph = context.graph;
    let on = sentence.on;
    let wanted = Permission::parse(sentence.permission, None)?;
    let wanted = Wanted::new(context, sentence.permission, vec![wanted]);
    let targets = on.map(Targets::One);
    let who = who.judged(sentence.is_wanted);
    if who.is_empty() && sentence.is_wanted {
        return Some(Judged { is_assumed: true, ..Judged::of("the input shows nobody who is meant".to_owned()) });
    }
    let mut broken = stand(context, &who, targets.as_ref(), &wanted);
    // What may be is no proof that somebody can, and no comfort where nobody should.
    broken.retain(|(who, (answer, _))| match answer {
        Answer::Yes => !sentence.is_wanted,
        _ if sentence.is_wanted => true,
        // Where others are shown to hold roles, a role that nobody holds is given in no division.
        Answer::Maybe => who.kind != Kind::Role || !shown.has_holders,
        Answer::No => shown.unknown_role(context, *who).is_some(),
    });
    // The surest comes first, and then whose way is the shortest: a name decides nothing more than who of the rest does.
    broken.sort_by_cached_key(|(principal, (answer, access))| {
        let doubt = (sentence.is_wanted && *answer == Answer::Maybe, (!sentence.is_wanted).then_some(Reverse(*answer)));
        (doubt, access.as_ref().map_or(0, |access| access.via.len()), graph.order_key(*principal))
    });
    let (first, (answer, access)) = broken.first()?;
    let owner = access.as_ref().and_then(|access| graph.owner(access.grant));
    let mut witness = Vec::new();
    if let (Some(access), Some(owner)) = (access, owner) {
        witness = steps(context, *first, &access.via);
        witness.extend(grant_step(context, owner, access.grant));
    }
    let is_assumed = if sentence.is_wanted { *answer == Answer::Maybe } else { *answer != Answer::Yes };
    // What nobody should have is cut; what is missing is not.
    let (ends, mut told) =
        if sentence.is_wanted { (None, Told::default()) } else { ends(context, &broken, targets.as_ref(), &wanted) };
    let unsure = broken.iter().filter(|(_, (answer, _))| !sentence.is_wanted && *answer == Answer::No);
    let roles = unsure.filter_map(|(who, _)| shown.unknown_role(context, *who));
    told.pieces.extend(roles.map(|role| Piece::Thing(format!("what {role} grants"))));
    told.pieces.extend(on.filter(|_| sentence.is_among).map(|on| Piece::Thing(format!("on {}", key(context, on)))));
    Some(Judged { why: why(context, &broken, sentence, shown), witness, is_assumed, ends, told })
}

/// How each stands to a permission. Those who stand alike are looked at once.
fn stand(
    context: &Context<'_, '_>,
    who: &[Entity],
    targets: Option<&Targets>,
    wanted: &Wanted,
) -> Vec<(Entity, Standing)> {
    let is_own = |who: Entity| targets.is_some_and(|targets| targets.is_one(who));
    let mut all = Vec::new();
    for alike in sorts(context, who.iter().copied()) {
        let Some(first) = alike.iter().find(|who| !is_own(**who)) else { continue };
        let shared = standing(context, *first, targets, wanted);
        all.extend(alike.iter().filter(|who| !is_own(**who)).map(|who| (*who, shared.clone())));
    }
    // To one's own record one stands alone.
    let own = who.iter().filter(|who| is_own(**who));
    all.extend(own.map(|who| (*who, standing(context, *who, targets, wanted))));
    all
}

/// Why a sentence does not hold, by those for whom it does not.
fn why(context: &Context<'_, '_>, broken: &[(Entity, Standing)], sentence: &Sentence<'_>, shown: &Shown) -> String {
    let graph = context.graph;
    let Some((first, (answer, access))) = broken.first() else { return String::new() };
    let called = |who: Entity| match who.kind {
        Kind::Role | Kind::Group => wording::entity(context, who),
        _ => format!("`{}`", graph.tenant.name(who)),
    };
    let name = called(*first);
    let on = sentence.on.filter(|_| sentence.is_among);
    let on =
        on.map(|on| format!(", on {} of id `{}`", wording::entity(context, on), context.id(on))).unwrap_or_default();
    let rest = |is_meant: &dyn Fn(Answer) -> bool, words: &str| {
        let rest = broken.iter().skip(1).filter(|(_, (answer, _))| is_meant(*answer));
        let rest = wording::some_of(rest.map(|(principal, _)| graph.tenant.name(*principal)));
        if rest.is_empty() { String::new() } else { format!("; {words} {rest}") }
    };
    let so_may = || rest(&|answer| answer != Answer::Yes, "so may");
    let all = |words: &str| rest(&|_| true, words);
    let owner = access.as_ref().and_then(|access| graph.owner(access.grant));
    let through = owner.map(|owner| wording::entity(context, owner)).unwrap_or_default();
    let reach = over_words(context, access.as_ref());
    let over = format!("{through} over {reach}{on}");
    match (sentence.is_wanted, answer, access.is_some()) {
        (false, Answer::Yes, _) => {
            format!("{name} can, by {over}{}{}", rest(&|answer| answer == Answer::Yes, "so can"), so_may())
        }
        (false, Answer::Maybe, _) => format!("{name} may, by {over}, as far as the input shows{}", so_may()),
        (false, Answer::No, _) => {
            let role = shown.unknown_role(context, *first).unwrap_or_default();
            format!("{name} may{on}, since the input does not show what role `{role}` grants{}", so_may())
        }
        (true, _, false) => format!("{name} cannot{on}, since nothing gives it{}", all("nor can")),
        (true, Answer::Maybe, _) => {
            let so = all("so it is with");
            format!("whether {name} can is not to be told from this input: {through} gives it over {reach}{on}{so}")
        }
        (true, ..) => format!("{name} cannot: {through} gives it over {reach} only{on}{}", all("nor can")),
    }
}

/// How far the entry reaches by which somebody has it.
fn over_words(context: &Context<'_, '_>, access: Option<&Access>) -> String {
    let grant = access.and_then(|access| context.graph.tenant.grants.get(access.grant as usize));
    grant.map(|grant| context.scope_words(grant)).unwrap_or_default()
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
    // A role or group of nobody is no way of anybody.
    let from: Vec<Entity> = from.into_iter().filter(|who| !matches!(who.kind, Kind::Role | Kind::Group)).collect();
    let own =
        ways.into_iter().filter(|(who, _)| !matches!(who.kind, Kind::Role | Kind::Group)).map(|(_, access)| access);
    let own: Vec<Access> = own.collect();
    ((!own.is_empty()).then(|| Ends::ways(from, own)), told)
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
            // A group of nobody is judged by itself.
            let group = group
                .or((who.kind == Kind::Group).then_some(who))
                .map(|group| format!("{} holds ", key(context, group)))
                .unwrap_or_default();
            Piece::Thing(group + &key(context, role))
        });
        self.pieces.extend(held);
        let words = access::words(context, grant);
        let given = assignments(context, who, access).into_iter().filter(|_| grant.scope.is_divided());
        let mut over = Vec::new();
        for given in given {
            over.extend(divisions::words(graph, given).iter().map(|given| grant.scope.in_division(&words, given)));
            let ids = divisions::each(graph, given, |division| context.id(division));
            self.pieces.extend(ids.iter().map(|id| Piece::Access(access::claim_in(context, owner, grant, id))));
        }
        if over.is_empty() {
            over.push(words);
        }
        self.pieces.insert(Piece::Access(access::claim(context, owner, grant)));
        let spelling = tenant.permissions.spelling(grant.permission);
        self.access.extend(over.into_iter().map(|words| format!("{spelling} over {words}")));
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
        Some(Who { entity: Some(entity), .. }) => Match::of(context, *entity, place),
        Some(_) => Match::about(context, stated(TIER), place),
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
