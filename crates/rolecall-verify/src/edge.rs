//! Whether what a finding cites is stated where it says.

use crate::around::{Aliases, joined, mentioned, surrounding};
use crate::permission;
use crate::raw::{Cited, Raw};
use crate::report::{Finding, Location, Named, Step};
use std::collections::BTreeMap;

/// What was found wrong with a finding.
pub(crate) struct Found {
    pub(crate) reasons: Vec<String>,
}

/// What findings are held against.
pub(crate) struct Files<'r, 'f> {
    pub(crate) raw: &'r BTreeMap<String, Raw<'f>>,
    pub(crate) aliases: &'r Aliases<'r, 'f>,
    /// Whether a path is one of the report's inputs.
    pub(crate) is_input: &'r dyn Fn(&str) -> bool,
}

/// Reads every citation of a finding again. Places in settings are left: these are no input.
pub(crate) fn check(finding: &Finding, files: &Files<'_, '_>) -> Found {
    let mut reasons = places(finding, files);
    let mut before: Option<&Step> = None;
    for step in &finding.witness {
        if !joins(step) {
            let (from, to) = (&step.from.kind, &step.to.kind);
            reasons.push(format!("{}: no edge of this name leads from a {from} to a {to}", words(step)));
        }
        if step.to.kind == "permission" && step.over.is_none() {
            reasons.push(format!("{} says nothing of the scope", words(step)));
        }
        if let Some(before) = before.filter(|before| before.to != step.from) {
            reasons.push(format!("{} does not go on from `{}`", words(step), before.to.name));
        }
        let place = step.location.as_ref().map(|location| (location, files.look(location)));
        match place {
            None => reasons.push(format!("{} cites no place", words(step))),
            Some((_, Err(why))) => reasons.push(format!("{}: {why}", words(step))),
            Some((location, Ok(cited))) => {
                if let Err(why) = states(step, before, &cited, files.aliases) {
                    reasons.push(format!("{}: {}{}: {why}", words(step), location.path, location.pointer));
                }
            }
        }
        before = Some(step);
    }
    for named in std::iter::once(&finding.subject).chain(finding.ends()) {
        if !files.aliases.is_named(named) {
            reasons.push(format!("no {} `{}` has the name `{}`", named.kind, named.id, named.name));
        }
    }
    reasons.dedup();
    Found { reasons }
}

impl Files<'_, '_> {
    fn look(&self, location: &Location) -> Result<Cited, String> {
        match self.raw.get(&location.path) {
            Some(raw) => raw.cited(location).map_err(|why| format!("{}{}: {why}", location.path, location.pointer)),
            None => Err(format!("{} is not among the files", location.path)),
        }
    }
}

/// What is wrong with the places of a finding.
fn places(finding: &Finding, files: &Files<'_, '_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let primary = finding.locations.iter().filter(|location| location.kind == PRIMARY).count();
    if primary != 1 {
        reasons.push(format!("it has {primary} primary places, not one"));
    }
    for location in &finding.locations {
        if !(files.is_input)(&location.path) {
            if !location.path.ends_with(".toml") {
                reasons.push(format!("{} is no input of the report", location.path));
            }
            continue;
        }
        let spot = || format!("{}{}", location.path, location.pointer);
        match files.look(location) {
            Err(why) => reasons.push(why),
            Ok(cited) if location.kind == PRIMARY => {
                let subject = &finding.subject;
                if !is_subject(finding, location, &cited, files.aliases) {
                    reasons.push(format!("{} is not of {} `{}`", spot(), subject.kind, subject.name));
                }
                let is_entry = !finding.witness.is_empty() && permission::is_entry(&cited, &location.pointer);
                if is_entry && !reaches(finding, location) {
                    reasons.push(format!("the chain does not lead to {}", spot()));
                }
            }
            Ok(_) => {}
        }
    }
    reasons
}

/// The place that a finding is about.
const PRIMARY: &str = "primary";

/// Whether a step of the chain grants by the entry that a place lies in.
fn reaches(finding: &Finding, place: &Location) -> bool {
    let mut granted =
        finding.witness.iter().filter(|step| step.edge == "grants").filter_map(|step| step.location.as_ref());
    granted.any(|entry| {
        entry.path == place.path && entry.start.offset <= place.start.offset && place.end.offset <= entry.end.offset
    })
}

