//! Rules as data: rule files → matches → findings.

mod finding;

pub use finding::{Confidence, Finding, Label, Named, Severity, Step};
