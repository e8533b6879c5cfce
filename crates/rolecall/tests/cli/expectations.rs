//! `[[expect]]`: what must hold and what must not.

use crate::{check_json, findings, home, text};
use serde_json::json;
use std::fs;

#[test]
fn what_must_hold_is_checked_both_ways_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    let tiers = fs::read_to_string(home().join("fixtures/dialects/rolecall.toml")).expect("the settings");
    let expect = |who: &str, verb: &str, permission: &str, on: &str| {
        format!("[[expect]]\nwho = '{who}'\n{verb} = ['{permission}']\non = '{on}'\n")
    };
    let settings = [
        // Holds: a lead in the division of the queue, and in no other.
        expect("Claims Lead", "can", "routing:queue:view", "Claims Voice"),
        expect("Claims Lead", "cannot", "routing:queue:view", "Sales Voice"),
        // Does not: one of the partner's people has it in every division.
        expect("bpo", "cannot", "routing:queue:view", "Sales Voice"),
        // Does not: too tight.
        expect("Claims Lead", "can", "routing:queue:view", "Sales Voice"),
        expect("Nobody Here", "can", "routing:queue:view", "Sales Voice"),
    ];
    fs::write(&path, format!("{tiers}\n{}", settings.join("\n"))).expect("written");
    for form in ["platform", "cx-as-code/json", "cx-as-code/hcl", "cx-as-code/state"] {
        let export = format!("fixtures/dialects/{form}");
        let (code, report) =
            check_json(&[&export, "--config", path.to_str().expect("UTF-8"), "--only", "unmet-expectation"]);
        let said: Vec<String> = findings(&report).iter().map(|f| text(&f["message"])).collect();
        assert_eq!((code, said.len()), (1, 3), "{form}: {said:?}");
        assert!(
            said[0].contains("`bpo` cannot") && said[0].contains("but `Ana Alves` can, by role `BPO Supervisor`"),
            "{said:?}"
        );
        assert!(
            said[1].contains("`Claims Lead` can") && said[1].contains("cannot: role `Claims Lead` gives it"),
            "{said:?}"
        );
        assert!(said[2].contains("nothing in the input is called `Nobody Here`"), "{said:?}");
        let place = &findings(&report)[0]["locations"][0];
        assert!(
            text(&place["path"]).ends_with("rolecall.toml") && place["start"]["line"].as_u64() > Some(10),
            "{place}"
        );
        assert!(!findings(&report)[0]["witness"].as_array().expect("a list").is_empty());
    }
}

