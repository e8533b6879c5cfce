//! What Terraform's configuration leaves open, and a state or plan beside it tells.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use rolecall_ingest::read;
use rolecall_model::{Directory, Divisions, Entity, Kind, List, Sym, Tenant};
use rolecall_source::SourceFile;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What files say together, in the order given and in the opposite one.
fn both_ways(files: &[(&str, &Value)], check: impl Fn(&Tenant)) {
    for is_reversed in [false, true] {
        let mut files = files.to_vec();
        if is_reversed {
            files.reverse();
        }
        let mut parts = vec![Tenant::default()];
        for (number, (path, value)) in (0..).zip(files) {
            let source = SourceFile::from_bytes(path.to_owned(), value.to_string().into_bytes()).expect("UTF-8");
            parts.push(Tenant::default());
            let document = read(&source, number, parts.last_mut().expect("a part"));
            assert!(document.troubles.iter().all(|t| t.kind == "not-evaluated"), "{:?}", document.troubles);
        }
        let mut tenant = Tenant::merge(parts);
        tenant.settle();
        check(&tenant);
    }
}

fn state(resources: &[(&str, &str, Value)]) -> Value {
    let one = |(kind, name, attributes): &(&str, &str, Value)| json!({ "mode": "managed", "type": kind, "name": name, "instances": [{ "attributes": attributes }] });
    json!({ "version": 4, "terraform_version": "1.9.0", "resources": resources.iter().map(one).collect::<Vec<_>>() })
}

fn plan(resources: &[(&str, &str, Value)]) -> Value {
    let one = |(kind, name, values): &(&str, &str, Value)| json!({ "mode": "managed", "type": kind, "name": name, "values": values });
    let resources: Vec<Value> = resources.iter().map(one).collect();
    json!({ "format_version": "1.2", "terraform_version": "1.9.0", "planned_values": { "root_module": { "resources": resources } } })
}

fn config(resources: Value) -> Value {
    json!({ "resource": resources })
}

fn names(tenant: &Tenant, kind: Kind, target: Sym) -> String {
    let directory = Directory::new(tenant);
    directory.each(kind, target).map(|row| tenant.name(Entity { kind, row })).collect::<Vec<_>>().join("|")
}

fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

/// What roles allow, by name.
fn allowed(tenant: &Tenant) -> BTreeSet<String> {
    let of = |list: List| tenant.grants(list).iter();
    let roles = tenant.roles.iter().flat_map(|role| of(role.grants).map(move |grant| (role, grant)));
    roles
        .map(|(role, grant)| {
            format!("{} {}", tenant.strings.text(role.head.name), tenant.permissions.spelling(grant.permission))
        })
        .collect()
}

/// Who is in which group and what on which queue, by name.
fn members(tenant: &Tenant) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let name = |target: Sym| [Kind::User, Kind::Group].map(|kind| names(tenant, kind, target)).concat();
    let lists = tenant.groups.iter().map(|group| (group.head, group.members));
    let queues = tenant.queues.iter().flat_map(|queue| [(queue.head, queue.members), (queue.head, queue.groups)]);
    for (of, list) in lists.chain(queues) {
        let of = tenant.strings.text(of.name);
        all.extend(tenant.refs(list).iter().map(|member| format!("{} in {of}", name(member.target))));
    }
    for stated in &tenant.memberships {
        all.insert(format!("{} in {}", name(stated.member.target), names(tenant, stated.kind, stated.of.target)));
    }
    all.retain(|said| !said.starts_with(' '));
    all
}

fn policy(entity: &str, action: &str) -> Value {
    json!({ "domain": "recording", "entity_name": entity, "action_set": [action] })
}

