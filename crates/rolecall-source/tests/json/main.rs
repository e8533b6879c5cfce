//! The scanner against other readers' notions of JSON.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod against_serde;
mod stretches;
mod suite;

use rolecall_source::{Fault, Kind, Scanner};

/// Pulls every value of a value out by hand.
pub(crate) fn pull(scanner: &mut Scanner<'_>) -> Result<(), Fault> {
    match scanner.peek()? {
        Kind::Array => {
            scanner.begin_array()?;
            while scanner.array_next()? {
                pull(scanner)?;
            }
        }
        Kind::Object => {
            scanner.begin_object()?;
            while scanner.object_next()?.is_some() {
                pull(scanner)?;
            }
        }
        _ => {
            scanner.skip_value()?;
        }
    }
    Ok(())
}
