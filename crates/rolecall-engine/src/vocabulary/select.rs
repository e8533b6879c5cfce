//! Tests that several words share: who is meant, which permissions, which scopes.

pub(crate) use super::meant::{Meant, capable, of_capabilities, permissions};

use super::{region, shown};
use crate::context::Context;
use crate::rule::spec::{Attribute, Condition, KindWord, Literal, ScopeTest, Selector};
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Flag, Grant, Kind, List, Lookup, Part, Place, Ref, ScopeWord, Sym};
use toml::Spanned;
use wildmatch::WildMatch;

/// The kind that a word of a rule file names.
pub(crate) fn kind(word: KindWord) -> Kind {
    match word {
        KindWord::Role => Kind::Role,
        KindWord::User => Kind::User,
        KindWord::ServiceAccount => Kind::ServiceAccount,
        KindWord::Group => Kind::Group,
        KindWord::Queue => Kind::Queue,
        KindWord::View => Kind::View,
        KindWord::Report => Kind::Report,
        KindWord::OauthClient => Kind::OauthClient,
        KindWord::RecordingPolicy => Kind::RecordingPolicy,
        KindWord::Region => Kind::Region,
        KindWord::Division => Kind::Division,
        KindWord::Trustee => Kind::Trustee,
        KindWord::Setting => Kind::Setting,
        KindWord::Secret => Kind::Secret,
        KindWord::ScheduledExport => Kind::ScheduledExport,
    }
}

/// Whether an entity is of `tier`, where one is asked for, and of none of `except`.
pub(crate) fn is_of_tier(
    context: &Context<'_, '_>,
    tier: Option<&Spanned<String>>,
    except: &[Spanned<String>],
    entity: Entity,
) -> bool {
    tier.is_none_or(|t| context.tiers.contains(t.as_ref(), entity))
        && !except.iter().any(|t| context.tiers.contains(t.as_ref(), entity))
}

/// What a selector needs that the input lacks.
pub(crate) fn lacking(context: &Context<'_, '_>, selector: &Selector) -> Option<String> {
    let tenant = context.graph.tenant;
    let kinds: Vec<Kind> = selector.kind.iter().map(|word| kind(*word)).collect();
    // An export without secrets lacks nothing.
    if kinds == [Kind::Secret] {
        return None;
    }
    if kinds.iter().all(|k| tenant.count(*k) == 0) {
        let nouns: Vec<String> = kinds.iter().map(|k| plural(*k)).collect();
        return Some(format!("no {} in the input", nouns.join(" or ")));
    }
    let is_known = |c: &Condition| {
        let mut all = kinds.iter().flat_map(|k| tenant.entities(*k));
        all.any(|entity| !matches!(value(context, c.attribute, entity), Value::Unknown))
    };
    if let Some(unknown) = selector.conditions.iter().find(|condition| !is_known(condition)) {
        let nouns: Vec<String> = kinds.iter().map(|k| plural(*k)).collect();
        return Some(match unknown.attribute {
            Attribute::RegionAllowed => "no tier in rolecall.toml declares its regions".to_owned(),
            Attribute::Region => "no user in the input has a region".to_owned(),
            Attribute::TokenSeconds => "no OAuth client in the input says how long its tokens live".to_owned(),
            Attribute::InHomeDivision => "the input does not say which division is the home division".to_owned(),
            Attribute::Holders if tenant.users.is_empty() => "no users in the input".to_owned(),
            Attribute::Holders | Attribute::Roles => shown::holders(context)?,
            Attribute::Unused => "no role in the input says which of its permissions are unused".to_owned(),
            Attribute::Added => "no role in the input is compared with what it came with".to_owned(),
            _ => format!("{} in this export have no such attribute", nouns.join(" or ")),
        });
    }
    selector.tier.as_ref().and_then(|tier| tier_lacking(context, tier.as_ref()))
}

/// Why a rule on a tier says nothing, where nobody is of the tier.
pub(crate) fn tier_lacking(context: &Context<'_, '_>, tier: &str) -> Option<String> {
    let is_empty = context.tiers.get(tier).is_none_or(crate::Tier::is_empty);
    is_empty.then(|| format!("nothing in the input is of the tier `{tier}`"))
}

/// The noun of a kind for several.
pub(crate) fn plural(kind: Kind) -> String {
    match kind.noun().strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{}s", kind.noun()),
    }
}

