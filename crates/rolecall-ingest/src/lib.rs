//! Dialects of Genesys Cloud exports, lowered to the model.
//!
//! [`read`] adds the entities that one file states to a tenant, and tells what was wrong
//! with it; a fault never hides what comes before or after it. Files know nothing of each
//! other here: references are followed later, over the tenant that
//! [`rolecall_model::Tenant::merge`] makes of what was read side by side.

mod bare;
mod buried;
mod completeness;
mod cx;
mod dialect;
mod document;
mod guide;
mod hint;
mod intake;
mod limit;
mod listing;
mod locate;
mod lower;
mod own;
mod platform;
mod seats;
mod secrets;
mod spelling;
mod top;
mod trouble;
mod within;

pub use completeness::{Listing, incomplete};
pub use cx::hcl::Transcript;
pub use dialect::{DIALECTS, Dialect};
pub use document::{Document, is_read_whole, read, read_feed};
pub use limit::{MAX_PERMISSION, MAX_PERMISSIONS, MAX_TEXT, MAX_TROUBLES};
pub use locate::{Layout, Located, each_located, locate};
pub use trouble::Trouble;
