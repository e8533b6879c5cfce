//! What several sources say of the same things, put together.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::read;
use rolecall_model::{Directory, Entity, Kind, Sym, Tenant};
use rolecall_source::SourceFile;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What files say together, each read for itself or all into one, in the order given and in the opposite one.
fn both_ways(files: &[(&str, Value)], check: impl Fn(&Tenant)) {
    for (is_reversed, is_one) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut numbered: Vec<(u32, &(&str, Value))> = (0..).zip(files).collect();
        if is_reversed {
            numbered.reverse();
        }
        let mut parts = vec![Tenant::default()];
        for (number, (path, value)) in numbered {
            if !is_one {
                parts.push(Tenant::default());
            }
            let source = SourceFile::from_bytes((*path).to_owned(), value.to_string().into_bytes()).expect("UTF-8");
            let document = read(&source, number, parts.last_mut().expect("a part"));
            assert_eq!(document.troubles, [], "{path}");
        }
        let mut tenant = Tenant::merge(parts);
        tenant.settle();
        check(&tenant);
    }
}

fn state(resources: &[(&str, &str, Value)]) -> Value {
    let resources: Vec<Value> = resources
        .iter()
        .map(|(kind, name, attributes)| {
            json!({ "mode": "managed", "type": kind, "name": name, "instances": [{ "attributes": attributes }] })
        })
        .collect();
    json!({ "version": 4, "terraform_version": "1.9.0", "resources": resources })
}

fn names(tenant: &Tenant, kind: Kind, target: Sym) -> String {
    let directory = Directory::new(tenant);
    let all: Vec<&str> = directory.each(kind, target).map(|row| tenant.name(Entity { kind, row })).collect();
    all.join("|")
}

/// Who is in which group, and what is on which queue, whoever says so.
fn members(tenant: &Tenant) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let said = |of: &str, kind: Kind, target: Sym| format!("{} in {of}", names(tenant, kind, target));
    for group in &tenant.groups {
        let of = tenant.strings.text(group.head.name);
        all.extend(tenant.refs(group.members).iter().map(|r| said(of, Kind::User, r.target)));
    }
    for queue in &tenant.queues {
        let of = tenant.strings.text(queue.head.name);
        all.extend(tenant.refs(queue.members).iter().map(|r| said(of, Kind::User, r.target)));
        all.extend(tenant.refs(queue.groups).iter().map(|r| said(of, Kind::Group, r.target)));
    }
    for user in &tenant.users {
        let name = tenant.strings.text(user.head.name);
        let groups = tenant.refs(user.groups).iter().map(|r| names(tenant, Kind::Group, r.target));
        all.extend(groups.map(|group| format!("{name} in {group}")));
    }
    for stated in &tenant.memberships {
        let of = names(tenant, stated.kind, stated.of.target);
        let member = [Kind::User, Kind::Group].map(|kind| names(tenant, kind, stated.member.target)).concat();
        all.insert(format!("{member} in {of}"));
    }
    all
}

fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

fn division_of(tenant: &Tenant, user: &str) -> String {
    let found = tenant.users.iter().find(|u| tenant.strings.text(u.head.name) == user).expect("the user");
    found.division.map(|division| names(tenant, Kind::Division, division.target)).unwrap_or_default()
}

#[test]
fn the_state_tells_what_the_configuration_leaves_open_and_no_more() {
    let config = json!({ "resource": {
        "genesyscloud_user": { "kim": { "name": "Kim", "email": "kim@bpo.example" }, "ann": { "name": "Ann", "email": "ann@x.example" } },
        "genesyscloud_group": {
            "open": { "name": "Open", "owner_ids": ["${genesyscloud_user.ann.id}"] },
            "empty": { "name": "Empty", "member_ids": [] },
            "own": { "name": "Own", "member_ids": ["${genesyscloud_user.ann.id}"] }
        },
        "genesyscloud_routing_queue": { "open": { "name": "Claims" }, "empty": { "name": "Sales", "members": [], "groups": [] } },
    }});
    let group = |id: &str, name: &str| json!({ "id": id, "name": name, "member_ids": ["u-kim"] });
    let queue = |id: &str, name: &str| json!({ "id": id, "name": name, "division_id": "d-1", "members": [{ "user_id": "u-kim" }], "groups": ["g-own"] });
    let state = state(&[
        ("genesyscloud_auth_division", "d", json!({ "id": "d-1", "name": "Floor" })),
        (
            "genesyscloud_user",
            "kim",
            json!({ "id": "u-kim", "name": "Kim", "department": "Claims", "division_id": "d-1" }),
        ),
        ("genesyscloud_user", "ann", json!({ "id": "u-ann", "name": "Ann" })),
        ("genesyscloud_group", "open", group("g-open", "Open")),
        ("genesyscloud_group", "empty", group("g-empty", "Empty")),
        ("genesyscloud_group", "own", group("g-own", "Own")),
        ("genesyscloud_routing_queue", "open", queue("q-open", "Claims")),
        ("genesyscloud_routing_queue", "empty", queue("q-empty", "Sales")),
    ]);
    both_ways(&[("main.tf.json", config), ("terraform.tfstate", state)], |tenant| {
        assert_eq!([tenant.users.len(), tenant.groups.len(), tenant.queues.len()], [2, 3, 2]);
        assert_eq!(
            members(tenant),
            set(&["Ann in Open", "Kim in Open", "Ann in Own", "Kim in Claims", "Own in Claims"])
        );
        assert_eq!([division_of(tenant, "Kim"), division_of(tenant, "Ann")], ["Floor", "Home"]);
        assert!(tenant.queues.iter().all(|queue| queue.division.is_some()));
        let told = tenant.users.iter().filter_map(|user| user.department).map(|word| tenant.str(word));
        assert_eq!(told.collect::<Vec<_>>(), ["Claims"]);
    });
}

