//! Settings that are found, variables that are heard, completions and man pages.

use crate::arguments::{check_in, folder};
use crate::{finish, rolecall, run};
use std::fs;

const USER: &str = r#"{"id": "u-1", "name": "Ana Reis", "email": "ana@brightline.example"}"#;
const OURS: &str = "[tiers.bpo]\ndomains = [\"brightline.example\"]\n";
const BROKEN: &str = "[tiers.bpo]\nno-such-key = []\n";

#[test]
fn settings_are_found_above_the_export_before_those_above_the_working_folder() {
    let tenant = folder(&[("one/rolecall.toml", OURS), ("one/deep/users.json", USER), ("two/users.json", USER)]);
    assert_eq!(check_in(&tenant, &["one/deep"]).code, 1);
    assert_eq!(check_in(&tenant, &["one/deep/users.json"]).code, 1);
    assert_eq!(check_in(&tenant, &["two"]).code, 0, "nothing lies above it");
    fs::write(tenant.path().join("rolecall.toml"), BROKEN).expect("a file");
    assert_eq!(check_in(&tenant, &["one/deep"]).code, 1, "the nearer one counts");
    let broken = check_in(&tenant, &["two"]);
    assert!(broken.code == 2 && broken.err.contains("[rolecall.toml:2:1]"), "{}", broken.err);
}

#[test]
fn settings_above_the_working_folder_serve_an_export_elsewhere() {
    let tenant = folder(&[("here/rolecall.toml", OURS), ("here/deep/x", ""), ("export/users.json", USER)]);
    let mut command = rolecall(&["check", "../../export"]);
    let found = finish(command.current_dir(tenant.path().join("here/deep")).output().expect("it starts"));
    assert_eq!(found.code, 1, "{}", found.out);
}

#[test]
fn a_variable_speaks_where_no_argument_does() {
    let tenant = folder(&[("users.json", USER), ("conf/ours.toml", OURS)]);
    let check = |variable: (&str, &str), arguments: &[&str]| {
        let mut command = rolecall(&[&["check", "users.json"], arguments].concat());
        command.current_dir(tenant.path()).env(variable.0, variable.1);
        finish(command.output().expect("it starts")).code
    };
    assert_eq!(check(("ROLECALL_CONFIG", "conf/ours.toml"), &[]), 1);
    assert_eq!(check(("ROLECALL_CONFIG", "nowhere.toml"), &[]), 2);
    assert_eq!(check(("ROLECALL_CONFIG", "nowhere.toml"), &["--config", "conf/ours.toml"]), 1);
    assert_eq!(check(("ROLECALL_FAIL_ON", "never"), &["--config", "conf/ours.toml"]), 0);
    assert_eq!(check(("ROLECALL_FAIL_ON", "never"), &["--config", "conf/ours.toml", "--fail-on", "info"]), 1);
    assert_eq!(check(("ROLECALL_FAIL_ON", "nonsense"), &[]), 2);
}

#[test]
fn completions_offer_every_rule_in_every_shell() {
    let rules: serde_json::Value = serde_json::from_str(&run(&["rules", "--format", "json"]).out).expect("JSON");
    let ids: Vec<&str> =
        rules["rules"].as_array().expect("a list").iter().map(|rule| rule["id"].as_str().expect("an id")).collect();
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]).out;
        let missing: Vec<_> = ids.iter().filter(|id| !script.contains(**id)).collect();
        assert!(missing.is_empty() && script.contains("persona"), "{shell}: {missing:?}");
    }
    assert!(run(&["completions", "powershell"]).out.contains("Register-ArgumentCompleter"));
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn there_is_a_man_page_for_each_command_and_the_same_each_time() {
    let read = || {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(run(&["man", dir.path().join("deep/man").to_str().expect("UTF-8")]).code, 0);
        let files = fs::read_dir(dir.path().join("deep/man")).expect("the folder").map(|file| file.expect("a file"));
        let mut pages: Vec<(String, String)> = files
            .map(|file| {
                let name = file.file_name().into_string().expect("UTF-8");
                (name, fs::read_to_string(file.path()).expect("a page"))
            })
            .collect();
        pages.sort();
        pages
    };
    let pages = read();
    let page = |name: &str| &pages.iter().find(|(known, _)| known == name).expect("a page").1;
    assert!(page("rolecall-rules-test.1").contains(".TH rolecall-rules-test 1"));
    assert!(page("rolecall-check.1").contains(".SH \"EXIT CODES\"\n"));
    assert_eq!(pages, read());
}
