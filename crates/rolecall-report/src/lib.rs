//! A verdict as text and as a page for people, and as JSON for machines.
//!
//! Text that comes from an export is hostile: what could move a cursor, hide or
//! reorder text is written out wherever it is shown.

mod allow;
mod answer;
mod csv;
mod difference;
mod digest;
mod escaping;
mod excerpt;
mod format;
mod github;
mod gitlab;
mod html;
mod inert;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod marked;
mod overview;
mod page;
mod picture;
mod sarif;
mod sign;
mod spot;
mod stretch;
mod summary;
mod text;
mod verdict;
mod witness;

pub use answer::{
    CanAnswer, CanMode, CutsAnswer, Ink, MatrixAnswer, Page, Shown, WhoCanAnswer, places, places_of_text,
    write_answer_json, write_answer_text,
};
pub use csv::write_access_csv;
pub use difference::{Changed, Difference, write_difference_json, write_difference_markdown, write_difference_text};
pub use digest::Original;
pub use escaping::write_pretty;
pub use format::{FORMATS, Format, WriteReport};
pub use html::{Dossier, write_html};
pub use inert::inert;
pub use json::write_json;
pub use markdown::{write_markdown, write_markdown_report};
pub use picture::{PICTURES, PictureFormat};
pub use text::{TextOptions, write_fault, write_text};
pub use verdict::{Exit, Input, Location, Problem, Verdict};
