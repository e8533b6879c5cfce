//! Bytes, files, strict JSON with places. Knows nothing of roles or exports.

mod escape;
mod fault;
mod file;
mod key;
mod landmark;
mod line;
mod pointer;
mod scan;
mod secret;
mod sink;
mod string;
mod tape;
mod value;

pub use escape::{is_plain, needs_escape, push_visible, visible};
pub use fault::{Fault, FaultKind};
pub use file::{FileId, MAX_BYTES, SourceFile, Sources};
pub use key::Key;
pub use landmark::Landmarks;
pub use line::{LineIndex, Position};
pub use pointer::pointers;
pub use scan::{Kind, MAX_DEPTH, MAX_KEY, Scanner};
pub use secret::{SECRET_KEYS, secret_values};
pub use tape::{Node, Tape};
