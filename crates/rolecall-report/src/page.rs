//! A rule's page as reports show it: without its title and its fence.

use rolecall_engine::Rule;
use rolecall_source::visible;

/// The prose of a page.
pub(crate) struct Page {
    /// Lines with what could hide or move text written out; headings and all.
    lines: Vec<String>,
}

impl Page {
    pub(crate) fn of(rule: &Rule) -> Self {
        let mut lines: Vec<String> = Vec::new();
        let mut is_in_rule = false;
        for line in rule.page.lines() {
            let was_in_rule = is_in_rule;
            is_in_rule = if is_in_rule { line.trim_end() != "```" } else { line.trim_end() == "```toml" };
            if was_in_rule || is_in_rule || line.starts_with("# ") {
                continue;
            }
            // What is left out leaves no gap, and none leads.
            if !line.trim().is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(visible(line.trim_end()).into_owned());
            }
        }
        Self { lines }
    }

    /// As Markdown.
    pub(crate) fn markdown(&self) -> String {
        self.lines.join("\n").trim_end().to_owned()
    }

    /// As plain text: headings end in a colon.
    pub(crate) fn text(&self) -> String {
        let heading = |line: &String| line.strip_prefix("## ").map(|name| format!("{name}:"));
        let lines: Vec<String> = self.lines.iter().map(|line| heading(line).unwrap_or_else(|| line.clone())).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// The first paragraph, on one line.
    pub(crate) fn summary(&self) -> String {
        let is_prose = |line: &&String| !line.is_empty() && !line.starts_with('#');
        let first = self.lines.iter().skip_while(|line| !is_prose(line)).take_while(is_prose);
        first.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}
