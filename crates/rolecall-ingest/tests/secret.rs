//! Secrets are found wherever a file that is read has them.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::{Layout, locate, read};
use rolecall_model::{Place, Tenant};
use rolecall_source::SourceFile;
use std::collections::BTreeSet;

/// What stands where a file is said to have secrets.
fn found(path: &str, text: &str) -> BTreeSet<String> {
    let source = SourceFile::from_bytes(path.to_owned(), text.as_bytes().to_vec()).expect("UTF-8");
    let mut tenant = Tenant::default();
    let document = read(&source, 0, &mut tenant);
    assert_eq!(document.troubles.iter().filter(|t| !t.is_unknown_shape()).count(), 0, "{:?}", document.troubles);
    let layout: &Layout = &document.layout;
    let places: Vec<Place> = tenant.secrets.iter().map(|head| Place::whole(head.origin)).collect();
    let all = locate(&source, layout, &places);
    assert_eq!(all.len(), places.len(), "each has a place of its own");
    all.values().map(|at| text[at.start as usize..at.end as usize].trim_matches('"').to_owned()).collect()
}

fn check(path: &str, text: &str, expected: &[&str]) {
    assert_eq!(found(path, text), expected.iter().map(|one| (*one).to_owned()).collect(), "{path}");
}

#[test]
fn what_lies_within_them_may_be_secret_by_its_own_name() {
    check(
        "main.tf",
        r#"
variable "cfg" {
  default = { client_secret = "of-variable", region = "eu-west-1" }
}
locals {
  clients = [{ name = "Sync", client_secret = "of-local" }, { name = "Link", client_secret = "of-other" }]
}
output "all" {
  value = { deep = [{ password = "of-output" }] }
}
module "m" {
  source                = "./m"
  genesys_client_secret = "of-argument"
  admin                 = { admin_password = "of-deeper", password_policy = "strict" }
}
"#,
        &["of-variable", "of-local", "of-other", "of-output", "of-argument", "of-deeper"],
    );
}

#[test]
fn variables_outputs_locals_arguments_and_the_provider_may_hold_secrets() {
    check(
        "main.tf",
        r#"
variable "pw" {
  default   = "of-variable"
  sensitive = true
}
variable "several" {
  default   = { a = "of-several-a", b = ["of-several-b"], c = "" }
  sensitive = true
}
variable "client_secret" {
  default = "of-named"
}
variable "region" {
  default = "eu-west-1"
}
variable "later" {
  sensitive = true
}
locals {
  db_password = "of-local"
  reference   = "plain"
  api_key     = var.pw
}
output "token" {
  value     = "of-output"
  sensitive = true
}
module "team" {
  source   = "./team"
  password = "of-argument"
}
provider "genesyscloud" {
  oauthclient_id     = "abc"
  oauthclient_secret = "of-provider"
  proxy {
    auth {
      username = "kim"
      password = "of-proxy"
    }
  }
}
provider "other" {
  password = "of-others"
}
resource "genesyscloud_idp_other" "x" {
  name          = "X"
  client_secret = "of-resource"
}
"#,
        &[
            "of-variable",
            "of-several-a",
            "of-several-b",
            "of-named",
            "of-local",
            "of-output",
            "of-argument",
            "of-provider",
            "of-proxy",
            "of-resource",
        ],
    );
    check(
        "a.tf.json",
        r#"{"variable": {"pw": {"default": "of-json", "sensitive": true}}, "locals": {"password": 7}}"#,
        &["of-json", "7"],
    );
    // What belongs to others is passed over whole.
    check(
        "b.tf.json",
        r#"{"resource": {"aws_user": {"x": {}}}, "variable": {"pw": {"default": "of-others", "sensitive": true}}}"#,
        &[],
    );
}

#[test]
fn a_state_holds_secrets_in_its_outputs() {
    let outputs = r#"{"open": {"value": "plain", "type": "string"}, "hidden": {"value": "of-output", "type": "string", "sensitive": true},
        "client_secret": {"value": "of-named", "type": "string"}}"#;
    let state = format!(r#"{{"version": 4, "terraform_version": "1.5.0", "outputs": {outputs}, "resources": []}}"#);
    check("terraform.tfstate", &state, &["of-output", "of-named"]);
    let shown = format!(
        r#"{{"format_version": "1.0", "terraform_version": "1.5.0", "variables": {{"pw_secret": {{"value": "of-variable"}}, "x": {{"value": "plain"}}}},
            "values": {{"outputs": {outputs}, "root_module": {{}}}}}}"#
    );
    check("show.json", &shown, &["of-output", "of-named", "of-variable"]);
}

