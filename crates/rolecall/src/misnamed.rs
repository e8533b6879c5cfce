//! Files that look like exports by what is in them and not by their names: a folder is not searched for these, and says so.

use crate::inputs::shown;
use crate::pipeline::said;
use rolecall_model::Tenant;
use rolecall_report::Problem;
use rolecall_source::SourceFile;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// How many bytes of a file are looked at.
const LOOKED_AT: u64 = 64 << 10;

/// How many names a note gives before it only counts.
const NAMED: usize = 3;

/// Whether a file begins as an export of a dialect that is read.
pub(crate) fn looks_like_export(path: &Path) -> bool {
    start_of(path).is_some_and(|text| is_export(&shown(path), text))
}

/// The first bytes of a file, where it begins as JSON does; most files of a folder are left after a few bytes.
fn start_of(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let mut start = vec![0; 64];
    let length = file.read(&mut start).ok()?;
    start.truncate(length);
    if !text_of(&start)?.trim_start().starts_with(['{', '[']) {
        return None;
    }
    file.take(LOOKED_AT).read_to_end(&mut start).ok()?;
    text_of(&start)
}

/// The text of bytes that may be cut off within a letter; some programs for Windows write two bytes for each.
fn text_of(bytes: &[u8]) -> Option<String> {
    let wide = |wide: fn([u8; 2]) -> u16, rest: &[u8]| {
        let letters: Vec<u16> = rest.chunks_exact(2).filter_map(|two| two.try_into().ok()).map(wide).collect();
        Some(String::from_utf16_lossy(&letters))
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => wide(u16::from_be_bytes, rest),
        [0xEF, 0xBB, 0xBF, rest @ ..] => text_of(rest),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(error) if error.error_len().is_none() => {
                Some(String::from_utf8_lossy(bytes.get(..error.valid_up_to())?).into_owned())
            }
            Err(_) => None,
        },
    }
}

fn is_export(name: &str, text: String) -> bool {
    let source = SourceFile::from_text(name.to_owned(), text);
    rolecall_ingest::read(&source, 0, &mut Tenant::default()).dialect.is_some()
}

/// A note of those that were not read, in order of name.
pub(crate) fn note(names: &[String]) -> Option<Problem> {
    let few = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(said(match names.len() {
        0 => return None,
        1 => {
            format!("{few} looks like an export and was not read, for its name: name it, or have the name end in .json")
        }
        all => format!(
            "{all} files look like exports and were not read, for their names: {few}{more}; name them, or have the names end in .json"
        ),
    }))
}
