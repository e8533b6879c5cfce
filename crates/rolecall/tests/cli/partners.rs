//! Findings between partners, told whoever else there is and in the same words each time.

use crate::arguments::{check_in, folder};

const PARTNERS: &str = "[partners.a]\ngroups = ['BPO A']\n[partners.b]\ngroups = ['BPO B']\n";

/// Two partners' people, with such roles.
fn tenant(roles: &str, users: &str) -> tempfile::TempDir {
    let groups = r#"[{"id": "ga", "name": "BPO A"}, {"id": "gb", "name": "BPO B"}]"#;
    let text = format!(r#"{{"roles": [{roles}], "users": [{users}], "groups": {groups}}}"#);
    folder(&[("tenant.json", &text), ("rolecall.toml", PARTNERS)])
}

/// What another rule says of somebody else mends it for that one alone.
#[test]
fn what_others_get_by_the_same_entry_hides_nothing() {
    let desk = |inherits: &str| {
        let roles = format!(
            r#"{{"id": "dir", "name": "Directory", "rolePermissions": [{{"id": "user:profile:view", "scope": "All"}}]}},
               {{"id": "lead", "name": "Team Lead", "rolePermissions": []}},
               {{"id": "desk", "name": "Offshore Desk", "rolePermissions": [], "inheritsFrom": [{inherits}]}}"#
        );
        let users = r#"{"id": "max", "name": "Max", "bpoUser": true, "userRoles": ["dir", "lead"], "groups": ["gb"]},
            {"id": "ivy", "name": "Ivy", "bpoUser": true, "userRoles": ["desk"], "groups": ["gb"]},
            {"id": "ana", "name": "Ana", "bpoUser": true, "groups": ["ga"]}"#;
        let run = check_in(&tenant(&roles, users), &["--fail-on", "high", "tenant.json"]);
        (run.code, run.out)
    };
    for inherits in ["", r#""dir""#] {
        let (code, said) = desk(inherits);
        assert!(code == 1 && said.contains("partner-sees-partner") && said.contains("`Max`"), "{inherits}: {said}");
    }
}

#[test]
fn what_is_given_twice_is_told_in_the_same_words_each_time() {
    let role = r#"{"id": "r", "name": "Desk", "rolePermissions": [{"id": "user:impersonate"}, {"id": "user:impersonate", "scope": "All"}]}"#;
    let users = r#"{"id": "u", "name": "Ana", "bpoUser": true, "userRoles": ["r"], "groups": ["ga"]},
        {"id": "v", "name": "Bo", "bpoUser": true, "groups": ["gb"]}"#;
    let tenant = tenant(role, users);
    let first = check_in(&tenant, &["--format", "json", "tenant.json"]).out;
    assert!(first.contains("partner-sees-partner"), "{first}");
    for _ in 0..16 {
        assert_eq!(check_in(&tenant, &["--format", "json", "tenant.json"]).out, first);
    }
}

#[test]
fn of_many_pairs_of_partners_a_few_are_told_and_the_rest_counted() {
    let said = |count: usize| {
        let number = || 0..count;
        let groups: Vec<String> = number().map(|n| format!(r#"{{"id": "g{n}", "name": "Floor {n}"}}"#)).collect();
        let user =
            |n| format!(r#"{{"id": "u{n}", "name": "U{n}", "bpoUser": true, "userRoles": ["r"], "groups": ["g{n}"]}}"#);
        let users: Vec<String> = number().map(user).collect();
        let role = r#"{"id": "r", "name": "Desk", "rolePermissions": [{"id": "user:profile:view", "scope": "All"}]}"#;
        let (users, groups) = (users.join(","), groups.join(","));
        let text = format!(r#"{{"roles": [{role}], "users": [{users}], "groups": [{groups}]}}"#);
        let settings: String = number().map(|n| format!("[partners.p{n}]\ngroups = ['Floor {n}']\n")).collect();
        let folder = folder(&[("tenant.json", &text), ("rolecall.toml", &settings)]);
        check_in(&folder, &["--only", "partner-sees-partner", "--format", "jsonl", "tenant.json"]).out
    };
    let three = said(3);
    assert_eq!(three.matches(" sees everything of ").count(), 6, "{three}");
    assert!(!three.contains("other pairs"), "{three}");
    let five = said(5);
    assert_eq!(five.matches(" sees everything of ").count(), 6, "{five}");
    assert!(five.contains("; and 14 other pairs of partners likewise, which role `Desk` gives"), "{five}");
}

/// Two partners with a division each; one's user holds a role as `given` says it.
fn divided(given: &str) -> tempfile::TempDir {
    let page = |address: &str, entities: &str| {
        format!(r#"{{"entities": [{entities}], "total": 2, "pageCount": 1, "selfUri": "/api/v2/{address}"}}"#)
    };
    let users = r#"{"id": "u-1", "name": "Ana", "email": "ana@a.example", "state": "active", "division": {"id": "d-1"}},
        {"id": "u-2", "name": "Bo", "email": "bo@b.example", "state": "active", "division": {"id": "d-2"}}"#;
    let role = r#"{"id": "r-1", "name": "Desk", "permissionPolicies":
        [{"domain": "directory", "entityName": "user", "actionSet": ["view"], "allowConditions": false}]}"#;
    let divisions = r#"{"id": "d-1", "name": "A"}, {"id": "d-2", "name": "B"}"#;
    let subject = format!(r#"[{{"id": "u-1", "name": "Ana", "grants": [{{"subjectId": "u-1", {given}}}]}}]"#);
    let settings = "[partners.alpha]\ndomains = ['a.example']\ndivisions = ['A']\n[partners.beta]\ndomains = ['b.example']\n\
                    divisions = ['B']\n[rules.partner-all-divisions]\noff = true\n";
    let action = r#"{"domain": "directory", "entityType": "user", "action": "view", "divisionAware": false, "allowsConditions": false}"#;
    let catalog = format!(
        r#"{{"entities": [{{"domain": "directory", "permissionMap": {{"user": [{action}]}}}}], "pageCount": 1}}"#
    );
    folder(&[
        ("export/users.json", &page("users", users)),
        ("export/roles.json", &page("authorization/roles", role)),
        ("export/divisions.json", &page("authorization/divisions", divisions)),
        ("export/subjects.json", &subject),
        ("rolecall.toml", settings),
        ("catalog.json", &catalog),
    ])
}

#[test]
fn what_no_division_limits_is_seen_of_every_partner() {
    let crossing = |given: &str, arguments: &[&str]| {
        let mut all = vec!["--only", "partner-sees-partner", "--persona", "auditor", "export"];
        all.extend(arguments);
        check_in(&divided(given), &all).out
    };
    let role = r#""role": {"id": "r-1", "name": "Desk"}"#;
    let of = |division: &str| format!(r#""division": {{"id": "{division}"}}, {role}"#);
    let own = crossing(&of("d-1"), &[]);
    assert!(own.contains("no findings"), "{own}");
    for (given, arguments) in [(of("*"), &[][..]), (of("d-1"), &["--catalog", "catalog.json"])] {
        let said = crossing(&given, arguments);
        assert!(said.contains("sees everything of `beta`") && !said.contains("as far as"), "{given}: {said}");
    }
    let unknown = crossing(role, &[]);
    let said: Vec<&str> = unknown.split(['\n', '│', ' ']).filter(|word| !word.is_empty()).collect();
    assert!(said.join(" ").contains("as far as divisions that the export does not show let them"), "{unknown}");
}

#[test]
fn nothing_yields_to_what_is_less_severe() {
    let role = r#"{"id": "r", "name": "Desk", "rolePermissions": [{"id": "User > Profile", "permission": "View", "scope": "All"}]}"#;
    let users = r#"{"id": "u", "name": "Ana", "bpoUser": true, "userRoles": ["r"], "groups": ["ga"]},
        {"id": "v", "name": "Bo", "bpoUser": true, "userRoles": ["r"], "groups": ["gb"]}"#;
    let run = check_in(&tenant(role, users), &["--min-severity", "high", "tenant.json"]);
    assert!(run.code == 1 && run.out.contains("partner-sees-partner"), "{}", run.out);
}
