//! Edits: how they are written, said, and where the export states what they take away.

use crate::name::{Unclear, resolve};
use rolecall_engine::{Judge, Named};
use rolecall_graph::{AccessGraph, EdgeKind, Node};
use rolecall_model::{Edit, Entity, Grant, Kind, Part, Permission, Place, ScopeWord, Within};
use std::collections::BTreeSet;

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
    /// The same as [`read_edit`] reads it, by ids, one line for each entry that says something else; nothing where the
    /// export tells one of the ends from another by no id and no name.
    pub revoke: Vec<String>,
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
/// `role:A grants reporting:*:view` or `user:Kim Ode on-queue queue:Claims`. Kinds may be left out. An entry with its reach,
/// `role:A grants reporting:*:view over All`, is that one as it is written, and not what its wildcards cover.
///
/// # Errors
/// When it has another shape, a name is not clear, or the export does not say that.
pub fn read_edit(graph: &AccessGraph<'_>, text: &str) -> Result<Edit, EditFault> {
    // What comes first is the edge: how far an entry reaches may have any words.
    let first = EDGES.iter().filter_map(|edge| Some((text.find(edge.0)?, edge))).min_by_key(|(at, _)| *at);
    let found = first.and_then(|(_, edge)| text.split_once(edge.0).map(|(from, to)| (edge, from, to)));
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

/// The entries of an owner that a pattern covers; with their reach those that say just that.
fn entries(graph: &AccessGraph<'_>, owner: Entity, text: &str) -> Vec<u32> {
    let tenant = graph.tenant;
    let (pattern, over) = text.split_once(OVER).map_or((text, None), |(pattern, over)| (pattern, Some(over.trim())));
    let Some(read) = Permission::parse(pattern.trim(), None) else { return Vec::new() };
    let list = tenant.grants_of(owner);
    let is_meant = |grant: &Grant| match over {
        Some(over) => {
            let said = tenant.permissions.spelling(grant.permission);
            (said == pattern.trim() || tenant.permissions.get(grant.permission) == Some(&read))
                && tenant.scope_phrase(grant).trim().eq_ignore_ascii_case(over)
        }
        None => tenant.permissions.get(grant.permission).is_some_and(|given| read.covers(given)),
    };
    let rows = (list.start..).zip(tenant.grants(list));
    rows.filter(|(_, grant)| is_meant(grant)).map(|(row, _)| row).collect()
}

/// What stands between an entry and its reach.
const OVER: &str = " over ";

/// An edit as [`read_edit`] reads it.
fn revoke(graph: &AccessGraph<'_>, edit: &Edit) -> Option<Vec<String>> {
    let tenant = graph.tenant;
    let line =
        |from: Entity, edge: &str, to: Entity| Some(format!("{} {edge} {}", word(graph, from)?, word(graph, to)?));
    let line = match edit {
        Edit::Membership { member, group } => line(*member, "member-of", *group),
        Edit::Holding { holder, role } => line(*holder, "holds", *role),
        Edit::Given { holder, role, within } => {
            let place = match within {
                Within::Division(division) => word(graph, *division)?,
                _ => place_words(graph, *within),
            };
            line(*holder, "holds", *role).map(|line| format!("{line} in {place}"))
        }
        Edit::Inheritance { role, parent } => line(*role, "inherits", *parent),
        Edit::Seat { member, queue } => line(*member, "on-queue", *queue),
        Edit::Entries { owner, grants } => {
            let owner = word(graph, *owner)?;
            let rows = grants.iter().filter_map(|row| tenant.grants.get(*row as usize));
            let say = |grant: &Grant| {
                let permission = tenant.permissions.spelling(grant.permission);
                format!("{owner} grants {permission}{OVER}{}", tenant.scope_phrase(grant))
            };
            return Some(rows.map(say).collect::<BTreeSet<String>>().into_iter().collect());
        }
    };
    line.map(|line| vec![line])
}

/// The kind of an entity, and its id or else its name, where that means no other and can be written into an edge.
fn word(graph: &AccessGraph<'_>, entity: Entity) -> Option<String> {
    let tenant = graph.tenant;
    let head = tenant.head(entity);
    let word = head.id.or_else(|| tenant.strings.lookup(tenant.name(entity)))?;
    let text = tenant.str(word);
    let is_edge = EDGES.iter().any(|(edge, ..)| text.contains(edge));
    let is_clear = text.trim() == text && !is_edge && !(entity.kind == Kind::Division && text.contains(" in "));
    let is_only = graph.directory.each(entity.kind, word).eq([entity.row]);
    (is_clear && is_only).then(|| format!("{}:{text}", entity.kind.word()))
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
    let revoke = revoke(graph, edit).unwrap_or_default();
    Said { edit: edit.clone(), edge, from, to, over, places: places(graph, edit), revoke }
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
