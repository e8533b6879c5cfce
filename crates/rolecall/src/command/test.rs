//! `rolecall rules test`: the examples of rule folders, ours and the user's alike.

use crate::inputs::{self, Inputs};
use crate::output::{self, Stop};
use crate::progress::Progress;
use crate::{clock, lost, pipeline, rulebook, settings};
use clap::Args;
use rolecall_engine::{Named, Policy, RuleFile, Rulebook};
use rolecall_model::Place;
use rolecall_report::{TextOptions, write_text};
use rolecall_triage::Triaged;
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    /// A rule folder, or a folder of rule folders
    pub(crate) dir: PathBuf,
    /// Write the fail.snap files anew instead of comparing with them
    #[arg(long)]
    pub(crate) update: bool,
}

/// On what a finding is, and where.
type Landed = (Named, Place);

/// The look of `fail.snap`.
const SNAP: TextOptions = TextOptions { color: false, links: false, width: 80, quiet: true, verbose: true };

/// Tests every rule folder and says what does not hold; the exit code is 1 when anything does not.
pub(crate) fn run(options: &TestOptions) -> Result<u8, Stop> {
    let mut failed = 0;
    let mut shown = String::new();
    // A slash at the end, which completion adds, is no part of the name.
    let dir: PathBuf = options.dir.components().collect();
    let folders = rulebook::rule_folders(&dir)?;
    for folder in &folders {
        let faults = test(folder, options.update)?;
        let name = folder.display();
        if faults.is_empty() {
            shown.push_str(&format!("ok      {name}\n"));
        } else {
            failed += 1;
            shown.push_str(&format!("FAILED  {name}\n"));
            faults.iter().for_each(|fault| shown.push_str(&format!("        {fault}\n")));
        }
    }
    shown.push_str(&format!("{} passed, {failed} failed\n", folders.len() - failed));
    output::print(shown.as_bytes())?;
    Ok(u8::from(failed > 0))
}

/// What does not hold of the rule in a folder.
pub(crate) fn test(folder: &Path, is_update: bool) -> Result<Vec<String>, Stop> {
    let file = rulebook::read(folder)?;
    let own = folder.join(settings::NAME);
    let mut policy = if own.is_file() { settings::policy(Some(&own), &[])? } else { Policy::built_in() };
    let lock = Some(folder.join(settings::LOCK)).filter(|path| path.is_file());
    policy.today = Some(clock::today(None)?);
    policy.lock = if lock.is_some() { settings::lock(lock.as_deref(), &policy)? } else { None };
    // However the folder is called, what is in it is shown alike.
    for (path, _) in &mut policy.sources {
        *path = within(folder, path);
    }
    let rules = book(file.clone(), &policy)?;
    let (Some(fail), Some(pass)) = (example(folder, "fail"), example(folder, "pass")) else {
        return Ok(vec!["needs `fail.json` and `pass.json`, or folders `fail` and `pass`".to_owned()]);
    };
    let mut faults = Vec::new();
    match report(folder, &fail, &policy, &rules)? {
        (found, report) if found.is_empty() => faults.push(format!("{} gives no finding:\n{report}", fail.display())),
        (_, report) => faults.extend(compare(&folder.join("fail.snap"), &report, is_update)?),
    }
    let (found, shown) = report(folder, &pass, &policy, &rules)?;
    if !found.is_empty() {
        faults.push(format!("{} gives {} findings:\n{shown}", pass.display(), found.len()));
    }
    for clause in needless(folder, &[&pass, &fail], &file, &policy)? {
        faults.push(format!(
            "`{clause}` makes no difference: add a near miss to {} that only it lets pass",
            pass.display()
        ));
    }
    Ok(faults)
}

/// The rule alone, and those whose findings the example's settings accept: what it says of them shows.
struct Book {
    id: String,
    rules: Rulebook,
}

fn book(file: RuleFile, policy: &Policy) -> Result<Book, Stop> {
    let accepted: Vec<&str> = policy.allow.iter().map(|entry| entry.rule.as_ref().as_str()).collect();
    let others: Vec<RuleFile> = rulebook::named(&accepted).filter(|other| other.id != file.id).collect();
    let id = file.id.clone();
    let rules = Rulebook::load(others.into_iter().chain([file]), policy).map_err(Stop::Faults)?;
    Ok(Book { id, rules })
}

/// `fail.json`, or the folder `fail`.
fn example(folder: &Path, name: &str) -> Option<PathBuf> {
    [folder.join(format!("{name}.json")), folder.join(name)].into_iter().find(|path| path.exists())
}

/// The findings on an example and the report, with paths from the rule's folder.
/// An example that cannot be read in full is refused: it would prove nothing.
fn report(folder: &Path, example: &Path, policy: &Policy, book: &Book) -> Result<(Vec<Landed>, String), Stop> {
    let mut found = inputs::find(&[example.to_owned()]);
    for input in &mut found.files {
        input.name = within(folder, &input.path.to_string_lossy());
    }
    judge(found, policy, book, example)
}

