//! Regions, by id and by name.

use crate::messages;
use serde_json::{Value, json};

fn regions() -> Value {
    json!([{ "id": "emea-1", "name": "EMEA" }, { "id": "us-1", "name": "US" }])
}

#[test]
fn a_region_is_the_same_by_id_and_by_name() {
    let found = |region: Value, allowed: &str| {
        let user = json!({ "id": "u-1", "name": "Ana Reis", "bpoUser": true, "region": region });
        let settings = format!("[tiers.bpo]\nregions = ['{allowed}']\n");
        messages("region-mismatch", &settings, json!({ "users": [user], "regions": regions() })).len()
    };
    for region in [json!("EMEA"), json!("emea-1"), json!({ "id": "emea-1" }), json!({ "name": "EMEA" })] {
        assert_eq!([found(region.clone(), "emea-1"), found(region.clone(), "EMEA")], [0, 0], "{region}");
        assert_eq!(found(region.clone(), "us-1"), 1, "{region}");
    }
    assert_eq!(found(json!("Ohio"), "us-1"), 1, "one that the export does not list is what it is called");
}

#[test]
fn a_report_lets_through_the_regions_that_its_filter_names_and_all_where_it_names_none() {
    let found = |filters: Value| {
        let report = json!({
            "id": "p-1", "name": "Week", "sharedWithRoles": ["r-1"], "filters": filters,
            "sources": ["interaction", "userProfile"]
        });
        let roles = json!([{ "id": "r-1", "name": "BPO Lead" }]);
        let export = json!({ "roles": roles, "reports": [report], "regions": regions() });
        ["cross-region-report", "report-without-region-filter"].map(|rule| messages(rule, "", export.clone()).len())
    };
    let of_values = |values: Value| found(json!([{ "dimension": "Region", "values": values }]));
    for one in [json!(["emea-1"]), json!(["emea-1", "emea-1"]), json!(["emea-1", "EMEA"]), json!(["Oslo", "OSLO"])] {
        assert_eq!(of_values(one.clone()), [0, 0], "{one}");
    }
    assert_eq!([of_values(json!(["EMEA", "us-1"])), of_values(json!(["EMEA", "Oslo"]))], [[1, 0], [1, 0]]);
    for none in [json!([]), Value::Null] {
        assert_eq!(of_values(none.clone()), [1, 1], "{none}");
    }
    assert_eq!(found(json!([{ "dimension": "Region" }])), [1, 1]);
    assert_eq!(found(json!([{ "dimension": "Region" }, { "dimension": "Region", "values": ["US"] }])), [0, 0]);
}

#[test]
fn a_region_is_the_same_in_any_letter_case() {
    let crossing = |own: &str, theirs: &str, regions: Value| {
        let export = json!({
            "roles": [{ "id": "r-1", "name": "BPO Lead", "rolePermissions": [
                { "id": "Routing > Queue", "permission": "View", "scope": "View", "views": ["v-1"] }
            ] }],
            "users": [{ "id": "u-1", "name": "Ana", "bpoUser": true, "region": own, "userRoles": ["r-1"] }],
            "queues": [{ "id": "q-1", "name": "Desk", "region": theirs }],
            "views": [{ "id": "v-1", "name": "All", "queues": ["q-1"] }],
            "reports": [{
                "id": "p-1", "name": "Week", "sharedWithRoles": ["r-1"], "sources": ["interaction", "userProfile"],
                "filters": [{ "dimension": "Region", "values": [own, theirs] }],
            }],
            "regions": regions,
        });
        let settings = format!("[tiers.bpo]\nregions = ['{}']\n", theirs.to_lowercase());
        ["view-crosses-region", "cross-region-report", "region-mismatch", "dangling-reference"]
            .map(|rule| messages(rule, &settings, export.clone()).len())
    };
    for (own, theirs) in [("EMEA", "emea"), ("emea-1", "Emea"), ("EMEA-1", "emea "), ("emea", "emea-1")] {
        assert_eq!(crossing(own, theirs, regions()), [0; 4], "{own} {theirs}");
    }
    assert_eq!(crossing("Oslo", "OSLO", json!([]))[..3], [0; 3]);
    assert_eq!(crossing("EMEA", "us", regions()), [1, 1, 1, 0]);
}
