//! Laws on made-up tenants, and who gained held against a second reckoning.

use super::{diff_json, people};
use crate::laws::{next, scribble, shuffle};
use crate::text;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

const ROLES: usize = 7;
const GROUPS: usize = 4;
const USERS: usize = 12;
const QUEUES: usize = 5;
const VIEWS: usize = 3;
const PERMISSIONS: [&str; 4] = ["desk1:item:view", "desk1:item:edit", "desk2:item:view", "desk1:*:*"];

fn some(prefix: &str, count: usize, seed: &mut u64) -> Vec<String> {
    (0..count).filter(|_| next(seed).is_multiple_of(3)).map(|k| format!("{prefix}-{k}")).collect()
}

/// Somebody and something are always in a view or group: what is within nothing may be anything.
fn entry(seed: &mut u64) -> Value {
    let permission = PERMISSIONS[next(seed) % PERMISSIONS.len()];
    match next(seed) % 6 {
        0 => json!({ "id": permission, "scope": "All" }),
        1 => json!({ "id": permission }),
        2 => json!({ "id": permission, "scope": "Self" }),
        3 => json!({ "id": permission, "scope": "Assigned" }),
        4 => json!({ "id": permission, "scope": "View", "views": [format!("v-{}", next(seed) % VIEWS)] }),
        _ => json!({ "id": permission, "scope": "Group", "groups": [format!("g-{}", next(seed) % GROUPS)] }),
    }
}

fn made(seed: &mut u64) -> Value {
    let role = |k: usize, seed: &mut u64| {
        let entries: Vec<Value> = (0..1 + next(seed) % 3).map(|_| entry(seed)).collect();
        json!({ "id": format!("r-{k}"), "name": format!("Role {k}"), "inheritsFrom": some("r", k, seed), "rolePermissions": entries })
    };
    let group = |k: usize, seed: &mut u64| json!({ "id": format!("g-{k}"), "name": format!("Group {k}"), "userRoles": some("r", ROLES, seed) });
    let user = |k: usize, seed: &mut u64| {
        let groups = if k == 0 { (0..GROUPS).map(|k| format!("g-{k}")).collect() } else { some("g", GROUPS, seed) };
        json!({ "id": format!("u-{k}"), "name": format!("User {k}"), "groups": groups, "userRoles": some("r", 3, seed) })
    };
    let view = |k: usize, seed: &mut u64| {
        let queues: Vec<String> = std::iter::once("q-0".to_owned())
            .chain(some("q", QUEUES, seed).into_iter().filter(|q| q != "q-0"))
            .collect();
        json!({ "id": format!("v-{k}"), "name": format!("View {k}"), "queues": queues, "users": some("u", USERS, seed) })
    };
    let queue = |k: usize, seed: &mut u64| json!({ "id": format!("q-{k}"), "name": format!("Queue {k}"), "memberGroups": some("g", GROUPS, seed) });
    json!({
        "roles": (0..ROLES).map(|k| role(k, seed)).collect::<Vec<_>>(),
        "groups": (0..GROUPS).map(|k| group(k, seed)).collect::<Vec<_>>(),
        "users": (0..USERS).map(|k| user(k, seed)).collect::<Vec<_>>(),
        "views": (0..VIEWS).map(|k| view(k, seed)).collect::<Vec<_>>(),
        "queues": (0..QUEUES).map(|k| queue(k, seed)).collect::<Vec<_>>(),
    })
}

/// A tenant with a few edges more or less.
fn changed(tenant: &Value, seed: &mut u64) -> Value {
    let mut tenant = tenant.clone();
    let lists = [
        ("roles", "inheritsFrom", "r", ROLES),
        ("roles", "rolePermissions", "", 0),
        ("groups", "userRoles", "r", ROLES),
        ("users", "groups", "g", GROUPS),
        ("users", "userRoles", "r", ROLES),
        ("views", "queues", "q", QUEUES),
        ("views", "users", "u", USERS),
        ("queues", "memberGroups", "g", GROUPS),
    ];
    for _ in 0..1 + next(seed) % 4 {
        let (kind, key, prefix, count) = lists[next(seed) % lists.len()];
        let of = next(seed) % tenant[kind].as_array().map_or(1, Vec::len);
        let list = tenant[kind][of][key].as_array_mut().expect("a list");
        let new = if prefix.is_empty() { entry(seed) } else { json!(format!("{prefix}-{}", next(seed) % count)) };
        let is_fixed = |item: &Value| *item == "q-0" || (kind == "users" && of == 0 && key == "groups");
        match list.iter().position(|item| *item == new) {
            Some(at) if !is_fixed(&new) => drop(list.remove(at)),
            Some(_) => {}
            None if prefix.is_empty() && !list.is_empty() && next(seed).is_multiple_of(2) => list[0] = new,
            None => list.push(new),
        }
    }
    tenant
}

fn write(folder: &Path, tenant: &Value) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("tenant.json"), tenant.to_string()).expect("written");
}

