//! OAuth clients and trustee organisations.

use super::{authorization, field};
use crate::lower::Lower;
use rolecall_model::{Assignment, Kind, OauthClient, Ref, ServiceAccount, Sym, Trustee};
use rolecall_source::{Kind as Json, Node};

/// The grant type of a client that acts for itself, with roles of its own.
const FOR_ITSELF: &str = "CLIENT-CREDENTIALS";

/// Those of clients that act for whoever signs in. Source: `authorizedGrantType` of `OAuthClient` in the platform's public API.
const FOR_OTHERS: [&str; 5] = ["CODE", "TOKEN", "SAML2-BEARER", "SAML2BEARER", "PASSWORD"];

/// Whether a client acts for itself; one of which that is not known does if it has roles, which is said at `node`.
pub(crate) fn acts_for_itself(
    grant_type: Option<Sym>,
    has_roles: bool,
    node: Node<'_, '_>,
    into: &mut Lower<'_>,
) -> bool {
    let word = grant_type.map(|word| into.tenant.str(word).trim());
    let is = |known: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(known));
    if is(FOR_ITSELF) || FOR_OTHERS.into_iter().any(is) {
        return is(FOR_ITSELF);
    }
    let said = match word {
        Some(word) => format!("the grant type `{word}` is not known"),
        None => "the client has no grant type".to_owned(),
    };
    let then = if has_roles {
        format!("with roles of its own it is taken for {FOR_ITSELF}")
    } else {
        "how one signs in with it is not judged".to_owned()
    };
    into.not_evaluated(format!("{said}: {then}"), "", node);
    has_roles
}

pub(super) fn client(entity: Node<'_, '_>, into: &mut Lower<'_>) {
    let head = super::head(Kind::OauthClient, entity, into);
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
    let mut roles = ["roleDivisions", "roleIds"].into_iter().filter_map(|key| field(entity, key));
    let has_roles = roles.any(|list| list.kind() != Json::Array || !list.is_empty());
    if acts_for_itself(client.grant_type, has_roles, entity.get("authorizedGrantType").unwrap_or(entity), into) {
        let own = head.id.map(|target| Ref { target, at: entity.start() });
        into.tenant.service_accounts.push(ServiceAccount { head, client: own, ..ServiceAccount::default() });
        match (own, field(entity, "roleDivisions")) {
            (Some(subject), Some(list)) => role_divisions(subject, list, into),
            (Some(_), None) if !has_roles => {
                let message = "the client acts for itself, and its `roleDivisions` are not shown".to_owned();
                into.not_evaluated(message, "export it again with its roles", entity);
            }
            _ => {}
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
        let (reach, divisions) = authorization::division_of(field(item, "divisionId"), item, into);
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
    for key in ["hasFullAccess", "usesDefaultRole"] {
        if field(entity, key).is_none() {
            let message = format!("the trustee does not show `{key}`: whether its people may do anything is not known");
            into.not_evaluated(message, "export it again as the API gives it", entity);
        }
    }
    let mut flag = |key: &str| field(entity, key).and_then(|node| into.flag(key, node));
    trustee.enabled = flag("enabled");
    trustee.full_access = flag("hasFullAccess");
    trustee.admin_by_default = flag("usesDefaultRole");
    trustee.expires = field(entity, "dateExpired").is_some();
    into.tenant.trustees.push(trustee);
}
