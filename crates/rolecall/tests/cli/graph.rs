//! Pictures of access.

use crate::{check_json, findings, run, text};
use serde_json::Value;
use std::fs;

fn picture(arguments: &[&str]) -> Value {
    let run = run(&[&["graph", "--format", "json"], arguments].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    serde_json::from_str(&run.out).expect("JSON")
}

fn list<'v>(picture: &'v Value, key: &str) -> &'v Vec<Value> {
    picture[key].as_array().expect("a list")
}

fn names(picture: &Value) -> Vec<String> {
    list(picture, "nodes").iter().map(|node| text(&node["name"])).collect()
}

#[test]
fn the_picture_of_a_finding_is_its_chain() {
    let (_, report) = check_json(&["fixtures/guide"]);
    let mut drawn = 0;
    for finding in findings(&report).iter().take(12) {
        let fingerprint = text(&finding["fingerprint"]);
        let steps = finding["witness"].as_array().expect("a list");
        if steps.is_empty() {
            assert_eq!(run(&["graph", "fixtures/guide", "--finding", &fingerprint]).code, 2);
            continue;
        }
        drawn += 1;
        let picture = picture(&["fixtures/guide", "--finding", &fingerprint]);
        assert_eq!(list(&picture, "edges").len(), steps.len());
        for (step, edge) in steps.iter().zip(list(&picture, "edges")) {
            let end = |key: &str| {
                &list(&picture, "nodes")[usize::try_from(edge[key].as_u64().expect("a row")).expect("small")]
            };
            assert_eq!(
                (&step["edge"], &step["from"]["id"], &step["to"]["id"]),
                (&edge["edge"], &end("from")["id"], &end("to")["id"])
            );
        }
    }
    assert!(drawn > 3);
    assert_eq!(run(&["graph", "fixtures/guide", "--finding", "none"]).code, 2);
}

#[test]
fn what_lies_around_somebody_grows_with_the_depth_and_crowds_are_counted() {
    let near = picture(&["fixtures/guide", "--around", "Ana Reis", "--depth", "1"]);
    for name in ["Ana Reis", "Planning", "BPO Lisbon", "BPO Agent - Restricted"] {
        assert!(names(&near).contains(&name.to_owned()), "{name}");
    }
    assert!(!names(&near).contains(&"Claims Analyst".to_owned()));
    let far = picture(&["fixtures/guide", "--around", "Ana Reis"]);
    assert!(names(&far).contains(&"Claims Analyst".to_owned()));
    // Those drawn and those counted are all of the group.
    let lisbon = list(&far, "nodes").iter().position(|node| node["name"] == "BPO Lisbon").expect("the group");
    let of_lisbon = list(&far, "edges").iter().filter(|edge| edge["to"] == lisbon && edge["edge"] == "member-of");
    let members: usize = of_lisbon
        .map(|edge| {
            let from = &list(&far, "nodes")[usize::try_from(edge["from"].as_u64().expect("a row")).expect("small")];
            text(&from["name"]).split(" more").next().and_then(|n| n.parse().ok()).unwrap_or(1)
        })
        .sum();
    assert!(members > 10);
    assert_eq!(text(&list(&far, "nodes")[lisbon]["note"]), format!("{members} users"));
}

#[test]
fn a_picture_is_small_by_itself_and_says_what_it_leaves_out() {
    let all = picture(&["fixtures/guide"]);
    assert!(list(&all, "left_out").is_empty());
    let some = picture(&["fixtures/guide", "--limit", "5"]);
    assert_eq!((list(&some, "nodes").len(), list(&some, "left_out").len()), (5, 1));
    assert!(list(&all, "nodes").iter().all(|node| node["kind"] != "user"));
}

#[test]
fn hostile_names_are_text_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.json");
    let name = "\"]; x -> y [label=\"<b>&amp;|\\n\u{202e}\u{fffe}` end #35; %% </data>";
    let role = serde_json::json!({"id": "r-1", "name": name, "rolePermissions": ["user:view"]});
    let account = serde_json::json!({"id": "s-1", "name": name, "userRoles": ["r-1"]});
    let tenant = serde_json::json!({"roles": [role], "serviceAccounts": [account]});
    fs::write(&path, tenant.to_string()).expect("a file");
    let draw = |format: &str| run(&["graph", path.to_str().expect("UTF-8"), "--format", format]).out;
    let is_word = |text: &str| text.strip_prefix('n').is_some_and(|row| row.parse::<usize>().is_ok());
    for line in draw("dot").lines().filter(|line| line.starts_with("  n") && !line.starts_with("  node")) {
        let (head, label) = line.split_once("label=\"").expect("a label");
        assert!(head.split([' ', '[', ',']).any(is_word), "{line}");
        // One text in quotes, and nothing behind it.
        let inside = label.strip_suffix("\"];").expect("its end");
        assert!(!inside.replace("\\\\", "").replace("\\\"", "").contains('"'), "{line}");
    }
    for line in draw("mermaid").lines().skip(1) {
        assert_eq!(line.matches('"').count(), 2, "{line}");
        let inside = line.split('"').nth(1).expect("a label").replace("<br>", "");
        assert!(!inside.contains(['<', '>', '&', '`', '|', '[', '%', '\\']), "{line}");
    }
    let graphml = draw("graphml");
    let mut reader = quick_xml::Reader::from_str(&graphml);
    let (mut nodes, mut edges, mut text) = (0, 0, String::new());
    loop {
        match reader.read_event().expect("good XML") {
            quick_xml::events::Event::Start(start) => match start.name().as_ref() {
                b"node" => nodes += 1,
                b"edge" => edges += 1,
                _ => {}
            },
            quick_xml::events::Event::Text(part) => text.push_str(&part.decode().expect("UTF-8")),
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((nodes, edges), (2, 1));
    assert!(text.contains("\\u{202e}") && !graphml.contains(['\u{202e}', '\u{fffe}']));
}
