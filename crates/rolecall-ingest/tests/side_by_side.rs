//! What an entity comes to does not depend on those beside it.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::read;
use rolecall_model::Tenant;
use rolecall_source::SourceFile;
use serde_json::{Map, Value, json};

/// A number that seems random and follows from the seed alone.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).expect("31 bits")
}

/// Entities of each kind with all of their fields, by the name of the file that they lie in.
fn whole() -> [(&'static str, Value); 8] {
    [
        (
            "guide/users.json",
            json!({"bpoUser": true, "email": "a@b.example", "groups": ["g-1"], "id": "u", "name": "Ana",
                   "license": "CX 1", "region": "emea", "userRoles": ["r-1", "r-2"]}),
        ),
        (
            "guide/roles.json",
            json!({"id": "r", "inheritsFrom": "r-0", "name": "Desk", "system": true,
                   "rolePermissions": [{"id": "Routing > Queue", "permission": "View", "scope": "All"}]}),
        ),
        (
            "guide/service-accounts.json",
            json!({"headers": {"a": "b"}, "id": "s", "name": "Link", "oauthClient": "c-1",
                   "scopes": ["user:impersonate"], "userRoles": ["r-1"]}),
        ),
        (
            "guide/queues.json",
            json!({"id": "q", "memberGroups": ["g-1"], "members": ["u-1"], "name": "Q", "region": "e"}),
        ),
        (
            "platform/users.json",
            json!({"acdAutoAnswer": false, "authorization": {"roles": [{"id": "r-1"}]}, "department": "D",
                   "division": {"id": "d-1"}, "email": "a@b.example", "groups": [{"id": "g-1"}], "id": "u",
                   "name": "Ana", "state": "active"}),
        ),
        (
            "platform/roles.json",
            json!({"default": true, "defaultRoleId": "admin", "id": "r", "name": "Admin", "permissionPolicies": [
                {"actionSet": ["view"], "domain": "routing", "entityName": "queue"}], "permissions": ["admin"]}),
        ),
        (
            "platform/clients.json",
            json!({"accessTokenValiditySeconds": 86400, "authorizedGrantType": "CLIENT-CREDENTIALS", "id": "c",
                   "name": "Sync", "roleDivisions": [{"divisionId": "d-1", "roleId": "r-1"}], "state": "active"}),
        ),
        (
            "platform/subjects.json",
            json!({"grants": [{"division": {"id": "*"}, "role": {"id": "r-1"}, "subjectId": "u-1"}], "id": "u",
                   "name": "Ana", "selfUri": "/api/v2/authorization/subjects/u"}),
        ),
    ]
}

/// An entity with some of its fields, in their order or turned about, and an id of its own.
fn some(whole: &Value, number: usize, seed: &mut u64) -> Value {
    let mut fields: Vec<(String, Value)> = whole.as_object().expect("an object").clone().into_iter().collect();
    // Few are left out, so that most begin like others.
    fields.retain(|(key, _)| key == "id" || !next(seed).is_multiple_of(4));
    fields.iter_mut().filter(|(key, _)| key == "id").for_each(|(_, id)| *id = json!(format!("id-{number}")));
    Value::Object(fields.into_iter().collect::<Map<String, Value>>())
}

/// What was read, without where.
fn said(tenant: &Tenant) -> String {
    let one = (&tenant.refs, &tenant.grants, &tenant.roles, &tenant.users, &tenant.service_accounts, &tenant.groups);
    let two = (&tenant.queues, &tenant.oauth_clients, &tenant.assignments, &tenant.memberships, &tenant.secrets);
    let whole = format!("{one:?} {two:?}");
    let mut said = String::with_capacity(whole.len());
    let parts = whole.split(" at: ").flat_map(|part| part.split(" offset: ")).flat_map(|part| part.split(" file: "));
    for part in parts {
        said.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
        said.push('@');
    }
    said
}

fn read_all(name: &str, texts: impl IntoIterator<Item = String>) -> (String, Vec<String>) {
    let mut tenant = Tenant::default();
    let mut troubles = Vec::new();
    for (number, text) in (0..).zip(texts) {
        let document = read(&SourceFile::from_text(name.to_owned(), text), number, &mut tenant);
        troubles.extend(document.troubles.into_iter().map(|trouble| trouble.message));
    }
    (said(&tenant), troubles)
}

#[test]
fn an_entity_is_read_alike_in_a_list_and_alone() {
    let mut seed = 20_261_127;
    for (name, whole) in whole() {
        for _ in 0..200 {
            let entities: Vec<Value> = (0..6).map(|number| some(&whole, number, &mut seed)).collect();
            let alone = read_all(name, entities.iter().map(|entity| json!([entity]).to_string()));
            let list = Value::from(entities);
            assert_eq!(read_all(name, [list.to_string()]), alone, "{name}: {list}");
            let lines: Vec<String> = list.as_array().expect("a list").iter().map(ToString::to_string).collect();
            let name = name.replace(".json", ".jsonl");
            assert_eq!(read_all(&name, [lines.join("\n")]), alone, "{name}: {list}");
        }
    }
}

#[test]
fn an_entity_between_two_that_are_alike_takes_nothing_from_the_second() {
    let user = |id: &str, rest: &str| format!(r#"{{"id": "{id}", "name": "N"{rest}}}"#);
    let role = |id: &str| format!(r#", "userRoles": ["{id}"]"#);
    let text = format!("[{}, {}, {}]", user("u-1", &role("r-1")), user("u-2", ""), user("u-3", &role("r-2")));
    let mut tenant = Tenant::default();
    read(&SourceFile::from_text("users.json".into(), text), 0, &mut tenant);
    let roles: Vec<u32> = tenant.users.iter().map(|user| user.roles.len).collect();
    assert_eq!(roles, [1, 0, 1]);
}
