//! Where access lands: whose edit would mend it.

mod assigned;
mod narrowed;

pub(crate) use assigned::land_assigned;

use crate::context::Context;
use crate::focus::Focus;
use crate::given::{Given, distinct};
use crate::held::{Held, inheritance};
use crate::matching::{Match, edge_label, key};
use crate::mending::Mending;
use crate::{Ends, Label, wording};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{EdgeKind, Via};
use rolecall_model::{Entity, Kind, Origin};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The edges that may be followed from the roles back to who has them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edges {
    pub(crate) inherits: bool,
    pub(crate) holds: bool,
    pub(crate) member_of: bool,
    /// Whether a role looked for is a cause by itself when it is one of those asked
    /// for: it is when it grants something, and not when it is only what a way leads to.
    pub(crate) counts_targets: bool,
}

/// How many people are pointed to where there are many; the sentence counts them all.
pub(crate) const SHOWN: usize = 20;

/// One cause by which somebody reaches a role.
#[derive(Clone, Debug)]
pub(crate) struct Landing {
    /// The entity whose edit mends it.
    pub(crate) subject: Entity,
    /// Where the way starts: the subject, or somebody who shows it.
    pub(crate) start: Entity,
    /// The edges from there to the nearest of the roles.
    pub(crate) way: Vec<Via>,
    /// How many edges at the front only show an example, and say nothing about the subject.
    pub(crate) lead: usize,
    /// The roles by which the subject reaches; the first is on the way.
    pub(crate) roles: Vec<u32>,
    /// Members of a group, or holders of a role, that the access reaches, in order; with places.
    pub(crate) people: Vec<(Entity, Origin)>,
    /// The places at which roles are given to those it is about, all of them; none where a role is to blame.
    pub(crate) heads: Vec<Origin>,
    /// Where assignments decide: for each set of divisions in which the role is given, one that gives it there.
    pub(crate) assignments: Vec<Option<u32>>,
    /// Of those who hold a role that is to blame itself the ones that it is about, where these are not all.
    pub(crate) held: Option<Arc<Held>>,
}

/// Members of a group and the roles that the group passes on.
#[derive(Default)]
struct Passed {
    roles: Vec<(u32, Origin)>,
    members: Vec<(Entity, Origin)>,
}

/// Follows `targets` back to everybody for whom `is_from` holds, and finds one cause
/// for each: a role that is itself one of them, else the group, membership or
/// assignment that lets it in. What lies behind one of them is not reported again. With a focus only causes in it
/// are found.
pub(crate) fn land(
    context: &Context<'_, '_>,
    targets: &[u32],
    edges: Edges,
    is_from: &dyn Fn(Entity) -> bool,
    focus: Option<&Focus>,
) -> Vec<Landing> {
    let graph = context.graph;
    let is_in_focus = |row: u32| focus.is_none_or(|focus| focus.has_role(row));
    let role = |row: u32| Entity { kind: Kind::Role, row };
    let ends: HashSet<u32> = if edges.counts_targets { HashSet::new() } else { targets.iter().copied().collect() };
    let is_cause = |row: u32| is_from(role(row)) && !ends.contains(&row);
    let spread = graph.spread(targets.iter().copied(), |row| !edges.inherits || is_cause(row));
    let mut found = Vec::new();
    // A group that passes on several roles that are looked for is a cause for each.
    let mut groups: BTreeMap<(Entity, Option<u32>), Passed> = BTreeMap::new();
    let mut direct: HashMap<u32, Vec<(Entity, Origin)>> = HashMap::new();
    for &row in spread.roles() {
        if is_cause(row) {
            let on = || inheritance(&spread.chain(row));
            found.extend(is_in_focus(row).then(|| role_landing(context, row, on())));
            continue;
        }
        if !edges.holds || !focus.is_none_or(|focus| focus.is_near(row)) {
            continue;
        }
        let is_one = |holder: Entity| holder.kind == Kind::Group || is_from(holder);
        for (holder, origin) in graph.entities_into_of(role(row), EdgeKind::Holds, is_one) {
            match holder.kind {
                Kind::Group if !focus.is_none_or(|focus| focus.has(holder)) => {}
                Kind::Group => {
                    let passed = groups.entry((holder, (!edges.counts_targets).then_some(row))).or_default();
                    passed.roles.push((row, origin));
                }
                _ if is_in_focus(row) => direct.entry(row).or_default().push((holder, origin)),
                _ => {}
            }
        }
    }
    for ((group, _), mut passed) in groups {
        passed.roles.sort_by_cached_key(|(row, _)| (spread.chain(*row).len(), graph.order_key(role(*row))));
        if !is_from(group) {
            let is_one = |member| edges.member_of && is_from(member);
            let members = graph.entities_into_of(group, EdgeKind::MemberOf, is_one);
            passed.members = in_order(context, members.collect());
        }
        if let Some(&(row, holds)) = passed.roles.first().filter(|_| is_from(group) || !passed.members.is_empty()) {
            found.push(group_landing(group, &passed, holds, row, inheritance(&spread.chain(row))));
        }
    }
    for (row, holders) in direct {
        found.extend(direct_landing(context, row, holders, inheritance(&spread.chain(row))));
    }
    found.sort_by_cached_key(|landing| {
        let ends = landing.way.last().map(|via| graph.order_key(via.to));
        (graph.order_key(landing.subject), landing.way.len(), ends)
    });
    found
}

