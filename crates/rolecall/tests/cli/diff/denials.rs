//! Access policies that deny, and groups that limit entries.

use super::{diff, diff_json};
use crate::run;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Ana and Bo have a role that lets them download recordings, Bo by a group; so has a client.
fn tenant(members: &[&str], policies: &[Value]) -> Value {
    let policy = json!({ "domain": "recording", "entityName": "recording", "actionSet": ["download"] });
    let page = |address: &str, list: Value| json!({ "entities": list, "selfUri": format!("/api/v2/{address}") });
    let user = |id: &str, name: &str| json!({ "id": id, "name": name, "username": format!("{id}@x.example") });
    let group = |(id, name)| json!({ "id": id, "name": name, "selfUri": format!("/api/v2/groups/{id}") });
    let member = |id: &&str| user(id, id);
    let given = |who: &str| json!({ "id": who, "name": who, "grants": [{ "subjectId": who, "division": { "id": "*" }, "role": { "id": "r-1" } }] });
    json!([
        page("authorization/roles", json!([{ "id": "r-1", "name": "Quality", "permissionPolicies": [policy] }])),
        page("users", json!([user("u-ana", "Ana Reis"), user("u-bo", "Bo Lind")])),
        page("groups", [("g-1", "Night"), ("g-2", "Guests")].map(group).into_iter().collect()),
        page("groups/g-1/individuals", json!([user("u-bo", "Bo Lind")])),
        page("groups/g-2/individuals", members.iter().map(member).collect()),
        page(
            "oauth/clients",
            json!([{ "id": "c-1", "name": "Archive", "authorizedGrantType": "CLIENT-CREDENTIALS",
            "roleDivisions": [{ "roleId": "r-1", "divisionId": "*" }] }])
        ),
        given("u-ana"),
        given("g-1"),
        page("authorization/policies", policies.into()),
    ])
}

fn denial(target: &str, subject: Value, clients: bool) -> Value {
    json!({ "id": "p-1", "name": "No downloads", "targetResource": target, "subject": subject, "effect": "DENY",
            "active": true, "applyToClients": clients })
}

fn write(folder: &Path, name: &str, pages: &Value) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(&path).expect("a folder");
    for (k, page) in pages.as_array().expect("a list").iter().enumerate() {
        fs::write(path.join(format!("{k}.json")), serde_json::to_string_pretty(page).expect("JSON")).expect("written");
    }
    path
}

/// What is said both ways round, each cause on a line.
fn said(old: &Value, new: &Value) -> [Vec<String>; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = [("old", old), ("new", new)].map(|(name, pages)| write(folder.path(), name, pages));
    let lines = |old: &Path, new: &Path| -> Vec<String> {
        let (_, out) = diff(old, new, &["--quiet"]);
        let causes = out.replace("\n    ", " ");
        causes
            .lines()
            .filter(|line| line.starts_with(['+', '-']))
            .map(|line| line.replace(&*folder.path().to_string_lossy(), ""))
            .collect()
    };
    [lines(&old, &new), lines(&new, &old)]
}

const DOWNLOAD: &str = "`recording:recording:download over every division`";

