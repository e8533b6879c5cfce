//! What an object at the top of a file is: a page, a bundle, Terraform, or an entity.

use crate::cx;
use crate::dialect::{DIALECTS, Dialect, Lone};
use rolecall_source::{Fault, Kind as Json, Scanner, Tape};

/// What an object at the top of a file is.
pub(crate) enum Top {
    /// A list of entities under `entities`, or what else the platform calls it.
    Envelope,
    /// Lists of entities under the names of their kinds.
    Bundle(&'static dyn Dialect),
    /// Blocks or a state of Terraform.
    Terraform(cx::File),
    /// An entity, or nothing known; and whether whatever has the same keys is that too.
    Lone { is_plain: bool },
}

/// Whether a key of a page has what the page lists: of listings, of SCIM, of searches.
pub(crate) fn is_page_key(key: &str) -> bool {
    matches!(key, "entities" | "Resources" | "results")
}

/// Whether what was read is no entity and holds lists of entities: a page, or what has no name and a key of bundles.
pub(crate) fn holds_lists(tape: &Tape<'_>) -> bool {
    let whole = tape.root();
    let is_bundled = |key: &str| {
        let is_never_lone = |dialect: &&dyn Dialect| matches!(dialect.bundle_key(key), Some((_, Lone::Never)));
        DIALECTS.iter().any(is_never_lone) && whole.get("id").is_none() && whole.get("name").is_none()
    };
    let mut lists = whole.fields().filter(|(_, value)| value.kind() == Json::Array);
    lists.any(|(key, _)| is_page_key(&key.text) || is_bundled(&key.text))
}

/// Tells what the object that starts at a byte is from its first telling key.
pub(crate) fn top(text: &str, at: u32) -> Result<Top, Fault> {
    let mut ahead = Scanner::at(text, at);
    ahead.begin_object()?;
    let (mut is_named, mut is_authorization, mut lists, mut is_plain) = (false, false, None, true);
    while let Some(key) = ahead.object_next()? {
        is_plain &= !is_telling(&key.text);
        is_named |= matches!(&*key.text, "id" | "name");
        // Somebody's roles and what they come to, in the platform's words.
        is_authorization |= matches!(&*key.text, "permissionPolicies" | "unusedRoles");
        let next = ahead.peek()?;
        if let Some(form) = cx::of_key(&key.text, next).filter(|_| !is_named) {
            return Ok(Top::Terraform(form));
        }
        let is_list = next == Json::Array;
        if is_list && is_page_key(&key.text) {
            return Ok(Top::Envelope);
        }
        for dialect in DIALECTS {
            match dialect.bundle_key(&key.text) {
                Some((_, Lone::Never)) if is_list => return Ok(Top::Bundle(*dialect)),
                Some((_, Lone::Possible)) if is_list => {
                    let mut inside = Scanner::at(text, ahead.offset());
                    if holds_entities(&mut inside)? {
                        return Ok(Top::Bundle(*dialect));
                    }
                    lists = lists.or(Some(*dialect));
                }
                _ => {}
            }
        }
        ahead.skip_value()?;
    }
    match lists {
        Some(dialect) if !is_named && !is_authorization => Ok(Top::Bundle(dialect)),
        _ => Ok(Top::Lone { is_plain }),
    }
}

/// Whether a key may say, by some value, that an object is more than one entity.
fn is_telling(key: &str) -> bool {
    is_page_key(key)
        || DIALECTS.iter().any(|dialect| dialect.bundle_key(key).is_some())
        || [Json::String, Json::Object].into_iter().any(|value| cx::of_key(key, value).is_some())
}

/// Whether the first element of a list has more than a reference has.
fn holds_entities(inside: &mut Scanner<'_>) -> Result<bool, Fault> {
    inside.begin_array()?;
    if !inside.array_next()? || inside.peek()? != Json::Object {
        return Ok(false);
    }
    inside.begin_object()?;
    while let Some(key) = inside.object_next()? {
        if !matches!(&*key.text, "id" | "name" | "selfUri") {
            return Ok(true);
        }
        inside.skip_value()?;
    }
    Ok(false)
}
