//! One value of a raw file, by pointer and by bytes, with the containers around it.

use crate::RawFile;
use crate::hcl;
use crate::lines::Lines;
use crate::names::{self, Names};
use crate::report::{Location, Point};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::rc::Rc;

/// The bytes that a file of UTF-8 may begin with.
const BOM: &str = "\u{feff}";

/// A container whose text is longer is kept apart, so that thousands of citations from one list read it once.
const KEPT: usize = 4096;

/// A cited value.
pub(crate) struct Cited {
    pub(crate) value: Value,
    /// The fields of the objects around it that are no containers, from the outermost in.
    pub(crate) around: Vec<Rc<BTreeMap<String, Value>>>,
    /// The whole object that it is a field of, where that is nothing by itself and only joins others.
    pub(crate) joined: Option<Rc<Value>>,
    /// The keys that lead to it.
    pub(crate) keys: Vec<String>,
}

/// A raw file.
pub(crate) struct Raw<'f> {
    file: &'f RawFile,
    text: Option<&'f str>,
    lead: usize,
    values: OnceCell<Vec<&'f RawValue>>,
    containers: RefCell<HashMap<usize, Rc<Container<'f>>>>,
    hash: OnceCell<String>,
    lines: OnceCell<Lines>,
    /// The blocks of HCL.
    blocks: OnceCell<Vec<hcl::Block>>,
}

/// What a value holds, each part still as text.
enum Container<'f> {
    List(Vec<&'f RawValue>),
    Object(HashMap<Cow<'f, str>, &'f RawValue>, OnceCell<Rc<BTreeMap<String, Value>>>),
    Plain,
}

impl<'f> Raw<'f> {
    pub(crate) fn new(file: &'f RawFile) -> Self {
        let text = std::str::from_utf8(file.redacted.as_ref().unwrap_or(&file.bytes)).ok();
        let lead = text.filter(|text| text.starts_with(BOM)).map_or(0, |_| BOM.len());
        let text = text.and_then(|text| text.get(lead..));
        let (values, containers, hash, lines, blocks) = Default::default();
        Self { file, text, lead, values, containers, hash, lines, blocks }
    }

