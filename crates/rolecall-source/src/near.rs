//! Parts of a file's text. A file that is not kept is read again where a part of it is needed.

use crate::SourceFile;
use crate::fault::offset;
use crate::file::Body;
use crate::parted::Parted;
use std::fs::File;
use std::io;
use std::ops::Range;

/// How much is read at once at least, before the first byte that is asked for and from it on.
#[derive(Clone, Copy, Debug)]
struct Reach {
    behind: u32,
    ahead: u32,
    /// How many stretches are kept.
    kept: usize,
}

/// Where places are asked for in order.
const IN_ORDER: Reach = Reach { behind: 2 * 1024, ahead: 12 * 1024, kept: 2 };

/// Where one place is asked for here and one there: its line, and what stands before that.
const HERE_AND_THERE: Reach = Reach { behind: 5 * 1024, ahead: 3 * 1024, kept: 8 };

/// The most bytes of a character.
const CHARACTER: usize = 4;

/// A stretch of a file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'n> {
    /// The stretch.
    pub text: &'n str,
    /// The byte of the file's text at which it starts.
    pub start: u32,
}

impl<'n> Part<'n> {
    /// What stands at some bytes of the file's text; `None` where the part does not hold them, or where they begin or
    /// end within a character.
    #[must_use]
    pub fn get(&self, range: Range<u32>) -> Option<&'n str> {
        self.text.get(self.within(range)?)
    }

    /// The same, wherever characters begin; nothing where the part does not hold them.
    pub(crate) fn bytes(&self, range: Range<u32>) -> &'n [u8] {
        self.within(range).and_then(|range| self.text.as_bytes().get(range)).unwrap_or_default()
    }

    fn within(&self, range: Range<u32>) -> Option<Range<usize>> {
        Some(range.start.checked_sub(self.start)? as usize..range.end.checked_sub(self.start)? as usize)
    }
}

/// Text of which parts are had when they are asked for.
pub trait Parts {
    /// Text that covers some bytes as far as it goes.
    fn part(&mut self, from: u32, to: u32) -> Part<'_>;

    /// All of it.
    fn all(&self) -> &str;

    /// How many bytes it has.
    fn end(&self) -> u32;
}

impl Parts for &str {
    fn part(&mut self, _: u32, _: u32) -> Part<'_> {
        Part { text: self, start: 0 }
    }

    fn all(&self) -> &str {
        self
    }

    fn end(&self) -> u32 {
        offset(self.len())
    }
}

impl Parts for Near<'_> {
    fn part(&mut self, from: u32, to: u32) -> Part<'_> {
        Near::part(self, from, to)
    }

    fn all(&self) -> &str {
        self.file.text()
    }

    fn end(&self) -> u32 {
        self.file.len()
    }
}

/// A look at parts of a file's text. Of a file that is not kept it holds the file open, and what it read last.
#[derive(Debug)]
pub struct Near<'f> {
    file: &'f SourceFile,
    reach: Reach,
    open: Option<File>,
    /// What was read last, the newest first: several places of one finding are looked at in turn, and a place far out in
    /// a line is told from it and from where the line starts.
    kept: Vec<Stretch>,
}

/// Some text, and the byte at which it starts.
#[derive(Debug, Default)]
struct Stretch {
    text: String,
    start: u32,
}

impl Stretch {
    fn covers(&self, from: u32, to: u32) -> bool {
        self.start <= from && (to as usize).saturating_sub(self.start as usize) <= self.text.len()
    }
}

impl<'f> Near<'f> {
    pub(crate) fn new(file: &'f SourceFile) -> Self {
        Self { file, reach: IN_ORDER, open: None, kept: Vec::new() }
    }

    /// The same where parts are asked for in no order.
    #[must_use]
    pub fn here_and_there(self) -> Self {
        Self { reach: HERE_AND_THERE, ..self }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &'f SourceFile {
        self.file
    }