/// What a condition looks at.
enum Value<'t> {
    /// The dialect knows no such attribute, so no test of it holds.
    Unknown,
    Absent,
    Flag(bool),
    Number(f64),
    Text(&'t str),
    /// A thing by whatever it is called: its id, its name, or what refers to it.
    Called(Kind, Sym),
    List(Vec<&'t str>),
}

fn value<'t>(context: &Context<'_, 't>, attribute: Attribute, entity: Entity) -> Value<'t> {
    let tenant = context.graph.tenant;
    let row = entity.row as usize;
    let user = || tenant.users.get(row).filter(|_| entity.kind == Kind::User);
    let client = || tenant.oauth_clients.get(row).filter(|_| entity.kind == Kind::OauthClient);
    let policy = || tenant.recording_policies.get(row).filter(|_| entity.kind == Kind::RecordingPolicy);
    let trustee = || tenant.trustees.get(row).filter(|_| entity.kind == Kind::Trustee);
    let role = || tenant.roles.get(row).filter(|_| entity.kind == Kind::Role);
    let report = || tenant.reports.get(row).filter(|_| entity.kind == Kind::Report);
    let names = |list: List| Value::List(tenant.refs(list).iter().map(|r| tenant.str(r.target)).collect());
    let export = || tenant.scheduled_exports.get(row).filter(|_| entity.kind == Kind::ScheduledExport);
    let setting = || tenant.settings.get(row).filter(|_| entity.kind == Kind::Setting);
    let region = || match entity.kind {
        Kind::Queue => tenant.queues.get(row).and_then(|q| q.region),
        _ => user().and_then(|u| u.region),
    };
    let text = |text: &'t str| if text.is_empty() { Value::Absent } else { Value::Text(text) };
    let called = |kind: Kind, reference: Option<Ref>| match reference {
        Some(reference) if !tenant.str(reference.target).is_empty() => Value::Called(kind, reference.target),
        _ => Value::Absent,
    };
    let counted = |list: Option<List>| list.map_or(Value::Unknown, |list| Value::Number(f64::from(list.len)));
    let flag = |flag: Option<bool>| flag.map_or(Value::Absent, Value::Flag);
    // Seconds and days are far below the numbers that a float cannot hold exactly.
    #[allow(clippy::cast_precision_loss)]
    let number = |number: Option<u64>| number.map_or(Value::Absent, |n| Value::Number(n as f64));
    match attribute {
        Attribute::Name => text(tenant.strings.text(tenant.head(entity).name)),
        Attribute::Id => text(tenant.id(entity)),
        Attribute::Email => user().map_or(Value::Absent, |u| text(tenant.strings.text(u.email))),
        Attribute::BpoFlag => match user().map(|u| u.flag).unwrap_or_default() {
            Flag::Unknown => Value::Unknown,
            Flag::Absent => Value::Absent,
            Flag::Set(flag) => Value::Flag(flag),
        },
        // Where nobody has a region, nobody misses one.
        Attribute::Region if !context.has_regions() => Value::Unknown,
        Attribute::RegionAllowed => {
            let declared = region().zip(context.tiers.regions(entity, &context.partners));
            declared.map_or(Value::Unknown, |(region, allowed)| {
                Value::Flag(allowed.iter().any(|one| region::is_called(context, region.target, one)))
            })
        }
        Attribute::Headers => {
            let account = tenant.service_accounts.get(row).filter(|_| entity.kind == Kind::ServiceAccount);
            account.and_then(|a| a.headers).map_or(Value::Unknown, names)
        }
        Attribute::Sources => report().map_or(Value::Unknown, |r| names(r.sources)),
        Attribute::Filters => report().map_or(Value::Unknown, |r| {
            Value::List(region::filters(context, r).map(|filter| tenant.str(filter.dimension).trim()).collect())
        }),
        Attribute::FilterRegions => {
            let shown = report().and_then(|report| region::let_through(context, report));
            number(Some(shown.unwrap_or_else(|| context.known_regions()) as u64))
        }
        // Where nobody is shown to hold any role, nobody knows who holds this one.
        Attribute::Holders if tenant.users.is_empty() || !context.has_holders() => Value::Unknown,
        Attribute::Holders => {
            let into = |edge| context.graph.sources(entity, edge).count() as u64;
            number(role().map(|_| into(EdgeKind::Holds) + into(EdgeKind::Inherits)))
        }
        Attribute::Region => called(Kind::Region, region()),
        Attribute::Division => called(Kind::Division, user().and_then(|u| u.division)),
        // Where the export names no home division, or no division of the user, nobody knows.
        Attribute::InHomeDivision => match (tenant.home, user().and_then(|u| u.division)) {
            (Some(home), Some(division)) => {
                Value::Flag(context.graph.directory.is_same(Kind::Division, home, division.target))
            }
            _ => Value::Unknown,
        },
        Attribute::State => {
            let state = user().and_then(|u| u.state).or_else(|| client().and_then(|c| c.state));
            state.map_or(Value::Absent, |s| text(tenant.str(s)))
        }
        Attribute::System => Value::Flag(entity.kind == Kind::Role && tenant.is_system_role(entity.row)),
        // Where no client has the field, the export does not tell.
        Attribute::TokenSeconds if !context.has_token_lives() => Value::Unknown,
        Attribute::TokenSeconds => number(client().and_then(|c| c.token_seconds)),
        // Where no client has the field, the export does not tell.
        Attribute::EndsOnLogout if tenant.oauth_clients.iter().all(|c| c.ends_on_logout.is_none()) => Value::Unknown,
        Attribute::EndsOnLogout => flag(client().and_then(|c| c.ends_on_logout)),
        Attribute::ByUserType => flag(policy().and_then(|p| p.by_user_type)),
        Attribute::RetentionDays => number(policy().and_then(|p| p.retention_days)),
        Attribute::GrantType => client().and_then(|c| c.grant_type).map_or(Value::Absent, |t| text(tenant.str(t))),
        Attribute::FullAccess => flag(trustee().and_then(|t| t.full_access)),
        Attribute::AdminByDefault => flag(trustee().and_then(|t| t.admin_by_default)),
        Attribute::Expires => flag(trustee().map(|t| t.expires)),
        Attribute::Switch => flag(setting().and_then(|s| s.flag)),
        Attribute::Value => number(setting().and_then(|s| s.number)),
        Attribute::Unused => counted(role().and_then(|role| role.unused)),
        Attribute::Added => counted(role().and_then(|role| role.added)),
        Attribute::Enabled if entity.kind == Kind::ScheduledExport => flag(export().and_then(|e| e.enabled)),
        Attribute::Enabled => flag(trustee().and_then(|t| t.enabled)),
        Attribute::Filtered => flag(export().map(|e| e.filtered)),
        Attribute::SentOutside => match (export(), tenant.users.is_empty()) {
            (Some(export), false) => Value::Flag(!context.outside(export).is_empty()),
            _ => Value::Unknown,
        },
        Attribute::Partners => number(Some(context.partners_in(entity).len() as u64)),
        Attribute::Roles if entity.kind == Kind::User && !context.has_holders() => Value::Unknown,
        Attribute::Roles => number(Some(context.graph.roles_held(entity) as u64)),
    }
}

/// What an attribute counts or is held against, by name.
pub(crate) fn listed<'c>(context: &'c Context<'_, '_>, attribute: Attribute, entity: Entity) -> Vec<&'c str> {
    let tenant = context.graph.tenant;
    let row = entity.row as usize;
    let list = match (attribute, entity.kind) {
        (Attribute::Unused, Kind::Role) => tenant.roles.get(row).and_then(|role| role.unused),
        (Attribute::Added, Kind::Role) => tenant.roles.get(row).and_then(|role| role.added),
        (Attribute::SentOutside, Kind::ScheduledExport) => {
            return tenant.scheduled_exports.get(row).map(|export| context.outside(export)).unwrap_or_default();
        }
        (Attribute::Partners, _) => return context.partners_in(entity),
        (Attribute::RegionAllowed, _) => {
            return context.tiers.regions(entity, &context.partners).unwrap_or_default();
        }
        _ => None,
    };
    list.map(|list| tenant.refs(list).iter().map(|r| tenant.str(r.target)).collect()).unwrap_or_default()
}

