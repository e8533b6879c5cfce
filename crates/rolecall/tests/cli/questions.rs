//! Questions: what each answers on the fixtures, in text and in JSON.

use crate::{finish, rolecall, run, text};
use insta::assert_snapshot;
use serde_json::Value;
use std::fs;

const GUIDE: [&str; 3] = ["fixtures/guide", "--config", "fixtures/guide.toml"];
const PLATFORM: [&str; 1] = ["fixtures/dialects/platform"];

/// The text of an answer, with its exit code.
fn asked(question: &[&str], export: &[&str]) -> String {
    let run = run(&[question, export].concat());
    format!("{}{}exit {}\n", run.out, run.err, run.code)
}

fn asked_json(question: &[&str], export: &[&str]) -> (i32, Value) {
    let run = run(&[question, export, &["--format", "json"]].concat());
    (run.code, serde_json::from_str(&run.out).expect("the answer is JSON"))
}

#[test]
fn isolation_shows_each_crossing_with_its_proof() {
    assert_snapshot!(asked(&["isolation"], &GUIDE));
    assert_snapshot!(asked(&["isolation"], &PLATFORM));
}

#[test]
fn residency_shows_each_crossing_and_says_where_there_are_no_regions() {
    assert_snapshot!(asked(&["residency"], &GUIDE));
    assert_snapshot!(asked(&["residency"], &PLATFORM));
}

#[test]
fn the_matrix_is_the_same_in_every_form_of_the_tenant() {
    let cells = |export: &str| {
        let (_, answer) = asked_json(&["isolation"], &[export]);
        let cells = answer["cells"].as_array().expect("cells").iter();
        cells.map(|c| [text(&c["from"]), text(&c["to"]), text(&c["resource"]), text(&c["answer"])]).collect::<Vec<_>>()
    };
    let platform = cells("fixtures/dialects/platform");
    assert_eq!(platform.len(), 12);
    for form in ["hcl", "json", "state"] {
        assert_eq!(cells(&format!("fixtures/dialects/cx-as-code/{form}")), platform, "{form}");
    }
}

#[test]
fn the_catalogue_settles_what_divisions_limit() {
    let unsettled = |more: &[&str]| {
        let (_, answer) = asked_json(&["isolation"], &[&PLATFORM, more].concat());
        let cells = answer["cells"].as_array().expect("cells").iter();
        cells.filter(|cell| cell["why"] == "perhaps-undivided").count()
    };
    assert_eq!(unsettled(&[]), 2);
    assert_eq!(unsettled(&["--catalog", "fixtures/dialects/catalogue/permissions.json"]), 0);
}

#[test]
fn who_can_groups_people_by_what_lets_them() {
    assert_snapshot!(asked(&["who-can", "recording:recording:download", "--tier", "bpo"], &PLATFORM));
    assert_snapshot!(asked(&["who-can", "routing:queue:view", "--on", "claims us"], &GUIDE));
    assert_snapshot!(asked(&["who-can", "directory:user:view", "-q"], &PLATFORM));
}

#[test]
fn a_permission_may_be_asked_for_by_reach_and_by_what_it_is_good_for() {
    let (_, all) = asked_json(&["who-can", "recordings"], &GUIDE);
    let (_, wide) = asked_json(&["who-can", "recordings", "--scope", "all"], &GUIDE);
    let causes = |answer: &Value| answer["causes"].as_array().map_or(0, Vec::len);
    assert!((1..causes(&all)).contains(&causes(&wide)), "{wide}");
    let is_wide = |cause: &Value| {
        cause["witness"].as_array().and_then(|w| w.last()).is_some_and(|s| text(&s["over"]).starts_with("All"))
    };
    assert!(wide["causes"].as_array().is_some_and(|all| all.iter().all(is_wide)), "{wide}");
}

#[test]
fn can_says_yes_no_or_that_the_export_does_not_tell() {
    assert_snapshot!(asked(&["can", "ana reis", "reporting:reportingData:view", "--on", "queue:Claims US"], &GUIDE));
    assert_snapshot!(asked(&["can", "Beatriz Nunes", "recordings"], &GUIDE));
    let whether = ["can", "Quim Ionescu", "recording:recording:view", "--on", "user:Ana Alves"];
    assert_snapshot!(asked(&whether, &PLATFORM));
    let settled = [PLATFORM[0], "--catalog", "fixtures/dialects/catalogue/permissions.json"];
    assert_eq!(asked_json(&whether, &settled).0, 1);
}

