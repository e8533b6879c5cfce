//! What an object at the top of a file is: a page, a bundle, Terraform, or an entity.

use crate::cx;
use crate::dialect::{DIALECTS, Dialect, Lone};
use crate::own::Own;
use crate::trouble::is_cut_off;
use rolecall_model::Kind;
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

/// Whether a key is that under which PowerShell 5.1 puts a list that it has wrapped, with `Count` behind it.
pub(crate) fn is_wrapping(key: &str) -> bool {
    key == "value"
}

/// Whether what was read is no entity and holds lists of entities: a page, or a bundle. What has a name is one where the list
/// around it is of no kind, and no entity has such lists; `hint` is the kind that the file's name suggests.
pub(crate) fn holds_lists(tape: &Tape<'_>, kind: Option<Kind>, hint: Option<Kind>) -> bool {
    let whole = tape.root();
    let lists = || whole.fields().filter(|(_, value)| value.kind() == Json::Array);
    let known = |key: &str| DIALECTS.iter().find_map(|dialect| dialect.bundle_key(key));
    let is_bundle = |key: &str, list: Node<'_, '_>| {
        let is_entity = |first: Node<'_, '_>| first.fields().any(|(key, _)| is_more(&key.text));
        known(key).is_some_and(|(_, lone)| lone == Lone::Never || list.items().next().is_some_and(is_entity))
    };
    let is_wrapped =
        || whole.get("Count").is_some() && whole.get("value").is_some_and(|list| list.kind() == Json::Array);
    if lists().any(|(key, _)| is_page_key(&key.text)) || is_wrapped() {
        return true;
    }
    if !lists().any(|(key, list)| is_bundle(&key.text, list)) {
        return false;
    }
    let mut own = Own::default();
    whole.fields().for_each(|(key, _)| own.note(&key));
    lists().filter_map(|(key, _)| known(&key.text)).for_each(|(kind, _)| own.note_list(kind));
    own.name.is_none() || (kind.is_none() && own.is_no_entity(hint))
}

/// How far ahead of an object is looked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// To its end, or so far that its lists are longer than those of an entity.
    Far,
    /// To the first list of entities: what stands behind it may be broken.
    Near,
}

/// So many bytes of an object are passed to see what it says of itself behind its lists: fewer than are at hand.
const PASSED: u32 = 1 << 15;

/// What the keys of an object say.
#[derive(Default)]
struct Keys {
    own: Own,
    /// Who knows a list in it as one of entities.
    bundle: Option<&'static dyn Dialect>,
    /// Who knows a list in it as one that a bundle may have.
    lists: Option<&'static dyn Dialect>,
    /// Who knows what stands in the place of such a list.
    unlisted: Option<&'static dyn Dialect>,
    /// Whether a page's list is none, and whether it says which page it is.
    is_unlisted: bool,
    is_numbered: bool,
}

/// Tells what the object that starts at a byte is from its keys, by a stretch of text that starts at `base`; `hint` is the
/// kind that the file's name suggests.
pub(crate) fn top(text: &str, base: u32, at: u32, hint: Option<Kind>, look: Look) -> Result<Top, Fault> {
    let mut ahead = Scanner::within(text, base, at);
    ahead.begin_object()?;
    let mut keys = Keys::default();
    let (mut is_plain, mut count) = (true, 0);
    while let Some(key) = ahead.object_next()? {
        is_plain &= !is_telling(&key.text);
        let next = ahead.peek()?;
        let value = Spot { text, base, at: ahead.offset() };
        keys.own.note(&key);
        if count == 0 && is_wrapping(&key.text) && next == Json::Array && holds_object(&mut value.scanner())? {
            return Ok(Top::Envelope);
        }
        count += 1;
        if keys.bundle.is_none()
            && let Some(top) = keys.page_or_terraform(&key.text, next, value)?
        {
            return Ok(top);
        }
        keys.lists(&key.text, next == Json::Array, value)?;
        match keys.bundle {
            Some(dialect) if look == Look::Near || !passed(&mut ahead, at.saturating_add(PASSED))? => {
                return Ok(Top::Bundle(dialect));
            }
            Some(_) => {}
            None => {
                ahead.skip_value()?;
            }
        }
    }
    let is_lone = keys.own.is_entity(hint);
    Ok(match (keys.bundle, keys.lists.or(keys.unlisted)) {
        // A page whose list is none is one all the same: what is wrong with it is said where it is read.
        (None, _) if keys.is_unlisted && keys.is_numbered => Top::Envelope,
        (Some(dialect), _) if !is_lone => Top::Bundle(dialect),
        (None, Some(dialect)) if !is_lone && keys.own.name.is_none() => Top::Bundle(dialect),
        _ => Top::Lone { is_plain },
    })
}

