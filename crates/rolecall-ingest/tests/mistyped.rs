//! A value of another type than its field holds is said, or it is nothing that anybody reads.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::read;
use rolecall_model::Tenant;
use rolecall_source::SourceFile;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What stands for a value that some other program could not write out: `ConvertTo-Json` of PowerShell puts such text
/// below the depth that it was given.
const LOST: &str = "@{id=lost}";

/// The least room that a value takes, so that another fits in its place and nothing moves.
const ROOM: usize = 32;

/// Of what has fewer different keys nobody can tell that it is an export: ids and names.
const ANYBODYS: usize = 4;

/// A value on the way from the top of a text.
type At = Vec<Step>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    Element(usize),
}

/// Writes a value out, each in as much room as it or the least takes; that at `changed` is replaced.
fn write(value: &Value, at: &mut At, changed: Option<(&At, &Value)>, out: &mut String) {
    let start = out.len();
    match value {
        Value::Array(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                out.push_str(if number > 0 { "," } else { "" });
                at.push(Step::Element(number));
                write(item, at, changed, out);
                at.pop();
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (number, (key, field)) in fields.iter().enumerate() {
                let comma = if number > 0 { "," } else { "" };
                write!(out, "{comma}{}:", Value::from(key.as_str())).expect("text");
                at.push(Step::Key(key.clone()));
                write(field, at, changed, out);
                at.pop();
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
    // Two bytes more for the list that something is put into.
    let room = (out.len() - start + 2).max(ROOM);
    if let Some((_, new)) = changed.filter(|(place, _)| *place == at) {
        out.truncate(start);
        out.push_str(&new.to_string());
        assert!(out.len() - start <= room, "{new} is longer than {value}");
    }
    out.push_str(&" ".repeat((room + start).saturating_sub(out.len())));
}

/// Every value with where it is.
fn values<'v>(value: &'v Value, at: &mut At, all: &mut Vec<(At, &'v Value)>) {
    all.push((at.clone(), value));
    let mut below = |step: Step, value: &'v Value| {
        at.push(step);
        values(value, at, all);
        at.pop();
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| below(Step::Element(n), item)),
        Value::Object(fields) => fields.iter().for_each(|(key, field)| below(Step::Key(key.clone()), field)),
        _ => {}
    }
}

/// Values of other types, among them what programs make of a list of one, and of what they cannot write out.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => {
            let one = items.first().filter(|_| items.len() == 1).cloned();
            [json!(LOST), json!({}), json!(3)].into_iter().chain(one).collect()
        }
        Value::Object(_) => vec![json!(LOST), json!(3), json!([value])],
        Value::String(_) => vec![json!({}), json!([]), json!(3), json!(true)],
        Value::Bool(_) => vec![json!("true"), json!(1), json!([]), json!({})],
        Value::Number(number) => vec![json!(number.to_string()), json!(true), json!([]), json!({})],
        Value::Null => Vec::new(),
    }
}

/// Whether a field may hold a value of that type as well, or need not be said to hold none.
fn is_meant(at: &At, other: &Value, is_terraform: bool) -> bool {
    let Some(Step::Key(key)) = at.last() else { return false };
    match key.as_str() {
        // None, one or several.
        "inheritsFrom" | "division_id" => *other == json!([]),
        // The names of headers are keys or elements; a user's name is one text or two.
        "headers" => *other == json!({}),
        "name" => *other == json!(LOST),
        // What is empty or a flag is no secret, and a number is one.
        "secret" | "clientSecret" | "client_secret" => true,
        "operands" => *other == json!({}),
        "resource" => at.len() == 1,
        // A block without arguments; and Terraform takes switches and figures as text too.
        _ => {
            let is_text_of = |text: &str| text == "true" || text.parse::<u64>().is_ok();
            is_terraform && (*other == json!({}) || other.as_str().is_some_and(is_text_of))
        }
    }
}

/// What a text comes to, without the tables that texts are found by.
fn said(tenant: &Tenant) -> String {
    let permissions: Vec<_> = tenant.permissions.iter().map(|(id, _)| tenant.permissions.spelling(id)).collect();
    let texts: Vec<&str> = tenant.roles.iter().map(|role| tenant.strings.text(role.head.name)).collect();
    let one = (&tenant.refs, &tenant.grants, &tenant.filters, &tenant.roles, &tenant.users, &tenant.service_accounts);
    let two = (&tenant.groups, &tenant.queues, &tenant.views, &tenant.reports, &tenant.oauth_clients);
    let three = (&tenant.recording_policies, &tenant.regions, &tenant.divisions, &tenant.trustees, &tenant.settings);
    let four = (&tenant.scheduled_exports, &tenant.denials, &tenant.has_policies, &tenant.assignments);
    let five = (&tenant.memberships, &tenant.aliases, &tenant.secrets, &tenant.home, &tenant.catalogue);
    format!("{permissions:?} {texts:?} {one:?} {two:?} {three:?} {four:?} {five:?}")
}

/// The same without the bytes at which it is stated.
fn without_places(whole: &str) -> String {
    // A reference that stands alone or in a list of one is the same reference, a byte further on.
    let mut said = String::with_capacity(whole.len());
    for (number, part) in whole.split(" at: ").flat_map(|part| part.split(" offset: ")).enumerate() {
        said.push_str(if number > 0 { part.trim_start_matches(|c: char| c.is_ascii_digit()) } else { part });
    }
    said
}

