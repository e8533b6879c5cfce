//! One tenant in the platform's and in Terraform's words, and what must be said of both.

use crate::{check_json, findings, home, run, text};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const CONFIG: [&str; 2] = ["--config", "fixtures/dialects/rolecall.toml"];

/// The forms that CX as Code comes in.
const TERRAFORM: [&str; 3] = ["cx-as-code/json", "cx-as-code/hcl", "cx-as-code/state"];

fn found(form: &str, more: &[&str]) -> BTreeSet<[String; 5]> {
    found_in(&format!("fixtures/dialects/{form}"), more)
}

/// Rule, severity, confidence, kind and name of the subject of each finding.
fn found_in(path: &str, more: &[&str]) -> BTreeSet<[String; 5]> {
    let arguments: Vec<&str> = std::iter::once(path).chain(CONFIG).chain(more.iter().copied()).collect();
    let (code, report) = check_json(&arguments);
    assert_eq!((code, report["problems"].as_array().map(Vec::len)), (1, Some(0)), "{path}");
    let row = |f: &serde_json::Value| {
        let subject = &f["subject"];
        // The field that holds a secret goes by another name in each dialect.
        let name = if subject["kind"] == "secret" { String::new() } else { text(&subject["name"]) };
        [text(&f["rule"]), text(&f["severity"]), text(&f["confidence"]), text(&subject["kind"]), name]
    };
    let rows: BTreeSet<[String; 5]> = findings(&report).iter().map(row).collect();
    assert_eq!(rows.len(), findings(&report).len(), "a cause in {path} is reported twice");
    rows
}

#[test]
fn one_tenant_gives_the_same_findings_in_every_form() {
    let platform = found("platform", &[]);
    // What CX as Code cannot say.
    let unsaid = ["role-backfill-enabled", "trustee-full-access", "trustee-without-expiry"];
    let sayable: BTreeSet<_> = platform.iter().filter(|row| !unsaid.contains(&row[0].as_str())).cloned().collect();
    assert_eq!(sayable.len(), platform.len() - unsaid.len());
    for form in TERRAFORM {
        assert_eq!(found(form, &[]), sayable, "{form}");
    }
}

#[test]
fn the_catalogue_takes_away_what_was_assumed_and_nothing_else() {
    let catalogue = ["--catalog", "fixtures/dialects/catalogue/permissions.json"];
    for form in ["platform", "cx-as-code/json", "cx-as-code/hcl"] {
        let (without, with) = (found(form, &[]), found(form, &catalogue));
        let assumed: BTreeSet<_> = without.iter().filter(|row| row[2] == "low").cloned().collect();
        assert!(!assumed.is_empty());
        assert_eq!(with, without.difference(&assumed).cloned().collect(), "{form}");
    }
    let wrong = run(&["check", "fixtures/dialects/platform", "--catalog", "fixtures/dialects/platform/groups.json"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("holds no permission catalogue"), "{}", wrong.err);
}

/// What the platform's command-line tool prints: bare lists, values one after the other
/// over several lines, and groups stated by the users.
#[test]
fn bare_lists_and_values_in_a_row_say_the_same_as_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = home().join("fixtures/dialects/platform");
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(root.join(name)).expect("the file")).expect("JSON")
    };
    let write = |name: &str, value: &serde_json::Value| {
        fs::write(folder.path().join(name), serde_json::to_string_pretty(value).expect("JSON")).expect("written");
    };
    let mut groups_of: BTreeMap<String, Vec<serde_json::Value>> = BTreeMap::new();
    for group in json("groups.json")["entities"].as_array().expect("a list") {
        let name = text(&group["name"]).replace(|c: char| !c.is_alphanumeric() && c != '-', "_");
        for member in json(&format!("groups/{name}/individuals.json"))["entities"].as_array().expect("a list") {
            groups_of.entry(text(&member["id"])).or_default().push(serde_json::json!({ "id": group["id"] }));
        }
    }
    for name in
        ["divisions", "roles-1", "roles-2", "users-1", "users-2", "users-3", "groups", "queues", "oauth-clients"]
    {
        let mut list = json(&format!("{name}.json"))["entities"].clone();
        for entity in list.as_array_mut().expect("a list") {
            if let Some(groups) = groups_of.get(&text(&entity["id"])) {
                entity["groups"] = groups.clone().into();
            }
        }
        write(&format!("{name}.json"), &list);
    }
    for name in ["authentication-settings.json", "role-settings.json", "token-timeout.json", "trustees.json"] {
        write(name, &json(name));
    }
    let subjects = fs::read_to_string(root.join("subjects.jsonl")).expect("the file");
    let pretty = subjects.lines().map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        serde_json::to_string_pretty(&value).expect("JSON")
    });
    fs::write(folder.path().join("subjects.jsonl"), pretty.collect::<Vec<_>>().join("\n")).expect("written");
    assert_eq!(found_in(folder.path().to_str().expect("UTF-8"), &[]), found("platform", &[]));
}

