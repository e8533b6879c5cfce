//! What a file comes to does not depend on how much of it is at hand at a time.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::{Document, read, read_feed};
use rolecall_model::{Kind, Tenant};
use rolecall_source::{Feed, SourceFile};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A number that seems random and follows from the seed alone.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).expect("31 bits")
}

/// Gives a few bytes at a time, as a pipe may.
struct Drops<'t>(&'t [u8], u64);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = into.len().min(1 + next(&mut self.1) % 9);
        self.0.read(into.get_mut(..wanted).expect("as many"))
    }
}

/// All that was read, in words.
fn said(document: &Document, tenant: &Tenant) -> String {
    let dialect = document.dialect.map(|dialect| dialect.name());
    let of_file = (dialect, &document.listings, &document.entities, &document.layout);
    let troubles = (&document.troubles, &document.notes);
    let one = (&tenant.refs, &tenant.grants, &tenant.roles, &tenant.users, &tenant.service_accounts, &tenant.groups);
    let two = (&tenant.queues, &tenant.oauth_clients, &tenant.assignments, &tenant.memberships, &tenant.secrets);
    let three = (&tenant.divisions, &tenant.views, &tenant.settings, &tenant.recording_policies);
    let names: Vec<&str> =
        Kind::ALL.into_iter().flat_map(|kind| tenant.entities(kind)).map(|entity| tenant.name(entity)).collect();
    let refs: Vec<&str> = tenant.refs.iter().map(|reference| tenant.str(reference.target)).collect();
    let permissions: Vec<&str> =
        tenant.grants.iter().map(|grant| tenant.permissions.spelling(grant.permission)).collect();
    let words = (names, refs, permissions);
    format!("{of_file:#?}\n{troubles:#?}\n{one:?}\n{two:?}\n{three:?}\n{words:?}")
}

/// Names the first line in which two differ.
fn agree(found: &str, expected: &str, of: &str) {
    let differ = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert_eq!(differ, None, "{of}");
    assert_eq!(found.len(), expected.len(), "{of}");
}

fn whole(path: &str, text: &str) -> String {
    let mut tenant = Tenant::default();
    let document = read(&SourceFile::from_text(path.to_owned(), text.to_owned()), 0, &mut tenant);
    said(&document, &tenant)
}

fn in_stretches(path: &str, text: &str, room: usize) -> String {
    let mut tenant = Tenant::default();
    let mut feed = Feed::by_stretches(Drops(text.as_bytes(), room as u64), room);
    let document = read_feed(path, &mut feed, 0, &mut tenant);
    said(&document, &tenant)
}

/// Every file of JSON below a folder that is text.
fn files(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path)
            && path.extension().is_some_and(|end| end == "json" || end == "jsonl" || end == "tfstate")
            && text.len() < 200_000
            && !text.trim_ascii().is_empty()
        {
            found.push((path, text.trim_start_matches('\u{feff}').to_owned()));
        }
    }
}

#[test]
fn every_fixture_says_the_same_however_little_of_it_is_at_hand() {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut found);
    assert!(found.len() > 50);
    let mut seed = 7;
    for (path, text) in found {
        let path = path.to_string_lossy();
        let expected = whole(&path, &text);
        for room in [1, 7, 64, 300, 4096] {
            agree(&in_stretches(&path, &text, room), &expected, &format!("{path} by {room}"));
        }
        // Cut short, and with a byte changed, at a few places.
        for _ in 0..4 {
            let at = next(&mut seed) % (text.len() + 1);
            let Some((before, after)) = text.split_at_checked(at) else { continue };
            let mut changed = before.to_owned();
            changed.push(['"', '}', ',', ' ', '7', '\\', '[', 'é'][next(&mut seed) % 8]);
            changed.push_str(after.get(1..).unwrap_or_default());
            for text in [before, changed.as_str()] {
                if text.trim_ascii().is_empty() {
                    continue;
                }
                let expected = whole(&path, text);
                let room = 1 + next(&mut seed) % 200;
                agree(&in_stretches(&path, text, room), &expected, &format!("{path} at {at} by {room}"));
            }
        }
    }
}

/// Entities one after the other, of which some leave out a key, have one in another place, or have one that nobody reads.
fn entities(seed: &mut u64, count: usize, keys: &[(&str, &str)], break_after: &str) -> String {
    let mut all = Vec::new();
    for number in 0..count {
        let mut fields: Vec<String> = keys.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let at = next(seed) % fields.len();
        match next(seed) % 5 {
            0 => drop(fields.remove(at)),
            1 => fields.swap(0, at),
            2 => *fields.get_mut(at).expect("a field") = format!("\"other{number}\":[\"r-1\"]"),
            _ => {}
        }
        all.push(format!("{{{}}}", fields.join(",")));
    }
    all.join(break_after)
}

#[test]
fn entities_whose_keys_differ_are_read_alike_wherever_a_stretch_ends() {
    let guide = [("id", "\"u-1\""), ("bpoUser", "true"), ("userRoles", "[\"r-1\"]"), ("groups", "[\"g-1\",\"g-2\"]")];
    let platform = [("id", "\"u-1\""), ("acdAutoAnswer", "true"), ("division", "{\"id\":\"d-1\"}"), ("roles", "[]")];
    let mut seed = 11;
    for keys in [guide, platform] {
        for round in 0..12 {
            let (count, apart) = (4 + round % 5, if round % 2 == 0 { "," } else { "\n" });
            let listed = entities(&mut seed, count, &keys, apart);
            let (path, text) =
                if apart == "," { ("users.json", format!("[{listed}]")) } else { ("users.jsonl", listed) };
            let expected = whole(path, &text);
            for room in 1..text.len() + 9 {
                agree(&in_stretches(path, &text, room), &expected, &format!("{text} by {room}"));
            }
        }
    }
}
