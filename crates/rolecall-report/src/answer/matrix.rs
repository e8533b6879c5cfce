//! `isolation` and `residency`: who reaches whose things.

use super::{Ink, Page, Shown, count, named, people, some_of};
use rolecall_engine::{Answer, Why};
use rolecall_query::{Cell, Matrix, Open};
use serde_json::{Value, json};

/// A matrix under the question that it answers.
pub struct MatrixAnswer {
    /// `isolation` or `residency`.
    pub is_residency: bool,
    /// The cells.
    pub matrix: Matrix,
}

impl Shown for MatrixAnswer {
    fn schema(&self) -> &'static str {
        if self.is_residency { "rolecall/residency/v1" } else { "rolecall/isolation/v1" }
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        let side = |at: usize| self.matrix.sides.get(at).map_or("", |side| side.name.as_str());
        let cell = |cell: &Cell| {
            json!({
                "from": side(cell.from), "to": side(cell.to), "resource": cell.resource, "answer": cell.answer,
                "why": cell.why, "open": cell.open, "people": cell.people,
                "names": cell.names.iter().map(named).collect::<Vec<_>>(), "on": cell.on.as_ref().map(named),
                "witness": ink.chain(&cell.witness),
            })
        };
        let sides = self.matrix.sides.iter().map(|side| {
            let things: serde_json::Map<String, Value> =
                side.things.iter().map(|(kind, number)| ((*kind).to_owned(), (*number).into())).collect();
            json!({ "name": side.name, "internal": side.is_internal, "users": side.users, "service-accounts": side.accounts, "things": things })
        });
        json!({
            "sides": sides.collect::<Vec<_>>(), "resources": self.matrix.resources,
            "cells": self.matrix.cells.iter().map(cell).collect::<Vec<_>>(), "lacking": self.matrix.lacking,
        })
    }

    fn text(&self, page: &mut Page<'_>) {
        let matrix = &self.matrix;
        if let Some(reason) = &matrix.lacking {
            page.verdict(Answer::Maybe, format!("cannot tell from this export: {reason}"));
            return;
        }
        let red = matrix.crossings().count();
        let answer = if red > 0 { Answer::Yes } else { Answer::No };
        let judged = matrix.cells.iter().filter(|cell| !matrix.is_from_internal(cell)).count();
        let whose = if self.is_residency { "a region" } else { "a partner" };
        let words = match red {
            0 => format!("{whose} is nowhere seen to reach what is another's by a permission"),
            _ => format!("{whose} reaches what is another's in {red} of {}", count(judged, "cell")),
        };
        page.verdict(answer, words);
        page.gap();
        page.table(&self.rows());
        page.gap();
        for side in &matrix.sides {
            let things: Vec<String> = side.things.iter().filter(|(_, n)| *n > 0).map(|(k, n)| count(*n, k)).collect();
            let things = if things.is_empty() { "nothing that the export shows".to_owned() } else { things.join(", ") };
            let people = people(side.users, side.accounts);
            // Those who have no region are no region that could have something.
            let own = if side.things.is_empty() { String::new() } else { format!("; its own: {things}") };
            page.line(0, format!("{}: {people}{own}", side.name));
        }
        self.cells(page, Answer::Yes, "who reaches it, and through what");
        self.cells(page, Answer::Maybe, "what cannot be told from this export");
        self.open(page);
    }
}

impl MatrixAnswer {
    fn rows(&self) -> Vec<Vec<String>> {
        let matrix = &self.matrix;
        let head = matrix.resources.iter().map(|resource| resource.word().to_owned());
        let mut rows = vec![std::iter::once("from → to".to_owned()).chain(head).collect()];
        for (from, side) in matrix.sides.iter().enumerate() {
            for (to, other) in matrix.sides.iter().enumerate().filter(|(to, _)| *to != from) {
                if other.things.is_empty() {
                    continue;
                }
                let word = |resource| matrix.cell(from, to, resource).map_or("", word).to_owned();
                let cells = matrix.resources.iter().map(|resource| word(*resource));
                rows.push(std::iter::once(format!("{} → {}", side.name, other.name)).chain(cells).collect());
            }
        }
        rows
    }

