//! Near misses of built-in rules, and what these lack.

use crate::{SETTINGS, found, lacking, messages};
use rolecall_engine::{Finding, Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::saved::{given, group, page, policy, role, user};
use rolecall_testing::{read, rulebook};
use serde_json::{Value, json};

#[test]
fn what_an_export_lacks_for_a_boundary_is_told() {
    let rule = "impersonation-reaches-internal";
    let role = json!([{ "id": "r-1", "name": "Link" }]);
    let user = json!([{ "id": "u-1", "name": "Ana Reis", "bpoUser": true }]);
    let group = json!([{ "id": "g-1", "name": "Floor", "members": [] }]);
    let reason = |export| lacking(rule, export).unwrap_or_default();
    assert_eq!(reason(json!({ "roles": role, "users": user })), "no groups in the input");
    assert_eq!(reason(json!({ "roles": role, "groups": group })), "no users in the input");
    let views = json!([{ "id": "v-1", "name": "Night", "queues": [] }]);
    assert_eq!(lacking(rule, json!({ "roles": role, "users": user, "views": views })), None, "a view is a boundary");
    let nobody = json!([{ "id": "u-1", "name": "Lee Park", "bpoUser": false }]);
    let nobody = json!({ "roles": role, "users": nobody, "groups": group });
    assert_eq!(reason(nobody), "nothing in the input is of the tier `bpo`");
}

#[test]
fn two_wrong_letters_are_a_slip_and_three_are_a_permission_that_nobody_knows() {
    let of = |permission: &str| {
        let roles = json!([{ "id": "r-1", "name": "Agent", "rolePermissions": [permission] }]);
        messages("unknown-permission", "", json!({ "roles": roles }))
    };
    for slip in ["routing:qxexe:view", "routing:quee:view", "routing:queueas:view", "routing:uqeue:view"] {
        assert!(of(slip).iter().any(|said| said.contains("`routing:queue:view`")), "{slip}: {:?}", of(slip));
    }
    for other in ["routing:qxxxe:view", "routing:queuings:view", "routing:uqeue:veiw"] {
        assert!(of(other).is_empty(), "{other}: {:?}", of(other));
    }
}

fn rules_of(found: Vec<Finding>) -> Vec<String> {
    found.into_iter().map(|finding| finding.rule).collect()
}

/// Two partners, one of which reads a group of the other.
const PARTNERS: &str = "[partners.alpha]\ndomains = ['alpha.example']\n[partners.beta]\ndomains = ['beta.example']\n";

#[test]
fn a_permission_shows_only_things_of_its_own_kind() {
    let sees = |permission: &str, scope: &str| {
        let entry = json!({ "id": permission, "scope": scope, "groups": ["g-1"] });
        let roles = json!([{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }]);
        let users = json!([
            { "id": "u-1", "name": "Ana Reis", "email": "ana@alpha.example", "userRoles": ["r-1"] },
            { "id": "u-2", "name": "Ben Ray", "email": "ben@beta.example" }
        ]);
        let groups = json!([{ "id": "g-1", "name": "Floor", "members": ["u-2"] }]);
        let export = json!({ "roles": roles, "users": users, "groups": groups });
        messages("partner-sees-partner", PARTNERS, export)
    };
    let recordings = sees("recording:recording:view", "Group");
    assert!(recordings.len() == 1 && recordings[0].contains("sees `Ben Ray` of `beta`"), "{recordings:?}");
    assert_eq!(sees("routing:queue:view", "Group"), [""; 0], "of people queues show nothing");
    assert_eq!(sees("recording:recording:view", "Self"), [""; 0]);
}

#[test]
fn of_ways_of_one_length_the_first_by_name_is_the_proof() {
    let role = |id: &str, name: &str| {
        let entry = json!({ "id": "recording:recording:view", "scope": "Group", "groups": ["g-1"] });
        json!({ "id": id, "name": name, "rolePermissions": [entry] })
    };
    let user = |id: &str, name: &str, groups: &[&str]| {
        let email = format!("{id}@alpha.example");
        json!({ "id": id, "name": name, "email": email, "userRoles": ["r-1"], "groups": groups })
    };
    let export = json!({
        "roles": [role("r-1", "Lead")],
        "users": [
            user("u-1", "Cleo", &[]), user("u-2", "Abel", &["g-2"]), user("u-3", "Bert", &["g-3"]),
            { "id": "u-4", "name": "Ben Ray", "email": "ben@beta.example" }
        ],
        "groups": [{ "id": "g-1", "name": "Floor", "members": ["u-4"] }, { "id": "g-2", "name": "Two" }, { "id": "g-3", "name": "Three" }]
    });
    let found = found("partner-sees-partner", PARTNERS, export);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("`Abel`, `Bert` and `Cleo` of `alpha` see `Ben Ray`"), "{}", found[0].message);
    assert_eq!(found[0].witness[0].from.name, "Abel");
}

