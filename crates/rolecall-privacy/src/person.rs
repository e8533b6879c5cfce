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

/// The most bytes of a key that means something here.
const LONGEST: usize = 24;

/// A key less what spellings differ by; nothing where it is longer than any that is known.
/// There are many keys, so that none takes memory of its own.
fn bare<'b>(key: &str, buffer: &'b mut [u8; LONGEST]) -> &'b str {
    let mut length = 0;
    for byte in key.bytes().filter(|byte| !matches!(byte, b'_' | b'-')) {
        let Some(place) = buffer.get_mut(length) else { return "" };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    buffer.get(..length).and_then(|bare| std::str::from_utf8(bare).ok()).unwrap_or_default()
}

/// The field of a key, in any spelling.
pub(crate) fn field(key: &str) -> Option<Field> {
    let mut buffer = [0; LONGEST];
    Some(match bare(key, &mut buffer) {
        "name" | "displayname" | "preferredname" | "fullname" | "formattedname" | "nickname" => Field::Name,
        "firstname" | "givenname" => Field::First,
        "lastname" | "familyname" | "surname" => Field::Last,
        "username" | "userprincipalname" | "login" | "mobile" | "cell" | "fax" | "number" | "phonenumber"
        | "mobilenumber" | "address" | "emailaddress" | "display" | "jabberid" | "extension" | "middlename"
        | "initials" | "imageuri" | "avatar" | "photo" | "picture" | "biography" | "birthday" | "birthdate"
        | "dateofbirth" | "employeeid" | "employeenumber" | "staffid" | "staffnumber" | "personnelid"
        | "personnelnumber" | "externalid" | "e164" => Field::Other,
        other if other.ends_with("mail") || other.ends_with("phone") => Field::Other,
        _ => return None,
    })
}

/// Whether what has this key is somebody: an object with a name, or a name by itself.
pub(crate) fn is_somebody(key: &str) -> bool {
    matches!(
        bare(key, &mut [0; LONGEST]),
        "user"
            | "users"
            | "owner"
            | "owners"
            | "manager"
            | "supervisor"
            | "superiors"
            | "directreports"
            | "members"
            | "individuals"
            | "createdby"
            | "modifiedby"
            | "updatedby"
            | "deletedby"
    )
}

/// Whether what has this key is what the block around it stands for: a variable, an output.
pub(crate) fn is_stated(key: &str) -> bool {
    matches!(key, "default" | "value")
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
            | "attributes_flat"
            | "phone_numbers"
            | "phoneNumbers"
            | "other_emails"
            | "images"
            | "biography"
    )
}

/// Terraform's types whose labels are made of people's addresses.
pub(crate) const TYPES: [&str; 2] = ["genesyscloud_user", "genesyscloud_user_roles"];

/// Whether an object is a person by its own fields. A subject of grants is one unless it is known by name as something else.
pub(crate) fn is_person(object: Node<'_, '_>, is_known: impl Fn(&str) -> bool, is_kept: impl Fn(&str) -> bool) -> bool {
    let has = |key: &str| object.get(key).is_some();
    let text = |key: &str| object.get(key).and_then(Node::text);
    let is_at = |path: &str| text("selfUri").is_some_and(|uri| uri.contains(path));
    let is_subject = || is_at("/authorization/subjects/") && text("name").is_some_and(|name| !is_kept(&name));
    text("id").is_some_and(|id| is_known(&id))
        || has("bpoUser")
        || has("username")
        || (has("firstName") && has("lastName"))
        || is_at("/api/v2/users/")
        || is_subject()
}
