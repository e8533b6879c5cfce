//! What rules of a user's own make of words that the built-in ones do not put together.

use crate::combined::{found, subjects};
use rolecall_engine::{Confidence, Policy, RuleFile, Rulebook};
use rolecall_testing::saved::{divisions, given, group, page, policy, role, user};
use serde_json::{Value, json};

/// A role with two users of whom the first is a partner's, and a service account without it.
fn desk(role_name: &str, roles_of_account: &[&str]) -> Value {
    json!({
        "roles": [{ "id": "r-1", "name": role_name, "rolePermissions": [{ "id": "routing:queue:edit", "scope": "All" }] }],
        "users": [
            { "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": ["r-1"] },
            { "id": "u-2", "name": "Own", "bpoUser": false, "userRoles": ["r-1"] },
        ],
        "serviceAccounts": [{ "id": "s-1", "name": "BPO Sync", "userRoles": roles_of_account }],
    })
}

#[test]
fn holders_of_a_kind_are_asked_for_beside_a_tier_too() {
    let of = |holder: &str, export: Value| {
        let pattern =
            format!("[match.grant]\npermission = ['routing:queue:edit']\ntier = 'bpo'\nholder = ['{holder}']");
        found("guide", &pattern, vec![export])
    };
    let names = |holder: &str, export: Value| -> Vec<String> {
        of(holder, export).into_iter().map(|finding| finding.subject.name).collect()
    };
    assert_eq!(names("user", desk("Desk", &[])), ["Ana"]);
    assert_eq!(names("service-account", desk("Desk", &[])), [""; 0]);
    assert_eq!(names("service-account", desk("Desk", &["r-1"])), ["BPO Sync"]);
    // A role of the tier is to blame itself, and is shown by such a holder.
    assert_eq!(names("service-account", desk("BPO Desk", &[])), [""; 0]);
    let shown = of("service-account", desk("BPO Desk", &["r-1"]));
    assert_eq!((&*shown[0].subject.name, &*shown[0].witness[0].from.name), ("BPO Desk", "BPO Sync"));
    assert_eq!(of("user", desk("BPO Desk", &["r-1"]))[0].witness[0].from.name, "Ana");
}

#[test]
fn a_group_is_a_holder_without_a_tier_too_whether_or_not_it_has_members() {
    let export = |members: &[&str]| {
        json!({
            "roles": [
                { "id": "r-1", "name": "Desk", "rolePermissions": [{ "id": "routing:queue:edit", "scope": "All" }] },
                { "id": "r-2", "name": "Heir", "inheritsFrom": "r-1" },
                { "id": "r-3", "name": "Own", "rolePermissions": [{ "id": "routing:queue:edit", "scope": "All" }] },
            ],
            "users": [{ "id": "u-1", "name": "Ana", "userRoles": ["r-3"] }],
            "groups": [{ "id": "g-1", "name": "Crew", "members": members, "userRoles": ["r-2"] }],
        })
    };
    let of = |holder: &str, members: &[&str]| {
        let pattern = format!("[match.grant]\npermission = ['routing:queue:edit']\nholder = [{holder}]");
        let found = found("guide", &pattern, vec![export(members)]);
        let shown = |finding: rolecall_engine::Finding| (finding.subject.name, finding.witness[0].from.name.clone());
        found.into_iter().map(shown).collect::<Vec<_>>()
    };
    let pair = |subject: &str, from: &str| (subject.to_owned(), from.to_owned());
    assert_eq!(of("'group'", &[]), [pair("Desk", "Crew")]);
    assert_eq!(of("'group'", &["u-1"]), [pair("Desk", "Crew")]);
    assert_eq!(of("'user', 'group'", &[]), [pair("Desk", "Crew"), pair("Own", "Ana")]);
    assert_eq!(of("'service-account'", &[]), []);
}

/// Users with the role that edits queues, or without it: the first everywhere, the second in one division, the third by
/// a group everywhere.
fn given_out(denials: Vec<Value>) -> Vec<Value> {
    let users = (1..=4).map(|row| user(row, "one", "north")).collect();
    let mut files = vec![
        divisions(),
        page(vec![role(1, &[policy(&["routing", "queue", "edit"])])], "authorization/roles"),
        page(users, "users"),
        given("u-1", 1, "*"),
        given("u-2", 1, "north"),
        given("g-5", 1, "*"),
        page(denials, "authorization/policies"),
    ];
    files.extend(group(5, &[3]));
    files.push(group(6, &[])[0].clone());
    files
}

