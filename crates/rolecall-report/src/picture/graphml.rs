//! GraphML, by <http://graphml.graphdrawing.org/specification.html>.

use super::shown;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use rolecall_query::Picture;
use std::io::{self, Write};

/// What is said of nodes and edges.
const KEYS: [(&str, &str); 6] =
    [("name", "node"), ("kind", "node"), ("entity", "node"), ("note", "node"), ("edge", "edge"), ("over", "edge")];

/// Writes a picture.
pub(super) fn write(out: &mut dyn Write, picture: &Picture) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(out, b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = writer.create_element("graphml").with_attribute(("xmlns", "http://graphml.graphdrawing.org/xmlns"));
    root.write_inner_content(|writer| {
        for (key, of) in KEYS {
            let attributes = [("id", key), ("for", of), ("attr.name", key), ("attr.type", "string")];
            writer.create_element("key").with_attributes(attributes).write_empty()?;
        }
        if !picture.left_out.is_empty() {
            let attributes = [("id", "left-out"), ("for", "graph"), ("attr.name", "left-out"), ("attr.type", "string")];
            writer.create_element("key").with_attributes(attributes).write_empty()?;
        }
        let graph = writer.create_element("graph").with_attributes([("id", "access"), ("edgedefault", "directed")]);
        graph.write_inner_content(|writer| body(writer, picture))?;
        Ok(())
    })?;
    writeln!(writer.into_inner())
}

fn body(writer: &mut Writer<&mut dyn Write>, picture: &Picture) -> io::Result<()> {
    for text in &picture.left_out {
        data(writer, "left-out", text)?;
    }
    for (row, dot) in picture.nodes.iter().enumerate() {
        let id = format!("n{row}");
        let node = writer.create_element("node").with_attribute(("id", id.as_str()));
        node.write_inner_content(|writer| {
            data(writer, "name", &dot.named.name)?;
            data(writer, "kind", dot.named.kind)?;
            data(writer, "entity", &dot.named.id)?;
            data(writer, "note", &dot.note)
        })?;
    }
    for arrow in &picture.edges {
        let (from, to) = (format!("n{}", arrow.from), format!("n{}", arrow.to));
        let edge = writer.create_element("edge").with_attributes([("source", from.as_str()), ("target", to.as_str())]);
        edge.write_inner_content(|writer| {
            data(writer, "edge", arrow.edge)?;
            data(writer, "over", &arrow.note)
        })?;
    }
    Ok(())
}

fn data(writer: &mut Writer<&mut dyn Write>, key: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writer.create_element("data").with_attribute(("key", key)).write_text_content(BytesText::new(&shown(text)))?;
    Ok(())
}
