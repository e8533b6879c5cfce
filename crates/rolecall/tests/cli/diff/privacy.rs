//! Redacted differences and settings name nobody.

use crate::exports::EXPORTS;
use crate::privacy::personal;
use crate::{home, run};
use std::fs;

#[test]
fn redacted_differences_name_nobody_in_any_format() {
    for export in EXPORTS {
        let people = personal(&home().join(export));
        for format in ["text", "json", "markdown"] {
            // Against another tenant, everybody has all that they have more, or less.
            for sides in [["fixtures/clean", export], [export, "fixtures/clean"]] {
                let shown = run(&["diff", sides[0], sides[1], "--format", format, "--redact"]);
                assert!(shown.code != 2 && shown.out.len() > 200, "{sides:?} {}", shown.err);
                for person in &people {
                    assert!(
                        !shown.out.contains(person) && !shown.err.contains(person),
                        "{sides:?} as {format} names {person}"
                    );
                }
            }
        }
        let open = run(&["diff", "fixtures/clean", export, "--format", "json"]);
        assert!(people.iter().any(|person| open.out.contains(person)), "{export} shows somebody without it");
    }
}

#[test]
fn one_person_has_one_pseudonym_in_both_exports() {
    let same = run(&["diff", "fixtures/guide", "fixtures/guide", "--redact", "--quiet"]);
    assert_eq!((same.code, same.out.as_str()), (0, ""));
    let open = run(&["diff", "fixtures/clean", "fixtures/guide", "--quiet"]);
    let redacted = run(&["diff", "fixtures/clean", "fixtures/guide", "--quiet", "--redact"]);
    let causes = |out: &str| out.lines().filter(|line| !line.starts_with(' ')).count();
    assert_eq!((open.code, causes(&open.out)), (redacted.code, causes(&redacted.out)));
}

#[test]
fn settings_that_are_guessed_with_pseudonyms_name_nobody() {
    for export in EXPORTS {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rolecall.toml");
        let name = path.to_str().expect("UTF-8");
        let people = personal(&home().join(export));
        let written = |more: &[&str]| {
            let done = run(&[&["init", export, "--force", "--output", name], more].concat());
            assert_eq!(done.code, 0, "{}", done.err);
            fs::read_to_string(&path).expect("settings")
        };
        let names = |text: &str| people.iter().filter(|person| text.contains(*person)).count();
        assert!(names(&written(&[])) > 0, "{export} shows somebody without it");
        let redacted = written(&["--redact"]);
        assert_eq!(names(&redacted), 0, "{redacted}");
        assert_eq!(run(&["config", export, "--config", name]).code, 0, "{redacted}");
    }
}
