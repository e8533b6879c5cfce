//! One entity after the other, put to the dialects.

use crate::bare::Bare;
use crate::buried::buried;
use crate::dialect::{DIALECTS, Dialect, Shape};
use crate::limit::{Named, Troubles};
use crate::lower::{Lower, Told};
use crate::platform::{self, Platform};
use crate::spelling;
use crate::trouble::{ambiguous, failed, hollow, is_cut_off, misspelt, mistyped, unknown, wrapped};
use rolecall_model::{Kind, Tenant};
use rolecall_source::{Kind as Json, Node, Tape};

/// What the entities of a file are added to, and what is known of them so far.
pub(crate) struct Intake<'w> {
    pub(crate) dialect: Option<&'static dyn Dialect>,
    pub(crate) hint: Option<Kind>,
    /// Whether the file's name says that users in it are members of something.
    pub(crate) lists_members: bool,
    /// Where the first member or grant lies of which it is not known of what, until an address tells.
    pub(crate) open: Option<(u32, u32)>,
    pub(crate) file: u32,
    pub(crate) tenant: &'w mut Tenant,
    pub(crate) named: Named,
    pub(crate) troubles: &'w mut Troubles,
    /// What the entity before in the same list was found to be.
    pub(crate) told: Option<Told>,
    /// What a page shows that its address has to tell; none outside of pages.
    pub(crate) bare: Option<Bare>,
}

impl Intake<'_> {
    pub(crate) fn lower(&mut self) -> Lower<'_> {
        Lower::new(self.tenant, &mut self.named, self.troubles, self.file)
    }

    /// Reads the entity on a tape.
    pub(crate) fn read_entity(&mut self, tape: &Tape<'_>, kind: Option<Kind>) {
        let entity = tape.root();
        let (start, end) = (entity.start(), entity.end());
        if entity.kind() != Json::Object {
            match entity.plain().is_some_and(is_cut_off) {
                true => self.troubles.push(mistyped("entities", "a list of objects", entity)),
                false => self.untold(entity),
            }
            return;
        }
        let alike = self.told.take().filter(|_| tape.is_alike());
        let is_alike = alike.is_some();
        let mut unclear = None;
        let hint = self.hint;
        let users = self.tenant.users.len();
        let is_in_page = self.bare.is_some();
        let mut into = self.lower();
        (into.alike, into.is_in_page) = (alike, is_in_page);
        for dialect in DIALECTS {
            match dialect.read(entity, kind, hint, &mut into) {
                Shape::Known => {
                    let (is_open, is_guides) = (into.is_open, into.is_guides);
                    self.told = into.told;
                    self.bare.iter_mut().for_each(|bare| bare.has_guides |= is_guides);
                    let are_members = self.lists_members && dialect.name() == Platform.name();
                    if is_open || (are_members && self.tenant.users.len() > users) {
                        self.tenant.users.iter_mut().skip(users).for_each(|user| user.head.embedded = true);
                        self.open = self.open.or(Some((start, end)));
                    }
                    self.dialect = self.dialect.or(Some(*dialect));
                    if !is_alike {
                        note_spelling(entity, self.troubles);
                    }
                    return;
                }
                Shape::Ambiguous(kinds) => unclear = unclear.or(Some(kinds)),
                Shape::Unknown => {}
            }
        }
        if let Some(none) = failed(entity).or_else(|| hollow(entity)) {
            self.troubles.push(none);
            return;
        }
        if let Some(kinds) = unclear {
            note_spelling(entity, self.troubles);
            self.troubles.push(ambiguous(&kinds, start, end));
            return;
        }
        if let Some((key, name)) = spelling::foreign(entity).first() {
            self.troubles.push(misspelt(&key.text, name, key.start, key.end));
        } else if let Some(inside) = buried(entity) {
            self.troubles.push(wrapped(inside));
            return;
        }
        self.untold(entity);
    }

    /// What no field tells: one whose page or file may tell it, or no export.
    fn untold(&mut self, entity: Node<'_, '_>) {
        let (start, end) = (entity.start(), entity.end());
        let Some(mut bare) = self.bare.take() else {
            // Its name says that the file lists members, and nothing says of what.
            match self.lists_members && entity.get("id").is_some_and(|id| id.kind() == Json::String) {
                true => self.open = self.open.or(Some((start, end))),
                false => self.unknown(start, end),
            }
            return;
        };
        let mut into = Lower::new(self.tenant, &mut self.named, &mut bare.wrong, self.file);
        let user = platform::bare(entity, &mut into);
        match user {
            Some(user) => {
                note_spelling(entity, &mut bare.wrong);
                bare.users.push((user, end));
                bare.unknown.push(unknown(start, end));
            }
            None => self.unknown(start, end),
        }
        self.bare = Some(bare);
    }

    pub(crate) fn unknown(&mut self, at: u32, end: u32) {
        self.troubles.push(unknown(at, end));
    }
}

/// Tells of keys of an entity that nobody reads, and that differ from one that is read by their spelling alone.
pub(crate) fn note_spelling(entity: Node<'_, '_>, troubles: &mut Troubles) {
    for (key, _) in entity.fields() {
        let meant = spelling::meant(&key.text);
        if let Some((name, _)) = meant.filter(|(name, _)| entity.get(name).is_none()) {
            troubles.push(misspelt(&key.text, name, key.start, key.end));
        }
    }
}
