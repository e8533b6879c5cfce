//! Input that asks for more than its size warrants. A limit that is hit is a problem that names the limit.

use crate::{check_json, findings, finish, rolecall, run};
use serde_json::Value;
use std::fs::{self, File};
use std::time::{Duration, Instant};

/// Checks a text as a file of that name; it must come to an end soon, and say little.
fn check(name: &str, text: &str) -> (i32, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("written");
    let started = Instant::now();
    let (code, report) = check_json(&[path.to_str().expect("UTF-8")]);
    assert!(started.elapsed() < Duration::from_secs(60), "{name} took {:?}", started.elapsed());
    let length = report.to_string().len();
    assert!(length < 500_000, "{name} makes a report of {length} bytes");
    (code, report)
}

/// The kinds of problems that a text makes, each once, in order.
fn problems(name: &str, text: &str) -> Vec<String> {
    let (code, report) = check(name, text);
    let mut kinds: Vec<String> =
        report["problems"].as_array().expect("a list").iter().map(|p| crate::text(&p["kind"])).collect();
    kinds.dedup();
    assert_eq!(code == 3, !kinds.is_empty(), "{kinds:?} and exit code {code}");
    kinds
}

fn join(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(",")
}

#[test]
fn nesting_has_a_limit_in_every_syntax() {
    assert_eq!(problems("x.json", &"[".repeat(2_000_000)), ["too-deep"]);
    assert_eq!(problems("x.json", &"{\"roles\":".repeat(500_000)), ["too-deep"]);
    assert_eq!(problems("x.json", &format!("{{\"roles\":[{{\"id\":{}", "[".repeat(500_000))), ["too-deep"]);
    let nested = |open: &str, close: &str, count: usize| {
        problems("x.tf", &format!("locals {{\n a = {}1{}\n}}\n", open.repeat(count), close.repeat(count)))
    };
    let pairs =
        [("(", ")"), ("[", "]"), ("{a=", "}"), ("f(", ")"), ("\"${", "}\""), ("[for x in ", " : x]"), ("a[", "]")];
    for (open, close) in pairs {
        assert_eq!(nested(open, close, 40), Vec::<String>::new(), "{open}");
        assert_eq!(nested(open, close, 20_000), ["syntax"], "{open}");
    }
    assert_eq!(problems("x.tf", &format!("{}{}", "a {\n".repeat(50_000), "}\n".repeat(50_000))), ["syntax"]);
    assert_eq!(problems("x.tf", &format!("resource {} {{\n}}\n", "\"a\" ".repeat(50_000))), ["too-deep"]);
}

#[test]
fn numbers_of_any_length_are_read_and_never_overflow() {
    let digits = "9".repeat(2_000_000);
    let role =
        |field: &str| format!("[{{\"id\":\"r\",\"name\":\"x\",\"rolePermissions\":[],\"{field}\":{digits}e{digits}}}]");
    assert_eq!(problems("x.json", &role("unread")), Vec::<String>::new());
    let client = format!("{{\"oauthClients\":[{{\"id\":\"c\",\"accessTokenValiditySeconds\":{digits}}}]}}");
    assert_eq!(problems("x.json", &client), ["wrong-type"]);
}

#[test]
fn names_ids_and_permissions_have_a_longest() {
    let long = "a".repeat(2_000_000);
    let cases = [
        format!("{{\"roles\":[{{\"id\":\"r\",\"name\":\"{long}\",\"rolePermissions\":[]}}]}}"),
        format!("{{\"roles\":[{{\"id\":\"{long}\",\"name\":\"BPO\",\"rolePermissions\":[]}}]}}"),
        format!("{{\"roles\":[{{\"id\":\"r\",\"name\":\"x\",\"rolePermissions\":[\"{long}:b:c\"]}}]}}"),
        format!(
            "{{\"roles\":[{{\"id\":\"r\",\"name\":\"x\",\"rolePermissions\":[{{\"id\":\"a:b:c\",\"scope\":\"{long}\"}}]}}]}}"
        ),
        format!("{{\"roles\":[{{\"id\":\"r\",\"name\":\"x\",\"inheritsFrom\":\"{long}\"}}]}}"),
        format!("{{\"users\":[{{\"id\":\"u\",\"userRoles\":[\"{long}\"]}}]}}"),
        format!("{{\"users\":[{{\"id\":\"u\",\"{long}\":1}}]}}"),
        format!("{{\"resource\":{{\"genesyscloud_user\":{{\"{long}\":{{\"email\":\"a@b\"}}}}}}}}"),
    ];
    for text in cases {
        assert!(problems("x.json", &text).contains(&"too-long".to_owned()), "{}", &text[..60]);
    }
    // What no rule reads may be as long as it likes.
    let text = format!("{{\"users\":[{{\"id\":\"u\",\"name\":\"n\",\"note\":\"{long}\"}}]}}");
    assert_eq!(problems("x.json", &text), Vec::<String>::new());
    // The longest that is read.
    let text = format!("{{\"users\":[{{\"id\":\"u\",\"name\":\"{}\"}}]}}", "é".repeat(2048));
    assert_eq!(problems("x.json", &text), Vec::<String>::new());
}

