//! Files that are too large to be kept say the same as if they were, and what is wrong with them is said as well.

use crate::{Run, check_json, findings, finish, home, rolecall, run};
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// An export with so much white space after some of its values that it is not kept.
fn stretched(path: &str) -> String {
    let text = fs::read_to_string(home().join(path)).expect("the fixture");
    let ends: Vec<usize> = text.match_indices("},\n").map(|(at, end)| at + end.len()).collect();
    let mut stretched = String::new();
    let mut from = 0;
    for end in ends.iter().step_by(ends.len() / 4) {
        stretched.push_str(&text[from..*end]);
        stretched.push_str(&format!("{}\n", " ".repeat(99)).repeat(4_000));
        from = *end;
    }
    stretched + &text[from..]
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file");
    path.to_str().expect("text").to_owned()
}

/// Standard input is always kept.
fn kept(path: &str, options: &[&str]) -> Run {
    let mut command = rolecall(&[&["check", "-"], options].concat());
    command.stdin(Stdio::from(File::open(path).expect("a file")));
    finish(command.output().expect("it starts"))
}

#[test]
fn a_large_file_is_told_of_as_if_it_were_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, path) in [
        ("guide.json", "fixtures/dialects/guide/tenant.json"),
        ("genesyscloud.tf.json", "fixtures/dialects/cx-as-code/json/genesyscloud.tf.json"),
    ] {
        let text = stretched(path);
        assert!(text.len() > 1_400_000);
        for text in [text.clone(), format!("\u{feff}{text}")] {
            let path = write(folder.path(), name, text.as_bytes());
            for format in ["text", "json"] {
                let options = ["--fail-on", "never", "--format", format];
                let large = run(&[&["check", &path], options.as_slice()].concat());
                let known = kept(&path, &options);
                assert_eq!((large.code, known.code), (0, 0), "{}{}", large.err, known.err);
                // Names, and with them the order in which a file of many is told, do not matter to one.
                let plain = |text: &str| text.replace(&path, "-").replace(name, "-");
                assert!(known.out.len() > 1_000);
                if format == "json" {
                    let report = |text: &str| serde_json::from_str::<Value>(text).expect("a report");
                    let (large, known) = (report(&plain(&large.out)), report(&known.out));
                    assert!(!findings(&known).is_empty());
                    assert_eq!(findings(&large), findings(&known));
                    assert_eq!(large["notes"], known["notes"]);
                } else {
                    // A longer name may make another line of a sentence.
                    assert!(plain(&large.out).split_whitespace().eq(known.out.split_whitespace()), "{}", large.out);
                }
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_large_file_is_said_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = stretched("fixtures/dialects/guide/tenant.json");
    let half = good.len() * 3 / 4;
    let broken = |with: &[u8]| [&good.as_bytes()[..half], with].concat();
    let mut packed = vec![0x1f, 0x8b, 8, 0];
    packed.resize(1_500_000, 7);
    let not_utf8 = [&broken(b"")[..], b"\xff", &good.as_bytes()[half..]].concat();
    for (kind, bytes, has_findings) in [
        ("truncated", broken(b""), true),
        ("syntax", broken(b"<html>"), true),
        ("not-utf8", not_utf8, true),
        ("empty", b" \n".repeat(800_000), false),
        ("packed", packed, false),
    ] {
        let path = write(folder.path(), "tenant.json", &bytes);
        let (code, report) = check_json(&[&path]);
        assert_eq!(code, 3, "{kind}");
        let problem = &report["problems"][0];
        assert_eq!(problem["kind"], kind, "{report}");
        assert_eq!(!findings(&report).is_empty(), has_findings, "{kind}");
        if has_findings {
            let offset = problem["location"]["start"]["offset"].as_u64().expect("a place");
            assert!(offset.abs_diff(half as u64) < 400, "{kind}: {offset}, {half}");
        }
    }
}

#[test]
fn what_was_right_before_is_not_called_clean_where_the_rest_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.json");
    let mut file = File::create(&path).expect("a file");
    file.write_all(br#"[{"id": "u-1", "name": "Ana", "email": "ana@acme.example"}] x"#).expect("it is written");
    file.write_all(&b" ".repeat(1_200_000)).expect("it is written");
    file.write_all(b"\xff").expect("it is written");
    drop(file);
    let (code, report) = check_json(&[path.to_str().expect("text")]);
    let problems = report["problems"].as_array().expect("a list");
    let kinds: Vec<&str> = problems.iter().filter_map(|problem| problem["kind"].as_str()).collect();
    assert_eq!((code, kinds.as_slice()), (3, ["syntax", "not-utf8"].as_slice()));
}
