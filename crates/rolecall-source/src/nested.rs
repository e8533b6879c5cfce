//! An object whose keys are ways, taken for the values that these lead through.

use crate::fault::offset;
use crate::scan::Kind;
use crate::tape::{Node, Tape, Token};
use std::cmp::Ordering;
use std::ops::Range;

/// How many steps a way may have; what lies further is named by all that is left of it.
const MOST: usize = 16;

/// A value and the way to it: where each step stands in the text.
struct Way<'a> {
    steps: Vec<(Range<usize>, &'a str)>,
    value: Token,
}

impl<'a> Way<'a> {
    fn step(&self, depth: usize) -> Option<&(Range<usize>, &'a str)> {
        self.steps.get(depth)
    }

    fn is_at(&self, depth: usize, step: &str) -> bool {
        self.step(depth).is_some_and(|(_, text)| *text == step) && self.steps.len() == depth + 1
    }
}

/// The order of two ways: figures by what they count, so that lists keep their order.
fn order(a: &Way<'_>, b: &Way<'_>) -> Ordering {
    let key = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    let step = |way: &Way<'_>| way.steps.iter().map(|(_, text)| (key(text), (*text).to_owned())).collect::<Vec<_>>();
    step(a).cmp(&step(b))
}

impl<'a> Tape<'a> {
    /// The value that a flat one stands for: an object whose keys are ways (`roles.0.role_id`), with how long lists are
    /// under `#` (`roles.#`) and maps under `%`. Every part of it has the place of a part of the flat one.
    #[must_use]
    pub fn nested(flat: Node<'_, 'a>) -> Self {
        let mut ways: Vec<Way<'a>> = flat.tokens().map(|(key, text, value)| way(key, text, value)).collect();
        ways.sort_by(order);
        let mut nested = Self::like(flat);
        let root = nested.begin(Kind::Object, flat.token());
        children(&ways, 0, Kind::Object, &mut nested);
        nested.end(root);
        nested
    }
}

/// The way that a key is.
fn way(key: Token, text: Option<&str>, value: Token) -> Way<'_> {
    // A key with escapes is none that Terraform makes of names.
    let Some(text) = text else { return Way { steps: vec![(key.inside(), "")], value } };
    let mut at = key.inside().start;
    let steps = text.splitn(MOST, '.').map(|step| {
        let range = at..at + step.len();
        at = range.end + 1;
        (range, step)
    });
    Way { steps: steps.collect(), value }
}

/// Lays out what ways that begin alike lead to.
fn children(ways: &[Way<'_>], depth: usize, of: Kind, into: &mut Tape<'_>) {
    for group in ways.chunk_by(|a, b| a.step(depth).map(|s| s.1) == b.step(depth).map(|s| s.1)) {
        let Some((range, step)) = group.first().and_then(|way| way.step(depth)) else { continue };
        if matches!(*step, "#" | "%") {
            continue;
        }
        let count = |sign: &str| group.iter().find(|way| way.is_at(depth + 1, sign));
        let (list, map) = (count("#"), count("%"));
        let leaf = group.iter().find(|way| way.steps.len() == depth + 1);
        let is_branch = group.len() > usize::from(leaf.is_some());
        let Some(place) = list.or(map).or_else(|| group.first()).map(|way| way.value) else { continue };
        if of == Kind::Object {
            into.name(range.clone());
        }
        let kind = if list.is_some() { Kind::Array } else { Kind::Object };
        match leaf.filter(|_| !is_branch) {
            Some(leaf) => into.put(leaf.value),
            None => {
                let row = into.begin(kind, place);
                children(group, depth + 1, kind, into);
                into.end(row);
            }
        }
    }
}

impl Tape<'_> {
    fn begin(&mut self, kind: Kind, place: Token) -> usize {
        self.put(place.of_kind(kind));
        self.rows() - 1
    }

    fn end(&mut self, row: usize) {
        let next = offset(self.rows());
        self.set_next(row, next);
    }

    fn name(&mut self, inside: Range<usize>) {
        self.put(Token::key(inside));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scanner;

    fn said(node: Node<'_, '_>) -> String {
        match node.kind() {
            Kind::Object => {
                let fields = node.fields().map(|(key, value)| format!("{}={}", key.text, said(value)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(" "))
            }
            Kind::Array => format!("[{}]", node.items().map(said).collect::<Vec<_>>().join(" ")),
            _ => node.raw().to_owned(),
        }
    }

    fn check(flat: &str, expected: &str) {
        let mut tape = Tape::default();
        Scanner::new(flat).read_tape(&mut tape).expect("good JSON");
        let nested = Tape::nested(tape.root());
        assert_eq!(said(nested.root()), expected, "{flat}");
    }

    #[test]
    fn ways_lead_through_lists_maps_and_blocks() {
        check(r#"{"id": "1", "name": "a.b"}"#, r#"{id="1" name="a.b"}"#);
        check(r#"{"r.#": "0", "m.%": "0"}"#, r"{m={} r=[]}");
        check(
            r##"{"r.#": "2", "r.77.d.#": "1", "r.77.d.9": "*", "r.77.id": "x", "r.8.id": "y", "r.8.d.#": "0"}"##,
            r#"{r=[{d=[] id="y"} {d=["*"] id="x"}]}"#,
        );
        let eleven: String = (0..11).map(|n| format!(r#", "l.{n}": {n}"#)).collect();
        check(&format!(r##"{{"l.#": "11"{eleven}}}"##), "{l=[0 1 2 3 4 5 6 7 8 9 10]}");
        check(
            r##"{"p.#": "1", "p.0.%": "2", "p.0.a": "b", "p.0.s.#": "1", "p.0.s.0": "v"}"##,
            r#"{p=[{a="b" s=["v"]}]}"#,
        );
        check("{}", "{}");
    }

    #[test]
    fn parts_have_the_places_of_what_is_written() {
        let text = r##"{"r.#": "1", "r.5.id": "x"}"##;
        let mut tape = Tape::default();
        Scanner::new(text).read_tape(&mut tape).expect("good JSON");
        let nested = Tape::nested(tape.root());
        let list = nested.root().get("r").expect("a list");
        let block = list.items().next().expect("a block");
        let (key, value) = block.fields().next().expect("a field");
        let at = |part: &str| u32::try_from(text.find(part).expect("it is there")).expect("short");
        assert_eq!([list.start(), block.start(), value.start()], [at("\"1\""), at("\"x\""), at("\"x\"")]);
        assert_eq!((&*key.text, key.start), ("id", at(".id")));
    }

    #[test]
    fn whatever_the_keys_are_something_is_made_of_them() {
        let far = vec!["a"; 2_000].join(".");
        check(&format!(r#"{{"{far}": 1}}"#), &{
            let rest = vec!["a"; 2_000 - 15].join(".");
            format!("{}{{{rest}=1{}", "{a=".repeat(15), "}".repeat(16))
        });
        check(r#"{"a": 1, "a.b": 2, "": 3, ".": 4}"#, "{={=4} a={b=2}}");
        check("[1]", "{}");
    }
}