#[test]
fn of_many_problems_the_first_are_shown_and_the_rest_is_counted() {
    let keys = join(50_000, |_| "\"k\":1".to_owned());
    let users = join(20_000, |number| format!("{{\"id\":\"u{number}\",\"bpoUser\":7,\"userRoles\":7}}"));
    let pages: Vec<String> = (0..5_000)
        .map(|n| {
            format!(
                "{{\"entities\":[{{\"id\":\"u{n}\",\"username\":\"x\"}}],\"total\":5,\"selfUri\":\"/api/v2/a/{n}\"}}"
            )
        })
        .collect();
    let cases = [
        ("x.json", format!("[{{\"id\":\"u\",\"bpoUser\":true,{keys}}}]"), "duplicate-key", 49_999),
        ("x.json", format!("{{\"users\":[{users}]}}"), "wrong-type", 40_000),
        ("x.json", format!("[{}]", join(50_000, |_| "7".to_owned())), "unknown-shape", 50_000),
        ("x.jsonl", pages.join("\n"), "incomplete-listing", 5_000),
    ];
    for (name, text, kind, count) in cases {
        let (code, report) = check(name, &text);
        let told = report["problems"].as_array().expect("a list");
        assert_eq!((code, told.len()), (3, 101), "{kind}");
        assert!(told[..100].iter().all(|problem| problem["kind"] == kind && problem["location"].is_object()));
        assert_eq!(
            told[100]["message"],
            format!("the same file has {} more, and 100 of a file are shown", count - 100)
        );
    }
}

#[test]
fn a_file_names_only_so_many_permissions() {
    let entries = join(50_001, |number| format!("\"a:b:c{number}\""));
    let role =
        |more: &str| format!("{{\"roles\":[{{\"id\":\"r\",\"name\":\"x\",\"rolePermissions\":[{entries}{more}]}}]}}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.json");
    fs::write(&path, role(",\"a:b:c7\"")).expect("written");
    let run = run(&["check", path.to_str().expect("UTF-8"), "--only", "duplicate-id"]);
    assert!(run.code == 3 && run.out.contains("more than 50000 permissions"), "{}", run.out);
    assert_eq!(run.out.matches("error: too-many").count(), 1, "one that is known is read still: {}", run.out);
}

#[test]
fn a_file_of_four_gigabytes_is_refused_unread() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("huge.json");
    // A file with a hole takes no room on the disk.
    File::create(&path).and_then(|file| file.set_len(5 << 30)).expect("a file");
    fs::write(folder.path().join("role.json"), "{\"name\":\"Desk\",\"rolePermissions\":[]}").expect("written");
    let started = Instant::now();
    let run = finish(rolecall(&["check", "."]).current_dir(folder.path()).output().expect("it starts"));
    assert!(run.code == 3 && run.out.contains("too-large") && run.out.contains("4 GiB"), "{}", run.out);
    assert!(!run.out.contains("role.json"), "the other file is read: {}", run.out);
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn files_of_four_gigabytes_together_are_refused_from_there_on() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.json"), "{\"name\":\"Desk\",\"rolePermissions\":[]}").expect("written");
    for name in ["b.json", "c.json"] {
        File::create(folder.path().join(name)).and_then(|file| file.set_len((4 << 30) - 10)).expect("a file");
    }
    let (code, report) = check_json(&[folder.path().to_str().expect("UTF-8")]);
    let told = report["problems"].as_array().expect("a list").iter();
    let refused = told.filter(|p| p["kind"] == "too-large" && crate::text(&p["message"]).contains("one run reads"));
    assert_eq!((code, refused.count()), (3, 2), "{report}");
}

#[test]
fn settings_and_rules_have_a_largest_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    File::create(&path).and_then(|file| file.set_len(17 << 20)).expect("a file");
    let run = run(&["check", "fixtures/clean", "--config", path.to_str().expect("UTF-8")]);
    assert!(run.code == 2 && run.err.contains("16777216 bytes"), "{}", run.err);
}

#[test]
fn inheritance_does_not_multiply() {
    // Two ways at each of 300 steps are 2^300 ways from the first role to the last.
    let rung = |step: usize, side: &str| {
        let parents = if step < 299 { format!("[\"a{0}\",\"b{0}\"]", step + 1) } else { "null".to_owned() };
        let grants = if step == 299 { "\"reporting:reportingData:view\"" } else { "" };
        format!(
            "{{\"id\":\"{side}{step}\",\"name\":\"{side}{step}\",\"inheritsFrom\":{parents},\"rolePermissions\":[{grants}]}}"
        )
    };
    let roles = join(600, |number| rung(number / 2, if number % 2 == 0 { "a" } else { "b" }));
    let users = join(200, |number| format!("{{\"id\":\"u{number}\",\"bpoUser\":true,\"userRoles\":[\"a0\"]}}"));
    let (code, report) = check("x.json", &format!("{{\"roles\":[{roles}],\"users\":[{users}]}}"));
    assert_eq!(code, 1);
    let reporting = findings(&report).iter().filter(|finding| finding["rule"] == "all-scoped-reporting");
    assert_eq!(reporting.map(|finding| finding["witness"].as_array().map_or(0, Vec::len)).collect::<Vec<_>>(), [301]);
}

