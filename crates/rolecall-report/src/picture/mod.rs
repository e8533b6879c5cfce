//! Pictures of access, in the words of the tools that draw them.

mod dot;
mod graphml;
mod mermaid;

use crate::escaping::write_pretty;
use rolecall_query::Picture;
use rolecall_source::visible;
use serde_json::json;
use std::io::{self, Write};

/// A way to write pictures.
#[derive(Clone, Copy, Debug)]
pub struct PictureFormat {
    /// The name on the command line.
    pub name: &'static str,
    /// Who reads it, in a few words.
    pub about: &'static str,
    /// Writes a picture.
    pub write: fn(&mut dyn Write, &Picture) -> io::Result<()>,
}

/// All of them, the default first.
pub const PICTURES: &[PictureFormat] = &[
    PictureFormat { name: "dot", about: "for Graphviz", write: dot::write },
    PictureFormat { name: "mermaid", about: "for Markdown that draws, and the Mermaid editor", write: mermaid::write },
    PictureFormat { name: "json", about: "nodes and edges, for programs", write: write_json },
    PictureFormat { name: "graphml", about: "for Gephi, yEd and networkx", write: graphml::write },
];

impl PictureFormat {
    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PICTURES.iter().find(|format| format.name == name)
    }
}

/// What is drawn as the text of a node: the name, what it is, and what is known besides.
fn lines(dot: &rolecall_query::Dot) -> Vec<String> {
    let kind = match dot.named.kind {
        "permission" | rolecall_query::MANY => "",
        kind => kind,
    };
    let below = [kind.replace('-', " "), dot.note.clone()];
    let below: Vec<String> = below.into_iter().filter(|text| !text.is_empty()).collect();
    let mut lines = vec![dot.named.name.clone()];
    if !below.is_empty() {
        lines.push(below.join(": "));
    }
    lines
}

/// What is drawn beside an edge.
fn beside(arrow: &rolecall_query::Arrow) -> String {
    let word = arrow.edge.replace('-', " ");
    if arrow.note.is_empty() { word } else { format!("{word} {}", arrow.note) }
}

/// Text as it is shown where it ends up in XML, in which two code points that are no characters may not stand, even by
/// number.
fn shown(text: &str) -> String {
    visible(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn write_json(out: &mut dyn Write, picture: &Picture) -> io::Result<()> {
    let node = |dot: &rolecall_query::Dot| json!({ "kind": dot.named.kind, "id": dot.named.id, "name": dot.named.name, "note": dot.note });
    let edge = |arrow: &rolecall_query::Arrow| json!({ "from": arrow.from, "to": arrow.to, "edge": arrow.edge, "note": arrow.note });
    let whole = json!({
        "schema": "rolecall/graph/v1",
        "nodes": picture.nodes.iter().map(node).collect::<Vec<_>>(),
        "edges": picture.edges.iter().map(edge).collect::<Vec<_>>(),
        "left_out": picture.left_out,
    });
    write_pretty(out, &whole)?;
    out.write_all(b"\n")
}