/// Whether a condition holds of an entity; `patterns` are those that it says the value has to match.
pub(super) fn holds(context: &Context<'_, '_>, condition: &Condition, patterns: &[WildMatch], entity: Entity) -> bool {
    let value = value(context, condition.attribute, entity);
    let equals = |literal: &Literal| match (&value, literal) {
        (Value::Flag(mine), Literal::Flag(theirs)) => mine == theirs,
        (Value::Number(mine), Literal::Number(theirs)) => (mine - theirs).abs() < f64::EPSILON,
        (Value::Text(mine), Literal::Text(theirs)) => is_same(mine, theirs),
        (Value::Called(kind, mine), Literal::Text(theirs)) => {
            region::names(context, *kind, *mine).iter().any(|one| is_same(one, theirs))
        }
        _ => false,
    };
    let is_fit = |text: &str| patterns.iter().any(|pattern| pattern.matches(text));
    let fits = || match &value {
        Value::Text(text) => is_fit(text),
        Value::Called(kind, mine) => region::names(context, *kind, *mine).into_iter().any(is_fit),
        _ => false,
    };
    if matches!(value, Value::Unknown) {
        return false;
    }
    condition.is.as_ref().is_none_or(equals)
        && !condition.not.as_ref().is_some_and(equals)
        && condition.absent.is_none_or(|absent| absent == matches!(value, Value::Absent))
        && condition.above.is_none_or(|least| matches!(value, Value::Number(n) if n > least))
        && (condition.matches.is_none() || fits())
        && condition.has.as_ref().is_none_or(|all| all.iter().all(|name| is_in(&value, name) == Some(true)))
        && condition.lacks.as_ref().is_none_or(|all| all.iter().all(|name| is_in(&value, name) == Some(false)))
}

