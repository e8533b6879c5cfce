//! Answers against a slow and obvious reading of random tenants, and against each other. The slow reading shares
//! nothing with the graph: sets, loops, and the rules as the docs put them.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use rolecall_engine::{Answer, Judge};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind};
use rolecall_query::{Goal, WhoCanAsked, access, can, compare, path, reach, who_can};
use rolecall_testing::guide::{Entry, PERMISSIONS, QUEUES, Spec, specs};
use rolecall_testing::{BUILT_IN, FEW, cases, closure};
use std::collections::BTreeSet;

/// Whether somebody with these entries can view a queue: sure, perhaps (nobody's seat is known), or not.
fn views(spec: &Spec, entries: &[Entry], user: Option<usize>, queue: usize) -> Answer {
    let of = |entry: &Entry| match entry.scope() {
        "All" => Answer::Yes,
        "Assigned" if user.is_some_and(|user| spec.sits(user, queue)) => Answer::Yes,
        "Assigned" if !spec.has_seats() => Answer::Maybe,
        "Group" if spec.groups[entry.group].2.contains(&queue) => Answer::Yes,
        _ => Answer::No,
    };
    entries.iter().filter(|entry| entry.is_seeing()).map(of).max().unwrap_or(Answer::No)
}

/// Everybody whom a user may become.
fn becomes(spec: &Spec, user: usize) -> BTreeSet<usize> {
    let next = |at: usize| -> Vec<usize> {
        let of = |entry: Entry| match entry.scope() {
            "All" => (0..spec.users.len()).collect(),
            "Group" => spec.groups[entry.group].0.clone(),
            _ => Vec::new(),
        };
        spec.entries_of(at).into_iter().filter(Entry::is_becoming).flat_map(of).collect()
    };
    let mut all = closure(&[user], next);
    all.remove(&user);
    all
}

fn entity(kind: Kind, row: usize) -> Entity {
    Entity { kind, row: u32::try_from(row).expect("few") }
}

/// Asks of each user of a tenant.
fn each_user(
    spec: &Spec,
    ask: impl Fn(&Judge<'_, '_>, usize, Entity) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let tenant = spec.tenant();
    let graph = AccessGraph::new(&tenant);
    let judge = Judge::new(&graph, &BUILT_IN);
    (0..spec.users.len()).try_for_each(|user| ask(&judge, user, entity(Kind::User, user)))
}

proptest! {
    #![proptest_config(cases(1_000))]

    /// `can` says what the slow reading says, and `who-can` names exactly those of whom `can` says it.
    #[test]
    fn can_and_who_can_agree_with_the_slow_reading(spec in specs(4, false, FEW), queue in 0..QUEUES) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let judge = Judge::new(&graph, &BUILT_IN);
        let wanted = judge.wanted("routing:queue:view").expect("a permission");
        let on = Some(entity(Kind::Queue, queue));
        let asked = WhoCanAsked { wanted: &wanted, on, scope: None, tier: None, names: usize::MAX, causes: usize::MAX };
        let all = who_can(&judge, &asked);
        let named = |answer: Answer| -> BTreeSet<String> {
            let causes = all.causes.iter().filter(|cause| cause.answer == answer);
            causes.flat_map(|cause| cause.names.iter().map(|name| name.id.clone())).collect()
        };
        let mut expected = [BTreeSet::new(), BTreeSet::new()];
        for user in 0..spec.users.len() {
            let answer = can(&judge, entity(Kind::User, user), &wanted, on);
            let slow = views(&spec, &spec.entries_of(user), Some(user), queue);
            // Without any holder, or any member of a group that has it, a no is no proof.
            if answer.gaps.is_empty() {
                prop_assert_eq!(answer.answer, slow, "user {}", user);
            } else {
                prop_assert_eq!((answer.answer, slow), (Answer::Maybe, Answer::No));
            }
            for way in &answer.ways {
                let last = way.witness.last().expect("a step");
                prop_assert_eq!(last.edge, "grants");
                prop_assert_eq!(&way.witness[0].from.id, &format!("u-{user}"));
                prop_assert!(way.witness.windows(2).all(|pair| pair[0].to == pair[1].from), "a chain with a gap");
            }
            match slow {
                Answer::Yes => expected[0].insert(format!("u-{user}")),
                Answer::Maybe => expected[1].insert(format!("u-{user}")),
                Answer::No => false,
            };
        }
        prop_assert_eq!(all.users, expected[0].len());
        match views(&spec, &spec.entries_by(&spec.account), None, queue) {
            Answer::Yes => expected[0].insert("s-0".to_owned()),
            Answer::Maybe => expected[1].insert("s-0".to_owned()),
            Answer::No => false,
        };
        let (sure, perhaps) = (named(Answer::Yes), named(Answer::Maybe));
        prop_assert_eq!(&sure, &expected[0]);
        prop_assert_eq!(perhaps.difference(&sure).cloned().collect::<BTreeSet<_>>(), expected[1].clone());
    }

    /// `access` lists what `can` affirms, and whoever is compared with themselves differs in nothing.
    #[test]
    fn access_agrees_with_can(spec in specs(4, false, FEW)) {
        each_user(&spec, |judge, user, who| {
            let permissions = &judge.graph().tenant.permissions;
            let held = access(judge, who).held;
            let slow: BTreeSet<usize> = spec.entries_of(user).into_iter().map(|entry| entry.permission).collect();
            let names: BTreeSet<&str> = held.iter().map(|held| held.permission.as_str()).collect();
            prop_assert_eq!(names.len(), slow.len());
            for permission in PERMISSIONS {
                let wanted = judge.wanted(permission).expect("a permission");
                let answer = can(judge, who, &wanted, None);
                let listed = held.iter().any(|held| {
                    let id = permissions.iter().find(|(id, _)| permissions.spelling(*id) == held.permission);
                    id.is_some_and(|(id, _)| wanted.has(id))
                });
                prop_assert_eq!(answer.answer == Answer::Yes, listed, "{} {}", user, permission);
            }
            let same = compare(judge, who, who);
            prop_assert!(same.only_left.is_empty() && same.only_right.is_empty() && same.differing.is_empty());
            Ok(())
        })?;
    }

    /// `reach` finds everybody whom one may become, `path` leads to exactly these, and a shrinking edit does what
    /// is said of it.
    #[test]
    fn reach_and_path_agree_with_the_slow_reading(spec in specs(4, false, FEW)) {
        each_user(&spec, |judge, user, who| {
            let found = reach(judge, who, usize::MAX);
            let slow = becomes(&spec, user);
            prop_assert_eq!(found.people, slow.len());
            for other in (0..spec.users.len()).filter(|other| *other != user) {
                let way = path(judge, who, &Goal::Entity(entity(Kind::User, other)));
                prop_assert_eq!(way.steps.is_some(), slow.contains(&other), "{} to {}", user, other);
            }
            if let Some(shrink) = &found.shrink {
                prop_assert!((shrink.people, shrink.sensitive) < (found.people, found.sensitive));
                let edited = judge.graph().tenant.without(std::slice::from_ref(&shrink.edit.edit));
                let edited_graph = AccessGraph::new(&edited);
                let left = reach(&Judge::new(&edited_graph, &BUILT_IN), who, 0);
                prop_assert_eq!((left.people, left.sensitive), (shrink.people, shrink.sensitive), "{:?}", shrink.edit);
            }
            Ok(())
        })?;
    }
}
