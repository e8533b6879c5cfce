//! A second, slow and obvious reading of who may do what, compared with the real one on random
//! tenants. It shares nothing with the graph: sets, loops, and the rules as the docs put them.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod divisions;
mod rego;
mod spec;

use proptest::prelude::*;
use rolecall_engine::{Rulebook, Tiers, check};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind, Tenant};
use rolecall_testing::{BUILT_IN, cases, read, rulebook};
use spec::{Spec, specs};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static REPORTING: LazyLock<Rulebook> = LazyLock::new(|| rulebook(&BUILT_IN, |id| id == "all-scoped-reporting"));

fn tenant(spec: &Spec) -> Tenant {
    read("guide", [spec.export()])
}

fn row(entity: usize) -> u32 {
    u32::try_from(entity).expect("few")
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn effective_access_is_what_the_slow_reading_says(spec in specs()) {
        let tenant = tenant(&spec);
        let graph = AccessGraph::new(&tenant);
        for user in 0..spec.users.len() {
            let access = graph.access(Entity { kind: Kind::User, row: row(user) });
            let grants: BTreeSet<u32> = access.iter().map(|a| a.grant).collect();
            prop_assert_eq!(grants.len(), access.len(), "an entry is counted twice");
            let number = |(role, entry): (usize, usize)| tenant.roles[role].grants.start + row(entry);
            let expected: BTreeSet<u32> = spec.access(user).into_iter().map(number).collect();
            prop_assert_eq!(grants, expected);
        }
    }

    #[test]
    fn tiers_are_what_the_slow_reading_says(spec in specs()) {
        let tenant = tenant(&spec);
        let graph = AccessGraph::new(&tenant);
        let tiers = Tiers::new(&graph, &BUILT_IN);
        for user in 0..spec.users.len() {
            let entity = Entity { kind: Kind::User, row: row(user) };
            prop_assert_eq!(tiers.contains("bpo", entity), spec.is_partner(user));
            let evidence = tiers.get("bpo").expect("the tier").evidence(&graph, entity);
            prop_assert_eq!(evidence.is_empty(), !spec.is_partner(user), "{:?}", evidence);
        }
    }

    /// Everybody of the partner who reaches a trap is explained by a finding, and each finding is
    /// about somebody or something of the partner that reaches one.
    #[test]
    fn findings_are_sound_and_complete(spec in specs()) {
        let tenant = tenant(&spec);
        let graph = AccessGraph::new(&tenant);
        let found = check(&graph, &BUILT_IN, &REPORTING, 1).findings;
        let subjects: BTreeSet<(&str, &str)> = found.iter().map(|f| (f.subject.kind, f.subject.id.as_str())).collect();
        let is_blamed = |kind: &str, number: usize| {
            let id = format!("{}-{number}", &kind[..1]);
            subjects.contains(&(kind, id.as_str()))
        };
        for user in (0..spec.users.len()).filter(|user| spec.is_victim(*user)) {
            let explained = is_blamed("user", user)
                || spec.groups_of(user).into_iter().any(|g| is_blamed("group", g))
                || spec.roles_of(user).into_iter().any(|r| is_blamed("role", r));
            prop_assert!(explained, "user {} is in no finding: {:?}", user, subjects);
        }
        for role in (0..spec.roles.len()).filter(|role| spec.roles[*role].is_partner) {
            let reached = spec.closure(&[role]);
            let explained = !spec.traps(&reached) || reached.into_iter().any(|r| is_blamed("role", r));
            prop_assert!(explained, "role {} is in no finding: {:?}", role, subjects);
        }
        for (kind, id) in &subjects {
            let number: usize = id[2..].parse().expect("a number");
            prop_assert!(spec.may_be_blamed(kind, number), "{} {} is innocent", kind, id);
        }
    }
}
