//! `rolecall explain`

use crate::cli::{Look, RuleOptions};
use crate::output::{self, Stop};
use crate::{rulebook, settings};
use clap::Args;
use rolecall_engine::{Entry, Policy, Sensitive, catalogue};
use rolecall_model::Permission;
use rolecall_source::visible;
use std::collections::BTreeSet;

#[derive(Debug, Args)]
pub(crate) struct ExplainOptions {
    /// A rule's id, or a permission such as `recording:recording:view` or `routing:*:*`
    pub(crate) topic: String,
    #[command(flatten)]
    pub(crate) rules: RuleOptions,
    #[command(flatten)]
    pub(crate) look: Look,
}

/// Shows what a rule or a permission is about.
pub(crate) fn run(options: &ExplainOptions) -> Result<u8, Stop> {
    let policy = settings::policy(options.rules.config.as_deref(), &[])?;
    let policy = settings::under(policy, options.rules.policy.as_deref())?;
    let topic = options.topic.trim();
    // A rule's id has none of these, and the legacy permissions are words of their own.
    let is_permission = topic.contains([':', '>', '*']) || catalogue::named(topic).is_some();
    let shown = match Permission::parse(topic, None).filter(|_| is_permission) {
        Some(permission) => of_permission(&visible(topic), &permission, &policy, options.look.verbose),
        None => of_rule(options, &policy)?,
    };
    output::print(shown.as_bytes())?;
    Ok(0)
}

/// What a permission, or all that its wildcards stand for, opens.
fn of_permission(name: &str, permission: &Permission, policy: &Policy, verbose: bool) -> String {
    let mut capabilities: Vec<&str> = Vec::new();
    for (capability, patterns) in &policy.capabilities {
        let is_of = |pattern: &toml::Spanned<String>| {
            Permission::parse(pattern.as_ref(), None).is_some_and(|p| p.overlaps(permission))
        };
        if patterns.iter().any(is_of) {
            capabilities.push(capability);
        }
    }
    let covered: Vec<&Entry> = catalogue::covered(permission).collect();
    let mut shown = match covered.as_slice() {
        [] => format!(
            "{name}\n\nno public document names it; it may serve the user interface alone, or another product\n"
        ),
        [only] if !permission.is_wildcard() => of_entry(only),
        _ => of_wildcard(name, &covered, catalogue::worst(permission), verbose),
    };
    if !capabilities.is_empty() {
        shown.push_str(&format!("\nof the capabilities {}\n", visible(&capabilities.join(", "))));
    }
    shown
}

fn of_entry(entry: &Entry) -> String {
    let mut shown = format!("{}\n\n", entry.name());
    match entry.sensitive() {
        Some(sensitive) => shown.push_str(&format!("sensitive ({}): it {}\n", sensitive.class, sensitive.why)),
        None => shown.push_str("not among the sensitive permissions\n"),
    }
    let is_silent = entry.calls().next().is_none();
    shown.push_str(if is_silent {
        "\nno call of the public API asks for it\n"
    } else {
        "\nopens, alone or together with others:\n"
    });
    entry.calls().for_each(|call| shown.push_str(&format!("  {call}\n")));
    shown
}

fn of_wildcard(name: &str, covered: &[&Entry], worst: Vec<(&Entry, Sensitive)>, verbose: bool) -> String {
    let calls: BTreeSet<&str> = covered.iter().flat_map(|entry| entry.calls()).collect();
    let mut shown = format!(
        "{name}\n\nstands for {} known permissions, which open {} calls; {} of them are sensitive",
        covered.len(),
        calls.len(),
        worst.len()
    );
    shown.push_str(if worst.is_empty() { "\n" } else { ", the worst first:\n" });
    for (entry, sensitive) in worst {
        shown.push_str(&format!("  {:<48} {}\n", entry.name(), sensitive.why));
    }
    if verbose {
        shown.push_str("\nall of them:\n");
        covered.iter().for_each(|entry| shown.push_str(&format!("  {}\n", entry.name())));
    }
    shown
}

/// A rule's page without its fence; with `-v` the whole page.
fn of_rule(options: &ExplainOptions, policy: &Policy) -> Result<String, Stop> {
    let rules = rulebook::load(&options.rules.folders, policy)?;
    let wanted = std::slice::from_ref(&options.topic);
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
    Ok(shown.replace("\n\n\n\n", "\n\n").replace("\n\n\n", "\n\n"))
}
