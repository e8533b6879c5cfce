//! Which entity of one export is which of the other.

use hashbrown::HashMap;
use rolecall_model::{Entity, Kind, Tenant};

/// An entity, whatever export it is in.
pub(crate) type Key = u32;

/// The kinds that access goes through.
const KINDS: [Kind; 7] =
    [Kind::Role, Kind::Group, Kind::User, Kind::ServiceAccount, Kind::Queue, Kind::View, Kind::Division];

/// The entities of one export.
pub(crate) type Keys = HashMap<Entity, Key>;

/// The entities of both exports, numbered.
#[derive(Default)]
pub(crate) struct Identity {
    pub(crate) old: Keys,
    pub(crate) new: Keys,
    pub(crate) renumbered: usize,
    count: u32,
}

impl Identity {
    /// By kind and id; where an id is in one export only, by a name that is in each once: what is made anew under the
    /// same name is the same to whoever gave it access. Where an export has no id, the name is the id.
    pub(crate) fn of(old: &Tenant, new: &Tenant) -> Self {
        let mut identity = Self::default();
        for kind in KINDS {
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
                let same = gone.get(name).filter(|_| is_only).and_then(|entity| identity.old.get(entity)).copied();
                identity.renumbered += usize::from(same.is_some());
                let key =
                    same.unwrap_or_else(|| *made.entry(id(new, entity)).or_insert_with(|| next(&mut identity.count)));
                identity.new.insert(entity, key);
            }
        }
        identity
    }

    /// How many entities there are in both.
    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }
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
