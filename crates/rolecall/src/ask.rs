//! Questions: an export is read, one thing is asked, and the answer goes to the terminal or a file.

use crate::cli::{InputOptions, ListFormat, Look};
use crate::export::{Detail, Export};
use crate::output::{self, Stop};
use crate::{lost, rulebook, settings, spared};
use clap::Args;
use rolecall_engine::{Judge, Policy, Rulebook, Wanted, catalogue};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind};
use rolecall_query::{Found, Rules, Unclear};
use rolecall_report::{Ink, Shown};
use std::cell::OnceCell;
use std::path::PathBuf;

/// What every question takes.
#[derive(Debug, Args)]
pub(crate) struct AskOptions {
    #[command(flatten)]
    pub(crate) input: InputOptions,
    /// Settings; without it the nearest rolecall.toml above the export, else above the working folder
    #[arg(long, value_name = "FILE", env = "ROLECALL_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(crate) format: ListFormat,
    /// Write to a file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) look: Look,
}

impl AskOptions {
    /// How many names are given where not all are asked for.
    pub(crate) fn names(&self, few: usize) -> usize {
        if self.look.verbose || self.format == ListFormat::Json { usize::MAX } else { few }
    }
}

/// What questions are asked on.
pub(crate) struct Desk<'c, 't> {
    pub(crate) judge: Judge<'c, 't>,
    pub(crate) policy: &'c Policy,
    /// The number of the file of the settings.
    pub(crate) settings: u32,
    judged: OnceCell<Judged>,
}

/// Rules, and what they find.
#[derive(Clone)]
pub(crate) struct Judged {
    pub(crate) book: Rulebook,
    pub(crate) found: Found,
}

impl<'c, 't> Desk<'c, 't> {
    pub(crate) fn new(graph: &'c AccessGraph<'t>, policy: &'c Policy, settings: u32) -> Self {
        Self { judge: Judge::new(graph, policy), policy, settings, judged: OnceCell::new() }
    }

    /// The rules of the settings and what they find, worked out once.
    pub(crate) fn judged(&self) -> Result<&Judged, Stop> {
        if let Some(known) = self.judged.get() {
            return Ok(known);
        }
        let judged = self.judge(&[])?;
        Ok(self.judged.get_or_init(|| judged))
    }

    /// The same with the rules of further folders.
    pub(crate) fn judge(&self, folders: &[PathBuf]) -> Result<Judged, Stop> {
        let book = rulebook::load(folders, self.policy)?;
        let rules = Rules { book: &book, policy: self.policy, settings: self.settings };
        let found = rules.find(self.judge.graph());
        Ok(Judged { book, found })
    }
}

/// What comes of a question: the answer, and the exit code that says it.
pub(crate) struct Reply {
    pub(crate) shown: Box<dyn Shown>,
    pub(crate) code: u8,
}

pub(crate) use crate::output::HALF;

/// Reads the export, asks, and writes the answer, to none of the files `beside` the export that the question reads. The answer to half an export is written too, but the exit code
/// says that it proves nothing.
pub(crate) fn run(
    options: &AskOptions,
    beside: Vec<PathBuf>,
    question: impl FnOnce(&Desk<'_, '_>) -> Result<Reply, Stop>,
) -> Result<u8, Stop> {
    let policy = settings::policy(options.config.as_deref(), &options.input.paths)?;
    let mut policy = settings::under(policy, None)?;
    let mut export = read(&options.input, &mut policy)?;
    let settings = export.add_settings(&policy);
    let graph = AccessGraph::new(&export.tenant);
    let reply = question(&Desk::new(&graph, &policy, settings))?;
    options.input.spare(options.output.as_deref(), &export, beside)?;
    write(options, &export, &policy, reply.shown.as_ref())?;
    Ok(if export.is_whole() { reply.code } else { HALF })
}

