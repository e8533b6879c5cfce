//! Where a thing was read: symbolic and small; turned into lines only when a finding is shown.

/// The value that states an entity, a grant or a reference: a file of the run and
/// the byte at which the value starts.
///
/// Eight bytes, so that millions fit; the JSON pointer, the end, line and column
/// are worked out later, for findings only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Origin {
    /// The number of the file in the run.
    pub file: u32,
    /// The byte, from the start of the file, at which the value starts.
    pub offset: u32,
}

impl Origin {
    /// The origin of another value of the same file.
    #[must_use]
    pub fn at(self, offset: u32) -> Self {
        Self { file: self.file, offset }
    }
}

/// Which part of the value at an [`Origin`] a label points to.
///
/// A dialect knows the keys behind each part, so a rule never names a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The value itself.
    Whole,
    /// What names the entity: its name, else its e-mail address, else its id.
    Name,
    /// The id, else what names the entity.
    Id,
    /// The flag that marks an outsourced user, else what names the user.
    Flag,
    /// The region, else what names the entity.
    Region,
    /// The division, else what names the entity.
    Division,
    /// The state, else what names the entity.
    State,
    /// How long a client's tokens live, else what names the client.
    TokenLife,
    /// Whether log-out ends a client's tokens, else what names the client.
    Logout,
    /// How a client signs in, else what names the client.
    GrantType,
    /// The permission entry's scope, else its id.
    Scope,
    /// The permission entry's id.
    Permission,
}

/// A part of a value in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The value.
    pub origin: Origin,
    /// The part of it.
    pub part: Part,
}

impl Place {
    /// The value itself.
    #[must_use]
    pub fn whole(origin: Origin) -> Self {
        Self { origin, part: Part::Whole }
    }

    /// The id or name in the reference at `origin`, which may stand in an object.
    #[must_use]
    pub fn reference(origin: Origin) -> Self {
        Self { origin, part: Part::Id }
    }

    /// What names the entity at `origin`.
    #[must_use]
    pub fn name(origin: Origin) -> Self {
        Self { origin, part: Part::Name }
    }
}