/// The same tenant by other names of files, in several, with every list in another order.
fn write_moved(folder: &Path, tenant: &Value, seed: &mut u64) {
    fs::create_dir_all(folder.join("sub")).expect("a folder");
    for (kind, list) in tenant.as_object().expect("an object") {
        let mut list = list.as_array().expect("a list").clone();
        for entity in &mut list {
            for field in entity.as_object_mut().expect("an object").values_mut() {
                field.as_array_mut().into_iter().for_each(|list| shuffle(list, seed));
            }
        }
        shuffle(&mut list, seed);
        let half = next(seed) % (list.len() + 1);
        for (name, part) in [("sub/z", &list[..half]), ("y", &list[half..])] {
            let mut text = String::new();
            scribble(&json!({ kind: part }), seed, &mut text);
            fs::write(folder.join(format!("{name}-{kind}.json")), text).expect("written");
        }
    }
}

/// A permission, and over what: a word, or one thing.
type Piece = (String, String);

/// What every user may do, piece by piece, worked out with sets and loops.
fn access(tenant: &Value) -> BTreeMap<String, BTreeSet<Piece>> {
    let strings = |value: &Value| -> Vec<String> { value.as_array().into_iter().flatten().map(text).collect() };
    let of = |kind: &str| tenant[kind].as_array().expect("a list");
    let find = |kind: &str, id: &str| of(kind).iter().find(|entity| entity["id"] == id).expect("it is there");
    let within = |entry: &Value| -> Vec<String> {
        let views = strings(&entry["views"]).into_iter().flat_map(|view| {
            let view = find("views", &view);
            strings(&view["queues"]).into_iter().chain(strings(&view["users"]))
        });
        let groups = strings(&entry["groups"]).into_iter().flat_map(|group| {
            let has = |list: &Value| strings(list).contains(&group);
            let users = of("users").iter().filter(|user| has(&user["groups"]));
            let queues = of("queues").iter().filter(|queue| has(&queue["memberGroups"]));
            users.chain(queues).map(|thing| text(&thing["id"])).collect::<Vec<_>>()
        });
        views.chain(groups).collect()
    };
    let mut found = BTreeMap::new();
    for user in of("users") {
        let mut open = strings(&user["userRoles"]);
        strings(&user["groups"]).iter().for_each(|group| open.extend(strings(&find("groups", group)["userRoles"])));
        let (mut seen, mut pieces) = (HashSet::new(), BTreeSet::new());
        while let Some(role) = open.pop() {
            if !seen.insert(role.clone()) {
                continue;
            }
            let role = find("roles", &role);
            open.extend(strings(&role["inheritsFrom"]));
            for entry in role["rolePermissions"].as_array().expect("a list") {
                let things = within(entry);
                let word = entry["scope"].as_str().unwrap_or("All").to_owned();
                let over = if things.is_empty() { vec![word] } else { things };
                pieces.extend(over.into_iter().map(|over| (text(&entry["id"]), over)));
            }
        }
        found.insert(text(&user["id"]), pieces);
    }
    found
}

fn covers(wide: &Piece, narrow: &Piece) -> bool {
    let rank = |over: &str| match over {
        "Self" => 0,
        "Assigned" => 1,
        "All" => 3,
        _ => 2,
    };
    let is_action = wide.0.split(':').zip(narrow.0.split(':')).all(|(wide, narrow)| wide == "*" || wide == narrow);
    is_action && (wide.1 == narrow.1 || rank(&wide.1) > rank(&narrow.1))
}

/// Those who have a piece in `after` that nothing in `before` covers.
fn gainers(before: &Value, after: &Value) -> BTreeSet<String> {
    let (before, after) = (access(before), access(after));
    let is_new = |who: &String, piece: &Piece| !before[who].iter().any(|known| covers(known, piece));
    let gained = after.iter().filter(|(who, pieces)| pieces.iter().any(|piece| is_new(who, piece)));
    gained.map(|(who, _)| who.clone()).collect()
}

#[test]
fn what_one_gains_is_what_the_other_way_round_is_lost_and_nothing_is_gained_by_moving() {
    let mut seed = 20_261_126;
    let (mut wider, mut same) = (0, 0);
    for round in 0..60 {
        let old = made(&mut seed);
        let new = changed(&old, &mut seed);
        let folder = tempfile::tempdir().expect("a folder");
        let [old_path, new_path, moved] = ["old", "new", "moved"].map(|name| folder.path().join(name));
        write(&old_path, &old);
        write(&new_path, &new);
        write_moved(&moved, &new, &mut seed);
        let (_, there) = diff_json(&old_path, &new_path);
        let (_, back) = diff_json(&new_path, &old_path);
        for (one, other) in [("gained", "lost"), ("lost", "gained"), ("new", "fixed"), ("fixed", "new")] {
            assert_eq!(there[one], back[other], "{round}: {one}");
        }
        assert_eq!(people(&there["gained"]), gainers(&old, &new), "{round}: {there} {old} {new}");
        assert_eq!(people(&there["lost"]), gainers(&new, &old), "{round}: {there}");
        wider += usize::from(!gainers(&old, &new).is_empty());
        same += usize::from(gainers(&old, &new).is_empty() && old != new);
        for other in [&new_path, &moved] {
            let (code, nothing) = diff_json(&new_path, other);
            let all = ["gained", "lost", "new", "fixed"].map(|side| nothing[side].as_array().map(Vec::len));
            assert_eq!((code, all), (0, [Some(0); 4]), "{round}: {nothing}");
        }
    }
    assert!(wider > 20 && same > 5, "{wider} {same}");
}
