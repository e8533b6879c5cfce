//! What is told of many at once is what is told of each.

use proptest::prelude::*;
use rolecall_engine::{Answer, Judge, Targets};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind};
use rolecall_testing::{BUILT_IN, cases, guide};

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn an_answer_without_its_reason_is_the_answer_with_it(mut spec in guide::specs(guide::SCOPES.len(), false, 6), shows_seats in any::<bool>()) {
        if !shows_seats {
            spec.groups.iter_mut().for_each(|(.., seats)| seats.clear());
            spec.users.iter_mut().for_each(|(.., seats)| seats.clear());
        }
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let judge = Judge::new(&graph, &BUILT_IN);
        let (queues, users) = (|| tenant.entities(Kind::Queue), || tenant.entities(Kind::User));
        let mut asked: Vec<Vec<Entity>> = queues().chain(users()).map(|one| vec![one]).collect();
        asked.extend([Vec::new(), queues().collect(), users().collect(), queues().take(2).chain(users().take(1)).collect()]);
        for text in ["routing:queue:view", "user:impersonate"] {
            let wanted = judge.wanted(text).expect("a permission");
            for (who, several) in users().flat_map(|who| asked.iter().map(move |several| (who, several))) {
                let targets = Targets::any(several.iter().copied());
                for access in judge.ways(who, &wanted) {
                    let full = judge.judge(who, &access, &wanted, Some(&targets)).expect("an entry of it");
                    let grant = &tenant.grants[access.grant as usize];
                    let shared = judge.judge_shared(grant, None, &wanted, &targets);
                    let quick = shared.unwrap_or_else(|scope| judge.answer_own(who, scope, &targets));
                    prop_assert_eq!(quick, full.answer, "{:?} on {:?}", grant, several);
                    prop_assert_eq!(full.on.is_some(), full.answer != Answer::No && !several.is_empty());
                    if let [only] = several.as_slice() {
                        let alone = judge.judge(who, &access, &wanted, Some(&Targets::One(*only)));
                        prop_assert_eq!(alone, Some(full));
                    }
                }
            }
        }
    }
}
