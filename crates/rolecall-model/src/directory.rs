//! Finding the entity that a reference means: by id, else by exact name.

use crate::rows::Rows;
use crate::{Entity, Head, Kind, Role, Sym, Tenant};
use hashbrown::HashSet;
use std::sync::{Arc, OnceLock};

/// The names of the platform's own roles, as data.
const DEFAULT_ROLES: &str = include_str!("../data/default-roles.txt");

/// The platform's own roles by name, in small letters.
#[derive(Default)]
struct DefaultRoles {
    names: HashSet<String>,
    /// For each length the letters that names of it begin with, a bit each: most other names are told from them by this.
    starts: Vec<u32>,
}

impl DefaultRoles {
    fn new() -> Self {
        let mut roles = Self::default();
        for line in DEFAULT_ROLES.lines().map(str::trim).filter(|line| !(line.is_empty() || line.starts_with('#'))) {
            if roles.starts.len() <= line.len() {
                roles.starts.resize(line.len() + 1, 0);
            }
            if let Some(starts) = roles.starts.get_mut(line.len()) {
                *starts |= start_of(line);
            }
            roles.names.insert(line.to_ascii_lowercase());
        }
        roles
    }

    fn has(&self, name: &str) -> bool {
        let name = name.trim();
        self.starts.get(name.len()).is_some_and(|starts| starts & start_of(name) != 0)
            && self.names.contains(&name.to_ascii_lowercase())
    }
}

/// The letter that a text begins with, as a bit, whether it is small or not.
fn start_of(text: &str) -> u32 {
    text.bytes().next().map_or(0, |first| 1 << (first & 0x1F))
}

/// Whether `name` is that of one of the platform's own roles.
#[must_use]
pub fn is_default_role(name: &str) -> bool {
    static ROLES: OnceLock<DefaultRoles> = OnceLock::new();
    ROLES.get_or_init(DefaultRoles::new).has(name)
}

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The rows that answer to it: one, or several where an id or a name is given twice.
    Found(Vec<u32>),
    /// Nothing, though the export holds entities of that kind.
    Missing,
    /// Nothing, and the export holds no entity of that kind.
    KindAbsent,
}

/// The index of a tenant by id, and by name where an id was not enough.
pub struct Directory<'t> {
    tenant: &'t Tenant,
    index: Arc<Index>,
    implied: u32,
}

/// For each kind the rows by id, and by name.
#[derive(Default)]
struct Index {
    by_id: [OnceLock<Rows>; Kind::ALL.len()],
    by_name: [OnceLock<Rows>; Kind::ALL.len()],
}

impl<'t> Directory<'t> {
    /// Indexes a tenant, each kind when it is first asked for.
    #[must_use]
    pub fn new(tenant: &'t Tenant) -> Self {
        let implied = tenant.roles.iter().filter(|r| r.implied).count();
        Self { tenant, index: Arc::default(), implied: u32::try_from(implied).unwrap_or(u32::MAX) }
    }

