//! The access graph: principals, groups, roles, queues, views and permission
//! entries, joined by edges that know where the export states them.
//!
//! This is the only crate that names petgraph. Expansion is done once per role and
//! shared by everybody who holds it; nothing here is worked out per user unless a
//! question is about that user.

mod access;
mod build;
mod cut;
mod cycle;
mod impersonation;
mod node;
mod spread;
mod ways;

pub use access::{Access, Via};
pub use build::AccessGraph;
pub use cut::{UNCUTTABLE, minimum_cut};
pub use impersonation::Span;
pub use node::{Edge, EdgeKind, Node};
pub use spread::{Holding, Hop, Spread};
