//! Texts fetched by stretches of all sizes.

use rolecall_source::{FaultKind, Feed};
use std::io::Read;

/// All values of an object, one after the other, and the repeated keys with their first places.
fn repeated(text: &str, room: usize) -> Vec<(u32, Option<u32>)> {
    let mut feed = Feed::by_stretches(text.as_bytes(), room);
    feed.begin_object().expect("an object");
    while feed.object_next().expect("good JSON").is_some() {
        feed.skip_value().expect("good JSON");
    }
    feed.finish().expect("nothing more");
    feed.take_faults().iter().map(|fault| (fault.at, fault.related.as_ref().map(|first| first.0))).collect()
}

#[test]
fn a_key_is_told_again_however_far_the_first_one_is() {
    for count in [3, 100] {
        let fields: String = (0..count).map(|n| format!("\"k\\u0061{n}\": [{n}, {{}}], ")).collect();
        let text = format!("{{\"a\": 1, {fields}\"ka1\": 0, \"a\": 2}}");
        let known = repeated(&text, 1 << 20);
        assert_eq!(known.len(), 2);
        assert_eq!(known[1].1, Some(1));
        for room in [1, 8, 100, 1000] {
            assert_eq!(repeated(&text, room), known, "{room}");
        }
    }
}

#[test]
fn an_object_has_the_keys_of_the_one_before_and_is_not_held_against_itself() {
    let text = r#"[{"a":1,"b":2},{"a":1,"b":2},{"a":1,"bc":2},{"a":1,"b":2},{"a":1,"b":2},{"a":1},{"a":1}]"#;
    let alike = |mut feed: Feed<'_>| {
        let mut all = Vec::new();
        feed.begin_array().expect("a list");
        while feed.array_next().expect("an element or the end") {
            all.push(feed.read(|tape| tape.is_alike()).expect("good JSON"));
        }
        all
    };
    assert_eq!(alike(Feed::whole(text)), [false, true, false, false, true, false, true]);
    for room in 1..2 * text.len() {
        let found = alike(Feed::by_stretches(text.as_bytes(), room));
        // What is read a second time need not be called alike; what is not alike must not be.
        let is_sound = found.iter().zip(alike(Feed::whole(text))).all(|(found, is)| is || !found);
        assert!(is_sound, "by {room}: {found:?}");
    }
}

#[test]
fn a_number_is_read_to_its_end() {
    let text = "[1234567, 89]";
    for room in 1..20 {
        let mut feed = Feed::by_stretches(text.as_bytes(), room);
        feed.begin_array().expect("a list");
        let mut numbers = Vec::new();
        while feed.array_next().expect("good JSON") {
            numbers.push(feed.read(|tape| tape.root().raw().to_owned()).expect("good JSON"));
        }
        assert_eq!(numbers, ["1234567", "89"], "{room}");
    }
}

#[test]
fn only_one_byte_order_mark_is_none_of_the_text() {
    for room in 1..9 {
        let mut feed = Feed::by_stretches("\u{feff}\u{feff}[]".as_bytes(), room);
        assert_eq!(feed.peek().map_err(|fault| (fault.kind, fault.at)), Err((FaultKind::Syntax, 0)), "{room}");
        let passed = feed.passed().expect("it was fetched");
        assert_eq!((passed.has_mark, passed.lines.len(), passed.is_cut), (true, 5, false));
    }
}

#[test]
fn what_ends_a_text_early_is_told_where_it_ends() {
    let kind = |bytes: &[u8], room| {
        let mut feed = Feed::by_stretches(bytes, room);
        let fault = feed.peek().and_then(|_| feed.skip_value()).expect_err("a fault");
        (fault.kind, fault.at)
    };
    for room in 1..40 {
        assert_eq!(kind(b" \n \t", room), (FaultKind::Empty, 0));
        assert_eq!(kind(b"", room), (FaultKind::Empty, 0));
        assert_eq!(kind(b"[1, [2]", room), (FaultKind::Truncated, 7));
        assert_eq!(kind(b"[\"\xc3\xa9\xff\"]", room), (FaultKind::NotUtf8, 4));
        assert_eq!(kind(b"[\"\xc3", room), (FaultKind::NotUtf8, 2));
    }
    assert_eq!(kind(b"PK\x03\x04\xff", 8), (FaultKind::Packed, 4));
    assert_eq!(kind(b"\xff\xfe[\0]\0", 8).0, FaultKind::NotUtf8);
}

/// Gives some text, and then only errors.
struct Broken<'t>(&'t [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() { Err(std::io::Error::other("the disk is gone")) } else { self.0.read(into) }
    }
}

#[test]
fn what_cannot_be_fetched_is_told_by_the_words_of_the_system() {
    for (text, room) in [("[1, 2", 3), ("[1, 2]", 100), ("", 9)] {
        let mut feed = Feed::by_stretches(Broken(text.as_bytes()), room);
        let outcome = feed.skip_value().and_then(|_| feed.finish());
        assert_eq!(
            outcome.map_err(|fault| (fault.kind, fault.message)),
            Err((FaultKind::Unreadable, "the disk is gone".to_owned())),
            "{text}"
        );
    }
}