    /// The SHA-256 of the bytes on disk, in hexadecimal digits.
    pub(crate) fn sha256(&self) -> &str {
        self.hash.get_or_init(|| {
            Sha256::digest(&self.file.bytes).iter().fold(String::new(), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
        })
    }

    /// The value of a citation; why there is none, otherwise.
    pub(crate) fn cited(&self, location: &Location) -> Result<Cited, String> {
        let text = self.text.ok_or("the file is not UTF-8")?;
        let span =
            || Some((location.start.offset.checked_sub(self.lead)?, location.end.offset.checked_sub(self.lead)?));
        let (start, end) = span().ok_or("the place lies before the text")?;
        if !self.is_counted(text, start, location.start) || !self.is_counted(text, end, location.end) {
            return Err("these bytes are at another line or column".to_owned());
        }
        if self.is_hcl() {
            return hcl::cited(text, self.blocks(text), &location.pointer, start, end);
        }
        let keys: Vec<String> =
            location.pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
        // A file of one line may have been read as one value or as a list of lines.
        let found = self
            .values()
            .iter()
            .take(1)
            .find_map(|root| self.walk(root, &keys).filter(|path| self.is_at(path, start, end)));
        let as_lines = || {
            let (first, rest) = keys.split_first()?;
            let root = self.values().get(first.parse::<usize>().ok()?)?;
            self.walk(root, rest).filter(|path| self.is_at(path, start, end))
        };
        let path = found.or_else(as_lines).ok_or("no value stands at this pointer and these bytes")?;
        let (own, containers) = path.split_last().ok_or("no value stands at this pointer")?;
        let value = serde_json::from_str(own.get()).map_err(|error| error.to_string())?;
        let around = containers.iter().filter_map(|container| self.plain_fields(container)).collect();
        let holder =
            containers.last().filter(|holder| self.plain_fields(holder).is_some_and(|plain| is_joining(&plain)));
        let joined = holder.and_then(|holder| serde_json::from_str(holder.get()).ok()).map(Rc::new);
        Ok(Cited { value, around, joined, keys })
    }

    /// Whether a byte of the text is at the line and the column of a point.
    fn is_counted(&self, text: &str, at: usize, point: Point) -> bool {
        self.lines.get_or_init(|| Lines::of(text)).position(text, at) == (point.line, point.column)
    }

    /// Takes up what the wanted ids are named here.
    pub(crate) fn name(&self, names: &mut Names, wanted: &HashSet<&str>) {
        let text = self.text.unwrap_or_default();
        if self.is_hcl() {
            for block in self.blocks(text) {
                let Some([kind, label]) = block.address() else { continue };
                names.add_block(wanted, &format!("{kind}.{label}"), block.is_data(), block.plain(text));
            }
        } else {
            names.add_text(wanted, text);
        }
    }

    fn blocks(&self, text: &str) -> &[hcl::Block] {
        self.blocks.get_or_init(|| hcl::blocks(text))
    }

    fn is_hcl(&self) -> bool {
        self.file.path.to_ascii_lowercase().ends_with(".tf")
    }

    /// Every entity-like value of the file: what its outer lists hold.
    fn values(&self) -> &[&'f RawValue] {
        self.values.get_or_init(|| {
            let text = self.text.filter(|_| !self.is_hcl()).unwrap_or_default();
            serde_json::Deserializer::from_str(text).into_iter::<&RawValue>().map_while(Result::ok).collect()
        })
    }

    /// The values from a root to what the keys lead to.
    fn walk(&self, root: &'f RawValue, keys: &[String]) -> Option<Vec<&'f RawValue>> {
        let mut path = vec![root];
        for key in keys {
            let here = self.container(path.last()?);
            path.push(match &*here {
                Container::List(list) => list.get(key.parse::<usize>().ok()?)?,
                Container::Object(fields, _) => fields.get(key.as_str())?,
                Container::Plain => return None,
            });
        }
        Some(path)
    }

    fn container(&self, value: &'f RawValue) -> Rc<Container<'f>> {
        let at = value.get().as_ptr() as usize;
        if let Some(known) = self.containers.borrow().get(&at) {
            return Rc::clone(known);
        }
        let text = value.get();
        let read = match text.as_bytes().first() {
            Some(b'[') => serde_json::from_str(text).map(Container::List),
            Some(b'{') => serde_json::from_str(text).map(|fields| Container::Object(fields, OnceCell::new())),
            _ => Ok(Container::Plain),
        };
        let container = Rc::new(read.unwrap_or(Container::Plain));
        if text.len() > KEPT {
            self.containers.borrow_mut().insert(at, Rc::clone(&container));
        }
        container
    }

    fn plain_fields(&self, value: &'f RawValue) -> Option<Rc<BTreeMap<String, Value>>> {
        match &*self.container(value) {
            Container::Object(fields, plain) => Some(Rc::clone(plain.get_or_init(|| Rc::new(plain_of(fields))))),
            _ => None,
        }
    }

    /// Whether what was walked to is what stands at these bytes.
    fn is_at(&self, path: &[&RawValue], start: usize, end: usize) -> bool {
        let own = self.text.zip(path.last()).map(|(text, value)| {
            let at = (value.get().as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
            (at, at + value.get().len())
        });
        own == Some((start, end))
    }
}

/// The fields that are no containers.
fn plain_of(fields: &HashMap<Cow<'_, str>, &RawValue>) -> BTreeMap<String, Value> {
    let is_plain = |value: &&RawValue| !value.get().starts_with(['{', '[']);
    let plain = fields.iter().filter(|(_, value)| is_plain(value));
    let mut plain: BTreeMap<String, Value> =
        plain.filter_map(|(key, value)| Some((key.to_string(), serde_json::from_str(value.get()).ok()?))).collect();
    // A name may be an object of its parts.
    let parts = fields.get("name").filter(|_| !plain.contains_key("name"));
    let parts: Option<Value> = parts.and_then(|parts| serde_json::from_str(parts.get()).ok());
    if let Some(name) = parts.and_then(|parts| names::joined(|key| Some(parts.get(key)?.as_str()?.to_owned()))) {
        plain.insert("name".to_owned(), Value::String(name));
    }
    plain
}

/// Whether an object with these plain fields is no entity, but says of some what joins them.
pub(crate) fn is_joining(plain: &BTreeMap<String, Value>) -> bool {
    !["id", "name", "email"].iter().any(|key| plain.contains_key(*key))
}
