//! Makes a table of `data/catalogue.json`, so that no run has to read it.

use rolecall_model::Permission;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::{env, error, fs, path::Path};

const DATA: &str = "data/catalogue.json";

#[derive(Deserialize)]
struct Pinned {
    sensitive: Vec<Sensitive>,
    permissions: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Sensitive {
    permission: String,
    class: String,
    why: String,
    call: Option<String>,
}

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed={DATA}");
    let pinned: Pinned = serde_json::from_str(&fs::read_to_string(DATA)?)?;
    let mut entries: Vec<([String; 3], &String, &Vec<String>)> = Vec::new();
    for (name, calls) in &pinned.permissions {
        let permission = Permission::parse(name, None).ok_or_else(|| format!("`{name}` is no permission"))?;
        if permission.is_wildcard() {
            return Err(format!("`{name}` is a pattern").into());
        }
        entries.push((permission.parts().map(str::to_owned), name, calls));
    }
    entries.sort();
    let rank = |name: &str| pinned.sensitive.iter().position(|one| one.permission == name);
    // All text is one, and what stands in it is told by numbers: a table without pointers is used as it lies in the file.
    let mut text = String::new();
    let mut piece = |own: &str| {
        let start = text.len();
        text.push_str(own);
        format!("Piece {{ start: {start}, end: {} }}", text.len())
    };
    let mut table = String::from("static ENTRIES: &[Entry] = &[\n");
    for (parts, name, calls) in &entries {
        let (sensitive, parts) = (rank(name), parts.each_ref().map(|part| piece(part)).join(", "));
        let (name, calls) = (piece(name), piece(&calls.join("\n")));
        writeln!(table, "Entry {{ name: {name}, calls: {calls}, sensitive: {sensitive:?}, parts: [{parts}] }},")?;
    }
    writeln!(table, "];\nstatic TEXT: &str = {text:?};\nstatic SENSITIVE: &[(usize, [&str; 3], Sensitive)] = &[")?;
    // The sensitive ones with their places and parts, which are asked for more often, the worst first.
    for (rank, Sensitive { permission, class, why, call }) in pinned.sensitive.iter().enumerate() {
        let place = entries.iter().position(|(_, name, _)| *name == permission);
        let place = place.ok_or_else(|| format!("`{permission}` is sensitive and not in the catalogue"))?;
        let sensitive = format!("Sensitive {{ rank: {rank}, class: {class:?}, why: {why:?}, call: {call:?} }}");
        let parts = entries.get(place).map(|(parts, ..)| parts).ok_or("no entry")?;
        writeln!(table, "({place}, {parts:?}, {sensitive}),")?;
    }
    let mut by_entity: Vec<usize> = (0..entries.len()).collect();
    by_entity.sort_by_key(|place| entries.get(*place).map(|([domain, entity, action], ..)| (entity, action, domain)));
    writeln!(table, "];\nstatic BY_ENTITY: &[u16] = &{by_entity:?};")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalogue.rs"), table)?;
    Ok(())
}
