//! The report to hand over. How it looks and behaves in a browser is held by `xtask/browser`.

use crate::{check_json, findings, finish, rolecall, run, text};
use base64::Engine;
use sha2::{Digest, Sha256};
use std::fs;

fn page(arguments: &[&str]) -> String {
    let run = run(&[&["report"], arguments].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    run.out
}

/// What stands between two marks.
fn between<'p>(page: &'p str, start: &str, end: &str) -> &'p str {
    let (_, rest) = page.split_once(start).expect("its start");
    rest.split_once(end).expect("its end").0
}

#[test]
fn the_page_has_every_finding_with_its_chain_and_every_input_with_its_hash() {
    let page = page(&["fixtures/guide"]);
    let (_, report) = check_json(&["fixtures/guide", "--persona", "auditor"]);
    assert!(findings(&report).len() > 40);
    for finding in findings(&report) {
        let id = format!("id=\"f-{}\"", text(&finding["fingerprint"]));
        assert_eq!(page.matches(&id).count(), 1, "{id}");
        let own = between(&page, &id, "class=\"particulars\"");
        assert_eq!(own.contains("<svg"), !finding["witness"].as_array().expect("a list").is_empty(), "{id}");
        assert!(own.contains("<mark>"), "{id} shows no source");
    }
    for input in report["inputs"].as_array().expect("a list") {
        let bytes = fs::read(crate::home().join(text(&input["path"]))).expect("the input");
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(page.contains(&hash), "{} is without its hash", input["path"]);
    }
}

#[test]
fn the_page_allows_nothing_but_its_own_style_and_script() {
    let page = page(&["fixtures/clean"]);
    let hash = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
    let (style, script) = (between(&page, "<style>", "</style>"), between(&page, "<script>", "</script>"));
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(style),
            hash(script)
        )
    );
    // A style of an element would be refused by that policy, and a link to elsewhere is not needed.
    assert!(!page.contains(" style=") && !page.contains("http://") && !page.contains("src="));
}

#[test]
fn each_cell_of_the_matrix_is_that_of_the_question_and_has_its_chain() {
    let settings = ["--config", "fixtures/guide.toml"];
    let page = page(&[&["fixtures/guide"][..], &settings].concat());
    let asked = run(&[&["isolation", "fixtures/guide", "--format", "json"][..], &settings].concat());
    let asked: serde_json::Value = serde_json::from_str(&asked.out).expect("JSON");
    let sides: Vec<String> = asked["sides"].as_array().expect("a list").iter().map(|s| text(&s["name"])).collect();
    let at =
        |cell: &serde_json::Value, end: &str| sides.iter().position(|side| *side == text(&cell[end])).expect("a side");
    let mut red = 0;
    for cell in asked["cells"].as_array().expect("a list") {
        let name = format!("id=\"i-{}-{}-{}\"", at(cell, "from"), at(cell, "to"), text(&cell["resource"]));
        assert_eq!(page.contains(&name), cell["answer"] != "no", "{name}");
        if cell["answer"] == "yes" {
            red += 1;
            assert!(between(&page, &name, "</details>").contains("<svg"), "{name}");
        }
    }
    assert!(red > 3);
}

#[test]
fn hostile_names_are_text_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.json");
    let name = "<script>alert(1)</script>\u{202e}\"'\u{1b}[1m";
    let user =
        serde_json::json!({"id": "u-1", "name": name, "bpoUser": true, "userRoles": ["r-1"], "email": "a@x.example"});
    let entry = serde_json::json!({"id": "reporting:reportingData:view", "scope": "All"});
    let role = serde_json::json!({"id": "r-1", "name": format!("BPO {name}"), "rolePermissions": [entry]});
    let tenant = serde_json::json!({"users": [user], "roles": [role]});
    fs::write(&path, serde_json::to_string_pretty(&tenant).expect("JSON")).expect("a file");
    let page = page(&[path.to_str().expect("UTF-8"), "--title", name]);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}&quot;"));
    assert!(!page.contains(['\u{202e}', '\u{1b}']));
}

#[test]
fn no_secret_is_in_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clients.json");
    let client = serde_json::json!({"id": "c-1", "name": "Sync", "clientSecret": "hunter2-hunter2", "accessTokenValiditySeconds": 86400});
    let tenant = serde_json::json!({"oauthClients": [client]});
    fs::write(&path, serde_json::to_string_pretty(&tenant).expect("JSON")).expect("a file");
    let page = page(&[path.to_str().expect("UTF-8")]);
    assert!(page.contains("secret-in-export") && page.contains("•••") && !page.contains("hunter2"));
}

#[test]
fn the_same_input_gives_the_same_page_and_a_date_only_when_one_is_given() {
    let page = |epoch: Option<&str>, threads: &str| {
        let mut command = rolecall(&["report", "fixtures/guide"]);
        command.env("RAYON_NUM_THREADS", threads).env_remove("SOURCE_DATE_EPOCH");
        epoch.into_iter().for_each(|epoch| {
            command.env("SOURCE_DATE_EPOCH", epoch);
        });
        finish(command.output().expect("it starts")).out
    };
    let first = page(None, "1");
    assert_eq!(first, page(None, "4"));
    assert!(!first.contains("<time"));
    assert!(page(Some("951782400"), "2").contains("<time datetime=\"2000-02-29\">2000-02-29</time>"));
}

#[test]
fn input_that_cannot_be_read_in_full_is_said_on_the_page_and_by_the_exit_code() {
    let run = run(&["report", "fixtures/hostile/truncated.json"]);
    assert_eq!(run.code, 3);
    assert!(run.out.contains("Not everything could be read.") && run.out.contains("id=\"problems\""));
}
