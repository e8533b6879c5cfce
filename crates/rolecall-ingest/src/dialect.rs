//! What a dialect is: shapes, fields, and the keys behind the parts of a value.

use crate::guide::Guide;
use crate::lower::Lower;
use rolecall_model::{Kind, Part};
use rolecall_source::Node;

/// Every dialect that is understood.
pub const DIALECTS: &[&dyn Dialect] = &[&Guide];

/// A way in which exports are written.
pub trait Dialect: Sync {
    /// The name of the dialect in output.
    fn name(&self) -> &'static str;

    /// The kind of the entities that a list under `key` of a bundle holds, and
    /// whether a lone entity may have a list under that key as well.
    fn bundle_key(&self, key: &str) -> Option<(Kind, Lone)>;

    /// The kind of an entity by its fields; `hint` is the kind that the file's or
    /// folder's name suggests, and decides only where the fields leave a choice.
    fn classify(&self, entity: Node<'_, '_>, hint: Option<Kind>) -> Shape;

    /// Adds an entity to the tenant.
    fn lower(&self, kind: Kind, entity: Node<'_, '_>, into: &mut Lower<'_>);

    /// The keys behind a part of a value, the first that is there being meant. Where
    /// none is, the part is the value itself.
    fn keys(&self, part: Part) -> &'static [&'static str];
}

/// Whether a key of a bundle may also stand in a lone entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lone {
    /// It may, with references in its list.
    Possible,
    /// It may not.
    Never,
}

/// What the fields of an object say about its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An entity of this kind.
    Known(Kind),
    /// An entity, but of which of these kinds cannot be told.
    Ambiguous(Vec<Kind>),
    /// Not an entity of this dialect.
    Unknown,
}
