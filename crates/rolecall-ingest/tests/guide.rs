//! What is read of the guide's entities, and what is wrong with them.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::{Document, read};
use rolecall_model::{Kind, Tenant};
use rolecall_source::SourceFile;

fn read_text(name: &str, text: &str) -> (Document, Tenant) {
    let mut tenant = Tenant::default();
    let document = read(&SourceFile::from_text(name.to_owned(), text.to_owned()), 0, &mut tenant);
    (document, tenant)
}

fn messages(name: &str, text: &str) -> Vec<String> {
    read_text(name, text).0.troubles.into_iter().map(|trouble| trouble.message).collect()
}

#[test]
fn what_an_entry_is_limited_to_is_not_passed_over_under_another_name() {
    let of = |more: &str| {
        messages(
            "roles.json",
            &format!(r#"{{"name": "R", "rolePermissions": [{{"id": "user:impersonate", {more}}}]}}"#),
        )
    };
    let cases = [
        (r#""scope": "Group", "group": {"id": "g"}"#, "group", "groups"),
        (r#""scope": "Group", "groupIds": ["g"]"#, "groupIds", "groups"),
        (r#""scope": "Group", "Groups": ["g"]"#, "Groups", "groups"),
        (r#""scope": "View", "view_id": "v""#, "view_id", "views"),
        (r#""Scope": "Assigned""#, "Scope", "scope"),
        (r#""Permission": "View", "scope": "Self""#, "Permission", "permission"),
    ];
    for (more, key, name) in cases {
        assert_eq!(of(more), [format!("`{key}` is read by nobody: the field is called `{name}`")], "{more}");
    }
    for more in [
        r#""scope": "Group", "groups": ["g"], "group": {"id": "g"}"#,
        r#""scope": "Assigned", "groupIds": ["g"]"#,
        r#""scope": "Group", "group": null"#,
        r#""scope": "All", "description": "x""#,
    ] {
        assert_eq!(of(more), [""; 0], "{more}");
    }
}

#[test]
fn the_folder_decides_of_what_has_only_an_id_and_a_name() {
    for (folder, kind) in [
        ("oauthClients", Kind::OauthClient),
        ("service-accounts", Kind::ServiceAccount),
        ("recording-policies", Kind::RecordingPolicy),
        ("regions", Kind::Region),
    ] {
        let (document, _) = read_text(&format!("{folder}/1.json"), r#"{"id": "x", "name": "X"}"#);
        assert_eq!((document.entities, document.troubles), (vec![(kind, 1)], vec![]), "{folder}");
    }
    assert!(read_text("other/1.json", r#"{"id": "x", "name": "X"}"#).0.dialect.is_none());
}

#[test]
fn none_in_a_list_is_none() {
    let inherits = |value: &str| {
        let (document, tenant) = read_text("roles.json", &format!(r#"{{"name": "R", "inheritsFrom": {value}}}"#));
        assert_eq!(document.troubles, [], "{value}");
        tenant.refs(tenant.roles.first().expect("a role").inherits).len()
    };
    assert_eq!(["null", r#""None""#, "[]", r#"["None"]"#, r#"[" none "]"#].map(inherits), [0; 5]);
    assert_eq!(
        [r#""Agent""#, r#"["Agent", "None"]"#, r#"{"id": "r-0"}"#, r#"[{"id": "r-0"}]"#].map(inherits),
        [1, 2, 1, 1]
    );
}

#[test]
fn a_blank_region_is_none() {
    let text = r#"{"users": [{"id": "u", "name": "U", "region": ""}, {"id": "v", "name": "V", "region": "emea-1"}],
        "queues": [{"id": "q", "name": "Q", "region": {"id": " "}}]}"#;
    let (document, tenant) = read_text("all.json", text);
    assert_eq!(document.troubles, []);
    let of_users: Vec<bool> = tenant.users.iter().map(|user| user.region.is_some()).collect();
    assert_eq!((of_users, tenant.queues.iter().all(|queue| queue.region.is_none())), (vec![false, true], true));
}

#[test]
fn what_is_wrong_is_not_called_by_the_name_of_what_is_right() {
    let cases = [
        (r#"{"accessTokenValiditySeconds": -5, "id": "c"}"#, "a whole number, not `-5`"),
        (r#"{"accessTokenValiditySeconds": "5", "id": "c"}"#, "a whole number, not a string"),
        (
            r#"{"id": "u", "bpoUser": true, "userRoles": [{"id": 5}]}"#,
            "a reference (an id, a name, or an object with `id`), not an object that lacks such a text",
        ),
        (r#"{"id": "u", "bpoUser": true, "email": {}}"#, "a string, not an object"),
    ];
    for (text, said) in cases {
        let all = messages("all.json", text);
        assert!(all.len() == 1 && all.iter().all(|message| message.ends_with(said)), "{text}: {all:?}");
    }
}
