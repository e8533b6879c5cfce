//! Paths → sources → documents → tenant → graph → findings → verdict.

use crate::inputs::{self, Input, Inputs};
use crate::progress::Progress;
use rayon::prelude::*;
use rolecall_engine::{Finding, Outcome, Policy, Rulebook};
use rolecall_graph::AccessGraph;
use rolecall_ingest::{Dialect, Document, Located, Transcript, Trouble};
use rolecall_model::{Kind, Place, Tenant};
use rolecall_report::{Location, Problem, Verdict};
use rolecall_source::{FileId, LineIndex, SourceFile, Sources};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::ops::Range;

/// Everything that was read.
#[derive(Default)]
pub(crate) struct Export {
    pub(crate) sources: Sources,
    pub(crate) tenant: Tenant,
    inputs: Vec<rolecall_report::Input>,
    problems: Vec<Problem>,
    notes: Vec<Problem>,
    passed_over: Vec<String>,
    /// For each file: how to find places in it.
    forms: Vec<Form>,
    lines: HashMap<FileId, LineIndex>,
}

/// A line index where one had to be made, and the places of one file.
type Resolved = (Option<(FileId, LineIndex)>, Vec<(Place, Location)>);

/// How the values of a file are found again.
struct Form {
    dialect: Option<&'static dyn Dialect>,
    /// The values of a settings file that a finding may point to; an export has none.
    settings: Vec<Range<u32>>,
    lines: bool,
    transcript: Option<Transcript>,
}

/// Reads all files side by side and joins what they say in order of their names.
pub(crate) fn read(found: Inputs, allow_empty: bool, progress: &Progress) -> Export {
    progress.says("reading");
    let read: Vec<(SourceFile, Document, Option<Problem>)> = found
        .files
        .par_iter()
        .enumerate()
        .map(|(number, input)| {
            let result = read_one(input, u32::try_from(number).unwrap_or(u32::MAX));
            progress.add(result.0.text().len() as u64);
            result
        })
        .collect();
    progress.says("checking");
    let mut export = Export { problems: found.problems, passed_over: found.passed_over, ..Export::default() };
    let mut parts = Vec::with_capacity(read.len());
    let listings: Vec<_> = read.iter().flat_map(|(_, document, _)| document.listings.iter().cloned()).collect();
    let mut read = read;
    for (file, trouble) in rolecall_ingest::incomplete(&listings) {
        if let Some((_, document, _)) = read.get_mut(file as usize) {
            document.troubles.push(trouble);
        }
    }
    for (input, (source, document, problem)) in found.files.iter().zip(read) {
        parts.push(export.add(input, source, document, problem));
    }
    export.tenant = Tenant::merge(parts);
    export.tenant.settle();
    export.tenant.dialects = export.inputs.iter().map(|input| input.dialect).collect();
    export.tenant.dialects.sort_unstable();
    export.tenant.dialects.dedup();
    export.notes.extend(blind(&export.inputs, &export.tenant));
    export.passed_over.sort();
    if export.inputs.is_empty() && export.problems.is_empty() && !allow_empty {
        export.problems.push(Problem {
            kind: "no-export",
            message: "there is no export here".to_owned(),
            help: "name the files or the folder of the export; --allow-empty accepts that there is none".to_owned(),
            path: None,
            location: None,
            related: None,
        });
    }
    export
}

fn read_one(input: &Input, number: u32) -> (SourceFile, Document, Option<Problem>) {
    let nothing = || SourceFile::from_text(input.name.clone(), String::new());
    let bytes = match bytes_of(input) {
        Ok(bytes) => bytes,
        Err(error) => {
            return (
                nothing(),
                Document::default(),
                Some(inputs::problem("unreadable", &input.name, &error.to_string())),
            );
        }
    };
    match SourceFile::from_bytes(input.name.clone(), bytes) {
        Ok(source) => {
            let document = rolecall_ingest::read(&source, number);
            (source, document, None)
        }
        // There is no text to show a place in; the message says where.
        Err(fault) => {
            let trouble = Trouble::from(fault);
            let mut problem = inputs::problem(trouble.kind, &input.name, &trouble.message);
            trouble.help.clone_into(&mut problem.help);
            (nothing(), Document::default(), Some(problem))
        }
    }
}

