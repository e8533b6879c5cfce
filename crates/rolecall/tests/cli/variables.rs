//! Terraform that is written by hand: what needs an evaluation is noted, and is no fault of the file.

use crate::arguments::{check_in, folder, joined};
use crate::{finish, rolecall};

const WRITTEN: &str = r#"
resource "genesyscloud_auth_division" "home" {
  name = "Home"
  home = var.is_home
}
resource "genesyscloud_auth_role" "power" {
  name            = "Power"
  default_role_id = var.default_role
  permissions     = var.general
  permission_policies {
    domain      = "oauth"
    entity_name = "client"
    action_set  = ["add"]
    dynamic "conditions" {
      for_each = var.conditions
      content {
        conjunction = "AND"
      }
    }
  }
}
resource "genesyscloud_oauth_client" "sync" {
  name                          = "Sync"
  authorized_grant_type         = var.grant_type
  access_token_validity_seconds = var.seconds
  roles {
    role_id     = genesyscloud_auth_role.power.id
    division_id = "*"
  }
}
resource "genesyscloud_user" "ana" {
  name          = var.name
  email         = "${var.mail}@example.com"
  department    = local.department
  employer_info = var.employer
}
resource "genesyscloud_group" "claims" {
  name           = "Claims"
  include_owners = var.owners
}
resource "genesyscloud_organization_authentication_settings" "own" {
  multifactor_authentication_required = var.factors
  timeout_settings {
    enable_idle_token_timeout  = true
    idle_token_timeout_seconds = var.idle
  }
}
"#;

#[test]
fn what_needs_an_evaluation_is_noted_wherever_it_stands() {
    let out = joined(&check_in(&folder(&[("main.tf", WRITTEN)]), &[".", "-v"]).out);
    assert!(!out.contains("wrong-type") && !out.contains("not everything could be read"), "{out}");
    let lines: Vec<usize> = WRITTEN
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.contains("var.") || line.contains("local."))
        .map(|(_, n)| n)
        .collect();
    assert_eq!(lines.len(), 13);
    for line in lines {
        let is_noted = |at: usize| out.contains(&format!("note: main.tf:{at}: "));
        // A block is noted where it starts.
        assert!(is_noted(line) || is_noted(line - 1), "{line}: {out}");
    }
}

