//! The access graph: principals, groups, roles, queues, views and permission
//! entries, joined by edges that know where the export states them.
//!
//! This is the only crate that names petgraph, whose algorithms it uses; the edges themselves are kept in columns
//! of its own, since there may be many millions. Expansion is done once per role and
//! shared by everybody who holds it; nothing here is worked out per user unless a
//! question is about that user.

mod access;
mod build;
mod connect;
mod cut;
mod cycle;
mod edited;
mod impersonation;
mod layout;
mod links;
mod node;
mod spread;
mod ways;
mod whole;

pub use access::{Access, Via};
pub use build::AccessGraph;
pub use cut::{UNCUTTABLE, minimum_cut};
pub use cycle::Cycle;
pub use impersonation::Span;
pub use node::{Edge, EdgeKind, Node};
pub use spread::{Holding, Hop, Spread};
