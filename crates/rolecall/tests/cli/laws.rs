//! Laws: what may change in an export without changing what is found in it.

use crate::{check_json, findings, home, text};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::sync::LazyLock;

/// What is found in the tenants as they are, which no law changes.
static GUIDE: LazyLock<BTreeSet<[String; 3]>> = LazyLock::new(|| found(&bundle(&tenant())));
static PLATFORM: LazyLock<BTreeSet<[String; 3]>> =
    LazyLock::new(|| found_with(&scattered(&platform(), "json", &mut 1), &PARTNERS));
static TERRAFORM: LazyLock<BTreeSet<[String; 3]>> =
    LazyLock::new(|| found_with(&scattered(&[terraform()], "tf.json", &mut 1), &PARTNERS));

/// The kinds of entities and the guide fixture's files that hold them.
fn tenant() -> Map<String, Value> {
    let read =
        |name: &str| -> String { fs::read_to_string(home().join("fixtures/guide").join(name)).expect("the fixture") };
    let value = |name: &str| -> Value { serde_json::from_str(&read(name)).expect("JSON") };
    let list = |value: Value| value.as_array().expect("a list").clone();
    let mut all: Map<String, Value> = value("integrations.json").as_object().expect("an object").clone();
    let mut roles = list(all["roles"].take());
    roles.extend(list(value("roles.json")["roles"].take()));
    roles.extend(list(value("roles/partner.json")));
    roles.push(value("roles/bpo-agent-restricted.json"));
    let mut users = list(value("users/page-1.json")["entities"].take());
    users.extend(list(value("users/page-2.json")["entities"].take()));
    users.extend(read("users/manila.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")));
    all.insert("roles".into(), roles.into());
    all.insert("users".into(), users.into());
    all.insert("groups".into(), value("groups.json"));
    all.insert("views".into(), value("views.json"));
    all.insert("recordingPolicies".into(), value("recording-policies.json"));
    for (name, key) in [("queues.json", "queues"), ("reports.json", "reports"), ("regions.json", "regions")] {
        all.insert(key.into(), value(name)[key].take());
    }
    all
}

/// What was found, less its places.
fn found(folder: &tempfile::TempDir) -> BTreeSet<[String; 3]> {
    found_with(folder, &[])
}

fn found_with(folder: &tempfile::TempDir, more: &[&str]) -> BTreeSet<[String; 3]> {
    let (code, report) = check_json(&[&[folder.path().to_str().expect("UTF-8")], more].concat());
    assert_eq!(code, 1, "{}", report["problems"]);
    findings(&report).iter().map(|f| [text(&f["rule"]), text(&f["subject"]["name"]), text(&f["message"])]).collect()
}

fn written(files: &[(String, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, body) in files {
        fs::write(folder.path().join(name), body).expect("a file");
    }
    folder
}

fn bundle(tenant: &Map<String, Value>) -> tempfile::TempDir {
    written(&[("tenant.json".into(), Value::Object(tenant.clone()).to_string())])
}

/// A number that seems random and follows from the seed alone.
pub(crate) fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).expect("31 bits")
}

pub(crate) fn shuffle<T>(list: &mut [T], seed: &mut u64) {
    for at in (1..list.len()).rev() {
        list.swap(at, next(seed) % (at + 1));
    }
}

/// The value as text with its keys in another order and white space anywhere.
pub(crate) fn scribble(value: &Value, seed: &mut u64, out: &mut String) {
    let space = ["", " ", "\n", "\t  ", "\r\n"];
    out.push_str(space[next(seed) % space.len()]);
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            shuffle(&mut fields, seed);
            out.push('{');
            for (number, (key, field)) in fields.into_iter().enumerate() {
                out.push_str(if number > 0 { "," } else { "" });
                out.push_str(&format!("{}:", json!(key)));
                scribble(field, seed, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                out.push_str(if number > 0 { "," } else { "" });
                scribble(item, seed, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
    out.push_str(space[next(seed) % space.len()]);
}

/// The values of the platform's form of the tenant, each with the page around it.
fn platform() -> Vec<Value> {
    let mut folders = vec![home().join("fixtures/dialects/platform")];
    let mut values = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a file");
            if path.extension().is_some_and(|end| end == "jsonl") {
                values.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")));
            } else {
                values.push(serde_json::from_str(&text).expect("JSON"));
            }
        }
    }
    values
}

/// The same in Terraform's words.
fn terraform() -> Value {
    let path = home().join("fixtures/dialects/cx-as-code/json/genesyscloud.tf.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the file")).expect("JSON")
}

