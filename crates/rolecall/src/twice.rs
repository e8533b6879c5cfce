//! Terraform's blocks that one folder has twice, as where a configuration lies beside a copy of it in another form.

use crate::export::{Detail, Export};
use rolecall_model::{Entity, Kind, Origin, Place, Sym};
use rolecall_report::{Location, Problem};
use rolecall_source::FileId;
use std::collections::{BTreeMap, HashMap};

/// The kinds of what blocks make.
const MADE: [Kind; 7] =
    [Kind::Role, Kind::User, Kind::Group, Kind::Queue, Kind::OauthClient, Kind::RecordingPolicy, Kind::Division];

/// Of each two files of a folder that have blocks of one address, the first such block; Terraform takes no such folder.
pub(crate) fn problems(export: &Export) -> Vec<Problem> {
    let mut pairs: BTreeMap<(u32, u32), Vec<(Origin, Sym)>> = BTreeMap::new();
    for kind in MADE {
        let mut first: HashMap<(&str, Sym), Origin> = HashMap::new();
        for (origin, id) in export.tenant.entities(kind).filter_map(|entity| block(export, entity)) {
            let Some(folder) = folder_of(export, origin) else { continue };
            let known = *first.entry((folder, id)).or_insert(origin);
            if known != origin {
                let (a, b) = (known.min(origin), known.max(origin));
                pairs.entry((a.file, b.file)).or_default().push((b, id));
            }
        }
    }
    pairs.into_iter().filter_map(|((earlier, _), blocks)| problem(export, earlier, &blocks)).collect()
}

/// Where a block of the configuration stands, and its id.
fn block(export: &Export, entity: Entity) -> Option<(Origin, Sym)> {
    let head = export.tenant.head(entity);
    let is_configured = !head.embedded && export.is_of(head.origin.file, "cx-as-code");
    is_configured.then_some(head.origin).zip(head.id)
}

/// The folder of the file; nothing where the file is there to say otherwise what others say.
fn folder_of(export: &Export, origin: Origin) -> Option<&str> {
    let path = export.sources.get(FileId(origin.file))?.path();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.trim_end_matches(".json").trim_end_matches(".tf");
    (stem != "override" && !stem.ends_with("_override")).then_some(folder)
}

fn problem(export: &Export, earlier: u32, blocks: &[(Origin, Sym)]) -> Option<Problem> {
    let (origin, id) = *blocks.iter().min_by_key(|(origin, _)| *origin)?;
    let name = |file: u32| export.sources.get(FileId(file)).map(rolecall_source::SourceFile::path);
    let address = export.tenant.strings.of(id);
    let more = match blocks.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let other = match name(earlier) {
        Some(other) if earlier != origin.file => format!("{other} has it too"),
        _ => "it is there twice".to_owned(),
    };
    let message = format!("`{address}` is given twice in one folder: {other}{more}");
    let location: Option<Location> = export.locate(vec![Place::whole(origin)], Detail::Pointers).into_values().next();
    Some(Problem {
        kind: "given-twice",
        message,
        help: "leave one of the two out; Terraform takes no folder that has both, and each counts here".to_owned(),
        path: name(origin.file).map(str::to_owned),
        location,
        related: None,
    })
}
