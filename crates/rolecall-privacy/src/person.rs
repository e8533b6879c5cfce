//! Which fields of a person say who it is.

use rolecall_source::Node;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// The whole name.
    Name,
    /// The first or the last part of it.
    First,
    Last,
    /// A name to sign in with, an address, a telephone number, a number of staff.
    Other,
}

/// The field of a key, in either spelling.
pub(crate) fn field(key: &str) -> Option<Field> {
    Some(match key {
        "name" | "displayName" | "preferredName" | "display_name" | "preferred_name" => Field::Name,
        "firstName" | "first_name" => Field::First,
        "lastName" | "last_name" => Field::Last,
        "email" | "username" | "userName" | "phone" | "mobile" | "phoneNumber" | "phone_number" | "number"
        | "address" | "display" | "employeeId" | "employee_id" | "jabberId" | "displayEmail" | "extension"
        | "personalEmail" => Field::Other,
        _ => return None,
    })
}

/// The objects and lists within a person that speak of it too.
pub(crate) fn is_own(key: &str) -> bool {
    matches!(
        key,
        "name"
            | "addresses"
            | "primaryContactInfo"
            | "primary_contact_info"
            | "contactInfo"
            | "chat"
            | "employerInfo"
            | "employer_info"
            | "instances"
            | "attributes"
            | "phone_numbers"
            | "phoneNumbers"
            | "other_emails"
            | "images"
    )
}

/// Terraform's types whose labels are made of people's addresses.
pub(crate) const TYPES: [&str; 2] = ["genesyscloud_user", "genesyscloud_user_roles"];

/// Whether an object is a person by its own fields.
pub(crate) fn is_person(object: Node<'_, '_>, is_known: impl Fn(&str) -> bool) -> bool {
    let has = |key: &str| object.get(key).is_some();
    let id = object.get("id").and_then(Node::text);
    id.is_some_and(|id| is_known(&id)) || has("bpoUser") || has("username") || (has("firstName") && has("lastName"))
}
