//! What each stage of a check takes: `cargo bench -p rolecall-bench`. Bytes a second are of the export.
#![allow(clippy::expect_used, missing_docs)]

use divan::Bencher;
use divan::counter::BytesCount;
use rolecall_bench::{Dialect, Size, Tenant as Made, write};
use rolecall_engine::{Judge, Policy};
use rolecall_graph::AccessGraph;
use rolecall_model::Tenant;
use rolecall_source::SourceFile;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

const SIZE: Size =
    Size { users: 20_000, roles: 1000, groups: 200, queues: 200, entries: 12, faults: 10, inherits: true, seed: 1 };

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::built_in);

/// The dialects, each with how it is told apart in the table.
const DIALECTS: [Dialect; 3] = [Dialect::Guide, Dialect::Platform, Dialect::CxAsCode];

/// The files of a made-up export.
fn files(dialect: Dialect) -> Vec<SourceFile> {
    let folder = tempfile::tempdir().expect("a folder");
    write(&Made::new(SIZE), dialect, folder.path(), true, 1).expect("written");
    let mut files = Vec::new();
    gather(folder.path(), &mut files);
    files
}

fn gather(folder: &Path, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            let bytes = fs::read(&path).expect("a file");
            files.push(SourceFile::from_bytes(path.display().to_string(), bytes).expect("text"));
        }
    }
}

fn bytes(files: &[SourceFile]) -> BytesCount {
    BytesCount::new(files.iter().map(|file| file.text().len()).sum::<usize>())
}

fn lowered(files: &[SourceFile]) -> Tenant {
    let mut tenant = Tenant::default();
    for (number, file) in (0..).zip(files) {
        let document = rolecall_ingest::read(file, number, &mut tenant);
        assert!(document.troubles.is_empty(), "{:?}", document.troubles);
    }
    tenant
}

fn settled(files: &[SourceFile]) -> Tenant {
    let mut tenant = lowered(files);
    tenant.settle();
    tenant
}

/// From text to the rows of a tenant.
#[divan::bench(args = DIALECTS)]
fn read(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let files = files(dialect);
    bencher.counter(bytes(&files)).bench_local(|| lowered(&files));
}

/// What the files say together.
#[divan::bench(args = DIALECTS)]
fn settle(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let files = files(dialect);
    let settle = |mut tenant: Tenant| {
        tenant.settle();
        tenant
    };
    bencher.counter(bytes(&files)).with_inputs(|| lowered(&files)).bench_local_values(settle);
}

/// From rows to edges.
#[divan::bench(args = DIALECTS)]
fn graph(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let files = files(dialect);
    let tenant = settled(&files);
    bencher.counter(bytes(&files)).bench_local(|| AccessGraph::new(&tenant));
}

/// Who is of which tier.
#[divan::bench(args = DIALECTS)]
fn tiers(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let files = files(dialect);
    let tenant = settled(&files);
    let graph = AccessGraph::new(&tenant);
    bencher.counter(bytes(&files)).bench_local(|| Judge::new(&graph, &POLICY));
}

/// All rules, tiers included.
#[divan::bench(args = DIALECTS)]
fn rules(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let files = files(dialect);
    let tenant = settled(&files);
    let rules = rolecall_testing::rulebook(&POLICY, |_| true);
    // Some of what a graph knows is worked out when it is first asked for.
    let fresh = || AccessGraph::new(&tenant);
    let check = |graph: AccessGraph<'_>| rolecall_engine::check(&graph, &POLICY, &rules, u32::MAX);
    bencher.counter(bytes(&files)).with_inputs(fresh).bench_local_values(check);
}

fn main() {
    divan::main();
}
