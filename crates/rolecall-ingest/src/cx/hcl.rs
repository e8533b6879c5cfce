//! HCL written out as the JSON that Terraform takes for the same thing, so that one
//! reader serves both; a table leads every value back to its place in the HCL.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body, Structure};
use hcl_edit::template::Element;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

/// A file of HCL as the JSON that it stands for.
#[derive(Debug)]
pub struct Transcript {
    /// `{"resource": [{type: {label: {…}}}, …], "data": […], …}`
    pub(crate) json: String,
    /// The start of each value in `json`, and its range in the HCL; sorted.
    spans: Vec<(u32, Range<u32>)>,
}

/// Why HCL could not be read, with the byte at fault.
pub(crate) struct Broken {
    pub(crate) message: String,
    pub(crate) at: u32,
}

/// Whether a file is HCL, by its name.
pub(crate) fn is_hcl(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".tf")
}

impl Transcript {
    /// Reads HCL.
    ///
    /// # Errors
    /// When it is not HCL, or is nested deeper than the parser goes (64 levels).
    pub(crate) fn of(text: &str) -> Result<Self, Broken> {
        let body = hcl_edit::parser::parse_body(text).map_err(|error| Broken {
            message: error.message().replace('\n', " "),
            at: offset(error.location().offset().min(text.len())),
        })?;
        let mut writer = Writer { text, json: String::with_capacity(text.len()), spans: Vec::new() };
        writer.top(&body);
        Ok(Self { json: writer.json, spans: writer.spans })
    }

    /// The range in the HCL of the value that starts at a byte of the JSON, or of the
    /// nearest one before it.
    pub(crate) fn source(&self, at: u32) -> Range<u32> {
        let place = self.spans.partition_point(|(start, _)| *start <= at);
        place.checked_sub(1).and_then(|place| self.spans.get(place)).map_or(0..0, |(_, range)| range.clone())
    }
}

struct Writer<'t> {
    text: &'t str,
    json: String,
    spans: Vec<(u32, Range<u32>)>,
}

impl Writer<'_> {
    /// Blocks of one kind become a list of objects, each with one path of labels.
    fn top(&mut self, body: &Body) {
        self.mark(Some(0..self.text.len()));
        self.json.push('{');
        for (place, (kind, blocks)) in by_kind(body.blocks()).into_iter().enumerate() {
            self.separate(place);
            self.key(kind);
            self.list(&blocks, Self::labelled);
        }
        self.json.push('}');
    }

    /// A list of blocks; it starts where the first of them does.
    fn list(&mut self, blocks: &[&Block], write: impl Fn(&mut Self, &Block)) {
        self.mark(blocks.first().and_then(|block| block.span()));
        self.json.push('[');
        for (place, block) in blocks.iter().enumerate() {
            self.separate(place);
            self.mark(block.span());
            write(self, block);
        }
        self.json.push(']');
    }

    /// Attributes as they are; nested blocks of one kind as a list.
    fn block(&mut self, block: &Block) {
        self.mark(block.span());
        self.json.push('{');
        let mut place = 0;
        for structure in block.body.iter() {
            if let Structure::Attribute(Attribute { key, value, .. }) = structure {
                self.separate(place);
                place += 1;
                self.key(key.as_str());
                self.expression(value);
            }
        }
        for (kind, blocks) in by_kind(block.body.blocks()) {
            self.separate(place);
            place += 1;
            self.key(kind);
            // A `dynamic` block says in its label what it makes.
            self.list(&blocks, Self::labelled);
        }
        self.json.push('}');
    }

    /// A block within objects with its labels for keys.
    fn labelled(&mut self, block: &Block) {
        for label in &block.labels {
            self.json.push('{');
            self.key(label.as_str());
        }
        self.block(block);
        (0..block.labels.len()).for_each(|_| self.json.push('}'));
    }

    /// A literal as it is; whatever needs evaluation as `${…}`, as Terraform's JSON has it.
    fn expression(&mut self, value: &Expression) {
        self.mark(value.span());
        match value {
            Expression::Null(_) => self.json.push_str("null"),
            Expression::Bool(flag) => self.json.push_str(if *flag.value() { "true" } else { "false" }),
            Expression::Number(number) => {
                let written = self.raw(number.span()).trim().to_owned();
                self.json.push_str(&written);
            }
            Expression::String(text) => self.string(text.value()),
            Expression::Array(items) => {
                self.json.push('[');
                for (place, item) in items.iter().enumerate() {
                    self.separate(place);
                    self.expression(item);
                }
                self.json.push(']');
            }
            Expression::Object(fields) => {
                self.json.push('{');
                for (place, (key, value)) in fields.iter().enumerate() {
                    self.separate(place);
                    match key {
                        ObjectKey::Ident(ident) => self.key(ident.as_str()),
                        ObjectKey::Expression(Expression::String(text)) => self.key(text.value()),
                        ObjectKey::Expression(other) => {
                            let raw = self.interpolation(other.span());
                            self.key(&raw);
                        }
                    }
                    self.expression(value.expr());
                }
                self.json.push('}');
            }
            Expression::StringTemplate(template) => {
                let text = self.elements(template.iter());
                self.string(&text);
            }
            Expression::HeredocTemplate(heredoc) => {
                let text = self.elements(heredoc.template.iter());
                self.string(&text);
            }
            Expression::Parenthesis(inner) => self.expression(inner.inner()),
            other => {
                let raw = self.interpolation(other.span());
                self.string(&raw);
            }
        }
    }

    fn elements<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> String {
        let mut text = String::new();
        for element in elements {
            match element {
                Element::Literal(literal) => text.push_str(literal.value()),
                Element::Interpolation(inner) => text.push_str(&self.interpolation(inner.expr.span())),
                Element::Directive(directive) => text.push_str(&self.interpolation(directive.span())),
            }
        }
        text
    }

    fn interpolation(&self, span: Option<Range<usize>>) -> String {
        format!("${{{}}}", self.raw(span).trim())
    }

    fn raw(&self, span: Option<Range<usize>>) -> &str {
        span.and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    fn mark(&mut self, span: Option<Range<usize>>) {
        if let Some(range) = span {
            let start = offset(self.json.len());
            let range = offset(range.start)..offset(range.end);
            match self.spans.last_mut() {
                // What is told apart by nothing is one value.
                Some((known, kept)) if *known == start => *kept = range,
                _ => self.spans.push((start, range)),
            }
        }
    }

    fn separate(&mut self, place: usize) {
        if place > 0 {
            self.json.push(',');
        }
    }

    fn key(&mut self, key: &str) {
        self.string(key);
        self.json.push(':');
    }

    fn string(&mut self, text: &str) {
        self.json.push('"');
        for c in text.chars() {
            match c {
                '"' => self.json.push_str("\\\""),
                '\\' => self.json.push_str("\\\\"),
                c if c < ' ' => {
                    // Writing to a string cannot fail.
                    let _ = write!(self.json, "\\u{:04x}", u32::from(c));
                }
                c => self.json.push(c),
            }
        }
        self.json.push('"');
    }
}

