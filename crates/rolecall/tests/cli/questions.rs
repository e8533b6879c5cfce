//! Questions: what each answers on the fixtures, in text and in JSON.

use crate::{run, text};
use insta::assert_snapshot;
use serde_json::Value;

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
