//! The report to hand over. How it looks and behaves in a browser is held by `xtask/browser`.

use crate::{check_json, findings, finish, rolecall, run, text};
use base64::Engine;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
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

/// A partner's people who hold `Base` directly, by a group, by inheritance, and twice; and an insider who does too.
fn crowd(folder: &std::path::Path, name: &str) -> String {
    let user = |id: &str, is_partner: bool, roles: &[&str]| serde_json::json!({"id": id, "name": id, "bpoUser": is_partner, "userRoles": roles});
    let entry = serde_json::json!([{"id": "reporting:queue:view", "scope": "All"}]);
    let own = serde_json::json!([{"id": "routing:queue:view", "scope": "Assigned"}]);
    let tenant = serde_json::json!({
        "users": [
            user("u-1", true, &["r-1"]), user("u-2", true, &[]), user("u-3", true, &["r-2"]), user("u-4", false, &["r-1"]),
        ],
        "groups": [{"id": "g-1", "name": "Desk", "members": ["u-1", "u-2", "u-4"], "userRoles": ["r-1"]}],
        "roles": [
            {"id": "r-1", "name": name, "rolePermissions": entry},
            {"id": "r-2", "name": "Heir", "inheritsFrom": ["r-1"], "rolePermissions": own},
        ],
    });
    let path = folder.join("tenant.json");
    fs::write(&path, serde_json::to_string_pretty(&tenant).expect("JSON")).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn the_table_of_access_counts_the_people_of_the_tier_behind_each_role_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = crowd(folder.path(), "=Base|x");
    let table = page(&[&path, "--format", "csv", "--table", "access"]);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().collect::<Result<_, _>>().expect("CSV");
    let of_partners: Vec<[&str; 7]> = rows
        .iter()
        .filter(|row| row["tier"] == "bpo")
        .map(|row| {
            ["type", "permission", "reach", "through_id", "through_name", "users", "service_accounts"]
                .map(|column| row[column].as_str())
        })
        .collect();
    // What a spreadsheet would evaluate is text. Three of four are the partner's, one of them in two ways.
    assert_eq!(
        of_partners,
        [
            ["access", "reporting:queue:view", "All", "r-1", "'=Base|x", "3", "0"],
            ["access", "routing:queue:view", "Assigned", "r-2", "Heir", "1", "0"],
        ]
    );
    let markdown = page(&[&path, "--format", "markdown", "--title", "Audit *1*"]);
    assert!(markdown.starts_with("# Audit \\*1\\*\n\n## rolecall\n"), "{markdown}");
    assert!(markdown.contains("\n| `reporting:queue:view` | All | =Base\\|x (3) |  |\n"), "{markdown}");
    assert!(page(&[&path]).contains("<td>=Base|x (3)</td>"));
}

#[test]
fn the_table_of_access_says_when_not_everything_could_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    crowd(folder.path(), "Base");
    fs::write(folder.path().join("zz.json"), "{\"roles\": [").expect("a file");
    let run = run(&["report", folder.path().to_str().expect("UTF-8"), "--format", "csv", "--table", "access"]);
    assert_eq!(run.code, 3);
    let second = run.out.lines().nth(1).expect("a row");
    assert!(second.starts_with("problem,,") && second.contains("zz.json"), "{second}");
}

#[test]
fn a_report_as_markdown_has_every_finding_however_many() {
    let folder = tempfile::tempdir().expect("a folder");
    let entry = serde_json::json!([{"id": "reporting:reportingData:view", "scope": "All"}]);
    let role = |n: u32| serde_json::json!({"id": format!("r-{n}"), "name": format!("BPO Planner {n}"), "rolePermissions": entry});
    let tenant = serde_json::json!({"roles": (0..400).map(role).collect::<Vec<_>>()});
    let path = folder.path().join("tenant.json");
    fs::write(&path, tenant.to_string()).expect("a file");
    let path = path.to_str().expect("UTF-8");
    let whole = page(&[path, "--format", "markdown"]);
    let (_, report) = check_json(&[path, "--persona", "auditor"]);
    assert!(findings(&report).len() >= 400 && whole.len() > 65_536);
    let (listed, _) = whole.split_once("## Effective access").expect("two parts");
    assert_eq!(listed.matches("\n- **[").count(), findings(&report).len());
    assert!(!whole.contains("for which there is no room here"));
}

#[test]
fn a_table_is_for_formats_that_are_tables() {
    let run = run(&["report", "fixtures/clean", "--format", "markdown", "--table", "access"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("`--table` says nothing of `--format markdown`"), "{}", run.err);
}

#[test]
fn a_permission_over_two_divisions_is_one_and_each_that_a_finding_counts_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, settings) = (folder.path().join("tenant.json"), folder.path().join("rolecall.toml"));
    let tenant = serde_json::json!([
        {"id": "d-a", "name": "A", "homeDivision": false}, {"id": "d-b", "name": "B", "homeDivision": false},
        {"id": "r-1", "name": "Reports", "permissionPolicies": [
            {"domain": "analytics", "entityName": "conversationDetail", "actionSet": ["view"]},
            {"domain": "analytics", "entityName": "dataExport", "actionSet": ["*"]}]},
        {"id": "r-2", "name": "Listener", "permissionPolicies": [
            {"domain": "recording", "entityName": "recording", "actionSet": ["view"]}]},
        {"id": "u-1", "name": "Ivo Alder", "email": "ivo@p.example"}, {"id": "u-2", "name": "Ola Berg", "email": "ola@p.example"},
        {"id": "u-1", "grants": [
            {"subjectId": "u-1", "division": {"id": "d-a"}, "role": {"id": "r-2"}},
            {"subjectId": "u-1", "division": {"id": "*"}, "role": {"id": "r-1"}}]},
        {"id": "u-2", "grants": [{"subjectId": "u-2", "division": {"id": "d-b"}, "role": {"id": "r-2"}}]}
    ]);
    fs::write(&path, tenant.to_string()).expect("a file");
    fs::write(settings, "[tiers.bpo]\ndomains = [\"p.example\"]\n").expect("settings");
    let path = path.to_str().expect("UTF-8");
    assert!(page(&[path]).contains("3 permissions, 3 sensitive"));
    let (_, report) = check_json(&[path, "--only", "all-scoped-reporting"]);
    let message = text(&findings(&report)[0]["message"]);
    let named = "`analytics:conversationDetail:view` and `analytics:dataExport:*`, which open 5 sensitive permissions";
    assert!(message.contains(named), "{message}");
}
