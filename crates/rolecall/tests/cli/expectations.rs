//! `[[expect]]`: what must hold and what must not.

use crate::{check_json, findings, home, text};
use std::fs;

#[test]
fn what_must_hold_is_checked_both_ways_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rolecall.toml");
    let tiers = fs::read_to_string(home().join("fixtures/dialects/rolecall.toml")).expect("the settings");
    let expect = |who: &str, verb: &str, permission: &str, on: &str| {
        format!("[[expect]]\nwho = '{who}'\n{verb} = ['{permission}']\non = '{on}'\n")
    };
    let settings = [
        // Holds: a lead in the division of the queue, and in no other.
        expect("Claims Lead", "can", "routing:queue:view", "Claims Voice"),
        expect("Claims Lead", "cannot", "routing:queue:view", "Sales Voice"),
        // Does not: one of the partner's people has it in every division.
        expect("bpo", "cannot", "routing:queue:view", "Sales Voice"),
        // Does not: too tight.
        expect("Claims Lead", "can", "routing:queue:view", "Sales Voice"),
        expect("Nobody Here", "can", "routing:queue:view", "Sales Voice"),
    ];
    fs::write(&path, format!("{tiers}\n{}", settings.join("\n"))).expect("written");
    for form in ["platform", "cx-as-code/json", "cx-as-code/hcl", "cx-as-code/state"] {
        let export = format!("fixtures/dialects/{form}");
        let (code, report) =
            check_json(&[&export, "--config", path.to_str().expect("UTF-8"), "--only", "unmet-expectation"]);
        let said: Vec<String> = findings(&report).iter().map(|f| text(&f["message"])).collect();
        assert_eq!((code, said.len()), (1, 3), "{form}: {said:?}");
        assert!(
            said[0].contains("`bpo` cannot") && said[0].contains("but `Ana Alves` can, by role `BPO Supervisor`"),
            "{said:?}"
        );
        assert!(
            said[1].contains("`Claims Lead` can") && said[1].contains("cannot: role `Claims Lead` gives it"),
            "{said:?}"
        );
        assert!(said[2].contains("nothing in the input is called `Nobody Here`"), "{said:?}");
        let place = &findings(&report)[0]["locations"][0];
        assert!(
            text(&place["path"]).ends_with("rolecall.toml") && place["start"]["line"].as_u64() > Some(10),
            "{place}"
        );
        assert!(!findings(&report)[0]["witness"].as_array().expect("a list").is_empty());
    }
}
