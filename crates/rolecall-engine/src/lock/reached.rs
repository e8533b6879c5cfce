//! All that a tier or role reaches, edge by edge: who is in which group, which role is held and inherited, what each
//! grants, and what views and groups that limit it hold.

use super::{Section, one_line};
use crate::Tier;
use crate::context::Context;
use crate::over::listed;
use crate::policy::PARTNERS;
use crate::vocabulary::{denial, divisions};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Grant, Kind, Origin, Part, Place, ScopeWord};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where the ways start.
pub(crate) enum Root<'c> {
    /// The people, accounts, groups and roles of a tier.
    Tier(&'c Tier),
    /// The roles of a name.
    Role(Vec<Entity>),
}

/// Where an edge leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    /// Where all begins.
    Root,
    /// A role, and the division in which it is given where that is known.
    Role(u32, Option<String>),
    /// A group or an account that is gone through.
    Entity(Entity),
    /// A view or group that limits an entry, and the entry.
    Limit(Entity, u32),
    /// What may be done, as a line, and the entry that grants it.
    Line(String, u32),
    /// What a limit holds, as a line.
    Content(String, Entity),
}

impl End {
    /// The line that the lock has for it.
    pub(crate) fn line(&self) -> Option<&String> {
        match self {
            Self::Line(line, _) | Self::Content(line, _) => Some(line),
            _ => None,
        }
    }
}

/// One edge.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// As the lock has it.
    pub(crate) text: String,
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) kind: EdgeKind,
    /// Whose edit undoes it, in order; for memberships and assignments everybody who has one.
    pub(crate) owners: Vec<Entity>,
    pub(crate) place: Place,
}

/// The edges by where they begin.
pub(crate) struct Reached {
    pub(crate) edges: Vec<Edge>,
    from: HashMap<End, Vec<usize>>,
}

impl<'c> Root<'c> {
    pub(crate) fn tier(context: &'c Context<'_, '_>, name: &str) -> Option<Self> {
        context.tiers.get(name).map(Self::Tier)
    }

    /// The roles of a name, where there are any.
    pub(crate) fn role(context: &'c Context<'_, '_>, name: &str) -> Option<Self> {
        let tenant = context.graph.tenant;
        let of_name = |role: &Entity| one_line(tenant.name(*role)) == one_line(name);
        let roles: Vec<Entity> = tenant.entities(Kind::Role).filter(of_name).collect();
        (!roles.is_empty()).then_some(Self::Role(roles))
    }
}

impl Reached {
    /// Follows everything once. Cost: linear in the tier's people and in the roles that they reach.
    pub(crate) fn from(context: &Context<'_, '_>, root: &Root<'_>) -> Self {
        let mut walk = Walk { context, root, groups: HashSet::new() };
        let first = walk.first();
        let group = |edge: &Edge| if let End::Entity(group) = edge.to { Some(group) } else { None };
        walk.groups = first.iter().filter_map(group).collect();
        let mut reached = Self { edges: in_order(first), from: HashMap::new() };
        let mut seen: HashSet<End> = HashSet::new();
        let mut next = 0;
        while let Some(edge) = reached.edges.get(next) {
            match reached.from.get_mut(&edge.from) {
                Some(rows) => rows.push(next),
                None => drop(reached.from.insert(edge.from.clone(), vec![next])),
            }
            next += 1;
            // From a line nothing goes on, and most edges lead to one.
            if edge.to.line().is_none() && !seen.contains(&edge.to) {
                let to = edge.to.clone();
                reached.edges.extend(in_order(walk.on(&to)));
                seen.insert(to);
            }
        }
        reached
    }

    /// The edges that begin at an end.
    pub(crate) fn out(&self, end: &End) -> impl Iterator<Item = (usize, &Edge)> {
        let rows = self.from.get(end).into_iter().flatten();
        rows.filter_map(|row| Some((*row, self.edges.get(*row)?)))
    }

    /// What the lock says of it.
    pub(crate) fn section(&self) -> Section {
        let mut section = Section::default();
        for edge in &self.edges {
            section.lines.extend(edge.to.line().cloned());
            // What a view or group holds is a line by itself.
            if !matches!(edge.to, End::Content(..)) {
                section.ways.insert(edge.text.clone());
            }
        }
        section
    }
}

