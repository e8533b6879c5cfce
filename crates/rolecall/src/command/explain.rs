//! `rolecall explain`

use crate::cli::ExplainOptions;
use crate::output::{self, Stop};
use crate::{rulebook, settings};
use rolecall_source::visible;

/// Shows a rule's page without its fence; with `-v` the whole page.
pub(crate) fn run(options: &ExplainOptions) -> Result<u8, Stop> {
    let policy = settings::policy(options.rules.config.as_deref())?;
    let rules = rulebook::load(&options.rules.folders, &policy)?;
    let wanted = std::slice::from_ref(&options.rule);
    let rules = rules.only(wanted).map_err(|(id, help)| Stop::usage(format!("there is no rule `{id}`"), help))?;
    let mut shown = String::new();
    for rule in rules.iter() {
        shown.push_str(&format!("{}\n\n", visible(&rule.title)));
        shown.push_str(&format!(
            "{} · {} · {} confidence · since {}\n",
            rule.id,
            rule.severity().word(),
            rule.confidence().word(),
            visible(rule.since())
        ));
        let mut is_fence = false;
        for line in rule.page.lines().filter(|line| !line.starts_with("# ")) {
            let is_edge = line.starts_with("```");
            is_fence ^= is_edge;
            if (is_edge || is_fence) && !options.look.verbose {
                continue;
            }
            shown.push_str(&visible(line.strip_prefix("## ").unwrap_or(line)));
            shown.push('\n');
        }
    }
    // Leaving the fence out leaves two empty lines in its place.
    let shown = shown.replace("\n\n\n\n", "\n\n").replace("\n\n\n", "\n\n");
    output::print(shown.as_bytes())?;
    Ok(0)
}