#[test]
fn a_role_that_is_not_all_written_has_what_the_state_knows_of_it_too() {
    let known = json!({ "id": "r", "name": "Rec", "permission_policies": [policy("recording", "view"), policy("settings", "edit")] });
    let state = state(&[("genesyscloud_auth_role", "rec", known)]);
    let made = json!({ "for_each": "${local.p}", "content": policy("a", "b") });
    for (body, expected) in [
        (json!({ "dynamic": { "permission_policies": made } }), &["settings:edit", "recording:view"][..]),
        (json!({ "permission_policies": "${local.p}" }), &["settings:edit", "recording:view"]),
        (
            json!({ "permission_policies": [policy("${var.e}", "view"), policy("queue", "view")] }),
            &["settings:edit", "recording:view", "queue:view"],
        ),
        (
            json!({ "permission_policies": [{ "domain": "recording", "entity_name": "recording", "action_set": "${var.a}" }] }),
            &["settings:edit", "recording:view"],
        ),
        (
            json!({ "permissions": "${local.p}", "permission_policies": [policy("recording", "view")] }),
            &["settings:edit", "recording:view"],
        ),
        // What is written whole counts alone.
        (json!({ "permission_policies": [policy("queue", "view")] }), &["queue:view"]),
        (json!({}), &[]),
    ] {
        let mut role = body.clone();
        role["name"] = "Rec".into();
        let config = config(json!({ "genesyscloud_auth_role": { "rec": role } }));
        let expected: BTreeSet<String> = expected.iter().map(|said| format!("Rec recording:{said}")).collect();
        both_ways(&[("main.tf.json", &config), ("terraform.tfstate", &state)], |tenant| {
            assert_eq!((allowed(tenant), tenant.roles.len()), (expected.clone(), 1), "{body}");
            assert_eq!(tenant.grants(tenant.roles[0].grants).len(), expected.len(), "each once: {body}");
            assert!(!tenant.roles[0].unshown, "{body}");
        });
        let is_open = body.to_string().contains("${");
        both_ways(&[("main.tf.json", &config)], |tenant| assert_eq!(tenant.roles[0].unshown, is_open, "{body}"));
    }
}

#[test]
fn a_value_that_needs_an_evaluation_is_what_the_state_says() {
    let kim = json!({ "id": "u", "name": "Kim", "email": "kim@bpo.example", "division_id": "d", "department": "Claims",
        "state": "inactive", "employer_info": [{ "official_name": "Partner" }] });
    let state = state(&[
        ("genesyscloud_user", "kim", kim),
        ("genesyscloud_auth_division", "d", json!({ "id": "d", "name": "Floor" })),
        ("genesyscloud_routing_queue", "q", json!({ "id": "q", "name": "Claims", "division_id": "d" })),
        (
            "genesyscloud_oauth_client",
            "c",
            json!({ "id": "c", "name": "Sync", "authorized_grant_type": "CODE", "state": "active" }),
        ),
    ]);
    let config = config(json!({
        "genesyscloud_user": { "kim": { "name": "${each.value.name}", "email": "${var.mail}", "division_id": "${var.d}", "department": "${var.d}",
            "state": "${var.s}", "employer_info": { "official_name": "${var.e}" } } },
        "genesyscloud_routing_queue": { "q": { "name": "${var.q}", "division_id": "${local.d}" } },
        "genesyscloud_oauth_client": { "c": { "name": "${var.c}", "authorized_grant_type": "${var.t}", "state": "${var.s}" } },
    }));
    both_ways(&[("main.tf.json", &config), ("terraform.tfstate", &state)], |tenant| {
        let (user, queue, client) = (tenant.users[0], tenant.queues[0], tenant.oauth_clients[0]);
        let text = |text| tenant.strings.text(text);
        assert_eq!([text(user.head.name), text(user.email)], ["Kim", "kim@bpo.example"]);
        assert_eq!([text(queue.head.name), text(client.head.name)], ["Claims", "Sync"]);
        let words = [user.department, user.state, user.employer, client.grant_type, client.state];
        assert_eq!(
            words.map(|word| tenant.str(word.expect("told"))),
            ["Claims", "inactive", "Partner", "CODE", "active"]
        );
        let divisions = [user.division, queue.division].map(|d| names(tenant, Kind::Division, d.expect("told").target));
        assert_eq!(divisions, ["Floor", "Floor"]);
    });
    // What is written counts, whatever the state says.
    let written =
        json!({ "resource": { "genesyscloud_user": { "kim": { "name": "Kim", "email": "new@x.example" } } } });
    both_ways(&[("main.tf.json", &written), ("terraform.tfstate", &state)], |tenant| {
        assert_eq!(tenant.strings.text(tenant.users[0].email), "new@x.example");
    });
}

