//! What yields to a finding that is accepted, or made less severe.

use rolecall_engine::{Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_model::Tenant;
use rolecall_testing::saved::{divisions, given, page, policy, role, user};
use rolecall_testing::{read, rulebook};

const PARTNER: &str = "[tiers.bpo]\ndomains = ['one.example']\n";
const ACCEPTED: &str = "[[allow]]\nrule = 'all-scoped-reporting'\nentity = 'u-1'\nreason = 'agreed'\nowner = 'iam'\n";
const REPORTS: [&str; 3] = ["analytics", "queueObservation", "view"];
const QUEUES: [&str; 3] = ["routing", "queue", "view"];

/// Somebody of a partner who is given a role with these entries everywhere.
fn export(entries: &[[&str; 3]]) -> Tenant {
    let entries: Vec<_> = entries.iter().map(policy).collect();
    let files = [
        divisions(),
        page(vec![role(1, &entries)], "authorization/roles"),
        page(vec![user(1, "one", "north")], "users"),
        given("u-1", 1, "*"),
    ];
    read("platform", files)
}

/// The rules that report something which is not accepted.
fn reporting(settings: &str, entries: &[[&str; 3]]) -> Vec<String> {
    let policy = Policy::read("rolecall.toml", &[PARTNER, settings].concat()).expect("good settings");
    let rules = ["all-scoped-reporting", "all-scoped-queue-view", "profile-beyond-self"];
    let rules = rulebook(&policy, |id| rules.contains(&id));
    let found = check(&AccessGraph::new(&export(entries)), &policy, &rules, 99).findings;
    found.into_iter().filter(|finding| finding.allowed.is_none()).map(|finding| finding.rule).collect()
}

#[test]
fn only_the_access_that_is_accepted_yields_to_what_is_accepted() {
    let both = [REPORTS, QUEUES];
    assert_eq!(reporting("", &both), ["all-scoped-reporting"], "taking the role away mends both");
    assert_eq!(reporting(ACCEPTED, &[REPORTS]), [""; 0]);
    assert_eq!(reporting(ACCEPTED, &both), ["all-scoped-queue-view"]);
    let narrow = format!("{ACCEPTED}access = ['analytics:queueObservation:view over every division']\n");
    assert_eq!(reporting(&narrow, &both), ["all-scoped-queue-view"]);
}

#[test]
fn nothing_yields_to_what_was_made_less_severe_than_itself() {
    let both = [REPORTS, QUEUES];
    let to = |severity: &str| format!("[rules.all-scoped-reporting]\nseverity = '{severity}'\n");
    assert_eq!(reporting(&to("info"), &both), ["all-scoped-queue-view", "all-scoped-reporting"]);
    assert_eq!(reporting(&to("high"), &both), ["all-scoped-reporting"], "as severe as the other");
}
