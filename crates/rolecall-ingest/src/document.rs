//! The walk over one file: lone entities, arrays, envelopes, bundles, JSON lines.

use crate::bare::Bare;
use crate::completeness::Listing;
use crate::cx::hcl::{self, Transcript};
use crate::cx::{self, CxAsCode, Lain};
use crate::dialect::{DIALECTS, Dialect};
use crate::intake::Intake;
use crate::limit::{Named, Troubles};
use crate::listing::{Mark, Page, forget, open};
use crate::locate::Layout;
use crate::lower::Told;
use crate::own::Own;
use crate::top::{Look, Top, holds_lists, is_page_key, is_wrapping, top};
use crate::trouble::{doubtful, ended, misspelt, mistyped, unread};
use crate::{Trouble, hint, spelling};
use rolecall_model::{Kind, Tenant};
use rolecall_source::{Fault, Feed, Kind as Json, Landmarks, SourceFile};

/// What one file yields.
#[derive(Default)]
pub struct Document {
    /// The dialect, or `None` where nothing in it was an entity of any.
    pub dialect: Option<&'static dyn Dialect>,
    /// The pages of listings in it.
    pub listings: Vec<Listing>,
    /// How many entities of each kind it states, less the kinds of which there are none.
    pub entities: Vec<(Kind, u32)>,
    /// What was wrong with it, in order of place.
    pub troubles: Vec<Trouble>,
    /// How its places are found again.
    pub layout: Layout,
    /// What is not wrong, but was not evaluated either, in order of place.
    pub notes: Vec<Trouble>,
}

/// Reads a file and adds its entities to a tenant; their references are not followed yet. `file` is the number
/// that its origins carry.
///
/// Origins are bytes of the text that was read: of the file, or of the JSON that a file of
/// HCL stands for. [`crate::locate`] knows which. Places of troubles are bytes of the file.
pub fn read(source: &SourceFile, file: u32, tenant: &mut Tenant) -> Document {
    if !is_read_whole(source.path()) {
        return read_feed(source.path(), &mut Feed::whole(source.text()), file, tenant);
    }
    match Transcript::of(source.text()) {
        Ok(transcript) => {
            let mut document = read_feed(source.path(), &mut Feed::whole(&transcript.json), file, tenant);
            for trouble in document.troubles.iter_mut().chain(&mut document.notes) {
                let range = transcript.source(trouble.at);
                (trouble.at, trouble.end, trouble.related) = (range.start, range.end, None);
            }
            document.layout.transcript = Some(transcript);
            document
        }
        Err(broken) => {
            let mut document = Document::default();
            document.troubles.push(Trouble {
                kind: "syntax",
                message: format!("this is no HCL: {}", broken.message),
                help: "export the file again, or mend it here; `terraform validate` says the same",
                at: broken.at,
                end: broken.at,
                related: None,
            });
            document
        }
    }
}

/// Whether a file of that name is no JSON, and is read at once.
#[must_use]
pub fn is_read_whole(path: &str) -> bool {
    hcl::is_hcl(path)
}

/// The same of a file of JSON that is fetched as it is read. `path` is what reports show.
pub fn read_feed(path: &str, feed: &mut Feed<'_>, file: u32, tenant: &mut Tenant) -> Document {
    let mut document = Document::default();
    let before = Kind::ALL.map(|kind| tenant.count(kind));
    let first = Mark::of(tenant);
    let may_hold_lines =
        path == "-" || [".jsonl", ".ndjson"].iter().any(|end| path.to_ascii_lowercase().ends_with(end));
    let mut troubles = Troubles::default();
    let intake = Intake {
        dialect: None,
        hint: hint::kind_of(path),
        lists_members: hint::lists_members(path),
        open: None,
        file,
        tenant,
        named: Named::default(),
        troubles: &mut troubles,
        told: None,
        bare: None,
    };
    let mut walk = Walk {
        feed,
        intake,
        listings: &mut document.listings,
        values: 0,
        landmarks: &mut document.layout.landmarks,
        empty: None,
        is_inside: false,
        is_plain: false,
    };
    let mut lines = Landmarks::of_values();
    let outcome = loop {
        walk.values += 1;
        if may_hold_lines {
            walk.feed.at_end();
            lines.pass(walk.feed.offset());
        }
        match walk.value() {
            Ok(()) if may_hold_lines && !walk.feed.at_end() => {}
            Ok(()) => break walk.feed.finish(),
            Err(fault) => break Err(fault),
        }
    };
    if let Some((at, end)) = walk.intake.open {
        let intake = &mut walk.intake;
        intake.troubles.push(open("members or grants are listed, and nothing says of what", at, end));
        forget(first, intake.tenant);
    }
    let values = walk.values;
    lines.close(walk.feed.offset());
    if values > 1 && walk.landmarks.is_empty() {
        walk.landmarks.push(lines);
    }
    document.dialect = walk.intake.dialect;
    let (repeated, beyond) = (feed.take_faults(), feed.faults_beyond());
    let stated = Kind::ALL.into_iter().zip(before).map(|(kind, before)| (kind, tenant.count(kind) - before));
    document.entities = stated.filter(|(_, count)| *count > 0).collect();
    document.layout.lines = values > 1;
    // Where the reading ended comes before all else, since nothing after it was read.
    let ended = outcome.err().map(|fault| {
        let (is_first, rest) = (feed.is_first(fault.at), feed.rest(fault.at));
        ended(fault, is_first, rest)
    });
    let broken = feed.drain().map(Trouble::from);
    let broken = broken.filter(|broken| ended.as_ref().is_none_or(|ended| ended.kind != broken.kind));
    let mut all = Troubles::default();
    ended
        .into_iter()
        .chain(broken)
        .chain(repeated.into_iter().map(Trouble::from))
        .for_each(|trouble| all.push(trouble));
    all.add_beyond(beyond);
    all.append(troubles);
    (document.troubles, document.notes) = all.finish(feed.end());
    document
}

