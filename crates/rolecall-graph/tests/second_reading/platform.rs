//! What the platform says with assignments and memberships, which stand apart from whom they are about.

use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Edit, Entity, Kind, Tenant};
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

fn tenant(export: &str) -> Tenant {
    let source = SourceFile::from_text("export.jsonl".to_owned(), export.trim_start().to_owned());
    let mut tenant = Tenant::default();
    let document = rolecall_ingest::read(&source, 0, &mut tenant);
    assert!(document.troubles.is_empty(), "{:?}", document.troubles);
    tenant.settle();
    tenant
}

#[test]
fn assignments_and_memberships_join_those_whom_they_name() {
    let tenant = tenant(EXPORT);
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

/// What a user is shown to be given through groups: g0 and g1 are listed, g9 is not.
const THROUGH: &str = r#"
{"id": "r0", "name": "R0", "permissionPolicies": []}
{"id": "r1", "name": "R1", "permissionPolicies": []}
{"id": "g0", "name": "G0", "visibility": "public", "rulesVisible": true}
{"id": "g1", "name": "G1", "visibility": "public", "rulesVisible": true}
{"id": "u0", "name": "U0", "username": "u0", "groups": [{"id": "g1"}]}
{"id": "u1", "name": "U1", "username": "u1"}
{"id": "u0", "version": 1, "grants": [{"subjectId": "g0", "role": {"id": "r0"}, "division": {"id": "*"}}, {"subjectId": "g0", "role": {"id": "r1"}, "division": {"id": "*"}}, {"subjectId": "u0", "role": {"id": "r0"}, "division": {"id": "d1"}}, {"subjectId": "g1", "role": {"id": "r1"}, "division": {"id": "*"}}]}
{"id": "u1", "version": 1, "grants": [{"subjectId": "g9", "role": {"id": "r0"}, "division": {"id": "*"}}]}
{"id": "g0", "version": 1, "grants": [{"subjectId": "g0", "role": {"id": "r0"}, "division": {"id": "*"}}]}
"#;

#[test]
fn whoever_is_shown_what_a_group_is_given_is_a_member_of_it() {
    let tenant = tenant(THROUGH);
    let edges = |tenant: &Tenant| -> Vec<String> {
        let graph = AccessGraph::new(tenant);
        let of = |kind: Kind| tenant.entities(kind);
        let mut all: Vec<String> = of(Kind::User)
            .chain(of(Kind::Group))
            .flat_map(|from| {
                let to = |kind| graph.entities_from(from, kind).map(move |(to, _)| (kind, to)).collect::<Vec<_>>();
                let ends = [to(EdgeKind::MemberOf), to(EdgeKind::Holds)].concat().into_iter();
                ends.map(move |(kind, to)| format!("{} {} {}", tenant.id(from), kind.word(), tenant.id(to)))
            })
            .collect();
        all.sort();
        all.dedup();
        all
    };
    let all = [
        "g0 holds r0",
        "g0 holds r1",
        "g1 holds r1",
        "u0 holds r0",
        "u0 member-of g0",
        "u0 member-of g1",
        // Of a group that nobody lists what is left is whom it was shown for.
        "u1 holds r0",
    ];
    assert_eq!(edges(&tenant), all);
    let graph = AccessGraph::new(&tenant);
    let entity = |kind: Kind, id: &str| tenant.entities(kind).find(|one| tenant.id(*one) == id).expect("it");
    let (user, group) = (entity(Kind::User, "u0"), entity(Kind::Group, "g0"));
    let joined = graph.stated(user, EdgeKind::MemberOf, group).expect("an edge").offset as usize;
    assert!(THROUGH[1 + joined..].starts_with(r#""g0", "role": {"id": "r0"}"#), "where the listing names the group");
    // Taking away what a user holds leaves what a group does, and the other way round.
    let left = |edit: Edit| edges(&tenant.without(&[edit]));
    let less = |gone: &str| all.iter().filter(|edge| **edge != gone).copied().collect::<Vec<_>>();
    let role = entity(Kind::Role, "r0");
    assert_eq!(left(Edit::Holding { holder: user, role }), less("u0 holds r0"));
    assert_eq!(left(Edit::Holding { holder: group, role }), less("g0 holds r0"));
    assert_eq!(left(Edit::Membership { member: user, group }), less("u0 member-of g0"));
}

#[test]
fn what_a_group_is_given_counts_unless_its_roles_are_switched_off() {
    let holders = |more: &str| -> Vec<String> {
        let tenant = tenant(&EXPORT.replace(r#""rulesVisible": true"#, more));
        let graph = AccessGraph::new(&tenant);
        assert_eq!(graph.strangers().count(), 0, "the group is there");
        let role = tenant.entities(Kind::Role).find(|role| tenant.id(*role) == "r1").expect("the role");
        let members = tenant.entities(Kind::Group).flat_map(|group| graph.sources(group, EdgeKind::MemberOf));
        assert_eq!(members.count(), 2, "whatever it gives, people are in it");
        graph.holders_of(role.row).map(|(who, ..)| tenant.id(who).to_owned()).collect()
    };
    assert_eq!(holders(r#""rolesEnabled": false"#), [""; 0]);
    for more in [r#""rolesEnabled": true"#, r#""rolesEnabled": null"#, r#""rulesVisible": false"#] {
        assert_eq!(holders(more), ["g0"], "{more}");
    }
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
