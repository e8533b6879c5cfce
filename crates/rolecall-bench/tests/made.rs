//! What is made here is what rolecall reads: every dialect, without a trouble, of the size that was asked for.
#![allow(clippy::expect_used, clippy::panic)]

use rolecall_bench::{Dialect, Shape, Size, Tenant, write, write_shape};
use rolecall_model::Kind;
use rolecall_source::SourceFile;
use std::fs;
use std::path::Path;

const SIZE: Size =
    Size { users: 200, roles: 64, groups: 16, queues: 8, entries: 12, faults: 100, inherits: true, seed: 7 };

/// Reads every file of a folder but the settings into one tenant.
fn read(folder: &Path) -> rolecall_model::Tenant {
    let mut tenant = rolecall_model::Tenant::default();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
            continue;
        }
        if path.extension().is_some_and(|extension| extension == "toml") {
            continue;
        }
        let name = path.display().to_string();
        let file = SourceFile::from_bytes(name.clone(), fs::read(&path).expect("a file")).expect("text");
        let document = rolecall_ingest::read(&file, 0, &mut tenant);
        assert!(document.troubles.is_empty(), "{name}: {:?}", document.troubles);
    }
    tenant.settle();
    tenant
}

#[test]
fn every_dialect_is_read_whole() {
    for (dialect, is_indented, files) in [
        (Dialect::Guide, true, 1),
        (Dialect::Guide, false, 9),
        (Dialect::Platform, true, 1),
        (Dialect::CxAsCode, false, 1),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        write(&Tenant::new(SIZE), dialect, folder.path(), is_indented, files).expect("written");
        let tenant = read(folder.path());
        let count = [Kind::User, Kind::Role, Kind::Group, Kind::Queue].map(|kind| tenant.count(kind));
        assert_eq!(count, [200, 64, 16, 8], "{dialect:?}");
    }
}

#[test]
fn every_shape_is_read_whole() {
    use Shape::{Chain, Crowd, Cycles, Impersonation, Joiner, Partners, Views};
    for shape in [Chain, Crowd, Impersonation, Cycles, Joiner, Views, Partners] {
        let folder = tempfile::tempdir().expect("a folder");
        write_shape(shape, 5, folder.path()).expect("written");
        assert!(read(folder.path()).count(Kind::Role) >= 2, "{shape:?}");
    }
}

#[test]
fn the_same_numbers_give_the_same_bytes_and_another_seed_others() {
    let bytes = |seed| {
        let folder = tempfile::tempdir().expect("a folder");
        let tenant = Tenant::new(Size { seed, ..SIZE });
        write(&tenant, Dialect::Guide, folder.path(), false, 1).expect("written");
        fs::read(folder.path().join("users.json")).expect("a file")
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}
