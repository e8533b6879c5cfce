//! The fewest edits that break a finding, and who would notice.

use super::words::{count, safe, sentence};
use crate::Verdict;
use crate::answer::{command, loser, lost_words};
use maud::{Markup, html};
use rolecall_query::{Cut, Loss, Said};

/// How many who lose the same, and how many permissions of each, before the rest is only counted.
const SHOWN: usize = 5;

/// A cut with its proof.
pub(super) fn cut(verdict: &Verdict<'_>, cut: &Cut) -> Markup {
    let broken = cut.paths - cut.left.min(cut.paths);
    let also = cut.gone.len().saturating_sub(1);
    html! {
        div class="cut" {
            p { strong { "The fewest edits that break it: " } "they break " (broken) " of " (count(cut.paths, "path"))
                ", proven by running the rules again"
                @if also > 0 { "; " (count(also, "other finding")) (if also == 1 { " goes" } else { " go" }) " with it" } "." }
            ul class="edits" { @for said in &cut.edits { li { (sentence(&command(said))) (places(verdict, said)) } } }
            @if !cut.come.is_empty() {
                p { strong { "What would come of it" } }
                ul { @for finding in cut.come.iter().take(SHOWN) { li { code { (safe(&finding.rule)) } " " (sentence(&finding.message)) }  } (rest(cut.come.len())) }
            }
            @if cut.losses.is_empty() {
                p { "Nobody would notice: nobody loses a permission." }
            } @else {
                p { strong { "Who would notice" } }
                ul { @for loss in cut.losses.iter().take(SHOWN) { (of_loss(loss)) } (rest(cut.losses.len())) }
            }
        }
    }
}

/// Where the export states what an edit takes away.
fn places(verdict: &Verdict<'_>, said: &Said) -> Markup {
    let located = said.places.iter().filter_map(|place| verdict.places.get(place));
    let short = located.filter_map(|location| {
        let path = verdict.sources.get(location.file)?.path();
        Some(format!("{}:{}", safe(path), location.start.line))
    });
    let mut all: Vec<String> = short.collect();
    all.dedup();
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    html! {
        @if !all.is_empty() { " " small { (all.join(", ")) @if more > 0 { " and " (more) " more" } } }
    }
}

fn of_loss(loss: &Loss) -> Markup {
    html! {
        li {
            (sentence(&loser(loss))) " would lose"
            ul { @for lost in loss.lost.iter().take(SHOWN) { li { (sentence(&lost_words(loss, lost))) } } (rest(loss.lost.len())) }
        }
    }
}

fn rest(all: usize) -> Markup {
    let more = all.saturating_sub(SHOWN);
    html! { @if more > 0 { li { "and " (more) " more" } } }
}
