//! Seeded tenants to measure rolecall with: the same numbers give the same bytes.
//!
//! `generate` writes a tenant in any dialect, or a shape that graphs find hard; `ignored` is the
//! bare pass of a JSON reader that everything is compared with. `benches/measure.py` runs them.

mod cx;
mod guide;
mod json;
mod platform;
mod seed;
mod tenant;
mod worst;

pub use json::Json;
pub use tenant::{Size, Tenant};
pub use worst::Shape;

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

/// How a tenant is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The payloads of the founding guide.
    Guide,
    /// Saved answers of the platform's API.
    Platform,
    /// Terraform's JSON, as CX as Code exports it.
    CxAsCode,
}

/// A folder that files of JSON are written into.
pub(crate) struct Folder<'f> {
    pub(crate) path: &'f Path,
    pub(crate) is_indented: bool,
}

impl Folder<'_> {
    /// Writes one file; folders in its name are made.
    pub(crate) fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut Json<BufWriter<File>>) -> io::Result<()>,
    ) -> io::Result<()> {
        let path = self.path.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut json = Json::new(BufWriter::new(File::create(path)?), self.is_indented);
        content(&mut json)?;
        json.finish()
    }
}

/// Writes a tenant into a folder, its users in `files` files where the dialect leaves a choice.
///
/// # Errors
/// When a file cannot be written.
pub fn write(tenant: &Tenant, dialect: Dialect, folder: &Path, is_indented: bool, files: u32) -> io::Result<()> {
    let folder = Folder { path: folder, is_indented };
    match dialect {
        Dialect::Guide => guide::write(tenant, &folder, files.max(1)),
        Dialect::Platform => platform::write(tenant, &folder),
        Dialect::CxAsCode => cx::write(tenant, &folder),
    }
}

/// Writes a shape that graphs find hard, `size` times of it, as a bundle of the guide's.
///
/// # Errors
/// When the file cannot be written.
pub fn write_shape(shape: Shape, size: u32, folder: &Path) -> io::Result<()> {
    worst::write(shape, size, &Folder { path: folder, is_indented: false })
}
