//! `rolecall diff`

use crate::cli::{JudgeOptions, REPORT};
use crate::export::Detail;
use crate::git::Revision;
use crate::inputs::{self, Inputs};
use crate::output::{self, Stop};
use crate::privacy::RedactOptions;
use crate::progress::Progress;
use crate::{lost, pipeline, spared};
use clap::{Args, ValueEnum};
use rolecall_diff::Identity;
use rolecall_engine::{Aliases, Drafts, Finding, Judge, Policy, Reviewed, Rulebook};
use rolecall_graph::AccessGraph;
use rolecall_report::{Changed, Difference, Ink};
use rolecall_triage::{Baseline, Change, Wishes};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub(crate) struct DiffOptions {
    /// The old and the new export; with --git the paths of the export, the working folder without any
    #[arg(value_name = "OLD NEW")]
    paths: Vec<PathBuf>,
    /// Compare two revisions of git, read without touching the work tree; `BASE...HEAD` from where HEAD left BASE
    #[arg(long, value_name = "BASE..HEAD")]
    git: Option<String>,
    #[command(flatten)]
    judge: JudgeOptions,
    /// How it is written
    #[arg(long, value_enum, default_value_t = DiffFormat::Text, help_heading = REPORT)]
    format: DiffFormat,
    /// The file to write; without it the answer goes to standard output
    #[arg(long, short, value_name = "FILE", help_heading = REPORT)]
    output: Option<PathBuf>,
    #[command(flatten)]
    redact: RedactOptions,
    #[command(flatten)]
    look: crate::cli::Look,
}

/// How a difference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// One line for each cause
    Text,
    /// Everything, for programs
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// The exit code of an input that could not be read in full.
const HALF: u8 = 3;

/// Says who may do more or less, and by what. The same settings judge both exports.
pub(crate) fn run(options: &DiffOptions) -> Result<u8, Stop> {
    let (found, revisions) = options.found()?;
    let is_git = revisions.is_some();
    let newest = if is_git { options.paths.as_slice() } else { options.paths.get(1..).unwrap_or_default() };
    let mut policy = options.judge.policy(newest, None)?;
    let rules = options.judge.rulebook(&policy)?;
    let ([old, new], _) = options.redact.apply(found, &mut policy)?;
    let nothing = Progress::new(0);
    // A path may be new in git; a folder that was named has to hold something.
    let (mut old, mut new) =
        rayon::join(|| pipeline::read(old, is_git, &nothing), || pipeline::read(new, false, &nothing));
    spared::spare(options.output.as_deref(), &[&old, &new], options.judge.files(&policy))?;
    let places = (old.add_settings(&policy), new.add_settings(&policy));
    let identity = Identity::of(&old.tenant, &new.tenant);
    let (own, nothing) = (identity.aliases(), Aliases::default());
    let (before, after) = rayon::join(|| AccessGraph::new(&old.tenant), || AccessGraph::new(&new.tenant));
    let ((fewer, of_old), (more, of_new)) = rayon::join(
        || Side::of(Judge::at(&before, &policy, places.0).with_aliases(own), &policy, &rules),
        || Side::of(Judge::at(&after, &policy, places.1).with_aliases(&nothing), &policy, &rules),
    );
    let (fixed, new_findings) =
        rayon::join(|| fewer.beyond(&of_new, &policy, &rules), || more.beyond(&of_old, &policy, &rules));
    let diff = rolecall_diff::diff(&Judge::new(&before, &policy), &Judge::new(&after, &policy), &identity);
    let [old_places, new_places] = Difference::places(&diff, &new_findings, &fixed);
    let old_places = old.locate(old_places, Detail::Pointers);
    let new_places = new.locate(new_places, Detail::Pointers);
    // One path is of both revisions.
    let [of_old, of_new] = revisions.unwrap_or_default();
    let problems = [(&old, of_old), (&new, of_new)].map(|(export, of)| {
        let lost = lost::problems(&export.sources, &export.problems);
        export.problems.iter().chain(&lost).map(|problem| said(problem) + &of).collect::<Vec<_>>()
    });
    let difference = Difference {
        diff: &diff,
        new: &new_findings,
        fixed: &fixed,
        old_ink: Ink::new(&old.sources, old_places),
        new_ink: Ink::new(&new.sources, new_places),
        problems: problems.concat(),
    };
    options.write(&difference)?;
    match (difference.problems.is_empty(), difference.is_wider()) {
        (false, _) => Ok(HALF),
        (true, is_wider) => Ok(u8::from(is_wider)),
    }
}

/// One of the exports, and what each rule finds in it by itself.
struct Side<'c, 't> {
    judge: Judge<'c, 't>,
    drafts: Drafts,
}

