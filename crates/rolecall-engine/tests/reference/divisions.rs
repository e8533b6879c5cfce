//! Roles given in divisions, as the platform has them: who reaches what, by a slow second reading of random tenants.

use proptest::prelude::*;
use rolecall_engine::{Policy, Rulebook, check};
use rolecall_graph::AccessGraph;
use rolecall_testing::platform::{Given, Spec, specs};
use rolecall_testing::saved::DIVISIONS;
use rolecall_testing::{FEW, SIDES, cases, rulebook};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Whether a user sees a queue.
fn sees(spec: &Spec, user: usize, queue: usize) -> bool {
    let mut given = spec.given.iter().filter(|given| spec.is_way(user, given.to) && spec.roles[given.role][0]);
    given.any(|given| given.division.is_none_or(|division| division == spec.queues[queue]))
}

/// Who is to blame for what the partner's people have by assignments of a sort: whoever has it alone, else what
/// several have it by.
fn blamed(spec: &Spec, is_meant: impl Fn(&Given) -> bool) -> BTreeSet<String> {
    let is_partners = |user: usize| SIDES[spec.users[user]] != "internal";
    let mut blamed = BTreeSet::new();
    for role in (0..spec.roles.len()).filter(|role| spec.roles[*role].contains(&true)) {
        let of_role = |to: usize| spec.given.iter().any(|g| g.role == role && g.to == to && is_meant(g));
        let direct: Vec<usize> = (0..spec.users.len()).filter(|u| is_partners(*u) && of_role(*u)).collect();
        match direct.as_slice() {
            [] => {}
            [only] => drop(blamed.insert(format!("u-{only}"))),
            _ => drop(blamed.insert(format!("r-{role}"))),
        }
        for group in (0..spec.groups.len()).filter(|group| of_role(spec.users.len() + group)) {
            let members: BTreeSet<usize> = spec.groups[group].iter().copied().filter(|u| is_partners(*u)).collect();
            match members.into_iter().collect::<Vec<_>>().as_slice() {
                [] => {}
                [only] => drop(blamed.insert(format!("u-{only}"))),
                _ => drop(blamed.insert(format!("g-{group}"))),
            }
        }
    }
    blamed
}
/// The settings that say who is a partner's, and the rules.
static RULES: LazyLock<(Policy, Rulebook)> = LazyLock::new(|| {
    let text = "[tiers.bpo]\ndomains = ['one.example', 'two.example']\n";
    let policy = Policy::read("rolecall.toml", text).expect("good settings");
    let meant = ["unmet-expectation", "partner-all-divisions", "partner-role-in-home-division"];
    let rules = rulebook(&policy, |id| meant.contains(&id));
    (policy, rules)
});

/// The settings with the expectation that nobody sees any queue.
fn policy(spec: &Spec) -> Policy {
    let mut text = String::new();
    for user in 0..spec.users.len() {
        for queue in 0..spec.queues.len() {
            text +=
                &format!("[[expect]]\nwho = 'User {user}'\ncannot = ['routing:queue:view']\non = 'Queue {queue}'\n");
        }
    }
    RULES.0.clone().with("rolecall.toml", &text).expect("good settings")
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn whom_a_division_lets_in_is_what_the_slow_reading_says(spec in specs(3, FEW)) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let policy = policy(&spec);
        let found = check(&graph, &policy, &RULES.1, 99).findings;
        for user in 0..spec.users.len() {
            for queue in 0..spec.queues.len() {
                let said = format!("`User {user}` cannot `routing:queue:view` on `Queue {queue}`, but `User {user}` can,");
                let is_found = found.iter().any(|f| f.message.contains(&said));
                prop_assert_eq!(is_found, sees(&spec, user, queue), "{} {:?}", said, found.iter().map(|f| &f.message).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn who_is_to_blame_for_a_division_is_what_the_slow_reading_says(spec in specs(3, FEW)) {
        let tenant = spec.tenant();
        let graph = AccessGraph::new(&tenant);
        let found = check(&graph, &RULES.0, &RULES.1, 99).findings;
        let subjects = |id: &str| -> BTreeSet<String> {
            found.iter().filter(|f| f.rule == id).map(|f| f.subject.id.clone()).collect()
        };
        let home = DIVISIONS.iter().position(|id| *id == "home").expect("the home division");
        prop_assert_eq!(subjects("partner-all-divisions"), blamed(&spec, |given| given.division.is_none()));
        prop_assert_eq!(subjects("partner-role-in-home-division"), blamed(&spec, |given| given.division == Some(home)));
    }
}
