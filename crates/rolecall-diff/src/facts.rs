//! One export as lists of edges between what is in both.

use crate::atom::{AtomId, Atoms, ReachId};
use crate::identity::{Key, Keys};
use hashbrown::{HashMap, HashSet};
use rolecall_engine::Judge;
use rolecall_graph::EdgeKind;
use rolecall_model::{Entity, Grant, Kind, Part, Place, ScopeWord};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A role that somebody holds, and how far.
pub(crate) type Hold = (Key, ReachId);

/// One export.
pub(crate) struct Facts<'j, 'c, 't> {
    pub(crate) judge: &'j Judge<'c, 't>,
    /// By key: the entity of this export, where it has one.
    pub(crate) entities: Vec<Option<Entity>>,
    /// By key: the groups that a user is in.
    pub(crate) groups: Vec<Vec<(Key, Place)>>,
    /// By key: the roles that a user, group or account holds.
    pub(crate) holds: Vec<Vec<(Hold, Place)>>,
    /// By key: the roles that a role inherits from.
    pub(crate) parents: Vec<Vec<(Key, Place)>>,
    /// By key: what a role or account states itself.
    pub(crate) grants: Vec<Vec<Stated>>,
    closures: Vec<OnceLock<Vec<AtomId>>>,
}

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    pub(crate) atom: AtomId,
    pub(crate) place: Place,
    /// What the views that limit it show: the view, the thing, the piece of access, and where it is said.
    pub(crate) shown: Vec<(Key, Key, AtomId, Place)>,
}

impl<'j, 'c, 't> Facts<'j, 'c, 't> {
    /// Cost: linear in entities and edges.
    pub(crate) fn of(judge: &'j Judge<'c, 't>, keys: &Keys, count: usize, atoms: &mut Atoms) -> Self {
        let mut facts = Self {
            judge,
            entities: vec![None; count],
            groups: vec![Vec::new(); count],
            holds: vec![Vec::new(); count],
            parents: vec![Vec::new(); count],
            grants: vec![Vec::new(); count],
            closures: (0..count).map(|_| OnceLock::new()).collect(),
        };
        let tenant = judge.graph().tenant;
        for kind in [Kind::View, Kind::Queue, Kind::Role, Kind::Group, Kind::User, Kind::ServiceAccount] {
            for entity in tenant.entities(kind) {
                let Some(key) = keys.get(&entity).map(|key| *key as usize) else { continue };
                // Of two with one id the first in order stands for both.
                let slot = facts.entities.get_mut(key).and_then(|known| known.replace(entity));
                if let Some(first) = slot {
                    put(&mut facts.entities, key, Some(first));
                }
                facts.add(entity, key, keys, atoms);
            }
        }
        facts.groups.iter_mut().for_each(settle);
        facts.parents.iter_mut().for_each(settle);
        facts.holds.iter_mut().for_each(settle);
        facts
    }

    fn add(&mut self, entity: Entity, key: usize, keys: &Keys, atoms: &mut Atoms) {
        let graph = self.judge.graph();
        match entity.kind {
            Kind::Role => {
                for (parent, origin) in graph.entities_from(entity, EdgeKind::Inherits) {
                    push(&mut self.parents, key, keys.get(&parent).map(|parent| (*parent, Place::reference(origin))));
                }
                self.add_holders(entity, key, keys, atoms);
                self.add_grants(entity, key, keys, atoms);
            }
            Kind::User => {
                for (group, origin) in graph.entities_from(entity, EdgeKind::MemberOf) {
                    push(&mut self.groups, key, keys.get(&group).map(|group| (*group, Place::reference(origin))));
                }
            }
            Kind::ServiceAccount => self.add_grants(entity, key, keys, atoms),
            _ => {}
        }
    }

    fn add_holders(&mut self, role: Entity, key: usize, keys: &Keys, atoms: &mut Atoms) {
        let graph = self.judge.graph();
        let role_key = u32::try_from(key).unwrap_or(u32::MAX);
        let mut known: HashMap<Option<u32>, Vec<ReachId>> = HashMap::new();
        for (holder, origin, row) in graph.holders_of(role.row) {
            let assignment = row.and_then(|row| graph.tenant.assignments.get(row as usize));
            let reaches = known.entry(row).or_insert_with(|| match assignment {
                Some(_) => self.judge.divisions(assignment).into_iter().map(|words| atoms.reach(words)).collect(),
                None => vec![0],
            });
            let part = if assignment.is_some() { Part::Scope } else { Part::Id };
            for reach in reaches {
                let hold = ((role_key, *reach), Place { origin, part });
                push(&mut self.holds, keys.get(&holder).map_or(usize::MAX, |key| *key as usize), Some(hold));
            }
        }
    }

