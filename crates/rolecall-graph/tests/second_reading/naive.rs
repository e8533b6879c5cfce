//! Random tenants, and what they say, asked of the JSON itself.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many of each kind there are.
pub(crate) const ROLES: u32 = 6;
const GROUPS: u32 = 3;
const USERS: u32 = 4;
const ACCOUNTS: u32 = 2;
const VIEWS: u32 = 2;

/// Numbers that seem random and follow from the seed alone.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    /// Some of the first `count` things of a kind, each by its id, in any order.
    pub(crate) fn some(&mut self, prefix: &str, count: u32, most: u32) -> Vec<String> {
        let mut all: Vec<u32> = (0..count).collect();
        let picked =
            (0..self.below(most + 1)).map(|_| all.remove(self.below(u32::try_from(all.len()).expect("few")) as usize));
        picked.map(|number| format!("{prefix}{number}")).collect()
    }
}

/// What a random tenant says.
pub(crate) fn written(dice: &mut Dice) -> Value {
    let impersonation = |dice: &mut Dice| match dice.below(4) {
        0 => json!({"id": "user:impersonate", "scope": "All"}),
        1 => json!({"id": "user:impersonate", "scope": "Self"}),
        2 => json!({"id": "user:impersonate", "scope": "View", "views": dice.some("v", VIEWS, 2)}),
        _ => json!({"id": "user:impersonate", "scope": "Group", "groups": dice.some("g", GROUPS, 2)}),
    };
    let grants = |dice: &mut Dice| {
        let mut all = vec![json!("routing:queue:view"); dice.below(3) as usize];
        if dice.below(3) == 0 {
            all.push(impersonation(dice));
        }
        all
    };
    let roles: Vec<Value> = (0..ROLES)
        .map(|n| json!({"id": format!("r{n}"), "name": format!("R{n}"), "inheritsFrom": dice.some("r", ROLES, 2), "rolePermissions": grants(dice)}))
        .collect();
    let groups: Vec<Value> = (0..GROUPS)
        .map(|n| json!({"id": format!("g{n}"), "name": format!("G{n}"), "members": dice.some("u", USERS, 2), "userRoles": dice.some("r", ROLES, 1)}))
        .collect();
    let users: Vec<Value> = (0..USERS)
        .map(|n| json!({"id": format!("u{n}"), "name": format!("U{n}"), "groups": dice.some("g", GROUPS, 1), "userRoles": dice.some("r", ROLES, 2)}))
        .collect();
    let accounts: Vec<Value> = (0..ACCOUNTS)
        .map(|n| json!({"id": format!("s{n}"), "name": format!("S{n}"), "userRoles": dice.some("r", ROLES, 2), "scopes": grants(dice)}))
        .collect();
    let queues = dice.below(4);
    let views: Vec<Value> = (0..VIEWS)
        .map(|n| json!({"id": format!("v{n}"), "name": format!("V{n}"), "users": dice.some("u", USERS, 2), "queues": dice.some("q", queues, queues)}))
        .collect();
    let queues: Vec<Value> = (0..queues).map(|n| json!({"id": format!("q{n}"), "name": format!("Q{n}")})).collect();
    json!({"roles": roles, "groups": groups, "users": users, "serviceAccounts": accounts, "views": views, "queues": queues})
}

/// The JSON, asked by id.
pub(crate) struct Naive<'v>(pub(crate) &'v Value);

