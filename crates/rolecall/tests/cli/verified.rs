//! Reports held against the raw files: forms that Terraform's files have, and what is wrong with a whole report.

use crate::run;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Files by name, the report on them, and what `verify` makes of both.
fn verified(files: &[(&str, &str)], change: impl Fn(&mut Value)) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("export");
    fs::create_dir(&own).expect("a folder");
    for (name, text) in files {
        fs::write(own.join(name), text).expect("written");
    }
    let (own, report) = (own.display().to_string(), folder.path().join("report.json"));
    let made = run(&["check", &own, "--persona", "auditor", "--format", "json"]);
    let mut read: Value = serde_json::from_str(&made.out).expect("a report");
    assert!(!read["findings"].as_array().expect("a list").is_empty(), "{files:?}");
    change(&mut read);
    fs::write(&report, read.to_string()).expect("written");
    let held = run(&["verify", Path::new(&report).to_str().expect("UTF-8"), &own]);
    (held.code, held.out)
}

const ADMIN: &str =
    r#""permission_policies": [{"domain": "authorization", "entity_name": "grant", "action_set": ["add"]}]"#;

/// A state with a role, a user and what joins them; what stands at each resource, and at each instance.
fn state(at_each: &str, at_instance: &str) -> String {
    let resource = |kind: &str, name: &str, fields: &str| {
        format!(
            r#"{{{at_each} "mode": "managed", "type": "genesyscloud_{kind}", "name": "{name}", "instances": [{{{at_instance} "attributes": {{{fields}}}}}]}}"#
        )
    };
    let all = [
        resource("auth_role", "adm", &format!(r#""id": "r1", "name": "BPO a", {ADMIN}"#)),
        resource("user", "k", r#""id": "u1", "name": "Kim", "email": "kim@x.example""#),
        resource("user_roles", "a", r#""id": "u1", "user_id": "u1", "roles": [{"role_id": "r1"}]"#),
    ];
    format!(r#"{{"version": 4, "terraform_version": "1.9.0", "resources": [{}]}}"#, all.join(", "))
}

#[test]
fn reports_of_terraform_hold_in_every_form() {
    let printed = format!(
        r#"{{"format_version": "1.0", "terraform_version": "1.9.0", "values": {{"root_module": {{"resources": [
        {{"address": "genesyscloud_auth_role.adm", "mode": "managed", "type": "genesyscloud_auth_role", "name": "adm", "values": {{"id": "r1", "name": "BPO a", {ADMIN}}}}},
        {{"address": "genesyscloud_user.k", "mode": "managed", "type": "genesyscloud_user", "name": "k", "values": {{"id": "u1", "name": "Kim", "email": "kim@x.example"}}}},
        {{"address": "genesyscloud_user_roles.a", "mode": "managed", "type": "genesyscloud_user_roles", "name": "a", "values": {{"id": "u1", "user_id": "u1", "roles": [{{"role_id": "r1"}}]}}}}]}}}}}}"#
    );
    let sought = "data \"genesyscloud_auth_role\" \"adm\" {\n  name = \"BPO role\"\n}\ndata \"genesyscloud_user\" \"k\" {\n  email = \"kim@x.example\"\n}\n\
        resource \"genesyscloud_user_roles\" \"a\" {\n  user_id = data.genesyscloud_user.k.id\n  roles {\n    role_id = data.genesyscloud_auth_role.adm.id\n  }\n}\n";
    let roles = r#"{"entities": [{"id": "r1", "name": "BPO role", "permissionPolicies": [{"domain": "authorization", "entityName": "grant", "actionSet": ["add"]}]}], "selfUri": "/api/v2/authorization/roles"}"#;
    let users = r#"{"entities": [{"id": "u1", "name": "Kim Ode", "email": "kim@x.example", "username": "kim@x.example", "version": 2}], "selfUri": "/api/v2/users"}"#;
    let conditions = "resource \"genesyscloud_auth_role\" \"r\" {\n  name = \"BPO Role\"\n  permission_policies {\n    domain = \"directory\"\n    entity_name = \"user\"\n    action_set = [\"setPassword\"]\n    conditions {\n      conjunction = \"AND\"\n      terms {\n        variable_name = \"Conversation.queues\"\n        operator = \"IN\"\n        operands {\n          type = \"QUEUE\"\n          queue_id = \"q1\"\n        }\n      }\n    }\n  }\n}\n";
    let called = "resource \"genesyscloud_user\" \"u\" {\n  name = join(\" \", [\"Pia\", \"Roque\"])\n}\nresource \"genesyscloud_auth_role\" \"r\" {\n  name = \"BPO role\"\n  permission_policies {\n    domain = \"authorization\"\n    entity_name = \"grant\"\n    action_set = [\"add\"]\n  }\n}\nresource \"genesyscloud_user_roles\" \"u\" {\n  user_id = genesyscloud_user.u.id\n  roles {\n    role_id = genesyscloud_auth_role.r.id\n  }\n}\n";
    let (module, index) = (state(r#""module": "module.m","#, ""), state("", r#""index_key": "a","#));
    let both = state(r#""module": "module.m","#, r#""index_key": 0,"#);
    let cases: [&[(&str, &str)]; 8] = [
        &[("terraform.tfstate", &module)],
        &[("terraform.tfstate", &index)],
        &[("terraform.tfstate", &both)],
        &[("state.json", &state("", ""))],
        &[("show.json", &printed)],
        &[("main.tf", sought), ("roles.json", roles), ("users.json", users)],
        &[("main.tf", conditions)],
        &[("main.tf", called)],
    ];
    for files in cases {
        let (code, out) = verified(files, |_| {});
        assert_eq!(code, 0, "{files:?} {out}");
    }
}

#[test]
fn whoever_joins_a_group_in_an_own_list_may_be_impersonated() {
    for group in ["g", "BPO Lisbon"] {
        let tenant = json!({
            "roles": [{"id": "s", "name": "Service - Link", "rolePermissions": [{"id": "user:impersonate", "scope": "Group", "groups": ["g"]}]},
                {"id": "a", "name": "Boss", "rolePermissions": [{"id": "authorization:role:edit", "scope": "All"}]}],
            "users": [{"id": "olga", "name": "Olga", "userRoles": ["a"], "groups": [group]}],
            "serviceAccounts": [{"id": "sa", "name": "Link", "userRoles": ["s"]}],
            "groups": [{"id": "g", "name": "BPO Lisbon"}]
        });
        let (code, out) = verified(&[("tenant.json", &tenant.to_string())], |_| {});
        assert_eq!(code, 0, "{out}");
    }
}

#[test]
fn what_holds_several_assignments_joins_none() {
    let text = format!(
        r#"{{"resource": {{"genesyscloud_auth_role": {{"adm": {{"name": "BPO admin", {ADMIN}}}, "low": {{"name": "BPO low"}}}},
        "genesyscloud_user": {{"kim": {{"name": "Kim"}}, "lee": {{"name": "Lee"}}}},
        "genesyscloud_user_roles": {{"kim": {{"user_id": "${{genesyscloud_user.kim.id}}", "roles": [{{"role_id": "${{genesyscloud_auth_role.adm.id}}"}}]}},
        "lee": {{"user_id": "${{genesyscloud_user.lee.id}}", "roles": [{{"role_id": "${{genesyscloud_auth_role.low.id}}"}}]}}}}}}}}"#
    );
    let start = text.rfind("{\"kim\": {\"user_id\"").expect("there");
    let point = |at: usize| {
        let line = text[..at].matches('\n').count() + 1;
        json!({"line": line, "column": at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1, "offset": at})
    };
    let forge = |report: &mut Value| {
        for step in report["findings"]
            .as_array_mut()
            .expect("a list")
            .iter_mut()
            .flat_map(|finding| finding["witness"].as_array_mut().expect("a list"))
        {
            if step["edge"] == "holds" {
                step["from"] = json!({"kind": "user", "id": "genesyscloud_user.lee", "name": "Lee"});
                step["location"]["pointer"] = json!("/resource/genesyscloud_user_roles");
                (step["location"]["start"], step["location"]["end"]) = (point(start), point(text.len() - 2));
            }
        }
    };
    assert_eq!(verified(&[("main.tf.json", &text)], |_| {}).0, 0);
    let (code, out) = verified(&[("main.tf.json", &text)], forge);
    assert!(code == 1 && out.contains("nothing there names user `Lee`"), "{out}");
}

#[test]
fn a_report_is_held_as_a_whole() {
    let files = [("terraform.tfstate", &*state("", ""))];
    type Forge = fn(&mut Value);
    let faults: [(&str, Forge); 4] = [
        ("findings and has 0", |report| report["findings"] = json!([])),
        ("the report has no SHA-256 of ", |report| {
            drop(report["inputs"][0].as_object_mut().expect("an input").remove("sha256"))
        }),
        ("is not among the files", |report| {
            report["inputs"].as_array_mut().expect("a list").push(json!({"path": "other.json", "sha256": ""}));
        }),
        ("the report names no input", |report| report["inputs"] = json!([])),
    ];
    for (said, change) in faults {
        let (code, out) = verified(&files, change);
        assert!(code == 1 && out.contains(said), "{said}: {out}");
    }
}
