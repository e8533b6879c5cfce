//! The rules of a run: the built-in ones and those of the user's folders, by one loader.

use crate::output::Stop;
use rolecall_engine::{Policy, RuleFile, Rulebook};
use std::fs;
use std::path::{Path, PathBuf};

/// The file that makes a folder a rule.
pub(crate) const PAGE: &str = "rule.md";

/// The rulebook with the rules of `folders` added.
pub(crate) fn load(folders: &[PathBuf], policy: &Policy) -> Result<Rulebook, Stop> {
    let mut files: Vec<RuleFile> = built_in().collect();
    for folder in folders {
        for rule in rule_folders(folder)? {
            files.push(read(&rule)?);
        }
    }
    let rules = Rulebook::load(files, policy).map_err(Stop::Faults)?;
    let strangers = rules.strangers();
    if !strangers.is_empty() {
        return Err(Stop::Faults(strangers));
    }
    if let Some(fault) = policy.unknown_allowed(&rules).or_else(|| policy.accepted_later()).or_else(|| policy.untold())
    {
        return Err(Stop::Faults(vec![fault]));
    }
    for id in policy.rules_named() {
        // Asking for it by name gives the nearest one where there is none.
        if rules.get(id).is_none()
            && let Err((id, help)) = rules.clone().only(&[id.to_owned()])
        {
            return Err(Stop::usage(format!("the settings speak of a rule `{id}`, and there is none"), help));
        }
    }
    Ok(rules)
}

/// Says that there is no rule of that name, and which may have been meant.
pub(crate) fn no_rule((id, help): (String, String)) -> Stop {
    Stop::usage(format!("there is no rule `{id}`"), help)
}

/// The pages of the rules in these folders.
pub(crate) fn pages(folders: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let folders = folders.iter().map(|folder| rule_folders(folder)).collect::<Result<Vec<_>, Stop>>()?;
    Ok(folders.into_iter().flatten().map(|rule| rule.join(PAGE)).collect())
}

/// The built-in rules of these ids.
pub(crate) fn named(ids: &[&str]) -> impl Iterator<Item = RuleFile> {
    built_in().filter(|rule| ids.contains(&rule.id.as_str()))
}

fn built_in() -> impl Iterator<Item = RuleFile> {
    rolecall_rules::PAGES.iter().map(|(id, text)| RuleFile {
        id: (*id).to_owned(),
        path: format!("rules/{id}/{PAGE}"),
        docs: format!("{}/blob/main/rules/{id}/{PAGE}", env!("CARGO_PKG_REPOSITORY")),
        text: (*text).to_owned(),
    })
}

/// The rule in a folder.
pub(crate) fn read(folder: &Path) -> Result<RuleFile, Stop> {
    let page = folder.join(PAGE);
    let path = page.display().to_string();
    let text =
        crate::settings::text_of(&page).map_err(|error| Stop::usage(format!("cannot read {path}: {error}"), ""))?;
    let id = fs::canonicalize(folder).ok().and_then(|f| Some(f.file_name()?.to_string_lossy().into_owned()));
    Ok(RuleFile { id: id.unwrap_or_default(), docs: path.clone(), path, text })
}

/// The folder itself if it is a rule, else the rule folders in it, by name.
///
/// A folder without any is refused: a typing error must not look like "no findings".
pub(crate) fn rule_folders(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    if folder.join(PAGE).is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let fail =
        |error: std::io::Error| Stop::usage(format!("cannot read the rule folder {}: {error}", folder.display()), "");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.join(PAGE).is_file() {
            found.push(path);
        }
    }
    if found.is_empty() {
        let help = format!("a rule is a folder with a {PAGE}");
        return Err(Stop::usage(format!("there is no rule in {}", folder.display()), help));
    }
    found.sort();
    Ok(found)
}
