//! For want of what rules cannot be judged.

use crate::{SETTINGS, found, lacking, messages, outcome};
use rolecall_engine::{Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::saved::{page, policy, queue, role, user};
use rolecall_testing::{BUILT_IN, read, rulebook};
use serde_json::{Value, json};

/// Rules with every word and detector that may lack something.
const RULES: [&str; 26] = [
    "all-scoped-impersonation",
    "all-scoped-reporting",
    "condition-bypassed",
    "default-role-modified",
    "excess-permission",
    "group-queue-membership",
    "group-scoped-queue-reporting",
    "identity-takeover",
    "impersonation-escalation",
    "impersonation-reaches-internal",
    "inactive-user-with-roles",
    "inheritance-cycle",
    "long-lived-token",
    "missing-bpo-flag",
    "missing-impersonation-subject",
    "missing-region",
    "mixed-queue",
    "partner-all-divisions",
    "region-mismatch",
    "shared-between-partners",
    "system-role-assigned",
    "system-role-inheritance",
    "unused-permission",
    "unused-role",
    "view-crosses-region",
    "view-exposes-internal-queue",
];

/// Those that are not judged on an export, with the reason.
fn said(title: &str, dialect: &'static str, export: Value) -> String {
    let tenant = read(dialect, [export]);
    let rules = rulebook(&BUILT_IN, |id| RULES.contains(&id));
    let all = check(&AccessGraph::new(&tenant), &BUILT_IN, &rules, SETTINGS).not_evaluated;
    let lines = all.iter().map(|one| format!("{}: {}\n", one.rule, one.reason));
    format!("# {title}\n{}\n", lines.collect::<String>())
}

#[test]
fn rules_say_what_an_export_lacks() {
    let roles = json!([{ "id": "r-1", "name": "Lead" }]);
    let users = json!([{ "id": "u-1", "name": "Lee Park", "bpoUser": false }]);
    let partners = json!([{ "id": "u-1", "name": "Ana Reis", "bpoUser": true }]);
    let groups = json!([{ "id": "g-1", "name": "Floor", "members": ["u-1"] }]);
    let queues = json!([{ "id": "q-1", "name": "Desk", "members": ["u-1"] }]);
    let views = json!([{ "id": "v-1", "name": "Night", "queues": ["q-1"] }]);
    let all =
        |users: &Value| json!({ "roles": roles, "users": users, "groups": groups, "queues": queues, "views": views });
    let desk = json!([{ "id": "r-1", "name": "BPO Desk" }]);
    let unheld = page(vec![role_called("BPO Desk", json!({}))], "authorization/roles");
    let client = json!({ "id": "c-1", "name": "Feed", "authorizedGrantType": "CLIENT-CREDENTIALS",
                         "roleDivisions": [{ "roleId": "r-1", "divisionId": "*" }] });
    let now = [
        said("roles alone", "guide", json!({ "roles": roles })),
        said("users alone", "guide", json!({ "users": users })),
        said("nobody of the partner", "guide", all(&users)),
        said("somebody of the partner", "guide", all(&partners)),
        said("a role of the partner alone", "guide", json!({ "roles": desk })),
        said("a role of the platform alone", "platform", page(vec![role(1, &[])], "authorization/roles")),
        said(
            "a role of the partner that only a client holds",
            "platform",
            json!([unheld, user(1, "one", "north"), client]),
        ),
    ];
    assert_eq!(now.concat(), include_str!("lacking.txt"), "{}", now.concat());
}

fn role_called(name: &str, more: Value) -> Value {
    let mut role = role(1, &[policy(&["analytics", "conversationDetail", "view"])]);
    role["name"] = json!(name);
    more.as_object().into_iter().flatten().for_each(|(key, value)| role[key] = value.clone());
    role
}

#[test]
fn what_the_platform_says_of_permissions_lacks_only_where_it_says_nothing() {
    let reason = |role: Value, more: Vec<Value>| {
        let files = [page(vec![role], "authorization/roles")].into_iter().chain(more);
        let rules = rulebook(&BUILT_IN, |id| id == "unused-permission" || id == "default-role-modified");
        let tenant = read("platform", files);
        let all = check(&AccessGraph::new(&tenant), &BUILT_IN, &rules, SETTINGS).not_evaluated;
        all.into_iter().map(|one| one.rule).collect::<Vec<_>>()
    };
    let compared = json!({ "userOrgRole": { "id": "r-1", "name": "BPO Desk" }, "addedPermissionPolicies": [] });
    let said = role_called("BPO Desk", json!({ "unusedPermissions": [] }));
    assert_eq!(reason(role_called("BPO Desk", json!({})), vec![]), ["default-role-modified", "unused-permission"]);
    assert_eq!(reason(said.clone(), vec![]), ["default-role-modified"]);
    assert_eq!(reason(said, vec![compared]), [""; 0]);
}

#[test]
fn nobody_is_said_to_lack_or_leave_a_role_where_nobody_is_shown_to_hold_one() {
    let roles = json!([{ "id": "r-1", "name": "Pilot" }, { "id": "r-2", "name": "Desk" }]);
    let export =
        |held: Value| json!({ "roles": roles, "users": [{ "id": "u-1", "name": "Lee Park", "userRoles": held }] });
    assert_eq!(found("unused-role", "", export(json!([]))).len(), 0);
    assert_eq!(
        lacking("unused-role", export(json!([]))).as_deref(),
        Some("no users or groups with roles in the input")
    );
    assert_eq!(
        messages("unused-role", "", export(json!(["r-2"]))),
        ["nobody holds role `Pilot`, and no role inherits from it"]
    );
    let settings = "[[expect]]\nwho = 'Lee Park'\ncannot = ['routing:queue:view']\n";
    let reasons = |held: Value| outcome("unmet-expectation", settings, export(held)).not_evaluated.len();
    assert_eq!((reasons(json!([])), reasons(json!(["r-2"]))), (1, 0));
}

/// A view, an impersonation and a figure of the partner's over a group that sits on a queue.
fn boundaries(members: Value, queue: Value, users: Value) -> Value {
    let limited = |id: &str, key: &str, to: &str| json!({ "id": id, "scope": key, (key.to_lowercase() + "s"): [to] });
    let entries = [
        limited("routing:queue:view", "View", "v-1"),
        limited("user:impersonate", "Group", "g-1"),
        limited("reporting:queue:view", "Group", "g-1"),
    ];
    json!({
        "roles": [{ "id": "r-1", "name": "BPO Lead", "rolePermissions": entries }],
        "groups": [{ "id": "g-1", "name": "BPO Floor", "members": members }],
        "views": [{ "id": "v-1", "name": "Night", "queues": ["q-1"] }],
        "queues": [{ "id": "q-1", "name": "Desk", "members": queue, "memberGroups": ["g-1"] }, { "id": "q-2", "name": "Till" }],
        "users": users,
    })
}

#[test]
fn who_is_where_is_clean_only_where_it_is_shown() {
    let nobody = json!([]);
    let users = json!([{ "id": "u-1", "name": "Ana Reis", "bpoUser": true, "userRoles": ["r-1"] }]);
    let no_members = Some("no members of groups in the input");
    let no_users = Some("no users in the input");
    let reason = |rule: &str, export: &Value| lacking(rule, export.clone());
    let open = boundaries(nobody.clone(), nobody.clone(), users.clone());
    let strange = boundaries(nobody.clone(), json!(["u-9"]), nobody.clone());
    for rule in ["view-exposes-internal-queue", "group-scoped-queue-reporting"] {
        assert_eq!(reason(rule, &open).as_deref(), no_members, "{rule}");
        assert_eq!(reason(rule, &strange).as_deref(), no_users, "{rule}");
        assert_eq!(reason(rule, &boundaries(json!(["u-1"]), nobody.clone(), users.clone())), None, "{rule}");
        assert_eq!(reason(rule, &boundaries(nobody.clone(), json!(["u-1"]), users.clone())), None, "{rule}");
        let mut empty = open.clone();
        empty["queues"] = json!([{ "id": "q-1", "name": "Desk" }, { "id": "q-2", "name": "Till" }]);
        assert_eq!(reason(rule, &empty).as_deref(), Some("no members of queues in the input"), "{rule}");
    }
    for rule in ["impersonation-reaches-internal", "impersonation-escalation"] {
        assert_eq!(reason(rule, &open).as_deref(), no_members, "{rule}");
        assert_eq!(reason(rule, &boundaries(json!(["u-1"]), nobody.clone(), users.clone())), None, "{rule}");
    }
}

#[test]
fn what_is_held_by_a_group_lacks_only_where_nobody_is_shown_in_it() {
    let export = |name: &str, members: Value| {
        json!({
            "roles": [{ "id": "r-1", "name": "Analyst" }],
            "groups": [{ "id": "g-1", "name": name, "members": members, "userRoles": ["r-1"] }],
            "users": [{ "id": "u-1", "name": "Ana Reis", "bpoUser": true }],
        })
    };
    let reason = |export: Value| lacking("all-scoped-reporting", export);
    assert_eq!(reason(export("Floor", json!([]))).as_deref(), Some("no members of groups in the input"));
    assert_eq!(reason(export("Floor", json!(["u-1"]))), None);
    assert_eq!(reason(export("BPO Floor", json!([]))), None);
}

#[test]
fn a_view_of_people_alone_is_judged_by_their_regions() {
    let export = |held: Value| {
        json!({
            "roles": [{ "id": "r-1", "name": "BPO Lead", "rolePermissions": [
                { "id": "routing:queue:view", "scope": "View", "views": ["v-1"] }] }],
            "views": [{ "id": "v-1", "name": "Night", "users": ["u-2"] }],
            "users": [{ "id": "u-1", "name": "Ana Reis", "bpoUser": true, "region": "emea-1", "userRoles": held },
                      { "id": "u-2", "name": "Lee Park", "region": "us-1" }],
        })
    };
    assert_eq!(found("view-crosses-region", "", export(json!(["r-1"]))).len(), 1);
    assert_eq!(lacking("view-crosses-region", export(json!(["r-1"]))), None);
    let unheld = lacking("view-crosses-region", export(json!([])));
    assert_eq!(unheld.as_deref(), Some("no users or groups with roles in the input"));
}

#[test]
fn a_queue_is_mixed_only_where_somebody_is_shown_on_one() {
    let queues = page(vec![queue(1, "north")], "routing/queues");
    let users = page(vec![user(1, "one", "north")], "users");
    let members = page(vec![json!({ "id": "u-1", "selfUri": "/api/v2/users/u-1" })], "routing/queues/q-1/members");
    let policy = Policy::read("rolecall.toml", "[tiers.bpo]\ndomains = ['one.example']\n").expect("good settings");
    let rules = rulebook(&policy, |id| id == "mixed-queue");
    let reason = |files: &[&Value]| {
        let tenant = read("platform", files.iter().map(|file| (*file).clone()));
        let all = check(&AccessGraph::new(&tenant), &policy, &rules, SETTINGS).not_evaluated;
        all.into_iter().map(|one| one.reason).collect::<Vec<_>>()
    };
    assert_eq!(reason(&[&queues, &users]), ["no members of queues in the input"]);
    assert_eq!(reason(&[&queues, &users, &members]), [""; 0]);
    assert_eq!(reason(&[&users]), ["no queues in the input"]);
}
