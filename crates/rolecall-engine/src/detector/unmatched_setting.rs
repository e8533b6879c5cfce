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
    let mut permissions = None;
    let mut found = Vec::new();
    let (tiers, patterns): (Vec<&Stated>, Vec<&Stated>) =
        context.stated.iter().partition(|stated| stated.selects == Selects::Tier);
    for stated in patterns {
        let hint = if stated.selects == Selects::Permissions {
            let known = permissions.get_or_insert_with(|| Known::new(context.graph.tenant));
            let Some(permission) = Permission::parse(stated.pattern.as_ref(), None) else { continue };
            if known.fits(&permission) {
                continue;
            }
            known.nearest(&permission)
        } else {
            let known = known.entry(stated.selects).or_insert_with(|| values(context, stated.selects));
            if known.is_empty() || tier::fits_any(stated.selects, stated.pattern.as_ref(), known) {
                continue;
            }
            nearest(stated.pattern.as_ref(), known.iter().map(AsRef::as_ref))
        };
        found.push((stated, of(context, stated, hint)));
    }
    let has_users = context.graph.tenant.count(Kind::User) > 0;
    for stated in tiers.into_iter().filter(|_| has_users) {
        let name = stated.pattern.as_ref();
        let own = format!("{}.{name}.", stated.setting);
        // Which of its patterns is to blame says more.
        if context.tiers.get(name).is_some_and(Tier::is_empty)
            && found.iter().all(|(found, _)| !found.setting.starts_with(&own))
        {
            found.push((stated, of(context, stated, None)));
        }
    }
    found.into_iter().map(|(_, matched)| matched).collect()
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
    let named = |kind: Kind| of(kind).flat_map(|entity: Entity| [tenant.name(entity), tenant.id(entity)]);
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

fn of(context: &Context<'_, '_>, stated: &Stated, hint: Option<&str>) -> Match {
    let offset = u32::try_from(stated.pattern.span().start).unwrap_or(u32::MAX);
    let place = Place::whole(Origin { file: context.settings, offset });
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
