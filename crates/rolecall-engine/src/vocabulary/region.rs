//! Regions and divisions by whatever word refers to them: an id or a name.

use super::select::is_same;
use crate::context::Context;
use hashbrown::HashSet;
use rolecall_model::{Entity, Filter, Kind, Report, Sym};

/// Whether a region is the one that a word of the settings names, in any letter case.
pub(super) fn is_called(context: &Context<'_, '_>, region: Sym, word: &str) -> bool {
    names(context, Kind::Region, region).into_iter().any(|name| is_same(name.trim(), word))
}

/// What something is called: by what refers to it, and the id and name of what that leads to.
pub(super) fn names<'t>(context: &Context<'_, 't>, kind: Kind, reference: Sym) -> Vec<&'t str> {
    let tenant = context.graph.tenant;
    let found = context.graph.directory.each(kind, reference).map(|row| Entity { kind, row });
    let mut names = vec![tenant.str(reference)];
    names.extend(found.flat_map(|one| [tenant.id(one), tenant.name(one)]).filter(|name| !name.is_empty()));
    names
}

/// The filters of a report that let anything less through: one without values does not.
pub(super) fn filters<'t>(context: &Context<'_, 't>, report: &Report) -> impl Iterator<Item = &'t Filter> {
    context.graph.tenant.filters(report.filters).iter().filter(|filter| filter.values.len > 0)
}

/// How many regions the filters of a report let through; nothing where none is about regions.
pub(super) fn let_through(context: &Context<'_, '_>, report: &Report) -> Option<usize> {
    let tenant = context.graph.tenant;
    let of_region = |filter: &&Filter| tenant.str(filter.dimension).trim().eq_ignore_ascii_case("region");
    let filters = filters(context, report).filter(of_region);
    let regions = filters.flat_map(|filter| tenant.refs(filter.values)).map(|value| told_by(context, value.target));
    let regions: HashSet<String> = regions.collect();
    (!regions.is_empty()).then_some(regions.len())
}

/// What tells a region from others: its id, or the word for one that the export does not list.
pub(crate) fn told_by(context: &Context<'_, '_>, region: Sym) -> String {
    let tenant = context.graph.tenant;
    let row = context.graph.directory.each(Kind::Region, region).next();
    let listed = row.map(|row| tenant.id(Entity { kind: Kind::Region, row })).filter(|id| !id.is_empty());
    listed.unwrap_or_else(|| tenant.str(region)).trim().to_lowercase()
}
