//! What several sources say of the same things, put together.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod platform;

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

/// Who is given which role, by name, and how often that is said.
fn given(tenant: &Tenant) -> Vec<String> {
    let subject = |target: Sym| [Kind::User, Kind::Group].map(|kind| names(tenant, kind, target)).concat();
    let one = |a: &rolecall_model::Assignment| {
        format!("{} holds {}", subject(a.subject.target), names(tenant, Kind::Role, a.role.target))
    };
    let mut all: Vec<String> = tenant.assignments.iter().map(one).collect();
    all.sort();
    all
}

fn roles_of(subject: &str, role: &str) -> Value {
    json!({ subject: "${genesyscloud_user.kim.id}", "roles": [{ "role_id": role, "division_ids": ["*"] }] })
}

#[test]
fn what_is_looked_up_is_what_the_input_has_of_that_name() {
    let policies = json!([{ "domain": "recording", "entity_name": "recording", "action_set": ["view"] }]);
    let kim = json!({ "kim": { "name": "Kim", "email": "kim@bpo.example", "division_id": "d" } });
    let config = json!({
        "resource": {
            "genesyscloud_user": kim,
            "genesyscloud_group_roles": { "g": { "group_id": "${data.genesyscloud_group.g.id}", "roles": [{
                "role_id": "${data.genesyscloud_auth_role.rec.id}", "division_ids": ["${data.genesyscloud_auth_division.floor.id}"] }] } },
            "genesyscloud_user_roles": { "kim": { "user_id": "${data.genesyscloud_user.kim.id}", "roles": [
                { "role_id": "${data.genesyscloud_auth_role.rec.id}" }] } }
        },
        "data": {
            "genesyscloud_auth_role": { "rec": { "name": "Recordings" } },
            "genesyscloud_group": { "g": { "name": "Planning" } },
            "genesyscloud_auth_division": { "floor": { "name": "Floor" } },
            "genesyscloud_user": { "kim": { "email": "KIM@bpo.example" } }
        }
    });
    let managed = json!({ "resource": {
        "genesyscloud_auth_role": { "role": { "name": "Recordings", "permission_policies": policies } },
        "genesyscloud_group": { "group": { "name": "Planning" } },
        "genesyscloud_auth_division": { "division": { "name": "Floor" } }
    }});
    let role = json!({ "entities": [{ "id": "r1", "name": "Recordings", "permissionPolicies": [
        { "domain": "recording", "entityName": "recording", "actionSet": ["view"] }] }], "selfUri": "/api/v2/authorization/roles" });
    let groups =
        json!({ "entities": [{ "id": "g1", "name": "Planning", "rolesEnabled": true }], "selfUri": "/api/v2/groups" });
    let divisions = json!({ "entities": [{ "id": "d1", "name": "Floor", "homeDivision": false }], "selfUri": "/api/v2/authorization/divisions" });
    let found = |group: u32, real: &str| {
        json!({ "mode": "data", "type": "genesyscloud_group", "name": "g", "instances": [{ "attributes": { "id": real, "name": "Planning" } }],
                "module": if group == 0 { Value::Null } else { json!("module.team") } })
    };
    let state = |resource: Value| json!({ "version": 4, "terraform_version": "1.9.0", "resources": [resource] });
    for more in [
        vec![("b.tf.json", managed.clone())],
        vec![("roles.json", role), ("groups.json", groups.clone()), ("divisions.json", divisions)],
        vec![("b.tf.json", managed.clone()), ("a.tfstate", state(found(0, "g1")))],
        vec![("b.tf.json", managed.clone()), ("a.tfstate", state(found(1, "g1")))],
    ] {
        let files: Vec<(&str, Value)> = [("a.tf.json", config.clone())].into_iter().chain(more).collect();
        both_ways(&files, |tenant| {
            assert_eq!(given(tenant), ["Kim holds Recordings", "Planning holds Recordings"], "{files:?}");
            assert_eq!([tenant.roles.len(), tenant.groups.len(), tenant.users.len(), tenant.divisions.len()], [1; 4]);
            assert!(tenant.roles.iter().all(|role| !role.unshown && role.grants.len == 1), "{files:?}");
            let floor = tenant.assignments.iter().flat_map(|a| tenant.refs(a.divisions)).map(|r| r.target);
            assert_eq!(floor.map(|d| names(tenant, Kind::Division, d)).collect::<Vec<_>>(), ["Floor"], "{files:?}");
        });
    }
    // Two of one name: nobody knows which is meant, so that both are.
    both_ways(&[("a.tf.json", config.clone()), ("b.tf.json", managed), ("groups.json", groups)], |tenant| {
        assert_eq!(tenant.groups.len(), 2);
        assert_eq!(given(tenant).iter().filter(|said| said.starts_with("Planning ")).count(), 2, "{:?}", given(tenant));
    });
    // None: there is such a role, and what it grants is not known.
    both_ways(&[("a.tf.json", config)], |tenant| {
        assert_eq!(given(tenant), ["Kim holds Recordings", "Planning holds Recordings"]);
        assert!(tenant.roles.iter().all(|role| role.unshown) && tenant.groups.iter().all(|group| group.unshown));
    });
}