#[test]
fn a_name_is_asked_for_where_assignments_decide_too() {
    let of = |name: &str| {
        let pattern = format!(
            "[match.grant]\npermission = ['routing:queue:edit']\nscope = ['every-division']\nnamed = ['{name}']"
        );
        subjects("platform", &pattern, given_out(Vec::new())).len()
    };
    assert_eq!((of("Role 1"), of("role*"), of("Other")), (1, 1, 0));
}

#[test]
fn who_has_a_permission_everywhere_by_an_assignment_does_not_lack_it() {
    let of = |kind: &str, scope: &str, denials: Vec<Value>| {
        let pattern =
            format!("[match.lacks]\nwho = {{ kind = ['{kind}'] }}\npermission = ['routing:queue:edit']\n{scope}");
        let found = found("platform", &pattern, given_out(denials));
        found.into_iter().map(|finding| (finding.subject.name, finding.confidence)).collect::<Vec<_>>()
    };
    let sure = |name: &str| (name.to_owned(), Confidence::High);
    let maybe = |name: &str| (name.to_owned(), Confidence::Low);
    assert_eq!(of("user", "", Vec::new()), [sure("User 4")]);
    assert_eq!(of("user", "scope = ['every-division']", Vec::new()), [sure("User 2"), sure("User 4")]);
    // Only the catalogue says whether one division is not all.
    assert_eq!(of("user", "scope = ['all']", Vec::new()), [maybe("User 2"), sure("User 4")]);
    assert_eq!(of("group", "", Vec::new()), [sure("Group 6")]);
    assert_eq!(of("group", "scope = ['all']", Vec::new()), [sure("Group 6")]);
    let denied = json!({ "id": "p-1", "name": "No", "targetResource": "routing:queue:edit", "effect": "DENY",
                         "subject": { "type": "USER", "id": "u-1" }, "active": true, "applyToClients": false });
    for scope in ["", "scope = ['every-division']"] {
        assert!(of("user", scope, vec![denied.clone()]).contains(&sure("User 1")), "{scope}");
        assert!(!of("user", scope, vec![denied.clone()]).contains(&sure("User 3")), "{scope}");
    }
}

#[test]
fn divisions_and_regions_go_by_id_or_name_and_text_by_any_letter_case() {
    let users = |test: &str| {
        let pattern = format!("[match.entity]\nkind = ['user']\nwhere = [{{ {test} }}]");
        let mut one = user(1, "one", "north");
        one["name"] = json!("Zürich Ana");
        let mut division = divisions();
        division["entities"][0]["name"] = json!("Brightline Köln");
        subjects("platform", &pattern, vec![division, page(vec![one, user(2, "one", "south")], "users")])
    };
    for test in [
        "attribute = 'division', matches = ['brightline*']",
        "attribute = 'division', is = 'BRIGHTLINE KÖLN'",
        "attribute = 'division', is = 'north'",
        "attribute = 'division', not = 'south'",
        "attribute = 'name', is = 'ZÜRICH ANA'",
        "attribute = 'name', matches = ['ZÜRICH*']",
    ] {
        assert_eq!(users(test), ["Zürich Ana"], "{test}");
    }
    assert_eq!(users("attribute = 'division', matches = ['bright']"), [""; 0]);
    assert_eq!(users("attribute = 'name', is = 'ZURICH ANA'"), [""; 0]);
    let regions = |word: &str| {
        let pattern = format!("[match.entity]\nkind = ['user']\nwhere = [{{ attribute = 'region', is = '{word}' }}]");
        let export = json!({ "regions": [{ "id": "emea-1", "name": "EMEA" }],
                             "users": [{ "id": "u-1", "name": "Ana", "region": "EMEA" }, { "id": "u-2", "name": "Ben" }] });
        subjects("guide", &pattern, vec![export])
    };
    assert_eq!((regions("emea-1"), regions("emea"), regions("apac")), (vec!["Ana".into()], vec!["Ana".into()], vec![]));
}

