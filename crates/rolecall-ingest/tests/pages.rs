//! Pages of listings as they are saved: which of them belong together, and what they say of their entities.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::{Listing, incomplete, read};
use rolecall_model::{Flag, Kind, Tenant};
use rolecall_source::SourceFile;

/// Reads files, of a name and a text each: the tenant, its pages, and the kinds of what was wrong.
fn read_all(files: &[(&str, &str)]) -> (Tenant, Vec<Listing>, Vec<&'static str>) {
    let (mut tenant, mut listings, mut wrong) = (Tenant::default(), Vec::new(), Vec::new());
    for (number, (name, text)) in (0..).zip(files) {
        let source = SourceFile::from_text((*name).to_owned(), (*text).to_owned());
        let document = read(&source, number, &mut tenant);
        listings.extend(document.listings);
        wrong.extend(document.troubles.iter().map(|trouble| trouble.kind));
    }
    (tenant, listings, wrong)
}

/// What is said of missing pages.
fn lacking(pages: &[&str]) -> Vec<String> {
    let files: Vec<(&str, &str)> = pages.iter().map(|page| ("page.json", *page)).collect();
    let (_, listings, wrong) = read_all(&files);
    assert_eq!(wrong, [""; 0]);
    incomplete(&listings).into_iter().map(|(_, trouble)| trouble.message).collect()
}

const NONE: [&str; 0] = [];

const ROLES: &str = r#"{"entities": [{"id": "r1", "name": "R1", "permissionPolicies": []},
    {"id": "r2", "name": "R2", "permissionPolicies": []}], "pageSize": 2, "pageNumber": 1, "total": 3, "pageCount": 2}"#;
const USERS: &str = r#"{"entities": [{"id": "u1", "name": "U1", "username": "u1"}, {"id": "u2", "name": "U2", "username": "u2"},
    {"id": "u3", "name": "U3", "username": "u3"}], "pageSize": 25, "pageNumber": 1, "total": 3, "pageCount": 1}"#;

