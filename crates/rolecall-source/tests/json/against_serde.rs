//! The scanner against `serde_json`, on random documents and on broken ones.

use crate::pull;
use proptest::prelude::*;
use rolecall_source::{Fault, Kind, Node, Scanner, Tape, pointers};
use serde_json::Value;

/// Any value, with keys and text that need escapes.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-c]{0,3}", "\\PC{0,4}", Just("\u{1}\"\\/\u{2028}\u{1f600}".to_owned())];
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    plain.prop_recursive(5, 60, 24, move |inner| {
        let fields = prop::collection::btree_map(text.clone(), inner.clone(), 0..24);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            fields.prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A number that seems random and follows from the seed alone.
pub(crate) fn next(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).expect("31 bits") % below
}

/// The value as text, with white space anywhere and characters escaped at random.
fn write(value: &Value, seed: &mut u64, out: &mut String) {
    let space = ["", "", " ", "\n", "\t\r\n  "];
    out.push_str(space[next(seed, 5)]);
    match value {
        Value::Array(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                out.push_str(if number > 0 { "," } else { "" });
                write(item, seed, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (number, (key, field)) in fields.iter().enumerate() {
                out.push_str(if number > 0 { " ," } else { "" });
                string(key, seed, out);
                out.push_str([":", " : "][next(seed, 2)]);
                write(field, seed, out);
            }
            out.push('}');
        }
        Value::String(text) => string(text, seed, out),
        plain => out.push_str(&plain.to_string()),
    }
    out.push_str(space[next(seed, 5)]);
}

fn string(text: &str, seed: &mut u64, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if c < ' ' || c == '"' || c == '\\' || next(seed, 5) == 0 {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04X}"));
            }
        } else {
            out.push(c);
        }
    }
    out.push('"');
}

/// Whether the scanner takes a text when it skips it; repeated keys are no fault to it.
fn accepts(text: &str) -> bool {
    let mut scanner = Scanner::new(text);
    scanner.skip_value().is_ok() && scanner.finish().is_ok()
}

/// The same when it reads it onto a tape.
fn reads(text: &str) -> bool {
    let mut scanner = Scanner::new(text);
    scanner.read_tape(&mut Tape::default()).is_ok() && scanner.finish().is_ok()
}

/// The same when it pulls every value out by hand.
fn pulls(text: &str) -> bool {
    pulled(text).is_ok()
}

/// The repeated keys that are met that way.
fn pulled(text: &str) -> Result<Vec<Fault>, Fault> {
    let mut scanner = Scanner::new(text);
    pull(&mut scanner)?;
    scanner.finish()?;
    Ok(scanner.take_faults())
}

/// Whether `serde_json` takes a text; it cannot say of a number that no machine type holds.
fn expected(text: &str) -> Option<bool> {
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Some(true),
        Err(error) if error.to_string().contains("number out of range") => None,
        Err(_) => Some(false),
    }
}

/// All ways to read a text agree with `serde_json`.
fn agree(text: &str) -> Result<(), TestCaseError> {
    if let Some(expected) = expected(text) {
        prop_assert_eq!(accepts(text), expected, "skipping {:?}", text);
        prop_assert_eq!(reads(text), expected, "reading {:?}", text);
        prop_assert_eq!(pulls(text), expected, "pulling {:?}", text);
    }
    Ok(())
}

/// The value that a node stands for.
fn rebuilt(node: Node<'_, '_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::from(node.bool().expect("true or false")),
        Kind::Number => serde_json::from_str(node.raw()).expect("a number"),
        Kind::String => Value::from(node.text().expect("text").into_owned()),
        Kind::Array => node.items().map(rebuilt).collect(),
        Kind::Object => {
            Value::Object(node.fields().map(|(key, field)| (key.text.into_owned(), rebuilt(field))).collect())
        }
    }
}

/// A node, where it starts with the key before it, and its pointer.
type Placed<'t, 'a> = (Node<'t, 'a>, u32, String);

/// Every node of a value, from the outside in.
fn walk<'t, 'a>(node: Node<'t, 'a>, from: u32, pointer: &str, found: &mut Vec<Placed<'t, 'a>>) {
    found.push((node, from, pointer.to_owned()));
    for (number, item) in node.items().enumerate() {
        walk(item, item.start(), &format!("{pointer}/{number}"), found);
    }
    for (key, field) in node.fields() {
        let name = key.text.replace('~', "~0").replace('/', "~1");
        walk(field, key.start, &format!("{pointer}/{name}"), found);
    }
}