/// What is said of a rule with this pattern, and of which bytes.
fn refused(pattern: &str) -> Vec<(String, String)> {
    let text = format!(
        "# Mine\n\n```toml\nseverity = 'high'\nconfidence = 'high'\nsince = '1'\nmessage = 'm'\nlabel = 'l'\nhelp = \
         'h'\n{pattern}\n```\n\n## Why\n\nSo.\n\n## Fix\n\nDo.\n"
    );
    let file = RuleFile { id: "mine".to_owned(), path: "rule.md".to_owned(), docs: String::new(), text };
    let faults = Rulebook::load([file], &Policy::built_in()).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.message, fault.text[fault.at].to_owned())).collect()
}

#[test]
fn words_that_can_never_fit_are_refused_where_they_stand() {
    let grant = |more: &str| format!("[match.grant]\npermission = ['a:b:view']\n{more}");
    let test = |kind: &str, test: &str| format!("[match.entity]\nkind = ['{kind}']\nwhere = [{{ {test} }}]");
    let wrong = [
        ("[match.grant]\npermission = []".to_owned(), "[]"),
        (grant("scope = []"), "[]"),
        (grant("named = []"), "[]"),
        (grant("holder = []"), "[]"),
        (grant("capability = []"), "[]"),
        ("[match.entity]\nkind = []".to_owned(), "[]"),
        ("dialects = []\n[match.entity]\nkind = ['user']".to_owned(), "[]"),
        ("[match.path]\nfrom = { kind = ['user'] }\nvia = []\nto = { kind = ['role'] }".to_owned(), "[]"),
        (test("user", "attribute = 'name', matches = []"), "[]"),
        (grant("beyond-allowed = true"), "true"),
        (grant("unheld = ['bpo']"), "['bpo']"),
        (grant("tier = 'bpo'\nblame = 'holder'"), "'holder'"),
        (grant("holder = ['user', 'queue']"), "'queue'"),
        (test("oauth-client", "attribute = 'token-seconds', is = '300'"), "'300'"),
        (test("oauth-client", "attribute = 'name', above = 3"), "3"),
        (test("user", "attribute = 'bpo-flag', not = 'true'"), "'true'"),
        (test("user", "attribute = 'name', has = ['x']"), "['x']"),
        (test("report", "attribute = 'sources', is = 'x'"), "'x'"),
        (test("user", "attribute = 'name'"), "'name'"),
        (test("queue", "attribute = 'email', absent = true"), "'email'"),
        ("[match.lacks]\nwho = { kind = ['user', 'queue'] }\npermission = ['a:b:view']".to_owned(), "'queue'"),
        ("[match.path]\nfrom = { kind = ['queue'] }\nvia = ['holds']\nto = { kind = ['role'] }".to_owned(), "'queue'"),
    ];
    for (pattern, place) in wrong {
        let said = refused(&pattern);
        assert!(matches!(said.as_slice(), [(_, at)] if at == place), "{pattern}: {said:?}");
    }
    let nested = "[[match.all]]\n[match.all.grant]\ntier = 'bpo'\n[[match.all]]\n[match.all.not.grant]\nscope = []";
    assert_eq!(refused(nested).len(), 1);
}

#[test]
fn words_that_may_fit_are_not_refused() {
    for pattern in [
        "yields-to = []\n[match.grant]\npermission = ['a:b:view']\nexcept = []\nunheld = []",
        "[match.grant]\nbeyond-allowed = true\ntier = 'bpo'",
        "[match.grant]\nbeyond-allowed = false",
        "[match.grant]\nholder = ['user', 'group']\nunheld = ['bpo']",
        "[match.entity]\nkind = ['queue', 'user']\nwhere = [{ attribute = 'email', absent = true }]",
        "[match.entity]\nkind = ['setting']\nwhere = [{ attribute = 'value', not = 3, above = 1.5 }]",
        "[match.entity]\nkind = ['user']\nwhere = []",
    ] {
        assert_eq!(refused(pattern), [], "{pattern}");
    }
}
