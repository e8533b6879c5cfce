//! The dialect of the platform API: saved responses.
//!
//! Facts on shapes and fields: the platform's public SDKs (JavaScript 259.0.0, Python
//! 257.1.0, both MIT), as of 2026.

mod authorization;
mod clients;
mod condition;
mod directory;
mod settings;

pub(crate) use authorization::{EVERYBODY, general, is_admin, is_blank};
pub(crate) use clients::acts_for_itself;
pub(crate) use condition::narrowed;
pub(crate) use directory::bare;

use crate::dialect::{Dialect, Lone, Shape};
use crate::lower::{self, Lower};
use crate::trouble::{is_cut_off, without_id};
use rolecall_model::{Head, Kind};
use rolecall_source::{Kind as Json, Node};

/// Responses of the platform API.
pub(crate) struct Platform;

/// What an object of the API is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Role,
    Catalogue,
    Division,
    Subject,
    SubjectGrant,
    Grant,
    Authorization,
    User,
    ScimUser,
    ScimGroup,
    Group,
    Queue,
    QueueMember,
    Client,
    Trustee,
    Settings,
    RetentionPolicy,
    Comparison,
    AccessPolicy,
    ScheduledExport,
    LicensedUser,
    /// Of the platform, and nothing that a rule reads yet.
    Read,
}

/// Fields that only the guide has: an object with one is left to it.
const GUIDE: [&str; 6] = ["rolePermissions", "inheritsFrom", "bpoUser", "userRoles", "region", "sharedWithRoles"];

/// Fields of which the value decides what an object is.
const DECIDED_BY_VALUE: [&str; 5] = ["grants", "divisions", "schemas", "type", "roles"];

/// An object has a field that only the guide has.
struct OfGuide;

/// What the keys of an object tell.
pub(crate) struct Told {
    form: Form,
    /// The fields of a user, in their order.
    fields: Vec<directory::UserField>,
}

impl Dialect for Platform {
    fn name(&self) -> &'static str {
        "platform"
    }

    fn blind(&self) -> &'static str {
        "the platform shows a client only what it may see"
    }

    fn bundle_key(&self, _: &str) -> Option<(Kind, Lone)> {
        None
    }

    fn read(&self, entity: Node<'_, '_>, _: Option<Kind>, _: Option<Kind>, into: &mut Lower<'_>) -> Shape {
        // What has a key of the guide's is none of the platform's, whatever its values are.
        let is_guides = into.alike.as_ref().is_some_and(lower::Told::is_guides);
        let alike = match into.alike.take() {
            Some(lower::Told::Platform(alike)) => Some(alike),
            other => {
                into.alike = other;
                None
            }
        };
        let form = match &alike {
            _ if is_guides => Err(OfGuide),
            Some(alike) => Ok(Some((alike.form, true))),
            None => form(entity),
        };
        into.is_guides = form.is_err();
        let Ok(Some((form, is_by_keys))) = form else { return Shape::Unknown };
        let mut fields = alike.map(|alike| alike.fields).unwrap_or_default();
        match form {
            Form::Role => authorization::role(entity, into),
            Form::Catalogue => authorization::catalogue(entity, into),
            Form::Division => authorization::division(entity, into),
            Form::Subject => authorization::subject(entity, into),
            Form::SubjectGrant => authorization::subject_grant(entity, into),
            Form::Grant => authorization::grant(entity, None, into),
            Form::Authorization => directory::authorization(entity, into),
            Form::User => directory::user(entity, &mut fields, into),
            Form::ScimUser => directory::scim_user(entity, into),
            Form::ScimGroup => directory::scim_group(entity, into),
            Form::Group => directory::group(entity, into),
            Form::Queue => directory::queue(entity, into),
            Form::QueueMember => directory::queue_member(entity, into),
            Form::Client => clients::client(entity, into),
            Form::Trustee => clients::trustee(entity, into),
            Form::Settings => settings::settings(entity, into),
            Form::RetentionPolicy => settings::retention_policy(entity, into),
            Form::Comparison => authorization::comparison(entity, into),
            Form::AccessPolicy => authorization::access_policy(entity, into),
            Form::ScheduledExport => settings::scheduled_export(entity, into),
            Form::LicensedUser => directory::licensed_user(entity, into),
            Form::Read => settings::secrets_of(entity, into),
        }
        into.told = Some(match is_by_keys {
            true => lower::Told::Platform(Told { form, fields }),
            false => lower::Told::Spelling,
        });
        Shape::Known
    }
}