    /// Text that covers some bytes as far as the file goes. It begins and ends with whole characters and may be longer
    /// on both sides. Of a file that is lost it is empty.
    pub fn part(&mut self, from: u32, to: u32) -> Part<'_> {
        let parted = match self.file.body() {
            Body::Whole(text) => return Part { text, start: 0 },
            Body::Parted(parted) => parted,
        };
        if let Some(text) = parted.kept() {
            return Part { text, start: 0 };
        }
        let to = to.min(parted.len());
        let from = from.min(to);
        match self.kept.iter().position(|stretch| stretch.covers(from, to)) {
            Some(0) => {}
            Some(at) => self.kept.get_mut(..=at).unwrap_or_default().rotate_right(1),
            None => {
                // The oldest gives its room.
                let old = if self.kept.len() < self.reach.kept { None } else { self.kept.pop() };
                let new = parted.look(|| self.fill(parted, from, to, old.unwrap_or_default()));
                self.kept.insert(0, new.unwrap_or(Stretch { text: String::new(), start: from }));
            }
        }
        self.kept
            .first()
            .map_or(Part { text: "", start: from }, |stretch| Part { text: &stretch.text, start: stretch.start })
    }

    /// Reads what covers some bytes.
    fn fill(&mut self, parted: &Parted, from: u32, to: u32, old: Stretch) -> io::Result<Stretch> {
        let start = from.saturating_sub(self.reach.behind);
        // The last character is cut off, whole or not, and has to lie after what is asked for.
        let end = from.saturating_add(self.reach.ahead).max(to.saturating_add(offset(CHARACTER))).min(parted.len());
        let file = match &mut self.open {
            Some(file) => file,
            none => none.insert(parted.open()?),
        };
        let mut bytes = old.text.into_bytes();
        parted.read(file, start..end, &mut bytes)?;
        if end < parted.len() {
            let last = bytes.iter().rev().take(CHARACTER).position(|byte| !is_within(*byte)).unwrap_or(0);
            bytes.truncate(bytes.len().saturating_sub(last + 1));
        }
        let cut =
            if start > 0 { bytes.iter().take(CHARACTER - 1).take_while(|byte| is_within(**byte)).count() } else { 0 };
        bytes.drain(..cut);
        let text = String::from_utf8(bytes).map_err(io::Error::other)?;
        let stretch = Stretch { text, start: start + offset(cut) };
        if stretch.covers(from, to) { Ok(stretch) } else { Err(io::Error::other("the file was changed")) }
    }
}

