//! From places to pointers and byte ranges: one skipping pass over each file with findings.

use crate::Transcript;
use rolecall_model::{Part, Place};
use rolecall_source::{Landmarks, Scanner, SourceFile, Tape, pointers};
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

/// Finds places, all of one file. A place that is no value of the file is left out. The
/// pointer into a file of HCL is that into the JSON which it stands for, its transcript.
#[must_use]
pub fn locate(source: &SourceFile, layout: &Layout, places: &[Place]) -> HashMap<Place, Located> {
    let pointers = |text: &str, offsets: &[u32]| pointers(text, offsets, layout.lines, &layout.landmarks);
    find(source, layout, places, |text, offsets| pointers(text, offsets).unwrap_or_default())
}

/// The same without pointers, which are left empty: what lies before a place need not be gone over.
#[must_use]
pub fn spans(source: &SourceFile, layout: &Layout, places: &[Place]) -> HashMap<Place, Located> {
    find(source, layout, places, |_, offsets| vec![String::new(); offsets.len()])
}

fn find(
    source: &SourceFile,
    layout: &Layout,
    places: &[Place],
    pointers: impl Fn(&str, &[u32]) -> Vec<String>,
) -> HashMap<Place, Located> {
    let Some(transcript) = &layout.transcript else { return find_in(source.text(), places, pointers) };
    let in_source = |(place, at): (Place, Located)| {
        let range = transcript.source(at.start);
        (place, Located { pointer: at.pointer, start: range.start, end: range.end })
    };
    find_in(&transcript.json, places, pointers).into_iter().map(in_source).collect()
}

fn find_in(text: &str, places: &[Place], pointers: impl Fn(&str, &[u32]) -> Vec<String>) -> HashMap<Place, Located> {
    let mut tape = Tape::default();
    let mut found: Vec<(Place, u32, u32)> = places
        .iter()
        .filter_map(|place| {
            let (start, end) = range(text, *place, &mut tape)?;
            Some((*place, start, end))
        })
        .collect();
    found.sort_by_key(|(place, start, _)| (*start, *place));
    let offsets: Vec<u32> = found.iter().map(|(_, start, _)| *start).collect();
    let located = found.into_iter().zip(pointers(text, &offsets));
    located.map(|((place, start, end), pointer)| (place, Located { pointer, start, end })).collect()
}

fn range<'a>(text: &'a str, place: Place, tape: &mut Tape<'a>) -> Option<(u32, u32)> {
    Scanner::at(text, place.origin.offset).read_tape(tape).ok()?;
    let whole = tape.root();
    let keys = keys(place.part);
    let value = keys.iter().find_map(|key| whole.get(key).filter(|value| !value.is_null())).unwrap_or(whole);
    Some((value.start(), value.end()))
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
