//! What access policies deny to some of those whom a cause would be about.

use rolecall_engine::{Finding, Policy, check};
use rolecall_graph::AccessGraph;
use rolecall_model::{Kind, Tenant};
use rolecall_testing::saved::{divisions, given, group, page, policy, role, user};
use rolecall_testing::{read, rulebook};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SETTINGS: &str = "[tiers.bpo]\ndomains = ['one.example']\n";
const LISTEN: [&str; 3] = ["recording", "recording", "view"];

/// Who of the two users, and of the group, by a bit each.
type Some3 = usize;
const GROUP: Some3 = 4;

fn denial(subject: &str) -> Value {
    let (kind, id) = subject.split_once(' ').unwrap_or((subject, ""));
    json!({ "id": format!("p-{id}"), "name": "No listening", "targetResource": LISTEN.join(":"), "effect": "DENY",
            "subject": { "type": kind, "id": id }, "active": true, "applyToClients": false })
}

/// Two users of a partner, a group with some of them in it, and a role that some of these are given everywhere.
fn export(members: Some3, holders: Some3, denied: Some3) -> Tenant {
    let row = |bit: &usize| *bit + 1;
    let users = [0, 1].iter().filter(|bit| members >> **bit & 1 == 1).map(row).collect::<Vec<_>>();
    let subjects = [("USER u-1", 1), ("USER u-2", 2), ("GROUP g-3", GROUP)];
    let of = |some: Some3| subjects.iter().filter(move |(_, bit)| some & bit != 0).map(|(subject, _)| *subject);
    let mut files = vec![
        divisions(),
        page(vec![role(1, &[policy(&LISTEN)])], "authorization/roles"),
        page([1, 2].map(|row| user(row, "one", "north")).to_vec(), "users"),
        page(of(denied).map(denial).collect(), "authorization/policies"),
    ];
    files.extend(group(3, &users));
    files.extend(of(holders).filter_map(|subject| subject.split_once(' ')).map(|(_, id)| given(id, 1, "*")));
    read("platform", files)
}

/// Those of the users who listen, told the slow way.
fn listeners(members: Some3, holders: Some3, denied: Some3) -> BTreeSet<u32> {
    let is_one = |some: Some3, bit: usize| some >> bit & 1 == 1;
    let listens = |user: &usize| {
        let is_member = is_one(members, *user);
        let has = is_one(holders, *user) || (is_member && holders & GROUP != 0);
        has && !is_one(denied, *user) && !(is_member && denied & GROUP != 0)
    };
    (0..2).filter(listens).map(|user| u32::try_from(user).expect("a row")).collect()
}

fn people(findings: &[Finding]) -> BTreeSet<u32> {
    let from = findings.iter().flat_map(|finding| &finding.ends.as_ref().expect("who gets there").from);
    from.map(|who| {
        assert_eq!(who.kind, Kind::User);
        who.row
    })
    .collect()
}

#[test]
fn findings_are_about_those_whom_no_policy_denies_it_and_about_nobody_else() {
    let settings = Policy::read("rolecall.toml", SETTINGS).expect("good settings");
    let rules = ["sensitive-permission", "all-scoped-recording"];
    let rules = rules.map(|rule| (rule, rulebook(&settings, |id| id == rule)));
    for number in 0..4 * 8 * 8 {
        let (members, holders, denied) = (number % 4, number / 4 % 8, number / 32);
        let tenant = export(members, holders, denied);
        let expected = listeners(members, holders, denied);
        for (name, rules) in &rules {
            let found = check(&AccessGraph::new(&tenant), &settings, rules, 99).findings;
            assert_eq!(people(&found), expected, "{name}: {members} {holders} {denied}: {found:#?}");
            for finding in &found {
                let is_named = |row: u32| finding.message.contains(&format!("User {}", row + 1));
                let ends = finding.ends.as_ref().expect("who gets there");
                for row in 0..2 {
                    assert_eq!(is_named(row), ends.from.iter().any(|who| who.row == row), "{}", finding.message);
                }
            }
        }
    }
}

