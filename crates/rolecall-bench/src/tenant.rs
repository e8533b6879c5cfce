//! A made-up tenant, row by row; dialects only spell it.

use crate::seed::{below, number};

/// How large a tenant is, and how much is wrong with it.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Users.
    pub users: u32,
    /// Roles.
    pub roles: u32,
    /// Groups.
    pub groups: u32,
    /// Queues.
    pub queues: u32,
    /// Permission entries of a role.
    pub entries: u32,
    /// Of a thousand partner users and roles, how many are at fault.
    pub faults: u32,
    /// Whether roles inherit from each other.
    pub inherits: bool,
    /// Another seed is another tenant of the same size.
    pub seed: u64,
}

/// A tenant.
#[derive(Clone, Copy, Debug)]
pub struct Tenant {
    /// Its size.
    pub size: Size,
}

/// One permission entry.
pub(crate) struct Entry {
    /// Domain, entity and action as the guide's screens show them.
    pub(crate) words: [&'static str; 3],
    pub(crate) scope: Option<&'static str>,
}

/// What a number is drawn for.
mod matter {
    pub(super) const FIRST: u64 = 1;
    pub(super) const LAST: u64 = 2;
    pub(super) const ROLE: u64 = 3;
    pub(super) const GROUP: u64 = 4;
    pub(super) const FAULT: u64 = 5;
    pub(super) const ENTRY: u64 = 6;
    pub(super) const QUEUE: u64 = 7;
    pub(super) const COUNT: u64 = 8;
    pub(super) const PARENT: u64 = 9;
}

const FIRST: [&str; 16] = [
    "Ana", "Bruno", "Carla", "Dinis", "Eva", "Filipe", "Gil", "Inês", "João", "Kim", "Lena", "Marta", "Nuno", "Olga",
    "Paulo", "Rita",
];
const LAST: [&str; 16] = [
    "Alves", "Brito", "Cruz", "Dias", "Esteves", "Faria", "Gomes", "Horta", "Lopes", "Müller", "Nunes", "Pires",
    "Reis", "Santos", "Teles", "Vaz",
];

/// What roles of the partners may hold.
const RESTRICTED: [Entry; 6] = [
    Entry { words: ["Telephony", "Agent", "*"], scope: None },
    Entry { words: ["Telephony", "Call Control", "*"], scope: None },
    Entry { words: ["Routing", "Queue", "View"], scope: Some("Assigned") },
    Entry { words: ["Reporting", "Reporting Data", "View"], scope: Some("Assigned") },
    Entry { words: ["Interaction", "Transcript", "View"], scope: Some("Assigned") },
    Entry { words: ["User", "Profile", "View"], scope: Some("Self") },
];

/// Domains and entities of which roles of the house hold some.
const DOMAINS: [&str; 10] = [
    "Routing",
    "Analytics",
    "Quality",
    "Directory",
    "Outbound",
    "Architect",
    "Conversation",
    "Workforce",
    "Recording",
    "Telephony",
];
const ENTITIES: [&str; 8] =
    ["Queue", "Evaluation", "Contact List", "Schedule", "Campaign", "Flow", "Calibration", "Dashboard"];
const ACTIONS: [&str; 4] = ["View", "Edit", "Add", "Delete"];
const SCOPES: [&str; 3] = ["Self", "Assigned", "All"];
pub(crate) const REGIONS: [&str; 3] = ["emea-1", "amer-1", "apac-1"];
/// How many partners there are.
const PARTNERS: u32 = 4;

impl Tenant {
    /// A tenant of a size.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self { size }
    }

    fn below(&self, matter: u64, row: u32, limit: u32) -> u32 {
        below(self.size.seed, matter, row, limit)
    }

    /// Every fourth user, role, group and queue is a partner's.
    pub(crate) fn is_partner(&self, row: u32) -> bool {
        row % 4 == 3
    }

    pub(crate) fn is_faulty(&self, row: u32) -> bool {
        self.below(matter::FAULT, row, 1000) < self.size.faults
    }

    /// One of `limit` rows that is a partner's where `like` is, and else is none.
    fn alike(&self, like: u32, number: u32, limit: u32) -> Option<u32> {
        let (quarters, is_partner) = (limit / 4, self.is_partner(like));
        match (quarters, is_partner) {
            (0, _) => None,
            (_, true) => Some(number % quarters * 4 + 3),
            (_, false) => Some(number % quarters * 4 + number % 3),
        }
    }

