//! `cargo xtask tidy`: what no compiler sees.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file that is longer does more than one thing.
const LINES: usize = 400;

/// Folders that are not the project's own.
const FOREIGN: [&str; 3] = ["target", ".git", "fixtures"];

/// Checks every file of the project.
pub(crate) fn run(home: &Path) -> Result<(), String> {
    let mut faults = Vec::new();
    for path in files(home).map_err(|error| error.to_string())? {
        let name = path.strip_prefix(home).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let end = name.rsplit('.').next().unwrap_or_default();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        match end {
            "rs" => {
                let lines = text.lines().count();
                if lines > LINES {
                    faults.push(format!("{name} has {lines} lines, more than {LINES}"));
                }
                notes(&name, &text, &mut faults);
            }
            "md" => {
                links(home, &path, &name, &text, &mut faults);
                if name.starts_with("docs/architecture") {
                    paths(home, &name, &text, &mut faults);
                }
            }
            _ => {}
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && !FOREIGN.contains(&name.as_str()) {
            found.extend(files(&path)?);
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Notes to oneself belong into an issue. The words are in halves, or this file would hold them.
fn notes(name: &str, text: &str, faults: &mut Vec<String>) {
    let notes = [["TO", "DO"], ["FIX", "ME"], ["X", "XX"]].map(|halves| halves.concat());
    for (number, line) in (1..).zip(text.lines()) {
        let mut words = line.split(|c: char| !c.is_alphanumeric());
        if words.any(|word| notes.iter().any(|note| note == word)) {
            faults.push(format!("{name}:{number} holds a left-over note"));
        }
    }
}

/// Links to files of the project lead somewhere.
fn links(home: &Path, path: &Path, name: &str, text: &str, faults: &mut Vec<String>) {
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let target = target.split('#').next().unwrap_or_default();
        if target.is_empty() || target.contains("://") {
            continue;
        }
        if !path.parent().unwrap_or(home).join(target).exists() {
            faults.push(format!("{name} links to {target}, which is not there"));
        }
    }
}

/// Every path that the architecture names exists.
fn paths(home: &Path, name: &str, text: &str, faults: &mut Vec<String>) {
    for word in text.split('`').skip(1).step_by(2) {
        let is_path = ["crates/", "rules/", "fixtures/", "docs/", "xtask/", "benches/"]
            .iter()
            .any(|start| word.starts_with(start));
        if is_path && !word.contains(['<', '*', ' ', '{']) && !home.join(word).exists() {
            faults.push(format!("{name} names {word}, which is not there"));
        }
    }
}
