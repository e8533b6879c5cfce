//! `cargo xtask miri`: the unit tests of the crates that depend on few others, by an interpreter that sees what is undefined.

use std::path::Path;
use std::process::Command;

/// The crates: none of them says `unsafe`, and what they stand on does.
const CRATES: [&str; 4] = ["rolecall-source", "rolecall-model", "rolecall-graph", "rolecall-privacy"];

/// Tests that are left out: those that take minutes by themselves, one that sets the time of a file, which the
/// interpreter cannot, and one of two threads, for which crossbeam-epoch makes pointers of numbers.
const LEFT_OUT: [&str; 10] = [
    "line::tests::counts_are_the_same_whatever_the_pieces",
    "line::tests::lines_over_many_blocks_agree_with_counting",
    "near::tests::a_file_read_again_is_that_which_is_kept",
    "near::tests::a_file_that_was_changed_cut_short_or_removed_is_lost",
    "near::tests::a_part_holds_what_was_asked_for",
    "near::tests::what_is_not_utf8_any_more_is_lost_and_stops_nothing",
    "pointer::tests::landmarks_lead_to_the_same_pointers",
    "pointer::tests::landmarks_of_lines_lead_to_the_same_pointers",
    "pointer::tests::landmarks_of_objects_lead_to_the_same_pointers",
    "links::tests::of_many_edges_none_is_lost_and_all_are_in_order",
];

/// Runs them, in a folder of their own beside what is built otherwise.
pub(crate) fn run(home: &Path) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.current_dir(home).env("CARGO_TARGET_DIR", home.join("target/miri"));
    // Some tests write files.
    command.env("MIRIFLAGS", "-Zmiri-disable-isolation");
    command.args(["+nightly", "miri", "test", "--lib", "--locked"]);
    command.args(CRATES.iter().flat_map(|name| ["--package", name]));
    command.arg("--").args(LEFT_OUT.iter().flat_map(|name| ["--skip", name]));
    let status = command.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err("a test failed, or a nightly compiler with its components `miri` and `rust-src` is not there".to_owned())
}