impl Naive<'_> {
    pub(crate) fn list(&self, id: &str, field: &str) -> Vec<String> {
        let lists = self.0.as_object().expect("a bundle").values().flat_map(|list| list.as_array().expect("a list"));
        let entity = lists.into_iter().find(|entity| entity["id"] == id).expect("it is there");
        let items = entity[field].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    pub(crate) fn ids(&self, field: &str) -> Vec<String> {
        self.0[field].as_array().expect("a list").iter().map(|e| e["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// The roles that a role brings, with how many steps away they are.
    pub(crate) fn closure(&self, role: &str) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::from([(role.to_owned(), 0)]);
        let mut level = vec![role.to_owned()];
        for distance in 1.. {
            let parents: Vec<String> = level.iter().flat_map(|role| self.list(role, "inheritsFrom")).collect();
            level = parents.into_iter().filter(|parent| !found.contains_key(parent)).collect();
            if level.is_empty() {
                break;
            }
            found.extend(level.iter().map(|role| (role.clone(), distance)));
        }
        found
    }

    pub(crate) fn members(&self, group: &str) -> BTreeSet<String> {
        let own = self.list(group, "members");
        let others = self.ids("users").into_iter().filter(|user| self.list(user, "groups").iter().any(|g| g == group));
        own.into_iter().chain(others).collect()
    }

    pub(crate) fn groups_of(&self, user: &str) -> Vec<String> {
        self.ids("groups").into_iter().filter(|group| self.members(group).contains(user)).collect()
    }

    /// The roles that somebody holds, with the fewest edges to each.
    pub(crate) fn held(&self, who: &str) -> BTreeMap<String, usize> {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        let own = self.list(who, "userRoles").into_iter().map(|role| (role, 1));
        let groups = self.groups_of(who).into_iter().flat_map(|group| self.list(&group, "userRoles"));
        for (role, edges) in own.chain(groups.map(|role| (role, 2))).collect::<Vec<_>>() {
            found.entry(role).and_modify(|known| *known = edges.min(*known)).or_insert(edges);
        }
        found
    }

    /// Every owner of entries that somebody reaches, with the fewest edges.
    pub(crate) fn owners(&self, who: &str) -> BTreeMap<String, usize> {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        if who.starts_with(['s', 'r']) {
            found.insert(who.to_owned(), 0);
        }
        let held = if who.starts_with('r') { BTreeMap::from([(who.to_owned(), 0)]) } else { self.held(who) };
        for (role, edges) in held {
            for (reached, steps) in self.closure(&role) {
                found.entry(reached).and_modify(|known| *known = (*known).min(edges + steps)).or_insert(edges + steps);
            }
        }
        found
    }

    pub(crate) fn grants(&self, owner: &str) -> Vec<Value> {
        let (list, field) =
            if owner.starts_with('r') { ("roles", "rolePermissions") } else { ("serviceAccounts", "scopes") };
        let entity = self.0[list].as_array().expect("a list").iter().find(|e| e["id"] == owner).expect("an owner");
        entity[field].as_array().expect("a list").clone()
    }

    /// Whom an entry lets its holder become; `None` where it is no impersonation.
    pub(crate) fn becomes_by(&self, grant: &Value) -> Option<BTreeSet<String>> {
        let scope = grant["scope"].as_str()?;
        let limits = |field: &str| {
            let limits = grant[field].as_array().expect("a list").iter();
            limits.map(|limit| limit.as_str().expect("an id").to_owned()).collect::<Vec<String>>()
        };
        match scope {
            _ if self.is_everybody(grant) => Some(self.ids("users").into_iter().collect()),
            "View" => Some(limits("views").iter().flat_map(|view| self.list(view, "users")).collect()),
            "Group" => Some(limits("groups").iter().flat_map(|group| self.members(group)).collect()),
            _ => None,
        }
    }

    /// Whether an entry is as wide as All: views are that hold every queue between them.
    pub(crate) fn is_everybody(&self, grant: &Value) -> bool {
        let all: BTreeSet<String> = self.ids("queues").into_iter().collect();
        let views = grant["views"].as_array().into_iter().flatten().map(|view| view.as_str().expect("an id"));
        let held: BTreeSet<String> = views.flat_map(|view| self.list(view, "queues")).collect();
        grant["scope"] == "All" || (grant["scope"] == "View" && !all.is_empty() && held == all)
    }

    pub(crate) fn becomes(&self, who: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut pending = vec![who.to_owned()];
        while let Some(at) = pending.pop() {
            for owner in self.owners(&at).into_keys() {
                for user in self.grants(&owner).iter().filter_map(|grant| self.becomes_by(grant)).flatten() {
                    if found.insert(user.clone()) {
                        pending.push(user);
                    }
                }
            }
        }
        found
    }

    /// The simple chains of parents from one role to another, as the ids after the first.
    pub(crate) fn chains(&self, from: &str, to: &str) -> BTreeSet<Vec<String>> {
        let (mut found, mut pending) = (BTreeSet::new(), vec![vec![from.to_owned()]]);
        while let Some(way) = pending.pop() {
            let last = way.last().expect("a start");
            if last == to {
                found.insert(way[1..].to_vec());
                continue;
            }
            for parent in self.list(last, "inheritsFrom").into_iter().filter(|parent| !way.contains(parent)) {
                pending.push(way.iter().cloned().chain([parent]).collect());
            }
        }
        found
    }
}
