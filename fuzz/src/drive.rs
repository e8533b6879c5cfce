//! One function for each fuzz target: it takes any bytes and panics where a promise is broken.
//!
//! `crates/rolecall/tests/cli/seeds.rs` runs the same functions over the seeds.

use rolecall_engine::{FileFault, Lock, Outcome, Policy, RuleFile, Rulebook, check as judge};
use rolecall_graph::AccessGraph;
use rolecall_ingest::{Document, Located, is_read_whole, locate, read, read_feed};
use rolecall_model::{Kind, Place, Tenant};
use rolecall_report::{FORMATS, Format, Location, Problem, TextOptions, Verdict, write_fault};
use rolecall_source::{Feed, FileId, LineIndex, MAX_DEPTH, Scanner, SourceFile, Sources, pointers};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

/// Names of files, so that JSON and JSON lines both come up, and hints from names too.
const JSON: [&str; 3] = ["tenant.json", "groups/x.json", "users.jsonl"];

/// The loader of the guide dialect.
pub fn guide(bytes: &[u8]) {
    JSON.iter().for_each(|name| load(name, bytes));
}

/// The loader of the platform dialect.
pub fn platform(bytes: &[u8]) {
    ["roles.json", "subjects.jsonl"].iter().for_each(|name| load(name, bytes));
}

/// The loader of Terraform's configuration in JSON, and of its state.
pub fn terraform(bytes: &[u8]) {
    load("genesyscloud.tf.json", bytes);
}

/// The loader of Terraform's configuration in HCL.
pub fn hcl(bytes: &[u8]) {
    load("main.tf", bytes);
}

/// A file is read to an end, every trouble lies in it, every entity is found again, and what is
/// read without a trouble is JSON to a strict reader too.
fn load(name: &str, bytes: &[u8]) {
    let Ok(source) = SourceFile::from_bytes(name.to_owned(), bytes.to_vec()) else { return };
    let mut tenant = Tenant::default();
    let document = read(&source, 0, &mut tenant);
    let length = source.text().len();
    in_stretches(name, bytes, &document, &tenant);
    for trouble in document.troubles.iter().chain(&document.notes) {
        is_in(source.text(), trouble.at as usize..trouble.end as usize);
        if let Some((at, end, _)) = trouble.related {
            is_in(source.text(), at as usize..end as usize);
        }
    }
    if !name.ends_with(".tf") {
        let is_strict = strict(source.text(), document.layout.lines);
        assert!(is_strict != Some(false) || !document.troubles.is_empty(), "a strict reader refuses it");
    }
    let places = places_of(&tenant);
    let located = locate(&source, &document.layout, &places);
    let is_inside = |at: &Located| at.start <= at.end && at.end as usize <= length;
    assert!(located.values().all(is_inside), "{located:?} of {length}");
    if document.troubles.is_empty() {
        assert!(places.iter().all(|place| located.contains_key(place)), "an entity is not found again");
    }
}

/// A file of JSON says the same with a few bytes at hand.
fn in_stretches(name: &str, bytes: &[u8], known: &Document, tenant: &Tenant) {
    if is_read_whole(name) {
        return;
    }
    let room = 1 + bytes.len() % 200;
    let mut again = Tenant::default();
    let document = read_feed(name, &mut Feed::by_stretches(bytes, room), 0, &mut again);
    assert_eq!((&document.troubles, &document.notes), (&known.troubles, &known.notes), "by {room}");
    assert_eq!(document.entities, known.entities, "by {room}");
    let said = |tenant: &Tenant| format!("{:?}{:?}{:?}", tenant.refs, tenant.grants, tenant.assignments);
    assert_eq!(said(&again), said(tenant), "by {room}");
}

/// Whether `serde_json` takes the text; it cannot tell of numbers that no machine type holds.
fn strict(text: &str, is_lines: bool) -> Option<bool> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    let mut count = 0;
    for value in values.by_ref() {
        match value {
            Ok(_) => count += 1,
            Err(error) if error.to_string().contains("number out of range") => return None,
            // Its limit is one level lower.
            Err(error) if error.to_string().contains("recursion limit") => return None,
            Err(_) => return Some(false),
        }
    }
    Some(is_lines || count == 1)
}

fn is_in(text: &str, range: Range<usize>) {
    assert!(range.start <= range.end && range.end <= text.len() + 1, "{range:?} of {}", text.len());
}

