//! What was read, and how its places are found again.

use crate::inputs::Input;
use crate::lost;
use rayon::prelude::*;
use rolecall_engine::{Finding, Policy};
use rolecall_ingest::{Dialect, Document, Layout, Located, Trouble, each_located};
use rolecall_model::{Place, Tenant};
use rolecall_report::{Location, Problem};
use rolecall_source::{FileId, LineIndex, Near, SourceFile, Sources, pointers_of};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Everything that was read.
#[derive(Default)]
pub(crate) struct Export {
    pub(crate) sources: Sources,
    pub(crate) tenant: Tenant,
    pub(crate) inputs: Vec<rolecall_report::Input>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) notes: Vec<Problem>,
    pub(crate) passed_over: Vec<String>,
    /// Where the files lie that are not passed over.
    pub(crate) files: Vec<PathBuf>,
    /// For each file: how to find places in it.
    forms: Vec<Form>,
    pub(crate) lines: HashMap<FileId, LineIndex>,
}

/// How the values of a file are found again.
struct Form {
    dialect: Option<&'static dyn Dialect>,
    /// The values of a settings file that a finding may point to; an export has none.
    settings: Vec<Range<u32>>,
    layout: Layout,
    /// Made when it is first needed, and kept for what is asked next.
    index: OnceLock<LineIndex>,
}

/// What is to be known of places.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Lines and columns, without pointers.
    Lines,
    /// Pointers too, for which the file is gone over from its beginning.
    Pointers,
}

impl Form {
    /// Finds places of a file, and tells of each as it is found.
    fn locate<'f>(
        &self,
        near: &mut Near<'f>,
        places: &[Place],
        detail: Detail,
        mut found: impl FnMut(&mut Near<'f>, Place, Located),
    ) {
        if self.dialect.is_some() {
            return each_located(near, &self.layout, places, detail == Detail::Pointers, found);
        }
        for place in places {
            if let Some(range) = self.settings.iter().find(|range| range.start == place.origin.offset) {
                found(near, *place, Located { pointer: String::new(), start: range.start, end: range.end });
            }
        }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// How many places of a file are found by one thread before another is worth its while.
const TOGETHER: usize = 1024;

impl Export {
    /// Whether everything could be read, and read again where that was needed so far.
    pub(crate) fn is_whole(&self) -> bool {
        self.problems.is_empty() && !self.sources.iter().any(|(_, source)| source.is_lost())
    }

    /// Whether a file is of the dialect of that name.
    pub(crate) fn is_of(&self, file: u32, dialect: &str) -> bool {
        let form = self.forms.get(file as usize);
        form.and_then(|form| form.dialect).is_some_and(|own| own.name() == dialect)
    }

    /// Adds a problem for each file that was found to be changed since it was read.
    pub(crate) fn tell_lost(&mut self) {
        self.problems.extend(lost::problems(&self.sources, &self.problems));
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, input: &Input, source: SourceFile, document: Document, problem: Option<Problem>) {
        let file = self.sources.push(source);
        self.problems.extend(problem);
        let is_foreign = document.dialect.is_none() && document.troubles.iter().all(Trouble::is_unknown_shape);
        if is_foreign && !input.is_named && !document.troubles.is_empty() {
            self.passed_over.push(input.name.clone());
        } else {
            self.add_problems(file, &document);
            self.files.push(input.path.clone());
        }
        if let Some(dialect) = document.dialect {
            let entities = document.entities.iter().map(|(kind, count)| (kind.word(), *count)).collect();
            let (path, original) = (input.name.clone(), input.original.clone());
            self.inputs.push(rolecall_report::Input { file, path, dialect: dialect.name(), entities, original });
        }
        let (dialect, layout) = (document.dialect, document.layout);
        self.forms.push(Form { dialect, settings: Vec::new(), layout, index: OnceLock::new() });
    }

    /// Adds the settings as files that findings may point into; gives back the number of the first.
    pub(crate) fn add_settings(&mut self, policy: &Policy) -> u32 {
        let first = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        for (number, (path, text)) in (0..).zip(&policy.sources) {
            self.sources.push(SourceFile::from_text(path.clone(), text.clone()));
            let settings = policy.values(number).map(|p| offset(p.start)..offset(p.end)).collect();
            self.forms.push(Form { dialect: None, settings, layout: Layout::default(), index: OnceLock::new() });
        }
        first
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
        let (mut near, layout) = (source.near(), &document.layout);
        // Those of a transcript are not bytes of the file.
        let landmarks = if layout.transcript.is_none() { layout.landmarks.as_slice() } else { &[] };
        let pointers = pointers_of(&mut near, &offsets, layout.lines, landmarks).unwrap_or_default();
        let mut location = |start: u32, end: u32| Location {
            file,
            pointer: offsets.binary_search(&start).ok().and_then(|at| pointers.get(at).cloned()).unwrap_or_default(),
            start: lines.position(&mut near, start),
            end: lines.position(&mut near, end),
        };
        let mut problem = |trouble: &Trouble| Problem {
            kind: trouble.kind,
            message: trouble.message.clone(),
            help: trouble.help.to_owned(),
            path: Some(source.path().to_owned()),
            location: Some(location(trouble.at, trouble.end)),
            related: trouble.related.as_ref().map(|(start, end, label)| (location(*start, *end), label.clone())),
        };
        let problems: Vec<Problem> = document.troubles.iter().map(&mut problem).collect();
        let notes: Vec<Problem> = document.notes.iter().map(problem).collect();
        self.problems.extend(problems);
        self.notes.extend(notes);
        self.lines.insert(file, lines);
    }

    /// The bytes of secrets, by file.
    pub(crate) fn secrets(&self, places: &[Place]) -> HashMap<FileId, Vec<Range<u32>>> {
        let mut of_file: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
        places.iter().for_each(|place| of_file.entry(place.origin.file).or_default().push(*place));
        let mut found = HashMap::new();
        for (number, places) in of_file {
            let (Some(source), Some(form)) = (self.sources.get(FileId(number)), self.forms.get(number as usize)) else {
                continue;
            };
            let mut ranges: Vec<Range<u32>> = Vec::new();
            form.locate(&mut source.near(), &places, Detail::Lines, |_, _, at| ranges.push(at.start..at.end));
            ranges.sort_by_key(|range| range.start);
            found.insert(FileId(number), ranges);
        }
        found
    }

    /// The places of findings and of the entries that accept them, worked out once for each file that has any.
    pub(crate) fn places<'f>(&mut self, findings: impl IntoIterator<Item = &'f Finding>) -> HashMap<Place, Location> {
        let mut wanted: Vec<Place> = Vec::new();
        for finding in findings {
            let labels = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place);
            let accepted = finding.allowed.iter().map(|entry| entry.place);
            wanted.extend(labels.chain(finding.witness.iter().map(|step| step.place)).chain(accepted));
        }
        let places = self.locate(wanted, Detail::Pointers);
        let made = (0..).zip(&mut self.forms).filter_map(|(number, form)| Some((FileId(number), form.index.take()?)));
        self.lines.extend(made);
        self.tell_lost();
        places
    }

