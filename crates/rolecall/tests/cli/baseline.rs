//! `rolecall baseline`, and what `check` makes of it.

use crate::{findings, run, text};
use serde_json::{Value, json};
use std::fs;

/// A folder with an export, whose settings and baseline lie beside each other.
struct Case(tempfile::TempDir);

impl Case {
    fn new(scopes: &[&str]) -> Self {
        let case = Self(tempfile::tempdir().expect("a folder"));
        fs::write(case.path("rolecall.toml"), "").expect("written");
        case.export("tenant.json", scopes);
        case
    }

    /// One partner role for each scope.
    fn export(&self, file: &str, scopes: &[&str]) {
        let role = |(number, scope): (usize, &&str)| {
            format!(
                r#"{{"id": "r-{number}", "name": "BPO Planner {number}",
                     "rolePermissions": [{{"id": "reporting:reportingData:view", "scope": "{scope}"}}]}}"#
            )
        };
        let roles: Vec<String> = scopes.iter().enumerate().map(role).collect();
        fs::write(self.path(file), format!(r#"{{"roles": [{}]}}"#, roles.join(","))).expect("written");
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    fn baseline(&self, command: &str, more: &[&str]) -> (i32, String) {
        let run = run(&[&["baseline", command, &self.path("tenant.json")], more].concat());
        (run.code, run.out + &run.err)
    }

    /// The exit code, the subjects reported, how many are known, and the notes.
    fn check(&self, more: &[&str]) -> (i32, Vec<String>, u64, String) {
        let run = run(&[&["check", "--format", "json", &self.path("tenant.json")], more].concat());
        let report: Value = serde_json::from_str(&run.out).expect("JSON");
        let subjects = findings(&report).iter().map(|f| text(&f["subject"]["name"])).collect();
        (run.code, subjects, report["summary"]["baselined"].as_u64().expect("a number"), report["notes"].to_string())
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path("rolecall-baseline.json")).expect("the baseline")
    }
}

#[test]
fn what_is_listed_is_known_and_only_what_is_new_is_reported() {
    let case = Case::new(&["All", "Assigned", "All"]);
    let (code, said) = case.baseline("write", &[]);
    assert!(code == 0 && said.contains("2 findings, 2 new, 0 gone"), "{said}");
    assert_eq!(case.text().lines().count(), 4, "a line for each, and two around: {}", case.text());
    let (code, shown, known, _) = case.check(&[]);
    assert_eq!((code, shown, known), (0, Vec::new(), 2));
    case.export("tenant.json", &["All", "All", "All"]);
    let (code, shown, known, _) = case.check(&[]);
    assert_eq!((code, shown, known), (1, vec!["BPO Planner 1".to_owned()], 2));
    assert_eq!(case.check(&["--no-ignores"]).1.len(), 3);
    let (code, said) = case.baseline("check", &[]);
    assert!(code == 1 && said.contains("new:  all-scoped-reporting role `BPO Planner 1`"), "{said}");
}

#[test]
fn the_file_does_not_depend_on_where_things_stand() {
    let case = Case::new(&["All", "All"]);
    case.baseline("write", &[]);
    let before = case.text();
    fs::rename(case.path("tenant.json"), case.path("moved.json")).expect("renamed");
    let mut export: Value =
        serde_json::from_str(&fs::read_to_string(case.path("moved.json")).expect("text")).expect("JSON");
    export["roles"].as_array_mut().expect("a list").reverse();
    fs::write(case.path("moved.json"), serde_json::to_string_pretty(&export).expect("JSON")).expect("written");
    let run = run(&["baseline", "write", &case.path("moved.json")]);
    assert!(run.out.contains("2 findings, 0 new, 0 gone"), "{}", run.out);
    assert_eq!(case.text(), before);
}

