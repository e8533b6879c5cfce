//! What answers of the platform and of SCIM say together of users, roles and groups.

use crate::both_ways;
use rolecall_model::{Sym, Tenant};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is known of the one user of some files: e-mail address, division, department and employer.
fn who(files: &[(&str, Value)], expected: [&str; 4]) {
    both_ways(files, |tenant| {
        let user = tenant.users.first().expect("a user");
        let word = |word: Option<Sym>| word.map(|word| tenant.str(word)).unwrap_or_default();
        let division = word(user.division.map(|division| division.target));
        let said = [tenant.strings.text(user.email), division, word(user.department), word(user.employer)];
        assert_eq!((tenant.users.len(), said), (1, expected), "{files:?}");
    });
}

#[test]
fn a_member_of_a_queue_who_is_in_no_listing_is_known_by_what_the_queue_shows() {
    let whole = json!({ "id": "u", "name": "Kim", "email": "kim@bpo.example", "division": { "id": "d" },
        "department": "Claims", "employerInfo": { "officialName": "Brightline" } });
    let member = json!({ "id": "u", "name": "Kim", "memberBy": "user", "joined": true, "user": whole });
    let page = json!({ "entities": [member], "pageNumber": 1, "selfUri": "/api/v2/routing/queues/q/members" });
    let of_queue = ("queue.json", page);
    who(std::slice::from_ref(&of_queue), ["kim@bpo.example", "d", "Claims", "Brightline"]);
    // A listing says it first.
    let listed =
        json!([{ "id": "u", "name": "Kim", "username": "kim", "email": "kim@own.example", "division": { "id": "e" } }]);
    who(&[of_queue, ("users.json", listed)], ["kim@own.example", "e", "Claims", "Brightline"]);
}

#[test]
fn scim_says_of_which_department_and_division_people_are() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let user = json!({ "id": "u", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
        "userName": "kim@x.example", "active": true, enterprise: { "department": "External Sales", "division": "Brightline" } });
    let scim = (
        "scim.json",
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 1, "startIndex": 1, "Resources": [user] }),
    );
    who(std::slice::from_ref(&scim), ["kim@x.example", "Brightline", "External Sales", ""]);
    let listed =
        json!([{ "id": "u", "name": "Kim", "username": "kim", "email": "kim@x.example", "division": { "id": "d" } }]);
    who(&[scim, ("users.json", listed)], ["kim@x.example", "d", "External Sales", ""]);
}

#[test]
fn a_default_role_that_is_given_and_in_no_listing_is_there() {
    let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
    let given = |role: &str| json!([{ "id": "u", "schemas": [schema], "userName": "kim@x.example", "roles": [{ "value": role }] }]);
    for (role, expected) in [("Master Admin", vec![true]), ("employee", vec![]), ("Claims", vec![])] {
        both_ways(&[("scim.json", given(role))], |tenant| {
            let implied: Vec<bool> = tenant.roles.iter().map(|role| role.implied && role.system).collect();
            assert_eq!(implied, expected, "{role}");
        });
    }
    let listed = json!([{ "id": "r", "name": "Master Admin", "permissionPolicies": [] }]);
    both_ways(&[("scim.json", given("Master Admin")), ("roles.json", listed)], |tenant| {
        assert_eq!(tenant.roles.iter().map(|role| role.implied).collect::<Vec<_>>(), [false]);
    });
}

#[test]
fn what_somebody_is_shown_to_have_by_a_group_is_not_given_without_divisions_as_well() {
    let user = |roles: &[&str]| {
        let roles: Vec<Value> = roles.iter().map(|role| json!({ "id": role, "name": role })).collect();
        json!([{ "id": "u", "name": "Kim", "username": "kim", "authorization": { "roles": roles } }])
    };
    let group = |is_on: bool| json!([{ "id": "g", "name": "G", "visibility": "public", "rolesEnabled": is_on }]);
    let given = json!({ "subjectId": "g", "division": { "id": "d" }, "role": { "id": "r", "name": "R" } });
    let own = json!({ "id": "u", "name": "Kim", "grants": [given] });
    let given = |tenant: &Tenant| -> BTreeSet<(String, String)> {
        let word = |word: Sym| tenant.str(word).to_owned();
        tenant.assignments.iter().map(|given| (word(given.subject.target), word(given.role.target))).collect()
    };
    // One role is explained by the group, and of another nothing is said but that it is held.
    for (is_on, expected) in [(true, &[("g", "r"), ("u", "s")][..]), (false, &[("g", "r"), ("u", "r"), ("u", "s")])] {
        let files = [("users.json", user(&["r", "s"])), ("groups.json", group(is_on)), ("subject.json", own.clone())];
        let expected = expected.iter().map(|(who, role)| ((*who).to_owned(), (*role).to_owned())).collect();
        both_ways(&files, |tenant| assert_eq!(given(tenant), expected));
    }
}
