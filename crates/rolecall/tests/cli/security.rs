//! What docs/security.md says is shown by a test that is there, and its limits are those of the code.

use crate::home;
use rolecall_ingest::{MAX_PERMISSION, MAX_PERMISSIONS, MAX_TEXT, MAX_TROUBLES};
use rolecall_source::{MAX_DEPTH, MAX_KEY};
use std::fs;

#[test]
fn every_test_that_the_page_names_is_there() {
    let page = fs::read_to_string(home().join("docs/security.md")).expect("the page");
    let sources =
        walkdir::WalkDir::new(home().join("crates")).into_iter().map(|entry| entry.expect("it can be walked"));
    let text: String = sources
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "rs"))
        .map(|entry| fs::read_to_string(entry.path()).expect("source"))
        .collect();
    let cells = page.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.rsplit('|').nth(1));
    let named: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let (tests, files): (Vec<&str>, Vec<&str>) =
        named.iter().partition(|name| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    assert!(tests.len() > 25, "{tests:?}");
    for test in tests {
        assert!(text.contains(&format!("#[test]\nfn {test}()")) || text.contains(&format!("fn {test}(")), "{test}");
    }
    for file in files.iter().filter(|file| !file.starts_with('[')) {
        assert!(home().join(file).exists(), "{file}");
    }
}

#[test]
fn the_limits_of_the_page_are_those_of_the_code() {
    let page = fs::read_to_string(home().join("docs/security.md")).expect("the page");
    let value = |limit: &str| {
        let line = page.lines().find(|line| line.starts_with(&format!("| {limit}"))).expect("the limit");
        let digits: String = line.split('|').nth(2).expect("a value").chars().filter(char::is_ascii_digit).collect();
        digits.parse::<usize>().expect("a number")
    };
    assert_eq!(value("values of JSON"), MAX_DEPTH);
    assert_eq!(value("a key"), MAX_KEY);
    assert_eq!(value("a name, id"), MAX_TEXT);
    assert_eq!(value("a permission"), MAX_PERMISSION);
    assert_eq!(value("different permissions"), MAX_PERMISSIONS);
    assert_eq!(value("problems of one file"), MAX_TROUBLES);
}