#[test]
fn each_list_of_a_group_or_queue_is_left_open_for_itself() {
    let seat = |id: &str| json!([{ "member_group_id": id, "member_group_type": "GROUP" }]);
    let state = state(&[
        ("genesyscloud_user", "kim", json!({ "id": "kim", "name": "Kim" })),
        ("genesyscloud_user", "ann", json!({ "id": "ann", "name": "Ann" })),
        (
            "genesyscloud_group",
            "g",
            json!({ "id": "g", "name": "G", "member_ids": ["kim"], "owner_ids": ["ann"], "include_owners": true }),
        ),
        ("genesyscloud_group", "h", json!({ "id": "h", "name": "H", "member_ids": [] })),
        (
            "genesyscloud_routing_queue",
            "q",
            json!({ "id": "q", "name": "Q", "members": [{ "user_id": "ann" }], "groups": ["g"],
                "bullseye_rings": [{ "member_groups": seat("h") }] }),
        ),
    ]);
    for (group, queue, expected) in [
        (json!({ "member_ids": [] }), json!({ "groups": [], "members": [] }), &["Ann in G", "H in Q"][..]),
        (json!({ "owner_ids": [] }), json!({ "bullseye_rings": [], "members": [] }), &["Kim in G", "G in Q"]),
        (
            json!({ "member_ids": "${local.m}", "owner_ids": [] }),
            json!({ "groups": ["${local.g}"], "bullseye_rings": [], "dynamic": { "members": {} } }),
            &["Kim in G", "G in Q", "Ann in Q"],
        ),
        (
            json!({ "member_ids": ["${genesyscloud_user.ann.id}", "${var.m}"], "include_owners": false }),
            json!({ "groups": [], "members": [], "bullseye_rings": [{ "dynamic": { "member_groups": {} } }] }),
            &["Ann in G", "Kim in G", "H in Q"],
        ),
        (
            json!({ "member_ids": [], "owner_ids": [] }),
            json!({ "groups": [], "members": [], "bullseye_rings": [{ "member_groups": [] }] }),
            &[],
        ),
    ] {
        let (mut g, mut q) = (group.clone(), queue.clone());
        (g["name"], q["name"]) = ("G".into(), "Q".into());
        let config = config(json!({ "genesyscloud_group": { "g": g }, "genesyscloud_routing_queue": { "q": q } }));
        both_ways(&[("main.tf.json", &config), ("terraform.tfstate", &state)], |tenant| {
            assert_eq!(members(tenant), set(expected), "{group} {queue}");
            let lists = tenant.groups.iter().map(|group| group.members);
            let mut all = lists.flat_map(|list| tenant.refs(list));
            assert!(all.all(|member| !tenant.is_unresolved(member.target)), "what is told is open no more: {group}");
        });
    }
}

#[test]
fn divisions_that_need_an_evaluation_are_those_of_the_state_and_those_that_are_named() {
    let given = |divisions: Value| json!({ "user_id": "u", "roles": [{ "role_id": "r", "division_ids": divisions }] });
    let state = state(&[("genesyscloud_user_roles", "kim", given(json!(["d1"])))]);
    for (divisions, expected) in [
        (json!(["${local.d}"]), &["d1"][..]),
        (json!("${local.d}"), &["d1"]),
        (json!(["d2", "${local.d}"]), &["d1", "d2"]),
        (json!(["d2"]), &["d2"]),
    ] {
        let config = config(json!({ "genesyscloud_user_roles": { "kim": given(divisions.clone()) } }));
        both_ways(&[("main.tf.json", &config), ("terraform.tfstate", &state)], |tenant| {
            assert!(tenant.assignments.iter().all(|given| given.reach == Divisions::Named), "{divisions}");
            let named = tenant.assignments.iter().flat_map(|given| tenant.refs(given.divisions));
            let named: BTreeSet<String> = named.map(|division| tenant.str(division.target).to_owned()).collect();
            assert_eq!(named, set(expected), "{divisions}");
        });
    }
}

#[test]
fn a_role_that_a_dynamic_block_gives_is_given() {
    let content = json!({ "role_id": "${genesyscloud_auth_role.r.id}", "division_ids": ["${roles.value}"] });
    let config = config(json!({ "genesyscloud_user_roles": { "kim": { "user_id": "u",
        "dynamic": [{ "roles": { "for_each": "${local.d}", "content": [content] } }] } } }));
    both_ways(&[("main.tf.json", &config)], |tenant| {
        let given: Vec<_> =
            tenant.assignments.iter().map(|given| (tenant.str(given.role.target), given.reach)).collect();
        assert_eq!(given, [("genesyscloud_auth_role.r", Divisions::Unresolved)]);
    });
}