#[test]
fn the_ratchet_fails_when_what_is_listed_is_gone_until_it_is_pruned() {
    let case = Case::new(&["All", "All"]);
    case.baseline("write", &[]);
    case.export("tenant.json", &["All", "Assigned"]);
    let (code, _, known, notes) = case.check(&[]);
    assert_eq!((code, known), (0, 1));
    assert!(notes.contains("lists 1 finding that is gone (all-scoped-reporting on role BPO Planner 1)"), "{notes}");
    assert_eq!(case.check(&["--strict-baseline"]).0, 1);
    // A run that did not judge the rule cannot tell.
    assert_eq!(case.check(&["--strict-baseline", "--only", "undeclared-scope"]).0, 0);
    let (code, said) = case.baseline("prune", &[]);
    assert!(code == 0 && said.contains("1 finding gone, 1 left"), "{said}");
    assert_eq!(case.check(&["--strict-baseline"]).0, 0);
    // Pruning never adds.
    case.export("tenant.json", &["All", "All"]);
    assert_eq!(case.baseline("prune", &[]).0, 0);
    assert_eq!(case.check(&[]).0, 1);
}

#[test]
fn access_that_grew_is_new() {
    let case = Case::new(&["All"]);
    case.baseline("write", &[]);
    let export = fs::read_to_string(case.path("tenant.json")).expect("text");
    fs::write(case.path("tenant.json"), export.replace("reporting:reportingData:view", "reporting:*:*"))
        .expect("written");
    assert_eq!(case.check(&[]).2, 0);
    assert!(case.check(&[]).0 == 1);
}

#[test]
fn what_mends_a_part_is_not_new_and_what_is_left_takes_its_place() {
    let case = Case::new(&["All"]);
    let whole = fs::read_to_string(case.path("tenant.json")).expect("text");
    let wide = whole.replace("reporting:reportingData:view", "reporting:*:*");
    fs::write(case.path("tenant.json"), &wide).expect("written");
    case.baseline("write", &[]);
    assert_eq!(case.check(&["--strict-baseline"]).0, 0);
    fs::write(case.path("tenant.json"), &whole).expect("written");
    let (code, shown, known, notes) = case.check(&[]);
    assert_eq!((code, shown, known), (0, Vec::new(), 1));
    assert!(
        notes.contains("lists more than is left of 1 finding (all-scoped-reporting on role BPO Planner 0)"),
        "{notes}"
    );
    assert_eq!(case.check(&["--strict-baseline"]).0, 1);
    let (code, said) = case.baseline("check", &[]);
    assert!(code == 1 && said.contains("\nless: all-scoped-reporting"), "{said}");
    let (code, said) = case.baseline("prune", &[]);
    assert!(code == 0 && said.contains("1 finding gone, 1 less, 1 left"), "{said}");
    assert_eq!((case.check(&["--strict-baseline"]).0, case.baseline("check", &[]).0), (0, 0));
    // What was mended does not come back unseen.
    fs::write(case.path("tenant.json"), &wide).expect("written");
    assert_eq!(case.check(&[]).0, 1);
}

#[test]
fn what_is_accepted_is_not_listed_too() {
    let case = Case::new(&["All", "All"]);
    let entry = "[[allow]]\nrule = 'all-scoped-reporting'\nentity = 'r-1'\nreason = 'x'\nowner = 'y'\n";
    fs::write(case.path("rolecall.toml"), entry).expect("written");
    case.baseline("write", &[]);
    assert!(!case.text().contains("Planner 1") && case.text().contains("Planner 0"), "{}", case.text());
}

