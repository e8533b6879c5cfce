//! One export as lists of edges between what is in both.

use crate::atom::{AtomId, Atoms, Limit, ReachId, Scope};
use crate::identity::{Key, Keys};
use crate::lying::Lying;
use hashbrown::{HashMap, HashSet};
use rolecall_engine::Judge;
use rolecall_graph::EdgeKind;
use rolecall_model::{Assignment, Divisions, Entity, Grant, Kind, Part, Permission, Place, ScopeWord, Sym};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A role that somebody holds, and how far.
pub(crate) type Hold = (Key, ReachId);

/// What an export that refers to something without listing it finds in the other.
type Elsewhere<'e> = dyn Fn(Kind, &str) -> Option<Key> + Sync + 'e;

/// One export.
pub(crate) struct Facts<'j, 'c, 't> {
    pub(crate) judge: &'j Judge<'c, 't>,
    keys: &'j Keys,
    /// What the other export lists by an id.
    elsewhere: &'j Elsewhere<'j>,
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
    /// What is within each view or group that limits an entry.
    pub(crate) contents: HashMap<Key, Vec<(Key, Place)>>,
    /// Entries whose views hold every queue, which makes them as wide as All.
    pub(crate) whole: HashSet<AtomId>,
    /// Entries of which the catalogue says that divisions do not limit them.
    pub(crate) undivided: HashSet<AtomId>,
    /// The division in which each queue and user lies, where the export shows it.
    pub(crate) lying: Lying,
    denials: Vec<Denied>,
    closures: Vec<OnceLock<Vec<AtomId>>>,
}

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    pub(crate) atom: AtomId,
    pub(crate) place: Place,
    /// What the views and groups that limit it hold, as far as that changed.
    pub(crate) parts: Vec<Piece>,
}

/// One thing that a view or group holds, and the piece of access to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) limit: Key,
    pub(crate) thing: Key,
    pub(crate) atom: AtomId,
    pub(crate) place: Place,
}

/// What an access policy takes off.
#[derive(Clone, Debug)]
pub(crate) struct Denied {
    pub(crate) what: Taken,
    pub(crate) permission: Permission,
    pub(crate) place: Place,
}

/// What tells one denial from others: the permission, which is an atom over nothing, whom it is taken off, and whether
/// that includes clients where it is everybody.
pub(crate) type Taken = (AtomId, Option<Key>, bool);

impl<'j, 'c, 't> Facts<'j, 'c, 't> {
    /// Who is in what. Cost: linear in entities and edges.
    pub(crate) fn of(judge: &'j Judge<'c, 't>, keys: &'j Keys, elsewhere: &'j Elsewhere<'j>, count: usize) -> Self {
        let mut facts = Self {
            judge,
            keys,
            elsewhere,
            entities: vec![None; count],
            groups: vec![Vec::new(); count],
            holds: vec![Vec::new(); count],
            parents: vec![Vec::new(); count],
            grants: vec![Vec::new(); count],
            contents: HashMap::new(),
            whole: HashSet::new(),
            undivided: HashSet::new(),
            lying: Lying::new(),
            denials: Vec::new(),
            closures: (0..count).map(|_| OnceLock::new()).collect(),
        };
        let graph = judge.graph();
        for (key, entity) in facts.keyed() {
            // Of two with one id the first in order stands for both.
            if let Some(slot) = facts.entities.get_mut(key as usize) {
                slot.get_or_insert(entity);
            }
            let (kind, lists) = match entity.kind {
                Kind::Role => (EdgeKind::Inherits, &mut facts.parents),
                Kind::User => (EdgeKind::MemberOf, &mut facts.groups),
                _ => continue,
            };
            for (to, origin) in graph.entities_from(entity, kind) {
                push(lists, key, keys.get(&to).map(|to| (*to, Place::reference(origin))));
            }
        }
        facts.groups.iter_mut().chain(&mut facts.parents).for_each(settle);
        facts.add_contents();
        facts
    }