#[test]
fn one_address_with_several_real_ids_is_of_several_things() {
    let one = |id: &str, name: &str| {
        state(&[
            ("genesyscloud_user", "this", json!({ "id": id, "name": name, "email": format!("{id}@x.example") })),
            (
                "genesyscloud_group",
                "this",
                json!({ "id": format!("g-{id}"), "name": format!("of {name}"), "member_ids": [id] }),
            ),
        ])
    };
    let (ann, kim) = (one("ann", "Ann"), one("kim", "Kim"));
    both_ways(&[("a/terraform.tfstate", &ann), ("b/terraform.tfstate", &kim)], |tenant| {
        assert_eq!((tenant.users.len(), tenant.groups.len()), (2, 2));
        assert_eq!(members(tenant), set(&["Ann in of Ann", "Kim in of Kim"]));
    });
    // One state twice is of one thing.
    both_ways(&[("a/terraform.tfstate", &ann), ("b/terraform.tfstate", &ann)], |tenant| {
        assert_eq!((tenant.users.len(), members(tenant)), (1, set(&["Ann in of Ann"])));
    });
    // Whoever means the address means all of them.
    let config = config(
        json!({ "genesyscloud_group": { "all": { "name": "All", "member_ids": ["${genesyscloud_user.this.id}"] } } }),
    );
    both_ways(&[("main.tf.json", &config), ("a/t.tfstate", &ann), ("b/t.tfstate", &kim)], |tenant| {
        assert_eq!(members(tenant), set(&["Ann in All", "Kim in All", "Ann in of Ann", "Kim in of Kim"]));
    });
}

#[test]
fn a_plan_counts_before_a_state() {
    let role = |action: &str| json!({ "id": "r", "name": "Rec", "permission_policies": [policy("recording", action)] });
    let plan = plan(&[("genesyscloud_auth_role", "rec", role("download"))]);
    let state = state(&[("genesyscloud_auth_role", "rec", role("view"))]);
    both_ways(&[("plan.json", &plan), ("terraform.tfstate", &state)], |tenant| {
        assert_eq!(allowed(tenant), set(&["Rec recording:recording:download"]));
    });
}

#[test]
fn a_plan_tells_what_it_has_looked_up_and_not_where_somebody_new_lies() {
    let mut plan = plan(&[
        ("genesyscloud_user", "new", json!({ "name": "New", "email": "new@x.example" })),
        ("genesyscloud_user", "old", json!({ "name": "Old", "email": "old@x.example", "division_id": null })),
        ("genesyscloud_routing_queue", "q", json!({ "name": "Q", "members": [{ "ring_num": 1 }] })),
    ]);
    let looked_up = json!({ "mode": "data", "type": "genesyscloud_user", "name": "kim", "values": { "id": "u", "name": "Kim", "email": "kim@x.example" } });
    let before = json!({ "mode": "managed", "type": "genesyscloud_user", "name": "gone", "values": { "id": "g", "name": "Gone" } });
    plan["prior_state"] = json!({ "values": { "root_module": { "resources": [looked_up, before] } } });
    both_ways(&[("plan.json", &plan)], |tenant| {
        let home = |user: &&rolecall_model::User| user.division.is_some();
        let name = |user: &rolecall_model::User| tenant.strings.text(user.head.name).to_owned();
        assert_eq!(tenant.users.iter().filter(home).map(name).collect::<Vec<_>>(), ["Old"]);
        assert_eq!(tenant.users.iter().map(name).collect::<BTreeSet<_>>(), set(&["Kim", "New", "Old"]));
    });
}

#[test]
fn groups_that_rules_have_a_queue_ask_are_on_it() {
    let config = config(json!({
        "genesyscloud_group": { "g": { "name": "G", "member_ids": [] } },
        "genesyscloud_routing_queue": { "q": { "name": "Q" } },
        "genesyscloud_routing_queue_conditional_group_routing": { "c": { "queue_id": "${genesyscloud_routing_queue.q.id}", "rules": [
            { "groups": [{ "member_group_id": "${genesyscloud_group.g.id}", "member_group_type": "GROUP" }] }] } },
    }));
    both_ways(&[("main.tf.json", &config)], |tenant| assert_eq!(members(tenant), set(&["G in Q"])));
}

#[test]
fn what_is_looked_up_twice_and_is_nowhere_else_is_one_thing() {
    let config = json!({ "data": { "genesyscloud_user": {
        "a": { "email": "kim@x.example" }, "b": { "email": "KIM@x.example" }, "c": { "email": "ann@x.example" }, "d": { "email": "${var.m}" },
        "e": { "email": "${var.m}" }
    } } });
    both_ways(&[("main.tf.json", &config)], |tenant| assert_eq!(tenant.users.len(), 4));
}