/// What an object is, told by fields that nothing else has; and whether whatever has the same keys is that too.
fn form(entity: Node<'_, '_>) -> Result<Option<(Form, bool)>, OfGuide> {
    let mut is_by_keys = true;
    let (mut told, mut is_sent) = (None, false);
    let mut uri = None;
    let mut count = 0;
    for (key, value) in entity.fields() {
        count += 1;
        if GUIDE.contains(&&*key.text) {
            return Err(OfGuide);
        }
        is_by_keys &= !DECIDED_BY_VALUE.contains(&&*key.text);
        if key.text == "selfUri" {
            uri = value.text().and_then(|uri| of_uri(&uri));
        }
        told = told.or_else(|| of_field(&key.text, value));
        is_sent |= key.text == "trustUserDetails";
    }
    // Whom a trustee organisation sends is a user, or a group that says so otherwise.
    let told = told.or(is_sent.then_some(Form::User));
    // What somebody's roles come to has policies as a role has, and roles beside them.
    if told == Some(Form::Role) && entity.get("roles").is_some_and(|roles| roles.kind() == Json::Array) {
        return Ok(Some((Form::Authorization, false)));
    }
    let is_licence = count == 2 && entity.get("id").is_some() && entity.get("licenses").is_some();
    let by_keys = told.map(|form| (form, is_by_keys));
    // What only has an address may be a page or the answer to a failed request, and not a thing by itself.
    let is_thing = || ["id", "name"].iter().any(|key| field(entity, key).is_some());
    let uri = uri.filter(|form| *form != Form::Read || is_thing());
    let by_values = uri.or(is_licence.then_some(Form::LicensedUser)).map(|form| (form, false));
    Ok(by_keys.or(by_values))
}

fn of_field(key: &str, value: Node<'_, '_>) -> Option<Form> {
    Some(match key {
        "permissionPolicies" | "unusedPermissions" | "roleNeedsUpdate" => Form::Role,
        "permissionMap" => Form::Catalogue,
        "homeDivision" | "objectCounts" => Form::Division,
        "grants" if value.kind() == Json::Array || stands_for_list(value, "role") => Form::Subject,
        "divisions" if value.kind() == Json::Array || stands_for_list(value, "id") => Form::SubjectGrant,
        "grantMadeAt" | "subjectId" => Form::Grant,
        "unusedRoles" => Form::Authorization,
        "type" if value.text().is_some_and(|t| t.starts_with("PC_")) => Form::SubjectGrant,
        "userName" => Form::ScimUser,
        "schemas" => return of_schemas(value),
        "username" | "authorization" | "acdAutoAnswer" | "employerInfo" | "primaryContactInfo" | "lasttokenissued"
        | "lastTokenIssued" | "department" => Form::User,
        "rolesEnabled" | "includeOwners" | "rulesVisible" | "visibility" => Form::Group,
        "memberBy" | "ringNumber" => Form::QueueMember,
        "mediaSettings"
        | "userMemberCount"
        | "joinedMemberCount"
        | "skillEvaluationMethod"
        | "acwSettings"
        | "enableTranscription" => Form::Queue,
        "authorizedGrantType" | "roleDivisions" => Form::Client,
        "hasFullAccess" | "usesDefaultRole" => Form::Trustee,
        "backfillEnabled"
        | "authorizationGrantDivisionAware"
        | "multifactorAuthenticationRequired"
        | "idleTokenTimeoutSeconds"
        | "enableIdleTokenTimeout"
        | "universalLogout" => Form::Settings,
        "mediaPolicies" => Form::RetentionPolicy,
        "addedPermissionPolicies" => Form::Comparison,
        "targetResource" => Form::AccessPolicy,
        "viewType" | "exportFormat" => Form::ScheduledExport,
        "credentialFields" => Form::Read,
        _ => return None,
    })
}

/// What the schemas of an object of SCIM say (RFC 7643, 4).
fn of_schemas(schemas: Node<'_, '_>) -> Option<Form> {
    let is = |end: &str| schemas.items().any(|schema| schema.text().is_some_and(|schema| schema.ends_with(end)));
    if is(":Group") { Some(Form::ScimGroup) } else { is(":User").then_some(Form::ScimUser) }
}

/// Whether a value is the one element of a list, with a field that it has, or was cut off.
fn stands_for_list(value: Node<'_, '_>, key: &str) -> bool {
    value.get(key).is_some() || value.plain().is_some_and(is_cut_off)
}

/// What an object's own address says, for the sparse ones.
fn of_uri(uri: &str) -> Option<Form> {
    let words: Vec<&str> =
        uri.split('?').next()?.split('/').filter(|w| !w.is_empty() && !matches!(*w, "api" | "v2")).collect();
    Some(match words.as_slice() {
        ["users", _] => Form::User,
        ["groups", _] => Form::Group,
        ["authorization", "roles", _] => Form::Role,
        ["authorization", "divisions", _] => Form::Division,
        ["authorization", "subjects", _] => Form::Subject,
        ["routing", "queues", _] => Form::Queue,
        ["oauth", "clients", _] => Form::Client,
        [_, ..] if uri.starts_with("/api/v2/") => Form::Read,
        _ => return None,
    })
}

/// Id, name and origin of an entity. Everything of the API has an id, by which alone others refer to it.
fn head(kind: Kind, entity: Node<'_, '_>, into: &mut Lower<'_>) -> Head {
    let head = into.head(kind, entity);
    identified(kind, entity, head, into);
    head
}

/// Says where an entity has no id.
fn identified(kind: Kind, entity: Node<'_, '_>, head: Head, into: &mut Lower<'_>) {
    if head.id.is_none() {
        into.troubles.push(without_id(kind, entity));
    }
}

/// The value of a field that is there and not null.
fn field<'t, 'a>(entity: Node<'t, 'a>, key: &str) -> Option<Node<'t, 'a>> {
    entity.get(key).filter(|value| !value.is_null())
}
