//! The effective access of each tier as text: what was reviewed, to be compared with what is.

use crate::vocabulary::divisions;
use crate::{FileFault, Policy, Tier, Tiers};
use rolecall_graph::{AccessGraph, EdgeKind};
use rolecall_model::{Entity, Grant, Kind, Origin, ScopeWord};
use std::collections::{BTreeMap, BTreeSet};

/// The first line of a lock file.
const HEAD: &str = "# rolecall.lock 1";

/// What each tier may do, one line for each permission and reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    tiers: BTreeMap<String, BTreeSet<String>>,
}

/// An entry by which a tier may do something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground {
    /// Who states the entry.
    pub(crate) owner: Entity,
    /// The entry.
    pub(crate) grant: u32,
    /// Who holds it, where an assignment decides how far it reaches, and the place of the assignment.
    pub(crate) holder: Option<(Entity, Origin)>,
}

impl Lock {
    /// The effective access of every tier. Cost: linear in roles, their entries and holders.
    #[must_use]
    pub fn of(graph: &AccessGraph<'_>, policy: &Policy) -> Self {
        let tiers = Tiers::new(graph, policy);
        let of = |name: &String| {
            let tier = tiers.get(name)?;
            Some((name.clone(), access(graph, tier).into_keys().collect()))
        };
        Self { tiers: policy.tiers.keys().filter_map(of).collect() }
    }

    /// The lines of a tier; `None` where the lock does not know it.
    pub(crate) fn lines(&self, tier: &str) -> Option<&BTreeSet<String>> {
        self.tiers.get(tier)
    }

    /// The lock as a file, in an order that only access changes.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{HEAD}\n# What each tier may do. `rolecall check` reports what grows beyond it; `rolecall lock` writes it anew.\n"
        );
        for (name, lines) in &self.tiers {
            text.push_str(&format!("\n[{name}]\n"));
            lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        }
        text
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
        if text.lines().next().map(str::trim_end) != Some(HEAD) {
            return Err(fault(0..0, "this is no lock file of version 1"));
        }
        let mut lock = Self::default();
        let mut tier: Option<&mut BTreeSet<String>> = None;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let range = at..at + line.trim_end().len();
            at += line.len();
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match (line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')), &mut tier) {
                (Some(name), _) => tier = Some(lock.tiers.entry(name.to_owned()).or_default()),
                (None, Some(lines)) => {
                    lines.insert(line.to_owned());
                }
                (None, None) => return Err(fault(range, "this line stands under no tier")),
            }
        }
        Ok(lock)
    }
}

/// What those of a tier may do, by line, each with the grounds for it.
pub(crate) fn access(graph: &AccessGraph<'_>, tier: &Tier) -> BTreeMap<String, Vec<Ground>> {
    let tenant = graph.tenant;
    let mut found: BTreeMap<String, Vec<Ground>> = BTreeMap::new();
    for owner in tenant.entities(Kind::Role).chain(tenant.entities(Kind::ServiceAccount)) {
        let is_member = tier.contains(owner);
        let is_held = || {
            let heirs = graph.heirs(owner.row);
            graph.holders(&heirs).into_iter().any(|holding| tier.contains(holding.principal))
        };
        if !is_member && (owner.kind != Kind::Role || !is_held()) {
            continue;
        }
        let list = tenant.grants_of(owner);
        for (grant, entry) in (list.start..).zip(tenant.grants(list)) {
            for (reach, holder) in reaches(graph, tier, owner, entry) {
                let line = format!("{} over {reach}", tenant.permissions.spelling(entry.permission));
                found.entry(one_line(&line)).or_default().push(Ground { owner, grant, holder });
            }
        }
    }
    found
}

/// How far an entry reaches for the tier: as written, or in the divisions of each assignment to one of the tier.
fn reaches(
    graph: &AccessGraph<'_>,
    tier: &Tier,
    owner: Entity,
    entry: &Grant,
) -> Vec<(String, Option<(Entity, Origin)>)> {
    let tenant = graph.tenant;
    if entry.scope != ScopeWord::Granted || owner.kind != Kind::Role {
        return vec![(tenant.scope_phrase(entry), None)];
    }
    let is_meant = |holder: Entity| {
        tier.contains(owner)
            || tier.contains(holder)
            || (holder.kind == Kind::Group
                && graph.entities_into(holder, EdgeKind::MemberOf).any(|(user, _)| tier.contains(user)))
    };
    let mut found = Vec::new();
    for (holder, origin, row) in graph.holders_of(owner.row).filter(|(holder, ..)| is_meant(*holder)) {
        let assignment = row.and_then(|row| tenant.assignments.get(row as usize));
        let words = divisions::words(graph, assignment).into_iter();
        found.extend(words.map(|words| (words, Some((holder, origin)))));
    }
    found
}

/// A name of the export cannot break a line, nor begin a tier or a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read_as_it_was_written_and_nothing_else_is_one() {
        let lines = BTreeSet::from(["routing:queue:view over Assigned".to_owned()]);
        let lock = Lock { tiers: BTreeMap::from([("bpo".to_owned(), lines), ("service".to_owned(), BTreeSet::new())]) };
        let text = lock.to_text();
        assert_eq!(Lock::read("rolecall.lock", &text).expect("a lock"), lock);
        assert_eq!(Lock::read("rolecall.lock", &text.replace('\n', "\r\n")).expect("a lock"), lock);
        assert!(Lock::read("x", "[bpo]\n").is_err());
        let loose = format!("{HEAD}\na:b:c over All\n");
        let fault = Lock::read("x", &loose).expect_err("a fault");
        assert_eq!(loose.get(fault.at.clone()), Some("a:b:c over All"));
    }
}
