//! What a dialect is: how it tells what a value is, and what it makes of it.

use crate::cx::CxAsCode;
use crate::guide::Guide;
use crate::lower::Lower;
use crate::platform::Platform;
use rolecall_model::Kind;
use rolecall_source::Node;

/// Every dialect that is understood, the more particular first.
pub const DIALECTS: &[&dyn Dialect] = &[&Platform, &Guide, &CxAsCode];

/// A way in which exports are written.
pub trait Dialect: Sync {
    /// The name of the dialect in output.
    fn name(&self) -> &'static str;

    /// What no export in this dialect can show; empty where there is nothing.
    fn blind(&self) -> &'static str {
        ""
    }

    /// The kind of the entities that a list under `key` of a bundle holds, and
    /// whether a lone entity may have a list under that key as well.
    fn bundle_key(&self, key: &str) -> Option<(Kind, Lone)>;

    /// Adds what an object states to the tenant, if it is one of this dialect.
    /// `kind` is what the list around it says it is; `hint` is what the file's or
    /// folder's name suggests, and decides only where the fields leave a choice.
    fn read(&self, entity: Node<'_, '_>, kind: Option<Kind>, hint: Option<Kind>, into: &mut Lower<'_>) -> Shape;
}

/// Whether a key of a bundle may also stand in a lone entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lone {
    /// It may, with references in its list.
    Possible,
    /// It may not.
    Never,
}

/// What an object turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Of this dialect, and read.
    Known,
    /// An entity, but of which of these kinds cannot be told.
    Ambiguous(Vec<Kind>),
    /// Not of this dialect.
    Unknown,
}