/// Blocks by what stands before them, in the order in which each kind comes first.
fn by_kind<'b>(blocks: impl Iterator<Item = &'b Block>) -> Vec<(&'b str, Vec<&'b Block>)> {
    let mut kinds: Vec<(&str, Vec<&Block>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for block in blocks {
        let kind = block.ident.as_str();
        let place = *places.entry(kind).or_insert(kinds.len());
        match kinds.get_mut(place) {
            Some((_, known)) => known.push(block),
            None => kinds.push((kind, vec![block])),
        }
    }
    kinds
}

/// Sources are below 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = r#"
resource "genesyscloud_auth_role" "bpo-agent" {
  name = "BPO \"A\""
  permissions = ["employee", var.more]
  permission_policies {
    domain = "routing"
    action_set = ["view"]
  }
  permission_policies {
    domain = "analytics"
  }
  default_role_id = genesyscloud_auth_role.x.id
  description = "of ${var.partner}, ${upper("x")}"
  nothing = null
}
"#;

    #[test]
    fn hcl_becomes_the_json_that_terraform_takes_for_it() {
        let Ok(transcript) = Transcript::of(ROLE) else { panic!("good HCL") };
        let expected = concat!(
            r#"{"resource":[{"genesyscloud_auth_role":{"bpo-agent":{"name":"BPO \"A\"","permissions":["employee","${var.more}"],"#,
            r#""default_role_id":"${genesyscloud_auth_role.x.id}","description":"of ${var.partner}, ${upper(\"x\")}","#,
            r#""nothing":null,"permission_policies":[{"domain":"routing","action_set":["view"]},{"domain":"analytics"}]}}}]}"#,
        );
        assert_eq!(transcript.json, expected);
    }

    #[test]
    fn a_dynamic_block_says_what_it_makes() {
        let role = "resource \"t\" \"x\" {\n  dynamic \"policies\" {\n    for_each = local.p\n    content {\n      a = 1\n    }\n  }\n}\n";
        let Ok(transcript) = Transcript::of(role) else { panic!("good HCL") };
        let expected =
            r#"{"resource":[{"t":{"x":{"dynamic":[{"policies":{"for_each":"${local.p}","content":[{"a":1}]}}]}}}]}"#;
        assert_eq!(transcript.json, expected);
    }

    #[test]
    fn every_value_leads_back_to_its_place() {
        let Ok(transcript) = Transcript::of(ROLE) else { panic!("good HCL") };
        let source_of = |json: &str| {
            let at = offset(transcript.json.find(json).expect("it is there"));
            let range = transcript.source(at);
            &ROLE[range.start as usize..range.end as usize]
        };
        assert_eq!(source_of(r#""BPO"#), r#""BPO \"A\"""#);
        assert_eq!(source_of(r#""employee""#), r#""employee""#);
        assert_eq!(source_of(r#""${var.more}"#), "var.more");
        assert_eq!(source_of(r#"["view"]"#), r#"["view"]"#);
        assert!(source_of(r#"{"domain":"analytics""#).starts_with("permission_policies {"));
    }

    #[test]
    fn what_is_no_hcl_is_an_error_with_a_place() {
        let Err(broken) = Transcript::of("resource \"x\" \"y\" {\n  a = \n}\n") else { panic!("no HCL") };
        assert!(broken.at >= 18 && !broken.message.is_empty(), "{}", broken.message);
    }
}