#[test]
fn a_denial_that_goes_is_a_cause_of_its_own_and_one_that_stays_hides_what_it_takes_off() {
    let all = json!({ "type": "ALL" });
    let free = tenant(&[], &[]);
    let [there, back] = said(&tenant(&[], &[denial("recording:recording:download", all.clone(), false)]), &free);
    let gain = format!(
        "+ access policies no longer deny `recording:recording:download` to everybody: 2 users gain {DOWNLOAD} (/old/8.json:3)"
    );
    assert_eq!(there, [gain]);
    let loss = format!(
        "- access policies now deny `recording:recording:download` to everybody: 2 users lose {DOWNLOAD} (/old/8.json:3)"
    );
    assert_eq!(back, [loss]);
    // The same is said of each of them.
    let folder = tempfile::tempdir().expect("a folder");
    let denied =
        write(folder.path(), "all", &tenant(&[], &[denial("recording:recording:download", all.clone(), false)]));
    let denied = denied.to_str().expect("UTF-8");
    for (who, code) in [("u-ana", 1), ("u-bo", 1), ("c-1", 0)] {
        assert_eq!(run(&["can", who, "recording:recording:download", denied]).code, code, "{who}");
    }
    // Clients are meant only where the policy says so.
    let [there, _] = said(&tenant(&[], &[denial("recording:*:*", all.clone(), true)]), &free);
    assert!(there.len() == 1 && there[0].contains("2 users and 1 service account (1 of `service`) gain"), "{there:?}");
    // A denial of some of what is given takes nothing off.
    let ana = json!({ "type": "USER", "id": "u-ana" });
    let [there, back] = said(&tenant(&[], &[denial("recording:recording:view", ana.clone(), false)]), &free);
    assert!(there.is_empty() && back.is_empty(), "{there:?} {back:?}");
    let [there, _] = said(&tenant(&[], &[denial("recording:recording:download", ana, false)]), &free);
    assert!(there.len() == 1 && there[0].contains("to user `Ana Reis`: 1 user gains"), "{there:?}");
    // Who is denied it gains nothing by an edge.
    let policy = [denial("recording:recording:download", all, true)];
    let mut more = tenant(&[], &policy);
    more[0]["entities"][0]["permissionPolicies"][0]["actionSet"] = json!(["download", "edit"]);
    let [there, back] = said(&tenant(&[], &policy), &more);
    assert!(there.len() == 1 && !there[0].contains("download") && back.len() == 1, "{there:?}");
}

#[test]
fn who_leaves_a_group_that_is_denied_something_gains_it_by_that() {
    let policy = [denial("recording:recording:download", json!({ "type": "GROUP", "id": "g-2" }), false)];
    let [there, back] = said(&tenant(&["u-ana"], &policy), &tenant(&[], &policy));
    let start = "`Ana Reis` is no longer a member of group `Guests`, which is denied `recording:recording:download`";
    assert_eq!(there, [format!("+ {start}: 1 user gains {DOWNLOAD} (/old/4.json:4)")]);
    let start = start.replace("no longer", "now");
    assert_eq!(back, [format!("- {start}: 1 user loses {DOWNLOAD} (/old/4.json:4)")]);
    let folder = tempfile::tempdir().expect("a folder");
    let old = write(folder.path(), "old", &tenant(&["u-ana"], &policy));
    let new = write(folder.path(), "new", &tenant(&[], &policy));
    let (code, report) = diff_json(&old, &new);
    let cause = &report["gained"][0];
    assert_eq!((code, &cause["edge"], &cause["by_membership"]), (1, &json!("denied"), &json!(true)), "{report}");
    assert!(cause["location"]["path"].as_str().is_some_and(|path| path.ends_with("old/4.json")), "{cause}");
}

#[test]
fn who_comes_into_a_group_that_limits_an_entry_is_within_reach_of_those_who_have_it() {
    let tenant = |members: &[&str]| {
        let user = |k: usize| {
            let groups: Vec<&str> = if members.contains(&format!("u-{k}").as_str()) { vec!["g-1"] } else { vec![] };
            json!({ "id": format!("u-{k}"), "name": format!("User {k}"), "groups": groups, "userRoles": if k == 0 { vec!["r-1"] } else { vec![] } })
        };
        let entry = json!({ "id": "routing:agent:view", "scope": "Group", "groups": ["g-1"] });
        json!([{ "roles": [{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }],
                 "groups": [{ "id": "g-1", "name": "Floor" }], "users": (0..6).map(user).collect::<Vec<_>>() }])
    };
    let [there, back] = said(&tenant(&["u-1"]), &tenant(&["u-1", "u-2"]));
    assert_eq!(there.len(), 1, "{there:?}");
    assert!(
        there[0]
            .starts_with("+ group `Floor` now has user `User 2`: 1 user gains `routing:agent:view over user User 2` ("),
        "{there:?}"
    );
    assert!(back[0].starts_with("- group `Floor` no longer has user `User 2`: 1 user loses"), "{back:?}");
    // Many who come are one line.
    let [there, _] = said(&tenant(&["u-1"]), &tenant(&["u-1", "u-2", "u-3", "u-4", "u-5"]));
    assert!(
        there.len() == 1 && there[0].contains("now has users `User 2`, `User 3`, `User 4` and 1 more"),
        "{there:?}"
    );
}