#[test]
fn why_shows_every_way_and_why_not_what_is_missing() {
    assert_snapshot!(asked(&["why", "Ana Reis", "reporting:reportingData:view"], &GUIDE));
    assert_snapshot!(asked(&["why-not", "Ana Reis", "routing:queue:view", "--on", "Claims US"], &GUIDE));
}

#[test]
fn a_name_that_means_nothing_or_several_things_stops_with_what_may_be_meant() {
    let run = run(&["can", "Anna Reis", "recordings", "fixtures/guide"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `user:Ana Reis`"), "{}", run.err);
    let unknown = asked(&["can", "role:Ana Reis", "recordings"], &GUIDE);
    assert!(unknown.contains("nothing in the input is called `role:Ana Reis`"), "{unknown}");
    let several = asked(&["can", "Desk Bridge", "recordings"], &GUIDE);
    assert!(several.ends_with("exit 1\n"), "{several}");
    let other = asked(&["can", "queue:Claims US", "recordings"], &GUIDE);
    assert!(other.contains("another kind"), "{other}");
    let word = asked(&["can", "Ana Reis", "recordingz"], &GUIDE);
    assert!(word.contains("`recordingz` is no permission"), "{word}");
}

#[test]
fn what_if_shows_what_would_go_and_who_would_notice() {
    let revoked = [
        "what-if",
        "--revoke",
        "Planning holds Claims Analyst",
        "--revoke",
        "role:BPO Supervisor EMEA grants recording:*:*",
    ];
    assert_snapshot!(asked(&revoked, &GUIDE));
    let nothing = asked(&["what-if", "--revoke", "Ana Reis holds Claims Analyst"], &GUIDE);
    assert!(nothing.contains("the input does not say") && nothing.ends_with("exit 2\n"), "{nothing}");
    assert!(asked(&["what-if", "--revoke", "Ana Reis is nice"], &GUIDE).contains("is no edge"));
    assert!(asked(&["what-if"], &GUIDE).contains("nothing is said to be taken away"));
}

#[test]
fn a_cut_is_the_fewest_edits_with_who_would_notice() {
    let (_, all) = asked_json(&["cut", "--all", "--only", "all-scoped-reporting"], &GUIDE);
    let print = text(&all["cuts"][0]["fingerprint"]);
    assert_snapshot!(asked(&["cut", &print[..6]], &GUIDE));
    assert_snapshot!(asked(&["cut", "--all", "--only", "identity-takeover"], &PLATFORM));
    assert_eq!(asked(&["cut", "0123456789abcdef"], &GUIDE).lines().last(), Some("exit 2"));
}

#[test]
fn what_if_of_a_cut_removes_the_finding() {
    for export in [&GUIDE[..], &PLATFORM] {
        let (_, answer) = asked_json(&["cut", "--all"], export);
        let cuts = answer["cuts"].as_array().expect("cuts");
        assert!(cuts.len() > 10, "{}", cuts.len());
        for cut in cuts {
            let edits = cut["edits"]
                .as_array()
                .expect("edits")
                .iter()
                .flat_map(|edit| edit["revoke"].as_array().expect("edges"));
            let edits: Vec<String> = edits.map(|edge| format!("--revoke={}", text(edge))).collect();
            let question: Vec<&str> = std::iter::once("what-if").chain(edits.iter().map(String::as_str)).collect();
            let (_, outcome) = asked_json(&question, export);
            let gone = outcome["gone"].as_array().expect("findings");
            assert!(gone.iter().any(|finding| finding["fingerprint"] == cut["fingerprint"]), "{cut}");
            // It takes what the cut takes, and no more.
            assert_eq!(outcome["gone"], cut["gone"], "{cut}");
            assert_eq!(outcome["come"], cut["come"], "{cut}");
        }
    }
}

/// What is said of a tenant, and with which code.
fn asked_of(tenant: &Value, question: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("tenant.json"), tenant.to_string()).expect("written");
    let asked = rolecall(question).arg("tenant.json").current_dir(folder.path()).output();
    let run = finish(asked.expect("it starts"));
    (run.code, run.out, run.err)
}

#[test]
fn an_edit_names_one_of_several_of_a_name_and_one_of_several_entries() {
    let reporting = serde_json::json!({ "id": "Reporting > Reporting Data", "permission": "View", "scope": "All" });
    let narrow =
        serde_json::json!({ "id": "reporting:reportingData:view", "scope": "Group", "groups": ["Desk holds all"] });
    let mut tenant = serde_json::json!({
        "roles": [{ "id": "r-1", "name": "BPO Agent", "rolePermissions": [reporting, narrow] }],
        "groups": [{ "id": "Desk holds all", "name": "Desk", "members": ["u-1"] }],
        "users": [{ "id": "u-1", "name": "Ana", "bpoUser": true, "userRoles": ["r-1"] }, { "id": "u-2", "name": "Ana" }]
    });
    let revoked = |tenant: &Value, edge: &str| {
        let (code, out, err) = asked_of(tenant, &["what-if", "--format", "json", "--revoke", edge]);
        assert_eq!(code, 0, "{err}");
        let answer: Value = serde_json::from_str(&out).expect("JSON");
        let edit = &answer["edits"][0];
        let again: Vec<String> = edit["revoke"].as_array().expect("edges").iter().map(text).collect();
        (again, edit["locations"].as_array().expect("places").len())
    };
    for (edge, written) in [
        ("user:u-1 holds BPO Agent", vec!["user:u-1 holds role:r-1"]),
        (
            "BPO Agent grants reporting:*",
            vec![
                "role:r-1 grants reporting:reportingData:view over All",
                "role:r-1 grants reporting:reportingData:view over Group Desk holds all",
            ],
        ),
    ] {
        assert_eq!(revoked(&tenant, edge).0, written);
        for one in written {
            assert_eq!(revoked(&tenant, one), (vec![one.to_owned()], 1));
        }
    }
    // What has neither an id nor a name of its own is not told apart.
    tenant["users"][0]["userRoles"] = serde_json::json!(["Desk Lead"]);
    let twice = serde_json::json!({ "name": "Desk Lead", "rolePermissions": [reporting] });
    tenant["roles"].as_array_mut().expect("roles").extend([twice.clone(), twice]);
    let (code, _, err) = asked_of(&tenant, &["what-if", "--revoke", "user:u-1 holds role:Desk Lead"]);
    assert!(code == 2 && err.contains("nothing tells those apart that are `role:Desk Lead`"), "{err}");
    let (_, out, _) = asked_of(&tenant, &["cut", "--all", "--format", "json"]);
    assert!(!out.contains("role:Desk Lead\""), "{out}");
}

#[test]
fn access_and_compare_say_whence_each_permission_comes() {
    assert_snapshot!(asked(&["access", "Sara Melo"], &GUIDE));
    assert_snapshot!(asked(&["access", "group:Planning"], &PLATFORM));
    assert_snapshot!(asked(&["compare", "Ana Reis", "Beatriz Nunes"], &GUIDE));
    assert_snapshot!(asked(&["compare", "role:BPO Supervisor", "role:Supervisor"], &PLATFORM));
}

#[test]
fn reach_and_path_follow_impersonation() {
    assert_snapshot!(asked(&["reach", "Brightline Link"], &GUIDE));
    assert_snapshot!(asked(&["reach", "Legacy Automation"], &PLATFORM));
    assert_snapshot!(asked(&["path", "Brightline Link", "administration"], &GUIDE));
    assert_snapshot!(asked(&["path", "Fe Aquino", "Claims US"], &GUIDE));
    assert_eq!(asked_json(&["path", "Beatriz Nunes", "role:Master Admin"], &GUIDE).0, 1);
    let slip = run(&["path", "Beatriz Nunes", "queue:Claim", GUIDE[0]]);
    assert!(slip.code == 2 && slip.err.contains("nothing in the input is called `queue:Claim`"), "{}", slip.err);
    assert_eq!(run(&["path", "Brightline Link", "user:impersonate", GUIDE[0]]).code, 0);
}

#[test]
fn cuts_of_all_findings_take_paths_and_a_fingerprint_is_wanted_else() {
    let all = run(&["cut", "--all", "fixtures/guide/roles", "fixtures/guide", "--only", "all-scoped-queue-view", "-q"]);
    assert!(all.code == 0 && all.out.contains("all-scoped-queue-view"), "{}{}", all.out, all.err);
    assert_eq!(run(&["cut", "all", "fixtures/guide"]).code, 2);
    assert_eq!(run(&["cut"]).code, 2);
}

#[test]
fn every_finding_with_a_chain_has_a_cut_unless_it_wants_more_access() {
    for (export, wanting) in
        [(&GUIDE[..], vec!["recording-access-missing", "unmet-expectation"]), (&PLATFORM[..], vec![])]
    {
        let (_, report) = asked_json(&["check", "--persona", "auditor", "--cuts", "--fail-on", "never"], export);
        let findings = report["findings"].as_array().expect("a list").iter();
        let is_path = |finding: &&Value| !finding["witness"].as_array().expect("a list").is_empty();
        let without = findings.filter(is_path).filter(|finding| finding.get("cuts").is_none());
        let rules: std::collections::BTreeSet<String> = without.map(|finding| text(&finding["rule"])).collect();
        assert!(rules.iter().all(|rule| wanting.contains(&rule.as_str())), "{export:?}: {rules:?}");
    }
}

#[test]
fn one_division_of_a_role_can_be_taken() {
    let edge = "user:Ines Nunes holds role:BPO Quality in division:Brightline Manila";
    let (code, answer) = asked_json(&["what-if", "--revoke", edge], &PLATFORM);
    assert_eq!(code, 0);
    // The same by ids.
    let again = text(&answer["edits"][0]["revoke"][0]);
    assert!(again.contains(" in division:") && !again.contains("Brightline"), "{again}");
    assert_eq!(asked_json(&["what-if", "--revoke", &again], &PLATFORM).1, answer);
    assert_eq!(
        text(&answer["edits"][0]["does"]),
        "take role `BPO Quality` from `Ines Nunes` in division Brightline Manila"
    );
    let lost = answer["losses"][0]["lost"].as_array().expect("a list");
    assert!(lost.iter().any(|lost| lost["permission"] == "recording:recording:download"), "{lost:?}");
    let other = run(&["what-if", "--revoke", "Ines Nunes holds BPO Quality in every division", PLATFORM[0]]);
    assert!(other.code == 2 && other.err.contains("the input does not say"), "{}", other.err);
}

#[test]
fn hostile_names_are_shown_and_never_obeyed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.json");
    let tenant = serde_json::json!({ "roles": [{ "id": "r", "name": "\u{1b}[31mred\u{202e}", "rolePermissions": ["*"] }],
        "users": [{ "id": "u", "name": "a\nb\u{9b}", "userRoles": ["r"] }] });
    std::fs::write(&path, tenant.to_string()).expect("a file");
    let path = path.to_str().expect("UTF-8");
    for question in [
        &["who-can", "*"][..],
        &["access", "u"],
        &["reach", "u"],
        &["why", "u", "*"],
        &["isolation"],
        &["cut", "--all"],
    ] {
        for format in ["text", "json"] {
            let run = run(&[question, &[path, "--format", format]].concat());
            let bad = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
            assert!(!run.out.contains(bad) && !run.err.contains(bad), "{question:?}: {:?}", run.out);
        }
    }
}