const PARTNERS: [&str; 2] = ["--config", "fixtures/dialects/rolecall.toml"];

/// Each value in a file of its own, in other words.
fn scattered(values: &[Value], end: &str, seed: &mut u64) -> tempfile::TempDir {
    let mut files = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let mut body = String::new();
        scribble(value, seed, &mut body);
        files.push((format!("{}-{number}.{end}", next(seed) % 7), body));
    }
    written(&files)
}

fn entities(tenant: &mut Map<String, Value>) -> impl Iterator<Item = (&String, &mut Vec<Value>)> {
    tenant.iter_mut().filter_map(|(kind, list)| Some((kind, list.as_array_mut()?)))
}

/// Every id by another.
fn rename(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, names)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_white_space_and_files_change_nothing(seed in any::<u64>()) {
        let mut seed = seed;
        let mut tenant = tenant();
        entities(&mut tenant).for_each(|(_, list)| shuffle(list, &mut seed));
        let mut files = Vec::new();
        for (kind, list) in entities(&mut tenant) {
            let parts = 1 + next(&mut seed) % 3;
            for (number, part) in list.chunks(list.len().div_ceil(parts)).enumerate() {
                let mut body = String::new();
                scribble(&json!({ kind: part }), &mut seed, &mut body);
                files.push((format!("{}{kind}{number}.json", next(&mut seed) % 7), body));
            }
        }
        prop_assert_eq!(&*GUIDE, &found(&written(&files)));
    }

    #[test]
    fn order_white_space_and_files_change_nothing_on_the_platform(seed in any::<u64>()) {
        let mut seed = seed;
        let mut values = platform();
        for value in &mut values {
            for key in ["entities", "grants"] {
                if let Some(list) = value.get_mut(key).and_then(Value::as_array_mut) {
                    shuffle(list, &mut seed);
                }
            }
        }
        shuffle(&mut values, &mut seed);
        prop_assert_eq!(&*PLATFORM, &found_with(&scattered(&values, "json", &mut seed), &PARTNERS));
    }

    #[test]
    fn order_white_space_and_files_change_nothing_in_terraform(seed in any::<u64>()) {
        let mut seed = seed;
        let whole = terraform();
        // One file a resource, in the order of the throw.
        let mut files: Vec<Value> = Vec::new();
        for (kind, blocks) in whole["resource"].as_object().expect("types") {
            for (label, body) in blocks.as_object().expect("labels") {
                files.push(json!({ "resource": { kind: { label: body } } }));
            }
        }
        shuffle(&mut files, &mut seed);
        let parts = 1 + next(&mut seed) % 5;
        let joined: Vec<Value> = files.chunks(files.len().div_ceil(parts)).map(|part| {
            let blocks: Vec<&Value> = part.iter().map(|file| &file["resource"]).collect();
            json!({ "resource": blocks })
        }).collect();
        prop_assert_eq!(&*TERRAFORM, &found_with(&scattered(&joined, "tf.json", &mut seed), &PARTNERS));
    }

    #[test]
    fn the_names_of_ids_change_nothing(seed in any::<u64>()) {
        let mut seed = seed;
        let mut tenant = tenant();
        let mut names = HashMap::new();
        for (_, list) in entities(&mut tenant) {
            for id in list.iter().filter_map(|entity| entity["id"].as_str()) {
                // Regions are named by their ids alone in references, and messages name an id given twice.
                if !id.contains("mea") && !id.contains("us-1") && !id.contains("apac") && id != "u-303" {
                    names.insert(id.to_owned(), format!("x{}-{id}", next(&mut seed) % 97));
                }
            }
        }
        entities(&mut tenant).for_each(|(_, list)| list.iter_mut().for_each(|entity| rename(entity, &names)));
        prop_assert_eq!(&*GUIDE, &found(&bundle(&tenant)));
    }

    #[test]
    fn another_grant_hides_no_finding(seed in any::<u64>()) {
        let mut seed = seed;
        let mut tenant = tenant();
        let pairs = |found: BTreeSet<[String; 3]>| -> BTreeSet<(String, String)> { found.into_iter().map(|[rule, subject, _]| (rule, subject)).collect() };
        let before = pairs(GUIDE.clone());
        let permissions = ["reporting:reportingData:view", "routing:queue:view", "user:impersonate", "recording:recording:view"];
        let scopes = ["All", "Group", "Assigned", "Self"];
        let roles = tenant["roles"].as_array_mut().expect("a list");
        let role = next(&mut seed) % roles.len();
        let entry = json!({"id": permissions[next(&mut seed) % 4], "scope": scopes[next(&mut seed) % 4], "groups": ["BPO Porto"]});
        roles[role]["rolePermissions"].as_array_mut().expect("a list").push(entry);
        let after = pairs(found(&bundle(&tenant)));
        prop_assert!(before.is_subset(&after), "{:?}", before.difference(&after));
    }

    #[test]
    fn cutting_the_last_edge_of_a_witness_removes_it(pick in any::<proptest::sample::Index>(), other in any::<proptest::sample::Index>()) {
        let mut whole = Value::Object(tenant());
        let found = reported(&whole);
        // Edges of every kind alike.
        let last = |f: &Value| f["witness"].as_array().and_then(|w| w.last().map(|step| text(&step["edge"])));
        let kinds: Vec<String> = found.iter().filter_map(last).collect::<BTreeSet<_>>().into_iter().collect();
        let kind = kinds[pick.index(kinds.len())].clone();
        let cases: Vec<&Value> = found.iter().filter(|f| last(f).as_ref() == Some(&kind)).collect();
        let case = cases[other.index(cases.len())];
        let is_there = |f: &&Value| f["rule"] == case["rule"] && named(f) == named(case);
        let mut left = found.clone();
        // A membership may be stated at the user, at the group, and once more.
        for _ in 0..4 {
            let Some(still) = left.iter().find(is_there) else { break };
            let step = still["witness"].as_array().and_then(|w| w.last()).expect("a step");
            remove(&mut whole, &text(&step["location"]["pointer"]));
            left = reported(&whole);
        }
        prop_assert!(!left.iter().any(|f| is_there(&f)), "{case}");
    }
}

/// A witness less its places.
fn named(finding: &Value) -> Vec<[&Value; 4]> {
    let steps = finding["witness"].as_array().into_iter().flatten();
    steps.map(|step| [&step["edge"], &step["from"], &step["to"], &step["over"]]).collect()
}

fn reported(whole: &Value) -> Vec<Value> {
    let folder = written(&[("tenant.json".into(), whole.to_string())]);
    let (_, report) = check_json(&[folder.path().to_str().expect("UTF-8")]);
    findings(&report).clone()
}

/// Takes a reference or an entry out of its list or field.
fn remove(whole: &mut Value, pointer: &str) {
    let at = ["/id", "/name"].iter().find_map(|own| pointer.strip_suffix(own)).unwrap_or(pointer);
    let (around, last) = at.rsplit_once('/').expect("what it is in");
    match whole.pointer_mut(around).expect("what it is in") {
        Value::Array(list) => drop(list.remove(last.parse().expect("a number"))),
        Value::Object(fields) => drop(fields.remove(last)),
        other => unreachable!("{other} holds nothing"),
    }
}
