//! What the platform says with assignments and memberships, which stand apart from whom they are about.

use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Kind, Tenant};
use rolecall_source::SourceFile;

const EXPORT: &str = r#"
{"id": "r0", "name": "R0", "permissionPolicies": [{"domain": "routing", "entityName": "queue", "actionSet": ["view"]}]}
{"id": "r1", "name": "R1", "permissionPolicies": []}
{"id": "g0", "name": "G0", "visibility": "public", "rulesVisible": true}
{"entities": [{"id": "u0", "name": "U0", "username": "u0"}, {"id": "u1", "name": "U1", "username": "u1"}], "total": 2, "selfUri": "/api/v2/groups/g0/members"}
{"id": "u0", "version": 1, "grants": [{"subjectId": "u0", "role": {"id": "r0"}, "division": {"id": "d1"}}]}
{"id": "g0", "version": 1, "grants": [{"subjectId": "g0", "role": {"id": "r1"}, "division": {"id": "*"}}]}
{"entities": [{"id": "u0", "name": "U0", "username": "u0"}, {"id": "u1", "name": "U1", "username": "u1"}], "total": 2, "selfUri": "/api/v2/authorization/roles/r0/users"}
"#;

#[test]
fn assignments_and_memberships_join_those_whom_they_name() {
    let source = SourceFile::from_text("export.jsonl".to_owned(), EXPORT.trim_start().to_owned());
    let mut tenant = Tenant::default();
    let document = rolecall_ingest::read(&source, 0, &mut tenant);
    assert!(document.troubles.is_empty(), "{:?}", document.troubles);
    tenant.settle();
    let graph = AccessGraph::new(&tenant);
    let role = |id: &str| tenant.entities(Kind::Role).find(|role| tenant.id(*role) == id).expect("the role");
    // Whoever holds a role, and the division of the assignment that says so.
    let holders = |id: &str| -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = graph
            .holders_of(role(id).row)
            .map(|(who, _, row)| {
                let assignment = &tenant.assignments[row.expect("an assignment") as usize];
                let divisions = tenant.refs(assignment.divisions).iter().map(|d| tenant.str(d.target).to_owned());
                (tenant.id(who).to_owned(), divisions.collect())
            })
            .collect();
        found.sort();
        found
    };
    // Of two that say the same, the one that shows its division counts; the other counts where it is alone.
    assert_eq!(holders("r0"), [("u0".to_owned(), vec!["d1".to_owned()]), ("u1".to_owned(), Vec::new())]);
    assert_eq!(holders("r1"), [("g0".to_owned(), vec!["*".to_owned()])]);
    let group = tenant.entities(Kind::Group).find(|group| tenant.id(*group) == "g0").expect("the group");
    let mut members: Vec<&str> =
        graph.entities_into(group, EdgeKind::MemberOf).map(|(user, _)| tenant.id(user)).collect();
    members.sort_unstable();
    assert_eq!(members, ["u0", "u1"]);
    let users: Vec<Entity> = graph.holders(&[role("r1").row]).iter().map(|holding| holding.principal).collect();
    assert_eq!(users.len(), 2, "both by the group");
}

#[test]
fn every_edge_has_the_word_that_reports_use() {
    use EdgeKind::{Grants, Holds, Impersonates, InView, Inherits, LimitedTo, MemberOf, OnQueue};
    let words = [MemberOf, Holds, Inherits, Grants, Impersonates, OnQueue, InView, LimitedTo].map(EdgeKind::word);
    assert_eq!(
        words,
        ["member-of", "holds", "inherits", "grants", "impersonates", "on-queue", "in-view", "limited-to"]
    );
}
