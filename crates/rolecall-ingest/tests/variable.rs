//! A variable of Terraform in the place of any value is no fault of the file, and what it leaves open is said or stays open.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::{Document, read};
use rolecall_model::Tenant;
use rolecall_source::SourceFile;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What no rule reads; what only ever is looked at for secrets, which a variable is not; and what a condition compares
/// with, which limits it to a set that is not known, as much else does.
const UNREAD: [&str; 11] = [
    "client_secret",
    "enable_transcription",
    "expose_client_secret",
    "roles_enabled",
    "rules_visible",
    "scopes",
    "source",
    "type",
    "value",
    "version",
    "visibility",
];

fn lowered(text: &str) -> (Document, String) {
    let source = SourceFile::from_text("main.tf".to_owned(), text.to_owned());
    let mut tenant = Tenant::default();
    let document = read(&source, 0, &mut tenant);
    let whole = format!("{:?} {:?}", tenant.assignments, tenant.refs);
    let open = whole + &format!("{:?}", tenant.strings);
    (document, open)
}

#[test]
fn no_variable_is_a_fault_and_none_is_passed_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/dialects/cx-as-code/hcl");
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the fixtures") {
        let text = fs::read_to_string(entry.expect("a file").path()).expect("UTF-8");
        let notes = lowered(&text).0.notes.len();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            let Some((before, value)) = line.split_once('=') else {
                start = end;
                continue;
            };
            let (key, value) = (before.trim(), value.trim());
            if !value.ends_with(['[', '{']) && !UNREAD.contains(&key) {
                let (head, tail) = (text.get(..start).expect("text"), text.get(end..).expect("text"));
                for given in
                    ["var.given", "one(local.given[*])", "\"${var.given}-x\"", "[for each in var.given : each]"]
                {
                    let (document, open) = lowered(&format!("{head}{before}= {given}\n{tail}"));
                    assert!(document.troubles.is_empty(), "{line}{given}: {:?}", document.troubles);
                    // Noted, or kept as what is not resolved.
                    let is_noted = document.notes.len() > notes;
                    assert!(is_noted || open.contains("given"), "{line}{given}: passed over");
                }
                seen.insert(key.to_owned());
            }
            start = end;
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
}

#[test]
fn a_key_or_type_that_terraform_would_refuse_is_told_where_it_stands() {
    let text = r#"
resource "genesyscloud_auth_role" "agent" {
  name = "Agent"
  permission_policies {
    domain      = "routing"
    entity_name = "queue"
    action_set  = ["view"]
  }
}
resource "genesyscloud_user_roles" "kim" {
  user_id = "kim"
  roles {
    role_id      = genesyscloud_auth_role.agent.id
    division_ids = ["*"]
  }
}
"#;
    assert_eq!(lowered(text).0.troubles, []);
    let others = [
        ("permission_policies", "permission_policy"),
        ("permission_policies", "permissionPolicies"),
        ("action_set ", "action_sets"),
        ("roles {", "role {"),
        ("division_ids", "division_id "),
        ("genesyscloud_user_roles", "genesyscloud_users_roles"),
    ];
    for (name, other) in others {
        let text = text.replacen(name, other, 1);
        let troubles = lowered(&text).0.troubles;
        let trouble = troubles.iter().find(|trouble| trouble.kind == "misspelt-key").expect("told");
        let word = other.trim_end_matches(['{', ' ']);
        assert!(trouble.message.contains(&format!("`{word}`")), "{}", trouble.message);
        let line = |at: usize| text.get(..at).map_or(0, |before| before.matches('\n').count());
        let at = text.find(other).unwrap_or_default();
        assert_eq!(line(trouble.at as usize), line(at + 1), "{word}");
    }
}
