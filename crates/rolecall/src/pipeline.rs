//! Paths → sources → documents → tenant → graph → findings → verdict.

use crate::export::{Detail, Export};
use crate::inputs::{Input, Inputs};
use crate::lookups;
use crate::progress::Progress;
use crate::reader::{Read, Reader};
use crate::twice;
use rayon::prelude::*;
use rolecall_engine::{Finding, Judge, Outcome, Policy, Reviewed, Rulebook};
use rolecall_graph::AccessGraph;
use rolecall_model::{Kind, Place, Tenant};
use rolecall_query::{Cut, Rules};
use rolecall_report::{CutsAnswer, Location, Problem, Verdict};
use rolecall_source::{FileId, MAX_BYTES};
use rolecall_triage::{Held, Triaged};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Reads all files, stretches of them side by side, and joins what they say in order of their names.
pub(crate) fn read(found: Inputs, allow_empty: bool, progress: &Progress) -> Export {
    progress.says("reading");
    let numbered: Vec<(u32, &Input)> = (0..).zip(&found.files).collect();
    let read_stretch = |inputs: &&[(u32, &Input)]| {
        let mut tenant = Tenant::default();
        let size: u64 = inputs.iter().map(|(_, input)| input.size()).sum();
        tenant.strings.reserve(usize::try_from(size.min(MAX_BYTES)).unwrap_or_default());
        let mut reader = Reader::default();
        let read: Vec<Read> = inputs
            .iter()
            .map(|(number, input)| {
                let read = reader.read(input, *number, &mut tenant);
                progress.add(u64::from(read.source.len()));
                read
            })
            .collect();
        (tenant, read)
    };
    let stretches = stretches(&numbered, rayon::current_num_threads());
    let (parts, read): (Vec<Tenant>, Vec<Vec<Read>>) = stretches.par_iter().map(read_stretch).unzip();
    let mut read: Vec<Read> = read.into_iter().flatten().collect();
    progress.says("checking");
    let mut export = Export::default();
    export.problems = found.problems;
    export.notes = found.notes;
    export.passed_over = found.passed_over;
    let listings: Vec<_> = read.iter().flat_map(|read| read.document.listings.iter().cloned()).collect();
    for (file, trouble) in rolecall_ingest::incomplete(&listings) {
        if let Some(read) = read.get_mut(file as usize) {
            read.document.troubles.push(trouble);
        }
    }
    for (input, read) in found.files.iter().zip(read) {
        export.add(input, read.source, read.document, read.problem);
    }
    export.tenant = Tenant::merge(parts);
    export.tenant.settle();
    export.tenant.dialects = export.inputs.iter().map(|input| input.dialect).collect();
    export.tenant.dialects.sort_unstable();
    export.tenant.dialects.dedup();
    export.notes.extend(blind(&export.inputs, &export.tenant));
    export.notes.extend(lookups::unknown(&export.tenant));
    export.problems.extend(lookups::beyond(&export));
    export.problems.extend(twice::problems(&export));
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

/// As many stretches of files that lie side by side as there are threads, of like size as far as files allow.
fn stretches<'n, 'i>(inputs: &'n [(u32, &'i Input)], threads: usize) -> Vec<&'n [(u32, &'i Input)]> {
    let sizes: Vec<u64> = inputs.iter().map(|(_, input)| input.size()).collect();
    let most = sizes.iter().sum::<u64>() / threads.max(1) as u64;
    let (mut stretches, mut rest, mut size) = (Vec::new(), inputs, 0);
    let mut len = 0;
    for own in sizes {
        // A file goes with those before it where its greater part does.
        if size + own / 2 > most && len > 0 && stretches.len() + 1 < threads {
            let (stretch, more) = rest.split_at(len);
            stretches.push(stretch);
            (rest, size, len) = (more, 0, 0);
        }
        size += own;
        len += 1;
    }
    stretches.push(rest);
    stretches
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
pub(crate) fn said(message: impl Into<String>) -> Problem {
    let (message, help) = (message.into(), String::new());
    Problem { kind: "note", message, help, path: None, location: None, related: None }
}

/// Judges an export by the rules.
pub(crate) fn judge(export: &mut Export, policy: &Policy, rules: &Rulebook) -> Outcome {
    let settings = export.add_settings(policy);
    let graph = AccessGraph::new(&export.tenant);
    rolecall_engine::check(&graph, policy, rules, settings)
}

/// How many entities may be gone over for cuts where these come unasked: each cut takes running the rules again.
const CUT_WORK: usize = 1_000_000;

/// How many references, or roles that roles inherit, are as much work as an entity; few exports have as many for each.
const REFS: usize = 8;

/// How much work a finding is for each step of its proof.
const TOLD: usize = 4;

/// How many findings are looked at for cuts, however many entities there are, and how few.
const CUT_LEAST: usize = 10;
const CUT_MOST: usize = 50;

/// The fewest edits that break findings.
pub(crate) struct Cuts {
    of: BTreeMap<String, Cut>,
    places: HashMap<Place, Location>,
    note: Option<String>,
}

impl Cuts {
    /// Puts them to the findings that they break.
    pub(crate) fn put(self, verdict: &mut Verdict<'_>) {
        verdict.cuts = self.of;
        verdict.places.extend(self.places);
        verdict.notes.extend(self.note.iter().map(said));
    }
}

/// The fewest edits that break each finding, and where what they take away is stated. Unless `is_asked`, only the
/// worst findings are looked at where there are many in a large export, and a note says how many.
pub(crate) fn cuts(
    export: &mut Export,
    policy: &Policy,
    rules: &Rulebook,
    findings: &[Finding],
    is_asked: bool,
) -> Cuts {
    let settings = export.add_settings(policy);
    let graph = AccessGraph::new(&export.tenant);
    let most = if is_asked { usize::MAX } else { (CUT_WORK / work(&graph, findings)).clamp(CUT_LEAST, CUT_MOST) };
    let mut meant: Vec<&Finding> = findings.iter().filter(|finding| finding.ends.is_some()).collect();
    meant.sort_by_key(|finding| (Reverse(finding.severity), &finding.rule, &finding.fingerprint));
    let note = (meant.len() > most).then(|| {
        let all = meant.len();
        format!("the fewest edits were looked for of the worst {most} of {all} findings that are paths; `rolecall cut` finds those of any")
    });
    meant.truncate(most);
    if meant.is_empty() {
        return Cuts { of: BTreeMap::new(), places: HashMap::new(), note };
    }
    let judge = Judge::new(&graph, policy);
    let rules = Rules { book: rules, policy, settings };
    let before = rules.find(&graph);
    let cut = |finding: &Finding| rolecall_query::cut(&judge, &rules, &before, finding).ok();
    let cuts: Vec<Cut> = meant.into_iter().filter_map(cut).collect();
    let answer = CutsAnswer { cuts, without: Vec::new() };
    let places = export.locate(rolecall_report::places(&answer), Detail::Pointers);
    Cuts { of: answer.cuts.into_iter().map(|cut| (cut.fingerprint.clone(), cut)).collect(), places, note }
}

/// How much work it is to run the rules again, in entities.
fn work(graph: &AccessGraph<'_>, findings: &[Finding]) -> usize {
    let tenant = graph.tenant;
    let entities: usize = Kind::ALL.into_iter().map(|kind| tenant.count(kind) as usize).sum();
    let inherited: usize = (0..tenant.count(Kind::Role)).map(|role| graph.brought(role).count()).sum();
    let told: usize = findings.iter().map(|finding| 1 + finding.witness.len()).sum();
    (entities.max((tenant.refs.len() + inherited) / REFS) + TOLD * told).max(1)
}

/// Resolves every place and puts everything in order.
pub(crate) fn verdict<'a>(
    export: &'a mut Export,
    rules: &'a Rulebook,
    outcome: Outcome,
    triaged: Triaged,
) -> Verdict<'a> {
    let Triaged { mut findings, mut held } = triaged;
    // Excerpts of problems may show a secret too, so each secret is found.
    let secrets: Vec<Place> = export.tenant.secrets.iter().map(|head| Place::whole(head.origin)).collect();
    let places = export.places(findings.iter().chain(held.iter().map(|held| &held.finding)));
    let secrets = export.secrets(&secrets);
    // Settings are numbered after the export, wherever they lie.
    let mut files: Vec<(&str, FileId)> = export.sources.iter().map(|(file, source)| (source.path(), file)).collect();
    files.sort_unstable();
    let rank: HashMap<FileId, usize> = files.iter().zip(0..).map(|((_, file), rank)| (*file, rank)).collect();
    let order = |finding: &Finding| {
        let at = places.get(&finding.primary.place);
        let at = at.map(|location| (rank.get(&location.file), location.start.offset));
        (at, finding.rule.clone(), finding.fingerprint.clone())
    };
    findings.sort_by_cached_key(order);
    held.sort_by_cached_key(|held: &Held| order(&held.finding));
    let mut problems = std::mem::take(&mut export.problems);
    let mut notes = std::mem::take(&mut export.notes);
    notes.extend(outcome.notes.iter().map(said));
    for list in [&mut problems, &mut notes] {
        list.sort_by_cached_key(|p| (p.path.clone(), p.location.as_ref().map(|l| l.start.offset), p.kind));
    }
    let spoken_of = |kind: Kind| Some((kind.word(), export.tenant.held(kind))).filter(|(_, number)| *number > 0);
    let entities = Kind::ALL.into_iter().filter_map(spoken_of).collect();
    Verdict {
        sources: &export.sources,
        rules,
        entities,
        inputs: std::mem::take(&mut export.inputs),
        problems,
        notes,
        findings,
        places,
        lines: std::mem::take(&mut export.lines),
        secrets,
        not_evaluated: outcome.not_evaluated,
        passed_over: std::mem::take(&mut export.passed_over),
        held,
        switched_off: outcome.suppressed,
        cuts: BTreeMap::new(),
        is_compared: false,
        exit: None,
        today: None,
        left: Vec::new(),
    }
}

/// What yields to other findings that were found, and would come back were these known.
pub(crate) fn left<'f>(
    export: &mut Export,
    policy: &Policy,
    rules: &Rulebook,
    reviewed: Reviewed,
    found: impl IntoIterator<Item = &'f Finding>,
) -> Vec<Finding> {
    let known: HashSet<&str> = found.into_iter().map(|finding| finding.fingerprint.as_str()).collect();
    let all = judge(export, &policy.reviewed_as(reviewed), rules).findings.into_iter();
    all.filter(|finding| !known.contains(finding.fingerprint.as_str())).collect()
}
