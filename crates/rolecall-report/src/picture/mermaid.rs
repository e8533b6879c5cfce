//! Mermaid flow charts.

use super::{beside, lines};
use rolecall_query::{MANY, Picture};
use rolecall_source::visible;
use std::io::{self, Write};

/// Writes a picture.
pub(super) fn write(out: &mut dyn Write, picture: &Picture) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (row, dot) in picture.nodes.iter().enumerate() {
        let (open, close) = match dot.named.kind {
            "user" => ("([", "])"),
            "service-account" => ("{{", "}}"),
            "role" => ("(", ")"),
            "permission" => ("[/", "/]"),
            MANY => ("[[", "]]"),
            _ => ("[", "]"),
        };
        let label: Vec<String> = lines(dot).iter().map(|line| escaped(line)).collect();
        writeln!(out, "  n{row}{open}\"{}\"{close}", label.join("<br>"))?;
    }
    for arrow in &picture.edges {
        writeln!(out, "  n{} -->|\"{}\"| n{}", arrow.from, escaped(&beside(arrow)), arrow.to)?;
    }
    for (row, text) in picture.left_out.iter().enumerate() {
        writeln!(out, "  out{row}[\"not drawn: {}\"]", escaped(text))?;
    }
    Ok(())
}

/// Text within quotes: all that could be markup to Mermaid, Markdown or HTML goes by its number.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in visible(text).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | ':' | '-' | '@' | '/' | '(' | ')') {
            safe.push(c);
        } else {
            safe.push_str(&format!("#{};", u32::from(c)));
        }
    }
    safe
}
