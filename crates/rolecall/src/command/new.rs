//! `rolecall rules new`

use super::test;
use crate::output::{self, Stop};
use crate::rulebook;
use clap::Args;
use rolecall_engine::{Policy, Rulebook};
use std::fs;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct NewOptions {
    /// The rule's id: words in lower case, joined by hyphens
    pub(crate) id: String,
    /// The folder that the rule's folder is made in
    #[arg(long, value_name = "DIR", default_value = "rules")]
    pub(crate) dir: PathBuf,
}

const RULE: &str = include_str!("../../data/new-rule.md");
const FAIL: &str = include_str!("../../data/new-fail.json");
const PASS: &str = include_str!("../../data/new-pass.json");

/// Makes the files of a rule that works as it is; nothing that is there is touched.
pub(crate) fn run(options: &NewOptions) -> Result<u8, Stop> {
    let folder = options.dir.join(&options.id);
    if folder.exists() {
        return Err(Stop::usage(format!("{} is there already", folder.display()), "give the rule another id"));
    }
    if rulebook::named(&[&options.id]).next().is_some() {
        return Err(Stop::usage(format!("there is a built-in rule `{}`", options.id), "give the rule another id"));
    }
    let page = RULE.replace("VERSION", env!("CARGO_PKG_VERSION"));
    let path = folder.join(rulebook::PAGE).display().to_string();
    let file = rolecall_engine::RuleFile { id: options.id.clone(), docs: path.clone(), path, text: page.clone() };
    Rulebook::load([file], &Policy::built_in()).map_err(Stop::Faults)?;
    fs::create_dir_all(&folder)
        .map_err(|error| Stop::usage(format!("cannot make {}: {error}", folder.display()), ""))?;
    for (name, text) in [(rulebook::PAGE, page.as_str()), ("fail.json", FAIL), ("pass.json", PASS)] {
        output::save(&folder.join(name), text.as_bytes())?;
    }
    let shown = folder.display();
    // Its report is kept beside the examples, so that it passes as it is.
    if let Some(fault) = test::test(&folder, true)?.first() {
        output::warn(&format!("{shown} does not pass: {fault}"));
    }
    output::print(format!("wrote {shown}; edit it, and then: rolecall rules test {shown} --update\n").as_bytes())?;
    Ok(0)
}
