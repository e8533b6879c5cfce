//! `match.entity`: kinds, tiers and attributes.

use serde::Deserialize;
use toml::Spanned;

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
    /// A list that holds each of these, in any letter case.
    pub has: Option<Vec<String>>,
    /// A list that is there and holds none of these, in any letter case.
    pub lacks: Option<Vec<String>>,
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
    /// The region of a user or queue, by id or name.
    Region,
    /// A user's division, by id or name.
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
    /// The names of the request headers that a service account is configured with.
    Headers,
    /// The dimensions that a report is filtered by, to any values.
    Filters,
    /// The sorts of data that a report joins.
    Sources,
    /// How many regions a report lets through: those of its filter, or all that the export knows.
    FilterRegions,
    /// How many hold a role or inherit from it, where the export has users.
    Holders,
    /// Whether a user's region is one that the user's tiers allow, where they declare any.
    RegionAllowed,
    /// How many partners' people meet in a group, on a queue or in a division, or read a report.
    Partners,
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
