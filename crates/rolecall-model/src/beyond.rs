//! What names mean beyond what there is room for: it is left out, and told.

use crate::{Origin, Sym};

/// Something that is left out since a limit is hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The limit.
    pub limit: Limit,
    /// The name that means more than is taken.
    pub name: Sym,
    /// The value that has it, or that looks something up by it.
    pub origin: Origin,
}

/// A limit on what names mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`crate::MAX_NAMESAKES`] have one name that is looked up.
    Namesakes,
    /// [`crate::MAX_EXPANDED`] references were put in the place of others.
    Expanded,
}