    fn add_grants(&mut self, owner: Entity, key: usize, keys: &Keys, atoms: &mut Atoms) {
        let tenant = self.judge.graph().tenant;
        for grant in tenant.grants(tenant.grants_of(owner)) {
            let spelling = tenant.permissions.spelling(grant.permission);
            let scope = match grant.scope {
                ScopeWord::Granted if owner.kind == Kind::Role => String::new(),
                ScopeWord::Undeclared | ScopeWord::Unknown(_) => "All".to_owned(),
                _ => tenant.scope_phrase(grant),
            };
            let atom = atoms.intern(spelling, &scope, None);
            let shown = self.shown(grant, spelling, atom, keys, atoms);
            let place = Place { origin: grant.origin, part: Part::Scope };
            push(&mut self.grants, key, Some(Stated { atom, place, shown }));
        }
    }

    /// What the views of an entry show, each a piece of access of its own.
    fn shown(
        &self,
        grant: &Grant,
        spelling: &str,
        whole: AtomId,
        keys: &Keys,
        atoms: &mut Atoms,
    ) -> Vec<(Key, Key, AtomId, Place)> {
        let graph = self.judge.graph();
        if grant.scope != ScopeWord::View {
            return Vec::new();
        }
        let views = graph.tenant.refs(grant.targets).iter();
        let views: BTreeSet<u32> = views.flat_map(|view| graph.directory.rows(Kind::View, view.target)).collect();
        let mut found = Vec::new();
        for view in views.into_iter().map(|row| Entity { kind: Kind::View, row }) {
            for (thing, origin) in graph.entities_into(view, EdgeKind::InView) {
                let scope = format!("{} {}", thing.kind.noun(), graph.tenant.name(thing));
                let atom = atoms.intern(spelling, &scope, Some(whole));
                if let (Some(view), Some(thing)) = (keys.get(&view), keys.get(&thing)) {
                    found.push((*view, *thing, atom, Place::reference(origin)));
                }
            }
        }
        found
    }

    /// All that a role gives, its own and inherited. Worked out once a role.
    pub(crate) fn closure(&self, role: Key) -> &[AtomId] {
        self.closures.get(role as usize).map_or(&[], |cell| cell.get_or_init(|| self.expand(role)))
    }

    fn expand(&self, role: Key) -> Vec<AtomId> {
        let mut seen: HashSet<Key> = HashSet::from_iter([role]);
        let mut open = vec![role];
        let mut atoms = BTreeSet::new();
        while let Some(role) = open.pop() {
            atoms.extend(at(&self.grants, role).iter().flat_map(Stated::atoms));
            open.extend(
                at(&self.parents, role).iter().map(|(parent, _)| *parent).filter(|parent| seen.insert(*parent)),
            );
        }
        atoms.into_iter().collect()
    }
}

impl Stated {
    /// The entry, and what its views show.
    pub(crate) fn atoms(&self) -> impl Iterator<Item = AtomId> + '_ {
        std::iter::once(self.atom).chain(self.shown.iter().map(|(.., atom, _)| *atom))
    }
}

/// What is listed under a key.
pub(crate) fn at<T>(lists: &[Vec<T>], key: Key) -> &[T] {
    lists.get(key as usize).map_or(&[], Vec::as_slice)
}

fn push<T>(lists: &mut [Vec<T>], key: usize, value: Option<T>) {
    if let (Some(list), Some(value)) = (lists.get_mut(key), value) {
        list.push(value);
    }
}

fn put<T>(list: &mut [T], key: usize, value: T) {
    if let Some(slot) = list.get_mut(key) {
        *slot = value;
    }
}

/// In order, each edge once; of several places the first.
fn settle<T: Ord + Copy>(list: &mut Vec<(T, Place)>) {
    list.sort_unstable();
    list.dedup_by_key(|(edge, _)| *edge);
}
