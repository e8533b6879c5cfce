//! Whether partners reach what is another's or the company's: the matrix, and a chain for each red cell.

use super::words::{count, safe, sentence};
use super::{Dossier, drawing};
use crate::answer::reason;
use maud::{Markup, html};
use rolecall_engine::Answer;
use rolecall_query::{Cell, Matrix, Open, Resource};

/// The section of the matrix.
pub(super) fn isolation(dossier: &Dossier<'_>) -> Markup {
    let matrix = &dossier.isolation;
    html! {
        section id="isolation" aria-labelledby="isolation-title" {
            h2 id="isolation-title" { "Isolation" }
            @if let Some(reason) = &matrix.lacking {
                p { "Cannot be told from this export: " (sentence(reason)) "." }
            } @else {
                p class="about" { "Whether the people of one side reach what belongs to another, by any permission, role, group or inheritance." }
                (table(matrix))
                (proofs(dossier))
                (open(matrix))
            }
        }
    }
}

fn pairs(matrix: &Matrix) -> impl Iterator<Item = (usize, usize)> + '_ {
    let sides = 0..matrix.sides.len();
    sides.clone().flat_map(move |from| sides.clone().filter(move |to| *to != from).map(move |to| (from, to)))
}

fn side(matrix: &Matrix, at: usize) -> String {
    matrix.sides.get(at).map(|side| safe(&side.name)).unwrap_or_default()
}

fn table(matrix: &Matrix) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label="who reaches whose things" {
            table class="matrix" {
                thead { tr { th scope="col" { "From → to" } @for resource in &matrix.resources { th scope="col" { (resource.word()) } } } }
                tbody {
                    @for (from, to) in pairs(matrix) {
                        tr {
                            th scope="row" { (side(matrix, from)) " → " (side(matrix, to)) }
                            @for resource in &matrix.resources { (answer(matrix, matrix.cell(from, to, *resource))) }
                        }
                    }
                }
            }
        }
    }
}

fn name(cell: &Cell) -> String {
    format!("i-{}-{}-{}", cell.from, cell.to, cell.resource.word())
}

fn answer(matrix: &Matrix, cell: Option<&Cell>) -> Markup {
    let Some(cell) = cell else { return html! { td {} } };
    // That the company reaches its partners is seldom a surprise.
    let alarm = if matrix.is_from_internal(cell) { "own" } else { "yes" };
    html! {
        @match (cell.answer, cell.open) {
            (Answer::Yes, _) => td class=(alarm) { a href=(format!("#{}", name(cell))) { "yes" } },
            (Answer::Maybe, _) => td class="maybe" { a href=(format!("#{}", name(cell))) { "cannot tell" } },
            (Answer::No, Some(_)) => td { "open to all" },
            (Answer::No, None) => td class="nought" { "no" },
        }
    }
}

/// What stands behind each cell that is not a plain no: red ones first, the company's own people last.
fn proofs(dossier: &Dossier<'_>) -> Markup {
    let matrix = &dossier.isolation;
    let rank = |cell: &&Cell| (matrix.is_from_internal(cell), cell.answer != Answer::Yes);
    let mut cells: Vec<&Cell> = matrix.cells.iter().filter(|cell| cell.answer != Answer::No).collect();
    cells.sort_by_key(rank);
    html! {
        @for cell in cells { (proof(dossier, cell)) }
    }
}

fn proof(dossier: &Dossier<'_>, cell: &Cell) -> Markup {
    let matrix = &dossier.isolation;
    let is_red = cell.answer == Answer::Yes;
    let names: Vec<String> = cell.names.iter().map(|named| safe(&named.name)).collect();
    let more = cell.people.saturating_sub(names.len());
    html! {
        details class="cell" id=(name(cell)) {
            summary {
                b { (side(matrix, cell.from)) } (if is_red { " reaches " } else { " may reach " }) (cell.resource.word()) " of " b { (side(matrix, cell.to)) }
                " " span class="about" { (count(cell.people, "principal")) }
            }
            div class="proof" {
                @if let Some(why) = cell.why { p { "Decided by this: " (reason(why)) "." } }
                p { (names.join(", ")) @if more > 0 { " and " (more) " more" } @if let Some(on) = &cell.on { "; for example " b { (safe(&on.name)) } } "." }
                @if !cell.witness.is_empty() { figure { figcaption { "How it is reached" } (drawing::drawing(dossier.verdict, &cell.witness)) } }
            }
        }
    }
}

/// What everybody sees who is logged in, whatever the roles say.
fn open(matrix: &Matrix) -> Markup {
    let mut said: Vec<(Resource, &Open)> = Vec::new();
    for cell in &matrix.cells {
        if let Some(open) = cell.open
            && !said.iter().any(|(_, known)| *known == open)
        {
            said.push((cell.resource, open));
        }
    }
    html! {
        @if !said.is_empty() {
            h3 { "Open whatever roles say" }
            ul { @for (_, open) in said { li { (sentence(open.says)) " (" code { (open.call) } " asks for no permission)" } } }
        }
    }
}
