//! The scanner against other readers' notions of JSON.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod against_serde;
mod suite;
