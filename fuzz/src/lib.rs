//! What libFuzzer calls; `drive` is shared with the test that runs the seeds in CI.

mod drive;

pub use drive::*;
