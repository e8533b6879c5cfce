//! Ten thousand users: each change is one line, for exactly those whom it concerns.

use super::{diff, diff_json, people, write};
use crate::text;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const USERS: usize = 10_000;
const ROLES: usize = 60;
const GROUPS: usize = 40;

/// A tenant of internal people: roles that inherit, groups that hold roles, and roles held directly.
fn tenant() -> Value {
    let role = |k: usize| {
        let parents: Vec<String> = (k < 30).then(|| format!("r-{}", k + 30)).into_iter().collect();
        json!({ "id": format!("r-{k}"), "name": format!("Desk {k}"), "inheritsFrom": parents,
                "rolePermissions": [{ "id": format!("desk{k}:item:view"), "scope": "Assigned" }] })
    };
    let group = |k: usize| json!({ "id": format!("g-{k}"), "name": format!("Floor {k}"), "userRoles": [format!("r-{}", k % 30)] });
    let user = |k: usize| {
        json!({ "id": format!("u-{k}"), "name": format!("User {k:05}"), "groups": [format!("g-{}", k % GROUPS)],
                "userRoles": [format!("r-{}", k % ROLES)] })
    };
    json!({
        "roles": (0..ROLES).map(role).collect::<Vec<_>>(),
        "groups": (0..GROUPS).map(group).collect::<Vec<_>>(),
        "users": (0..USERS).map(user).collect::<Vec<_>>(),
    })
}

fn push(value: &mut Value, element: Value) {
    value.as_array_mut().expect("a list").push(element);
}

/// One grant more, by each sort of edge: a name, and what makes it.
type Edit = (&'static str, fn(&mut Value));

const EDITS: [Edit; 6] = [
    ("grants", |t| push(&mut t["roles"][3]["rolePermissions"], json!({ "id": "desk99:item:view", "scope": "All" }))),
    ("grants", |t| t["roles"][34]["rolePermissions"][0]["scope"] = json!("All")),
    ("holds", |t| push(&mut t["groups"][5]["userRoles"], json!("r-29"))),
    ("member-of", |t| push(&mut t["users"][7]["groups"], json!("g-20"))),
    ("holds", |t| push(&mut t["users"][8]["userRoles"], json!("r-59"))),
    ("inherits", |t| push(&mut t["roles"][45]["inheritsFrom"], json!("r-59"))),
];

/// What every user may do, worked out with sets and loops.
fn access(tenant: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let strings = |value: &Value| -> Vec<String> { value.as_array().into_iter().flatten().map(text).collect() };
    let by_id = |kind: &str| -> BTreeMap<String, &Value> {
        tenant[kind].as_array().expect("a list").iter().map(|entity| (text(&entity["id"]), entity)).collect()
    };
    let (roles, groups) = (by_id("roles"), by_id("groups"));
    let mut found = BTreeMap::new();
    for user in tenant["users"].as_array().expect("a list") {
        let mut open = strings(&user["userRoles"]);
        strings(&user["groups"]).iter().for_each(|group| open.extend(strings(&groups[group]["userRoles"])));
        let mut entries = BTreeSet::new();
        while let Some(role) = open.pop() {
            open.extend(strings(&roles[&role]["inheritsFrom"]));
            for entry in roles[&role]["rolePermissions"].as_array().expect("a list") {
                entries.insert(format!("{} over {}", text(&entry["id"]), text(&entry["scope"])));
            }
        }
        found.insert(text(&user["id"]), entries);
    }
    found
}

/// Those who have an entry in `after` that nothing in `before` covers.
fn gainers(before: &Value, after: &Value) -> BTreeSet<String> {
    let (before, after) = (access(before), access(after));
    let is_covered = |who: &String, line: &String| {
        let wide = line.replace("over Assigned", "over All");
        before[who].contains(line) || before[who].contains(&wide)
    };
    after
        .iter()
        .filter(|(who, lines)| lines.iter().any(|line| !is_covered(who, line)))
        .map(|(who, _)| who.clone())
        .collect()
}

#[test]
fn each_edge_is_one_cause_in_each_direction_for_exactly_those_it_concerns() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = tenant();
    write(&folder.path().join("old"), &old, false);
    for (number, (edge, edit)) in EDITS.iter().enumerate() {
        let mut new = old.clone();
        edit(&mut new);
        let paths = [folder.path().join("old"), folder.path().join(format!("new-{number}"))];
        write(&paths[1], &new, true);
        let gain = gainers(&old, &new);
        assert!(!gain.is_empty() && gain.len() < USERS / 2, "{edge}: {}", gain.len());
        let (code, wider) = diff_json(&paths[0], &paths[1]);
        let (back, narrower) = diff_json(&paths[1], &paths[0]);
        assert_eq!((code, back), (1, 0), "{edge}");
        for (report, side, other) in [(&wider, "gained", "lost"), (&narrower, "lost", "gained")] {
            assert_eq!(report[side].as_array().map(Vec::len), Some(1), "{edge}: {}", report[side]);
            assert_eq!(report[other], json!([]), "{edge}");
            assert_eq!(report[side][0]["edge"], *edge);
            assert_eq!(people(&report[side]), gain, "{edge}");
            assert!(
                text(&report[side][0]["location"]["path"]).contains("new-"),
                "{edge}: {}",
                report[side][0]["location"]
            );
        }
    }
}