/// Whether two texts differ in letter case alone.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || (!one.is_ascii() && one.to_lowercase() == other.to_lowercase())
}

/// Whether a list holds a name; nothing where there is no list.
fn is_in(value: &Value<'_>, name: &str) -> Option<bool> {
    match value {
        Value::List(list) => Some(list.iter().any(|item| is_same(item, name))),
        _ => None,
    }
}

/// The part of an entity that a finding about an attribute points to.
pub(crate) fn place_of(context: &Context<'_, '_>, conditions: &[Condition], entity: Entity) -> Place {
    let part = match conditions.first().map(|c| c.attribute) {
        Some(Attribute::BpoFlag) => Part::Flag,
        Some(Attribute::Region | Attribute::RegionAllowed) => Part::Region,
        Some(Attribute::TokenSeconds) => Part::TokenLife,
        Some(Attribute::EndsOnLogout) => Part::Logout,
        Some(Attribute::Id) => Part::Id,
        Some(Attribute::GrantType) => Part::GrantType,
        Some(Attribute::State) => Part::State,
        Some(Attribute::Division | Attribute::InHomeDivision) => Part::Division,
        _ if matches!(entity.kind, Kind::Setting | Kind::Secret) => Part::Whole,
        _ => Part::Name,
    };
    Place { origin: context.graph.tenant.head(entity).origin, part }
}

/// Whether a permission entry passes any of the scope tests; it does where there are none.
pub(crate) fn is_scope(context: &Context<'_, '_>, tests: Option<&[ScopeTest]>, grant: &Grant) -> bool {
    tests.is_none_or(|tests| tests.iter().any(|test| passes(context, *test, grant)))
}

fn passes(context: &Context<'_, '_>, test: ScopeTest, grant: &Grant) -> bool {
    let word = grant.scope;
    match test {
        ScopeTest::All => is_all(context, grant),
        ScopeTest::Group => word == ScopeWord::Group,
        ScopeTest::View => word == ScopeWord::View && !is_all(context, grant),
        ScopeTest::Assigned => word == ScopeWord::Assigned,
        ScopeTest::Own => word == ScopeWord::Own,
        ScopeTest::Viewless => word == ScopeWord::View && is_of_none(context, Kind::View, grant),
        ScopeTest::Groupless => word == ScopeWord::Group && is_of_none(context, Kind::Group, grant),
        ScopeTest::Undeclared => context.is_undeclared(grant),
        ScopeTest::Unknown => matches!(word, ScopeWord::Unknown(_)),
        // These lie in the assignment, and not in the entry.
        ScopeTest::EveryDivision | ScopeTest::EveryDivisionThatLimits | ScopeTest::HomeDivision => false,
        ScopeTest::WiderThanSelf => is_limited(word) || word == ScopeWord::Assigned || is_all(context, grant),
        ScopeTest::WiderThanAssigned => is_limited(word) || is_all(context, grant),
    }
}

/// Whether a scope is limited to views or groups of which there is none. A reference to one says
/// nothing where the export holds none of that kind at all.
fn is_of_none(context: &Context<'_, '_>, kind: Kind, grant: &Grant) -> bool {
    let targets = context.graph.tenant.refs(grant.targets);
    targets.iter().all(|r| context.graph.directory.find(kind, r.target) == Lookup::Missing)
}

fn is_limited(word: ScopeWord) -> bool {
    matches!(word, ScopeWord::View | ScopeWord::Group | ScopeWord::Granted | ScopeWord::Condition)
}

/// Whether an entry reaches everything: All, no scope where one could be, an unknown
/// word, or views that together hold every queue.
pub(crate) fn is_all(context: &Context<'_, '_>, grant: &Grant) -> bool {
    match grant.scope {
        ScopeWord::All | ScopeWord::Unknown(_) => true,
        ScopeWord::Undeclared => context.is_undeclared(grant),
        ScopeWord::View => context.graph.is_every_queue(grant.targets),
        ScopeWord::Own | ScopeWord::Assigned | ScopeWord::Group | ScopeWord::Granted | ScopeWord::Condition => false,
    }
}
