//! Switches of the organisation, and retention policies.

use super::field;
use crate::lower::Lower;
use crate::secrets::is_secret_key;
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
    let mut inner = Some(entity);
    for key in ["actions", "retentionDuration", "deleteRetention"] {
        inner = inner.and_then(|node| field(node, key)).filter(|node| into.is_object(key, *node));
    }
    policy.retention_days = inner.and_then(|node| field(node, "days")).and_then(|node| into.number("days", node));
    into.tenant.recording_policies.push(policy);
}

/// What is secret in something of which nothing else is read, such as the credential of an integration.
pub(super) fn secrets_of(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let credentials = field(entity, "credentialFields").filter(|fields| into.is_object("credentialFields", *fields));
    if credentials.is_none() && !entity.fields().any(|(key, _)| is_secret_key(&key.text)) {
        return;
    }
    let head = into.head(Kind::Secret, entity);
    into.secrets(entity, head);
    if let Some(fields) = credentials {
        into.credentials(fields, head);
    }
}

/// A report that is run and sent again and again.
pub(super) fn scheduled_export(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut export = ScheduledExport { head: into.head(Kind::ScheduledExport, entity), ..ScheduledExport::default() };
    export.enabled = field(entity, "enabled").and_then(|node| into.flag("enabled", node));
    let filter = field(entity, "filter").filter(|filter| into.is_object("filter", *filter));
    let mut limits = |key: &str| filter.and_then(|filter| field(filter, key)).filter(|list| into.is_list(key, *list));
    export.filtered = ["divisionIds", "queueIds"].into_iter().filter_map(&mut limits).any(|list| !list.is_empty());
    if let Some(list) = field(entity, "recipientEmails") {
        export.recipients = into.references("recipientEmails", list);
    }
    into.tenant.scheduled_exports.push(export);
}
