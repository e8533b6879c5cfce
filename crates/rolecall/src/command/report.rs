//! `rolecall report`

use crate::cli::{InputOptions, JudgeOptions, REPORT};
use crate::export::Detail;
use crate::output::{self, Stop};
use crate::{clock, lost, pipeline};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use rolecall_engine::{Finding, Judge, Policy, Tiers, tier_access};
use rolecall_graph::AccessGraph;
use rolecall_model::{Kind, Tenant};
use rolecall_report::{Dossier, FORMATS, Format, MatrixAnswer, TextOptions};
use rolecall_triage::{Persona, Wishes};
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;

/// The format that `check` does not have: it takes more than a verdict.
const PAGE: &str = "html";

/// The formats of `check` that can be handed over too.
const OTHERS: [&str; 3] = [MARKDOWN, TABLE, "json"];
const MARKDOWN: &str = "markdown";
const TABLE: &str = "csv";

#[derive(Debug, Args)]
pub(crate) struct ReportOptions {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    judge: JudgeOptions,
    /// How the report is written
    #[arg(long, value_parser = formats(), default_value = PAGE, help_heading = REPORT)]
    format: String,
    /// Which table a format of tables has; the other formats have both
    #[arg(long, value_enum, help_heading = REPORT)]
    table: Option<Table>,
    /// The file to write; without it the report goes to standard output
    #[arg(long, short, value_name = "FILE", help_heading = REPORT)]
    output: Option<PathBuf>,
    /// What the report is called
    #[arg(long, value_name = "TEXT", default_value = "Who can do what", help_heading = REPORT)]
    title: String,
    /// The day to print on it; without it that of SOURCE_DATE_EPOCH, else none
    #[arg(long, value_name = "DATE", help_heading = REPORT)]
    date: Option<String>,
}

/// What a table is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Table {
    /// A row for each finding
    Findings,
    /// A row for each permission of a tier, its reach and the role that states it
    Access,
}

fn formats() -> PossibleValuesParser {
    let page = PossibleValue::new(PAGE).help("one page that opens from disk, for people");
    let others = FORMATS.iter().filter(|format| OTHERS.contains(&format.name));
    let about = |format: &Format| match format.name {
        MARKDOWN => "findings and access, however long",
        TABLE => "one table, of findings or of access",
        _ => format.about,
    };
    let others = others.map(|format| PossibleValue::new(format.name).help(about(format)));
    PossibleValuesParser::new(std::iter::once(page).chain(others))
}

/// Writes what an auditor hands over. Findings are no failure here; input that cannot be read in full is.
pub(crate) fn run(options: &ReportOptions) -> Result<u8, Stop> {
    if options.table.is_some() && options.format != TABLE {
        return Err(Stop::usage(
            format!("`--table` says nothing of `--format {}`", options.format),
            "leave it out, or write `--format csv`",
        ));
    }
    options.date.as_deref().map(|date| clock::today(Some(date))).transpose()?;
    let mut policy = options.judge.policy(&options.input.paths, None)?;
    let rules = options.judge.rulebook(&policy)?;
    let (mut export, progress) = options.input.read(&mut policy)?;
    options.input.spare(options.output.as_deref(), &export, options.judge.files(&policy))?;
    let place = export.add_settings(&policy);
    let graph = AccessGraph::new(&export.tenant);
    let mut outcome = rolecall_engine::check(&graph, &policy, &rules, place);
    let access = tier_access(&graph, &policy);
    let isolation =
        MatrixAnswer { is_residency: false, matrix: rolecall_query::isolation(&Judge::new(&graph, &policy)) };
    let places = export.locate(rolecall_report::places(&isolation), Detail::Pointers);
    let wishes = Wishes { persona: Persona::Auditor, ..Wishes::default() };
    let triaged = rolecall_triage::triage(std::mem::take(&mut outcome.findings), &wishes, None);
    let tiers = subjects(&graph, &policy, &triaged.findings);
    drop(graph);
    let cuts = pipeline::cuts(&mut export, &policy, &rules, &triaged.findings, false);
    let mut verdict = pipeline::verdict(&mut export, &rules, outcome, triaged);
    verdict.places.extend(places);
    cuts.put(&mut verdict);
    drop(progress);
    let of = |finding: &Finding| tiers.get(&key(finding)).cloned().unwrap_or_default();
    lost::tell(&mut verdict);
    let (mut tiers, mut isolation, mut access) = (verdict.findings.iter().map(of).collect(), isolation.matrix, access);
    // Only writing it may show that a file was changed since it was read; then it is written anew.
    let report = loop {
        let dossier = Dossier {
            verdict: &verdict,
            title: options.title.clone(),
            date: options.date.clone().or_else(epoch),
            settings: policy.sources.first().map(|(path, _)| path.clone()),
            tiers,
            isolation,
            access,
        };
        let mut report = Vec::new();
        write(&mut report, options, &dossier)
            .map_err(|error| Stop::usage(format!("cannot write the report: {error}"), ""))?;
        (tiers, isolation, access) = (dossier.tiers, dossier.isolation, dossier.access);
        if !lost::tell(&mut verdict) {
            break report;
        }
    };
    match &options.output {
        Some(path) => output::save(path, &report)?,
        None => output::print(&report)?,
    }
    Ok(rolecall_triage::exit_code(verdict.problems.is_empty(), &verdict.findings, None))
}

