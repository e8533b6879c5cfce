//! The bare pass that everything is compared with: read each file and let `serde_json` go over it.

use serde::de::IgnoredAny;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for path in env::args_os().skip(1) {
        find(Path::new(&path), &mut files)?;
    }
    for file in files {
        let bytes = fs::read(file)?;
        for value in serde_json::Deserializer::from_slice(&bytes).into_iter::<IgnoredAny>() {
            value?;
        }
    }
    Ok(())
}

/// The files in a folder, and those in its folders.
fn find(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        find(&entry?.path(), files)?;
    }
    Ok(())
}
