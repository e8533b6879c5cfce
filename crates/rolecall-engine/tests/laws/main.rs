//! Laws that hold of all built-in rules together, on made-up tenants.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod made;

use made::{Dice, entry, grant, guide, platform, policy};
use proptest::prelude::*;
use rolecall_engine::{Finding, Policy, RuleFile, Rulebook, Step, check};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Tenant};
use rolecall_source::SourceFile;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The settings and all built-in rules.
static RULES: LazyLock<(Policy, Rulebook)> = LazyLock::new(|| {
    let text = "[partners.one]\ndomains = ['one.example']\ndivisions = ['north']\n\
                [partners.two]\ndomains = ['two.example']\ndivisions = ['south']\n";
    let policy = Policy::read("rolecall.toml", text).expect("good settings");
    let file = |(id, text): &(&str, &str)| RuleFile {
        id: (*id).to_owned(),
        path: "rule.md".to_owned(),
        docs: String::new(),
        text: (*text).to_owned(),
    };
    let rules = Rulebook::load(rolecall_rules::PAGES.iter().map(file), &policy).expect("good rules");
    (policy, rules)
});

/// A made-up tenant.
#[derive(Clone)]
struct Made {
    dialect: &'static str,
    files: Vec<Value>,
}

impl Made {
    fn new(dialect: &'static str, dice: &mut Dice) -> Self {
        Self { dialect, files: if dialect == "guide" { guide(dice) } else { platform(dice) } }
    }

    fn tenant(&self) -> Tenant {
        let read = |(number, file): (u32, &Value)| {
            let mut part = Tenant::default();
            let document =
                rolecall_ingest::read(&SourceFile::from_text("a.json".to_owned(), file.to_string()), number, &mut part);
            assert_eq!(document.troubles, [], "{file}");
            part
        };
        let mut tenant = Tenant::merge((0..).zip(&self.files).map(read));
        tenant.settle();
        tenant.dialects = vec![self.dialect];
        tenant
    }

    fn found(&self) -> Vec<Finding> {
        let tenant = self.tenant();
        check(&AccessGraph::new(&tenant), &RULES.0, &RULES.1, 99).findings
    }

    /// Every list of entities.
    fn lists(&mut self) -> impl Iterator<Item = &mut Vec<Value>> {
        let lists = self.files.iter_mut().filter_map(Value::as_object_mut).flat_map(|fields| fields.iter_mut());
        lists.filter(|(key, _)| *key != "grants").filter_map(|(_, list)| list.as_array_mut())
    }

    fn shuffle(&mut self, dice: &mut Dice) {
        self.lists().for_each(|list| dice.shuffle(list));
        dice.shuffle(&mut self.files);
    }

    /// Adds an entry to a role, or gives somebody a role, or puts somebody into a group.
    fn grow(&mut self, dice: &mut Dice) {
        if self.dialect == "guide" {
            let whole = &mut self.files[0];
            let counts = ["roles", "users", "groups"].map(|key| whole[key].as_array().map_or(0, Vec::len));
            let (role, user, group) = (dice.below(counts[0]), dice.below(counts[1]), dice.below(counts[2]));
            let (at, more) = match dice.below(4) {
                0 => (format!("/roles/{role}/rolePermissions"), entry(dice)),
                1 => (format!("/users/{user}/userRoles"), json!(format!("r-{role}"))),
                2 => (format!("/groups/{group}/userRoles"), json!(format!("r-{role}"))),
                _ => (format!("/groups/{group}/members"), json!(format!("u-{user}"))),
            };
            whole.pointer_mut(&at).and_then(Value::as_array_mut).expect("a list").push(more);
            return;
        }
        let count = |file: &Value| file["entities"].as_array().map_or(0, Vec::len);
        let (role, user) = (dice.below(count(&self.files[1])), dice.below(count(&self.files[2])));
        if dice.below(2) == 0 {
            let policies = self.files[1].pointer_mut(&format!("/entities/{role}/permissionPolicies"));
            policies.and_then(Value::as_array_mut).expect("a list").push(policy(dice));
        } else {
            self.files.push(grant(&format!("u-{user}"), role, dice));
        }
    }
}

/// Whether a value of a role's list is the entry that a step ends in.
fn is_entry(value: &Value, permission: &str) -> bool {
    let part = |key: &str| value[key].as_str().unwrap_or_default();
    let of_platform =
        || format!("{}:{}:{}", part("domain"), part("entityName"), value["actionSet"][0].as_str().unwrap_or_default());
    part("id") == permission || of_platform() == permission
}

/// Takes every value out that states an edge.
fn cut(value: &mut Value, step: &Step) {
    let (from, to) = (step.from.id.as_str(), step.to.id.as_str());
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(|item| cut(item, step));
            items.retain(|item| item["subjectId"] != from || item["role"]["id"] != to);
        }
        Value::Object(fields) => {
            let id = fields.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            for (key, field) in fields.iter_mut() {
                cut(field, step);
                let Some(list) = field.as_array_mut() else { continue };
                match (step.edge, key.as_str()) {
                    ("grants", "rolePermissions" | "permissionPolicies") if id == from => {
                        list.retain(|entry| !is_entry(entry, to));
                    }
                    ("holds", "userRoles") | ("inherits", "inheritsFrom") | ("member-of", "groups") if id == from => {
                        list.retain(|item| item != to);
                    }
                    ("member-of", "members") if id == to => list.retain(|item| item != from),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Each text by another, wherever it stands whole or is a part of an address.
fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            let part = |part| names.get(part).map_or(part, String::as_str);
            *text = text.split('/').map(part).collect::<Vec<_>>().join("/");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, names)),
        _ => {}
    }
}

