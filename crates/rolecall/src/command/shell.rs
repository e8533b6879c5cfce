//! `rolecall shell`: an export is read once, and asked many things.

use crate::ask::{self, Desk};
use crate::cli::InputOptions;
use crate::command::question::Question;
use crate::export::Export;
use crate::output::{self, Stop};
use crate::settings;
use clap::{Args, Parser};
use rolecall_graph::AccessGraph;
use rolecall_query::{WHAT, WHO};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Editor, Helper};
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Debug, Args)]
pub(crate) struct ShellOptions {
    #[command(flatten)]
    input: InputOptions,
    /// Settings; without it the nearest rolecall.toml above the export, else above the working folder
    #[arg(long, value_name = "FILE", env = "ROLECALL_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    /// Say on standard error how long each question took, from the line to the answer as it is written
    #[arg(long)]
    time: bool,
}

/// A line of the shell: a question without the export.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, name = "", disable_version_flag = true)]
struct Line {
    #[command(subcommand)]
    question: Question,
}

const PROMPT: &str = "rolecall> ";
const ENDS: [&str; 3] = ["quit", "exit", "q"];

/// How many completions are offered.
const OFFERED: usize = 50;

/// Reads the export and answers line by line. A question that is wrong ends nothing.
pub(crate) fn run(options: &ShellOptions) -> Result<u8, Stop> {
    let policy = settings::policy(options.config.as_deref(), &options.input.paths)?;
    let mut policy = settings::under(policy, None)?;
    let mut export = ask::read(&options.input, &mut policy)?;
    let settings = export.add_settings(&policy);
    let graph = AccessGraph::new(&export.tenant);
    let desk = Desk::new(&graph, &policy, settings);
    // What the rules find is asked for again and again.
    desk.judged()?;
    desk.judge.prepare();
    if io::stdin().is_terminal() {
        talk(&desk, &export, options.time)?;
    } else {
        for line in io::stdin().lock().lines() {
            let line = line.map_err(|error| Stop::usage(format!("cannot read the questions: {error}"), ""))?;
            if !answer(&desk, &export, &line, options.time)? {
                break;
            }
        }
    }
    Ok(if export.is_whole() { 0 } else { ask::HALF })
}