/// Reads the export; what keeps it from being whole is said on standard error.
pub(crate) fn read(input: &InputOptions, policy: &mut Policy) -> Result<Export, Stop> {
    let (mut export, progress) = input.read(policy)?;
    drop(progress);
    export.tell_lost();
    if !export.is_whole() {
        output::warn(&format!(
            "the input could not be read in full, so the answer is about the rest: {} (`rolecall check` shows where)",
            export.problems.iter().map(|problem| problem.message.as_str()).take(3).collect::<Vec<_>>().join("; ")
        ));
    }
    Ok(export)
}

/// Writes an answer where it was asked for.
pub(crate) fn write(options: &AskOptions, export: &Export, policy: &Policy, answer: &dyn Shown) -> Result<(), Stop> {
    options.input.spare(options.output.as_deref(), export, spared::settings(policy))?;
    let text = output::text_options(&options.look, options.output.is_some());
    let places = match options.format {
        ListFormat::Json => export.locate(rolecall_report::places(answer), Detail::Pointers),
        ListFormat::Text => export.locate(rolecall_report::places_of_text(answer, &text), Detail::Lines),
    };
    let ink = Ink::new(&export.sources, places);
    let mut bytes = Vec::new();
    let written = match options.format {
        ListFormat::Json => rolecall_report::write_answer_json(&mut bytes, answer, &ink),
        ListFormat::Text => rolecall_report::write_answer_text(&mut bytes, answer, &ink, &text),
    };
    written.map_err(|error| Stop::usage(format!("cannot write the answer: {error}"), ""))?;
    for lost in lost::problems(&export.sources, &export.problems) {
        output::warn(&format!("{}: {}", lost.path.unwrap_or_default(), lost.message));
    }
    match &options.output {
        Some(path) => output::save(path, &bytes),
        None => output::print(&bytes),
    }
}

/// Whom or what a name means; what may have been meant where that is not clear.
pub(crate) fn resolve(judge: &Judge<'_, '_>, name: &str, kinds: &[Kind]) -> Result<Entity, Stop> {
    rolecall_query::resolve(judge.graph(), name, kinds).map_err(|why| unclear(name, why, kinds))
}

/// Says what may have been meant by a name.
pub(crate) fn unclear(name: &str, why: Unclear, kinds: &[Kind]) -> Stop {
    let quoted = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let looked = match kinds {
        [] => String::new(),
        _ => format!("; looked for {}", kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ")),
    };
    match why {
        Unclear::Unknown(near) => Stop::usage(
            format!("nothing in the input is called `{name}`{looked}"),
            if near.is_empty() { String::new() } else { format!("did you mean {}?", quoted(&near)) },
        ),
        Unclear::Ambiguous(all) => {
            let help = match all.as_slice() {
                [same] => format!("nothing tells those apart that are `{same}`: give each an `id` of its own"),
                all => format!("write one of {}", quoted(all)),
            };
            Stop::usage(format!("`{name}` may mean several things"), help)
        }
        Unclear::Kind(kinds) => Stop::usage(
            format!("`{name}` names something of another kind than can be meant here"),
            format!("this can be a {}", kinds.join(", a ")),
        ),
    }
}

/// What a permission or the name of a capability asks for.
pub(crate) fn wanted(judge: &Judge<'_, '_>, text: &str) -> Result<Wanted, Stop> {
    let is_word = !text.contains([':', '>', '*']);
    let capabilities = judge.capabilities();
    let is_known = |name: &str| capabilities.contains_key(name);
    let known = judge.wanted(text).filter(|_| !is_word || is_known(text.trim()) || is_legacy(text));
    known.ok_or_else(|| {
        let words = capabilities.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let help = format!("write `domain:entity:action`, with `*` for any, or a capability: {words}");
        Stop::usage(format!("`{text}` is no permission"), help)
    })
}

/// The legacy general permissions are single words.
fn is_legacy(text: &str) -> bool {
    catalogue::named(text.trim()).is_some()
}
