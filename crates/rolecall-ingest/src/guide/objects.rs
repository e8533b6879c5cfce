//! Queues, views, reports, OAuth clients and recording policies.

use super::principals::one;
use crate::lower::{Lower, row};
use rolecall_model::{Filter, Kind, List, OauthClient, Queue, RecordingPolicy, Report, View};
use rolecall_source::{Kind as Json, Node};

pub(super) fn queue(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut queue = Queue { head: into.head(Kind::Queue, entity), ..Queue::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "members" => queue.members = into.references("members", value),
            "memberGroups" => queue.groups = into.references("memberGroups", value),
            "region" => queue.region = one("region", value, into),
            key @ ("users" | "userIds" | "memberIds") => into.not_read(key, "members", value, entity),
            key @ ("groups" | "groupIds") => into.not_read(key, "memberGroups", value, entity),
            _ => {}
        }
    }
    into.tenant.queues.push(queue);
}

pub(super) fn view(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut view = View { head: into.head(Kind::View, entity), ..View::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "queues" => view.queues = into.references("queues", value),
            "users" => view.users = into.references("users", value),
            "queueIds" => into.not_read("queueIds", "queues", value, entity),
            "userIds" => into.not_read("userIds", "users", value, entity),
            _ => {}
        }
    }
    into.tenant.views.push(view);
}

pub(super) fn report(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut report = Report { head: into.head(Kind::Report, entity), ..Report::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "sharedWithRoles" => report.roles = into.references("sharedWithRoles", value),
            "sources" => report.sources = into.one_or_more("sources", value),
            "filters" => report.filters = filters(value, into),
            _ => {}
        }
    }
    into.tenant.reports.push(report);
}

fn filters(node: Node<'_, '_>, into: &mut Lower<'_>) -> List {
    let start = row(into.tenant.filters.len());
    if into.is_list("filters", node) {
        for item in node.items() {
            let dimension = item.get("dimension").and_then(|d| into.text("dimension", d));
            let Some(dimension) = dimension.filter(|_| item.kind() == Json::Object) else {
                into.wrong_type("filters", "a list of objects with `dimension` and `values`", item);
                continue;
            };
            let dimension = into.tenant.strings.intern(&dimension);
            let values = item.get("values").map(|v| into.one_or_more("values", v)).unwrap_or_default();
            into.tenant.filters.push(Filter { dimension, values, at: item.start() });
        }
    }
    List { start, len: row(into.tenant.filters.len()) - start }
}

pub(super) fn oauth_client(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut client = OauthClient { head: into.head(Kind::OauthClient, entity), ..OauthClient::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "accessTokenValiditySeconds" => client.token_seconds = into.number("accessTokenValiditySeconds", value),
            "invalidateOnLogout" => client.ends_on_logout = into.flag("invalidateOnLogout", value),
            _ => {}
        }
    }
    into.secrets(entity, client.head);
    into.tenant.oauth_clients.push(client);
}

pub(super) fn recording_policy(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut policy = RecordingPolicy { head: into.head(Kind::RecordingPolicy, entity), ..RecordingPolicy::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "restrictByUserType" => policy.by_user_type = into.flag("restrictByUserType", value),
            "groups" => policy.groups = into.references("groups", value),
            "retentionDays" => policy.retention_days = into.number("retentionDays", value),
            _ => {}
        }
    }
    into.tenant.recording_policies.push(policy);
}
