//! What the settings say of one tier.

use super::Selects;
use crate::{Confidence, Severity};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::Spanned;

/// Patterns, each with its place in the file that states it.
type Patterns = Option<Vec<Spanned<String>>>;

/// Tells an editor of the other spelling of a key, which is read as well.
fn with_spellings(schema: &mut Schema) {
    let keys = schema.get_mut("properties").and_then(|keys| keys.as_object_mut());
    if let Some((keys, licences)) = keys.and_then(|keys| keys.get("licences").cloned().map(|found| (keys, found))) {
        keys.insert("licenses".to_owned(), licences);
    }
}

/// What tells the members of a tier.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_spellings)]
pub struct TierPolicy {
    /// Patterns for the names of roles, groups and service accounts.
    #[schemars(with = "Option<Vec<String>>")]
    pub names: Patterns,
    /// Names or ids of further roles.
    #[schemars(with = "Option<Vec<String>>")]
    pub roles: Patterns,
    /// Names or ids of further groups.
    #[schemars(with = "Option<Vec<String>>")]
    pub groups: Patterns,
    /// Patterns for users' licences.
    #[serde(alias = "licenses")]
    #[schemars(with = "Option<Vec<String>>")]
    pub licences: Patterns,
    /// E-mail domains of users.
    #[schemars(with = "Option<Vec<String>>")]
    pub domains: Patterns,
    /// Patterns for the names or ids of users' divisions.
    #[schemars(with = "Option<Vec<String>>")]
    pub divisions: Patterns,
    /// Patterns for the names or ids of queues.
    #[schemars(with = "Option<Vec<String>>")]
    pub queues: Patterns,
    /// Patterns for users' departments.
    #[schemars(with = "Option<Vec<String>>")]
    pub departments: Patterns,
    /// Patterns for the names of users' employers.
    #[schemars(with = "Option<Vec<String>>")]
    pub employers: Patterns,
    /// Whether the flag of outsourced users puts them into the tier.
    pub flag: Option<bool>,
    /// Whether people whom a trustee organisation sends are of the tier.
    pub trustees: Option<bool>,
    /// The ids or names of the regions that users of the tier may work in.
    #[schemars(with = "Option<Vec<String>>")]
    pub regions: Patterns,
    /// The permissions that roles of the tier may hold; others are too much.
    #[schemars(with = "Option<Vec<String>>")]
    pub allowed: Patterns,
    /// Whether service accounts and the roles that only they hold belong to the tier, and people by no group's or role's name.
    pub service: Option<bool>,
    /// Whether `allowed` is the guide's list, which no team has written for its own export.
    #[serde(skip)]
    pub is_guides: bool,
    /// What holds for findings on those of the tier, by rule.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, RuleSettings>,
}

/// What a team makes of a rule.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSettings {
    /// How bad a finding is, instead of what the rule says.
    pub severity: Option<Severity>,
    /// How sure a finding is, instead of what the rule says.
    pub confidence: Option<Confidence>,
    /// Whether the rule is not used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

impl RuleSettings {
    /// Takes over what `over` gives.
    pub(super) fn override_with(&mut self, over: &Self) {
        self.severity = over.severity.or(self.severity);
        self.confidence = over.confidence.or(self.confidence);
        self.off |= over.off;
    }
}

impl TierPolicy {
    /// The lists that tell who or what is of the tier.
    fn lists(&mut self) -> [&mut Patterns; 9] {
        [
            &mut self.names,
            &mut self.roles,
            &mut self.groups,
            &mut self.licences,
            &mut self.domains,
            &mut self.divisions,
            &mut self.queues,
            &mut self.departments,
            &mut self.employers,
        ]
    }

    /// Every pattern, with what it selects.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (Selects, &Spanned<String>)> {
        let lists = [
            (Selects::Named, &self.names),
            (Selects::Roles, &self.roles),
            (Selects::Groups, &self.groups),
            (Selects::Licences, &self.licences),
            (Selects::Domains, &self.domains),
            (Selects::Divisions, &self.divisions),
            (Selects::Queues, &self.queues),
            (Selects::Departments, &self.departments),
            (Selects::Employers, &self.employers),
            (Selects::Regions, &self.regions),
            (Selects::Permissions, &self.allowed),
        ];
        lists.into_iter().flat_map(|(selects, list)| list.iter().flatten().map(move |pattern| (selects, pattern)))
    }

    /// Whether anything can be of the tier.
    pub(super) fn is_told(&self) -> bool {
        [self.flag, self.trustees, self.service].contains(&Some(true))
            || self.patterns().any(|(selects, _)| !matches!(selects, Selects::Permissions | Selects::Regions))
    }

    /// Takes over every setting that `over` gives.
    pub(super) fn override_with(&mut self, mut over: Self) {
        fn set<T>(kept: &mut Option<T>, given: Option<T>) {
            if given.is_some() {
                *kept = given;
            }
        }
        for (kept, given) in self.lists().into_iter().zip(over.lists()) {
            set(kept, given.take());
        }
        set(&mut self.flag, over.flag);
        set(&mut self.trustees, over.trustees);
        set(&mut self.regions, over.regions);
        // Who only says it again has written none.
        let list = |allowed: &Patterns| {
            allowed.iter().flatten().map(|pattern| pattern.as_ref().clone()).collect::<Vec<String>>()
        };
        self.is_guides &= over.allowed.is_none() || list(&over.allowed) == list(&self.allowed);
        set(&mut self.allowed, over.allowed);
        set(&mut self.service, over.service);
        self.rules.extend(over.rules);
    }

    /// Adds what selects those of a partner: they are of the tier too.
    pub(super) fn add(&mut self, mut partner: Self) {
        let marks = [
            (&mut self.flag, partner.flag),
            (&mut self.trustees, partner.trustees),
            (&mut self.service, partner.service),
        ];
        marks.into_iter().filter(|(_, more)| *more == Some(true)).for_each(|(kept, more)| *kept = more);
        for (kept, more) in self.lists().into_iter().zip(partner.lists()) {
            if let Some(more) = more.take() {
                kept.get_or_insert_default().extend(more);
            }
        }
    }
}
