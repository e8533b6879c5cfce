//! Whatever is done to a file, reading it ends, with troubles that lie within it.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use rolecall_ingest::{locate, read};
use rolecall_model::{Kind, Place, Tenant};
use rolecall_source::SourceFile;
use std::fs;
use std::path::Path;

/// A number that seems random and follows from the seed alone.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).expect("31 bits")
}

/// A stretch is cut, doubled, or replaced by what means something to a parser.
fn mutate(text: &str, seed: &mut u64) -> String {
    let words = ["{", "}", "[", "]", "\"", "${", "\\", "null", ":", ",", "=", "<<EOT\n", "\u{202e}", "-1e999", "/*"];
    let mut changed = text.to_owned();
    for _ in 0..=next(seed) % 3 {
        let at = |seed: &mut u64, text: &str| {
            let mut at = next(seed) % (text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (a, b) = (at(seed, &changed), at(seed, &changed));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 40));
        let to = (to..=changed.len()).find(|to| changed.is_char_boundary(*to)).unwrap_or(changed.len());
        match next(seed) % 4 {
            0 => changed.replace_range(from..to, ""),
            1 => {
                let copy = changed[from..to].to_owned();
                changed.insert_str(from, &copy);
            }
            2 => changed.truncate(from),
            _ => changed.insert_str(from, words[next(seed) % words.len()]),
        }
    }
    changed
}

#[test]
fn a_mutated_file_is_read_to_an_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/dialects");
    let files = [
        ("guide/tenant.json", 300),
        ("platform/oauth-clients.json", 300),
        ("platform/groups.json", 150),
        ("platform/trustees.json", 150),
        ("../../fuzz/seeds/platform/pages", 300),
        ("../../fuzz/seeds/guide/bundles", 300),
        ("cx-as-code/hcl/genesyscloud_oauth_client.tf", 400),
        ("cx-as-code/hcl/genesyscloud_group_roles.tf", 400),
    ];
    let mut seed = 20_261_124;
    for (name, times) in files {
        let text = fs::read_to_string(root.join(name)).expect("the fixture");
        for _ in 0..times {
            let changed = mutate(&text, &mut seed);
            let source = SourceFile::from_text(name.to_owned(), changed);
            let mut tenant = Tenant::default();
            let document = read(&source, 0, &mut tenant);
            let length = u32::try_from(source.text().len()).expect("small");
            for trouble in document.troubles.iter().chain(&document.notes) {
                assert!(trouble.at <= trouble.end && trouble.end <= length + 1, "{trouble:?} of {length}");
            }
            let heads = Kind::ALL.into_iter().flat_map(|kind| tenant.entities(kind));
            let places: Vec<Place> = heads.map(|entity| Place::name(tenant.head(entity).origin)).collect();
            let located = locate(&source, &document.layout, &places);
            assert!(located.values().all(|at| at.start <= at.end && at.end <= length), "{located:?} of {length}");
        }
    }
}
