//! What scripts and shells make of an export, and what a folder holds beside one.

use crate::arguments::{GOOD, check_in, folder, joined};
use crate::{finish, rolecall};
use std::fs;

/// The kinds and helps of what is wrong with a file of that name among good ones.
fn said(name: &str, bytes: &[u8]) -> (i32, String) {
    let tenant = folder(&[("roles/desk.json", GOOD)]);
    fs::write(tenant.path().join(name), bytes).expect("written");
    let run = check_in(&tenant, &["."]);
    (run.code, run.out)
}

#[test]
fn what_powershell_cut_off_is_told_with_how_to_export_it_again() {
    let cases = [
        ("roles.json", r#"[{"id": "r", "name": "R", "permissionPolicies": ["@{domain=routing; entityName=queue}"]}]"#),
        ("roles.json", r#"[{"id": "r", "name": "R", "permissionPolicies": "System.Object[]"}]"#),
        ("bundle.json", r#"{"roles": [{"id": "r", "name": "R", "rolePermissions": ["@{id=Routing > Queue}"]}]}"#),
        ("subjects.jsonl", r#"{"id": "u", "name": "U", "grants": ["@{subjectId=u; role=; division=}"]}"#),
        ("subjects.jsonl", r#"{"id": "u", "name": "U", "grants": "System.Object[]"}"#),
        ("users.json", r#"{"entities": ["@{id=u}"], "pageNumber": 1, "total": 1}"#),
        ("users.json", r#"{"entities": "System.Object[]", "pageNumber": 1, "total": 1}"#),
        ("users.json", r#"{"users": "System.Object[]"}"#),
    ];
    for (name, text) in cases {
        let (code, out) = said(name, text.as_bytes());
        assert_eq!(code, 3, "{text}: {out}");
        assert!(out.contains("wrong-type") && out.contains("-Depth 20"), "{text}: {out}");
    }
}

#[test]
fn a_list_of_one_that_was_written_as_the_one_is_no_file_to_pass_over() {
    let cases = [
        ("users.json", r#"{"entities": {"id": "u", "name": "U"}, "pageNumber": 1, "total": 1}"#),
        ("users.json", r#"{"entities": {"id": "u", "name": "U", "email": "u@x.example"}}"#),
        ("all.json", r#"{"roles": {"id": "r", "name": "R", "rolePermissions": []}}"#),
        ("all.json", r#"{"roles": {"r-1": {"id": "r-1", "name": "R", "rolePermissions": []}}}"#),
        ("subjects.jsonl", r#"{"id": "u", "name": "U", "grants": {"role": {"id": "r"}, "division": {"id": "d"}}}"#),
    ];
    for (name, text) in cases {
        let (code, out) = said(name, text.as_bytes());
        assert!(code == 3 && out.contains("should be a list"), "{text}: {code} {out}");
    }
    for text in [r#"{"roles": {"build": {"cmd": "x"}}}"#, r#"{"results": {"a": 1}, "total": 3}"#] {
        let (code, out) = said("other.json", text.as_bytes());
        assert!(code == 0 && out.contains("passed over, no export: other.json"), "{text}: {out}");
    }
}

#[test]
fn lists_that_were_put_into_a_list_are_read() {
    let one = r#"{"id": "r-1", "name": "A", "rolePermissions": []}"#;
    let tenant =
        folder(&[("roles.json", &format!("[[{one}], [{}, {}]]", one.replace('1', "2"), one.replace('1', "3")))]);
    let run = check_in(&tenant, &[".", "--fail-on", "never"]);
    assert!(run.code == 0 && run.out.contains("(3 roles)"), "{}", run.out);
}

#[test]
fn a_page_of_scim_needs_no_address() {
    let user = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u-1", "userName": "kim@x.example",
        "name": {"givenName": "Kim", "familyName": "Ode"}, "active": true, "roles": [{"value": "r-1"}]}"#;
    let list = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    let page = format!(r#"{{"schemas": ["{list}"], "totalResults": 1, "startIndex": 1, "Resources": [{user}]}}"#);
    let role = r#"{"id": "r-1", "name": "R", "permissionPolicies": [
        {"domain": "recording", "entityName": "recording", "actionSet": ["view"]}]}"#;
    let group = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g-1", "displayName": "Desk",
        "members": [{"value": "u-1", "type": "User"}]}"#;
    let groups = format!(r#"{{"schemas": ["{list}"], "totalResults": 1, "startIndex": 1, "Resources": [{group}]}}"#);
    let roles = format!("[{role}, {}]", role.replace("r-1", "r-2").replace("recording", "routing"));
    let given = r#"{"id": "g-1", "grants": [{"subjectId": "g-1", "role": {"id": "r-2"}, "division": {"id": "*"}}]}"#;
    let files = [("users.json", &*page), ("groups.json", &groups), ("roles.json", &roles), ("subjects.jsonl", given)];
    let tenant = folder(&files);
    let run = check_in(&tenant, &[".", "--fail-on", "never"]);
    assert!(run.code == 0 && run.out.contains("(2 roles, 1 user, 1 group)"), "{}", run.out);
    let who_can = |permission: &str| {
        let asked = rolecall(&["who-can", permission, "."]).current_dir(tenant.path()).output();
        finish(asked.expect("it starts")).out
    };
    let (own, of_group) = (who_can("recording:recording:view"), who_can("routing:routing:view"));
    assert!(own.contains("`Kim Ode`"), "{own}");
    assert!(of_group.contains("Kim Ode → group Desk → role R"), "{of_group}");
}

#[test]
fn what_is_no_text_of_json_is_called_by_its_name() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let two = format!("{GOOD}\n{GOOD}");
    let cases: [(&[u8], &str); 5] = [
        (&utf16, "the file is UTF-16"),
        (b"\x1f\x8b\x08\x00\xff", "packed with gzip"),
        (b"PK\x03\x04\xff", "a zip archive"),
        (b"<!DOCTYPE html><title>Sign in</title>", "this is a web page"),
        (two.as_bytes(), "name the file .jsonl"),
    ];
    for (bytes, expected) in cases {
        let (code, out) = said("more.json", bytes);
        let out = joined(&out);
        assert!(code == 3 && out.contains(expected), "{expected}: {out}");
    }
}

#[test]
fn a_folder_is_left_for_what_is_in_it_and_not_for_its_name() {
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n# made by a program\n";
    let tenant = folder(&[
        ("target/roles.json", GOOD),
        ("cache/CACHEDIR.TAG", tag),
        ("cache/broken.json", "{"),
        ("users.json.gz", "x"),
        ("notes.txt.gz", "x"),
    ]);
    let run = check_in(&tenant, &["."]);
    let out = joined(&run.out);
    assert!(run.code == 0 && out.contains("1 file read"), "{out}");
    assert!(out.contains("note: users.json.gz: the file is packed") && !out.contains("notes.txt"), "{out}");
}

/// Everything of the platform has an id, by which alone others refer to it.
#[test]
fn what_of_the_platform_has_no_id_is_told() {
    let listings = [
        (
            "users.json",
            r#"{"id": "x", "name": "Kim", "email": "kim@x.example", "department": "Claims", "authorization": {"roles": []}}"#,
        ),
        ("groups.json", r#"{"id": "x", "name": "Claims", "visibility": "public", "owners": []}"#),
        ("roles.json", r#"{"id": "x", "name": "Agent", "permissionPolicies": []}"#),
        ("queues.json", r#"{"id": "x", "name": "Claims", "mediaSettings": {}}"#),
        (
            "clients.json",
            r#"{"id": "x", "name": "Sync", "authorizedGrantType": "CLIENT-CREDENTIALS", "roleDivisions": []}"#,
        ),
        ("divisions.json", r#"{"id": "x", "name": "Claims", "homeDivision": true}"#),
    ];
    for (name, entity) in listings {
        assert_eq!(check_in(&folder(&[(name, &format!("[{entity}]"))]), &["."]).code, 0, "{name}");
        for without in ["", r#""id": null, "#, r#""id": "", "#] {
            let run = check_in(&folder(&[(name, &format!("[{}]", entity.replace(r#""id": "x", "#, without)))]), &["."]);
            assert!(run.code == 3 && run.out.contains("error: without-id"), "{name}: {}", run.out);
        }
    }
}

/// What a condition leaves open narrows nothing more than it says for sure.
#[test]
fn words_of_a_condition_that_are_not_known_widen() {
    let over = |conjunction: &str, operator: &str| {
        let term = |variable: &str, operator: &str, operand: &str| {
            format!(r#"{{"variableName": "{variable}", "operator": "{operator}", "operands": [{{{operand}}}]}}"#)
        };
        let own = term("Query.userId", operator, r#""type": "VARIABLE", "value": "User.id""#);
        let queue = term("Query.queueId", "EQ", r#""type": "QUEUE", "queue": {"id": "q-1", "name": "Claims"}"#);
        let role = format!(
            r#"[{{"id": "r-1", "name": "Agent", "permissionPolicies": [{{"domain": "analytics", "entityName": "conversationDetail",
            "actionSet": ["view"], "allowConditions": true, "resourceConditionNode": {{{conjunction} "terms": [{own}, {queue}]}}}}]}}]"#
        );
        let tenant = folder(&[("roles.json", &role)]);
        let asked = rolecall(&["access", "Agent", "."]).current_dir(tenant.path()).output();
        let out = finish(asked.expect("it starts")).out;
        out.lines().find(|line| line.contains("conversationDetail:view over")).expect("the entry").trim().to_owned()
    };
    for and in [r#""conjunction": "AND","#, r#""conjunction": " and","#, ""] {
        assert!(over(and, "EQ").contains("over Self"), "{}", over(and, "EQ"));
        assert!(over(and, "in").contains("over Self"), "{}", over(and, "in"));
    }
    for (conjunction, operator) in [("OR", "EQ"), ("XOR", "EQ"), ("", "EQ"), ("AND", "NE"), ("AND", "${var.operator}")]
    {
        let said = over(&format!(r#""conjunction": "{conjunction}","#), operator);
        assert!(!said.contains("over Self"), "{conjunction} {operator}: {said}");
    }
}

/// Fields that every listing of the platform has, and that a cut-down one leaves out.
#[test]
fn what_a_listing_of_the_platform_leaves_out_is_noted() {
    let cases = [
        (
            "roles.json",
            r#"[{"id": "r", "name": "Agent", "unusedPermissions": []}]"#,
            "the role shows no `permissionPolicies`",
        ),
        (
            "clients.json",
            r#"[{"id": "c", "name": "Sync", "authorizedGrantType": "CLIENT-CREDENTIALS"}]"#,
            "its `roleDivisions` are not shown",
        ),
        (
            "clients.json",
            r#"[{"id": "c", "name": "Sync", "authorizedGrantType": "CLIENT-CREDENTIALS", "roleDivisions": [{"roleId": "r"}]}]"#,
            "its division is not shown",
        ),
        (
            "clients.json",
            r#"[{"id": "c", "name": "Sync", "accessTokenValiditySeconds": 300, "roleDivisions": []}]"#,
            "the client has no grant type",
        ),
        (
            "subjects.json",
            r#"[{"id": "u", "name": "Kim", "grants": [{"subjectId": "u", "role": {"id": "r"}}]}]"#,
            "its division is not shown",
        ),
    ];
    let trustee =
        r#"[{"id": "t", "organization": {"id": "o", "name": "Acme"}, "enabled": true, "usesDefaultRole": false}]"#;
    let cases = cases.into_iter().chain([("trustees.json", trustee, "the trustee does not show `hasFullAccess`")]);
    for (name, listing, note) in cases {
        let out = joined(&check_in(&folder(&[(name, listing)]), &[".", "-v"]).out);
        assert!(out.contains(note), "{listing}: {out}");
    }
    let page = r#"{"pageSize": 25, "pageNumber": 1, "total": 3, "selfUri": "/api/v2/groups/g/individuals"}"#;
    let run = check_in(&folder(&[("page.json", page)]), &["."]);
    assert!(run.code == 3 && run.out.contains("a page without its list of `entities`"), "{}", run.out);
}

#[test]
fn what_looks_like_an_export_under_another_name_is_noted() {
    let page = r#"{"entities": [{"id": "r", "name": "R", "permissionPolicies": []}], "pageNumber": 1, "total": 1}"#;
    let beside =
        [("roles.json", GOOD), ("subjects.json.txt", page), ("users.bak", page), ("a.txt", "[x] call"), ("b", "{}")];
    let tenant = folder(&beside);
    let run = check_in(&tenant, &["."]);
    let out = joined(&run.out);
    let said = "note: 2 files look like exports and were not read, for their names: subjects.json.txt, users.bak;";
    assert!(run.code == 0 && out.contains(said), "{out}");
    let named = joined(&check_in(&tenant, &[".", "subjects.json.txt", "users.bak"]).out);
    assert!(named.contains("3 files read") && !named.contains("look"), "{named}");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(page.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let alone = folder(&[]);
    fs::write(alone.path().join("export.txt"), wide).expect("written");
    let run = check_in(&alone, &["."]);
    let out = joined(&run.out);
    assert!(
        run.code == 3 && out.contains("no-export") && out.contains("note: export.txt looks like an export"),
        "{out}"
    );
}
