//! What a team's settings select by, and nothing in the input answers to.

use super::unknown_permission::Known;
use crate::context::{Context, domain_of};
use crate::fault::nearest;
use crate::matching::{Match, SETTING};
use crate::policy::{Selects, Stated};
use crate::{Named, Tier, tier};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Entity, Kind, Origin, Permission, Place, Sym};
use std::borrow::Cow;

pub(super) const FACTS: &[&str] = &["pattern", "setting", "kind", "hint"];

/// One finding for each pattern that fits nothing, where the input has anything that it could fit.
pub(super) fn matches(context: &Context<'_, '_>) -> Vec<Match> {
    let mut known: HashMap<Selects, Vec<Cow<'_, str>>> = HashMap::new();
    let mut permissions = Permissions { context, known: None };
    let mut found = Vec::new();
    let (tiers, patterns): (Vec<&Stated>, Vec<&Stated>) =
        context.stated.iter().partition(|stated| stated.selects == Selects::Tier);
    for stated in patterns {
        let known = known.entry(stated.selects).or_insert_with(|| values(context, stated.selects));
        let hint = if stated.selects == Selects::Permissions {
            let Some(near) = permissions.unknown(stated.pattern.as_ref()) else { continue };
            near
        } else if known.is_empty() || tier::fits_any(stated.selects, stated.pattern.as_ref(), known) {
            continue;
        } else if stated.selects == Selects::Divisions && !names_divisions(context) {
            // It may be the name of one that the input shows by its id alone.
            continue;
        } else {
            nearest(stated.pattern.as_ref(), known.iter().map(AsRef::as_ref))
        };
        found.push((stated, of(context, stated, 0, hint)));
    }
    let has_users = context.graph.tenant.count(Kind::User) > 0;
    for stated in tiers.into_iter().filter(|_| has_users) {
        let name = stated.pattern.as_ref();
        let own = format!("{}.{name}.", stated.setting);
        // Which of its patterns is to blame says more.
        if context.tiers.get(name).is_some_and(Tier::is_empty)
            && found.iter().all(|(found, _)| !found.setting.starts_with(&own))
        {
            found.push((stated, of(context, stated, 0, None)));
        }
    }
    let mut found: Vec<Match> = found.into_iter().map(|(_, matched)| matched).collect();
    // What must be and is misspelt cannot be met, which is a finding of its own; what must not be holds for ever.
    for (expect, permission) in context.expect.iter().flat_map(|e| e.cannot.iter().map(move |p| (e, p))) {
        if let Some(hint) = permissions.unknown(permission.as_ref()) {
            let setting = "expect.cannot".to_owned();
            let stated = Stated { selects: Selects::Permissions, setting, pattern: permission.clone() };
            found.push(of(context, &stated, expect.source, hint));
        }
    }
    found
}

/// Whether the input lists divisions, or names each that users and queues are in.
fn names_divisions(context: &Context<'_, '_>) -> bool {
    let tenant = context.graph.tenant;
    let of_users = tenant.users.iter().filter_map(|user| user.division);
    let mut met: HashSet<Sym> = HashSet::new();
    let mut all = of_users.chain(tenant.queues.iter().filter_map(|queue| queue.division)).map(|d| d.target);
    let is_named = |division: Sym| context.graph.directory.each(Kind::Division, division).next().is_some();
    !tenant.only_shows_divisions || all.all(|division| !met.insert(division) || is_named(division))
}

/// The permissions that somebody knows, gathered where any is asked for.
struct Permissions<'c, 't> {
    context: &'c Context<'c, 't>,
    known: Option<Known<'t>>,
}

impl Permissions<'_, '_> {
    /// Whether a pattern fits none of them, and the one that it may be a slip for.
    fn unknown(&mut self, pattern: &str) -> Option<Option<&'static str>> {
        let known = self.known.get_or_insert_with(|| Known::new(self.context.graph.tenant));
        let permission = Permission::parse(pattern, None).filter(|permission| !known.fits(permission))?;
        Some(known.nearest(&permission))
    }
}

