//! The core rules in Rego, run by another engine on random tenants: both must name the same subjects.

use crate::spec::specs;
use crate::tenant;
use proptest::prelude::*;
use regorus::{Engine, Value};
use rolecall_engine::{Rulebook, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::{BUILT_IN, cases, rulebook};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The engine with the rules read, and the same rules of ours by id.
static RULES: LazyLock<(Engine, BTreeMap<String, Rulebook>)> = LazyLock::new(|| {
    let mut engine = Engine::new();
    engine.add_policy("core.rego".to_owned(), include_str!("rego/core.rego").to_owned()).expect("good Rego");
    engine.set_input_json(r#"{"roles": [], "groups": [], "users": []}"#).expect("JSON");
    let ids = subjects(&engine.eval_rule("data.core.found".to_owned()).expect("an answer")).into_keys();
    let ours = ids.map(|id| (id.clone(), rulebook(&BUILT_IN, |known| known == id))).collect();
    (engine, ours)
});

/// What was found, by rule.
fn subjects(found: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let text = |value: &Value| value.as_string().expect("text").to_string();
    let of_rule =
        |(id, subjects): (&Value, &Value)| (text(id), subjects.as_set().expect("a set").iter().map(text).collect());
    found.as_object().expect("an object").iter().map(of_rule).collect()
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn the_rules_in_rego_name_the_same_subjects(spec in specs()) {
        let (engine, ours) = &*RULES;
        let mut engine = engine.clone();
        engine.set_input_json(&spec.export().to_string()).expect("JSON");
        let theirs = subjects(&engine.eval_rule("data.core.found".to_owned()).expect("an answer"));
        let tenant = tenant(&spec);
        let graph = AccessGraph::new(&tenant);
        prop_assert_eq!(theirs.len(), ours.len());
        for (id, rules) in ours {
            let found = check(&graph, &BUILT_IN, rules, 1).findings;
            let found: BTreeSet<String> = found.iter().map(|f| format!("{} {}", f.subject.kind, f.subject.id)).collect();
            prop_assert_eq!(&found, &theirs[id], "{}", id);
        }
    }
}

#[test]
fn the_rules_in_rego_are_eleven() {
    assert_eq!(RULES.1.len(), 11);
}
