//! Near misses of built-in rules, and what these lack.

use crate::{lacking, messages};
use serde_json::json;

#[test]
fn what_an_export_lacks_for_a_boundary_is_told() {
    let rule = "impersonation-reaches-internal";
    let role = json!([{ "id": "r-1", "name": "Link" }]);
    let user = json!([{ "id": "u-1", "name": "Ana Reis", "bpoUser": true }]);
    let group = json!([{ "id": "g-1", "name": "Floor", "members": [] }]);
    let reason = |export| lacking(rule, export).unwrap_or_default();
    assert_eq!(reason(json!({ "roles": role, "users": user })), "no groups in the input");
    assert_eq!(reason(json!({ "roles": role, "groups": group })), "no users in the input");
    let views = json!([{ "id": "v-1", "name": "Night", "queues": [] }]);
    assert_eq!(lacking(rule, json!({ "roles": role, "users": user, "views": views })), None, "a view is a boundary");
    let nobody = json!([{ "id": "u-1", "name": "Lee Park", "bpoUser": false }]);
    let nobody = json!({ "roles": role, "users": nobody, "groups": group });
    assert_eq!(reason(nobody), "nothing in the input is of the tier `bpo`");
}

#[test]
fn two_wrong_letters_are_a_slip_and_three_are_a_permission_that_nobody_knows() {
    let of = |permission: &str| {
        let roles = json!([{ "id": "r-1", "name": "Agent", "rolePermissions": [permission] }]);
        messages("unknown-permission", "", json!({ "roles": roles }))
    };
    for slip in ["routing:qxexe:view", "routing:quee:view", "routing:queueas:view", "routing:uqeue:view"] {
        assert!(of(slip).iter().any(|said| said.contains("`routing:queue:view`")), "{slip}: {:?}", of(slip));
    }
    for other in ["routing:qxxxe:view", "routing:queuings:view", "routing:uqeue:veiw"] {
        assert!(of(other).is_empty(), "{other}: {:?}", of(other));
    }
}

/// Two partners, one of which reads a group of the other.
const PARTNERS: &str = "[partners.alpha]\ndomains = ['alpha.example']\n[partners.beta]\ndomains = ['beta.example']\n";

#[test]
fn a_permission_shows_only_things_of_its_own_kind() {
    let sees = |permission: &str, scope: &str| {
        let entry = json!({ "id": permission, "scope": scope, "groups": ["g-1"] });
        let roles = json!([{ "id": "r-1", "name": "Lead", "rolePermissions": [entry] }]);
        let users = json!([
            { "id": "u-1", "name": "Ana Reis", "email": "ana@alpha.example", "userRoles": ["r-1"] },
            { "id": "u-2", "name": "Ben Ray", "email": "ben@beta.example" }
        ]);
        let groups = json!([{ "id": "g-1", "name": "Floor", "members": ["u-2"] }]);
        let export = json!({ "roles": roles, "users": users, "groups": groups });
        messages("partner-sees-partner", PARTNERS, export)
    };
    let recordings = sees("recording:recording:view", "Group");
    assert!(recordings.len() == 1 && recordings[0].contains("sees `Ben Ray` of `beta`"), "{recordings:?}");
    assert_eq!(sees("routing:queue:view", "Group"), [""; 0], "of people queues show nothing");
    assert_eq!(sees("recording:recording:view", "Self"), [""; 0]);
}
