//! How far an entry reaches, as the views, groups, divisions and queues that limit it.

use crate::Tier;
use crate::context::Context;
use crate::rule::spec::{CrossingPattern, KindWord};
use crate::vocabulary::reach::{Answer, judge};
use crate::vocabulary::select::{self, Meant};
use crate::vocabulary::targets::Targets;
use hashbrown::HashMap;
use rolecall_graph::{Access, EdgeKind};
use rolecall_model::{Divisions, Entity, Grant, Kind, Origin, PermissionId, ScopeWord, Sym};
use std::collections::BTreeMap;
use std::rc::Rc;

/// One thing that an entry is limited to; nothing where it reaches everything.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub(super) within: Option<Entity>,
    /// Whether a seat on the queue gives it, which somebody else edits than the role.
    pub(super) is_seat: bool,
    /// Where it is stated, if not in the entry.
    pub(super) stated: Option<Origin>,
    /// What may narrow it further, so that it is assumed.
    pub(super) assumed: Option<Assumed>,
}

/// What is not known of a limit, the wider being assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Assumed {
    /// A condition that is not evaluated.
    Condition,
    /// In which divisions a role is given.
    Divisions,
}

impl Assumed {
    /// What is not known.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Condition => "a condition",
            Self::Divisions => "divisions that the export does not show",
        }
    }

    /// How far what is said holds.
    pub(super) fn so_far(self) -> String {
        let verb = if self == Self::Condition { "lets" } else { "let" };
        format!(", as far as {} {verb} them", self.word())
    }
}

impl Limit {
    /// A limit that the entry itself states.
    fn stated(within: Option<Entity>) -> Self {
        Self { within, is_seat: false, stated: None, assumed: None }
    }
}

/// Things of one kind within a limit that are another partner's than those whom it limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossed {
    /// Whose they are.
    pub(super) other: usize,
    /// What a permission has to show to show them; nothing where they are the limit itself, which stands for what is in it.
    kind: Option<Kind>,
    /// The number of the list that has them; nothing where it is everything.
    pub(super) list: Option<usize>,
}

/// What entries are limited to, and whose it is.
pub(super) struct Limits<'l, 'c, 't> {
    context: &'l Context<'c, 't>,
    /// Which permissions show things of which kinds.
    shown: Vec<(Meant, Vec<Kind>)>,
    /// For each permission: whether divisions limit what of it shows any.
    aware: Vec<Option<bool>>,
    /// Queues and users by the division that they are in.
    divided: HashMap<u32, Vec<Entity>>,
    /// Whose each thing is.
    owners: HashMap<Entity, Vec<usize>>,
    /// What was found within a limit for a partner: asked for once, however many people it limits.
    known: HashMap<(Entity, usize), Rc<[Crossed]>>,
    lists: Vec<Vec<Entity>>,
}

impl<'l, 'c, 't> Limits<'l, 'c, 't> {
    pub(super) fn new(context: &'l Context<'c, 't>, params: &CrossingPattern) -> Self {
        let shown: Vec<(Meant, Vec<Kind>)> = params
            .sees
            .iter()
            .map(|sees| {
                let kinds: &[KindWord] = sees.kind.as_slice();
                (
                    select::of_capabilities(context, &sees.capability),
                    kinds.iter().map(|word| select::kind(*word)).collect(),
                )
            })
            .collect();
        let aware = context.aware(|asked| shown.iter().any(|(meant, _)| meant.has(asked)));
        let tenant = context.graph.tenant;
        let mut divided: HashMap<u32, Vec<Entity>> = HashMap::new();
        let queues = tenant.entities(Kind::Queue).zip(tenant.queues.iter().map(|queue| queue.division));
        let users = tenant.entities(Kind::User).zip(tenant.users.iter().map(|user| user.division));
        for (thing, division) in queues.chain(users).filter_map(|(thing, division)| Some((thing, division?))) {
            for row in context.graph.directory.rows(Kind::Division, division.target) {
                divided.entry(row).or_default().push(thing);
            }
        }
        let owners = owners(context);
        Self { context, shown, aware, divided, owners, known: HashMap::new(), lists: Vec::new() }
    }

