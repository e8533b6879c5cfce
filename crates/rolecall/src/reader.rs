//! From a file to what it says: small files are kept as they are, large ones are read piece by piece.

use crate::inputs::{self, Input};
use crate::lost;
use rolecall_ingest::{Document, Trouble};
use rolecall_model::Tenant;
use rolecall_report::Problem;
use rolecall_source::{Fault, Feed, MAX_BYTES, Passed, SourceFile, Stamp};
use std::fs::File;
use std::io::{self, Read as _};

/// How many bytes one file may have, and all that one thread reads, to be kept: what is kept need not be read again for
/// places and excerpts, and takes memory that is new to the process.
const KEPT: u64 = 1 << 20;
const KEPT_IN_ALL: u64 = 16 << 20;

/// What came of one file.
pub(crate) struct Read {
    pub(crate) source: SourceFile,
    pub(crate) document: Document,
    pub(crate) problem: Option<Problem>,
}

/// Reads one file after the other.
#[derive(Default)]
pub(crate) struct Reader {
    /// How many bytes were kept.
    kept: u64,
}

impl Reader {
    /// Reads a file and adds what it says to a tenant. `number` is that of the file in the run.
    pub(crate) fn read(&mut self, input: &Input, number: u32, tenant: &mut Tenant) -> Read {
        if let Some((file, stamp)) = self.in_pieces(input) {
            return read_in_pieces(input, file, stamp, number, tenant);
        }
        let source = match bytes_of(input) {
            Ok(bytes) => bytes.and_then(|bytes| SourceFile::from_bytes(input.name.clone(), bytes)),
            Err(error) => return nothing(input, inputs::problem("unreadable", &input.name, &error.to_string())),
        };
        match source {
            Ok(source) => {
                self.kept += u64::from(source.len());
                let document = rolecall_ingest::read(&source, number, tenant);
                Read { source, document, problem: None }
            }
            // There is no text to show a place in; the message says where.
            Err(fault) => {
                let trouble = Trouble::from(fault);
                let mut problem = inputs::problem(trouble.kind, &input.name, &trouble.message);
                trouble.help.clone_into(&mut problem.help);
                nothing(input, problem)
            }
        }
    }

    /// The file, where it is a large one of JSON that can be read again, and what the file system says of it.
    fn in_pieces(&self, input: &Input) -> Option<(File, Stamp)> {
        let is_large = input.length > KEPT || self.kept + input.length > KEPT_IN_ALL;
        if input.bytes.is_some() || input.name == "-" || !is_large || rolecall_ingest::is_read_whole(&input.name) {
            return None;
        }
        let file = File::open(&input.path).ok()?;
        let said = file.metadata().ok().filter(|said| said.is_file() && (1..=MAX_BYTES).contains(&said.len()))?;
        Some((file, Stamp::of(&said)))
    }
}

fn nothing(input: &Input, problem: Problem) -> Read {
    let source = SourceFile::from_text(input.name.clone(), String::new());
    Read { source, document: Document::default(), problem: Some(problem) }
}

/// Reads a file of JSON of which no more is at hand than is being read.
fn read_in_pieces(input: &Input, file: File, stamp: Stamp, number: u32, tenant: &mut Tenant) -> Read {
    let mut feed = Feed::fetched(&file);
    let document = rolecall_ingest::read_feed(&input.name, &mut feed, number, tenant);
    let Some(Passed { lines, has_mark, is_cut }) = feed.passed() else {
        return nothing(input, lost::problem(&input.name));
    };
    let name = input.name.clone();
    if !is_cut {
        let is_same = file.metadata().is_ok_and(|said| Stamp::of(&said) == stamp);
        let source = SourceFile::parted(name, input.path.clone(), stamp, has_mark, lines);
        let problem = (!is_same).then(|| lost::problem(&input.name));
        return Read { source, document, problem };
    }
    // The text ends where it cannot be read any more; what stands before that is kept to be shown.
    let mut text = Vec::new();
    let length = u64::from(lines.len()) + if has_mark { 3 } else { 0 };
    let source = File::open(&input.path).and_then(|file| file.take(length).read_to_end(&mut text));
    match source.map(|_| String::from_utf8(text)) {
        Ok(Ok(text)) if text.len() as u64 == length => {
            Read { source: SourceFile::from_text(name, text), document, problem: None }
        }
        _ => nothing(input, lost::problem(&input.name)),
    }
}

/// The bytes of a file, or the fault that there are too many; no more are read than are needed to know.
fn bytes_of(input: &Input) -> io::Result<Result<Vec<u8>, Fault>> {
    if let Some(bytes) = &input.bytes {
        return Ok(Ok(bytes.clone()));
    }
    let (length, from): (u64, Box<dyn io::Read>) = if input.name == "-" {
        (0, Box::new(io::stdin().lock()))
    } else {
        let file = File::open(&input.path)?;
        (file.metadata()?.len(), Box::new(file))
    };
    if length > MAX_BYTES {
        return Ok(Err(Fault::too_large()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // A pipe or a device says nothing of its length, and a file may have grown since.
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(Ok(bytes))
}
