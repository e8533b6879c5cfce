//! What each tier may do, with who states it: the lock's lines for people.

use crate::catalogue;
use crate::context::Context;
use crate::lock::{Edge, End, Reached, Root};
use crate::{Named, Policy, Sensitive, Tiers};
use hashbrown::{HashMap, HashSet};
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Kind};
use std::collections::BTreeMap;

/// A tier, who is of it, and what these may do.
#[derive(Clone, Debug)]
pub struct TierAccess {
    /// The name of the tier.
    pub tier: String,
    /// How many of each kind are of the tier; kinds with none are left out.
    pub members: Vec<(&'static str, usize)>,
    /// What they may do, by permission and reach.
    pub rows: Vec<AccessRow>,
}

/// One permission, over one reach.
#[derive(Clone, Debug)]
pub struct AccessRow {
    /// The permission as the export spells it.
    pub permission: String,
    /// Over what, in words.
    pub reach: String,
    /// The roles and service accounts that state it, by name.
    pub by: Vec<Stating>,
    /// Why the worst that it opens is sensitive, where anything is.
    pub sensitive: Option<Sensitive>,
}

/// What states a permission, and for how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stating {
    /// A role, or a service account that states it itself.
    pub who: Named,
    /// How many users of the tier have it by this role: held, by a group, or inherited.
    pub users: usize,
    /// How many service accounts of the tier.
    pub accounts: usize,
}

/// What each tier of the settings may do, by name. Cost: as [`crate::Lock::of`], and for each role linear in those who
/// have it.
#[must_use]
pub fn tier_access(graph: &AccessGraph<'_>, policy: &Policy) -> Vec<TierAccess> {
    let context = Context::new(graph, policy, u32::MAX);
    let of = |(name, _)| TierAccess {
        tier: str::to_owned(name),
        members: members(graph, &context.tiers, name),
        rows: Root::tier(&context, name).map(|root| rows(&context, &root)).unwrap_or_default(),
    };
    context.tiers.iter().map(of).collect()
}

fn members(graph: &AccessGraph<'_>, tiers: &Tiers, name: &str) -> Vec<(&'static str, usize)> {
    let count = |kind| graph.tenant.entities(kind).filter(|entity| tiers.contains(name, *entity)).count();
    let kinds = [Kind::User, Kind::ServiceAccount, Kind::Group, Kind::Role, Kind::Queue];
    kinds.into_iter().map(|kind| (kind.word(), count(kind))).filter(|(_, number)| *number > 0).collect()
}

fn rows(context: &Context<'_, '_>, root: &Root<'_>) -> Vec<AccessRow> {
    let tenant = context.graph.tenant;
    let reached = Reached::from(context, root);
    let mut crowds = Crowds::new(&reached);
    let mut found: BTreeMap<&str, Stated<'_>> = BTreeMap::new();
    for edge in &reached.edges {
        let End::Line(line, grant) = &edge.to else { continue };
        let (_, by) = found.entry(line).or_insert((*grant, BTreeMap::new()));
        for owner in &edge.owners {
            by.entry(Named::of(tenant, *owner)).or_default().push(&edge.from);
        }
    }
    let mut rows = Vec::with_capacity(found.len());
    for (line, (grant, by)) in found {
        let permission = tenant.grants.get(grant as usize).and_then(|grant| tenant.permissions.get(grant.permission));
        let (spelling, reach) = line.split_once(" over ").unwrap_or((line, ""));
        let sensitive =
            permission.and_then(|permission| catalogue::worst(permission).first().map(|(_, sensitive)| *sensitive));
        let by = by.into_iter().map(|(who, ends)| crowds.stating(who, ends)).collect();
        rows.push(AccessRow { permission: spelling.to_owned(), reach: reach.to_owned(), by, sensitive });
    }
    rows
}

/// An entry that says a line, and each that states it with where the tier comes to it.
type Stated<'r> = (u32, BTreeMap<Named, Vec<&'r End>>);

/// Who of a tier comes to an end, found backwards.
struct Crowds<'r> {
    into: HashMap<&'r End, Vec<&'r Edge>>,
    /// The entries of a role are all come to alike, and counted once.
    known: HashMap<Vec<&'r End>, (usize, usize)>,
}

impl<'r> Crowds<'r> {
    fn new(reached: &'r Reached) -> Self {
        let mut into: HashMap<&End, Vec<&Edge>> = HashMap::new();
        for edge in reached.edges.iter().filter(|edge| edge.to.line().is_none()) {
            // That a role of the tier is given in a division, to whomever, tells nothing of the tier's people.
            let is_given = edge.kind == EdgeKind::Holds && matches!(edge.from, End::Role(..));
            if !is_given {
                into.entry(&edge.to).or_default().push(edge);
            }
        }
        Self { into, known: HashMap::new() }
    }

    fn stating(&mut self, who: Named, ends: Vec<&'r End>) -> Stating {
        let (users, accounts) = self.count(ends);
        Stating { who, users, accounts }
    }

    /// How many users and service accounts come to any of the ends.
    fn count(&mut self, ends: Vec<&'r End>) -> (usize, usize) {
        if let Some(known) = self.known.get(&ends) {
            return *known;
        }
        let mut seen: HashSet<&End> = ends.iter().copied().collect();
        let mut open = ends.clone();
        let mut people: HashSet<Entity> = HashSet::new();
        while let Some(end) = open.pop() {
            for edge in self.into.get(end).into_iter().flatten() {
                if edge.from == End::Root {
                    people.extend(&edge.owners);
                } else if seen.insert(&edge.from) {
                    open.push(&edge.from);
                }
            }
        }
        let of = |kind: Kind| people.iter().filter(|who| who.kind == kind).count();
        let counts = (of(Kind::User), of(Kind::ServiceAccount));
        self.known.insert(ends, counts);
        counts
    }
}