fn places_of(tenant: &Tenant) -> Vec<Place> {
    let heads = Kind::ALL.into_iter().flat_map(|kind| tenant.entities(kind));
    let mut places: Vec<Place> = heads.map(|entity| Place::name(tenant.head(entity).origin)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// The pointers of offsets: the first two bytes choose the offsets, the rest is the text. Each
/// pointer leads to a value for any other reader too.
pub fn locator(bytes: &[u8]) {
    let Some(([first, step], rest)) = bytes.split_at_checked(2).map(|(head, rest)| ([head[0], head[1]], rest)) else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let offsets: Vec<u32> = (u32::from(first)..).step_by(usize::from(step) + 1).take(64).collect();
    let Ok(found) = pointers(text, &offsets, false, &[]) else { return };
    assert_eq!(found.len(), offsets.len());
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return };
    // Of two equal keys other readers know one.
    let mut scanner = Scanner::new(text);
    if scanner.skip_value().is_err() || !scanner.take_faults().is_empty() {
        return;
    }
    for pointer in found {
        assert!(value.pointer(&pointer).is_some(), "{pointer} leads nowhere");
    }
    assert!(text.matches(['[', '{']).count() > MAX_DEPTH || pointers(text, &offsets, true, &[]).is_ok());
}

/// A rule file: read with a fault in its place, or used on a tenant with every trap.
pub fn rule(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let policy = Policy::built_in();
    let file =
        RuleFile { id: "my-rule".into(), path: "my-rule/rule.md".into(), docs: String::new(), text: text.into() };
    match Rulebook::load([file], &policy) {
        Ok(rules) => drop(run(&policy, &rules)),
        Err(faults) => faults.iter().for_each(is_told),
    }
}

/// The settings: read with a fault in its place, or used with every rule.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Policy::read("rolecall.toml", text) {
        Ok(policy) => {
            let rules = Rulebook::load(rule_files(), &policy).expect("settings break no built-in rule");
            drop(run(&policy, &rules));
        }
        Err(fault) => is_told(&fault),
    }
}

/// The lock: read with a fault in its place, or written as it was read.
pub fn lock(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Lock::read("rolecall.lock", text) {
        Ok(lock) => {
            assert_eq!(Lock::read("rolecall.lock", &lock.to_text()).as_ref(), Ok(&lock), "read as it was written");
            let mut policy = Policy::built_in();
            policy.lock = Some(lock);
            drop(run(&policy, every_rule()));
        }
        Err(fault) => is_told(&fault),
    }
}

/// Several files in one text, each after a line `--- NAME`: everything from bytes to reports. A file
/// named `rolecall.toml` holds the settings.
pub fn check(bytes: &[u8]) {
    let files = parts(bytes);
    let settings = files.get("rolecall.toml").and_then(|text| std::str::from_utf8(text).ok());
    let policy = settings.and_then(|text| Policy::read("rolecall.toml", text).ok()).unwrap_or_else(Policy::built_in);
    let first = reports(&files, &policy);
    // Hash maps are seeded anew each time, so that their order would show; once in a while is enough.
    if bytes.len().is_multiple_of(8) {
        assert_eq!(first, reports(&files, &policy), "the same input, and other bytes");
    }
    for (format, report) in first {
        let text = String::from_utf8(report).expect("reports are text").replace("\r\n", "\n");
        let hidden = |c: char| rolecall_source::needs_escape(c) && c != '\n';
        assert!(!text.contains(hidden), "text of an export got through unescaped as {format}");
        assert!(format != "json" || serde_json::from_str::<serde_json::Value>(&text).is_ok(), "the report is no JSON");
    }
}

/// The files of a text; what comes before the first name is a file too.
fn parts(bytes: &[u8]) -> BTreeMap<String, &[u8]> {
    let mut files = BTreeMap::new();
    let (mut name, mut from, mut at) = ("tenant.json".to_owned(), 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(next) = line.strip_prefix(b"--- ") {
            files.insert(std::mem::take(&mut name), bytes.get(from..at).unwrap_or_default());
            name = String::from_utf8_lossy(next).trim().to_owned();
            from = at + line.len();
        }
        at += line.len();
    }
    files.insert(name, bytes.get(from..).unwrap_or_default());
    files
}

