//! Made-up tenants of the guide and of the platform, as JSON that a law may change. A seed makes each.

use rolecall_testing::saved::{self, DIVISIONS, divisions, given, page};
use rolecall_testing::{SIDES, thinned};
use serde_json::{Value, json};

/// Numbers that seem random and follow from the seed alone.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, number: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % number.max(1)
    }

    /// Whether it comes to pass, in so many of ten cases.
    fn is(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }

    pub(crate) fn of<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    /// Up to `most` different numbers below `number`.
    fn some(&mut self, number: usize, most: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.below(most + 1)).map(|_| self.below(number)).collect();
        all.sort_unstable();
        all.dedup();
        if number == 0 { Vec::new() } else { all }
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// Permissions and scopes of the guide.
const GUIDE: [&str; 13] = [
    "reporting:reportingData:view",
    "reporting:*:*",
    "reporting:queue:view",
    "*:*:*",
    "routing:queue:view",
    "user:profile:view",
    "user:impersonate",
    "user:impersonate",
    "user:read",
    "recording:recording:view",
    "interaction:transcript:view",
    "authorization:role:edit",
    "admin:general:*",
];
const SCOPES: [Option<&str>; 6] = [None, Some("All"), Some("Assigned"), Some("Self"), Some("Group"), Some("View")];

/// Permissions of the platform.
const PLATFORM: [[&str; 3]; 10] = [
    ["routing", "queue", "view"],
    ["analytics", "conversationDetail", "view"],
    ["analytics", "*", "*"],
    ["recording", "recording", "view"],
    ["authorization", "grant", "add"],
    ["authorization", "role", "edit"],
    ["externalContacts", "contact", "view"],
    ["directory", "user", "setPassword"],
    ["conversation", "communication", "blindTransfer"],
    ["conversation", "communication", "target"],
];

fn ids(kind: &str, rows: &[usize]) -> Vec<String> {
    rows.iter().map(|row| format!("{kind}-{row}")).collect()
}

/// A name that may say whose it is.
fn name(kind: &str, row: usize, dice: &mut Dice) -> String {
    let of = if dice.is(3) { "BPO " } else { "" };
    let sort = if dice.is(1) { "Supervisor " } else { "" };
    format!("{of}{sort}{kind} {row}")
}

fn region(dice: &mut Dice) -> Value {
    dice.of(&[json!("west"), json!("west"), json!("east"), Value::Null]).clone()
}

/// An entry of a role as the guide has it.
pub(crate) fn entry(dice: &mut Dice) -> Value {
    let mut entry = json!({ "id": dice.of(&GUIDE) });
    if let Some(scope) = dice.of(&SCOPES) {
        entry["scope"] = (*scope).into();
        match *scope {
            "Group" => entry["groups"] = json!([format!("g-{}", dice.below(2))]),
            "View" => entry["views"] = json!([format!("v-{}", dice.below(2))]),
            _ => {}
        }
    }
    entry
}

/// A tenant of the guide: one bundle.
pub(crate) fn guide(dice: &mut Dice) -> Vec<Value> {
    let (roles, groups, users, queues) = (1 + dice.below(6), 2 + dice.below(3), 2 + dice.below(5), 1 + dice.below(3));
    let role = |row: usize, dice: &mut Dice| {
        let entries: Vec<Value> = (0..dice.below(4)).map(|_| entry(dice)).collect();
        json!({ "id": format!("r-{row}"), "name": name("Role", row, dice),
                "system": dice.is(2), "inheritsFrom": ids("r", &dice.some(roles, 2)), "rolePermissions": entries })
    };
    let group = |row: usize, dice: &mut Dice| {
        json!({ "id": format!("g-{row}"), "name": name("Group", row, dice),
                "members": ids("u", &dice.some(users, 3)), "userRoles": ids("r", &dice.some(roles, 2)) })
    };
    let user = |row: usize, dice: &mut Dice| {
        json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "bpoUser": dice.is(4),
                "email": format!("u{row}@internal.example"), "region": region(dice),
                "userRoles": ids("r", &dice.some(roles, 3)), "groups": ids("g", &dice.some(groups, 1)) })
    };
    let queue = |row: usize, dice: &mut Dice| {
        json!({ "id": format!("q-{row}"), "name": format!("Queue {row}"), "members": ids("u", &dice.some(users, 2)),
                "memberGroups": ids("g", &dice.some(groups, 1)), "region": region(dice) })
    };
    let view = |row: usize, dice: &mut Dice| {
        json!({ "id": format!("v-{row}"), "name": format!("View {row}"), "queues": ids("q", &dice.some(queues, 2)),
                "users": ids("u", &dice.some(users, 2)) })
    };
    let account = |row: usize, dice: &mut Dice| json!({ "id": format!("s-{row}"), "name": format!("Service {row}"), "userRoles": ids("r", &dice.some(roles, 2)) });
    vec![thinned(json!({
        "roles": (0..roles).map(|row| role(row, dice)).collect::<Vec<_>>(),
        "groups": (0..groups).map(|row| group(row, dice)).collect::<Vec<_>>(),
        "users": (0..users).map(|row| user(row, dice)).collect::<Vec<_>>(),
        "queues": (0..queues).map(|row| queue(row, dice)).collect::<Vec<_>>(),
        "views": (0..2).map(|row| view(row, dice)).collect::<Vec<_>>(),
        "serviceAccounts": (0..dice.below(3)).map(|row| account(row, dice)).collect::<Vec<_>>(),
    }))]
}