#[test]
fn three_of_many_holders_are_named_whatever_their_kind() {
    let user =
        |number: usize| json!({ "id": format!("u-{number}"), "name": format!("User {number}"), "userRoles": ["r-1"] });
    let account =
        |number: usize| json!({ "id": format!("s-{number}"), "name": format!("Sync {number}"), "userRoles": ["r-1"] });
    let held = |users: usize, accounts: usize| {
        let role = json!({ "id": "r-1", "name": "BPO Agent", "rolePermissions": [{ "id": "Reporting > ReportingData", "permission": "View", "scope": "All" }] });
        let export = json!({
            "roles": [role], "users": (0..users).map(user).collect::<Vec<_>>(),
            "serviceAccounts": (0..accounts).map(account).collect::<Vec<_>>()
        });
        messages("all-scoped-reporting", "", export).pop().unwrap_or_default()
    };
    let is_said = |users, accounts, words: &str| {
        let said = held(users, accounts);
        assert!(said.contains(words), "{said}");
    };
    is_said(2, 1, ", held by `User 0`, `User 1` and `Sync 0`");
    is_said(3, 2, ", held by 3 users and 2 service accounts such as `User 0`, `User 1` and `User 2`");
    is_said(1, 4, ", held by 1 user and 4 service accounts such as `User 0`, `Sync 0` and `Sync 1`");
    is_said(4, 0, ", held by 4 users such as `User 0`, `User 1` and `User 2`");
    is_said(0, 4, ", held by 4 service accounts such as `Sync 0`, `Sync 1` and `Sync 2`");
}

#[test]
fn being_in_a_partners_own_group_makes_nobody_the_partners_there() {
    let settings = "[partners.alpha]\ndomains = ['alpha.example']\ngroups = ['Alpha *']\n\
                    [partners.beta]\ndomains = ['beta.example']\n";
    let entry = json!({ "id": "recording:recording:view", "scope": "Group", "groups": ["g-1"] });
    let export = json!({
        "roles": [{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }],
        "users": [
            { "id": "u-1", "name": "Ana Reis", "email": "ana@alpha.example", "userRoles": ["r-1"] },
            { "id": "u-2", "name": "Ben Ray", "email": "ben@beta.example" }
        ],
        "groups": [{ "id": "g-1", "name": "Alpha Crew", "members": ["u-1", "u-2"] }]
    });
    let said = messages("partner-sees-partner", settings, export);
    assert!(said.len() == 1 && said[0].starts_with("`Ana Reis` of `alpha` sees `Ben Ray` of `beta`"), "{said:?}");
}

#[test]
fn those_to_whom_a_role_is_given_are_in_order_of_name() {
    let user = |id: &str, name: &str| json!({ "id": id, "name": name, "bpoUser": true, "userRoles": ["r-1"] });
    let entry = json!({ "id": "Reporting > ReportingData", "permission": "View", "scope": "All" });
    let export = json!({
        "roles": [{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }],
        "users": [user("u-1", "Zoe"), user("u-2", "Abel")]
    });
    let said = messages("all-scoped-reporting", "", export);
    assert!(said.len() == 1 && said[0].contains("given to `Abel` and `Zoe`"), "{said:?}");
}

#[test]
fn views_that_overlap_are_every_queue_only_where_none_is_left_out() {
    let found = |views: &[&str]| {
        let queue = |id: &str| json!({ "id": id, "name": id });
        let entry = json!({ "id": "Routing > Queue", "permission": "View", "scope": "View", "views": views });
        let export = json!({
            "roles": [{ "id": "r-1", "name": "BPO Agent", "rolePermissions": [entry] }],
            "queues": [queue("q-1"), queue("q-2"), queue("q-3")],
            "views": [
                { "id": "v-1", "name": "Day", "queues": ["q-1", "q-2"] },
                { "id": "v-2", "name": "Dusk", "queues": ["q-2", "q-1"] },
                { "id": "v-3", "name": "Night", "queues": ["q-3", "q-2"] },
                { "id": "v-4", "name": "Whole", "queues": ["q-1", "q-2", "q-3"] }
            ]
        });
        messages("all-scoped-queue-view", "", export).len()
    };
    assert_eq!([found(&["v-1", "v-2"]), found(&["v-1"])], [0, 0]);
    assert_eq!([found(&["v-1", "v-3"]), found(&["v-4"])], [1, 1]);
}