/// A path as seen from a folder that it is in.
fn within(folder: &Path, path: &str) -> String {
    let bare = Path::new(path).strip_prefix(folder).unwrap_or(Path::new(path)).to_string_lossy();
    if cfg!(windows) { bare.replace('\\', "/") } else { bare.into_owned() }
}

fn judge(found: Inputs, policy: &Policy, book: &Book, example: &Path) -> Result<(Vec<Landed>, String), Stop> {
    let mut export = pipeline::read(found, false, &Progress::new(0));
    let mut outcome = pipeline::judge(&mut export, policy, &book.rules);
    let mut findings = std::mem::take(&mut outcome.findings);
    findings.retain(|finding| finding.rule == book.id);
    let triaged = Triaged { findings, held: Vec::new() };
    let mut verdict = pipeline::verdict(&mut export, &book.rules, outcome, triaged);
    let mut text = Vec::new();
    write_text(&mut text, &verdict, &SNAP).map_err(|error| Stop::usage(error.to_string(), ""))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    lost::tell(&mut verdict);
    if !verdict.problems.is_empty() {
        return Err(Stop::usage(format!("{} cannot be read in full", example.display()), text));
    }
    Ok((verdict.findings.into_iter().map(|finding| (finding.subject, finding.primary.place)).collect(), text))
}

fn compare(snap: &Path, report: &str, is_update: bool) -> Result<Option<String>, Stop> {
    if is_update {
        return output::save(snap, report.as_bytes()).map(|()| None);
    }
    let kept = fs::read_to_string(snap).unwrap_or_default();
    let is_same = kept.replace("\r\n", "\n") == report;
    Ok((!is_same).then(|| format!("{} differs; --update writes it anew. Now:\n{report}", snap.display())))
}

/// The clauses of `match` without which the `pass` example still passes and the
/// `fail` example (the second) still gives findings on the same subjects and places.
fn needless(folder: &Path, examples: &[&Path; 2], file: &RuleFile, policy: &Policy) -> Result<Vec<String>, Stop> {
    let Some((before, fence, after)) = fence(&file.text) else { return Ok(Vec::new()) };
    let Ok(whole) = fence.parse::<Table>() else { return Ok(Vec::new()) };
    let mut clauses = Vec::new();
    if let Some(pattern) = whole.get("match") {
        collect(pattern, &mut vec!["match".to_owned()], &mut clauses);
    }
    let subjects = |rules: &Book| -> Result<[Vec<Landed>; 2], Stop> {
        let [pass, fail] = examples;
        Ok([report(folder, pass, policy, rules)?.0, report(folder, fail, policy, rules)?.0])
    };
    let [_, all] = subjects(&book(file.clone(), policy)?)?;
    let mut needless = Vec::new();
    for clause in clauses {
        let mut without = whole.clone();
        remove(&mut without, &clause);
        let text = format!("{before}{without}{after}");
        // A word that the language itself demands is needed.
        let Ok(rules) = book(RuleFile { text, ..file.clone() }, policy) else { continue };
        let [passed, left] = subjects(&rules)?;
        // A clause that only lets more in shows in the other example, by what is missing.
        let has_all = left.len() >= all.len() && all.iter().all(|subject| left.contains(subject));
        if passed.is_empty() && has_all {
            needless.push(clause.join("."));
        }
    }
    Ok(needless)
}

/// The text before the fence's words, the words, and the text after.
fn fence(page: &str) -> Option<(&str, &str, &str)> {
    const OPEN: &str = "```toml\n";
    let start = page.find(OPEN)? + OPEN.len();
    let length = page.get(start..)?.find("```")?;
    Some((page.get(..start)?, page.get(start..start + length)?, page.get(start + length..)?))
}

/// The paths of all keys and list elements below a value.
fn collect(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let parts: Vec<(String, &Value)> = match value {
        Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), value)).collect(),
        // Elements of a list of words are alternatives; only tables in lists are clauses.
        Value::Array(list) => {
            list.iter().enumerate().filter(|(_, v)| v.is_table()).map(|(at, v)| (at.to_string(), v)).collect()
        }
        _ => return,
    };
    for (key, part) in parts {
        path.push(key);
        found.push(path.clone());
        collect(part, path, found);
        path.pop();
    }
}

fn remove(table: &mut Table, path: &[String]) {
    let Some((last, way)) = path.split_last() else { return };
    let mut at: Option<&mut Value> = None;
    for key in way {
        at = match at {
            None => table.get_mut(key),
            Some(Value::Table(inner)) => inner.get_mut(key),
            Some(Value::Array(list)) => key.parse::<usize>().ok().and_then(|place| list.get_mut(place)),
            Some(_) => None,
        };
    }
    match at {
        Some(Value::Table(inner)) => {
            inner.remove(last);
        }
        Some(Value::Array(list)) => {
            if let Some(place) = last.parse::<usize>().ok().filter(|place| *place < list.len()) {
                list.remove(place);
            }
        }
        _ => {}
    }
}