#[test]
fn nothing_but_a_baseline_is_overwritten_and_half_an_export_is_no_measure() {
    let case = Case::new(&["All"]);
    let (code, said) = case.baseline("write", &["--baseline", &case.path("tenant.json")]);
    assert!(code == 2 && said.contains("this is no baseline"), "{said}");
    assert!(fs::read_to_string(case.path("tenant.json")).expect("text").contains("BPO Planner"));
    fs::write(case.path("rolecall-baseline.json"), r#"{"schema": "rolecall/baseline/v9", "findings": []}"#)
        .expect("written");
    let run = run(&["check", &case.path("tenant.json")]);
    assert!(run.code == 2 && run.err.contains("rolecall/baseline/v9"), "{}", run.err);
    fs::remove_file(case.path("rolecall-baseline.json")).expect("removed");
    for arguments in [&["--strict-baseline"][..], &["--baseline", "none.json"]] {
        let run = crate::run(&[&["check", &case.path("tenant.json")], arguments].concat());
        assert!(run.code == 2 && run.err.contains("`rolecall baseline write` makes one"), "{}", run.err);
    }
    fs::write(case.path("tenant.json"), "{\"roles\": [").expect("written");
    assert_eq!(case.baseline("write", &[]).0, 3);
    assert!(!fs::exists(case.path("rolecall-baseline.json")).expect("known"));
}

#[test]
fn an_organisation_may_forbid_it() {
    let case = Case::new(&["All"]);
    case.baseline("write", &[]);
    fs::write(case.path("policy.toml"), "allow-suppressions = false\n").expect("written");
    let policy = case.path("policy.toml");
    let (code, shown, known, notes) = case.check(&["--policy", &policy]);
    assert_eq!((code, shown.len(), known), (1, 1, 0));
    assert!(notes.contains("hides nothing"), "{notes}");
    assert_eq!(case.baseline("write", &["--policy", &policy]).0, 2);
}

#[test]
fn sarif_says_what_is_new_and_what_is_not() {
    let case = Case::new(&["All", "Assigned"]);
    case.baseline("write", &[]);
    case.export("tenant.json", &["All", "All"]);
    let run = run(&["check", "--format", "sarif", &case.path("tenant.json")]);
    let log: Value = serde_json::from_str(&run.out).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let states: Vec<String> = results.iter().map(|result| text(&result["baselineState"])).collect();
    assert_eq!(states, ["new", "unchanged"]);
}

/// A partner's user who has a role in every division, with such permissions.
fn everywhere(policies: &str) -> String {
    format!(
        r#"{{"entities": [
            {{"id": "r-1", "name": "BPO Agent", "permissionPolicies": [{policies}], "selfUri": "/api/v2/authorization/roles/r-1"}},
            {{"id": "u-1", "name": "Kim", "state": "active", "department": "BPO", "selfUri": "/api/v2/users/u-1",
              "authorization": {{"roles": [{{"id": "r-1"}}], "grants": [{{"role": {{"id": "r-1"}}, "division": {{"id": "*"}}}}]}}}}
        ], "pageNumber": 1, "pageCount": 1, "total": 2}}"#
    )
}

/// A permission that divisions limit.
fn policy(domain: &str, entity: &str, action: &str) -> String {
    format!(
        r#"{{"domain": "{domain}", "entityName": "{entity}", "actionSet": ["{action}"], "allowConditions": false}}"#
    )
}

#[test]
fn what_yields_to_a_finding_that_is_listed_is_new_when_it_grows() {
    let case = Case::new(&[]);
    let reporting = policy("analytics", "conversationDetail", "view");
    let queues = policy("routing", "queue", "view");
    fs::write(case.path("tenant.json"), everywhere(&reporting)).expect("written");
    let (code, said) = case.baseline("write", &[]);
    assert_eq!(code, 0, "{said}");
    let rules = || {
        let run = run(&["check", "--format", "json", &case.path("tenant.json")]);
        let report: Value = serde_json::from_str(&run.out).expect("JSON");
        let rules: Vec<String> = findings(&report).iter().map(|f| text(&f["rule"])).collect();
        (run.code, rules, report["notes"].to_string().contains("gone"))
    };
    assert_eq!(rules(), (0, Vec::new(), false), "{}", case.text());
    // The edit that would mend what is listed would mend this too, but nobody is about to make it.
    fs::write(case.path("tenant.json"), everywhere(&format!("{reporting}, {queues}"))).expect("written");
    let (code, shown, _) = rules();
    assert_eq!((code, shown), (1, vec!["all-scoped-queue-view".to_owned()]));
    let (_, said) = case.baseline("check", &[]);
    assert!(said.contains("new:  all-scoped-queue-view"), "{said}");
    case.baseline("write", &[]);
    assert_eq!(rules(), (0, Vec::new(), false), "{}", case.text());
}