    /// What roles and accounts state, and who holds them. What is in views and groups is a piece of access of its own
    /// only where it `moved`: in one export it is within one that does not hold it in the other.
    pub(crate) fn state(&mut self, atoms: &mut Atoms, moved: &HashSet<Key>) {
        for (key, entity) in self.keyed() {
            match entity.kind {
                Kind::Role => {
                    self.add_holders(entity, key, atoms);
                    self.add_grants(entity, key, atoms, moved);
                }
                Kind::ServiceAccount => self.add_grants(entity, key, atoms, moved),
                _ => {}
            }
        }
        self.holds.iter_mut().for_each(settle);
        self.add_denials(atoms);
        self.add_lying(atoms);
    }

    fn keyed(&self) -> Vec<(Key, Entity)> {
        let kinds = [Kind::View, Kind::Queue, Kind::Role, Kind::Group, Kind::User, Kind::ServiceAccount];
        let all = kinds.into_iter().flat_map(|kind| self.judge.graph().tenant.entities(kind));
        all.filter_map(|entity| Some((*self.keys.get(&entity)?, entity))).collect()
    }

    fn add_contents(&mut self) {
        let graph = self.judge.graph();
        let is_limited = |grant: &&Grant| matches!(grant.scope, ScopeWord::View | ScopeWord::Group);
        let limited = graph.tenant.grants.iter().filter(is_limited).flat_map(|grant| self.limits(grant));
        let limits: HashSet<Entity> = limited.filter_map(Result::ok).collect();
        for limit in limits.into_iter().collect::<BTreeSet<Entity>>() {
            let own = match limit.kind {
                Kind::View => EdgeKind::InView,
                _ => EdgeKind::MemberOf,
            };
            let held = graph.entities_into(limit, own).chain(graph.entities_from(limit, EdgeKind::OnQueue));
            let held = held.filter_map(|(thing, origin)| Some((*self.keys.get(&thing)?, Place::reference(origin))));
            let held: Vec<(Key, Place)> = held.collect();
            if let Some(key) = self.keys.get(&limit) {
                self.contents.entry(*key).or_default().extend(held);
            }
        }
        self.contents.values_mut().for_each(settle);
    }