/// Whether something is true of an entity, for as many threads as ask.
pub(crate) type Test<'f> = &'f (dyn Fn(Entity) -> bool + Sync);

/// How many roles or causes are looked at by one thread before another is worth its while.
pub(crate) const TOGETHER: usize = 256;

/// A role is the subject; one of its holders leads the way.
pub(crate) fn role_landing(context: &Context<'_, '_>, row: u32, on: Vec<Via>) -> Landing {
    let subject = Entity { kind: Kind::Role, row };
    let near = context.held(row).examples.iter().find(|(_, way)| !way.is_empty());
    let (start, mut way) = near.cloned().unwrap_or((subject, Vec::new()));
    let lead = way.len();
    way.extend(on);
    let (people, heads, assignments) = (Vec::new(), Vec::new(), Vec::new());
    Landing { subject, start, way, lead, roles: vec![row], people, heads, assignments, held: None }
}

fn group_landing(group: Entity, passed: &Passed, holds: Origin, row: u32, on: Vec<Via>) -> Landing {
    let hold = Via { kind: EdgeKind::Holds, to: Entity { kind: Kind::Role, row }, origin: holds };
    let member = passed
        .members
        .first()
        .map(|(user, origin)| (*user, Via { kind: EdgeKind::MemberOf, to: group, origin: *origin }));
    let subject = match passed.members.as_slice() {
        [(only, _)] => *only,
        _ => group,
    };
    let start = member.map_or(group, |(user, _)| user);
    let lead = usize::from(member.is_some() && subject == group);
    let way = member.map(|(_, via)| via).into_iter().chain([hold]).chain(on).collect();
    let mut roles: Vec<u32> = passed.roles.iter().map(|(role, _)| *role).collect();
    // One that is given in several divisions is one.
    roles.dedup();
    let heads = passed.roles.iter().map(|(_, origin)| *origin).collect();
    let (people, assignments) = (passed.members.clone(), Vec::new());
    Landing { subject, start, way, lead, roles, people, heads, assignments, held: None }
}

fn direct_landing(
    context: &Context<'_, '_>,
    row: u32,
    holders: Vec<(Entity, Origin)>,
    on: Vec<Via>,
) -> Option<Landing> {
    let heads = holders.iter().map(|(_, origin)| *origin).collect();
    landing_of(row, in_order(context, holders), heads, on)
}

/// The landing of those who hold a role themselves, in order.
fn landing_of(row: u32, people: Vec<(Entity, Origin)>, heads: Vec<Origin>, on: Vec<Via>) -> Option<Landing> {
    let &(first, origin) = people.first()?;
    let role = Entity { kind: Kind::Role, row };
    let hold = Via { kind: EdgeKind::Holds, to: role, origin };
    let is_one = people.len() == 1;
    let way = std::iter::once(hold).chain(on).collect();
    let subject = if is_one { first } else { role };
    let lead = usize::from(!is_one);
    let (roles, assignments) = (vec![row], Vec::new());
    Some(Landing { subject, start: first, way, lead, roles, people, heads, assignments, held: None })
}

/// Each once, in order of name.
pub(crate) fn in_order(context: &Context<'_, '_>, people: Vec<(Entity, Origin)>) -> Vec<(Entity, Origin)> {
    if people.len() < 2 {
        return people;
    }
    // How a name starts tells most apart; the rest is looked at where it does not.
    let order = |who: Entity| context.graph.order_key(who);
    let started = people.into_iter().map(|(who, origin)| (context.name_start(who), who, origin));
    let mut started: Vec<(u64, Entity, Origin)> = started.collect();
    started.sort_unstable_by(|(start, who, origin), (other_start, other, other_origin)| {
        let by_name = start.cmp(other_start).then_with(|| order(*who).cmp(&order(*other)));
        by_name.then_with(|| origin.cmp(other_origin))
    });
    started.dedup_by_key(|(_, who, _)| *who);
    started.into_iter().map(|(_, who, origin)| (who, origin)).collect()
}

