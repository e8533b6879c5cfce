//! What rules with `all`, `any` and `not` say, and of whom.

use crate::SETTINGS;
use rolecall_engine::{Confidence, Finding, Policy, RuleFile, Rulebook, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::saved::{divisions, given, page, policy, role, user};
use rolecall_testing::{read, rulebook};
use serde_json::{Value, json};

const PARTNERS: &str = "[tiers.bpo]\ndomains = ['one.example']\n";

/// A rule of a user's own.
pub(crate) fn own(settings: &Policy, pattern: &str) -> Rulebook {
    let fence = format!(
        "severity = 'high'\nconfidence = 'high'\nsince = '1'\nmessage = '{{subject}} is at fault'\nlabel = 'here'\n\
         help = 'mend it'\n{pattern}\n"
    );
    let text = format!("# Mine\n\n```toml\n{fence}```\n\n## Why\n\nSo.\n\n## Fix\n\nDo.\n");
    let file = RuleFile { id: "mine".to_owned(), path: "rule.md".to_owned(), docs: String::new(), text };
    Rulebook::load([file], settings).expect("a good rule")
}

/// What a user's own rule finds in an export.
pub(crate) fn found(dialect: &'static str, pattern: &str, files: Vec<Value>) -> Vec<Finding> {
    let settings = Policy::read("rolecall.toml", PARTNERS).expect("good settings");
    check(&AccessGraph::new(&read(dialect, files)), &settings, &own(&settings, pattern), SETTINGS).findings
}

/// On whom it finds anything.
pub(crate) fn subjects(dialect: &'static str, pattern: &str, files: Vec<Value>) -> Vec<String> {
    found(dialect, pattern, files).into_iter().map(|finding| finding.subject.name).collect()
}

/// What a built-in rule finds in responses of the platform.
fn built_in(rule: &str, files: Vec<Value>) -> Vec<Finding> {
    let settings = Policy::read("rolecall.toml", PARTNERS).expect("good settings");
    let rules = rulebook(&settings, |id| id == rule);
    check(&AccessGraph::new(&read("platform", files)), &settings, &rules, SETTINGS).findings
}

fn denial(permission: &str, kind: &str, id: &str) -> Value {
    json!({ "id": "p-1", "name": "No", "targetResource": permission, "effect": "DENY",
            "subject": { "type": kind, "id": id }, "active": true, "applyToClients": true })
}

fn client(id: &str, roles: &[usize]) -> Value {
    let given = |role: &usize| json!({ "roleId": format!("r-{role}"), "divisionId": "*" });
    json!({ "id": id, "name": id, "authorizedGrantType": "CLIENT-CREDENTIALS", "state": "active",
            "accessTokenValiditySeconds": 86400, "roleDivisions": roles.iter().map(given).collect::<Vec<_>>() })
}

#[test]
fn who_is_denied_what_not_names_does_not_have_it() {
    let files = |denials: Vec<Value>| {
        let entries = [policy(&["authorization", "role", "edit"]), policy(&["oauth", "client", "add"])];
        vec![
            page(vec![role(1, &entries)], "authorization/roles"),
            client("sync", &[1]),
            page(denials, "authorization/policies"),
        ]
    };
    let of = |denials| built_in("identity-takeover", files(denials)).len();
    assert_eq!(of(Vec::new()), 0, "an administrator is another rule's matter");
    assert_eq!(of(vec![denial("authorization:role:edit", "CLIENT", "sync")]), 1);
    assert_eq!(of(vec![denial("authorization:role:edit", "CLIENT", "other")]), 0);
    assert_eq!(of(vec![denial("oauth:client:add", "CLIENT", "sync")]), 0);
}

#[test]
fn who_is_denied_a_part_of_all_does_not_have_all() {
    let hears = "[[match.all]]\n[match.all.grant]\npermission = ['recording:recording:view']\n\
                 [[match.all]]\n[match.all.grant]\npermission = ['recording:recording:download']\n";
    let files = |denials: Vec<Value>| {
        let roles = [(1, "view"), (2, "download")]
            .map(|(row, action)| role(row, &[policy(&["recording", "recording", action])]));
        vec![
            divisions(),
            page(roles.to_vec(), "authorization/roles"),
            page(vec![user(1, "one", "north")], "users"),
            given("u-1", 1, "north"),
            given("u-1", 2, "north"),
            page(denials, "authorization/policies"),
        ]
    };
    assert_eq!(found("platform", hears, files(Vec::new())).len(), 1);
    for part in ["view", "download"] {
        let permission = format!("recording:recording:{part}");
        assert_eq!(found("platform", hears, files(vec![denial(&permission, "USER", "u-1")])).len(), 0);
        assert_eq!(found("platform", hears, files(vec![denial(&permission, "USER", "u-2")])).len(), 1);
    }
}

#[test]
fn what_is_assumed_is_reported_beside_what_is_shown() {
    let entries = [policy(&["reporting", "acd", "view"]), policy(&["analytics", "datawarehouse", "view"])];
    let known = json!({ "domain": "analytics", "entityType": "datawarehouse", "action": "view", "label": "",
                        "allowsConditions": false, "divisionAware": false });
    let domain = json!({ "id": "analytics", "name": "analytics", "domain": "analytics",
                         "selfUri": "/api/v2/authorization/permissions", "permissionMap": { "datawarehouse": [known] } });
    let files = |entries: &[Value]| {
        vec![
            divisions(),
            page(vec![role(1, entries)], "authorization/roles"),
            page(vec![user(1, "one", "north")], "users"),
            given("u-1", 1, "north"),
            page(vec![domain.clone()], "authorization/permissions"),
        ]
    };
    let said = |entries: &[Value]| {
        let mut said: Vec<(Confidence, Vec<String>)> = built_in("all-scoped-reporting", files(entries))
            .into_iter()
            .map(|finding| (finding.confidence, finding.access))
            .collect();
        said.sort();
        said
    };
    let shown = (Confidence::High, vec!["analytics:datawarehouse:view over All".to_owned()]);
    let assumed = (Confidence::Low, vec!["reporting:acd:view over division north".to_owned()]);
    let [acd, warehouse] = &entries;
    assert_eq!(said(&entries), [assumed.clone(), shown.clone()]);
    assert_eq!(said(std::slice::from_ref(acd)), [assumed]);
    assert_eq!(said(std::slice::from_ref(warehouse)), [shown]);
}

/// The subject, the message and who shows it, of one finding.
fn only(findings: &[Finding]) -> (&str, &str, &str) {
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let finding = &findings[0];
    (&finding.subject.name, &finding.message, &finding.witness[0].from.name)
}

#[test]
fn who_has_what_not_names_is_in_no_sentence() {
    let roles = || {
        let entries = [["conversation", "communication", "blindTransfer"], ["conversation", "communication", "target"]];
        let roles = [1, 2].map(|row| role(row, &[policy(&entries[row - 1])]));
        let users = [1, 2, 3].map(|row| user(row, "one", "north"));
        vec![divisions(), page(roles.to_vec(), "authorization/roles"), page(users.to_vec(), "users")]
    };
    let of = |given_to: &[(&str, usize)]| {
        let given = given_to.iter().map(|(who, role)| given(who, *role, "north"));
        built_in("transfer-targets-unlimited", roles().into_iter().chain(given).collect())
    };
    let all = of(&[("u-1", 1), ("u-2", 1), ("u-3", 1)]);
    assert!(all[0].message.contains("given to `User 1`, `User 2` and `User 3`"), "{}", all[0].message);
    let two = of(&[("u-1", 1), ("u-1", 2), ("u-2", 1), ("u-3", 1)]);
    let (subject, message, shown) = only(&two);
    assert_eq!((subject, shown), ("Role 1", "User 2"));
    assert!(message.contains("given to `User 2` and `User 3`") && !message.contains("User 1"), "{message}");
    let one = of(&[("u-1", 1), ("u-1", 2), ("u-2", 1), ("u-3", 1), ("u-3", 2)]);
    let (subject, message, shown) = only(&one);
    assert_eq!((subject, shown), ("User 2", "User 2"));
    assert!(!message.contains("User 1") && !message.contains("User 3"), "{message}");
    assert_eq!(of(&[("u-1", 1), ("u-1", 2), ("u-2", 1), ("u-2", 2)]).len(), 0);
}

#[test]
fn a_client_that_administers_is_not_named_among_those_that_do_not() {
    let entries = [["directory", "user", "setPassword"], ["authorization", "role", "edit"]];
    let roles = [1, 2].map(|row| role(row, &[policy(&entries[row - 1])]));
    let of = |first: &[usize]| {
        let roles = page(roles.to_vec(), "authorization/roles");
        built_in("identity-takeover", vec![roles, client("a", first), client("b", &[1])])
    };
    let found = of(&[1]);
    assert!(only(&found).1.contains("given to `a` and `b`"), "{found:#?}");
    let found = of(&[1, 2]);
    let (subject, message, shown) = only(&found);
    assert_eq!((subject, shown), ("b", "b"));
    assert!(!message.contains("`a`"), "{message}");
}

#[test]
fn who_has_only_the_first_part_of_all_is_in_no_sentence() {
    let export = |second: &str| {
        json!({
            "roles": [
                { "id": "r-1", "name": "Admin", "system": true,
                  "rolePermissions": [{ "id": "directory:user:view", "scope": "All" }] },
                { "id": "r-2", "name": "Link", "rolePermissions": [{ "id": "user:impersonate", "scope": "Group", "groups": ["g-1"] }] },
            ],
            "groups": [{ "id": "g-1", "name": "G", "members": [] }],
            "serviceAccounts": [
                { "id": "s-1", "name": "First", "userRoles": ["r-1", second] },
                { "id": "s-2", "name": "Second", "userRoles": ["r-1", "r-2"] },
            ],
        })
    };
    for rule in ["service-account-system-role", "all-scoped-user-read"] {
        let both = crate::found(rule, "", export("r-2"));
        assert!(only(&both).1.contains("`First` and `Second`"), "{both:#?}");
        let one = crate::found(rule, "", export("r-1"));
        let (_, message, shown) = only(&one);
        assert!(shown == "Second" && message.contains("`Second`") && !message.contains("First"), "{shown}: {message}");
    }
}

#[test]
fn a_group_is_at_fault_only_for_those_in_it_who_are() {
    let pattern = "[[match.all]]\n[match.all.grant]\npermission = ['recording:recording:download']\ntier = 'bpo'\n\
                   [[match.all]]\n[match.all.not.grant]\npermission = ['recording:recording:view']\n";
    let export = |viewers: &[&str]| {
        let roles = |who: &str| if viewers.contains(&who) { vec!["r-1"] } else { Vec::new() };
        json!({
            "roles": [
                { "id": "r-1", "name": "Hear", "rolePermissions": [{ "id": "recording:recording:view", "scope": "All" }] },
                { "id": "r-2", "name": "Take", "rolePermissions": [{ "id": "recording:recording:download", "scope": "All" }] },
            ],
            "users": [
                { "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": roles("Ana") },
                { "id": "u-2", "name": "Ben", "bpoUser": true, "userRoles": roles("Ben") },
                { "id": "u-3", "name": "Own", "bpoUser": false },
            ],
            "groups": [{ "id": "g-1", "name": "Night", "members": ["u-1", "u-2", "u-3"], "userRoles": ["r-2"] }],
        })
    };
    let of = |viewers: &[&str]| subjects("guide", pattern, vec![export(viewers)]);
    assert_eq!(of(&[]), ["Night"]);
    assert_eq!(of(&["Ana"]), ["Ben"]);
    assert_eq!(of(&["Ana", "Ben"]), [""; 0]);
}

#[test]
fn what_a_later_part_of_any_has_more_at_one_place_is_reported_too() {
    let entry = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["view", "download"] });
    let of = |parts: &[&str]| {
        let part = |permission: &&str| {
            format!("[[match.any]]\n[match.any.grant]\npermission = ['recording:recording:{permission}']\n")
        };
        let pattern: String = parts.iter().map(part).collect();
        let found =
            found("platform", &pattern, vec![page(vec![role(1, std::slice::from_ref(&entry))], "authorization/roles")]);
        let name = |line: &String| line.split(" over ").next().unwrap_or_default().to_owned();
        found.iter().map(|finding| finding.access.iter().map(name).collect()).collect::<Vec<Vec<String>>>()
    };
    let [view, download] = ["view", "download"].map(|action| format!("recording:recording:{action}"));
    assert_eq!(of(&["view", "download"]), [vec![view.clone()], vec![download.clone()]]);
    assert_eq!(of(&["view", "view"]), [vec![view.clone()]]);
    assert_eq!(of(&["*", "view"]), [vec![download.clone(), view.clone()]]);
    assert_eq!(of(&["view", "*"]), [vec![view.clone()], vec![download, view]]);
}