/// Whether an edge of this name joins such ends.
fn joins(step: &Step) -> bool {
    let (from, to) = (step.from.kind.as_str(), step.to.kind.as_str());
    let is_somebody = |kind: &str| !matches!(kind, "permission" | "role" | "group" | "queue" | "view" | "division");
    match step.edge.as_str() {
        "member-of" => is_somebody(from) && to == "group",
        "has-member" => from == "group" && is_somebody(to),
        "holds" => (is_somebody(from) || from == "group") && to == "role",
        "inherits" => from == "role" && to == "role",
        "grants" => (is_somebody(from) || from == "role") && to == "permission",
        "impersonates" => from == "permission" && (is_somebody(to) || to == "group" || to == "view"),
        "on-queue" => (is_somebody(from) || from == "group") && to == "queue",
        "in-view" => (is_somebody(from) || from == "queue") && to == "view",
        "limited-to" => from == "permission" && (to == "group" || to == "view"),
        _ => false,
    }
}

/// Whether the primary place has to do with the subject, directly, by what it joins, or because the chain that leads
/// there has it as an end. Secrets and settings are named by the keys that lead to their values.
fn is_subject(finding: &Finding, place: &Location, cited: &Cited, aliases: &Aliases<'_, '_>) -> bool {
    let subject = &finding.subject;
    if matches!(subject.kind.as_str(), "secret" | "setting") {
        let bare = |text: &str| text.replace('_', "").to_lowercase();
        let name = bare(&subject.name);
        // What lies within a variable goes by its name too, and what a variable is by default by no key of its own.
        let is_one = |key: &str| name == bare(key) || name.ends_with(&format!(".{}", bare(key)));
        return place.pointer.split('/').any(is_one);
    }
    if subject.id.is_empty() && subject.name.is_empty() {
        return cited
            .value
            .as_object()
            .is_some_and(|own| !["id", "name", "email"].iter().any(|key| own.contains_key(*key)));
    }
    let mut names = surrounding(cited);
    names.extend(mentioned(&cited.value));
    names.extend(cited.joined.iter().flat_map(|whole| mentioned(whole)));
    let is_end = finding.ends().any(|end| end == subject);
    let is_other = finding.ends().any(|end| end.id == subject.id && end.kind != subject.kind);
    let is_there = |named: &Named| aliases.is_among(&names, named);
    (is_there(subject) && (is_end || !is_other)) || (is_end && finding.ends().any(is_there))
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
        return becomes(step, before, cited, aliases);
    }
    let own = joined(&cited.value);
    let is_joined = |end: &Named| aliases.is_among(&own, end);
    match (is_named(&step.to), is_named(&step.from)) {
        // A grant that names its subject itself may be shown for another. What only holds such grants says of none.
        (true, true) if is_joined(&step.to) && is_joined(&step.from) => Ok(()),
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
/// or the membership of the group that the entry is limited to, which stands with the group or with the member.
fn becomes(step: &Step, before: Option<&Step>, cited: &Cited, aliases: &Aliases<'_, '_>) -> Result<(), String> {
    if permission::states(&cited.value, &step.from.id) {
        return Ok(());
    }
    let named = mentioned(&cited.value);
    let limit = before.and_then(|step| step.over.as_deref()).unwrap_or_default().to_lowercase();
    if !aliases.is_among(&named, &step.to) {
        let is_member = aliases.is_among(&surrounding(cited), &step.to);
        let is_called = |id: &str| named.iter().any(|name| name == id || aliases.is_called(id, name));
        return match before.filter(|_| is_member) {
            Some(before) if before.limits().any(is_called) => Ok(()),
            Some(_) => Err(format!("it is no part of what `{}` is limited to", step.from.name)),
            None => Err(format!("nothing there names {} `{}`", step.to.kind, step.to.name)),
        };
    }
    let is_limit = |fields: &BTreeMap<String, serde_json::Value>| {
        let texts = ["id", "name"].iter().filter_map(|key| fields.get(*key)?.as_str());
        texts.into_iter().any(|text| limit.contains(&text.to_lowercase()))
    };
    let is_entry = cited.around.iter().any(|fields| {
        let id = fields.get("id").cloned().unwrap_or_default();
        permission::states(&id, &step.from.id) || permission::states(&serde_json::json!(**fields), &step.from.id)
    });
    if is_entry || cited.around.iter().any(|fields| is_limit(fields)) {
        Ok(())
    } else {
        Err(format!("it is no part of what `{}` is limited to", step.from.name))
    }
}