fn write(out: &mut dyn Write, options: &ReportOptions, dossier: &Dossier<'_>) -> io::Result<()> {
    let look = TextOptions { color: false, links: false, width: 80, quiet: false, verbose: true };
    match (options.format.as_str(), options.table) {
        (TABLE, Some(Table::Access)) => rolecall_report::write_access_csv(out, dossier.verdict, &dossier.access),
        (MARKDOWN, _) => rolecall_report::write_markdown_report(out, dossier),
        (name, _) => match Format::named(name) {
            Some(format) => (format.write)(out, dossier.verdict, &look),
            None => rolecall_report::write_html(out, dossier),
        },
    }
}

/// What tells a subject from others: its kind and its id.
type Subject = (&'static str, String);

fn key(finding: &Finding) -> Subject {
    (finding.subject.kind, finding.subject.id.clone())
}

/// The tiers that the subjects of findings are of. Cost: linear in entities.
fn subjects(graph: &AccessGraph<'_>, policy: &Policy, findings: &[Finding]) -> HashMap<Subject, Vec<String>> {
    let wanted: HashSet<Subject> = findings.iter().map(key).collect();
    let tiers = Tiers::new(graph, policy);
    let tenant: &Tenant = graph.tenant;
    let mut found: HashMap<Subject, Vec<String>> =
        tiers.names().map(|name| (("tier", name.to_owned()), vec![name.to_owned()])).collect();
    for entity in Kind::ALL.into_iter().flat_map(|kind| tenant.entities(kind)) {
        let named = rolecall_engine::Named::of(tenant, entity);
        let subject = (named.kind, named.id);
        if wanted.contains(&subject) {
            found.insert(subject, tiers.of(entity).into_iter().map(str::to_owned).collect());
        }
    }
    found
}

/// The day that a reproducible build is told to take for today, as year, month and day.
fn epoch() -> Option<String> {
    let seconds: u64 = std::env::var("SOURCE_DATE_EPOCH").ok()?.trim().parse().ok()?;
    Some(day(seconds / 86_400))
}

/// The date of a day after 1970-01-01, by the Gregorian calendar: eras of 400 years, which begin in March.
fn day(days: u64) -> String {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{date:02}", year + era * 400 + next)
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_those_of_the_calendar() {
        // Leap days, and the ends of years and centuries.
        let known = [
            (0, "1970-01-01"),
            (789, "1972-02-29"),
            (10_957, "2000-01-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_453, "2025-12-31"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ];
        for (days, date) in known {
            assert_eq!(day(days), date);
        }
    }
}