    /// The views and groups that limit an entry, or what its condition names; a reference that leads nowhere as it is
    /// written.
    fn limits(&self, grant: &Grant) -> Vec<Result<Entity, &'t str>> {
        let kinds = grant.scope.limiting();
        let graph = self.judge.graph();
        let mut limits = Vec::new();
        let references = graph.tenant.refs(grant.targets).iter().filter(|_| !kinds.is_empty());
        for reference in references {
            let before = limits.len();
            for &kind in kinds {
                let rows = graph.directory.each(kind, reference.target);
                limits.extend(rows.map(|row| Ok(Entity { kind, row })));
            }
            if limits.len() == before {
                limits.push(Err(graph.tenant.str(reference.target)));
            }
        }
        limits
    }

    fn add_denials(&mut self, atoms: &mut Atoms) {
        let graph = self.judge.graph();
        for denial in &graph.tenant.denials {
            let permissions = &graph.tenant.permissions;
            let Some(permission) = permissions.get(denial.permission) else { continue };
            let atom = atoms.intern(permissions.spelling(denial.permission), Scope::Word(String::new()), String::new());
            let place = Place::whole(denial.origin);
            let denied = |what| Denied { what, permission: permission.clone(), place };
            match denial.subject {
                None => self.denials.push(denied((atom, None, denial.applies_to_clients))),
                Some(subject) => {
                    let kinds = [Kind::User, Kind::Group, Kind::ServiceAccount].into_iter();
                    let rows = kinds.flat_map(|kind| {
                        graph.directory.each(kind, subject.target).map(move |row| Entity { kind, row })
                    });
                    let keys = rows.filter_map(|entity| self.keys.get(&entity));
                    self.denials.extend(keys.map(|key| denied((atom, Some(*key), true))));
                }
            }
        }
    }

    /// What access policies take off somebody: by name, by a group, or as one of all.
    pub(crate) fn denied(&self, who: Key) -> Vec<&Denied> {
        let kind = self.entities.get(who as usize).copied().flatten().map(|entity| entity.kind);
        let meets = |denied: &&Denied| match denied.what {
            (_, None, applies_to_clients) => applies_to_clients || kind == Some(Kind::User),
            (_, Some(whom), _) => whom == who || at(&self.groups, who).iter().any(|(group, _)| *group == whom),
        };
        self.denials.iter().filter(meets).collect()
    }

    /// Whether an access policy of the same words is in this export.
    pub(crate) fn denies(&self, what: Taken) -> bool {
        self.denials.iter().any(|denied| denied.what == what)
    }

    fn add_holders(&mut self, role: Entity, key: Key, atoms: &mut Atoms) {
        let graph = self.judge.graph();
        let mut known: HashMap<Option<u32>, Vec<ReachId>> = HashMap::new();
        for (holder, origin, row) in graph.holders_of(role.row) {
            let assignment = row.and_then(|row| graph.tenant.assignments.get(row as usize));
            let reaches =
                known.entry(row).or_insert_with(|| assignment.map_or(vec![0], |given| self.reaches(given, atoms)));
            let part = if assignment.is_some() { Part::Scope } else { Part::Id };
            let Some(holder) = self.keys.get(&holder) else { continue };
            for reach in reaches {
                push(&mut self.holds, *holder, Some(((key, *reach), Place { origin, part })));
            }
        }
    }

    /// The divisions in which an assignment gives its role, each told from others by what it is and not by its name.
    fn reaches(&self, assignment: &Assignment, atoms: &mut Atoms) -> Vec<ReachId> {
        let graph = self.judge.graph();
        let words = self.judge.divisions(Some(assignment));
        let named = graph.tenant.refs(assignment.divisions).iter().map(|reference| reference.target);
        let named = named.filter(|_| assignment.reach == Divisions::Named);
        // Which one the home division is only an export with divisions shows.
        let mut meant = named.chain(graph.tenant.home.filter(|_| assignment.reach == Divisions::Home));
        words.into_iter().map(|words| self.division(meant.next(), words, atoms)).collect()
    }

    fn division(&self, target: Option<Sym>, words: String, atoms: &mut Atoms) -> ReachId {
        let (graph, kind) = (self.judge.graph(), Kind::Division);
        let row = target.and_then(|target| graph.directory.each(kind, target).next());
        let own = row.and_then(|row| self.keys.get(&Entity { kind, row })).copied();
        let key = own.or_else(|| (self.elsewhere)(kind, graph.tenant.str(target?)));
        atoms.reach(key.map_or_else(|| words.clone(), |key| format!("#{key}")), words)
    }

    fn add_lying(&mut self, atoms: &mut Atoms) {
        let tenant = self.judge.graph().tenant;
        let queues = tenant.entities(Kind::Queue).zip(tenant.queues.iter().map(|queue| queue.division));
        let users = tenant.entities(Kind::User).zip(tenant.users.iter().map(|user| user.division));
        for (thing, division) in queues.chain(users) {
            let (Some(key), Some(division)) = (self.keys.get(&thing).copied(), division) else { continue };
            let reach = self.division(Some(division.target), self.judge.division(division.target), atoms);
            let place = Place { origin: tenant.head(thing).origin, part: Part::Division };
            self.lying.entry(key).or_insert((reach, place));
        }
    }

    fn add_grants(&mut self, owner: Entity, key: Key, atoms: &mut Atoms, moved: &HashSet<Key>) {
        let tenant = self.judge.graph().tenant;
        for grant in tenant.grants(tenant.grants_of(owner)) {
            let spelling = tenant.permissions.spelling(grant.permission);
            let limits = self.limits(grant);
            let kinds = grant.scope.limiting();
            let limits: BTreeSet<Limit> = limits.into_iter().filter_map(|limit| self.limit(limit, kinds)).collect();
            let words = match grant.scope {
                ScopeWord::Undeclared | ScopeWord::Unknown(_) => "All".to_owned(),
                _ => tenant.scope_phrase(grant),
            };
            let scope = match grant.scope {
                ScopeWord::Granted if owner.kind == Kind::Role => Scope::Given,
                ScopeWord::View | ScopeWord::Group if !limits.is_empty() => {
                    Scope::Within(limits.iter().cloned().collect())
                }
                ScopeWord::Condition if !limits.is_empty() => Scope::Named(limits.iter().cloned().collect()),
                ScopeWord::Condition => Scope::Conditioned,
                _ => Scope::Word(words.clone()),
            };
            let atom = atoms.intern(spelling, scope, words);
            if grant.scope == ScopeWord::View && self.judge.is_all(grant) {
                self.whole.insert(atom);
            }
            if self.judge.is_undivided(grant.permission, None) {
                self.undivided.insert(atom);
            }
            let parts = limits.into_iter().filter_map(Result::ok);
            let parts = parts.flat_map(|limit| self.parts(atom, limit, atoms, moved)).collect();
            let place = Place { origin: grant.origin, part: Part::Scope };
            push(&mut self.grants, key, Some(Stated { atom, place, parts }));
        }
    }

    fn limit(&self, limit: Result<Entity, &str>, kinds: &[Kind]) -> Option<Limit> {
        match limit {
            Ok(entity) => self.keys.get(&entity).map(|key| Ok(*key)),
            Err(written) => {
                let known = kinds.iter().find_map(|kind| (self.elsewhere)(*kind, written));
                Some(known.ok_or_else(|| written.to_owned()))
            }
        }
    }

    fn parts(&self, whole: AtomId, limit: Key, atoms: &mut Atoms, moved: &HashSet<Key>) -> Vec<Piece> {
        let tenant = self.judge.graph().tenant;
        let held = self.contents.get(&limit).map_or(&[][..], Vec::as_slice);
        let own = held.iter().filter(|(thing, _)| moved.contains(thing));
        let piece = |(thing, place): &(Key, Place)| {
            let entity = self.entities.get(*thing as usize).copied().flatten()?;
            let words = format!("{} {}", entity.kind.noun(), tenant.name(entity));
            let atom = atoms.intern_part(whole, *thing, words);
            Some(Piece { limit, thing: *thing, atom, place: *place })
        };
        own.filter_map(piece).collect()
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
            let parents = at(&self.parents, role).iter().map(|(parent, _)| *parent);
            open.extend(parents.filter(|parent| seen.insert(*parent)));
        }
        atoms.into_iter().collect()
    }
}

