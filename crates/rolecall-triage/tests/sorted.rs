//! What is reported, what is held back by what, and which exit code follows.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use rolecall_engine::{About, Acceptance, Claim, Confidence, Finding, Label, Named, Piece, Severity};
use rolecall_model::{Origin, Place};
use rolecall_triage::{Baseline, Change, HeldBy, Persona, Pruned, Wishes, changes, exit_code, triage};

const SEVERITIES: [Severity; 5] = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
const CONFIDENCES: [Confidence; 3] = [Confidence::Low, Confidence::Medium, Confidence::High];

fn finding(rule: &str, fingerprint: &str, severity: Severity, confidence: Confidence) -> Finding {
    Finding {
        rule: rule.to_owned(),
        severity,
        confidence,
        message: "it \u{202e}is so".to_owned(),
        help: String::new(),
        docs: String::new(),
        fingerprint: fingerprint.to_owned(),
        subject: Named { kind: "role", id: "r-1".to_owned(), name: "BPO\nAgent".to_owned() },
        primary: Label { place: Place::whole(Origin::default()), text: String::new() },
        related: Vec::new(),
        witness: Vec::new(),
        access: Vec::new(),
        allowed: None,
        ends: None,
        files: Vec::new(),
        about: About::default(),
    }
}

fn grave(rule: &str, fingerprint: &str) -> Finding {
    finding(rule, fingerprint, Severity::Critical, Confidence::High)
}

fn accepted(fingerprint: &str) -> Finding {
    let place = Place::whole(Origin::default());
    let (reason, owner) = ("known".into(), "ops".into());
    let entry = Acceptance { reason, owner, ticket: None, since: None, age: None, expires: None, place };
    Finding { allowed: Some(entry), ..grave("a", fingerprint) }
}

/// Whether a finding is reported, and what holds it back.
fn outcome(finding: Finding, wishes: &Wishes, baseline: Option<&Baseline>) -> Option<HeldBy> {
    let mut sorted = triage(vec![finding], wishes, baseline);
    assert_eq!(sorted.findings.len() + sorted.held.len(), 1, "nothing is lost");
    sorted.held.pop().map(|held| held.by)
}

#[test]
fn thresholds_let_through_what_is_at_least_as_bad_and_as_sure() {
    for (severity, confidence) in SEVERITIES.into_iter().flat_map(|s| CONFIDENCES.map(|c| (s, c))) {
        let held = |wishes: &Wishes| outcome(finding("a", "f", severity, confidence), wishes, None);
        for least in SEVERITIES {
            let wishes = Wishes { min_severity: Some(least), ..Wishes::default() };
            assert_eq!(held(&wishes), (severity < least).then_some(HeldBy::Options), "{severity:?} of {least:?}");
        }
        for least in CONFIDENCES {
            let wishes = Wishes { min_confidence: Some(least), ..Wishes::default() };
            assert_eq!(held(&wishes), (confidence < least).then_some(HeldBy::Options), "{confidence:?} of {least:?}");
            let both = Wishes { min_severity: Some(Severity::High), ..wishes };
            assert_eq!(held(&both).is_some(), severity < Severity::High || confidence < least);
        }
    }
}

#[test]
fn a_team_is_spared_what_is_minor_unless_it_asks() {
    for (severity, confidence) in SEVERITIES.into_iter().flat_map(|s| CONFIDENCES.map(|c| (s, c))) {
        let held = |wishes: &Wishes| outcome(finding("a", "f", severity, confidence), wishes, None).is_some();
        let is_minor = severity == Severity::Info || (confidence == Confidence::Low && severity < Severity::High);
        assert_eq!(held(&Wishes::default()), is_minor, "{severity:?} and {confidence:?}");
        assert!(!held(&Wishes { persona: Persona::Auditor, ..Wishes::default() }));
        assert!(!held(&Wishes { is_picky: true, ..Wishes::default() }));
        assert!(!held(&Wishes { min_severity: Some(Severity::Info), ..Wishes::default() }));
        assert!(!held(&Wishes { min_confidence: Some(Confidence::Low), ..Wishes::default() }));
    }
}

