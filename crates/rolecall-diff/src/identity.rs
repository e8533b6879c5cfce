//! Which entity of one export is which of the other.

use hashbrown::HashMap;
use rolecall_engine::{Aliases, Judge};
use rolecall_model::{Entity, Kind, Tenant};

/// An entity, whatever export it is in.
pub(crate) type Key = u32;

/// The entities of one export.
pub(crate) type Keys = HashMap<Entity, Key>;

/// The entities of both exports, numbered.
#[derive(Default)]
pub struct Identity {
    pub(crate) old: Keys,
    pub(crate) new: Keys,
    pub(crate) renumbered: usize,
    aliases: Aliases,
    count: u32,
}

impl Identity {
    /// By kind and id; where an id is in one export only, by a name that is in each once: what is made anew under the
    /// same name is the same to whoever gave it access. Where an export has no id, the name is the id.
    #[must_use]
    pub fn of(old: &Tenant, new: &Tenant) -> Self {
        let mut identity = Self::default();
        for kind in Kind::ALL {
            let mut known: HashMap<&str, Key> = HashMap::new();
            for entity in old.entities(kind) {
                let key = *known.entry(id(old, entity)).or_insert_with(|| next(&mut identity.count));
                identity.old.insert(entity, key);
            }
            let mut strangers: Vec<Entity> = Vec::new();
            let mut is_seen: HashMap<&str, Key> = HashMap::new();
            for entity in new.entities(kind) {
                match known.get(id(new, entity)) {
                    Some(key) => {
                        is_seen.insert(id(new, entity), *key);
                        identity.new.insert(entity, *key);
                    }
                    None => strangers.push(entity),
                }
            }
            let gone = old.entities(kind).filter(|entity| !is_seen.contains_key(id(old, *entity)));
            let gone = once_by_name(old, gone.collect());
            let by_name = once_by_name(new, strangers.clone());
            let mut made: HashMap<&str, Key> = HashMap::new();
            for entity in strangers {
                let name = new.name(entity);
                let is_only = by_name.get(name) == Some(&entity) && !name.is_empty();
                let known = gone.get(name).filter(|_| is_only);
                let same = known.and_then(|entity| identity.old.get(entity)).copied();
                identity.renumbered += usize::from(same.is_some());
                identity.aliases.extend(known.map(|known| (*known, id(new, entity).to_owned())));
                let key =
                    same.unwrap_or_else(|| *made.entry(id(new, entity)).or_insert_with(|| next(&mut identity.count)));
                identity.new.insert(entity, key);
            }
        }
        identity
    }

    /// The new ids of entities of the old export that have others, by which findings on them are the same.
    #[must_use]
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// What the old export has by an id that the new one only refers to.
    pub(crate) fn in_old(&self, old: &Judge<'_, '_>, kind: Kind, id: &str) -> Option<Key> {
        listed(&self.old, old, kind, id)
    }

    /// The same the other way round.
    pub(crate) fn in_new(&self, new: &Judge<'_, '_>, kind: Kind, id: &str) -> Option<Key> {
        listed(&self.new, new, kind, id)
    }

    /// How many entities there are in both.
    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }
}

fn listed(keys: &Keys, judge: &Judge<'_, '_>, kind: Kind, id: &str) -> Option<Key> {
    let graph = judge.graph();
    let id = graph.tenant.strings.lookup(id)?;
    graph.directory.each(kind, id).find_map(|row| keys.get(&Entity { kind, row })).copied()
}

fn next(count: &mut u32) -> Key {
    *count += 1;
    *count - 1
}

fn id(tenant: &Tenant, entity: Entity) -> &str {
    let id = tenant.id(entity);
    if id.is_empty() { tenant.name(entity) } else { id }
}

/// The entities whose name no other of them has.
fn once_by_name(tenant: &Tenant, entities: Vec<Entity>) -> HashMap<&str, Entity> {
    let mut found: HashMap<&str, Option<Entity>> = HashMap::new();
    for entity in entities {
        found.entry(tenant.name(entity)).and_modify(|known| *known = None).or_insert(Some(entity));
    }
    found.into_iter().filter_map(|(name, entity)| Some((name, entity?))).collect()
}