    /// Where places are.
    pub(crate) fn locate(&self, all: Vec<Place>, detail: Detail) -> HashMap<Place, Location> {
        let mut wanted: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
        all.into_iter().for_each(|place| wanted.entry(place.origin.file).or_default().push(place));
        let sources = &self.sources;
        let forms = &self.forms;
        let known = &self.lines;
        for places in wanted.values_mut() {
            places.sort_unstable();
            places.dedup();
        }
        let some = |(number, places): (&u32, &Vec<Place>)| {
            let most = places.len().div_ceil(rayon::current_num_threads()).max(TOGETHER);
            places.chunks(most).map(|some| (*number, some.to_vec())).collect::<Vec<_>>()
        };
        let wanted: Vec<(u32, Vec<Place>)> = wanted.iter().flat_map(some).collect();
        let found: Vec<Vec<(Place, Location)>> = wanted
            .into_par_iter()
            .map(|(number, places)| {
                let file = FileId(number);
                let (Some(source), Some(form)) = (sources.get(file), forms.get(number as usize)) else {
                    return Vec::new();
                };
                let index = known.get(&file).unwrap_or_else(|| form.index.get_or_init(|| LineIndex::new(source)));
                let mut found = Vec::with_capacity(places.len());
                form.locate(&mut source.near(), &places, detail, |near, place, at| {
                    let (start, end) = (index.position(near, at.start), index.position(near, at.end));
                    found.push((place, Location { file, pointer: at.pointer, start, end }));
                });
                found
            })
            .collect();
        found.into_iter().flatten().collect()
    }
}
