//! Files that are not kept, and how they are read again.

use crate::LineCounts;
use crate::line::Counts;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// How much is read at once where all of a file is gone over.
const PIECE: usize = 64 * 1024;

/// What the file system says of a file. While it says the same, the file is taken to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    length: u64,
    /// When it was changed last, where the platform knows.
    modified: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of a file of which this is said.
    #[must_use]
    pub fn of(said: &Metadata) -> Self {
        Self { length: said.len(), modified: said.modified().ok() }
    }
}

/// How to read a file again that is not kept.
#[derive(Debug)]
pub(crate) struct Parted {
    at: PathBuf,
    stamp: Stamp,
    /// How many bytes stand before the text.
    lead: u32,
    len: u32,
    counts: Arc<Counts>,
    is_lost: AtomicBool,
    /// All of it, where somebody asked for that.
    text: OnceLock<String>,
}

impl Parted {
    pub(crate) fn new(at: PathBuf, stamp: Stamp, lead: u32, lines: LineCounts) -> Self {
        let len = lines.len();
        let counts = Arc::new(lines.finish());
        Self { at, stamp, lead, len, counts, is_lost: AtomicBool::new(false), text: OnceLock::new() }
    }

    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// All of the text, where it was read again.
    pub(crate) fn kept(&self) -> Option<&String> {
        self.text.get()
    }

    pub(crate) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// All of the text; none where the file is lost.
    pub(crate) fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let mut bytes = Vec::new();
            self.look(|| {
                self.read(&mut self.open()?, 0..self.len, &mut bytes)?;
                String::from_utf8(bytes).map_err(io::Error::other)
            })
            .unwrap_or_default()
        })
    }

    /// Hands over every byte of the file in order; false where it is lost.
    pub(crate) fn each_piece(&self, mut take: impl FnMut(&[u8])) -> bool {
        let stream = || {
            let mut file = self.open()?;
            let mut buffer = vec![0; PIECE];
            let mut left = u64::from(self.lead) + u64::from(self.len);
            while left > 0 {
                let size = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
                let piece = buffer.get_mut(..size).unwrap_or_default();
                file.read_exact(piece)?;
                take(piece);
                left -= size as u64;
            }
            self.check(&file)
        };
        self.look(stream).is_some()
    }

    /// Reads, and remembers where that fails. What was lost once is not looked at again.
    pub(crate) fn look<T>(&self, read: impl FnOnce() -> io::Result<T>) -> Option<T> {
        if self.is_lost() {
            return None;
        }
        let found = read().ok();
        if found.is_none() {
            self.is_lost.store(true, Ordering::Relaxed);
        }
        found
    }

    pub(crate) fn open(&self) -> io::Result<File> {
        let file = File::open(&self.at)?;
        self.check(&file)?;
        Ok(file)
    }

    /// Refuses a file that is not the one that was read before.
    fn check(&self, file: &File) -> io::Result<()> {
        let is_same = self.stamp == Stamp::of(&file.metadata()?)
            && self.stamp.length == u64::from(self.lead) + u64::from(self.len);
        if is_same { Ok(()) } else { Err(io::Error::other("the file was changed")) }
    }

    /// Reads bytes of the text in place of what is in `bytes`.
    pub(crate) fn read(&self, file: &mut File, range: Range<u32>, bytes: &mut Vec<u8>) -> io::Result<()> {
        file.seek(SeekFrom::Start(u64::from(self.lead) + u64::from(range.start)))?;
        bytes.resize(range.len(), 0);
        file.read_exact(bytes)?;
        // Only now, so that what was changed just before is seen too.
        self.check(file)
    }
}
