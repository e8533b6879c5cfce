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
    let mut table = String::from("static ENTRIES: &[Entry] = &[\n");
    for (parts, name, calls) in &entries {
        let sensitive = match rank(name).and_then(|rank| Some((rank, pinned.sensitive.get(rank)?))) {
            None => "None".to_owned(),
            Some((rank, Sensitive { class, why, call, .. })) => {
                format!("Some(Sensitive {{ rank: {rank}, class: {class:?}, why: {why:?}, call: {call:?} }})")
            }
        };
        writeln!(table, "Entry {{ name: {name:?}, calls: &{calls:?}, sensitive: {sensitive}, parts: {parts:?} }},")?;
    }
    // The places of the sensitive ones, the worst first.
    let place = |one: &Sensitive| {
        let found = entries.iter().position(|(_, name, _)| **name == one.permission);
        found.ok_or_else(|| format!("`{}` is sensitive and not in the catalogue", one.permission))
    };
    let places = pinned.sensitive.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
    writeln!(table, "];\nstatic SENSITIVE: &[usize] = &{places:?};")?;
    let mut by_entity: Vec<usize> = (0..entries.len()).collect();
    by_entity.sort_by_key(|place| entries.get(*place).map(|([domain, entity, action], ..)| (entity, action, domain)));
    writeln!(table, "static BY_ENTITY: &[usize] = &{by_entity:?};")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalogue.rs"), table)?;
    Ok(())
}
