//! The lines of the input that a finding rests on.

use super::words::{count, safe};
use crate::Verdict;
use crate::excerpt::{Line, Looks, Mark, pieces};
use maud::{Markup, html};
use rolecall_engine::{Finding, Label};
use std::ops::Range;

/// Columns of an excerpt: what a page of paper holds.
const WIDTH: usize = 92;

/// How many places a finding shows; the others are counted, and the JSON report has them all.
const PLACES: usize = 8;

/// The places of a finding, each with its lines and with what to see there.
pub(super) fn excerpts<'v>(verdict: &'v Verdict<'_>, finding: &Finding, looks: &mut Looks<'v>) -> Markup {
    let labels = || std::iter::once(&finding.primary).chain(&finding.related);
    let marks: Vec<Mark<'v>> =
        labels().take(PLACES).enumerate().filter_map(|(number, label)| mark(verdict, label, number == 0)).collect();
    let hidden = labels().count().saturating_sub(PLACES);
    html! {
        @for lines in pieces(&marks, WIDTH, looks) { (piece(&lines)) }
        @if hidden > 0 { p class="more" { (count(hidden, "place")) " more; the JSON report has all of them" } }
    }
}

fn mark<'a>(verdict: &'a Verdict<'_>, label: &Label, is_primary: bool) -> Option<Mark<'a>> {
    let location = verdict.places.get(&label.place)?;
    crate::text::mark(verdict, location, &label.text, is_primary)
}

fn piece(lines: &[Line<'_, '_>]) -> Markup {
    let Some((first, _)) = lines.iter().flat_map(|line| &line.marks).next() else { return html! {} };
    html! {
        figure class="source" {
            figcaption { (safe(first.file.path())) ":" (first.line) ":" (first.column) }
            pre {
                @for line in lines {
                    span class="line" { span class="number" { (line.number) } span class="text" { (marked(line)) } }
                }
            }
            @for (mark, _) in lines.iter().flat_map(|line| &line.marks) {
                p class="label" { (super::words::sentence(&mark.text)) }
            }
        }
    }
}

/// A line with the places on it marked.
fn marked(line: &Line<'_, '_>) -> Markup {
    html! {
        @for (text, mark) in stretches(line) {
            @match mark {
                Some(mark) => mark class=[(!mark.is_primary).then_some("also")] { (text) },
                None => (text),
            }
        }
        "\n"
    }
}

/// A line cut where marks begin and end; where two overlap the first counts.
fn stretches<'l, 'm, 'a>(line: &'l Line<'m, 'a>) -> Vec<(&'l str, Option<&'m Mark<'a>>)> {
    let mut marks = line.marks.clone();
    marks.sort_by_key(|(_, range)| range.start);
    let between = |range: Range<usize>| line.text.get(range).unwrap_or_default();
    let mut found = Vec::new();
    let mut at = 0;
    for (mark, range) in marks {
        if range.start >= at && range.end > range.start {
            found.push((between(at..range.start), None));
            found.push((between(range.clone()), Some(mark)));
            at = range.end;
        }
    }
    found.push((between(at..line.text.len()), None));
    found
}
