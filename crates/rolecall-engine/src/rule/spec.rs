//! What the TOML fence of a rule file may say. The names here are the rule format.

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
    /// The ids of rules that say more of the same cause: a finding whose place, or an edge of
    /// whose witness, one of them reports is left to it.
    #[serde(default)]
    pub yields_to: Vec<String>,
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
    /// What all of these match, reported as the first does.
    All(Vec<Pattern>),
    /// What any of these match.
    Any(Vec<Pattern>),
    /// What this does not match; only within `all`.
    Not(Box<Pattern>),
    /// A question that the words above cannot ask, by name.
    Detector(DetectorPattern),
}

/// `match.grant`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GrantPattern {
    /// Any of these permissions, wildcards included.
    pub permission: Option<Vec<Spanned<String>>>,
    /// Any permission of these capabilities, beside those listed.
    pub capability: Option<Vec<Spanned<String>>>,
    /// Any of these scopes; every scope where it is left out.
    pub scope: Option<Vec<ScopeTest>>,
    /// Whether the role that states the entry is the platform's own.
    pub system: Option<bool>,
    /// Only what lands with this tier. Without it the entity that states the entry is to blame.
    pub tier: Option<Spanned<String>>,
    /// Not what lands with these tiers.
    #[serde(default)]
    pub except: Vec<Spanned<String>>,
    /// Only what such a principal holds.
    pub holder: Option<Vec<KindWord>>,
    /// With `holder`: a role that nobody holds counts too when it is of one of these tiers.
    #[serde(default)]
    pub unheld: Vec<Spanned<String>>,
    /// Whether entries count that the role or account takes over from another, or only its own.
    #[serde(default)]
    pub reach: Reach,
    /// Without a tier: who is to blame.
    #[serde(default)]
    pub blame: Blame,
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
    /// Given in every division, whether or not that limits the permission.
    EveryDivision,
    /// Given in the home division, by name or because none was named.
    HomeDivision,
    /// Anything beyond Self.
    WiderThanSelf,
    /// Anything beyond Assigned.
    WiderThanAssigned,
}

/// A kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KindWord {
    /// A named set of permission entries.
    Role,
    /// A person.
    User,
    /// A machine principal.
    ServiceAccount,
    /// A set of users that may hold roles.
    Group,
    /// A routing queue.
    Queue,
    /// A named set of queues and users.
    View,
    /// A report definition.
    Report,
    /// An OAuth client.
    OauthClient,
    /// A recording policy.
    RecordingPolicy,
    /// A region.
    Region,
    /// A division.
    Division,
    /// An organisation that may enter this one.
    Trustee,
    /// A switch or number of the organisation.
    Setting,
    /// A place that holds a secret in clear.
    Secret,
    /// A report that is run and sent again and again.
    ScheduledExport,
}

/// `match.entity`, and the ends of `match.path`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Selector {
    /// Any of these kinds.
    pub kind: Vec<KindWord>,
    /// Of this tier.
    pub tier: Option<Spanned<String>>,
    /// Of none of these tiers.
    #[serde(default)]
    pub except: Vec<Spanned<String>>,
    /// Every one of these holds.
    #[serde(default, rename = "where")]
    pub conditions: Vec<Condition>,
}

/// A test of one attribute. The tests given must all hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Condition {
    /// What is looked at.
    pub attribute: Attribute,
    /// Equal to this; a number, true, false or text in any letter case.
    pub is: Option<Literal>,
    /// Not equal to this; an absent attribute is not equal to anything.
    pub not: Option<Literal>,
    /// Whether it is absent.
    pub absent: Option<bool>,
    /// Greater than this.
    pub above: Option<f64>,
    /// Text that fits any of these patterns.
    pub matches: Option<Vec<String>>,
}

/// An attribute of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Attribute {
    /// The name.
    Name,
    /// The id.
    Id,
    /// A user's e-mail address.
    Email,
    /// A user's `bpoUser`.
    BpoFlag,
    /// The region of a user or queue.
    Region,
    /// A user's division.
    Division,
    /// Whether a user's division is the home division.
    InHomeDivision,
    /// A user's state.
    State,
    /// Whether a role is the platform's own; never absent.
    System,
    /// How long an OAuth client's tokens are good for, in seconds.
    TokenSeconds,
    /// Whether log-out ends an OAuth client's tokens.
    EndsOnLogout,
    /// Whether a recording policy restricts by the type of user.
    ByUserType,
    /// How long a recording policy keeps recordings, in days.
    RetentionDays,
    /// How an OAuth client signs in.
    GrantType,
    /// Whether a trustee may enter.
    Enabled,
    /// Whether a trustee may do anything.
    FullAccess,
    /// Whether a trustee's people are administrators by default.
    AdminByDefault,
    /// Whether there is a day on which a trustee's access ends.
    Expires,
    /// Whether a setting is on.
    Switch,
    /// The number of a setting.
    Value,
    /// How many roles a user or service account holds, its groups' included.
    Roles,
    /// How many of a role's permissions nobody used of late, as the platform says.
    Unused,
    /// How many permissions were added to a role of the platform's own.
    Added,
    /// Whether divisions or queues limit a scheduled export.
    Filtered,
    /// Whether a scheduled export goes to an address whose domain none of the users has.
    SentOutside,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Literal {
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
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