#[test]
fn a_label_or_a_variable_is_no_name_to_look_up_by() {
    for body in [json!({}), json!({ "name": "${var.name}" })] {
        let config = json!({
            "resource": { "genesyscloud_auth_role": { "r": { "name": "rec", "permission_policies": [] } } },
            "data": { "genesyscloud_auth_role": { "rec": body } }
        });
        both_ways(&[("main.tf.json", config)], |tenant| assert_eq!(tenant.roles.len(), 2));
    }
}

/// A user and the role that it holds, as a block and as the state has it, in a module and by an index.
fn instance(module: &str, index: Option<u64>, number: u32) -> Vec<Value> {
    let one = |kind: &str, name: &str, attributes: Value| {
        let mut instance = json!({ "attributes": attributes });
        if let Some(index) = index {
            instance["index_key"] = index.into();
        }
        let mut all = json!({ "mode": "managed", "type": kind, "name": name, "instances": [instance] });
        if !module.is_empty() {
            all["module"] = module.into();
        }
        all
    };
    let (user, role) = (format!("u-{number}"), format!("r-{number}"));
    vec![
        one("genesyscloud_user", "kim", json!({ "id": user, "name": format!("Kim {number}"), "division_id": "d" })),
        one(
            "genesyscloud_auth_role",
            "rec",
            json!({ "id": role, "name": format!("Rec {number}"), "permission_policies": [] }),
        ),
        one(
            "genesyscloud_user_roles",
            "kim",
            json!({ "user_id": user, "roles": [{ "role_id": role, "division_ids": ["*"] }] }),
        ),
    ]
}

#[test]
fn blocks_of_modules_and_of_several_are_what_the_state_has_of_them() {
    let mut config = json!({ "resource": {
        "genesyscloud_user": { "kim": { "name": "Kim", "division_id": "d" } },
        "genesyscloud_auth_role": { "rec": { "name": "Rec", "permission_policies": [] } },
        "genesyscloud_group": { "all": { "name": "All", "member_ids": ["${genesyscloud_user.kim[0].id}"] } }
    }});
    config["resource"]["genesyscloud_user_roles"] =
        json!({ "kim": roles_of("user_id", "${genesyscloud_auth_role.rec.id}") });
    let state = |all: Vec<Vec<Value>>| json!({ "version": 4, "terraform_version": "1.9.0", "resources": all.concat() });
    for one in
        [instance("module.team", None, 1), instance("", Some(0), 1), instance("module.a[0].module.b", Some(0), 1)]
    {
        both_ways(&[("m/main.tf.json", config.clone()), ("a.tfstate", state(vec![one]))], |tenant| {
            assert_eq!((tenant.users.len(), tenant.roles.len()), (1, 1));
            assert_eq!(given(tenant), ["Kim holds Rec"]);
            assert_eq!(members(tenant), set(&["Kim in All"]));
        });
    }
    // Of several the block is but a pattern: each holds what the state says, and whoever means one means all.
    let two = state(vec![instance("module.a", None, 1), instance("module.b", None, 2)]);
    both_ways(&[("m/main.tf.json", config.clone()), ("a.tfstate", two)], |tenant| {
        assert_eq!((tenant.users.len(), tenant.roles.len()), (2, 2));
        assert_eq!(given(tenant), ["Kim 1 holds Rec 1", "Kim 2 holds Rec 2"]);
        assert_eq!(members(tenant), set(&["Kim 1 in All", "Kim 2 in All"]));
    });
    // What the state does not have yet is given to each of them.
    let mut users = state(vec![instance("", Some(0), 1), instance("", Some(1), 2)]);
    users["resources"].as_array_mut().expect("a list").retain(|one| one["type"] == "genesyscloud_user");
    both_ways(&[("main.tf.json", config.clone()), ("a.tfstate", users)], |tenant| {
        assert_eq!(given(tenant), ["Kim 1 holds Rec", "Kim 2 holds Rec"]);
    });
    // What nothing in the configuration is about is read as it was.
    let other = state(vec![instance("module.a", None, 1), instance("", None, 2)]);
    both_ways(&[("main.tf.json", config), ("a.tfstate", other)], |tenant| {
        assert_eq!(given(tenant), ["Kim 1 holds Rec 1", "Kim holds Rec"]);
    });
}