/// What is found, less what names people: rule, severity, confidence, subject and the length of its proof.
fn facts(found: &[Finding]) -> BTreeMap<(String, String, String, usize), usize> {
    let mut facts = BTreeMap::new();
    for f in found {
        let said = format!("{:?} {:?}", f.severity, f.confidence);
        let subject = format!("{} {}", f.subject.kind, f.subject.id);
        *facts.entry((f.rule.clone(), said, subject, f.witness.len())).or_default() += 1;
    }
    facts
}

/// What only one of two has.
fn differ<T: IntoIterator<Item = E> + Clone, E: PartialEq + std::fmt::Debug>(one: &T, other: &T) -> String {
    let all = |of: &T| of.clone().into_iter().collect::<Vec<E>>();
    let (one, other) = (all(one), all(other));
    let less: Vec<&E> = one.iter().filter(|e| !other.contains(e)).collect();
    let more: Vec<&E> = other.iter().filter(|e| !one.contains(e)).collect();
    format!("{less:?} was found, {more:?} is now")
}

fn messages(found: &[Finding]) -> BTreeSet<(String, String, String)> {
    found.iter().map(|f| (f.rule.clone(), f.fingerprint.clone(), f.message.clone())).collect()
}

/// Whether more access may settle what a rule finds, or move it to another role: one leaves it to others, asks what
/// nobody holds, or passes over those of a tier, which whoever is given a role may enter or leave.
fn is_relative(rule: &str) -> bool {
    let page = rolecall_rules::PAGES.iter().find(|(id, _)| *id == rule).expect("the rule").1;
    ["yields-to", "unheld", "except"].iter().any(|key| page.contains(&format!("\n{key} = ")))
}

/// Who gets where they should not, by rule.
fn victims(found: &[Finding]) -> BTreeSet<(String, Entity)> {
    let own = found.iter().filter(|f| !is_relative(&f.rule));
    own.flat_map(|f| f.ends.iter().flat_map(|ends| &ends.from).map(|who| (f.rule.clone(), *who))).collect()
}

fn tenants() -> impl Strategy<Value = (&'static str, u64)> {
    (prop::sample::select(vec!["guide", "platform"]), any::<u64>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn other_names_of_people_and_another_order_change_no_finding((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let mut numbers: Vec<usize> = (0..10).collect();
        dice.shuffle(&mut numbers);
        let name = |(row, number): (usize, &usize)| (format!("Person {row}"), format!("Person {number}"));
        let names: BTreeMap<String, String> = numbers.iter().enumerate().map(name).collect();
        let mut other = made.clone();
        other.files.iter_mut().for_each(|file| rename(file, &names));
        other.shuffle(&mut dice);
        let (before, after) = (facts(&made.found()), facts(&other.found()));
        prop_assert!(before == after, "{} {} {names:?}", differ(&before, &after), json!(made.files));
    }

    #[test]
    fn order_changes_nothing((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let mut other = made.clone();
        other.shuffle(&mut dice);
        let (before, after) = (messages(&made.found()), messages(&other.found()));
        prop_assert!(before == after, "{} {}", differ(&before, &after), json!(made.files));
    }

    #[test]
    fn other_ids_change_no_finding((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let mut names = BTreeMap::new();
        for kind in ["r", "g", "u", "q", "v", "s"] {
            names.extend((0..10).map(|row| (format!("{kind}-{row}"), format!("{kind}{}x{row}", dice.below(90)))));
        }
        let mut other = made.clone();
        other.files.iter_mut().for_each(|file| rename(file, &names));
        // Messages show a limit as the entry names it, and the first of several in that order.
        let said = |found: Vec<Finding>| -> BTreeSet<(String, String)> {
            found.into_iter().map(|f| (f.rule, f.subject.name)).collect()
        };
        let (before, after) = (said(made.found()), said(other.found()));
        prop_assert!(before == after, "{} {}", differ(&before, &after), json!(made.files));
    }

    #[test]
    fn cutting_the_last_edge_of_a_witness_removes_the_finding((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        // Only an entry has no other way round it.
        let is_own = |f: &&Finding| f.ends.is_some() && f.witness.last().is_some_and(|step| step.edge == "grants");
        let found = made.found();
        let cases: Vec<&Finding> = found.iter().filter(is_own).collect();
        if !cases.is_empty() {
            let case = *dice.of(&cases);
            let step = case.witness.last().expect("a step");
            let mut less = made.clone();
            less.files.iter_mut().for_each(|file| cut(file, step));
            prop_assert!(json!(less.files) != json!(made.files), "{step:?} is nowhere in {}", json!(made.files));
            // Nothing tells what an empty page or an empty listing of grants is about.
            less.files.retain(|file| file["grants"] != json!([]));
            let is_there = less.found().iter().any(|f| f.rule == case.rule && f.fingerprint == case.fingerprint);
            prop_assert!(!is_there, "{case:?} {}", json!(made.files));
        }
    }

    #[test]
    fn more_access_takes_nobody_out_of_a_finding((dialect, seed) in tenants()) {
        let mut dice = Dice(seed);
        let made = Made::new(dialect, &mut dice);
        let before = victims(&made.found());
        let mut more = made.clone();
        more.grow(&mut dice);
        let after = victims(&more.found());
        let lost: Vec<_> = before.difference(&after).collect();
        prop_assert!(lost.is_empty(), "{:?} {} {}", lost, json!(made.files), json!(more.files));
    }
}
