//! Roles that are given to somebody whom no listing holds, and through groups of which nobody lists the members.

use crate::arguments::{check_in, folder, joined};
use crate::{finish, rolecall};

const ROLES: &str = r#"{"entities": [{"id": "r-1", "name": "Listener", "permissionPolicies": [
    {"domain": "recording", "entityName": "recording", "actionSet": ["view"]}]}], "pageNumber": 1, "total": 1}"#;
const USERS: &str = r#"[{"id": "u-1", "name": "Kim", "email": "kim@northwind.example", "department": "Claims"}]"#;
const GROUPS: &str = r#"[{"id": "g-1", "name": "Claims", "visibility": "public", "owners": []}]"#;
const CLIENTS: &str = r#"[{"id": "c-1", "name": "Sync", "authorizedGrantType": "CODE"}]"#;

fn given(subject: &str, role: &str) -> String {
    let grant = format!(r#"{{"subjectId": "{subject}", "role": {{"id": "{role}"}}, "division": {{"id": "*"}}}}"#);
    format!(r#"{{"id": "{subject}", "name": "Somebody", "grants": [{grant}]}}"#)
}

#[test]
fn where_a_kind_may_be_missing_a_note_says_who_is_not_judged() {
    let tenant = folder(&[("roles.json", ROLES), ("users.json", USERS), ("subjects.jsonl", &given("u-9", "r-1"))]);
    let out = joined(&check_in(&tenant, &["."]).out);
    assert!(out.contains("note: `u-9` holds roles and is in no listing of the input"), "{out}");
    let asked = rolecall(&["who-can", "recording:recording:view", "."]).current_dir(tenant.path()).output();
    let out = joined(&finish(asked.expect("it starts")).out);
    assert!(out.contains("they have it: `u-9`"), "{out}");
    let known = folder(&[("roles.json", ROLES), ("users.json", USERS), ("subjects.jsonl", &given("u-1", "r-1"))]);
    assert!(!check_in(&known, &["."]).out.contains("in no listing"));
}

/// Of a dynamic group no listing need tell the members; what each user is given does.
#[test]
fn what_a_user_is_given_through_a_listed_group_is_theirs_by_membership() {
    let users = r#"[{"id": "u-1", "name": "Kim", "email": "kim@northwind.example", "department": "Claims"},
                    {"id": "u-2", "name": "Lee", "email": "lee@northwind.example", "department": "Claims"}]"#;
    let grant =
        |subject: &str| given("u-1", "r-1").replace(r#""subjectId": "u-1""#, &format!(r#""subjectId": "{subject}""#));
    let settings = "[tiers.bpo]\ndomains = ['northwind.example']\n";
    let listed = [("rolecall.toml", settings), ("roles.json", ROLES), ("users.json", users), ("groups.json", GROUPS)];
    let tenant = folder(&[&listed[..], &[("subjects.jsonl", grant("g-1").as_str())]].concat());
    let asked = |of: &tempfile::TempDir, who: &str| {
        let question = ["can", who, "recording:recording:view", "."];
        let run = finish(rolecall(&question).current_dir(of.path()).output().expect("it starts"));
        (run.code, joined(&run.out))
    };
    let (code, out) = asked(&tenant, "Kim");
    assert!(code == 0 && out.contains("Kim → group Claims → role Listener"), "{out}");
    assert!(out.contains("at subjects.jsonl:1"), "{out}");
    // Who else is in the group is as little known as before.
    let (code, out) = asked(&tenant, "Lee");
    assert!(code == 4 && out.contains("does not show who is in these groups"), "{code} {out}");
    let saved = ["check", ".", "--format", "json", "--output", "report.json"];
    let run = finish(rolecall(&saved).current_dir(tenant.path()).output().expect("it starts"));
    let report = std::fs::read_to_string(tenant.path().join("report.json")).expect("a report");
    assert!(run.code == 1 && report.contains("partner-all-divisions"), "{report}");
    let held =
        finish(rolecall(&["verify", "report.json", "."]).current_dir(tenant.path()).output().expect("it starts"));
    assert_eq!(held.code, 0, "{}", held.out);
    // A grant of nobody's group joins nobody to one.
    let (code, out) = asked(&folder(&[&listed[..], &[("subjects.jsonl", &given("g-1", "r-1"))]].concat()), "Kim");
    assert!(code == 4 && out.contains("does not show who is in these groups"), "{code} {out}");
}

/// Groups that another organisation sends are in no listing of one's own, or beside those that are.
#[test]
fn a_group_of_a_trustee_organisation_is_the_partners() {
    let sent = r#"{"id": "g-7", "name": "Support", "trustUserDetails": {"dateCreated": "2024-01-01T00:00:00Z"}, "visibility": "public"}"#;
    let page = |entities: &str, address: &str| {
        format!(r#"{{"entities": [{entities}], "pageNumber": 1, "total": 1, "selfUri": "/api/v2/{address}"}}"#)
    };
    let listed = page(sent, "orgauthorization/trustees/t-1/groups");
    let without = |text: &str| text.replace(r#""trustUserDetails": {"dateCreated": "2024-01-01T00:00:00Z"}, "#, "");
    let plain = without(&listed);
    let subject = |kind: &str| {
        let one = format!(r#"{{"id": "g-7", "name": "Support", "type": "{kind}", "divisions": [{{"id": "*"}}]}}"#);
        page(&one, "authorization/roles/r-1/subjectgrants")
    };
    let (told, own, given) = (page(sent, "groups"), page(&without(sent), "groups"), given("g-7", "r-1"));
    let base = [("roles.json", ROLES), ("users.json", USERS), ("groups.json", GROUPS), ("clients.json", CLIENTS)];
    let run = |more: &[(&str, &str)]| check_in(&folder(&[&base[..], more].concat()), &["."]);
    for more in [
        &[("sent.json", listed.as_str()), ("subjects.jsonl", given.as_str())][..],
        &[("sent.json", plain.as_str()), ("subjects.jsonl", given.as_str())],
        &[("sent.json", plain.as_str()), ("own.json", own.as_str()), ("subjects.jsonl", given.as_str())],
        &[("own.json", told.as_str()), ("subjects.jsonl", given.as_str())],
        &[("holders.json", subject("PC_TRUSTEE_GROUP").as_str())],
    ] {
        let (of, out) = (run(more), joined(&run(more).out));
        let said = "group `Support` (let in from a trustee organisation)";
        assert!(of.code == 1 && out.contains(said) && out.contains("partner-all-divisions"), "{more:?} {out}");
        assert!(!out.contains("dangling-reference") && !out.contains("duplicate-id"), "{more:?} {out}");
    }
    // One's own group is nobody else's, and no stranger is one.
    assert_eq!(run(&[("own.json", own.as_str()), ("subjects.jsonl", given.as_str())]).code, 0);
    let out = joined(&run(&[("holders.json", subject("PC_GROUP").as_str())]).out);
    assert!(out.contains("refers to user, group or client `g-7`") && !out.contains("trustee organisation"), "{out}");
}

#[test]
fn where_everybody_is_listed_a_stranger_is_a_reference_to_nothing() {
    let grants = format!("{}\n{}", given("u-9", "r-1"), given("u-1", "r-1"));
    let listed = [("roles.json", ROLES), ("users.json", USERS), ("groups.json", GROUPS), ("clients.json", CLIENTS)];
    let tenant = folder(&[&listed[..], &[("subjects.jsonl", grants.as_str())]].concat());
    let run = check_in(&tenant, &[".", "--only", "dangling-reference"]);
    let out = joined(&run.out);
    assert!(run.code == 1 && out.contains("1 finding"), "{out}");
    assert!(out.contains("role `Listener` refers to user, group or client `u-9`"), "{out}");
    assert!(out.contains("subjects.jsonl:1:") && !out.contains("in no listing"), "{out}");
    // With the role unknown too there is nothing that a finding could be about.
    let tenant = folder(&[&listed[..], &[("subjects.jsonl", given("u-9", "r-9").as_str())]].concat());
    let out = joined(&check_in(&tenant, &["."]).out);
    assert!(out.contains("note: `u-9` holds roles and is in no listing of the input"), "{out}");
}

fn asked_in(folder: &tempfile::TempDir, arguments: &[&str]) -> crate::Run {
    let asked = rolecall(arguments).current_dir(folder.path()).output();
    finish(asked.expect("it starts"))
}

#[test]
fn what_a_role_of_the_platforms_own_grants_is_not_known_where_no_file_has_it() {
    let text = r#"{"roles": [{"id": "r-1", "name": "BPO Agent", "inheritsFrom": "Supervisor", "rolePermissions":
        [{"id": "routing:queue:view", "scope": "Assigned"}]}],
        "queues": [{"id": "q", "name": "Inside"}],
        "users": [{"id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": ["r-1"]},
        {"id": "u-2", "name": "Bo", "bpoUser": true, "userRoles": ["Supervisor"]}]}"#;
    let expect = "[[expect]]\nwho = 'BPO Agent'\ncannot = ['recording:recording:view']\nreason = 'so'\n";
    let folder = folder(&[("tenant.json", text), ("rolecall.toml", expect)]);
    for who in ["Ana", "Bo"] {
        let run = asked_in(&folder, &["can", who, "recording:recording:view", "tenant.json"]);
        assert!(run.code == 4 && run.out.contains("Supervisor"), "{}", run.out);
    }
    let who = asked_in(&folder, &["who-can", "recording:recording:view", "tenant.json"]);
    assert!(who.out.contains("Supervisor"), "{}", who.out);
    let sides = asked_in(&folder, &["isolation", "tenant.json"]);
    assert!(
        joined(&sides.out).contains("the export does not show what roles of theirs grant (2: `Ana`, `Bo`)"),
        "{}",
        sides.out
    );
    let check = asked_in(&folder, &["check", "--only", "unmet-expectation", "--persona", "auditor", "tenant.json"]);
    assert!(check.out.contains("Supervisor"), "{}", check.out);
}
