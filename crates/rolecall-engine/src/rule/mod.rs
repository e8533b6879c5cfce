//! Rules: a folder name, a page, and the fence in it.

mod check;
mod fit;
mod page;
pub(crate) mod spec;

use crate::{Confidence, FileFault, Policy, Severity};
use rayon::prelude::*;
use spec::Spec;
use toml::Spanned;

/// The text of one rule file. The folder's name is the rule's id.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// The rule's id.
    pub id: String,
    /// The path to show.
    pub path: String,
    /// Where people read the page.
    pub docs: String,
    /// The text of `rule.md`.
    pub text: String,
}

/// A rule that was read and checked.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The rule's id.
    pub id: String,
    /// The title of its page.
    pub title: String,
    /// Where people read the page.
    pub docs: String,
    /// The page as written.
    pub page: String,
    pub(crate) spec: Spec,
}

impl Rule {
    /// How bad its findings are.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.spec.severity
    }

    /// How sure its findings are.
    #[must_use]
    pub fn confidence(&self) -> Confidence {
        self.spec.confidence
    }

    /// The version that brought it.
    #[must_use]
    pub fn since(&self) -> &str {
        &self.spec.since
    }

    /// Whether it judges what became of acceptances; its own findings cannot be accepted.
    #[must_use]
    pub fn is_about_acceptances(&self) -> bool {
        crate::detector::is_about_acceptances(&self.spec.pattern)
    }

    /// The names of the only dialects that have what it judges; none where every one has.
    #[must_use]
    pub fn dialects(&self) -> Vec<&'static str> {
        self.spec.dialects.iter().flatten().map(|dialect| dialect.name()).collect()
    }
}

/// The rules of a run, sorted by id.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    rules: Vec<Rule>,
}

impl Rulebook {
    /// Reads rule files and checks every word of them against the settings.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, each with a place.
    pub fn load(files: impl IntoIterator<Item = RuleFile>, policy: &Policy) -> Result<Self, Vec<FileFault>> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut faults = Vec::new();
        let files: Vec<RuleFile> = files.into_iter().collect();
        let read: Vec<_> = files.par_iter().map(|file| check::rule(file, policy)).collect();
        for rule in read {
            match rule {
                Ok(rule) => rules.push(rule),
                Err(more) => faults.extend(more),
            }
        }
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        for pair in rules.windows(2) {
            if let [first, second] = pair
                && first.id == second.id
            {
                let message = format!("rule `{}` is given twice", second.id);
                let help = format!("rename the folder: the id is taken by {}", first.docs);
                faults.push(FileFault::new(&second.docs, &second.page, 0..0, message, help));
            }
        }
        if faults.is_empty() { Ok(Self { rules }) } else { Err(faults) }
    }

    /// What rules yield to that no rule of the book is, each with its place.
    #[must_use]
    pub fn strangers(&self) -> Vec<FileFault> {
        let ids = || self.rules.iter().map(|rule| rule.id.as_str());
        let of = |rule: &Rule| -> Vec<FileFault> {
            let start = page::read(&rule.page).map(|page| page.fence.start).unwrap_or_default();
            let unknown = rule.spec.yields_to.iter().filter(|id| self.get(id.as_ref()).is_none());
            let fault = |id: &Spanned<String>| {
                let (at, message) = (id.span(), format!("there is no rule `{}`", id.as_ref()));
                let at = at.start + start..at.end + start;
                FileFault::new(&rule.docs, &rule.page, at, message, crate::fault::suggestion(id.as_ref(), ids()))
            };
            unknown.map(fault).collect()
        };
        self.rules.iter().flat_map(of).collect()
    }

    /// Every rule, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// The rule of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Keeps only the rules named.
    ///
    /// # Errors
    /// The name that no rule has, with the nearest one that a rule has.
    pub fn only(mut self, ids: &[String]) -> Result<Self, (String, String)> {
        for id in ids {
            if self.get(id).is_none() {
                return Err((id.clone(), crate::fault::suggestion(id, self.rules.iter().map(|r| r.id.as_str()))));
            }
        }
        self.rules.retain(|rule| ids.is_empty() || ids.contains(&rule.id));
        Ok(self)
    }
}
