//! Whom or what a name means.

use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind, Tenant};

/// Who may be asked about.
pub const WHO: [Kind; 4] = [Kind::User, Kind::ServiceAccount, Kind::Group, Kind::Role];

/// What may be acted on.
pub const WHAT: [Kind; 5] = [Kind::Queue, Kind::Division, Kind::Group, Kind::User, Kind::View];

/// How many names are offered instead of one that means nothing, or more than one thing.
const OFFERED: usize = 5;

/// Names are less alike than this where one is no slip of the other.
const ALIKE: f64 = 0.75;

/// Why a name does not lead to one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Nothing is called so; names that are nearly the same, as one would write them.
    Unknown(Vec<String>),
    /// Several are; each as one would write it to mean that one. Where nothing tells them apart, it is one text.
    Ambiguous(Vec<String>),
    /// The word before the colon is no kind that may stand here; those that may.
    Kind(Vec<&'static str>),
}

/// The entity of an id or a name, in any letter case, a user's e-mail address included; a name as it is written goes
/// before another letter case. A kind before a colon narrows it: `user:Kim Ode`. Where nothing has the name in full, the
/// only one that begins with it is meant.
///
/// # Errors
/// When it means nothing or several things; what may have been meant is given.
pub fn resolve(graph: &AccessGraph<'_>, text: &str, kinds: &[Kind]) -> Result<Entity, Unclear> {
    let tenant = graph.tenant;
    let text = text.trim();
    let (kinds, name) = match text.split_once(':').map(|(word, rest)| (kind(word), rest.trim())) {
        Some((Some(kind), rest)) if kinds.contains(&kind) => (vec![kind], rest),
        Some((Some(_), _)) => return Err(Unclear::Kind(kinds.iter().map(|kind| kind.word()).collect())),
        _ => (kinds.to_vec(), text),
    };
    let all = || kinds.iter().flat_map(|kind| tenant.entities(*kind));
    let by_id: Vec<Entity> = all().filter(|e| !name.is_empty() && tenant.ids(*e).any(|id| id == name)).collect();
    if !by_id.is_empty() {
        return one(graph, by_id);
    }
    let by_name: Vec<Entity> = all().filter(|e| is_called(tenant, *e, name)).collect();
    if !by_name.is_empty() {
        let exact: Vec<Entity> = by_name.iter().copied().filter(|e| tenant.name(*e) == name).collect();
        return one(graph, if exact.is_empty() { by_name } else { exact });
    }
    let lower = name.to_lowercase();
    let begins = |e: &Entity| {
        let known = tenant.name(*e).to_lowercase();
        known.strip_prefix(&lower).is_some_and(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()))
    };
    let beginning: Vec<Entity> = if lower.is_empty() { Vec::new() } else { all().filter(begins).collect() };
    if beginning.is_empty() { Err(Unclear::Unknown(nearest(graph, &kinds, &lower))) } else { one(graph, beginning) }
}

fn one(graph: &AccessGraph<'_>, mut found: Vec<Entity>) -> Result<Entity, Unclear> {
    if let [only] = found.as_slice() {
        return Ok(*only);
    }
    found.sort_by_cached_key(|entity| graph.order_key(*entity));
    let mut offered: Vec<String> =
        found.iter().take(OFFERED).map(|entity| written(graph.tenant, *entity, &found)).collect();
    offered.dedup();
    Err(Unclear::Ambiguous(offered))
}

/// How to write an entity so that none of the others is meant: by kind and name, else by kind and id.
fn written(tenant: &Tenant, entity: Entity, among: &[Entity]) -> String {
    let kind = entity.kind.word();
    let is_shared = among
        .iter()
        .any(|other| *other != entity && other.kind == entity.kind && is_called(tenant, *other, tenant.name(entity)));
    let name = if is_shared && !tenant.id(entity).is_empty() { tenant.id(entity) } else { tenant.name(entity) };
    format!("{kind}:{name}")
}

fn is_called(tenant: &Tenant, entity: Entity, name: &str) -> bool {
    let same = |known: &str| !known.is_empty() && (known == name || known.to_lowercase() == name.to_lowercase());
    let email = || match entity.kind {
        Kind::User => tenant.users.get(entity.row as usize).map_or("", |user| tenant.strings.text(user.email)),
        _ => "",
    };
    // Most names differ in their first letter or their length, and nothing need be folded to see it.
    let may = |known: &str| known.len() == name.len() || !known.is_ascii() || !name.is_ascii();
    [tenant.name(entity), tenant.id(entity), email()].into_iter().any(|known| may(known) && same(known))
}

fn nearest(graph: &AccessGraph<'_>, kinds: &[Kind], lower: &str) -> Vec<String> {
    let tenant = graph.tenant;
    let likeness = |entity: Entity| {
        let known = tenant.name(entity).to_lowercase();
        let whole = strsim::normalized_damerau_levenshtein(&known, lower);
        let word = known.split_whitespace().map(|word| strsim::normalized_damerau_levenshtein(word, lower));
        word.fold(whole, f64::max)
    };
    let all = kinds.iter().flat_map(|kind| tenant.entities(*kind));
    let mut near: Vec<(f64, Entity)> = all.map(|e| (likeness(e), e)).filter(|(alike, _)| *alike >= ALIKE).collect();
    near.sort_by(|(a, left), (b, right)| {
        b.total_cmp(a).then_with(|| graph.order_key(*left).cmp(&graph.order_key(*right)))
    });
    near.truncate(OFFERED);
    near.into_iter().map(|(_, entity)| format!("{}:{}", entity.kind.word(), tenant.name(entity))).collect()
}

/// The kind that a word before a colon means.
fn kind(word: &str) -> Option<Kind> {
    let folded: String = word.trim().to_lowercase().replace([' ', '_'], "-");
    let folded = match folded.as_str() {
        "account" | "client" | "serviceaccount" => "service-account",
        other => other,
    };
    Kind::ALL.into_iter().find(|kind| kind.word() == folded)
}

/// Every name that `resolve` understands for these kinds, as one would write it; for completion.
#[must_use]
pub fn names(graph: &AccessGraph<'_>, kinds: &[Kind]) -> Vec<String> {
    let all = kinds.iter().flat_map(|kind| graph.tenant.entities(*kind));
    let mut names: Vec<String> = all.map(|entity| graph.tenant.name(entity).to_owned()).collect();
    names.sort();
    names.dedup();
    names
}