#[test]
fn what_is_accepted_or_listed_is_held_back_unless_all_is_asked_for() {
    let listed = Baseline::of(&[grave("a", "known")]);
    let no_ignores = Wishes { no_ignores: true, ..Wishes::default() };
    let is_allow = |by: Option<HeldBy>| matches!(by, Some(HeldBy::Allow(_)));
    assert!(is_allow(outcome(accepted("x"), &Wishes::default(), None)));
    assert!(is_allow(outcome(accepted("known"), &Wishes::default(), Some(&listed))), "the settings say why");
    assert_eq!(outcome(accepted("x"), &no_ignores, None), None);
    assert_eq!(outcome(grave("a", "known"), &Wishes::default(), Some(&listed)), Some(HeldBy::Baseline));
    assert_eq!(outcome(grave("a", "new"), &Wishes::default(), Some(&listed)), None);
    assert_eq!(outcome(grave("a", "known"), &no_ignores, Some(&listed)), None);
    assert_eq!(outcome(grave("a", "known"), &Wishes::default(), None), None);
}

#[test]
fn a_line_of_a_baseline_holds_back_one_finding() {
    let listed = Baseline::of(&[grave("a", "f"), grave("a", "f")]);
    let sorted = triage(vec![grave("a", "f"), grave("a", "f"), grave("a", "f")], &Wishes::default(), Some(&listed));
    assert_eq!((sorted.findings.len(), sorted.held.len()), (1, 2));
}

#[test]
fn a_baseline_is_read_as_it_was_written_and_shows_nothing_raw() {
    let baseline = Baseline::of(&[grave("b", "2"), grave("a", "3"), grave("a", "1")]);
    let lines: Vec<_> = baseline.iter().map(|line| (line.rule.as_str(), line.fingerprint.as_str())).collect();
    assert_eq!(lines, [("a", "1"), ("a", "3"), ("b", "2")], "in order, whatever the order of findings");
    assert_eq!((baseline.len(), baseline.is_empty()), (3, false));
    assert_eq!((Baseline::default().len(), Baseline::default().is_empty()), (0, true));
    let text = baseline.to_text();
    assert_eq!(Baseline::read("baseline.json", &text).expect("a baseline"), baseline);
    assert_eq!(Baseline::read("x", &Baseline::default().to_text()).expect("a baseline"), Baseline::default());
    assert!(!text.contains('\u{202e}') && text.contains("role BPO\\\\nAgent") && text.contains("rolecall/baseline/v1"));
    // A merge may leave the lines in another order.
    let mut lines: Vec<String> = text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
    lines.swap(1, 3);
    let merged = format!("{}\n{},\n{},\n{}\n{}", lines[0], lines[1], lines[2], lines[3], lines[4]);
    assert_eq!(Baseline::read("x", &merged).expect("a baseline"), baseline);
}

#[test]
fn what_is_no_baseline_is_told_with_its_place() {
    let text = "{\"schema\": \"rolecall/baseline/v1\",\n \"findings\": [\n  {\"rule\": 7}]}";
    let fault = Baseline::read("baseline.json", text).expect_err("a fault");
    assert_eq!(text[..fault.at.start].matches('\n').count(), 2, "{fault:?}");
    assert!(text[..=fault.at.start].ends_with('7'), "{}", &text[fault.at.start..]);
    assert!(fault.path == "baseline.json" && fault.message.starts_with("this is no baseline: invalid type"));
    let other = Baseline::read("x", "{\"schema\": \"rolecall/baseline/v2\", \"findings\": []}").expect_err("a fault");
    assert!(other.message.contains("`rolecall/baseline/v2`"), "{}", other.message);
    assert!(Baseline::read("x", "").is_err() && Baseline::read("x", "é").is_err());
}

#[test]
fn what_is_gone_leaves_the_baseline_unless_its_rule_was_not_judged() {
    let baseline = Baseline::of(&[grave("a", "1"), grave("a", "2"), grave("a", "2"), grave("b", "3"), grave("c", "4")]);
    let now = [grave("a", "2"), grave("c", "4"), grave("a", "9")];
    let Pruned { kept, gone, less } = baseline.pruned(&now, |rule| rule != "b");
    let prints = |lines: &mut dyn Iterator<Item = &rolecall_triage::Listed>| -> Vec<String> {
        lines.map(|line| line.fingerprint.clone()).collect()
    };
    assert_eq!(prints(&mut kept.iter()), ["2", "3", "4"]);
    assert_eq!(prints(&mut gone.iter()), ["1", "2"]);
    assert!(less.is_empty());
    let unlisted = baseline.unlisted(&now);
    assert_eq!(unlisted.iter().map(|f| f.fingerprint.as_str()).collect::<Vec<_>>(), ["9"]);
}