    /// What limits an entry for somebody who has it by `access`.
    pub(super) fn of(&self, who: Entity, grant: &Grant, access: &Access) -> Vec<Limit> {
        let graph = self.context.graph;
        let named = || self.context.limits(grant).into_iter().map(|limit| Limit::stated(Some(limit))).collect();
        match grant.scope {
            ScopeWord::View => named(),
            _ if select::is_all(self.context, grant) => vec![Limit::stated(None)],
            ScopeWord::Group => named(),
            ScopeWord::Condition if grant.targets.len > 0 => {
                let aware = self.aware.get(grant.permission.index()).copied().flatten();
                let left = self.context.limits(grant).into_iter().filter_map(|limit| {
                    let answer = judge(self.context, who, access, grant, aware, Some(&Targets::One(limit))).answer;
                    let assumed = (answer == Answer::Maybe).then_some(Assumed::Condition);
                    (answer != Answer::No).then(|| Limit { assumed, ..Limit::stated(Some(limit)) })
                });
                left.collect()
            }
            ScopeWord::Assigned => {
                // Whoever is in a group works on the queues that it is on.
                let groups = graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group);
                let seats = [who].into_iter().chain(groups).flat_map(|at| graph.entities_from(at, EdgeKind::OnQueue));
                seats
                    .map(|(queue, origin)| Limit { is_seat: true, stated: Some(origin), ..Limit::stated(Some(queue)) })
                    .collect()
            }
            ScopeWord::Granted => self.given(who, grant, access),
            // Within the divisions, the condition may leave anything.
            ScopeWord::Condition => {
                let all = self.given(who, grant, access).into_iter();
                all.map(|limit| Limit { assumed: Some(Assumed::Condition), ..limit }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether an entry shows anything of others at all.
    pub(super) fn is_asked(&self, row: u32) -> bool {
        let grant = self.context.graph.tenant.grants.get(row as usize);
        grant.is_some_and(|grant| self.shown.iter().any(|(meant, _)| meant.has(grant.permission)))
    }

    /// The divisions in which somebody has a role by a way to it; everything where none limits the permission.
    fn given(&self, who: Entity, grant: &Grant, access: &Access) -> Vec<Limit> {
        let graph = self.context.graph;
        let tenant = graph.tenant;
        let first = |kind: Kind| access.via.iter().map(|via| via.to).find(|to| to.kind == kind);
        let (Some(role), through) = (first(Kind::Role), first(Kind::Group).unwrap_or(who)) else { return Vec::new() };
        let mut found = Vec::new();
        for (_, origin, row) in graph.holdings(through).filter(|(held, ..)| *held == role.row) {
            let Some(assignment) = row.and_then(|row| tenant.assignments.get(row as usize)) else { continue };
            let is_limited = self.aware.get(grant.permission.index()).copied().flatten() != Some(false);
            let everything = |assumed| Limit { stated: Some(origin), assumed, ..Limit::stated(None) };
            let divisions: Vec<Sym> = match assignment.reach {
                _ if !is_limited => Vec::new(),
                Divisions::Named => tenant.refs(assignment.divisions).iter().map(|r| r.target).collect(),
                Divisions::Home => tenant.home.into_iter().collect(),
                Divisions::Every | Divisions::Unresolved | Divisions::Unstated => Vec::new(),
            };
            match assignment.reach {
                Divisions::Unresolved | Divisions::Unstated if is_limited => {
                    found.push(everything(Some(Assumed::Divisions)));
                }
                _ if !is_limited || assignment.reach == Divisions::Every => found.push(everything(None)),
                _ => {}
            }
            let rows = divisions.into_iter().flat_map(|division| graph.directory.rows(Kind::Division, division));
            found.extend(rows.map(|row| Limit {
                stated: Some(origin),
                ..Limit::stated(Some(Entity { kind: Kind::Division, row }))
            }));
        }
        found
    }

    /// What lies within a limit of one partner's people, is none of theirs, and is shown by a permission.
    pub(super) fn crossed(&mut self, within: Entity, permission: PermissionId, partner: usize) -> Vec<Crossed> {
        let known = self.known.get(&(within, partner)).cloned().unwrap_or_else(|| {
            let found = self.look(within, partner);
            self.known.insert((within, partner), found.clone());
            found
        });
        let is_shown =
            |kind: Kind| self.shown.iter().any(|(meant, kinds)| meant.has(permission) && kinds.contains(&kind));
        known.iter().filter(|crossed| crossed.kind.is_none_or(is_shown)).copied().collect()
    }

    /// What whoever reaches everything reaches of the other partners.
    pub(super) fn everything(&self, partner: usize) -> Vec<Crossed> {
        let others = (0..self.context.partners.len()).filter(|other| *other != partner);
        others.map(|other| Crossed { other, kind: None, list: None }).collect()
    }

    /// The things that a [`Crossed`] stands for.
    pub(super) fn things(&self, list: usize) -> &[Entity] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// What lies within a limit and is another partner's. A limit that is theirs as a whole stands for what is in it.
    fn look(&mut self, within: Entity, partner: usize) -> Rc<[Crossed]> {
        let is_itself = matches!(within.kind, Kind::Queue | Kind::User);
        let whole = self.others(within, within, partner);
        let mut found: BTreeMap<(usize, Option<Kind>), Vec<Entity>> = BTreeMap::new();
        for other in &whole {
            found.insert((*other, is_itself.then_some(within.kind)), vec![within]);
        }
        for thing in self.contents(within) {
            for other in self.others(within, thing, partner).into_iter().filter(|other| !whole.contains(other)) {
                found.entry((other, Some(thing.kind))).or_default().push(thing);
            }
        }
        let crossed = found.into_iter().map(|((other, kind), things)| {
            self.lists.push(things);
            Crossed { other, kind, list: Some(self.lists.len() - 1) }
        });
        crossed.collect()
    }

    /// The other partners whose a thing within a limit is; none where it is the partner's own.
    fn others(&self, within: Entity, thing: Entity, partner: usize) -> Vec<usize> {
        let graph = self.context.graph;
        // Being in the very group proves nothing.
        let is_of = |number: usize| match (thing.kind, within.kind) {
            (Kind::User, Kind::Group) => {
                tier(self.context, number).is_some_and(|tier| tier.contains_apart_from(graph, thing, within))
            }
            _ => true,
        };
        let owners = self.owners.get(&thing).map_or(&[][..], Vec::as_slice);
        let owners: Vec<usize> = owners.iter().copied().filter(|number| is_of(*number)).collect();
        if owners.contains(&partner) { Vec::new() } else { owners }
    }

    /// What lies within a view, group or division.
    fn contents(&self, within: Entity) -> Vec<Entity> {
        let graph = self.context.graph;
        let into = |edge| graph.sources(within, edge).collect::<Vec<_>>();
        match within.kind {
            Kind::View => into(EdgeKind::InView),
            Kind::Group => {
                let queues = graph.entities_from(within, EdgeKind::OnQueue).map(|(queue, _)| queue);
                into(EdgeKind::MemberOf).into_iter().chain(queues).collect()
            }
            Kind::Division => self.divided.get(&within.row).cloned().unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

fn tier<'c>(context: &'c Context<'_, '_>, partner: usize) -> Option<&'c Tier> {
    context.partners.get(partner).and_then(|name| context.tiers.get(name))
}

/// The partners that have a thing, by number. Cost: linear in entities, times the partners.
fn owners(context: &Context<'_, '_>) -> HashMap<Entity, Vec<usize>> {
    let graph = context.graph;
    let tenant = graph.tenant;
    let mut owners: HashMap<Entity, Vec<usize>> = HashMap::new();
    for number in 0..context.partners.len() {
        let Some(tier) = tier(context, number) else { continue };
        let is_of = |thing: Entity| match thing.kind {
            Kind::Division => tenant.head(thing).id.is_some_and(|id| tier.is_division(graph, id)),
            Kind::Queue => tier.contains(thing) || context.joint(thing).contains(&number),
            _ => tier.contains(thing),
        };
        let things = [Kind::User, Kind::Group, Kind::Queue, Kind::Division].map(|kind| tenant.entities(kind));
        for thing in things.into_iter().flatten().filter(|thing| is_of(*thing)) {
            owners.entry(thing).or_default().push(number);
        }
    }
    owners
}
