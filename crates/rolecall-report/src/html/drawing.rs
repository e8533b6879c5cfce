//! The chain that proves a finding, drawn from the top down.

use super::words::safe;
use crate::Verdict;
use maud::{Markup, html};
use rolecall_engine::{Named, Step};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// From one entity to the next.
const PITCH: usize = 46;
/// Where text starts, to the right of the marks.
const TEXT: usize = 30;
/// Where the marks and the line between them are.
const LINE: usize = 11;
/// The most columns of a name and of the path beside an edge.
const COLUMNS: usize = 44;

/// Draws the witness; each edge says what it is and which line states it.
pub(super) fn drawing(verdict: &Verdict<'_>, steps: &[Step]) -> Markup {
    let rows = rows(verdict, steps);
    let is_ended = rows.last().is_some_and(|row| row.edge.is_some());
    let height = rows.len() * PITCH - if is_ended { 0 } else { PITCH / 2 };
    let width = TEXT + rows.iter().map(Row::width).max().unwrap_or(0) + 4;
    let spoken = format!("chain of access: {}", crate::witness::chain(steps));
    html! {
        svg class="chain" role="img" aria-label=(safe(&spoken)) width=(width) height=(height)
            viewBox=(format!("0 0 {width} {height}")) {
            @for (number, row) in rows.iter().enumerate() {
                @let y = 14 + number * PITCH;
                @if number + 1 < rows.len() { (arrow(y)) }
                (mark(row.kind, y))
                text x=(TEXT) y=(y + 5) {
                    tspan class="name" { (row.name) } @if !row.note.is_empty() { tspan class="note" dx="7" { (row.note) } }
                }
                @if let Some((edge, place)) = &row.edge {
                    text class="edge" x=(TEXT) y=(y + 27) { (edge) tspan class="at" dx="7" { (place) } }
                }
            }
        }
    }
}

/// One entity of the chain, with the edge that leads on.
struct Row {
    kind: &'static str,
    name: String,
    note: String,
    edge: Option<(&'static str, String)>,
}

impl Row {
    fn of(named: &Named) -> Self {
        let note = if named.kind == "permission" { String::new() } else { named.kind.replace('-', " ") };
        Self { kind: named.kind, name: head(&safe(&named.name)), note, edge: None }
    }

    /// Pixels that its text takes, on the safe side: fonts differ.
    fn width(&self) -> usize {
        let edge = self.edge.as_ref().map_or(0, |(edge, place)| edge.width() * 7 + place.width() * 7 + 10);
        (self.name.width() * 10 + self.note.width() * 8 + 10).max(edge)
    }
}

fn rows(verdict: &Verdict<'_>, steps: &[Step]) -> Vec<Row> {
    let mut rows: Vec<Row> = steps.first().map(|step| Row::of(&step.from)).into_iter().collect();
    for step in steps {
        let place = verdict.places.get(&step.place).and_then(|location| {
            let path = verdict.sources.get(location.file)?.path();
            Some(format!("{}:{}", tail(&safe(path)), location.start.line))
        });
        if let Some(row) = rows.last_mut() {
            row.edge = Some((verb(step.edge), place.unwrap_or_default()));
        }
        let mut row = Row::of(&step.to);
        if let Some(over) = &step.over {
            row.note = head(&format!("over {}", safe(over)));
        }
        rows.push(row);
    }
    // How far the last one reaches has a line of its own: beside the name it would make the drawing too wide to read.
    let over = steps.last().and_then(|step| step.over.as_ref());
    if let Some((row, over)) = rows.last_mut().zip(over) {
        row.note.clear();
        row.edge = Some(("over", head(&safe(over))));
    }
    rows
}

fn verb(edge: &'static str) -> &'static str {
    match edge {
        "member-of" => "is a member of",
        "inherits" => "inherits from",
        "impersonates" => "may become",
        "has-member" => "has as member",
        "on-queue" => "is on",
        "in-view" => "is in",
        "limited-to" => "is limited to",
        other => other,
    }
}

fn arrow(y: usize) -> Markup {
    let (from, to) = (y + 9, y + PITCH - 10);
    html! {
        path class="line" d=(format!("M{LINE} {from}V{to}M{} {}L{LINE} {to}L{} {}", LINE - 4, to - 5, LINE + 4, to - 5)) {}
    }
}

/// People and machines are round, groups square, roles stand on a corner, and what is reached is full.
fn mark(kind: &str, y: usize) -> Markup {
    let square = |half: usize, class: &str, turned: bool| {
        let turn = turned.then(|| format!("rotate(45 {LINE} {y})"));
        html! {
            rect class=(class) x=(LINE - half) y=(y - half) width=(half * 2) height=(half * 2) transform=[turn] {}
        }
    };
    match kind {
        "user" | "service-account" => html! { circle class="mark" cx=(LINE) cy=(y) r="6" {} },
        "role" => square(5, "mark", true),
        "permission" => square(5, "mark full", false),
        _ => square(6, "mark", false),
    }
}

/// As much of a text as there is room for, from its start.
fn head(text: &str) -> String {
    clipped(text.chars()).map_or_else(|| text.to_owned(), |kept| format!("{kept}…"))
}

/// The same from its end: of a path the file counts most.
fn tail(text: &str) -> String {
    let kept = clipped(text.chars().rev());
    kept.map_or_else(|| text.to_owned(), |kept| format!("…{}", kept.chars().rev().collect::<String>()))
}

fn clipped(chars: impl Iterator<Item = char>) -> Option<String> {
    let (mut kept, mut columns) = (String::new(), 0);
    for c in chars {
        columns += c.width().unwrap_or(0);
        if columns > COLUMNS {
            return Some(kept);
        }
        kept.push(c);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_start_and_long_paths_their_end() {
        assert_eq!((head("Ana"), tail("a/b.json")), ("Ana".to_owned(), "a/b.json".to_owned()));
        let long = format!("{}z", "漢".repeat(30));
        assert_eq!(head(&long).width(), COLUMNS + 1);
        assert!(head(&long).ends_with('…') && tail(&long).starts_with('…') && tail(&long).ends_with('z'));
    }
}
