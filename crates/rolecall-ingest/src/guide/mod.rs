//! The dialect of the founding guide.

mod objects;
mod principals;
mod shape;

use crate::dialect::{Dialect, Lone, Shape};
use crate::lower::Lower;
use rolecall_model::{Kind, Part};
use rolecall_source::Node;

/// The guide's payloads: roles with `rolePermissions`, users with `bpoUser`, and bundles of both.
pub(crate) struct Guide;

impl Dialect for Guide {
    fn name(&self) -> &'static str {
        "guide"
    }

    fn bundle_key(&self, key: &str) -> Option<(Kind, Lone)> {
        Some(match key {
            "roles" => (Kind::Role, Lone::Never),
            "serviceAccounts" => (Kind::ServiceAccount, Lone::Never),
            "views" => (Kind::View, Lone::Never),
            "reports" => (Kind::Report, Lone::Never),
            "oauthClients" => (Kind::OauthClient, Lone::Never),
            "recordingPolicies" => (Kind::RecordingPolicy, Lone::Never),
            "regions" => (Kind::Region, Lone::Never),
            "divisions" => (Kind::Division, Lone::Never),
            "users" => (Kind::User, Lone::Possible),
            "groups" => (Kind::Group, Lone::Possible),
            "queues" => (Kind::Queue, Lone::Possible),
            _ => return None,
        })
    }

    fn classify(&self, entity: Node<'_, '_>, hint: Option<Kind>) -> Shape {
        shape::classify(entity, hint)
    }

    fn lower(&self, kind: Kind, entity: Node<'_, '_>, into: &mut Lower<'_>) {
        match kind {
            Kind::Role => principals::role(entity, into),
            Kind::User => principals::user(entity, into),
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
            // The guide knows neither; `bundle_key` and `classify` never say so.
            Kind::Trustee | Kind::Setting => {}
        }
    }

    fn keys(&self, part: Part) -> &'static [&'static str] {
        match part {
            Part::Whole => &[],
            Part::Name => &["name", "email", "id"],
            Part::Id => &["id", "name", "email"],
            Part::Flag => &["bpoUser", "name", "email", "id"],
            Part::Region => &["region", "name", "email", "id"],
            Part::Scope => &["scope", "id"],
            Part::Permission => &["id"],
        }
    }
}
