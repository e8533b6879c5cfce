//! What each tier may do.

use super::Dossier;
use super::words::{count, safe};
use maud::{Markup, html};
use rolecall_engine::{AccessRow, Stating, TierAccess};
use std::collections::BTreeSet;

/// How many names a cell gives before it only counts.
const NAMED: usize = 6;

/// The section of effective access.
pub(super) fn access(dossier: &Dossier<'_>) -> Markup {
    html! {
        section id="access" aria-labelledby="access-title" {
            h2 id="access-title" { "Effective access by tier" }
            p class="about" { "Every permission that somebody of the tier holds, by role, group or inheritance, and over what. "
                "Behind who states it: how many of the tier have it from there. Marked permissions are sensitive." }
            @for tier in &dossier.access { (of_tier(tier)) }
        }
    }
}

fn of_tier(tier: &TierAccess) -> Markup {
    let members: Vec<String> = tier.members.iter().map(|(kind, number)| count(*number, kind)).collect();
    let members = if members.is_empty() { "nobody in this export".to_owned() } else { members.join(", ") };
    let all = distinct(tier.rows.iter());
    let sensitive = distinct(tier.rows.iter().filter(|row| row.sensitive.is_some()));
    html! {
        details class="tier" {
            summary { h3 { (safe(&tier.tier)) } span class="about" { (members) " · " (count(all, "permission")) ", " (sensitive) " sensitive" } }
            @if !tier.rows.is_empty() {
                div class="scroll" tabindex="0" role="region" aria-label=(format!("access of {}", safe(&tier.tier))) {
                    table {
                        thead { tr { th scope="col" { "Permission" } th scope="col" { "Over" } th scope="col" { "Stated by" } } }
                        tbody { @for row in &tier.rows { (of_row(row)) } }
                    }
                }
            }
        }
    }
}

/// How many permissions there are: one has a row for each that it is had over.
fn distinct<'r>(rows: impl Iterator<Item = &'r AccessRow>) -> usize {
    rows.map(|row| row.permission.as_str()).collect::<BTreeSet<_>>().len()
}

fn of_row(row: &AccessRow) -> Markup {
    let names: Vec<String> = row.by.iter().take(NAMED).map(stating).collect();
    let more = row.by.len().saturating_sub(NAMED);
    html! {
        tr {
            th scope="row" { code { (safe(&row.permission)) }
                @if let Some(sensitive) = row.sensitive { " " span class="sensitive" { (sensitive.class.replace('-', " ")) } } }
            td { (safe(&row.reach)) }
            td { (names.join(", ")) @if more > 0 { " and " (more) " more" } }
        }
    }
}

/// `BPO Planner (12)`
fn stating(by: &Stating) -> String {
    format!("{} ({})", safe(&by.who.name), by.users + by.accounts)
}
