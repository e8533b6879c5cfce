//! Places as other formats give them: a path, a line and a column.

use crate::{Location, Verdict};
use rolecall_engine::Label;

/// Where something is.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'v> {
    /// As in the input; control characters and all.
    pub(crate) path: &'v str,
    pub(crate) at: &'v Location,
}

/// A location with the path of its file.
pub(crate) fn of<'v>(verdict: &'v Verdict<'_>, at: &'v Location) -> Option<Spot<'v>> {
    Some(Spot { path: verdict.sources.get(at.file)?.path(), at })
}

/// Where a label is.
pub(crate) fn of_label<'v>(verdict: &'v Verdict<'_>, label: &Label) -> Option<Spot<'v>> {
    of(verdict, verdict.places.get(&label.place)?)
}