    fn cells(&self, page: &mut Page<'_>, answer: Answer, title: &str) {
        let side = |at: usize| self.matrix.sides.get(at).map_or("", |side| side.name.as_str());
        // That the company reaches its partners is seldom a surprise.
        let is_shown = |cell: &&Cell| page.is_verbose() || !self.matrix.is_from_internal(cell);
        let of_answer = || self.matrix.cells.iter().filter(|cell| cell.answer == answer);
        let cells: Vec<&Cell> = of_answer().filter(is_shown).collect();
        let hidden = of_answer().count() - cells.len();
        if cells.len() + hidden == 0 || page.is_quiet() {
            return;
        }
        page.title(title);
        for cell in cells {
            let on = cell.on.as_ref().map(|on| format!(" such as {}", super::noun(on))).unwrap_or_default();
            let may = if answer == Answer::Maybe { "may reach" } else { "reaches" };
            let because = match (answer, cell.why) {
                (Answer::Maybe, Some(why)) => format!(": {}", reason(why)),
                _ => String::new(),
            };
            let head = format!("{} {may} {} of {}{on}{because}", side(cell.from), cell.resource.word(), side(cell.to));
            page.line(2, format!("{head} ({}: {})", cell.people, some_of(&cell.names, cell.people)));
            if !cell.witness.is_empty() {
                page.chain(4, &cell.witness);
            }
        }
        if hidden > 0 {
            page.line(2, format!("and {} of the company's own people, which -v shows", count(hidden, "cell")));
        }
    }

    fn open(&self, page: &mut Page<'_>) {
        let mut said: Vec<&Open> = Vec::new();
        for open in self.matrix.cells.iter().filter_map(|cell| cell.open) {
            if !said.contains(&open) {
                said.push(open);
            }
        }
        if !said.is_empty() {
            page.title("open whatever roles say");
        }
        for open in said {
            page.line(2, format!("{} ({} asks for no permission)", open.says, open.call));
        }
    }
}

fn word(cell: &Cell) -> &'static str {
    match (cell.answer, cell.open) {
        (Answer::Yes, _) => "YES",
        (Answer::Maybe, Some(_)) => "?, open",
        (Answer::Maybe, None) => "?",
        (Answer::No, Some(_)) => "open",
        (Answer::No, None) => "no",
    }
}

/// What decides an answer, in words that follow a colon.
pub(crate) fn reason(why: Why) -> &'static str {
    match why {
        Why::Given => "it is given, as far as the last step says",
        Why::Everything => "the entry reaches everything",
        Why::Within => "it is within what the entry is limited to",
        Why::Outside => "it is outside of what the entry is limited to",
        Why::Assigned => "they work there",
        Why::NotAssigned => "they do not work there",
        Why::SeatsNotShown => "the export does not show who works on which queue",
        Why::Own => "it is their own record",
        Why::NotOwn => "it is not their own record",
        Why::Division => "it is in a division in which the role is given",
        Why::OtherDivision => "the role is given in other divisions only",
        Why::PerhapsUndivided => {
            "the role is given in other divisions, and only the permission catalogue (--catalog) says whether these limit the permission"
        }
        Why::Undivided => "divisions do not limit the permission, as the tenant's own catalogue says",
        Why::DivisionOfTargetNotShown => "the export does not show in which division that is",
        Why::DivisionsNotShown => "the export does not show in which divisions the role is given",
        Why::Condition => "a condition decides, which is evaluated only when the access is used",
        Why::Denied => "an access policy takes it away",
        Why::RolesNotShown => "the export does not show what roles of theirs grant",
        Why::NothingThere => "the export shows nothing of the sort there",
    }
}
