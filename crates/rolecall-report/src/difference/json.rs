//! A difference as JSON, version 1.

use super::{Changed, Difference};
use crate::answer::{Ink, named};
use crate::escaping::write_pretty;
use rolecall_diff::{Cause, Edge};
use rolecall_engine::Finding;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes it as JSON.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_difference_json(out: &mut dyn Write, difference: &Difference<'_>) -> io::Result<()> {
    let Difference { diff, old_ink, new_ink, .. } = difference;
    let causes =
        |causes: &[Cause], own, other| -> Vec<Value> { causes.iter().map(|of| cause(of, own, other)).collect() };
    let findings =
        |changed: &[Changed], ink| -> Vec<Value> { changed.iter().map(|of| finding(&of.finding, ink)).collect() };
    let whole = json!({
        "schema": "rolecall/diff/v1",
        "tool": { "name": "rolecall", "version": env!("CARGO_PKG_VERSION") },
        "wider": difference.is_wider(),
        "gained": causes(&diff.gained, new_ink, old_ink),
        "lost": causes(&diff.lost, old_ink, new_ink),
        "new": findings(difference.new, new_ink),
        "fixed": findings(difference.fixed, old_ink),
        "renumbered": diff.renumbered,
        "problems": difference.problems,
    });
    write_pretty(out, &whole)?;
    out.write_all(b"\n")
}

fn cause(cause: &Cause, own: &Ink<'_>, other: &Ink<'_>) -> Value {
    let mut out = Map::new();
    let (word, fields) = edge(&cause.edge);
    out.insert("edge".to_owned(), word.into());
    out.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let stated = if cause.edge.is_denial() { other } else { own };
    out.insert("location".to_owned(), stated.place(cause.place));
    if let Some((scope, place)) = &cause.instead {
        out.insert("instead".to_owned(), json!({ "over": scope, "location": other.place(*place) }));
    }
    let tiers: Map<String, Value> = cause.people.tiers.iter().map(|(tier, n)| (tier.clone(), (*n).into())).collect();
    let people: Vec<Value> = cause.people.all.iter().map(named).collect();
    out.insert("people".to_owned(), people.into());
    out.insert("tiers".to_owned(), tiers.into());
    out.insert("access".to_owned(), cause.access.clone().into());
    Value::Object(out)
}

fn edge(edge: &Edge) -> (&'static str, Vec<(&'static str, Value)>) {
    match edge {
        Edge::Member(group) => ("member-of", vec![("to", named(group))]),
        Edge::Holds { group, role, over } => {
            let from = group.iter().map(|group| ("from", named(group)));
            let over = over.iter().map(|over| ("over", over.as_str().into()));
            ("holds", from.chain([("to", named(role))]).chain(over).collect())
        }
        Edge::Inherits(role, parent) => ("inherits", vec![("from", named(role)), ("to", named(parent))]),
        Edge::Gives { owner, permission, scope } => {
            let to = json!({ "kind": "permission", "id": permission, "name": permission });
            ("grants", vec![("from", named(owner)), ("to", to), ("over", scope.as_str().into())])
        }
        Edge::Within { limit, things } => {
            let word = if limit.kind == "view" { "in-view" } else { "in-group" };
            (word, vec![("things", things.iter().map(named).collect()), ("to", named(limit))])
        }
        Edge::Lies { things, division } => {
            let things = things.iter().map(named).collect();
            ("lies-in", vec![("things", things), ("over", division.as_str().into())])
        }
        Edge::Denied { permission, whom, is_membership } => {
            let to = json!({ "kind": "permission", "id": permission, "name": permission });
            let from = whom.iter().map(|whom| ("from", named(whom)));
            ("denied", from.chain([("to", to), ("by_membership", (*is_membership).into())]).collect())
        }
    }
}

fn finding(finding: &Finding, ink: &Ink<'_>) -> Value {
    json!({
        "rule": finding.rule,
        "severity": finding.severity.word(),
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "subject": named(&finding.subject),
        "location": ink.place(finding.primary.place),
    })
}