/// What scripts make of answers: every page of an export in one list, as `jq --slurp` writes them.
#[test]
fn all_pages_in_one_list_say_the_same_as_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = home().join("fixtures/dialects/platform");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("readable"));
    let pages: Vec<serde_json::Value> = files
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "json"))
        .map(|entry| serde_json::from_slice(&fs::read(entry.path()).expect("the file")).expect("JSON"))
        .collect();
    let all = serde_json::to_string_pretty(&pages).expect("JSON");
    fs::write(folder.path().join("all.json"), &all).expect("written");
    fs::copy(root.join("subjects.jsonl"), folder.path().join("subjects.jsonl")).expect("copied");
    let path = folder.path().to_str().expect("UTF-8");
    assert_eq!(found_in(path, &[]), found("platform", &[]));
    let (_, report) = check_json(&[path]);
    let whole = serde_json::Value::from(pages);
    let mut places = 0;
    for at in findings(&report).iter().flat_map(|finding| finding["locations"].as_array().expect("a list")) {
        if text(&at["path"]).ends_with("all.json") {
            let [from, to] = ["start", "end"].map(|end| at[end]["offset"].as_u64().expect("an offset") as usize);
            let value: serde_json::Value = serde_json::from_str(&all[from..to]).expect("a value");
            assert_eq!(whole.pointer(&text(&at["pointer"])), Some(&value), "{at}");
            places += 1;
        }
    }
    assert!(places > 10, "{places}");
}

#[test]
fn state_beside_the_configuration_adds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for (from, to) in [("json/genesyscloud.tf.json", "main.tf.json"), ("state/terraform.tfstate", "terraform.tfstate")]
    {
        fs::copy(home().join("fixtures/dialects/cx-as-code").join(from), folder.path().join(to)).expect("copied");
    }
    let arguments: Vec<&str> = [folder.path().to_str().expect("UTF-8")].into_iter().chain(CONFIG).collect();
    let (_, report) = check_json(&arguments);
    let rows: BTreeSet<[String; 3]> = findings(&report)
        .iter()
        .map(|f| [text(&f["rule"]), text(&f["subject"]["kind"]), text(&f["subject"]["name"])])
        .collect();
    let alone: BTreeSet<[String; 3]> =
        found("cx-as-code/json", &[]).into_iter().map(|[rule, _, _, kind, name]| [rule, kind, name]).collect();
    let alone = alone
        .into_iter()
        .map(|row| if row[1] == "secret" { [row[0].clone(), row[1].clone(), "client_secret".to_owned()] } else { row })
        .collect();
    assert_eq!(rows, alone);
}

#[test]
fn raw_ids_are_resolved_through_the_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = fs::read_to_string(home().join("fixtures/dialects/cx-as-code/state/terraform.tfstate")).expect("state");
    let whole: serde_json::Value = serde_json::from_str(&state).expect("JSON");
    let id_of = |kind: &str, label: &str| {
        let resources = whole["resources"].as_array().expect("a list");
        let found = resources.iter().find(|r| r["type"] == kind && r["name"] == label).expect("the resource");
        text(&found["instances"][0]["attributes"]["id"])
    };
    let config =
        fs::read_to_string(home().join("fixtures/dialects/cx-as-code/json/genesyscloud.tf.json")).expect("JSON");
    let reference = "${genesyscloud_auth_role.BPO_Supervisor.id}";
    assert!(config.contains(reference));
    let raw = config.replace(reference, &id_of("genesyscloud_auth_role", "BPO_Supervisor"));
    fs::write(folder.path().join("main.tf.json"), raw).expect("written");
    let arguments: Vec<&str> = [folder.path().to_str().expect("UTF-8")].into_iter().chain(CONFIG).collect();
    let rules = |report: &serde_json::Value| -> BTreeSet<String> {
        findings(report).iter().map(|f| text(&f["rule"])).collect()
    };
    let (_, alone) = check_json(&arguments);
    assert!(rules(&alone).contains("dangling-reference"));
    fs::write(folder.path().join("terraform.tfstate"), state).expect("written");
    let (_, together) = check_json(&arguments);
    assert!(!rules(&together).contains("dangling-reference"));
    assert!(findings(&together).iter().any(|f| f["rule"] == "all-scoped-reporting" && f["confidence"] == "high"));
}

