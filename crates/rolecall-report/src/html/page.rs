//! The frame of the page: its policy, its head, and the order of its sections.

use super::words::{count, safe};
use super::{Dossier, access, appendix, findings, isolation, overview};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The sections, by id and title, in order.
const SECTIONS: [(&str, &str); 8] = [
    ("summary", "Summary"),
    ("findings", "Findings"),
    ("isolation", "Isolation"),
    ("access", "Effective access"),
    ("held", "Held back"),
    ("limits", "Limits"),
    ("inputs", "Inputs"),
    ("rules", "Rules"),
];

/// The whole page.
pub(super) fn page(dossier: &Dossier<'_>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(concat!("rolecall ", env!("CARGO_PKG_VERSION")));
                title { (safe(&dossier.title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#content" { "Skip to the summary" }
                (head(dossier))
                div class="frame" {
                    nav aria-label="contents" { ol { @for (id, title) in SECTIONS { li { a href=(format!("#{id}")) { (title) } } } } }
                    main id="content" tabindex="-1" {
                        (overview::overview(dossier))
                        (findings::findings(dossier))
                        (isolation::isolation(dossier))
                        (access::access(dossier))
                        (appendix::held(dossier))
                        (appendix::limits(dossier))
                        (appendix::inputs(dossier))
                        (appendix::rules(dossier))
                    }
                }
                footer { p { "Made by rolecall " (env!("CARGO_PKG_VERSION")) " from files alone. Each finding can be checked against them with "
                    code { "rolecall verify" } "." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn head(dossier: &Dossier<'_>) -> Markup {
    let verdict = dossier.verdict;
    html! {
        header {
            p class="kind" { "Access report" }
            h1 { (safe(&dossier.title)) }
            p class="about" {
                (count(verdict.findings.len(), "finding")) " in " (count(verdict.inputs.len(), "file"))
                @if let Some(date) = &dossier.date { " · " time datetime=(date) { (date) } }
            }
        }
    }
}

/// Nothing may be loaded, sent or run but what stands in the page, and that only unchanged.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