#[test]
fn those_whom_two_parts_of_any_find_at_one_place_are_all_meant() {
    let any = "[[match.all.any]]\n[match.all.any.grant]\npermission = ['recording:recording:view']\ntier = 'bpo'\n";
    let pattern = format!(
        "[[match.all]]\n[match.all.entity]\nkind = ['user']\n[[match.all]]\n{any}{}",
        any.replace("'bpo'", "'two'")
    );
    let settings = "[tiers.bpo]\ndomains = ['one.example']\n[tiers.two]\ndomains = ['two.example']\n";
    let policy_of = Policy::read("rolecall.toml", settings).expect("good settings");
    let users =
        [(1, "one"), (2, "one"), (3, "two"), (4, "two"), (5, "three")].map(|(row, side)| user(row, side, "north"));
    let mut files = vec![
        divisions(),
        page(vec![role(1, &[policy(&["recording", "recording", "view"])])], "authorization/roles"),
        page(users.to_vec(), "users"),
    ];
    files.extend((1..=5).map(|row| given(&format!("u-{row}"), 1, "north")));
    let found = check(&AccessGraph::new(&read("platform", files)), &policy_of, &own(&policy_of, &pattern), SETTINGS);
    let names: Vec<&str> = found.findings.iter().map(|finding| &*finding.subject.name).collect();
    assert_eq!(names, ["User 1", "User 2", "User 3", "User 4"]);
}
