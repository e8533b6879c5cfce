//! Lists the rule folders, so that adding one needs no list to edit.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut pages: Vec<(String, PathBuf)> = Vec::new();
    for entry in fs::read_dir(&home)? {
        let entry = entry?;
        let page = entry.path().join("rule.md");
        if page.is_file() {
            pages.push((entry.file_name().to_string_lossy().into_owned(), page));
        }
    }
    pages.sort();
    let mut list = String::from("&[\n");
    for (id, page) in pages {
        list.push_str(&format!("    ({id:?}, include_str!({:?})),\n", page.display().to_string()));
    }
    list.push_str("]\n");
    println!("cargo:rerun-if-changed={}", home.display());
    fs::write(out.join("pages.rs"), list)
}