#[test]
fn a_client_whose_grant_type_is_not_known_has_the_roles_that_it_is_given() {
    let hcl = check_in(
        &folder(&[("main.tf", WRITTEN)]),
        &[".", "--only", "identity-takeover", "--only", "client-all-divisions"],
    );
    assert!(hcl.code == 1 && joined(&hcl.out).contains("`Sync` can take over"), "{}", hcl.out);
    let roles = r#"{"id": "r", "name": "Power", "permissionPolicies": [{"domain": "oauth", "entityName": "client", "actionSet": ["add"]}]}"#;
    let client = |grant_type: &str| {
        format!(
            r#"[{{"id": "c", "name": "Sync", "accessTokenValiditySeconds": 300{grant_type}, "roleDivisions": [{{"roleId": "r", "divisionId": "*"}}]}}]"#
        )
    };
    let check = |grant_type: &str| {
        let tenant = folder(&[("roles.json", &format!("[{roles}]")), ("clients.json", &client(grant_type))]);
        let run = check_in(&tenant, &[".", "-v", "--only", "identity-takeover"]);
        (run.code, joined(&run.out))
    };
    for (grant_type, said) in [
        (r#", "authorizedGrantType": "MAGIC""#, "the grant type `MAGIC` is not known: with roles of its own"),
        (r#", "authorizedGrantType": null"#, "the client has no grant type: with roles of its own"),
        ("", "the client has no grant type: with roles of its own"),
    ] {
        let (code, out) = check(grant_type);
        assert!(code == 1 && out.contains("`Sync` can take over") && out.contains(said), "{grant_type}: {out}");
    }
    assert!(check(r#", "authorizedGrantType": " client-credentials""#).1.contains("`Sync` can take over"));
    let data = "data \"genesyscloud_oauth_client\" \"sync\" {\n  name = \"Sync\"\n}\n";
    let looked_up = check_in(&folder(&[("main.tf", data)]), &["."]).out;
    assert!(!looked_up.contains("grant type"), "{looked_up}");
    let (code, out) = check(r#", "authorizedGrantType": "CODE""#);
    assert!(code == 0 && !out.contains("not known"), "{out}");
}

#[test]
fn terraform_takes_switches_and_figures_as_text() {
    let division =
        |home: &str| format!("resource \"genesyscloud_auth_division\" \"d\" {{\n  name = \"D\"\n  home = {home}\n}}\n");
    assert_eq!(check_in(&folder(&[("main.tf", &division("\"true\""))]), &["."]).code, 0);
    let wrong = check_in(&folder(&[("main.tf", &division("\"yes\""))]), &["."]);
    assert!(
        wrong.code == 3 && joined(&wrong.out).contains("`home` should be true or false, not a string"),
        "{}",
        wrong.out
    );
}

#[test]
fn an_entry_without_actions_is_noted() {
    let role = |actions: &str| {
        format!(
            "resource \"genesyscloud_auth_role\" \"r\" {{\n  name = \"R\"\n  permission_policies {{\n    domain = \"recording\"\n    entity_name = \"recording\"\n    {actions}\n  }}\n}}\n"
        )
    };
    for actions in ["", "action_set = []", "action_set = null"] {
        let out = joined(&check_in(&folder(&[("main.tf", &role(actions))]), &["."]).out);
        assert!(out.contains("note: main.tf:3: `recording:recording` has no `action_set`"), "{actions}: {out}");
    }
    assert!(!check_in(&folder(&[("main.tf", &role("action_set = [\"view\"]"))]), &["."]).out.contains("action_set`"));
}

/// What a role or group holds that needs an evaluation may be anything, until a state tells it.
#[test]
fn a_no_is_open_where_a_role_or_group_needs_an_evaluation() {
    let asked = |files: &[(&str, &str)]| {
        let tenant = folder(files);
        let question = ["can", "Kim", "recording:recording:view", "."];
        finish(rolecall(&question).current_dir(tenant.path()).output().expect("it starts")).code
    };
    let given = |role: &str, group: &str| {
        format!(
            r#"resource "genesyscloud_user" "kim" {{
  name  = "Kim"
  email = "kim@x.example"
}}
resource "genesyscloud_user" "ann" {{
  name  = "Ann"
  email = "ann@x.example"
}}
resource "genesyscloud_auth_role" "rec" {{
  name = "Rec"
  {role}
}}
resource "genesyscloud_group" "g" {{
  name       = "G"
  member_ids = {group}
}}
resource "genesyscloud_group_roles" "g" {{
  group_id = genesyscloud_group.g.id
  roles {{
    role_id      = genesyscloud_auth_role.rec.id
    division_ids = ["*"]
  }}
}}
"#
        )
    };
    let view = "permission_policies {\n    domain      = \"recording\"\n    entity_name = \"recording\"\n    action_set  = [\"view\"]\n  }";
    let made = "dynamic \"permission_policies\" {\n    for_each = local.p\n    content {\n      domain = permission_policies.value\n    }\n  }";
    let state = r#"{"version": 4, "terraform_version": "1.9.0", "resources": [
        {"mode": "managed", "type": "genesyscloud_auth_role", "name": "rec", "instances": [{"attributes_flat": {"id": "r", "name": "Rec",
            "permission_policies.#": "1", "permission_policies.81.domain": "recording", "permission_policies.81.entity_name": "recording",
            "permission_policies.81.action_set.#": "1", "permission_policies.81.action_set.7": "view"}}]},
        {"mode": "managed", "type": "genesyscloud_user", "name": "ann", "instances": [{"attributes": {"id": "u-ann", "name": "Ann"}}]},
        {"mode": "managed", "type": "genesyscloud_group", "name": "g", "instances": [{"attributes_flat": {"id": "g", "name": "G",
            "member_ids.#": "1", "member_ids.3": "u-ann"}}]}]}"#;
    for (role, group, alone, beside) in [
        (view, "[genesyscloud_user.kim.id]", 0, 0),
        (view, "[genesyscloud_user.ann.id]", 1, 1),
        (view, "[genesyscloud_user.ann.id, local.m]", 4, 1),
        (made, "[genesyscloud_user.kim.id]", 4, 0),
        (made, "[genesyscloud_user.ann.id]", 1, 1),
    ] {
        let main = given(role, group);
        assert_eq!(asked(&[("main.tf", &main)]), alone, "{main}");
        assert_eq!(asked(&[("main.tf", &main), ("terraform.tfstate", state)]), beside, "{main}");
    }
}

const CLIENT: &str = r#"
resource "genesyscloud_oauth_client" "sync" {
  name                  = "BPO Sync"
  authorized_grant_type = "CLIENT-CREDENTIALS"
}
"#;

#[test]
fn a_client_lives_by_the_default_of_the_provider_where_it_does_not_say() {
    let run =
        |name: &str, text: &str| joined(&check_in(&folder(&[(name, text)]), &[".", "--only", "long-lived-token"]).out);
    let is_found = |out: &str| out.contains("medium: long-lived-token");
    let is_told = |out: &str| out.contains("not evaluated: no OAuth client in the input says how long its tokens live");
    let said = |life: &str| CLIENT.replace("\n}", &format!("\n  access_token_validity_seconds = {life}\n}}"));
    for (life, expected) in [("86400", [true, false]), ("null", [true, false]), ("300", [false, false])] {
        let out = run("main.tf", &said(life));
        assert_eq!([is_found(&out), is_told(&out)], expected, "{out}");
    }
    let out = run("main.tf", CLIENT);
    assert!(is_found(&out) && !is_told(&out), "{out}");
    // What is looked up, or needs an evaluation, may be anything.
    let looked_up =
        CLIENT.replace("resource", "data").replace("  authorized_grant_type = \"CLIENT-CREDENTIALS\"\n", "");
    for out in [run("main.tf", &said("var.life")), run("main.tf", &looked_up)] {
        assert!(!is_found(&out) && is_told(&out), "{out}");
    }
}

#[test]
fn a_block_that_one_folder_has_twice_is_a_problem() {
    let copy = r#"{"resource": {"genesyscloud_oauth_client": {"sync": {"name": "BPO Sync", "authorized_grant_type": "CODE"}}}}"#;
    let run = |files: &[(&str, &str)]| {
        let run = check_in(&folder(files), &["."]);
        (run.code, joined(&run.out))
    };
    let (code, out) = run(&[("main.tf", CLIENT), ("main.tf.json", copy)]);
    let said = "`genesyscloud_oauth_client.sync` is given twice in one folder: main.tf has";
    assert!(code == 3 && out.contains(said) && out.contains("main.tf.json:1:"), "{out}");
    let (code, out) = run(&[("main.tf", &[CLIENT, CLIENT].concat())]);
    assert!(code == 3 && out.contains("is given twice"), "{out}");
    // Each folder is a configuration of its own, and an override says otherwise what another file says.
    for files in
        [[("a/main.tf", CLIENT), ("b/main.tf.json", copy)], [("main.tf", CLIENT), ("main_override.tf", CLIENT)]]
    {
        let (_, out) = run(&files);
        assert!(!out.contains("given twice"), "{out}");
    }
}