#[test]
fn a_finding_yields_only_where_all_that_it_is_about_is_reported() {
    let settings = Policy::read("rolecall.toml", "").expect("good settings");
    let rules = rulebook(&settings, |id| ["all-scoped-reporting", "all-scoped-queue-view"].contains(&id));
    let found = |entries: &[&str]| {
        let entries: Vec<_> = entries.iter().map(|id| json!({ "id": id, "scope": "All" })).collect();
        let roles = json!([{ "id": "r-1", "name": "BPO Agent", "rolePermissions": entries }]);
        let tenant = read("guide", [json!({ "roles": roles })]);
        rules_of(check(&AccessGraph::new(&tenant), &settings, &rules, SETTINGS).findings)
    };
    assert_eq!(found(&["*:*:*"]), ["all-scoped-reporting"]);
    assert_eq!(found(&["*:*:*", "routing:queue:view"]), ["all-scoped-queue-view", "all-scoped-reporting"]);
}

#[test]
fn leaving_a_group_mends_what_its_only_partner_has_by_it() {
    let settings = Policy::read("rolecall.toml", "[tiers.bpo]\ndomains = ['one.example']\n").expect("good settings");
    let rules = rulebook(&settings, |id| ["sensitive-permission", "system-role-assigned"].contains(&id));
    let found = |is_system: bool| {
        let mut role = role(1, &[policy(&["recording", "recording", "view"])]);
        role["default"] = is_system.into();
        let mut files = vec![page(vec![role], "authorization/roles"), page(vec![user(1, "one", "north")], "users")];
        files.extend(group(1, &[1]));
        files.push(given("g-1", 1, "north"));
        let tenant = read("platform", files);
        rules_of(check(&AccessGraph::new(&tenant), &settings, &rules, SETTINGS).findings)
    };
    assert_eq!(found(false), ["sensitive-permission"]);
    assert_eq!(found(true), ["system-role-assigned"]);
}

#[test]
fn of_many_groups_that_say_whose_somebody_is_a_few_are_named() {
    let evidence = |count: usize| {
        let groups: Vec<Value> =
            (0..count).map(|n| json!({"id": format!("g{n}"), "name": format!("BPO {n}")})).collect();
        let of: Vec<String> = (0..count).rev().map(|n| format!("g{n}")).collect();
        let user = json!({"id": "u", "name": "Kim", "email": "kim@x.example", "groups": of});
        let mut said = messages("missing-bpo-flag", "", json!({"users": [user], "groups": groups}));
        said.pop().expect("a finding")
    };
    assert_eq!(
        evidence(3),
        "`Kim` is of the partner tier (member of group `BPO 0`, member of group `BPO 1`, member of group `BPO 2`), \
         but is not flagged `bpoUser`"
    );
    assert_eq!(
        evidence(4),
        "`Kim` is of the partner tier (member of group `BPO 0`, member of group `BPO 1`, member of group `BPO 2`, \
         member of 1 more group), but is not flagged `bpoUser`"
    );
    assert!(evidence(1503).contains("member of group `BPO 1`, member of group `BPO 10`, member of 1,500 more groups)"));
}

#[test]
fn of_many_groups_that_limit_an_entry_a_few_are_named() {
    let scope = |count: usize| {
        let ids: Vec<String> = (0..count).map(|n| format!("g{n}")).collect();
        let groups: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "name": format!("Desk {id}") })).collect();
        let entry = json!({ "id": "reporting:reportingData:view", "scope": "Group", "groups": ids });
        let role = json!({ "id": "r", "name": "BPO Lead", "rolePermissions": [entry] });
        let said = messages("group-scoped-reporting", "", json!({ "roles": [role], "groups": groups }));
        said.first().expect("a finding").clone()
    };
    assert!(scope(3).contains("over Group g0, g1, g2"), "{}", scope(3));
    assert!(!scope(3).contains("more"), "{}", scope(3));
    assert!(scope(4).contains("over Group g0, g1, g2 and 1 more"), "{}", scope(4));
    assert!(scope(1204).contains("over Group g0, g1, g2 and 1,201 more"), "{}", scope(1204));
}