#[test]
fn one_who_is_left_of_those_who_hold_a_system_role_is_known() {
    let case = Case::new(&[]);
    let tenant = |others: &str| {
        format!(
            r#"{{"roles": [{{"id": "sup", "name": "Supervisor", "system": true, "rolePermissions": []}}],
                 "users": [{{"id": "ana", "name": "Ana", "bpoUser": true, "userRoles": ["sup"]}},
                           {{"id": "kim", "name": "Kim", "bpoUser": true, "userRoles": [{others}]}}]}}"#
        )
    };
    fs::write(case.path("tenant.json"), tenant(r#""sup""#)).expect("written");
    case.baseline("write", &[]);
    assert!(case.text().contains("system-role-assigned"), "{}", case.text());
    fs::write(case.path("tenant.json"), tenant("")).expect("written");
    let (code, shown, ..) = case.check(&[]);
    assert_eq!((code, shown), (0, Vec::new()));
}

/// A partner's user who has a role with one permission, under such a condition on queues, in such divisions.
fn given_in(divisions: &[&str], queues: &[&str]) -> String {
    let term = |queue: &&str| json!({ "variableName": "Conversation.queueId", "operator": "EQ", "operands": [{ "type": "QUEUE", "value": queue }] });
    let mut policy = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["view"] });
    if !queues.is_empty() {
        let terms: Vec<Value> = queues.iter().map(term).collect();
        policy["resourceConditionNode"] = json!({ "conjunction": "OR", "terms": terms });
    }
    let named = |list: &[&str]| -> Vec<Value> { list.iter().map(|id| json!({ "id": id, "name": id })).collect() };
    let page = |at: &str, list: Vec<Value>| json!({ "entities": list, "selfUri": format!("/api/v2/{at}") });
    let grant =
        |division: &&str| json!({ "subjectId": "u-1", "division": { "id": division }, "role": { "id": "r-1" } });
    let grants: Vec<Value> = divisions.iter().map(grant).collect();
    json!([
        page("authorization/divisions", named(&["north", "south"])),
        page("routing/queues", named(&["q-1", "q-2"])),
        page("authorization/roles", vec![json!({ "id": "r-1", "name": "Agent", "permissionPolicies": [policy] })]),
        page("users", vec![json!({ "id": "u-1", "name": "Kim", "state": "active", "department": "BPO" })]),
        json!({ "id": "u-1", "name": "Kim", "grants": grants }),
    ])
    .to_string()
}

#[test]
fn a_further_division_or_another_condition_is_new_and_less_of_either_is_not() {
    let (one, both): (&[&str], &[&str]) = (&["q-1"], &["q-1", "q-2"]);
    let [north, south, every] = ["north", "south", "*"].map(|division| [division]);
    for (before, after, is_wider, is_narrower) in [
        (given_in(&north, &[]), given_in(&["south", "north"], &[]), true, false),
        (given_in(&north, &[]), given_in(&south, &[]), true, true),
        (given_in(&north, &[]), given_in(&every, &[]), true, false),
        (given_in(&every, one), given_in(&every, both), true, false),
        (given_in(&every, one), given_in(&every, &["q-2"]), true, true),
        (given_in(&north, one), given_in(&north, &[]), true, false),
        (given_in(&north, one), given_in(&every, one), true, false),
    ] {
        for (old, new, is_new) in [(&before, &after, is_wider), (&after, &before, is_narrower)] {
            let case = Case::new(&[]);
            fs::write(case.path("rolecall.toml"), "[tiers.bpo]\ndepartments = [\"BPO\"]\n").expect("written");
            fs::write(case.path("tenant.json"), old).expect("written");
            case.baseline("write", &[]);
            assert_eq!(case.check(&[]).1, [""; 0], "{old}");
            fs::write(case.path("tenant.json"), new).expect("written");
            assert_eq!(!case.check(&[]).1.is_empty(), is_new, "{old} {new}");
        }
    }
}