/// Where a value starts, in a stretch of text that starts at `base`.
#[derive(Clone, Copy)]
struct Spot<'t> {
    text: &'t str,
    base: u32,
    at: u32,
}

impl<'t> Spot<'t> {
    fn scanner(self) -> Scanner<'t> {
        Scanner::within(self.text, self.base, self.at)
    }
}

impl Keys {
    /// What is told by one key alone.
    fn page_or_terraform(&mut self, key: &str, kind: Json, value: Spot<'_>) -> Result<Option<Top>, Fault> {
        let form = cx::of_key(key, kind).filter(|_| self.own.name.is_none());
        if let Some(form) = form
            && !(key == "data" && kind == Json::Object && holds_page(value)?)
        {
            return Ok(Some(Top::Terraform(form)));
        }
        if is_page_key(key) {
            if kind == Json::Array {
                return Ok(Some(Top::Envelope));
            }
            self.is_unlisted |= key != "results";
            self.is_numbered |= self.is_unlisted && holds_one(value)?;
        }
        self.is_numbered |=
            matches!(key, "pageNumber" | "pageCount" | "total" | "totalResults" | "startIndex" | "nextUri");
        Ok(None)
    }

    /// Notes what may be a list of a bundle.
    fn lists(&mut self, key: &str, is_list: bool, value: Spot<'_>) -> Result<(), Fault> {
        for dialect in DIALECTS {
            let Some((kind, lone)) = dialect.bundle_key(key) else { continue };
            if is_list {
                self.own.note_list(kind);
                if lone == Lone::Never || holds_entities(&mut value.scanner())? {
                    self.bundle = self.bundle.or(Some(*dialect));
                }
                self.lists = self.lists.or(Some(*dialect));
            } else if self.unlisted.is_none() && holds_one(value)? {
                self.unlisted = Some(*dialect);
            }
        }
        Ok(())
    }
}

/// Passes a value; `false` where it is a list that goes on behind a byte.
fn passed(ahead: &mut Scanner<'_>, end: u32) -> Result<bool, Fault> {
    if ahead.peek()? != Json::Array {
        return ahead.skip_value().map(|_| true);
    }
    ahead.begin_array()?;
    while ahead.array_next()? {
        if ahead.offset() > end {
            return Ok(false);
        }
        ahead.skip_value()?;
    }
    Ok(true)
}

/// Whether what stands in the place of a list of entities is one of them, or some by their ids, or was cut off.
fn holds_one(spot: Spot<'_>) -> Result<bool, Fault> {
    let mut value = spot.scanner();
    match value.peek()? {
        Json::Object => {}
        Json::String => {
            let range = value.skip_value()?;
            let said = spot.text.get((range.start - spot.base) as usize + 1..(range.end - spot.base) as usize - 1);
            return Ok(said.is_some_and(is_cut_off));
        }
        _ => return Ok(false),
    }
    let (mut is_named, mut is_more, mut is_nested) = (false, false, false);
    value.begin_object()?;
    while let Some(key) = value.object_next()? {
        if !is_named && !is_more && is_wrapping(&key.text) && value.peek()? == Json::Array {
            return Ok(true);
        }
        let is_name = matches!(&*key.text, "id" | "name");
        is_named |= is_name;
        is_more |= self::is_more(&key.text);
        if !is_nested && value.peek()? == Json::Object {
            is_nested = has_name(&mut Spot { at: value.offset(), ..spot }.scanner())?;
        }
        value.skip_value()?;
    }
    Ok((is_named && is_more) || (is_nested && !is_named))
}

/// Whether an object is a page, as of an answer that was saved with what is around it.
fn holds_page(spot: Spot<'_>) -> Result<bool, Fault> {
    let mut value = spot.scanner();
    value.begin_object()?;
    while let Some(key) = value.object_next()? {
        if is_page_key(&key.text) && value.peek()? == Json::Array {
            return Ok(true);
        }
        value.skip_value()?;
    }
    Ok(false)
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

/// Whether the first element of a list is an object.
fn holds_object(inside: &mut Scanner<'_>) -> Result<bool, Fault> {
    inside.begin_array()?;
    Ok(inside.array_next()? && inside.peek()? == Json::Object)
}

/// Whether the list under a key, which starts at a byte of a text that starts at `base`, is one of a bundle.
pub(crate) fn is_of_bundle(key: &str, text: &str, base: u32, at: u32) -> Result<bool, Fault> {
    let is_known = DIALECTS.iter().any(|dialect| dialect.bundle_key(key).is_some());
    Ok(is_known && holds_entities(&mut Scanner::within(text, base, at))?)
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