/// The lines of a difference, each up to what it brings.
fn starts(out: &str) -> Vec<String> {
    let lines = out.lines().filter(|line| !line.starts_with("    "));
    lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
}

/// Each line says what is gained, and the other way round what is lost; what moved is no change.
fn assert_lines(old: &Value, new: &Value, write: fn(&Path, &Value, bool), gained: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = ["old", "new", "moved"].map(|name| folder.path().join(name));
    write(&paths[0], old, false);
    write(&paths[1], new, true);
    write(&paths[2], old, true);
    let (code, out) = diff(&paths[0], &paths[1], &["--quiet"]);
    assert_eq!((code, starts(&out)), (1, gained.iter().map(|line| format!("+ {line}")).collect()), "{out}");
    assert!(out.contains("new/a-"), "{out}");
    let (code, out) = diff(&paths[1], &paths[0], &["--quiet"]);
    let lost = gained.iter().map(|line| format!("- {line}").replace("now ", "no longer ")).collect();
    assert_eq!((code, starts(&out)), (0, lost), "{out}");
    assert_eq!(diff(&paths[0], &paths[2], &["--quiet"]), (0, String::new()));
}

#[test]
fn three_changed_grants_among_ten_thousand_users_are_three_lines_and_nothing_else() {
    let old = tenant();
    let mut new = old.clone();
    [0, 2, 4].into_iter().for_each(|number: usize| EDITS[number].1(&mut new));
    let gained = [
        "`User 00008` now holds role `Desk 59`",
        "group `Floor 5` now holds role `Desk 29`",
        "role `Desk 3` now gives `desk99",
    ];
    assert_lines(&old, &new, write, &gained);
}

#[test]
fn a_membership_an_inheritance_and_a_role_of_a_group_are_a_line_each() {
    let old = tenant();
    let mut new = old.clone();
    [2, 3, 5].into_iter().for_each(|number: usize| EDITS[number].1(&mut new));
    let gained = [
        "`User 00007` is now a member of group `Floor 20`",
        "group `Floor 5` now holds role `Desk 29`",
        "role `Desk 45` now inherits from role `Desk 59`",
    ];
    assert_lines(&old, &new, write, &gained);
}

