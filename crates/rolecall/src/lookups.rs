//! What is only looked up by its name: what the input does not tell of it, and what is left out since there is too much.

use crate::export::{Detail, Export};
use crate::pipeline::said;
use rolecall_model::{Beyond, Kind, Limit, MAX_EXPANDED, MAX_NAMESAKES, Place, Tenant};
use rolecall_report::Problem;
use std::collections::BTreeSet;

/// What is looked up by its name or met in passing, and no other place of the input has.
pub(crate) fn unknown(tenant: &Tenant) -> impl Iterator<Item = Problem> {
    let roles = tenant.entities(Kind::Role).zip(&tenant.roles).filter(|(_, role)| role.unshown && role.head.embedded);
    let groups = tenant.entities(Kind::Group).zip(&tenant.groups).filter(|(_, group)| group.unshown);
    let roles: BTreeSet<&str> = roles.map(|(role, _)| tenant.name(role)).collect();
    let groups: BTreeSet<&str> = groups.map(|(group, _)| tenant.name(group)).collect();
    let note = |what: &str, names: BTreeSet<&str>| {
        let few: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
        let more = match names.len() - few.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let why = "is not known, since no more is read of them than that they are there";
        (!names.is_empty()).then(|| said(format!("{what} {why}: {}{more}", few.join(", "))))
    };
    [note("what these roles grant", roles), note("who is in these groups", groups)].into_iter().flatten()
}

/// What names mean beyond the limits: of each limit the first name, and how many there are.
pub(crate) fn beyond(export: &Export) -> Vec<Problem> {
    [Limit::Namesakes, Limit::Expanded].into_iter().filter_map(|limit| beyond_limit(export, limit)).collect()
}

fn beyond_limit(export: &Export, limit: Limit) -> Option<Problem> {
    let of_limit: Vec<&Beyond> = export.tenant.beyond.iter().filter(|beyond| beyond.limit == limit).collect();
    let first = *of_limit.first()?;
    let name = export.tenant.str(first.name);
    let (message, help) = match limit {
        Limit::Namesakes => (
            format!("`{name}` is looked up by what more than {MAX_NAMESAKES} have; the others are left out"),
            "look it up by what only one has, or give the state as well",
        ),
        Limit::Expanded => (
            format!(
                "`{name}` stands for several things, and {MAX_EXPANDED} references were put in the place of such; this one leads nowhere"
            ),
            "check parts of the configuration one by one, or an export of the platform",
        ),
    };
    let more = match of_limit.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let location = export.locate(vec![Place::whole(first.origin)], Detail::Pointers).into_values().next();
    let path = location.as_ref().and_then(|at| export.sources.get(at.file)).map(|source| source.path().to_owned());
    let message = message + &more;
    Some(Problem { kind: "too-many", message, help: help.to_owned(), path, location, related: None })
}
