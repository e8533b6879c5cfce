//! DOT, the language of Graphviz.

use super::{beside, lines, shown};
use rolecall_query::{MANY, Picture};
use std::io::{self, Write};

/// Writes a picture.
pub(super) fn write(out: &mut dyn Write, picture: &Picture) -> io::Result<()> {
    writeln!(out, "digraph access {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=11];")?;
    writeln!(out, "  edge [fontname=\"sans-serif\", fontsize=9];")?;
    for (row, dot) in picture.nodes.iter().enumerate() {
        let shape = match dot.named.kind {
            "user" => "ellipse",
            "service-account" => "hexagon",
            "role" => "box, style=rounded",
            "permission" => "note",
            MANY => "plaintext",
            _ => "box",
        };
        let label: Vec<String> = lines(dot).iter().map(|line| escaped(line)).collect();
        writeln!(out, "  n{row} [shape={shape}, label=\"{}\"];", label.join("\\n"))?;
    }
    for arrow in &picture.edges {
        writeln!(out, "  n{} -> n{} [label=\"{}\"];", arrow.from, arrow.to, escaped(&beside(arrow)))?;
    }
    if !picture.left_out.is_empty() {
        writeln!(out, "  label=\"not drawn: {}\";", escaped(&picture.left_out.join("; ")))?;
    }
    writeln!(out, "}}")
}

/// Text within quotes. Graphviz reads backslashes and, in labels, entities of HTML; what it draws is often SVG.
fn escaped(text: &str) -> String {
    shown(text).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}