/// A finding on a role about the permissions that it gives over All.
fn giving(fingerprint: &str, permissions: &[&str]) -> Finding {
    let claim = |permission: &&str| {
        let (by, over) = ("role r-1".to_owned(), "All".to_owned());
        Piece::Access(Claim { by, permission: (*permission).to_owned(), over, limits: Vec::new() })
    };
    let pieces = permissions.iter().map(claim).collect();
    let about = About { subject: "role r-\u{202e}1".to_owned(), pieces, ..About::default() };
    Finding { about, ..grave("a", fingerprint) }
}

#[test]
fn a_part_of_what_is_listed_is_known_and_more_than_that_is_new() {
    let (both, one, three) = (
        giving("1", &["a:b:view", "a:b:edit"]),
        giving("2", &["a:b:view"]),
        giving("3", &["a:b:view", "a:b:edit", "a:b:add"]),
    );
    let listed = Baseline::of([&both]);
    let read = Baseline::read("x", &listed.to_text()).expect("a baseline");
    assert!(read == listed && !listed.to_text().contains('\u{202e}'), "{}", listed.to_text());
    assert_eq!(read.knows(&[&both, &one, &three]), [true, true, false]);
    let other_rule = Finding { rule: "b".to_owned(), ..one.clone() };
    assert_eq!(read.knows(&[&other_rule]), [false]);
    // What is left is put in its place, so that the rest is new when it comes back.
    let Pruned { kept, gone, less } = read.pruned([&one], |_| true);
    assert_eq!((gone.len(), less.len()), (0, 1));
    assert_eq!(kept, Baseline::of([&one]));
    assert_eq!(kept.knows(&[&both]), [false]);
    let of = |old: &[&Finding], new: &[&Finding]| [changes(new, old), changes(old, new)];
    assert_eq!(of(&[&both], &[&one]), [vec![Change::Part], vec![Change::None]], "nothing is new");
    assert_eq!(of(&[&both], &[&three]), [vec![Change::None], vec![Change::Part]], "nothing is fixed");
    assert_eq!(of(&[&both], &[]), [vec![Change::Whole], Vec::new()]);
    assert_eq!(of(&[&both], &[&both]), [vec![Change::None], vec![Change::None]]);
}

#[test]
fn a_line_that_says_only_the_fingerprint_stands_for_that_alone() {
    let both = giving("1", &["a:b:view", "a:b:edit"]);
    let line = r#"{"rule":"a","subject":"role r","fingerprint":"1","message":"m"}"#;
    let old = Baseline::read("x", &format!(r#"{{"schema": "rolecall/baseline/v1", "findings": [{line}]}}"#));
    let old = old.expect("a baseline as earlier versions wrote it");
    assert_eq!(old.knows(&[&both, &giving("2", &["a:b:view"])]), [true, false]);
    // No line is endless.
    let many: Vec<String> = (0..1000).map(|number| format!("a:b{number}:view")).collect();
    let many = giving("1", &many.iter().map(String::as_str).collect::<Vec<_>>());
    let listed = Baseline::of([&many]);
    assert!(listed.knows(&[&giving("2", &["a:b7:view"])]) == [true] && listed.to_text().len() < 1000);
    let read = Baseline::read("x", &listed.to_text()).expect("a baseline");
    assert_eq!(read.knows(&[&many, &giving("2", &["a:b7:view"])]), [true, false]);
}

#[test]
fn the_exit_code_follows_from_the_worst_and_from_what_could_be_read() {
    for severity in SEVERITIES {
        let findings = [finding("a", "f", severity, Confidence::High)];
        for least in SEVERITIES {
            assert_eq!(exit_code(true, &findings, Some(least)), u8::from(severity >= least));
        }
        assert_eq!(exit_code(true, &findings, None), 0);
        assert_eq!(exit_code(false, &findings, Some(Severity::Info)), 3);
        assert_eq!(exit_code(false, &[], None), 3);
    }
    assert_eq!(exit_code(true, &[], Some(Severity::Info)), 0);
}
