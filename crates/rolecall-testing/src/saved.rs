//! Responses of the platform, as they are saved.

use serde_json::{Value, json};

/// The divisions of the two partners and of the company, in the order of the sides.
pub const DIVISIONS: [&str; 3] = ["north", "south", "home"];

/// A page of a listing.
#[must_use]
pub fn page(entities: Vec<Value>, uri: &str) -> Value {
    let total = entities.len();
    json!({ "entities": entities, "pageNumber": 1, "pageSize": 100, "total": total, "selfUri": format!("/api/v2/{uri}") })
}

/// All divisions.
#[must_use]
pub fn divisions() -> Value {
    let division = |id: &&str| {
        let uri = format!("/api/v2/authorization/divisions/{id}");
        json!({ "id": id, "name": id, "homeDivision": *id == "home", "selfUri": uri })
    };
    page(DIVISIONS.iter().map(division).collect(), "authorization/divisions")
}

/// A role.
#[must_use]
pub fn role(row: usize, policies: &[Value]) -> Value {
    let uri = format!("/api/v2/authorization/roles/r-{row}");
    json!({ "id": format!("r-{row}"), "name": format!("Role {row}"), "permissionPolicies": policies, "selfUri": uri })
}

/// An entry of a role.
#[must_use]
pub fn policy([domain, entity, action]: &[&str; 3]) -> Value {
    json!({ "domain": domain, "entityName": entity, "actionSet": [action], "allowConditions": false })
}

/// A user, whose address says whose they are.
#[must_use]
pub fn user(row: usize, side: &str, division: &str) -> Value {
    json!({ "id": format!("u-{row}"), "name": format!("User {row}"), "email": format!("u{row}@{side}.example"),
            "division": { "id": division }, "selfUri": format!("/api/v2/users/u-{row}") })
}

/// A queue.
#[must_use]
pub fn queue(row: usize, division: &str) -> Value {
    json!({ "id": format!("q-{row}"), "name": format!("Queue {row}"), "division": { "id": division },
            "selfUri": format!("/api/v2/routing/queues/q-{row}") })
}

/// A group and the page of its members; nothing tells what an empty one lists.
#[must_use]
pub fn group(row: usize, members: &[usize]) -> Vec<Value> {
    let group = json!({ "id": format!("g-{row}"), "name": format!("Group {row}"), "type": "official",
                        "memberCount": members.len(), "selfUri": format!("/api/v2/groups/g-{row}") });
    let member = |user: &usize| json!({ "id": format!("u-{user}"), "selfUri": format!("/api/v2/users/u-{user}") });
    let members: Vec<Value> = members.iter().map(member).collect();
    let is_empty = members.is_empty();
    let listing = page(members, &format!("groups/g-{row}/members"));
    std::iter::once(group).chain((!is_empty).then_some(listing)).collect()
}

/// A role given to somebody in a division.
#[must_use]
pub fn given(subject: &str, role: usize, division: &str) -> Value {
    json!({ "id": subject, "name": subject, "grants": [
        { "subjectId": subject, "role": { "id": format!("r-{role}") }, "division": { "id": division } }] })
}
