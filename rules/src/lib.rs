//! The built-in rulebook, as data. The folder's name is the rule's id.

/// Each rule's id and the text of its `rule.md`, sorted by id.
pub const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));
