//! Exports that a law is held on: one tenant in every dialect, and made-up ones.

use rolecall_bench::{Dialect, Size, Tenant};

/// The tenants of fixtures that name people.
pub(crate) const EXPORTS: [&str; 6] = [
    "fixtures/guide",
    "fixtures/dialects/guide",
    "fixtures/dialects/platform",
    "fixtures/dialects/cx-as-code/json",
    "fixtures/dialects/cx-as-code/hcl",
    "fixtures/dialects/cx-as-code/state",
];

/// Runs something on made-up tenants with faults, so many in each dialect.
pub(crate) fn each_made_up(seeds: u64, mut run: impl FnMut(&str)) {
    for dialect in [Dialect::Guide, Dialect::Platform, Dialect::CxAsCode] {
        for seed in 1..=seeds {
            let folder = tempfile::tempdir().expect("a folder");
            let size =
                Size { users: 120, roles: 40, groups: 12, queues: 12, entries: 8, faults: 200, inherits: true, seed };
            rolecall_bench::write(&Tenant::new(size), dialect, folder.path(), true, 2).expect("a tenant");
            run(folder.path().to_str().expect("UTF-8"));
        }
    }
}