/// Whether a byte of UTF-8 does not begin a character.
fn is_within(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineCounts, LineIndex, Stamp};
    use proptest::prelude::*;
    use std::fs;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::{Duration, SystemTime};

    /// A file of a folder for files that come and go.
    struct OnDisk(PathBuf);

    impl OnDisk {
        fn new(text: &str) -> Self {
            static NUMBER: AtomicU32 = AtomicU32::new(0);
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("rolecall-near-{}-{number}", std::process::id()));
            fs::write(&path, text).expect("a file");
            Self(path)
        }

        /// As it is after it was read piece by piece.
        fn parted(&self) -> SourceFile {
            let text = fs::read_to_string(&self.0).expect("text");
            let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let mut counts = LineCounts::default();
            body.as_bytes().chunks(777).for_each(|piece| counts.add(piece));
            let stamp = Stamp::of(&fs::metadata(&self.0).expect("a file"));
            SourceFile::parted("x".into(), self.0.clone(), stamp, body.len() < text.len(), counts)
        }
    }

    impl Drop for OnDisk {
        fn drop(&mut self) {
            // Some tests remove it before.
            let _ = fs::remove_file(&self.0);
        }
    }

    /// Texts with lines of all lengths and characters of all sizes, whose borders lie near those of blocks and reads.
    fn text() -> impl Strategy<Value = String> {
        let ends = prop_oneof!["\n", "\r\n", "\r", "\n\n", ""];
        let words = prop_oneof![Just("a"), Just("é"), Just("漢"), Just("😀"), Just("aé漢😀"), Just("\u{feff}")];
        let sizes = prop_oneof![0..40_usize, 1020..1030_usize, 2040..2056_usize, 16_380..16_390_usize];
        let line = (words, sizes, ends).prop_map(|(word, size, end)| word.repeat(size.div_ceil(word.len())) + &end);
        (any::<bool>(), proptest::collection::vec(line, 0..8))
            .prop_map(|(bom, lines)| if bom { "\u{feff}" } else { "" }.to_owned() + &lines.concat())
    }

    fn all_of(file: &SourceFile) -> (bool, Vec<u8>) {
        let mut bytes = Vec::new();
        (file.each_piece(|piece| bytes.extend_from_slice(piece)), bytes)
    }

    proptest! {
        #[test]
        fn a_file_read_again_is_that_which_is_kept(text in text(), step in 50..500_u32) {
            let disk = OnDisk::new(&text);
            let (whole, parted) = (SourceFile::from_text("x".into(), text), disk.parted());
            prop_assert_eq!((whole.len(), whole.lead()), (parted.len(), parted.lead()));
            prop_assert_eq!(all_of(&whole), all_of(&parted));
            let (index, again) = (LineIndex::new(&whole), LineIndex::new(&parted));
            let lines = index.line_count();
            prop_assert_eq!(lines, again.line_count());
            let (near, far) = (&mut whole.near(), &mut parted.near());
            let is_border = |at: &u32| (at + 3) % 1024 < 6 || at.is_multiple_of(step);
            let offsets: Vec<u32> = (0..whole.len() + 3).filter(is_border).collect();
            for at in offsets.iter().chain(offsets.iter().rev()) {
                prop_assert_eq!(index.position(near, *at), again.position(far, *at));
            }
            for line in 0..lines + 2 {
                prop_assert_eq!(index.line_range(near, line), again.line_range(far, line));
                let (known, found) = (index.lines(near, line).take(9), again.lines(far, line).take(9));
                prop_assert_eq!(known.collect::<Vec<_>>(), found.collect::<Vec<_>>());
            }
            prop_assert!(!parted.is_lost());
            prop_assert_eq!(whole.text(), parted.text());
        }

        #[test]
        fn a_part_holds_what_was_asked_for(text in text(), wanted in proptest::collection::vec((0..40_000_u32, 0..20_000_u32), 1..20)) {
            let disk = OnDisk::new(&text);
            let (whole, parted) = (SourceFile::from_text("x".into(), text), disk.parted());
            let near = &mut parted.near();
            for (from, length) in wanted {
                let to = (from + length).min(whole.len());
                let part = near.part(from, from + length);
                prop_assert!(part.start <= from.min(to));
                prop_assert!(part.start as usize + part.text.len() >= to as usize);
                let end = part.start + offset(part.text.len());
                let known = whole.near().part(from, to).get(part.start..end).map(str::to_owned);
                prop_assert_eq!(Some(part.text), known.as_deref());
                prop_assert_eq!(part.get(from..to), whole.text().get(from as usize..to as usize));
            }
            prop_assert!(!parted.is_lost());
        }
    }

    fn is_nowhere(file: &SourceFile) {
        let index = LineIndex::new(file);
        let near = &mut file.near();
        assert_eq!(near.part(5, 9).text, "");
        assert!(file.is_lost() && near.part(0, u32::MAX).text.is_empty());
        // Nothing of this means anything, but nothing of it stops the run either.
        for at in [0, 1, 5000, 40_000, u32::MAX] {
            let _ = (index.position(near, at), index.line_range(near, at));
            assert!(index.lines(near, at).count() <= 1);
        }
        assert_eq!((file.text(), all_of(file).0, file.clone().is_lost()), ("", false, true));
    }

    #[test]
    fn a_file_that_was_changed_cut_short_or_removed_is_lost() {
        let text = "long é lines\n".repeat(3000) + &"漢".repeat(9000);
        let spoil: [fn(&OnDisk, &str); 4] = [
            |disk, text| fs::write(&disk.0, text.to_owned() + " ").expect("a file"),
            |disk, text| fs::write(&disk.0, &text[..99]).expect("a file"),
            |disk, _| fs::remove_file(&disk.0).expect("a file"),
            |disk, _| {
                let later = SystemTime::now() + Duration::from_secs(9);
                File::options().append(true).open(&disk.0).and_then(|file| file.set_modified(later)).expect("a file");
            },
        ];
        for spoil in spoil {
            let disk = OnDisk::new(&text);
            let file = disk.parted();
            let mut before = file.near();
            assert!(before.part(0, 9).text.starts_with("long é"));
            spoil(&disk, &text);
            // What is not at hand any more is looked for where the file was; a handle may hold what was removed.
            is_nowhere(&file);
            assert_eq!(before.part(60_000, 60_009).text, "");
        }
    }

    #[test]
    fn what_is_not_utf8_any_more_is_lost_and_stops_nothing() {
        let disk = OnDisk::new(&"é".repeat(30_000));
        let said = fs::metadata(&disk.0).expect("a file");
        let (stamp, modified) = (Stamp::of(&said), said.modified().expect("a time"));
        for byte in [0x80, 0xC3, 0xFF] {
            fs::write(&disk.0, vec![byte; 60_000]).expect("a file");
            File::options().append(true).open(&disk.0).and_then(|file| file.set_modified(modified)).expect("a file");
            let mut counts = LineCounts::default();
            counts.add("é".repeat(30_000).as_bytes());
            let file = SourceFile::parted("x".into(), disk.0.clone(), stamp, false, counts);
            assert_eq!((file.near().part(20_000, 20_009).text, file.is_lost()), ("", true));
        }
    }
}