#[test]
fn places_in_hcl_are_places_of_the_file() {
    let path = "fixtures/dialects/cx-as-code/hcl";
    let arguments: Vec<&str> = std::iter::once(path).chain(CONFIG).collect();
    let (_, report) = check_json(&arguments);
    let supervisor = findings(&report)
        .iter()
        .find(|f| f["rule"] == "all-scoped-reporting" && f["confidence"] == "high")
        .expect("it");
    let place = &supervisor["locations"][0];
    let file = fs::read_to_string(home().join(text(&place["path"]))).expect("the file");
    let offset = |end: &str| usize::try_from(place[end]["offset"].as_u64().expect("a number")).expect("small");
    assert_eq!(&file[offset("start")..offset("end")], "[\"*\"]");
    assert!(text(&place["pointer"]).starts_with("/resource/"), "{place}");
    insta::assert_snapshot!("hcl", run(&["check", path, CONFIG[0], CONFIG[1], "--only", "all-scoped-reporting"]).out);
}

#[test]
fn every_dialect_in_one_folder_works_and_is_named() {
    let arguments = ["fixtures/dialects/platform", "fixtures/dialects/cx-as-code/hcl", "fixtures/guide"];
    let (_, report) = check_json(&arguments);
    let spoken: BTreeSet<String> =
        report["inputs"].as_array().expect("a list").iter().map(|input| text(&input["dialect"])).collect();
    assert_eq!(spoken.into_iter().collect::<Vec<_>>(), ["cx-as-code", "guide", "platform"]);
    let notes = report["notes"].as_array().expect("a list");
    assert!(notes.iter().any(|note| text(&note["message"]).contains("no trustees")), "{notes:?}");
    let rules: BTreeSet<String> = findings(&report).iter().map(|f| text(&f["rule"])).collect();
    assert!(rules.contains("system-role-inheritance") && rules.contains("client-with-administration"));
}

#[test]
fn what_needs_evaluation_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let text_of = "resource \"genesyscloud_user\" \"all\" {\n  for_each = var.people\n  name = each.value\n  email = each.key\n}\n\
                   module \"more\" {\n  source = \"./more\"\n}\n";
    fs::write(folder.path().join("main.tf"), text_of).expect("written");
    let (code, report) = check_json(&[folder.path().to_str().expect("UTF-8")]);
    assert_eq!(code, 0);
    let notes: Vec<(String, u64)> = report["notes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|note| note["location"].is_object())
        .map(|note| (text(&note["message"]), note["location"]["start"]["line"].as_u64().expect("a number")))
        .collect();
    assert_eq!(notes.len(), 2);
    assert!(notes[0].0.contains("`for_each` of genesyscloud_user.all") && notes[0].1 == 2, "{notes:?}");
    assert!(notes[1].0.contains("`module`") && notes[1].1 == 6, "{notes:?}");
}

#[test]
fn broken_terraform_is_never_called_clean() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        ("main.tf", "resource \"genesyscloud_user\" \"kim\" {\n  name = \n}\n", "syntax"),
        ("main.tf", "resource \"genesyscloud_user\" \"kim\" {\n  name = \"Kim\"\n", "syntax"),
        ("main.tf.json", "{\"resource\": {\"genesyscloud_user\": {\"kim\": 7}}}", "wrong-type"),
        ("main.tf.json", "{\"resource\": {\"genesyscloud_user\": {\"kim\": {}, \"kim\": {}}}}", "duplicate-key"),
        ("terraform.tfstate", "{\"version\": 3, \"terraform_version\": \"0.11\", \"modules\": []}", "wrong-type"),
        ("terraform.tfstate", "{\"version\": 4, \"terraform_version\": \"1.9\", \"resources\": [{}]}", "wrong-type"),
    ];
    for (name, content, kind) in cases {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("written");
        let (code, report) = check_json(&[path.to_str().expect("UTF-8")]);
        assert_eq!((code, report["problems"][0]["kind"].as_str()), (3, Some(kind)), "{content}");
        assert!(report["problems"][0]["location"]["start"]["line"].is_u64(), "{content}");
    }
}

