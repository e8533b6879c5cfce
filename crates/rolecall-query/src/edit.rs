//! Edits: how they are written, said, and where the export states what they take away.

use crate::name::{Unclear, resolve};
use rolecall_engine::{Judge, Named};
use rolecall_graph::{AccessGraph, EdgeKind, Node};
use rolecall_model::{Edit, Entity, Kind, Part, Permission, Place, ScopeWord, Within};

/// An edit as it is said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The edit.
    pub edit: Edit,
    /// `member-of`, `holds`, `inherits`, `grants` or `on-queue`.
    pub edge: &'static str,
    /// Where the edge starts.
    pub from: Named,
    /// Where it ends; of entries the first.
    pub to: Vec<Named>,
    /// How far the entries reach, or where a role is given, in words, where they say so themselves.
    pub over: Option<String>,
    /// Every value that states it.
    pub places: Vec<Place>,
}

/// Why an edit as written means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditFault {
    /// It is not `FROM EDGE TO`.
    Shape,
    /// One of its names is not clear.
    Name(String, Unclear),
    /// The names are clear, and the export says nothing of the sort.
    NotThere,
}

/// The words for edges, with the kinds that may stand before and after.
const EDGES: [(&str, &[Kind], &[Kind]); 5] = [
    (" member-of ", &[Kind::User], &[Kind::Group]),
    (" holds ", &[Kind::User, Kind::ServiceAccount, Kind::Group], &[Kind::Role]),
    (" inherits ", &[Kind::Role], &[Kind::Role]),
    (" grants ", &[Kind::Role, Kind::ServiceAccount], &[]),
    (" on-queue ", &[Kind::User, Kind::Group], &[Kind::Queue]),
];

/// Reads `user:Kim Ode member-of group:Planning`, `group:Planning holds role:Analyst`, for one of several divisions
/// `group:Planning holds role:Analyst in division:Claims`, `role:A inherits role:B`,
/// `role:A grants reporting:*:view` or `user:Kim Ode on-queue queue:Claims`. Kinds may be left out.
///
/// # Errors
/// When it has another shape, a name is not clear, or the export does not say that.
pub fn read_edit(graph: &AccessGraph<'_>, text: &str) -> Result<Edit, EditFault> {
    let found = EDGES.iter().find_map(|edge| text.split_once(edge.0).map(|(from, to)| (edge, from, to)));
    let Some(((word, before, after), from, to)) = found else { return Err(EditFault::Shape) };
    let named = |name: &str, kinds: &[Kind]| {
        resolve(graph, name, kinds).map_err(|unclear| EditFault::Name(name.trim().to_owned(), unclear))
    };
    let from = named(from, before)?;
    let edit = match *word {
        " grants " => Edit::Entries { owner: from, grants: entries(graph, from, to) },
        " member-of " => Edit::Membership { member: from, group: named(to, after)? },
        " holds " => held(graph, from, to, after)?,
        " inherits " => Edit::Inheritance { role: from, parent: named(to, after)? },
        _ => Edit::Seat { member: from, queue: named(to, after)? },
    };
    if places(graph, &edit).is_empty() { Err(EditFault::NotThere) } else { Ok(edit) }
}

/// Where a role is given, as [`Judge::divisions`] has it.
const WITHIN: [(&str, Within); 4] = [
    ("the home division", Within::Home),
    ("every division", Within::Every),
    ("divisions that are not resolved", Within::Unresolved),
    ("divisions that are not shown", Within::Unstated),
];

/// `role:Analyst`, or `role:Analyst in division:Claims` for one division of several.
fn held(graph: &AccessGraph<'_>, holder: Entity, text: &str, kinds: &[Kind]) -> Result<Edit, EditFault> {
    let named = |name: &str, kinds: &[Kind]| {
        resolve(graph, name, kinds).map_err(|unclear| EditFault::Name(name.trim().to_owned(), unclear))
    };
    let whole = named(text, kinds);
    let Some((role, place)) = text.rsplit_once(" in ").filter(|_| whole.is_err()) else {
        return Ok(Edit::Holding { holder, role: whole? });
    };
    let role = named(role, kinds)?;
    let place = place.trim();
    let known = WITHIN.iter().find(|(words, _)| place.eq_ignore_ascii_case(words)).map(|(_, within)| *within);
    let within = match known {
        Some(within) => within,
        None => Within::Division(named(place.strip_prefix("division ").unwrap_or(place), &[Kind::Division])?),
    };
    Ok(Edit::Given { holder, role, within })
}

/// The words for where a role is given.
fn place_words(graph: &AccessGraph<'_>, within: Within) -> String {
    match within {
        Within::Division(division) => format!("division:{}", graph.tenant.name(division)),
        _ => WITHIN.iter().find(|(_, known)| *known == within).map(|(words, _)| *words).unwrap_or_default().to_owned(),
    }
}