/// A condition on what the user works on, or on queues, users and what is not evaluated.
fn condition(dice: &mut Dice) -> Value {
    let mut terms = Vec::new();
    for _ in 0..=dice.below(2) {
        let id = dice.below(2);
        terms.push(match dice.below(4) {
            0 => json!({ "variableName": "Conversation.queues", "operator": "EQ",
                         "operands": [{ "type": "VARIABLE", "value": "User.id" }] }),
            1 => json!({ "variableName": "Conversation.mediaType", "operator": "EQ",
                         "operands": [{ "type": "SCALAR", "value": "call" }] }),
            2 => json!({ "variableName": "Conversation.queues", "operator": "IN",
                         "operands": [{ "type": "QUEUE", "queue": { "id": format!("q-{id}") } }] }),
            _ => json!({ "variableName": "Query.userId", "operator": "EQ",
                         "operands": [{ "type": "USER", "user": { "id": format!("u-{id}") } }] }),
        });
    }
    json!({ "conjunction": if dice.is(5) { "AND" } else { "OR" }, "terms": terms })
}

/// A policy of a role as the platform has it.
pub(crate) fn policy(dice: &mut Dice) -> Value {
    let mut policy = saved::policy(dice.of(&PLATFORM));
    if dice.is(4) {
        policy["resourceConditionNode"] = condition(dice);
    }
    policy
}

/// One of the divisions, or every one.
pub(crate) fn division(dice: &mut Dice) -> &'static str {
    if dice.is(4) { "*" } else { dice.of::<&str>(&DIVISIONS) }
}

/// A role as a client has it.
pub(crate) fn in_division(role: usize, dice: &mut Dice) -> Value {
    json!({ "roleId": format!("r-{role}"), "divisionId": division(dice) })
}

/// What divisions limit; of half the permissions it says nothing.
fn catalogue(dice: &mut Dice) -> Value {
    let mut entities = json!({});
    for [domain, entity, action] in PLATFORM.iter().filter(|part| part[1] != "*") {
        if dice.is(5) {
            let one = json!({ "domain": domain, "entityType": entity, "action": action, "divisionAware": dice.is(5) });
            entities[format!("{domain}-{entity}")] = json!([one]);
        }
    }
    json!({ "id": "all", "name": "all", "domain": "all", "permissionMap": entities })
}

/// A tenant of the platform: saved responses.
pub(crate) fn platform(dice: &mut Dice) -> Vec<Value> {
    let (roles, groups, users) = (1 + dice.below(5), dice.below(3), 2 + dice.below(5));
    let role = |row: usize, dice: &mut Dice| {
        let policies: Vec<Value> = (0..1 + dice.below(3)).map(|_| policy(dice)).collect();
        let mut role = saved::role(row, &policies);
        role["name"] = name("Role", row, dice).into();
        role["default"] = dice.is(2).into();
        role
    };
    let user = |row: usize, dice: &mut Dice| {
        let side = dice.of(&SIDES);
        saved::user(row, side, dice.of::<&str>(&DIVISIONS))
    };
    let queue = |row: usize, dice: &mut Dice| {
        let members: Vec<Value> = dice.some(users, 2).iter().map(|u| json!({ "id": format!("u-{u}") })).collect();
        let mut queue = saved::queue(row, dice.of::<&str>(&DIVISIONS));
        queue["members"] = members.into();
        queue
    };
    let mut files = vec![
        divisions(),
        page((0..roles).map(|row| role(row, dice)).collect(), "authorization/roles"),
        page((0..users).map(|row| user(row, dice)).collect(), "users"),
        page((0..2).map(|row| queue(row, dice)).collect(), "routing/queues"),
    ];
    if dice.is(3) {
        files.push(page(vec![catalogue(dice)], "authorization/permissions"));
    }
    let client = |row: usize, dice: &mut Dice| {
        let given: Vec<Value> = dice.some(roles, 2).into_iter().map(|role| in_division(role, dice)).collect();
        json!({ "id": format!("c-{row}"), "name": format!("Client {row}"), "authorizedGrantType": "CLIENT-CREDENTIALS",
                "roleDivisions": given, "selfUri": format!("/api/v2/oauth/clients/c-{row}") })
    };
    files.push(page((0..=dice.below(2)).map(|row| client(row, dice)).collect(), "oauth/clients"));
    files.extend((0..groups).flat_map(|row| saved::group(row, &dice.some(users, 3))));
    for _ in 0..dice.below(10) {
        let to = dice.below(users + groups);
        let subject = if to < users { format!("u-{to}") } else { format!("g-{}", to - users) };
        let role = dice.below(roles);
        files.push(given(&subject, role, division(dice)));
    }
    files
}
