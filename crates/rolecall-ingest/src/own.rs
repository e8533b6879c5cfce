//! What an object with lists says of itself: whether it is a bundle of them, or an entity that shows more of what it refers
//! to than ids and names.

use rolecall_model::Kind;
use rolecall_source::Key;

/// Fields that an entity has and nobody writes beside the lists of a bundle.
const FIELDS: [&str; 20] = [
    "acdAutoAnswer",
    "accessTokenValiditySeconds",
    "authorizedGrantType",
    "bpoUser",
    "inheritsFrom",
    "invalidateOnLogout",
    "mediaSettings",
    "memberGroups",
    "members",
    "oauthClient",
    "permissionPolicies",
    "restrictByUserType",
    "retentionDays",
    "roleDivisions",
    "rolePermissions",
    "rolesEnabled",
    "sharedWithRoles",
    "unusedRoles",
    "userRoles",
    "username",
];

/// Kinds of which an entity has no list, unless it is of a kind that [`Own::kinds`] gives.
const SURE: [Kind; 5] = [Kind::User, Kind::Queue, Kind::ServiceAccount, Kind::OauthClient, Kind::RecordingPolicy];

/// A key that is known, and its bytes.
pub(crate) type Seen = (&'static str, u32, u32);

/// The keys of an object as far as they say whether it is a bundle.
#[derive(Default)]
pub(crate) struct Own {
    /// The first of `id` and `name`.
    pub(crate) name: Option<Seen>,
    /// The first field that only an entity has.
    field: Option<Seen>,
    /// Whether there is a field that people have, and now and then whoever made a bundle.
    is_person: bool,
    /// The kinds of which there are lists, one bit each.
    lists: u32,
}

impl Own {
    pub(crate) fn note(&mut self, key: &Key<'_>) {
        let find = |names: &[&'static str]| {
            let found = names.iter().find(|name| **name == key.text);
            found.map(|name| (*name, key.start, key.end))
        };
        self.name = self.name.or_else(|| find(&["id", "name"]));
        self.field = self.field.or_else(|| find(&FIELDS));
        self.is_person |= matches!(&*key.text, "email" | "license" | "licenses");
    }

    pub(crate) fn note_list(&mut self, kind: Kind) {
        self.lists |= bits(&[kind]);
    }

    /// Whether it is an entity, where its lists hold more than references; `hint` is what the name of the file suggests.
    pub(crate) fn is_entity(&self, hint: Option<Kind>) -> bool {
        let is_person = self.is_person && self.has_only(&[Kind::Group, Kind::Role]);
        let is_named_so = || self.name.is_some() && hint.is_some_and(|kind| self.kinds().contains(&kind));
        self.field.is_some() || is_person || is_named_so()
    }

    /// A key for which it may be an entity, although it was read as a bundle.
    pub(crate) fn doubt(&self, hint: Option<Kind>) -> Option<Seen> {
        let is_meant = hint.is_some_and(|kind| self.lists & bits(&[kind]) != 0);
        self.field.or(self.name.filter(|_| !is_meant && !self.kinds().is_empty()))
    }

    /// Whether no entity has such lists, and the name of the file suggests none that has others. People and queues are
    /// listed by few entities, and those of the guide alone by none; roles, groups and divisions by many of the platform's.
    pub(crate) fn is_no_entity(&self, hint: Option<Kind>) -> bool {
        let is_listed = |kind: &Kind| self.lists & bits(&[*kind]) != 0;
        let is_sure = SURE.iter().any(is_listed) && hint.is_none_or(|kind| is_listed(&kind));
        is_sure && !self.is_entity(hint) && self.kinds().is_empty()
    }

    /// The kinds of which an entity with nothing but such lists may be.
    fn kinds(&self) -> &'static [Kind] {
        match self.lists {
            0 => &[],
            _ if self.has_only(&[Kind::Queue, Kind::User]) => &[Kind::View],
            _ if self.has_only(&[Kind::Group]) => &[Kind::User, Kind::RecordingPolicy],
            _ => &[],
        }
    }

    fn has_only(&self, kinds: &[Kind]) -> bool {
        self.lists & !bits(kinds) == 0
    }
}

fn bits(kinds: &[Kind]) -> u32 {
    kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u32)
}