/// The entries of an owner that a pattern covers.
fn entries(graph: &AccessGraph<'_>, owner: Entity, pattern: &str) -> Vec<u32> {
    let tenant = graph.tenant;
    let Some(pattern) = Permission::parse(pattern.trim(), None) else { return Vec::new() };
    let list = tenant.grants_of(owner);
    let is_meant = |permission| tenant.permissions.get(permission).is_some_and(|given| pattern.covers(given));
    let rows = (list.start..).zip(tenant.grants(list));
    rows.filter(|(_, grant)| is_meant(grant.permission)).map(|(row, _)| row).collect()
}

/// Every value that states what an edit takes away.
fn places(graph: &AccessGraph<'_>, edit: &Edit) -> Vec<Place> {
    let between = |from: Entity, kind: EdgeKind, to: Entity| {
        let edges = graph.outgoing(Node::Entity(from), kind).filter(|(end, _)| *end == Node::Entity(to));
        edges.map(|(_, origin)| Place::reference(origin)).collect::<Vec<_>>()
    };
    let mut places = match edit {
        Edit::Membership { member, group } => between(*member, EdgeKind::MemberOf, *group),
        Edit::Holding { holder, role } => between(*holder, EdgeKind::Holds, *role),
        Edit::Given { holder, role, within } => {
            let (tenant, directory) = (graph.tenant, &graph.directory);
            let given = graph.holdings(*holder).filter(|(row, ..)| *row == role.row);
            let stated = given.filter(|(.., row)| {
                let assignment = row.and_then(|row| tenant.assignments.get(row as usize));
                assignment.is_some_and(|given| {
                    let mut named = tenant.refs(given.divisions).iter();
                    within.is_all_of(tenant, directory, given) || named.any(|r| within.is_named(tenant, directory, r))
                })
            });
            stated.map(|(_, origin, _)| Place { origin, part: Part::Scope }).collect()
        }
        Edit::Inheritance { role, parent } => between(*role, EdgeKind::Inherits, *parent),
        Edit::Seat { member, queue } => between(*member, EdgeKind::OnQueue, *queue),
        Edit::Entries { grants, .. } => {
            let rows = grants.iter().filter_map(|row| graph.tenant.grants.get(*row as usize));
            rows.map(|grant| Place::whole(grant.origin)).collect()
        }
    };
    places.sort_unstable();
    places.dedup();
    places
}

/// An edit with its ends and places.
#[must_use]
pub fn say(judge: &Judge<'_, '_>, edit: &Edit) -> Said {
    let graph = judge.graph();
    let tenant = graph.tenant;
    let named = |entity: &Entity| judge.named(*entity);
    let (edge, from, to) = match edit {
        Edit::Membership { member, group } => ("member-of", named(member), vec![named(group)]),
        Edit::Holding { holder, role } | Edit::Given { holder, role, .. } => {
            ("holds", named(holder), vec![named(role)])
        }
        Edit::Inheritance { role, parent } => ("inherits", named(role), vec![named(parent)]),
        Edit::Seat { member, queue } => ("on-queue", named(member), vec![named(queue)]),
        Edit::Entries { owner, grants } => {
            let rows = grants.iter().filter_map(|row| tenant.grants.get(*row as usize));
            let mut names: Vec<String> =
                rows.map(|grant| tenant.permissions.spelling(grant.permission).to_owned()).collect();
            names.sort();
            names.dedup();
            let to = names.into_iter().map(|name| Named { kind: "permission", id: name.clone(), name });
            ("grants", named(owner), to.collect())
        }
    };
    let over = match edit {
        Edit::Entries { grants, .. } => {
            let rows = grants.iter().filter_map(|row| tenant.grants.get(*row as usize));
            let rows = rows.filter(|grant| grant.scope != ScopeWord::Granted);
            let mut words: Vec<String> = rows.map(|grant| tenant.scope_phrase(grant)).collect();
            words.sort();
            words.dedup();
            Some(words.join(", ")).filter(|words| !words.is_empty())
        }
        Edit::Given { within, .. } => Some(place_words(graph, *within)),
        _ => None,
    };
    Said { edit: edit.clone(), edge, from, to, over, places: places(graph, edit) }
}

/// Everybody whose access passes what an edit takes away. Cost: linear in the holders of the roles concerned.
pub(crate) fn concerned(graph: &AccessGraph<'_>, edit: &Edit) -> Vec<Entity> {
    let behind = |who: Entity| match who.kind {
        Kind::Group => graph.people_of(who).into_iter().map(|(user, _)| user).collect(),
        Kind::Role => graph.holders(&graph.heirs(who.row)).into_iter().map(|holding| holding.principal).collect(),
        _ => vec![who],
    };
    match edit {
        Edit::Membership { member, .. } | Edit::Seat { member, .. } => behind(*member),
        Edit::Holding { holder, .. } | Edit::Given { holder, .. } => behind(*holder),
        Edit::Inheritance { role, .. } => behind(*role),
        Edit::Entries { owner, .. } => behind(*owner),
    }
}