/// The same tenant in the platform's words: a user has a role in a division, a group has one in every one.
fn platform() -> Value {
    let named = |id: String, name: String| json!({ "id": id, "name": name });
    let policy = |k: usize| json!({ "domain": "routing", "entityName": format!("desk{k}"), "actionSet": ["view"] });
    let role =
        |k: usize| json!({ "id": format!("r-{k}"), "name": format!("Desk {k}"), "permissionPolicies": [policy(k)] });
    let user = |k: usize| {
        json!({ "id": format!("u-{k}"), "name": format!("User {k:05}"), "username": format!("u{k}@x.example"),
                "state": "active", "division": { "id": "d-0", "name": "Home" } })
    };
    let given = |subject: String, role: usize, division: String| {
        let division = if division == "*" { json!({ "id": division }) } else { named(division.clone(), String::new()) };
        let grant = json!({ "subjectId": subject, "division": division, "role": { "id": format!("r-{role}") } });
        json!({ "id": subject, "name": "", "version": 1, "grants": [grant] })
    };
    let members = |k: usize| {
        let users: Vec<Value> = (0..USERS).filter(|user| user % GROUPS == k).map(user).collect();
        json!({ "entities": users, "selfUri": format!("/api/v2/groups/g-{k}/individuals") })
    };
    let of_user = |k: usize| given(format!("u-{k}"), k % ROLES, format!("d-{}", 1 + k % 3));
    let of_group = |k: usize| given(format!("g-{k}"), k % 30, "*".to_owned());
    let divisions = ["Home", "Claims", "Sales", "Night"].into_iter().enumerate();
    let divisions = divisions.map(|(k, name)| json!({ "id": format!("d-{k}"), "name": name, "homeDivision": k == 0 }));
    json!({
        "divisions": divisions.collect::<Vec<_>>(),
        "roles": (0..ROLES).map(role).collect::<Vec<_>>(),
        "groups": (0..GROUPS).map(|k| named(format!("g-{k}"), format!("Floor {k}"))).collect::<Vec<_>>(),
        "users": (0..USERS).map(user).collect::<Vec<_>>(),
        "subjects": (0..USERS).map(of_user).chain((0..GROUPS).map(of_group)).collect::<Vec<_>>(),
        "members": (0..GROUPS).map(members).collect::<Vec<_>>(),
    })
}

/// A page for each kind and each listing of members; moved, by other names and the other way round.
fn write_pages(folder: &Path, tenant: &Value, is_moved: bool) {
    fs::create_dir_all(folder).expect("a folder");
    let name = |kind: &str| folder.join(if is_moved { format!("a-{kind}.json") } else { format!("{kind}.json") });
    for (kind, address) in [
        ("divisions", "authorization/divisions"),
        ("roles", "authorization/roles"),
        ("groups", "groups"),
        ("users", "users"),
    ] {
        let mut list = tenant[kind].as_array().expect("a list").clone();
        if is_moved {
            list.reverse();
        }
        let page = json!({ "entities": list, "selfUri": format!("/api/v2/{address}") });
        fs::write(name(kind), page.to_string()).expect("written");
    }
    let subjects = tenant["subjects"].as_array().expect("a list").iter().map(|subject| format!("{subject}\n"));
    let subjects: String = if is_moved { subjects.rev().collect() } else { subjects.collect() };
    fs::write(name("subjects").with_extension("jsonl"), subjects).expect("written");
    for (k, page) in tenant["members"].as_array().expect("a list").iter().enumerate() {
        fs::write(name(&format!("members-{k}")), page.to_string()).expect("written");
    }
}

#[test]
fn a_division_a_policy_a_membership_and_a_role_of_a_group_are_a_line_each_on_the_platform() {
    let old = platform();
    let mut new = old.clone();
    let grants = |subject: usize| format!("/subjects/{subject}/grants");
    let division = format!("{}/0/division", grants(35));
    *new.pointer_mut(&division).expect("a grant") = json!({ "id": "*" });
    let role = json!({ "subjectId": "g-5", "division": { "id": "d-2" }, "role": { "id": "r-44" } });
    push(new.pointer_mut(&grants(USERS + 5)).expect("a group's"), role);
    let policy = json!({ "domain": "routing", "entityName": "desk99", "actionSet": ["edit"] });
    push(&mut new["roles"][3]["permissionPolicies"], policy);
    let user = new["users"][9].clone();
    push(&mut new["members"][20]["entities"], user);
    // A division is the same by another name.
    new["divisions"][2]["name"] = json!("Trade");
    let gained = [
        "`User 00009` is now a member of group `Floor 20`",
        "`User 00035` now holds role `Desk 35` in `every division`, before `division",
        "group `Floor 5` now holds role `Desk 44` in `division Sales`",
        "role `Desk 3` now gives `routing",
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let paths = ["old", "new"].map(|name| folder.path().join(name));
    write_pages(&paths[0], &old, false);
    write_pages(&paths[1], &new, true);
    let (code, out) = diff(&paths[0], &paths[1], &["--quiet"]);
    assert_eq!((code, starts(&out)), (1, gained.iter().map(|line| format!("+ {line}")).collect()), "{out}");
    let (code, out) = diff(&paths[1], &paths[0], &["--quiet"]);
    assert_eq!((code, starts(&out).len()), (0, gained.len()), "{out}");
    assert!(out.lines().filter(|line| !line.starts_with("    ")).all(|line| line.starts_with("- ")), "{out}");
}