/// A partner's role with a permission that is reported, and one access policy beside it.
fn with_policy(policy: &str) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let tenant = format!(
        r#"[
  {{ "id": "r-q", "name": "BPO Quality", "permissionPolicies": [
    {{ "domain": "recording", "entityName": "recording", "actionSet": ["download"] }}
  ] }},
  {{ "id": "r-x", "name": "Other", "permissionPolicies": [] }},
  {{ "id": "u-kim", "name": "Kim Ode", "username": "kim@brightline.example", "authorization": {{ "roles": [{{ "id": "r-q" }}] }} }},
  {policy}
]"#
    );
    let path = folder.path().join("tenant.json");
    fs::write(&path, tenant).expect("written");
    let (_, report) = check_json(&[path.to_str().expect("UTF-8"), "--only", "sensitive-permission"]);
    assert_eq!(report["problems"].as_array().map(Vec::len), Some(0), "{report}");
    let words = |list: &serde_json::Value, key: &str| -> Vec<String> {
        list.as_array().expect("a list").iter().map(|item| text(&item[key])).collect()
    };
    (words(&report["findings"], "rule"), words(&report["notes"], "message"))
}

#[test]
fn an_access_policy_takes_off_what_it_plainly_denies_and_nothing_else() {
    let policy = |effect: &str, active: bool, subject: &str, more: &str| {
        format!(
            r#"{{ "id": "p-1", "name": "No downloads", "targetResource": "recording:recording:download",
                 "subject": {subject}, "effect": "{effect}", "active": {active}, "applyToClients": true {more} }}"#
        )
    };
    let all = r#"{ "type": "ALL" }"#;
    let is_noted = |notes: &[String]| notes.iter().any(|note| note.contains("`No downloads`"));
    let (found, notes) = with_policy(&policy("DENY", true, all, ""));
    assert!(found.is_empty() && !is_noted(&notes), "{notes:?}");
    let (found, notes) = with_policy(&policy("DENY", false, all, ""));
    assert!(found.len() == 1 && !is_noted(&notes), "one that is not active denies nothing");
    assert_eq!(with_policy(&policy("ALLOW", true, all, "")).0.len(), 1);
    let (found, notes) = with_policy(&policy("DENY", true, all, r#", "condition": { "any": [] }"#));
    assert!(found.len() == 1 && is_noted(&notes), "a condition is not evaluated, and that is said");
    let (found, notes) = with_policy(&policy("DENY", true, r#"{ "type": "TEAM", "id": "t-1" }"#, ""));
    assert!(found.len() == 1 && is_noted(&notes));
    // One user is denied it; the role gives it to whoever comes next.
    assert_eq!(with_policy(&policy("DENY", true, r#"{ "type": "USER", "id": "u-kim" }"#, "")).0.len(), 1);
    let other = r#"{ "id": "r-y", "name": "Other still", "permissionPolicies": [] }"#;
    let (_, notes) = with_policy(other);
    assert!(notes.iter().any(|note| note.contains("no access policies are in the input")), "{notes:?}");
}

#[test]
fn grants_are_read_however_they_are_listed() {
    let role = r#"{ "id": "r-q", "name": "BPO Quality", "permissionPolicies": [
        { "domain": "analytics", "entityName": "conversationDetail", "actionSet": ["view"] } ] }"#;
    let user = r#"{ "id": "u-kim", "name": "Kim Ode", "username": "kim@brightline.example" }"#;
    let ways = [
        // A user's, a division's and a role's listing, and the user's roles without divisions.
        (
            r#"{ "id": "u-kim", "grants": [{ "subjectId": "u-kim", "division": { "id": "*" }, "role": { "id": "r-q" } }] }"#,
            "high",
        ),
        (
            r#"{ "entities": [{ "subjectId": "u-kim", "division": { "id": "*" }, "role": { "id": "r-q" }, "grantMadeAt": "2026-01-01T00:00:00Z" }],
             "selfUri": "/api/v2/authorization/divisions/*/grants" }"#,
            "high",
        ),
        (
            r#"{ "entities": [{ "id": "u-kim", "name": "Kim Ode", "type": "PC_USER", "divisions": [{ "id": "*" }] }],
             "selfUri": "/api/v2/authorization/roles/r-q/subjectgrants" }"#,
            "high",
        ),
        (
            r#"{ "roles": [{ "id": "r-q", "name": "BPO Quality" }], "unusedRoles": [], "permissions": [],
             "permissionPolicies": [], "selfUri": "/api/v2/users/u-kim/roles" }"#,
            "low",
        ),
        (
            r#"{ "entities": [{ "id": "u-kim", "name": "Kim Ode", "selfUri": "/api/v2/users/u-kim" }],
             "selfUri": "/api/v2/authorization/roles/r-q/users" }"#,
            "low",
        ),
    ];
    for (grant, confidence) in ways {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in [("role.json", role), ("user.json", user), ("grant.json", grant)] {
            fs::write(folder.path().join(name), content).expect("written");
        }
        let (_, report) = check_json(&[folder.path().to_str().expect("UTF-8"), "--only", "all-scoped-reporting"]);
        assert_eq!(report["problems"].as_array().map(Vec::len), Some(0), "{grant}: {report}");
        let found: Vec<&str> = findings(&report).iter().filter_map(|f| f["confidence"].as_str()).collect();
        assert_eq!(found, [confidence], "{grant}");
    }
    let nobody =
        r#"{ "roles": [{ "id": "r-q", "name": "BPO Quality" }], "permissions": [], "permissionPolicies": [] }"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roles.json");
    fs::write(&path, nobody).expect("written");
    assert_eq!(check_json(&[path.to_str().expect("UTF-8")]).0, 3, "whose roles these are is not said");
}

