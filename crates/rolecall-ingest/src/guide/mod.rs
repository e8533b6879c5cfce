//! The dialect of the founding guide.

mod entry;
mod objects;
mod principals;
mod shape;

pub(crate) use principals::UserField;

use crate::bare::is_bare;
use crate::dialect::{Dialect, Lone, Shape};
use crate::lower::{GuideTold, Lower, Told};
use rolecall_model::Kind;
use rolecall_source::Node;

/// The guide's payloads: roles with `rolePermissions`, users with `bpoUser`, and bundles of both.
pub(crate) struct Guide;

impl Dialect for Guide {
    fn name(&self) -> &'static str {
        "guide"
    }

    fn bundle_key(&self, key: &str) -> Option<(Kind, Lone)> {
        Some(match key {
            "roles" => (Kind::Role, Lone::Possible),
            "serviceAccounts" => (Kind::ServiceAccount, Lone::Never),
            "views" => (Kind::View, Lone::Never),
            "reports" => (Kind::Report, Lone::Never),
            "oauthClients" => (Kind::OauthClient, Lone::Never),
            "recordingPolicies" => (Kind::RecordingPolicy, Lone::Never),
            "regions" => (Kind::Region, Lone::Never),
            "divisions" => (Kind::Division, Lone::Possible),
            "users" => (Kind::User, Lone::Possible),
            "groups" => (Kind::Group, Lone::Possible),
            "queues" => (Kind::Queue, Lone::Possible),
            _ => return None,
        })
    }

    fn read(&self, entity: Node<'_, '_>, kind: Option<Kind>, hint: Option<Kind>, into: &mut Lower<'_>) -> Shape {
        let name = entity.get("name").map(Node::kind);
        let alike = match into.alike.take() {
            Some(Told::Guide(alike)) => Some(alike).filter(|alike| alike.name == name),
            _ => None,
        };
        let kind = kind.or(alike.as_ref().map(|alike| alike.kind));
        let kind = match kind.map_or_else(|| shape::classify(entity, hint), shape::Told::Kind) {
            shape::Told::Hinted(kind) if into.is_in_page && is_bare(entity, kind) => return Shape::Unknown,
            shape::Told::Kind(kind) | shape::Told::Hinted(kind) => kind,
            shape::Told::Several(kinds) => return Shape::Ambiguous(kinds),
            shape::Told::Nothing => return Shape::Unknown,
        };
        let fields = alike.filter(|alike| alike.kind == kind).map(|alike| alike.fields).unwrap_or_default();
        let mut told = GuideTold { kind, name, is_guides: into.is_guides, fields };
        match kind {
            Kind::Role => principals::role(entity, into),
            Kind::User => principals::user(entity, &mut told.fields, into),
            Kind::ServiceAccount => principals::service_account(entity, into),
            Kind::Group => principals::group(entity, into),
            Kind::Queue => objects::queue(entity, into),
            Kind::View => objects::view(entity, into),
            Kind::Report => objects::report(entity, into),
            Kind::OauthClient => objects::oauth_client(entity, into),
            Kind::RecordingPolicy => objects::recording_policy(entity, into),
            Kind::Region => {
                let head = into.head(kind, entity);
                into.tenant.regions.push(head);
            }
            Kind::Division => {
                let head = into.head(kind, entity);
                into.tenant.divisions.push(head);
            }
            // The guide knows none of these.
            Kind::Trustee | Kind::Setting | Kind::Secret | Kind::ScheduledExport => return Shape::Unknown,
        }
        into.told = Some(Told::Guide(told));
        Shape::Known
    }
}