/// What of it is not in the input, so that nothing can answer to it.
pub(super) fn lacking(context: &Context<'_, '_>) -> Option<String> {
    let words = [
        (Selects::Licences, "licences"),
        (Selects::Domains, "addresses"),
        (Selects::Divisions, "names of divisions"),
        (Selects::Departments, "departments"),
        (Selects::Employers, "employers"),
    ];
    let is_lacking = |selects: &Selects| {
        context.stated.iter().any(|stated| stated.selects == *selects) && values(context, *selects).is_empty()
    };
    let lacking = words.into_iter().filter(|(selects, _)| is_lacking(selects)).map(|(_, word)| word);
    let lacking: Vec<&str> = lacking.filter(|_| context.graph.tenant.count(Kind::User) > 0).collect();
    (!lacking.is_empty()).then(|| format!("no {} in the input, by which the settings tell people", lacking.join(", ")))
}

/// What patterns are held against; empty where the input does not show it.
fn values<'c>(context: &'c Context<'_, '_>, selects: Selects) -> Vec<Cow<'c, str>> {
    let tenant = context.graph.tenant;
    let of = |kind: Kind| tenant.entities(kind);
    let named =
        |kind: Kind| of(kind).flat_map(|entity: Entity| [tenant.name(entity)].into_iter().chain(tenant.ids(entity)));
    let distinct = |syms: &mut dyn Iterator<Item = Sym>| -> Vec<&'c str> {
        let syms: HashSet<Sym> = syms.collect();
        syms.into_iter().map(|sym| tenant.str(sym)).collect()
    };
    let users = || tenant.users.iter();
    let values: Vec<&str> = match selects {
        Selects::Named => {
            let all = of(Kind::Role).chain(of(Kind::Group)).chain(of(Kind::ServiceAccount));
            all.map(|entity| tenant.name(entity)).collect()
        }
        Selects::Roles => named(Kind::Role).collect(),
        Selects::Groups => named(Kind::Group).collect(),
        Selects::Queues => named(Kind::Queue).collect(),
        // An id may be that of a division which is in no listing.
        Selects::Divisions if tenant.divisions.is_empty() => Vec::new(),
        Selects::Divisions => {
            let of_users = users().filter_map(|user| user.division);
            let given = of_users.chain(tenant.queues.iter().filter_map(|queue| queue.division));
            named(Kind::Division).chain(distinct(&mut given.map(|division| division.target))).collect()
        }
        Selects::Licences => distinct(&mut users().flat_map(|user| tenant.refs(user.licences)).map(|l| l.target)),
        Selects::Departments => distinct(&mut users().filter_map(|user| user.department)),
        Selects::Regions => named(Kind::Region).collect(),
        Selects::Employers => distinct(&mut users().filter_map(|user| user.employer)),
        Selects::Domains => {
            let sent = tenant.scheduled_exports.iter().flat_map(|export| tenant.refs(export.recipients));
            let sent = sent.filter_map(|recipient| domain_of(tenant.str(recipient.target))).map(Cow::Owned);
            let of_users = context.domains().iter().map(|domain| Cow::Borrowed(domain.as_str()));
            return of_users.chain(sent).collect();
        }
        Selects::Permissions | Selects::Tier => Vec::new(),
    };
    values.into_iter().map(Cow::Borrowed).collect()
}

/// A finding in the settings file of a number.
fn of(context: &Context<'_, '_>, stated: &Stated, file: u32, hint: Option<&str>) -> Match {
    let offset = u32::try_from(stated.pattern.span().start).unwrap_or(u32::MAX);
    let place = Place::whole(Origin { file: context.settings + file, offset });
    let about = Named { kind: SETTING, id: stated.setting.clone(), name: stated.setting.clone() };
    let mut matched = Match::about(context, about, place);
    matched.identity = vec![stated.pattern.as_ref().clone()];
    let kind = match stated.selects {
        Selects::Named => "role, group or service account",
        Selects::Roles => "role",
        Selects::Groups => "group",
        Selects::Queues => "queue",
        Selects::Divisions => "division",
        Selects::Licences => "user's licence",
        Selects::Departments => "user's department",
        Selects::Employers => "user's employer",
        Selects::Regions => "region",
        Selects::Domains => "address",
        Selects::Tier => "user, role, group or service account",
        Selects::Permissions => "permission that the platform, the guide or the input has",
    };
    matched.facts = vec![
        ("pattern", format!("`{}`", stated.pattern.as_ref())),
        ("setting", format!("`{}`", stated.setting)),
        ("kind", kind.to_owned()),
        ("hint", hint.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()),
    ];
    matched
}
