//! Rules as data: rule files → matches → findings.
//!
//! The engine cannot tell a built-in rule from a user's. A rule file is read and
//! checked in `rule`; `vocabulary` holds the words that it may match with and
//! `detector` the questions that those words cannot ask; both give matches, which
//! are facts and places; `wording` alone puts them into sentences.

mod about;
mod access;
mod allow;
mod aware;
pub mod catalogue;
mod check;
mod context;
mod detector;
mod fault;
mod finding;
mod focus;
mod given;
mod held;
mod holdings;
mod judge;
mod landing;
mod limited;
mod lock;
mod matching;
mod mending;
mod over;
mod policy;
mod recheck;
mod rule;
mod sides;
mod standing;
mod tier;
mod vocabulary;
mod wording;

pub use about::{About, Claim, Known, Piece};
pub use access::{AccessRow, Stating, TierAccess, tier_access};
pub use allow::{Acceptance, Allow};
pub use catalogue::{Entry, Sensitive};
pub use check::{Aliases, NotEvaluated, Outcome, check};
pub use fault::FileFault;
pub use finding::{Confidence, Ends, Finding, Label, Named, Severity, Step};
pub use judge::Judge;
pub use lock::{Choice, Lock};
pub use mending::Reviewed;
pub use policy::{DEFAULT_POLICY, Expect, PARTNERS, Policy, RuleSettings, TierPolicy, policy_schema};
pub use recheck::Drafts;
pub use rule::{Rule, RuleFile, Rulebook};
pub use standing::Wanted;
pub use tier::{Tier, Tiers};
pub use vocabulary::placeholders;
pub use vocabulary::reach::{Answer, Judgement, Why};
pub use vocabulary::targets::{Several, Targets};