/// The name of a format, and a report in it.
type Report = (&'static str, Vec<u8>);

/// The whole way from bytes to reports, as the program goes it.
fn reports(files: &BTreeMap<String, &[u8]>, policy: &Policy) -> Vec<Report> {
    let mut sources = Sources::new();
    let mut documents: Vec<Document> = Vec::new();
    let mut tenant = Tenant::default();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "rolecall.toml") {
        if let Ok(source) = SourceFile::from_bytes(name.clone(), bytes.to_vec()) {
            let document = read(&source, u32::try_from(documents.len()).expect("few files"), &mut tenant);
            sources.push(source);
            documents.push(document);
        }
    }
    tenant.settle();
    tenant.dialects = documents.iter().filter_map(|document| Some(document.dialect?.name())).collect();
    tenant.dialects.sort_unstable();
    tenant.dialects.dedup();
    let outcome = judge(&AccessGraph::new(&tenant), policy, every_rule(), u32::MAX);
    write(&sources, &documents, outcome)
}

fn write(sources: &Sources, documents: &[Document], outcome: Outcome) -> Vec<Report> {
    let mut wanted: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
    for finding in &outcome.findings {
        let labels = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place);
        for place in labels.chain(finding.witness.iter().map(|step| step.place)) {
            wanted.entry(place.origin.file).or_default().push(place);
        }
    }
    let (mut places, mut lines) = (HashMap::new(), HashMap::new());
    for (number, mut of_file) in wanted {
        let file = FileId(number);
        let (Some(source), Some(document)) = (sources.get(file), documents.get(number as usize)) else { continue };
        of_file.sort_unstable();
        of_file.dedup();
        let (index, mut near) = (LineIndex::new(source), source.near());
        let located = locate(source, &document.layout, &of_file);
        places.extend(located.into_iter().map(|(place, at)| {
            let (start, end) = (index.position(&mut near, at.start), index.position(&mut near, at.end));
            (place, Location { file, pointer: at.pointer, start, end })
        }));
        lines.insert(file, index);
    }
    let problems = documents.iter().flat_map(problems).collect();
    let Outcome { findings, not_evaluated, .. } = outcome;
    let verdict = Verdict { problems, findings, places, lines, not_evaluated, ..Verdict::empty(sources, every_rule()) };
    let write = |format: &Format| {
        let mut report = Vec::new();
        (format.write)(&mut report, &verdict, &plain()).expect("memory takes it");
        (format.name, report)
    };
    FORMATS.iter().map(write).collect()
}

/// Troubles without their places, which the program looks up.
fn problems(document: &Document) -> Vec<Problem> {
    let of = |trouble: &rolecall_ingest::Trouble| Problem {
        kind: trouble.kind,
        message: trouble.message.clone(),
        help: trouble.help.to_owned(),
        path: None,
        location: None,
        related: None,
    };
    document.troubles.iter().map(of).collect()
}

fn plain() -> TextOptions {
    TextOptions { color: false, links: false, width: 80, quiet: false, verbose: true }
}

/// A fault lies within its file and can be shown.
fn is_told(fault: &FileFault) {
    is_in(&fault.text, fault.at.clone());
    assert!(!fault.message.is_empty());
    write_fault(&mut Vec::new(), fault, &plain()).expect("memory takes it");
}

/// Judges the tenant with every trap.
fn run(policy: &Policy, rules: &Rulebook) -> Outcome {
    judge(&AccessGraph::new(traps()), policy, rules, u32::MAX)
}

fn traps() -> &'static Tenant {
    static TENANT: OnceLock<Tenant> = OnceLock::new();
    TENANT.get_or_init(|| {
        let text = include_str!("../seeds/check/guide");
        let files = parts(text.as_bytes());
        let mut tenant = Tenant::default();
        for (number, (name, bytes)) in (0..).zip(&files) {
            let Ok(source) = SourceFile::from_bytes(name.clone(), bytes.to_vec()) else { continue };
            read(&source, number, &mut tenant);
        }
        tenant.settle();
        tenant.dialects = vec!["guide"];
        tenant
    })
}

fn every_rule() -> &'static Rulebook {
    static RULES: OnceLock<Rulebook> = OnceLock::new();
    RULES.get_or_init(|| Rulebook::load(rule_files(), &Policy::built_in()).expect("the rulebook is good"))
}

fn rule_files() -> impl Iterator<Item = RuleFile> {
    rolecall_rules::PAGES.iter().map(|(id, text)| RuleFile {
        id: (*id).to_owned(),
        path: format!("rules/{id}/rule.md"),
        docs: String::new(),
        text: (*text).to_owned(),
    })
}
