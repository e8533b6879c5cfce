//! Switches of the organisation, and retention policies.

use super::field;
use crate::lower::Lower;
use rolecall_model::{Head, Kind, RecordingPolicy, ScheduledExport, Setting};
use rolecall_source::Node;

/// The switches and numbers that rules may ask for.
const NAMES: [&str; 6] = [
    "authorizationGrantDivisionAware",
    "backfillEnabled",
    "enableIdleTokenTimeout",
    "idleTokenTimeoutSeconds",
    "multifactorAuthenticationRequired",
    "universalLogout",
];

pub(super) fn settings(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    for (key, value) in entity.fields().filter(|(key, _)| NAMES.contains(&&*key.text)) {
        let name = into.tenant.strings.keep(&key.text);
        let head = Head { name, origin: into.origin(value), ..Head::default() };
        let is_number = key.text.ends_with("Seconds");
        let flag = if is_number { None } else { into.flag(&key.text, value) };
        let number = if is_number { into.number(&key.text, value) } else { None };
        into.tenant.settings.push(Setting { head, flag, number });
    }
}

pub(super) fn retention_policy(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut policy = RecordingPolicy { head: into.head(Kind::RecordingPolicy, entity), ..RecordingPolicy::default() };
    let days = |node| {
        field(node, "retentionDuration").and_then(|n| field(n, "deleteRetention")).and_then(|n| field(n, "days"))
    };
    policy.retention_days = field(entity, "actions").and_then(days).and_then(|node| into.number("days", node));
    into.tenant.recording_policies.push(policy);
}

/// A report that is run and sent again and again.
pub(super) fn scheduled_export(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut export = ScheduledExport { head: into.head(Kind::ScheduledExport, entity), ..ScheduledExport::default() };
    export.enabled = field(entity, "enabled").and_then(|node| into.flag("enabled", node));
    let limits = |filter: Node<'_, '_>| {
        ["divisionIds", "queueIds"].iter().any(|key| field(filter, key).is_some_and(|list| !list.is_empty()))
    };
    export.filtered = field(entity, "filter").is_some_and(limits);
    if let Some(list) = field(entity, "recipientEmails") {
        export.recipients = into.references("recipientEmails", list);
    }
    into.tenant.scheduled_exports.push(export);
}
