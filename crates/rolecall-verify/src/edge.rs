//! Whether what a finding cites is stated where it says.

use crate::around::{Aliases, mentioned, surrounding};
use crate::permission;
use crate::raw::{Cited, Raw};
use crate::report::{Finding, Location, Named, Step};
use std::collections::BTreeMap;

/// What was found wrong with a finding.
pub(crate) struct Found {
    pub(crate) reasons: Vec<String>,
}

/// Reads every citation of a finding again. Places in files that are no inputs, such as settings, are left.
pub(crate) fn check(
    finding: &Finding,
    files: &BTreeMap<String, Raw<'_>>,
    aliases: &Aliases<'_, '_>,
    is_input: &dyn Fn(&str) -> bool,
) -> Found {
    let look = |location: &Location| match files.get(&location.path) {
        Some(raw) => raw.cited(location).map_err(|why| format!("{}{}: {why}", location.path, location.pointer)),
        None => Err(format!("{} is not among the files", location.path)),
    };
    let mut reasons = Vec::new();
    for (number, location) in finding.locations.iter().filter(|location| is_input(&location.path)).enumerate() {
        match look(location) {
            Err(why) => reasons.push(why),
            Ok(cited) if number == 0 && !is_subject(finding, &cited, aliases) => {
                let subject = &finding.subject;
                reasons.push(format!(
                    "{}{} is not of {} `{}`",
                    location.path, location.pointer, subject.kind, subject.name
                ));
            }
            Ok(_) => {}
        }
    }
    let mut before: Option<&Step> = None;
    for step in &finding.witness {
        let place = step.location.as_ref().map(|location| (location, look(location)));
        match place {
            None => reasons.push(format!("{} cites no place", words(step))),
            Some((_, Err(why))) => reasons.push(format!("{}: {why}", words(step))),
            Some((location, Ok(cited))) => {
                if let Err(why) = states(step, before, &cited, aliases) {
                    reasons.push(format!("{}: {}{}: {why}", words(step), location.path, location.pointer));
                }
            }
        }
        before = Some(step);
    }
    reasons.dedup();
    Found { reasons }
}

/// Whether the primary place has to do with the subject, directly, by what it joins or by an end of the chain. Secrets
/// and settings are named by the report, not by the export.
fn is_subject(finding: &Finding, cited: &Cited, aliases: &Aliases<'_, '_>) -> bool {
    let mut names = surrounding(cited);
    names.extend(mentioned(&cited.value));
    names.extend(cited.joined.iter().flat_map(mentioned));
    let ends = finding.witness.iter().flat_map(|step| [&step.from, &step.to]);
    matches!(finding.subject.kind.as_str(), "secret" | "setting")
        || std::iter::once(&finding.subject).chain(ends).any(|end| aliases.is_among(&names, end))
}

fn words(step: &Step) -> String {
    format!("`{}` {} `{}`", step.from.name, step.edge, step.to.name)
}

/// Whether a cited value states an edge.
fn states(step: &Step, before: Option<&Step>, cited: &Cited, aliases: &Aliases<'_, '_>) -> Result<(), String> {
    let around = surrounding(cited);
    let is_around = |named: &Named| aliases.is_among(&around, named);
    let missing = |named: &Named| Err(format!("nothing there names {} `{}`", named.kind, named.name));
    if step.to.kind == "permission" {
        if !is_around(&step.from) {
            return missing(&step.from);
        }
        return entry(&cited.value, step);
    }
    let named = mentioned(&cited.value);
    let is_named = |end: &Named| aliases.is_among(&named, end);
    if step.from.kind == "permission" {
        return becomes(step, before, cited, is_named(&step.to));
    }
    match (is_named(&step.to), is_named(&step.from)) {
        // A grant that names its subject itself may be shown for another.
        (true, true) => Ok(()),
        (true, _) if is_around(&step.from) => Ok(()),
        (_, true) if is_around(&step.to) => Ok(()),
        (true, _) => missing(&step.from),
        (false, true) => missing(&step.to),
        (false, false) => missing(if is_around(&step.to) { &step.from } else { &step.to }),
    }
}

/// Whether an entry states the permission over the scope of a `grants` edge.
fn entry(value: &serde_json::Value, step: &Step) -> Result<(), String> {
    if !permission::states(value, &step.to.id) {
        return Err(format!("the entry does not state `{}`", step.to.id));
    }
    step.over.as_ref().map_or(Ok(()), |over| permission::has_scope(value, over, &mentioned))
}

/// An impersonation: its place is the permission entry itself where it reaches everybody, the reference in the entry,
/// or the membership of the group that the entry is limited to.
fn becomes(step: &Step, before: Option<&Step>, cited: &Cited, is_named: bool) -> Result<(), String> {
    if permission::states(&cited.value, &step.from.id) {
        return Ok(());
    }
    if !is_named {
        return Err(format!("nothing there names {} `{}`", step.to.kind, step.to.name));
    }
    let limit = before.and_then(|step| step.over.as_deref()).unwrap_or_default().to_lowercase();
    let is_limit = |fields: &BTreeMap<String, serde_json::Value>| {
        let texts = ["id", "name"].iter().filter_map(|key| fields.get(*key)?.as_str());
        texts.into_iter().any(|text| limit.contains(&text.to_lowercase()))
    };
    let is_entry = cited.around.iter().any(|fields| {
        let id = fields.get("id").cloned().unwrap_or_default();
        permission::states(&id, &step.from.id) || permission::states(&serde_json::json!(fields), &step.from.id)
    });
    if is_entry || cited.around.iter().any(is_limit) {
        Ok(())
    } else {
        Err(format!("it is no part of what `{}` is limited to", step.from.name))
    }
}
