//! The walk over one file: lone entities, arrays, envelopes, bundles, JSON lines.

use crate::cx::hcl::{self, Transcript};
use crate::cx::{self, CxAsCode, Lain};
use crate::dialect::{DIALECTS, Dialect, Shape};
use crate::limit::{Named, Troubles};
use crate::listing::{Listing, Mark, Page};
use crate::locate::Layout;
use crate::lower::{Lower, Told};
use crate::top::{Top, holds_lists, is_page_key, top};
use crate::trouble::{UNKNOWN_SHAPE, ambiguous, ended, failed, hollow, is_cut_off, misspelt, mistyped, unread};
use crate::{Trouble, hint, spelling};
use rolecall_model::{Kind, Tenant};
use rolecall_source::{Fault, Kind as Json, Landmarks, Scanner, SourceFile, Tape};

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
    if !hcl::is_hcl(source) {
        return read_json(source.path(), source.text(), file, tenant);
    }
    match Transcript::of(source.text()) {
        Ok(transcript) => {
            let mut document = read_json(source.path(), &transcript.json, file, tenant);
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

fn read_json(path: &str, text: &str, file: u32, tenant: &mut Tenant) -> Document {
    let mut document = Document::default();
    let before = Kind::ALL.map(|kind| tenant.count(kind));
    let may_hold_lines =
        path == "-" || [".jsonl", ".ndjson"].iter().any(|end| path.to_ascii_lowercase().ends_with(end));
    let mut troubles = Troubles::default();
    let mut walk = Walk {
        text,
        scanner: Scanner::new(text),
        tape: Tape::default(),
        dialect: None,
        hint: hint::kind_of(path),
        file,
        tenant,
        named: Named::default(),
        troubles: &mut troubles,
        listings: &mut document.listings,
        values: 0,
        landmarks: &mut document.layout.landmarks,
        told: None,
        empty: None,
        is_inside: false,
        is_plain: false,
    };
    let mut lines = Landmarks::of_values();
    let outcome = loop {
        walk.values += 1;
        if may_hold_lines {
            walk.scanner.at_end();
            lines.pass(walk.scanner.offset());
        }
        match walk.value() {
            Ok(()) if may_hold_lines && !walk.scanner.at_end() => {}
            Ok(()) => break walk.scanner.finish(),
            Err(fault) => break Err(fault),
        }
    };
    let values = walk.values;
    lines.close(walk.scanner.offset());
    if values > 1 && walk.landmarks.is_empty() {
        walk.landmarks.push(lines);
    }
    let (repeated, beyond) = (walk.scanner.take_faults(), walk.scanner.faults_beyond());
    document.dialect = walk.dialect;
    let stated = Kind::ALL.into_iter().zip(before).map(|(kind, before)| (kind, tenant.count(kind) - before));
    document.entities = stated.filter(|(_, count)| *count > 0).collect();
    document.layout.lines = values > 1;
    // Where the reading ended comes before all else, since nothing after it was read.
    let ended = outcome.err().map(|fault| ended(fault, text));
    let mut all = Troubles::default();
    ended.into_iter().chain(repeated.into_iter().map(Trouble::from)).for_each(|trouble| all.push(trouble));
    all.add_beyond(beyond);
    all.append(troubles);
    (document.troubles, document.notes) = all.finish(text.len().try_into().unwrap_or(u32::MAX));
    document
}

struct Walk<'w, 'a> {
    text: &'a str,
    scanner: Scanner<'a>,
    tape: Tape<'a>,
    dialect: Option<&'static dyn Dialect>,
    hint: Option<Kind>,
    file: u32,
    tenant: &'w mut Tenant,
    named: Named,
    troubles: &'w mut Troubles,
    listings: &'w mut Vec<Listing>,
    /// How many values at the top were begun.
    values: usize,
    landmarks: &'w mut Vec<Landmarks>,
    /// What the entity before in the same list was found to be.
    told: Option<Told>,
    /// Where an empty list of no kind stands that was read last.
    empty: Option<(u32, u32)>,
    /// Whether what is read lies in an element of a list, and not in a list or value at the top itself.
    is_inside: bool,
    /// Whether the value before at the top was an entity whose keys, whatever their values, are no list of entities.
    is_plain: bool,
}

impl Walk<'_, '_> {
    fn value(&mut self) -> Result<(), Fault> {
        let next = self.scanner.peek()?;
        if std::mem::take(&mut self.is_plain) && next == Json::Object {
            let spot = self.scanner.spot();
            self.scanner.read_tape(&mut self.tape)?;
            if self.tape.is_alike() {
                self.is_plain = true;
                self.read_entity(None);
                return Ok(());
            }
            self.scanner.rewind(spot);
        }
        match next {
            Json::Array => self.elements(None, None).map(|_| self.settle_empty(false)),
            Json::Object => self.object(),
            _ => {
                let range = self.scanner.skip_value()?;
                self.unknown(range.start, range.end);
                Ok(())
            }
        }
    }

    fn object(&mut self) -> Result<(), Fault> {
        match top(self.text, self.scanner.offset())? {
            Top::Envelope => self.envelope(),
            Top::Bundle(dialect) => {
                self.fields(|key| dialect.bundle_key(key).map(|(kind, _)| Some(kind)))?;
                // A bundle of empty lists is still one.
                self.dialect = self.dialect.or(Some(dialect));
                Ok(())
            }
            Top::Terraform(form) if !self.is_inside => self.terraform(form),
            // Terraform writes none into a list.
            Top::Terraform(_) => {
                let range = self.scanner.skip_value()?;
                self.unknown(range.start, range.end);
                Ok(())
            }
            Top::Lone { is_plain } => {
                (self.told, self.is_plain) = (None, is_plain);
                self.scanner.read_tape(&mut self.tape)?;
                self.read_entity(None);
                Ok(())
            }
        }
    }

    fn terraform(&mut self, form: cx::File) -> Result<(), Fault> {
        let start = self.scanner.offset();
        let mut into = Lower::new(self.tenant, &mut self.named, self.troubles, self.file);
        let lain = Lain { top: self.values - 1, landmarks: self.landmarks };
        let is_own = match form {
            cx::File::Configuration => cx::configuration(&mut self.scanner, &mut self.tape, &mut into, lain)?,
            cx::File::State => cx::state(&mut self.scanner, &mut self.tape, &mut into, lain)?,
        };
        if is_own {
            self.dialect = self.dialect.or(Some(&CxAsCode));
        } else {
            self.unknown(start, start + 1);
        }
        Ok(())
    }

    /// One page of a listing. What it lists may follow from its address, which may come last.
    fn envelope(&mut self) -> Result<(), Fault> {
        let start = self.scanner.offset();
        let mark = Mark::of(self.tenant);
        let mut page = Page::default();
        self.scanner.begin_object()?;
        while let Some(key) = self.scanner.object_next()? {
            let is_list = is_page_key(&key.text) && self.scanner.peek()? == Json::Array;
            if is_list {
                page.count += self.elements(None, Some(&key.text))?;
                continue;
            }
            self.scanner.read_tape(&mut self.tape)?;
            let value = self.tape.root();
            match is_page_key(&key.text) {
                true if value.is_null() => self.empty = Some((value.start(), value.end())),
                true => self.troubles.push(mistyped(&key.text, "a list", value)),
                false => {
                    let meant =
                        spelling::meant(&key.text).map(|(name, _)| misspelt(&key.text, name, key.start, key.end));
                    meant.into_iter().for_each(|trouble| self.troubles.push(trouble));
                }
            }
            page.note(&key.text, value, self.troubles);
        }
        self.settle_empty(page.is_of_platform());
        page.settle(mark, self.tenant, self.troubles, (start, self.scanner.offset()));
        self.listings.push(page.listing(self.file, start));
        Ok(())
    }

    /// Reads the lists of an object that `kind_of` knows and skips the rest.
    fn fields(&mut self, kind_of: impl Fn(&str) -> Option<Option<Kind>>) -> Result<(), Fault> {
        self.scanner.begin_object()?;
        while let Some(key) = self.scanner.object_next()? {
            match kind_of(&key.text) {
                Some(kind) if self.scanner.peek()? == Json::Array => {
                    self.elements(kind, Some(&key.text))?;
                }
                Some(_) if self.scanner.peek()? != Json::Null => {
                    self.scanner.read_tape(&mut self.tape)?;
                    self.troubles.push(mistyped(&key.text, "a list", self.tape.root()));
                }
                known => {
                    let is_list = self.scanner.peek()? == Json::Array;
                    self.scanner.skip_value()?;
                    match spelling::meant(&key.text).filter(|(name, _)| is_list && kind_of(name).is_some()) {
                        Some((name, _)) => self.troubles.push(misspelt(&key.text, name, key.start, key.end)),
                        None if is_list && known.is_none() => self.troubles.push(unread(&key)),
                        None => {}
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads the entities of a list, which is a value at the top or its field `key`, and counts them.
    fn elements(&mut self, kind: Option<Kind>, key: Option<&str>) -> Result<u64, Fault> {
        self.scanner.begin_array()?;
        let start = self.scanner.offset();
        self.told = None;
        let mut landmarks = Landmarks::new(self.values - 1, key);
        let mut count = 0;
        while self.scanner.array_next()? {
            count += 1;
            landmarks.pass(self.element(kind)?);
        }
        landmarks.close(self.scanner.offset());
        if landmarks.are_useful() && !self.is_inside {
            self.landmarks.push(landmarks);
        }
        if count == 0 && kind.is_none() {
            self.empty = Some((start.saturating_sub(1), self.scanner.offset()));
        }
        Ok(count)
    }

    /// An empty list of a known kind, or from the platform, says that there are none; any other says nothing.
    fn settle_empty(&mut self, is_of_platform: bool) {
        let empty = self.empty.take().filter(|_| self.dialect.is_none());
        match (empty, DIALECTS.first()) {
            (Some(_), Some(dialect)) if is_of_platform || self.hint.is_some() => self.dialect = Some(*dialect),
            (Some((start, end)), _) => self.unknown(start, end),
            _ => {}
        }
    }

    /// One element of a list, of a kind that the list around it tells, or to be told by its fields; gives where it
    /// starts. It is an entity, or, where lists, pages or bundles were put into a list as they came, one of these.
    fn element(&mut self, kind: Option<Kind>) -> Result<u32, Fault> {
        let spot = self.scanner.spot();
        self.scanner.read_tape(&mut self.tape)?;
        let start = self.tape.root().start();
        let is_known = self.told.is_some() && self.tape.is_alike();
        let is_list = self.tape.root().kind() == Json::Array;
        if is_known || self.is_inside || !(is_list || holds_lists(&self.tape)) {
            self.read_entity(kind);
            return Ok(start);
        }
        self.scanner.rewind(spot);
        self.scanner.peek()?;
        self.is_inside = true;
        if is_list {
            self.elements(kind, None)?;
        } else {
            self.object()?;
        }
        (self.is_inside, self.is_plain, self.told) = (false, false, None);
        Ok(start)
    }

    /// Reads the entity on the tape.
    fn read_entity(&mut self, kind: Option<Kind>) {
        let entity = self.tape.root();
        let (start, end) = (entity.start(), entity.end());
        if entity.kind() != Json::Object {
            match entity.plain().is_some_and(is_cut_off) {
                true => self.troubles.push(mistyped("entities", "a list of objects", entity)),
                false => self.unknown(start, end),
            }
            return;
        }
        let alike = self.told.take().filter(|_| self.tape.is_alike());
        let is_alike = alike.is_some();
        let mut unclear = None;
        let mut into = Lower::new(self.tenant, &mut self.named, self.troubles, self.file);
        into.alike = alike;
        for dialect in DIALECTS {
            match dialect.read(entity, kind, self.hint, &mut into) {
                Shape::Known => {
                    self.told = into.told;
                    self.dialect = self.dialect.or(Some(*dialect));
                    if !is_alike {
                        self.note_spelling();
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
            self.note_spelling();
            self.troubles.push(ambiguous(&kinds, start, end));
            return;
        }
        if let Some((key, name)) = spelling::foreign(entity).first() {
            self.troubles.push(misspelt(&key.text, name, key.start, key.end));
        }
        self.unknown(start, end);
    }

    /// Tells of keys of the entity on the tape that nobody reads, and that differ from one that is read by their
    /// spelling alone.
    fn note_spelling(&mut self) {
        let entity = self.tape.root();
        for (key, _) in entity.fields() {
            let meant = spelling::meant(&key.text);
            if let Some((name, _)) = meant.filter(|(name, _)| entity.get(name).is_none()) {
                self.troubles.push(misspelt(&key.text, name, key.start, key.end));
            }
        }
    }

    fn unknown(&mut self, at: u32, end: u32) {
        self.troubles.push(Trouble {
            kind: UNKNOWN_SHAPE,
            message: "this is no export that rolecall knows".to_owned(),
            help: "give an entity, a list of entities, a page of a listing, or a bundle of lists by kind",
            at,
            end,
            related: None,
        });
    }
}
