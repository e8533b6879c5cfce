//! A short run of the fuzz targets over their seeds, crashes that were found among them, and over
//! cut and flipped copies of these.

#[path = "../../../../fuzz/src/drive.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets are another crate")]
mod drive;

use std::fs;
use std::path::{Path, PathBuf};

/// Every file of the folders, each path from the root of the project.
fn files(folders: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let of = |folder: &&str| walkdir::WalkDir::new(root.join(folder)).sort_by_file_name();
    let entries = folders.iter().flat_map(of).map(|entry| entry.expect("it can be walked"));
    let found: Vec<PathBuf> = entries.filter(|e| e.file_type().is_file()).map(walkdir::DirEntry::into_path).collect();
    assert!(!found.is_empty(), "no seeds in {folders:?}");
    found
}

/// Runs a target over its seeds, and over `copies` broken copies of each.
fn run(target: fn(&[u8]), folders: &[&str], copies: usize) {
    let mut seed: usize = 20_261_124;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for path in files(folders).iter().filter(|path| !path.ends_with("deep.json")) {
        let bytes = fs::read(path).expect("a seed");
        target(&bytes);
        for _ in 0..copies {
            let mut copy = bytes.clone();
            let at = next(copy.len() + 1);
            match next(3) {
                0 => copy.truncate(at),
                1 => drop(copy.drain(at..(at + 1 + next(20)).min(bytes.len()).max(at))),
                _ => copy.splice(at..at, bytes.iter().copied().skip(next(bytes.len() + 1)).take(20)).for_each(drop),
            }
            target(&copy);
        }
    }
}

#[test]
fn loaders() {
    run(drive::guide, &["fuzz/seeds/guide", "fixtures/hostile", "fixtures/published", "fixtures/dialects/guide"], 8);
    run(drive::platform, &["fuzz/seeds/platform", "fixtures/dialects/platform"], 2);
    run(drive::terraform, &["fuzz/seeds/terraform", "fixtures/dialects/cx-as-code/json"], 2);
    run(drive::hcl, &["fuzz/seeds/hcl", "fixtures/dialects/cx-as-code/hcl"], 3);
}

#[test]
fn places() {
    run(drive::locator, &["fuzz/seeds/locator"], 40);
}

#[test]
fn what_a_team_writes() {
    run(drive::rule, &["fuzz/seeds/rule", "rules/all-scoped-reporting", "rules/partner-sees-partner"], 8);
    run(drive::settings, &["fuzz/seeds/settings"], 8);
    run(drive::lock, &["fuzz/seeds/lock"], 4);
}

#[test]
fn whole_checks() {
    run(drive::check, &["fuzz/seeds/check"], 3);
}
