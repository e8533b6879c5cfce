//! `match.grant`: permission entries.

use super::KindWord;
use serde::Deserialize;
use toml::Spanned;

/// `match.grant`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GrantPattern {
    /// Any of these permissions, wildcards included.
    pub permission: Option<Vec<Spanned<String>>>,
    /// Any permission of these capabilities, beside those listed.
    pub capability: Option<Vec<Spanned<String>>>,
    /// Whether only the permissions' own words count: no wildcard is meant that may stand for one that is.
    #[serde(default)]
    pub literal: bool,
    /// Not permissions that any of these patterns covers.
    #[serde(default)]
    pub apart_from: Vec<Spanned<String>>,
    /// Only where who is to blame also has a permission of these capabilities.
    #[serde(default)]
    pub alongside: Vec<Spanned<String>>,
    /// Any of these scopes; every scope where it is left out.
    pub scope: Option<Vec<ScopeTest>>,
    /// Whether the role that states the entry is the platform's own.
    pub system: Option<bool>,
    /// Whether the role that states the entry is one of the platform's own that are there to administer.
    pub admin: Option<bool>,
    /// Only what lands with this tier. Without it the entity that states the entry is to blame.
    pub tier: Option<Spanned<String>>,
    /// Not what lands with these tiers.
    #[serde(default)]
    pub except: Vec<Spanned<String>>,
    /// Only what such a principal holds.
    pub holder: Option<Vec<KindWord>>,
    /// With `holder`: a role of one of these tiers, or that one inherits from, counts too when no such principal holds it.
    #[serde(default)]
    pub unheld: Vec<Spanned<String>>,
    /// Whether entries count that the role or account takes over from another, or only its own.
    #[serde(default)]
    pub reach: Reach,
    /// Only what roles and accounts of such a name state; without a tier, what such roles inherit too.
    pub named: Option<Vec<String>>,
    /// Only permissions that the tier's list of allowed ones leaves out.
    #[serde(default)]
    pub beyond_allowed: bool,
    /// What is pointed to.
    #[serde(default)]
    pub at: At,
    /// Only without a tier: who is to blame.
    #[serde(default)]
    pub blame: Blame,
}

/// What part of an entry a finding points to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum At {
    /// Its scope.
    #[default]
    Scope,
    /// Its permission.
    Permission,
}

/// Whose edit mends an entry that no tier is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Blame {
    /// The role or account that states it.
    #[default]
    Owner,
    /// The principal that holds it.
    Holder,
}

/// How far an entry is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reach {
    /// Over inheritance, groups and assignments.
    #[default]
    Any,
    /// Over inheritance alone: roles of the tier are to blame, and nobody for what other roles give them.
    Inherited,
    /// Only the entity that states it.
    Own,
}

/// A test of a permission entry's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ScopeTest {
    /// As wide as All: written, missing on a permission that can be scoped, unknown, a view
    /// that holds every queue, or given in every division.
    All,
    /// Limited to groups.
    Group,
    /// Limited to views.
    View,
    /// Assigned.
    Assigned,
    /// Self.
    #[serde(rename = "self")]
    Own,
    /// No scope is written though the permission can be scoped.
    Undeclared,
    /// A word that is no scope.
    Unknown,
    /// A View that names no view, or none that exists.
    Viewless,
    /// A Group that names no group, or none that exists.
    Groupless,
    /// Given in every division, whether or not that limits the permission.
    EveryDivision,
    /// Given in every division, unless the tenant's catalogue says that divisions do not limit the permission.
    EveryDivisionThatLimits,
    /// Given in the home division, by name or because none was named. What divisions do not limit does not fit.
    HomeDivision,
    /// Anything beyond Self.
    WiderThanSelf,
    /// Anything beyond Assigned.
    WiderThanAssigned,
}
