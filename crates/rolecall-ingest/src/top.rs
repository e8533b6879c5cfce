//! What an object at the top of a file is: a page, a bundle, Terraform, or an entity.

use crate::cx;
use crate::dialect::{DIALECTS, Dialect, Lone};
use crate::trouble::is_cut_off;
use rolecall_source::{Fault, Kind as Json, Node, Scanner, Tape};

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
    let is_bundle = |key: &str, list: Node<'_, '_>| {
        let mut kinds = DIALECTS.iter().filter_map(|dialect| dialect.bundle_key(key));
        let is_entity = |first: Node<'_, '_>| first.fields().any(|(key, _)| is_more(&key.text));
        kinds.any(|(_, lone)| lone == Lone::Never || list.items().next().is_some_and(is_entity))
    };
    let is_named = whole.get("id").is_some() || whole.get("name").is_some();
    let mut lists = whole.fields().filter(|(_, value)| value.kind() == Json::Array);
    lists.any(|(key, list)| is_page_key(&key.text) || (!is_named && is_bundle(&key.text, list)))
}

/// Tells what the object that starts at a byte is from its first telling key, by a stretch of text that starts at `base`.
pub(crate) fn top(text: &str, base: u32, at: u32) -> Result<Top, Fault> {
    let mut ahead = Scanner::within(text, base, at);
    ahead.begin_object()?;
    let (mut is_named, mut is_authorization, mut lists, mut is_plain) = (false, false, None, true);
    let (mut is_numbered, mut is_unlisted, mut unlisted) = (false, false, None);
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
        if is_page_key(&key.text) {
            if is_list {
                return Ok(Top::Envelope);
            }
            is_unlisted |= key.text != "results";
            is_numbered |= is_unlisted && holds_one(&mut Scanner::within(text, base, ahead.offset()), text, base)?;
        }
        is_numbered |=
            matches!(&*key.text, "pageNumber" | "pageCount" | "total" | "totalResults" | "startIndex" | "nextUri");
        for dialect in DIALECTS {
            match dialect.bundle_key(&key.text) {
                Some((_, Lone::Never)) if is_list => return Ok(Top::Bundle(*dialect)),
                Some((_, Lone::Possible)) if is_list => {
                    let mut inside = Scanner::within(text, base, ahead.offset());
                    if holds_entities(&mut inside)? {
                        return Ok(Top::Bundle(*dialect));
                    }
                    lists = lists.or(Some(*dialect));
                }
                Some(_)
                    if unlisted.is_none()
                        && holds_one(&mut Scanner::within(text, base, ahead.offset()), text, base)? =>
                {
                    unlisted = Some(*dialect);
                }
                _ => {}
            }
        }
        ahead.skip_value()?;
    }
    match lists.or(unlisted) {
        // A page whose list is none is one all the same: what is wrong with it is said where it is read.
        _ if is_unlisted && is_numbered => Ok(Top::Envelope),
        Some(dialect) if !is_named && !is_authorization => Ok(Top::Bundle(dialect)),
        _ => Ok(Top::Lone { is_plain }),
    }
}

/// Whether what stands in the place of a list of entities is one of them, or some by their ids, or was cut off.
fn holds_one(value: &mut Scanner<'_>, text: &str, base: u32) -> Result<bool, Fault> {
    match value.peek()? {
        Json::Object => {}
        Json::String => {
            let range = value.skip_value()?;
            let said = text.get((range.start - base) as usize + 1..(range.end - base) as usize - 1);
            return Ok(said.is_some_and(is_cut_off));
        }
        _ => return Ok(false),
    }
    let (mut is_named, mut is_more, mut is_nested) = (false, false, false);
    value.begin_object()?;
    while let Some(key) = value.object_next()? {
        let is_name = matches!(&*key.text, "id" | "name");
        is_named |= is_name;
        is_more |= self::is_more(&key.text);
        if !is_nested && value.peek()? == Json::Object {
            is_nested = has_name(&mut Scanner::within(text, base, value.offset()))?;
        }
        value.skip_value()?;
    }
    Ok((is_named && is_more) || (is_nested && !is_named))
}

/// Whether an object has an id or a name, and more.
fn has_name(value: &mut Scanner<'_>) -> Result<bool, Fault> {
    let (mut is_named, mut is_more) = (false, false);
    value.begin_object()?;
    while let Some(key) = value.object_next()? {
        let is_name = matches!(&*key.text, "id" | "name");
        is_named |= is_name;
        is_more |= self::is_more(&key.text);
        value.skip_value()?;
    }
    Ok(is_named && is_more)
}

/// Whether a key may say, by some value, that an object is more than one entity.
fn is_telling(key: &str) -> bool {
    is_page_key(key)
        || DIALECTS.iter().any(|dialect| dialect.bundle_key(key).is_some())
        || [Json::String, Json::Object].into_iter().any(|value| cx::of_key(key, value).is_some())
}

/// Whether a key is none that a reference has.
fn is_more(key: &str) -> bool {
    !matches!(key, "id" | "name" | "selfUri")
}

/// Whether the first element of a list has more than a reference has.
fn holds_entities(inside: &mut Scanner<'_>) -> Result<bool, Fault> {
    inside.begin_array()?;
    if !inside.array_next()? || inside.peek()? != Json::Object {
        return Ok(false);
    }
    inside.begin_object()?;
    while let Some(key) = inside.object_next()? {
        if is_more(&key.text) {
            return Ok(true);
        }
        inside.skip_value()?;
    }
    Ok(false)
}