    /// The same index for a tenant with the same entities.
    #[must_use]
    pub fn with<'o>(&self, tenant: &'o Tenant) -> Directory<'o> {
        Directory { tenant, index: Arc::clone(&self.index), implied: self.implied }
    }

    /// What a reference to an entity may say: its id, or its name.
    #[must_use]
    pub(crate) fn words(&self, entity: Entity) -> [Option<Sym>; 2] {
        let head = self.tenant.head(entity);
        [head.id, self.name_symbol(head)]
    }

    /// What `reference` leads to among the entities of `kind`.
    #[must_use]
    pub fn find(&self, kind: Kind, reference: Sym) -> Lookup {
        let rows = self.rows(kind, reference);
        let unlisted = match kind {
            Kind::Role => self.implied,
            Kind::Division if self.tenant.only_shows_divisions => self.tenant.count(kind),
            _ => 0,
        };
        match (rows.is_empty(), self.tenant.count(kind) == unlisted) {
            (false, _) => Lookup::Found(rows),
            (true, true) => Lookup::KindAbsent,
            (true, false) => Lookup::Missing,
        }
    }

    /// The rows that a reference leads to; none where it leads to nothing.
    #[must_use]
    pub fn rows(&self, kind: Kind, reference: Sym) -> Vec<u32> {
        self.each(kind, reference).collect()
    }

    /// The same one by one, which takes no memory.
    #[inline]
    pub fn each(&self, kind: Kind, reference: Sym) -> impl Iterator<Item = u32> + '_ {
        let rows = self.by_id(kind).map(|ids| ids.get(reference)).unwrap_or_default();
        let is_name = rows.is_empty();
        if is_name { self.by_name(kind).map(|names| names.get(reference)).unwrap_or_default() } else { rows }
    }

    /// Whether two references lead to the same entity, or are the same words.
    #[must_use]
    pub fn is_same(&self, kind: Kind, a: Sym, b: Sym) -> bool {
        a == b || self.each(kind, a).any(|row| self.each(kind, b).any(|other| other == row))
    }

    /// The entities of a kind that share an id, or that have no id and share a name:
    /// one list for each, in order of row.
    #[must_use]
    pub fn duplicates(&self, kind: Kind) -> Vec<Vec<u32>> {
        let mut found: Vec<Vec<u32>> = Vec::new();
        // Neither is referred to, and one may be met in several places.
        if matches!(kind, Kind::Setting | Kind::Secret) {
            return found;
        }
        if let Some(ids) = self.by_id(kind) {
            // An address of Terraform need be unique within its folder alone, and Terraform sees to it.
            let is_id = |rows: &Vec<u32>| {
                let id = rows.first().map_or("", |row| self.tenant.id(Entity { kind, row: *row }));
                !id.contains("genesyscloud_")
            };
            found.extend(ids.shared().into_iter().filter(is_id));
        }
        let mut nameless = Rows::new(0..0, 0);
        for entity in self.backwards(kind) {
            let head = self.tenant.head(entity);
            if head.id.is_none()
                && let Some(name) = self.name_symbol(head)
            {
                nameless.add(name, entity.row);
            }
        }
        found.extend(nameless.shared());
        found.sort();
        found
    }

    fn by_id(&self, kind: Kind) -> Option<&Rows> {
        let cell = self.index.by_id.get(kind as usize)?;
        Some(cell.get_or_init(|| {
            let id = |entity: Entity| Some((self.tenant.head(entity).id?, entity.row));
            let (expected, symbols) = (self.tenant.count(kind) as usize, self.tenant.strings.symbol_count());
            Rows::of(self.backwards(kind).filter_map(id), expected, symbols)
        }))
    }

    fn by_name(&self, kind: Kind) -> Option<&Rows> {
        let cell = self.index.by_name.get(kind as usize)?;
        Some(cell.get_or_init(|| {
            // A name that nothing refers to was never interned, and needs no row.
            let name = |entity: Entity| Some((self.name_symbol(self.tenant.head(entity))?, entity.row));
            let names: Vec<(Sym, u32)> = self.backwards(kind).filter_map(name).collect();
            Rows::of(names.iter().copied(), names.len(), self.tenant.strings.symbol_count())
        }))
    }

    /// Every entity of a kind, the last first, which is how [`Rows`] takes them.
    fn backwards(&self, kind: Kind) -> impl Iterator<Item = Entity> + Clone + use<> {
        (0..self.tenant.count(kind)).rev().map(move |row| Entity { kind, row })
    }

    fn name_symbol(&self, head: Head) -> Option<Sym> {
        let name = self.tenant.strings.text(head.name);
        if name.is_empty() { None } else { self.tenant.strings.lookup(name) }
    }
}

impl Tenant {
    /// Whether a role is one of the platform's own.
    #[must_use]
    pub fn is_system_role(&self, row: u32) -> bool {
        let entity = Entity { kind: Kind::Role, row };
        let is_one = |role: &Role| role.system || (!role.custom && is_default_role(self.name(entity)));
        self.roles.get(row as usize).is_some_and(is_one)
    }

    /// Whether a role is one of the platform's own that are there to administer.
    #[must_use]
    pub fn is_admin_role(&self, row: u32) -> bool {
        let name = self.name(Entity { kind: Kind::Role, row });
        let is_so_called = || ["Admin", "Master Admin"].iter().any(|admin| admin.eq_ignore_ascii_case(name.trim()));
        let said = self.roles.get(row as usize).and_then(|role| role.admin);
        self.is_system_role(row) && said.unwrap_or_else(is_so_called)
    }
}