struct Walk<'w, 'r> {
    feed: &'w mut Feed<'r>,
    intake: Intake<'w>,
    listings: &'w mut Vec<Listing>,
    /// How many values at the top were begun.
    values: usize,
    landmarks: &'w mut Vec<Landmarks>,
    /// Where an empty list of no kind stands that was read last.
    empty: Option<(u32, u32)>,
    /// Whether what is read lies in an element of a list, and not in a list or value at the top itself.
    is_inside: bool,
    /// Whether the value before at the top was an entity whose keys, whatever their values, are no list of entities.
    is_plain: bool,
}

impl Walk<'_, '_> {
    fn value(&mut self) -> Result<(), Fault> {
        let next = self.feed.peek()?;
        if std::mem::take(&mut self.is_plain) && next == Json::Object {
            let spot = self.feed.spot();
            let intake = &mut self.intake;
            let was_read = self.feed.read(|tape| {
                if tape.is_alike() {
                    intake.read_entity(tape, None);
                }
                tape.is_alike()
            })?;
            if was_read {
                self.is_plain = true;
                return Ok(());
            }
            self.feed.rewind(spot);
        }
        match next {
            Json::Array => self.elements(None, None).map(|_| self.settle_empty(false)),
            Json::Object => self.object(),
            _ => {
                let range = self.feed.skip_value()?;
                self.intake.unknown(range.start, range.end);
                Ok(())
            }
        }
    }

    fn object(&mut self) -> Result<(), Fault> {
        let hint = self.intake.hint;
        let mut ahead = |look| self.feed.ahead(|text, base, at| top(text, base, at, hint, look));
        match ahead(Look::Far).or_else(|_| ahead(Look::Near))? {
            Top::Envelope => self.envelope(),
            Top::Bundle(dialect) => {
                self.fields(dialect)?;
                // A bundle of empty lists is still one.
                self.intake.dialect = self.intake.dialect.or(Some(dialect));
                Ok(())
            }
            Top::Terraform(form) if !self.is_inside => self.terraform(form),
            // Terraform writes none into a list.
            Top::Terraform(_) => {
                let range = self.feed.skip_value()?;
                self.intake.unknown(range.start, range.end);
                Ok(())
            }
            Top::Lone { is_plain } => {
                (self.intake.told, self.is_plain) = (None, is_plain);
                let intake = &mut self.intake;
                self.feed.read(|tape| intake.read_entity(tape, None))
            }
        }
    }

    fn terraform(&mut self, form: cx::File) -> Result<(), Fault> {
        let start = self.feed.offset();
        let mut into = self.intake.lower();
        let lain = Lain { top: self.values - 1, landmarks: self.landmarks };
        let is_own = match form {
            cx::File::Configuration => cx::configuration(self.feed, &mut into, lain)?,
            cx::File::State => cx::state(self.feed, &mut into, lain)?,
        };
        if is_own {
            self.intake.dialect = self.intake.dialect.or(Some(&CxAsCode));
        } else {
            self.intake.unknown(start, start + 1);
        }
        Ok(())
    }