impl Stated {
    /// The entry, and what of its views and groups moved.
    pub(crate) fn atoms(&self) -> impl Iterator<Item = AtomId> + '_ {
        std::iter::once(self.atom).chain(self.parts.iter().map(|piece| piece.atom))
    }
}

/// What is within a view or group in one export, and not in the other, which has that too.
pub(crate) fn moved(before: &Facts<'_, '_, '_>, after: &Facts<'_, '_, '_>) -> HashSet<Key> {
    let mut moved = HashSet::new();
    for (one, other) in [(before, after), (after, before)] {
        let limits: BTreeSet<Key> = one.contents.keys().copied().collect();
        for limit in limits {
            let (Some(own), Some(known)) = (one.contents.get(&limit), other.contents.get(&limit)) else { continue };
            let known: HashSet<Key> = known.iter().map(|(thing, _)| *thing).collect();
            moved.extend(own.iter().map(|(thing, _)| *thing).filter(|thing| !known.contains(thing)));
        }
    }
    moved
}

/// What is listed under a key.
pub(crate) fn at<T>(lists: &[Vec<T>], key: Key) -> &[T] {
    lists.get(key as usize).map_or(&[], Vec::as_slice)
}

fn push<T>(lists: &mut [Vec<T>], key: Key, value: Option<T>) {
    if let (Some(list), Some(value)) = (lists.get_mut(key as usize), value) {
        list.push(value);
    }
}

/// In order, each edge once; of several places the first.
fn settle<T: Ord + Copy>(list: &mut Vec<(T, Place)>) {
    list.sort_unstable();
    list.dedup_by_key(|(edge, _)| *edge);
}