/// The files in which people are stated, each once and in order.
pub(crate) fn files<'p>(people: impl Iterator<Item = &'p (Entity, Origin)>) -> Vec<u32> {
    let mut files: Vec<u32> = people.map(|(_, origin)| origin.file).collect();
    files.dedup();
    files.sort_unstable();
    files.dedup();
    files
}

impl Landing {
    /// Of an account that states the thing itself.
    pub(crate) fn alone(account: Entity) -> Self {
        let (way, roles, people) = (Vec::new(), Vec::new(), Vec::new());
        let (heads, assignments) = (Vec::new(), Vec::new());
        Self { subject: account, start: account, way, lead: 0, roles, people, heads, assignments, held: None }
    }

    /// With what gives the role to those whom it is about.
    fn given_by(self, given: &[&Given]) -> Self {
        let heads = given.iter().map(|given| given.origin).collect();
        Self { heads, assignments: distinct(given.iter().copied()), ..self }
    }

    /// The roles whose holders bear what was found: those of a role, and nobody else's.
    pub(crate) fn bearing_roles(&self) -> Vec<u32> {
        if self.subject.kind == Kind::Role { self.roles.clone() } else { Vec::new() }
    }

    /// Those who should not get there by a way to these entries or roles.
    pub(crate) fn ends(&self, grants: Vec<u32>, roles: Vec<u32>) -> Option<Ends> {
        let people = || self.people.iter().map(|(who, _)| *who).collect();
        let from = if self.people.is_empty() { vec![self.subject] } else { people() };
        // A role is to blame for all that it leads to.
        let is_whole = self.subject.kind == Kind::Role && self.people.is_empty();
        let group = self.way.first().filter(|via| via.kind == EdgeKind::MemberOf).map(|via| via.to);
        let held = |row: &u32| (group, Entity { kind: Kind::Role, row: *row });
        let mut by: Vec<_> = self.roles.iter().filter(|_| !is_whole).map(held).collect();
        by.sort_unstable();
        Some(Ends { from, by, grants, roles })
    }

    /// What would mend a match on it: of the edges that are the subject's own, any; of those by which roles are given
    /// to several, and of the entries, all.
    pub(crate) fn mending(&self, primary: Origin, entries: Vec<Origin>) -> Mending {
        let holds = self.way.iter().position(|via| via.kind == EdgeKind::Holds).filter(|_| !self.heads.is_empty());
        let is_own = |place: usize| match holds {
            // Beyond the place at which one of several roles is given, the way is only one of several.
            Some(holds) => place < holds || (place > holds && self.roles.len() == 1),
            None => true,
        };
        let own = self.way.iter().enumerate().skip(self.lead).filter(|(place, _)| is_own(*place));
        let mut cuts: Vec<Vec<Origin>> = own.map(|(_, via)| vec![via.origin]).collect();
        // Who is let in by a group is taken out of it.
        let members = || self.people.iter().map(|(_, origin)| *origin).collect::<Vec<_>>();
        let out = if self.subject.kind == Kind::Group { members() } else { Vec::new() };
        let proposed = match self.way.get(self.lead) {
            _ if self.heads.contains(&primary) => self.heads.clone(),
            None => entries.clone(),
            Some(_) if !out.is_empty() => out.clone(),
            Some(_) if self.people.len() > 1 => self.heads.clone(),
            Some(via) => vec![via.origin],
        };
        cuts.extend([self.heads.clone(), entries, out]);
        cuts.retain(|cut| !cut.is_empty());
        Mending { cuts, proposed, ..Mending::default() }
    }

    /// What lets somebody in who is to blame for several ways, each a cause of its own.
    pub(crate) fn door(&self, context: &Context<'_, '_>) -> Option<String> {
        let is_one = matches!(self.subject.kind, Kind::User | Kind::ServiceAccount);
        self.way.get(self.lead).filter(|_| is_one).map(|via| key(context, via.to))
    }

