//! What a rule reports: facts and words, with symbolic places.

use crate::{About, Acceptance};
use rolecall_graph::Access;
use rolecall_model::{Entity, Place, Tenant};
use serde::{Deserialize, Serialize};

/// How bad a finding is. Ordered: `Info` is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Untidy; no data is exposed by it alone.
    Low,
    /// A boundary is weaker than it looks.
    Medium,
    /// Data or operations cross a boundary.
    High,
    /// Data of everybody, or administration, is within reach.
    Critical,
}

impl Severity {
    /// From the worst down.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How sure a rule is that what it reports is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A hint for an auditor.
    Low,
    /// Likely.
    Medium,
    /// Follows from the export alone.
    High,
}

impl Confidence {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// An entity or a permission as shown to people and machines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Named {
    /// `role`, `user`, …, or `permission`.
    pub kind: &'static str,
    /// The id; where the export gives none, the name.
    pub id: String,
    /// The name; where the export gives none, the id.
    pub name: String,
}

impl Named {
    /// An entity of a tenant.
    #[must_use]
    pub fn of(tenant: &Tenant, entity: Entity) -> Self {
        let (id, name) = (tenant.id(entity), tenant.name(entity));
        let id = if id.is_empty() { name } else { id };
        Self { kind: entity.kind.word(), id: id.to_owned(), name: name.to_owned() }
    }
}

/// A place with a few words on what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub place: Place,
    /// What to see there.
    pub text: String,
}

/// One edge of the chain that proves a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `member-of`, `holds`, `inherits`, `grants`, `impersonates`, …
    pub edge: &'static str,
    /// Where the edge starts.
    pub from: Named,
    /// Where it ends.
    pub to: Named,
    /// Over what, for a `grants` edge, in words: `All`, `Group EMEA`.
    pub over: Option<String>,
    /// The value that states the edge.
    pub place: Place,
}

/// What stands at both ends of the ways that a finding is about: breaking all of them mends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Those who should not get there: people, accounts, or a role that should not bring it.
    pub from: Vec<Entity>,
    /// The roles by which they get there, each with the group that passes it on, if one does: what another lets in is
    /// another finding's. In order; none where it is about every way.
    pub by: Vec<(Option<Entity>, Entity)>,
    /// The permission entries that they should not reach, by row of the tenant's grants.
    pub grants: Vec<u32>,
    /// The roles that they should not hold or inherit.
    pub roles: Vec<u32>,
}

impl Ends {
    /// Takes in those of the same finding at another place.
    pub(crate) fn join(&mut self, other: Self) {
        fn add<T: Ord>(all: &mut Vec<T>, more: Vec<T>) {
            all.extend(more);
            all.sort_unstable();
            all.dedup();
        }
        add(&mut self.from, other.from);
        if self.by.is_empty() || other.by.is_empty() {
            self.by.clear();
        } else {
            add(&mut self.by, other.by);
        }
        add(&mut self.grants, other.grants);
        add(&mut self.roles, other.roles);
    }

    /// Permission entries and those who should not reach them.
    #[must_use]
    pub fn entries(from: Vec<Entity>, grants: impl IntoIterator<Item = u32>) -> Self {
        let mut grants: Vec<u32> = grants.into_iter().collect();
        grants.sort_unstable();
        grants.dedup();
        Self { from, grants, ..Self::default() }
    }

    /// The ways by which some get where they should not.
    #[must_use]
    pub fn ways(from: Vec<Entity>, ways: impl IntoIterator<Item = Access>) -> Self {
        let (grants, mut by): (Vec<u32>, Vec<_>) = ways.into_iter().map(|access| (access.grant, access.held())).unzip();
        by.sort_unstable();
        by.dedup();
        Self { by: by.into_iter().flatten().collect(), ..Self::entries(from, grants) }
    }

    /// Whether it is about ways by a role that is held, alone or by a group.
    #[must_use]
    pub fn is_by(&self, group: Option<Entity>, role: Entity) -> bool {
        self.by.is_empty() || self.by.binary_search(&(group, role)).is_ok()
    }

    /// Whether the ways of others, after edits, are among its own; entries have other rows there and are not looked at.
    #[must_use]
    pub fn covers(&self, left: &Self) -> bool {
        left.from.iter().all(|who| self.from.contains(who))
            && (self.by.is_empty() == left.by.is_empty() && left.by.iter().all(|held| self.by.contains(held)))
            && left.roles.iter().all(|role| self.roles.contains(role))
    }
}

/// One cause of one trap.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The id of the rule.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// Where the rule is explained.
    pub docs: String,
    /// The same for the same fault, whatever the file, line or order. Sixteen hexadecimal digits.
    pub fingerprint: String,
    /// The entity whose edit mends it.
    pub subject: Named,
    /// The primary place.
    pub primary: Label,
    /// Other places, in any file.
    pub related: Vec<Label>,
    /// The chain that proves it; empty for a finding about one entity alone.
    pub witness: Vec<Step>,
    /// The access that it is about, each as `permission over scope`, in order; empty where it is about none.
    pub access: Vec<String>,
    /// The entry of the settings that accepts it, if one does.
    pub allowed: Option<Acceptance>,
    /// The ends of the ways that it is about, where it is about ways.
    pub ends: Option<Ends>,
    /// The files, by number, that state what it is about and no place of it shows.
    pub files: Vec<u32>,
    /// What tells whether another says no more.
    pub about: About,
}
