//! The effective access of tiers and roles as text: what was reviewed, to be compared with what is.

mod reached;

pub(crate) use reached::{Edge, End, Reached, Root};

use crate::context::Context;
use crate::fault::suggestion;
use crate::over::Said;
use crate::{FileFault, Policy};
use rolecall_graph::AccessGraph;
use rolecall_model::{Kind, Permission};
use std::collections::{BTreeMap, BTreeSet};

/// The first line of a lock file, and what follows on it where only some are locked.
const HEAD: &str = "# rolecall.lock 1";
const CHOSEN: &str = ", of those named here alone";

/// What comes before each way.
const INDENT: &str = "  ";

/// Whose access is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// A tier's.
    Tier,
    /// A role's, whoever holds it.
    Role,
}

impl Sort {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Role => "role",
        }
    }
}

/// What one tier or role may do, one line for each permission and reach, and the edges by which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) lines: BTreeSet<String>,
    pub(crate) ways: BTreeSet<String>,
}

impl Section {
    /// Whether an edge was reviewed.
    pub(crate) fn knows(&self, edge: &Edge) -> bool {
        self.ways.contains(&edge.text) || self.lines.contains(&edge.text)
    }
}

/// What was reviewed of one tier or role, for many lines to be held against.
pub(crate) struct Reviewed<'s> {
    section: &'s Section,
    /// The lines that stand for several permissions, together where these are the same.
    wild: Vec<(Permission, Vec<Said<'s>>)>,
}

impl<'s> Reviewed<'s> {
    pub(crate) fn new(section: &'s Section) -> Self {
        let mut wild: Vec<(Permission, Vec<Said<'s>>)> = Vec::new();
        for said in section.lines.iter().filter_map(|line| Said::read(line)) {
            match wild.last_mut() {
                _ if !said.permission().is_wildcard() => {}
                // Lines are in order of their permissions.
                Some((permission, lines)) if permission == said.permission() => lines.push(said),
                _ => wild.push((said.permission().clone(), vec![said])),
            }
        }
        Self { section, wild }
    }

    /// Whether an edge was reviewed.
    pub(crate) fn knows(&self, edge: &Edge) -> bool {
        self.section.knows(edge)
    }

    /// Whether a line was reviewed, or one that says no less: of the same permission or one with a wildcard for it, over as
    /// much or more.
    pub(crate) fn has(&self, line: &str) -> bool {
        self.section.lines.contains(line) || Said::read(line).is_some_and(|said| self.has_wider(line, &said))
    }

    fn has_wider(&self, line: &str, said: &Said<'_>) -> bool {
        let (permission, _) = line.split_once(" over ").unwrap_or_default();
        let start = format!("{permission} over ");
        let same = self.section.lines.range(start.clone()..).take_while(|known| known.starts_with(&start));
        same.filter_map(|known| Said::read(known)).any(|known| known.covers(said)) || {
            let mut wild = self.wild.iter().filter(|(permission, _)| permission.covers(said.permission()));
            wild.any(|(_, lines)| lines.iter().any(|known| known.covers(said)))
        }
    }
}

/// The access that was reviewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    pub(crate) sections: BTreeMap<(Sort, String), Section>,
    /// Whether what is not named is not compared; else a tier that the lock does not name is new as a whole.
    is_chosen: bool,
}

/// What to lock, where it is not every tier.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Names of tiers.
    pub tiers: Vec<String>,
    /// Names of roles.
    pub roles: Vec<String>,
}

impl Lock {
    /// The effective access of what is chosen, or of every tier. Cost: linear in roles, their entries and holders.
    ///
    /// # Errors
    /// When a tier or role that is chosen is not there: what is wrong, and what may have been meant.
    pub fn of(graph: &AccessGraph<'_>, policy: &Policy, choice: &Choice) -> Result<Self, (String, String)> {
        let context = Context::new(graph, policy, u32::MAX);
        let is_chosen = !choice.tiers.is_empty() || !choice.roles.is_empty();
        let tiers: Vec<String> = context.tiers.iter().map(|(name, _)| name.to_owned()).collect();
        let mut lock = Self { is_chosen, ..Self::default() };
        for name in if is_chosen { &choice.tiers } else { &tiers } {
            let help = || suggestion(name, tiers.iter().map(String::as_str));
            let root = Root::tier(&context, name).ok_or_else(|| (format!("there is no tier `{name}`"), help()))?;
            lock.sections.insert((Sort::Tier, name.clone()), Reached::from(&context, &root).section());
        }
        for name in &choice.roles {
            let names = graph.tenant.entities(Kind::Role).map(|role| graph.tenant.name(role));
            let absent = || (format!("there is no role `{name}` in the export"), suggestion(name, names));
            let root = Root::role(&context, name).ok_or_else(absent)?;
            lock.sections.insert((Sort::Role, name.clone()), Reached::from(&context, &root).section());
        }
        Ok(lock)
    }

    /// What the lock was written for, where that is not every tier.
    #[must_use]
    pub fn choice(&self) -> Choice {
        let of = |sort: Sort| {
            let names = self.sections.keys().filter(|(known, _)| *known == sort && self.is_chosen);
            names.map(|(_, name)| name.clone()).collect()
        };
        Choice { tiers: of(Sort::Tier), roles: of(Sort::Role) }
    }

