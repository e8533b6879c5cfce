//! Telling the kind of a lone entity from its fields.

use rolecall_model::Kind;
use rolecall_source::{Kind as Json, Node};

/// What the fields of an object say about its kind.
pub(super) enum Told {
    /// It is of this kind.
    Kind(Kind),
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

/// The kinds that a lone entity without any telling field may be of.
const PLAIN: &[Kind] =
    &[Kind::Group, Kind::Queue, Kind::Role, Kind::User, Kind::View, Kind::Report, Kind::Region, Kind::Division];

pub(super) fn classify(entity: Node<'_, '_>, hint: Option<Kind>) -> Told {
    let mut candidates: Option<Vec<Kind>> = None;
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
        match &mut candidates {
            None => candidates = Some(kinds.to_vec()),
            // Two telling fields of different kinds: both stay in question.
            Some(known) if is_telling && is_told => {
                known.extend(kinds.iter().filter(|k| !known.contains(k)).copied().collect::<Vec<_>>())
            }
            Some(known) if is_telling => *known = kinds.to_vec(),
            // A field that several kinds share never overrules one that tells.
            Some(known) if !is_told => {
                let common: Vec<Kind> = known.iter().copied().filter(|k| kinds.contains(k)).collect();
                if common.is_empty() { known.extend(kinds) } else { *known = common }
            }
            Some(_) => {}
        }
        is_told |= is_telling;
    }
    match (candidates.as_deref(), hint) {
        (Some([only]), _) => Told::Kind(*only),
        (Some(several), Some(hint)) if several.contains(&hint) => Told::Kind(hint),
        (Some(several), _) => Told::Several(several.to_vec()),
        (None, Some(hint)) if has_name && PLAIN.contains(&hint) => Told::Kind(hint),
        (None, _) => Told::Nothing,
    }
}