#[test]
fn access_that_breaks_an_expectation_by_another_way_is_another_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let [export, settings] = ["tenant.json", "rolecall.toml"].map(|name| folder.path().join(name));
    fs::write(&settings, "[[expect]]\nwho = 'bpo'\ncannot = ['outbound:campaign:view']\n").expect("written");
    let found = |desk: &str, bo: &str, more: &str| {
        let role = |id: &str, name: &str, scope: &str| {
            format!(
                r#"{{"id": "{id}", "name": "{name}", "rolePermissions": [{{"id": "outbound:campaign:view", "scope": "{scope}"}}]}}"#
            )
        };
        let user = |id: &str, name: &str, roles: &str| {
            format!(r#"{{"id": "{id}", "name": "{name}", "bpoUser": true, "userRoles": [{roles}]}}"#)
        };
        let roles = [role("r-1", "Desk", desk), role("r-2", "Campaigner", "All")].join(",");
        let users = [user("u-1", "Ana Reis", "\"r-1\""), user("u-2", "Bo Lund", bo)].join(",");
        fs::write(&export, format!(r#"{{"roles": [{roles}], "users": [{users}]{more}}}"#)).expect("written");
        let (path, settings) = (export.to_str().expect("UTF-8"), settings.to_str().expect("UTF-8"));
        let (_, report) = check_json(&[path, "--config", settings, "--only", "unmet-expectation"]);
        let found = findings(&report);
        assert_eq!(found.len(), 1, "{report}");
        (text(&found[0]["fingerprint"]), found[0]["access"].clone())
    };
    let (before, access) = found("Self", "", "");
    assert_eq!(access, serde_json::json!(["outbound:campaign:view over Self"]));
    let (by_another, access) = found("Self", "\"r-2\"", "");
    let both = ["outbound:campaign:view over All", "outbound:campaign:view over Self"];
    assert_eq!(access, serde_json::json!(both), "an acceptance of the one does not accept the other");
    let (wider, _) = found("Assigned", "", "");
    assert!(before != by_another && before != wider && by_another != wider);
    // Who holds the very role comes and goes, and so do others beside them.
    assert_eq!(found("Self", "\"r-1\"", "").0, before);
    assert_eq!(found("Self", "", r#", "groups": [{"id": "g-1", "name": "Floor", "members": ["u-1"]}]"#).0, before);
}

#[test]
fn whoever_holds_a_role_in_another_division_or_by_a_group_besides_is_looked_at_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let division = |id: &str| {
        format!(
            r#"{{"id": "{id}", "name": "{id}", "homeDivision": false, "selfUri": "/api/v2/authorization/divisions/{id}"}}"#
        )
    };
    let grants = |who: &str, division: &str| {
        format!(
            r#"{{"id": "{who}", "name": "{who}", "grants": [{{"subjectId": "{who}", "role": {{"id": "lead"}}, "division": {{"id": "{division}"}}}}]}}"#
        )
    };
    let user = |id: &str| {
        format!(
            r#"{{"id": "{id}", "name": "{id}", "email": "{id}@x.example", "division": {{"id": "north"}}, "selfUri": "/api/v2/users/{id}"}}"#
        )
    };
    let files = [
        ("divisions.json", format!("[{}, {}]", division("north"), division("south"))),
        ("roles.json", r#"[{"id": "lead", "name": "Lead", "permissionPolicies": [{"domain": "routing", "entityName": "queue", "actionSet": ["view"], "allowConditions": false}], "selfUri": "/api/v2/authorization/roles/lead"}]"#.to_owned()),
        ("users.json", format!("[{}, {}, {}]", user("ann"), user("bob"), user("cid"))),
        ("groups.json", r#"[{"id": "crew", "name": "Crew", "type": "official", "memberCount": 1, "selfUri": "/api/v2/groups/crew"}]"#.to_owned()),
        ("members.json", r#"{"entities": [{"id": "cid", "selfUri": "/api/v2/users/cid"}], "pageNumber": 1, "selfUri": "/api/v2/groups/crew/members?pageNumber=1"}"#.to_owned()),
        ("queues.json", r#"[{"id": "desk", "name": "Desk", "division": {"id": "south"}, "memberCount": 0, "selfUri": "/api/v2/routing/queues/desk"}]"#.to_owned()),
        ("ann.json", grants("ann", "north")),
        ("bob.json", grants("bob", "south")),
        ("cid.json", grants("cid", "north")),
        ("crew.json", grants("crew", "south")),
    ];
    for (name, body) in files {
        fs::write(folder.path().join(name), body).expect("written");
    }
    let settings = folder.path().join("rolecall.toml");
    fs::write(&settings, "[[expect]]\nwho = 'Lead'\ncannot = ['routing:queue:view']\non = 'Desk'\n").expect("written");
    let [path, config] = [folder.path(), &settings].map(|path| path.to_str().expect("UTF-8"));
    let (code, report) = check_json(&[path, "--config", config, "--only", "unmet-expectation"]);
    let said: Vec<String> = findings(&report).iter().map(|f| text(&f["message"])).collect();
    assert!(code == 1 && said.len() == 1, "{code} {said:?} {}", report["problems"]);
    assert!(
        said[0].contains("`bob` can") && said[0].contains("so can `cid`") && !said[0].contains("`ann`"),
        "{said:?}"
    );
}

#[test]
fn expectations_may_stand_in_files_of_their_own_and_are_pointed_to_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("rolecall.toml");
    let write = |name: &str, body: &str| fs::write(folder.path().join(name), body).expect("written");
    fs::create_dir(folder.path().join("policies")).expect("a folder");
    write("rolecall.toml", "expect-in = ['policies']\n");
    let expect =
        |who: &str| format!("[[expect]]\nwho = '{who}'\ncannot = ['routing:queue:view']\non = 'Sales Voice'\n");
    write("policies/b.toml", &expect("Nobody Here"));
    write("policies/a.toml", &format!("# What the contract says.\n{}", expect("Claims Lead")));
    write("policies/notes.md", "not read");
    let config = settings.to_str().expect("UTF-8");
    let check = || {
        crate::run(&[
            "check",
            "fixtures/dialects/platform",
            "--config",
            config,
            "--only",
            "unmet-expectation",
            "--format",
            "json",
        ])
    };
    let report: serde_json::Value = serde_json::from_str(&check().out).expect("JSON");
    let places: Vec<(String, Option<u64>)> = findings(&report)
        .iter()
        .map(|f| (text(&f["locations"][0]["path"]), f["locations"][0]["start"]["line"].as_u64()))
        .collect();
    assert!(places.len() == 1 && places[0].0.ends_with("policies/b.toml") && places[0].1 == Some(3), "{places:?}");
    // Anything else in such a file, and a folder that is not there, are errors with a place.
    write("policies/b.toml", "[tiers.bpo]\nnames = ['x']\n");
    let wrong = check();
    assert!(wrong.code == 2 && wrong.err.contains("policies/b.toml:1"), "{}", wrong.err);
    write("rolecall.toml", "expect-in = ['polices']\n");
    let absent = check();
    assert!(absent.code == 2 && absent.err.contains("rolecall.toml:1:14"), "{}", absent.err);
}

#[test]
fn whoever_is_denied_something_by_name_speaks_for_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = r#"{ "domain": "recording", "entityName": "recording", "actionSet": ["download"] }"#;
    let user = |id: &str| {
        format!(
            r#"{{ "id": "{id}", "name": "{id}", "username": "{id}@x.example", "authorization": {{ "roles": [{{ "id": "r-1" }}] }} }}"#
        )
    };
    let denial = r#"{ "id": "p-1", "name": "No downloads", "targetResource": "recording:recording:download", "active": true,
        "subject": { "type": "USER", "id": "ana" }, "effect": "DENY", "applyToClients": false }"#;
    let export = format!(
        r#"[{{ "id": "r-1", "name": "Quality", "permissionPolicies": [{policy}] }}, {}, {}, {denial}]"#,
        user("ana"),
        user("bo")
    );
    let settings = "[[expect]]\nwho = 'Quality'\ncannot = ['recording:recording:download']\n";
    for (name, text) in [("tenant.json", export.as_str()), ("rolecall.toml", settings)] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let path = folder.path().join("tenant.json");
    let (code, report) = check_json(&[path.to_str().expect("UTF-8"), "--only", "unmet-expectation"]);
    let said: Vec<String> = findings(&report).iter().map(|f| text(&f["message"])).collect();
    assert!(code == 1 && said.len() == 1 && said[0].contains("but `bo` can"), "{said:?} {}", report["problems"]);
    assert!(!said[0].contains("so can"), "{said:?}");
}

/// Why the expectations of some settings do not hold of a tenant in the guide's words.
fn unmet(tenant: &serde_json::Value, settings: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let [export, config] = ["tenant.json", "rolecall.toml"].map(|name| folder.path().join(name));
    fs::write(&export, tenant.to_string()).expect("written");
    fs::write(&config, settings).expect("written");
    let [export, config] = [&export, &config].map(|path| path.to_str().expect("UTF-8"));
    let (_, report) = check_json(&[export, "--config", config, "--only", "unmet-expectation"]);
    findings(&report).iter().map(|finding| text(&finding["message"])).collect()
}

fn cannot(who: &str, permission: &str, on: &str) -> String {
    let on = if on.is_empty() { String::new() } else { format!("on = '{on}'\n") };
    format!("[[expect]]\nwho = '{who}'\ncannot = ['{permission}']\n{on}")
}

#[test]
fn a_name_of_several_is_held_against_all_of_them() {
    let tenant = |is_turned: bool| {
        let role = |id: &str, permission: &str| json!({ "id": id, "name": id, "rolePermissions": [{ "id": permission, "scope": "All" }] });
        let view = json!({ "id": "r-3", "name": "Quality", "rolePermissions": [
            { "id": "routing:queue:view", "scope": "View", "views": ["v-1"] }] });
        let mut ids = ["u-1", "u-2"];
        let mut queues = ["q-1", "q-2"];
        if is_turned {
            ids.reverse();
            queues.reverse();
        }
        json!({ "roles": [role("r-1", "outbound:campaign:view"), role("r-2", "recording:recording:view"), view],
                "groups": [{ "id": "g-1", "name": "Quality", "userRoles": ["r-2"], "members": ["u-3"] }],
                "users": [{ "id": ids[0], "name": "Kim", "userRoles": ["r-1"] }, { "id": ids[1], "name": "Kim" },
                          { "id": "u-3", "name": "Bo", "userRoles": ["r-3"] }],
                "queues": [{ "id": queues[0], "name": "Esc" }, { "id": queues[1], "name": "Esc" }, { "id": "q-3", "name": "Desk" }],
                "views": [{ "id": "v-1", "name": "V", "queues": [queues[0]] }] })
    };
    for is_turned in [false, true] {
        let tenant = tenant(is_turned);
        for (who, permission, on) in [
            ("Kim", "outbound:campaign:view", ""),
            ("Quality", "recording:recording:view", ""),
            ("Bo", "routing:queue:view", "Esc"),
        ] {
            let said = unmet(&tenant, &cannot(who, permission, on));
            let expected = if who == "Quality" { 2 } else { 1 };
            assert_eq!(said.len(), expected, "{who}: {said:?}");
        }
        let said = unmet(&tenant, &cannot("Bo", "routing:queue:view", "Esc"));
        assert!(said[0].contains("on queue `Esc` of id `q-"), "{said:?}");
        // One of them, by its kind or id, and what none of them breaks.
        assert_eq!(unmet(&tenant, &cannot("role:Quality", "outbound:campaign:view", "")), [""; 0]);
        assert_eq!(
            unmet(&tenant, &cannot(if is_turned { "u-1" } else { "u-2" }, "outbound:campaign:view", "")),
            [""; 0]
        );
        assert_eq!(unmet(&tenant, &cannot("Bo", "routing:queue:view", "Desk")), [""; 0]);
        assert_eq!(unmet(&tenant, &cannot("Quality", "outbound:campaign:view", "")), [""; 0]);
    }
}

#[test]
fn what_nobody_is_shown_to_hold_is_judged_by_itself() {
    let role = json!({ "id": "r-1", "name": "BPO Agent", "rolePermissions": [
        { "id": "outbound:campaign:view", "scope": "All" }, { "id": "routing:queue:view", "scope": "Assigned" }] });
    let alone = json!({ "roles": [role] });
    let unheld = json!({ "roles": [role, { "id": "r-2", "name": "Lead" }],
                         "users": [{ "id": "u-1", "name": "Kim", "userRoles": ["r-2"] }] });
    let in_group = json!({ "roles": [role], "groups": [{ "id": "g-1", "name": "Floor", "userRoles": ["r-1"] }],
                           "users": [{ "id": "u-1", "name": "Kim" }] });
    for tenant in [&alone, &unheld, &in_group] {
        for who in ["BPO Agent", "bpo"] {
            assert_eq!(unmet(tenant, &cannot(who, "outbound:campaign:view", "")).len(), 1, "{who} {tenant}");
            assert_eq!(unmet(tenant, &cannot(who, "recording:recording:view", "")), [""; 0], "{who} {tenant}");
        }
        let can = |permission: &str| format!("[[expect]]\nwho = 'BPO Agent'\ncan = ['{permission}']\n");
        assert_eq!(unmet(tenant, &can("routing:queue:view")), [""; 0]);
        assert_eq!(unmet(tenant, &can("recording:recording:view")).len(), 1);
    }
    let said = unmet(&in_group, &cannot("Floor", "outbound:campaign:view", ""));
    assert!(said.len() == 1 && said[0].contains("group `Floor` can, by role `BPO Agent` over All"), "{said:?}");
}

#[test]
fn what_is_not_known_of_a_role_is_no_comfort() {
    let tenant = |role: &str| {
        json!({ "roles": [{ "id": "r-1", "name": "BPO Agent", "rolePermissions": [] }],
                "users": [{ "id": "u-1", "name": "Kim", "bpoUser": true, "userRoles": [role] }] })
    };
    let said = unmet(&tenant("r-9"), &cannot("bpo", "outbound:campaign:view", ""));
    assert!(
        said.len() == 1 && said[0].contains("`Kim` may, since the input does not show what role `r-9` grants"),
        "{said:?}"
    );
    assert_eq!(unmet(&tenant("r-1"), &cannot("bpo", "outbound:campaign:view", "")), [""; 0]);
    let folder = tempfile::tempdir().expect("a folder");
    let policies = r#"dynamic "permission_policies" { for_each = local.p }"#;
    for (policies, unmet) in [(policies, 1), ("", 0)] {
        let body = format!(
            "resource \"genesyscloud_user\" \"kim\" {{\n email = \"kim@x.example\" \n name = \"Kim\" \n}}\n\
             resource \"genesyscloud_auth_role\" \"r\" {{\n name = \"BPO Agent\" \n {policies} \n}}\n\
             resource \"genesyscloud_user_roles\" \"k\" {{\n user_id = genesyscloud_user.kim.id \n roles {{\n role_id = genesyscloud_auth_role.r.id \n division_ids = [\"*\"] \n}}\n}}\n"
        );
        fs::write(folder.path().join("main.tf"), body).expect("written");
        let config = folder.path().join("rolecall.toml");
        fs::write(&config, cannot("bpo", "outbound:campaign:view", "")).expect("written");
        let [path, config] = [folder.path(), &config].map(|path| path.to_str().expect("UTF-8"));
        let (_, report) = check_json(&[path, "--config", config, "--only", "unmet-expectation"]);
        assert_eq!(findings(&report).len(), unmet, "{report}");
    }
}

#[test]
fn what_nobody_may_is_no_comfort_where_the_people_of_a_tier_are_not_shown() {
    let role =
        json!({ "id": "r-1", "name": "Desk", "rolePermissions": [{ "id": "outbound:campaign:view", "scope": "All" }] });
    let group = json!({ "id": "g-1", "name": "Floor", "members": [], "userRoles": ["r-1"] });
    let user = |flag: bool| json!({ "id": "u-1", "name": "Kim", "bpoUser": flag, "userRoles": ["r-1"] });
    let account = json!({ "id": "s-1", "name": "Loader", "userRoles": [] });
    let (people, services) = ("no users in the input", "nothing in the input is of the tier `service`");
    for (who, export, reason) in [
        ("bpo", json!({ "roles": [role], "groups": [group] }), Some(people)),
        ("bpo", json!({ "roles": [role], "users": [user(false)] }), Some("nothing in the input is of the tier `bpo`")),
        ("bpo", json!({ "roles": [role], "users": [user(true)] }), None),
        ("Floor", json!({ "roles": [role], "groups": [group] }), None),
        ("service", json!({ "roles": [role], "groups": [group] }), Some(services)),
        ("service", json!({ "roles": [role], "groups": [group], "serviceAccounts": [account] }), None),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let [path, settings] = ["tenant.json", "rolecall.toml"].map(|name| folder.path().join(name));
        fs::write(&path, export.to_string()).expect("written");
        fs::write(&settings, format!("[[expect]]\nwho = '{who}'\ncannot = ['outbound:campaign:view']\n"))
            .expect("written");
        let [path, settings] = [&path, &settings].map(|path| path.to_str().expect("UTF-8"));
        let (_, report) = check_json(&[path, "--config", settings, "--only", "unmet-expectation"]);
        let said: Vec<String> = report["summary"]["not_evaluated"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|unjudged| text(&unjudged["reason"]))
            .collect();
        assert_eq!(said, reason.into_iter().collect::<Vec<_>>(), "{who} {export}");
    }
}

#[test]
fn a_group_that_everybody_left_breaks_nothing_anew() {
    let tenant = |members: &[&str]| {
        let entry = |scope: &str| json!([{ "id": "outbound:campaign:view", "scope": scope }]);
        json!({ "roles": [{ "id": "r-1", "name": "Desk", "rolePermissions": entry("All") },
                          { "id": "r-2", "name": "Service Link", "rolePermissions": entry("Self") }],
                "groups": [{ "id": "g-1", "name": "Floor", "members": members, "userRoles": ["r-1", "r-2"] }],
                "users": [{ "id": "u-1", "name": "Kim", "userRoles": [] }],
                "serviceAccounts": [{ "id": "s-1", "name": "Loader", "userRoles": ["r-2"] }] })
        .to_string()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let [path, settings] = ["tenant.json", "rolecall.toml"].map(|name| folder.path().join(name));
    let expect = |who: &str| format!("[[expect]]\nwho = '{who}'\ncannot = ['outbound:campaign:view']\n");
    fs::write(&settings, expect("Floor") + &expect("service")).expect("written");
    fs::write(&path, tenant(&["u-1"])).expect("written");
    let file = path.to_str().expect("UTF-8");
    crate::run(&["baseline", "write", file]);
    fs::write(&path, tenant(&[])).expect("written");
    let (_, report) = check_json(&[file, "--only", "unmet-expectation"]);
    assert_eq!((findings(&report).len(), &report["summary"]["baselined"]), (0, &json!(2)), "{report}");
}