#[test]
fn the_platform_shows_credentials_and_secrets_of_what_is_not_read_otherwise() {
    let uri = r#""selfUri": "/api/v2/integrations/credentials/x""#;
    let fields = r#""credentialFields": {"userName": "a", "password": "of-credential", "other": "********"}"#;
    check("cred.json", &format!(r#"{{"id": "x", "name": "cred", {fields}, {uri}}}"#), &["of-credential"]);
    check("cred.json", &format!(r#"{{"id": "x", "name": "cred", {fields}}}"#), &["of-credential"]);
    check("cred.json", &format!(r#"{{"entities": [{{"id": "x", "name": "cred", {fields}}}]}}"#), &["of-credential"]);
    check(
        "other.json",
        r#"{"id": "x", "name": "y", "apiKey": "of-other", "selfUri": "/api/v2/other/x"}"#,
        &["of-other"],
    );
    check("other.json", r#"{"id": "x", "name": "y", "apiKey": "", "selfUri": "/api/v2/other/x"}"#, &[]);
}

#[test]
fn everybody_in_the_guides_words_may_have_one() {
    let text = r#"{ "users": [
        { "id": "u-1", "name": "Ana Reis", "bpoUser": true },
        { "id": "u-2", "name": "Lee Park", "password": "of-a-user" },
        { "id": "u-3", "name": "Ben Olsen", "password": "********" }
    ] }"#;
    check("guide.json", text, &["of-a-user"]);
}

#[test]
fn headers_of_a_service_account_may_sign_somebody_in() {
    check(
        "service-accounts.json",
        r#"[{"id": "s", "name": "S", "scopes": [], "headers": {"Authorization": "Bearer of-bearer", "X-Api-Key": ["of-key"],
            "gen-usersubject": "u-1", "Accept": "application/json", "X-Auth-Token": "****"}}]"#,
        &["Bearer of-bearer", "of-key"],
    );
}

#[test]
fn tokens_are_secrets_where_they_are_text_and_lead_to_no_page() {
    check(
        "main.tf",
        r#"
output "token" {
  value = "of-output"
}
variable "genesys_token" {
  default = "of-variable"
}
locals {
  next_page_token = "of-no-secret"
  token_expiry    = "2027-01-01"
  token           = { issuer = "https://login.example" }
  sync            = { refresh_token = "of-local", apiToken = "of-other" }
}
"#,
        &["of-output", "of-variable", "of-local", "of-other"],
    );
}

#[test]
fn what_a_state_says_is_sensitive_is_a_secret_once() {
    let state = r#"{"version": 4, "terraform_version": "1.5.0", "resources": [{"mode": "managed", "type": "genesyscloud_integration_action", "name": "a",
        "instances": [{"attributes": {"id": "1", "pin": "of-pin", "password": "of-password", "rows": [{"x": "of-row", "y": "n"}],
                       "config": {"clientId": "c", "key": "of-key"}},
            "sensitive_attributes": [[{"type": "get_attr", "value": "pin"}], [{"type": "get_attr", "value": "password"}],
                [{"type": "get_attr", "value": "rows"}, {"type": "index", "value": {"value": 0, "type": "number"}},
                 {"type": "get_attr", "value": "x"}],
                [{"type": "get_attr", "value": "config"}], [{"type": "get_attr", "value": "gone"}], []]}]}]}"#;
    let expected = ["of-pin", "of-password", "of-row", "of-key"];
    check("terraform.tfstate", state, &expected);
    let printed = r#"{"format_version": "1.0", "terraform_version": "1.5.0", "values": {"root_module": {"resources": [{"mode": "managed",
        "type": "genesyscloud_integration_action", "name": "a", "address": "genesyscloud_integration_action.a", "values":
            {"id": "1", "pin": "of-pin", "password": "of-password", "rows": [{"x": "of-row", "y": "n"}],
             "config": {"clientId": "c", "key": "of-key"}},
        "sensitive_values": {"pin": true, "password": true, "rows": [{"x": true}], "config": true}}]}}}"#;
    check("state.json", printed, &expected);
}