    /// Tells a match who is let in by what, and in which files those are stated who are not pointed to.
    pub(crate) fn tell(&self, context: &Context<'_, '_>, matched: &mut Match) {
        matched.identity.extend(self.door(context));
        let by = self.way.get(self.lead).map_or(self.subject, |via| via.to);
        matched.let_in(context, self.people.iter().map(|(who, _)| *who), by);
        matched.files = files(self.people.iter().skip(SHOWN));
    }

    /// Of those who hold a role or are in a group: the ones that it is about, where it is not the role's or group's own.
    pub(crate) fn bearing_people(&self) -> Vec<Entity> {
        if matches!(self.subject.kind, Kind::Role | Kind::Group) {
            self.people.iter().map(|(who, _)| *who).collect()
        } else {
            Vec::new()
        }
    }

    /// The people by name: a few, and how many more.
    pub(crate) fn names(&self, context: &Context<'_, '_>) -> String {
        let mut people: Vec<Entity> = self.people.iter().map(|(who, _)| *who).collect();
        context.keep_once(&mut people, |who| *who);
        wording::some_of(people.into_iter().map(|who| context.graph.tenant.name(who)))
    }

    /// `, held by 14 users` or `, by way of 3 members`, for a sentence about the subject.
    pub(crate) fn reach(&self, context: &Context<'_, '_>) -> String {
        let is_alone = self.people.iter().all(|(who, _)| *who == self.subject);
        match (self.subject.kind, if is_alone { 0 } else { self.people.len() }) {
            (Kind::Role, 0) => wording::held(self.held.as_deref().unwrap_or_else(|| context.held(self.subject.row))),
            (Kind::Group, 0) => match context.graph.count_people(self.subject) {
                0 => String::new(),
                members => format!(", and with it {}", wording::count(members, "member")),
            },
            (Kind::Role, _) => format!(", given to {}", self.names(context)),
            (Kind::Group, _) => format!(", and with it {}", self.names(context)),
            _ => String::new(),
        }
    }

    /// ` (member of group X)`: what says that the subject, or the first of its people, is
    /// of the tier; nothing where the name says it.
    pub(crate) fn because(&self, context: &Context<'_, '_>, tier: Option<&str>) -> String {
        let Some(tier) = tier else { return String::new() };
        let (who, lead) = match self.people.first() {
            Some((who, _)) if *who != self.subject => (*who, format!("{}: ", wording::entity(context, *who))),
            _ => (self.subject, String::new()),
        };
        if context.tiers.get(tier).is_some_and(|tier| tier.is_named(context.graph, who)) {
            return String::new();
        }
        // Two signs convince; `missing-bpo-flag` lists them.
        match &*context.evidence(tier, who) {
            [] => String::new(),
            [one] => format!(" ({lead}{one})"),
            [one, other, ..] => format!(" ({lead}{one}, {other})"),
        }
    }

    /// What to undo, as a command; for a role that states the thing itself there is nothing to undo but that.
    pub(crate) fn mend(&self, context: &Context<'_, '_>) -> String {
        let name = |e: Entity| wording::entity(context, e);
        let blamed = self.way.get(self.lead);
        match (self.subject.kind, self.people.len(), blamed) {
            (Kind::Role, 0, Some(via)) => format!("stop {} inheriting from {}", name(self.subject), name(via.to)),
            (Kind::Role, 2.., _) => format!("take {} from those it does not belong to", name(self.subject)),
            (Kind::Group, 1.., _) => format!("take them out of {}", name(self.subject)),
            (_, _, Some(via)) if via.kind == EdgeKind::MemberOf => {
                format!("take {} out of {}", name(self.start), name(via.to))
            }
            (_, _, Some(via)) => format!("take {} from {}", name(via.to), name(self.subject)),
            _ => format!("edit {}", name(self.subject)),
        }
    }

    /// The labels of the edges that let the subject in, and of further people.
    pub(crate) fn labels(&self, context: &Context<'_, '_>) -> Vec<Label> {
        let is_crowd = self.people.len() > 1;
        let mut from = self.start;
        let mut labels = Vec::new();
        for (place, via) in self.way.iter().enumerate() {
            if place >= self.lead {
                labels.push(edge_label(context, from, via.kind, via.to, via.origin));
            }
            from = via.to;
        }
        if is_crowd {
            let (kind, to) = if self.subject.kind == Kind::Group {
                (EdgeKind::MemberOf, self.subject)
            } else {
                (EdgeKind::Holds, self.subject)
            };
            labels.extend(
                self.people.iter().take(SHOWN).map(|(who, origin)| edge_label(context, *who, kind, to, *origin)),
            );
        }
        labels
    }
}
