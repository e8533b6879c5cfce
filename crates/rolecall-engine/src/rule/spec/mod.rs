//! What the TOML fence of a rule file may say. The names here are the rule format.

mod detector;
mod entity;
mod grant;

pub(crate) use detector::{
    CrossingPattern, DetectorPattern, ExpectationPattern, LeakingGroupPattern, OutsideMembersPattern, TierParams,
};
pub(crate) use entity::{Attribute, Condition, KindWord, Literal, Selector};
pub(crate) use grant::{At, Blame, GrantPattern, Reach, ScopeTest};

use crate::{Confidence, Severity};
use serde::Deserialize;
use toml::Spanned;

/// A rule as written, before its words are checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Spec {
    /// `critical`, `high`, `medium`, `low` or `info`.
    pub severity: Severity,
    /// `high`, `medium` or `low`.
    pub confidence: Confidence,
    /// The version of rolecall that brought the rule.
    pub since: String,
    /// The only dialects that have the notion which the rule judges; every dialect where it is left out.
    pub dialects: Option<Vec<DialectWord>>,
    /// The ids of rules that say more of the same cause: a finding that edits at the places which
    /// they report would mend whole is left to them.
    #[serde(default)]
    pub yields_to: Vec<Spanned<String>>,
    /// What is looked for.
    #[serde(rename = "match")]
    pub pattern: Pattern,
    /// What is wrong, in lower case and without a final stop.
    pub message: Spanned<String>,
    /// What to see at the primary place.
    pub label: Spanned<String>,
    /// How to mend it.
    pub help: Spanned<String>,
}

/// A way in which exports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DialectWord {
    /// The founding guide's payloads.
    Guide,
    /// Saved responses of the platform API.
    Platform,
    /// CX as Code: Terraform configuration and state.
    CxAsCode,
}

impl DialectWord {
    /// The name that a tenant has for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Platform => "platform",
            Self::CxAsCode => "cx-as-code",
        }
    }
}

/// One word of the match language.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pattern {
    /// Permission entries, judged where they land.
    Grant(GrantPattern),
    /// Entities by kind, tier and attributes.
    Entity(Selector),
    /// Ways from those of a tier to roles of a sort.
    Path(PathPattern),
    /// Principals that lack a permission.
    Lacks(LacksPattern),
    /// What all of these match, reported as the first does; an OAuth client and its service account are two.
    All(Vec<Pattern>),
    /// What any of these match.
    Any(Vec<Pattern>),
    /// What this does not match; only within `all`.
    Not(Box<Pattern>),
    /// A question that the words above cannot ask, by name.
    Detector(DetectorPattern),
}

/// `match.path`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PathPattern {
    /// Who is judged: roles, groups, users, service accounts.
    pub from: Selector,
    /// The edges that may be followed.
    pub via: Vec<EdgeWord>,
    /// The roles that must not be reached.
    pub to: Selector,
    /// Roles past which nothing is followed: what they lead to is for another rule to say.
    pub stops_at: Option<Selector>,
}

/// An edge that a path may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EdgeWord {
    /// From a user to a group.
    MemberOf,
    /// From a principal or group to a role.
    Holds,
    /// From a role to a role.
    Inherits,
}

/// `match.lacks`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LacksPattern {
    /// Who is expected to have it.
    pub who: Selector,
    /// Any of these permissions.
    pub permission: Vec<Spanned<String>>,
    /// Over any of these scopes.
    pub scope: Option<Vec<ScopeTest>>,
}
