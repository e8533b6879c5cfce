//! `--format allow`: entries for `rolecall.toml` that accept what was found, ready to paste.

use crate::{Format, Verdict};
use rolecall_engine::Finding;
use rolecall_source::{needs_escape, visible};
use std::io::{self, Write};

/// Acceptances, complete but for what only somebody can say.
pub(crate) const FORMAT: Format = Format {
    name: "allow",
    about: "entries of rolecall.toml that accept what was found",
    write: |out, verdict, _| write_allow(out, verdict),
};

/// `reason` and `owner` are left empty, and the settings refuse them so: nobody accepts by accident.
fn write_allow(out: &mut dyn Write, verdict: &Verdict<'_>) -> io::Result<()> {
    let is_about_acceptances =
        |finding: &&Finding| verdict.rules.get(&finding.rule).is_some_and(rolecall_engine::Rule::is_about_acceptances);
    for finding in verdict.findings.iter().chain(&verdict.left).filter(|finding| !is_about_acceptances(finding)) {
        let subject = &finding.subject;
        writeln!(out, "# {}: {}", finding.severity.word(), visible(&finding.message))?;
        writeln!(out, "[[allow]]\nrule = {}\nentity = {}", quoted(&finding.rule), quoted(&subject.id))?;
        writeln!(out, "kind = {}", quoted(subject.kind))?;
        match finding.access.as_slice() {
            [] => {}
            [only] => writeln!(out, "access = [{}]", quoted(only))?,
            several => {
                writeln!(out, "access = [")?;
                several.iter().try_for_each(|line| writeln!(out, "    {},", quoted(line)))?;
                writeln!(out, "]")?;
            }
        }
        writeln!(out, "reason = \"\"\nowner = \"\"\n# ticket = \"\"")?;
        if let Some(today) = &verdict.today {
            writeln!(out, "since = {today}")?;
        }
        writeln!(out, "# expires = 2026-12-31\n")?;
    }
    Ok(())
}

/// A basic string of TOML. What could move a cursor or reorder text is written as an escape.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() || needs_escape(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_so_that_it_is_read_back_the_same() {
        assert_eq!(quoted(r#"a "b" \ c"#), r#""a \"b\" \\ c""#);
        assert_eq!(quoted("a\n\u{202e}\u{e0041}é"), "\"a\\U0000000A\\U0000202E\\U000E0041é\"");
    }
}
