//! Bytes, files, strict JSON with places. Knows nothing of roles or exports.

mod escape;
mod fault;
mod feed;
mod file;
mod index;
mod key;
mod landmark;
mod line;
mod lookup;
mod near;
mod nested;
mod parted;
mod pointer;
mod scan;
mod secret;
mod sink;
mod string;
mod tape;
mod value;
mod window;

pub use escape::{is_plain, needs_escape, push_visible, visible};
pub use fault::{Fault, FaultKind};
pub use feed::Feed;
pub use file::{FileId, MAX_BYTES, SourceFile, Sources};
pub use key::Key;
pub use landmark::Landmarks;
pub use line::{LineCounts, LineIndex, Position};
pub use lookup::Lookup;
pub use near::{Near, Part, Parts};
pub use parted::Stamp;
pub use pointer::{pointers, pointers_near, pointers_of};
pub use scan::{Kind, MAX_DEPTH, MAX_KEY, Scanner, Spot};
pub use secret::{SECRET_KEYS, is_secret_name, secret_values};
pub use tape::{Node, Tape};
pub use window::Passed;