#[test]
fn a_view_of_every_queue_is_all_of_them_whatever_stands_before_it() {
    let found = |before: Value| {
        let entry = |views: &Value| json!({ "id": "reporting:reportingData:view", "scope": "View", "views": views });
        let entries = [&before, &json!(["v-1"]), &json!(["v-2"])].map(entry);
        let roles = (1..).zip(entries);
        let roles =
            roles.map(|(n, entry)| json!({ "id": format!("r-{n}"), "name": "BPO", "rolePermissions": [entry] }));
        let export = json!({
            "roles": roles.collect::<Vec<_>>(),
            "views": [{ "id": "v-1", "name": "Whole", "queues": ["q-1", "q-2"] }, { "id": "v-2", "name": "Half", "queues": ["q-1"] }],
            "queues": [{ "id": "q-1", "name": "Claims" }, { "id": "q-2", "name": "Sales" }],
        });
        messages("all-scoped-reporting", "", export).len()
    };
    // An entry without views has a list too, of no length, where the list of the next one starts.
    for before in [json!([]), json!(["v-2"]), Value::Null] {
        assert_eq!(found(before.clone()), 1, "{before}");
    }
}

#[test]
fn a_group_that_is_not_there_is_said_and_not_left_out() {
    let of = |groups: Value| {
        let entry = json!({ "id": "Reporting > Queue", "permission": "View", "scope": "Group", "groups": groups });
        let export = json!({
            "roles": [{ "id": "r-1", "name": "BPO Lead", "rolePermissions": [entry] }],
            "groups": [{ "id": "g-1", "name": "Floor" }],
            "queues": [{ "id": "q-1", "name": "Desk" }]
        });
        messages("group-scoped-queue-reporting", "", export)
    };
    let said = [json!(null), json!(["g-9"]), json!(["g-1"])].map(|groups| of(groups).join("; "));
    assert!(said[0].contains("over Group of nothing"), "{said:?}");
    assert!(said[1].contains("over Group g-9"), "{said:?}");
    assert!(said[2].contains("over `Floor`"), "{said:?}");
}

#[test]
fn a_wildcard_lets_an_integration_become_anybody_however_many_words_it_has() {
    let of = |entry: Value| {
        let export = json!({
            "roles": [{ "id": "r-1", "name": "Service - CRM", "rolePermissions": [entry] }],
            "serviceAccounts": [{ "id": "s-1", "name": "CRM", "userRoles": ["r-1"] }]
        });
        messages("all-scoped-impersonation", "", export).len()
    };
    let all = |id: &str, action: &str| of(json!({ "id": id, "permission": action, "scope": "All" }));
    assert_eq!([all("User > Impersonate", "*"), all("*", "Impersonate"), all("user:imp*", "")], [1; 3]);
    assert_eq!([all("User > Profile", "*"), all("*", "View"), all("user:read*", "")], [0; 3]);
}

#[test]
fn figures_over_a_group_leak_to_whoever_of_the_partner_comes_by_them_and_to_nobody_else() {
    let found = |holder: &str, parents: Value| {
        let entry = json!({ "id": "reporting:queue:view", "scope": "Group", "groups": ["g-1"] });
        let mut export = json!({
            "roles": [
                { "id": "r-1", "name": "Queue Stats", "rolePermissions": [entry] },
                { "id": "r-2", "name": "Wallboard", "inheritsFrom": parents }
            ],
            "users": [
                { "id": "u-1", "name": "Ana Reis", "bpoUser": true },
                { "id": "u-2", "name": "Lee Park" }
            ],
            "groups": [{ "id": "g-1", "name": "BPO Floor", "members": ["u-1"] }],
            "serviceAccounts": [{ "id": "s-1", "name": "BPO Feed" }],
            "queues": [{ "id": "q-1", "name": "Claims", "members": ["u-2"], "memberGroups": ["g-1"] }]
        });
        export.pointer_mut(holder).expect("a holder")["userRoles"] = json!(["r-2"]);
        messages("group-scoped-queue-reporting", "", export)
    };
    for holder in ["/users/0", "/groups/0", "/serviceAccounts/0"] {
        let said = found(holder, json!("r-1"));
        assert!(said.len() == 1 && said[0].contains("queue `Claims`, where `Lee Park` sits"), "{holder}: {said:?}");
        assert_eq!(found(holder, Value::Null), [""; 0], "{holder}");
    }
    assert_eq!(found("/users/1", json!("r-1")), [""; 0], "those within may see their own queue");
}
