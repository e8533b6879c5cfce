//! `match.detector`: questions by name.

use super::KindWord;
use crate::Severity;
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
    /// Queues that a group of the tier is put on whole.
    GroupOnQueue(TierParams),
    /// A permission over a group of the tier that sits on queues with others.
    LeakingGroup(LeakingGroupPattern),
    /// Views of the tier's people that hold queues of others.
    ViewExposes(TierParams),
    /// Views of the tier's people that hold queues or people of another region than theirs.
    ViewCrossesRegion(TierParams),
    /// Chains of impersonation that end in administration.
    ImpersonationChain {},
    /// What `[[expect]]` in the settings says and the export does not bear out.
    Expectation(ExpectationPattern),
    /// One partner's people who reach what is another partner's.
    PartnerCrossing(CrossingPattern),
    /// What a tier may do beyond what the lock file says.
    Drift {},
    /// Permissions that nobody knows and that are spelled nearly like a known one.
    UnknownPermission {},
    /// Entries of `[[allow]]` in the settings whose last day is over.
    ExpiredAcceptance {},
    /// Entries of `[[allow]]` in the settings that fit no finding.
    UnusedAcceptance {},
    /// Patterns of the settings that fit nothing, where the input has anything that they could fit.
    UnmatchedSetting {},
}

/// `match.detector.leaking-group`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LeakingGroupPattern {
    /// Any of these permissions.
    pub permission: Vec<Spanned<String>>,
    /// Whose people, groups and roles are judged, however they come by it.
    pub tier: Spanned<String>,
    /// How bad it is where no queue leaks.
    pub otherwise: Severity,
}

/// The parameters of detectors that only ask for a tier.
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

/// `match.detector.partner-crossing`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CrossingPattern {
    /// What shows what.
    pub sees: Vec<SeesPattern>,
}

/// `match.detector.partner-crossing.sees`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SeesPattern {
    /// Any permission of these capabilities.
    pub capability: Vec<Spanned<String>>,
    /// What they show of a view, group or division that is not one partner's as a whole: queues, users.
    pub kind: Vec<KindWord>,
}

/// `match.detector.expectation`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExpectationPattern {
    /// Only what somebody is said to be able to do, or only what nobody is; both where it is left out.
    pub wanted: Option<bool>,
    /// Only these permissions.
    pub permission: Option<Vec<Spanned<String>>>,
}
