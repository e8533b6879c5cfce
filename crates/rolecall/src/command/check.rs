//! `rolecall check`

use crate::cli::{CheckOptions, Format, Persona};
use crate::output::{self, Stop};
use crate::progress::Progress;
use crate::{inputs, pipeline, rulebook, settings};
use rolecall_engine::{Confidence, Finding, Severity};
use rolecall_report::{Verdict, write_json, write_text};

/// Checks an export and gives the exit code.
pub(crate) fn run(options: &CheckOptions) -> Result<u8, Stop> {
    let mut policy = settings::policy(options.rules.config.as_deref())?;
    policy.lock = settings::lock(options.lock.as_deref(), &policy)?;
    let rules = rulebook::load(&options.rules.folders, &policy)?;
    let rules =
        rules.only(&options.only).map_err(|(id, help)| Stop::usage(format!("there is no rule `{id}`"), help))?;
    let paths: Vec<_> = options.paths.iter().chain(&options.catalog).cloned().collect();
    let found = inputs::find(&paths);
    let size = |input: &inputs::Input| std::fs::metadata(&input.path).map_or(0, |file| file.len());
    let progress = Progress::new(found.files.iter().map(size).sum());
    let mut export = pipeline::read(found, options.allow_empty, &progress);
    if let Some(path) = options.catalog.as_ref().filter(|path| path.exists() && export.tenant.catalogue.is_empty()) {
        let message = format!("{} holds no permission catalogue", path.display());
        return Err(Stop::usage(message, "save what GET /api/v2/authorization/permissions answers, all pages"));
    }
    let mut outcome = pipeline::judge(&mut export, &policy, &rules);
    let all = outcome.findings.len();
    let severity = options.min_severity.map(|s| s.of_engine());
    let confidence = options.min_confidence.map(|c| c.of_engine());
    // Whoever asks for something gets it.
    let is_spared =
        options.persona == Persona::Team && options.only.is_empty() && severity.is_none() && confidence.is_none();
    outcome.findings.retain(|f| {
        let is_asked_for =
            severity.is_none_or(|least| f.severity >= least) && confidence.is_none_or(|least| f.confidence >= least);
        is_asked_for && (!is_spared || !is_minor(f))
    });
    let suppressed = outcome.suppressed + all - outcome.findings.len();
    let verdict = pipeline::verdict(&mut export, outcome, suppressed);
    drop(progress);
    write(options, &verdict)?;
    Ok(exit_code(options, &verdict))
}

/// What a team at work is spared: what is only worth knowing, and what is doubtful and not grave.
fn is_minor(finding: &Finding) -> bool {
    finding.severity == Severity::Info || (finding.confidence == Confidence::Low && finding.severity < Severity::High)
}

fn write(options: &CheckOptions, verdict: &Verdict<'_>) -> Result<(), Stop> {
    let mut report = Vec::new();
    let written = match options.format {
        Format::Text => {
            write_text(&mut report, verdict, &output::text_options(&options.look, options.output.is_some()))
        }
        Format::Json => write_json(&mut report, verdict),
    };
    written.map_err(|error| Stop::usage(format!("cannot write the report: {error}"), ""))?;
    match &options.output {
        Some(path) => output::save(path, &report),
        None => output::print(&report),
    }
}

fn exit_code(options: &CheckOptions, verdict: &Verdict<'_>) -> u8 {
    let fails = |f: &rolecall_engine::Finding| options.fail_on.least().is_some_and(|least| f.severity >= least);
    match (verdict.problems.is_empty(), verdict.findings.iter().any(fails)) {
        (false, _) => 3,
        (true, true) => 1,
        (true, false) => 0,
    }
}
