//! The parts of a rule's page: title, fence, sections.

use std::ops::Range;

/// A page taken apart. Ranges are bytes of the page.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    pub(super) fence: Range<usize>,
    pub(super) sections: Vec<&'a str>,
}

/// Takes a page apart, or says what is missing and where.
pub(super) fn read(text: &str) -> Result<Page<'_>, (Range<usize>, &'static str, &'static str)> {
    let mut title = None;
    let mut open: Option<usize> = None;
    let mut fence: Option<Range<usize>> = None;
    let mut sections = Vec::new();
    let mut in_other = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, words) = (at, line.trim_end());
        at += line.len();
        match open {
            Some(from) if words == "```" => (fence, open) = (Some(from..start), None),
            Some(_) => {}
            None if words == "```toml" && !in_other => {
                if fence.is_some() {
                    return Err((start..at, "a second `toml` fence", "a rule has one fence; show examples as `text`"));
                }
                open = Some(at);
            }
            None if words.starts_with("```") => in_other = !in_other,
            None if in_other => {}
            None => {
                title = title.or_else(|| words.strip_prefix("# "));
                sections.extend(words.strip_prefix("## "));
            }
        }
    }
    let start = 0..text.lines().next().map_or(0, str::len);
    let Some(title) = title else {
        return Err((start, "no title", "begin the page with `# ` and what the rule finds"));
    };
    if let Some(from) = open {
        return Err((from..text.len(), "the `toml` fence is not closed", "end it with a line of three back-ticks"));
    }
    let Some(fence) = fence else { return Err((start, "no `toml` fence", "put the rule between ```toml and ```")) };
    Ok(Page { title, fence, sections })
}
