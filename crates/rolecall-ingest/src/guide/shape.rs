//! Telling the kind of a lone entity from its fields.

use rolecall_model::Kind;
use rolecall_source::{Kind as Json, Node};

/// What the fields of an object say about its kind.
pub(super) enum Told {
    /// It is of this kind.
    Kind(Kind),
    /// It is of this kind by the name of the file, and by no field.
    Hinted(Kind),
    /// It is of one of these kinds.
    Several(Vec<Kind>),
    /// It is no entity of the guide's.
    Nothing,
}

/// The kinds that a field belongs to; none for a field that says nothing.
fn kinds_of(field: &str) -> &'static [Kind] {
    match field {
        "rolePermissions" | "inheritsFrom" | "system" => &[Kind::Role],
        "email" | "bpoUser" | "license" | "licenses" => &[Kind::User],
        "scopes" | "oauthClient" | "headers" => &[Kind::ServiceAccount],
        "memberGroups" => &[Kind::Queue],
        "queues" | "users" => &[Kind::View],
        "sharedWithRoles" | "filters" | "sources" => &[Kind::Report],
        "accessTokenValiditySeconds" | "invalidateOnLogout" => &[Kind::OauthClient],
        "restrictByUserType" | "retentionDays" => &[Kind::RecordingPolicy],
        "userRoles" => &[Kind::User, Kind::ServiceAccount, Kind::Group],
        "members" => &[Kind::Group, Kind::Queue],
        "groups" => &[Kind::User, Kind::RecordingPolicy],
        "region" => &[Kind::User, Kind::Queue],
        _ => &[],
    }
}

/// A set of kinds, one bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kinds(u32);

impl Kinds {
    fn of(kinds: &[Kind]) -> Self {
        Self(kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u32))
    }

    fn has(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }

    fn listed(self) -> Vec<Kind> {
        Kind::ALL.into_iter().filter(|kind| self.has(*kind)).collect()
    }
}

pub(super) fn classify(entity: Node<'_, '_>, hint: Option<Kind>) -> Told {
    let mut candidates: Option<Kinds> = None;
    let mut is_told = false;
    let mut has_name = false;
    for (key, value) in entity.fields() {
        has_name |= matches!(&*key.text, "id" | "name");
        let kinds = match &*key.text {
            "name" if value.kind() == Json::Object => &[Kind::User],
            field => kinds_of(field),
        };
        if kinds.is_empty() {
            continue;
        }
        let is_telling = kinds.len() == 1;
        let kinds = Kinds::of(kinds);
        candidates = Some(match candidates {
            None => kinds,
            // Two telling fields of different kinds: both stay in question.
            Some(known) if is_telling && is_told => Kinds(known.0 | kinds.0),
            Some(_) if is_telling => kinds,
            // A field that several kinds share never overrules one that tells.
            Some(known) if is_told => known,
            Some(known) if known.0 & kinds.0 == 0 => Kinds(known.0 | kinds.0),
            Some(known) => Kinds(known.0 & kinds.0),
        });
        is_told |= is_telling;
    }
    match (candidates, hint) {
        (Some(kinds), _) if kinds.0.is_power_of_two() => {
            let only = Kind::ALL.get(kinds.0.trailing_zeros() as usize);
            only.map_or(Told::Nothing, |kind| Told::Kind(*kind))
        }
        (Some(kinds), Some(hint)) if kinds.has(hint) => Told::Kind(hint),
        (Some(kinds), _) => Told::Several(kinds.listed()),
        // A name of a file suggests none but the guide's kinds.
        (None, Some(hint)) if has_name => Told::Hinted(hint),
        (None, _) => Told::Nothing,
    }
}
