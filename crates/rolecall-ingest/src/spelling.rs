//! Keys that are written otherwise than the one that is read: a field of such a name would be passed over in silence.

use rolecall_source::{Key, Node};
use std::collections::BTreeSet;

/// Keys of several words that say who may do what, or who somebody is.
const NAMES: [&str; 38] = [
    "accessTokenValiditySeconds",
    "addedPermissionPolicies",
    "authorizationGrantDivisionAware",
    "authorizedGrantType",
    "backfillEnabled",
    "bpoUser",
    "defaultRoleId",
    "divisionIds",
    "employerInfo",
    "enableIdleTokenTimeout",
    "hasFullAccess",
    "homeDivision",
    "idleTokenTimeoutSeconds",
    "inheritsFrom",
    "invalidateOnLogout",
    "memberGroups",
    "multifactorAuthenticationRequired",
    "oauthClient",
    "oauthClients",
    "permissionMap",
    "permissionPolicies",
    "presetAttributes",
    "recipientEmails",
    "recordingPolicies",
    "restrictByUserType",
    "retentionDays",
    "roleDivisions",
    "roleId",
    "rolePermissions",
    "serviceAccounts",
    "sharedWithRoles",
    "subjectId",
    "targetResource",
    "trustUserDetails",
    "unusedPermissions",
    "unusedRoles",
    "userRoles",
    "usesDefaultRole",
];

/// Keys that say which page of what is read, or whose roles; other programs have such keys too.
const ADDRESSES: [&str; 8] =
    ["firstUri", "lastUri", "nextUri", "pageCount", "pageNumber", "previousUri", "selfUri", "totalResults"];

/// Keys of one word, which can only be written otherwise with capitals.
const WORDS: [&str; 24] = [
    "authorization",
    "division",
    "divisions",
    "email",
    "entities",
    "filters",
    "grants",
    "groups",
    "headers",
    "id",
    "license",
    "licenses",
    "members",
    "name",
    "queues",
    "region",
    "regions",
    "reports",
    "roles",
    "scopes",
    "sources",
    "state",
    "users",
    "views",
];

/// So many different keys are no chance, where none of them is one that nothing else is likely to have.
const SEVERAL: usize = 4;

/// So many elements of a list are looked at; the others are like them.
const FIRST: usize = 3;

/// Keys of what is of no known shape, each with the one that is read, where these say that it is an export whose keys are
/// spelt otherwise. Those of the object itself come first.
pub(crate) fn foreign<'a>(object: Node<'_, 'a>) -> Vec<(Key<'a>, &'static str)> {
    let mut found = Vec::new();
    let mut is_sure = false;
    let mut level = vec![object];
    while !level.is_empty() {
        for (key, _) in level.iter().flat_map(|node| node.fields()) {
            if let Some((name, is_alone)) = meant(&key.text) {
                is_sure |= is_alone;
                found.push((key, name));
            }
        }
        level = level.iter().flat_map(|node| node.values().chain(node.items().take(FIRST))).collect();
    }
    let names: BTreeSet<&str> = found.iter().map(|(_, name)| *name).collect();
    if is_sure || names.len() >= SEVERAL { found } else { Vec::new() }
}

/// The key that is read, where one differs from it by capitals, hyphens, underscores and spaces alone; and whether it
/// is of several words, so that nothing else is likely to be called so.
pub(crate) fn meant(key: &str) -> Option<(&'static str, bool)> {
    if key.len() > 40 || NAMES.contains(&key) || ADDRESSES.contains(&key) {
        return None;
    }
    let is_capital = key.starts_with(|first: char| first.is_ascii_uppercase());
    if is_capital && let Some(word) = WORDS.iter().find(|word| word.eq_ignore_ascii_case(key)) {
        return Some((*word, false));
    }
    // Most keys are one word in small letters, and shorter than any of these.
    if key.len() < "roleid".len() {
        return None;
    }
    let of = |list: &[&'static str], is_sure| list.iter().find(|name| is_same(name, key)).map(|name| (*name, is_sure));
    of(&NAMES, true).or_else(|| of(&ADDRESSES, false))
}

/// Whether a key has the letters of a name and nothing else than these but hyphens, underscores and spaces.
pub(crate) fn is_same(name: &str, key: &str) -> bool {
    let first = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
    if key.len() < name.len() || first(name) != first(key) {
        return false;
    }
    let letters = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' '));
    letters.map(|byte| byte.to_ascii_lowercase()).eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_otherwise_is_told_from_the_key_and_from_others() {
        let meant = |key: &str| meant(key).map(|(name, _)| name);
        for key in ["role_permissions", "RolePermissions", "rolepermissions", "role-permissions", "ROLE PERMISSIONS"] {
            assert_eq!(meant(key), Some("rolePermissions"), "{key}");
        }
        assert_eq!((meant("Roles"), meant("NAME"), meant("Bpo_User")), (Some("roles"), Some("name"), Some("bpoUser")));
        for key in
            ["rolePermissions", "roles", "names", "permissions", "userRole", "oauthClients", "role", "", "Ä", "x_y"]
        {
            assert_eq!(meant(key), None, "{key}");
        }
        for key in NAMES.iter().chain(&ADDRESSES).chain(&WORDS) {
            assert_eq!(meant(key), None, "{key}");
            assert_eq!(meant(&key.to_uppercase()), Some(*key));
        }
    }
}
