//! Finding the entity that a reference means: by id, else by exact name.

use crate::rows::Rows;
use crate::{Assignment, Entity, Head, Kind, List, Ref, Role, Sym, Tenant};
use hashbrown::{HashMap, HashSet};
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
        let implied = if kind == Kind::Role { self.implied } else { 0 };
        match (rows.is_empty(), self.tenant.count(kind) == implied) {
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

/// Drops the embedded of several that share an id; of embedded ones alone the first stays.
fn keep_listed<T>(rows: &mut Vec<T>, head: impl Fn(&T) -> Head) {
    if !rows.iter().any(|row| head(row).embedded) {
        return;
    }
    let mut known: HashSet<Sym> = rows.iter().map(&head).filter(|h| !h.embedded).filter_map(|h| h.id).collect();
    rows.retain(|row| {
        let head = head(row);
        !head.embedded || head.id.is_none_or(|id| known.insert(id))
    });
}

impl Tenant {
    /// Makes one tenant of what the files say together: drops what was only seen within
    /// something else where it is listed for itself, and adds the platform's own roles
    /// that are referred to but not listed. Call once, on the whole tenant.
    pub fn settle(&mut self) {
        self.resolve_aliases();
        self.carry_over_of_roles();
        // Of most exports this is all that is asked of their users, of whom there are the most.
        if self.users.iter().any(|user| user.head.embedded || user.of_trustee) {
            self.carry_over_of_users();
            keep_listed(&mut self.users, |user| user.head);
        }
        keep_listed(&mut self.roles, |role| role.head);
        keep_listed(&mut self.service_accounts, |account| account.head);
        keep_listed(&mut self.groups, |group| group.head);
        keep_listed(&mut self.queues, |queue| queue.head);
        keep_listed(&mut self.oauth_clients, |client| client.head);
        keep_listed(&mut self.recording_policies, |policy| policy.head);
        keep_listed(&mut self.divisions, |division| *division);
        self.keep_stated();
        self.imply_default_roles();
        self.share();
    }

    /// Lets copies have in common what is large; a copy is made to be edited a little.
    fn share(&mut self) {
        self.strings.share();
        self.refs.share();
        self.grants.share();
        self.users.share();
        self.assignments.share();
    }

    /// Makes one id of the several that an entity goes by: the one under which it is listed,
    /// else the one that the configuration has for it.
    fn resolve_aliases(&mut self) {
        if self.aliases.is_empty() {
            return;
        }
        let mut listed: HashSet<Sym> = HashSet::new();
        for kind in Kind::ALL {
            let heads = self.entities(kind).map(|entity| self.head(entity));
            listed.extend(heads.filter(|head| !head.embedded).filter_map(|head| head.id));
        }
        let mut meaning: HashMap<Sym, Sym> = HashMap::new();
        for (alias, id) in std::mem::take(&mut self.aliases) {
            // A listing of the platform names its entities by their real ids.
            let (from, to) = if listed.contains(&alias) && !listed.contains(&id) { (id, alias) } else { (alias, id) };
            meaning.insert(from, to);
        }
        // An address leads to a real id and that to an address, so a few steps reach the end.
        let resolve = |sym: Sym| {
            let mut at = sym;
            for _ in 0..4 {
                match meaning.get(&at) {
                    Some(next) if *next != at => at = *next,
                    _ => break,
                }
            }
            at
        };
        self.replace(&resolve);
        let rename = |head: &mut Head| {
            if let Some(id) = head.id
                && resolve(id) != id
            {
                head.id = Some(resolve(id));
                head.embedded = true;
            }
        };
        self.roles.iter_mut().for_each(|role| rename(&mut role.head));
        self.users.iter_mut().for_each(|user| rename(&mut user.head));
        self.service_accounts.iter_mut().for_each(|account| rename(&mut account.head));
        self.groups.iter_mut().for_each(|group| rename(&mut group.head));
        self.queues.iter_mut().for_each(|queue| rename(&mut queue.head));
        self.oauth_clients.iter_mut().for_each(|client| rename(&mut client.head));
        self.recording_policies.iter_mut().for_each(|policy| rename(&mut policy.head));
        self.divisions.iter_mut().for_each(rename);
    }

    /// Gives to listed roles what only a look from elsewhere says of them.
    fn carry_over_of_roles(&mut self) {
        let added: HashMap<Sym, List> = self
            .roles
            .iter()
            .filter(|role| role.head.embedded && role.added.len > 0)
            .filter_map(|role| Some((role.head.id?, role.added)))
            .collect();
        for role in self.roles.iter_mut().filter(|_| !added.is_empty()) {
            role.added = role.head.id.and_then(|id| added.get(&id)).copied().unwrap_or(role.added);
        }
    }

    /// The same to users.
    fn carry_over_of_users(&mut self) {
        let licences: HashMap<Sym, List> = self
            .users
            .iter()
            .filter(|user| user.head.embedded && user.licences.len > 0)
            .filter_map(|user| Some((user.head.id?, user.licences)))
            .collect();
        let sent: HashSet<Sym> =
            self.users.iter().filter(|user| user.of_trustee).filter_map(|user| user.head.id).collect();
        for user in self.users.iter_mut().filter(|_| !sent.is_empty()) {
            user.of_trustee |= user.head.id.is_some_and(|id| sent.contains(&id));
        }
        for user in self.users.iter_mut().filter(|_| !licences.is_empty()) {
            user.licences = user.head.id.and_then(|id| licences.get(&id)).copied().unwrap_or(user.licences);
        }
    }

    /// Drops what the state says of a role given, where the configuration says it too.
    fn keep_stated(&mut self) {
        if !self.assignments.iter().any(|a| a.embedded) {
            return;
        }
        let key = |a: &Assignment| (a.subject.target, a.role.target);
        let stated: HashSet<(Sym, Sym)> = self.assignments.iter().filter(|a| !a.embedded).map(key).collect();
        self.assignments.retain(|a| !a.embedded || !stated.contains(&key(a)));
    }

    /// Gives every reference another target.
    fn replace(&mut self, new: &dyn Fn(Sym) -> Sym) {
        self.refs.iter_mut().for_each(|r| r.target = new(r.target));
        self.home = self.home.map(new);
        for assignment in &mut self.assignments {
            assignment.subject.target = new(assignment.subject.target);
            assignment.role.target = new(assignment.role.target);
            assignment.shown_for = assignment.shown_for.map(|r| Ref { target: new(r.target), ..r });
        }
        for membership in &mut self.memberships {
            membership.of.target = new(membership.of.target);
            membership.member.target = new(membership.member.target);
        }
        for reference in self.users.iter_mut().filter_map(|user| user.division.as_mut()) {
            reference.target = new(reference.target);
        }
        for reference in self.queues.iter_mut().filter_map(|queue| queue.division.as_mut()) {
            reference.target = new(reference.target);
        }
        for reference in self.service_accounts.iter_mut().filter_map(|account| account.client.as_mut()) {
            reference.target = new(reference.target);
        }
    }

    /// Adds the platform's own roles that are referred to but not in the export, so
    /// that holding or inheriting one is seen.
    fn imply_default_roles(&mut self) {
        let missing = self.missing_default_roles();
        for (reference, origin) in missing {
            let name = self.str(reference).to_owned();
            let name = self.strings.keep(&name);
            let head = Head { name, origin, ..Head::default() };
            self.roles.push(Role { head, system: true, implied: true, ..Role::default() });
        }
    }

    fn missing_default_roles(&self) -> Vec<(Sym, crate::Origin)> {
        if !self.strings.symbols().any(|symbol| is_default_role(self.str(symbol))) {
            return Vec::new();
        }
        let directory = Directory::new(self);
        // For each symbol whether it is one of them; nothing before it is met.
        let mut verdicts: Vec<Option<bool>> = vec![None; self.strings.symbol_count()];
        let mut missing: Vec<(Sym, crate::Origin)> = Vec::new();
        for kind in [Kind::Role, Kind::User, Kind::ServiceAccount, Kind::Group, Kind::Report] {
            for entity in self.entities(kind) {
                for &Ref { target, at } in self.roles_of(entity) {
                    let Some(verdict @ None) = verdicts.get_mut(target.index()) else { continue };
                    let is_missing =
                        is_default_role(self.str(target)) && directory.each(Kind::Role, target).next().is_none();
                    *verdict = Some(is_missing);
                    if is_missing {
                        missing.push((target, self.head(entity).origin.at(at)));
                    }
                }
            }
        }
        missing.sort_by_key(|(target, _)| self.str(*target).to_owned());
        missing
    }

    /// Whether a role is one of the platform's own.
    #[must_use]
    pub fn is_system_role(&self, row: u32) -> bool {
        let entity = Entity { kind: Kind::Role, row };
        self.roles.get(row as usize).is_some_and(|role| role.system || is_default_role(self.name(entity)))
    }
}
