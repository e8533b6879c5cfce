//! What findings are about and how they are proven, where there is a choice.

use crate::{found, messages};
use rolecall_testing::read;
use serde_json::json;

#[test]
fn a_circle_is_cut_at_an_edge_that_all_circles_have() {
    let cut = |parents: [(&str, &[&str]); 3]| {
        let role = |(id, parents): (&str, &[&str])| json!({ "id": id, "name": id, "inheritsFrom": parents });
        let export = json!({ "roles": parents.map(role) });
        let tenant = read("guide", [export.clone()]);
        let found = found("inheritance-cycle", "", export);
        let [one] = found.as_slice() else { panic!("one finding: {found:?}") };
        let ends = one.ends.as_ref().expect("ends");
        let name =
            |row: &u32| tenant.name(rolecall_model::Entity { kind: rolecall_model::Kind::Role, row: *row }).to_owned();
        ends.roles.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(cut([("a", &["b"]), ("b", &["c"]), ("c", &["a"])]), ["b"], "any edge will do, so the first");
    assert_eq!(cut([("a", &["b"]), ("b", &["c"]), ("c", &["a", "b"])]), ["c"], "two circles by way of b and c");
    assert_eq!(cut([("a", &["b"]), ("b", &["a", "c"]), ("c", &["b"])]), ["a"], "no edge is on both");
}

#[test]
fn of_people_who_may_be_become_the_most_powerful_is_told_and_what_they_may_do() {
    let told = |of_ben: &[&str], of_lee: &[(&str, &str)]| {
        let link = json!({ "id": "user:impersonate", "scope": "Group", "groups": ["g-1"] });
        let entry = |(id, scope): (&str, &str)| json!({ "id": id, "scope": scope });
        let of_ben: Vec<_> = of_ben.iter().map(|id| entry((id, "All"))).collect();
        let of_lee: Vec<_> = of_lee.iter().map(|one| entry(*one)).collect();
        let export = json!({
            "roles": [
                { "id": "r-1", "name": "BPO Link", "rolePermissions": [link] },
                { "id": "r-2", "name": "One", "rolePermissions": of_ben },
                { "id": "r-3", "name": "Two", "rolePermissions": of_lee }
            ],
            "users": [
                { "id": "u-1", "name": "Ana Reis", "bpoUser": true },
                { "id": "u-2", "name": "Ben Olsen", "bpoUser": false, "userRoles": ["r-2"] },
                { "id": "u-3", "name": "Lee Park", "bpoUser": false, "userRoles": ["r-3"] }
            ],
            "groups": [{ "id": "g-1", "name": "Floor", "members": ["u-1", "u-2", "u-3"] }]
        });
        let said = messages("impersonation-reaches-internal", "", export).pop().unwrap_or_default();
        said.split_once("; ").map(|(_, power)| power.to_owned()).unwrap_or_default()
    };
    assert_eq!(told(&[], &[]), "the export shows no permissions of theirs");
    let assigned = ("routing:queue:view", "Assigned");
    assert_eq!(told(&[], &[assigned]), "`Lee Park` may do `routing:queue:view` over Assigned");
    let strong = [("analytics:report:view", "All"), ("user:edit", "All"), ("authorization:role:edit", "All")];
    let words = "`Lee Park` may do `authorization:role:edit` over All and `user:edit` over All";
    assert_eq!(told(&["analytics:report:view"], &strong), words, "by what they open, not by the alphabet");
    assert_eq!(told(&["*"], &strong), "`Ben Olsen` may do `*:*:*` over All");
    assert_eq!(told(&["routing:queue:view"], &[assigned]), "`Ben Olsen` may do `routing:queue:view` over All");
    let two = "`Lee Park` may do `analytics:report:view` over All and `routing:queue:view` over All";
    let more = [("routing:queue:view", "All"), ("analytics:report:view", "All")];
    assert_eq!(told(&["routing:queue:view"], &more), two, "the more the stronger");
}

/// What is said of an expectation on `Desk`, and the access that is told as its proof.
fn unmet(expect: &str, scope: &str, seats: &[&str]) -> Option<(String, Vec<String>)> {
    let entry = json!({ "id": "routing:queue:view", "scope": scope, "groups": ["g-1"], "views": ["v-1"] });
    let export = json!({
        "roles": [{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }],
        "users": [{ "id": "u-1", "name": "Ana Reis", "userRoles": ["r-1"] }, { "id": "u-2", "name": "Ben Olsen" }],
        "groups": [{ "id": "g-1", "name": "Floor", "members": ["u-2"] }],
        "views": [{ "id": "v-1", "name": "Night", "queues": ["q-1"] }],
        "queues": [{ "id": "q-1", "name": "Desk", "members": seats }, { "id": "q-2", "name": "Other", "members": [] }]
    });
    let settings = format!("[[expect]]\non = 'Desk'\n{expect}\n");
    let found = found("unmet-expectation", &settings, export).pop()?;
    Some((found.message.split_once(", but ")?.1.to_owned(), found.access))
}

#[test]
fn whether_an_expectation_is_met_and_by_what_not_is_told() {
    let lead = |verb: &str| format!("who = 'Lead'\n{verb} = ['routing:queue:view']");
    let (can, cannot) = (lead("can"), lead("cannot"));
    let said = |words: &str, access: &str| Some((words.to_owned(), vec![access.to_owned()]));
    let assigned = "routing:queue:view over Assigned";
    // She works there, she does not, and the export shows nobody's place.
    assert_eq!(unmet(&can, "Assigned", &["u-1"]), None);
    assert_eq!(unmet(&cannot, "Assigned", &["u-1"]), said("`Ana Reis` can, by role `Lead` over Assigned", assigned));
    let only = "`Ana Reis` cannot: role `Lead` gives it over Assigned only";
    assert_eq!(unmet(&can, "Assigned", &["u-2"]), said(only, assigned));
    assert_eq!(unmet(&cannot, "Assigned", &["u-2"]), None);
    let untold = "whether `Ana Reis` can is not to be told from this input: role `Lead` gives it over Assigned";
    assert_eq!(unmet(&can, "Assigned", &[]), said(untold, assigned));
    let may = "`Ana Reis` may, by role `Lead` over Assigned, as far as the input shows";
    assert_eq!(unmet(&cannot, "Assigned", &[]), said(may, assigned));
    // Others' scopes: a view with the queue in it, a group without, and everything.
    let view = "routing:queue:view over View v-1";
    assert_eq!(unmet(&cannot, "View", &[]), said("`Ana Reis` can, by role `Lead` over View v-1", view));
    assert_eq!(unmet(&cannot, "Group", &[]), None);
    let all = "routing:queue:view over All";
    assert_eq!(unmet(&cannot, "All", &[]), said("`Ana Reis` can, by role `Lead` over All", all));
    let nobody = "who = 'Ben Olsen'\ncan = ['routing:queue:view']";
    let told = Some(("`Ben Olsen` cannot, since nothing gives it".to_owned(), vec![]));
    assert_eq!(unmet(nobody, "All", &[]), told);
}
