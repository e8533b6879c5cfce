//! Made-up tenants, and what the tests of several crates do with them.
//!
//! `guide` and `platform` make tenants of these dialects at random, each with the slow and obvious reading that answers
//! are compared with; `saved` writes the responses of the platform one by one.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

pub mod guide;
pub mod platform;
pub mod saved;

use proptest::prelude::ProptestConfig;
use rolecall_engine::{Policy, RuleFile, Rulebook};
use rolecall_model::Tenant;
use rolecall_source::SourceFile;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Whose somebody is: of one of two partners, or the company's own.
pub const SIDES: [&str; 3] = ["one", "two", "internal"];

/// Fewer roles and users than these are few enough to meet each other.
pub const FEW: usize = 5;

/// Of fewer than these some are far from others.
pub const MANY: usize = 14;

/// The built-in settings, which take longer to read than most made-up tenants.
pub static BUILT_IN: LazyLock<Policy> = LazyLock::new(Policy::built_in);

/// So many cases, unless `PROPTEST_CASES` says how many. A made-up tenant shrinks fast, or is shown as it is.
#[must_use]
pub fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

/// What files of an export say.
///
/// # Panics
/// When any of them is at fault.
#[must_use]
pub fn read(dialect: &'static str, files: impl IntoIterator<Item = Value>) -> Tenant {
    let source = |file: Value| SourceFile::from_text("a.json".to_owned(), thinned(file).to_string());
    read_sources(dialect, &files.into_iter().map(source).collect::<Vec<_>>())
}

/// The same without the empty lists of every second element, so that those side by side have not all the same keys. A
/// role without its list of policies is another thing: one that is not shown.
#[must_use]
pub fn thinned(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => {
            for (number, item) in items.iter_mut().enumerate() {
                if let Some(fields) = item.as_object_mut().filter(|_| number % 2 == 1) {
                    let is_kept = |list: &Vec<Value>| !list.is_empty();
                    fields.retain(|key, field| key == "permissionPolicies" || field.as_array().is_none_or(is_kept));
                }
                *item = thinned(item.take());
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| *field = thinned(field.take())),
        _ => {}
    }
    value
}

/// The same of files that are looked at afterwards.
///
/// # Panics
/// When any of them is at fault.
#[must_use]
pub fn read_sources(dialect: &'static str, sources: &[SourceFile]) -> Tenant {
    let read = |(number, source): (u32, &SourceFile)| {
        let mut part = Tenant::default();
        let document = rolecall_ingest::read(source, number, &mut part);
        assert_eq!(document.troubles, [], "{}", source.text());
        part
    };
    let mut tenant = Tenant::merge((0..).zip(sources).map(read));
    tenant.settle();
    tenant.dialects = vec![dialect];
    tenant
}

/// The built-in rules that are meant.
///
/// # Panics
/// When there are none.
#[must_use]
pub fn rulebook(policy: &Policy, is_meant: impl Fn(&str) -> bool) -> Rulebook {
    let file = |(id, text): &(&str, &str)| RuleFile {
        id: (*id).to_owned(),
        path: "rule.md".to_owned(),
        docs: String::new(),
        text: (*text).to_owned(),
    };
    let files: Vec<RuleFile> = rolecall_rules::PAGES.iter().filter(|(id, _)| is_meant(id)).map(file).collect();
    assert!(!files.is_empty(), "no such rule");
    Rulebook::load(files, policy).expect("good rules")
}

/// All that is come to from a few, however far.
#[must_use]
pub fn closure(start: &[usize], next: impl Fn(usize) -> Vec<usize>) -> BTreeSet<usize> {
    let mut all: BTreeSet<usize> = start.iter().copied().collect();
    loop {
        let more: Vec<usize> = all.iter().flat_map(|at| next(*at)).collect();
        let before = all.len();
        all.extend(more);
        if all.len() == before {
            return all;
        }
    }
}