#[test]
fn what_was_stated_elsewhere_has_its_place_there() {
    let config = json!({ "resource": { "genesyscloud_group": { "g": { "name": "Planning" } } } });
    let state =
        state(&[("genesyscloud_group", "g", json!({ "id": "g-1", "name": "Planning", "member_ids": ["u-kim"] }))]);
    let at = state.to_string().find("\"u-kim\"").expect("it is there");
    both_ways(&[("main.tf.json", config), ("terraform.tfstate", state)], |tenant| {
        let origin = tenant.memberships.first().expect("a membership").origin;
        assert_eq!((origin.file, origin.offset as usize), (1, at));
    });
}

#[test]
fn groups_that_scim_tells_count_beside_a_listing_of_users() {
    let scim = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 1, "Resources": [{
        "id": "u1", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "active": true, "userName": "kim@bpo.example",
        "groups": [{ "value": "g1" }] }] });
    let users = json!({ "entities": [{ "id": "u1", "name": "Kim", "username": "kim" }], "selfUri": "/api/v2/users" });
    let groups =
        json!({ "entities": [{ "id": "g1", "name": "Plan", "rolesEnabled": true }], "selfUri": "/api/v2/groups" });
    both_ways(&[("scim.json", scim), ("users.json", users), ("groups.json", groups)], |tenant| {
        assert_eq!((tenant.users.len(), members(tenant)), (1, set(&["Kim in Plan"])));
        let mails = tenant.users.iter().map(|user| tenant.strings.text(user.email));
        assert_eq!(mails.collect::<Vec<_>>(), ["kim@bpo.example"]);
    });
}

#[test]
fn there_is_one_home_division_whoever_names_it_and_in_which_order() {
    let config =
        json!({ "resource": { "genesyscloud_user": { "kim": { "name": "Kim", "email": "kim@bpo.example" } } } });
    let looked_up = json!({ "data": { "genesyscloud_auth_division_home": { "home": {} } } });
    let managed = json!({ "resource": { "genesyscloud_auth_division": { "h": { "name": "Home", "home": true } } } });
    let platform = json!({ "entities": [
        { "id": "dh", "name": "Home", "homeDivision": true }, { "id": "d1", "name": "Floor", "homeDivision": false }
    ], "selfUri": "/api/v2/authorization/divisions" });
    let alone = [("a.tf.json", config)];
    for (more, others) in [
        (vec![], 0),
        (vec![("divisions.json", platform.clone())], 1),
        (vec![("b.tf.json", looked_up.clone())], 0),
        (vec![("b.tf.json", looked_up), ("divisions.json", platform.clone())], 1),
        (vec![("b.tf.json", managed), ("divisions.json", platform)], 1),
    ] {
        let files: Vec<(&str, Value)> = alone.iter().cloned().chain(more).collect();
        both_ways(&files, |tenant| {
            assert_eq!(tenant.divisions.len(), 1 + others, "{files:?}");
            let home = tenant.home.expect("a home division");
            assert_eq!(
                (names(tenant, Kind::Division, home), division_of(tenant, "Kim")),
                ("Home".into(), "Home".into())
            );
            let own = tenant.users.first().and_then(|user| user.division).map(|division| division.target);
            assert!(Directory::new(tenant).is_same(Kind::Division, home, own.expect("a division")), "{files:?}");
        });
    }
}