fn bytes_of(input: &Input) -> io::Result<Vec<u8>> {
    if input.name != "-" {
        return std::fs::read(&input.path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Form {
    /// Finds places of a file.
    fn locate(&self, source: &SourceFile, places: &[Place]) -> HashMap<Place, Located> {
        if self.dialect.is_some() {
            return rolecall_ingest::locate(source, self.transcript.as_ref(), self.lines, places);
        }
        let of = |place: &Place| {
            let range = self.settings.iter().find(|range| range.start == place.origin.offset)?;
            Some((*place, Located { pointer: String::new(), start: range.start, end: range.end }))
        };
        places.iter().filter_map(of).collect()
    }
}

impl Export {
    /// Whether everything could be read.
    pub(crate) fn is_whole(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds a file; gives back the entities that it states.
    fn add(&mut self, input: &Input, source: SourceFile, mut document: Document, problem: Option<Problem>) -> Tenant {
        let file = self.sources.push(source);
        let transcript = document.transcript.take();
        let (dialect, lines) = (document.dialect, document.lines);
        self.forms.push(Form { dialect, settings: Vec::new(), lines, transcript });
        self.problems.extend(problem);
        let is_foreign = document.dialect.is_none() && document.troubles.iter().all(Trouble::is_unknown_shape);
        if is_foreign && !input.is_named && !document.troubles.is_empty() {
            self.passed_over.push(input.name.clone());
            return Tenant::default();
        }
        if let Some(dialect) = document.dialect {
            let counts = Kind::ALL.into_iter().map(|kind| (kind.word(), document.tenant.count(kind)));
            let entities: BTreeMap<&'static str, u32> = counts.filter(|(_, number)| *number > 0).collect();
            self.inputs.push(rolecall_report::Input { path: input.name.clone(), dialect: dialect.name(), entities });
        }
        self.add_problems(file, &document);
        document.tenant
    }

    /// Adds the settings as a file that findings may point into; gives back its number.
    fn add_settings(&mut self, policy: &Policy) -> u32 {
        let (path, text) = policy.source.clone().unwrap_or_default();
        let file = self.sources.push(SourceFile::from_text(path, text));
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let permissions = policy.expect.iter().flat_map(|expect| expect.can.iter().chain(&expect.cannot));
        let settings = permissions.map(|p| offset(p.span().start)..offset(p.span().end)).collect();
        self.forms.push(Form { dialect: None, settings, lines: false, transcript: None });
        file.0
    }

    fn add_problems(&mut self, file: FileId, document: &Document) {
        let is_fine = document.troubles.is_empty() && document.notes.is_empty();
        let Some(source) = self.sources.get(file).filter(|_| !is_fine) else { return };
        let lines = LineIndex::new(source);
        let all = || document.troubles.iter().chain(&document.notes);
        let starts = |t: &Trouble| std::iter::once(t.at).chain(t.related.as_ref().map(|(at, ..)| *at));
        let mut offsets: Vec<u32> = all().flat_map(starts).collect();
        offsets.sort_unstable();
        offsets.dedup();
        // In broken JSON a place may have no pointer; line and column always hold.
        let pointers = rolecall_source::pointers(source.text(), &offsets, document.lines).unwrap_or_default();
        let location = |start: u32, end: u32| Location {
            file,
            pointer: offsets.binary_search(&start).ok().and_then(|at| pointers.get(at).cloned()).unwrap_or_default(),
            start: lines.position(source, start),
            end: lines.position(source, end),
        };
        let problem = |trouble: &Trouble| Problem {
            kind: trouble.kind,
            message: trouble.message.clone(),
            help: trouble.help.to_owned(),
            path: Some(source.path().to_owned()),
            location: Some(location(trouble.at, trouble.end)),
            related: trouble.related.as_ref().map(|(start, end, label)| (location(*start, *end), label.clone())),
        };
        let problems: Vec<Problem> = document.troubles.iter().map(problem).collect();
        let notes: Vec<Problem> = document.notes.iter().map(problem).collect();
        self.problems.extend(problems);
        self.notes.extend(notes);
        self.lines.insert(file, lines);
    }

    /// The bytes of secrets, by file.
    fn secrets(&self, places: &[Place]) -> HashMap<FileId, Vec<Range<u32>>> {
        let mut of_file: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
        places.iter().for_each(|place| of_file.entry(place.origin.file).or_default().push(*place));
        let mut found = HashMap::new();
        for (number, places) in of_file {
            let (Some(source), Some(form)) = (self.sources.get(FileId(number)), self.forms.get(number as usize)) else {
                continue;
            };
            let located = form.locate(source, &places);
            let mut ranges: Vec<Range<u32>> = located.into_values().map(|at| at.start..at.end).collect();
            ranges.sort_by_key(|range| range.start);
            found.insert(FileId(number), ranges);
        }
        found
    }

    /// The places of findings, worked out once for each file that has any.
    fn places(&mut self, findings: &[Finding]) -> HashMap<Place, Location> {
        let mut wanted: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
        for finding in findings {
            let labels = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place);
            for place in labels.chain(finding.witness.iter().map(|step| step.place)) {
                wanted.entry(place.origin.file).or_default().push(place);
            }
        }
        let sources = &self.sources;
        let forms = &self.forms;
        let known = &self.lines;
        let wanted: Vec<(u32, Vec<Place>)> = wanted.into_iter().collect();
        let found: Vec<Resolved> = wanted
            .into_par_iter()
            .map(|(number, mut places)| {
                places.sort_unstable();
                places.dedup();
                let file = FileId(number);
                let (Some(source), Some(form)) = (sources.get(file), forms.get(number as usize)) else {
                    return (None, Vec::new());
                };
                let fresh = if known.contains_key(&file) { None } else { Some(LineIndex::new(source)) };
                let Some(index) = known.get(&file).or(fresh.as_ref()) else { return (None, Vec::new()) };
                let located = form.locate(source, &places);
                let resolve = |(place, at): (Place, Located)| {
                    let (start, end) = (index.position(source, at.start), index.position(source, at.end));
                    (place, Location { file, pointer: at.pointer, start, end })
                };
                let resolved = located.into_iter().map(resolve).collect();
                (fresh.map(|index| (file, index)), resolved)
            })
            .collect();
        let mut places = HashMap::new();
        for (index, resolved) in found {
            self.lines.extend(index);
            places.extend(resolved);
        }
        places
    }
}

/// What exports in the dialects that were spoken cannot show, and what these do not.
fn blind(inputs: &[rolecall_report::Input], tenant: &Tenant) -> Vec<Problem> {
    let spoken: Vec<_> = rolecall_ingest::DIALECTS
        .iter()
        .filter(|dialect| inputs.iter().any(|input| input.dialect == dialect.name()))
        .collect();
    let mut said: Vec<&str> = spoken.iter().map(|dialect| dialect.blind()).filter(|text| !text.is_empty()).collect();
    if !tenant.has_policies && spoken.iter().any(|dialect| dialect.name() == "platform") {
        said.push("no access policies are in the input: what they deny is not taken off");
    }
    said.into_iter().map(self::said).collect()
}

/// A note about nothing in particular.
fn said(message: &str) -> Problem {
    let (message, help) = (message.to_owned(), String::new());
    Problem { kind: "note", message, help, path: None, location: None, related: None }
}

/// Judges an export by the rules.
pub(crate) fn judge(export: &mut Export, policy: &Policy, rules: &Rulebook) -> Outcome {
    let settings = export.add_settings(policy);
    let graph = AccessGraph::new(&export.tenant);
    rolecall_engine::check(&graph, policy, rules, settings)
}

/// Resolves every place and puts everything in order.
pub(crate) fn verdict(export: &mut Export, outcome: Outcome, suppressed: usize) -> Verdict<'_> {
    let mut findings = outcome.findings;
    // Excerpts of problems may show a secret too, so each secret is found.
    let secrets: Vec<Place> = export.tenant.secrets.iter().map(|head| Place::whole(head.origin)).collect();
    let places = export.places(&findings);
    let secrets = export.secrets(&secrets);
    findings.sort_by_cached_key(|finding| {
        let at = places.get(&finding.primary.place).map(|location| (location.file, location.start.offset));
        (at, finding.rule.clone(), finding.fingerprint.clone())
    });
    let mut problems = std::mem::take(&mut export.problems);
    let mut notes = std::mem::take(&mut export.notes);
    notes.extend(outcome.notes.iter().map(|message| said(message)));
    for list in [&mut problems, &mut notes] {
        list.sort_by_cached_key(|p| (p.path.clone(), p.location.as_ref().map(|l| l.start.offset), p.kind));
    }
    Verdict {
        sources: &export.sources,
        inputs: std::mem::take(&mut export.inputs),
        problems,
        notes,
        findings,
        places,
        lines: std::mem::take(&mut export.lines),
        secrets,
        not_evaluated: outcome.not_evaluated,
        passed_over: std::mem::take(&mut export.passed_over),
        suppressed,
    }
}
