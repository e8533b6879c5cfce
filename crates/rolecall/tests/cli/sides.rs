//! Sides: what is whose, and who is said to reach it, in `check` and in answers alike.

use crate::arguments::folder;
use crate::{Run, finish, rolecall};
use serde_json::{Value, json};
use tempfile::TempDir;

fn ask(tenant: &TempDir, arguments: &[&str]) -> Run {
    finish(rolecall(arguments).current_dir(tenant.path()).output().expect("it starts"))
}

/// The cells that are said to be reached, and the exit code.
fn reached(tenant: &TempDir, question: &[&str]) -> (i32, Vec<String>) {
    let run = ask(tenant, &[question, &["--format", "json"]].concat());
    let answer: Value = serde_json::from_str(&run.out).expect("the answer is JSON");
    let cells = answer["cells"].as_array().expect("cells").iter().filter(|cell| cell["answer"] == "yes");
    let word = |cell: &Value, key: &str| crate::text(&cell[key]);
    let said = |cell| format!("{} > {}: {}", word(cell, "from"), word(cell, "to"), word(cell, "resource"));
    (run.code, cells.map(said).collect())
}

/// The rules that find something, each with its message.
fn found(tenant: &TempDir, arguments: &[&str]) -> Vec<(String, String)> {
    let run = ask(tenant, &[&["check", "--format", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&run.out).expect("the report is JSON");
    let of = |finding: &Value| (crate::text(&finding["rule"]), crate::text(&finding["message"]));
    report["findings"].as_array().expect("findings").iter().map(of).collect()
}

const BY_DIVISION: &str = "[partners.alpha]\ndivisions = [\"Alpha\"]\n[partners.beta]\ndivisions = [\"Beta\"]\n";

/// A partner's agent with everything in two domains, given in the partner's own division, or with the very permissions.
fn platform(is_wild: bool) -> TempDir {
    let policy = |domain: &str, entity: &str, actions: &[&str]| json!({ "domain": domain, "entityName": entity, "actionSet": actions });
    let policies = if is_wild {
        vec![policy("routing", "*", &["*"]), policy("analytics", "*", &["*"])]
    } else {
        vec![policy("routing", "queue", &["view"]), policy("analytics", "conversationDetail", &["view"])]
    };
    let roles = json!({ "entities": [{ "id": "r1", "name": "Desk", "permissionPolicies": policies }], "total": 1 });
    let divisions = json!({ "entities": [{ "id": "dh", "name": "Home", "homeDivision": true },
        { "id": "d1", "name": "Alpha" }, { "id": "d2", "name": "Beta" }], "total": 3 });
    let user = |id: &str, division: &str| json!({ "id": id, "name": format!("Kim {id}"), "username": id, "division": { "id": division } });
    let users = json!({ "entities": [user("u1", "d1"), user("u2", "d2")], "total": 2 });
    let queue =
        |id: &str, division: &str| json!({ "id": id, "name": id, "division": { "id": division }, "mediaSettings": {} });
    let queues = json!({ "entities": [queue("q1", "d1"), queue("q2", "d2")], "total": 2 });
    let grants =
        json!({ "id": "u1", "grants": [{ "subjectId": "u1", "division": { "id": "d1" }, "role": { "id": "r1" } }] });
    let known = |domain: &str, entity: &str, aware: bool| {
        json!({ "id": domain, "domain": domain, "permissionMap": { entity: [
            { "domain": domain, "entityType": entity, "action": "view", "allowsConditions": false, "divisionAware": aware }] } })
    };
    let catalogue = json!({ "entities": [known("routing", "queue", true), known("routing", "skill", false),
        known("analytics", "conversationDetail", true), known("analytics", "reportingSettings", false)], "total": 4 });
    let files = [("roles.json", roles), ("divisions.json", divisions), ("users.json", users), ("queues.json", queues)];
    let files = files.map(|(name, json)| (format!("x/{name}"), json.to_string()));
    let more = [
        ("x/subjects.jsonl".to_owned(), grants.to_string()),
        ("cat.json".to_owned(), catalogue.to_string()),
        ("rolecall.toml".to_owned(), BY_DIVISION.to_owned()),
    ];
    let all: Vec<(&str, &str)> = files.iter().chain(&more).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    folder(&all)
}

#[test]
fn a_wildcard_is_as_wide_as_what_is_asked_of_it() {
    for is_wild in [true, false] {
        let tenant = platform(is_wild);
        let (code, cells) = reached(&tenant, &["isolation", "x", "--catalog", "cat.json"]);
        assert_eq!((code, cells), (0, vec![]), "{is_wild}");
        let rules = found(&tenant, &["x", "--catalog", "cat.json"]);
        assert!(rules.iter().all(|(rule, _)| rule != "all-scoped-reporting"), "{rules:?}");
        for wanted in ["queue-view", "routing:queue:view"] {
            let can = ask(&tenant, &["can", "Kim u1", wanted, "x", "--on", "queue:q2", "--catalog", "cat.json"]);
            assert_eq!(can.code, 1, "{}", can.out);
        }
        let everywhere = ask(&tenant, &["who-can", "queue-view", "x", "--scope", "all", "--catalog", "cat.json"]);
        assert!(everywhere.out.starts_with("nobody can `queue-view`"), "{}", everywhere.out);
        let skills =
            ask(&tenant, &["can", "Kim u1", "routing:skill:view", "x", "--on", "queue:q2", "--catalog", "cat.json"]);
        assert_eq!(skills.code, i32::from(!is_wild), "divisions limit no skills: {}", skills.out);
    }
}

const BY_DOMAIN: &str = "[partners.alpha]\ndomains = [\"alpha.example\"]\n[partners.beta]\ndomains = [\"beta.example\"]\n\
                         [partners.gamma]\ndomains = [\"gamma.example\"]\n";

/// A queue, and somebody of a third partner who sees it by a view.
fn seen(queue: &Value, groups: &Value) -> TempDir {
    let user = |id: &str, partner: &str| json!({ "id": id, "name": id, "email": format!("{id}@{partner}.example"), "bpoUser": true });
    let mut gil = user("gil", "gamma");
    gil["userRoles"] = json!(["r"]);
    let entry = |id: &str| json!({ "id": id, "scope": "View", "views": ["v"] });
    let tenant = json!({
        "roles": [{ "id": "r", "name": "Viewer", "rolePermissions": [entry("routing:queue:view"), entry("reporting:reportingData:view")] }],
        "users": [gil, user("ana", "alpha"), user("bea", "beta"), { "id": "max", "name": "max", "email": "max@corp.example" }],
        "views": [{ "id": "v", "name": "V", "queues": ["q1"] }],
        "queues": [queue, { "id": "q9", "name": "Inside", "members": ["max"] }],
        "groups": groups,
    });
    folder(&[("x/t.json", &tenant.to_string()), ("rolecall.toml", BY_DOMAIN)])
}

#[test]
fn a_queue_that_partners_share_is_each_ones_and_crossed_to_by_every_other() {
    let tenant = seen(&json!({ "id": "q1", "name": "Joint", "members": ["ana", "bea"] }), &json!([]));
    let (code, cells) = reached(&tenant, &["isolation", "x"]);
    let both = ["gamma > alpha: queues", "gamma > alpha: reports", "gamma > beta: queues", "gamma > beta: reports"];
    assert_eq!((code, cells), (1, both.map(str::to_owned).to_vec()));
    let crossings = found(&tenant, &["x", "--only", "partner-sees-partner"]);
    assert!(
        crossings.iter().any(|(_, said)| said.contains("`gil` of `gamma` sees queue `Joint` of `alpha`")),
        "{crossings:?}"
    );
    // One of the two who share it crosses to nobody.
    let own = seen(&json!({ "id": "q1", "name": "Joint", "members": ["ana", "gil"] }), &json!([]));
    assert_eq!(reached(&own, &["isolation", "x"]), (0, vec![]));
    assert_eq!(found(&own, &["x", "--only", "partner-sees-partner"]), []);
}

#[test]
fn what_is_of_no_declared_partner_is_a_side_though_nobody_is() {
    let groups = json!([{ "id": "g1", "name": "BPO Manila", "members": [] }]);
    let tenant = seen(&json!({ "id": "q1", "name": "Reserve", "memberGroups": ["g1"] }), &groups);
    let (code, cells) = reached(&tenant, &["isolation", "x"]);
    let rest = "bpo, of no declared partner";
    assert_eq!((code, cells), (1, vec![format!("gamma > {rest}: queues"), format!("gamma > {rest}: reports")]));
}

/// Bea of one partner, with a role over what she works on, and a queue that is another's by name.
fn seated(permission: &str, queue: &Value) -> TempDir {
    let tenant = json!({
        "roles": [{ "id": "r", "name": "Desk", "rolePermissions": [{ "id": permission, "scope": "Assigned" }] }],
        "users": [{ "id": "ana", "name": "ana", "email": "a@alpha.example", "bpoUser": true },
            { "id": "bea", "name": "bea", "email": "b@beta.example", "bpoUser": true, "userRoles": ["r"] }],
        "groups": [{ "id": "g", "name": "Night", "members": ["bea"] }],
        "queues": [queue],
    });
    let settings = "[partners.alpha]\ndomains = [\"alpha.example\"]\nqueues = [\"Alpha *\"]\n[partners.beta]\ndomains = [\"beta.example\"]\n";
    folder(&[("x/t.json", &tenant.to_string()), ("rolecall.toml", settings)])
}

#[test]
fn a_seat_counts_whether_it_is_held_alone_or_by_a_group() {
    let alone = json!({ "id": "q", "name": "Alpha Q", "members": ["ana", "bea"] });
    let by_group = json!({ "id": "q", "name": "Alpha Q", "members": ["ana"], "memberGroups": ["g"] });
    for queue in [&alone, &by_group] {
        let tenant = seated("reporting:reportingData:view", queue);
        let crossings = found(&tenant, &["x", "--only", "partner-sees-partner"]);
        assert!(
            matches!(&*crossings, [(_, said)] if said.contains("`bea` of `beta` sees queue `Alpha Q`")),
            "{crossings:?}"
        );
        // What shows people alone shows no queue.
        for permission in ["user:profile:view", "user:read"] {
            assert_eq!(found(&seated(permission, queue), &["x", "--only", "partner-sees-partner"]), []);
        }
    }
}

#[test]
fn whoever_has_no_region_is_asked_about_too() {
    let tenant = |holder: Value, account: Value| {
        let tenant = json!({
            "roles": [{ "id": "r", "name": "Viewer", "rolePermissions": [{ "id": "routing:queue:view", "scope": "All" }] }],
            "users": [{ "id": "ana", "name": "ana", "region": "emea-1" }, { "id": "bo", "name": "bo", "region": "us-1" },
                { "id": "cy", "name": "cy", "userRoles": holder }],
            "queues": [{ "id": "q1", "name": "Q1", "region": "us-1" }, { "id": "q2", "name": "Q2", "region": "emea-1" }, { "id": "q3", "name": "Q3" }],
            "serviceAccounts": [{ "id": "s", "name": "Sync", "userRoles": account }],
        });
        folder(&[("x/t.json", &tenant.to_string())])
    };
    let both = ["of no region > emea-1: queues", "of no region > us-1: queues"].map(str::to_owned).to_vec();
    assert_eq!(reached(&tenant(json!(["r"]), json!([])), &["residency", "x"]), (1, both.clone()));
    assert_eq!(reached(&tenant(json!([]), json!(["r"])), &["residency", "x"]), (1, both));
    let nobody = tenant(json!([]), json!([]));
    assert_eq!(reached(&nobody, &["residency", "x"]), (0, vec![]));
    let text = ask(&nobody, &["residency", "x"]).out;
    assert!(
        text.contains("of no region: 1 user and 1 service account\n") && !text.contains("→ of no region"),
        "{text}"
    );
}

const DESK: &str = r#"
resource "genesyscloud_auth_division" "home" {
  name = "Home"
  home = true
}
resource "genesyscloud_auth_role" "desk" {
  name = "Desk"
  permission_policies {
    domain      = "routing"
    entity_name = "queue"
    action_set  = ["view"]
  }
}
resource "genesyscloud_user" "ana" {
  name  = "Ana"
  email = "ana@alpha.example"
}
resource "genesyscloud_user" "bea" {
  name  = "Bea"
  email = "bea@beta.example"
}
resource "genesyscloud_user_roles" "ana" {
  user_id = genesyscloud_user.ana.id
  roles {
    role_id = genesyscloud_auth_role.desk.id
  }
}
resource "genesyscloud_auth_division" "far" {
  name = "Far"
}
"#;

#[test]
fn a_queue_of_terraform_that_names_no_division_is_at_home() {
    let of = |division: &str| {
        let queue = format!(
            "resource \"genesyscloud_routing_queue\" \"b\" {{\n  name = \"Beta Desk\"\n  {division}\n  members {{\n    \
             user_id = genesyscloud_user.bea.id\n  }}\n}}\n"
        );
        let tenant = folder(&[("x/m.tf", &[DESK, &queue].concat()), ("rolecall.toml", BY_DOMAIN)]);
        reached(&tenant, &["isolation", "x"])
    };
    let crossed = (1, vec!["alpha > beta: queues".to_owned()]);
    assert_eq!(of(""), crossed);
    assert_eq!(of("division_id = genesyscloud_auth_division.home.id"), crossed);
    assert_eq!(of("division_id = genesyscloud_auth_division.far.id"), (0, vec![]));
}

#[test]
fn a_division_goes_by_the_name_that_users_and_grants_show() {
    let roles = json!({ "entities": [{ "id": "r1", "name": "Viewer", "permissionPolicies": [
        { "domain": "analytics", "entityName": "conversationDetail", "actionSet": ["view"] }] }], "total": 1 });
    let named = json!({ "id": "d1", "name": "Alpha", "homeDivision": true });
    let bare = json!({ "id": "d1" });
    let tenant = |of_user: &Value, of_grant: &Value| {
        let user = |id: &str, division: &Value| json!({ "id": id, "name": id, "username": id, "division": division });
        let users = json!({ "entities": [user("kim", of_user), user("ivy", &json!({ "id": "d2" }))], "total": 2 });
        let grants =
            json!({ "id": "kim", "grants": [{ "subjectId": "kim", "division": of_grant, "role": { "id": "r1" } }] });
        let settings = "[partners.alpha]\ndivisions = [\"Alpha\"]\n";
        folder(&[
            ("x/roles.json", &roles.to_string()),
            ("x/users.json", &users.to_string()),
            ("x/subjects.jsonl", &grants.to_string()),
            ("rolecall.toml", settings),
        ])
    };
    for (of_user, of_grant) in [(&named, &bare), (&bare, &named), (&named, &named)] {
        let tenant = tenant(of_user, of_grant);
        let rules = found(&tenant, &["x"]);
        let home = rules.iter().find(|(rule, _)| rule == "partner-in-home-division");
        assert!(home.is_some_and(|(_, said)| said.contains("`kim`")), "{rules:?}");
        // The other division is named nowhere, which is no fault.
        assert!(
            rules.iter().all(|(rule, _)| !["dangling-reference", "unmatched-setting"].contains(&&**rule)),
            "{rules:?}"
        );
        let text = ask(&tenant, &["check", "x"]).out;
        assert!(!text.contains("no names of divisions"), "{text}");
    }
    let nobody = tenant(&bare, &bare);
    assert!(found(&nobody, &["x"]).iter().all(|(rule, _)| rule != "partner-in-home-division"));
    assert!(ask(&nobody, &["check", "x", "-v"]).out.contains("no names of divisions"));
}

#[test]
fn a_division_that_the_guide_shows_within_a_user_has_its_name() {
    let tenant = json!({
        "roles": [{ "id": "r", "name": "Viewer", "rolePermissions": [{ "id": "reporting:reportingData:view", "scope": "All" }] }],
        "users": [{ "id": "h", "name": "Ha", "division": { "id": "d9", "name": "Alpha" }, "userRoles": ["r"] },
            { "id": "i", "name": "Io", "division": { "id": "d1", "name": "Corp" }, "userRoles": ["r"] }],
    });
    let tenant =
        folder(&[("x/t.json", &tenant.to_string()), ("rolecall.toml", "[partners.alpha]\ndivisions = [\"Alpha\"]\n")]);
    let reporting = found(&tenant, &["x", "--only", "all-scoped-reporting"]);
    assert!(matches!(&*reporting, [(_, said)] if said.contains("division `Alpha`")), "{reporting:?}");
}

#[test]
fn what_terraform_knows_by_a_real_id_is_meant_by_it() {
    let instance = |kind: &str, label: &str, attributes: Value| json!({ "mode": "managed", "type": format!("genesyscloud_{kind}"), "name": label, "instances": [{ "attributes": attributes }] });
    let policy = json!([{ "domain": "routing", "entity_name": "queue", "action_set": ["view"] }]);
    let state = json!({ "version": 4, "terraform_version": "1.6.0", "resources": [
        instance("auth_division", "far", json!({ "id": "00d1", "name": "Far" })),
        instance("auth_role", "desk", json!({ "id": "00b1", "name": "Desk", "permission_policies": policy })),
        instance("group", "night", json!({ "id": "00c1", "name": "Night", "member_ids": ["00a2"] })),
        instance("user", "ana", json!({ "id": "00a1", "name": "Ana", "email": "ana@x.example", "division_id": "00d1" })),
        instance("user", "bea", json!({ "id": "00a2", "name": "Bea", "email": "bea@x.example", "division_id": "00d2" })),
        instance("user_roles", "ana", json!({ "user_id": "00a1", "roles": [{ "role_id": "00b1", "division_ids": ["*"] }] })),
        instance("routing_queue", "q", json!({ "id": "00e1", "name": "Q", "division_id": "00d2", "members": [] })),
    ] });
    let settings = "[partners.alpha]\ndivisions = [\"00d1\"]\n[partners.beta]\ngroups = [\"00c1\"]\nqueues = [\"00e1\"]\n\
                    [[expect]]\nwho = \"00a1\"\ncannot = [\"routing:queue:view\"]\non = \"00e1\"\n";
    let tenant = folder(&[("x/terraform.tfstate", &state.to_string()), ("rolecall.toml", settings)]);
    assert_eq!(
        reached(&tenant, &["isolation", "x"]),
        (1, ["alpha > beta: queues", "alpha > internal: queues"].map(str::to_owned).to_vec())
    );
    let rules = found(&tenant, &["x"]);
    assert!(rules.iter().all(|(rule, _)| rule != "unmatched-setting"), "{rules:?}");
    let broken = rules.iter().find(|(rule, _)| rule.contains("expect"));
    assert!(broken.is_some_and(|(_, said)| !said.contains("nothing in the input is called")), "{rules:?}");
    assert_eq!(ask(&tenant, &["can", "00a1", "routing:queue:view", "x", "--on", "queue:00e1"]).code, 0);
    assert_eq!(ask(&tenant, &["can", "00a9", "routing:queue:view", "x"]).code, 2);
}

#[test]
fn a_stolen_account_that_sets_passwords_is_not_said_to_become_nobody() {
    let tenant = |action: &str| {
        let roles = json!({ "entities": [{ "id": "r1", "name": "Sync", "permissionPolicies": [
            { "domain": "directory", "entityName": "user", "actionSet": [action] }] }], "total": 1 });
        let clients = json!({ "entities": [{ "id": "c1", "name": "Sync", "authorizedGrantType": "CLIENT-CREDENTIALS",
            "accessTokenValiditySeconds": 86400, "roleDivisions": [{ "roleId": "r1", "divisionId": "*" }] }], "total": 1 });
        folder(&[("x/roles.json", &roles.to_string()), ("x/clients.json", &clients.to_string())])
    };
    let said = |action: &str| ask(&tenant(action), &["reach", "service-account:Sync", "x"]).out;
    let taken = said("setPassword");
    let line = "may become nobody by impersonation, but take over accounts by `directory:user:setPassword`";
    assert!(taken.split_whitespace().collect::<Vec<_>>().join(" ").contains(line), "{taken}");
    assert!(said("view").contains("may become nobody; within reach"), "{}", said("view"));
}

#[test]
fn a_space_after_an_address_changes_nobodys_partner() {
    let tenant = |mail: &str| {
        let tenant = json!({
            "roles": [{ "id": "r", "name": "Viewer", "rolePermissions": [{ "id": "reporting:reportingData:view", "scope": "All" }] }],
            "users": [{ "id": "bo", "name": "Bo", "email": mail, "userRoles": ["r"] }],
        });
        folder(&[("x/t.json", &tenant.to_string()), ("rolecall.toml", BY_DOMAIN)])
    };
    let rules = |mail: &str| found(&tenant(mail), &["x", "--only", "all-scoped-reporting"]).len();
    assert_eq!([rules("bo@alpha.example"), rules("bo@alpha.example "), rules("bo@alpha.examples")], [1, 1, 0]);
}

#[test]
fn a_group_of_terraform_that_says_it_has_no_members_has_none() {
    let of = |members: &str| {
        let group = format!(
            "resource \"genesyscloud_group\" \"g\" {{\n  name = \"Night\"\n  {members}\n}}\n\
             resource \"genesyscloud_group_roles\" \"g\" {{\n  group_id = genesyscloud_group.g.id\n  roles {{\n    \
             role_id = genesyscloud_auth_role.desk.id\n    division_ids = [\"*\"]\n  }}\n}}\n"
        );
        let tenant = folder(&[("x/m.tf", &[DESK, &group].concat())]);
        ask(&tenant, &["can", "Bea", "routing:queue:view", "x"]).out
    };
    assert!(!of("member_ids = []").contains("who is in these groups"), "{}", of("member_ids = []"));
    assert!(of("").contains("who is in these groups"), "{}", of(""));
}