/// The keys and values of an object that looks much like others of its list: which keys, in which style, how often.
fn alike() -> impl Strategy<Value = (Vec<(&'static str, u8)>, usize)> {
    let keys = prop_oneof![
        4 => Just(vec!["id", "name", "division"]),
        1 => Just(vec!["id", "division", "name"]),
        1 => Just(vec!["id", "name", "name"]),
        1 => Just(vec!["id"]),
        1 => Just(vec!["id", "name", "division", "a key that is longer than all of the others, and much so"]),
        1 => prop::collection::vec(prop::sample::select(vec!["id", "name", "nama", "divisiom"]), 0..4),
    ];
    let keys = keys.prop_flat_map(|keys| {
        let count = keys.len();
        (Just(keys), prop::collection::vec(0..10u8, count))
    });
    (keys.prop_map(|(keys, values)| keys.into_iter().zip(values).collect()), 0..3usize)
}

/// Such objects as a list.
fn written(objects: &[(Vec<(&'static str, u8)>, usize)]) -> String {
    let one = |(fields, style): &(Vec<(&str, u8)>, usize)| {
        let (open, colon, comma) = [("", ":", ","), ("\n    ", ": ", ",\n    "), (" ", " : ", " , ")][*style];
        let field = |(key, value): &(&str, u8)| match value {
            0 => format!("\"{key}\"{colon}{{\"id\"{colon}\"\"}}"),
            value => format!("\"{key}\"{colon}{value}"),
        };
        format!("{{{open}{}}}", fields.iter().map(field).collect::<Vec<_>>().join(comma))
    };
    format!("[{}]", objects.iter().map(one).collect::<Vec<_>>().join(",\n  "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn good_documents_read_the_same(value in value(), seed in any::<u64>()) {
        let (mut seed, mut text) = (seed, String::new());
        write(&value, &mut seed, &mut text);
        let expected: Value = serde_json::from_str(&text).expect("good JSON");
        let mut tape = Tape::default();
        let mut scanner = Scanner::new(&text);
        scanner.read_tape(&mut tape).expect("good JSON");
        scanner.finish().expect("one value");
        prop_assert!(scanner.take_faults().is_empty());
        prop_assert_eq!(pulled(&text), Ok(Vec::new()));
        prop_assert_eq!(rebuilt(tape.root()), expected.clone());
        let mut nodes = Vec::new();
        walk(tape.root(), tape.root().start(), "", &mut nodes);
        let offsets: Vec<u32> = nodes.iter().map(|(node, ..)| node.start()).collect();
        let found = pointers(&text, &offsets, false, &[]).expect("good JSON");
        for ((node, _, pointer), found) in nodes.iter().zip(&found) {
            prop_assert_eq!(found, pointer);
            let alone: Value = serde_json::from_str(node.raw()).expect("good JSON by itself");
            prop_assert_eq!(Some(&alone), expected.pointer(found));
            prop_assert_eq!(node.raw(), &text[node.start() as usize..node.end() as usize]);
        }
    }

    #[test]
    fn every_byte_has_the_pointer_of_the_innermost_value_that_holds_it(value in value(), seed in any::<u64>()) {
        let (mut seed, mut text) = (seed, String::new());
        write(&value, &mut seed, &mut text);
        let mut tape = Tape::default();
        Scanner::new(&text).read_tape(&mut tape).expect("good JSON");
        let mut nodes = Vec::new();
        walk(tape.root(), tape.root().start(), "", &mut nodes);
        let offsets: Vec<u32> = (tape.root().start()..tape.root().end()).collect();
        let found = pointers(&text, &offsets, false, &[]).expect("good JSON");
        for (at, found) in offsets.into_iter().zip(found) {
            // A key, and what stands between it and its value, counts as the value.
            let innermost = nodes.iter().rev().find(|(node, from, _)| (*from..node.end()).contains(&at));
            prop_assert_eq!(Some(&found), innermost.map(|(_, _, pointer)| pointer), "byte {}", at);
        }
    }

    #[test]
    fn broken_documents_are_refused_by_both(value in value(), seed in any::<u64>(), cuts in 1..4usize) {
        let (mut seed, mut text) = (seed, String::new());
        write(&value, &mut seed, &mut text);
        for _ in 0..cuts {
            let mut at = next(&mut seed, text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match next(&mut seed, 4) {
                0 => text.truncate(at),
                1 if at < text.len() => { text.remove(at); }
                2 => text.insert_str(at, ["\"", "\\", ",", "}", "]", "{", ":", "0", "-", "e", ".", "\u{0}", "tru"][next(&mut seed, 13)]),
                _ => text.insert_str(at, "\\ud800"),
            }
        }
        agree(&text)?;
    }

    #[test]
    fn objects_that_look_like_each_other_are_read_each_for_itself(objects in prop::collection::vec(alike(), 0..8), cut in any::<prop::sample::Index>()) {
        let text = written(&objects);
        let (mut tape, mut scanner) = (Tape::default(), Scanner::new(&text));
        scanner.read_tape(&mut tape).expect("good JSON");
        let mut repeated = Vec::new();
        for (node, (fields, _)) in tape.root().items().zip(&objects) {
            let mut first = std::collections::HashMap::new();
            let found: Vec<_> = node.fields().collect();
            prop_assert_eq!(found.len(), fields.len());
            for ((key, value), (name, number)) in found.iter().zip(fields) {
                prop_assert_eq!((&*key.text, &text[key.start as usize..key.end as usize]), (*name, &*format!("\"{name}\"")));
                prop_assert_eq!(value.u64().unwrap_or(0), u64::from(*number));
                match first.get(name) {
                    Some(start) => repeated.push((key.start, *start)),
                    None => drop(first.insert(name, key.start)),
                }
            }
        }
        let told = |faults: Vec<Fault>| faults.iter().filter_map(|fault| Some((fault.at, fault.related.as_ref()?.0))).collect::<Vec<_>>();
        prop_assert_eq!(told(scanner.take_faults()), repeated.clone());
        prop_assert_eq!(pulled(&text).map(told), Ok(repeated));
        let mut broken = text.clone();
        let at = cut.index(broken.len());
        broken.remove(at);
        agree(&broken)?;
    }

    #[test]
    fn a_soup_of_json_letters_is_read_the_same(text in "[\\[\\]{},:\"\\\\ ud89cCA01eE.+\\-tf\n\u{1}é]{0,14}") {
        agree(&text)?;
        agree(&format!("[{text}]"))?;
        agree(&format!("{{\"a\":{text}}}"))?;
    }

    #[test]
    fn a_soup_of_escapes_is_read_the_same(units in prop::collection::vec(prop_oneof![
        Just("\\ud83d"), Just("\\uDE00"), Just("\\ud800"), Just("\\udbff"), Just("\\udc00"), Just("\\udfff"), Just("\\u00e9"), Just("\\u12"), Just("\\u+123"), Just("\\n"), Just("\\"), Just("\\x"),
        Just("a"), Just("\u{7f}"), Just("\u{1f}"), Just("plain text of some length"),
    ], 0..6)) {
        let text = units.concat();
        agree(&format!("\"{text}\""))?;
        agree(&format!("[{{\"{text}\": \"{text}\"}}]"))?;
        agree(&format!("\"{text}"))?;
    }

    #[test]
    fn a_soup_of_digits_is_read_the_same(text in "-?[0-9]{0,3}\\.?[0-9]{0,3}[eE]?[+-]?[0-9]{0,2}") {
        agree(&text)?;
        agree(&format!("[{text}]"))?;
    }

    #[test]
    fn a_repeated_key_is_seen_however_it_is_spelled_and_however_many_there_are(count in 1..40usize, pick in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let mut seed = seed;
        let repeated = pick.index(count);
        let mut text = "[{\"a\": {".to_owned();
        for number in (0..count).chain([repeated]) {
            text.push_str(if text.ends_with('{') { "" } else { "," });
            string(&format!("key{number}"), &mut seed, &mut text);
            text.push_str(": 1");
        }
        text.push_str("}}]");
        let mut scanner = Scanner::new(&text);
        scanner.skip_value().expect("good JSON");
        let faults = scanner.take_faults();
        prop_assert_eq!(faults.len(), 1);
        prop_assert_eq!(pulled(&text), Ok(faults.clone()));
        let (start, end, _) = faults[0].related.clone().expect("the first place");
        let first: String = serde_json::from_str(&text[start as usize..end as usize]).expect("a key");
        prop_assert_eq!(first, format!("key{repeated}"));
    }
}

#[test]
fn depth_is_limited_everywhere() {
    let arrays = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}0{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    for text in [126, 127, 128, 129, 1_000_000].into_iter().flat_map(|depth| [arrays(depth), objects(depth)]) {
        let depth = text.matches(['[', '{']).count();
        let fits = depth <= rolecall_source::MAX_DEPTH;
        assert_eq!((accepts(&text), reads(&text)), (fits, fits), "{depth} deep");
        if fits {
            assert!(pulls(&text));
        }
    }
}

#[test]
fn one_level_less_than_the_limit_is_what_serde_json_takes_too() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let limit = rolecall_source::MAX_DEPTH;
    assert_eq!((expected(&nested(limit - 1)), expected(&nested(limit))), (Some(true), Some(false)));
}

#[test]
fn an_object_of_many_keys_is_read_in_linear_time() {
    let keys: Vec<String> = (0..300_000).map(|number| format!("\"k{number}\":0")).collect();
    assert!(accepts(&format!("{{{}}}", keys.join(","))));
}