#[test]
fn a_list_of_a_million_references_is_one_list() {
    let members = join(1_000_000, |number| format!("\"u{}\"", number % 100));
    let users = join(100, |number| format!("{{\"id\":\"u{number}\",\"name\":\"n\",\"bpoUser\":true}}"));
    let (code, _) = check(
        "x.json",
        &format!("{{\"groups\":[{{\"id\":\"g\",\"name\":\"BPO\",\"members\":[{members}]}}],\"users\":[{users}]}}"),
    );
    assert_eq!(code, 0);
}

#[test]
fn blocks_of_many_kinds_are_read_in_linear_time() {
    let kinds: String = (0..30_000).map(|number| format!("k{number} {{\n}}\n")).collect();
    let text = format!("{kinds}resource \"genesyscloud_user\" \"u\" {{\n{kinds}}}\n");
    assert_eq!(problems("x.tf", &text), Vec::<String>::new());
}

#[test]
fn a_list_of_edges_has_a_largest_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("edges.txt");
    fs::write(&path, "# nothing\n".repeat(1_700_000)).expect("written");
    let name = path.to_str().expect("UTF-8");
    let asked = run(&["what-if", "fixtures/clean", "--revoke-from", name]);
    assert_eq!(asked.code, 2);
    assert!(asked.err.contains("it has more than the 16777216 bytes"), "{}", asked.err);
}

#[test]
fn a_chain_of_roles_is_not_told_again_for_each_of_them() {
    let role = |row: usize| {
        format!(
            r#"{{"id":"r-{row}","name":"BPO Rank {row}","system":true,"inheritsFrom":["r-{}"],"rolePermissions":[]}}"#,
            row + 1
        )
    };
    let user = r#"{"id":"u-1","name":"Ana Reis","bpoUser":true,"userRoles":["r-0"]}"#;
    let last = r#"{"id":"r-100","name":"Agent","system":true,"rolePermissions":[]}"#;
    let text = format!("{{\"roles\":[{},{last}],\"users\":[{user}]}}", join(100, role));
    let (code, report) = check("tenant.json", &text);
    let steps = |f: &Value| f["witness"].as_array().map_or(0, Vec::len);
    let of_rule = findings(&report).iter().filter(|f| f["rule"] == "system-role-inheritance");
    let lengths: Vec<usize> = of_rule.map(steps).collect();
    assert_eq!((code, lengths.len()), (1, 100));
    assert!(lengths.iter().all(|length| *length < 20), "{lengths:?}");
}

/// Groups whose members are looked up, so often, by a name that so many have.
fn looked_up(namesakes: usize, times: usize) -> String {
    let users = join(namesakes, |n| format!("\"u{n}\":{{\"email\":\"u{n}@x.example\",\"name\":\"Kim\"}}"));
    let members = |count| join(count, |_| "\"${data.genesyscloud_user.kim.id}\"".to_owned());
    let (most, rest) = (members(times.min(10_000)), members(times.saturating_sub(10_000)));
    format!(
        "{{\"data\":{{\"genesyscloud_user\":{{\"kim\":{{\"name\":\"Kim\"}}}}}},\
         \"resource\":{{\"genesyscloud_user\":{{{users}}},\
         \"genesyscloud_group\":{{\"g\":{{\"name\":\"G\",\"member_ids\":[{most}]}},\"h\":{{\"name\":\"H\",\"member_ids\":[{rest}]}}}}}}}}"
    )
}

#[test]
fn what_a_looked_up_name_means_has_a_limit() {
    assert_eq!(problems("x.tf.json", &looked_up(100, 1)), Vec::<String>::new());
    let (code, report) = check("x.tf.json", &looked_up(101, 1));
    assert_eq!(code, 3);
    let problem = &report["problems"][0];
    assert!(crate::text(&problem["message"]).contains("more than 100"), "{problem}");
    assert_eq!(problem["location"]["pointer"], "/data/genesyscloud_user/kim");
}

#[test]
fn references_in_the_place_of_others_have_a_limit() {
    assert_eq!(problems("x.tf.json", &looked_up(100, 10_000)), Vec::<String>::new());
    let (code, report) = check("x.tf.json", &looked_up(100, 10_001));
    assert_eq!(code, 3);
    let problem = &report["problems"][0];
    assert!(crate::text(&problem["message"]).contains("1000000 references"), "{problem}");
    assert_eq!(problem["location"]["pointer"], "/resource/genesyscloud_group/h/member_ids/0");
}