#[test]
fn the_page_of_questions_shows_real_answers() {
    let page = std::fs::read_to_string(crate::home().join("docs/questions.md")).expect("the page");
    let blocks: Vec<&str> =
        page.split("```console\n$ ").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(blocks.len() > 4);
    for block in blocks {
        let (question, answer) = block.split_once('\n').expect("an answer");
        let words = shlex::split(question).expect("words");
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        assert_eq!(run(&words).out.trim_end(), answer, "{question}");
    }
}

#[test]
fn an_auditor_and_the_report_get_cuts_unasked() {
    let report =
        run(&["check", "fixtures/guide", "--persona", "auditor", "--format", "json", "--only", "all-scoped-reporting"]);
    let report: serde_json::Value = serde_json::from_str(&report.out).expect("JSON");
    assert!(
        report["findings"].as_array().expect("a list").iter().all(|finding| finding["cuts"][0]["edits"].is_array())
    );
    let page = run(&["report", "fixtures/guide"]);
    assert!(page.out.matches("The fewest edits that break it").count() > 10, "the page has no cuts");
    assert!(page.out.contains("Who would notice"));
}

#[test]
fn findings_carry_their_cuts_where_these_are_asked_for() {
    let only = ["check", "--only", "all-scoped-reporting", "--fail-on", "never"];
    let (_, plain) = asked_json(&only, &GUIDE);
    assert!(plain["findings"].as_array().expect("a list").iter().all(|finding| finding.get("cuts").is_none()));
    let (_, report) = asked_json(&[&only[..], &["--cuts"]].concat(), &GUIDE);
    let findings = report["findings"].as_array().expect("a list");
    assert!(findings.len() > 1);
    for finding in findings {
        let cut = &finding["cuts"][0];
        assert_eq!(cut["fingerprint"], finding["fingerprint"]);
        assert!(cut["edits"][0]["locations"][0]["start"]["line"].is_number(), "{cut}");
    }
    let text = asked(&[&only[..], &["--cuts"]].concat(), &GUIDE);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("cut: take `Ana Reis` out of group `Planning`: breaks 1 of 1 path"), "{text}");
}

