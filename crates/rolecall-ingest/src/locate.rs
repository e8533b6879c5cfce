//! From places to pointers and byte ranges: one skipping pass over each file with findings.

use crate::Transcript;
use rolecall_model::{Part, Place};
use rolecall_source::{Landmarks, Lookup, Near, Node, Parts, SourceFile, pointers_near, pointers_of};
use std::collections::HashMap;

/// How a file is laid out, by which its places are found again.
#[derive(Debug, Default)]
pub struct Layout {
    /// Whether it holds several values one after the other.
    pub lines: bool,
    /// The JSON that a file of HCL stands for, which its origins are bytes of.
    pub transcript: Option<Transcript>,
    /// Those of its long lists, in order of place.
    pub landmarks: Vec<Landmarks>,
}

/// A place of a file, found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The RFC 6901 pointer of the value.
    pub pointer: String,
    /// The first byte of the value in the file's text.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// How many bytes places may lie apart that are found together: about what is had of a file at a time.
const TOGETHER: u32 = 8 * 1024;

/// Finds places, all of one file, in order. A place that is no value of the file is left out. The pointer into a file of
/// HCL is that into the JSON which it stands for, its transcript; without `has_pointers` they are left empty.
///
/// Of a file that is not kept, each part that places lie in is had once: what else is to be known of them is best asked
/// by `found`, when it is at hand.
pub fn each_located<'f>(
    near: &mut Near<'f>,
    layout: &Layout,
    places: &[Place],
    has_pointers: bool,
    mut found: impl FnMut(&mut Near<'f>, Place, Located),
) {
    let Some(transcript) = &layout.transcript else {
        return find(near, layout, places, has_pointers, &mut found);
    };
    find(&mut transcript.json.as_str(), layout, places, has_pointers, &mut |_, place, at| {
        let range = transcript.source(at.start);
        found(near, place, Located { pointer: at.pointer, start: range.start, end: range.end });
    });
}

/// The same, as a table.
#[must_use]
pub fn locate(source: &SourceFile, layout: &Layout, places: &[Place]) -> HashMap<Place, Located> {
    let mut all = HashMap::new();
    each_located(&mut source.near(), layout, places, true, |_, place, at| {
        all.insert(place, at);
    });
    all
}

fn find<P: Parts>(
    text: &mut P,
    layout: &Layout,
    places: &[Place],
    has_pointers: bool,
    found: &mut impl FnMut(&mut P, Place, Located),
) {
    let mut places: Vec<Place> = places.to_vec();
    places.sort_unstable_by_key(|place| (place.origin.offset, place.part));
    let mut lookup = Lookup::default();
    let mut left = Vec::new();
    let mut rest = places.as_slice();
    while let Some(first) = rest.first() {
        let end = first.origin.offset.saturating_add(TOGETHER);
        let (own, more) = rest.split_at(rest.partition_point(|place| place.origin.offset < end));
        rest = more;
        let range =
            |place: &Place| Some((*place, lookup.value(text, place.origin.offset, |whole| range(whole, place.part))?));
        let mut own: Vec<(Place, (u32, u32))> = own.iter().filter_map(range).collect();
        own.sort_unstable_by_key(|(place, (start, _))| (*start, *place));
        if !has_pointers {
            tell(text, own, Vec::new(), found);
            continue;
        }
        let offsets: Vec<u32> = own.iter().map(|(_, (start, _))| *start).collect();
        match pointers_near(text, &offsets, layout.lines, &layout.landmarks) {
            Some(pointers) => tell(text, own, pointers, found),
            None => left.extend(own),
        }
    }
    // These lie in no list whose elements are known: all that is before them is gone over, once for all.
    left.sort_unstable_by_key(|(place, (start, _))| (*start, *place));
    let offsets: Vec<u32> = left.iter().map(|(_, (start, _))| *start).collect();
    if let Ok(pointers) = pointers_of(text, &offsets, layout.lines, &[]) {
        tell(text, left, pointers, found);
    }
}

fn tell<P>(
    text: &mut P,
    own: Vec<(Place, (u32, u32))>,
    pointers: Vec<String>,
    found: &mut impl FnMut(&mut P, Place, Located),
) {
    let pointers = pointers.into_iter().chain(std::iter::repeat(String::new()));
    for ((place, (start, end)), pointer) in own.into_iter().zip(pointers) {
        found(text, place, Located { pointer, start, end });
    }
}

/// The bytes of a part of a value.
fn range(whole: Node<'_, '_>, part: Part) -> (u32, u32) {
    let value = keys(part).iter().find_map(|key| whole.get(key).filter(|value| !value.is_null())).unwrap_or(whole);
    (value.start(), value.end())
}

/// The keys behind a part of a value, the first that is there being meant; where none
/// is, the part is the value itself. No key means one thing in one dialect and another
/// in another, so all of them share the list.
fn keys(part: Part) -> &'static [&'static str] {
    match part {
        Part::Whole => &[],
        Part::Name => &["name", "userName", "email", "id"],
        Part::Id => &["id", "name", "userName", "email"],
        Part::Flag => &["bpoUser", "name", "email", "id"],
        Part::Region => &["region", "name", "email", "id"],
        Part::Division => &["division", "division_id", "name", "email", "id"],
        Part::State => &["state", "active", "name", "userName", "email", "id"],
        Part::TokenLife => &["accessTokenValiditySeconds", "access_token_validity_seconds", "name", "id"],
        Part::Logout => &["invalidateOnLogout", "name", "id"],
        Part::GrantType => &["authorizedGrantType", "authorized_grant_type", "name", "id"],
        Part::Scope => &[
            "scope",
            "division",
            "divisions",
            "divisionId",
            "division_ids",
            "division_id",
            "resourceConditionNode",
            "conditions",
            "id",
            "actionSet",
            "actions",
            "action_set",
        ],
        Part::Permission => &["id", "entityName", "entity_name"],
    }
}