    /// Whether a tier is compared.
    pub(crate) fn has_tier(&self, name: &str) -> bool {
        !self.is_chosen || self.section(Sort::Tier, name).is_some()
    }

    /// What was reviewed of a tier or role; `None` where the lock does not know it.
    pub(crate) fn section(&self, sort: Sort, name: &str) -> Option<&Section> {
        self.sections.get(&(sort, name.to_owned()))
    }

    /// The lock as a file, in an order that only access changes.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{HEAD}{}\n# What each may do and, indented, by which ways. `rolecall check` reports what grows beyond it; \
             `rolecall lock` writes it anew.\n",
            if self.is_chosen { CHOSEN } else { "" }
        );
        for ((sort, name), section) in &self.sections {
            text.push_str(&format!("\n[{} {}]\n", sort.word(), one_line(name)));
            section.lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            section.ways.iter().for_each(|way| text.push_str(&format!("{INDENT}{way}\n")));
        }
        text
    }

    /// Whether a text begins as a lock does, of whatever version.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        HEAD.rsplit_once(' ').is_some_and(|(head, _)| text.strip_prefix(head).is_some_and(|rest| rest.starts_with(' ')))
    }

    /// Reads a lock file.
    ///
    /// # Errors
    /// When it is none, or of another version.
    pub fn read(path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        let fault = |at: std::ops::Range<usize>, message: &str| {
            let help = "write it anew with `rolecall lock`, and look at what changed".to_owned();
            Box::new(FileFault::new(path, text, at, message.to_owned(), help))
        };
        let is_chosen = match text.lines().next().and_then(|line| line.trim_end().strip_prefix(HEAD)) {
            Some("") => false,
            Some(CHOSEN) => true,
            _ => return Err(fault(0..0, "this is no lock file of version 1")),
        };
        let mut lock = Self { is_chosen, ..Self::default() };
        let mut section: Option<&mut Section> = None;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let range = at..at + line.trim_end().len();
            at += line.len();
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match (line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')), &mut section) {
                (Some(head), _) => {
                    let sorts = [Sort::Tier, Sort::Role].into_iter();
                    let mut named = sorts
                        .filter_map(|sort| Some((sort, head.strip_prefix(sort.word())?.strip_prefix(' ')?.to_owned())));
                    let Some(key) = named.next() else {
                        return Err(fault(range, "this is neither a tier nor a role"));
                    };
                    section = Some(lock.sections.entry(key).or_default());
                }
                (None, Some(section)) => {
                    let list = if line.starts_with(INDENT) { &mut section.ways } else { &mut section.lines };
                    list.insert(plain(line.trim_start()).to_owned());
                }
                (None, None) => return Err(fault(range, "this line stands under no tier and no role")),
            }
        }
        Ok(lock)
    }
}

/// The line for a permission that nothing limits.
pub(crate) fn all_of(permission: &str) -> String {
    one_line(&format!("{permission} over All"))
}

/// A line without the reason why something counts as All, which earlier versions wrote down with it.
fn plain(line: &str) -> &str {
    const ALL: &str = " over All";
    let is_reason =
        |rest: &str| rest == " (no scope is declared)" || rest.starts_with(" (`") && rest.ends_with("` is no scope)");
    match line.rfind(ALL).map(|at| line.split_at(at + ALL.len())) {
        Some((whole, rest)) if is_reason(rest) => whole,
        _ => line,
    }
}

/// A name of the export cannot break a line, turn its direction, nor begin a section or a comment.
fn one_line(text: &str) -> String {
    // Nearly all text is such, and there may be millions of lines of it.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let is_bad = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_bad(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read_as_it_was_written_and_nothing_else_is_one() {
        let section = Section {
            lines: BTreeSet::from(["routing:queue:view over Assigned".to_owned()]),
            ways: BTreeSet::from(["role BPO Agent".to_owned()]),
        };
        let sections = BTreeMap::from([
            ((Sort::Tier, "bpo".to_owned()), section.clone()),
            ((Sort::Tier, "service".to_owned()), Section::default()),
            ((Sort::Role, "role A".to_owned()), section),
        ]);
        for is_chosen in [false, true] {
            let lock = Lock { sections: sections.clone(), is_chosen };
            let text = lock.to_text();
            assert_eq!(Lock::read("rolecall.lock", &text).expect("a lock"), lock);
            assert_eq!(Lock::read("rolecall.lock", &text.replace('\n', "\r\n")).expect("a lock"), lock);
        }
        assert!(Lock::read("x", "[tier bpo]\n").is_err());
        for loose in ["a:b:c over All", "[group x]"] {
            let text = format!("{HEAD}\n{loose}\n");
            let fault = Lock::read("x", &text).expect_err("a fault");
            assert_eq!(text.get(fault.at.clone()), Some(loose));
        }
    }

    #[test]
    fn a_name_can_neither_break_a_line_nor_turn_it() {
        assert_eq!(one_line("a\nb\u{202e}c"), "a\\u{a}b\\u{202e}c");
    }
}