    pub(crate) fn partner(&self, row: u32) -> u32 {
        row / 4 % PARTNERS
    }

    pub(crate) fn person(&self, row: u32) -> [&'static str; 2] {
        let of = |names: &[&'static str; 16], matter| {
            names.get(number(self.size.seed, matter, row) as usize % 16).copied().unwrap_or_default()
        };
        [of(&FIRST, matter::FIRST), of(&LAST, matter::LAST)]
    }

    pub(crate) fn email(&self, row: u32) -> String {
        if self.is_partner(row) {
            format!("agent.{row}@partner-{}.example", self.partner(row))
        } else {
            format!("user.{row}@westwind.example")
        }
    }

    pub(crate) fn region(&self, row: u32) -> &'static str {
        REGIONS.get(self.partner(row) as usize % 3).copied().unwrap_or_default()
    }

    /// The roles that a user holds: one to three of its own sort, none twice.
    pub(crate) fn roles_of(&self, user: u32) -> Vec<u32> {
        let count = 1 + self.below(matter::COUNT, user, 3);
        let mut roles = self.several(user, matter::ROLE, count, self.size.roles);
        // Among the faults of partners: a role of the house.
        if self.is_partner(user) && self.is_faulty(user) {
            roles.extend(self.alike(0, self.below(matter::ROLE, user, u32::MAX), self.size.roles));
        }
        roles
    }

    /// The groups that a user is in.
    pub(crate) fn groups_of(&self, user: u32) -> Vec<u32> {
        let count = 1 + self.below(matter::COUNT, user, 2);
        self.several(user, matter::GROUP, count, self.size.groups)
    }

    /// The users on a queue.
    pub(crate) fn members_of(&self, queue: u32) -> Vec<u32> {
        self.several(queue, matter::QUEUE, 12, self.size.users)
    }

    fn several(&self, like: u32, matter: u64, count: u32, limit: u32) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..count)
            .filter_map(|turn| {
                let drawn = self.below(matter + 16 * u64::from(turn + 1), like, u32::MAX);
                self.alike(like, drawn, limit)
            })
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The role that a role inherits from: of every eighth, an earlier one of its own sort.
    pub(crate) fn parent_of(&self, role: u32) -> Option<u32> {
        let is_heir = self.size.inherits && role % 32 >= 28 && role >= 32;
        let drawn = self.below(matter::PARENT, role, role / 4 + 1);
        if is_heir { self.alike(role, drawn, role / 4 * 4) } else { None }
    }

    pub(crate) fn role_name(&self, row: u32) -> String {
        if self.is_partner(row) { format!("BPO Desk {row}") } else { format!("Claims Desk {row}") }
    }

    pub(crate) fn group_name(&self, row: u32) -> String {
        if self.is_partner(row) { format!("BPO Floor {row}") } else { format!("Claims Floor {row}") }
    }

    /// The permission entries of a role.
    pub(crate) fn entries_of(&self, role: u32) -> Vec<Entry> {
        if self.is_partner(role) {
            let scope = match (self.is_faulty(role), role % 8) {
                (false, _) => "Assigned",
                (true, 3) => "All",
                (true, _) => "Group",
            };
            let is_reporting = |entry: &Entry| entry.words == ["Reporting", "Reporting Data", "View"];
            let entry = |entry: &Entry| {
                let scope = if is_reporting(entry) { Some(scope) } else { entry.scope };
                Entry { words: entry.words, scope }
            };
            return RESTRICTED.iter().map(entry).collect();
        }
        let count = DOMAINS.len() * ENTITIES.len() * ACTIONS.len();
        let first = number(self.size.seed, matter::ENTRY, role) as usize;
        let entry = |step: usize| {
            // 73 shares no factor with the number of permissions, so none comes twice.
            let at = (first + step * 73) % count;
            let word = |words: &[&'static str], at: usize| words.get(at % words.len()).copied().unwrap_or_default();
            let (domain, rest) = (word(&DOMAINS, at), at / DOMAINS.len());
            let words = [domain, word(&ENTITIES, rest), word(&ACTIONS, rest / ENTITIES.len())];
            Entry { words, scope: Some(word(&SCOPES, at / 7)) }
        };
        let wide = Entry { words: ["Reporting", "Reporting Data", "View"], scope: Some("All") };
        let wide = self.is_faulty(role).then_some(wide);
        (0..self.size.entries as usize).map(entry).chain(wide).collect()
    }
}
