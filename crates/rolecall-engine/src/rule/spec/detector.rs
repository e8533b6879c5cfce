//! `match.detector`: questions by name.

use serde::Deserialize;
use toml::Spanned;

/// `match.detector`
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DetectorPattern {
    /// Roles that inherit from each other.
    InheritanceCycle {},
    /// References to nothing.
    DanglingReference {},
    /// References that only an evaluation could resolve.
    UnresolvedReference {},
    /// Entities of one kind that cannot be told apart.
    DuplicateId {},
    /// A limited permission whose limit also holds people outside the tier.
    OutsideMembers(OutsideMembersPattern),
    /// Queues on which people of the tier sit beside others.
    MixedQueue(TierParams),
    /// Permissions that a condition narrows in one role, held by the same people without it.
    ConditionBypassed(TierParams),
}

/// `match.detector.mixed-queue` and `match.detector.condition-bypassed`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TierParams {
    /// Whose people are looked for.
    pub tier: Spanned<String>,
}

/// `match.detector.outside-members`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OutsideMembersPattern {
    /// Any of these permissions.
    pub permission: Vec<Spanned<String>>,
    /// Everybody within the limit should be of this tier.
    pub tier: Spanned<String>,
}
