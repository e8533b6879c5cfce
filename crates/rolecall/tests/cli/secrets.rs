//! Secrets of an export: where they are, and never what they are.

use crate::run;
use std::fs;

const CONFIG: [&str; 2] = ["--config", "fixtures/dialects/rolecall.toml"];

/// The secret that is planted in every form of the tenant.
const PLANTED: &str = "planted-77aa10-no-real-secret";

#[test]
fn a_secret_is_reported_by_place_and_shown_nowhere() {
    for form in ["platform", "cx-as-code/json", "cx-as-code/hcl", "cx-as-code/state"] {
        let path = format!("fixtures/dialects/{form}");
        for format in rolecall_report::FORMATS.iter().map(|format| format.name) {
            for verbosity in ["-v", "-q"] {
                let run = run(&["check", &path, CONFIG[0], CONFIG[1], "--format", format, verbosity]);
                assert!(run.out.contains("secret-in-export"), "{form}");
                assert!(!run.out.contains(PLANTED) && !run.err.contains(PLANTED), "{form} as {format}");
            }
        }
    }
}

#[test]
fn a_secret_in_a_broken_file_is_not_shown_with_the_fault() {
    let cases = [
        (
            "main.tf",
            format!(
                "resource \"genesyscloud_oauth_client\" \"c\" {{\n  client_secret = \"{PLANTED}\"\n  name = \n}}\n"
            ),
        ),
        ("clients.json", format!("[{{\"id\": \"c-1\", \"secret\": \"{PLANTED}\", \"name\": }}]")),
        ("clients.json", format!("[{{\"id\": \"c-1\",\n \"clientSecret\": \"{PLANTED}")),
    ];
    for (name, content) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, &content).expect("written");
        let run = run(&["check", path.to_str().expect("UTF-8")]);
        assert_eq!(run.code, 3, "{content}");
        assert!(!run.out.contains(PLANTED) && !run.err.contains(PLANTED), "{}", run.out);
    }
}
