//! The cases of a public suite for JSON parsers, as they stand and mutated.

use crate::against_serde::next;
use crate::pull;
use rolecall_source::{Fault, FaultKind, Scanner, SourceFile, Tape};

/// The cases: whether they must be taken, their names, their bytes.
fn cases() -> Vec<(char, &'static str, Vec<u8>)> {
    let lines = include_str!("suite.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let mut words = line.splitn(3, ' ');
            let word = words.next().expect("an expectation");
            let name = words.next().expect("a name");
            (word.chars().next().expect("a letter"), name, bytes(words.next().unwrap_or_default()))
        })
        .collect()
}

fn bytes(written: &str) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = written;
    while let Some((plain, escape)) = rest.split_once('\\') {
        found.extend(plain.bytes());
        if let Some(after) = escape.strip_prefix('\\') {
            found.push(b'\\');
            rest = after;
        } else {
            found.push(u8::from_str_radix(&escape[1..3], 16).expect("two digits"));
            rest = &escape[3..];
        }
    }
    found.extend(rest.bytes());
    found
}

/// A way to read a value.
type Way = fn(&mut Scanner<'_>) -> Result<(), Fault>;

/// What the three ways of reading make of a file, which must be the same; repeated keys count as faults.
fn outcome(bytes: &[u8]) -> Result<(), Fault> {
    let source = SourceFile::from_bytes("x.json".to_owned(), bytes.to_vec())?;
    let ways: [Way; 3] = [
        |scanner| scanner.skip_value().map(|_| ()),
        |scanner| {
            let mut tape = Tape::default();
            scanner.read_tape(&mut tape)
        },
        pull,
    ];
    let read = |way: Way| {
        let mut scanner = Scanner::new(source.text());
        way(&mut scanner).and_then(|()| scanner.finish())?;
        scanner.take_faults().pop().map_or(Ok(()), Err)
    };
    let [first, second, third] = ways.map(read);
    let kind = |outcome: &Result<(), Fault>| outcome.as_ref().err().map(|fault| (fault.kind, fault.at));
    assert_eq!(kind(&first), kind(&second), "{:?}", source.text());
    assert_eq!(kind(&first), kind(&third), "{:?}", source.text());
    first
}

/// A fault lies in the bytes, or where they end.
fn is_placed(fault: &Fault, bytes: &[u8]) -> bool {
    fault.at <= fault.end && fault.end as usize <= bytes.len() && !fault.message.is_empty()
}

#[test]
fn the_suite_is_taken_and_refused_as_it_says() {
    let cases = cases();
    assert_eq!(cases.len(), 316);
    for (expected, name, bytes) in cases {
        let outcome = outcome(&bytes);
        if let Err(fault) = &outcome {
            assert!(is_placed(fault, &bytes), "{name}: {fault:?}");
        }
        let kind = outcome.err().map(|fault| fault.kind);
        match expected {
            // JSON by its grammar, but readers differ on what it says.
            'y' if name.starts_with("object_duplicated_key") => {
                assert_eq!(kind, Some(FaultKind::DuplicateKey), "{name}")
            }
            'y' => assert_eq!(kind, None, "{name}"),
            'n' => assert!(kind.is_some_and(|kind| kind != FaultKind::DuplicateKey), "{name}"),
            _ => assert_eq!(kind, either(name), "{name}"),
        }
    }
}

/// Where the suite leaves the choice: numbers of any size and a byte order mark are taken; what is not
/// UTF-8, half a surrogate pair and nesting beyond the limit are not.
fn either(name: &str) -> Option<FaultKind> {
    let is_in = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if name.starts_with("number_") || name == "structure_UTF-8_BOM_empty_object" {
        None
    } else if name == "structure_500_nested_arrays" {
        Some(FaultKind::TooDeep)
    } else if is_in(&["UTF", "utf", "iso_latin", "overlong", "unicode_range", "truncated"]) {
        Some(FaultKind::NotUtf8)
    } else {
        Some(FaultKind::Syntax)
    }
}

#[test]
fn what_a_strict_parser_refuses_of_a_mutated_case_is_refused_with_a_place() {
    let cases = cases();
    let (mut seed, mut refused, mut taken) = (20_261_124, 0, 0);
    for _ in 0..40_000 {
        let mut changed = cases[next(&mut seed, cases.len())].2.clone();
        for _ in 0..=next(&mut seed, 2) {
            mutate(&mut changed, &cases[next(&mut seed, cases.len())].2, &mut seed);
        }
        let outcome = outcome(&changed);
        if let Err(fault) = &outcome {
            assert!(is_placed(fault, &changed), "{fault:?} of {changed:?}");
        }
        let kind = outcome.err().map(|fault| fault.kind);
        // A byte order mark is taken here.
        let bare = changed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&changed);
        match serde_json::from_slice::<serde_json::Value>(bare) {
            Ok(_) => {
                taken += 1;
                assert!(matches!(kind, None | Some(FaultKind::DuplicateKey)), "{kind:?} for {changed:?}");
            }
            Err(error) if error.to_string().contains("number out of range") => {}
            Err(error) => {
                refused += 1;
                assert!(kind.is_some_and(|kind| kind != FaultKind::DuplicateKey), "{error} of {changed:?}");
            }
        }
    }
    assert!(refused > 5_000 && taken > 2_000, "{refused} refused and {taken} taken say little");
}

/// Changes one byte or bit, or takes out, doubles or brings in a stretch from another case.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], seed: &mut u64) {
    let letters = b"[]{}\",:\\u0e.-+ \n\xff\xc3\x00tfn";
    let at = next(seed, bytes.len() + 1);
    let stretch = |bytes: &[u8], seed: &mut u64| {
        let from = next(seed, bytes.len() + 1);
        from..(from + next(seed, 8)).min(bytes.len())
    };
    match next(seed, 6) {
        0 if at < bytes.len() => bytes[at] ^= 1 << next(seed, 8),
        1 if at < bytes.len() => bytes[at] = letters[next(seed, letters.len())],
        2 => bytes.insert(at, letters[next(seed, letters.len())]),
        3 => drop(bytes.drain(stretch(bytes, seed))),
        4 => {
            let part = other[stretch(other, seed)].to_vec();
            bytes.splice(at..at, part);
        }
        _ => {
            let part = bytes[stretch(bytes, seed)].to_vec();
            bytes.splice(at..at, part);
        }
    }
}