#[test]
fn a_cut_of_an_access_leaves_nobody_who_can() {
    let question = ["who-can", "reporting:reportingData:view", "--tier", "bpo", "--scope", "all", "--cut"];
    let (_, answer) = asked_json(&question, &GUIDE);
    let edits = answer["cut"]["edits"].as_array().expect("edits");
    assert!(!edits.is_empty(), "{}", answer["cut"]);
    // The page and the scope are as asked: what is narrower stays.
    let lost = answer["cut"]["losses"].as_array().expect("losses");
    assert!(lost.iter().any(|loss| loss["names"][0]["name"] == "Ana Reis"), "{lost:?}");
}

/// A role that Terraform looks up, and that no other file has.
#[test]
fn what_a_role_grants_that_is_only_looked_up_is_not_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("main.tf");
    let text_of = |role: &str| {
        format!(
            "data \"genesyscloud_auth_role\" \"rec\" {{\n  name = \"Recordings\"\n}}\n\
             resource \"genesyscloud_auth_role\" \"own\" {{\n  name = \"Own\"\n}}\n\
             resource \"genesyscloud_user\" \"kim\" {{\n  name = \"Kim\"\n  email = \"kim@x.example\"\n}}\n\
             resource \"genesyscloud_user_roles\" \"kim\" {{\n  user_id = genesyscloud_user.kim.id\n  \
             roles {{\n    role_id = {role}.id\n  }}\n}}\n"
        )
    };
    let export = path.to_str().expect("UTF-8");
    let ask = |role: &str| {
        std::fs::write(&path, text_of(role)).expect("written");
        run(&["can", "Kim", "recording:recording:view", export])
    };
    let unknown = ask("data.genesyscloud_auth_role.rec");
    assert_eq!(unknown.code, 4, "{}", unknown.out);
    assert!(unknown.out.contains("does not show what these roles grant: `Recordings`"), "{}", unknown.out);
    let report = run(&["check", export, "--fail-on", "never"]);
    assert!(report.out.contains("what these roles grant is not known"), "{}", report.out);
    assert_eq!(ask("genesyscloud_auth_role.own").code, 1, "what somebody else's role grants makes no difference");
}

#[test]
fn several_who_lose_a_permission_have_it_by_no_other_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.json");
    let tenant = serde_json::json!({
        "roles": [
            {"id": "r-base", "name": "Base", "rolePermissions": [{"id": "reporting:queue:view", "scope": "All"}]},
            {"id": "r-own", "name": "Own", "inheritsFrom": ["r-base"], "rolePermissions": []}],
        "users": [{"id": "u-1", "name": "Ivo", "userRoles": ["r-own"]}, {"id": "u-2", "name": "Ola", "userRoles": ["r-own"]}]
    });
    std::fs::write(&path, tenant.to_string()).expect("a file");
    let lost = run(&["what-if", path.to_str().expect("UTF-8"), "--revoke", "role:Own inherits role:Base"]);
    assert!(lost.out.contains("over All, and have it by no other way"), "{}", lost.out);
}