#[test]
fn a_role_that_is_to_blame_is_shown_by_those_whom_no_policy_denies_it() {
    let settings = Policy::read("rolecall.toml", "[tiers.bpo]\nroles = ['*']\n").expect("good settings");
    let rules = rulebook(&settings, |id| id == "sensitive-permission");
    for number in 0..4 * 8 * 8 {
        let (members, holders, denied) = (number % 4, number / 4 % 8, number / 32);
        let tenant = export(members, holders, denied);
        let expected = listeners(members, holders, denied);
        let found = check(&AccessGraph::new(&tenant), &settings, &rules, 99).findings;
        let [finding] = found.as_slice() else { panic!("the role is what it is: {found:#?}") };
        assert_eq!(finding.subject.kind, "role");
        let shown = finding.witness.iter().map(|step| &step.from).find(|from| from.kind == "user");
        assert_eq!(shown.is_some(), !expected.is_empty(), "{finding:#?}");
        for row in 0..2 {
            let name = format!("User {}", row + 1);
            assert_eq!(finding.message.contains(&name), expected.contains(&row), "{}", finding.message);
            assert!(expected.contains(&row) || shown.is_none_or(|from| from.name != name), "{finding:#?}");
        }
    }
}

#[test]
fn the_divisions_of_those_who_are_denied_it_are_nobody_elses() {
    let settings = Policy::read("rolecall.toml", SETTINGS).expect("good settings");
    let rules = rulebook(&settings, |id| id == "sensitive-permission" || id == "partner-all-divisions");
    let export = |denials: Vec<Value>| {
        let files = [
            divisions(),
            page(vec![role(1, &[policy(&LISTEN)])], "authorization/roles"),
            page(
                [(1, "one"), (2, "one"), (3, "one"), (4, "two")].map(|(row, side)| user(row, side, "north")).to_vec(),
                "users",
            ),
            page(denials, "authorization/policies"),
            given("u-1", 1, "*"),
            given("u-2", 1, "north"),
            given("u-3", 1, "north"),
            // One of the company's own.
            given("u-4", 1, "home"),
        ];
        read("platform", files)
    };
    let said = |denials: Vec<Value>| -> Vec<(String, Vec<String>)> {
        let tenant = export(denials);
        let found = check(&AccessGraph::new(&tenant), &settings, &rules, 99).findings;
        found.into_iter().map(|finding| (finding.rule, finding.access)).collect()
    };
    let over = |reach: &str| format!("recording:recording:view over {reach}");
    let everywhere = |rule: &str| (rule.to_owned(), vec![over("every division")]);
    assert!(said(Vec::new()).contains(&everywhere("partner-all-divisions")));
    let north = ("sensitive-permission".to_owned(), vec![over("division north")]);
    assert_eq!(said(vec![denial("USER u-1")]), [north]);
}

/// Two users of a partner with two roles: one narrows what it gives by a condition, the other does not.
fn narrowed(narrow: [&str; 3], wide: [&str; 3], denials: Vec<Value>) -> Vec<String> {
    let settings = Policy::read("rolecall.toml", SETTINGS).expect("good settings");
    let rules = rulebook(&settings, |id| id == "condition-bypassed");
    let mut own = policy(&narrow);
    own["resourceConditionNode"] = json!({ "variableName": "Conversation.agents", "operator": "EQ",
                                           "operands": [{ "type": "VARIABLE", "value": "User.id" }] });
    let files = [
        page(vec![role(1, &[own]), role(2, &[policy(&wide)])], "authorization/roles"),
        page([1, 2].map(|row| user(row, "one", "north")).to_vec(), "users"),
        page(denials, "authorization/policies"),
        given("u-1", 1, "north"),
        given("u-1", 2, "north"),
        given("u-2", 1, "north"),
        given("u-2", 2, "north"),
    ];
    let tenant = read("platform", files);
    let found = check(&AccessGraph::new(&tenant), &settings, &rules, 99).findings;
    found.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn a_condition_is_bypassed_by_what_overlaps_for_those_who_are_not_denied_it() {
    let any = ["recording", "recording", "*"];
    for (narrow, wide) in [(LISTEN, any), (any, LISTEN), (["recording", "*", "view"], any), (LISTEN, LISTEN)] {
        let all = narrowed(narrow, wide, Vec::new());
        assert!(matches!(all.as_slice(), [one] if one.contains("User 1") && one.contains("User 2")), "{all:?}");
    }
    assert_eq!(narrowed(any, LISTEN, Vec::new())[0].matches("`recording:recording:view`").count(), 1);
    assert!(narrowed(LISTEN, ["recording", "recording", "edit"], Vec::new()).is_empty());
    let left = narrowed(LISTEN, LISTEN, vec![denial("USER u-1")]);
    assert!(matches!(left.as_slice(), [one] if one.contains("User 2") && !one.contains("User 1")), "{left:?}");
    assert!(narrowed(LISTEN, LISTEN, vec![denial("ALL")]).is_empty());
    // What is denied is less than the wildcard gives.
    assert_eq!(narrowed(LISTEN, any, vec![denial("ALL")]).len(), 1);
}