fn talk(desk: &Desk<'_, '_>, export: &Export, is_timed: bool) -> Result<(), Stop> {
    let stop = |error: ReadlineError| Stop::usage(format!("cannot read from the terminal: {error}"), "");
    let config = Config::builder().completion_type(rustyline::CompletionType::List).build();
    let history = MemHistory::with_config(&config);
    let mut editor: Editor<Names, MemHistory> = Editor::with_history(config, history).map_err(stop)?;
    editor.set_helper(Some(Names::new(desk)));
    output::print(
        b"who-can, can, why, why-not, access, compare, path, reach, what-if, cut, isolation, residency; help, quit\n",
    )?;
    loop {
        match editor.readline(PROMPT) {
            Ok(line) => {
                // A full history is no reason to stop.
                let _ = editor.add_history_entry(line.as_str());
                if !answer(desk, export, &line, is_timed)? {
                    return Ok(());
                }
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(()),
            Err(error) => return Err(stop(error)),
        }
    }
}

/// Answers a line; gives back whether more are wanted.
fn answer(desk: &Desk<'_, '_>, export: &Export, line: &str, is_timed: bool) -> Result<bool, Stop> {
    let line = line.trim();
    let start = Instant::now();
    if line.is_empty() || line.starts_with('#') {
        return Ok(true);
    }
    if ENDS.contains(&line) {
        return Ok(false);
    }
    let Some(words) = shlex::split(line) else {
        output::warn("a quotation mark is missing");
        return Ok(true);
    };
    match Line::try_parse_from(words) {
        Err(fault) => output::print(fault.to_string().as_bytes())?,
        Ok(Line { question }) if asks_of_another(&question.ask().input) => {
            output::warn(
                "paths, `--catalog` and `--redact` are given where the shell is started, so nothing was answered",
            );
        }
        Ok(Line { question }) => match question.answer(desk) {
            Ok(reply) => match ask::write(question.ask(), export, desk.policy, reply.shown.as_ref()) {
                Err(stop @ Stop::Usage(..)) => stop.say(),
                written => written?,
            },
            Err(stop) => stop.say(),
        },
    }
    if is_timed {
        output::note(&format!("{:.1} ms", start.elapsed().as_secs_f64() * 1e3));
    }
    Ok(true)
}

/// Whether a question is about an export that is not the shell's, or is not as the shell has read it.
fn asks_of_another(input: &InputOptions) -> bool {
    input.redact.redact || input.catalog.is_some() || input.paths != [Path::new(".")]
}

/// Completes questions, names and permissions.
struct Names {
    questions: Vec<String>,
    words: Vec<String>,
}

impl Names {
    fn new(desk: &Desk<'_, '_>) -> Self {
        let command = <Line as clap::CommandFactory>::command();
        let questions = command.get_subcommands().map(|known| known.get_name().to_owned());
        let graph = desk.judge.graph();
        let kinds: Vec<_> = WHO.into_iter().chain(WHAT).collect();
        let permissions = &graph.tenant.permissions;
        let mut words = rolecall_query::names(graph, &kinds);
        words.extend(permissions.iter().map(|(id, _)| permissions.spelling(id).to_owned()));
        words.extend(desk.judge.capabilities().keys().cloned());
        words.extend(["--on", "--tier", "--scope", "--revoke", "--only", "--format", "--verbose"].map(str::to_owned));
        words.sort();
        words.dedup();
        Self { questions: questions.collect(), words }
    }

    /// Where the word under the cursor starts, and what of it is written; an open quotation mark begins one.
    fn word(line: &str) -> (usize, &str) {
        let is_escaped = |at: usize| line.bytes().take(at).rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let marks = line.match_indices('"').map(|(at, _)| at);
        let quotes = marks.filter(|at| !is_escaped(*at)).collect::<Vec<_>>();
        if quotes.len() % 2 == 1 {
            let at = quotes.last().copied().unwrap_or(0);
            return (at, line.get(at + 1..).unwrap_or(""));
        }
        let at = line.rfind(' ').map_or(0, |at| at + 1);
        (at, line.get(at..).unwrap_or(""))
    }
}

/// A word as it has to be written to be one.
fn quoted(word: &str) -> String {
    if !word.contains([' ', '\'', '"', '\\', '#']) {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Helper for Names {}

impl Highlighter for Names {}

impl Validator for Names {}

impl Hinter for Names {
    type Hint = String;
}

impl Completer for Names {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, written) = Self::word(line.get(..at).unwrap_or(line));
        let known = if start == 0 { &self.questions } else { &self.words };
        let lower = written.to_lowercase();
        let fits = |word: &&String| word.to_lowercase().starts_with(&lower);
        let pair = |word: &String| {
            // Names are hostile text, and the terminal shows what is completed.
            let shown = rolecall_source::visible(word).into_owned();
            Pair { replacement: quoted(&shown), display: shown }
        };
        Ok((start, known.iter().filter(fits).take(OFFERED).map(pair).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_under_the_cursor_may_be_quoted() {
        assert_eq!(Names::word("can An"), (4, "An"));
        assert_eq!(Names::word("can \"Ana R"), (4, "Ana R"));
        assert_eq!(Names::word("can \"Ana Reis\" rec"), (15, "rec"));
        assert_eq!(Names::word("wh"), (0, "wh"));
        assert_eq!(Names::word(r#"can "Ana \"A\" R"#), (4, r#"Ana \"A\" R"#));
        assert_eq!(Names::word(r#"can "Ana\\" rec"#), (12, "rec"));
    }

    #[test]
    fn what_is_completed_is_read_as_one_word() {
        for word in
            ["Ana", "Ana Reis", "O'Neil", r#"Kim "Kit" Ode"#, r"a\b", r#"a\"b"#, "#1", "$(x) `y`", "routing:queue:view"]
        {
            assert_eq!(shlex::split(&quoted(word)), Some(vec![word.to_owned()]), "{word}");
        }
    }
}
