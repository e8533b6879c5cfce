//! The domain: who may do what, over which scope, through what.
//!
//! A [`Tenant`] holds the entities of one organisation's export as rows of small
//! integers. Each entity, grant and reference knows its [`Origin`]. Nothing here
//! reads files, knows a file format or draws a conclusion.

mod beyond;
mod common;
mod directory;
mod edit;
mod entity;
mod entity_set;
mod expand;
mod home;
mod merge;
mod names;
mod organisation;
mod parts;
mod permission;
mod place;
mod regions;
mod rows;
mod scope;
mod settle;
mod sought;
mod strings;
mod table;
mod tenant;
mod twin;
mod wildcard;

pub use beyond::{Beyond, Limit};
pub use common::Common;
pub use directory::{Directory, Lookup, is_default_role};
pub use edit::{Edit, Within};
pub use entity::{
    Filter, Flag, Grant, Grants, Group, Head, Kind, List, OauthClient, Queue, RecordingPolicy, Ref, Report, Role,
    ServiceAccount, Shared, User, View,
};
pub use entity_set::EntitySet;
pub use expand::MAX_EXPANDED;
pub use home::HOME;
pub use organisation::{Assignment, Denial, Divisions, Known, Membership, ScheduledExport, Setting, Trustee};
pub use parts::Parts;
pub use permission::{Permission, PermissionId, Permissions};
pub use place::{Origin, Part, Place};
pub use scope::{Extent, Scope, ScopeWord};
pub use sought::{MAX_NAMESAKES, Sought};
pub use strings::{Strings, Sym, Text};
pub use tenant::{Entity, Tenant};