/// What is read of a text: what it comes to, its pages and how much is wrong with it.
fn outcome(name: &str, text: String) -> (String, usize, bool) {
    let source = SourceFile::from_text(name.to_owned(), text);
    let mut tenant = Tenant::default();
    let document = read(&source, 0, &mut tenant);
    let is_foreign = document.dialect.is_none();
    // What is passed over in a folder is not said.
    let told = document.troubles.iter().filter(|t| !(is_foreign && t.is_unknown_shape())).count();
    let said = format!("{} {:?}", said(&tenant), document.listings);
    (without_places(&said), told + document.notes.len(), is_foreign)
}

/// The values of other types that are read without a word in one text, by where they stand.
fn passed_over(name: &str, whole: &Value) -> BTreeMap<String, Vec<String>> {
    fn text(whole: &Value, changed: Option<(&At, &Value)>) -> String {
        let mut out = String::new();
        write(whole, &mut At::new(), changed, &mut out);
        out
    }
    let (before, told, _) = outcome(name, text(whole, None));
    let mut all = Vec::new();
    values(whole, &mut At::new(), &mut all);
    let is_terraform = ["resource", "terraform_version"].into_iter().any(|key| whole.get(key).is_some());
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The whole may lie in a list, and is nothing else; Terraform writes none, and ids and names alone are anybody's.
    let may_be_listed = !is_terraform && keys(whole).len() >= ANYBODYS;
    for (at, value) in &all {
        for other in others(value).into_iter().filter(|other| !at.is_empty() || (may_be_listed && other.is_array())) {
            let (after, now, is_foreign) = outcome(name, text(whole, Some((at, &other))));
            // A file in which nothing is left that any program would write is named among what was passed over.
            let is_bare = [json!(3), json!({})].contains(&other);
            let is_passed_over = is_foreign && at.len() <= 2 && is_bare;
            let is_said = now > told || is_passed_over;
            if after != before && !is_said && !is_meant(at, &other, is_terraform) {
                let words = at.iter().map(|step| match step {
                    Step::Key(key) => format!("/{key}"),
                    Step::Element(number) => format!("/{number}"),
                });
                found.entry(words.collect()).or_default().push(other.to_string());
            }
        }
    }
    found
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// Of long lists and maps the first elements, which are like the others.
fn shortened(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.truncate(2);
            items.iter_mut().for_each(shortened);
        }
        Value::Object(fields) => {
            // Blocks by their labels.
            if fields.values().all(Value::is_object) {
                let later: Vec<String> = fields.keys().skip(16).cloned().collect();
                later.iter().for_each(|key| drop(fields.remove(key)));
            }
            fields.values_mut().for_each(shortened);
        }
        _ => {}
    }
}

/// Every text of the examples, with the name of its file.
fn texts() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    ["fixtures/dialects", "fixtures/guide", "rules"].iter().for_each(|folder| collect(&root.join(folder), &mut files));
    files.sort();
    let mut texts = Vec::new();
    for path in files {
        let name = path.strip_prefix(&root).expect("below the root").display().to_string();
        let is_lines = name.ends_with(".jsonl");
        // What passes is much like what fails.
        if name.contains("/pass") {
            continue;
        }
        if !is_lines && !name.ends_with(".json") && !name.ends_with(".tfstate") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("readable");
        for text in if is_lines { text.lines().take(6).collect() } else { vec![&*text] } {
            let mut whole: Value = serde_json::from_str(text).expect("JSON");
            shortened(&mut whole);
            texts.push((name.clone(), whole));
        }
    }
    assert!(texts.len() > 90, "{} texts are tried", texts.len());
    texts
}

#[test]
fn no_value_of_another_type_is_passed_over() {
    let mut wrong = Vec::new();
    for (name, whole) in texts() {
        wrong.extend(passed_over(&name, &whole).into_iter().map(|(at, others)| format!("{name}:{at} {others:?}")));
    }
    assert_eq!(wrong, Vec::<String>::new(), "{}", wrong.join("\n"));
}

/// All keys.
fn keys(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, field)| keys(field).into_iter().chain([&**key])).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// The same with all keys spelt otherwise; those of maps are no keys.
fn respelt(value: &Value, spell: &dyn Fn(&str) -> String, is_map: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| respelt(item, spell, false)).collect(),
        Value::Object(fields) => {
            let field = |(key, field): (&String, &Value)| {
                let is_inner = ["permissionMap", "headers"].contains(&key.as_str());
                (if is_map { key.clone() } else { spell(key) }, respelt(field, spell, is_inner))
            };
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn no_file_whose_keys_are_all_spelt_otherwise_is_passed_over() {
    let snake = |key: &str| {
        let parts =
            key.chars().map(|c| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.into() });
        parts.collect::<String>()
    };
    let pascal = |key: &str| {
        let mut letters = key.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let mut wrong = Vec::new();
    for (name, whole) in texts() {
        // Terraform knows one spelling, and writes it itself.
        if whole.get("resource").is_some() || whole.get("terraform_version").is_some() {
            continue;
        }
        let (before, told, is_foreign) = outcome(&name, whole.to_string());
        assert!(!is_foreign, "{name}");
        for (word, spell) in [("snake", &snake as &dyn Fn(&str) -> String), ("pascal", &pascal)] {
            let (after, now, _) = outcome(&name, respelt(&whole, spell, false).to_string());
            let is_anybodys = keys(&whole).len() < ANYBODYS;
            if after != before && now <= told && !is_anybodys {
                wrong.push(format!("{name} in {word}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{}", wrong.join("\n"));
}
