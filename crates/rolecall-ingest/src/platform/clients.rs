//! OAuth clients and trustee organisations.

use super::{authorization, field};
use crate::lower::Lower;
use rolecall_model::{Assignment, Kind, OauthClient, Ref, ServiceAccount, Trustee};
use rolecall_source::Node;

/// The grant type of a client that acts for itself, with roles of its own.
pub(crate) const FOR_ITSELF: &str = "CLIENT-CREDENTIALS";

pub(super) fn client(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let head = into.head(Kind::OauthClient, entity);
    let mut client = OauthClient { head, ..OauthClient::default() };
    for (key, value) in entity.fields() {
        match &*key.text {
            "accessTokenValiditySeconds" => client.token_seconds = into.number("accessTokenValiditySeconds", value),
            "authorizedGrantType" => {
                client.grant_type = into.text("authorizedGrantType", value).map(|t| into.tenant.strings.intern(&t))
            }
            "state" => client.state = into.text("state", value).map(|s| into.tenant.strings.intern(&s)),
            _ => {}
        }
    }
    let acts_for_itself = client.grant_type.is_some_and(|t| into.tenant.str(t).eq_ignore_ascii_case(FOR_ITSELF));
    if acts_for_itself {
        let own = head.id.map(|target| Ref { target, at: entity.start() });
        into.tenant.service_accounts.push(ServiceAccount { head, client: own, ..ServiceAccount::default() });
        if let (Some(subject), Some(list)) = (own, field(entity, "roleDivisions")) {
            role_divisions(subject, list, into);
        }
        // The list of old, which says nothing of divisions.
        if let Some(list) = field(entity, "roleIds") {
            into.not_read("roleIds", "roleDivisions", list, entity);
        }
    }
    into.secrets(entity, head);
    into.tenant.oauth_clients.push(client);
}

fn role_divisions(subject: Ref, list: Node<'_, '_>, into: &mut Lower<'_>) {
    if !into.is_list("roleDivisions", list) {
        return;
    }
    for item in list.items() {
        let Some(role) = field(item, "roleId").and_then(|node| into.reference("roleId", node)) else {
            into.wrong_type("roleDivisions", "a list of `roleId` and `divisionId`", item);
            continue;
        };
        let (reach, divisions) = authorization::division_of(field(item, "divisionId"), into);
        let origin = into.origin(item);
        into.tenant.assignments.push(Assignment {
            subject,
            shown_for: None,
            role,
            reach,
            divisions,
            origin,
            embedded: false,
        });
    }
}

pub(super) fn trustee(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let mut trustee = Trustee { head: into.trustee_head(entity), ..Trustee::default() };
    let mut flag = |key: &str| field(entity, key).and_then(|node| into.flag(key, node));
    trustee.enabled = flag("enabled");
    trustee.full_access = flag("hasFullAccess");
    trustee.admin_by_default = flag("usesDefaultRole");
    trustee.expires = field(entity, "dateExpired").is_some();
    into.tenant.trustees.push(trustee);
}
