//! What the settings select by: what answers to nothing is told, and what can never fit is refused.

use crate::arguments::{check_in, folder, joined};
use crate::{check_json, findings, home, text};
use std::fs;

/// Settings in which everything answers to something in `fixtures/guide`.
const SETTINGS: &str = r#"
[tiers.bpo]
names = ["*BPO*"]
roles = ["Claims Analyst"]
groups = ["BPO Lisbon"]
licences = ["*BPO*"]
domains = ["brightline.example"]
queues = ["Partner *"]
regions = ["emea-1", "apac-1"]
allowed = ["routing:queue:view", "conversation:*:*"]

[partners.lisbon]
groups = ["BPO Lisbon", "BPO Porto"]

[partners.manila]
groups = ["Manila Off-Shore"]

[capabilities]
transcripts = ["interaction:*:view"]

[[expect]]
who = "Claims Desk"
cannot = ["routing:queue:delete"]
on = "Claims US"
"#;

/// The places of the quoted texts of `SETTINGS`.
fn quoted() -> Vec<usize> {
    let quotes: Vec<usize> = SETTINGS.match_indices('"').map(|(at, _)| at).collect();
    quotes.chunks(2).map(|pair| pair[1]).collect()
}

fn told(settings: &str) -> Vec<String> {
    let tenant = folder(&[("rolecall.toml", settings)]);
    let path = tenant.path().join("rolecall.toml");
    let path = path.to_str().expect("UTF-8");
    let rules = ["--only", "unmatched-setting", "--only", "unmet-expectation", "--only", "region-mismatch"];
    let (_, report) = check_json(&[&["fixtures/guide", "--config", path][..], &rules].concat());
    let of = |finding: &serde_json::Value| {
        let place = &finding["locations"][0];
        let is_here = text(&place["path"]).ends_with("rolecall.toml");
        is_here.then(|| format!("{} {}: {}", place["start"]["line"], text(&finding["rule"]), text(&finding["message"])))
    };
    findings(&report).iter().filter_map(of).collect()
}

#[test]
fn no_text_of_the_settings_is_misspelt_in_silence() {
    assert_eq!(told(SETTINGS), Vec::<String>::new());
    let ends = quoted();
    assert!(ends.len() > 15, "{ends:?}");
    for end in ends {
        let mut settings = SETTINGS.to_owned();
        settings.insert_str(end, "zz");
        let line = 1_isize + SETTINGS[..end].matches('\n').count().cast_signed();
        let said = told(&settings);
        // What is expected of somebody is told at what they can or cannot do.
        let is_near = |said: &String| [0, 1, -1].iter().any(|off| said.starts_with(&format!("{} ", line + off)));
        assert!(said.iter().any(|said| is_near(said) && said.contains("zz`")), "{line}: {said:?}");
    }
}

#[test]
fn what_can_never_fit_is_refused_at_its_place() {
    let cases = [
        ("[tiers.bpo]\ngroups = ['BPO', ' ']\n", "an empty pattern fits nothing", ":2:18"),
        ("[partners.alpha]\ndomains = ['']\n", "an empty pattern fits nothing", ":2:12"),
        ("[tiers.bpo]\nallowed = ['{}']\n", "`{}` is no permission", ":2:12"),
        ("[capabilities]\nown = ['x:y:z', ' : ']\n", "` : ` is no permission", ":2:17"),
        ("[partners.alpha]\nregions = ['emea-1']\n", "nothing says who is of the partner `alpha`", ":1:11"),
        ("[tiers.bpos]\nallowed = ['x:y:z']\n", "or did you mean `bpo`?", ":1:8"),
        ("[[expect]]\nwho = 'bpo'\n", "nothing is expected", ":2:7"),
        ("[[expect]]\nwho = ' '\ncan = ['x:y:z']\n", "an empty name means nobody", ":2:7"),
        ("[[expect]]\nwho = 'bpo'\ncannot = ['x:y:z']\non = ''\n", "an empty name means nobody", ":2:7"),
    ];
    for (settings, message, place) in cases {
        let tenant = folder(&[("rolecall.toml", settings)]);
        let run =
            check_in(&tenant, &[home().join("fixtures/clean").to_str().expect("UTF-8"), "--config", "rolecall.toml"]);
        let said = joined(&run.err);
        assert!(
            run.code == 2 && said.contains(message) && said.contains(&format!("rolecall.toml{place}]")),
            "{settings}: {said}"
        );
    }
}

#[test]
fn what_is_only_said_again_or_not_to_be_seen_in_the_input_is_not_reported() {
    // As `rolecall init` writes it down.
    let again = fs::read_to_string(home().join("crates/rolecall-engine/data/policy.toml")).expect("the settings");
    assert_eq!(told(&again), Vec::<String>::new());
    let nobodys =
        folder(&[("users.json", r#"[{"id": "u-1", "name": "Kim", "userRoles": []}]"#), ("rolecall.toml", &again)]);
    let run = check_in(&nobodys, &[".", "--only", "unmatched-setting"]);
    assert!(run.code == 0 && run.out.starts_with("no findings"), "{}", run.out);
    let unseen = "[tiers.bpo]\ndepartments = ['Partners']\nemployers = ['Brightline']\n";
    assert_eq!(told(unseen), Vec::<String>::new());
    let tenant = folder(&[("rolecall.toml", unseen)]);
    let path = tenant.path().join("rolecall.toml");
    let (_, report) = check_json(&["fixtures/guide", "--config", path.to_str().expect("UTF-8")]);
    let reasons = report["summary"]["not_evaluated"].to_string();
    assert!(reasons.contains("no departments, employers in the input, by which the settings tell people"), "{reasons}");
}

/// An organisation's settings are for many exports, but a permission that nobody knows is none anywhere; so are
/// those of files beside the settings.
#[test]
fn of_an_organisation_only_what_must_not_be_is_held_against_what_is_known() {
    let expected = "[[expect]]\nwho = 'bpo'\ncannot = ['routing:queue:veiw']\n";
    let tenant = folder(&[
        ("rolecall.toml", "expect-in = ['must']\n"),
        ("must/not.toml", expected),
        ("policy.toml", &format!("[partners.alpha]\ngroups = ['Nobody']\n\n{expected}")),
    ]);
    let export = home().join("fixtures/guide");
    let export = export.to_str().expect("UTF-8");
    let only = ["--only", "unmatched-setting"];
    let out = joined(
        &check_in(&tenant, &[&[export, "--config", "rolecall.toml", "--policy", "policy.toml"][..], &only].concat())
            .out,
    );
    for place in ["must/not.toml:3:11]", "policy.toml:6:11]"] {
        assert!(out.contains(place), "{place}: {out}");
    }
    assert!(out.contains("did you mean `routing:queue:view`?") && !out.contains("`Nobody`"), "{out}");
}
