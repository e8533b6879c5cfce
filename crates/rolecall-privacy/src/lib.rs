//! People's names and addresses replaced by stable pseudonyms, in the raw text of an export.
//!
//! The text is rewritten and everything else of it stays, so that every output that is made of it is free of what was
//! replaced, and says the same. Ids, roles, groups, queues and divisions keep their names: rules go by them.

mod code;
mod edit;
mod gather;
mod key;
mod lexer;
mod mail;
mod person;

pub use gather::{Known, Names};
pub use key::Key;
