//! Locations.

use crate::spot::Spot;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rolecall_engine::Named;
use rolecall_source::visible;
use serde_sarif::sarif::{ArtifactLocation, Location, LogicalLocation, Message, PhysicalLocation, Region};

/// What relative paths are relative to.
pub(super) const BASE: &str = "%SRCROOT%";

/// What may stand in a path of a URI as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A file, or standard input.
pub(super) fn artifact(path: &str) -> ArtifactLocation {
    let encoded = utf8_percent_encode(path, PATH);
    if path.starts_with('/') {
        return ArtifactLocation::builder().uri(format!("file://{encoded}")).build();
    }
    // `C:/export`
    if let Some((drive, rest)) = path.split_once(":/").filter(|(drive, _)| drive.len() == 1) {
        return ArtifactLocation::builder()
            .uri(format!("file:///{drive}:/{}", utf8_percent_encode(rest, PATH)))
            .build();
    }
    ArtifactLocation::builder().uri(encoded.to_string()).uri_base_id(BASE).build()
}

/// A place in a file, with what is to be seen there and the entity that it is about.
pub(super) fn location(spot: Spot<'_>, text: Option<&str>, about: Option<&Named>) -> Location {
    let (start, end) = (spot.at.start, spot.at.end);
    let region = Region::builder()
        .start_line(start.line)
        .start_column(start.column)
        .end_line(end.line)
        .end_column(end.column)
        .build();
    let physical = PhysicalLocation::builder().artifact_location(artifact(spot.path)).region(region).build();
    let pointer = LogicalLocation::builder().fully_qualified_name(visible(&spot.at.pointer)).kind("value").build();
    let mut location = Location::builder()
        .physical_location(physical)
        .logical_locations(about.map(entity).into_iter().chain([pointer]).collect::<Vec<_>>())
        .build();
    location.message = text.map(message);
    location
}

/// Where a file could not be read at all.
pub(super) fn whole(path: &str) -> Location {
    let physical = PhysicalLocation::builder().artifact_location(artifact(path)).build();
    Location::builder().physical_location(physical).build()
}

fn entity(named: &Named) -> LogicalLocation {
    LogicalLocation::builder()
        .name(visible(&named.name))
        .fully_qualified_name(visible(&format!("{}/{}", named.kind, named.id)))
        .kind(named.kind)
        .build()
}

/// Text as a message. A viewer takes `[…](…)` for a link, and a name must not become one.
pub(super) fn message(text: &str) -> Message {
    Message::builder().text(plain(text)).build()
}

/// Text that shows what it holds.
pub(super) fn plain(text: &str) -> String {
    visible(text).replace("](", "\\](")
}