#[test]
fn whoever_is_left_of_those_who_held_a_role_is_known() {
    let policy = |queues: &[&str]| {
        let terms: Vec<Value> = queues.iter().map(|queue| json!({ "variableName": "Conversation.queueId", "operator": "EQ", "operands": [{ "type": "QUEUE", "value": queue }] })).collect();
        let node = json!({ "conjunction": "OR", "terms": terms });
        let policy = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["view"] });
        let narrowed = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["view"], "resourceConditionNode": node });
        if queues.is_empty() { policy } else { narrowed }
    };
    let page = |at: &str, list: Value| json!({ "entities": list, "selfUri": format!("/api/v2/{at}") });
    let role = |id: &str, queues: &[&str]| json!({ "id": id, "name": format!("BPO {id}"), "permissionPolicies": [policy(queues)] });
    let tenant = |holders: &[&str]| {
        let given = |who: &&str| {
            let grant = |role: &str| json!({ "subjectId": who, "division": { "id": "*" }, "role": { "id": role } });
            json!({ "id": who, "name": who, "grants": [grant("r-1"), grant("r-2")] })
        };
        let user = |id: &str| json!({ "id": id, "name": id, "state": "active", "department": "BPO" });
        let mut pages = vec![
            page("authorization/roles", json!([role("r-1", &[]), role("r-2", &["q-1"])])),
            page("routing/queues", json!([{ "id": "q-1", "name": "Claims" }])),
            page("users", json!([user("u-1"), user("u-2")])),
            page(
                "groups",
                json!([{ "id": "g-1", "name": "Crew", "type": "official", "memberCount": 0,
                                    "selfUri": "/api/v2/groups/g-1" }]),
            ),
        ];
        pages.extend(holders.iter().map(given));
        Value::Array(pages).to_string()
    };
    for (before, after) in [(["u-1", "g-1"], "g-1"), (["u-1", "g-1"], "u-1"), (["u-1", "u-2"], "u-2")] {
        let case = Case::new(&[]);
        fs::write(case.path("tenant.json"), tenant(&before)).expect("written");
        case.baseline("write", &[]);
        assert!(case.text().contains("all-scoped-recording"), "{}", case.text());
        fs::write(case.path("tenant.json"), tenant(&[after])).expect("written");
        assert_eq!(case.check(&[]).1, [""; 0], "{before:?} {after}");
    }
}

#[test]
fn who_is_left_in_a_group_has_by_it_what_the_group_is_given_alone() {
    let page = |at: &str, list: Value| json!({ "entities": list, "selfUri": format!("/api/v2/{at}") });
    let user = |id: &str| json!({ "id": id, "name": id, "state": "active", "department": "BPO" });
    let grant = |who: &str, division: &str| {
        let grant = json!({ "subjectId": who, "division": { "id": division }, "role": { "id": "r-1" } });
        json!({ "id": who, "name": who, "grants": [grant] })
    };
    let policy = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["view"] });
    let tenant = |members: &[&str]| {
        let members: Vec<Value> = members.iter().map(|id| json!({ "id": id, "name": id })).collect();
        json!([
            page(
                "authorization/divisions",
                json!([{ "id": "north", "name": "North" }, { "id": "south", "name": "South" }])
            ),
            page("authorization/roles", json!([{ "id": "r-1", "name": "Agent", "permissionPolicies": [policy] }])),
            page("users", json!([user("u-1"), user("u-2")])),
            page(
                "groups",
                json!([{ "id": "g-1", "name": "Crew", "type": "official", "memberCount": members.len(),
                                    "selfUri": "/api/v2/groups/g-1" }])
            ),
            page("groups/g-1/individuals", Value::Array(members)),
            grant("g-1", "north"),
            grant("u-1", "south"),
        ])
        .to_string()
    };
    let case = Case::new(&[]);
    fs::write(case.path("rolecall.toml"), "[tiers.bpo]\ndepartments = [\"BPO\"]\n").expect("written");
    fs::write(case.path("tenant.json"), tenant(&["u-1", "u-2"])).expect("written");
    case.baseline("write", &[]);
    fs::write(case.path("tenant.json"), tenant(&["u-1"])).expect("written");
    let (code, shown, known, _) = case.check(&[]);
    assert!(code == 0 && shown.is_empty() && known > 0, "{shown:?} {}", case.text());
}