#[test]
fn a_policy_that_does_not_say_what_it_allows_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roles.json");
    let policies = [
        (r#"{ "domain": "recording", "entityName": "recording" }"#, 3),
        (r#"{ "domain": "recording", "actionSet": ["download"] }"#, 3),
        (r#"{ "domain": "recording", "entityName": "recording", "actionSet": "download" }"#, 3),
        (r#"{ "domain": "recording", "entityName": "recording", "actionSet": [] }"#, 0),
    ];
    for (policy, expected) in policies {
        let role = format!(r#"{{ "id": "r-q", "name": "Quality", "permissionPolicies": [{policy}] }}"#);
        fs::write(&path, role).expect("written");
        let (code, report) = check_json(&[path.to_str().expect("UTF-8"), "--fail-on", "never"]);
        assert_eq!(code, expected, "{report}");
        assert!(expected == 0 || report["problems"][0]["location"]["start"]["line"] == 1, "{report}");
    }
}

#[test]
fn people_of_a_trustee_are_partners() {
    let role = r#"{ "id": "r-q", "name": "Reporting", "permissionPolicies": [
        { "domain": "analytics", "entityName": "conversationDetail", "actionSet": ["view"] } ] }"#;
    let people = |kind: &str| {
        format!(
            r#"{{ "entities": [{{ "id": "x-1", "name": "Pat Guest", "type": "{kind}", "divisions": [{{ "id": "*" }}] }}],
                 "selfUri": "/api/v2/authorization/roles/r-q/subjectgrants" }}"#
        )
    };
    let user = r#"{ "id": "x-1", "name": "Pat Guest", "username": "pat@northwind.example" }"#;
    for (kind, found) in [("PC_TRUSTEE_USER", 1), ("PC_USER", 0)] {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in [("role.json", role), ("grant.json", &people(kind)), ("user.json", user)] {
            fs::write(folder.path().join(name), content).expect("written");
        }
        let (_, report) = check_json(&[folder.path().to_str().expect("UTF-8"), "--only", "all-scoped-reporting"]);
        assert_eq!(findings(&report).len(), found, "{kind}: {report}");
        let is_said = |f: &serde_json::Value| text(&f["message"]).contains("let in from a trustee organisation");
        assert!(findings(&report).iter().all(is_said), "{report}");
    }
}