/// By what they say, so that the order of entities does not show.
fn in_order(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.sort_by(|a, b| (&a.text, a.place).cmp(&(&b.text, b.place)));
    edges
}

struct Walk<'w, 'c, 't> {
    context: &'w Context<'c, 't>,
    root: &'w Root<'w>,
    /// The groups that are gone through from the root.
    groups: HashSet<Entity>,
}

/// What several people have alike: the way, and each with the place and the assignment.
type Shared = BTreeMap<String, (End, EdgeKind, Vec<(Entity, Origin, bool)>)>;

impl Walk<'_, '_, '_> {
    /// The edges from the root.
    fn first(&self) -> Vec<Edge> {
        let tenant = self.context.graph.tenant;
        let itself = |entity: Entity| {
            let to = if entity.kind == Kind::Role { End::Role(entity.row, None) } else { End::Entity(entity) };
            let place = Place::name(tenant.head(entity).origin);
            let text = self.named(entity);
            Edge { text, from: End::Root, to, kind: EdgeKind::Holds, owners: vec![entity], place }
        };
        let tier = match self.root {
            Root::Role(roles) => return roles.iter().map(|role| itself(*role)).collect(),
            Root::Tier(tier) => tier,
        };
        let members = |kind: Kind| tenant.entities(kind).filter(|entity| tier.contains(*entity));
        let mut edges: Vec<Edge> = members(Kind::Role).chain(members(Kind::Group)).map(itself).collect();
        // An account is only gone through for what it states itself.
        edges.extend(members(Kind::ServiceAccount).filter(|a| tenant.grants_of(*a).len > 0).map(itself));
        let mut shared = Shared::new();
        for who in members(Kind::User).chain(members(Kind::ServiceAccount)) {
            for (group, origin) in self.context.graph.entities_from(who, EdgeKind::MemberOf) {
                let text = format!("in {}", self.named(group));
                let new = || (End::Entity(group), EdgeKind::MemberOf, Vec::new());
                shared.entry(text).or_insert_with(new).2.push((who, origin, false));
            }
            self.hold(who, "holds", &mut shared);
        }
        edges.extend(shared.into_iter().map(|(text, shared)| self.of_shared(text, End::Root, shared)));
        edges
    }

    /// The edges from an end.
    fn on(&self, end: &End) -> Vec<Edge> {
        match end {
            End::Root | End::Line(..) | End::Content(..) => Vec::new(),
            End::Role(role, division) => self.of_role(*role, division.as_deref(), end),
            End::Limit(limit, _) => self.contents(*limit, end),
            End::Entity(entity) if entity.kind == Kind::Group => {
                let mut shared = Shared::new();
                self.hold(*entity, &format!("{} holds", self.named(*entity)), &mut shared);
                shared.into_iter().map(|(text, shared)| self.of_shared(text, end.clone(), shared)).collect()
            }
            End::Entity(account) => self.grants(*account, None, end),
        }
    }

    fn of_role(&self, role: u32, division: Option<&str>, end: &End) -> Vec<Edge> {
        let graph = self.context.graph;
        let entity = Entity { kind: Kind::Role, row: role };
        let mut edges = self.grants(entity, division, end);
        for (parent, origin) in graph.entities_from(entity, EdgeKind::Inherits) {
            let text = format!("{} inherits {}", self.named(entity), self.named(parent));
            let (to, place) = (End::Role(parent.row, None), Place::reference(origin));
            let (from, kind, owners) = (end.clone(), EdgeKind::Inherits, vec![entity]);
            edges.push(Edge { text, from, to, kind, owners, place });
        }
        let is_own = match self.root {
            Root::Role(roles) => roles.contains(&entity),
            Root::Tier(tier) => tier.contains(entity),
        };
        if division.is_none() && is_own {
            // A role of the tier counts in whatever division it is given, to whomever. What is held on another way from the
            // root is an edge of that way.
            let mut shared = Shared::new();
            for (holder, origin, row) in graph.holders_of(role).filter(|(holder, ..)| !self.goes_through(*holder)) {
                let assignment = row.and_then(|row| graph.tenant.assignments.get(row as usize));
                for division in assignment.map(|a| divisions::words(graph, Some(a))).unwrap_or_default() {
                    let to = End::Role(role, Some(division.clone()));
                    let text = format!("{} given in {division}", self.named(entity));
                    let new = || (to, EdgeKind::Holds, Vec::new());
                    shared.entry(one_line(&text)).or_insert_with(new).2.push((holder, origin, true));
                }
            }
            edges.extend(shared.into_iter().map(|(text, shared)| self.of_shared(text, end.clone(), shared)));
        }
        edges
    }

    /// Whether the roles that somebody holds are followed from there.
    fn goes_through(&self, holder: Entity) -> bool {
        match self.root {
            Root::Tier(tier) => self.groups.contains(&holder) || holder.kind != Kind::Group && tier.contains(holder),
            Root::Role(_) => false,
        }
    }

    /// Adds the roles that somebody holds, each in each division.
    fn hold(&self, holder: Entity, verb: &str, shared: &mut Shared) {
        let graph = self.context.graph;
        for (role, origin, row) in graph.holdings(holder) {
            let assignment = row.and_then(|row| graph.tenant.assignments.get(row as usize));
            let given: Vec<Option<String>> = match assignment {
                Some(assignment) => divisions::words(graph, Some(assignment)).into_iter().map(Some).collect(),
                None => vec![None],
            };
            for division in given {
                let place = division.as_ref().map(|division| format!(" in {division}")).unwrap_or_default();
                let text = format!("{verb} {}{place}", self.named(Entity { kind: Kind::Role, row: role }));
                let new = || (End::Role(role, division), EdgeKind::Holds, Vec::new());
                shared.entry(one_line(&text)).or_insert_with(new).2.push((holder, origin, assignment.is_some()));
            }
        }
    }

    fn of_shared(
        &self,
        text: String,
        from: End,
        (to, kind, mut people): (End, EdgeKind, Vec<(Entity, Origin, bool)>),
    ) -> Edge {
        people.sort_by_cached_key(|(who, origin, _)| (self.context.graph.order_key(*who), *origin));
        let place =
            people.first().map_or(Place::whole(Origin::default()), |(_, origin, is_assigned)| match is_assigned {
                true => Place { origin: *origin, part: Part::Scope },
                false => Place::reference(*origin),
            });
        let mut owners: Vec<Entity> = people.into_iter().map(|(who, ..)| who).collect();
        owners.dedup();
        Edge { text, from, to, kind, owners, place }
    }

    /// What a role or account states itself, and what limits it.
    fn grants(&self, owner: Entity, division: Option<&str>, end: &End) -> Vec<Edge> {
        let tenant = self.context.graph.tenant;
        let list = tenant.grants_of(owner);
        let mut edges = Vec::new();
        for (row, grant) in (list.start..).zip(tenant.grants(list)) {
            if denial::is_void(self.context, owner, grant) {
                continue;
            }
            let permission = tenant.permissions.spelling(grant.permission);
            let reach = match division {
                None if grant.scope.is_divided() && owner.kind == Kind::Role => continue,
                Some(division) if grant.scope.is_divided() => grant.scope.in_division(&self.scope(grant), division),
                _ => self.scope(grant),
            };
            let over =
                if grant.scope == ScopeWord::Granted { "what it is given in".to_owned() } else { self.scope(grant) };
            let line = one_line(&format!("{permission} over {reach}"));
            let text = one_line(&format!("{} grants {permission} over {over}", self.named(owner)));
            let place = Place { origin: grant.origin, part: Part::Scope };
            let to = [End::Line(line, row)]
                .into_iter()
                .chain(self.limits(grant).into_iter().map(|limit| End::Limit(limit, row)));
            edges.extend(to.map(|to| Edge {
                text: text.clone(),
                from: end.clone(),
                to,
                kind: EdgeKind::Grants,
                owners: vec![owner],
                place,
            }));
        }
        edges
    }

    /// The views and groups that limit an entry, of those that the export has.
    fn limits(&self, grant: &Grant) -> Vec<Entity> {
        let kind = match grant.scope {
            ScopeWord::View => Kind::View,
            ScopeWord::Group => Kind::Group,
            _ => return Vec::new(),
        };
        let graph = self.context.graph;
        let rows = graph.tenant.refs(grant.targets).iter().flat_map(|r| graph.directory.rows(kind, r.target));
        rows.map(|row| Entity { kind, row }).collect()
    }

    /// What a view shows, what a group sits on, and who in either is a stranger to those that the lock is about.
    fn contents(&self, limit: Entity, end: &End) -> Vec<Edge> {
        let graph = self.context.graph;
        let mut found: Vec<(Entity, Origin, EdgeKind, String)> = Vec::new();
        let (into, verb) = match limit.kind {
            Kind::View => (EdgeKind::InView, "shows"),
            _ => (EdgeKind::MemberOf, "also has"),
        };
        for (thing, origin) in graph.entities_into(limit, into) {
            if thing.kind != Kind::User || self.is_stranger(thing, limit) {
                let words = format!("{} {verb} {}", self.named(limit), self.named(thing));
                found.push((thing, origin, into, words));
            }
        }
        for (queue, origin) in graph.entities_from(limit, EdgeKind::OnQueue) {
            found.push((
                queue,
                origin,
                EdgeKind::OnQueue,
                format!("{} sits on {}", self.named(limit), self.named(queue)),
            ));
        }
        found.sort_by_cached_key(|(thing, origin, ..)| (graph.order_key(*thing), *origin));
        let edge = |(thing, origin, kind, text): (Entity, Origin, EdgeKind, String)| Edge {
            to: End::Content(text.clone(), thing),
            text,
            from: end.clone(),
            kind,
            owners: vec![if kind == EdgeKind::OnQueue { thing } else { limit }],
            place: Place::reference(origin),
        };
        found.into_iter().map(edge).collect()
    }

    /// Whether somebody in a limit is neither one of those that the lock is about nor a partner's, or is another partner's:
    /// their staff come and go. Being in the group proves nothing, unless
    /// it is all that tells a partner's people from those of other partners.
    fn is_stranger(&self, who: Entity, limit: Entity) -> bool {
        let context = self.context;
        let is_of = |name: &str| {
            context.tiers.get(name).is_some_and(|tier| tier.contains_apart_from(context.graph, who, limit))
        };
        let is_own = match self.root {
            Root::Tier(tier) => tier.contains_apart_from(context.graph, who, limit),
            Root::Role(roles) => {
                context.graph.holdings(who).any(|(held, ..)| roles.iter().any(|role| role.row == held))
            }
        };
        let is_root = |name: &str| match self.root {
            Root::Tier(root) => context.tiers.get(name).is_some_and(|tier| std::ptr::eq(tier, *root)),
            Root::Role(_) => false,
        };
        match context.partners.iter().find(|name| is_root(name)) {
            Some(own) => !is_of(PARTNERS) || context.partners.iter().any(|name| name != own && is_of(name)) && !is_own,
            None => !is_own && !is_of(PARTNERS),
        }
    }

    fn named(&self, entity: Entity) -> String {
        one_line(&format!("{} {}", entity.kind.noun(), self.context.graph.tenant.name(entity)))
    }

    /// A scope with views and groups by name, so that another id changes nothing. What counts as All is called so, whatever
    /// the reason, since it is as wide once somebody writes it down.
    fn scope(&self, grant: &Grant) -> String {
        let names = |word: &str| {
            let mut names: Vec<Cow<'_, str>> = self.context.limit_names(grant).into_iter().map(listed).collect();
            names.sort_unstable();
            if names.is_empty() { format!("{word} of nothing") } else { format!("{word} {}", names.join(", ")) }
        };
        match grant.scope {
            ScopeWord::View => names("View"),
            ScopeWord::Group => names("Group"),
            ScopeWord::Condition if grant.targets.len > 0 => names("what its condition names:"),
            ScopeWord::Undeclared | ScopeWord::Unknown(_) => "All".to_owned(),
            _ => self.context.graph.tenant.scope_phrase(grant),
        }
    }
}