impl<'c, 't> Side<'c, 't> {
    /// With all that would be left to see, what yields included.
    fn of(mut judge: Judge<'c, 't>, policy: &Policy, rules: &Rulebook) -> (Self, Vec<Finding>) {
        let (outcome, drafts) = judge.check(&policy.reviewed_as(Reviewed::Everything), rules);
        (Self { judge, drafts }, outcome.findings)
    }

    /// The findings that a team is told of and that say more than the other export does, even in what is held back there.
    /// None yields to what both have.
    fn beyond(mut self, theirs: &[Finding], policy: &Policy, rules: &Rulebook) -> Vec<Changed> {
        let known = Baseline::of(theirs);
        let reviewed = Reviewed::Some(Arc::new(move |findings| known.knows(findings)));
        let outcome = self.judge.settled(&policy.reviewed_as(reviewed), rules, self.drafts);
        let shown = rolecall_triage::triage(outcome.findings, &Wishes::default(), None).findings;
        let own: Vec<&Finding> = shown.iter().collect();
        let changes = rolecall_triage::changes(&theirs.iter().collect::<Vec<_>>(), &own);
        let changes = shown.into_iter().zip(changes).filter(|(_, change)| *change != Change::None);
        let changed = |(finding, change)| Changed { finding, is_part: change == Change::Part };
        let mut changed: Vec<Changed> = changes.map(changed).collect();
        changed.sort_by(|Changed { finding: a, .. }, Changed { finding: b, .. }| {
            (b.severity, &a.rule, &a.subject, &a.fingerprint).cmp(&(a.severity, &b.rule, &b.subject, &b.fingerprint))
        });
        changed
    }
}

fn said(problem: &rolecall_report::Problem) -> String {
    let line = problem.location.as_ref().map(|at| format!(":{}", at.start.line)).unwrap_or_default();
    let place = problem.path.as_ref().map(|path| format!("{path}{line}: ")).unwrap_or_default();
    format!("{place}{}", problem.message)
}

impl DiffOptions {
    /// The files of the old and of the new export, and where git has them what is said of which revision it is.
    fn found(&self) -> Result<([Inputs; 2], Option<[String; 2]>), Stop> {
        let Some(range) = &self.git else {
            let [old, new] = self.paths.as_slice() else {
                let help = "give the old and the new export, or --git BASE..HEAD and the path of the export";
                return Err(Stop::usage(format!("{} paths are given, not two", self.paths.len()), help));
            };
            return Ok(([inputs::find(std::slice::from_ref(old)), inputs::find(std::slice::from_ref(new))], None));
        };
        let fail = |error: io::Error| Stop::usage(format!("cannot read `{range}` of git: {error}"), "");
        let here = [PathBuf::from(".")];
        let paths = if self.paths.is_empty() { here.as_slice() } else { self.paths.as_slice() };
        let folder = paths.first().filter(|path| path.is_dir()).map_or(Path::new("."), PathBuf::as_path);
        let ([base, head], names) = revisions(folder, range).map_err(fail)?;
        let ((old, not_old), (mut new, not_new)) =
            (base.inputs(paths).map_err(fail)?, head.inputs(paths).map_err(fail)?);
        let neither = not_new.iter().filter(|name| not_old.contains(name));
        new.problems.extend(
            neither.map(|name| inputs::problem("unreadable", name, "there is no such path, nor was there before")),
        );
        Ok(([old, new], Some(names)))
    }

    fn write(&self, difference: &Difference<'_>) -> Result<(), Stop> {
        let mut bytes = Vec::new();
        let text = output::text_options(&self.look, self.output.is_some());
        let written = match self.format {
            DiffFormat::Text => rolecall_report::write_difference_text(&mut bytes, difference, &text),
            DiffFormat::Json => rolecall_report::write_difference_json(&mut bytes, difference),
            DiffFormat::Markdown => rolecall_report::write_difference_markdown(&mut bytes, difference),
        };
        written.map_err(|error| Stop::usage(format!("cannot write the difference: {error}"), ""))?;
        match &self.output {
            Some(path) => output::save(path, &bytes),
            None => output::print(&bytes),
        }
    }
}

/// `BASE..HEAD`, `BASE...HEAD`, or `BASE` alone; what is left out is HEAD. And what is said of problems in each.
fn revisions(here: &Path, range: &str) -> io::Result<([Revision; 2], [String; 2])> {
    let (base, rest) = range.split_once("..").unwrap_or((range, ""));
    let (is_fork, head) = rest.strip_prefix('.').map_or((false, rest), |head| (true, head));
    let [base, head] = [base, head].map(|name| if name.is_empty() { "HEAD" } else { name });
    let (old, new) = (Revision::of(here, base)?, Revision::of(here, head)?);
    let of_head = format!(" (in `{head}`)");
    Ok(match is_fork {
        true => ([old.fork(&new)?, new], [format!(" (where `{head}` left `{base}`)"), of_head]),
        false => ([old, new], [format!(" (in `{base}`)"), of_head]),
    })
}