    /// One page of a listing. What it lists may follow from its address, which may come last.
    fn envelope(&mut self) -> Result<(), Fault> {
        let start = self.feed.offset();
        let mark = Mark::of(self.intake.tenant);
        let mut page = Page::default();
        // Of what is in the page its address decides, and not the file's name.
        let before = (self.intake.open.take(), std::mem::take(&mut self.intake.lists_members));
        let around = self.intake.bare.replace(Bare { before: self.intake.dialect, ..Bare::default() });
        self.feed.begin_object()?;
        while let Some(key) = self.feed.object_next()? {
            let is_list = (is_page_key(&key.text) || is_wrapping(&key.text)) && self.feed.peek()? == Json::Array;
            if is_list {
                page.count += self.elements(None, Some(&key.text))?;
                continue;
            }
            let (troubles, empty) = (&mut *self.intake.troubles, &mut self.empty);
            self.feed.read(|tape| {
                let value = tape.root();
                match is_page_key(&key.text) {
                    true if value.is_null() => *empty = Some((value.start(), value.end())),
                    true => troubles.push(mistyped(&key.text, "a list", value)),
                    false => {
                        let meant =
                            spelling::meant(&key.text).map(|(name, _)| misspelt(&key.text, name, key.start, key.end));
                        meant.into_iter().for_each(|trouble| troubles.push(trouble));
                    }
                }
                page.note(&key.text, value, troubles);
            })?;
        }
        self.settle_empty(page.is_of_platform());
        let intake = &mut self.intake;
        let range = (start, self.feed.offset());
        let bare = std::mem::replace(&mut intake.bare, around).unwrap_or_default();
        let are_members =
            before.1 && page.is_unaddressed() && (!bare.users.is_empty() || mark.has_more_users(intake.tenant));
        if !are_members {
            bare.settle(&page.path, mark, intake, range);
        }
        let are_open = intake.open.is_some() || are_members;
        page.settle(mark, are_open, intake.tenant, intake.troubles, range);
        (intake.open, intake.lists_members) = before;
        self.listings.push(page.listing(mark, intake.tenant, intake.file, start));
        Ok(())
    }

    /// Reads the lists of a bundle that a dialect knows and skips the rest.
    fn fields(&mut self, dialect: &dyn Dialect) -> Result<(), Fault> {
        let kind_of = |key: &str| dialect.bundle_key(key).map(|(kind, _)| kind);
        let mut own = Own::default();
        self.feed.begin_object()?;
        while let Some(key) = self.feed.object_next()? {
            own.note(&key);
            match kind_of(&key.text) {
                Some(kind) if self.feed.peek()? == Json::Array => {
                    own.note_list(kind);
                    self.elements(Some(kind), Some(&key.text))?;
                }
                Some(_) if self.feed.peek()? != Json::Null => {
                    let troubles = &mut *self.intake.troubles;
                    self.feed.read(|tape| troubles.push(mistyped(&key.text, "a list", tape.root())))?;
                }
                known => {
                    let is_list = self.feed.peek()? == Json::Array;
                    self.feed.skip_value()?;
                    match spelling::meant(&key.text).filter(|(name, _)| is_list && kind_of(name).is_some()) {
                        Some((name, _)) => self.intake.troubles.push(misspelt(&key.text, name, key.start, key.end)),
                        None if is_list && known.is_none() => self.intake.troubles.push(unread(&key)),
                        None => {}
                    }
                }
            }
        }
        own.doubt(self.intake.hint).into_iter().for_each(|seen| self.intake.troubles.push(doubtful(seen)));
        Ok(())
    }

    /// Reads the entities of a list, which is a value at the top or its field `key`, and counts them.
    fn elements(&mut self, kind: Option<Kind>, key: Option<&str>) -> Result<u64, Fault> {
        self.feed.begin_array()?;
        let start = self.feed.offset();
        self.intake.told = None;
        let mut landmarks = Landmarks::new(self.values - 1, key);
        let mut count = 0;
        while self.feed.array_next()? {
            count += 1;
            landmarks.pass(self.element(kind)?);
        }
        landmarks.close(self.feed.offset());
        if landmarks.are_useful() && !self.is_inside {
            self.landmarks.push(landmarks);
        }
        if count == 0 && kind.is_none() {
            self.empty = Some((start.saturating_sub(1), self.feed.offset()));
        }
        Ok(count)
    }

    /// An empty list of a known kind, or from the platform, says that there are none; any other says nothing.
    fn settle_empty(&mut self, is_of_platform: bool) {
        let empty = self.empty.take().filter(|_| self.intake.dialect.is_none());
        match (empty, DIALECTS.first()) {
            (Some(_), Some(dialect)) if is_of_platform || self.intake.hint.is_some() => {
                self.intake.dialect = Some(*dialect);
            }
            (Some((start, end)), _) => self.intake.unknown(start, end),
            _ => {}
        }
    }

    /// One element of a list, of a kind that the list around it tells, or to be told by its fields; gives where it
    /// starts. It is an entity, or, where lists, pages or bundles were put into a list as they came, one of these.
    fn element(&mut self, kind: Option<Kind>) -> Result<u32, Fault> {
        let spot = self.feed.spot();
        let (intake, is_inside) = (&mut self.intake, self.is_inside);
        let (start, nested) = self.feed.read(|tape| {
            let whole = tape.root();
            let is_known = tape.is_alike() && intake.told.as_ref().is_some_and(Told::is_known);
            let is_list = whole.kind() == Json::Array;
            let is_nested = !(is_known || is_inside) && (is_list || holds_lists(tape, kind, intake.hint));
            if !is_nested {
                intake.read_entity(tape, kind);
            }
            (whole.start(), is_nested.then_some(is_list))
        })?;
        let Some(is_list) = nested else { return Ok(start) };
        self.feed.rewind(spot);
        self.feed.peek()?;
        self.is_inside = true;
        if is_list {
            self.elements(kind, None)?;
        } else {
            self.object()?;
        }
        (self.is_inside, self.is_plain, self.intake.told) = (false, false, None);
        Ok(start)
    }
}