#[test]
fn what_pages_hold_tells_them_apart_where_they_have_no_address() {
    let half = ["the listing has 3 entities, and 2 of them are here"];
    assert_eq!(lacking(&[ROLES]), half);
    assert_eq!(lacking(&[ROLES, USERS]), half);
    let last = r#"{"entities": [{"id": "r3", "name": "R3", "permissionPolicies": []}],
        "pageSize": 2, "pageNumber": 2, "total": 3, "pageCount": 2}"#;
    assert_eq!(lacking(&[ROLES, USERS, last]), NONE);
    // Whether clients act for themselves, or a secret stands among them, makes no other listing of them.
    let client = |number: u32, more: &str| {
        format!(
            r#"{{"entities": [{{"id": "c{number}", "name": "C", {more}}}], "pageSize": 1, "pageNumber": {number},
            "total": 2, "pageCount": 2}}"#
        )
    };
    let own =
        client(1, r#""authorizedGrantType": "CLIENT-CREDENTIALS", "roleDivisions": [], "secret": "s3cr3t-of-ours""#);
    assert_eq!(lacking(&[&own, &client(2, r#""authorizedGrantType": "CODE""#)]), NONE);
}

#[test]
fn the_query_of_an_address_says_what_is_listed_and_which_page_of_it() {
    let page = |query: &str, number: u32, users: &[u32]| {
        let users: Vec<String> =
            users.iter().map(|n| format!(r#"{{"id": "u{n}", "name": "U", "username": "u{n}"}}"#)).collect();
        format!(
            r#"{{"entities": [{}], "pageSize": 2, "pageNumber": {number}, "total": 2, "selfUri": "/api/v2/users?{query}"}}"#,
            users.join(", ")
        )
    };
    let (active, inactive) = (page("state=active&pageSize=2", 1, &[1]), page("state=inactive", 1, &[3, 4]));
    assert_eq!(lacking(&[&active, &inactive]), ["the listing has 2 entities, and 1 of them are here"]);
    let more = page("pageNumber=2&state=active&expand=groups", 2, &[2]);
    assert_eq!(lacking(&[&active, &inactive, &more]), NONE);
    // The next page's address will do where a page has none of its own, and its own comes before others.
    let by = |key: &str, number: u32| {
        page("pageNumber=7", number, &[number]).replace("selfUri", key).replace("users?", "users?state=active&")
    };
    assert_eq!(lacking(&[&active, &by("nextUri", 2)]), NONE);
    let both = by("firstUri", 2).replace("\"firstUri", "\"selfUri\": \"/api/v2/users?state=inactive\", \"firstUri");
    assert_eq!(lacking(&[&active, &both]).len(), 2);
}

#[test]
fn members_of_a_queue_are_counted_by_their_pages() {
    let page = |number: u32, has_next: bool| {
        let address = |number: u32| format!("/api/v2/routing/queues/q1/members?pageSize=1&pageNumber={number}");
        let next = if has_next { format!(r#", "nextUri": "{}""#, address(number + 1)) } else { String::new() };
        format!(
            r#"{{"entities": [{{"id": "u{number}", "name": "U", "memberBy": "user", "user": {{"id": "u{number}"}}}}],
            "pageSize": 1, "pageNumber": {number}, "selfUri": "{}"{next}}}"#,
            address(number)
        )
    };
    let [first, second, third] = [page(1, true), page(2, true), page(3, false)];
    assert_eq!(lacking(&[&first, &second, &third]), NONE);
    assert_eq!(lacking(&[&first, &third]), ["page 2 of the listing is missing"]);
    assert_eq!(lacking(&[&third]), ["page 1 of the listing is missing"]);
    assert_eq!(lacking(&[&first, &second]), ["the listing goes on after this page"]);
}

#[test]
fn users_of_scim_are_counted_by_where_their_pages_start() {
    let page = |start: u32, user: u32| {
        format!(
            r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 2, "startIndex": {start},
            "itemsPerPage": 1, "Resources": [{{"id": "u{user}", "userName": "u{user}"}}]}}"#
        )
    };
    assert_eq!(lacking(&[&page(1, 1), &page(2, 2)]), NONE);
    assert_eq!(lacking(&[&page(1, 1), &page(1, 1)]), ["the listing has 2 entities, and 1 of them are here"]);
}

const MEMBERS: &str = r#"[{"id": "u1", "name": "U1", "memberBy": "user", "user": {"id": "u1"}},
    {"id": "u2", "name": "U2", "memberBy": "user", "user": {"id": "u2"}}]"#;
const GRANTS: &str = r#"[{"id": "u1", "name": "U1", "type": "PC_USER", "divisions": [{"id": "*"}]}]"#;
const PEOPLE: &str = r#"[{"id": "u1", "name": "U1", "username": "u1"}]"#;

/// A list as a page of that address, or of none.
fn page(list: &str, address: &str) -> String {
    let address = if address.is_empty() { String::new() } else { format!(r#", "selfUri": "/api/v2/{address}""#) };
    format!(r#"{{"entities": {list}, "pageNumber": 1{address}}}"#)
}

/// The same, one a line.
fn lines(list: &str) -> String {
    let list = list.replace("}},\n", "}}\n");
    list.trim_matches(['[', ']']).to_owned()
}

#[test]
fn members_and_grants_that_do_not_say_of_what_are_a_problem_in_every_form() {
    for (of, list, address) in [
        ("queue-members", MEMBERS, "routing/queues/q1/members"),
        ("subjectgrants", GRANTS, "authorization/roles/r1/subjectgrants"),
        ("groups/Planning/members", PEOPLE, "groups/g1/members"),
    ] {
        let name = |end: &str| format!("{of}{end}");
        let forms = [
            (name(".json"), list.to_owned()),
            (name(".json"), page(list, "")),
            (name(".json"), format!("[{list}]")),
            (name(".json"), format!("[{}]", page(list, ""))),
            (name(".jsonl"), lines(list)),
        ];
        for (name, text) in forms {
            let (tenant, _, wrong) = read_all(&[("users.json", PEOPLE), (&name, &text)]);
            assert_eq!(wrong, ["ambiguous"], "{name} {text}");
            // Nothing comes of them but that there are such users, who are listed for themselves.
            assert_eq!((tenant.assignments.len(), tenant.memberships.len()), (0, 0), "{name}");
            let listed: Vec<bool> = tenant.users.iter().map(|user| !user.head.embedded).collect();
            assert!(listed.iter().zip(0..).all(|(is_listed, row)| *is_listed == (row == 0)), "{name} {listed:?}");
        }
        let (tenant, _, wrong) = read_all(&[(&name(".json"), &page(list, address))]);
        assert_eq!((wrong.len(), tenant.assignments.len() + tenant.memberships.len() > 0), (0, true), "{of}");
        let host = page(list, address).replace("/api/", "https://api.example.com/api/");
        let (tenant, _, wrong) = read_all(&[(&name(".json"), &host)]);
        assert_eq!((wrong.len(), tenant.assignments.len() + tenant.memberships.len() > 0), (0, true), "{of}");
    }
}

#[test]
fn what_is_open_in_a_list_leaves_the_pages_beside_it_alone() {
    let known = page(MEMBERS, "routing/queues/q1/members");
    let (tenant, _, wrong) = read_all(&[("all.json", &format!("[{known}, {MEMBERS}, {known}]"))]);
    assert_eq!((wrong.as_slice(), tenant.memberships.len()), (["ambiguous"].as_slice(), 4));
    let granted = page(GRANTS, "authorization/roles/r1/subjectgrants");
    let (tenant, _, wrong) = read_all(&[("all.json", &format!("[{granted}, {GRANTS}]"))]);
    assert_eq!((wrong.as_slice(), tenant.assignments.len()), (["ambiguous"].as_slice(), 1));
    // The address of a page says more than its file's name, and a listing of users by another name is one.
    for (name, text) in [("members.json", page(PEOPLE, "users")), ("people.json", PEOPLE.to_owned())] {
        let (tenant, _, wrong) = read_all(&[(name, &text)]);
        assert_eq!((wrong.len(), tenant.users.iter().any(|user| user.head.embedded)), (0, false), "{name}");
    }
}

/// A page of an address with what is left of two entities, and the kinds that the platform has there.
fn trimmed(name: &str, entities: &str, address: &str) -> (Tenant, Vec<&'static str>) {
    let text = format!(r#"{{"entities": [{entities}], "total": 2, "pageNumber": 1, "selfUri": "/api/v2/{address}"}}"#);
    let (tenant, _, wrong) = read_all(&[(name, &text)]);
    (tenant, wrong)
}

#[test]
fn the_address_of_a_page_tells_what_is_left_of_its_entities() {
    let forms = [
        r#"{"id": "u1", "name": "Kim"}, {"id": "u2", "name": "Ana"}"#,
        r#"{"id": "u1"}, {"id": "u2"}"#,
        r#""u1", "u2""#,
        r#"{"id": "u1", "name": "Kim", "state": "inactive", "division": {"id": "d"}}, {"id": "u2", "state": "active"}"#,
        r#"{"id": "m1", "name": "Kim", "user": {"id": "u1"}}, {"id": "m2", "name": "Ana", "user": {"id": "u2"}}"#,
        r#"{"id": "u1", "name": "Kim", "username": "kim"}, {"id": "u2", "name": "Ana"}"#,
    ];
    for address in
        ["groups/g1/members", "groups/g1/individuals", "routing/queues/q1/members", "authorization/roles/r1/users"]
    {
        // What the name of the file suggests says less than the address.
        for (name, form) in ["page.json", "groups/g1.json", "members.json"].iter().flat_map(|n| forms.map(|f| (*n, f)))
        {
            let (tenant, wrong) = trimmed(name, form, address);
            assert_eq!(wrong, NONE, "{name} {address}: {form}");
            let ids: Vec<&str> = tenant.users.iter().filter_map(|user| Some(tenant.str(user.head.id?))).collect();
            let mut sorted = ids.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, ["u1", "u2"], "{name} {address}: {form}");
            assert!(tenant.users.iter().all(|user| user.head.embedded) && tenant.groups.is_empty(), "{name}: {form}");
            assert_eq!(tenant.memberships.len() + tenant.assignments.len(), 2, "{name} {address}: {form}");
        }
    }
    let (tenant, _) = trimmed("page.json", forms[3], "groups/g1/members");
    let kim = tenant.users.first().expect("a user");
    let said = [kim.state, kim.division.map(|division| division.target)].map(|word| word.map(|word| tenant.str(word)));
    assert_eq!(said, [Some("inactive"), Some("d")]);
}

#[test]
fn what_is_left_of_a_listing_is_of_the_kind_that_it_lists() {
    let two = r#"{"id": "a", "name": "A", "division": {"id": "d"}}, {"id": "b", "name": "B"}"#;
    for (address, kind) in [
        ("users?state=any", Kind::User),
        ("groups", Kind::Group),
        ("routing/queues", Kind::Queue),
        ("authorization/roles", Kind::Role),
        ("authorization/divisions", Kind::Division),
    ] {
        for name in ["page.json", "users.json", "roles.json"] {
            let (tenant, wrong) = trimmed(name, two, address);
            assert_eq!(wrong, NONE, "{name} {address}");
            let counted: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| tenant.count(*kind) > 0).collect();
            assert_eq!((counted, tenant.count(kind)), (vec![kind], 2), "{name} {address}");
            // What such a role grants is not known, and the platform has no flag of people.
            assert!(tenant.roles.iter().all(|role| role.unshown), "{name}");
            assert!(tenant.users.iter().all(|user| user.flag == Flag::Unknown), "{name}");
        }
    }
    for address in ["oauth/clients", "authorization/policies", "authorization/roles/r1/subjectgrants"] {
        assert_eq!(trimmed("page.json", two, address).1, ["wrong-type"], "{address}");
    }
    // Nobody asks for these, and what has no address stays what it was.
    assert_eq!(trimmed("page.json", two, "routing/wrapupcodes").1, NONE);
    let page = format!(r#"{{"entities": [{two}], "total": 2, "pageNumber": 1}}"#);
    assert_eq!(read_all(&[("page.json", &page)]).2, ["unknown-shape"; 2]);
    let (tenant, _, wrong) = read_all(&[("users.json", &page)]);
    assert_eq!((wrong.len(), tenant.users.len()), (0, 2));
    let said: Vec<(Flag, bool)> = tenant.users.iter().map(|user| (user.flag, user.division.is_some())).collect();
    assert_eq!(said, [(Flag::Absent, true), (Flag::Absent, false)]);
}

#[test]
fn members_of_which_only_ids_are_left_are_a_problem_without_an_address() {
    let two = r#"{"id": "u1", "name": "Kim"}, {"id": "u2", "name": "Ana"}"#;
    let page = format!(r#"{{"entities": [{two}], "total": 2, "pageNumber": 1}}"#);
    for text in [page, format!("[{two}]")] {
        let (tenant, _, wrong) = read_all(&[("groups/Planning/members.json", &text)]);
        assert_eq!((wrong.as_slice(), tenant.memberships.len()), (["ambiguous"].as_slice(), 0), "{text}");
    }
}

#[test]
fn a_page_of_the_platform_has_no_flag_of_the_guide_unless_an_entity_has_a_key_of_the_guide() {
    let kim = r#"{"id": "u1", "name": "Kim", "email": "kim@x.example", "groups": [{"id": "g1"}]}"#;
    let (tenant, wrong) = trimmed("users.json", &format!("{kim}, {}", kim.replace("u1", "u2")), "users");
    assert_eq!(wrong, NONE);
    assert!(tenant.users.iter().all(|user| user.flag == Flag::Unknown));
    let flagged = kim.replace("u1", "u2").replace(r#""name""#, r#""bpoUser": true, "name""#);
    let (tenant, _) = trimmed("users.json", &format!("{kim}, {flagged}"), "users");
    assert_eq!(tenant.users.iter().map(|user| user.flag).collect::<Vec<_>>(), [Flag::Absent, Flag::Set(true)]);
}

#[test]
fn a_list_that_powershell_wrapped_is_a_list() {
    let users = r#"{"id": "u1", "name": "Kim", "username": "kim"}, {"id": "u2", "name": "Ana", "username": "ana"}"#;
    let wrapped = format!(r#"{{"value": [{users}], "Count": 2}}"#);
    for text in [wrapped.clone(), format!("[{wrapped}]")] {
        let (tenant, _, wrong) = read_all(&[("all.json", &text)]);
        assert_eq!((wrong.len(), tenant.users.len()), (0, 2), "{text}");
    }
    let inside = format!(r#"{{"entities": {wrapped}}}"#);
    assert_eq!(read_all(&[("all.json", &inside)]).2, ["wrong-type"]);
    for other in [r#"{"value": [{"a": 1}]}"#, r#"{"value": [1, 2], "Count": 2}"#, r#"{"value": {"a": 1}, "Count": 1}"#]
    {
        assert_eq!(read_all(&[("all.json", other)]).2, ["unknown-shape"], "{other}");
    }
}

#[test]
fn an_export_within_what_is_none_is_a_problem() {
    let given = r#"{"subjectId": "u1", "division": {"id": "*"}, "role": {"id": "r1", "name": "R"}}"#;
    let subject = format!(r#"{{"id": "u1", "name": "Kim", "grants": [{given}]}}"#);
    let users = r#"{"entities": [{"id": "u1", "name": "Kim"}], "selfUri": "/api/v2/users"}"#;
    for text in [
        format!(r#"{{"u1": {subject}, "u2": {{"id": "u2", "name": "Ana", "grants": []}}}}"#),
        format!(r#"{{"u2": [], "u1": [{given}]}}"#),
        format!(r#"{{"subjects": [{subject}]}}"#),
        format!(r#"{{"response": {{"entities": [{subject}]}}}}"#),
        format!(r#"{{"response": {users}}}"#),
        format!(r#"{{"status": 200, "data": {users}}}"#),
        r#"{"content": {"r1": {"id": "r1", "name": "R", "permissionPolicies": []}}}"#.to_owned(),
    ] {
        assert_eq!(read_all(&[("all.json", &text)]).2, ["wrapped"], "{text}");
    }
    for text in [
        // A description of the API has the same keys, and no values.
        r#"{"definitions": {"Role": {"properties": {"permissionPolicies": {"type": "array"}, "bpoUser": {"type": "boolean"}}}}}"#,
        r#"{"a": {"subjectId": "u1", "role": "reader"}}"#,
        r#"{"response": {"entities": [{"id": "f"}], "selfUri": "/api/v2/flows"}}"#,
    ] {
        assert_eq!(read_all(&[("all.json", text)]).2, ["unknown-shape"], "{text}");
    }
}
