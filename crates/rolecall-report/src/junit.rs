//! `--format junit`: test results, for whatever shows those.
//!
//! A rule without findings is a test that passed, and one that was not evaluated a test that was skipped; a finding is a
//! test of its own, named by the rule and the entity, so that a viewer shows since when it fails. What does not reach
//! `--fail-on` passes, as the run does.

use crate::sign::Signs;
use crate::verdict::Problem;
use crate::{Format, Location, Verdict, marked, spot, witness};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use rolecall_engine::Finding;
use rolecall_source::visible;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// JUnit's XML.
pub(crate) const FORMAT: Format = Format {
    name: "junit",
    about: "JUnit XML, for what shows test results",
    write: |out, verdict, _| write(out, verdict),
};

fn write(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let mut report = Report::new("rolecall");
    if !verdict.problems.is_empty() {
        let mut input = TestSuite::new("input");
        input.add_test_cases(verdict.problems.iter().map(|problem| of_problem(verdict, problem)));
        report.add_test_suite(input);
    }
    let mut found: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    verdict.findings.iter().for_each(|finding| found.entry(&finding.rule).or_default().push(finding));
    let unjudged: BTreeMap<&str, &str> =
        verdict.not_evaluated.iter().map(|rule| (rule.rule.as_str(), rule.reason.as_str())).collect();
    let mut rules = TestSuite::new("rules");
    let mut names = Names::default();
    for rule in verdict.rules.iter() {
        let findings = found.remove(rule.id.as_str()).unwrap_or_default();
        let status = match unjudged.get(rule.id.as_str()) {
            None => TestCaseStatus::success(),
            Some(reason) => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(format!("not evaluated: {}", visible(reason)));
                status
            }
        };
        if findings.is_empty() || unjudged.contains_key(rule.id.as_str()) {
            // The rule's title says what is wrong, which is not what a test that passed has seen.
            let name = if unjudged.contains_key(rule.id.as_str()) { "not evaluated" } else { "no findings" };
            let mut test = TestCase::new(name, status);
            test.set_classname(format!("rolecall.{}", rule.id));
            rules.add_test_case(test);
        }
        rules.add_test_cases(findings.into_iter().map(|finding| of_finding(verdict, finding, &mut names)));
    }
    rules.add_test_cases(marked::of(verdict).map(|marked| {
        let mut status = TestCaseStatus::skipped();
        status
            .set_message(safe(&format!("{}: {}", marked.word, marked.reason)))
            .set_description(safe(&marked.finding.message));
        let mut test = TestCase::new(names.of(marked.finding), status);
        test.set_classname(format!("rolecall.{}", marked.finding.rule));
        test
    }));
    report.add_test_suite(rules);
    report.serialize(out).map_err(io::Error::other)
}

/// Viewers take two tests of one name for one.
#[derive(Default)]
struct Names<'v> {
    taken: BTreeSet<String>,
    signs: Signs<'v>,
}

impl<'v> Names<'v> {
    fn of(&mut self, finding: &'v Finding) -> String {
        let sign = self.signs.of(&finding.fingerprint);
        let name = safe(&format!("{} {}", finding.subject.kind, finding.subject.name));
        if self.taken.insert(format!("{} {name}", finding.rule)) { name } else { format!("{name} ({sign})") }
    }
}

fn of_finding<'v>(verdict: &Verdict<'_>, finding: &'v Finding, names: &mut Names<'v>) -> TestCase {
    let at = verdict.places.get(&finding.primary.place);
    let place = at.map(|at| place(verdict, at)).unwrap_or_default();
    let mut text = format!("{place}\n{}", visible(&finding.message));
    if !finding.witness.is_empty() {
        text.push_str(&format!("\npath: {}", visible(&witness::chain(&finding.witness))));
    }
    text.push_str(&format!("\nhelp: {}\nsee: {}", visible(&finding.help), visible(&finding.docs)));
    let fails = verdict.exit.is_none_or(|exit| exit.fails(finding));
    let mut status =
        if fails { TestCaseStatus::non_success(NonSuccessKind::Failure) } else { TestCaseStatus::success() };
    status.set_message(safe(&finding.message)).set_type(finding.severity.word()).set_description(strict(&text));
    let mut test = TestCase::new(names.of(finding), status);
    test.set_classname(format!("rolecall.{}", finding.rule));
    if !fails {
        test.set_system_out(strict(&text));
    }
    attribute_place(&mut test, verdict, at);
    test
}

fn of_problem(verdict: &Verdict<'_>, problem: &Problem) -> TestCase {
    let at = problem.location.as_ref();
    let place = at.map(|at| place(verdict, at)).or_else(|| problem.path.clone()).unwrap_or_default();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let text = format!("{}\n{}\nhelp: {}", visible(&place), visible(&problem.message), visible(&problem.help));
    status.set_message(safe(&problem.message)).set_type(problem.kind).set_description(strict(&text));
    let mut test = TestCase::new(safe(&format!("{} {place}", problem.kind)), status);
    test.set_classname("rolecall.input");
    attribute_place(&mut test, verdict, at);
    test
}

fn attribute_place(test: &mut TestCase, verdict: &Verdict<'_>, at: Option<&Location>) {
    if let Some(spot) = at.and_then(|at| spot::of(verdict, at)) {
        test.extra.insert("file".into(), safe(spot.path).into());
        test.extra.insert("line".into(), spot.at.start.line.to_string().into());
    }
}

fn place(verdict: &Verdict<'_>, at: &Location) -> String {
    let path = spot::of(verdict, at).map(|spot| visible(spot.path)).unwrap_or_default();
    format!("{path}:{}:{}", at.start.line, at.start.column)
}

/// Text on one line as XML may hold it.
fn safe(text: &str) -> String {
    strict(&visible(text))
}

/// Text without the two characters that XML forbids and that nothing else minds.
fn strict(text: &str) -> String {
    text.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}
